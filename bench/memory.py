"""How much memory a worker takes on ordinary input, and what it is made of."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

from bench.contests import Contender, Measured, Outcome, Unmeasured, contest
from bench.corpora import web_pages
from bench.floor import write_files
from bench.inventing import CORPORA, pages, sample
from bench.results import Table, unmeasured

TITLE: Final = "Memory: what a worker takes on ordinary input"
TEXTS: Final = 500  # of each corpus
PAGES: Final = 80  # HTML
WORKERS: Final = 2
STEPS, POOL = "one process, step by step", "a pool"
_UNTOLD: Final = Unmeasured("no such process is told of by /proc, which Linux alone has")
_DEPTH: Final = 2  # workers are copied from a process of their own, which the run starts

_NOTES: Final = (
    "A pool of two workers cleans texts as files, as one container of JSON lines, and HTML pages; reports and all. Its "
    "memory is what `/proc` tells: the peak is what was resident at most, shared or not; own is what no other process "
    "shares. The workers are copied from a process that has the rules loaded, and share its memory as long as neither "
    "writes to it. This counts on Linux only.",
    "Step by step: one process that imports, loads the rules, cleans a first text and then the others, each step's "
    "share being what it adds.",
)


def table(documents: int | None) -> Table:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = _write_input(folder, documents or TEXTS)
        steps = contest([Contender(STEPS, "cleaner_memory", "steps")], lines, rounds=1)[STEPS]
        options = {"workers": WORKERS, "folder": str(folder / "out")}
        pool = contest([Contender(POOL, "cleaner_memory", "pool", options=options)], folder / "in", rounds=1)[POOL]
    rows = [*_pool_rows(pool), *_step_rows(steps)]
    largest = _most(pool.output, _DEPTH) if isinstance(pool, Measured) else None
    ratios = {"memory of a worker, MB": largest[0] / 1e3 if largest else None}
    return Table(TITLE, ("", "peak, MB", "own, MB"), rows, _NOTES, ratios, "at most", {"memory of a worker, MB": 300.0})


def _write_input(folder: Path, count: int) -> Path:
    """The texts as files and as one container of JSON lines, which is what comes back, and HTML pages beside them."""
    texts = [text for corpus in CORPORA for text in sample(corpus, count)]
    write_files(folder / "in", texts)
    lines = folder / "in" / "texts.jsonl"
    lines.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    for number, page in enumerate(web_pages(PAGES) or pages(PAGES)):
        (folder / "in" / f"{number:06}.html").write_text(page, "utf-8", newline="")
    return lines


def _pool_rows(pool: Outcome) -> Iterator[list[str]]:
    if not isinstance(pool, Measured):
        yield unmeasured(POOL, pool)
        return
    for name, depth in ((f"worker of a pool of {WORKERS}, the largest", _DEPTH), ("what they are copied from", 1)):
        found = _most(pool.output, depth)
        yield [name, *(f"{size / 1e3:.0f}" for size in found)] if found else unmeasured(name, _UNTOLD)
    yield ["the process that gives them work", f"{pool.peak / 1e3:.0f}"]


def _step_rows(steps: Outcome) -> Iterator[list[str]]:
    if not isinstance(steps, Measured):
        yield unmeasured(STEPS, steps)
        return
    yield [f"*{STEPS}*"]
    for (_, before), (name, size) in pairwise([("", 0), *steps.output.items()]):
        yield [name, f"+{(size - before) / 1e3:.0f}"]


def _most(processes: list[tuple[int, int, int]], depth: int) -> tuple[int, int] | None:
    """(peak, own memory) of the largest process of a depth, in kB; None if none could be looked at."""
    return max(((peak, own) for place, peak, own in processes if place == depth), default=None)
