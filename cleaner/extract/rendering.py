"""Blocks → text, and why each of the others was left out. Next: `cleaner.extract`, which puts it together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby, islice
from typing import Final, NamedTuple

import numpy as np

from cleaner.extract.blocks import Blocks
from cleaner.extract.choosing import Choice
from cleaner.extract.features import View
from cleaner.extract.names import NAMES
from cleaner.extract.stream import Stream

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
    if blocks.tag(cell) not in _CELLS:
        return None
    same = (blocks.inside[at] == cell for at in (place - 1, place + 1) if 0 <= at < len(blocks.texts))
    return None if any(same) else blocks.above[cell]


def left_out(view: View, choice: Choice) -> Iterator[LeftOut]:
    """Every block that is not kept, in document order."""
    blocks, of_boxes, of_words = view.blocks, _of_boxes(view), _of_words(view)
    known: dict[tuple[int, int], str] = {}
    out = np.ones(len(blocks.texts), bool)
    out[list(choice.kept)] = False
    for place, box in zip(np.flatnonzero(out).tolist(), blocks.inside[out].tolist(), strict=True):
        if place == view.head and not blocks.hidden[place]:
            reason = "title"
        elif choice.start <= place < choice.end:
            reason = blocks.hidden[place] or of_words[place] or "furniture between the text"
        else:
            reason = blocks.hidden[place] or of_boxes[box] or of_words[place] or "outside the main content"
        yield LeftOut(reason, _path(blocks.stream, blocks.boxes[box], known) or "body", blocks.texts[place])


def _path(stream: Stream, element: int, known: dict[tuple[int, int], str], steps: int = _STEPS) -> str:
    """The element and those around it, as many as `steps`, with their id or first class; "" from `body` on out."""
    tag = stream.tags[element]
    if not steps or tag in ("html", "body"):
        return ""
    if (element, steps) not in known:
        name, first = stream.ids[element], (stream.classes[element] or "").split(None, 1)[:1]
        sign = f"#{name}" if name else f".{first[0]}" if first else ""
        around = _path(stream, stream.parents[element], known, steps - 1)
        known[element, steps] = f"{around} > {tag}{sign[:_LONGEST_NAME]}".removeprefix(" > ")
    return known[element, steps]


def _of_boxes(view: View) -> list[str]:
    """What each box, or else one around it, is called or is; "" if that says nothing."""
    blocks, reasons = view.blocks, [""]
    boxes = zip(blocks.boxes, view.called[0].tolist(), blocks.above.tolist(), strict=True)
    for number, hints, above in islice(boxes, 1, None):
        reasons.append(_TAG_REASONS.get(blocks.stream.tags[number]) or _of_hints(hints) or reasons[above])
    return reasons


@cache
def _of_hints(hints: int) -> str:
    return next((reason for bit, reason in _BITS.items() if hints & bit), "")


def _of_words(view: View) -> list[str]:
    """What the words of each block say it is, if it is short, or how much of it is linked; "" for the others."""
    reasons = np.full(len(view.blocks.texts), "", object)
    for kind, reason in reversed(_WORD_REASONS.items()):
        reasons[view.words[kind]] = reason
    reasons[view.said.letters > _SHORT] = ""
    reasons[view.share > _LINKED] = "links"
    return reasons.tolist()
