"""Blocks → all that a page says, and an edit for each block that is not main content. Next: `cleaner.extract`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import accumulate, islice
from typing import Final, NamedTuple

import numpy as np

from cleaner.document import SURE, Edit
from cleaner.extract.blocks import Blocks
from cleaner.extract.choosing import Choice
from cleaner.extract.features import Numbers, View
from cleaner.extract.growing import PROSE
from cleaner.extract.names import NAMES
from cleaner.extract.rows import LINE_END, gaps_of
from cleaner.extract.stream import RECORD, SPARE, Stream

KIND: Final = "extract"  # of the rules that leave blocks out
_KEPT: Final = f"{KIND}/hidden-text"  # of the rule that points at what is hidden and stays all the same
_LEADING: Final = f"{KIND}/leading-text"  # of the one that points at prose above the chosen box that stays
_STEPS: Final = 3  # elements that a path names
_LONGEST_NAME: Final = 40
# What a block outside the chosen box is told as, by what the elements around it are called or are; the first fits.
_TAG_REASONS: Final = {"nav": "navigation", "footer": "footer", "aside": "sidebar", "header": "page header"}
_NAME_REASONS: Final = {
    "comment": "comments", "related": "related links", "share": "share buttons", "advert": "advertisement",
    "nav": "navigation", "foot": "footer", "popup": "popup", "user": "user panel", "meta": "byline", "side": "sidebar",
}  # fmt: skip
_BITS: Final = {1 << NAMES.index(name): reason for name, reason in _NAME_REASONS.items()}
# Names that say nothing where one of content stands beside them, as in `comment-text`, `left-content`, `article-info`.
_WEAK: Final = sum(1 << NAMES.index(name) for name in ("comment", "user", "meta", "side"))
_CONTENT: Final = 1 << NAMES.index("content") | 1 << NAMES.index("thread")
_WORD_REASONS: Final = {
    "rights": "footer", "share": "share buttons", "login": "user panel", "comment": "comments",
    "related": "related links", "site": "navigation", "count": "byline", "credit": "byline", "date": "byline",
}  # fmt: skip
_SHORT: Final = 40  # letters of a line that is told by its words
_LINKED: Final = 0.6
_OUTSIDE, _BETWEEN = "outside the main content", "furniture between the text"
_NOT_OF_SITE: Final = "not chosen by the site file"
_UNKNOWN: Final = (_OUTSIDE, _BETWEEN)  # which say no more than that it was not chosen
_DOUBT: Final = 0.5  # confidence that unlinked prose is no main content, if nothing else says so


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
    """A line for each block, or those that code has; cells of a table row that hold one line each stand in one."""
    texts = ["\n".join(map(str.rstrip, text.split("\n"))) for text in blocks.texts]
    gaps = gaps_of(blocks)
    lengths = (len(gap) + len(text) for gap, text in zip(gaps, texts, strict=True))
    return Laid(texts, gaps, [0, *accumulate(lengths)][:-1])


def left_out(view: View, choice: Choice, page: Laid) -> Iterator[Edit]:
    """An edit for each block that is not kept, in their order; it takes one of the gaps around the block along.

    Before these, a flag for each block that is kept though it is hidden, or though that is doubtful.
    """
    reasons, inside = _reasons(view, choice), view.blocks.inside.tolist()
    sure = _confidences(view, choice, reasons).tolist()
    steps: dict[int, str] = {}
    rules = {reason: f"{KIND}/{reason.replace(' ', '-')}" for reason in set(reasons)}
    for place in choice.kept:
        if told := _doubt(view, choice, place, reasons[place]):
            text, start = page.texts[place], page.starts[place] + len(page.gaps[place])
            where = _path(view.blocks.stream, view.blocks.boxes[inside[place]], steps)
            yield Edit(start, text, text, told.rule, f"{told.why}, in {where}, but {told.but}")
    for first, last in _runs(choice.kept, len(page.texts)):
        gap = _gap_that_stays(page.gaps, first, last)
        for place in range(first, last):
            reason, element = reasons[place], view.blocks.boxes[inside[place]]
            start, old = _cut(page, place, is_gap_before=place < gap)
            why = f"{reason}, in {_path(view.blocks.stream, element, steps)}"
            yield Edit(start, old, "", rules[reason], why, sure[place])


class _Doubt(NamedTuple):
    """The rule that points at a block that stays, what speaks against it, and what for it."""

    rule: str
    why: str
    but: str


def _doubt(view: View, choice: Choice, place: int, reason: str) -> _Doubt | None:
    """Why it is doubtful that a block stays, or None."""
    if view.closed[place]:
        return _Doubt(_KEPT, reason, "prose within the main content")
    if place in view.blocks.waiting:
        return _Doubt(_KEPT, "hidden until a script shows it", "others beside it are seen")
    if place in choice.leading:
        return _Doubt(_LEADING, reason, "prose between the title and the main content")
    return None


def _confidences(view: View, choice: Choice, reasons: Sequence[str]) -> Numbers:
    """How sure it is that each block is no main content: quite if hidden, never of prose that nothing speaks against.

    For the others it is what the models say; where a site file chose, nobody asked them, and all are sure.
    """
    if choice.chances is None:
        return np.ones(len(reasons))
    is_unknown = np.array([reason in _UNKNOWN for reason in reasons]) & (view.prose >= PROSE)
    sure = np.where(is_unknown, np.minimum(1 - choice.chances, _DOUBT), 1 - choice.chances)
    is_record = np.array([reason == SPARE[RECORD] for reason in reasons])
    return np.where(view.closed, np.where(is_record, _DOUBT, 1.0), sure.round(2))


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
    return next((place for place in range(first, last + 1) if gaps[place].startswith(LINE_END)), last)


def _cut(page: Laid, place: int, *, is_gap_before: bool) -> tuple[int, str]:
    """Where the text of a block starts and what it is, with the gap before or after it."""
    start, gap, text = page.starts[place], page.gaps[place], page.texts[place]
    if is_gap_before:
        return start, gap + text
    after = page.gaps[place + 1] if place + 1 < len(page.gaps) else ""
    return start + len(gap), text + after


def _path(stream: Stream, element: int, steps: dict[int, str]) -> str:
    """The element and some around it, with their id or first class; `steps` are those that are known."""
    path: list[str] = []
    while len(path) < _STEPS:
        step = steps.get(element)
        if step is None:
            step = steps[element] = _step(stream, element)
        if not step:
            break
        path.append(step)
        element = stream.parents[element]
    return " > ".join(path[::-1]) or "body"


def _step(stream: Stream, element: int) -> str:
    tag, name, classes = stream.tags[element], stream.ids[element], stream.classes[element]
    if tag in ("html", "body"):
        return ""
    first = (classes or "").split(None, 1)[:1]
    return tag + (f"#{name}" if name else f".{first[0]}" if first else "")[:_LONGEST_NAME]


def _reasons(view: View, choice: Choice) -> list[str]:
    """What each block would be left out as."""
    chosen = _by_site(view) if choice.chances is None else _by_models(view, choice, choice.chances)
    if view.head >= 0:
        chosen[view.head] = "title"
    return [hidden or reason for hidden, reason in zip(view.blocks.hidden, chosen, strict=True)]


def _by_site(view: View) -> list[str]:
    return [_NOT_OF_SITE] * len(view.blocks.texts)


def _by_models(view: View, choice: Choice, chances: Numbers) -> list[str]:
    """Reasons by tags, words and names; prose that the models aren't sure of is not told by what a box is called."""
    of_boxes, of_words = _of_boxes(view), _of_words(view)
    doubted = ((view.prose >= PROSE) & (chances > 1 - SURE)).tolist()
    boxes = (of_boxes[box] for box in view.blocks.inside.tolist())
    reasons = [
        (box.reason if box.is_tag or not is_doubted else "") or of_word or _OUTSIDE
        for box, of_word, is_doubted in zip(boxes, of_words, doubted, strict=True)
    ]
    reasons[choice.start : choice.end] = [of_word or _BETWEEN for of_word in of_words[choice.start : choice.end]]
    return reasons


class _Told(NamedTuple):
    """What a box is, and whether its tag or that of one around it says so."""

    reason: str
    is_tag: bool


def _of_boxes(view: View) -> list[_Told]:
    """What each box, or else one around it, is called or is; "" if that says nothing."""
    blocks, told = view.blocks, [_Told("", is_tag=False)]
    boxes = zip(blocks.boxes, view.called[0].tolist(), blocks.above.tolist(), strict=True)
    for number, hints, above in islice(boxes, 1, None):
        told.append(_of_box(blocks.stream.tags[number], hints) or told[above])
    return told


@cache
def _of_box(tag: str, hints: int) -> _Told | None:
    """What a box is by itself, or None if neither its tag nor its names say."""
    if tag in _TAG_REASONS:
        return _Told(_TAG_REASONS[tag], is_tag=True)
    weak = _WEAK if hints & _CONTENT else 0
    reason = next((reason for bit, reason in _BITS.items() if hints & bit & ~weak), "")
    return _Told(reason, is_tag=False) if reason else None


def _of_words(view: View) -> list[str]:
    """What the words of each block say it is, if it is short, or how much of it is linked; "" for the others."""
    reasons = np.full(len(view.blocks.texts), "", object)
    for kind, reason in reversed(_WORD_REASONS.items()):
        reasons[view.words[kind]] = reason
    reasons[view.said.letters > _SHORT] = ""
    reasons[view.share > _LINKED] = "links"
    return reasons.tolist()
