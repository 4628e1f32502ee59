"""Runs a contender: answers requests, one JSON line each, with what a task took; by the standard library alone.

`python -I bench/serving.py SCRIPT`, by the contender's own Python. The script has `TASKS`, functions by name:
`prepare(given: str, options: dict[str, Any]) -> Callable[[], Any]` reads the input and loads what it needs; what it
returns is what counts, and may be asked for several times. A request is `{"task", "input", "options"}`; with
`"rehearsal"`, another input, that is run once before. The answer is `{"seconds", "wall", "before", "peak",
"output"}`: processor seconds with those of child processes, seconds by the clock, kB resident before and at most, and
what the task gave, which JSON must be able to hold. What fails is answered by `{"error"}`.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import runpy
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, TextIO


def processor_seconds() -> float:
    """Of this process and of those it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def resident(field: str) -> int:
    """What `/proc` says, in kB: VmRSS is what it holds now, VmHWM the most since `forget_peak`; or so far."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field))
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most // 1024 if sys.platform == "darwin" else most  # which counts bytes


def forget_peak() -> None:
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        pass  # then the peak is that of the process so far, which is never too small


def measured(run: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    """(seconds, wall, before and peak; what the task gave)."""
    gc.collect()
    forget_peak()
    before, clock, start = resident("VmRSS"), time.perf_counter(), processor_seconds()
    output = run()
    seconds, wall = processor_seconds() - start, time.perf_counter() - clock
    return {"seconds": seconds, "wall": wall, "before": before, "peak": resident("VmHWM")}, output


class Server:
    """Holds the task that was prepared last, so that its later rounds need not prepare it again."""

    def __init__(self, tasks: dict[str, Callable[[str, dict[str, Any]], Callable[[], Any]]]) -> None:
        self.tasks = tasks
        self.asked: tuple[object, ...] = ()
        self.run: Callable[[], Any] | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        options = request.get("options", {})
        asked = (request["task"], request["input"], json.dumps(options, sort_keys=True))
        if self.run is None or asked != self.asked:
            self.run = None  # so that two inputs are never held at once
            if "rehearsal" in request:
                self.tasks[request["task"]](request["rehearsal"], options)()
            self.run, self.asked = self.tasks[request["task"]](request["input"], options), asked
        figures, output = measured(self.run)
        return {**figures, "output": output}


def serve(script: str, requests: TextIO, answers: TextIO) -> None:
    """Answer every request till there are no more."""
    server: Server | None = None
    for line in requests:
        try:
            server = server or Server(runpy.run_path(script)["TASKS"])
            answer = server.answer(json.loads(line))
        except Exception as error:  # whatever it is, the table says it
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer, ensure_ascii=True), file=answers, flush=True)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    serve(sys.argv[1], sys.stdin, answers)


if __name__ == "__main__":
    main()
