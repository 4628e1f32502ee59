"""Pairs of texts that may be alike, from their sketches alone. Next: `confirming`, which compares the texts.

Texts that agree in a band may be near-duplicates; texts that share landmarks may be a text and a part of it. What the
sketches themselves say is then asked of each such pair, so that few pairs are left to compare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.bands import Bands
from cleaner.engine import Serial, Workers, simple
from cleaner.fold import Codes
from cleaner.minhash import PERMUTATIONS, Counts, Hashes, Signatures, Sketches

CONTAINED: Final = 0.95  # of a text's shingles in another: it is a part of that one
_DEVIATIONS: Final = 4  # standard deviations by which an estimate may fall short of the threshold: 3 in 100,000 do more
_SHARED_LANDMARKS: Final = 0.5  # of a part's, at least: one character in a hundred changed leaves .85 of them
NEIGHBOURS: Final = 32  # that each text of a bucket is paired with; buckets no larger give all their pairs
_HOT_NEIGHBOURS: Final = 2  # the same in a larger bucket: what 10^5 pages share gives 2 pairs for each, not 10^5
_ESTIMATED: Final = 1 << 16  # pairs whose signatures are compared at a time: 64 MB
_KEYS: Final = 1 << 18  # of bands that one piece of work has: a tenth of a second's
_LANDMARKS: Final = 1 << 20  # the same of landmarks, of which the lookup costs less
_PLACE: Final = np.uint64(0xFFFFFFFF)
_HERE: Final = Serial()


class Pairs(NamedTuple):
    """Pairs of rows, `first` < `second` in each, sorted and distinct; both int64 of shape (n,)."""

    first: Counts
    second: Counts


def candidates(
    sketches: Sketches,
    bands: Bands,
    *,
    threshold: float,
    workers: Workers = _HERE,
    shared: Callable[[], Sketches] | None = None,
) -> Pairs:
    """The pairs of rows that may reach `threshold`, or be a text and a part of it.

    Empty texts are in none. In a bucket of more than `NEIGHBOURS` + 1 texts not all pairs are looked at, but only
    those that stand together when the bucket is sorted by another value: work grows with the number of texts, not
    with its square. Some bands, or landmarks of one range, are a piece of the workers' work; they come by the sketches
    through `shared`, which travels to them.
    """
    shared = shared or (lambda: sketches)
    in_bands = simple(partial(_in_bands, shared=shared, bands=bands, threshold=threshold), size=_size(sketches))
    cuts = _ranges(bands.count, bands.count * len(sketches) // _KEYS)
    alike = [np.empty(0, np.uint64), *workers.map(in_bands, cuts), *_by_landmarks(sketches, workers, shared)]
    encoded = np.unique(np.concatenate(alike))
    return Pairs((encoded >> np.uint64(32)).astype(np.int64), (encoded & np.uint64(0xFFFFFFFF)).astype(np.int64))


class _Range(NamedTuple):
    """Numbers from `start` to before `end`."""

    start: int
    end: int


def _ranges(whole: int, parts: int) -> list[_Range]:
    """The numbers below `whole` in so many ranges, one at least, and none empty."""
    parts = min(max(parts, 1), whole)
    return [_Range(part * whole // parts, (part + 1) * whole // parts) for part in range(parts)]


def _size(sketches: Sketches) -> Callable[[_Range], int]:
    """The size of some bands, in bytes that are cleaned in the same time."""
    return lambda some: (some.end - some.start) * len(sketches)


def may_reach(threshold: float, left: Signatures, right: Signatures) -> NDArray[np.bool_]:
    """Whether the similarity that each pair of signatures estimates leaves the threshold possible.

    `left` and `right` have shape (n, `PERMUTATIONS`). The estimate's variance is s(1 - s) / `PERMUTATIONS` (Broder,
    "On the resemblance and containment of documents", 1997).
    """
    return np.asarray(np.count_nonzero(left == right, axis=1) >= _least_equal(np.asarray(threshold)))


def may_be_part(left: Signatures, right: Signatures, left_sizes: Counts, right_sizes: Counts) -> NDArray[np.bool_]:
    """Whether the similarity that each pair of signatures estimates lets one text be a part of the other.

    Sizes are numbers of shingles. A text of m shingles, of which c = `CONTAINED` m stand in one of n, is similar to it
    by c / (m + n - c).
    """
    part, whole = np.minimum(left_sizes, right_sizes), np.maximum(left_sizes, right_sizes)
    common = CONTAINED * part
    similarity = common / (part + whole - common)
    return np.asarray(np.count_nonzero(left == right, axis=1) >= _least_equal(similarity))


def may_contain(shared: Counts, left: Counts, right: Counts) -> NDArray[np.bool_]:
    """Whether enough of the landmarks of the text with fewer of them are `shared`; all of shape (n,)."""
    is_enough: NDArray[np.bool_] = shared >= _SHARED_LANDMARKS * np.minimum(left, right)
    return is_enough


def _least_equal(similarity: NDArray[np.float64]) -> NDArray[np.float64]:
    """The fewest equal values that two signatures of such a similarity may have."""
    margin = _DEVIATIONS * np.sqrt(similarity * (1 - similarity) / PERMUTATIONS)
    return np.asarray(np.ceil((similarity - margin) * PERMUTATIONS))


def _in_bands(some: _Range, *, shared: Callable[[], Sketches], bands: Bands, threshold: float) -> Hashes:
    """The pairs that some bands nominate; each may come more than once."""
    sketches = shared()
    filled = np.flatnonzero(sketches.shingles)
    found = [np.empty(0, np.uint64)]
    for band in range(*some):
        following = sketches.signatures[:, (band + 1) * bands.rows % PERMUTATIONS]
        encoded = _paired(bands.keys_of(band, sketches.signatures)[filled], filled, following)
        for part in _parts(encoded):
            found.append(part[may_reach(threshold, *(sketches.signatures[side] for side in _sides(part)))])
    return np.concatenate(found)


def _by_landmarks(sketches: Sketches, workers: Workers, shared: Callable[[], Sketches]) -> Iterator[Hashes]:
    sharing = simple(partial(_sharing, shared=shared), size=lambda some: 0 if len(cuts) == 1 else _LANDMARKS)
    cuts = _ranges(1 << 64, sketches.landmarks.size // _LANDMARKS)
    landmarks = np.diff(sketches.ends, prepend=0)
    pairs, times = _added(list(workers.map(sharing, cuts)))
    for start in range(0, pairs.size, _ESTIMATED):
        part = pairs[start : start + _ESTIMATED]
        first, second = _sides(part)
        is_likely = may_contain(times[start : start + _ESTIMATED], landmarks[first], landmarks[second])
        part, first, second = part[is_likely], first[is_likely], second[is_likely]
        signatures, shingles = sketches.signatures, sketches.shingles
        yield part[may_be_part(signatures[first], signatures[second], shingles[first], shingles[second])]


class _Sharing(NamedTuple):
    """Pairs, sorted and distinct, and how many landmarks they share; both of shape (n,)."""

    pairs: Hashes
    times: Counts


def _sharing(some: _Range, *, shared: Callable[[], Sketches]) -> _Sharing:
    """The pairs that share landmarks of a range."""
    sketches = shared()
    is_one = (sketches.landmarks >= np.uint64(some.start)) & (sketches.landmarks <= np.uint64(some.end - 1))
    places = np.flatnonzero(is_one)
    owners = np.searchsorted(sketches.ends, places, side="right")
    own = sketches.landmarks[places]
    pairs = _paired(own, owners)
    pairs.sort()
    starts = _starts(pairs)
    return _Sharing(pairs[starts], np.diff(starts, append=pairs.size))


def _added(parts: Sequence[_Sharing]) -> _Sharing:
    """What several ranges have found, together."""
    if len(parts) == 1:
        return parts[0]
    pairs = np.concatenate([part.pairs for part in parts])
    times = np.concatenate([part.times for part in parts])
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    starts = _starts(pairs)
    return _Sharing(pairs[starts], np.add.reduceat(times[order], starts) if starts.size else times)


def _parts(encoded: Hashes) -> Iterator[Hashes]:
    return (encoded[start : start + _ESTIMATED] for start in range(0, encoded.size, _ESTIMATED))


def _sides(encoded: Hashes) -> tuple[Hashes, Hashes]:
    return encoded >> np.uint64(32), encoded & np.uint64(0xFFFFFFFF)


def _paired(keys: Hashes, rows: Counts, then: Codes | None = None) -> Hashes:
    """The pairs of rows with equal keys, the lesser row in the upper half of each number; some come more than once.

    `then`, a value for each row, orders those of a bucket that is too large for all its pairs, else as they come.
    """
    order = _ordered(keys)
    buckets = keys[order]
    hot = _in_hot_buckets(buckets)
    members = rows[order].astype(np.uint32)
    if then is not None and hot.any():
        members[hot] = members[hot][np.lexsort((then[members[hot]], buckets[hot]))]
    del order  # arrays of this length are most of what a large run holds
    found = np.empty(sum(np.count_nonzero(together) for together in _together(buckets, hot)), np.uint64)
    done = 0
    for distance, together in enumerate(_together(buckets, hot), 1):
        left, right = members[:-distance][together], members[distance:][together]
        both = found[done : done + left.size]
        both[:] = np.minimum(left, right)
        both <<= np.uint64(32)
        both |= np.maximum(left, right)
        done += left.size
    return found


def _together(buckets: Hashes, hot: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """For each distance from 1 on, which members of the sorted buckets are a pair with the one so far behind."""
    for distance in range(1, NEIGHBOURS + 1):
        together = buckets[distance:] == buckets[:-distance]
        if distance > _HOT_NEIGHBOURS:
            together &= ~hot[distance:]
        if not together.any():
            break
        yield together


def _ordered(keys: Hashes) -> Counts:
    """The places of the keys that stand more than once, sorted by key and then by place.

    Most keys stand once: a sort of their upper halves with their places, which is ten times as fast as one of places
    by keys, leaves few of them.
    """
    halves = (keys & ~_PLACE) | np.arange(keys.size, dtype=np.uint64)
    halves.sort()
    places = (halves[_in_buckets(halves >> np.uint64(32))] & _PLACE).astype(np.int64)
    places = places[np.argsort(keys[places], kind="stable")]
    return places[_in_buckets(keys[places])]


def _in_buckets(ordered: Hashes) -> NDArray[np.bool_]:
    """Whether each of the sorted keys stands there more than once."""
    same = ordered[1:] == ordered[:-1]
    return np.asarray((np.append(same, False) | np.append(False, same))[: ordered.size])


def _starts(ordered: Hashes) -> Counts:
    """The places of the sorted keys that aren't the same as the one before."""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: ordered.size])


def _in_hot_buckets(ordered: Hashes) -> NDArray[np.bool_]:
    """Whether each of the sorted keys is one of more than `NEIGHBOURS` + 1 that are equal."""
    sizes = np.diff(_starts(ordered), append=ordered.size)
    return np.repeat(sizes > NEIGHBOURS + 1, sizes)
