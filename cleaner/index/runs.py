"""Sorted runs of keys, and the rows that have them. Next: `data`, where they lie.

Looking up a key in a database costs a walk through a tree, and every key of a text in a place of its own costs more
than the text. So the keys of many texts are sorted together, with the row of its text beside each; numpy looks up all
keys of a question in one sweep. A run is cut by the upper bits of its keys into pieces of `_PIECE` keys or so: one
key's neighbours lie in one piece, a question for few keys touches few, and runs are merged piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.minhash import Counts, Hashes

Rows = NDArray[np.uint32]

_PIECE: Final = 1 << 15  # keys of a piece, up to twice as many: one key costs reading 400 to 800 kB
_LOOKED_AT: Final = 128  # texts with one key in one run; evenly spread ones if more have it
_KEY_BYTES: Final = 8
_BYTES: Final = 12  # of a key and its row


class Run(NamedTuple):
    """Keys and the row that has each, sorted by key, then by row; a whole run or a piece of one."""

    keys: Hashes
    rows: Rows

    @classmethod
    def of(cls, keys: Hashes, rows: Counts | Rows) -> Run:
        """The run of keys in any order; rows with the same key must be in order."""
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], rows[order].astype(np.uint32))

    @classmethod
    def joined(cls, runs: Iterable[Run]) -> Run:
        """One run of several whose rows go on from one to the next."""
        nothing = cls(np.empty(0, np.uint64), np.empty(0, np.uint32))
        keys, rows = (np.concatenate(parts) for parts in zip(nothing, *runs, strict=True))
        return cls.of(keys, rows)

    @classmethod
    def unpacked(cls, value: memoryview | bytes) -> Run:
        """The run in a value of `packed`, where it lies: nothing is copied."""
        split = len(value) // _BYTES * _KEY_BYTES
        return cls(np.frombuffer(value[:split], np.uint64), np.frombuffer(value[split:], np.uint32))

    def packed(self) -> bytes:
        """The keys, then the rows, as bytes."""
        return self.keys.tobytes() + self.rows.tobytes()

    def pieces(self, bits: int) -> Iterator[Run]:
        """The run cut into 2^`bits` pieces by the upper bits of its keys."""
        ends = np.append(np.searchsorted(self.keys, _firsts(bits)), self.keys.size)
        for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
            yield Run(self.keys[start:end], self.rows[start:end])

    def within(self, piece: int, bits: int) -> Run:
        """What falls into one of 2^`bits` pieces."""
        bounds = _firsts(bits)[piece : piece + 2]
        start, end = [*np.searchsorted(self.keys, bounds).tolist(), self.keys.size][:2]
        return Run(self.keys[start:end], self.rows[start:end])

    def looked_up(self, keys: Hashes) -> tuple[Counts, Counts]:
        """The places of keys that are here, and rows that have them, by place and row; both int64 of shape (n,).

        `keys` must be sorted and distinct. Of a key that more than `_LOOKED_AT` rows have, so many are given.
        """
        if not self.keys.size:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        starts = np.searchsorted(self.keys, keys)
        found = np.flatnonzero(self.keys[np.minimum(starts, self.keys.size - 1)] == keys)
        if not found.size:  # as a rule, of a question for few keys
            return np.empty(0, np.int64), np.empty(0, np.int64)
        starts, sizes = starts[found], np.searchsorted(self.keys, keys[found], side="right") - starts[found]
        taken = np.minimum(sizes, _LOOKED_AT)
        within = np.arange(taken.sum()) - np.repeat(np.cumsum(taken) - taken, taken)
        chosen = np.repeat(starts, taken) + within * np.repeat(sizes, taken) // np.repeat(taken, taken)
        return np.repeat(found, taken), self.rows[chosen].astype(np.int64)


def bits_for(keys: int) -> int:
    """By how many of their upper bits so many keys are cut into pieces."""
    return max(keys // _PIECE, 1).bit_length() - 1


def shared_out(keys: Hashes, bits: int) -> Iterator[tuple[int, slice]]:
    """The pieces that sorted keys fall into, and which keys each; those without any are left out."""
    ends = np.append(np.searchsorted(keys, _firsts(bits)), keys.size)
    for piece in np.flatnonzero(np.diff(ends)).tolist():
        yield piece, slice(int(ends[piece]), int(ends[piece + 1]))


def covering(piece: int, of: int, *, bits: int) -> range:
    """Which of 2^`bits` pieces of a run hold the keys of one of 2^`of` pieces."""
    if bits < of:
        return range(piece >> (of - bits), (piece >> (of - bits)) + 1)
    return range(piece << (bits - of), (piece + 1) << (bits - of))


def _firsts(bits: int) -> Hashes:
    """The least key of each piece."""
    return np.arange(1 << bits, dtype=np.uint64) << np.uint64(63 - bits) << np.uint64(1)
