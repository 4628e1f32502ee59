"""What blocks look like: numbers that speak for main content or against it. Next: `boxes`, which adds them up.

Besides a block's own text these say how it is linked (Kohlschütter, Fankhauser and Nejdl, WSDM 2010: link density and
length of a block and its neighbours), what the elements around it are called, how dense the prose is in the boxes
it stands in, where the title and the description that the page gives itself stand, and what the blocks look like that
stand as this one does, for posts of a thread are as alike as the bylines above them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.extract.blocks import Blocks
from cleaner.extract.metadata import Head
from cleaner.extract.names import KNOWN, NAMES, called
from cleaner.extract.said import WORDS, Counts, Flags, Said

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Table = dict[str, NDArray[Any]]

_FEWEST_IN_PROSE: Final = 20  # letters of a block without a stop that may be prose, if it has a comma
_SHORT: Final = 30  # letters of a line whose words are those of furniture
_LENGTHS: Final = (4, 8, 15, 30, 60, 120)
_STEPS: Final = (-3, -2, -1, 1, 2, 3)
_TELLING: Final = 12  # letters of a block that can be what the description says
_SHORTEST_TITLE: Final = 4
_ALL_LINKED: Final = 0.9
_MOSTLY: Final = 0.8  # of the letters of a line that says no more than a date
_MOST: Final = 0.6  # of the prose, that the innermost box of it holds
_READABILITY: Final = (0.8, 1.0, 0.6, 0.3)  # what a block counts for its box and those above, near to Readability's
_TAGS: Final = {
    name: group
    for group, names in {
        "p": "p", "heading": "h2 h3 h4 h5 h6", "h1": "h1", "item": "li dt dd", "cell": "td th", "code": "pre",
        "quote": "blockquote", "figure": "figure figcaption caption", "outer": "nav footer aside header",
        "form": "form fieldset label legend", "article": "article main",
    }.items()
    for name in names.split()
}  # fmt: skip
GROUPS: Final = tuple(dict.fromkeys(_TAGS.values()))
_GROUP_BITS: Final = {tag: 1 << GROUPS.index(group) for tag, group in _TAGS.items()}


@dataclass(frozen=True)
class View:
    """A page as its features see it: blocks, and what its elements that nobody sees tell of it."""

    blocks: Blocks
    told: Head
    said: Said = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", Said(self.blocks.texts))

    @cached_property
    def closed(self) -> Flags:
        """Which blocks are never main content, for a reader doesn't see them, or sees controls."""
        return np.array([bool(why) for why in self.blocks.hidden])

    @cached_property
    def share(self) -> Numbers:
        """The share of each block's letters that is linked."""
        linked = np.minimum(np.array(self.blocks.linked), self.said.letters)
        share: Numbers = linked / np.maximum(self.said.letters, 1)
        return share

    @cached_property
    def is_dated(self) -> Flags:
        """Which blocks say no more than a date or time."""
        return self.said.dated > _MOSTLY * self.said.letters

    @cached_property
    def prose(self) -> Numbers:
        """The unlinked letters of each block that has marks of a sentence; none of a hidden one."""
        said = self.said
        is_prose = (said.stops > 0) | ((said.commas > 0) & (said.letters >= _FEWEST_IN_PROSE))
        return np.where(is_prose & ~self.closed, said.letters * (1 - self.share), 0.0)

    @cached_property
    def total(self) -> float:
        """The letters of prose of the whole page, 1 at least."""
        return max(float(self.prose.sum()), 1.0)

    @cached_property
    def around(self) -> dict[str, Places]:
        """For each block its box, and the three boxes around that."""
        above, own = self.blocks.above, self.blocks.inside
        parent = above[own]
        second = above[parent]
        return {"own": own, "parent": parent, "second": second, "third": above[second]}

    @cached_property
    def called(self) -> tuple[Places, Places]:
        """What the names of each box hint at, and what it is known as: see `names.Called`."""
        elements, ids, classes = (getattr(self.blocks.stream, name) for name in ("elements", "ids", "classes"))
        found = [called(classes[box], ids[box], elements[box].get("itemprop")) for box in self.blocks.boxes]
        hints, known = map(np.array, zip(*found, strict=True))
        return hints, known

    @cached_property
    def sorts(self) -> Places:
        """A number for each box, the same for those with the same tag and class."""
        numbers: dict[tuple[str, str | None], int] = {}
        tags, classes = self.blocks.stream.tags, self.blocks.stream.classes
        return np.array([numbers.setdefault((tags[at], classes[at]), len(numbers)) for at in self.blocks.boxes])

    @cached_property
    def words(self) -> dict[str, Flags]:
        """Which blocks hold words of each kind."""
        return self.said.words()

    @cached_property
    def repeats(self) -> Counts:
        """How many blocks of the page say the same as each."""
        counts = Counter(self.blocks.texts)
        return np.array([counts[text] for text in self.blocks.texts])

    @cached_property
    def box_prose(self) -> Numbers:
        """The prose in each box."""
        return self.sums(self.prose)

    @cached_property
    def box_letters(self) -> Numbers:
        """The letters in each box."""
        return self.sums(self.said.letters)

    @cached_property
    def head(self) -> int:
        """The place of the block that says the page's title, or -1."""
        best, head, title = 0.0, -1, self.told.title
        for place, text in enumerate(self.blocks.texts):
            if len(text) >= _SHORTEST_TITLE and not self.blocks.hidden[place] and text in title:
                tag = self.blocks.tag(int(self.blocks.inside[place]))
                rank = {"h1": 1.5, "h2": 1.2, "h3": 1.2}.get(tag, 1.0) * (0.5 if self.share[place] > 0.9 else 1.0)
                if len(text) * rank > best:
                    best, head = len(text) * rank, place
        return head

    def sums(self, values: NDArray[Any]) -> Numbers:
        """For each box the sum over all blocks in it and in the boxes within; `values` are of the blocks."""
        so_far = np.concatenate([[0.0], np.cumsum(values)])
        sums: Numbers = so_far[self.blocks.ends] - so_far[self.blocks.firsts]
        return sums

    def within(self, *tops: int) -> Flags:
        """Which blocks stand in any of the given boxes."""
        inside: Flags = np.zeros(len(self.blocks.texts), bool)
        for top in tops:
            inside[self.blocks.firsts[top] : self.blocks.ends[top]] = True
        return inside

    def out(self, box: int, least: float) -> int:
        """The innermost box around `box`, itself included, that holds `least` letters of prose, or the root."""
        while box and self.box_prose[box] < least:
            box = int(self.blocks.above[box])
        return box


def describe(view: View) -> Table:
    """The features of all blocks by name, each of shape (blocks,); one block at least."""
    table: Table = {}
    for part in (_text, _words, _names, _neighbours, _position, _boxes, _head, _told, _kin, _known):
        table |= part(view, table)
    return table


def _text(view: View, _: Table) -> Table:
    said, letters = view.said, np.maximum(view.said.letters, 1)
    marks = said.commas + said.stops
    return {
        "log letters": np.log1p(said.letters),
        **{f"letters >= {least}": said.letters >= least for least in _LENGTHS},
        "commas": np.log1p(said.commas),
        "stops": np.log1p(said.stops),
        "marks share": marks / letters,
        "ends as a sentence": said.is_sentence,
        "link share": view.share,
        "all link": view.share > _ALL_LINKED,
        "no link": view.share == 0,
        "han share": said.han / letters,
        "digit share": said.digits / letters,
        "all date": view.is_dated,
        "said again": view.repeats > 1,
        "is title": np.array([len(text) >= _SHORTEST_TITLE and text in view.told.title for text in view.blocks.texts]),
    }


def _words(view: View, _: Table) -> Table:
    is_short = view.said.letters < _SHORT
    table: Table = {}
    for kind, found in view.words.items():
        table |= {f"says {kind}": found, f"short, says {kind}": found & is_short}
    return table


def _names(view: View, _table: Table) -> Table:
    own, hints = view.around["own"], view.called[0]
    tags = np.array([_GROUP_BITS.get(view.blocks.stream.tags[box], 0) for box in view.blocks.boxes])
    far = _of_all_around(view.blocks.above, np.where(np.arange(len(hints)), hints, 0) << len(GROUPS) | tags)[own]
    levels = {
        "own": hints[own],
        "near": hints[view.around["parent"]] | hints[view.around["second"]],
        "far": far >> len(GROUPS),  # what the root is called says nothing
    }
    table: Table = {}
    for level, bits in levels.items():
        table |= zip((f"{level} name: {name}" for name in NAMES), _bits(bits, len(NAMES)), strict=True)
    return table | dict(zip((f"in {name}" for name in GROUPS), _bits(far, len(GROUPS)), strict=True))


def _of_all_around(above: Places, bits: Places) -> Places:
    """For each box the bits that it or any box around it has."""
    found = bits.tolist()
    for box, parent in enumerate(above.tolist()):
        found[box] |= found[parent]
    return np.array(found, np.int64)


def _bits(values: Places, count: int) -> Places:
    """The lowest bits of each value, shape (bits, values)."""
    return values >> np.arange(count)[:, None] & 1


def _neighbours(view: View, table: Table) -> Table:
    count, margin = len(view.blocks.texts), max(_STEPS)
    columns = {"log letters": (table["log letters"], 0.0), "link share": (view.share, 1.0)}
    columns["prose"] = (np.log1p(view.prose), 0.0)
    found: Table = {}
    for name, (values, else_) in columns.items():
        beyond = np.full(margin, else_)
        padded = np.concatenate([beyond, values, beyond])
        found |= {f"{name} at {step}": padded[margin + step :][:count] for step in _STEPS}
    return found


def _position(view: View, _: Table) -> Table:
    count = len(view.blocks.texts)
    so_far = np.cumsum(view.prose)
    before, after = so_far - view.prose, so_far[-1] - so_far
    return {
        "prose above": before / view.total,
        "prose below": after / view.total,
        "no prose above": before < 1,
        "no prose below": after < 1,
        "place": np.arange(count) / count,
        "density of page": np.full(count, view.total / max(view.said.letters.sum(), 1)),
        "log prose of page": np.full(count, np.log1p(view.total)),
    }


def _boxes(view: View, _: Table) -> Table:
    linked = view.sums(view.said.letters * view.share)
    blocks = view.sums(np.ones(len(view.blocks.texts)))
    like = np.bincount(view.sorts)[view.sorts]
    table: Table = {}
    for level, box in view.around.items():
        letters = np.maximum(view.box_letters[box], 1)
        table |= {
            f"prose share of {level}": view.box_prose[box] / view.total,
            f"log prose of {level}": np.log1p(view.box_prose[box]),
            f"density of {level}": view.box_prose[box] / letters,
            f"links in {level}": linked[box] / letters,
            f"log blocks of {level}": np.log1p(blocks[box]),
            f"boxes like {level}": np.log1p(like[box]),
        }
    most = np.flatnonzero(view.box_prose >= _MOST * view.total)
    best = _best(view)
    in_best = view.within(best)
    return table | {
        "in most": view.within(int(most[-1]) if most.size else 0),
        "in best": in_best,
        "in above best": view.within(int(view.blocks.above[best])),
        "in best density": in_best * view.box_prose[best] / max(view.box_letters[best], 1),
    }


def _best(view: View) -> int:
    """The box that Readability would choose: each block counts for the boxes around it, less with each step out."""
    scores = sum(
        np.bincount(box, view.prose * weight, len(view.blocks.above))
        for box, weight in zip(view.around.values(), _READABILITY, strict=True)
    )
    return int(np.argmax(scores))


def _head(view: View, _: Table) -> Table:
    """Where the block that says the page's title stands: main content mostly begins below it, in a box with it."""
    head, places = view.head, np.arange(len(view.blocks.texts))
    has_head = head >= 0
    below = places > head
    since = np.cumsum(view.prose * below) - view.prose * below
    table: Table = {
        "page has head": np.full(len(places), has_head),
        "before head": places < head,
        "is head": places == head,
        "log after head": np.log1p(np.maximum(places - head, 0) * has_head),
        "log prose since head": np.log1p(np.where(below, since, 0)),
    }
    box = int(view.blocks.inside[head]) if has_head else 0
    for name, least in (("some", float(_SHORT)), ("much", 0.3 * view.total)):
        found = view.out(box, least)
        table[f"in head box with {name} prose"] = view.within(found) & bool(found)
        table[f"in head box with {name} prose, after"] = table[f"in head box with {name} prose"] & below
    return table


def _told(view: View, _: Table) -> Table:
    """Where the page's description stands, which on most sites is the article's beginning."""
    about = view.told.about
    told = np.where(view.closed, 0.0, view.said.shared(about))
    count = len(told)
    weight = told * np.minimum(view.said.letters, 60) * (view.said.letters > _TELLING)
    tells = bool(told.max() > 0.5)
    teller = int(np.argmax(weight)) if tells else 0
    below = np.arange(count) >= teller
    table: Table = {"told by description": told, "page tells": np.full(count, tells)}
    for name in ("own", "parent", "second"):
        box = int(view.around[name][teller])
        table[f"in told {name}"] = view.within(box) & below & tells
    table["not told, page tells"] = tells & ~table["in told second"]
    return table


def _kin(view: View, table: Table) -> Table:
    """What the blocks look like, on average, that stand in boxes of the same tags and classes."""
    own, parent, second = (view.sorts[view.around[level]] for level in ("own", "parent", "second"))
    count = len(view.blocks.boxes)
    _, kin = np.unique((own * count + parent) * count + second, return_inverse=True)
    size = np.bincount(kin)

    def mean(values: NDArray[Any]) -> Numbers:
        means: Numbers = (np.bincount(kin, values) / size)[kin]
        return means

    worded = np.logical_or.reduce([table[f"short, says {kind}"] for kind in WORDS if kind != "date"])
    return {
        "kin: log size": np.log1p(size[kin]),
        "kin: mean log letters": mean(table["log letters"]),
        "kin: log mean prose": np.log1p(mean(view.prose)),
        "kin: sentences": mean(view.said.is_sentence),
        "kin: with commas or stops": mean(view.said.commas + view.said.stops > 0),
        "kin: link share": mean(view.share),
        "kin: dates": mean(table["says date"]),
        "kin: all date": mean(table["all date"]),
        "kin: said once": mean(view.repeats == 1),
        "kin: prose share": mean(view.prose) * size[kin] / view.total,
        "kin: words": mean(worded),
        "kin: teasers": mean(_teases(view)),
    }


def _teases(view: View) -> Flags:
    """Which blocks stand below a link in a box with it, as the first lines of another article do."""
    linked = view.share > _ALL_LINKED
    parents = np.stack([view.around["own"], view.around["parent"]])
    same: Flags = (parents[:, None, 1:] == parents[None, :, :-1]).any((0, 1))
    return np.append(False, linked[:-1] & ~linked[1:] & same)


def _known(view: View, _table: Table) -> Table:
    """Whether blocks stand in boxes whose name is known: the software of many sites calls the same things the same."""
    known = view.called[1]
    table: Table = {}
    for place, name in enumerate(KNOWN, 1):
        boxes = np.flatnonzero(known == place).tolist()
        inside = view.within(*boxes)
        table[f"known {name}"] = inside
        table[f"page has known {name}"] = np.full(len(inside), bool(boxes))
        table[f"not in known {name}"] = bool(boxes) & ~inside
    return table
