"""Which remembered texts new ones may be like, from keys, signatures and counts. Next: `local`, which asks.

The counterpart of `dedup.candidates` for new texts against remembered ones; the same is asked of each pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from cleaner.dedup.candidates import may_be_part, may_contain, may_reach
from cleaner.index.data import Kind, Snapshot
from cleaner.index.records import Nominated, Parameters
from cleaner.minhash import Counts, Hashes, Sketches

_ROWS: Final = 1 << 15  # new texts looked up together; if all their keys are in very many texts, in 2 GB
_ESTIMATED: Final = 1 << 16  # pairs whose signatures are compared at a time: 64 MB
_LOW: Final = np.uint64(0xFFFFFFFF)


def nominate(snapshot: Snapshot, sketches: Sketches, parameters: Parameters, *, besides: int | None) -> Nominated:
    """Pairs of a row of `sketches` and the number of a remembered text that may be alike.

    Texts of the batch `besides` are left out. Of the texts that have one key of many, some tens are looked at.
    """
    search = _Search(snapshot, sketches, parameters, besides)
    encoded = [np.empty(0, np.uint64)]
    for start in range(0, len(sketches), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(sketches)))
        encoded.append(np.union1d(_by_bands(search, rows), _by_landmarks(search, rows)))
    return Nominated(*_sides(np.concatenate(encoded)))


class _Search(NamedTuple):
    """What is looked for, and where."""

    snapshot: Snapshot
    sketches: Sketches
    parameters: Parameters
    besides: int | None


def _by_bands(search: _Search, rows: Counts) -> Hashes:
    sketches, bands = search.sketches, search.parameters.bands
    filled = rows[sketches.shingles[rows] > 0]
    keys = bands.keys(sketches.signatures[filled]).ravel()
    encoded = np.unique(_paired(search, Kind.BANDS, keys, np.tile(filled, bands.count)))
    likely = [np.empty(0, np.bool_)]
    for own, numbers in _parts(encoded):
        theirs = search.snapshot.signatures(numbers)
        likely.append(may_reach(search.parameters.threshold, sketches.signatures[own], theirs))
    return np.asarray(encoded[np.concatenate(likely)], np.uint64)


def _by_landmarks(search: _Search, rows: Counts) -> Hashes:
    sketches, snapshot = search.sketches, search.snapshot
    sizes = np.diff(sketches.ends, prepend=0)
    end = int(sketches.ends[rows[-1]])
    keys = sketches.landmarks[end - int(sizes[rows].sum()) : end]
    encoded = _paired(search, Kind.LANDMARKS, keys, np.repeat(rows, sizes[rows]))
    encoded, shared = np.unique(encoded, return_counts=True)
    own, numbers = _sides(encoded)
    encoded = encoded[may_contain(shared, sizes[own], snapshot.counts(numbers, "landmarks"))]
    likely = [np.empty(0, np.bool_)]
    for own, numbers in _parts(encoded):
        lengths = sketches.shingles[own], snapshot.counts(numbers, "shingles")
        likely.append(may_be_part(sketches.signatures[own], snapshot.signatures(numbers), *lengths))
    return np.asarray(encoded[np.concatenate(likely)], np.uint64)


def _paired(search: _Search, kind: Kind, keys: Hashes, rows: Counts) -> Hashes:
    """The row of each key with the numbers that have it, the row in the upper half; some come more than once."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: ordered.size])
    places, numbers = search.snapshot.looked_up(kind, ordered[starts], besides=search.besides)
    sizes = np.diff(starts, append=ordered.size)[places]
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    own = rows[order[np.repeat(starts[places], sizes) + within]].astype(np.uint64)
    return np.asarray(own << np.uint64(32) | np.repeat(numbers, sizes).astype(np.uint64), np.uint64)


def _parts(encoded: Hashes) -> Iterator[tuple[Counts, Counts]]:
    """The rows and the numbers of some pairs at a time, whose signatures fit in memory."""
    for start in range(0, encoded.size, _ESTIMATED):
        yield _sides(encoded[start : start + _ESTIMATED])


def _sides(encoded: Hashes) -> tuple[Counts, Counts]:
    return (encoded >> np.uint64(32)).astype(np.int64), (encoded & _LOW).astype(np.int64)
