"""A page's tree → columns: its elements in document order, and the text at each of their starts and ends.

Reading an element of a tree costs as much as computing with a hundred numbers, so it is read once, and what holds
for some places of the stream is found for all of them at once. Next: `blocks`.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Final

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from cleaner.patterns import late

Places = NDArray[np.int64]

# Of these a reader sees nothing, or nothing that was written for the page.
_UNSEEN: Final = frozenset(
    "script style noscript template iframe svg canvas object head title datalist audio video map noframes".split()
)
RECORD: Final = "record"  # the element that holds what a page's data says and the page doesn't
# Of them, those that some readers see, or a script shows, and why others don't see them.
SPARE: Final = {
    "noscript": "no scripts", "noframes": "no frames", "template": "template", "object": "stand-in",
    RECORD: "record of the page", "audio": "stand-in", "video": "stand-in", "canvas": "stand-in", "map": "stand-in",
}  # fmt: skip
_FEWEST: Final = 20  # letters of prose in one of these, from which on it is read
_SENTENCE: Final = late("[，。！？；,.!?;]")
_FILLED_IN: Final = ("{{", "<%", "${")  # in templates whose words are not there yet


class Stream:
    """The elements of a tree, the root first, but none within those that nobody sees; and what is said among them.

    What only some see, as readers without scripts, is there if it is prose.
    `elements` and their `tags`, `classes` and `ids` are in document order. The stream has a place for each start and
    each end of an element: `starts` and `ends` tell which, and `texts` what follows there, "" for nothing.
    """

    def __init__(self, root: etree._Element) -> None:
        self.elements: list[etree._Element] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.starts = np.array(self._read(root))
        self.ends = _ends(self.starts, len(self.texts))
        self.classes: list[str | None] = [element.get("class") for element in self.elements]
        self.ids: list[str | None] = [element.get("id") for element in self.elements]

    def _read(self, root: etree._Element) -> list[int]:
        elements, tags, texts = self.elements, self.tags, self.texts
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
            if tag in _UNSEEN and not (tag in SPARE and _is_prose(element)):
                walk.skip_subtree()
                texts.append(_formula(element) if tag == "script" else "")
            else:
                texts.append(element.text or "")
        return starts

    def tagged(self, tags: Collection[str]) -> Places:
        """The numbers of the elements with one of these tags."""
        return np.array([number for number, tag in enumerate(self.tags) if tag in tags], np.int64)

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

    @cached_property
    def parents(self) -> list[int]:
        """The number of the element around each; the root's is its own."""
        around = self.innermost(np.arange(len(self.elements)))
        parents: list[int] = np.maximum(around[self.starts - 1], 0).tolist()
        return parents


def _formula(script: etree._Element) -> str:
    """What MathJax would show in place of a script, in TeX; "" of any other, and of one whose formula stands there."""
    kind = script.get("type") or ""
    if not kind.startswith("math/tex"):
        return ""
    before = script.getprevious()
    if before is not None and "MathJax" in (before.get("class") or "") and "".join(map(str, before.itertext())).strip():
        return ""
    marks = "$$" if "mode=display" in kind else "$"
    return f"{marks}{(script.text or '').strip()}{marks}"


def _is_prose(element: etree._Element) -> bool:
    """Whether an element holds more than a call to turn something on, and words that are there already."""
    text = "".join(map(str, element.itertext()))
    is_filled_in = any(mark in text for mark in _FILLED_IN)
    return (
        len(text) >= _FEWEST
        and not is_filled_in
        and bool(_SENTENCE.search(text))
        and len("".join(text.split())) >= _FEWEST
    )


def _ends(starts: Places, count: int) -> Places:
    """For each start the place of its end: the next at its depth."""
    is_start = np.zeros(count, bool)
    is_start[starts] = True
    order = _stable_order(np.cumsum(np.where(is_start, 1, -1)) + ~is_start)
    ends = np.empty(count, np.int64)
    ends[order[::2]] = order[1::2]
    return ends[starts]


def _stable_order(depths: Places) -> Places:
    return np.argsort(depths.astype(np.int16), kind="stable")  # by radix; no tree is deeper than `parsing` allows
