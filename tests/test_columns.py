"""Which columns hold the text, the id and the address, what tells a page, and what is said of columns that aren't."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cleaner.dedup import Policy
from cleaner.report import Summary
from cleaner.run import AcrossFiles, clean_files
from cleaner.sources import Columns, Passed, Record, Source, Unread, records
from tests.boxes import json_lines, sheet, table, tarred, zipped
from tests.samples import LEAD, cleaner_with
from tests.test_cli import run as command

CLEANER = cleaner_with()
ALONE = AcrossFiles(duplicates=Policy("off"))
PAGE = f"<!-- x -->\n<!DOCTYPE html>\n<html><head><title>灯</title></head><body><p>{LEAD}</p></body></html>"
KINDS: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {"a.jsonl": json_lines, "a.csv": sheet, "a.parquet": table}


def run(tmp_path: Path, files: dict[str, bytes], columns: Columns | None = None) -> Summary:
    for name, data in files.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    return clean_files([tmp_path / "in"], tmp_path / "out", CLEANER, across=ALONE, columns=columns or Columns())


def found(tmp_path: Path, name: str, data: bytes, columns: Columns | None = None) -> list[Record | Unread | Passed]:
    (tmp_path / name).write_bytes(data)
    return list(records(Source(tmp_path / name, name), columns or Columns()))


def texts(tmp_path: Path, name: str) -> list[Any]:
    path = tmp_path / "out" / "text" / name
    return [item.content for item in records(Source(path, name)) if isinstance(item, Record)]


# addresses


@pytest.mark.parametrize("name", KINDS)
def test_the_address_of_a_page_is_read_beside_its_id(tmp_path: Path, name: str) -> None:
    rows_ = [{"id": "7", "URL": "http://a.example/7", "src": "http://b.example/7", "text": LEAD}]
    (guessed,) = found(tmp_path, name, KINDS[name](rows_))
    (named,) = found(tmp_path, name, KINDS[name](rows_), Columns(url="src"))
    assert isinstance(guessed, Record)
    assert isinstance(named, Record)
    assert (guessed.id, guessed.url, named.url) == ("7", "http://a.example/7", "http://b.example/7")


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("columns", [{"id": 7, "url": "https://lamps.example/7"}, {"id": "https://lamps.example/7"}])
def test_the_sites_of_pages_are_known_by_their_addresses(tmp_path: Path, name: str, columns: dict[str, Any]) -> None:
    page = f"<p>{LEAD}{LEAD}</p><div class=lamp>灯亮了，街上的人都看见了。</div>"
    site = tmp_path / "lamps.toml"
    site.write_text('hosts = ["lamps.example"]\ncontent = [".lamp"]\n', "utf-8")
    cleaner = cleaner_with(site_files=[site])
    (tmp_path / name).write_bytes(KINDS[name]([{**columns, "html": page}]))
    clean_files([tmp_path / name], tmp_path / "out", cleaner, across=ALONE)
    (record,) = records(Source(tmp_path / "out" / "text" / name, name))
    assert isinstance(record, Record)
    assert record.content == "灯亮了，街上的人都看见了。"


# pages


@pytest.mark.parametrize("name", ["noext", "view.php", "index.php?id=3", "a.txt", "a.txt.gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_that_begins_as_a_page_is_one(tmp_path: Path, name: str, encoding: str) -> None:
    data = PAGE.encode(encoding)
    run(tmp_path, {name: gzip.compress(data) if name.endswith(".gz") else data})
    (path,) = (tmp_path / "out" / "text").iterdir()
    written = path.read_bytes()
    assert (gzip.decompress(written) if name.endswith(".gz") else written).decode() == LEAD


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("column", ["content", "text"])
def test_a_cell_that_begins_as_a_page_is_one(tmp_path: Path, name: str, column: str) -> None:
    run(tmp_path, {name: KINDS[name]([{column: PAGE}, {column: f"灯亮了。{LEAD}"}])})
    assert texts(tmp_path, name) == [LEAD, f"灯亮了。{LEAD}"]


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_a_member_that_begins_as_a_page_is_one(tmp_path: Path, name: str) -> None:
    run(tmp_path, {name: (zipped if name == "a.zip" else tarred)({"view": PAGE.encode()})})
    assert texts(tmp_path, name) == [LEAD.encode()]


def test_a_page_on_stdin_is_one() -> None:
    assert command("clean", "-", stdin=PAGE.encode()) == (0, LEAD, "")


@pytest.mark.parametrize("name", KINDS)
def test_a_column_that_is_said_to_hold_pages_does(tmp_path: Path, name: str) -> None:
    page = f"<nav>首页</nav><p>{LEAD}</p>"
    run(tmp_path, {name: KINDS[name]([{"text": "x", "raw": page}])}, Columns(html="raw"))
    (row,) = records(Source(tmp_path / "out" / "text" / name, name), Columns("raw"))
    assert isinstance(row, Record)
    assert row.content == LEAD


def test_a_column_cannot_be_said_to_hold_both(tmp_path: Path) -> None:
    words = ("clean", tmp_path, "-o", tmp_path / "out", "--text-column", "a", "--html-column", "b")
    code, _, stderr = command(*words)
    assert (code, "leave out one" in stderr) == (2, True)


@pytest.mark.parametrize("data", [b'[{"text": "x"}]', b'\xef\xbb\xbf\n{"text": "x"}', b'{"a": 1}\n{"a": 2}\n'])
def test_json_that_is_no_json_lines_is_told(tmp_path: Path, data: bytes) -> None:
    summary = run(tmp_path, {"a.json": data, "b.zip": zipped({"c.json": data})})
    assert [failure.name for failure in summary.failures] == ["a.json", "b.zip/c.json"]
    assert all("call it .jsonl" in failure.reason for failure in summary.failures)


# columns that are named, and aren't there


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (Columns("gone"), "no text in a {} 'gone'; name the {} that has it by --text-column"),
        (Columns(html="gone"), "no page in a {} 'gone'; name the {} that has it by --html-column"),
        (Columns(id="gone"), "no id in a {} 'gone'; name the {} that has it by --id-column"),
        (Columns(url="gone"), "no address in a {} 'gone'; name the {} that has it by --url-column"),
    ],
)
def test_a_column_that_is_named_and_is_not_there_is_told(
    tmp_path: Path, name: str, columns: Columns, says: str
) -> None:
    (unread,) = found(tmp_path, name, KINDS[name]([{"id": 1, "text": LEAD}]), columns)
    assert isinstance(unread, Unread)
    kind = "field" if name == "a.jsonl" else "column"
    assert unread.reason == says.format(kind, kind) + f" ({kind}s here: id, text)"
