"""An index in a folder: its keys in sorted runs, the runs in LMDB. Next: `folder`, `data`, `writing`, its parts.

Why so: seconds and bytes for the keys of 1,000,000 texts, as `bench.stores` measures them, and what it draws out from
there for 100 million (power laws through three sizes). "Ask" looks up 100,000 other texts, "one" a single text, "more"
takes a hundredth as many texts again. Rows are an entry for each key; runs are keys sorted together, in pieces.

                 load     ask      one     more   bytes each | 100 million:  ask     one     more   size
    SQLite, rows   47 s   4.2 s   0.2 ms   2.20 s   815                     5.4 s   0.3 ms   200 s   84 GB
    LMDB, rows     25 s   1.7 s   0.1 ms   3.34 s   939                     6.9 s   0.2 ms  1050 s   94 GB
    DuckDB, rows   13 s   0.8 s  12.4 ms   0.07 s   355                     9.2 s  24.9 ms   0.6 s   34 GB
    SQLite, runs   17 s   0.3 s   1.1 ms   0.06 s   521                     1.8 s   1.9 ms   1.9 s   51 GB
    LMDB, runs     18 s   0.4 s   0.5 ms   0.05 s   506                     3.2 s   1.1 ms   9.8 s   50 GB
    plain files    18 s   0.7 s   0.1 ms   0.08 s   504                     8.6 s   0.4 ms    38 s   50 GB

So runs, which are as fast as plain files: rows take SQLite and LMDB half as much room again or twice as much, and tens
of times as long for what comes later. DuckDB packs rows best, but goes through all it has for one text, and lets nobody
read while one writes. SQLite and LMDB do equally well at runs; LMDB is taken because many can read while one writes,
each what was there when it began, and no reader makes files. SQLite's readers either make two or hold up the writer.
The far figures are of files in memory: from a disk, 100,000 texts would read nearly all of 100 million's 50 GB of keys,
and one text some 30 MB.

A folder on a network drive will not do: LMDB maps its file, and needs one machine's memory to be shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from time import sleep
from typing import Final, Self

import lmdb
import numpy as np

from cleaner.dedup.bands import Bands
from cleaner.errors import StoredIndexError
from cleaner.index.data import Data, Kind, Segment, Snapshot, facts_of, is_among, number_key, record
from cleaner.index.folder import (
    FORMAT,
    Lock,
    Manifest,
    can_account,
    check_parameters,
    environment,
    first_manifest,
    is_new,
    reaching,
    read_manifest,
    remove_others,
    telling,
    write_manifest,
)
from cleaner.index.nominating import nominate
from cleaner.index.records import Nominated, Parameters, Remembered
from cleaner.index.runs import Rows
from cleaner.index.writing import Texts, Writer, merging, remove, store, sweep, write_merged, write_segment, write_texts
from cleaner.minhash import PERMUTATIONS, SCHEME, Counts, Sketches

_TEXTS_AT_ONCE: Final = 1 << 12  # texts held in memory while they are added
_SEGMENT: Final = 1 << 18  # texts that are sorted together: 1 GB
_MOST: Final = 1 << 32  # texts of an index; a number takes half of 64 bits
_TRIES: Final = 5  # to read an index that is written anew meanwhile
_PAUSE: Final = 0.05  # seconds between
_NO_ROWS: Final = np.empty(0, np.uint32)
_NO_NUMBERS: Final = np.empty(0, np.int64)


class LocalIndex:
    """Remembered texts in a folder; see `Index` for what it does. Made by `open`."""

    def __init__(self, folder: Path, manifest: Manifest, data: Data, lock: Lock | None, *, write: bool) -> None:
        self.folder = folder
        self._manifest = manifest
        self._data = data
        self._lock = lock
        self._write = write
        self._snapshot = Snapshot(data)

    @classmethod
    def open(cls, path: Path | str, parameters: Parameters | None = None, *, write: bool = False) -> LocalIndex:
        """The index of a folder as it is now; made for `parameters` if they are given.

        With `write` it is made if there is none, and no other can write until it is closed. Without, nothing in the
        folder changes, and what is written meanwhile is not seen. One process can open a folder only once at a time.
        Raises `StoredIndexError` if there is none, if it has other parameters or is damaged, or if another writes.
        """
        folder = Path(path)
        with telling(folder), reaching(folder):
            return _opened_to_write(folder, parameters) if write else _opened_to_read(folder, parameters)

    @property
    def parameters(self) -> Parameters:
        """What the index was made for."""
        return self._manifest.parameters

    def nominate(self, sketches: Sketches, *, besides: str = "") -> Nominated:
        """Pairs of a new text and a remembered one that may be alike; see `Index` and `nominating.nominate`."""
        batch = self._snapshot.batches.get(besides) if besides else None
        with telling(self.folder):
            return nominate(self._snapshot, sketches, self.parameters, besides=batch)

    def remembered(self, number: int) -> Remembered:
        """The text with that number; numbers hold until `compact`. Raises IndexError if there is none."""
        if not 0 <= number < self._snapshot.end:
            raise IndexError(f"{self.folder}: no text has the number {number}; they end before {self._snapshot.end}")
        with telling(self.folder):
            return self._snapshot.text(number)

    def still_has(self, numbers: Counts) -> bool:
        """Whether all those numbers are remembered: yes, for no other can write while this is open to do so."""
        return bool((numbers < self._snapshot.end).all())

    def add(self, names: Sequence[str], texts: Iterable[str], sketches: Sketches, *, batch: str = "") -> int:
        """Remember texts, all or none, and return how many are new; see `Index`.

        Texts are taken a few at a time. Raises ValueError if there are not as many of them as of names and sketches.
        """
        self._check_writable()
        if len(names) != len(sketches):
            raise ValueError(f"{len(names)} names and {len(sketches)} sketches: each text needs one of both")
        arrivals = _Arrivals(names, texts, sketches, batch)
        with telling(self.folder):
            with self._writing() as writer:
                count = _added(writer, self._snapshot, arrivals, bands=self.parameters.bands)
            while sources := merging(self._snapshot.segments):
                with self._writing() as writer:
                    _merge(writer, self._snapshot, sources)
        return count

    def compact(self) -> None:
        """Write the index anew without what was replaced, which needs room on the disk for both; texts are renumbered.

        The old one stands until the new one is complete.
        """
        self._check_writable()
        following = Manifest(self.parameters, self._manifest.following)
        with telling(self.folder), reaching(self.folder):
            remove_others(self.folder, self._manifest.data)
            data = Data(environment(self.folder / following.data, write=True, new=True), new=True)
            try:
                _copy_living(self._snapshot, data)
                write_manifest(self.folder, following)
            except BaseException:
                data.close()
                raise
            self._snapshot.close()
            self._data.close()
            self._manifest, self._data, self._snapshot = following, data, Snapshot(data)
            remove_others(self.folder, following.data)

    def stats(self) -> dict[str, int | float | str]:
        """How many texts there are, and replaced ones that `compact` drops, batches and bytes; and the parameters."""
        with telling(self.folder):
            dead = sum(self._snapshot.dead(segment).size for segment in self._snapshot.segments)
            return {
                "texts": self._snapshot.end - dead,
                "replaced": dead,
                "batches": self._snapshot.living_batches(),
                "segments": len(self._snapshot.segments),
                "bytes": sum(path.stat().st_blocks * 512 for path in self.folder.iterdir()),
                "format": FORMAT,
                "ngram": self.parameters.ngram,
                "threshold": self.parameters.threshold,
                "permutations": PERMUTATIONS,
                "scheme": SCHEME,
            }

    def close(self) -> None:
        """Let go of the index; others may write to it then. Nothing else can be done with it any more."""
        self._snapshot.close()
        self._data.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _check_writable(self) -> None:
        if not self._write:
            raise StoredIndexError(f"{self.folder} is open for reading only; open it with write=True to change it")

    @contextmanager
    def _writing(self) -> Iterator[Writer]:
        """A writer for one change, which must commit it; if it fails, all is as it was, but for values to sweep out."""
        writer = Writer(self._data)
        try:
            sweep(writer, self._snapshot)
            yield writer
        except BaseException:
            writer.abort()
            raise
        self._snapshot.close()
        self._snapshot = Snapshot(self._data)


@dataclass(slots=True)
class _Arrivals:
    """Texts to add, and what is found out about them while they are read."""

    names: Sequence[str]
    texts: Iterable[str]
    sketches: Sketches
    batch: str
    rows: list[int] = field(default_factory=list)  # of those that are new
    digests: list[bytes] = field(default_factory=list)  # of those that are new
    known: list[Counts] = field(default_factory=list)  # numbers of those that are not

    def read(self, snapshot: Snapshot, *, batch: int) -> Iterator[bytes]:
        """The records of those that are new, the first of equal ones; they say that they are of `batch`."""
        seen: set[bytes] = set()
        pairs = enumerate(zip(self.names, self.texts, strict=True))
        while some := list(islice(pairs, _TEXTS_AT_ONCE)):
            digests = [_digest(self.batch, name, text) for _, (name, text) in some]
            numbers = _numbers_of(snapshot, digests)
            self.known.append(numbers[numbers >= 0])
            for (row, (name, text)), digest, number in zip(some, digests, numbers.tolist(), strict=True):
                if number < 0 and digest not in seen:
                    seen.add(digest)
                    self.rows.append(row)
                    self.digests.append(digest)
                    yield record(batch, name, text)


def _added(writer: Writer, snapshot: Snapshot, arrivals: _Arrivals, *, bands: Bands) -> int:
    """Write texts that are new, and that those of their batch that did not come again are dead; return how many."""
    if snapshot.end + len(arrivals.sketches) > _MOST:
        raise StoredIndexError(f"the index has {snapshot.end:,} texts, and can have {_MOST:,}; name another folder")
    batch = snapshot.batches.get(arrivals.batch, len(snapshot.batches))
    count = write_texts(writer, arrivals.read(snapshot, batch=batch), first=snapshot.end)
    segments = list(_written(writer, snapshot, arrivals, bands=bands, batch=batch))
    dead = list(_replaced(snapshot, batch, arrivals.known)) if arrivals.batch else []
    if segments:
        writer.publish(writer.data.batches, number_key(batch), arrivals.batch.encode("utf-8", "surrogatepass"))
    for segment, rows in [*dead, *((segment, _NO_ROWS) for segment in segments)]:
        store(writer, segment, rows)
    writer.commit()
    return count


def _written(writer: Writer, snapshot: Snapshot, arrivals: _Arrivals, *, bands: Bands, batch: int) -> Iterator[Segment]:
    """The segments of texts that are new, which are not stored yet."""
    halves = np.frombuffer(b"".join(arrivals.digests), np.uint64).reshape(-1, 2)
    identity = max((segment.identity for segment in snapshot.segments), default=-1) + 1
    for start in range(0, len(arrivals.rows), _SEGMENT):
        some = slice(start, start + _SEGMENT)
        own = arrivals.sketches.chosen(arrivals.rows[some])
        landmarks = np.diff(own.ends, prepend=0)
        facts = facts_of(halves[some, 1], batch, shingles=own.shingles, landmarks=landmarks)
        texts = Texts(own, facts, halves[some, 0])
        yield write_segment(writer, texts, bands=bands, identity=identity, first=snapshot.end + start)
        identity += 1


def _numbers_of(snapshot: Snapshot, digests: Sequence[bytes]) -> Counts:
    """The number of the living text with each digest, -1 where none has it; shape (n,)."""
    halves = np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)
    keys, rows, back = np.unique(halves[:, 0], return_index=True, return_inverse=True)
    places, numbers = snapshot.looked_up(Kind.IDENTITIES, keys)
    same = snapshot.facts(numbers)["check"] == halves[rows[places], 1]
    found = np.full(keys.size, -1)
    found[places[same]] = numbers[same]
    return found[back]


def _replaced(snapshot: Snapshot, batch: int, known: Sequence[Counts]) -> Iterator[tuple[Segment, Rows]]:
    """Segments with texts of a batch that did not come again, and all rows of each that are dead then."""
    kept = np.unique(np.concatenate([_NO_NUMBERS, *known]))
    for segment in snapshot.segments:
        blocks = [block["batch"] == batch for block in snapshot.table(segment, Kind.FACTS)]
        rows = np.flatnonzero(np.concatenate(blocks))
        dead = snapshot.dead(segment)
        gone = rows[~np.isin(rows + segment.first, kept) & ~is_among(rows, dead)]
        if gone.size:
            yield segment, np.union1d(dead, gone.astype(np.uint32))


def _merge(writer: Writer, snapshot: Snapshot, sources: Sequence[Segment]) -> None:
    """Put one segment in place of some."""
    identity = max(segment.identity for segment in snapshot.segments) + 1
    segment, dead = write_merged(writer, snapshot, sources, identity=identity, drop_dead=False)
    for source in sources:
        remove(writer, source)
    store(writer, segment, dead)
    writer.commit()


def _copy_living(snapshot: Snapshot, data: Data) -> None:
    """Write all living texts, as one segment, to a data file that is new."""
    writer = Writer(data)
    numbers = [segment.first + snapshot.living(segment) for segment in snapshot.segments]
    if write_texts(writer, snapshot.packed_texts(np.concatenate([_NO_NUMBERS, *numbers])), first=0):
        segment, dead = write_merged(writer, snapshot, snapshot.segments, identity=0, drop_dead=True)
        store(writer, segment, dead)
    for number, name in enumerate(snapshot.batches):  # in the order of their numbers; empty ones too, to keep those
        writer.publish(data.batches, number_key(number), name.encode("utf-8", "surrogatepass"))
    writer.commit()


def _digest(batch: str, name: str, text: str) -> bytes:
    """Sixteen bytes that tell a text from others, by its letters, its name and its batch."""
    whole = f"{len(batch)} {len(name)} {batch}{name}{text}"
    return blake2b(whole.encode("utf-16-le", "surrogatepass"), digest_size=16).digest()


def _opened_to_write(folder: Path, parameters: Parameters | None) -> LocalIndex:
    if not is_new(folder):
        _checked_manifest(folder, parameters)  # before a file is made in what is no index
    folder.mkdir(parents=True, exist_ok=True)
    lock = Lock(folder, write=True)
    try:
        if is_new(folder):
            _make(folder, parameters or Parameters())
        manifest = _checked_manifest(folder, parameters)
        remove_others(folder, manifest.data)
        data = Data(environment(folder / manifest.data, write=True))
        return LocalIndex(folder, manifest, data, lock, write=True)
    except BaseException:
        lock.release()
        raise


def _opened_to_read(folder: Path, parameters: Parameters | None) -> LocalIndex:
    """What is there, tried again if it is written anew meanwhile."""
    for _ in range(_TRIES):
        manifest = _checked_manifest(folder, parameters)
        try:
            return _opened_data(folder, manifest)
        except (lmdb.Error, StoredIndexError, FileNotFoundError) as error:
            failure = error
            sleep(_PAUSE)
    raise failure


def _opened_data(folder: Path, manifest: Manifest) -> LocalIndex:
    account = can_account(folder)
    lock = None if account else Lock(folder, write=False)
    try:
        data = Data(environment(folder / manifest.data, write=False, account=account))
        return LocalIndex(folder, manifest, data, lock, write=False)
    except BaseException:
        if lock:
            lock.release()
        raise


def _checked_manifest(folder: Path, parameters: Parameters | None) -> Manifest:
    manifest = read_manifest(folder)
    if parameters:
        check_parameters(folder, manifest.parameters, parameters)
    return manifest


def _make(folder: Path, parameters: Parameters) -> None:
    """Make an index without texts; it is one once its manifest is there."""
    manifest = first_manifest(parameters)
    remove_others(folder, "")
    Data(environment(folder / manifest.data, write=True, new=True), new=True).close()
    write_manifest(folder, manifest)
