"""What lies in the data file of an index, and reading it as it was at one moment. Next: `writing`, how it comes there.

A *segment* is what is known of texts with numbers that follow one another: three sorted runs of keys, and two tables
with a row for each text. Runs lie in pieces by key, tables in blocks of rows, each piece or block one value, which
LMDB maps and numpy reads where it lies. The texts lie beside, compressed, some tens of kilobytes in a value. Segments
never change, but for which of their texts are dead.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any, Final

import lmdb
import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.candidates import NEIGHBOURS
from cleaner.index.records import Remembered
from cleaner.index.runs import Rows, Run, shared_out
from cleaner.minhash import PERMUTATIONS, Counts, Hashes, Signatures

_HEAD: Final = struct.Struct("<II")  # of a text: its batch, and how many bytes its name has
_FACTS: Final = np.dtype([("check", "u8"), ("batch", "u4"), ("shingles", "u4"), ("landmarks", "u4")])
Facts = NDArray[np.void]
Table = NDArray[Any]  # one row for each text


class Kind(IntEnum):
    """What a value of a segment holds."""

    BANDS = 0  # run: keys of bands
    LANDMARKS = 1  # run: landmarks
    IDENTITIES = 2  # run: the first half of the digest of name, batch and text
    FACTS = 3  # table: see `facts_of`
    SIGNATURES = 4  # table: rows of `PERMUTATIONS`
    DEAD = 5  # sorted rows of the texts that were replaced; absent if none were


RUNS: Final = (Kind.BANDS, Kind.LANDMARKS, Kind.IDENTITIES)
BLOCKS: Final = {Kind.FACTS: 1 << 12, Kind.SIGNATURES: 1 << 7}  # tables, and rows of each in one value: 64 to 80 kB


@dataclass(frozen=True, slots=True)
class Segment:
    """Texts numbered from `first` on, and by how many bits each of their runs is cut."""

    identity: int
    first: int
    texts: int
    bits: tuple[int, ...]

    def packed(self) -> bytes:
        """Everything but the number of the first, which is its key."""
        return json.dumps([self.identity, self.texts, self.bits]).encode()

    @classmethod
    def unpacked(cls, key: memoryview, value: memoryview) -> Segment:
        """The segment stored under a key."""
        identity, texts, bits = json.loads(bytes(value))
        return cls(identity, number_of(key), texts, tuple(bits))

    @property
    def end(self) -> int:
        """The number after its last."""
        return self.first + self.texts


class Data:
    """An open data file and its four tables."""

    def __init__(self, environment: lmdb.Environment, *, new: bool = False) -> None:
        self.environment = environment
        self.segments, self.values, self.texts, self.batches = (
            environment.open_db(name, create=new) for name in (b"segments", b"values", b"texts", b"batches")
        )

    def close(self) -> None:
        """Let go of the file; arrays that lie in it must not be used any more."""
        self.environment.close()


class Snapshot:
    """The data as it was when this was taken, whatever is written meanwhile."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._reading = data.environment.begin(buffers=True)
        self.segments = tuple(Segment.unpacked(*item) for item in self._reading.cursor(data.segments))
        self.batches = {
            bytes(name).decode("utf-8", "surrogatepass"): number_of(key)
            for key, name in self._reading.cursor(data.batches)
        }
        self._names = {number: name for name, number in self.batches.items()}
        self._firsts = np.array([segment.first for segment in self.segments], np.int64)

    @property
    def end(self) -> int:
        """The number that the next text gets."""
        return self.segments[-1].end if self.segments else 0

    def close(self) -> None:
        """End the reading; the room of what was replaced since can be used again."""
        self._reading.abort()

    def run(self, segment: Segment, kind: Kind, piece: int) -> Run:
        """A piece of a run, where it lies."""
        return Run.unpacked(self._value(segment, kind, piece))

    def table(self, segment: Segment, kind: Kind) -> Iterator[Table]:
        """The blocks of a table, in order."""
        for block in range(-(-segment.texts // BLOCKS[kind])):
            yield self._block(segment, kind, block)

    def dead(self, segment: Segment) -> Rows:
        """The rows of texts that were replaced, sorted."""
        value = self._reading.get(value_key(segment.identity, Kind.DEAD), db=self._data.values)
        return np.frombuffer(value or b"", np.uint32)

    def living(self, segment: Segment) -> Counts:
        """The rows of texts that were not replaced, sorted."""
        return np.flatnonzero(~is_among(np.arange(segment.texts), self.dead(segment)))

    def living_batches(self) -> int:
        """How many batches have texts that were not replaced."""
        found = [np.empty(0, np.uint32)]
        found += [self.facts(segment.first + self.living(segment))["batch"] for segment in self.segments]
        return np.unique(np.concatenate(found)).size

    def facts(self, numbers: Counts) -> Facts:
        """What is known of texts; shape as `numbers`."""
        found = np.empty(numbers.size, _FACTS)
        for places, rows in self._rows(Kind.FACTS, numbers):
            found[places] = rows
        return found

    def counts(self, numbers: Counts, name: str) -> Counts:
        """How many "shingles" or "landmarks" texts have; shape as `numbers`."""
        return np.asarray(self.facts(numbers)[name], np.int64)

    def signatures(self, numbers: Counts) -> Signatures:
        """The signatures of texts, shape (n, `PERMUTATIONS`)."""
        found = np.empty((numbers.size, PERMUTATIONS), np.uint32)
        for places, rows in self._rows(Kind.SIGNATURES, numbers):
            found[places] = rows
        return found

    def looked_up(self, kind: Kind, keys: Hashes, *, besides: int | None = None) -> tuple[Counts, Counts]:
        """The places of sorted distinct keys that living texts have, and the numbers of those, by place and number.

        Texts of the batch `besides` are left out. Of those with one key the first `NEIGHBOURS` are given.
        """
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        found += [self._in_segment(segment, kind, keys, besides) for segment in self.segments]
        places, numbers = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(places, kind="stable")  # numbers rise from segment to segment
        places, numbers = places[order], numbers[order]
        is_first = np.append(True, places[1:] != places[:-1])[: places.size]
        starts = np.flatnonzero(is_first)
        ranks = np.arange(places.size) - np.repeat(starts, np.diff(starts, append=places.size))
        return places[ranks < NEIGHBOURS], numbers[ranks < NEIGHBOURS]

    def text(self, number: int) -> Remembered:
        """The text with a number."""
        with self._reading.cursor(self._data.texts) as cursor:
            if not cursor.set_range(number_key(number)):
                cursor.last()
            elif number_of(cursor.key()) != number:
                cursor.prev()
            batch, name, text = read_record(records(cursor.value())[number - number_of(cursor.key())])
        return Remembered(name, self._names[batch], text)

    def packed_texts(self, numbers: Counts) -> Iterator[memoryview]:
        """The records of texts with rising numbers, as they lie."""
        wanted = iter(numbers.tolist())
        number = next(wanted, None)
        for key, value in self._reading.cursor(self._data.texts):
            first, block = number_of(key), records(value)
            while number is not None and number < first + len(block):
                yield block[number - first]
                number = next(wanted, None)

    def _value(self, segment: Segment, kind: Kind, piece: int) -> memoryview:
        value = self._reading.get(value_key(segment.identity, kind, piece), db=self._data.values)
        if value is None:
            raise lmdb.CorruptedError(f"{kind.name.lower()} {piece} of segment {segment.identity} are missing")
        return value

    def _block(self, segment: Segment, kind: Kind, block: int) -> Table:
        value = self._value(segment, kind, block)
        if kind is Kind.FACTS:
            return np.frombuffer(value, _FACTS)
        return np.frombuffer(value, np.uint32).reshape(-1, PERMUTATIONS)

    def _rows(self, kind: Kind, numbers: Counts) -> Iterator[tuple[Counts, Table]]:
        """Rows of a table for texts in any order, block by block, with their places in `numbers`."""
        order = np.argsort(numbers, kind="stable")
        which = np.searchsorted(self._firsts, numbers[order], side="right") - 1
        rows = numbers[order] - self._firsts[which]
        blocks = rows // BLOCKS[kind]
        changes = np.flatnonzero((np.diff(which) != 0) | (np.diff(blocks) != 0)) + 1
        for start, end in pairwise([0, *changes.tolist(), numbers.size] if numbers.size else []):
            block = self._block(self.segments[which[start]], kind, int(blocks[start]))
            yield order[start:end], block[rows[start:end] % BLOCKS[kind]]

    def _in_segment(self, segment: Segment, kind: Kind, keys: Hashes, besides: int | None) -> tuple[Counts, Counts]:
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for piece, own in shared_out(keys, segment.bits[kind]):
            places, rows = self.run(segment, kind, piece).looked_up(keys[own])
            found.append((places + own.start, rows))
        places, rows = (np.concatenate(parts) for parts in zip(*found, strict=True))
        lives = ~is_among(rows, self.dead(segment))
        places, numbers = places[lives], rows[lives] + segment.first
        if besides is None:
            return places, numbers
        is_other = self.facts(numbers)["batch"] != besides
        return places[is_other], numbers[is_other]


def is_among(rows: Counts | Rows, some: Rows) -> NDArray[np.bool_]:
    """Whether each of the rows is one of `some`, which are sorted."""
    if not some.size:
        return np.zeros(rows.size, np.bool_)
    is_one: NDArray[np.bool_] = some[np.minimum(np.searchsorted(some, rows), some.size - 1)] == rows
    return is_one


def facts_of(checks: Hashes, batch: int, *, shingles: Counts, landmarks: Counts) -> Facts:
    """A table of facts: the second half of a text's digest, its batch, how many shingles and landmarks it has."""
    facts = np.empty(checks.size, _FACTS)
    facts["check"], facts["batch"], facts["shingles"], facts["landmarks"] = checks, batch, shingles, landmarks
    return facts


def record(batch: int, name: str, text: str) -> bytes:
    """A text with its batch and its name, compressed. UTF-16 comes out a tenth smaller than UTF-8 and takes all."""
    own = name.encode("utf-16-le", "surrogatepass")
    return zlib.compress(_HEAD.pack(batch, len(own)) + own + text.encode("utf-16-le", "surrogatepass"))


def read_record(packed: memoryview) -> tuple[int, str, str]:
    """The batch, the name and the text of a record."""
    try:
        raw = zlib.decompress(packed)
    except zlib.error as error:
        raise lmdb.CorruptedError(f"a text is not what was written: {error}") from error
    batch, size = _HEAD.unpack_from(raw)
    start, end = _HEAD.size, _HEAD.size + size
    return batch, raw[start:end].decode("utf-16-le", "surrogatepass"), raw[end:].decode("utf-16-le", "surrogatepass")


def text_block(packed: Iterable[bytes | memoryview]) -> bytes:
    """Records in one value: how many they are, where each ends, and they."""
    together = list(packed)
    ends = np.cumsum([len(one) for one in together], dtype=np.uint32)
    return b"".join([struct.pack("<I", len(together)), ends.tobytes(), *together])


def records(block: memoryview) -> list[memoryview]:
    """The records of a value of `text_block`, where they lie."""
    (count,) = struct.unpack_from("<I", block)
    start = 4 + 4 * count
    ends = [0, *struct.unpack_from(f"<{count}I", block, 4)]
    return [block[start + one : start + other] for one, other in pairwise(ends)]


def number_key(number: int) -> bytes:
    """The key that keeps numbers in order."""
    return number.to_bytes(8, "big")


def number_of(key: memoryview | bytes) -> int:
    """The number of a key."""
    return int.from_bytes(key[:8], "big")


def value_key(identity: int, kind: Kind, piece: int = 0) -> bytes:
    """The key of a value of a segment."""
    return struct.pack(">QBI", identity, kind, piece)
