"""A Scrapy item pipeline: items go on with clean text and a report, or are dropped with the reason.

    ITEM_PIPELINES = {"cleaner.adapters.scrapy.CleanerPipeline": 300}

Items are cleaned one by one as they come; near-duplicates among them are found later, by `cleaner dedup`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, Unpack

from cleaner.adapters.cleaning import Options, Recipe, absent, url_of
from cleaner.errors import InputError

try:
    from itemadapter import ItemAdapter
    from scrapy.exceptions import DropItem
except ImportError as error:
    raise absent("scrapy", error) from error

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

_LOGGER: Final = logging.getLogger(__name__)


class CleanerPipeline:
    """Cleans a field of each item, whatever the type of item.

    | setting | what it names | default |
    |---|---|---|
    | `CLEANER_TEXT_FIELD` | the field with the text, or for that of a page, and then for the clean text | `text` |
    | `CLEANER_HTML_FIELD` | a field with an HTML page, or a response's body, that the text is taken from instead | |
    | `CLEANER_REPORT_FIELD` | the field for the report, as JSON; empty for none | `report` |
    | `CLEANER_URL_FIELD` | the field with the page's address: a hint, and the report's name | `url` |
    | `CLEANER_SCRIPT`, `CLEANER_PUNCTUATION` | as the options of `cleaner clean` | `keep` |
    | `CLEANER_RULES`, `CLEANER_SITES`, `CLEANER_DROP` | lists, as its options `--rules`, `--site` and `--drop` | |

    Stats count what became of items: `cleaner/cleaned` went on, `cleaner/dropped` had no text, or none that is wanted,
    and raised `DropItem`; `cleaner/failed` could not be cleaned and raised `InputError`, which Scrapy logs as an error;
    `cleaner/passed` have no such field and go on as they are. A dropped item is as it came. A report is left out, with
    a warning, of items that cannot take the field or that have something in it (`cleaner/unreported`).
    """

    def __init__(
        self,
        *,
        text: str = "text",
        html: str = "",
        report: str = "report",
        url: str = "url",
        stats: StatsCollector | None = None,
        **options: Unpack[Options],
    ) -> None:
        self._recipe = Recipe.of(options)
        self._text, self._html, self._report, self._url = text, html, report, url
        self._stats = stats
        self._warned: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CleanerPipeline:
        """The pipeline that the crawler's settings ask for."""
        settings = crawler.settings
        return cls(
            text=settings.get("CLEANER_TEXT_FIELD") or "text",
            html=settings.get("CLEANER_HTML_FIELD") or "",
            report=settings.get("CLEANER_REPORT_FIELD", "report") or "",
            url=settings.get("CLEANER_URL_FIELD", "url") or "",
            stats=crawler.stats,
            script=settings.get("CLEANER_SCRIPT") or "keep",
            punctuation=settings.get("CLEANER_PUNCTUATION") or "keep",
            rule_files=settings.getlist("CLEANER_RULES"),
            site_files=settings.getlist("CLEANER_SITES"),
            drop=settings.getlist("CLEANER_DROP"),
        )

    def process_item(self, item: Any, spider: object = None) -> Any:
        """The item with clean text; `spider` is what older versions of Scrapy give. Raises `DropItem`, `InputError`."""
        adapter = ItemAdapter(item)
        source = self._html or self._text
        if source not in adapter.field_names():
            self._count("passed")
            self._warn(item, f"no field {source!r}, and go on as they are; CLEANER_TEXT_FIELD names another")
            return item
        text, report = self._cleaned(adapter, source)
        adapter[self._text] = text
        if self._report:
            self._put_report(item, adapter, report)
        self._count("cleaned")
        return item

    def _cleaned(self, adapter: ItemAdapter, source: str) -> tuple[str, str]:
        """The clean text and the report; raises why there is none."""
        url = url_of(adapter.get(self._url))
        cleaned = self._recipe.clean(adapter.get(source) or "", name=url, url=url, is_page=bool(self._html))
        reason = cleaned.reason or self._obstacle(adapter)
        if cleaned.text is not None and not reason:
            return cleaned.text, cleaned.report
        if cleaned.outcome in ("dropped", "empty"):
            self._count("dropped")
            raise DropItem(f"{source}: {reason}")
        self._count("failed")
        raise InputError(f"{url or 'item'}: {source}: {reason}")

    def _obstacle(self, adapter: ItemAdapter) -> str:
        """Why a page's text cannot be put into its field, or ""."""
        if self._html in ("", self._text):
            return ""
        if not _takes(adapter, self._text):
            return f"the item cannot take a field {self._text!r} for the text; declare it, or name one"
        return "" if not adapter.get(self._text) else f"the item has a {self._text!r} already; name another field"

    def _put_report(self, item: Any, adapter: ItemAdapter, report: str) -> None:
        if _takes(adapter, self._report) and not adapter.get(self._report):
            adapter[self._report] = report
            return
        self._count("unreported")
        self._warn(item, f"no free field {self._report!r} for the report; CLEANER_REPORT_FIELD names another")

    def _count(self, what: str) -> None:
        if self._stats:
            self._stats.inc_value(f"cleaner/{what}")

    def _warn(self, item: Any, what: str) -> None:
        """Say once of each type of item what its items lack."""
        lack = f"items of type {type(item).__name__} have {what}"
        if lack not in self._warned:
            self._warned.add(lack)
            _LOGGER.warning(lack)


def _takes(adapter: ItemAdapter, field: str) -> bool:
    return isinstance(adapter.item, dict) or field in adapter.field_names()
