"""What tables look like in `bench/RESULTS.md`, and the floors their ratios must keep, `bench/floors.json`.

A floor is `{"at least": ratio}`; of what the package costs it is a ceiling, `{"at most": ratio}`.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from math import isnan, nan
from pathlib import Path
from typing import Final, Literal

from bench import inventing
from bench.contests import Outcome, Unmeasured
from bench.corpora import ROOT
from bench.environments import Peer

RESULTS: Final = ROOT / "bench" / "RESULTS.md"
FLOORS: Final = ROOT / "bench" / "floors.json"
_OWN: Final = ("ahocorasick-rs", "ftfy", "google-re2", "lxml", "numpy", "opencc-python-reimplemented", "rapidfuzz")
MARGIN: Final = 0.25  # between what is measured and its floor: other machines, other days
_ON: Final = ("Machine: ", "Input: ")  # how the lines of the head begin that all figures go by
_HEADING: Final = re.compile(r"^## ", re.MULTILINE)


Bound = Literal["at least", "at most"]


@dataclass(frozen=True, slots=True)
class Table:
    """A section of the results: rows of cells under columns, then what must be known of them.

    `ratios` are what floors hold for, by names that no other table uses: None where the peer couldn't be measured, and
    what is no number, which keeps no floor, where the package couldn't.
    `bound` says which way: "at least" for how far ahead the package is, "at most" for what it costs. `targets` are what
    is aimed at, each by how the names of its ratios begin.
    """

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()
    ratios: Mapping[str, float | None] = field(default_factory=dict)
    bound: Bound = "at least"
    targets: Mapping[str, float] = field(default_factory=dict)

    def markdown(self) -> str:
        """The section, which ends in a blank line."""
        notes = [*self.notes, *self._reached()]
        parts = [f"## {self.title}\n", _rows(self.columns, self.rows), "".join(f"- {note}\n" for note in notes)]
        return "\n".join(filter(None, parts)) + "\n"

    def _reached(self) -> Iterator[str]:
        """What came of each target."""
        for start, target in self.targets.items():
            which: dict[str, list[str]] = {"Reached": [], "**Missed**": []}
            for name, ratio in self.ratios.items():
                if name.startswith(start) and ratio is not None:
                    which["Reached" if keeps(ratio, self.bound, target) else "**Missed**"].append(f"{name} {ratio:.2f}")
            told = [f"{how}: {'; '.join(names)}." for how, names in which.items() if names]
            yield " ".join([f"Target for {start.rstrip(', ')}: {self.bound} {target:g}.", *told])


def keeps(ratio: float, bound: str, than: float) -> bool:
    """Whether a ratio is as large, or as small, as it should be; what is no number is neither."""
    return ratio >= than if bound == "at least" else ratio <= than


def _rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, padded to be read as it is; the first column is words, all others are figures."""
    if not columns:
        return ""
    cells = [[*columns], *([*row, *[""] * (len(columns) - len(row))] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    lines = [" | ".join(_padded(row, widths)) for row in cells]
    ruler = " | ".join("-" * width if not place else "-" * (width - 1) + ":" for place, width in enumerate(widths))
    return "".join(f"| {line} |\n" for line in [lines[0], ruler, *lines[1:]])


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if place == 0 else cell.rjust(width)


def ratio(peer: Outcome, own: Outcome) -> float | None:
    """How many times as long as ours the peer takes, in processor time; see `Table` for what isn't measured."""
    if isinstance(peer, Unmeasured) or isinstance(own, Unmeasured):
        return nan if any(isinstance(each, Unmeasured) and each.is_own for each in (peer, own)) else None
    return peer.seconds / own.seconds


def unmeasured(name: str, outcome: Unmeasured) -> list[str]:
    """The row of a contender that couldn't be measured."""
    return [f"{name}: **NOT MEASURED**: {outcome.why}"]


def machine(known: Mapping[str, Peer]) -> str:
    """The head of the results: on what they were measured, with which versions."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _OWN)
    each = "".join(f"- `{peer.name}`: {peer.about} ({', '.join(peer.requires)})\n" for peer in known.values())
    machine_is, input_is = _ON
    missing = [name for name in inventing.CORPORA if not inventing.is_there(name)]
    data = "the corpora of `CLEANER_DATA`"
    if missing:
        data += f"; made-up ones (`bench.inventing`) for {', '.join(missing)}, which aren't there"
    return (
        "# Measured side by side\n\n"
        "`make bench` writes this file. The contenders take turns in one run, each in a process of its own that may use"
        " one thread, in processor time; of rounds with the same input the fastest counts, of others the sum.\n\n"
        f"{machine_is}{cpu()}, {os.cpu_count()} cores, {platform.system()}, {platform.python_implementation()} "
        f"{platform.python_version()}.\n{input_is}{data}.\nThe package runs with {versions}.\nPeers:\n\n{each}\n"
    )


def cpu() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


class OtherMachineError(Exception):
    """Results that can't stand in one file."""


def merged(old: str, head: str, tables: Sequence[Table], order: Sequence[str]) -> str:
    """The results with these tables in place of their former ones; sections stand in the order of their titles.

    Raises `OtherMachineError` where others would stay that are of another machine or other input than the head says.
    """
    before, *found = _HEADING.split(old)
    sections = {_title(section): f"## {section}" for section in found}
    if sections.keys() - {table.title for table in tables} and _on(before) != _on(head):
        raise OtherMachineError("the results are of another machine or other input; measure all tables to replace them")
    sections |= {table.title: table.markdown() for table in tables}
    kept = [sections[title].rstrip("\n") + "\n" for title in order if title in sections]
    return "\n".join([head.rstrip("\n") + "\n", *kept])


def _on(head: str) -> list[str]:
    """What a head says of the machine and the input."""
    return [line for line in head.splitlines() if line.startswith(_ON)]


def _title(section: str) -> str:
    return section.partition("\n")[0]


def fallen(floors: Mapping[str, Mapping[str, float]], ratios: Mapping[str, float | None]) -> list[str]:
    """A line for each ratio that doesn't keep its floor or ceiling; those not measured are told by their tables."""
    return [
        f"{name}: {found:.2f} is not {way} {bound:g}"
        for name, floor in floors.items()
        if (found := ratios.get(name)) is not None
        for way, bound in floor.items()
        if not keeps(found, way, bound)
    ]


def floors_of(table: Table) -> dict[str, dict[str, float]]:
    """A floor for each measured ratio of a table: below it by `MARGIN`, or above it if it is what something costs."""
    factor = 1 - MARGIN if table.bound == "at least" else 1 + MARGIN
    measured = {name: ratio for name, ratio in table.ratios.items() if ratio is not None and not isnan(ratio)}
    return {name: {table.bound: float(f"{factor * ratio:.2g}")} for name, ratio in measured.items()}


def pinned() -> dict[str, dict[str, float]]:
    """All floors by the name of their ratio."""
    floors: dict[str, dict[str, float]] = json.loads(FLOORS.read_text("utf-8"))
    return floors
