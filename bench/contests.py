"""Contenders measured side by side: each in a process of its own, and they take turns, so that noise hits all of them.

What a contender does is said by its script in `bench/peers`, by which `bench/serving.py` answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from signal import SIGKILL
from threading import Timer
from typing import Any, Final

from bench import environments
from bench.corpora import ROOT
from bench.environments import UnmeasuredError

PATIENCE: Final = 600.0  # seconds that a round may take, loading included
ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS"), "1"
)
_SERVING: Final = ROOT / "bench" / "serving.py"


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of a table: a task of a script, run by a peer's environment, or by the package's own if none is named."""

    name: str
    script: str
    task: str
    peer: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """The best of all rounds, or their sum; memory in kB, the most of any round."""

    seconds: float  # processor time
    wall: float
    before: int
    peak: int
    output: Any


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A contender that can't be installed, run or waited for, and why: one line; `is_own` if it needs no peer."""

    why: str
    is_own: bool = field(default=False, compare=False)


Outcome = Measured | Unmeasured
_Join = Callable[[Measured, Measured], Measured]


def contest(
    contenders: Sequence[Contender], given: Path, *, rounds: int, patience: float = PATIENCE
) -> dict[str, Outcome]:
    """What became of each contender, by name; all get the same input, and whatever fails stands there as unmeasured.

    The fastest round counts: machines are noisy, even in processor time.
    """
    return _contest(contenders, [given] * rounds, best, patience)


def series(contenders: Sequence[Contender], given: Sequence[Path], *, patience: float = PATIENCE) -> dict[str, Outcome]:
    """The same with another input for each round, for what remembers what it has seen: their sum counts.

    The first input is a rehearsal, which doesn't count.
    """
    return _contest(contenders, given, added, patience, rehearsed=1)


def parts(texts: Sequence[str], rounds: int) -> list[Sequence[str]]:
    """Texts for `series`: a third of them for the rehearsal, and as many parts of the rest as there are rounds."""
    third = len(texts) // 3
    return [texts[:third], *(texts[third + number :: rounds] for number in range(rounds))]


def _contest(
    contenders: Sequence[Contender], given: Sequence[Path], join: _Join, patience: float, *, rehearsed: int = 0
) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    with ExitStack() as stack:
        started = {each.name: _started(each, stack, outcomes) for each in contenders}
        for number, path in enumerate(given):
            for each in contenders:
                process, before = started[each.name], outcomes.get(each.name)
                if process and not isinstance(before, Unmeasured):
                    now = _round(each, process, path, patience)
                    if number > rehearsed and isinstance(before, Measured) and isinstance(now, Measured):
                        now = join(before, now)
                    outcomes[each.name] = now
    return {each.name: outcomes[each.name] for each in contenders}


def _started(contender: Contender, stack: ExitStack, outcomes: dict[str, Outcome]) -> subprocess.Popen[str] | None:
    try:
        return stack.enter_context(_serving(contender))
    except UnmeasuredError as error:
        outcomes[contender.name] = _told(contender, str(error))
        return None


def _told(contender: Contender, why: str) -> Unmeasured:
    print(f"{contender.name}: NOT MEASURED: {why}", file=sys.stderr, flush=True)
    return Unmeasured(why, is_own=not contender.peer)


@contextmanager
def _serving(contender: Contender) -> Iterator[subprocess.Popen[str]]:
    """The contender's process, which waits for requests; its own messages go to `.bench/logs/SCRIPT-TASK.log`."""
    log = environments.FOLDER / "logs" / f"{contender.script}-{contender.task}.log"
    command = script_command(contender.script, contender.peer)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as messages:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            text=True,
            env=environment(),
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _end(process)
            process.communicate()


def _end(process: subprocess.Popen[str]) -> None:
    """Kill it and what it has started, which would go on beside the next contender."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)


def script_command(script: str, peer: str = "") -> list[str]:
    """What runs a script of `bench/peers`, by the environment of a peer, or by the package's own if none is named."""
    path = str(ROOT / "bench" / "peers" / f"{script}.py")
    if not peer:
        return [sys.executable, "-P", str(_SERVING), path]
    return [str(environments.interpreter(environments.peers()[peer])), "-I", str(_SERVING), path]


def environment() -> dict[str, str]:
    """The variables that a script has: this working copy to import from, and one thread for whatever has threads."""
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}


def _round(contender: Contender, process: subprocess.Popen[str], given: Path, patience: float) -> Outcome:
    try:
        return Measured(**asked(process, contender, given, patience))
    except UnmeasuredError as error:
        return _told(contender, str(error))


def best(one: Measured, other: Measured) -> Measured:
    """The fewest seconds, the most memory; the output of the later round."""
    return Measured(
        min(one.seconds, other.seconds),
        min(one.wall, other.wall),
        min(one.before, other.before),
        max(one.peak, other.peak),
        other.output,
    )


def added(one: Measured, other: Measured) -> Measured:
    """The seconds of both, the most memory; the output of the later round."""
    return replace(best(one, other), seconds=one.seconds + other.seconds, wall=one.wall + other.wall)


def asked(process: subprocess.Popen[str], contender: Contender, given: Path, patience: float) -> dict[str, Any]:
    """The answer to one request; `UnmeasuredError` if there is none in time, or if it is that it failed."""
    assert process.stdin is not None
    assert process.stdout is not None
    request = {"task": contender.task, "input": str(given), "options": dict(contender.options)}
    timer, start = Timer(patience, _end, [process]), time.monotonic()
    timer.start()
    try:
        print(json.dumps(request), file=process.stdin, flush=True)
        line = process.stdout.readline()
    except BrokenPipeError:
        line = ""
    finally:
        timer.cancel()
    if not line:
        late = time.monotonic() - start >= patience
        raise UnmeasuredError(f"no answer within {patience:g} s" if late else "its process ended")
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise UnmeasuredError(" ".join(answer["error"].split()))
    return answer
