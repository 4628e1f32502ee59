"""Records of crawls: which are read, why the others are passed over, and lengths that swallow the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from cleaner.dedup import Policy
from cleaner.report import Summary
from cleaner.run import AcrossFiles, clean_files
from cleaner.sources import Passed, Record, Source, Unread, begins_as_page, records
from tests.boxes import crawled
from tests.samples import LEAD, cleaner_with

CLEANER = cleaner_with()
PAGE = f"<!DOCTYPE html><html><head><title>灯</title></head><body><p>{LEAD}</p></body></html>".encode()


def run(tmp_path: Path, data: bytes) -> Summary:
    (tmp_path / "a.warc").write_bytes(data)
    return clean_files([tmp_path / "a.warc"], tmp_path / "out", CLEANER, across=AcrossFiles(duplicates=Policy("off")))


def found(tmp_path: Path, data: bytes) -> list[Record | Unread | Passed]:
    (tmp_path / "a.warc").write_bytes(data)
    return list(records(Source(tmp_path / "a.warc", "a.warc")))


def test_what_is_passed_over_is_counted_by_its_reason(tmp_path: Path) -> None:
    crawl = [
        crawled("http://a/notes", b"software: x", of="warcinfo"),
        crawled("http://a/1", PAGE),
        crawled("http://a/2", PAGE, status="404 Not Found"),
        crawled("http://a/3", PAGE, status="301 Moved Permanently"),
        crawled("http://a/4", b"\x89PNG", media="image/png"),
        crawled("http://a/5", b"\x89PNG", media="image/png"),
        crawled("http://a/6", b"\x00", media="a b\x01c"),
    ]
    facts = run(tmp_path, b"".join(crawl)).facts()
    assert facts["accounts"]["in"] == 1
    assert facts["containers"][0]["passed"] == 6
    assert facts["containers"][0]["passed_for"] == {
        "media type image/png": 2,
        "media type unknown": 1,
        "record type warcinfo": 1,
        "status 301": 1,
        "status 404": 1,
    }
    page = BeautifulSoup((tmp_path / "out" / "index.html").read_text("utf-8"), "lxml").get_text()
    assert "6 passed over: 2 media type image/png, 1 media type unknown," in page


def test_reasons_of_all_sorts_are_counted_together(tmp_path: Path) -> None:
    crawl = b"".join(crawled(f"http://a/{number}", b"x", media=f"image/x-{number}") for number in range(50))
    passed = run(tmp_path, crawl).facts()["containers"][0]["passed_for"]
    assert len(passed) == 31
    assert passed["other"] == 20


@pytest.mark.parametrize("media", ["application/octet-stream", "application/xml", "text/xml"])
def test_a_page_that_goes_by_another_type_is_read_as_one(tmp_path: Path, media: str) -> None:
    (page,) = found(tmp_path, crawled("http://a/1", PAGE, media=media))
    assert isinstance(page, Record)
    assert page.is_page
    assert found(tmp_path, crawled("http://a/1", b"<rss><item>x</item></rss>", media=media)) == [
        Passed(1, f"media type {media}", "a.warc:1")
    ]


def test_markdown_is_a_text(tmp_path: Path) -> None:
    (text,) = found(tmp_path, crawled("http://a/1", LEAD.encode(), media="text/markdown; charset=utf-8"))
    assert isinstance(text, Record)
    assert not text.is_page


def test_parts_of_a_record_fail(tmp_path: Path) -> None:
    parts = [
        crawled("http://a/1", PAGE, fields={"WARC-Segment-Number": "1"}),
        crawled("http://a/1", PAGE, of="continuation", fields={"WARC-Segment-Number": "2"}),
        crawled("http://a/2", PAGE, fields={"WARC-Segment-Number": "0"}),
    ]
    first, second, third = found(tmp_path, b"".join(parts))
    assert isinstance(first, Unread)
    assert isinstance(second, Unread)
    assert "cut into several" in first.reason
    assert "cut into several" in second.reason
    assert isinstance(third, Record)


# lengths


def swallowing(first: bytes, second: bytes) -> bytes:
    """A record whose length takes in the next one, to its very end."""
    own = crawled("http://a/1", first)
    length = len(own.partition(b"\r\n\r\n")[2]) + len(second) - 4
    return crawled("http://a/1", first, length=length) + second


def test_a_length_that_swallows_the_next_record_is_told_and_that_one_is_read(tmp_path: Path) -> None:
    data = swallowing(PAGE, crawled("http://a/2", PAGE)) + crawled("http://a/3", PAGE)
    first, second, third = found(tmp_path, data)
    assert isinstance(first, Unread)
    assert "another record begins within; crawl http://a/1 again" in first.reason
    assert [item.id for item in (second, third) if isinstance(item, Record)] == ["http://a/2", "http://a/3"]


def test_a_crawl_within_a_crawl_is_no_next_record(tmp_path: Path) -> None:
    data = crawled("http://a/1.warc", b"\r\n" + crawled("http://a/2", PAGE), media="application/warc")
    assert found(tmp_path, data) == [Passed(1, "media type application/warc", "a.warc:1")]


def test_a_page_that_speaks_of_crawls_is_read(tmp_path: Path) -> None:
    said = PAGE.replace(b"</p>", b"</p><pre>\nWARC/1.0\nfollowed by fields</pre>")
    (page,) = found(tmp_path, crawled("http://a/1", said))
    assert isinstance(page, Record)


def test_what_follows_a_length_too_long_by_half_a_record_is_read(tmp_path: Path) -> None:
    second = crawled("http://a/2", PAGE)
    own = len(crawled("http://a/1", PAGE).partition(b"\r\n\r\n")[2])
    data = crawled("http://a/1", PAGE, length=own + len(second) // 2) + second + crawled("http://a/3", PAGE)
    first, *others = found(tmp_path, data)
    assert isinstance(first, Unread)
    assert [item.id for item in others if isinstance(item, Record)] == ["http://a/2", "http://a/3"]


@pytest.mark.parametrize(
    ("content", "is_page"),
    [
        ("<!DOCTYPE html><p>", True),
        ("\N{BYTE ORDER MARK}\n<!-- a --><!-- b -->\n<HTML lang=zh>\n<head>", True),
        ('<?xml version="1.0"?>\n<html xmlns="x"><head>', True),
        ("<!doctype html>".encode("utf-16"), True),
        ("<html> 是网页的根元素。", False),
        ("<head> 里写标题。", False),
        ("他说：<!DOCTYPE html>", False),
        ("<!-- a -->" * 3000 + "x", False),
    ],
)
def test_a_page_is_told_by_how_it_begins(content: str | bytes, is_page: bool) -> None:
    assert begins_as_page(content) is is_page


def test_rows_tell_of_records_that_are_read_and_of_no_others(tmp_path: Path) -> None:
    run(tmp_path, crawled("http://a/1", PAGE) + crawled("http://a/2", PAGE, status="404 Not Found"))
    rows = (tmp_path / "out" / "reports" / "a.warc.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(row)["id"] for row in rows] == ["http://a/1"]
