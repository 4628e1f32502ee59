"""Where a page may say its paragraphs again: its letters, equal paragraphs, shared stretches. Next: `copies`.

Stretches of eight letters are sampled by their hash, so that both copies of a text give the same sample, and equal
ones are brought together by sorting. Each paragraph is compared at few places, so that the work is nearly linear
in the length of a page, whatever it says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import codes
from cleaner.repeats.likeness import Likeness, aligned, letters_of

LONG: Final = 20  # letters of a paragraph that is looked for with its differences; shorter ones match as they are

_GRAM: Final = 8  # letters that two places share by chance rarely enough
_SAMPLE: Final = np.uint64(3)  # a quarter of the stretches
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)  # odd; 2^64 / golden ratio
_DRIFT: Final = 16  # letters that slips may move one copy against the other before votes count apart
_PLACES: Final = 2  # places in each direction that a paragraph is compared at
_VOTES: Final = 2  # stretches that a long paragraph must share
_EDGE: Final = 4  # letters at the edge of a paragraph that are too few to tell where they belong
_EQUALS: Final = 3  # the first of many equal paragraphs that are looked at

Places = NDArray[np.intp]


class Row(NamedTuple):
    """A line that holds text: its number among those of its view, its index there, and where its letters stand."""

    number: int
    line: int
    key: str
    letters: str
    start: int

    @property
    def end(self) -> int:
        """Where its letters end."""
        return self.start + len(self.letters)


class Page:
    """The rows of a page and the text that their letters make up."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows: list[Row] = []
        start = 0
        for number, line, key, letters, _ in rows:
            self.rows.append(Row(number, line, key, letters, start))
            start += len(letters)
        self.letters = "".join(row.letters for row in self.rows)
        self._starts = [row.start for row in self.rows]
        self.starts = frozenset(self._starts)

    @classmethod
    def of(cls, keys: Iterable[tuple[int, str]]) -> Page:
        """The page of (index of the line, its folded text without blanks)."""
        return cls(Row(number, line, key, letters_of(key), 0) for number, (line, key) in enumerate(keys))

    def without(self, gone: Iterable[int]) -> Page:
        """The page without some of its rows, by place."""
        left_out = frozenset(gone)
        return Page(row for place, row in enumerate(self.rows) if place not in left_out)

    def place_of(self, letter: int) -> int:
        """The place of the row that holds a letter."""
        return bisect_right(self._starts, letter) - 1

    def places_of(self, found: Likeness) -> range:
        """The places of the rows that a stretch of letters touches."""
        return range(self.place_of(found.start), self.place_of(max(found.end - 1, found.start)) + 1)

    def whole(self, place: int) -> Likeness:
        """A row as the stretch that says itself."""
        row = self.rows[place]
        return Likeness(row.start, row.end, (), 1.0)

    @cached_property
    def equals(self) -> dict[str, list[int]]:
        """The first places of each row's letters."""
        found: dict[str, list[int]] = {}
        for place, row in enumerate(self.rows):
            places = found.setdefault(row.letters, [])
            if len(places) < _EQUALS:
                places.append(place)
        return found

    @cached_property
    def likes(self) -> dict[int, list[Likeness]]:
        """For each long row the stretches elsewhere that say all of it, in text order; where none does, no entry."""
        found: dict[int, list[Likeness]] = {}
        for place, at, anchor in self._candidates():
            row = self.rows[place]
            within = (0, row.start) if anchor < row.start else (row.end, len(self.letters))
            like = aligned(row.letters, self.letters, at=at - row.start, anchor=anchor, within=within)
            if like is not None and (like := self._snapped(like)) not in found.get(place, ()):
                found.setdefault(place, []).append(like)
        return {place: sorted(likes) for place, likes in found.items()}

    def _snapped(self, like: Likeness) -> Likeness:
        """A stretch without the few letters of a neighbour that a slip at the very edge of a row drew in."""
        first, last = self.rows[self.place_of(like.start)], self.rows[self.place_of(like.end - 1)]
        start = first.end if 0 < first.end - like.start <= _EDGE < like.end - first.end else like.start
        end = last.start if 0 < like.end - last.start <= _EDGE < last.start - start else like.end
        return like._replace(start=start, end=end)

    def _candidates(self) -> Sequence[tuple[int, int, int]]:
        """(place of a row, letter in it, letter elsewhere that begins the same stretch), the best few of each row."""
        letters, others = _links(_grams(self.letters))
        places = np.searchsorted(self._starts, letters, side="right") - 1
        ends = np.array([row.end for row in self.rows], dtype=np.intp)
        starts = np.array(self._starts, dtype=np.intp)
        sizes = (ends - starts)[places]
        outside = (others < starts[places]) | (others >= ends[places])
        fits = outside & (letters + _GRAM <= ends[places]) & (sizes >= LONG)
        letters, others, places, sizes = (part[fits] for part in (letters, others, places, sizes))
        if not letters.size:
            return []
        drifts = (others - letters + len(self.letters)) // _DRIFT
        votes = places * (2 * len(self.letters) // _DRIFT + 1) + drifts
        _, firsts, counts = np.unique(votes, return_index=True, return_counts=True)
        enough = counts >= np.where(sizes[firsts] < 2 * LONG, 1, _VOTES)
        firsts, counts = firsts[enough], counts[enough]
        return _best(places[firsts], letters[firsts], others[firsts], counts)


def _best(places: Places, letters: Places, others: Places, counts: Places) -> list[tuple[int, int, int]]:
    """The links with the most votes, few for each row and direction."""
    order = np.lexsort((letters, -counts, others > letters, places))
    chosen = []
    last, taken = (-1, False), 0
    for place, at, other in zip(places[order].tolist(), letters[order].tolist(), others[order].tolist(), strict=True):
        taken = taken + 1 if (place, other > at) == last else 1
        last = (place, other > at)
        if taken <= _PLACES:
            chosen.append((place, at, other))
    return chosen


def _grams(letters: str) -> NDArray[np.uint64]:
    """A hash of each stretch of eight letters, by where it begins; shape (n,)."""
    points = codes(letters).astype(np.uint64)
    count = max(points.size - _GRAM + 1, 0)
    hashes = np.zeros(count, np.uint64)
    for offset in range(_GRAM):
        hashes = (hashes + points[offset : offset + count]) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
    return hashes


def _links(hashes: NDArray[np.uint64]) -> tuple[Places, Places]:
    """Two arrays (letter, other letter) of sampled stretches that are equal.

    Each is linked to the first of its kind, the last, and its neighbours: four links however many there are.
    """
    sampled = np.flatnonzero((hashes & _SAMPLE) == 0)
    order = np.argsort(hashes[sampled], kind="stable")
    places, values = sampled[order], hashes[sampled][order]
    opens = np.append(True, values[1:] != values[:-1])[: values.size]
    indexes = np.arange(values.size)
    first = np.maximum.accumulate(np.where(opens, indexes, 0))
    closes = np.append(opens[1:], True)[: values.size]
    last = np.minimum.accumulate(np.where(closes, indexes, values.size)[::-1])[::-1]
    partners = (first, np.maximum(indexes - 1, first), np.minimum(indexes + 1, last), last)
    letters = np.concatenate([places] * len(partners))
    others = np.concatenate([places[partner] for partner in partners])
    apart = letters != others
    links = np.unique(letters[apart] * hashes.size + others[apart])
    return links // hashes.size, links % hashes.size
