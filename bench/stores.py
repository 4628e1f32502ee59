"""Which store an index should keep its keys in: `python -m bench.stores [DOCUMENTS]`, 1,000,000 unless told otherwise.

A text has 32 keys of its bands and about 10 landmarks, all 64 bits wide and as good as random. Each store takes those
of three sizes, each in a layout that suits it, and is asked for those of new texts, a tenth of the largest size, half
of which share a quarter of their keys with a stored one; for those of one text; and to take a hundredth more. What
100 million would take is drawn out by a power law through the three. All answers must be the same.

Rows: one for each key, as a database is commonly used. Runs: all keys of a load sorted, with the texts' numbers beside
them, and cut by their upper bits into pieces, which numpy searches. A piece is one value of LMDB, mapped and not
copied, or one blob of SQLite, which is copied; or the run is two plain files that are mapped, the floor.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple, Protocol, TypeVar

import duckdb
import lmdb
import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
T = TypeVar("T")

DOCUMENTS: Final = 1_000_000
FAR: Final = 100_000_000
KEYS: Final = 42  # of a text
SHARES: Final = (0.1, 0.3, 1.0)  # of the documents: the sizes that are measured
NEW: Final = 0.1  # of the documents: the texts that each size is asked for
MORE: Final = 0.01  # of the stored texts: as many come later
PIECE: Final = 1 << 15  # keys of a run that are one value of LMDB, the best of sizes tried
BLOCK: Final = 1 << 13  # the same of SQLite, which copies all of a blob to look up one key
BATCH: Final = 1 << 20  # rows that are Python objects at a time
ROUNDS: Final = 2  # the faster counts
SINGLE: Final = 50  # texts asked for one at a time
SEED: Final = 20261
MAP: Final = 1 << 38


class Found(NamedTuple):
    """An answer: how many pairs of a key and a number, and the sum of the numbers."""

    pairs: int
    total: int


class Store(Protocol):
    """A store of keys and numbers in a folder."""

    def load(self, keys: Keys, numbers: Numbers) -> None:
        """Take keys in the order of numbers, besides those that are there, and have them on disk."""

    def ask(self, keys: Keys) -> Found:
        """What the sorted distinct keys have."""

    def close(self) -> None:
        """Let go of the files."""


class SqliteRows:
    """A table clustered by key; a question is a join with a table of the keys."""

    def __init__(self, folder: Path) -> None:
        self.connection = sqlite(folder / "rows.sqlite")
        self.connection.execute(
            "CREATE TABLE keys (key INTEGER, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID"
        )

    def load(self, keys: Keys, numbers: Numbers) -> None:
        signed, numbers = ordered(keys.view(np.int64), numbers)
        with self.connection:
            for start in range(0, signed.size, BATCH):
                some = slice(start, start + BATCH)
                rows = zip(signed[some].tolist(), numbers[some].tolist(), strict=True)
                self.connection.executemany("INSERT INTO keys VALUES (?, ?)", rows)
        checkpoint(self.connection)

    def ask(self, keys: Keys) -> Found:
        self.connection.execute("CREATE TEMP TABLE asked (key INTEGER PRIMARY KEY)")
        wanted = np.sort(keys.view(np.int64)).tolist()
        self.connection.executemany("INSERT INTO asked VALUES (?)", ((key,) for key in wanted))
        question = "SELECT count(*), coalesce(sum(number), 0) FROM asked CROSS JOIN keys USING (key)"
        ((pairs, total),) = self.connection.execute(question).fetchall()
        self.connection.execute("DROP TABLE asked")
        return Found(pairs, total)

    def close(self) -> None:
        self.connection.close()


class SqliteRuns:
    """A row with two blobs for each piece of a run."""

    def __init__(self, folder: Path) -> None:
        self.connection = sqlite(folder / "runs.sqlite")
        self.connection.execute(
            "CREATE TABLE pieces (run INTEGER, piece INTEGER, keys BLOB, numbers BLOB, PRIMARY KEY (run, piece))"
        )
        self.bits: list[int] = []

    def load(self, keys: Keys, numbers: Numbers) -> None:
        self.bits.append(bits_of(keys.size, BLOCK))
        with self.connection:
            for piece, own, theirs in pieces_of(keys, numbers, self.bits[-1]):
                row = (len(self.bits) - 1, piece, own.tobytes(), theirs.tobytes())
                self.connection.execute("INSERT INTO pieces VALUES (?, ?, ?, ?)", row)
        checkpoint(self.connection)

    def ask(self, keys: Keys) -> Found:
        found = Found(0, 0)
        question = "SELECT keys, numbers FROM pieces WHERE run = ? AND piece = ?"
        for run, bits in enumerate(self.bits):
            for piece, own in asked_of(keys, bits):
                for run_keys, numbers in self.connection.execute(question, (run, piece)):
                    answer = looked_up(np.frombuffer(run_keys, np.uint64), np.frombuffer(numbers, np.uint32), own)
                    found = added(found, answer)
        return found

    def close(self) -> None:
        self.connection.close()


class DuckRows:
    """A columnar table in the order of the keys, joined with the array of those asked for."""

    def __init__(self, folder: Path) -> None:
        self.connection = duckdb.connect(str(folder / "rows.duckdb"))
        self.connection.execute("CREATE TABLE keys (key UBIGINT, number UINTEGER)")

    def load(self, keys: Keys, numbers: Numbers) -> None:
        keys, numbers = ordered(keys, numbers)
        self.connection.register("loaded", {"key": keys, "number": numbers})
        self.connection.execute("INSERT INTO keys SELECT * FROM loaded").fetchall()
        self.connection.execute("CHECKPOINT").fetchall()

    def ask(self, keys: Keys) -> Found:
        self.connection.register("asked", {"key": keys})
        question = "SELECT count(*), coalesce(sum(number), 0) FROM keys JOIN asked USING (key)"
        ((pairs, total),) = self.connection.execute(question).fetchall()
        return Found(pairs, int(total))

    def close(self) -> None:
        self.connection.close()


class LmdbRows:
    """A key of eight bytes with its numbers sorted under it, four bytes each; all keys are asked for in one call."""

    def __init__(self, folder: Path) -> None:
        self.environment = lmdb.open(str(folder / "rows"), map_size=MAP, max_dbs=1)
        self.keys = self.environment.open_db(b"keys", dupsort=True, integerkey=True, dupfixed=True, integerdup=True)
        self.is_empty = True

    def load(self, keys: Keys, numbers: Numbers) -> None:
        keys, numbers = ordered(keys, numbers)
        with self.environment.begin(write=True, db=self.keys) as transaction:
            cursor = transaction.cursor()
            for start in range(0, keys.size, BATCH):
                some = slice(start, start + BATCH)
                rows = zip(in_bytes(keys[some]), in_bytes(numbers[some]), strict=True)
                cursor.putmulti(rows, append=self.is_empty)
        self.is_empty = False

    def ask(self, keys: Keys) -> Found:
        with self.environment.begin(db=self.keys) as transaction:
            answer = transaction.cursor().getmulti(in_bytes(keys), dupdata=True, dupfixed_bytes=4, keyfixed=True)
            numbers = np.frombuffer(answer, [("key", np.uint64), ("number", np.uint32)])["number"]
            return Found(numbers.size, int(numbers.sum(dtype=np.uint64)))

    def close(self) -> None:
        self.environment.close()


class LmdbRuns:
    """A value for each piece of a run, keys first, then numbers; they are searched where they lie."""

    def __init__(self, folder: Path) -> None:
        self.environment = lmdb.open(str(folder / "runs"), map_size=MAP)
        self.bits: list[int] = []

    def load(self, keys: Keys, numbers: Numbers) -> None:
        self.bits.append(bits_of(keys.size, PIECE))
        with self.environment.begin(write=True) as transaction:
            for piece, own, theirs in pieces_of(keys, numbers, self.bits[-1]):
                transaction.put(self.key(len(self.bits) - 1, piece), own.tobytes() + theirs.tobytes(), append=True)

    def ask(self, keys: Keys) -> Found:
        found = Found(0, 0)
        with self.environment.begin(buffers=True) as transaction:
            for run, bits in enumerate(self.bits):
                for piece, own in asked_of(keys, bits):
                    value = np.frombuffer(transaction.get(self.key(run, piece), b""), np.uint8)
                    split = value.size // 12 * 8
                    answer = looked_up(value[:split].view(np.uint64), value[split:].view(np.uint32), own)
                    found = added(found, answer)
        return found

    @staticmethod
    def key(run: int, piece: int) -> bytes:
        return run.to_bytes(4, "big") + piece.to_bytes(4, "big")

    def close(self) -> None:
        self.environment.close()


class FileRuns:
    """Each run in two plain files that are mapped: no transactions, nothing to recover."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[tuple[Keys, Numbers]] = []

    def load(self, keys: Keys, numbers: Numbers) -> None:
        path = self.folder / str(len(self.runs))
        keys, numbers = ordered(keys, numbers)
        keys.tofile(path.with_suffix(".keys"))
        numbers.tofile(path.with_suffix(".numbers"))
        mapped = np.memmap(path.with_suffix(".keys"), np.uint64, "r")
        self.runs.append((mapped, np.memmap(path.with_suffix(".numbers"), np.uint32, "r")))

    def ask(self, keys: Keys) -> Found:
        found = Found(0, 0)
        for run, numbers in self.runs:
            found = added(found, looked_up(run, numbers, keys))
        return found

    def close(self) -> None:
        self.runs.clear()


STORES: Final[dict[str, Callable[[Path], Store]]] = {
    "SQLite, rows": SqliteRows,
    "SQLite, runs": SqliteRuns,
    "DuckDB, rows": DuckRows,
    "LMDB, rows": LmdbRows,
    "LMDB, runs": LmdbRuns,
    "files, runs": FileRuns,
}
FLOOR: Final = "files, runs"


def sqlite(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    for pragma in ("page_size = 16384", "journal_mode = WAL", f"mmap_size = {MAP}"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def checkpoint(connection: sqlite3.Connection) -> None:
    """Move all that is written from the log to the tables."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def ordered(keys: NDArray[T], numbers: Numbers) -> tuple[NDArray[T], Numbers]:  # type: ignore[type-var]
    """Keys and their numbers, sorted by key."""
    order = np.argsort(keys, kind="stable")
    return keys[order], numbers[order]


def in_bytes(values: Keys | Numbers) -> Iterator[bytes]:
    """The bytes of each value."""
    raw, width = values.tobytes(), values.itemsize
    return (raw[place : place + width] for place in range(0, len(raw), width))


def bits_of(keys: int, at_most: int) -> int:
    """By how many of their upper bits keys fall into pieces of about as many."""
    return max(keys // at_most, 1).bit_length() - 1


def pieces_of(keys: Keys, numbers: Numbers, bits: int) -> Iterator[tuple[int, Keys, Numbers]]:
    """The pieces of a run: keys by their upper bits, sorted, and their numbers."""
    keys, numbers = ordered(keys, numbers)
    ends = np.searchsorted(keys, bounds(bits))
    for piece, (start, end) in enumerate(pairwise(ends)):
        yield piece, keys[start:end], numbers[start:end]


def bounds(bits: int) -> Keys:
    """The least key of each piece, and the greatest of all, which no key here is."""
    return np.append(np.arange(1 << bits, dtype=np.uint64) << np.uint64(63 - bits) << np.uint64(1), ~np.uint64(0))


def asked_of(keys: Keys, bits: int) -> Iterator[tuple[int, Keys]]:
    """The pieces that sorted keys fall into, and those of each."""
    ends = np.searchsorted(keys, bounds(bits))
    for piece in np.flatnonzero(np.diff(ends)).tolist():
        yield piece, keys[ends[piece] : ends[piece + 1]]


def looked_up(run: Keys, numbers: Numbers, keys: Keys) -> Found:
    """What sorted keys have in a sorted run."""
    if not run.size:
        return Found(0, 0)
    starts = np.searchsorted(run, keys)
    is_there = run[np.minimum(starts, run.size - 1)] == keys
    if not is_there.any():
        return Found(0, 0)
    starts, ends = starts[is_there], np.searchsorted(run, keys[is_there], side="right")
    sizes = ends - starts
    places = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    return Found(int(sizes.sum()), int(numbers[places].sum(dtype=np.uint64)))


def added(one: Found, other: Found) -> Found:
    return Found(one.pairs + other.pairs, one.total + other.total)


def made_up(documents: int, new: int) -> tuple[Keys, Keys]:
    """Keys of the stored texts, shape (documents, `KEYS`), and of those asked for, shape (new, `KEYS`)."""
    draw = np.random.default_rng(SEED)
    stored = draw.integers(0, 1 << 64, (documents, KEYS), np.uint64)
    asked = draw.integers(0, 1 << 64, (new, KEYS), np.uint64)
    alike = min(new // 2, documents)
    asked[:alike, : KEYS // 4] = stored[draw.choice(documents, alike, replace=False), : KEYS // 4]
    return stored, asked


class Measured(NamedTuple):
    """Seconds to load, to ask for all and to take some more, milliseconds to ask for one, bytes on disk."""

    load: float
    ask: float
    one: float
    more: float
    size: float
    found: tuple[Found, Found]


def measured(store: Callable[[Path], Store], stored: Keys, asked: Keys) -> Measured:
    """What one store takes, in a folder of its own."""
    numbers = np.repeat(np.arange(len(stored), dtype=np.uint32), KEYS)
    later = int(len(stored) * KEYS * MORE)
    folder = Path(tempfile.mkdtemp())
    try:
        opened = store(folder)
        load, _ = timed(lambda: opened.load(stored.ravel(), numbers))
        size = sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
        wanted = np.unique(asked)
        ask, found = min((timed(lambda: opened.ask(wanted)) for _ in range(ROUNDS)), key=itemgetter(0))
        rows = [np.unique(row) for row in asked[:: len(asked) // SINGLE]]
        one = [timed(lambda row=row: opened.ask(row))[0] for row in rows]  # type: ignore[misc]
        more, _ = timed(lambda: opened.load(~stored.ravel()[:later], numbers[:later]))
        after = opened.ask(np.unique(~stored.ravel()[: 2 * later]))
        opened.close()
    finally:
        shutil.rmtree(folder)
    return Measured(load, ask, 1000 * statistics.median(one), more, size, (found, after))


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = perf_counter()
    result = work()
    return perf_counter() - start, result


def drawn_out(values: list[float], sizes: list[int]) -> tuple[float, float]:
    """What `FAR` documents would take by the power law nearest to the values, and its exponent."""
    exponent, scale = np.polyfit(np.log(sizes), np.log(values), 1)
    return float(np.exp(scale) * FAR**exponent), float(exponent)


def report(results: dict[str, list[Measured]], sizes: list[int]) -> Iterator[str]:
    """Lines on each store: the sizes measured, and the one drawn out."""
    for name, rows in results.items():
        for size, row, floor in zip(sizes, rows, results[FLOOR], strict=True):
            yield (
                f"{name} {size:>11,}: load {row.load:6.1f} s; "
                f"ask {row.ask:5.2f} s, {row.ask / floor.ask:4.1f} × files; one {row.one:5.2f} ms; "
                f"{MORE:.0%} more {row.more:5.2f} s, {row.more / floor.more:5.1f} × files; "
                f"{row.size / size:4.0f} bytes each"
            )
        yield f"{name} {FAR:>11,}: {', '.join(far_off(rows, sizes))}"


def far_off(rows: list[Measured], sizes: list[int]) -> Iterator[str]:
    """What each figure would be for `FAR` documents."""
    for name, unit in (("load", "s"), ("ask", "s"), ("one", "ms"), ("more", "s")):
        value, exponent = drawn_out([getattr(row, name) for row in rows], sizes)
        yield f"{name} {value:.1f} {unit} (n^{exponent:.2f})"
    yield f"{drawn_out([row.size for row in rows], sizes)[0] / 1e9:.0f} GB"


def main() -> None:
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    sizes = [int(documents * share) for share in SHARES]
    results: dict[str, list[Measured]] = {name: [] for name in STORES}
    for size in sizes:
        stored, asked = made_up(size, int(documents * NEW))
        for name, store in STORES.items():
            results[name].append(measured(store, stored, asked))
        if len({rows[-1].found for rows in results.values()}) != 1:
            raise SystemExit(f"the stores disagree: {[(name, rows[-1].found) for name, rows in results.items()]}")
    print("\n".join(report(results, sizes)))


if __name__ == "__main__":
    main()
