"""What the blocks of a page say, counted for all at once. Next: `features`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from cleaner.extract.names import HINTS
from cleaner.fold import codes, fold_codes, occurrences, text_of

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

_DATE: Final = re.compile(r"\d{1,4}(?:[-/.年]\d{1,2}[-/.月]\d{1,2}|:\d\d| ?(?:分钟|小时|天|周|个?月)前)")
WORDS: Final = (*HINTS["words"], "date")
_LITERALS: Final = [
    (place, word) for place, kind in enumerate(HINTS["words"]) for word in HINTS["words"][kind].split("|")
]
_KINDS: Final = np.array([place for place, _ in _LITERALS])
_GATE: Final = AhoCorasick([word for _, word in _LITERALS], implementation=Implementation.ContiguousNFA)
_COMMAS, _STOPS, _CLOSERS = (
    np.isin(np.arange(0x10000), [ord(mark) for mark in marks]) for marks in (",;:、", "。!?…", '”’」』)"')
)  # as they stand in the fold
_SPACE, _DIGITS, _HAN = 0x20, (0x30, 0x3A), (0x3400, 0xA000)


class Said:
    """Counts for each block: letters (all but blanks), commas, stops, hanzi, digits, whether it ends as a sentence."""

    def __init__(self, texts: Sequence[str]) -> None:
        points = fold_codes(codes("\n".join(texts)))
        sizes = np.array([len(text) for text in texts])
        self._text = text_of(points)
        self._ends = np.cumsum(sizes + 1) - 1
        self._starts = self._ends - sizes
        low = np.minimum(points, 0xFFFF)
        self.letters = self._count(points > _SPACE)
        self.commas = self._count(_COMMAS[low])
        self.stops = self._count(_STOPS[low])
        self.han = self._count((points >= _HAN[0]) & (points < _HAN[1]))
        self.digits = self._count((points >= _DIGITS[0]) & (points < _DIGITS[1]))
        last, before = low[self._ends - 1], low[np.maximum(self._ends - 2, 0)]
        self.is_sentence: Flags = _STOPS[last] | (_CLOSERS[last] & _STOPS[before])

    def _count(self, where: Flags) -> Counts:
        sums = np.concatenate([[0], np.cumsum(where)])
        counts: Counts = sums[self._ends] - sums[self._starts]
        return counts

    def words(self) -> dict[str, Flags]:
        """Which blocks hold a word of each kind, and which a date."""
        found = np.array(occurrences(_GATE, self._text), np.int64).reshape(-1, 3)
        holding = np.zeros((len(WORDS), len(self._starts)), bool)
        holding[_KINDS[found[:, 0]], self._blocks(found[:, 1])] = True
        dates = np.array([match.start() for match in _DATE.finditer(self._text)], np.int64)
        holding[-1, self._blocks(dates)] = True
        return dict(zip(WORDS, holding, strict=True))

    def _blocks(self, places: Counts) -> Counts:
        blocks: Counts = np.searchsorted(self._starts, places, "right") - 1
        return blocks
