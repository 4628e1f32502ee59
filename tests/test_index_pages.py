"""Data files of an index that end before the pages they count: read if those are free, refused if one is in use."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import lmdb
import pytest

from cleaner.errors import StoredIndexError
from cleaner.index import local, pages
from cleaner.index.local import LocalIndex
from cleaner.index.pages import lacks_only_free_pages
from cleaner.index.writing import Writer
from cleaner.minhash import sketch
from tests.samples import story

TEXTS: Final = [story(seed, sentences=12) for seed in range(30)]
PAGE: Final = os.sysconf("SC_PAGESIZE")  # LMDB takes pages of this size
TABLES: Final = (b"segments", b"values", b"texts", b"batches")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of an index that remembers `TEXTS`."""
    with LocalIndex.open(tmp_path / "seen", write=True) as index:
        add(index, TEXTS)
    return tmp_path / "seen"


def add(index: LocalIndex, texts: list[str], *, batch: str = "") -> None:
    index.add([str(row) for row in range(len(texts))], texts, sketch(texts), batch=batch)


def opened(path: Path) -> lmdb.Environment:
    return lmdb.open(str(path), subdir=False, max_dbs=4, map_size=1 << 30, sync=False)


def length(environment: lmdb.Environment) -> int:
    """How long a data file says that it is, in bytes."""
    return int((environment.info()["last_pgno"] + 1) * environment.stat()["psize"])


def give_back(path: Path, values: int) -> int:
    """Put long values and take them away in one transaction; by how many bytes the file is shorter than it says."""
    with opened(path) as environment:
        keys = [b"\xff%d" % number for number in range(values)]
        with environment.begin(write=True, db=environment.open_db(b"values")) as writing:
            for key in keys:
                writing.put(key, bytes(3 * PAGE))
            for key in keys:
                writing.delete(key)
        return length(environment) - path.stat().st_size


def change(environment: lmdb.Environment, *values: bytes) -> None:
    """Put one value in the place of the other, each in a transaction of its own; pages of the former become free."""
    table = environment.open_db(b"batches")
    for value in values:
        with environment.begin(write=True, db=table) as writing:
            writing.put(b"\xff", value)


def everything(path: Path) -> list[tuple[bytes, bytes]]:
    """All keys and values of a data file."""
    with opened(path) as environment:
        tables = [environment.open_db(name, create=False) for name in TABLES]
        with environment.begin() as reading:
            return [item for table in tables for item in reading.cursor(table)]


def is_refused(place: Path) -> bool:
    """Whether an index is refused as one that is damaged."""
    try:
        LocalIndex.open(place).close()
    except StoredIndexError as error:
        return "restore a copy of the folder" in str(error)
    return False


def kept_whole(place: Path, cuts: Iterable[int]) -> list[int]:
    """Cut an index by more and more bytes; those of the cuts by which nothing was lost.

    Where it is not refused, all must be there. One that is cut where a page is in use, and not refused, kills this.
    """
    path = place / "1.mdb"
    whole, before = path.stat().st_size, everything(path)
    kept = []
    for cut in cuts:
        os.truncate(path, whole - cut)
        if not is_refused(place):
            assert everything(path) == before
            kept.append(cut)
    return kept


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("values", [1, 5])
def test_an_index_that_lacks_free_pages_is_read_and_written_to(place: Path, values: int, write: bool) -> None:
    missing = give_back(place / "1.mdb", values)
    assert missing > 0
    with LocalIndex.open(place, write=write) as index:
        assert [index.remembered(number).text for number in range(len(TEXTS))] == TEXTS
        if not write:
            return
        add(index, TEXTS[::-1], batch="again")
    with LocalIndex.open(place, write=True) as index:
        assert index.stats()["texts"] == 2 * len(TEXTS)
        index.compact()
        assert [index.remembered(number).text for number in range(len(TEXTS))] == TEXTS


def test_a_writer_makes_the_file_as_long_as_it_says(place: Path) -> None:
    missing = give_back(place / "1.mdb", 5)
    before = (place / "1.mdb").stat().st_size
    LocalIndex.open(place).close()
    assert (place / "1.mdb").stat().st_size == before
    LocalIndex.open(place, write=True).close()
    assert (place / "1.mdb").stat().st_size == before + missing


def test_wherever_a_file_is_cut_it_is_refused_or_all_is_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_PAUSE", 0)
    missing = give_back(place / "1.mdb", 5)
    LocalIndex.open(place, write=True).close()
    kept = kept_whole(place, range(0, (place / "1.mdb").stat().st_size, 1000))
    assert kept == [*range(0, missing + 1, 1000)]


def test_a_long_list_of_free_pages_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_PAUSE", 0)
    with opened(place / "1.mdb") as environment:
        change(environment, bytes(50 * PAGE), bytes(50 * PAGE), b"", b"", b"", b"")  # so that later ones find room
        change(environment, bytes(1000 * PAGE), b"")  # a list of so many is longer than a page
    cuts = range(900 * PAGE, (place / "1.mdb").stat().st_size, PAGE // 4)
    kept = kept_whole(place, cuts)
    assert 100 * 4 < len(kept) < len(cuts)
    assert kept == [*cuts[: len(kept)]]
    assert kept[-1] % PAGE == 0


def test_a_value_whose_end_is_missing_is_missed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_PAUSE", 0)
    with opened(place / "1.mdb") as environment:
        change(environment, bytes(50 * PAGE), b"", b"", b"", bytes(60 * PAGE))  # the last, so that it is at the end
    assert kept_whole(place, [0, 1, PAGE, 20 * PAGE]) == [0]


def many_lists(path: Path) -> None:
    """Have so many lists of free pages that they do not go in a page."""
    with opened(path) as environment:
        with environment.begin():  # as long as one reads, no page is used again
            change(environment, *(b"%d" % number for number in range(300)))
        change(environment, b"", b"")


def test_many_lists_of_free_pages_are_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_PAUSE", 0)
    many_lists(place / "1.mdb")
    cuts = range(0, 100 * PAGE, PAGE // 4)
    kept = kept_whole(place, cuts)
    assert 25 * 4 < len(kept) < len(cuts)
    assert kept == [*cuts[: len(kept)]]
    assert kept[-1] % PAGE == 0


def test_lists_that_lead_to_themselves_are_none(place: Path) -> None:
    path = place / "1.mdb"
    many_lists(path)
    os.truncate(path, path.stat().st_size - 1)
    assert lacks_only_free_pages(path)
    with path.open("r+b") as file:
        start = pages._newest(file).root * PAGE
        root = pages._read(file, start, PAGE)
        (node,) = struct.unpack_from("=H", root, pages._HEAD)
        file.seek(start + node)
        file.write(struct.pack("=I", start // PAGE))
    assert not lacks_only_free_pages(path)


def test_each_commit_makes_the_file_as_long_as_it_says(place: Path) -> None:
    with LocalIndex.open(place, write=True) as index:
        writer = Writer(index._data)
        table = index._data.values
        for number in range(5):
            writer.put(table, b"\xff%d" % number, bytes(3 * PAGE))
        writer.delete(table, b"\xff", b"\xff\xff")
        writer.commit()
        assert (place / "1.mdb").stat().st_size == length(index._data.environment)


def test_a_damaged_list_is_none_of_free_pages(place: Path) -> None:
    path = place / "1.mdb"
    give_back(path, 5)
    whole, draw = path.read_bytes(), random.Random(7)
    assert lacks_only_free_pages(path)
    found = []
    for _ in range(400):
        start = draw.randrange(len(whole))
        path.write_bytes((whole[:start] + draw.randbytes(100) + whole[start + 100 :])[: len(whole)])
        found.append(lacks_only_free_pages(path))
    assert 0 < found.count(False) < found.count(True)  # most damage is not in the list
