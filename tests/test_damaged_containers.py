"""Damaged containers: what stands before the damage is read, what it took is told, and none of it ends a run."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from cleaner.dedup import Policy
from cleaner.extract import parsing
from cleaner.report import Failure, Summary
from cleaner.run import AcrossFiles, clean_files
from cleaner.sources import Columns, Record, Source, Unread, opening, reading, records
from tests.boxes import PACK, arc, crawled, json_lines, sheet, table, tarred, zipped
from tests.prose import prose
from tests.samples import LEAD, cleaner_with

CLEANER = cleaner_with()
GOOD = f"{LEAD}&nbsp;灯\n"
CLEAN = f"{LEAD} 灯\n"
PAGE = f"<html><body><p>{LEAD}</p></body></html>".encode()
ROWS = [{"id": n, "text": prose(n)} for n in range(40)]
CODECS = [codec for codec in PACK if codec]


def run(tmp_path: Path, files: dict[str, bytes], columns: Columns | None = None) -> Summary:
    """The account of a run over the files, which balances, beside a good one, which is cleaned."""
    for name, data in {**files, "good.txt": GOOD.encode()}.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    across = AcrossFiles(duplicates=Policy("off"))
    summary = clean_files([tmp_path / "in"], tmp_path / "out", CLEANER, across=across, columns=columns or Columns())
    accounts = summary.facts()["accounts"]
    assert accounts["in"] == accounts["written"] + accounts["dropped"] + accounts["failed"]
    assert (tmp_path / "out" / "text" / "good.txt").read_text("utf-8") == CLEAN
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    return summary


def written(tmp_path: Path, name: str) -> list[str]:
    """The texts that a container went out with."""
    items = records(Source(tmp_path / "out" / "text" / name, name))
    contents = [item.content for item in items if isinstance(item, Record)]
    return [content if isinstance(content, str) else content.decode() for content in contents]


def read(path: Path, data: bytes) -> tuple[list[Record], list[Unread]]:
    """The records of a container of that data, and what cannot be read of it."""
    path.write_bytes(data)
    items = list(records(Source(path, path.name)))
    numbers = [item.number for item in items]
    assert numbers == sorted(numbers)
    return [item for item in items if isinstance(item, Record)], [item for item in items if isinstance(item, Unread)]


# packed files


@pytest.mark.parametrize("codec", CODECS)
def test_a_packed_file_may_be_cut_anywhere(tmp_path: Path, codec: str) -> None:
    data = PACK[codec](json_lines(ROWS))
    for cut in (*range(20), *range(20, len(data), len(data) // 25), *range(len(data) - 20, len(data))):
        found, (unread,) = read(tmp_path / f"a.jsonl{codec}", data[:cut])
        assert [record.content for record in found] == [row["text"] for row in ROWS[: len(found)]]
        assert unread.name == f"a.jsonl{codec}"
        assert unread.reason.startswith("broken ")


@pytest.mark.parametrize("codec", [codec for codec in CODECS if codec != ".zst"])  # whose last block is one piece
def test_all_that_stands_before_the_cut_is_cleaned(tmp_path: Path, codec: str) -> None:
    summary = run(tmp_path, {f"a.jsonl{codec}": PACK[codec](json_lines(ROWS))[:-1]})
    (failure,) = summary.failures
    assert failure.reason.endswith("; get the file again (records before this one: 40)")
    assert written(tmp_path, f"a.jsonl{codec}") == [row["text"] for row in ROWS]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("behind", ["junk", "a cut member", "a broken member"])
def test_what_stands_behind_the_end_is_told(tmp_path: Path, codec: str, behind: str) -> None:
    second = PACK[codec](json_lines(ROWS))
    tail = {"junk": b"junk" * 50, "a cut member": second[: len(second) // 8], "a broken member": b"X" + second[1:]}
    found, (unread,) = read(tmp_path / f"a.jsonl{codec}", PACK[codec](json_lines(ROWS)) + tail[behind])
    assert len(found) >= len(ROWS)
    assert unread.reason.startswith("broken ")


@pytest.mark.parametrize("codec", CODECS)
def test_all_members_of_a_packed_file_are_read(tmp_path: Path, codec: str) -> None:
    data = PACK[codec](json_lines(ROWS[:20])) + PACK[codec](b"") + PACK[codec](json_lines(ROWS[20:]))
    padding = bytes(512) if codec in (".gz", ".xz") else b""
    found, unread = read(tmp_path / f"a.jsonl{codec}", data + padding)
    assert [record.content for record in found] == [row["text"] for row in ROWS]
    assert unread == []


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.warc"])
def test_a_packed_file_of_no_bytes_is_told(tmp_path: Path, codec: str, name: str) -> None:
    (failure,) = run(tmp_path, {f"{name}{codec}": b""}).failures
    assert failure.name == f"{name}{codec}"
    assert failure.reason.endswith(" data (the file is empty); get the file again")


def test_a_file_that_takes_much_memory_to_unpack_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_MEMORY", 1 << 20)
    (failure,) = run(tmp_path, {"a.txt.xz": lzma.compress(GOOD.encode())}).failures
    assert failure.reason == "takes more than 1 MiB to unpack; pack it again by the default settings"


def test_a_crawl_whose_gzip_breaks_keeps_the_records_before(tmp_path: Path) -> None:
    crawl = [gzip.compress(crawled(f"http://a/{n}", GOOD.encode(), of="conversion")) for n in range(4)]
    broken = crawl[2][:40] + b"XX" + crawl[2][42:]
    summary = run(tmp_path, {"a.warc.gz": crawl[0] + crawl[1] + broken + crawl[3]})
    (failure,) = summary.failures
    assert failure.reason.endswith("get the file again (records before this one: 2)")
    assert written(tmp_path, "a.warc.gz") == [CLEAN, CLEAN]


# any damage


def boxes() -> dict[str, bytes]:
    """A small container of every kind."""
    texts = [f"{LEAD}第{n}篇“引文”\n次行" for n in range(8)]
    rows = [{"id": f"k{n}", "text": text, "more": {"a": [n]}} for n, text in enumerate(texts)]
    cells = [{"id": f"k{n}", "text": text} for n, text in enumerate(texts)]
    members = {f"{n}.txt": text.encode() for n, text in enumerate(texts)}
    packed = [gzip.compress(PAGE) if n % 2 else PAGE for n in range(8)]
    heads = ["text/html" + "\r\nContent-Encoding: gzip" * (n % 2) for n in range(8)]
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return {
        "a.jsonl": json_lines(rows),
        "a.csv": sheet(cells),
        "b.csv": sheet(cells, encoding="gb18030"),
        "c.csv": sheet(cells, encoding="utf-16"),
        "d.csv": sheet(cells, encoding="utf-32"),
        "a.parquet": table(rows, row_group_size=3, compression="none"),
        "b.parquet": table(rows, use_dictionary=False),
        "a.warc": b"".join(crawled(f"http://a/{n}", packed[n], media=heads[n]) for n in range(8)),
        "a.warc.gz": b"".join(gzip.compress(crawled(f"http://a/{n}", PAGE)) for n in range(8)),
        "a.arc": arc({f"http://a/{n}": PAGE for n in range(8)}),
        "a.zip": zipped(members),
        "b.zip": plain.getvalue(),
        "a.tar": tarred(members),
        "a.tar.gz": gzip.compress(tarred(members)),
        "a.jsonl.bz2": bz2.compress(json_lines(rows)),
    }


def damaged(data: bytes, seed: int) -> bytes:
    """The data with some bytes changed, some lost and some put in."""
    dice, damage = random.Random(seed), bytearray(data)
    for _ in range(dice.choice((1, 2, 5, 20))):
        place = dice.randrange(len(damage))
        kind = dice.random()
        if kind < 0.6:
            damage[place] = dice.randrange(256)
        elif kind < 0.8:
            del damage[place : place + dice.randrange(1, 50)]
        else:
            damage[place:place] = dice.randbytes(dice.randrange(1, 20))
    return bytes(damage)


@pytest.mark.parametrize("name", boxes())
def test_no_damage_ends_the_reading(tmp_path: Path, name: str) -> None:
    data = boxes()[name]
    assert len(read(tmp_path / name, data)[0]) == 8
    for seed in range(120):
        read(tmp_path / name, damaged(data, seed))


def test_no_damage_ends_a_run(tmp_path: Path) -> None:
    files = {f"{seed}/{name}": damaged(data, seed) for name, data in boxes().items() for seed in range(8)}
    run(tmp_path, files)


def test_an_error_that_nobody_thought_of_ends_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unheard_of(*_: object) -> Iterator[Record]:
        yield Record("", 1, "x", GOOD)
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(reading, "read_tar", unheard_of)
    found, (unread,) = read(tmp_path / "a.tar", b"")
    assert len(found) == 1
    told = "broken tar (ZeroDivisionError: by zero); get the file again (records before this one: 1)"
    assert unread == Unread("a.tar", 2, told)


def test_a_codec_that_parquet_does_not_have_is_told(tmp_path: Path) -> None:
    data = table([{"text": GOOD}] * 4, row_group_size=2)
    assert data.count(b"\x04text\x15\x02") == 2  # the name of the column, and snappy
    summary = run(tmp_path, {"a.parquet": data.replace(b"\x04text\x15\x02", b"\x04text\x15\x3c", 1)})
    (failure,) = summary.failures
    assert failure.reason.endswith("; get the file again; 2 rows are lost")
    assert written(tmp_path, "a.parquet") == [CLEAN, CLEAN]


def test_text_in_parquet_that_is_no_utf_8_is_decoded(tmp_path: Path) -> None:
    legacy = pyarrow.array([GOOD.encode("gb18030"), GOOD.encode()], pyarrow.binary())
    texts = pyarrow.Array.from_buffers(pyarrow.string(), 2, legacy.buffers())
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"id": ["a", "b"], "text": texts, "same": texts}), file)
    assert not run(tmp_path, {"a.parquet": file.getvalue()}).failures
    assert written(tmp_path, "a.parquet") == [CLEAN, CLEAN]


@pytest.mark.parametrize("change", ["a checksum", "a length", "a long name"])
def test_a_broken_head_of_a_tar_is_not_its_end(tmp_path: Path, change: str) -> None:
    members = {f"{n}.txt": GOOD.encode() for n in range(3)}
    if change == "a long name":
        members = {"0.txt": GOOD.encode(), "x" * 2_000_000: GOOD.encode()}
    data = bytearray(tarred(members))
    if change == "a checksum":
        data[1024 + 148] ^= 1
    elif change == "a length":
        data[1024 + 124 : 1024 + 136] = b"\xff" * 12
        data[1024 + 148 : 1024 + 156] = b" " * 8
        data[1024 + 148 : 1024 + 156] = b"%06o\0 " % sum(data[1024:1536])
    (failure,) = run(tmp_path, {"a.tar": bytes(data)}).failures
    assert failure.reason.startswith("broken tar (")
    assert failure.reason.endswith("; get the file again (records before this one: 1)")
    assert written(tmp_path, "a.tar") == [CLEAN]


def test_a_tar_that_is_cut_between_two_members_is_told(tmp_path: Path) -> None:
    (failure,) = run(tmp_path, {"a.tar": tarred({"a.txt": GOOD.encode(), "b.txt": GOOD.encode()})[:1024]}).failures
    told = "broken tar (it ends without a mark of its end); get the file again (records before this one: 1)"
    assert failure == Failure("a.tar", told)


def test_tars_behind_each_other_are_read(tmp_path: Path) -> None:
    data = tarred({"a.txt": GOOD.encode()}) + tarred({"b.txt": GOOD.encode()})
    assert not run(tmp_path, {"a.tar": data}).failures
    assert written(tmp_path, "a.tar") == [CLEAN, CLEAN]


def test_a_page_of_very_many_tags_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_MOST_TAGS", 100)
    pages = {"a.html": b"<p>" * 101 + PAGE, "b.html": b"<<<<<<<" * 100 + PAGE}
    (failure,) = run(tmp_path, pages).failures
    assert failure == Failure("a.html", "a page of 107 tags, where 100 are too many; cut it, or leave it out")
