"""How texts come into a data file: values first, in as many transactions as memory asks for, then the segment.

What lies there is nothing until the transaction that stores its segment, so a process that is stopped leaves the last
state and some values that belong to no segment, which the next change sweeps out first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import lmdb
import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.bands import Bands
from cleaner.index.data import (
    BLOCKS,
    RUNS,
    Data,
    Facts,
    Kind,
    Segment,
    Snapshot,
    Table,
    is_among,
    number_key,
    text_block,
    value_key,
)
from cleaner.index.folder import lengthen
from cleaner.index.runs import Rows, Run, bits_for, covering
from cleaner.minhash import Hashes, Sketches

_AT_ONCE: Final = 1 << 28  # bytes in one transaction, which LMDB keeps in memory until its end
_TEXTS: Final = 1 << 15  # bytes of texts in one value: less than a page of each is lost, and few texts lie between
_MANY: Final = 8  # segments of like sizes, that become one
_BEYOND: Final = b"\xff" * 9  # no key comes after it
_NO_ROWS: Final = np.empty(0, np.uint32)


class Writer:
    """Puts values into a data file; in a `with` that is left by an error, what was not committed is gone."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self._writing = data.environment.begin(write=True)
        self._size = 0

    def put(self, database: lmdb._Database, key: bytes, value: bytes) -> None:
        """Put a value, which may be on the disk before `commit`."""
        if self._size > _AT_ONCE:
            self.commit()
            self._writing = self.data.environment.begin(write=True)
        self.publish(database, key, value)
        self._size += len(value)

    def publish(self, database: lmdb._Database, key: bytes, value: bytes) -> None:
        """Put a value, which comes on the disk at `commit` with all that is published since the last `put`."""
        self._writing.put(key, value, db=database)

    def delete(self, database: lmdb._Database, start: bytes, end: bytes) -> None:
        """Take away what has keys from `start` on and before `end`, at `commit`."""
        with self._writing.cursor(database) as cursor:
            cursor.set_range(start)
            while b"" != cursor.key() < end:
                cursor.delete()

    def commit(self) -> None:
        """Have all that was put on the disk, and the file as long as it says."""
        self._writing.commit()
        self._size = 0
        lengthen(self.data.environment)

    def abort(self) -> None:
        """Forget what was put since the last commit."""
        self._writing.abort()


def write_texts(writer: Writer, packed: Iterable[bytes | memoryview], *, first: int) -> int:
    """Put records of texts, numbered from `first` on, and return how many there were."""
    waiting: list[bytes | memoryview] = []
    count = size = 0
    for one in packed:
        waiting.append(one)
        size += len(one)
        if size >= _TEXTS:
            writer.put(writer.data.texts, number_key(first + count), text_block(waiting))
            count += len(waiting)
            waiting, size = [], 0
    if waiting:
        writer.put(writer.data.texts, number_key(first + count), text_block(waiting))
    return count + len(waiting)


class Texts(NamedTuple):
    """What a segment keeps of n texts besides their letters."""

    sketches: Sketches
    facts: Facts
    identities: Hashes  # shape (n,)


def write_segment(writer: Writer, texts: Texts, *, bands: Bands, identity: int, first: int) -> Segment:
    """Put the runs and tables of texts, and return the segment, which is not stored yet."""
    sketches = texts.sketches
    filled = np.flatnonzero(sketches.shingles)  # texts without letters are like no other
    runs = {
        Kind.BANDS: Run.of(bands.keys(sketches.signatures[filled]).ravel(), np.tile(filled, bands.count)),
        Kind.LANDMARKS: Run.of(sketches.landmarks, sketches.landmark_owners),
        Kind.IDENTITIES: Run.of(texts.identities, np.arange(len(sketches))),
    }
    bits = tuple(bits_for(runs[kind].keys.size) for kind in RUNS)
    for kind, cut in zip(RUNS, bits, strict=True):
        _write_run(writer, runs[kind].pieces(cut), identity, kind)
    _write_table(writer, [texts.facts], identity, Kind.FACTS)
    _write_table(writer, [sketches.signatures], identity, Kind.SIGNATURES)
    return Segment(identity, first, len(sketches), bits)


def write_merged(
    writer: Writer, snapshot: Snapshot, sources: Sequence[Segment], *, identity: int, drop_dead: bool
) -> tuple[Segment, Rows]:
    """Put one segment in place of several that follow one another; return it, not stored yet, and its dead rows.

    The keys of dead texts are left out. Their rows stay, so that texts keep their numbers, unless `drop_dead`.
    """
    moves = list(_moves(snapshot, sources, drop_dead=drop_dead))
    bits = tuple(bits_for(_keys_of(snapshot, sources, kind)) for kind in RUNS)
    for kind, cut in zip(RUNS, bits, strict=True):
        pieces = (_merged_piece(snapshot, moves, kind, piece=piece, of=cut) for piece in range(1 << cut))
        _write_run(writer, pieces, identity, kind)
    for kind in BLOCKS:
        blocks = (block for move in moves for block in _kept_of(snapshot, move, kind, drop_dead=drop_dead))
        _write_table(writer, blocks, identity, kind)
    texts = sum(int(move.lives.sum()) if drop_dead else move.lives.size for move in moves)
    dead = [move.rows[~move.lives] for move in moves if not drop_dead]
    return Segment(identity, 0 if drop_dead else sources[0].first, texts, bits), np.concatenate([_NO_ROWS, *dead])


def merging(segments: Sequence[Segment]) -> Sequence[Segment]:
    """The last segments, if they should become one; else none.

    They are those that are each no larger than all behind it, if there are at least `_MANY`. So there are never more
    than some tens, each text is written again a few times at most while many come, and a large segment stands until
    as much has come behind it.
    """
    start, texts = len(segments), 0
    while start and segments[start - 1].texts <= max(texts, segments[-1].texts):
        start -= 1
        texts += segments[start].texts
    return segments[start:] if len(segments) - start >= _MANY else ()


def store(writer: Writer, segment: Segment, dead: Rows) -> None:
    """Make a segment, and which of its texts are dead, part of the index, once `commit` is done."""
    writer.publish(writer.data.segments, number_key(segment.first), segment.packed())
    if dead.size:
        key = value_key(segment.identity, Kind.DEAD)
        writer.publish(writer.data.values, key, dead.astype(np.uint32).tobytes())


def remove(writer: Writer, segment: Segment) -> None:
    """Take away a segment and its values, but not its texts, once `commit` is done."""
    writer.delete(writer.data.segments, number_key(segment.first), number_key(segment.first + 1))
    writer.delete(writer.data.values, number_key(segment.identity), number_key(segment.identity + 1))


def sweep(writer: Writer, snapshot: Snapshot) -> None:
    """Take away values and texts that belong to no segment, left by a change that failed or was stopped."""
    start = 0
    for identity in sorted(segment.identity for segment in snapshot.segments):
        writer.delete(writer.data.values, number_key(start), number_key(identity))
        start = identity + 1
    writer.delete(writer.data.values, number_key(start), _BEYOND)
    writer.delete(writer.data.texts, number_key(snapshot.end), _BEYOND)


class _Move(NamedTuple):
    """Where the rows of a segment go in a merged one, and which texts live; both of shape (texts,)."""

    segment: Segment
    rows: Rows
    lives: NDArray[np.bool_]


def _moves(snapshot: Snapshot, sources: Sequence[Segment], *, drop_dead: bool) -> Iterator[_Move]:
    start = 0
    for segment in sources:
        lives = ~is_among(np.arange(segment.texts), snapshot.dead(segment))
        rows = start + (np.cumsum(lives) - 1 if drop_dead else np.arange(segment.texts))
        start += int(lives.sum()) if drop_dead else segment.texts
        yield _Move(segment, rows.astype(np.uint32), lives)


def _keys_of(snapshot: Snapshot, sources: Sequence[Segment], kind: Kind) -> int:
    """How many keys the runs of segments have."""
    return sum(
        snapshot.run(segment, kind, piece).keys.size for segment in sources for piece in range(1 << segment.bits[kind])
    )


def _merged_piece(snapshot: Snapshot, moves: Sequence[_Move], kind: Kind, *, piece: int, of: int) -> Run:
    """One of 2^`of` pieces of a merged run."""
    parts = []
    for move in moves:
        bits = move.segment.bits[kind]
        for number in covering(piece, of, bits=bits):
            run = snapshot.run(move.segment, kind, number).within(piece, of)
            lives = move.lives[run.rows]
            parts.append(Run(run.keys[lives], move.rows[run.rows[lives]]))
    return Run.joined(parts)


def _kept_of(snapshot: Snapshot, move: _Move, kind: Kind, *, drop_dead: bool) -> Iterator[Table]:
    """The blocks of a segment's table, without dead rows if those are dropped."""
    size = BLOCKS[kind]
    for number, block in enumerate(snapshot.table(move.segment, kind)):
        yield block[move.lives[number * size : (number + 1) * size]] if drop_dead else block


def _write_run(writer: Writer, pieces: Iterable[Run], identity: int, kind: Kind) -> None:
    for number, piece in enumerate(pieces):
        writer.put(writer.data.values, value_key(identity, kind, number), piece.packed())


def _write_table(writer: Writer, parts: Iterable[Table], identity: int, kind: Kind) -> None:
    """Put a table that comes in parts of any sizes."""
    for number, block in enumerate(_blocks(parts, BLOCKS[kind])):
        writer.put(writer.data.values, value_key(identity, kind, number), block.tobytes())


def _blocks(parts: Iterable[Table], size: int) -> Iterator[Table]:
    """The rows of all parts, in blocks of one size."""
    waiting: list[Table] = []
    rows = 0
    for whole in parts:
        for start in range(0, len(whole), size):
            piece = whole[start : start + size]
            fits = min(size - rows, len(piece))
            waiting.append(piece[:fits])
            rows += fits
            if rows == size:
                yield np.concatenate(waiting)
                waiting, rows = [piece[fits:]], len(piece) - fits
    if rows:
        yield np.concatenate(waiting)
