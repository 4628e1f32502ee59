"""Pages whose main content people marked, and how well a text is that content. Next: `fitting`, then `extraction`."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Final
from urllib.parse import urlsplit

import numpy as np

from bench.corpora import FOLDER
from cleaner.decode import decode
from cleaner.extract.blocks import blocks_of
from cleaner.extract.boxes import Candidates, candidates
from cleaner.extract.features import Numbers, Table, View, describe
from cleaner.extract.metadata import head_of
from cleaner.extract.parsing import tree_of

_IGNORED: Final = re.compile(r"[\s#*_`>|~\\-]+")
_GRAM: Final = 5
_SURE: Final = 12  # letters of a block that are found in the marked text wherever they stand


def grams(text: str) -> Counter[str]:
    """The 5-grams of what counts of a text; one that is shorter is its own."""
    text = _IGNORED.sub("", text)
    return Counter(text[at : at + _GRAM] for at in range(max(len(text) - _GRAM + 1, 1))) if text else Counter()


def recall(found: str, gold: str) -> float:
    """The share of right 5-grams that are found."""
    theirs = grams(gold)
    return (grams(found) & theirs).total() / max(theirs.total(), 1)


def f1(found: str | Counter[str], gold: str | Counter[str]) -> float:
    """Harmonic mean of the shares of found 5-grams that are right, and of right ones that are found."""
    ours, theirs = (text if isinstance(text, Counter) else grams(text) for text in (found, gold))
    if not ours or not theirs:
        return float(not ours and not theirs)
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


@dataclass
class Marked:
    """A page whose main content is known."""

    name: str
    url: str
    gold: str
    page: str
    is_thread: bool

    @property
    def host(self) -> str:
        """The registered name of its host, as good as it can be told without a list of them."""
        parts = (urlsplit(self.url).hostname or "").split(".")
        return ".".join(parts[-3:] if len(parts[-1]) == 2 and len(parts[-2]) <= 3 else parts[-2:])

    @cached_property
    def view(self) -> View:
        """Its blocks."""
        root = tree_of(self.page)
        assert root is not None
        return View(blocks_of(root), head_of(root))

    @cached_property
    def table(self) -> Table:
        """The features of its blocks."""
        return describe(self.view)

    @cached_property
    def stretches(self) -> Candidates:
        """Its boxes."""
        return candidates(self.view)

    @cached_property
    def labels(self) -> list[int]:
        """For each block 1 if it is main content, 0 if not, -1 if nothing of it counts."""
        return labelled(self.view.blocks.texts, self.gold)

    @cached_property
    def worth(self) -> Numbers:
        """The F1 of each box."""
        gold = grams(self.gold)
        stretches = zip(self.stretches.starts, self.stretches.ends, strict=True)
        return np.array([f1(self.text(range(start, end)), gold) for start, end in stretches])

    def text(self, places: Iterable[int], *, are_seen: bool = False) -> str:
        """The text of some blocks; without those that are hidden, unless they `are_seen` all the same."""
        return "\n".join(self.view.blocks.texts[place] for place in places if are_seen or not self.view.closed[place])


def pages() -> list[Marked]:
    """The marked pages; none, with a line on what to do, if they aren't there."""
    found = []
    for path in sorted((FOLDER / "html_zh").glob("*.html.gz")):
        name = path.name.removesuffix(".html.gz")
        mark = json.loads(path.with_name(f"{name}.json").read_text("utf-8"))
        found.append(
            Marked(
                name,
                mark["url"],
                mark["gold"],
                decode(gzip.decompress(path.read_bytes())).text,
                name.startswith("forum"),
            )
        )
    if not found:
        print(f"{FOLDER / 'html_zh'} is not there; set CLEANER_DATA to a folder that has it")
    return found


def labelled(texts: Sequence[str], gold: str) -> list[int]:
    """Which blocks the marked text is made of: they follow each other there as they do in the page."""
    whole, place = _IGNORED.sub("", gold), 0
    labels = []
    for text in (_IGNORED.sub("", text) for text in texts):
        found = (
            place if text and whole.startswith(text, place) else whole.find(text, place) if len(text) >= _SURE else -1
        )
        shared = (
            fmean(text[at : at + _GRAM] in whole for at in range(len(text) - _GRAM + 1)) if len(text) >= _SURE else 0
        )
        labels.append(-1 if not text else int(found >= 0 or shared > 0.6))
        place = found + len(text) if text and found >= 0 else place
    return _without_chance_hits(texts, labels, grams(gold))


def _without_chance_hits(texts: Sequence[str], labels: list[int], gold: Counter[str]) -> list[int]:
    """Labels without blocks that only repeat what others say, the loneliest first, and with those that were missed."""
    parts = [grams(text) for text in texts]
    so_far: Counter[str] = Counter()
    for part, label in zip(parts, labels, strict=True):
        so_far.update(part if label == 1 else ())
    best = f1(so_far, gold)

    def company(place: int) -> int:
        return labels[max(place - 3, 0) : place + 4].count(1)

    for place in sorted((place for place, label in enumerate(labels) if label == 1), key=lambda at: (company(at), -at)):
        without = so_far - parts[place]
        if f1(without, gold) >= best:
            so_far, best, labels[place] = without, f1(without, gold), 0
    for place, part in enumerate(parts):
        if (
            labels[place] == 0
            and len(texts[place]) > 2
            and part.keys() & gold.keys()
            and f1(so_far + part, gold) > best
        ):
            so_far = so_far + part
            best, labels[place] = f1(so_far, gold), 1
    return labels
