"""Columns of polars and pandas, against the packages themselves."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import polars as pl
import pytest

from cleaner import report
from cleaner.adapters import pandas as with_pandas
from cleaner.adapters import polars as with_polars
from cleaner.errors import InputError
from tests.samples import ARTICLE
from tests.test_adapters_cleaning import CLEAN, DIRTY, PAGE

TEXTS = [DIRTY, None, ARTICLE, "短"]
CLEANED = [CLEAN, None, ARTICLE, None]
OUTCOMES = ["cleaned", None, "unchanged", "dropped"]
DROP = ["characters == 1"]
URLS = ["https://example.org/1.html", None]
FRAME = pl.DataFrame({"text": TEXTS, "number": [1, 2, 3, 4]})


def test_a_series_of_polars_is_cleaned_and_nulls_stay_null() -> None:
    series = with_polars.clean_column(FRAME["text"], drop=DROP)
    assert series.dtype == pl.String
    assert (series.name, series.to_list()) == ("text", CLEANED)


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
@pytest.mark.parametrize("column", ["text", pl.col("text")], ids=["name", "expression"])
def test_an_expression_is_cleaned_when_it_is_collected(column: pl.Expr | str, engine: Any) -> None:
    lazy = FRAME.lazy().with_columns(with_polars.clean_column(column, drop=DROP), raw="text")
    assert lazy.collect_schema() == {"text": pl.String, "number": pl.Int64, "raw": pl.String}
    frame = lazy.collect(engine=engine)
    assert frame["text"].to_list() == CLEANED
    assert frame["raw"].to_list() == TEXTS


def test_structs_hold_text_outcome_and_report() -> None:
    made = FRAME.lazy().select(with_polars.clean_with_report("text", drop=DROP).struct.unnest()).collect()
    assert made.schema == dict.fromkeys(("text", "outcome", "report"), pl.String)
    assert made["outcome"].to_list() == OUTCOMES
    assert _sources(made["text"].to_list(), made["report"].to_list()) == TEXTS
    assert with_polars.clean_with_report(FRAME["text"]).is_null().to_list() == [False, True, False, False]


def test_pages_of_a_frame_of_polars_are_called_by_their_addresses() -> None:
    frame = pl.DataFrame({"html": [PAGE.encode(), None], "url": URLS})
    made = frame.select(with_polars.clean_with_report("html", urls="url", html=True).struct.unnest())
    assert "首页" not in made["text"][0]
    assert json.loads(made["report"][0])["name"] == URLS[0]
    same = with_polars.clean_with_report(frame["html"], urls=frame["url"], html=True)
    assert same.struct.unnest().equals(made)


def test_what_polars_cannot_clean_is_told() -> None:
    with pytest.raises(InputError, match="column 'number' holds Int64, no text"):
        with_polars.clean_column(FRAME["number"])
    with pytest.raises(InputError, match="column 'number' holds Int64, no text"):
        FRAME.lazy().select(with_polars.clean_column("number")).collect()
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="content"):
        FRAME.select(with_polars.clean_column("content"))
    with pytest.raises(TypeError, match="not a column: list"):
        with_polars.clean_column([DIRTY])  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="urls is a Series beside a Series"):
        with_polars.clean_column(FRAME["text"], urls="url")  # type: ignore[call-overload]


@pytest.mark.parametrize("kind", ["str", "string", "string[pyarrow]", "object", "category"])
def test_a_series_of_pandas_is_cleaned_and_missing_values_stay_missing(kind: str) -> None:
    column = pd.Series(TEXTS, index=[5, 3, 3, 1], name="text").astype(kind)
    cleaned = with_pandas.clean_column(column, drop=DROP)
    assert cleaned.dtype == (object if kind == "category" else column.dtype)
    assert (cleaned.name, list(cleaned.index)) == ("text", [5, 3, 3, 1])
    assert _values(cleaned) == CLEANED
    assert _values(column) == TEXTS


def test_a_frame_of_pandas_holds_text_outcome_and_report() -> None:
    frame = pd.DataFrame({"text": TEXTS}, index=list("dcba"))
    made = with_pandas.clean_with_report(frame["text"], drop=DROP)
    assert list(made.columns) == ["text", "outcome", "report"]
    assert list(made.index) == list("dcba")
    assert _values(made["outcome"]) == OUTCOMES
    assert _sources(_values(made["text"]), _values(made["report"])) == TEXTS


def test_what_is_no_text_in_a_column_of_objects_fails_alone() -> None:
    column = pd.Series([DIRTY.encode("gb18030"), float("nan"), 3, [DIRTY], pd.NA], dtype=object)
    made = with_pandas.clean_with_report(column)
    assert _values(made["outcome"]) == ["cleaned", None, "failed", "failed", None]
    assert _values(made["text"]) == [CLEAN, None, None, None, None]


def test_pages_of_a_frame_of_pandas_are_called_by_their_addresses() -> None:
    frame = pd.DataFrame({"html": [PAGE, None], "url": URLS})
    made = with_pandas.clean_with_report(frame["html"], urls=frame["url"], html=True)
    assert "首页" not in made["text"][0]
    assert json.loads(made["report"][0])["name"] == URLS[0]
    with pytest.raises(InputError, match="urls has another index than column 'html'"):
        with_pandas.clean_column(frame["html"], urls=frame["url"][::-1])


def test_what_pandas_cannot_clean_is_told() -> None:
    with pytest.raises(InputError, match="column 'number' holds int64, no text"):
        with_pandas.clean_column(pd.Series([1], name="number"))
    with pytest.raises(TypeError, match="a column is a Series, not str; give one, as in frame"):
        with_pandas.clean_column("text")


def test_an_empty_column_stays_one() -> None:
    assert with_polars.clean_with_report(pl.Series("text", [], pl.String)).len() == 0
    assert with_pandas.clean_with_report(pd.Series([], dtype="str")).shape == (0, 3)


def _values(column: pd.Series) -> list[Any]:
    return column.astype(object).where(column.notna(), None).tolist()  # type: ignore[no-any-return]


def _sources(texts: list[str | None], reports: list[str | None]) -> list[str | None]:
    """What the texts were made from, by their reports."""
    return [
        report.document_of((text or "").encode(), told).source if told else None
        for text, told in zip(texts, reports, strict=True)
    ]
