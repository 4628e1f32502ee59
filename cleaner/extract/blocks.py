"""A page's tree → its blocks of text, and the boxes they stand in. Next: `features`, which describes them.

A block is what a reader sees as one line or paragraph: the text between two edges of block elements. A box is an
element with an edge. Both stand in document order, in columns, for a page may have tens of thousands.

The tree is read once, into a stream that has a place for each start and each end of an element, with the text that
follows there; everything else is found for all places at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from cleaner.extract.hiding import hidden_elements

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Elements whose edges end a line.
EDGED: Final = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section summary "
    "table tbody td tfoot th thead tr ul".split()
)
# Of these a reader sees nothing, or nothing that was written for the page.
_UNSEEN: Final = frozenset(
    "script style noscript template iframe svg canvas object head title datalist audio video map noframes".split()
)
_EDGED, _BOX, _LINK, _VERBATIM = 1, 2, 4, 8
_KINDS: Final = {tag: _EDGED | _BOX for tag in EDGED} | {
    "br": _EDGED, "hr": _EDGED, "pre": _EDGED | _BOX | _VERBATIM, "a": _LINK
}  # fmt: skip
_LONG_BLANKS: Final = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
_NEVER_UNVEILED: Final = ("control", "jammer")
_SENTENCE: Final = re.compile("[，。！？；,!?;]")


@dataclass(slots=True)
class Blocks:
    """A page in columns.

    `boxes` are its elements with an edge, the root first; of each, `tags` and `classes` say what it is called and
    `above` is the place of the box it stands in, `firsts` its first block, and `ends` the one after its last, the same
    if it has none. `texts` are the blocks; of each, `inside` is the place of its box,
    `linked` how many characters are in links, `hidden` why a reader doesn't see it, or "", and `veils` which element
    hides it, by its number among those that hide, or -1.
    """

    boxes: list[etree._Element]
    tags: list[str]
    classes: list[str | None]
    above: Places
    firsts: Places
    ends: Places
    texts: list[str]
    inside: Places
    linked: Places
    hidden: list[str]
    veils: Places


class _Stream(NamedTuple):
    """A tree as it is read: what follows each start and end of an element, and the elements.

    `texts` has a place for each start and each end; `starts` and `ends` are those of the elements,
    and `kinds` say what each is to the lines around it.
    """

    texts: list[str]
    elements: list[etree._Element]
    tags: list[str]
    kinds: Places
    starts: Places
    ends: Places

    def numbers(self, kind: int) -> Places:
        """The numbers of the elements of one of these kinds."""
        return np.flatnonzero(self.kinds & kind)

    def depth(self, numbers: Places) -> Places:
        """At each place how many of some elements are open."""
        changes = np.zeros(len(self.texts), np.int64)
        changes[self.starts[numbers]] = 1
        changes[self.ends[numbers]] = -1
        return np.cumsum(changes)

    def innermost(self, numbers: Places) -> Places:
        """At each place the last opened of some elements that are still open, as its rank in `numbers`, or -1."""
        depth = self.depth(numbers)
        ranks = depth * len(numbers) - 1  # below all ranks at this depth, not below any at the one before
        ranks[self.starts[numbers]] += 1 + np.arange(len(numbers))
        order = _stable_order(depth)
        ranks[order] = np.maximum.accumulate(ranks[order])
        return np.where(depth > 0, ranks - depth * len(numbers), -1)


def _stable_order(depths: Places) -> Places:
    return np.argsort(depths.astype(np.int16), kind="stable")  # by radix; no tree is deeper than `parsing` allows


def _stream_of(root: etree._Element) -> _Stream:
    texts: list[str] = []
    elements: list[etree._Element] = []
    tags: list[str] = []
    starts: list[int] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            texts.append(element.tail or "")
            continue
        tag = element.tag
        starts.append(len(texts))
        elements.append(element)
        tags.append(tag)
        if tag in _UNSEEN:
            walk.skip_subtree()
            texts.append("")
        else:
            texts.append(element.text or "")
    opened = np.array(starts)
    kinds = np.fromiter((_KINDS.get(tag, 0) for tag in tags), np.int64, len(tags))
    return _Stream(texts, elements, tags, kinds, opened, _ends(opened, len(texts)))


def _ends(starts: Places, count: int) -> Places:
    """For each start the place of its end: the next at its depth."""
    is_start = np.zeros(count, bool)
    is_start[starts] = True
    order = _stable_order(np.cumsum(np.where(is_start, 1, -1)) + ~is_start)
    ends = np.empty(count, np.int64)
    ends[order[::2]] = order[1::2]
    return ends[starts]


def blocks_of(root: etree._Element) -> Blocks:
    """The blocks of a page; none is empty, and runs of blanks are one outside `pre`."""
    stream = _stream_of(root)
    classes = [element.get("class") for element in stream.elements]
    whys = hidden_elements(root, stream.elements, stream.tags, classes)
    hiders = np.array(list(whys), np.int64)
    hider, hiding = stream.innermost(hiders), stream.depth(hiders)
    outermost = np.maximum.accumulate(np.where(hiding == 1, hider, -1))
    boxes = stream.numbers(_BOX)
    box = stream.innermost(boxes)
    lines = _lines(stream, hider)
    firsts, ends = (np.searchsorted(lines.lasts, edge[boxes]) for edge in (stream.starts, stream.ends))
    reasons = [*whys.values(), ""]
    return Blocks(
        boxes=[stream.elements[number] for number in boxes.tolist()],
        tags=[stream.tags[number] for number in boxes.tolist()],
        classes=[classes[number] for number in boxes.tolist()],
        above=np.maximum(box[stream.starts[boxes] - 1], 0),
        firsts=firsts,
        ends=ends,
        texts=lines.texts,
        inside=np.maximum(box[lines.places], 0),
        linked=lines.linked,
        hidden=[reasons[rank] for rank in hider[lines.places].tolist()],
        veils=np.where(hiding, outermost, -1)[lines.places],
    )


class _Lines(NamedTuple):
    """The lines of a page in the order in which they end: what each says, how much is linked, its first and last place."""

    texts: list[str]
    linked: Places
    places: Places
    lasts: Places


def _lines(stream: _Stream, hider: Places) -> _Lines:
    """What stands between edges; an element that hides what is in it interrupts a line, but does not end it."""
    order = np.argsort(hider, kind="stable")
    begins = np.flatnonzero(_is_edge(stream)[order] | (np.diff(hider[order], prepend=-2) != 0))
    ends = np.append(begins[1:], len(order))
    pieces = [stream.texts[place] for place in order.tolist()]
    offsets = np.append(0, np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces))))
    whole = "".join(pieces)
    texts = [whole[start:end].strip() for start, end in zip(offsets[begins].tolist(), offsets[ends].tolist())]
    said = np.array([number for number, text in enumerate(texts) if text], np.int64)
    said = said[np.argsort(order[ends[said] - 1])]
    places, lasts = order[begins[said]], order[ends[said] - 1]
    linked = np.append(0, np.cumsum(_linked(stream)[order]))
    return _Lines(
        _without_long_blanks([texts[number] for number in said.tolist()], stream, places),
        (linked[ends] - linked[begins])[said],
        places,
        lasts,
    )


def _is_edge(stream: _Stream) -> Flags:
    edged = stream.numbers(_EDGED)
    is_edge = np.zeros(len(stream.texts), bool)
    is_edge[stream.starts[edged]] = is_edge[stream.ends[edged]] = True
    return is_edge


def _linked(stream: _Stream) -> Places:
    """How many characters of a link stand at each place."""
    linked = np.zeros(len(stream.texts), np.int64)
    places = np.flatnonzero(stream.depth(stream.numbers(_LINK)))
    linked[places] = [len(stream.texts[place].strip()) for place in places.tolist()]
    return linked


def _without_long_blanks(texts: list[str], stream: _Stream, places: Places) -> list[str]:
    verbatim = stream.numbers(_VERBATIM)
    if not verbatim.size:
        return _LONG_BLANKS.sub(" ", "\0".join(texts)).split("\0") if texts else texts
    is_verbatim = stream.depth(verbatim)[places].tolist()
    return [text if stays else _LONG_BLANKS.sub(" ", text) for text, stays in zip(texts, is_verbatim, strict=True)]


def unveiled(blocks: Blocks) -> Blocks:
    """The same blocks, with none hidden by an element that holds more prose than all the page shows.

    Some sites hide an article until a script has run, and losing it is worse than showing what was to stay hidden.
    """
    prose: Counter[int] = Counter()
    columns = zip(blocks.texts, blocks.linked.tolist(), blocks.veils.tolist(), blocks.hidden, strict=True)
    for text, linked, veil, why in columns:
        if why not in _NEVER_UNVEILED and _SENTENCE.search(text):
            prose[veil] += max(len(text) - linked, 0)
    shown = prose.pop(-1, 0)
    thickest, held = next(iter(prose.most_common(1)), (-1, 0))
    if held > shown:
        for place in np.flatnonzero(blocks.veils == thickest).tolist():
            if blocks.hidden[place] not in _NEVER_UNVEILED:
                blocks.hidden[place] = ""
    return blocks
