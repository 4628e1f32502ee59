"""Pairs of texts that may be alike, from their sketches alone. Next: `confirming`, which compares the texts.

Texts that agree in a band may be near-duplicates; texts that share landmarks may be a text and a part of it. What the
sketches themselves say is then asked of each such pair, so that few pairs are left to compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.bands import Bands
from cleaner.fold import Codes
from cleaner.minhash import PERMUTATIONS, Counts, Hashes, Signatures, Sketches

_DEVIATIONS: Final = 4  # standard deviations by which an estimate may fall short of the threshold: 3 in 100,000 do more
_SHARED_LANDMARKS: Final = 0.5  # of a part's, at least: one character in a hundred changed leaves .85 of them
NEIGHBOURS: Final = 32  # that each text of a bucket is paired with; buckets no larger give all their pairs
_HOT_NEIGHBOURS: Final = 4  # the same in a larger bucket: what 10^5 pages share gives 4 pairs for each, not 10^5
_ESTIMATED: Final = 1 << 16  # pairs whose signatures are compared at a time: 64 MB


class Pairs(NamedTuple):
    """Pairs of rows, `first` < `second` in each, sorted and distinct; both int64 of shape (n,)."""

    first: Counts
    second: Counts


def candidates(sketches: Sketches, bands: Bands, *, threshold: float) -> Pairs:
    """The pairs of rows that may reach `threshold`, or be a text and a part of it.

    Empty texts are in none. In a bucket of more than `NEIGHBOURS` + 1 texts not all pairs are looked at, but only
    those that stand together when the bucket is sorted by another value: work grows with the number of texts, not
    with its square.
    """
    alike = [*_in_bands(sketches, bands, threshold), _by_landmarks(sketches)]
    encoded = np.unique(np.concatenate(alike))
    return Pairs((encoded >> np.uint64(32)).astype(np.int64), (encoded & np.uint64(0xFFFFFFFF)).astype(np.int64))


def may_reach(threshold: float, left: Signatures, right: Signatures) -> NDArray[np.bool_]:
    """Whether the similarity that each pair of signatures estimates leaves the threshold possible.

    `left` and `right` have shape (n, `PERMUTATIONS`). The estimate's variance is s(1 - s) / `PERMUTATIONS` (Broder,
    "On the resemblance and containment of documents", 1997).
    """
    margin = _DEVIATIONS * (threshold * (1 - threshold) / PERMUTATIONS) ** 0.5
    least = np.ceil((threshold - margin) * PERMUTATIONS)
    is_likely: NDArray[np.bool_] = np.count_nonzero(left == right, axis=1) >= least
    return is_likely


def may_contain(shared: Counts, left: Counts, right: Counts) -> NDArray[np.bool_]:
    """Whether enough of the landmarks of the text with fewer of them are `shared`; all of shape (n,)."""
    is_enough: NDArray[np.bool_] = shared >= _SHARED_LANDMARKS * np.minimum(left, right)
    return is_enough


def _in_bands(sketches: Sketches, bands: Bands, threshold: float) -> Iterator[Hashes]:
    filled = np.flatnonzero(sketches.shingles)
    for band in range(bands.count):
        following = sketches.signatures[filled, (band + 1) * bands.rows % PERMUTATIONS]
        encoded = _paired(bands.keys_of(band, sketches.signatures)[filled], filled, following)
        likely = [
            may_reach(threshold, *(sketches.signatures[side] for side in _sides(part)))
            for part in (encoded[start : start + _ESTIMATED] for start in range(0, encoded.size, _ESTIMATED))
        ]
        yield encoded[np.concatenate([np.empty(0, np.bool_), *likely])]


def _by_landmarks(sketches: Sketches) -> Hashes:
    owners = sketches.landmark_owners
    sizes = np.diff(sketches.ends, prepend=0)
    encoded, shared = np.unique(_paired(sketches.landmarks, owners, sketches.landmarks), return_counts=True)
    first, second = _sides(encoded)
    is_copy = (first != second) & may_contain(shared, sizes[first], sizes[second])
    return np.asarray(encoded[is_copy], np.uint64)


def _sides(encoded: Hashes) -> tuple[Hashes, Hashes]:
    return encoded >> np.uint64(32), encoded & np.uint64(0xFFFFFFFF)


def _paired(keys: Hashes, rows: Counts, then: Hashes | Codes) -> Hashes:
    """The pairs of rows with equal keys, the lesser row in the upper half of each number; some come more than once.

    `then` orders the rows of a bucket that is too large for all its pairs.
    """
    order = np.argsort(keys, kind="stable")
    order = order[_in_buckets(keys[order])] if order.size else order
    if not order.size:
        return np.empty(0, np.uint64)
    buckets = keys[order]
    hot = _sizes_of_buckets(buckets) > NEIGHBOURS + 1
    order[hot] = order[hot][np.lexsort((then[order[hot]], buckets[hot]))]
    members = rows[order].astype(np.uint64)
    return np.concatenate(list(_neighbours(buckets, members, hot)))


def _neighbours(buckets: Hashes, members: Hashes, hot: NDArray[np.bool_]) -> Iterator[Hashes]:
    """Pairs of members that stand next to each other in a bucket, then one apart, and so on."""
    for distance in range(1, NEIGHBOURS + 1):
        together = buckets[distance:] == buckets[:-distance]
        if distance > _HOT_NEIGHBOURS:
            together &= ~hot[distance:]
        if not together.any():
            break
        left, right = members[:-distance][together], members[distance:][together]
        encoded: Hashes = np.minimum(left, right) << np.uint64(32) | np.maximum(left, right)
        yield encoded


def _in_buckets(ordered: Hashes) -> NDArray[np.bool_]:
    """Whether each of the sorted keys stands there more than once."""
    same = ordered[1:] == ordered[:-1]
    is_shared: NDArray[np.bool_] = np.append(same, False) | np.append(False, same)
    return is_shared


def _sizes_of_buckets(ordered: Hashes) -> Counts:
    """For each of the sorted keys, how many are equal to it."""
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    sizes = np.diff(starts, append=ordered.size)
    return np.repeat(sizes, sizes)
