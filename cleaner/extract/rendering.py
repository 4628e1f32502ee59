"""Blocks → text, and why each of the others was left out. Next: `cleaner.extract`, which puts it together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from lxml import etree

from cleaner.extract.blocks import Blocks
from cleaner.extract.choosing import Choice
from cleaner.extract.features import View
from cleaner.extract.names import NAMES

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


class LeftOut(NamedTuple):
    """A block that is not in the text: why, where in the page (`div#side > ul.rank > li`), and what it says."""

    reason: str
    where: str
    text: str


def rendered(blocks: Blocks, kept: Iterable[int]) -> str:
    """A line for each of the `kept` blocks; cells of a table row that hold one line each stand in one."""
    rows = groupby(kept, lambda place: _row_of(blocks, place))
    lines: list[str] = []
    for row, places in rows:
        texts = [blocks.texts[place] for place in places]
        lines += texts if row is None else ["  ".join(texts)]
    return "\n".join(line.rstrip() for text in lines for line in text.split("\n") if line.strip())


def _row_of(blocks: Blocks, place: int) -> int | None:
    """The box of the row of a block that is all its cell says, or None."""
    cell = blocks.inside[place]
    if blocks.boxes[cell].tag not in _CELLS:
        return None
    same = (blocks.inside[at] == cell for at in (place - 1, place + 1) if 0 <= at < len(blocks.texts))
    return None if any(same) else blocks.above[cell]


def left_out(view: View, choice: Choice) -> Iterator[LeftOut]:
    """Every block that is not kept, in document order."""
    kept = frozenset(choice.kept)
    paths: dict[int, str] = {}
    reasons: dict[int, str] = {}
    for place, text in enumerate(view.blocks.texts):
        if place not in kept:
            box = view.blocks.inside[place]
            if box not in paths:
                paths[box], reasons[box] = path_of(view.blocks.boxes[box]), _of_elements(view, box)
            yield LeftOut(_reason(view, choice, place, reasons[box]), paths[box], text)


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
