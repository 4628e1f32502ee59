"""Bad containers: each gives a clear failure, memory stays bounded, nothing lies outside OUT, and the rest goes on."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cleaner.dedup import Policy
from cleaner.report import Failure, Summary
from cleaner.run import AcrossFiles, clean_files
from cleaner.sources import Columns, crawls, lines, opening, tables
from tests.boxes import PACK, arc, crawled, json_lines, sheet, table, tarred, zipped
from tests.prose import prose
from tests.samples import LEAD, cleaner_with

CLEANER = cleaner_with()
GOOD = f"{LEAD}&nbsp;灯\n"
ALONE = AcrossFiles(duplicates=Policy("off"))
LIMIT = 100_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that small files reach."""
    for module in (opening, lines, tables, crawls):
        monkeypatch.setattr(module, "RECORD_LIMIT", LIMIT)
    monkeypatch.setattr("cleaner.sources.archives.RECORD_LIMIT", LIMIT)
    monkeypatch.setattr(opening, "RATIO_FROM", LIMIT)


def run(tmp_path: Path, files: dict[str, bytes], columns: Columns | None = None) -> Summary:
    """The account of a run over the files and a good one, which is cleaned; nothing lies outside in and out."""
    folder = tmp_path / "in"
    for name, data in {**files, "good.txt": GOOD.encode()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    summary = clean_files([folder], tmp_path / "out", CLEANER, across=ALONE, columns=columns or Columns())
    accounts = summary.facts()["accounts"]
    assert accounts["in"] == accounts["written"] + accounts["dropped"] + accounts["failed"]
    assert (tmp_path / "out" / "text" / "good.txt").read_text("utf-8") == f"{LEAD} 灯\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    return summary


def only_failure(summary: Summary) -> Failure:
    (failure,) = summary.failures
    return failure


ROWS = [{"id": n, "text": prose(n)} for n in range(200)]


@pytest.mark.parametrize("codec", [codec for codec in PACK if codec])
def test_of_a_truncated_container_what_was_read_is_cleaned(tmp_path: Path, codec: str) -> None:
    rows = [{"id": n, "text": prose(n)} for n in range(400)]
    packed = PACK[codec](json_lines(rows))
    summary = run(tmp_path, {f"a.jsonl{codec}": packed[: len(packed) * 3 // 4]})
    failure = only_failure(summary)
    assert failure.name == f"a.jsonl{codec}"
    assert failure.reason.startswith("broken ")
    assert "; get the file again (records before this one: " in failure.reason
    assert summary.facts()["accounts"]["written"] > 10


@pytest.mark.parametrize("codec", [codec for codec in PACK if codec])
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_a_file_that_is_not_packed_as_its_name_says_is_told(tmp_path: Path, codec: str, name: str) -> None:
    failure = only_failure(run(tmp_path, {f"{name}{codec}": GOOD.encode()}))
    assert failure.reason.startswith("broken ")
    assert "it begins with" in failure.reason


@pytest.mark.parametrize("codec", [codec for codec in PACK if codec])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.warc"])
def test_a_packed_file_whose_name_does_not_say_so_is_told(tmp_path: Path, codec: str, name: str) -> None:
    failure = only_failure(run(tmp_path, {name: PACK[codec](GOOD.encode())}))
    assert failure == Failure(name, f"is packed, and its name doesn't say so; add {codec} to it")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.parquet", b"no parquet at all", "broken parquet"),
        ("a.parquet", table(ROWS)[:-200], "broken parquet"),
        ("a.parquet", b"", "broken parquet"),
        ("a.zip", zipped({"a.txt": b"x"})[:-10], "broken zip"),
        ("a.zip", b"no zip", "broken zip"),
        ("a.tar", b"no tar" * 200, "broken tar"),
        ("a.csv", b"", "no text in a column"),
        ("a.csv", b"x,y\n1,2\n", "columns here: x, y"),
        ("a.parquet", table([{"x": 1}]), "columns here: x"),
        ("a.csv", b"\x00\x01\x02", "no text"),
        ("a.warc", b"hello\r\n", "no WARC record begins with b'hello'"),
        ("a.arc", b"hello\n", "no ARC record begins with b'hello'"),
    ],
)
def test_a_container_that_cannot_be_read_is_a_failure(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    assert says in only_failure(run(tmp_path, {name: data})).reason


def test_parquet_with_a_broken_page_keeps_all_other_row_groups(tmp_path: Path) -> None:
    data = bytearray(table(ROWS, row_group_size=50, compression="none", use_dictionary=False))
    place = data.find(prose(180)[:20].encode())
    data[place - 4 : place] = b"\xff\xff\xff\x7f"  # the length of a string
    summary = run(tmp_path, {"a.parquet": bytes(data)})
    failure = only_failure(summary)
    assert failure.name == "a.parquet:151"
    assert "broken parquet" in failure.reason
    assert failure.reason.endswith("; 50 rows are lost")
    assert summary.facts()["containers"][0]["outcomes"] == {"failed": 1, "unchanged": 150}


def test_rows_of_parquet_that_memory_is_too_small_for_are_not_told_as_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    batches = parquet.ParquetFile.iter_batches

    def short(self: Any, *, row_groups: list[int], **others: Any) -> Any:
        if row_groups == [1]:
            raise arrow.ArrowMemoryError("malloc of size 2000000 failed")
        return batches(self, row_groups=row_groups, **others)

    monkeypatch.setattr(parquet.ParquetFile, "iter_batches", short)
    (failure,) = run(tmp_path, {"a.parquet": table(ROWS, row_group_size=50)}).failures
    assert failure.name == "a.parquet:51"
    assert failure.reason.startswith("too little memory (malloc of size 2000000 failed); give the run more")
    assert failure.reason.endswith("; 50 rows are lost")


def test_a_text_column_of_numbers_is_told_row_by_row(tmp_path: Path) -> None:
    summary = run(tmp_path, {"a.parquet": table([{"text": 1}, {"text": None}])})
    assert [failure.reason for failure in summary.failures] == [
        "no text in column 'text' but int; name another column by --text-column",
    ]


# crawls


@pytest.mark.parametrize("length", [40, 60, 5_000, 10**12, "x", "-5", ""])
def test_a_record_of_wrong_length_is_told_and_the_next_are_read(tmp_path: Path, length: int | str) -> None:
    crawl = [
        crawled("http://a/1", GOOD.encode(), media="text/plain"),
        crawled("http://a/2", GOOD.encode(), media="text/plain", length=length),
        crawled("http://a/3", GOOD.encode(), media="text/plain"),
        crawled("http://a/4", GOOD.encode(), media="text/plain"),
    ]
    summary = run(tmp_path, {"a.warc": b"".join(crawl)})
    failure = only_failure(summary)
    assert failure.name == "a.warc:2"
    rows = [json.loads(line) for line in (tmp_path / "out/reports/a.warc.jsonl").read_text("utf-8").splitlines()]
    assert [row["outcome"] for row in rows] == ["cleaned", "failed", "cleaned", "cleaned"]
    assert [row["id"] for row in rows] == ["http://a/1", "", "http://a/3", "http://a/4"]


def test_an_arc_record_of_wrong_length_is_told_and_the_next_are_read(tmp_path: Path) -> None:
    data = arc({f"http://a/{n}": b"<p>" + LEAD.encode() for n in range(3)})
    size = str(len(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>" + LEAD.encode())).encode()
    head = b"http://a/1 1.2.3.4 20200102030405 text/html "
    summary = run(tmp_path, {"a.arc": data.replace(head + size, head + b"50")})
    assert only_failure(summary).name == "a.arc:3"
    assert summary.facts()["containers"][0]["outcomes"] == {"failed": 1, "unchanged": 2}


def test_a_record_that_junk_follows_is_not_trusted(tmp_path: Path) -> None:
    good = crawled("http://a/1", GOOD.encode(), media="text/plain")
    summary = run(tmp_path, {"a.warc": good + b"junk\r\n\r\n" + good.replace(b"a/1", b"a/2")})
    assert "no record ends there; crawl http://a/1 again" in only_failure(summary).reason
    assert summary.facts()["containers"][0]["outcomes"] == {"cleaned": 1, "failed": 1}


@pytest.mark.usefixtures("small")
def test_a_crawled_page_that_unpacks_into_very_much_is_told(tmp_path: Path) -> None:
    body = gzip.compress(b"<p>" + b"a" * 10 * LIMIT)
    page = crawled("http://a/1", body, media="text/html\r\nContent-Encoding: gzip")
    summary = run(tmp_path, {"a.warc": page + crawled("http://a/2", GOOD.encode(), media="text/plain")})
    assert "unpacks into more than" in only_failure(summary).reason


# too long, too much


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", json_lines([{"text": GOOD}, {"text": "长" * LIMIT}, {"text": GOOD}])),
        ("a.csv", sheet([{"text": GOOD}, {"text": "长" * LIMIT * 2}, {"text": GOOD}])),
        ("a.zip", zipped({"a.txt": GOOD.encode(), "b.txt": os.urandom(LIMIT) * 2, "c.txt": GOOD.encode()})),
        ("a.tar", tarred({"a.txt": GOOD.encode(), "b.txt": b"x" * LIMIT * 2, "c.txt": GOOD.encode()})),
        (
            "a.warc",
            crawled("u:a", GOOD.encode(), of="conversion")
            + crawled("u:b", b"x" * LIMIT * 2, of="conversion")
            + crawled("u:c", GOOD.encode(), of="conversion"),
        ),
    ],
)
def test_a_record_that_is_too_long_is_told_and_the_next_are_read(tmp_path: Path, name: str, data: bytes) -> None:
    summary = run(tmp_path, {name: data})
    assert "more than" in only_failure(summary).reason
    assert summary.facts()["containers"][0]["outcomes"] == {"cleaned": 2, "failed": 1}


@pytest.mark.usefixtures("small")
def test_a_file_that_is_too_long_is_told(tmp_path: Path) -> None:
    failure = only_failure(run(tmp_path, {"a.txt": b"x" * (LIMIT + 1)}))
    assert "cut it into several files" in failure.reason


@cache
def bomb(name: str, codec: str) -> bytes:
    """Little that unpacks into very much, as a file of that name."""
    zeros = bytes(50_000_000)
    return PACK[codec]({"a.csv": b"text\n" + zeros, "a.tar": tarred({"a.txt": zeros})}.get(name, zeros))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("codec", [".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv", "a.tar"])
def test_a_bomb_is_told(tmp_path: Path, codec: str, name: str) -> None:
    summary = run(tmp_path, {f"{name}{codec}": bomb(name if name in ("a.csv", "a.tar") else "", codec)})
    told = [failure.reason for failure in summary.failures]
    assert any("a bomb; leave it out" in reason or "more than" in reason for reason in told)


@pytest.mark.usefixtures("small")
def test_a_bomb_in_a_zip_is_told_and_the_other_members_are_read(tmp_path: Path) -> None:
    data = zipped({"a.txt": b"\x00" * 50_000_000, "b.txt": GOOD.encode()})
    summary = run(tmp_path, {"a.zip": data})
    assert "a bomb; leave it out" in only_failure(summary).reason
    assert summary.facts()["containers"][0]["outcomes"] == {"cleaned": 1, "failed": 1}


def test_a_zip_that_lies_about_its_sizes_is_told(tmp_path: Path) -> None:
    data = zipped({"a.txt": b"a" * 5_000_000, "b.txt": GOOD.encode()})
    summary = run(tmp_path, {"a.zip": data.replace((5_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))})
    assert only_failure(summary).name.startswith("a.zip/a.txt")
    assert summary.facts()["containers"][0]["outcomes"]["cleaned"] == 1


# names


@pytest.mark.parametrize("name", ["../a.txt", "/tmp/a.txt", "b/../../a.txt", "C:\\a.txt", "..\\a.txt"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_out_of_an_archive_are_refused(
    tmp_path: Path, name: str, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    box = "a.zip" if pack is zipped else "a.tar"
    summary = run(tmp_path, {box: pack({name: GOOD.encode(), "b.txt": GOOD.encode()})})
    assert "leads out of the archive" in only_failure(summary).reason
    assert summary.facts()["containers"][0]["outcomes"] == {"cleaned": 1, "failed": 1}


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"a.txt": b"1", "a": b"2"}, "an earlier record has its id"),
        ({"a.txt": b"1", "b.jsonl": b"{}"}, "a container in a container"),
        ({"a.txt": b"1", "b.zip": b"PK"}, "a container in a container"),
    ],
)
def test_members_that_cannot_go_out_are_told(tmp_path: Path, members: dict[str, bytes], says: str) -> None:
    summary = run(tmp_path, {"a.zip": zipped(members)})
    assert says in only_failure(summary).reason
    assert zipfile.ZipFile(tmp_path / "out" / "text" / "a.zip").namelist() == ["a.txt"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_ids_that_are_taken_are_told_if_the_column_was_named(tmp_path: Path, name: str) -> None:
    rows = [{"id": "x", "text": GOOD}, {"id": "x", "text": prose(1)}, {"id": "y", "text": prose(2)}]
    data = {"a.jsonl": json_lines(rows), "a.csv": sheet(rows), "a.parquet": table(rows)}[name]
    failure = only_failure(run(tmp_path, {name: data}, Columns(id="id")))
    assert failure == Failure(f"{name}/x (2)", "an earlier record has its id; give it one of its own")
    summary = run(tmp_path, {name: data})
    assert summary.facts()["containers"][0]["outcomes"] == {"cleaned": 1, "unchanged": 2}


@pytest.mark.parametrize(
    "names", [("a.html.gz", "a.html.txt.gz"), ("a.arc", "a.arc.warc"), ("a.csv", "a.csv.jsonl"), ("a.gz", "a.gz.txt")]
)
def test_of_two_inputs_for_one_output_the_first_has_it(tmp_path: Path, names: tuple[str, str]) -> None:
    contents = {
        ".gz": gzip.compress(GOOD.encode()),
        ".arc": arc({"http://a": b"<p>" + LEAD.encode()}),
        ".warc": crawled("http://a", GOOD.encode(), of="conversion"),
        ".csv": sheet([{"text": GOOD}]),
        ".jsonl": json_lines([{"text": GOOD}]),
        ".txt": GOOD.encode(),
    }
    summary = run(tmp_path, {name: contents[Path(name).suffix] for name in names})
    failure = only_failure(summary)
    assert failure.name == names[1]
    assert "its output is already written for" in failure.reason


def test_an_id_that_only_looks_like_an_address_is_an_id(tmp_path: Path) -> None:
    run(tmp_path, {"a.jsonl": json_lines([{"url": "http://[b.example/1", "text": GOOD}])})
    (row,) = map(json.loads, (tmp_path / "out" / "text" / "a.jsonl").read_text("utf-8").splitlines())
    assert row["text"] == f"{LEAD} 灯\n"


@pytest.mark.parametrize("line", [b"{no json", b"[1]", b'{"text": 1}', b"[" * 100_000, b"\x00\x01\x02"])
def test_a_line_that_holds_no_text_is_told(tmp_path: Path, line: bytes) -> None:
    good = json_lines([{"id": 1, "text": GOOD}])
    summary = run(tmp_path, {"a.jsonl": good + line + b"\n" + good.replace(b"1", b"2")})
    assert only_failure(summary).name == "a.jsonl:2"
    assert summary.facts()["containers"][0]["outcomes"] == {"cleaned": 2, "failed": 1}


def test_lines_in_a_legacy_encoding_or_with_half_characters_are_cleaned(tmp_path: Path) -> None:
    data = json_lines([{"text": GOOD}]).decode().encode("gb18030") + b'{"text": "a\\ud800b&nbsp;c"}\n'
    assert not run(tmp_path, {"a.jsonl": data}).failures
    written = (tmp_path / "out" / "text" / "a.jsonl").read_bytes().splitlines()
    assert json.loads(written[0])["text"] == f"{LEAD} 灯\n"


@pytest.mark.parametrize(
    "data",
    [
        b'text,n\n"never closed,1\nb,2\nc,3\n',
        b'text,n\na"b",1\n"x"y,2\nc,3\n',
        b"text,n\na\nb,2,3\nc,3\n",
    ],
)
def test_broken_rows_of_a_csv_are_told_and_the_last_is_read(tmp_path: Path, data: bytes) -> None:
    summary = run(tmp_path, {"a.csv": data + b'd,"4"\n'})
    assert summary.failures
    assert all(failure.name.startswith("a.csv:") for failure in summary.failures)


# memory


_SCRIPT = """
import resource, sys
from pathlib import Path
from typing import Any
from cleaner.dedup import Policy
from cleaner.run import AcrossFiles, clean_files
from tests.samples import cleaner_with
import pyarrow.parquet, fastwarc.warc
from cleaner.sinks import containers
containers._ROWS = 200  # of a table that goes out, waiting to be a row group
cleaner = cleaner_with()
clean_files([sys.argv[5]], Path(sys.argv[2] + "-first"), cleaner)
base = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (base + int(sys.argv[3]),) * 2)
summary = clean_files([sys.argv[1]], Path(sys.argv[2]), cleaner, across=AcrossFiles(duplicates=Policy(sys.argv[4])))
print(summary.facts()["accounts"])
"""


def in_bounds(path: Path, out: Path, *, room: int, duplicates: str = "off") -> str:
    """What a run in a process of its own prints, which may use so many bytes more than an idle one."""
    first = path.parent / f"first-{path.name}"  # so that what a kind needs once is there before
    written_large(first, size=100_000)
    words = [sys.executable, "-c", _SCRIPT, str(path), str(out), str(room), duplicates, str(first)]
    environment = {
        **os.environ,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "1",  # others have room before it is measured, in which much would not be noticed
        "MALLOC_MMAP_THRESHOLD_": "131072",  # or it grows, and what large buffers leave between small ones counts
    }
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def written_large(path: Path, *, size: int, each: int = 2_000) -> int:
    """Write a container of records of `each` bytes with a short text, `size` in all; gives the number of records."""
    count = size // each
    texts = ({"id": n, "text": "短文。", "filling": f"{n:09}" + "x" * (each - 100)} for n in range(count))
    if path.suffix == ".parquet":
        import pyarrow  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415

        schema = pyarrow.schema({"id": pyarrow.int64(), "text": pyarrow.string(), "filling": pyarrow.string()})
        with pyarrow.parquet.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
            while rows := [*islice(texts, 2_000_000 // each)]:
                writer.write_table(pyarrow.Table.from_pylist(rows, schema))
        return count
    with gzip.open(path, "wb", 1) if path.suffix == ".gz" else path.open("wb") as file:
        for row in texts:
            file.write(json_lines([row]))
    return count


@pytest.mark.slow
@pytest.mark.parametrize(("name", "each"), [("a.jsonl", 5_000), ("a.jsonl.gz", 5_000), ("a.parquet", 5_000)])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str, each: int) -> None:
    count = written_large(tmp_path / name, size=20_000_000, each=each)
    assert f"'written': {count}" in in_bounds(tmp_path / name, tmp_path / "out", room=24_000_000)


@pytest.mark.slow
def test_a_line_of_a_gigabyte_is_told_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(json_lines([{"text": GOOD}]))
        file.write(b'{"text": "')
        file.seek(1 << 30, os.SEEK_CUR)  # zeros that take no room on the disk
        file.write(b'"}\n')
        file.write(json_lines([{"text": GOOD}]))
    assert "'written': 2, 'dropped': 0, 'failed': 1" in in_bounds(path, tmp_path / "out", room=300_000_000)
