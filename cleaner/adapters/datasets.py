"""A function for `map` of Hugging Face datasets, of those on disk as of those that stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Unpack

from cleaner.adapters.cleaning import Options, Recipe
from cleaner.errors import InputError


def clean_batch(
    *,
    text: str = "text",
    html: str = "",
    url: str = "",
    outcome: str = "outcome",
    report: str = "report",
    **options: Unpack[Options],
) -> CleanBatch:
    r"""What cleans a batch of rows, as in `dataset.map(clean_batch(text="content"), batched=True)`.

    Clean text replaces that in column `text`; if `html` names a column with pages, their text goes to a new column
    `text`, or to the same if `text` names it too. `url` names a column with the pages' addresses. New columns are
    `outcome` ("cleaned", "unchanged", "empty", "dropped" or "failed") and `report` (JSON); "" leaves one out. No row is
    left out: where the text was dropped or could not be cleaned it is None, and rows without any text stay as they are.
    So to leave them out filter: `.filter(lambda text: text is not None, input_columns="text")`.

    It can be pickled, and has the same fingerprint in every run, until an option, a rule file or the package changes.
    Near-duplicates are found by `cleaner dedup`. Raises what `Cleaner` raises, at once; `InputError` when a batch lacks
    a column or has one that is to be made.

    >>> batch = {"text": ["天气很好，孩子们都到河边去放风筝了。&nbsp;", None]}
    >>> cleaned = clean_batch(report="")(batch)
    >>> cleaned["text"], cleaned["outcome"]
    (['天气很好，孩子们都到河边去放风筝了。 ', None], ['cleaned', None])
    """
    return CleanBatch(Recipe.of(options), text, html, url, outcome, report)


@dataclass(frozen=True, slots=True)
class CleanBatch:
    """What `clean_batch` gives: called with the columns of a batch, it gives the new ones."""

    recipe: Recipe
    text: str
    html: str
    url: str
    outcome: str
    report: str

    def __call__(self, batch: Mapping[str, Iterable[Any]]) -> dict[str, list[str | None]]:
        """The new columns of a batch, or those that take the place of its own."""
        self._check(batch)
        urls = batch[self.url] if self.url else None
        cleaned = list(self.recipe.clean_each(batch[self.html or self.text], urls, is_page=bool(self.html)))
        columns: dict[str, list[str | None]] = {self.text: [each.text if each else None for each in cleaned]}
        if self.outcome:
            columns[self.outcome] = [each.outcome if each else None for each in cleaned]
        if self.report:
            columns[self.report] = [each.report if each else None for each in cleaned]
        return columns

    def _check(self, batch: Mapping[str, Iterable[Any]]) -> None:
        if not hasattr(batch, "keys"):
            raise InputError(f"a batch is no {type(batch).__name__}; call dataset.with_format(None).map(...)")
        source, names = self.html or self.text, list(batch.keys())
        for name in filter(None, (source, self.url)):
            if name not in names:
                raise InputError(f"no column {name!r} in the dataset; name one of {', '.join(map(repr, names))}")
        made = ("" if self.text == source else self.text, self.outcome, self.report)
        for name in filter(None, made):
            if name in names:
                raise InputError(f"the dataset has a column {name!r} already; give the new one another name")
        if isinstance(batch[source], str | bytes | None):
            raise InputError("clean_batch takes batches; call dataset.map(..., batched=True)")
