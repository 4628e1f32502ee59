"""A run with files beside the writing of its files alone: what reading, cleaning and reporting add to it."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from bench.contests import Contender, Measured, Outcome, parts, series
from bench.floor import write_files
from bench.inventing import sample
from bench.results import Table, ratio, unmeasured

TITLE: Final = "Files: what a run takes beside the writing of its files alone"
CORPORA: Final = ("news_hans", "wechat_hans_dirty")
TEXTS: Final = 900  # of each corpus
ROUNDS: Final = 3
RUN: Final = "clean_files, one process"
WRITTEN: Final = "the same files written alone"

_NOTES: Final = (
    "clean_files: a folder of files into a new one, by one process that has loaded its rules, as `cleaner clean "
    "--engine serial` does it. For each text it writes the clean one, its report as JSON and as a page, and what it "
    "keeps for the next run; at the end it finds near-duplicates and writes the account of all.",
    "The same files written alone: all that such a run leaves, bytes at hand, each by `cleaner.sinks.write` under a "
    "passing name that is then renamed, into a new folder. Reading, cleaning and making the reports is not in it.",
)


def table(documents: int | None) -> Table:
    rows: list[list[str]] = []
    ratios: dict[str, float | None] = {}
    notes = list(_NOTES)
    for corpus in CORPORA:
        texts = sample(corpus, documents or TEXTS)
        with tempfile.TemporaryDirectory() as name:
            given = [write_files(Path(name) / f"given {n}", part) for n, part in enumerate(parts(texts, ROUNDS))]
            options = {"folder": name}
            contenders = [
                Contender(WRITTEN, "cleaner_files", "written", options=options),
                Contender(RUN, "cleaner_files", "cleaned", options=options),
            ]
            outcomes = series(contenders, given)
            notes.append(f"{corpus}: the last run leaves {_left(Path(name) / f'model {given[-1].name}')}.")
        counted = len(texts) - len(texts) // 3
        rows.append([f"*{corpus}*: {counted} texts"])
        rows += [_row(each, outcome, outcomes[WRITTEN], counted) for each, outcome in outcomes.items()]
        ratios[f"files by writing, {corpus}"] = ratio(outcomes[RUN], outcomes[WRITTEN])
    return Table(
        TITLE,
        ("", "ms a text", "by the clock", "times the writing", "by the clock"),
        rows,
        notes,
        ratios,
        "at most",
        {"files by writing, ": 1.5},
    )


def _left(folder: Path) -> str:
    """How many files of which kinds a run has left, and how large they are."""
    files, sizes = Counter[str](), Counter[str]()
    for path in (path for path in folder.rglob("*") if path.is_file()):
        place = path.relative_to(folder)
        kind = f"`{place.parts[0]}/`" if len(place.parts) > 1 else "the account"
        kind += f" {path.suffix}" if kind == "`reports/`" else ""
        files[kind] += 1
        sizes[kind] += path.stat().st_size
    return ", ".join(f"{kind}: {files[kind]} files, {sizes[kind] / 1e6:.1f} MB" for kind in sorted(files))


def _row(name: str, outcome: Outcome, writing: Outcome, texts: int) -> list[str]:
    if not isinstance(outcome, Measured):
        return unmeasured(name, outcome)
    cells = [name, f"{1e3 * outcome.seconds / texts:.2f}", f"{1e3 * outcome.wall / texts:.2f}"]
    if not isinstance(writing, Measured):
        return cells
    return [*cells, f"{outcome.seconds / writing.seconds:.2f}", f"{outcome.wall / writing.wall:.2f}"]
