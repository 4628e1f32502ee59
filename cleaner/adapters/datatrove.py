"""A datatrove block: documents go on with clean text and a report, or are excluded with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from cleaner.adapters.cleaning import Options, Recipe, absent, url_of
from cleaner.errors import InputError

try:
    from datatrove.pipeline.filters.base_filter import BaseFilter
except ImportError as error:
    raise absent("datatrove", error) from error

if TYPE_CHECKING:
    from datatrove.data import Document
    from datatrove.pipeline.writers.disk_base import DiskWriter


class CleanerFilter(BaseFilter):  # type: ignore[misc]  # for it has no types
    """Cleans each document, and excludes those that have no text then.

    With `html` the text of a document is a page, as behind a `WarcReader`, whose address is in the metadata under
    `url`. The report, JSON, goes into the metadata under `report` ("" for none). A document that a condition drops, of
    which nothing is left, or that cannot be cleaned goes to the `exclusion_writer`, with its text as it came and the
    rule, "empty" or "failed" as `filter_reason`. Stats count outcomes. Near-duplicates are other blocks' business,
    or that of `cleaner dedup`. Raises what `Cleaner` raises, at once, and `InputError` when a document's metadata hold
    something under `report`.
    """

    name = "🧹 cleaner"

    def __init__(
        self,
        exclusion_writer: DiskWriter | None = None,
        *,
        html: bool = False,
        url: str = "url",
        report: str = "report",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(exclusion_writer)
        self.recipe = Recipe.of(options)
        self.html, self.url, self.report = html, url, report

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Whether a document goes on, which then has clean text; else False and the cause."""
        if self.report in doc.metadata:
            raise InputError(f"{doc.id}: the metadata have a {self.report!r} already; name another by report=")
        url = url_of(doc.metadata.get(self.url))
        cleaned = self.recipe.clean(doc.text, name=doc.id, url=url, is_page=self.html)
        if self.report:
            doc.metadata[self.report] = cleaned.report
        self.stat_update(cleaned.outcome)
        if cleaned.text is None or cleaned.cause:
            return False, cleaned.cause
        doc.text = cleaned.text
        return True
