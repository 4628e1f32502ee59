"""Bands of signatures: texts that agree in all values of one band are candidates. Next: `candidates`.

The chance that two texts of Jaccard similarity s agree in one of b bands of r values each is 1 - (1 - s^r)^b (Leskovec,
Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from cleaner.minhash import PERMUTATIONS, Hashes, Signatures

_RECALL: Final = 0.995  # of the pairs right at the threshold, that are nominated; those above are so nearly always
_MULTIPLIER: Final = np.uint64(0x9FB21C651E98DF25)  # odd


@dataclass(frozen=True, slots=True)
class Bands:
    """How a signature is cut: into `count` bands of `rows` values."""

    rows: int
    count: int

    @classmethod
    def for_threshold(cls, threshold: float) -> Bands:
        """The widest bands that nominate `_RECALL` of the pairs of that similarity, for wide ones nominate least.

        >>> Bands.for_threshold(0.7), Bands.for_threshold(0.9)
        (Bands(rows=4, count=32), Bands(rows=9, count=14))
        """
        cuts = (cls(rows, PERMUTATIONS // rows) for rows in range(PERMUTATIONS, 0, -1))
        return next((bands for bands in cuts if bands.recall(threshold) >= _RECALL), cls(1, PERMUTATIONS))

    def recall(self, similarity: float) -> float:
        """The chance that a pair of that similarity is nominated."""
        return 1 - float(1 - similarity**self.rows) ** self.count

    def keys(self, signatures: Signatures) -> Hashes:
        """A 64-bit key for each band of each signature, shape (count, n); equal where all values of a band are.

        Keys of different bands differ, so that all may lie in one index.
        """
        return np.stack([self.keys_of(band, signatures) for band in range(self.count)])

    def keys_of(self, band: int, signatures: Signatures) -> Hashes:
        """The keys of one band, shape (n,)."""
        keys = np.full(len(signatures), band + 1, np.uint64)
        for place in range(band * self.rows, (band + 1) * self.rows):
            keys *= _MULTIPLIER
            keys ^= keys >> np.uint64(32)
            keys += signatures[:, place]
        keys *= _MULTIPLIER
        return keys
