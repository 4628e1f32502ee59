"""A page's tree → its blocks of text, and the boxes they stand in. Next: `features`, which describes them.

A block is what a reader sees as one line or paragraph: the text between two edges of block elements. A box is an
element with an edge. Both stand in document order, in columns, for a page may have tens of thousands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from cleaner.extract.hiding import hidden_elements, waits_to_be_seen
from cleaner.extract.parsing import tree_of
from cleaner.extract.stream import SPARE, Places, Stream
from cleaner.patterns import late

Flags = NDArray[np.bool_]

# Elements whose edges end a line.
_EDGED: Final = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li listing main menu nav ol option p plaintext pre "
    "section summary table tbody td tfoot th thead tr ul xmp".split()
)
_CODE: Final = frozenset("pre code xmp samp kbd".split())
_VERBATIM: Final = frozenset("pre textarea xmp listing plaintext".split())  # where line ends and indents count
_EMPTY_LINES: Final = late(r"\A(?:[^\S\n]*\n)+")
_BOXES: Final = _EDGED - {"br", "hr"}  # which hold nothing
_LONG_BLANKS: Final = late(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
# What no script shows later: the ways of those who hide links and words from readers alone, and what isn't text.
_NEVER_UNVEILED: Final = frozenset(
    ("control", "jammer", "hidden off screen", "hidden by its size", "hidden by its colour", "encoded links")
)
_ENCODED: Final = late(
    r"<a\s[^<>]{0,200}?href\s*=\s*[\"']?\s*(?:https?:)?//[^<>]{0,500}>[^<>]{0,200}(?:</a\s*>|$)", re.IGNORECASE
)
_MARKUP: Final = late(r"</?[a-zA-Z][^<>]*>")
_FEWEST_ENCODED: Final = 3  # links of a page that are written out as markup, from which on they are no mistake
_LONGEST_LEFT: Final = 10  # characters that separate them
_STAND_INS: Final = frozenset(SPARE.values())
_WORTH_READING: Final = 100  # characters of prose of one of these; less calls to turn scripts on
_SENTENCE: Final = late("[，。！？；,!?;]")


@dataclass(slots=True)
class Blocks:
    """A page in columns.

    `boxes` are the numbers, in the stream, of elements with an edge, the root first; of each, `above` is the place of
    the box it stands in, `firsts` its first block, and `ends` the one after its last, the same if it has none. `texts`
    are the blocks; of each, `inside` is the place of its box, `linked` how many characters are in links, `hidden` why
    a reader doesn't see it, or "", and `veils` which element hides it, by its number among those that hide, or -1.
    `waiting` are the places of those that are seen only once a script shows the element they stand in, others of whose
    children are seen already.
    """

    stream: Stream
    boxes: list[int]
    above: Places
    firsts: Places
    ends: Places
    texts: list[str]
    inside: Places
    linked: Places
    hidden: list[str]
    veils: Places
    waiting: frozenset[int] = frozenset()

    def tag(self, box: int) -> str:
        """The tag of a box."""
        return self.stream.tags[self.boxes[box]]


def blocks_of(root: etree._Element) -> Blocks:
    """The blocks of a page; none is empty, and runs of blanks are one outside `pre`.

    What readers without scripts or frames see is hidden, as are stand-ins and templates, unless it is an article and
    the page says less without it.
    """
    _parse_frameless(root)
    return _unveiled(_blocks(root, Stream(root)))


def _parse_frameless(root: etree._Element) -> None:
    """Turn what is there for readers without frames into elements, where the parser took it for text."""
    for element in list(root.iter("noframes")):
        inner = tree_of(element.text or "")
        if inner is not None and not len(element):
            element.text = None
            element.append(inner)


def _blocks(root: etree._Element, stream: Stream) -> Blocks:
    whys = hidden_elements(root, stream)
    hiders = np.array(list(whys), np.int64)
    hider, hiding = stream.innermost(hiders), stream.depth(hiders)
    outermost = np.maximum.accumulate(np.where(hiding == 1, hider, -1))
    boxes = stream.tagged(_BOXES)
    box = stream.innermost(boxes)
    lines = _lines(stream, hider)
    firsts, ends = (np.searchsorted(lines.lasts, edges[boxes]) for edges in (stream.starts, stream.ends))
    reasons = [*whys.values(), ""]
    hidden = [reasons[rank] for rank in hider[lines.places].tolist()]
    waiting = _waiting(stream, lines, hider, whys) if "" in whys.values() else []
    for place in waiting:
        hidden[place] = ""
    is_hidden = np.array(list(map(bool, hidden)), bool)
    for place in _encoded(stream, lines):
        hidden[place] = hidden[place] or "encoded links"
    return Blocks(
        stream=stream,
        boxes=boxes.tolist(),
        above=np.maximum(box[stream.starts[boxes] - 1], 0),
        firsts=firsts,
        ends=ends,
        texts=lines.texts,
        inside=np.maximum(box[lines.places], 0),
        linked=lines.linked,
        hidden=hidden,
        veils=np.where(is_hidden, outermost[lines.places], -1),
        waiting=frozenset(waiting),
    )


def _waiting(stream: Stream, lines: _Lines, hider: Places, whys: Mapping[int, str]) -> list[int]:
    """The lines that nothing hides but an element that is invisible until a script shows it, and holds the article.

    It does if children that are seen all the same say more of its prose than it hides, or if it holds most of the
    page's. Losing the paragraph whose style lacks what the others' have is worse than showing what was to stay out.
    """
    reasons = list(whys.values())
    around = [*hider[stream.starts[np.array(list(whys))] - 1].tolist(), -1]
    for rank, why in enumerate(reasons):
        above = around[rank]
        around[rank] = around[above] if not why and above >= 0 and not reasons[above] else above
    hiders = hider[lines.places].tolist()
    prose = [_prose(text, linked) for text, linked in zip(lines.texts, lines.linked.tolist(), strict=True)]
    shown, held, everywhere = Counter[int](), Counter[int](), 0
    for rank, size in zip(hiders, prose, strict=True):
        is_seen = rank < 0 or not reasons[rank]
        everywhere += size * is_seen
        (shown if is_seen else held)[around[rank] if is_seen else rank] += size
    styles = (stream.elements[number].get("style") or "" for number in whys)
    waiting = {
        rank
        for rank, style in enumerate(styles)
        if shown[rank] and (shown[rank] >= held[rank] or held[rank] + 2 * shown[rank] > everywhere)
        if waits_to_be_seen(style)
    }
    return [place for place, rank in enumerate(hiders) if rank in waiting]


def _prose(text: str, linked: int) -> int:
    """The characters of a line that are not linked, if it has marks of a sentence."""
    return max(len(text) - linked, 0) if _SENTENCE.search(text) else 0


class _Lines(NamedTuple):
    """The lines of a page in the order in which they end: text, how much of it is linked, first and last place."""

    texts: list[str]
    linked: Places
    places: Places
    lasts: Places


def _lines(stream: Stream, hider: Places) -> _Lines:
    """What stands between edges; an element that hides what is in it interrupts a line, but does not end it."""
    order = np.argsort(hider, kind="stable")
    begins = np.flatnonzero(_is_edge(stream)[order] | (np.diff(hider[order], prepend=-2) != 0))
    ends = np.append(begins[1:], len(order))
    pieces = [stream.texts[place] for place in order.tolist()]
    offsets = np.append(0, np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces))))
    whole = "".join(pieces)
    texts = [whole[start:end] for start, end in pairwise([*offsets[begins].tolist(), len(whole)])]
    said = np.array([number for number, text in enumerate(texts) if text and not text.isspace()], np.int64)
    said = said[np.argsort(order[ends[said] - 1])]
    places, lasts = order[begins[said]], order[ends[said] - 1]
    linked = np.append(0, np.cumsum(_linked(stream)[order]))
    return _Lines(
        _without_long_blanks([texts[number] for number in said.tolist()], stream, places),
        (linked[ends] - linked[begins])[said],
        places,
        lasts,
    )


def _encoded(stream: Stream, lines: _Lines) -> list[int]:
    """The lines of links that are written out as markup, for whoever turns it into links; those in code are left."""
    linking = [number for number, text in enumerate(lines.texts) if "href" in text]
    if not linking:
        return []
    code = np.append(0, np.cumsum(stream.depth(stream.tagged(_CODE)) > 0))
    linking = [number for number in linking if code[lines.lasts[number] + 1] == code[lines.places[number]]]
    counts = [len(_ENCODED.findall(lines.texts[number])) for number in linking]
    if sum(counts) < _FEWEST_ENCODED:
        return []
    left = [_MARKUP.sub("", _ENCODED.sub("", lines.texts[number])) for number in linking]
    return [
        number
        for number, count, text in zip(linking, counts, left, strict=True)
        if count and len(text) <= _LONGEST_LEFT * count
    ]


def _is_edge(stream: Stream) -> Flags:
    edged = stream.tagged(_EDGED)
    is_edge = np.zeros(len(stream.texts), bool)
    is_edge[stream.starts[edged]] = is_edge[stream.ends[edged]] = True
    return is_edge


def _linked(stream: Stream) -> Places:
    """How many characters of a link stand at each place."""
    linked = np.zeros(len(stream.texts), np.int64)
    places = np.flatnonzero(stream.depth(stream.tagged(("a",))))
    linked[places] = [len(stream.texts[place].strip()) for place in places.tolist()]
    return linked


def _without_long_blanks(texts: list[str], stream: Stream, places: Places) -> list[str]:
    """Texts without blanks at their ends, and one for each run of blanks in them; code keeps its lines and indents."""
    verbatim = stream.tagged(_VERBATIM)
    stripped = [text.strip() for text in texts]
    if not verbatim.size:
        return _LONG_BLANKS.sub(" ", "\0".join(stripped)).split("\0") if texts else texts
    is_verbatim = stream.depth(verbatim)[places].tolist()
    return [
        _EMPTY_LINES.sub("", raw).rstrip() if stays else _LONG_BLANKS.sub(" ", text)
        for raw, text, stays in zip(texts, stripped, is_verbatim, strict=True)
    ]


def _unveiled(blocks: Blocks) -> Blocks:
    """The same blocks, with none hidden by an element that holds more prose than all the page shows.

    Some sites hide an article until a script has run, and losing it is worse than showing what was to stay hidden.
    """
    prose: Counter[int] = Counter()
    columns = zip(blocks.texts, blocks.linked.tolist(), blocks.veils.tolist(), blocks.hidden, strict=True)
    for text, linked, veil, why in columns:
        if why not in _NEVER_UNVEILED:
            prose[veil] += _prose(text, linked)
    shown = prose.pop(-1, 0)
    thickest, held = next(iter(prose.most_common(1)), (-1, 0))
    is_spare = any(blocks.hidden[place] in _STAND_INS for place in np.flatnonzero(blocks.veils == thickest).tolist())
    if held > shown and (held >= _WORTH_READING or not is_spare):
        for place in np.flatnonzero(blocks.veils == thickest).tolist():
            if blocks.hidden[place] not in _NEVER_UNVEILED:
                blocks.hidden[place] = ""
    return blocks
