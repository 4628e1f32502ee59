"""`python -m bench [TABLE ...]`: the tables of the package beside its peers, into `bench/RESULTS.md`.

Peers are installed into `.bench` as they are needed; one that can't be is a line of its table. Ends with 1 if a ratio
has fallen below its floor. Named tables alone are measured anew, and only their sections change; on another machine or
with other input than the file is of they are only printed. With `--documents` all are, for floors are those of whole
measurements.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from math import isnan, nan
from time import perf_counter
from typing import Final

from bench import environments, results
from bench.results import Table

_FEWEST: Final = 10  # documents
Measure = Callable[[int | None], Table]  # the table, on so many documents; by default as many as it is pinned for


def tables() -> dict[str, tuple[str, Measure]]:
    """(title, what measures it) of each table by its name, in the order of the results."""
    # What a table takes may be long to load.
    from bench import (  # noqa: PLC0415
        chain,
        conversion,
        duplicates,
        files,
        floor,
        main_content,
        memory,
        profiling,
        rules,
        startup,
    )

    return {
        "floor": (floor.TITLE, floor.table),
        "files": (files.TITLE, files.table),
        "chain": (chain.TITLE, chain.table),
        "conversion": (conversion.TITLE, conversion.table),
        "signatures": (duplicates.SIGNATURES, duplicates.signatures),
        "candidates": (duplicates.CANDIDATES, duplicates.candidates),
        "groups": (duplicates.GROUPS, duplicates.groups),
        "rules": (rules.TITLE, rules.table),
        "main_content": (main_content.TITLE, main_content.table),
        "memory": (memory.TITLE, memory.table),
        "startup": (startup.TITLE, startup.table),
        "profile": (profiling.TITLE, profiling.table),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    known = tables()
    asked = _asked(known, arguments)
    measured = []
    for table in _measured({name: known[name] for name in asked.tables or known}, asked.documents):
        measured.append(table)
        if asked.documents is None and asked.tables:  # at once, for the next one takes minutes
            _write([table], [title for title, _ in known.values()])
    if asked.documents is None and not asked.tables:  # at the end, or a run that is cut short would leave half a file
        _write(measured, [title for title, _ in known.values()])
    if asked.pin:
        _pin(measured)
    return _guarded(measured, is_all=len(measured) == len(known)) if asked.documents is None else 0


def _write(tables: Sequence[Table], titles: Sequence[str]) -> None:
    old = results.RESULTS.read_text("utf-8") if results.RESULTS.exists() else ""
    head = results.machine(environments.peers())
    try:
        results.RESULTS.write_text(results.merged(old, head, tables, titles), "utf-8")
    except results.OtherMachineError as error:
        print(f"not written to {results.RESULTS.name}: {error}", file=sys.stderr)


def _pin(measured: Iterable[Table]) -> None:
    """Floors for what was measured; those of other ratios stay."""
    floors = results.pinned()
    for table in measured:
        floors |= results.floors_of(table)
    results.FLOORS.write_text(json.dumps(floors, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def _asked(known: Iterable[str], arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"one of {', '.join(known)}; all by default")
    parser.add_argument("--documents", type=_count, help="so many texts of each corpus, printed only; 10 or more")
    parser.add_argument("--pin", action="store_true", help="take floors from this run, for what it measures")
    asked = parser.parse_args(arguments)
    if asked.pin and asked.documents is not None:
        parser.error("floors are those of whole measurements; leave --documents out, or --pin")
    if unknown := set(asked.tables) - set(known):
        parser.error(f"no such table: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return asked


def _count(word: str) -> int:
    if not word.isdecimal() or int(word) < _FEWEST:
        raise argparse.ArgumentTypeError(f"{word} is no number from {_FEWEST} up, which every round needs some of")
    return int(word)


def _measured(chosen: dict[str, tuple[str, Measure]], documents: int | None) -> Iterable[Table]:
    for name, (title, measure) in chosen.items():
        start = perf_counter()
        try:
            table = measure(documents)
        except Exception as error:  # the other tables don't wait for this one to be mended
            traceback.print_exc()
            table = Table(title, notes=[f"**NOT MEASURED**: {type(error).__name__}: {error}"], ratios={name: nan})
        print(table.markdown(), flush=True)
        print(f"({name}: {perf_counter() - start:.0f} s)\n", flush=True)
        yield table


def _guarded(measured: Iterable[Table], *, is_all: bool) -> int:
    """1 if a ratio doesn't keep its floor, or if a floor has no ratio any more, which is said."""
    ratios = {name: ratio for table in measured for name, ratio in table.ratios.items()}
    floors = results.pinned()
    for name, ratio in ratios.items():
        if ratio is None:
            print(f"{name}: NOT MEASURED", file=sys.stderr)
        elif name not in floors and not isnan(ratio):
            print(f"{name}: {ratio:.2f} has no floor", file=sys.stderr)
    wrong = results.fallen(floors, ratios)
    broken = [name for name, ratio in ratios.items() if name not in floors and ratio is not None and isnan(ratio)]
    wrong += [f"{name}: the package itself could not be measured" for name in broken]
    if is_all:
        wrong += [f"{name}: no table has it; take its floor out" for name in floors if name not in ratios]
    for line in wrong:
        print(f"FLOOR: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
