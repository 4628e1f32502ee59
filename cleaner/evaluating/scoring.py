"""One document held against its right text: what it removed that should go, and what it should have kept. Next: `runs`.

Both are compared as their folds, without blanks: script, width and case don't count, nor how lines are broken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Final, NamedTuple

import numpy as np

from cleaner.alignment import SHORTEST, Gap, Places, Run, aligned, anchors, credible, gaps, scattered
from cleaner.document import Document, undone
from cleaner.evaluating.bare import Bare, Flags, standing
from cleaner.fates import KEPT, NOBODY, REMOVED, REPLACED, Fates, fates_of
from cleaner.fold import Codes, codes, fold_codes
from cleaner.quality import is_dropped

_MOVES: Final = 8  # times that what stands in another order is looked for: what is found makes more stand once
_NOWHERE: Final = np.uint32(1 << 28)  # from here on no text has characters
_SHOWN: Final = 200  # characters of a line


class Line(NamedTuple):
    """A line of a source, from 1, with how many of its characters went wrong by one rule, or by none.

    Of these `elsewhere` were lost there, and stand in the clean text in another place.
    """

    number: int
    text: str
    characters: int
    rule: str = ""
    elsewhere: int = 0

    @property
    def gone(self) -> int:
        """Those that stand nowhere else."""
        return self.characters - self.elsewhere


@dataclass(frozen=True, eq=False)
class Score:
    """What became of a document's characters, blanks left aside, and whether that is right.

    `counts` says of each character of the source whether it counts, `article` whether the right text has it, and
    `there` whether that was found in the clean text. Of the
    characters of the clean text `made` are those that an edit put there, and `right` those that the right text has.
    `absent` are characters of the right text that neither has, of all its `said`.
    """

    fates: Fates
    counts: Flags
    article: Flags
    there: Flags
    made: Flags
    right: Flags
    absent: int
    said: int

    @property
    def is_apart(self) -> bool:
        """Whether most of the right text is of something else, for neither the source nor the clean text has it."""
        return 2 * self.absent > self.said

    @property
    def is_source(self) -> bool:
        """Whether the right text is the source, so that nothing of that should go, and something went."""
        return not self.absent and bool(self.lost.any()) and not (self.counts & ~self.article).any()

    @property
    def lost(self) -> Flags:
        """Characters of the article that were removed, or replaced by others."""
        changed: Flags = self.fates.states != KEPT
        return self.article & changed & ~self.there

    @cached_property
    def elsewhere(self) -> Flags:
        """Of the lost characters those that the clean text still has in another place: copies of what stays."""
        return standing(self.fates.document.source, self.fates.document.text, self.lost)

    @property
    def missed(self) -> Flags:
        """Characters that should go, and stay as they were."""
        kept: Flags = self.fates.states == KEPT
        return self.counts & ~self.article & kept

    def sums(self) -> dict[str, int]:
        """Characters of the source by what should have become of them, and what did."""
        noise = self.counts & ~self.article
        return {
            "article": int(self.article.sum()),
            "noise": int(noise.sum()),
            "removed": int((noise & (self.fates.states == REMOVED)).sum()),
            "replaced": int((noise & (self.fates.states == REPLACED)).sum()),
            "missed": int(self.missed.sum()),
            "lost": int(self.lost.sum()),
            "elsewhere": int(self.elsewhere.sum()),
            "absent": self.absent,
        }

    def by_rule(self) -> dict[str, dict[str, int]]:
        """For each rule the characters that it removed or replaced, by what is right, and those that it put in."""
        gone = self.counts & (self.fates.states == REMOVED)
        masks = {
            "noise": (gone & ~self.article, self.fates.by),
            "replaced": (self.counts & ~self.article & (self.fates.states == REPLACED), self.fates.by),
            "lost": (self.lost, self.fates.by),
            "elsewhere": (self.elsewhere, self.fates.by),
            "repaired": (self.made, self.fates.makers),
            "repaired_right": (self.made & self.right, self.fates.makers),
        }
        rules: dict[str, dict[str, int]] = {}
        for what, (mask, who) in masks.items():
            for edit, number in enumerate(np.bincount(who[mask], minlength=1).tolist()):
                if number:
                    counts = rules.setdefault(self.fates.edits[edit].rule, dict.fromkeys(masks, 0))
                    counts[what] += number
        return rules

    def lost_lines(self) -> list[Line]:
        """The lines that lost characters of the article, for each rule that took some.

        Those come first that lost most of what stands nowhere else.
        """
        places = np.flatnonzero(self.lost)
        numbers, who = self._numbers(places).tolist(), self.fates.by[places].tolist()
        keys = [(number, self.fates.edits[each].rule) for number, each in zip(numbers, who, strict=True)]
        return self._lines(Counter(keys), Counter(compress(keys, self.elsewhere[places].tolist())))

    def missed_lines(self) -> list[Line]:
        """The lines with characters that should have gone, the worst first."""
        numbers, counts = np.unique(self._numbers(np.flatnonzero(self.missed)), return_counts=True)
        found = {(number, ""): n for number, n in zip(numbers.tolist(), counts.tolist(), strict=True)}
        return self._lines(Counter(found), Counter())

    def _numbers(self, places: Places) -> Places:
        """The lines of places in the source, from 0."""
        return np.searchsorted(np.flatnonzero(codes(self.fates.document.source) == 0x0A), places)

    def _lines(self, found: Counter[tuple[int, str]], elsewhere: Counter[tuple[int, str]]) -> list[Line]:
        texts = self.fates.document.source.split("\n")
        lines = (Line(key[0] + 1, texts[key[0]], n, key[1], elsewhere[key]) for key, n in found.items())
        return sorted(lines, key=lambda line: (-line.gone, -line.characters, line.number, line.rule))


def shown(line: Line) -> Line:
    """A line as it is shown: of a long one, the beginning."""
    return line if len(line.text) <= _SHOWN else line._replace(text=f"{line.text[:_SHOWN]}…")


def undropped(document: Document) -> Document:
    """A document as it was before it was dropped, if it was."""
    if not is_dropped(document):
        return document
    return replace(document, text=undone(document.text, document.layers[-1:]), layers=document.layers[:-1])


def score(document: Document, gold: str) -> Score:
    """A document held against its right text.

    What the clean text has of it is found first, then what the source has besides: so of a paragraph that is said
    twice, and once in the right text, that which stays counts as the article. A character that was replaced by the
    same in another script or width is in both.
    """
    return _Scoring(document, gold).scored()


class _Scoring:
    """What the right text was found to have, by now."""

    def __init__(self, document: Document, gold: str) -> None:
        self._fates = fates_of(document)
        self._source, self._text, self._gold = Bare.of(document.source), Bare.of(document.text), Bare.of(gold)
        self._article = np.zeros(len(document.source), np.bool_)
        self._there = np.zeros(len(document.source), np.bool_)
        self._right = np.zeros(len(document.text), np.bool_)
        self._taken = np.zeros(self._gold.keys.size, np.bool_)
        self._same = self._stand_for_the_same(document)

    def _stand_for_the_same(self, document: Document) -> Flags:
        """Which characters of the text stand for one of the source that is the same in its fold."""
        source, text = fold_codes(codes(f"{document.source} ")), fold_codes(codes(document.text))
        same: Flags = (self._fates.ends - self._fates.starts == 1) & (source[self._fates.starts] == text)
        return same

    def scored(self) -> Score:
        """The score."""
        held = self._firm()
        self._mark_text(held)
        for gap in gaps(held, self._text.keys.size, self._gold.keys.size):
            self._fill(gap)
        self._find_moved()
        counts, made = np.zeros_like(self._article), np.zeros_like(self._right)
        counts[self._source.places] = True
        made[self._text.places] = True
        made &= self._fates.makers != NOBODY
        article = self._article | self._there
        absent, said = int((~self._taken).sum()), self._taken.size
        return Score(self._fates, counts, article, self._there, made, self._right, absent, said)

    def _firm(self) -> list[Run]:
        """Long runs of the clean text in the right one, which the source has there too, whatever was removed."""
        said, there = (np.full(self._gold.keys.size, NOBODY) for _ in range(2))
        for run in anchors(self._source.keys, self._gold.keys):
            there[run.second : run.second + run.length] = self._source.places[run.first : run.first + run.length]
        for run in anchors(self._text.keys, self._gold.keys):
            said[run.second : run.second + run.length] = np.arange(run.first, run.first + run.length)
        own = self._fates.starts[self._text.places[np.maximum(said, 0)]] if self._text.places.size else said
        firm = np.flatnonzero((said != NOBODY) & (own == there))
        cuts = np.flatnonzero((np.diff(firm) != 1) | (np.diff(said[firm]) != 1)) + 1
        return [Run(int(said[part[0]]), int(part[0]), part.size) for part in np.split(firm, cuts) if part.size]

    def _fill(self, gap: Gap) -> None:
        """Find what the right text has in a gap."""
        if gap.second[0] == gap.second[1]:
            return
        said = self._shared(self._text, gap)
        rest = [run for each in self._between(said, gap) for run in self._shared(self._source, each)]
        alone = self._shared(self._source, Gap(self._within(gap.first), gap.second))
        if _size(alone) > _size(said) + _size(rest):
            said, rest = [], alone
        self._mark_text(said)
        self._mark_source(rest)

    def _find_moved(self) -> None:
        """Find long runs that stand elsewhere in the right text: those of the clean text first, as everywhere."""
        for _ in range(_MOVES):
            if (~self._taken).sum() < SHORTEST:
                return
            said = scattered(self._left(self._text, self._right), self._left_of_gold())
            self._mark_text(said)
            rest = scattered(self._left(self._source, self._article | self._there), self._left_of_gold())
            self._mark_source(rest)
            if not said and not rest:
                return

    def _left(self, bare: Bare, found: Flags) -> Codes:
        """What was not found yet, with characters that are nowhere else for what was."""
        left: Codes = np.where(found[bare.places], _NOWHERE + np.arange(bare.keys.size, dtype=np.uint32), bare.keys)
        return left

    def _left_of_gold(self) -> Codes:
        left: Codes = np.where(
            self._taken, 2 * _NOWHERE + np.arange(self._taken.size, dtype=np.uint32), self._gold.keys
        )
        return left

    def _shared(self, bare: Bare, gap: Gap) -> list[Run]:
        (start, end), (begin, stop) = gap
        if start >= end or begin >= stop:
            return []
        runs = credible(aligned(bare.keys[start:end], self._gold.keys[begin:stop]), end - start, stop - begin)
        return [Run(run.first + start, run.second + begin, run.length) for run in runs]

    def _between(self, said: list[Run], gap: Gap) -> Iterator[Gap]:
        """Gaps between runs of the text, and within a gap of it, as gaps of the source."""
        (first, last), (second, stop) = gap
        near = [Run(run.first - first, run.second - second, run.length) for run in said]
        for (a, b), (c, d) in gaps(near, last - first, stop - second):
            yield Gap(self._within((a + first, b + first)), (c + second, d + second))

    def _within(self, span: tuple[int, int]) -> tuple[int, int]:
        """The span of the source, of what counts of it, that lies between what is around a span of the text."""
        fates, places = self._fates, self._text.places
        start = fates.ends[places[span[0] - 1]] if span[0] else 0
        end = fates.starts[places[span[1]]] if span[1] < places.size else self._article.size
        first, last = np.searchsorted(self._source.places, (start, end)).tolist()
        return first, last

    def _mark_text(self, runs: list[Run]) -> None:
        for run in runs:
            places = self._text.places[run.first : run.first + run.length]
            self._right[places] = True
            self._taken[run.second : run.second + run.length] = True
            self._there[self._fates.starts[places[self._same[places]]]] = True

    def _mark_source(self, runs: list[Run]) -> None:
        for run in runs:
            self._article[self._source.places[run.first : run.first + run.length]] = True
            self._taken[run.second : run.second + run.length] = True


def _size(runs: list[Run]) -> int:
    return sum(run.length for run in runs)
