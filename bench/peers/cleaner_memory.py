"""How much memory cleaning takes, and what for: by one process step by step, and by the workers of a pool."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from bench.serving import resident

_LOOK: Final = 0.05  # seconds: the peak that a process has had is told at any time as long as it lives


def steps(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """What each step leaves resident, in kB: the libraries, the package, rules, a first text, and all texts."""

    def run() -> dict[str, int]:
        others = _imported()
        sizes = {"Python": resident("VmRSS")}
        for name in others:
            with suppress(ImportError):  # some are made while others are imported
                import_module(name)
        sizes["libraries"] = resident("VmRSS")
        pipeline, report = import_module("cleaner.pipeline"), import_module("cleaner.report")
        sizes["modules of the package"] = resident("VmRSS")
        cleaner = pipeline.Cleaner()
        sizes["rules and lexicons"] = resident("VmRSS")
        for number, text in enumerate(_texts(given)):
            report.to_json(report.facts(cleaner.clean(text)))
            if not number:
                sizes["tables, at the first text"] = resident("VmRSS")
        sizes["the peak of all texts"] = resident("VmHWM")
        return sizes

    return run


def _imported() -> list[str]:
    """What a process imports that isn't the package's own, before it cleans its first text."""
    code = "import sys, cleaner.pipeline, cleaner.report; print(*sys.modules)"
    names = subprocess.run(
        [sys.executable, "-P", "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    return [name for name in names if name != "__main__" and not name.startswith("cleaner")]


def pool(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """A run by a pool of so many `workers`, its outputs below `folder`: (depth, peak, own memory in kB) by process.

    At depth 1 is what workers are copied from, at depth 2 they are.
    """
    pipeline, engine, runs = (import_module(f"cleaner.{name}") for name in ("pipeline", "engine", "run"))
    folders = (Path(options["folder"]) / str(number) for number in count())

    def run() -> list[tuple[int, int, int]]:
        peaks: dict[int, tuple[int, int, int]] = {}
        done = Event()
        watch = Thread(target=_watch, args=(peaks, done), daemon=True)
        watch.start()
        runs.clean_files(
            [given], next(folders), pipeline.Cleaner(), engine=engine.Pool(options["workers"], worthwhile=0)
        )
        done.set()
        watch.join()
        return list(peaks.values())

    return run


def _texts(given: str) -> Iterator[str]:
    with open(given, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def _watch(peaks: dict[int, tuple[int, int, int]], done: Event) -> None:
    """Note (depth, peak, own memory) of each process below this one: own is what it shares with no other."""
    while not done.wait(_LOOK):
        for process, depth in _below(os.getpid()):
            with suppress(OSError):  # it has ended
                peak = _field(Path(f"/proc/{process}/status"), "VmHWM")
                rollup = Path(f"/proc/{process}/smaps_rollup")
                own = _field(rollup, "Private_Dirty") + _field(rollup, "Private_Clean")
                _, peak_before, own_before = peaks.get(process, (depth, 0, 0))
                peaks[process] = depth, max(peak, peak_before), max(own, own_before)


def _below(process: int, depth: int = 1) -> Iterator[tuple[int, int]]:
    """(process, how far below) of all that descend from a process."""
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended
            for child in map(int, children.read_text("ascii").split()):
                yield child, depth
                yield from _below(child, depth + 1)


def _field(told: Path, name: str) -> int:
    """What a file of `/proc` tells under a name, in kB; 0 if it doesn't."""
    lines = told.read_text("ascii").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


TASKS = {"steps": steps, "pool": pool}
