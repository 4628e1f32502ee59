"""The function for `map`, against Hugging Face datasets itself."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

os.environ["HF_HUB_OFFLINE"] = "1"  # before it is imported: nothing here asks the network

import datasets
import pytest
from datasets.fingerprint import Hasher

from cleaner import report
from cleaner.adapters.cleaning import Recipe
from cleaner.adapters.datasets import clean_batch
from cleaner.errors import InputError
from tests.samples import ARTICLE
from tests.test_adapters_cleaning import CLEAN, DIRTY, PAGE

ROWS: Final = {"id": [1, 2, 3, 4], "text": [DIRTY, None, ARTICLE, "短"]}
CLEANED: Final = [CLEAN, None, ARTICLE, None]
OUTCOMES: Final = ["cleaned", None, "unchanged", "dropped"]
CLEAN_BATCH: Final = clean_batch(drop=["characters == 1"])


@pytest.fixture(autouse=True)
def _quiet() -> None:
    datasets.disable_progress_bars()


def test_a_dataset_gets_clean_text_outcomes_and_reports() -> None:
    made = datasets.Dataset.from_dict(ROWS).map(CLEAN_BATCH, batched=True)
    assert made.column_names == ["id", "text", "outcome", "report"]
    assert (list(made["text"]), list(made["outcome"])) == (CLEANED, OUTCOMES)
    assert [_source(row) for row in made] == ROWS["text"]
    left = made.filter(lambda text: text is not None, input_columns="text")
    assert list(left["id"]) == [1, 3]


def test_a_first_batch_without_text_leaves_the_column_one_of_texts() -> None:
    rows = datasets.Dataset.from_dict({"text": ["短", DIRTY]})
    made = rows.map(CLEAN_BATCH, batched=True, batch_size=1, writer_batch_size=1)
    assert list(made["text"]) == [None, CLEAN]


def test_processes_clean_alike() -> None:
    rows = datasets.Dataset.from_dict(ROWS)
    assert list(rows.map(CLEAN_BATCH, batched=True, num_proc=2)) == list(rows.map(CLEAN_BATCH, batched=True))


def test_a_stream_is_cleaned_as_it_comes() -> None:
    stream = datasets.Dataset.from_dict(ROWS).to_iterable_dataset()
    made = list(stream.map(CLEAN_BATCH, batched=True, batch_size=2))
    assert [row["text"] for row in made] == CLEANED
    assert [row["outcome"] for row in made] == OUTCOMES


@pytest.mark.parametrize("form", ["numpy", "pandas"])
def test_batches_of_other_formats_are_cleaned_too(form: str) -> None:
    made = datasets.Dataset.from_dict(ROWS).with_format(form).map(CLEAN_BATCH, batched=True).with_format(None)
    assert (list(made["text"]), list(made["outcome"])) == (CLEANED, OUTCOMES)


def test_pages_get_a_column_of_their_text() -> None:
    rows = datasets.Dataset.from_dict({"html": [PAGE], "url": ["https://example.org/1.html"]})
    (row,) = rows.map(clean_batch(html="html", url="url", outcome=""), batched=True)
    assert sorted(row) == ["html", "report", "text", "url"]
    assert row["html"] == PAGE
    assert "首页" not in row["text"]
    assert '"name": "https://example.org/1.html"' in row["report"]
    (replaced,) = rows.map(clean_batch(html="html", text="html"), batched=True)
    assert replaced["html"] == row["text"]


def test_what_was_cleaned_once_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets.Dataset.from_dict(ROWS).save_to_disk(tmp_path)
    first = datasets.load_from_disk(tmp_path).map(CLEAN_BATCH, batched=True)
    monkeypatch.setattr(Recipe, "clean", lambda *args, **options: pytest.fail("cleaned again"))
    same = pickle.loads(pickle.dumps(CLEAN_BATCH))
    assert list(datasets.load_from_disk(tmp_path).map(same, batched=True)) == list(first)


def test_the_fingerprint_is_one_in_every_run_and_another_for_other_options() -> None:
    code = (
        "from datasets.fingerprint import Hasher; from cleaner.adapters.datasets import clean_batch\n"
        "print(Hasher.hash(clean_batch(drop=['characters == 1'])))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    CLEAN_BATCH({"text": [DIRTY]})
    assert said.stdout.strip() == Hasher.hash(CLEAN_BATCH)
    others = [clean_batch(), clean_batch(report="")]
    assert len({Hasher.hash(function) for function in (CLEAN_BATCH, *others)}) == 3


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"text": "content"}, "no column 'content' in the dataset; name one of 'id', 'text'"),
        ({"url": "url"}, "no column 'url'"),
        ({"html": "text", "text": "id"}, "the dataset has a column 'id' already"),
        ({"report": "text"}, "the dataset has a column 'text' already"),
        ({"report": "id"}, "the dataset has a column 'id' already; give the new one another name"),
    ],
)
def test_columns_that_do_not_fit_are_told(names: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        datasets.Dataset.from_dict(ROWS).map(clean_batch(**names), batched=True)


def test_single_rows_are_not_taken_for_batches() -> None:
    with pytest.raises(InputError, match="batched=True"):
        datasets.Dataset.from_dict({"text": [DIRTY]}).map(clean_batch())


def test_tables_of_arrow_are_not_taken_for_batches() -> None:
    with pytest.raises(InputError, match="with_format"):
        datasets.Dataset.from_dict({"text": [DIRTY]}).with_format("arrow").map(clean_batch(), batched=True)


def _source(row: dict[str, Any]) -> str | None:
    told = row["report"]
    return report.document_of((row["text"] or "").encode(), told).source if told else None
