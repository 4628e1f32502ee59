"""Signatures that estimate how much two texts share. Next: `dedup`, which compares them."""

from __future__ import annotations

from typing import Final

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from cleaner.fold import codes, fold

Hashes = NDArray[np.uint64]

SHINGLE_LENGTH: Final = 5  # characters; one length for all texts, so that any two can be compared
PERMUTATIONS: Final = 128
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no character is lost; 2^64 / golden ratio


def shingles(text: str) -> Hashes:
    """Sorted distinct 64-bit hashes of the shingles of the text's fold, letters and digits only; shape (n,).

    Empty for a text shorter than one shingle.
    """
    letters = codes("".join(filter(str.isalnum, fold(text)))).astype(np.uint64)
    count = letters.size - SHINGLE_LENGTH + 1
    if count < 1:
        return np.empty(0, np.uint64)
    hashes = np.zeros(count, np.uint64)
    for offset in range(SHINGLE_LENGTH):
        hashes = (hashes + letters[offset : offset + count]) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
    return np.unique(hashes)


def signature(hashes: Hashes) -> MinHash:
    """Datasketch's MinHash, in its `affine32` scheme, over the hashes of `shingles`."""
    minhash = MinHash(num_perm=PERMUTATIONS, hashfunc=_low_bits, scheme="affine32")
    minhash.update_batch(hashes)
    return minhash


def _low_bits(shingle: np.uint64) -> int:
    return int(shingle) & 0xFFFFFFFF


def jaccard(left: Hashes, right: Hashes) -> float:
    """Shared over all shingles of two texts, 0 to 1; 0 if both are empty."""
    shared = np.intersect1d(left, right, assume_unique=True).size
    union = left.size + right.size - shared
    return shared / union if union else 0.0
