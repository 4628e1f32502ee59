"""Paragraphs and captions said twice within one document. Next: `pipeline`, which runs all finders in order.

A page that carries its article twice says whole paragraphs again, in the same order. Refrains, statutes,
forms and dialogue say short things again, so what counts as said twice must hold enough prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit
from cleaner.shapes import Shape, shape_of
from cleaner.units import Verdict, View, without_lines

_PARAGRAPH_LENGTH: Final = 40  # hanzi of a sentence that nobody says twice by habit of speech
_SINGLE_LENGTH: Final = 120  # hanzi of a paragraph that is flagged when it repeats alone, away from its first copy
_RUN_LENGTH: Final = 80  # hanzi of prose in a run that repeats the beginning, or what stands right above it
_FAR_RUN_LENGTH: Final = 400  # hanzi of prose in a run that repeats something from the middle
_BEGINNING: Final = 4  # paragraphs: title, byline and lead, where a second copy of a body takes up
_STUB_LENGTH: Final = 8  # letters of a paragraph that breaks off
_HAN: Final = re.compile("[㐀-鿿]")
_NUMBER: Final = r"[一二三四五六七八九十百千零〇\d]+"
_ENUMERATED: Final = re.compile(rf"^[(\[]?({_NUMBER}[)\]、.]|第{_NUMBER}[条项款章节])")


def paragraphs(view: View) -> Iterator[Edit]:
    """Edits that remove the later copies of paragraphs, each naming the paragraph it repeats.

    Paragraphs are compared by their fold without blanks, so script and width don't matter. What goes is a run
    of paragraphs that says earlier ones again one by one, from the beginning or from right above it, or one
    that is very long. A last paragraph that breaks off in the middle of what its run would repeat goes with
    the run. Flagged: a long paragraph that repeats alone. Left alone: repeated short lines, runs without enough
    prose, numbered items of statutes and forms.
    """
    rows = [(index, line.key.replace(" ", "")) for index, line in view.filled_lines()]
    long = [key for _, key in rows if len(key) >= _PARAGRAPH_LENGTH]
    if len(set(long)) == len(long):
        return
    verdicts = {}
    for copy, original in _copies([key for _, key in rows]):
        verb = "repeats" if rows[copy][1] == rows[original][1] else "breaks off while repeating"
        why = f"{verb} paragraph {original + 1}, “{view.quote(rows[original][0])}”"
        verdicts[rows[copy][0]] = Verdict("repeats/paragraph", why)
    yield from without_lines(view, verdicts)
    yield from _doubts(view, [row for row in rows if row[0] not in verdicts])


def _doubts(view: View, rows: list[tuple[int, str]]) -> Iterator[Edit]:
    """Flags over long paragraphs that stand a second time, alone: a clause of a form, a quotation, or a slip."""
    seen: set[str] = set()
    for index, key in rows:
        if key in seen and _prose_length(key) >= _SINGLE_LENGTH:
            start, text = view.line_span(index)
            yield Edit(
                start, text, text, "repeats/lone-paragraph", "a paragraph that stands above already, repeated alone"
            )
        seen.add(key)


def _copies(keys: list[str]) -> Iterator[tuple[int, int]]:
    """(copy, original) of each row that repeats one above it, and may go; an original is a row that stays."""
    stays: list[int] = []
    earliest: dict[str, int] = {}  # the first place in `stays` of each key
    place = 0
    while place < len(keys):
        source = earliest.setdefault(keys[place], len(stays))
        end = place + _run_length(keys, place, stays, source)
        if _is_copied(keys[place:end], source=source, distance=len(stays) - source):
            following = source + end - place
            if end + 1 == len(keys) and following < len(stays) and _breaks_off(keys[end], keys[stays[following]]):
                end += 1
            yield from zip(range(place, end), stays[source:], strict=False)
        else:
            end = max(end, place + 1)
            stays += range(place, end)
        place = end


def _run_length(keys: list[str], place: int, stays: list[int], source: int) -> int:
    """How many rows from `place` on repeat, one by one, the rows that stay from `source` on."""
    length = 0
    while (
        place + length < len(keys)
        and source + length < len(stays)
        and keys[place + length] == keys[stays[source + length]]
    ):
        length += 1
    return length


def _is_copied(run: list[str], *, source: int, distance: int) -> bool:
    """Whether a run that repeats what stays from row `source` on, `distance` rows above, is a copy, no turn of speech.

    Rows that went before it count for neither.
    """
    prose = sum(map(_prose_length, run))
    if len(run) == 1:
        return distance == 1 and prose >= _RUN_LENGTH
    return prose >= (_RUN_LENGTH if source < _BEGINNING or distance == len(run) else _FAR_RUN_LENGTH)


def _prose_length(key: str) -> int:
    """Hanzi of a paragraph of sentences; 0 for short ones, headings, and the numbered items of statutes and forms."""
    if len(key) < _PARAGRAPH_LENGTH or _ENUMERATED.match(key) or shape_of(key) is not Shape.PROSE:
        return 0
    length = len(_HAN.findall(key))
    return length if length >= _PARAGRAPH_LENGTH else 0


def _breaks_off(stub: str, whole: str) -> bool:
    return len(stub) >= _STUB_LENGTH and whole.startswith(stub.rstrip(".…。"))


_CAPTION: Final = re.compile(
    r" *(?P<sentence>[^。!?\n]{6,90}[。!?][”』」]?) *"
    r"(?P<credit>(?:(?:[㐀-鿿]{0,6}(?:记者|通讯员)|摄影) *)?[㐀-鿿·]{2,4}(?: +[㐀-鿿·]{2,4})? +摄)"
    r"(?=[㐀-鿿“‘「『《\d])(?![影像制氏取入政护理下录到食走魂于得了过])"
)
_CAPTION_REACH: Final = 2000  # letters around a caption in which the article says its sentence again
_NO_LETTER: Final = re.compile(r"\W+")


def captions(view: View) -> Iterator[Edit]:
    """Edits that cut photo captions that ran into the beginning of a paragraph: “X举行。王刚 摄当前…”.

    A caption goes only if the document says its sentence again; else it is flagged. Left alone: captions on a
    line of their own, and words that begin with 摄, such as 摄影.
    """
    if "摄" not in view.folded:
        return
    for line in view.lines:
        place: int | None = line.start
        while place is not None and (match := _CAPTION.match(view.folded, place, line.end)):
            said_again = _is_said_again(view.folded, match)
            start = match.start("sentence")
            old = view.text[start : match.end("credit")]
            why = "photo caption run into the paragraph"
            if said_again:
                yield Edit(start, old, "", "repeats/caption", f"{why}, whose sentence the text says elsewhere")
            else:
                yield Edit(start, old, old, "repeats/caption", f"{why}, perhaps: its sentence stands nowhere else")
            place = match.end() if said_again else None


def _is_said_again(folded: str, caption: re.Match[str]) -> bool:
    above = folded[max(0, caption.start() - _CAPTION_REACH) : caption.start()]
    below = folded[caption.end() : caption.end() + _CAPTION_REACH]
    return _NO_LETTER.sub("", caption["sentence"]) in _NO_LETTER.sub("", f"{above}\n{below}")
