"""Runs that cannot go on as they should: it is told clearly, nothing is half-written, and the next run goes on."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from cleaner import pipeline
from cleaner.cli import app
from cleaner.engine import Budget, Item, Job, Piece, Result, Serial, Workers
from cleaner.errors import AccountError, BusyError, ChangedError
from cleaner.report import Summary
from cleaner.run import clean_files
from cleaner.sinks import Output, State, taken
from tests.killing import outputs, parts
from tests.prose import prose
from tests.samples import cleaner_with, rule, rule_file

CLEANER = cleaner_with()


def rows(path: Path, *, count: int = 40, sentences: int = 12) -> Path:
    told = (json.dumps({"id": row, "text": prose(row, sentences)}, ensure_ascii=False) for row in range(count))
    path.write_text("\n".join(told) + "\n", "utf-8")
    return path


def files(folder: Path, *, count: int = 30) -> Path:
    folder.mkdir()
    for seed in range(count):
        (folder / f"{seed:02}.txt").write_text(prose(seed, 40), "utf-8")
    return folder


def command(*words: object) -> tuple[int, str]:
    """Exit code and stderr."""
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stderr


@pytest.fixture
def _few_rules(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rule_file(tmp_path_factory.mktemp("shipped"), rule(), stem="app")
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: [path])


# two runs


@pytest.mark.usefixtures("_few_rules")
def test_a_second_run_into_one_folder_is_refused(tmp_path: Path) -> None:
    given, output = files(tmp_path / "in", count=2), Output(tmp_path / "out")
    with taken(output, State.of(output)):
        code, told = command("clean", given, "-o", tmp_path / "out")
        assert (code, "another run is writing to it" in told) == (1, True)
        assert outputs(tmp_path / "out") == {}
        with pytest.raises(BusyError, match="give another OUT"):
            clean_files([given], tmp_path / "out", CLEANER)
    assert command("clean", given, "-o", tmp_path / "out")[0] == 0


# disks


@dataclass(slots=True)
class Disk:
    """A disk that is full after so many files."""

    room: int
    replace: Callable[..., None] = os.replace

    def __call__(self, source: Any, to: Any) -> None:
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(to))
        self.replace(source, to)


@pytest.mark.usefixtures("_few_rules")
@pytest.mark.parametrize("room", [0, 1, 5, 50, 90, 121])
def test_a_full_disk_is_told_of_and_the_run_goes_on_when_there_is_room(room: int, tmp_path: Path) -> None:
    given = files(tmp_path / "in")
    rows(given / "rows.jsonl")
    assert command("clean", given, "-o", tmp_path / "whole")[0] == 0
    whole = outputs(tmp_path / "whole")
    with patch("cleaner.sinks.writing.os.replace", Disk(room)):
        code, told = command("clean", given, "-o", tmp_path / "out")
    assert (code, "No space left on device" in told) == (1, True)
    assert outputs(tmp_path / "out").items() <= whole.items()
    kept = parts(tmp_path / "out")
    assert command("clean", given, "-o", tmp_path / "out")[0] == 0
    assert outputs(tmp_path / "out") == whole
    assert kept.items() <= parts(tmp_path / "out").items()


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """What mounts a small disk of its own at one place, by its options."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options: str) -> Path:
        words = ["mount", "-t", "tmpfs", "-o", options, "none", str(place)]
        if os.name != "posix" or subprocess.run(words, capture_output=True, check=False).returncode:
            pytest.skip("no disk can be mounted here")
        return place

    yield mount
    subprocess.run(["umount", str(place)], capture_output=True, check=False)


@pytest.mark.usefixtures("_few_rules")
def test_a_disk_that_is_really_full_is_told_of(tmp_path: Path, mounted: Callable[[str], Path]) -> None:
    given, out = files(tmp_path / "in"), mounted("size=300k") / "out"
    assert command("clean", given, "-o", tmp_path / "whole")[0] == 0
    code, told = command("clean", given, "-o", out)
    assert code == 1
    assert "No space left on device; make room, and give the same command again" in told
    assert outputs(out).items() <= outputs(tmp_path / "whole").items()
    mounted("remount,size=30m")
    assert command("clean", given, "-o", out)[0] == 0
    assert outputs(out) == outputs(tmp_path / "whole")


@pytest.mark.usefixtures("_few_rules")
def test_a_folder_that_cannot_be_written_to_is_told_of(tmp_path: Path, mounted: Callable[[str], Path]) -> None:
    code, told = command("clean", files(tmp_path / "in", count=1), "-o", mounted("ro") / "out")
    assert code == 1
    assert "Read-only file system; give an OUT that can be written to" in told


# inputs


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """An engine in whose time something happens to the inputs."""

    happening: Callable[[], object]
    budget: Budget = field(default_factory=Budget)

    def opened(self) -> AbstractContextManager[Workers]:
        return nullcontext(self)

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        yield from Serial().map(job, items)
        self.happening()


@pytest.mark.parametrize("what", ["goes", "grows", "changes"])
def test_a_container_that_changes_meanwhile_is_told_of(what: str, tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl")
    happenings: dict[str, Callable[[], object]] = {
        "goes": partial(given.unlink, missing_ok=True),
        "grows": lambda: given.write_text(given.read_text("utf-8") + '{"text": "天"}\n', "utf-8"),
        "changes": lambda: rows(given, count=39),
    }
    with pytest.raises(ChangedError, match=r"in\.jsonl was changed, or went"):
        clean_files([given], tmp_path / "out", CLEANER, engine=Meanwhile(happenings[what]))
    assert outputs(tmp_path / "out").keys() <= {"duplicates.jsonl"}
    rows(given)
    clean_files([given], tmp_path / "out", CLEANER)
    clean_files([given], tmp_path / "whole", CLEANER)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


# workers


@dataclass(frozen=True, slots=True)
class Breaking:
    """An engine whose workers cannot take one record."""

    culprit: str
    is_sure: bool
    budget: Budget = field(default_factory=Budget)

    def opened(self) -> AbstractContextManager[Workers]:
        return nullcontext(self)

    def map(self, job: Job[Item, Any, Result], items: Iterable[Item]) -> Iterator[Result]:
        for item in items:
            for piece in job.cut(item):
                if self.culprit not in str(piece):
                    yield job.work(piece)
                    continue
                for part in job.split(piece):
                    breaks = self.culprit in str(part)
                    yield job.fail(part, "its worker died", self.is_sure) if breaks else job.work(part)


@pytest.mark.parametrize("is_sure", [True, False])
def test_one_record_that_breaks_its_worker_fails_and_no_other(is_sure: bool, tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl")
    engine = Breaking(prose(7, 12)[:30], is_sure)
    for _ in range(2):
        summary = clean_files([given], tmp_path / "out", CLEANER, engine=engine)
        assert [failure.facts()["name"] for failure in summary.failures] == ["in.jsonl/7"]
        assert summary.accounts() == {"in": 40, "written": 39, "dropped": 0, "failed": 1}
    told = [json.loads(line) for line in (tmp_path / "out" / "reports" / "in.jsonl").read_text("utf-8").splitlines()]
    assert [(row["record"], row["reason"]) for row in told if row["outcome"] == "failed"] == [(8, "its worker died")]
    assert "-split" in "".join(parts(tmp_path / "out"))


def test_what_died_by_chance_is_cleaned_by_the_next_run(tmp_path: Path) -> None:
    given = rows(tmp_path / "in.jsonl")
    engine = Breaking(prose(7, 12)[:30], is_sure=False)
    clean_files([given], tmp_path / "out", CLEANER, engine=engine)
    clean_files([given], tmp_path / "out", CLEANER, engine=Serial(engine.budget))
    clean_files([given], tmp_path / "whole", CLEANER)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


# accounts


def test_an_account_that_does_not_balance_is_an_error(tmp_path: Path) -> None:
    summary = Summary(settings={})
    summary.add(CLEANER.clean(prose(1), name="a"))
    summary.check(came=1, written=1)
    for came, written in ((2, 1), (1, 0)):
        with pytest.raises(AccountError, match=f"{came} came in and {written} texts went out"):
            summary.check(came=came, written=written)


def test_a_run_that_writes_less_than_it_says_is_an_error(tmp_path: Path) -> None:
    with (
        patch("cleaner.running.write_blocks", lambda *given: 39),
        pytest.raises(AccountError, match="39 texts went out"),
    ):
        clean_files([rows(tmp_path / "in.jsonl")], tmp_path / "out", CLEANER)


# interruptions


WORDS = [sys.executable, "-m", "cleaner", "clean"]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with more than is done without workers, and what a run made of it that nobody stopped."""
    folder = tmp_path_factory.mktemp("long")
    given = rows(folder / "in.jsonl", count=950, sentences=80)
    done = subprocess.run([*WORDS, str(given), "-o", str(folder / "whole")], check=True, capture_output=True, text=True)
    assert "taken over from an earlier run" not in done.stdout
    return folder


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_control_c_stops_and_the_same_command_goes_on(signum: signal.Signals, long: Path, tmp_path: Path) -> None:
    words = [*WORDS, str(long / "in.jsonl"), "-o", str(tmp_path / "out")]
    running = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    while running.poll() is None and not parts(tmp_path / "out"):
        time.sleep(0.002)
    running.send_signal(signum)
    _, told = running.communicate()
    assert running.returncode == 1
    assert f"stopped; what is done is kept in {tmp_path / 'out'}, and the same command goes on from there" in told
    assert outputs(tmp_path / "out") == {}
    kept = parts(tmp_path / "out")
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert "taken over from an earlier run" in done.stdout
    assert kept.items() <= parts(tmp_path / "out").items()
    assert outputs(tmp_path / "out") == outputs(long / "whole")


def test_a_run_that_is_cut_short_leaves_no_account_of_an_earlier_one(tmp_path: Path) -> None:
    def interrupt(progress: object) -> None:
        raise KeyboardInterrupt

    given, out = files(tmp_path / "in", count=2), tmp_path / "out"
    clean_files([given], out, CLEANER)
    assert {"summary.json", "index.html"} <= outputs(out).keys()
    with pytest.raises(KeyboardInterrupt):
        clean_files([given], out, CLEANER, tell=interrupt)
    assert outputs(out).keys().isdisjoint({"summary.json", "index.html"})


def test_only_half_written_files_of_a_run_are_swept(tmp_path: Path) -> None:
    given, out = files(tmp_path / "in", count=1), tmp_path / "out"
    ours = [out / ".a.part", out / "text" / "deep" / ".b.part", out / ".cleaner" / "parts" / "ab" / ".c.part"]
    others = out / "mine" / ".d.part"
    for path in (*ours, others, out / ".cleaner" / "running"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    clean_files([given], out, CLEANER)
    assert [path.exists() for path in (*ours, others)] == [False, False, False, True]
