"""Blocks → all that a page says, and an edit for each block that is not main content. Next: `cleaner.extract`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from lxml import etree

from cleaner.document import Edit
from cleaner.extract.blocks import Blocks
from cleaner.extract.choosing import Choice
from cleaner.extract.features import View
from cleaner.extract.names import NAMES

KIND: Final = "extract"  # of the rules that leave blocks out
_STEPS: Final = 3  # elements that a path names
_LONGEST_NAME: Final = 40
# What a block outside the chosen box is told as, by what the elements around it are called or are; the first fits.
_TAG_REASONS: Final = {"nav": "navigation", "footer": "footer", "aside": "sidebar", "header": "page header"}
_NAME_REASONS: Final = {
    "comment": "comments", "related": "related links", "share": "share buttons", "advert": "advertisement",
    "nav": "navigation", "foot": "footer", "popup": "popup", "user": "user panel", "meta": "byline", "side": "sidebar",
}  # fmt: skip
_BITS: Final = {1 << NAMES.index(name): reason for name, reason in _NAME_REASONS.items()}
_WORD_REASONS: Final = {
    "rights": "footer", "share": "share buttons", "login": "user panel", "comment": "comments",
    "related": "related links", "site": "navigation", "count": "byline", "credit": "byline", "date": "byline",
}  # fmt: skip
_SHORT: Final = 40  # letters of a line that is told by its words
_LINKED: Final = 0.6
_CELLS: Final = ("td", "th")
_LINE_END, _CELL_GAP = "\n", "  "


class Laid(NamedTuple):
    """A page as text: of each block its text, the gap before it, and where that gap starts."""

    texts: list[str]
    gaps: list[str]
    starts: list[int]

    @property
    def text(self) -> str:
        """All that the page says."""
        return "".join(gap + text for gap, text in zip(self.gaps, self.texts, strict=True))


def laid(blocks: Blocks) -> Laid:
    """A line for each block; cells of a table row that hold one line each stand in one."""
    texts = ["\n".join(line.rstrip() for line in text.split("\n") if line.strip()) for text in blocks.texts]
    rows = [_row_of(blocks, place) for place in range(len(texts))]
    gaps = [_CELL_GAP if row is not None and row == above else _LINE_END for above, row in pairwise(rows)]
    gaps = ["", *gaps][: len(texts)]
    lengths = (len(gap) + len(text) for gap, text in zip(gaps, texts, strict=True))
    return Laid(texts, gaps, [0, *accumulate(lengths)][:-1])


def _row_of(blocks: Blocks, place: int) -> int | None:
    """The box of the row of a block that is all its cell says, or None."""
    cell = blocks.inside[place]
    if blocks.boxes[cell].tag not in _CELLS:
        return None
    same = (blocks.inside[at] == cell for at in (place - 1, place + 1) if 0 <= at < len(blocks.texts))
    return None if any(same) else blocks.above[cell]


def left_out(view: View, choice: Choice, page: Laid) -> Iterator[Edit]:
    """An edit for each block that is not kept, in their order; it takes one of the gaps around the block along."""
    kept = frozenset(choice.kept)
    paths: dict[int, str] = {}
    reasons: dict[int, str] = {}
    for first, last in _runs(kept, len(page.texts)):
        gap = _gap_that_stays(page.gaps, first, last)
        for place in range(first, last):
            box = view.blocks.inside[place]
            if box not in paths:
                paths[box], reasons[box] = path_of(view.blocks.boxes[box]), _of_elements(view, box)
            reason = _reason(view, choice, place, reasons[box])
            start, old = _cut(page, place, is_gap_before=place < gap)
            yield Edit(start, old, "", f"{KIND}/{reason.replace(' ', '-')}", f"{reason}, in {paths[box]}")


def _runs(kept: Collection[int], count: int) -> Iterator[tuple[int, int]]:
    """The stretches of places that are not kept, each up to the second."""
    first = 0
    for place in [*sorted(kept), count]:
        if place > first:
            yield first, place
        first = place + 1


def _gap_that_stays(gaps: list[str], first: int, last: int) -> int:
    """The place of the gap that parts what stays around a stretch: a line end, unless both are in one row of cells."""
    if first == 0 or last == len(gaps):
        return 0 if last < len(gaps) else last
    return next((place for place in range(first, last + 1) if gaps[place] == _LINE_END), last)


def _cut(page: Laid, place: int, *, is_gap_before: bool) -> tuple[int, str]:
    """Where the text of a block starts and what it is, with the gap before or after it."""
    start, gap, text = page.starts[place], page.gaps[place], page.texts[place]
    if is_gap_before:
        return start, gap + text
    after = page.gaps[place + 1] if place + 1 < len(page.gaps) else ""
    return start + len(gap), text + after


def path_of(box: etree._Element) -> str:
    """The innermost elements around a block, with their id or first class."""
    steps: list[str] = []
    element: etree._Element | None = box
    while element is not None and len(steps) < _STEPS and element.tag not in ("html", "body"):
        name, first = element.get("id"), (element.get("class") or "").split()[:1]
        sign = f"#{name}" if name else "".join(f".{part}" for part in first)
        steps.append(f"{element.tag}{sign[:_LONGEST_NAME]}")
        element = element.getparent()
    return " > ".join(reversed(steps)) or "body"


def _reason(view: View, choice: Choice, place: int, of_elements: str) -> str:
    if view.blocks.hidden[place]:
        return view.blocks.hidden[place]
    if place == view.head:
        return "title"
    if choice.start <= place < choice.end:
        return _of_words(view, place) or "furniture between the text"
    return of_elements or _of_words(view, place) or "outside the main content"


def _of_elements(view: View, box: int) -> str:
    """What the elements around a block, of which `box` is the innermost, say it is; "" if they don't."""
    while box:
        if reason := _TAG_REASONS.get(view.blocks.boxes[box].tag):
            return reason
        if reason := next((reason for bit, reason in _BITS.items() if view.called[box].hints & bit), ""):
            return reason
        box = view.blocks.above[box]
    return ""


def _of_words(view: View, place: int) -> str:
    if view.share[place] > _LINKED:
        return "links"
    if view.said.letters[place] > _SHORT:
        return ""
    return next((reason for kind, reason in _WORD_REASONS.items() if view.words[kind][place]), "")
