"""The datatrove block, in pipelines of datatrove itself."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import dill
import pytest
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from cleaner import report
from cleaner.adapters.datatrove import CleanerFilter
from cleaner.errors import InputError
from tests.boxes import json_lines
from tests.samples import ARTICLE, LEAD
from tests.test_adapters_cleaning import CLEAN, DIRTY, PAGE

TEXTS: Final = {"a": DIRTY, "b": ARTICLE, "c": "短", "d": "长"}
PICKY: Final = CleanerFilter(drop=["characters == 1"])


def cleaned(block: CleanerFilter, *documents: Document) -> list[Document]:
    return list(block.run(iter(documents)))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_pipeline_cleans_and_excludes(tmp_path: Path, workers: int) -> None:
    (tmp_path / "in").mkdir()
    rows = [{"id": name, "text": text} for name, text in TEXTS.items()]
    (tmp_path / "in" / "0.jsonl").write_bytes(json_lines(rows[::2]))
    (tmp_path / "in" / "1.jsonl").write_bytes(json_lines(rows[1::2]))
    excluded = JsonlWriter(str(tmp_path / "excluded"), compression=None)
    steps = [
        JsonlReader(str(tmp_path / "in")),
        CleanerFilter(excluded, drop=["characters == 1"]),
        JsonlWriter(str(tmp_path / "out"), compression=None),
    ]
    executor = LocalPipelineExecutor(steps, tasks=2, workers=workers, logging_dir=str(tmp_path / "logs"))
    stats = executor.run()
    kept, left = read(tmp_path / "out"), read(tmp_path / "excluded")
    assert {name: row["text"] for name, row in kept.items()} == {"a": CLEAN, "b": ARTICLE}
    assert {name: (row["text"], row["metadata"]["filter_reason"]) for name, row in left.items()} == {
        "c": (TEXTS["c"], "drop/characters"),
        "d": (TEXTS["d"], "drop/characters"),
    }
    for name, row in {**kept, **left}.items():
        text = row["text"] if name in kept else ""
        assert report.document_of(text.encode(), row["metadata"]["report"]).source == TEXTS[name]
    counts = stats.stats[1].stats
    assert {name: counts[name].total for name in ("total", "forwarded", "cleaned", "unchanged", "dropped")} == {
        "total": 4, "forwarded": 2, "cleaned": 1, "unchanged": 1, "dropped": 4,
    }  # fmt: skip


def test_a_page_is_read_with_its_address_and_one_without_text_is_excluded() -> None:
    block = CleanerFilter(html=True)
    pages = [Document(PAGE, "1", metadata={"url": "https://example.org/1.html"}), Document("<p></p>", "2")]
    (kept,) = cleaned(block, *pages)
    assert LEAD in kept.text
    assert "首页" not in kept.text
    assert pages[1].text == "<p></p>"
    assert json.loads(pages[1].metadata["report"])["outcome"] == "empty"
    assert block.stats["dropped_empty"].total == 1


def test_what_is_no_text_fails_and_goes_no_further() -> None:
    document = Document(["甲"], "1")
    block = CleanerFilter()
    assert cleaned(block, document) == []
    assert json.loads(document.metadata["report"])["reason"].startswith("no text but list")
    assert block.stats["failed"].total == 1


def test_metadata_are_not_written_over() -> None:
    with pytest.raises(InputError, match="1: the metadata have a 'report' already; name another by report="):
        cleaned(CleanerFilter(), Document(ARTICLE, "1", metadata={"report": "一"}))
    (kept,) = cleaned(CleanerFilter(report=""), Document(ARTICLE, "1", metadata={"report": "一"}))
    assert kept.metadata == {"report": "一"}


@pytest.mark.parametrize("through", [pickle, dill], ids=["pickle", "dill"])
def test_the_block_travels(through: Any) -> None:
    (kept,) = cleaned(through.loads(through.dumps(PICKY)), Document(DIRTY, "1"), Document("短", "2"))
    assert kept.text == CLEAN


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """All rows of a folder, by their ids."""
    lines: Iterable[str] = [line for path in sorted(folder.iterdir()) for line in path.read_text("utf-8").splitlines()]
    return {row["id"]: row for row in map(json.loads, lines)}
