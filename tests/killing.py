"""Runs that are killed at random moments, and what they leave: for the short test of resuming, and for the long one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path

STATE = ".cleaner"
SPEED = ("speed.json", "speed.js")  # what two runs write otherwise
REVISED = "-as-"  # in the keys of parts that hold what became of documents once all were known


def outputs(folder: Path) -> dict[str, bytes]:
    """What a run wrote for its users, but for its speed, and what it must not leave: files that are only half there."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in SPEED]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in paths
        if STATE not in path.parts or path.name.endswith(".part")
    }


def parts(folder: Path) -> dict[str, tuple[int, int]]:
    """The parts that are kept, each with what changes when it is written again."""
    found = (folder / STATE / "parts").glob("*/[!.]*")
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def killed_child(run: Callable[[], object], after: float) -> bool:
    """Whether a run in a child of this process was killed, so many seconds after it began; it may end before."""
    child = get_context("fork").Process(target=run)
    child.start()
    child.join(after)
    if child.exitcode is None:
        child.kill()
    child.join()
    return child.exitcode == -signal.SIGKILL


def killed_command(words: Sequence[str], after: float) -> bool:
    """The same of a command, of which its workers are no part: they see that it is gone."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def seconds(run: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.monotonic()
    run()
    return time.monotonic() - start
