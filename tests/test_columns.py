"""Which columns hold the text, the id and the address, what tells a page, and what is said of columns that aren't."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from cleaner.dedup import Policy
from cleaner.report import Summary
from cleaner.run import AcrossFiles, clean_files
from cleaner.sources import Columns, Passed, Record, Source, Unread, records, rows
from tests.boxes import json_lines, sheet, table, table_rows, tarred, zipped
from tests.samples import ARTICLE, LEAD, cleaner_with
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


# the column of all records, and rows without text


def reports(tmp_path: Path) -> list[dict[str, Any]]:
    (path,) = (tmp_path / "out" / "reports").iterdir()
    return [json.loads(row) for row in rows(path)]


def test_the_text_of_all_lines_stands_in_one_field(tmp_path: Path) -> None:
    made = [
        {"id": 1, "note": "x", "text": None},
        {"id": 2, "content": LEAD},
        {"id": 3, "content": LEAD, "text": "x"},
        {"id": 4, "text": LEAD},
    ]
    facts = run(tmp_path, {"a.jsonl": json_lines(made)}).facts()
    assert facts["accounts"] == {"in": 3, "written": 2, "dropped": 0, "failed": 1}
    assert facts["containers"][0]["passed_for"] == {"no text (null)": 1}
    told = [(row["id"], row["outcome"], row.get("column")) for row in reports(tmp_path)]
    assert told == [
        ("1", "passed", "text"), ("2", "unchanged", "content"), ("3", "unchanged", "content"), ("4", "failed", None),
    ]  # fmt: skip
    assert facts["failures"][0]["name"] == "a.jsonl/4"


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
@pytest.mark.parametrize("twice", [False, True])
def test_rows_without_text_go_out_as_they_came(tmp_path: Path, name: str, twice: bool) -> None:
    made = [{"id": number, "text": text, "n": 3} for number, text in enumerate([None, ARTICLE, None, ARTICLE, None])]
    (tmp_path / name).write_bytes(KINDS[name](made))
    across = AcrossFiles(duplicates=Policy("drop" if twice else "off"))
    facts = clean_files([tmp_path / name], tmp_path / "out", CLEANER, across=across).facts()
    assert (facts["containers"][0]["passed"], facts["accounts"]["failed"]) == (3, 0)
    stay = [row for row in made if not (twice and row["id"] == 3)]
    out = tmp_path / "out" / "text" / name
    assert table_rows(out) == stay if name == "a.parquet" else out.read_bytes() == json_lines(stay)
    assert [row["outcome"] == "passed" for row in reports(tmp_path)] == [True, False, True, False, True]
    told = next((tmp_path / "out" / "reports").iterdir())
    assert command("undo", out, told, "--record", "1")[:2] == (0, ARTICLE)
    assert "has no text, and stands in" in command("undo", out, told, "--record", "2")[2]


def test_the_column_is_remembered_for_undo(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(json_lines([{"text": "&nbsp;x", "raw": "灯&nbsp;x"}]))
    command("clean", tmp_path / "a.jsonl", "-o", tmp_path / "out", "--text-column", "raw")
    out = tmp_path / "out"
    assert command("undo", out / "text" / "a.jsonl", out / "reports" / "a.jsonl", "--record", ":1")[1] == "灯&nbsp;x"


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("value", [5, [1]])
def test_a_row_whose_text_is_none_fails_under_its_id(tmp_path: Path, name: str, value: Any) -> None:
    data = b"id,text\nx7,a,b\n" if name == "a.csv" else KINDS[name]([{"id": "x7", "text": value}])
    (failure,) = run(tmp_path, {name: data}).failures
    assert failure.name == f"{name}/x7"
    assert reports(tmp_path)[0]["id"] == "x7"


def test_null_on_stdin_goes_out_as_it_came() -> None:
    line = b'{"id": 1, "text": null}\n'
    assert command("clean", "-", "--format", "jsonl", stdin=line) == (0, line.decode(), "")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", b""),
        ("a.csv", b"id,text\r\n"),
        ("b.csv", b"\xef\xbb\xbfid;text\n"),
        ("a.jsonl.gz", gzip.compress(b"", mtime=0)),
    ],
)
def test_a_table_without_rows_goes_out_without_rows(tmp_path: Path, name: str, data: bytes) -> None:
    facts = run(tmp_path, {name: data}).facts()
    assert facts["accounts"]["in"] == 0
    written = (tmp_path / "out" / "text" / name).read_bytes()
    assert (gzip.decompress(written) if name.endswith(".gz") else written) == (b"" if "jsonl" in name else data)


def test_parquet_without_rows_goes_out_with_its_schema(tmp_path: Path) -> None:
    schema = pyarrow.schema({"id": pyarrow.int64(), "text": pyarrow.large_string()})
    pyarrow.parquet.write_table(schema.empty_table(), tmp_path / "a.parquet")
    clean_files([tmp_path / "a.parquet"], tmp_path / "out", CLEANER, across=ALONE)
    written = pyarrow.parquet.read_table(tmp_path / "out" / "text" / "a.parquet")
    assert (written.num_rows, written.schema) == (0, schema)


def test_a_table_that_cannot_be_read_does_not_go_out(tmp_path: Path) -> None:
    run(tmp_path, {"a.csv": b"a,b\n1,2\n", "b.parquet": b"x", "c.jsonl": gzip.compress(b"x")})
    assert list((tmp_path / "out" / "text").iterdir()) == []


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_keeps_its_mark_of_utf_8(tmp_path: Path, mark: bytes) -> None:
    data = mark + sheet([{"id": 1, "text": "安静。"}])
    run(tmp_path, {"a.csv": data})
    assert (tmp_path / "out" / "text" / "a.csv").read_bytes() == data
