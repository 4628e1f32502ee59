"""What documents share is the same whoever counts it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner.counting import counted
from cleaner.engine import Budget, Engine, Pool, Serial
from cleaner.pipeline import Cleaner
from cleaner.sources import Columns, find_sources
from cleaner.templates import Counts, groups_of
from cleaner.units import View
from tests.sites import page
from tests.test_troubles import Breaking

CLEANER = Cleaner()
PAGES = 12


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Pages of one site, as files and as lines, and what is no text."""
    (tmp_path / "in").mkdir()
    for number in range(PAGES):
        (tmp_path / "in" / f"{number:02}.txt").write_text(page(number), "utf-8")
    (tmp_path / "in" / "bad.txt").write_bytes(b"\x00")
    rows = [{"url": f"https://example.com/{number}", "text": page(number)} for number in range(PAGES, 2 * PAGES)]
    (tmp_path / "in" / "more.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in [*rows, 7]), "utf-8")
    return tmp_path / "in"


def count(given: Path, engine: Engine) -> tuple[Counts, list[int]]:
    told: list[int] = []
    sources = list(find_sources([given], leave_out=given / "out"))
    with engine.opened() as workers:
        found = counted(sources, CLEANER, workers, columns=Columns(), least=3, tell=told.append)
    return found, told


def test_processes_count_what_one_counts(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, told = count(given, Serial())
    assert one.sizes() == {"folder .": PAGES, "example.com": PAGES}
    assert told == list(range(1, PAGES + 3))
    monkeypatch.setattr("cleaner.pieces._BYTES", 4_000)  # so that there are many pieces
    many, also = count(given, Pool(2, Budget(0, 0), worthwhile=0))
    assert (many.facts(), also) == (one.facts(), told)


def test_documents_are_counted_as_if_they_were_added(given: Path) -> None:
    counts = Counts(3)
    for path in sorted(given.glob("[0-9]*.txt")):
        text = path.read_text("utf-8")
        counts.add(View(CLEANER.repaired(text).text), groups_of(path.name, text))
    (given / "more.jsonl").unlink()
    assert count(given, Serial())[0].facts() == counts.facts()


def test_a_record_that_breaks_its_worker_is_not_counted(given: Path) -> None:
    assert count(given, Breaking("example.com/15", is_sure=True))[0].sizes()["example.com"] == PAGES - 1
