"""Runs that were cut short go on: the same bytes come out, and what was done is not done again."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from cleaner import parts as parts_
from cleaner.cleaning import result_of
from cleaner.dedup import Policy
from cleaner.engine import Budget, Engine, Item, Job, Piece, Pool, Result, Serial, Workers
from cleaner.pipeline import Cleaner
from cleaner.run import AcrossFiles, clean_files
from tests.killing import REVISED, killed_child, outputs, parts, seconds
from tests.prose import edited, prose
from tests.samples import cleaner_with, rule, rule_file

CLEANER = cleaner_with()
KILLS = 12


def pages(folder: Path, *, files: int = 80, sentences: int = 12) -> Path:
    """A folder of texts, some of which are much alike, and some that are no text."""
    folder.mkdir(parents=True)
    for seed in range(files):
        (folder / f"{seed:04}.txt").write_text(edited(prose(seed // 2, sentences), seed % 2 / 100), "utf-8")
    (folder / "bad.txt").write_bytes(b"\x00")
    return folder


def table(path: Path, *, rows: int = 600) -> Path:
    """A parquet file of texts, some of which are alike."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = [edited(prose(row % (rows - 30) + 5000, 12), 0.01) for row in range(rows)]
    ids = [f"https://example.com/{row}" for row in range(rows)]
    parquet.write_table(arrow.table({"url": ids, "text": texts, "n": list(range(rows))}), path, row_group_size=100)
    return path


def lines(path: Path, *, rows: int = 300) -> Path:
    path.write_text(
        "".join(json.dumps({"id": row, "text": prose(row, 12)}, ensure_ascii=False) + "\n" for row in range(rows)),
        "utf-8",
    )
    return path


def run(given: Path, out: Path, *, engine: Engine | None = None, cleaner: Cleaner = CLEANER) -> None:
    summary = clean_files([given], out, cleaner, engine=engine or Serial())
    accounts = summary.accounts()
    assert accounts["in"] == accounts["written"] + accounts["dropped"] + accounts["failed"]


@pytest.mark.parametrize("kind", ["files", "table"])
def test_a_run_that_is_killed_again_and_again_gives_the_same_bytes(kind: str, tmp_path: Path) -> None:
    given = pages(tmp_path / "in") if kind == "files" else table(tmp_path / "in.parquet")
    whole = seconds(partial(run, given, tmp_path / "whole"))
    seed = random.randrange(1 << 32)
    print("seed", seed)
    random_ = random.Random(seed)
    kept: dict[str, tuple[int, int]] = {}
    killed = 0
    for _ in range(KILLS):
        killed += killed_child(partial(run, given, tmp_path / "out"), random_.uniform(0, whole))
        now = parts(tmp_path / "out")
        assert kept.items() <= now.items()
        kept = now
    run(given, tmp_path / "out")
    assert killed
    assert kept.items() <= parts(tmp_path / "out").items()
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


def killed_at(step: int, run: Callable[[], object]) -> None:
    """A run that is killed right before it gives, takes or doubles the name of a file for the so-many-th time."""
    left = [step]

    def counted(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*given: object, **more: object) -> object:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **more)

        return call

    for name in ("replace", "unlink", "link"):
        setattr(os, name, counted(name))
    run()


def test_a_run_that_is_killed_between_any_two_steps_gives_the_same_bytes(tmp_path: Path) -> None:
    given = pages(tmp_path / "in", files=3)
    lines(given / "in.jsonl", rows=3)
    run(given, tmp_path / "whole")
    step, was_killed = 0, True
    while was_killed:
        step += 1
        out = tmp_path / str(step)
        was_killed = killed_child(partial(killed_at, step, partial(run, given, out)), after=60)
        run(given, out)
        assert outputs(out) == outputs(tmp_path / "whole"), step
    assert step > 10


def test_a_second_run_cleans_nothing_again(tmp_path: Path) -> None:
    given = pages(tmp_path / "in")
    run(given, tmp_path / "out")
    with patch.object(parts_, "result_of", side_effect=AssertionError("cleaned again")):
        run(given, tmp_path / "out")


def test_a_second_run_settles_nothing_again(tmp_path: Path) -> None:
    given = pages(tmp_path / "in")
    lines(given / "a.jsonl")
    lines(given / "b.jsonl")
    run(given, tmp_path / "out")
    assert (tmp_path / "out" / "duplicates.jsonl").read_text("utf-8")
    before = outputs(tmp_path / "out")
    with patch("cleaner.settling.dedup.revised", side_effect=AssertionError("settled again")):
        run(given, tmp_path / "out")
    assert outputs(tmp_path / "out") == before


def test_only_what_changed_is_cleaned_again(tmp_path: Path) -> None:
    given = pages(tmp_path / "in")
    run(given, tmp_path / "out")
    (given / "0007.txt").write_text(prose(999), "utf-8")
    with patch.object(parts_, "result_of", wraps=result_of) as cleaned:
        run(given, tmp_path / "out")
    assert [call.args[0].name for call in cleaned.call_args_list] == ["0007.txt"]


def test_another_rule_is_another_recipe(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(f"{prose(1)}打开应用看全文\n", "utf-8")
    run(tmp_path / "in.txt", tmp_path / "out")
    run(tmp_path / "in.txt", tmp_path / "out", cleaner=cleaner_with(rule_file(tmp_path, rule())))
    assert "打开应用" not in (tmp_path / "out" / "text" / "in.txt").read_text("utf-8")


def test_other_shingles_are_other_parts(tmp_path: Path) -> None:
    given = pages(tmp_path / "in", files=4)
    run(given, tmp_path / "out")
    before = parts(tmp_path / "out")
    clean_files([given], tmp_path / "out", CLEANER, across=AcrossFiles(duplicates=Policy(ngram=2)))
    assert not before.keys() & parts(tmp_path / "out").keys()


def test_what_is_said_of_a_document_is_not_what_was_said_before(tmp_path: Path) -> None:
    given = pages(tmp_path / "in", files=4)
    run(given, tmp_path / "out")
    (given / "longer.txt").write_text((given / "0000.txt").read_text("utf-8") + prose(77, 1), "utf-8")
    for name in ("out", "whole"):
        run(given, tmp_path / name)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


def test_parts_that_nobody_needs_go(tmp_path: Path) -> None:
    given = pages(tmp_path / "in")
    run(given, tmp_path / "out")
    before = parts(tmp_path / "out")
    for path in given.glob("*[1-9].txt"):
        path.unlink()
    run(given, tmp_path / "out")
    assert parts(tmp_path / "out").items() < before.items()
    run(pages(tmp_path / "other" / "in", files=3), tmp_path / "out")
    assert len([key for key in parts(tmp_path / "out") if REVISED not in key]) == 4


def test_a_part_that_is_damaged_is_done_again(tmp_path: Path) -> None:
    given = pages(tmp_path / "in", files=4)
    run(given, tmp_path / "out")
    before = outputs(tmp_path / "out")
    for number, path in enumerate((tmp_path / "out" / ".cleaner" / "parts").glob("*/*")):
        path.write_bytes(path.read_bytes()[: -number * 7] if number else b"")
    run(given, tmp_path / "out")
    assert outputs(tmp_path / "out") == before


# engines


GIVEN: dict[str, Callable[[Path], Path]] = {
    "files": lambda folder: pages(folder / "in"),
    "table": lambda folder: table(folder / "in.parquet"),
    "lines": lambda folder: lines(folder / "in.jsonl"),
}


@pytest.mark.parametrize("kind", GIVEN)
def test_every_number_of_workers_writes_the_same_bytes(kind: str, tmp_path: Path) -> None:
    given = GIVEN[kind](tmp_path)
    cleaner = Cleaner()
    run(given, tmp_path / "serial", cleaner=cleaner)
    run(given, tmp_path / "pool", engine=Pool(2, worthwhile=0), cleaner=cleaner)
    assert outputs(tmp_path / "pool") == outputs(tmp_path / "serial")
    kept = parts(tmp_path / "pool")
    run(given, tmp_path / "pool", engine=Pool(3, worthwhile=0), cleaner=cleaner)
    assert parts(tmp_path / "pool") == kept


@dataclass(frozen=True, slots=True)
class Shuffled:
    """An engine whose workers do the pieces of a job in any order."""

    random_: random.Random
    budget: Budget = field(default_factory=Budget)

    def opened(self) -> AbstractContextManager[Workers]:
        return nullcontext(self)

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        pieces = [piece for item in items for piece in job.cut(item)]
        order = self.random_.sample(range(len(pieces)), len(pieces))
        done = {place: job.work(pieces[place]) for place in order}
        return (done[place] for place in range(len(pieces)))


@pytest.mark.parametrize("kind", GIVEN)
def test_parts_that_are_done_in_any_order_give_the_same_bytes(kind: str, tmp_path: Path) -> None:
    given = GIVEN[kind](tmp_path)
    run(given, tmp_path / "serial")
    for seed in range(3):
        run(given, tmp_path / f"{seed}", engine=Shuffled(random.Random(seed)))
        assert outputs(tmp_path / f"{seed}") == outputs(tmp_path / "serial")


# who breaks a worker


def test_a_text_that_takes_too_long_or_too_much_fails_and_the_run_goes_on(tmp_path: Path) -> None:
    given = pages(tmp_path / "in", files=6)
    (given / "0003.txt").write_text(prose(7, 5_000) * 150, "utf-8")
    cleaner = Cleaner()
    for name, budget in (("time", Budget(1, 0)), ("memory", Budget(0, 512)), ("time", Budget(1, 0))):
        kept = parts(tmp_path / name)
        summary = clean_files([given], tmp_path / name, cleaner, engine=Pool(1, budget, worthwhile=0))
        assert kept.items() <= parts(tmp_path / name).items()
        told = {failure.name: failure.reason for failure in summary.failures}
        assert told.keys() == {"0003.txt", "bad.txt"}
        assert "takes more than" in told["0003.txt"]
        assert json.loads((tmp_path / name / "reports" / "0003.json").read_text("utf-8"))["outcome"] == "failed"
        assert not (tmp_path / name / "text" / "0003.txt").exists()


def test_templates_count_the_same_in_every_process(tmp_path: Path) -> None:
    given = pages(tmp_path / "in", files=8)
    for path in given.glob("0*.txt"):
        path.write_text(f"{path.read_text('utf-8')}\n青石桥头旧书铺网站地图\n关于我们 联系方式 投稿须知\n", "utf-8")
    cleaner, across = Cleaner(), AcrossFiles(templates=3)
    for name, engine in (("serial", Serial()), ("pool", Pool(2, worthwhile=0))):
        summary = clean_files([given], tmp_path / name, cleaner, across=across, engine=engine)
        assert summary.kinds()["templates"]["removed"]
    assert outputs(tmp_path / "pool") == outputs(tmp_path / "serial")
