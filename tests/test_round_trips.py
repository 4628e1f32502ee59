"""Every container, packed by every codec and at every kind of address, goes out as what came in, but for its texts.

What comes out is read here by the libraries alone.
"""

from __future__ import annotations

import csv
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePath
from threading import Thread
from typing import Any, Final, NamedTuple

import fastwarc.warc
import fsspec
import pyarrow.parquet
import pytest

from cleaner.finished import written, written_record
from cleaner.report import source_of
from cleaner.run import clean_files
from cleaner.sinks import Output
from cleaner.sources import Columns, Record, Source, records, rows
from cleaner.weeding import Weeding, weed_files
from tests.boxes import PACK, UNPACK, arc, crawled, json_lines, sheet, table, tarred, zipped
from tests.prose import prose
from tests.samples import cleaner_with

CLEANER = cleaner_with()
DATE: Final = "2024-05-06T07:08:09Z"

NOTE: Final = '旁,"注"\n'
Row = dict[str, Any]
Told = tuple[Any, Any, str]


class Box(NamedTuple):
    """How rows become a container, and what is to be told from one: the id, another field and the text of each row."""

    pack: Callable[[Sequence[Row]], bytes]
    look: Callable[[bytes], list[Told]]
    id: str = "{}"
    note: str | int | tuple[int, ...] | None = None  # the other field, if it isn't that of the row
    suffix: str = ""  # of what goes out, if it is another
    is_page: bool = False


def dirty(number: int) -> str:
    return f"{prose(number, 12)}第{number}&nbsp;<b>灯</b>还亮着。\n"


def clean(number: int) -> str:
    return f"{prose(number, 12)}第{number} 灯还亮着。\n"


def page(text: str) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in text.splitlines())
    return f"<html><body><nav><a href='/'>首页</a></nav><article>{body}</article></body></html>".encode()


SAME: Final = {3: 0}  # the last record says what the first does
ROWS: Final[list[Row]] = [{"id": f"n{n}", "note": NOTE, "text": dirty(SAME.get(n, n))} for n in range(4)]


def _lines(data: bytes) -> list[Told]:
    return [(row["id"], row["note"], row["text"]) for row in map(json.loads, data.splitlines())]


def _sheet(data: bytes, *, delimiter: str) -> list[Told]:
    found = csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=delimiter)
    return [(row["id"], row["note"], row["text"]) for row in found]


def _table(data: bytes) -> list[Told]:
    found = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    return [(row["id"], row["note"], row["text"]) for row in found]


def _crawl(rows_: Sequence[Row], *, of: str, media: str = "text/plain") -> bytes:
    contents = (page(row["text"]) if media == "text/html" else row["text"].encode() for row in rows_)
    return b"".join(
        crawled(row["id"], content, of=of, media=media) for row, content in zip(rows_, contents, strict=True)
    )


def _crawled(data: bytes) -> list[Told]:
    found = fastwarc.warc.ArchiveIterator(io.BytesIO(data))
    return [
        (item.headers["WARC-Target-URI"], item.headers["WARC-Date"], item.reader.read().decode())
        for item in found
        if item.headers["WARC-Type"] == "conversion"
    ]


def _zipped(data: bytes) -> list[Told]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(item.filename, item.date_time, archive.read(item).decode()) for item in archive.infolist()]


def _tarred(data: bytes) -> list[Told]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        opened = [(member, archive.extractfile(member)) for member in archive]
        return [(member.name, member.mtime, file.read().decode()) for member, file in opened if file]


def _members(rows_: Sequence[Row]) -> Mapping[str, bytes]:
    return {f"{row['id']}.txt": row["text"].encode() for row in rows_}


def _whole(data: bytes) -> list[Told]:
    return [(None, None, data.decode())]


def _old_crawl(rows_: Sequence[Row]) -> bytes:
    return arc({f"http://a/{row['id']}": page(row["text"]) for row in rows_})


WHOLE: Final = Box(lambda rows_: rows_[0]["text"].encode(), _whole)
PAGE: Final = Box(lambda rows_: page(rows_[0]["text"]), _whole, is_page=True)
LINES: Final = Box(json_lines, _lines, note=NOTE)
TEXTS: Final = Box(partial(_crawl, of="conversion"), _crawled, note="2024-05-06T07:08:09Z")
BOXES: Final[dict[str, Box]] = {
    ".txt": WHOLE,
    ".md": WHOLE._replace(suffix=".md.txt"),
    ".html": PAGE._replace(suffix=".html.txt"),
    ".htm": PAGE._replace(suffix=".htm.txt"),
    ".jsonl": LINES,
    ".ndjson": LINES,
    ".csv": Box(sheet, partial(_sheet, delimiter=","), note=NOTE),
    ".tsv": Box(partial(sheet, delimiter="\t"), partial(_sheet, delimiter="\t"), note=NOTE),
    ".parquet": Box(table, _table, note=NOTE),
    ".warc": TEXTS._replace(pack=partial(_crawl, of="response", media="text/html"), is_page=True),
    ".wet": TEXTS,
    ".warc.wet": TEXTS,
    ".arc": Box(_old_crawl, _crawled, "http://a/{}", "2020-01-02T03:04:05Z", ".arc.warc", is_page=True),
    ".zip": Box(lambda rows_: zipped(_members(rows_)), _zipped, "{}.txt", (2024, 5, 6, 7, 8, 10)),
    ".tar": Box(lambda rows_: tarred(_members(rows_)), _tarred, "{}.txt", 1_700_000_000),
}
SHORT: Final = {".tgz": (".tar", ".gz"), ".tbz2": (".tar", ".bz2"), ".txz": (".tar", ".xz")}
CASES: Final = {f"{suffix}{codec}": (suffix, codec) for suffix in BOXES for codec in PACK} | SHORT


def put(place: Path, ending: str) -> Path:
    """A container of that ending, with a record whose text an earlier one has; where it goes out as is given back."""
    suffix, codec = CASES[ending]
    place.mkdir(parents=True)
    (place / f"a{ending}").write_bytes(PACK[codec](BOXES[suffix].pack(ROWS)))
    return Path(f"a{ending}" if ending in SHORT else f"a{BOXES[suffix].suffix or suffix}{codec}")


def expected(suffix: str) -> list[Told]:
    """What is to be told from the container that goes out."""
    box = BOXES[suffix]
    if box.look is _whole:
        return [(None, None, clean(0))]
    return [(box.id.format(row["id"]), box.note, clean(number)) for number, row in enumerate(ROWS[:-1])]


def plain(told: list[Told]) -> list[Told]:
    """The same without the blanks that a page has and its text doesn't need."""
    return [(name, note, text.replace("\N{NO-BREAK SPACE}", " ").strip()) for name, note, text in told]


def account(address: Path | str, out: Path) -> dict[str, int]:
    """What became of the records of an input that cannot fail."""
    summary = clean_files([address], out, CLEANER)
    assert summary.failures == []
    accounts: dict[str, int] = summary.facts()["accounts"]
    assert accounts["in"] == accounts["written"] + accounts["dropped"]
    return accounts


def files(out: Path) -> dict[str, bytes]:
    """What a run wrote, without what it keeps for the next."""
    paths = [path for path in out.rglob("*") if path.is_file() and ".cleaner" not in path.parts]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def check_undone(goes_out: Path, output: Output, ending: str) -> None:
    """Each record has its text back, those that were dropped too, by its id and by its number."""
    box = BOXES[CASES[ending][0]]
    for number, row in enumerate(ROWS[: 1 if box.look is _whole else None]):
        if box.look is _whole:
            found = written(goes_out, output.report(f"a{ending}", "json"))
        else:
            told = output.rows(f"a{ending}")
            found = written_record(goes_out, told, record=box.id.format(row["id"]), columns=Columns())
            assert isinstance(told, Path)
            assert found == written_record(goes_out, told, record=f":{_place(told, number)}", columns=Columns())
        source = source_of(*found).decode()
        if box.is_page:
            assert plain([("", "", source)]) == plain([("", "", f"首页\n{clean(SAME.get(number, number))}")])
        else:
            assert source == row["text"]


def _place(told: Path, number: int) -> int:
    """The number that a row tells: those of crawls count what is passed over."""
    place: int = json.loads(list(rows(told))[number])["record"]
    return place


@pytest.mark.parametrize("ending", CASES)
def test_a_container_goes_out_as_it_came_but_for_its_texts_and_is_undone(tmp_path: Path, ending: str) -> None:
    suffix, codec = CASES[ending]
    goes_out = tmp_path / "out" / "text" / put(tmp_path / "in", ending)
    accounts = account(tmp_path / "in", tmp_path / "out")
    assert accounts["dropped"] == (BOXES[suffix].look is not _whole)
    assert plain(BOXES[suffix].look(UNPACK[codec](goes_out.read_bytes()))) == plain(expected(suffix))
    assert [path for path in (tmp_path / "out" / "text").rglob("*") if path.is_file()] == [goes_out]
    assert sum(isinstance(item, Record) for item in records(Source(goes_out, goes_out.name))) == accounts["written"]
    check_undone(goes_out, Output(tmp_path / "out"), ending)


@pytest.mark.parametrize("ending", CASES)
def test_a_container_is_weeded(tmp_path: Path, ending: str) -> None:
    suffix, codec = CASES[ending]
    put(tmp_path / "in", ending)
    accounts = weed_files([tmp_path / "in"], tmp_path / "out", Weeding()).facts()["accounts"]
    (kept,) = (tmp_path / "out" / "kept").iterdir()
    assert accounts["dropped"] == (BOXES[suffix].look is not _whole)
    assert sum(isinstance(item, Record) for item in records(Source(kept, kept.name))) == accounts["written"]
    if suffix not in (".warc", ".arc"):  # whose records are pages, and stay so
        told = BOXES[suffix].look(UNPACK[codec](kept.read_bytes()))
        assert [(name, note) for name, note, _ in told] == [(name, note) for name, note, _ in expected(suffix)]


# addresses


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all containers."""
    folder = tmp_path_factory.mktemp("stored") / "in"
    for ending in BOXES:
        put(folder / ending[1:], ending)
    return folder


@pytest.fixture(scope="module")
def server(stored: Path) -> Iterator[str]:
    """The address at which a server of this machine gives out that folder, each file whole."""
    pytest.importorskip("aiohttp", reason="fsspec reads http by the package aiohttp")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(stored))) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.mark.parametrize("scheme", ["file", "memory", "zip", "tar", "simplecache", "http"])
@pytest.mark.parametrize("ending", BOXES)
def test_an_address_is_read_as_a_file_is(
    tmp_path: Path, stored: Path, request: pytest.FixtureRequest, scheme: str, ending: str
) -> None:
    path = stored / ending[1:] / f"a{ending}"
    if scheme == "http":
        address = f"{request.getfixturevalue('server')}/{ending[1:]}/a{ending}?page=1"
    elif scheme == "memory":
        address = f"memory://round/a{ending}"
        fsspec.filesystem("memory").pipe(address, path.read_bytes())
    elif scheme in ("zip", "tar"):
        box = tmp_path / f"box.{scheme}"
        box.write_bytes({"zip": zipped, "tar": tarred}[scheme]({f"deep/a{ending}": path.read_bytes()}))
        address = f"{scheme}://deep/a{ending}::file://{box}"
    else:
        address = f"file://{path}" if scheme == "file" else f"simplecache::file://{path}"
    assert account(address, tmp_path / "afar") == account(path, tmp_path / "here")
    assert files(tmp_path / "afar") == files(tmp_path / "here")


@pytest.mark.parametrize(
    "address", ["zip://::file://{}", "zip://deep::file://{}", "simplecache::zip://deep/*::file://{}"]
)
def test_a_folder_in_an_archive_is_read_as_a_folder_is(tmp_path: Path, address: str) -> None:
    members = {"deep/a.txt": dirty(0).encode(), "deep/b.jsonl": json_lines(ROWS[1:3])}
    (tmp_path / "box.zip").write_bytes(zipped(members))
    accounts = account(address.format(tmp_path / "box.zip"), tmp_path / "out")
    assert accounts == {"in": 3, "written": 3, "dropped": 0, "failed": 0}
    (text,) = (tmp_path / "out" / "text").rglob("a.txt")
    assert text.read_text("utf-8") == clean(0)
    assert text.with_name("b.jsonl").exists()


def test_names_in_a_store_do_not_lead_out_of_the_output(tmp_path: Path) -> None:
    names = ["../../a.txt", "b/../../../../c.txt", "d\0e.txt"]
    for number, name in enumerate(names):
        fsspec.filesystem("memory").pipe(f"/leads/{name}", dirty(number).encode())
    assert account("memory://leads", tmp_path / "deep" / "out")["written"] == len(names)
    written = sorted(files(tmp_path / "deep" / "out" / "text"))
    assert [PurePath(name).suffix for name in written] == [".txt"] * len(names)
    assert {PurePath(name).name for name in written} >= {"a.txt", "c.txt"}
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


def test_a_member_of_an_archive_whose_name_is_absolute_is_told(tmp_path: Path) -> None:
    (tmp_path / "box.zip").write_bytes(zipped({"/tmp/a.txt": b"x", "b.txt": dirty(1).encode()}))
    summary = clean_files([f"zip://::file://{tmp_path / 'box.zip'}"], tmp_path / "out", CLEANER)
    assert summary.facts()["accounts"] == {"in": 2, "written": 1, "dropped": 0, "failed": 1}
    assert sorted(files(tmp_path / "out" / "text")) == ["b.txt"]


def test_a_service_that_refuses_to_list_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no credentials")

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "isdir", refuse)
    (failure,) = clean_files(["memory://refused"], tmp_path / "out", CLEANER).failures
    assert failure.reason.endswith("check the address")
