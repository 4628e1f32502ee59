"""Columns of polars: a Series is cleaned at once, an expression when its frame is collected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Unpack, overload

from cleaner.adapters.cleaning import Cleaned, Options, Recipe, absent
from cleaner.errors import InputError

try:
    import polars as pl
except ImportError as error:
    raise absent("polars", error) from error

_TEXTS: Final = (pl.String, pl.Binary, pl.Categorical, pl.Enum, pl.Null)
_WITH_REPORT: Final = pl.Struct(dict.fromkeys(("text", "outcome", "report"), pl.String))
_Column = pl.Series | pl.Expr | str
_Clean = Callable[[Sequence[pl.Series]], pl.Series]


@overload
def clean_column(
    column: pl.Series, *, urls: pl.Series | None = None, html: bool = False, **options: Unpack[Options]
) -> pl.Series: ...
@overload
def clean_column(
    column: pl.Expr | str, *, urls: pl.Expr | str | None = None, html: bool = False, **options: Unpack[Options]
) -> pl.Expr: ...
def clean_column(
    column: _Column, *, urls: _Column | None = None, html: bool = False, **options: Unpack[Options]
) -> pl.Series | pl.Expr:
    r"""The clean text of a column of texts, or of HTML pages: of a Series a Series, else an expression.

    `urls` is a column with the pages' addresses. Nulls stay null; null as well is what a condition dropped and what
    could not be cleaned, which `clean_with_report` tells apart. Near-duplicates among rows are found by
    `cleaner dedup`. Raises what `Cleaner` raises; `InputError` if the column holds no text, which of an expression
    polars tells when it is collected.

    >>> frame = pl.DataFrame({"text": ["天气很好，孩子们都到河边去放风筝了。&nbsp;", None]})
    >>> frame.with_columns(clean_column("text"))["text"].to_list()
    ['天气很好，孩子们都到河边去放风筝了。 ', None]
    """
    return _mapped(column, urls, partial(_texts, Recipe.of(options), html), pl.String())


@overload
def clean_with_report(
    column: pl.Series, *, urls: pl.Series | None = None, html: bool = False, **options: Unpack[Options]
) -> pl.Series: ...
@overload
def clean_with_report(
    column: pl.Expr | str, *, urls: pl.Expr | str | None = None, html: bool = False, **options: Unpack[Options]
) -> pl.Expr: ...
def clean_with_report(
    column: _Column, *, urls: _Column | None = None, html: bool = False, **options: Unpack[Options]
) -> pl.Series | pl.Expr:
    r"""The same as structs of `text`, `outcome` ("cleaned", "dropped", …) and `report` (JSON); nulls stay null.

    >>> column = pl.Series("text", ["天气很好，孩子们都到河边去放风筝了。&nbsp;"])
    >>> clean_with_report(column).struct.unnest().select("text", "outcome").rows()
    [('天气很好，孩子们都到河边去放风筝了。 ', 'cleaned')]
    """
    return _mapped(column, urls, partial(_reported, Recipe.of(options), html), _WITH_REPORT)


def _mapped(column: _Column, urls: _Column | None, clean: _Clean, kind: pl.DataType) -> pl.Series | pl.Expr:
    if isinstance(column, pl.Series):
        if not isinstance(urls, pl.Series | None):
            raise TypeError(f"urls is a Series beside a Series, not {type(urls).__name__}")
        return clean([column] if urls is None else [column, urls])
    expressions = [_expression(each) for each in (column, urls) if each is not None]
    return pl.map_batches(expressions, clean, return_dtype=kind, is_elementwise=True)


def _expression(column: _Column) -> pl.Expr:
    if not isinstance(column, pl.Expr | str):
        raise TypeError(f"not a column: {type(column).__name__}; give its name or an expression, or a Series alone")
    return pl.col(column) if isinstance(column, str) else column


def _texts(recipe: Recipe, html: bool, columns: Sequence[pl.Series]) -> pl.Series:
    cleaned = _cleaned(recipe, html, columns)
    return pl.Series(columns[0].name, [each.text if each else None for each in cleaned], pl.String)


def _reported(recipe: Recipe, html: bool, columns: Sequence[pl.Series]) -> pl.Series:
    cleaned = _cleaned(recipe, html, columns)
    rows = [{"text": each.text, "outcome": each.outcome, "report": each.report} if each else None for each in cleaned]
    return pl.Series(columns[0].name, rows, _WITH_REPORT)


def _cleaned(recipe: Recipe, html: bool, columns: Sequence[pl.Series]) -> list[Cleaned | None]:
    column, *urls = columns
    if not isinstance(column.dtype, _TEXTS):
        raise InputError(f"column {column.name!r} holds {column.dtype}, no text; give a column of strings or bytes")
    return list(recipe.clean_each(column, urls[0] if urls else None, is_page=html))
