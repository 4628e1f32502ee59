"""Photo captions that the article says again. Next: `titles`, which stand at the head of a page.

A caption's sentence is often the article's own, and a scraper writes it twice, or runs it into a paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.document import Edit, Matched
from cleaner.patterns import late
from cleaner.repeats.likeness import is_inside_word, letters_of
from cleaner.units import Verdict, View, without_lines

_CREDIT_NAME: Final = r"(?:(?:[㐀-鿿]{0,6}(?:记者|通讯员)|摄影) *)?[㐀-鿿·]{2,4}(?: +[㐀-鿿·]{2,4})? +摄"
_RUN_IN: Final = late(
    rf" *(?P<sentence>[^。!?\n]{{6,90}}[。!?][”』」]?) *(?P<credit>{_CREDIT_NAME})"
    r"(?=[㐀-鿿“‘「『《\d])(?![影像制氏取入政护理下录到食走魂于得了过])"
)
_REACH: Final = 2000  # letters around a caption in which the article says its sentence again
_ROWS: Final = 3  # lines of text between a caption line and what says it again: the picture stands there
_SENTENCE_LENGTH: Final = 10  # letters of a caption that stands within a paragraph by no chance
_LENGTH: Final = 120  # characters of a caption line
# What marks a line as a caption: how it begins, or whose picture it says it is.
_OPENING: Final = late(r"^[▲△▼▽↑↓ ]*(?:图片?(?:为|说明|注)[:,]?|[上下左右]图(?:为|:)[:,]?|图[:|] ?|[▲△▼▽↑↓])")
_CREDIT: Final = late(
    rf"[\[(【（ ]*(?:{_CREDIT_NAME}|[㐀-鿿·]{{2,4}}摄"
    r"|(?:[㐀-鿿]{2,8} ?)?(?:摄影|供图|图片?来源|图源|图)[:/ ] ?[㐀-鿿·/a-z ]{2,12}"
    r"|[㐀-鿿]{2,12} ?供图|资料(?:图片?|照片))[\])】） 。]*$"
)
_IMAGE: Final = late(r"^!\[(?P<alt>[^\]]+)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)$")
_MARKS: Final = ("摄", "图", "▲", "△", "▼", "![")


def find(view: View) -> Iterator[Edit]:
    """Edits that remove captions whose sentence the document says again.

    Two forms: a caption line, known by its opening or credit, whose sentence stands in a paragraph or another caption
    next to it; and a caption that ran into the beginning of a paragraph, “X举行。王刚 摄当前…”, which is flagged
    where nothing says its sentence again. Left alone: other caption lines, and words that begin with 摄, such as 摄影.
    """
    marks = [mark for mark in _MARKS if mark in view.folded]
    if not marks:
        return
    if verdicts := _lines(view, marks):
        yield from without_lines(view, verdicts)
    yield from _run_in(view)


def _lines(view: View, marks: Sequence[str]) -> dict[int, Verdict]:
    """Why caption lines go, by their index; a line that says another again never goes with it.

    `marks` are those of captions that the text has.
    """
    rows = [(index, line.key) for index, line in view.filled_lines()]
    short = [(place, key) for place, (_, key) in enumerate(rows) if len(key) <= _LENGTH]
    marked = {place for mark in marks for place, key in short if mark in key}
    verdicts: dict[int, Verdict] = {}
    said_by: set[int] = set()
    for place in sorted(marked):
        index, key = rows[place]
        sentence = _sentence(key)
        if sentence is None or index in said_by:
            continue
        for other, text in (*rows[place + 1 : place + 1 + _ROWS], *rows[max(0, place - _ROWS) : place][::-1]):
            if other not in verdicts and _says(text, sentence, key):
                said_by.add(other)
                why = f"photo caption whose sentence stands in “{view.quote(other)}”, letter for letter"
                verdicts[index] = Verdict("repeats/caption-line", why, matched=view.lines_matched(other, other))
                break
    return verdicts


def _sentence(key: str) -> str | None:
    """The letters of what a caption line says, without its opening and credit; None if it is none."""
    if len(key) > _LENGTH or not any(mark in key for mark in _MARKS):
        return None
    image = _IMAGE.match(key)
    said = image["alt"] if image else key
    bare = _CREDIT.sub("", _OPENING.sub("", said))
    if bare == said and not image:
        return None
    letters = letters_of(bare)
    return letters if len(letters) >= _SENTENCE_LENGTH else None


def _says(text: str, sentence: str, key: str) -> bool:
    """Whether a line says all of a caption's sentence: in whole clauses of a paragraph, or in an equal caption."""
    place = letters_of(text).find(sentence)
    if place < 0 or is_inside_word(text, place) or is_inside_word(text, place + len(sentence)):
        return False
    other = _sentence(text)
    return other == sentence or (other is None and len(text) > len(key))


def _run_in(view: View) -> Iterator[Edit]:
    if "摄" not in view.folded:
        return
    for line in view.lines:
        place: int | None = line.start
        while place is not None and (match := _RUN_IN.match(view.folded, place, line.end)):
            said_again = _is_said_again(view.folded, match)
            start = match.start("sentence")
            old = view.text[start : match.end("credit")]
            why = "photo caption run into the paragraph"
            if said_again:
                why = f"{why}, whose sentence the text says elsewhere"
                yield Edit(start, old, "", "repeats/caption", why, matched=_saying(view, match))
            else:
                yield Edit(start, old, old, "repeats/caption", f"{why}, perhaps: its sentence stands nowhere else")
            place = match.end() if said_again else None


def _saying(view: View, caption: re.Match[str]) -> Matched | None:
    """The line, or the rest of its own, that says a caption's sentence again; None if two lines share it."""
    sentence = letters_of(caption["sentence"])
    first = bisect_left(view.lines, caption.start() - _REACH, key=lambda line: line.end)
    for index in range(first, len(view.lines)):
        line = view.lines[index]
        if line.start > caption.end() + _REACH:
            break
        start = max(line.start, caption.end()) if line.start <= caption.start() < line.end else line.start
        if sentence in letters_of(view.folded[start : line.end]):
            place, text = view.line_span(index)
            return Matched("", max(place, start), place + len(text))
    return None


def _is_said_again(folded: str, caption: re.Match[str]) -> bool:
    above = folded[max(0, caption.start() - _REACH) : caption.start()]
    below = folded[caption.end() : caption.end() + _REACH]
    return letters_of(caption["sentence"]) in letters_of(f"{above}\n{below}")
