"""Engines: the same results in the same order, and what becomes of pieces that break their workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cleaner.engine import Budget, Engine, Job, Pool, Serial
from cleaner.errors import EngineError

Piece = tuple[str, ...]


def cut(item: str) -> Iterator[Piece]:
    """Words of one line, in pairs."""
    words = item.split()
    return (tuple(words[start : start + 2]) for start in range(0, len(words), 2))


def work(piece: Piece, *, place: Path | None = None) -> str:
    """The piece in capitals; some words do harm."""
    for word in piece:
        if word == "sleep":
            time.sleep(60)
        elif word == "eat":
            _ = [bytes(1 << 20) for _ in range(4096)]  # asked for, and never touched
        elif word == "abort":
            os.abort()
        elif word == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif word == "die-once" and place and not place.exists():
            place.touch()
            os._exit(3)
        elif word == "raise":
            raise FileNotFoundError(2, "No such file", "gone")
    return " ".join(piece).upper()


def split(piece: Piece) -> list[Piece]:
    return [(word,) for word in piece]


def fail(piece: Piece, reason: str, is_sure: bool) -> str:
    return f"{piece[0]}: {reason if is_sure else 'died'}"


def job(place: Path | None = None) -> Job[str, Piece, str]:
    return Job(dict, cut, partial(work, place=place), split, fail, len)


def pool(*, workers: int = 2, seconds: float = 30, memory: int = 0) -> Pool:
    return Pool(workers, Budget(seconds, memory), worthwhile=0)


def done(
    engine: Engine, lines: Iterable[str], *, place: Path | None = None, work: Callable[[Piece], str] | None = None
) -> list[str]:
    """What comes of all pieces of some lines."""
    with engine.opened() as workers:
        return list(workers.map(replace(job(place), work=work) if work else job(place), lines))


LINES = [" ".join(f"w{line}-{word}" for word in range(line % 5)) for line in range(40)]


@pytest.mark.parametrize("engine", [pool(workers=1), pool(), pool(workers=3), Pool()], ids=["1", "2", "3", "small"])
def test_a_pool_gives_what_one_process_gives(engine: Engine) -> None:
    assert done(engine, LINES) == done(Serial(), LINES)


LIMITED: dict[str, Callable[[Budget], Engine]] = {
    "pool": lambda budget: Pool(2, budget, worthwhile=0),
    "small": lambda budget: Pool(2, budget),
    "serial": Serial,
}


@pytest.mark.parametrize("kind", LIMITED)
def test_what_takes_too_long_fails_alone(kind: str) -> None:
    engine = LIMITED[kind](Budget(0.5, 0))
    assert done(engine, ["a sleep b", "c"]) == ["A", f"sleep: {engine.budget.too_long}", "B", "C"]


@pytest.mark.parametrize("kind", LIMITED)
def test_what_takes_too_much_memory_fails_alone(kind: str) -> None:
    engine = LIMITED[kind](Budget(30, 1024))
    assert done(engine, ["a eat b", "c"]) == ["A", f"eat: {engine.budget.too_large}", "B", "C"]


def test_a_library_that_gets_no_memory_may_end_its_worker() -> None:
    limited, free = pool(memory=1024), pool()
    assert done(limited, ["abort b"]) == [
        f"abort: {limited.budget.too_large}, or a library that cleans it gave up (SIGABRT)",
        "B",
    ]
    assert done(free, ["abort b"]) == ["abort: died", "B"]


def test_what_kills_its_worker_fails_alone() -> None:
    assert done(pool(), ["a die b", "c d e"]) == ["A", "die: died", "B", "C D", "E"]


@pytest.mark.parametrize("line", ["a die-once b", "die-once"])
def test_what_died_with_its_worker_by_chance_is_done(line: str, tmp_path: Path) -> None:
    assert done(pool(), [line, "c"], place=tmp_path / "died") == [*line.upper().split(), "C"]


def test_what_the_work_raises_comes_out() -> None:
    with pytest.raises(FileNotFoundError) as error:
        done(pool(), ["a", "raise", "b"])
    assert error.value.filename == "gone"


def test_items_are_read_as_they_are_needed() -> None:
    read = []

    def items() -> Iterator[str]:
        for number in range(1000):
            read.append(number)
            yield "a"

    with pool(workers=1).opened() as workers:
        assert next(workers.map(job(), items())) == "A"
    assert len(read) < 100


def test_no_worker_goes_on_when_nobody_wants_results() -> None:
    with pool().opened() as workers:
        results = workers.map(job(), ["a", "sleep", "sleep"])
        assert next(results) == "A"
        results.close()  # type: ignore[attr-defined]
        assert list(workers.map(job(), ["b"])) == ["B"]


def pid(piece: Piece) -> str:
    return str(os.getpid())


def test_workers_stay_from_job_to_job_that_begin_alike() -> None:
    same = Job(None, cut, pid, split, fail, len)
    with pool(workers=1).opened() as workers:
        first, second, begun, third, other = (
            list(workers.map(each, ["a"]))
            for each in (same, same, replace(same, start=dict), same, replace(same, start=list))
        )
    assert first == second
    assert begun == third
    assert len({*first, *begun, *other}) == 3


def test_workers_that_cannot_live_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.engine.processes._begin", partial(os._exit, 1))
    with pytest.raises(EngineError, match="workers die"):
        done(pool(workers=1), ["a"])


def told_and_asleep(piece: Piece) -> str:
    """Says which process this is, in the file named by the piece, and never ends."""
    Path(piece[0]).write_text(str(os.getpid()), "ascii")
    while True:
        time.sleep(1)


def lives(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text("utf-8")
    except FileNotFoundError:
        return False


@pytest.mark.skipif(os.name != "posix", reason="workers are not copied here")
def test_an_interrupt_while_workers_begin_is_told_by_nobody_else() -> None:
    words = (
        "import os, signal; from multiprocessing.forkserver import _forkserver; from tests.test_engine import *; "
        "engine = pool(workers=1); engine.prepare(); time.sleep(0.3); process = _forkserver._forkserver_pid; "
        "os.kill(process, signal.SIGINT); print(os.waitpid(process, 0)[1]); _forkserver._forkserver_pid = None"
    )
    ran = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == (f"{signal.SIGINT.value}\n", "")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are not listed here")
def test_no_worker_outlives_the_process_that_is_killed(tmp_path: Path) -> None:
    place = tmp_path / "worker"
    words = f"from tests.test_engine import *; done(pool(workers=1), [{str(place)!r}], work=told_and_asleep)"
    running = subprocess.Popen([sys.executable, "-c", words], stderr=subprocess.DEVNULL)
    while running.poll() is None and not (place.exists() and place.read_text("ascii")):
        time.sleep(0.05)
    running.kill()
    running.wait()
    worker, end = int(place.read_text("ascii")), time.monotonic() + 30
    while lives(worker) and time.monotonic() < end:
        time.sleep(0.05)
    assert not lives(worker)


class Lost:
    """A pool whose workers go right after they were given something: of that, nothing is heard."""

    active = True

    def __init__(self, *_: object, **__: object) -> None: ...

    def schedule(self, *_: object, **__: object) -> Future[str]:
        self.active = False
        return Future()

    def stop(self) -> None: ...

    def join(self) -> None: ...


def test_what_workers_were_given_while_they_went_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.engine.processes.ProcessPool", Lost)
    monkeypatch.setattr("cleaner.engine.processes._LOOK", 0.01)
    with pytest.raises(EngineError, match="workers die"):
        done(pool(workers=1), ["a"])


def modules(piece: Piece) -> str:
    return " ".join(name for name in piece if name in sys.modules)


@pytest.mark.skipif(os.name != "posix", reason="workers are not copied here")
def test_workers_are_copied_from_what_is_ready_for_cleaning() -> None:
    engine = pool(workers=1)
    engine.prepare()
    with engine.opened() as workers:
        told = list(workers.map(Job(None, cut, modules, split, fail, len), ["cleaner.rehearsal", "cleaner.stream"]))
    assert told == ["cleaner.rehearsal", ""]


def test_a_budget_that_no_worker_can_live_on_is_refused() -> None:
    with pytest.raises(ValueError, match="a worker needs"):
        Budget(memory=100)
