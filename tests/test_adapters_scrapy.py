"""The item pipeline, within Scrapy itself: one real crawl, and crawlers that only lend settings and stats."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
import scrapy
from itemadapter import ItemAdapter
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.utils.test import get_crawler

from cleaner import report
from cleaner.adapters.scrapy import CleanerPipeline
from cleaner.errors import ConditionError, InputError
from tests.samples import ARTICLE, LEAD, TRADITIONAL_ARTICLE
from tests.test_adapters_cleaning import CLEAN, DIRTY, PAGE

ADDRESS: Final = "https://example.org/1.html"


class PageItem(scrapy.Item):
    text = scrapy.Field()
    url = scrapy.Field()
    report = scrapy.Field()


@dataclass
class PageRecord:
    text: str | None = None
    url: str = ""
    report: dict[str, Any] | str | None = None
    tags: list[str] = field(default_factory=list)


@attrs.define
class PageObject:
    text: str
    url: str
    report: str = ""


def pipeline_of(**settings: Any) -> tuple[CleanerPipeline, Crawler]:
    crawler = get_crawler(settings_dict=settings)
    return CleanerPipeline.from_crawler(crawler), crawler


def counts(crawler: Crawler) -> dict[str, int]:
    assert crawler.stats
    stats = crawler.stats.get_stats()
    return {key.partition("/")[2]: value for key, value in stats.items() if key.startswith("cleaner/")}


@pytest.mark.parametrize("kind", [dict, PageItem, PageRecord, PageObject])
def test_items_of_every_type_go_on_with_clean_text_and_a_report(kind: Any) -> None:
    pipeline, crawler = pipeline_of()
    item = kind(text=DIRTY, url=ADDRESS)
    assert pipeline.process_item(item) is item
    adapter = ItemAdapter(item)
    assert adapter["text"] == CLEAN
    assert json.loads(adapter["report"])["name"] == ADDRESS
    assert report.document_of(CLEAN.encode(), adapter["report"]).source == DIRTY
    assert counts(crawler) == {"cleaned": 1}


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (PageRecord(), "text: there is no text"),
        (PageItem(url=ADDRESS), "text: there is no text"),
        ({"text": ""}, "text: there is no text"),
        ({"text": "短"}, r"text: characters is 1: dropped, as asked by “characters == 1”"),
    ],
)
def test_items_without_text_or_unwanted_are_dropped_as_they_came(item: Any, reason: str) -> None:
    pipeline, crawler = pipeline_of(CLEANER_DROP=["characters == 1"])
    before = ItemAdapter(item).asdict()
    with pytest.raises(DropItem, match=reason):
        pipeline.process_item(item)
    assert ItemAdapter(item).asdict() == before
    assert counts(crawler) == {"dropped": 1}


def test_what_is_left_empty_is_dropped() -> None:
    pipeline, _ = pipeline_of()
    with pytest.raises(DropItem, match="nothing is left of the text"):
        pipeline.process_item({"text": "<br>&nbsp;<br>"})


def test_what_is_no_text_is_an_error() -> None:
    pipeline, crawler = pipeline_of()
    item = {"text": [LEAD, LEAD], "url": ADDRESS}
    with pytest.raises(InputError, match=f"{ADDRESS}: text: no text but list; give one string"):
        pipeline.process_item(item)
    assert item["text"] == [LEAD, LEAD]
    assert counts(crawler) == {"failed": 1}


def test_items_of_other_kinds_pass_and_are_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    pipeline, crawler = pipeline_of()
    for item in ({"image": "一.png"}, {"image": "二.png"}):
        assert pipeline.process_item(dict(item)) == item
    assert counts(crawler) == {"passed": 2}
    assert [record.message for record in caplog.records] == [
        "items of type dict have no field 'text', and go on as they are; CLEANER_TEXT_FIELD names another"
    ]


@pytest.mark.parametrize("item", [{"text": DIRTY, "report": "一"}, attrs.make_class("Bare", ["text"])(text=DIRTY)])
def test_a_report_that_has_no_place_is_left_out_and_told_of(item: Any, caplog: pytest.LogCaptureFixture) -> None:
    pipeline, crawler = pipeline_of()
    adapter = ItemAdapter(pipeline.process_item(item))
    assert adapter["text"] == CLEAN
    assert adapter.get("report") in (None, "一")
    assert counts(crawler) == {"cleaned": 1, "unreported": 1}
    assert "CLEANER_REPORT_FIELD" in caplog.text


def test_a_page_gives_its_text_to_another_field_and_stays() -> None:
    pipeline, _ = pipeline_of(CLEANER_HTML_FIELD="body", CLEANER_TEXT_FIELD="content", CLEANER_REPORT_FIELD="")
    item = pipeline.process_item({"body": PAGE.encode("gb18030"), "url": ADDRESS})
    assert LEAD in item["content"]
    assert "首页" not in item["content"]
    assert sorted(item) == ["body", "content", "url"]
    pipeline, _ = pipeline_of(CLEANER_HTML_FIELD="html", CLEANER_TEXT_FIELD="html")
    assert pipeline.process_item({"html": PAGE})["html"] == item["content"]


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({"html": PAGE, "text": "一"}, "the item has a 'text' already"),
        (attrs.make_class("Bare", ["html"])(html=PAGE), "the item cannot take a field 'text'"),
    ],
)
def test_a_page_whose_text_has_no_place_is_an_error(item: Any, says: str) -> None:
    pipeline, crawler = pipeline_of(CLEANER_HTML_FIELD="html")
    with pytest.raises(InputError, match=says):
        pipeline.process_item(item)
    assert counts(crawler) == {"failed": 1}


def test_settings_are_the_options_of_the_command() -> None:
    pipeline, _ = pipeline_of(CLEANER_SCRIPT="hans")
    assert "旧书铺" in pipeline.process_item({"text": TRADITIONAL_ARTICLE})["text"]
    with pytest.raises(ConditionError, match="perhaps spam"):
        pipeline_of(CLEANER_DROP="spm > .8")


SPIDER: Final = """
import base64, json, sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Pages(scrapy.Spider):
    name = "pages"

    def parse(self, response):
        yield {"url": "https://example.org/1.html", "html": response.body}
        yield {"html": "<p></p>"}

pages, out = sys.argv[1:]
settings = {
    "ITEM_PIPELINES": {"cleaner.adapters.scrapy.CleanerPipeline": 300},
    "CLEANER_HTML_FIELD": "html",
    "FEEDS": {out: {"format": "jsonlines", "fields": ["url", "text", "report"]}},
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
}
process = CrawlerProcess(settings)
crawler = process.create_crawler(Pages)
process.crawl(crawler, start_urls=[pages])
process.start()
stats = crawler.stats.get_stats()
print(json.dumps({key: stats.get(key) for key in ("cleaner/cleaned", "cleaner/dropped", "item_dropped_count")}))
"""


@pytest.mark.slow
def test_a_crawl_writes_clean_items(tmp_path: Path) -> None:
    page, out = tmp_path / "page.html", tmp_path / "out.jsonl"
    page.write_text(PAGE + ARTICLE, "utf-8")
    words = [sys.executable, "-c", SPIDER, page.as_uri(), str(out)]
    said = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert json.loads(said.stdout) == {"cleaner/cleaned": 1, "cleaner/dropped": 1, "item_dropped_count": 1}
    assert "Dropped: html: there is no text" in said.stderr
    assert "Deprecat" not in said.stderr
    (row,) = map(json.loads, out.read_text("utf-8").splitlines())
    assert LEAD in row["text"]
    assert json.loads(row["report"])["name"] == ADDRESS
