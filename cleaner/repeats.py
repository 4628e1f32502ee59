"""Paragraphs and captions said twice within one document. Next: `pipeline`, which runs all finders in order.

A page that carries its article twice says whole paragraphs again, in the same order. Refrains, statutes,
forms and dialogue say short things again, so what counts as said twice must hold enough prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit
from cleaner.structure import Shape, shape_of
from cleaner.units import Verdict, View, without_lines

_PARAGRAPH_LENGTH: Final = 40  # letters of prose that are not repeated by habit of speech
_SINGLE_LENGTH: Final = 120  # a paragraph that repeats alone, away from its first copy
_RUN_LENGTH: Final = 80  # letters of a run of repeated paragraphs
_STUB_LENGTH: Final = 8  # letters of a paragraph that breaks off


def paragraphs(view: View) -> Iterator[Edit]:
    """Edits that remove the later copies of paragraphs, each naming the paragraph it repeats.

    Paragraphs are compared by their fold without blanks, so script and width don't matter. A copy goes when
    it belongs to a run that repeats earlier paragraphs one by one, or is long. A last paragraph that breaks
    off in the middle of what its run would repeat goes with the run. Left alone: repeated short lines, and
    runs without a paragraph of prose.
    """
    rows = [(index, line.key.replace(" ", "")) for index, line in view.filled_lines()]
    long = [key for _, key in rows if len(key) >= _PARAGRAPH_LENGTH]
    if len(set(long)) == len(long):
        return
    verdicts = {}
    for first, last, source in _repeated_runs([key for _, key in rows]):
        for place in range(first, last + 1):
            original = source + place - first
            verb = "repeats" if rows[place][1] == rows[original][1] else "breaks off while repeating"
            why = f"{verb} paragraph {original + 1}, “{_quote(view, rows[original][0])}”"
            verdicts[rows[place][0]] = Verdict("repeats/paragraph", why)
    yield from without_lines(view, verdicts)


def _repeated_runs(keys: list[str]) -> Iterator[tuple[int, int, int]]:
    """(first, last, source) of each run of rows that repeats the rows from `source` on, and may go."""
    earliest: dict[str, int] = {}
    place = 0
    while place < len(keys):
        source = earliest.setdefault(keys[place], place)
        if source == place:
            place += 1
            continue
        last = place
        while last + 1 < len(keys) and source + last + 1 - place < place and keys[last + 1] == keys[source + last + 1 - place]:
            last += 1
        if _is_copied_body(keys[place : last + 1], adjacent=source + 1 == place):
            following = source + last + 1 - place
            if last + 2 == len(keys) and following < place and _breaks_off(keys[last + 1], keys[following]):
                last += 1
            yield place, last, source
        place = last + 1


def _is_copied_body(run: list[str], *, adjacent: bool) -> bool:
    prose = [key for key in run if len(key) >= _PARAGRAPH_LENGTH and shape_of(key) is Shape.PROSE]
    if len(run) == 1:
        return bool(prose) and (adjacent or len(run[0]) >= _SINGLE_LENGTH)
    return bool(prose) and sum(map(len, run)) >= _RUN_LENGTH


def _breaks_off(stub: str, whole: str) -> bool:
    return len(stub) >= _STUB_LENGTH and whole.startswith(stub.rstrip(".…。"))


def _quote(view: View, index: int) -> str:
    text = view.line_text(index)
    return text if len(text) <= 24 else text[:23] + "…"


_CAPTION: Final = re.compile(
    r"^ *(?P<sentence>[^。!?\n]{6,90}[。!?][”』」]?) *"
    r"(?P<credit>(?:(?:[\u4e00-\u9fff]{0,6}(?:记者|通讯员)|摄影) *)?[\u4e00-\u9fff·]{2,4}(?: +[\u4e00-\u9fff·]{2,4})? +摄)"
    r"(?=[\u4e00-\u9fff“‘「『《\d])(?![影像制氏取入政护理])",
    re.MULTILINE,
)
_NO_LETTER: Final = re.compile(r"\W+")


def captions(view: View) -> Iterator[Edit]:
    """Edits that cut photo captions that ran into the beginning of a paragraph: “X举行。王刚 摄当前…”.

    The caption's sentence goes only if the document says it again; else just the photographer's credit goes.
    Left alone: captions on a line of their own, and words that begin with 摄, such as 摄影.
    """
    if "摄" not in view.folded:
        return
    for match in _CAPTION.finditer(view.folded):
        sentence = _NO_LETTER.sub("", match["sentence"])
        rest = _NO_LETTER.sub("", view.folded[: match.start()] + "\n" + view.folded[match.end("credit") :])
        if sentence in rest:
            start, why = match.start("sentence"), "photo caption run into the paragraph, whose sentence the text says elsewhere"
        else:
            start, why = match.start("credit"), "photographer's credit run into the paragraph"
        yield Edit(start, view.text[start : match.end("credit")], "", "repeats/caption", why)
