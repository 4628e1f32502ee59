"""What the blocks of a page say, counted for all at once. Next: `features`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from cleaner.extract.names import HINTS
from cleaner.fold import Codes, codes, fold_codes, occurrences, text_of
from cleaner.patterns import late

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

_DATE: Final = late(r"\d{1,4}(?:[-/.年]\d{1,2}[-/.月]\d{1,2}|:\d\d| ?(?:分钟|小时|天|周|个?月)前)")
WORDS: Final = (*HINTS["words"], "date")
_LITERALS: Final = [
    (place, word) for place, kind in enumerate(HINTS["words"]) for word in HINTS["words"][kind].split("|")
]
_KINDS: Final = np.array([place for place, _ in _LITERALS])
_GATE: Final = AhoCorasick([word for _, word in _LITERALS], implementation=Implementation.ContiguousNFA)
_COMMAS, _STOPS, _CLOSERS = (
    np.isin(np.arange(0x10000), [ord(mark) for mark in marks]) for marks in (",;:、", "。!?…", '”’」』)"')
)  # as they stand in the fold
_GRAM: Final = 6  # letters of a description that count as said by a block
_TELLING: Final = 12  # letters of a block that can be what the description says
_BEGINNING: Final = 80  # letters of a block that are compared with it
_BETWEEN: Final = late(r"[，。！？；、：,.!?;:\s]+")
_SHORTEST_PIECE: Final = 6  # letters
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_TELLING_BITS: Final = np.uint64(48)
_SPACE, _DIGITS, _HAN = 0x20, (0x30, 0x3A), (0x3400, 0xA000)


def pieces(text: str) -> list[str]:
    """What stands between the marks and blanks of a text, but shorter than six letters; for whether another says it."""
    return [piece for piece in _BETWEEN.split(text) if len(piece) >= _SHORTEST_PIECE]


class Said:
    """Counts for each block: letters (all but blanks), commas, stops, hanzi, digits, whether it ends as a sentence."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._said = "\n".join(texts)
        points = fold_codes(codes(self._said))
        sizes = np.array([len(text) for text in texts])
        self._text = text_of(points)
        self._ends = np.cumsum(sizes + 1) - 1
        self._starts = self._ends - sizes
        low = np.minimum(points, 0xFFFF)
        self.letters = self._count(points > _SPACE)
        self.commas = self._count(_COMMAS.take(low))
        self.stops = self._count(_STOPS.take(low))
        self.han = self._count((points >= _HAN[0]) & (points < _HAN[1]))
        self.digits = self._count((points >= _DIGITS[0]) & (points < _DIGITS[1]))
        last, before = low[self._ends - 1], low[np.maximum(self._ends - 2, 0)]
        self.is_sentence: Flags = _STOPS[last] | (_CLOSERS[last] & _STOPS[before])

    def _count(self, where: Flags) -> Counts:
        sums = np.zeros(len(where) + 1, np.int64)
        np.cumsum(where, out=sums[1:])
        counts: Counts = sums[self._ends] - sums[self._starts]
        return counts

    def shared(self, told: str) -> NDArray[np.float64]:
        """The share of the beginning of each block, if it isn't short, that `told` says too, by its 6-grams."""
        shares = np.zeros(len(self._starts))
        sizes = np.minimum(self._ends - self._starts, _BEGINNING) - _GRAM + 1
        telling = np.flatnonzero(self._ends - self._starts >= _TELLING)
        if telling.size and len(told) >= _GRAM:
            said = _is_among(_grams(codes(self._said)), _grams(codes(told)))
            sums = np.append(0, np.cumsum(said))
            starts = self._starts[telling]
            shares[telling] = (sums[starts + sizes[telling]] - sums[starts]) / sizes[telling]
        return shares

    def words(self) -> dict[str, Flags]:
        """Which blocks hold a word of each kind, and which a date."""
        found = np.array(occurrences(_GATE, self._text), np.int64).reshape(-1, 3)
        holding = np.zeros((len(WORDS), len(self._starts)), bool)
        holding[_KINDS[found[:, 0]], self._blocks(found[:, 1])] = True
        holding[-1] = self.dated > 0
        return dict(zip(WORDS, holding, strict=True))

    @cached_property
    def dated(self) -> Counts:
        """How many letters of each block are dates or times."""
        spans = np.array([match.span() for match in _DATE.finditer(self._text)], np.int64).reshape(-1, 2)
        letters = np.bincount(self._blocks(spans[:, 0]), spans[:, 1] - spans[:, 0], len(self._starts))
        return np.minimum(letters.astype(np.int64), self.letters)

    def _blocks(self, places: Counts) -> Counts:
        blocks: Counts = np.searchsorted(self._starts, places, "right") - 1
        return blocks


def _grams(points: Codes) -> NDArray[np.uint64]:
    """A number for each 6-gram of a text, different ones for different 6-grams but by a chance in 2**64."""
    numbers = points.astype(np.uint64)
    mixed = np.zeros(max(len(numbers) - _GRAM + 1, 0), np.uint64)
    for step in range(_GRAM):
        mixed = (mixed + numbers[step : step + len(mixed)]) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _is_among(numbers: NDArray[np.uint64], others: NDArray[np.uint64]) -> Flags:
    """Which numbers are among a few others; most are told from them by 16 of their bits."""
    few = np.zeros(1 << 16, bool)
    few[others >> _TELLING_BITS] = True
    found: Flags = few.take((numbers >> _TELLING_BITS).astype(np.int64))
    found[found] = np.isin(numbers[found], others)
    return found
