"""Where the time goes: samples of the stack, by what the package was doing, and by the module whose code ran."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench import environments
from bench.contests import environment, parts, script_command
from bench.environments import UnmeasuredError
from bench.floor import write_files
from bench.inventing import sample
from bench.results import Table

TITLE: Final = "Profile: where the time goes"
TEXTS: Final = 3000  # of each corpus, each of them once
_RATE: Final = 500  # samples a second
_LEAST: Final = 0.01  # a smaller share is among the others
_MODULES: Final = 20
_TIMED: Final = "measured"  # the function of `serving` that runs what counts; before it, things are loaded
_PATIENCE: Final = 600.0  # seconds


class Workload(NamedTuple):
    """A column of the table: a task of a script, on a corpus."""

    name: str
    script: str
    task: str
    corpus: str
    converts: str = "keep"


WORKLOADS: Final = (
    Workload("clean news", "cleaner_chain", "chain", "news_hans"),
    Workload("dirty pages", "cleaner_chain", "chain", "wechat_hans_dirty"),
    Workload("dirty, to simplified", "cleaner_chain", "chain", "web_hant_dirty", "hans"),
    Workload("clean news, files", "cleaner_files", "cleaned", "news_hans"),
    Workload("dirty pages, files", "cleaner_files", "cleaned", "wechat_hans_dirty"),
)
_NOTES: Final = (
    "Samples of the stack by py-spy, 500 a second, of the processes that the tables above measure: in memory texts at "
    "hand to clean texts and JSON reports, with files `clean_files`. Each text is cleaned once, after a rehearsal on "
    "others: the package remembers lines that it has seen.",
    "By step: for whom the work was done. A finder's time is its own and that of all it calls; what all share, the gate"
    " of the rules and the fold and lines of a text, stands by itself whoever asked for it first.",
    "By module: whose code ran, that of libraries it called included.",
)

Frame = tuple[str, str]  # (module of the package, or "" if it is none of its own; function)


def table(documents: int | None) -> Table:
    try:
        stacks = {each.name: _stacks(each, documents or TEXTS) for each in WORKLOADS}
    except UnmeasuredError as error:
        return Table(TITLE, ("",), [[f"**NOT MEASURED**: {error}"]])
    rows = [
        ["*by step*"],
        *_shares([_counted(each, step_of) for each in stacks.values()]),
        ["*by module*"],
        *_shares([_counted(each, module_of) for each in stacks.values()], most=_MODULES),
    ]
    return Table(TITLE, ("", *stacks), rows, _NOTES)


def _stacks(workload: Workload, count: int) -> list[tuple[list[Frame], int]]:
    """(frames of the package from the outermost on, how many samples) of each stack of the timed work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rehearsal, given = (
            _given(folder / str(number), part, of_files=workload.task == "cleaned")
            for number, part in enumerate(parts(sample(workload.corpus, count), 1))
        )
        options = {"folder": name, "script": workload.converts}
        request = {"task": workload.task, "input": str(given), "options": options, "rehearsal": str(rehearsal)}
        sampled = _sampled(workload.script, request, folder / "stacks")
        timed = [(frames(stack), number) for stack, number in sampled if is_timed(stack)]
    if not timed:
        raise UnmeasuredError(f"{workload.script} gave no answer that counts")
    return timed


def _given(path: Path, texts: Sequence[str], *, of_files: bool) -> Path:
    """The texts as a task takes them: a folder of files, or JSON lines."""
    if of_files:
        return write_files(path, texts)
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    return path


def _sampled(script: str, request: dict[str, Any], out: Path) -> Iterator[tuple[str, int]]:
    """(stack, samples) while a script answers a request; `UnmeasuredError` if it can't be watched."""
    profiler = environments.interpreter(environments.peers()["py-spy"]).parent / "py-spy"
    command = [
        str(profiler),
        "record",
        "--rate",
        str(_RATE),
        "--format",
        "raw",
        "--full-filenames",
        "-o",
        str(out),
        "--",
    ]
    try:
        done = subprocess.run(
            [*command, *script_command(script)],
            input=f"{json.dumps(request)}\n",
            capture_output=True,
            text=True,
            env=environment(),
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnmeasuredError(f"no answer within {_PATIENCE:g} s") from error
    if not out.exists():
        raise UnmeasuredError(f"py-spy says {' '.join(done.stderr.split())[-300:]}")
    for line in out.read_text("utf-8").splitlines():
        stack, _, number = line.rpartition(" ")
        yield stack, int(number)


def is_timed(stack: str) -> bool:
    """Whether something that counts was running: a function that the timing one called."""
    return ";" in stack.partition(f"{_TIMED} (")[2]


def frames(stack: str) -> list[Frame]:
    """The frames of the package below the timed function, from the outermost on.

    >>> frames("main (/bench/serving.py:9);measured (/bench/serving.py:3);run (/cleaner/fold.py:8);take (/numpy.py:1)")
    [('fold', 'run')]
    """
    within = stack.split(";")
    start = next((at for at, frame in enumerate(within) if frame.startswith(f"{_TIMED} (")), len(within))
    named = (frame.rpartition(" (")[::2] for frame in within[start:])
    return [(module, function) for function, place in named if (module := _module(place))]


def _module(place: str) -> str:
    """The module of the package that a place is in, by its dotted name within it; empty if it is in none."""
    _, found, path = place.partition(":")[0].rpartition("/cleaner/")
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") if found else ""


def module_of(stack: Sequence[Frame]) -> str:
    """The module whose code ran."""
    return stack[-1][0] if stack else "the measurement itself"


def step_of(stack: Sequence[Frame]) -> str:
    """For whom it ran: the first of the steps that one of the frames names, else the finder that the chain called.

    >>> step_of([("pipeline", "_steps"), ("document", "Document.revised"), ("repair.entities", "find")])
    'finder: repair.entities'
    """
    if shared := _named(stack, _SHARED):
        return shared
    last = max((at for at, (module, _) in enumerate(stack) if module == "pipeline"), default=None)
    if last is None:
        return _named(stack, _AROUND) or "all else"
    finders = [module for module, _ in stack[last + 1 :] if module != "document"]
    return f"finder: {'.'.join(finders[0].split('.')[:2])}" if finders else "edits: collected, settled, applied"


def _named(stack: Sequence[Frame], steps: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """The first of the steps that has a frame in one of its modules; empty if there is none."""
    return next((name for name, modules in steps if any(module.startswith(modules) for module, _ in stack)), "")


_SHARED: Final = (("the gate of the rules", ("sieve",)), ("fold and lines", ("units", "fold")))
_AROUND: Final = (
    ("writing files", ("sinks",)),
    ("reports as pages", ("report.document_pages", "report.run_pages")),
    ("reports as JSON", ("report",)),
    ("reading files", ("sources",)),
    ("decoding", ("decode",)),
    ("near-duplicates", ("minhash", "duplicates", "dedup")),
    ("kept for the next run", ("keeping", "parts", "shelf", "reuse", "finished")),
)


def _counted(stacks: Sequence[tuple[list[Frame], int]], name: Callable[[Sequence[Frame]], str]) -> dict[str, float]:
    """The share of each name in all samples."""
    counts = Counter[str]()
    for stack, number in stacks:
        counts[name(stack)] += number
    return {each: number / counts.total() for each, number in counts.items()}


def _shares(columns: Sequence[dict[str, float]], *, most: int = 100) -> list[list[str]]:
    """A row for each name that has a share worth naming in any column, the largest first, and one for all others."""
    largest = {name: max(column.get(name, 0) for column in columns) for column in columns for name in column}
    named = sorted((name for name in largest if largest[name] >= _LEAST), key=lambda name: (-largest[name], name))[
        :most
    ]
    rows = [[name, *(f"{column[name]:.1%}" if name in column else "" for column in columns)] for name in named]
    others = [sum(share for name, share in column.items() if name not in named) for column in columns]
    return [*rows, ["others", *(f"{share:.1%}" for share in others)]]
