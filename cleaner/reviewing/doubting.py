"""In which order edits of a document are worth a look: those that may be wrong, or cost most if they are, come first.

Conversions that the run was asked for are no finds, and nobody need judge them. Next: `judging`.
"""

from __future__ import annotations

import re
from typing import Final

from cleaner.document import Document, Edit
from cleaner.report.composition import composed
from cleaner.report.document_pages import MOST_EDITS

CONVERSIONS: Final = frozenset({"script", "punctuation"})  # kinds of edits that are made where they are asked for alone
_HANZI: Final = re.compile("[㐀-鿿]")
_SENTENCE: Final = 10  # hanzi: what is shorter, and was removed, is rarely a sentence of an article


def places_of(document: Document, *, without: frozenset[str] = frozenset()) -> list[int | None]:
    """The place of each edit in the order to judge them in, from 0, layer by layer.

    Changes that aren't sure come first, those with the least confidence before others; then flags; then removed
    sentences, the longest first; then all else as it stands in the source. None for kinds that need no judging, and
    for edits that no page shows.
    """
    shown = _shown(document)
    found = [(number, *origin) for number, origin in enumerate(document.origins())]
    wanted = [each for each in found if each[3].kind not in without and (shown is None or each[0] in shown)]
    places: list[int | None] = [None] * len(found)
    for place, (number, *_) in enumerate(sorted(wanted, key=lambda each: (_doubt(each[3]), each[1]))):
        places[number] = place
    return places


def _doubt(edit: Edit) -> tuple[int, float]:
    if edit.is_doubtful:
        return 0, edit.confidence
    if edit.is_flag:
        return 1, edit.confidence
    hanzi = 0 if edit.new else len(_HANZI.findall(edit.old))
    return (2, -hanzi) if hanzi >= _SENTENCE else (3, 0)


def _shown(document: Document) -> set[int] | None:
    """The numbers of the edits that a page shows; None if it shows all."""
    if len(document.edits) <= MOST_EDITS:
        return None
    before = [0]
    for layer in document.layers:
        before.append(before[-1] + len(layer))
    return {before[placed.layer] + placed.place for placed in composed(document, most=MOST_EDITS).edits}
