"""Odd records: encodings, marks, names and heads as they come, each cleaned or told, and none lost in silence."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from cleaner.dedup import Policy
from cleaner.report import Failure, Summary
from cleaner.run import AcrossFiles, clean_files
from cleaner.sources import Record, Source, reading, records
from tests.boxes import crawled, json_lines, sheet, tarred, zipped
from tests.prose import prose
from tests.samples import LEAD, cleaner_with

CLEANER = cleaner_with()
GOOD = f"{LEAD}&nbsp;灯\n"
CLEAN = f"{LEAD} 灯\n"
PAGE = f"<html><body><p>{LEAD}</p></body></html>".encode()


def run(tmp_path: Path, name: str, data: bytes, *, duplicates: Policy | None = None) -> Summary:
    """The account of a run over one file, which balances."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(data)
    across = AcrossFiles(duplicates=duplicates or Policy("off"))
    summary = clean_files([tmp_path / "in"], tmp_path / "out", CLEANER, across=across)
    accounts = summary.facts()["accounts"]
    assert accounts["in"] == accounts["written"] + accounts["dropped"] + accounts["failed"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    return summary


def written(tmp_path: Path, name: str) -> list[Record]:
    """The records that a container went out with."""
    items = records(Source(tmp_path / "out" / "text" / name, name))
    return [item for item in items if isinstance(item, Record)]


def texts(tmp_path: Path, name: str) -> list[str]:
    contents = [record.content for record in written(tmp_path, name)]
    return [content if isinstance(content, str) else content.decode() for content in contents]


def test_a_container_without_records_stands_in_the_account(tmp_path: Path) -> None:
    summary = run(tmp_path, "a.jsonl", b"\n\n")
    (sums,) = summary.facts()["containers"]
    assert (sums["name"], sums["outcomes"], sums["passed"]) == ("a.jsonl", {}, 0)


# lines


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_the_encoding_of_short_lines_is_told_by_all_of_them(tmp_path: Path, encoding: str) -> None:
    words = ["窗口", "月亮", "水井。", "早上", "大風", "老人", "一本書", "石橋"] * 40
    run(tmp_path, "a.jsonl", json_lines([{"text": word} for word in words]).decode().encode(encoding))
    assert texts(tmp_path, "a.jsonl") == words


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_lines_in_utf_16_are_told(tmp_path: Path, encoding: str) -> None:
    (failure,) = run(tmp_path, "a.jsonl", json_lines([{"text": GOOD}]).decode().encode(encoding)).failures
    assert failure == Failure("a.jsonl", "is in UTF-16, which has no lines of JSON; write it in UTF-8")


def test_a_number_of_very_many_digits_passes_through(tmp_path: Path) -> None:
    line = f'{{"id": {"1" * 5000}, "text": "安静。", "n": -{"2" * 9000}}}\n'
    assert not run(tmp_path, "a.jsonl", line.encode()).failures
    assert (tmp_path / "out" / "text" / "a.jsonl").read_text("utf-8") == line


def test_what_stands_instead_of_a_text_is_told(tmp_path: Path) -> None:
    summary = run(
        tmp_path, "a.jsonl", json_lines([{"text": 5}, {"text": None}, {"text": ["x"]}, {"body": {}}, {"x": 1}])
    )
    assert [failure.reason.partition(";")[0] for failure in summary.failures] == [
        "no text in field 'text' but int",
        "no text in field 'text' but list",
        "no text in field 'body' but dict",
        "no text in a field called 'text' or the like",
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_ids_are_told_apart_however_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(reading, "_FRESH", 4)
    rows = [{"id": f"{n % 37}", "text": "安静。"} for n in range(60)]
    (tmp_path / name).write_bytes(json_lines(rows) if name == "a.jsonl" else sheet(rows))
    names = [item.name for item in records(Source(tmp_path / name, name)) if isinstance(item, Record)]
    assert names == [f"{name}/{n}" for n in range(37)] + [f"{name}/{n} ({n + 38})" for n in range(23)]


# tables


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_a_csv_in_any_unicode_is_read(tmp_path: Path, encoding: str) -> None:
    rows = [{"text": GOOD, "id": str(n)} for n in range(9)]
    assert not run(tmp_path, "a.csv", sheet(rows, encoding=encoding)).failures
    assert texts(tmp_path, "a.csv") == [CLEAN] * 9


@pytest.mark.parametrize("tail", [b"\x00", b"\x00\xd8\x41\x00\x0a\x00"])
def test_a_csv_in_utf_16_with_broken_characters_is_read(tmp_path: Path, tail: bytes) -> None:
    data = sheet([{"text": GOOD, "id": str(n)} for n in range(9)], encoding="utf-16")
    run(tmp_path, "a.csv", data + tail)
    assert texts(tmp_path, "a.csv")[:9] == [CLEAN] * 9


def test_a_csv_in_an_encoding_that_has_no_lines_is_told(tmp_path: Path) -> None:
    from cleaner import euc_tw  # noqa: PLC0415

    traditional = "青石橋頭有一家舊書鋪，鋪面不過兩步寬，門口卻總停著幾輛自行車，車筐裡放著剛買的書。" * 9
    (failure,) = run(tmp_path, "a.csv", b"text,id\n" + euc_tw.encode(traditional) + b",1\n").failures
    assert failure.reason.endswith("which cannot be read line by line; write it in UTF-8")


def test_cells_keep_their_line_ends_whatever_the_rows_have(tmp_path: Path) -> None:
    for end in ("\n", "\r\n"):
        folder = tmp_path / repr(end)
        folder.mkdir()
        run(folder, "a.csv", f'id,text,more{end}1,"a&nbsp;b\rc\nd","y\rz"{end}2,"x",""{end}'.encode())
        data = (folder / "out" / "text" / "a.csv").read_bytes().decode()
        assert data.endswith(f"2,x,{end}")
        rows = list(csv.reader(io.StringIO(data, newline=""), strict=True))
        assert rows == [["id", "text", "more"], ["1", "a b\rc\nd", "y\rz"], ["2", "x", ""]]


def test_a_stray_quotation_mark_takes_in_no_other_rows(tmp_path: Path) -> None:
    rows = [["1", f'"{LEAD}'], ["2", "好的。"], ["3", '"他说。'], ["4", "坏的。"], ["5", '"“引文”"']]
    data = "id,text\n" + "".join(",".join(row) + "\n" for row in rows)
    summary = run(tmp_path, "a.csv", data.encode())
    assert [record.id for record in written(tmp_path, "a.csv")] == ["2", "4", "5"]
    assert [failure.name for failure in summary.failures] == ["a.csv:1", "a.csv:3"]
    assert all("mend the quotation marks of this row" in failure.reason for failure in summary.failures)


def test_blank_lines_and_nuls_and_blanks_in_names_hinder_no_csv(tmp_path: Path) -> None:
    assert not run(tmp_path, "a.csv", f'\n \nid, Text\n1,安静\0。\n2,"{GOOD}"\n'.encode()).failures
    assert texts(tmp_path, "a.csv") == ["安静。", CLEAN]


def test_a_csv_whose_header_cannot_be_read_is_told(tmp_path: Path) -> None:
    (failure,) = run(tmp_path, "a.csv", b'"text"x,id\n1,2\n').failures
    assert failure.reason.startswith("no header (")


@pytest.mark.parametrize("kind", ["string_view", "large_string", "dictionary", "binary"])
def test_every_kind_of_text_column_goes_out(tmp_path: Path, kind: str) -> None:
    values = [GOOD, "安静。", None, GOOD]
    plain = pyarrow.array(values, pyarrow.string())
    column = plain.dictionary_encode() if kind == "dictionary" else plain.cast(getattr(pyarrow, kind)())
    more = pyarrow.array([{"a": [1, None]}, None, {"a": []}, None])
    file = io.BytesIO()
    both = pyarrow.table({"id": [1, 2, 3, 4], "text": column, "seen": column, "more": more})
    pyarrow.parquet.write_table(both, file)
    assert not run(tmp_path, "a.parquet", file.getvalue()).failures
    out = pyarrow.parquet.read_table(tmp_path / "out" / "text" / "a.parquet")
    assert out["text"].to_pylist() == [CLEAN, "安静。", None, CLEAN]
    for name in ("id", "seen", "more"):
        assert out.schema.field(name) == both.schema.field(name)
        assert out[name].to_pylist() == both[name].to_pylist()


def test_of_two_columns_of_one_name_the_first_is_cleaned(tmp_path: Path) -> None:
    file = io.BytesIO()
    columns = [pyarrow.array([text]) for text in (GOOD, GOOD, "x", "y")]
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(columns, ["text", "text", "id", "id"]), file)
    assert not run(tmp_path, "a.parquet", file.getvalue()).failures
    (row,) = pyarrow.parquet.ParquetFile(tmp_path / "out" / "text" / "a.parquet").iter_batches()
    assert [column.to_pylist() for column in row.columns] == [[CLEAN], [GOOD], ["x"], ["y"]]


# crawls


def test_bytes_in_an_address_that_are_no_utf_8_are_written_as_addresses_do_it(tmp_path: Path) -> None:
    data = crawled("http://a/AB", GOOD.encode(), media="text/plain").replace(b"AB", "光".encode("gbk"))
    data = data.replace(b"WARC-Record-ID", b"X-Id")  # so that the new one is made of the address
    assert not run(tmp_path, "a.warc", data).failures
    (told,) = (tmp_path / "out" / "reports" / "a.warc.jsonl").read_text("utf-8").splitlines()
    assert json.loads(told)["id"] == "http://a/%B9%E2"
    assert texts(tmp_path, "a.warc") == [CLEAN]


@pytest.mark.parametrize("head", ["Content-Encoding: gzip", "Content-Encoding: br", "Transfer-Encoding: chunked"])
def test_a_page_that_was_unpacked_already_is_read(tmp_path: Path, head: str) -> None:
    page = crawled("http://a/1", PAGE, media=f"text/html\r\n{head}")
    assert not run(tmp_path, "a.warc", page).failures
    assert texts(tmp_path, "a.warc") == [LEAD]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(PAGE)[:20] + b"\xff" * 9 + gzip.compress(PAGE)[29:]),
        ("Transfer-Encoding: chunked", b"20\r\n" + PAGE),
    ],
)
def test_a_page_that_is_packed_and_broken_is_told(tmp_path: Path, head: str, body: bytes) -> None:
    data = crawled("http://a/1", body, media=f"text/html\r\n{head}") + crawled("http://a/2", PAGE)
    (failure,) = run(tmp_path, "a.warc", data).failures
    assert failure.name == "a.warc/http://a/1"
    assert failure.reason.startswith("broken record (")
    assert texts(tmp_path, "a.warc") == [LEAD]


def test_a_page_whose_kind_nobody_says_is_told_by_its_beginning(tmp_path: Path) -> None:
    pages = [PAGE, b"<!-- x -->\n<!DOCTYPE html>" + PAGE, b"\xef\xbb\xbf<?xml version='1.0'?><html>" + PAGE, b"{}", b""]
    data = b"".join(crawled(f"http://a/{n}", page, media="") for n, page in enumerate(pages))
    summary = run(tmp_path, "a.warc", data)
    assert texts(tmp_path, "a.warc") == [LEAD] * 3
    assert summary.facts()["containers"][0]["passed"] == 2


# archives


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["", ".", "./"])
def test_a_member_without_a_name_is_told(tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes], name: str) -> None:
    box = "a.zip" if pack is zipped else "a.tar"
    if (box, name) == ("a.zip", "./"):
        pytest.skip("in a zip this is a folder")
    summary = run(tmp_path, box, pack({name: GOOD.encode(), "a.txt": prose(1).encode()}), duplicates=Policy())
    assert [failure.reason for failure in summary.failures] == ["it has no name; pack it again under one"]
    assert texts(tmp_path, box) == [prose(1)]


def test_names_of_a_tar_in_a_legacy_encoding_are_read(tmp_path: Path) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT, encoding="gb18030") as archive:
        member = tarfile.TarInfo("旧书铺/灯光.txt")
        member.size = len(GOOD.encode())
        archive.addfile(member, io.BytesIO(GOOD.encode()))
    assert not run(tmp_path, "a.tar", file.getvalue()).failures
    assert [record.id for record in written(tmp_path, "a.tar")] == ["旧书铺/灯光.txt"]


@pytest.mark.parametrize("time", ["nan", "-1e400", "1e400", "-5"])
def test_a_member_of_any_time_goes_out(tmp_path: Path, time: str) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.txt")
        member.size, member.pax_headers = len(GOOD.encode()), {"mtime": time}
        archive.addfile(member, io.BytesIO(GOOD.encode()))
    assert not run(tmp_path, "a.tar", file.getvalue()).failures
    assert texts(tmp_path, "a.tar") == [CLEAN]


def test_links_in_a_zip_are_passed_over_and_steps_as_windows_writes_them_are_read(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(zipfile.ZipInfo("b\\a.txt"), GOOD)
    summary = run(tmp_path, "a.zip", file.getvalue())
    assert summary.facts()["containers"][0]["passed"] == 1
    assert texts(tmp_path, "a.zip") == [CLEAN]


@pytest.mark.parametrize("other", ["./a.txt", "b/../a.txt", ".//a.txt"])
def test_members_that_would_lie_at_one_place_are_told(tmp_path: Path, other: str) -> None:
    summary = run(tmp_path, "a.tar", tarred({"a.txt": GOOD.encode(), other: prose(1).encode()}))
    assert len(summary.failures) == 1
    assert texts(tmp_path, "a.tar") == [CLEAN]


def test_a_zip_whose_member_breaks_keeps_the_others(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", prose(1))
        archive.writestr("b.txt", GOOD)
    data = bytearray(file.getvalue())
    data[60:80] = b"\xff" * 20
    (failure,) = run(tmp_path, "a.zip", bytes(data)).failures
    assert failure.name == "a.zip/a.txt"
    assert failure.reason.startswith("broken member (")
    assert texts(tmp_path, "a.zip") == [CLEAN]
