"""How much faster a run is with a pool of processes than with one: wall time of whole runs, reports and all.

The same texts go through both engines, as files and as one container, each into a folder of its own that must come out
the same. Starting workers counts; in the first turn also that of the process they are copied from. Told beside: how
long no worker worked, for what one process does alone bounds the rest; the ceiling, which is what two runs of one
process each, side by side, reach here; and the load of the machine, for others take their share of it.

    python -m bench.engines [MEGABYTES [TURNS]]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.corpora import texts
from cleaner.engine import Budget, Engine, Item, Job, Piece, Pool, Result, Serial, Workers
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from tests.killing import outputs
from tests.prose import prose

MEGABYTES = 20
TURNS = 2  # the fastest counts


@dataclass(frozen=True, slots=True)
class Watched:
    """An engine of which is noted when its workers work."""

    engine: Engine
    spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def budget(self) -> Budget:
        return self.engine.budget

    @contextmanager
    def opened(self) -> Iterator[Workers]:
        with self.engine.opened() as workers:
            yield WatchedWorkers(workers, self.spans)

    def idle(self, start: float, end: float) -> float:
        """The seconds from start to end in which no worker worked."""
        idle, done = 0.0, start
        for first, last in sorted(self.spans):
            idle += max(first - done, 0.0)
            done = max(done, last)
        return idle + end - done


@dataclass(frozen=True, slots=True)
class WatchedWorkers:
    """Its workers."""

    workers: Workers
    spans: list[tuple[float, float]]

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        work, fail = partial(_timed, job.work), partial(_timed, job.fail)
        timed: Job[Item, Piece, Any] = Job(job.start, job.cut, work, job.split, fail, job.size)
        for start, end, result in self.workers.map(timed, items):
            self.spans.append((start, end))
            yield result


def _timed(work: Callable[..., Result], *given: Any) -> tuple[float, float, Result]:
    start = perf_counter()  # of the machine, the same for all its processes
    result = work(*given)
    return start, perf_counter(), result


def corpus(megabytes: float) -> list[str]:
    """So many megabytes of scraped texts, or of invented ones where there are none."""
    found = [*texts("wechat_hans_dirty"), *texts("news_hans")] or [prose(seed, 200) for seed in range(2_000)]
    enough: list[str] = []
    size = 0
    for number, text in enumerate(cycle(found)):
        if size >= megabytes * 1_000_000:
            break
        enough.append(f"{text}\n{number}")  # so that none is the same as another
        size += len(text.encode("utf-8"))
    return enough


def write_inputs(folder: Path, megabytes: float) -> dict[str, Path]:
    """The texts as files of a folder, and as one container."""
    files, lines = folder / "files", folder / "rows.jsonl"
    files.mkdir()
    with lines.open("w", encoding="utf-8") as container:
        for number, text in enumerate(corpus(megabytes)):
            (files / f"{number:06}.txt").write_text(text, "utf-8")
            container.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
    return {"files": files, "one container": lines}


def seconds(given: Path, out: Path, engine: Engine, cleaner: Cleaner) -> tuple[float, float]:
    """How long a run takes, and how long no worker works in it."""
    watched = Watched(engine)
    start = perf_counter()
    clean_files([given], out, cleaner, engine=watched)
    end = perf_counter()
    return end - start, watched.idle(start, end)


def alone(given: Path, out: Path, together: Any, answers: Any) -> None:
    """Say how long a run by one process takes, once all that run side by side are ready."""
    cleaner = Cleaner()
    cleaner.clean(prose(1, 20))
    together.wait()
    answers.put(seconds(given, out, Serial(), cleaner)[0])


def side_by_side(given: Path, out: Path, runs: int) -> float:
    """How long so many runs of one process each take at once, in the mean."""
    context = get_context("spawn")
    together, answers = context.Barrier(runs), context.Queue()
    each = [context.Process(target=alone, args=(given, Path(f"{out} {run}"), together, answers)) for run in range(runs)]
    for process in each:
        process.start()
    taken: list[float] = [answers.get() for _ in each]
    for process in each:
        process.join()
    return sum(taken) / runs


def compare(kind: str, given: Path, folder: Path, turns: int) -> None:
    cleaner, workers = Cleaner(), os.cpu_count() or 1
    serial, pool, ceiling = [], [], []
    for turn in range(turns):  # in turn: noise hits all
        serial.append(seconds(given, folder / f"{kind} one {turn}", Serial(), cleaner)[0])
        pool.append(seconds(given, folder / f"{kind} many {turn}", Pool(workers), cleaner))
        one, both = (side_by_side(given, folder / f"{kind} {turn} {runs}", runs) for runs in (1, workers))
        ceiling.append(workers * one / both)
        print(
            f"  turn {turn}: serial {serial[-1]:.1f} s, pool {pool[-1][0]:.1f} s (of which {pool[-1][1]:.1f} without "
            f"workers): {serial[-1] / pool[-1][0]:.2f} ×; ceiling {ceiling[-1]:.2f} ×; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    is_same = outputs(folder / f"{kind} one 0") == outputs(folder / f"{kind} many 0")
    (best, idle), fastest = min(pool), min(serial)
    print(
        f"{kind}: serial {fastest:.1f} s, pool of {workers} {best:.1f} s: {fastest / best:.2f} × of at most "
        f"{max(ceiling):.2f} ×; no worker worked for {idle:.1f} s; {'the same bytes' if is_same else 'OTHER BYTES'}",
        flush=True,
    )


def main() -> None:
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else TURNS
    with tempfile.TemporaryDirectory() as name:
        for kind, given in write_inputs(Path(name), megabytes).items():
            compare(kind, given, Path(name), turns)


if __name__ == "__main__":
    main()
