"""Real crawls and pages from one end to the other; without the folder that holds them there is nothing to run on.

`CLEANER_DATA` names the folder, as for measurements (`bench.corpora`).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from statistics import fmean
from typing import Any, Final, NamedTuple

import fastwarc.warc
import pytest
from typer.testing import CliRunner

from bench.corpora import FOLDER
from bench.kept import Kept, kept_of
from bench.marked import Marked, pages
from cleaner.cleaning import read_record
from cleaner.cli import app
from cleaner.finished import written, written_record
from cleaner.pipeline import Cleaner
from cleaner.report import Summary, document_of
from cleaner.run import clean_files
from cleaner.sources import Columns, Record, Source, records, rows
from tests.boxes import crawled

CRAWL: Final = FOLDER / "sample.warc.gz"
PAGES: Final = FOLDER / "html_zh"
LEAST_F1: Final = 0.92  # of clean text, the mean over pages: 0.938 when this was written
MOST_LOST: Final = 0.01  # of marked text that the later layers take, the mean over pages: 0.003 was measured
MOST_LOST_OF_A_PAGE: Final = 0.12  # 0.085, the addresses of the pictures of one page
NAMES: Final = {"utf-8": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "windows-1251": "cp1251"}

has_crawl = pytest.mark.skipif(not CRAWL.exists(), reason=f"{CRAWL} is not there; CLEANER_DATA names the folder")
has_pages = pytest.mark.skipif(not PAGES.exists(), reason=f"{PAGES} is not there; CLEANER_DATA names the folder")


class Run(NamedTuple):
    """The account of a run, and the folder it wrote to."""

    summary: Summary
    out: Path

    @property
    def accounts(self) -> dict[str, int]:
        found: dict[str, int] = self.summary.facts()["accounts"]
        assert found["in"] == found["written"] + found["dropped"] + found["failed"]
        return found


# a crawl


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory, cleaner: Cleaner) -> Run:
    out = tmp_path_factory.mktemp("crawl")
    return Run(clean_files([CRAWL], out, cleaner), out)


@pytest.fixture(scope="module")
def read() -> dict[int, Record]:
    """The records of the crawl that are pages, by their numbers."""
    found = records(Source(CRAWL, CRAWL.name))
    return {item.number: item for item in found if isinstance(item, Record)}


def told(run: Run) -> list[dict[str, Any]]:
    return [json.loads(row) for row in rows(run.out / "reports" / "sample.warc.jsonl.gz")]


@has_crawl
def test_all_records_of_a_crawl_are_accounted_for(crawl: Run, read: dict[int, Record]) -> None:
    with CRAWL.open("rb") as file:
        every = sum(1 for _ in fastwarc.warc.ArchiveIterator(file, parse_http=False))
    (container,) = crawl.summary.facts()["containers"]
    assert crawl.accounts["in"] == len(read) > 0
    assert crawl.accounts["in"] + container["passed"] == every
    assert sum(container["outcomes"].values()) == crawl.accounts["in"]
    assert crawl.accounts["failed"] == 0


@has_crawl
def test_a_crawl_has_a_report_row_for_each_page(crawl: Run, read: dict[int, Record]) -> None:
    found = told(crawl)
    assert [(row["record"], row["id"]) for row in found] == [(number, record.id) for number, record in read.items()]
    for row in found:
        assert row["name"].startswith("sample.warc.gz/http")
        assert row["outcome"] in ("cleaned", "unchanged", "dropped")
        assert all(edit["why"] and edit["rule"] for layer in row["layers"] for edit in layer)


@has_crawl
def test_a_crawl_goes_out_as_a_crawl_of_what_its_rows_tell(crawl: Run) -> None:
    with (crawl.out / "text" / "sample.warc.gz").open("rb") as file:
        written = [
            (item.headers["WARC-Target-URI"], item.headers["WARC-Type"], item.http_content_type, item.reader.read())
            for item in fastwarc.warc.ArchiveIterator(file)
        ]
    staying = [row for row in told(crawl) if row["outcome"] != "dropped"]
    assert [(uri, kind) for uri, kind, _, _ in written] == [(row["id"], "conversion") for row in staying]
    assert len(written) == crawl.accounts["written"]
    assert [len(text.decode()) for *_, text in written] == [row["characters"]["text"] for row in staying]


@has_crawl
def test_each_page_of_a_crawl_is_undone_to_the_text_that_was_read(
    crawl: Run, read: dict[int, Record], cleaner: Cleaner
) -> None:
    text, told_ = crawl.out / "text" / "sample.warc.gz", crawl.out / "reports" / "sample.warc.jsonl.gz"
    for row in told(crawl):
        before, _ = read_record(read[row["record"]], cleaner)
        document = document_of(*written_record(text, told_, record=f":{row['record']}", columns=Columns()))
        assert document.source == before.source
        undone = CliRunner().invoke(app, ["undo", str(text), str(told_), "--record", row["id"]])
        assert undone.exit_code == 0
        assert undone.stdout_bytes == before.source.encode("utf-8", "surrogatepass")


@has_crawl
def test_pages_of_a_crawl_are_read_as_their_servers_declare(crawl: Run, read: dict[int, Record]) -> None:
    heard = 0
    for row in told(crawl):
        _, _, label = read[row["record"]].declared.lower().partition("charset=")
        assert not label or row["encoding"] == NAMES[label]
        heard += bool(label)
    assert heard


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "iso-8859-5"])
def test_a_charset_that_only_the_server_tells_is_heard(tmp_path: Path, cleaner: Cleaner, charset: str) -> None:
    text = "Тихая улица и старый дом у реки."  # too little to tell by its bytes
    sent = crawled("http://a/1", text.encode(charset), media=f"text/plain; charset={charset}")
    (tmp_path / "a.warc").write_bytes(sent)
    clean_files([tmp_path / "a.warc"], tmp_path / "out", cleaner)
    (record,) = records(Source(tmp_path / "out" / "text" / "a.warc", "a.warc"))
    assert isinstance(record, Record)
    assert record.content == text.encode()


@has_crawl
def test_a_crawl_that_breaks_off_gives_what_it_holds_and_a_sentence(
    tmp_path: Path, cleaner: Cleaner, read: dict[int, Record]
) -> None:
    data = CRAWL.read_bytes()
    (tmp_path / CRAWL.name).write_bytes(data[: len(data) * 3 // 4])
    run = Run(clean_files([tmp_path / CRAWL.name], tmp_path / "out", cleaner), tmp_path / "out")
    *found, last = told(run)
    assert 0 < len(found) < len(read)
    assert [row["id"] for row in found] == [record.id for record in list(read.values())[: len(found)]]
    assert run.accounts["failed"] == 1
    assert last["outcome"] == "failed"
    assert "broken gzip data" in last["reason"]
    assert "get the file again" in last["reason"]


@has_crawl
def test_what_cannot_be_read_of_a_crawl_is_told_in_a_sentence(tmp_path: Path, cleaner: Cleaner) -> None:
    data = gzip.decompress(CRAWL.read_bytes())
    broken = data.replace(b"Content-Length: ", b"Content-Length: 1", 1).replace(b"WARC/1.0", b"WURC/1.0", 3)
    (tmp_path / "sample.warc").write_bytes(broken)
    run = Run(clean_files([tmp_path / "sample.warc"], tmp_path / "out", cleaner), tmp_path / "out")
    assert run.accounts["failed"]
    assert run.accounts["written"]
    assert all(";" in failure.reason for failure in run.summary.failures)  # what is wrong; what to do


# pages


@pytest.fixture(scope="module")
def marked() -> list[Marked]:
    return pages()


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory, cleaner: Cleaner) -> Run:
    out = tmp_path_factory.mktemp("pages")
    return Run(clean_files(sorted(PAGES.glob("*.html.gz")), out, cleaner), out)


@pytest.fixture(scope="module")
def kept(marked: list[Marked], cleaned: Run) -> list[Kept]:
    """What is left of each page's marked text in the files that were written."""
    found = []
    for page in marked:
        report = cleaned.out / "reports" / f"{page.name}.html.gz.json"
        text = cleaned.out / "text" / f"{page.name}.html.txt.gz"
        found.append(kept_of(page.name, page.gold, document_of(*written(text, report))))
    return found


@has_pages
def test_each_page_has_its_text_and_its_reports(marked: list[Marked], cleaned: Run) -> None:
    assert cleaned.accounts == {"in": len(marked), "written": len(marked), "dropped": 0, "failed": 0}
    for page in marked:
        assert gzip.decompress((cleaned.out / "text" / f"{page.name}.html.txt.gz").read_bytes()).strip()
        report = json.loads((cleaned.out / "reports" / f"{page.name}.html.gz.json").read_text("utf-8"))
        assert report["outcome"] in ("cleaned", "unchanged")
        assert page.name in (cleaned.out / "reports" / f"{page.name}.html.gz.html").read_text("utf-8")


@has_pages
def test_each_page_is_undone_to_all_that_it_says(marked: list[Marked], cleaned: Run, cleaner: Cleaner) -> None:
    for page in marked:
        name = f"{page.name}.html.gz"
        (record,) = records(Source(PAGES / name, name))
        assert isinstance(record, Record)
        text = cleaned.out / "text" / f"{page.name}.html.txt.gz"
        report = cleaned.out / "reports" / f"{name}.json"
        assert document_of(*written(text, report)).source == read_record(record, cleaner)[0].source


@has_pages
def test_clean_text_is_the_marked_text(kept: list[Kept]) -> None:
    assert fmean(page.f1[1] for page in kept) >= LEAST_F1


@has_pages
def test_the_later_layers_eat_no_articles(kept: list[Kept]) -> None:
    lost = {page.name: page.recall[0] - page.recall[1] for page in kept}
    assert fmean(lost.values()) <= MOST_LOST
    assert {page.name: page.taken for page in kept if lost[page.name] > MOST_LOST_OF_A_PAGE} == {}
    assert fmean(page.f1[0] - page.f1[1] for page in kept) <= MOST_LOST
