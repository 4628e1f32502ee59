"""Columns of pandas: a Series of clean text, or a frame of it with reports."""

from __future__ import annotations

from typing import Any, Final, Unpack

from cleaner.adapters.cleaning import Cleaned, Options, Recipe, absent
from cleaner.errors import InputError

try:
    import pandas as pd
except ImportError as error:
    raise absent("pandas", error) from error

_ARROW: Final = ("string[pyarrow]", "large_string[pyarrow]")  # what pandas calls types of its own that are Arrow's


def clean_column(
    column: pd.Series[Any], *, urls: pd.Series[Any] | None = None, html: bool = False, **options: Unpack[Options]
) -> pd.Series[Any]:
    r"""The clean text of a column of texts, or of HTML pages, under the same index.

    `urls` is a column of the same frame with the pages' addresses. Missing values stay missing; missing as well is what
    a condition dropped and what could not be cleaned, which `clean_with_report` tells apart. Columns of a string type
    keep it, others become objects. Near-duplicates among rows are found by `cleaner dedup`. Raises what `Cleaner`
    raises; `InputError` if the column holds no text.

    >>> frame = pd.DataFrame({"text": ["天气很好，孩子们都到河边去放风筝了。&nbsp;", None]})
    >>> frame["text"] = clean_column(frame["text"])
    >>> frame["text"].isna().tolist(), frame["text"][0]
    ([False, True], '天气很好，孩子们都到河边去放风筝了。 ')
    """
    cleaned = _cleaned(Recipe.of(options), column, urls, is_page=html)
    return _series([each.text if each else None for each in cleaned], like=column)


def clean_with_report(
    column: pd.Series[Any], *, urls: pd.Series[Any] | None = None, html: bool = False, **options: Unpack[Options]
) -> pd.DataFrame:
    r"""The same as a frame of `text`, `outcome` ("cleaned", "dropped", …) and `report` (JSON), under the same index.

    >>> clean_with_report(pd.Series(["天气很好，孩子们都到河边去放风筝了。&nbsp;"]))["outcome"].tolist()
    ['cleaned']
    """
    cleaned = _cleaned(Recipe.of(options), column, urls, is_page=html)
    columns = {
        "text": [each.text if each else None for each in cleaned],
        "outcome": [each.outcome if each else None for each in cleaned],
        "report": [each.report if each else None for each in cleaned],
    }
    return pd.DataFrame({name: _series(values, like=column) for name, values in columns.items()}, index=column.index)


def _series(values: list[str | None], *, like: pd.Series[Any]) -> pd.Series[Any]:
    kind = like.dtype if isinstance(like.dtype, pd.StringDtype) or str(like.dtype) in _ARROW else object
    return pd.Series(values, index=like.index, name=like.name, dtype=kind)


def _cleaned(
    recipe: Recipe, column: pd.Series[Any], urls: pd.Series[Any] | None, *, is_page: bool
) -> list[Cleaned | None]:
    for each in (column,) if urls is None else (column, urls):
        if not isinstance(each, pd.Series):
            raise TypeError(f"a column is a Series, not {type(each).__name__}; give one, as in frame['text']")
    if not _may_hold_text(column):
        raise InputError(f"column {column.name!r} holds {column.dtype}, no text; give a column of strings or bytes")
    if urls is not None and not urls.index.equals(column.index):
        raise InputError(f"urls has another index than column {column.name!r}; take both from one frame")
    values = column.astype(object).where(column.notna(), None)
    return list(recipe.clean_each(values, urls, is_page=is_page))


def _may_hold_text(column: pd.Series[Any]) -> bool:
    kind = column.dtype
    is_own = isinstance(kind, pd.CategoricalDtype | pd.ArrowDtype)
    return is_own or pd.api.types.is_string_dtype(kind) or pd.api.types.is_object_dtype(kind)
