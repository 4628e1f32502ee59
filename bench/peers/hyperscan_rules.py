"""Rules by Vectorscan: all patterns in one database, line by line.

It takes minutes to make the database, so that is kept in the folder that the options name, for this version of the
library and this processor, for which it is made.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any, Final

import hyperscan

FLAGS: Final = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH
MODE: Final = hyperscan.HS_MODE_BLOCK
CPUINFO: Final = Path("/proc/cpuinfo")


def rules(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Folded lines → which rules match which, as (text, line, rule), and the rules whose patterns are refused.

    All is done as often as `repeats` says.
    """
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["lines"] for line in lines]
    with open(options["rules"], encoding="utf-8") as file:
        known = json.load(file)
    for rule in known:
        rule["longest"] = rule["longest"] if rule["scope"] == "line" else float("inf")
        rule["spares"] = re.compile(rule["unless"], re.ASCII).search if rule["unless"] else None
    kept, loading = database([rule["pattern"] for rule in known], Path(options["folder"]))
    scan = kept.scan

    def once() -> list[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = []
        matched: list[int] = []

        def note(number: int, *_: object) -> None:
            matched.append(number)

        for text, lines in enumerate(texts):
            for place, line in enumerate(lines):
                scan(line.encode("utf-8"), match_event_handler=note)
                if matched:
                    found += [(text, place, number) for number in matched if holds(known[number], line)]
                    matched.clear()
        return found

    def run() -> dict[str, Any]:
        for _ in range(options["repeats"]):
            found = once()
        return {"found": found, "loading": loading["seconds"], "refused": loading["refused"]}

    return run


def holds(rule: Mapping[str, Any], line: str) -> bool:
    """What a rule asks of a line besides its pattern."""
    if len(line) > rule["longest"] or not any(need in line for need in rule["needs"]):
        return False
    return not (rule["spares"] and rule["spares"](line))


def database(patterns: Sequence[str], folder: Path) -> tuple[Any, dict[str, Any]]:
    """The database of these patterns, with the seconds that it took to make, and the numbers of those refused."""
    name = named("\n".join(patterns))
    kept, told = folder / f"{name}.db", folder / f"{name}.json"
    if not told.exists():
        folder.mkdir(parents=True, exist_ok=True)
        refused = [number for number, pattern in enumerate(patterns) if is_refused(pattern, folder)]
        start = process_time()
        kept.write_bytes(hyperscan.dumpb(made({n: p for n, p in enumerate(patterns) if n not in set(refused)})))
        told.write_text(json.dumps({"seconds": process_time() - start, "refused": refused}), "utf-8")
    loaded = hyperscan.loadb(kept.read_bytes(), MODE)
    loaded.scratch = hyperscan.Scratch(loaded)
    return loaded, json.loads(told.read_text("utf-8"))


def named(patterns: str) -> str:
    """What is kept of patterns is called so; another library or processor would make something else of them."""
    return sha256("\n".join([*made_by(), patterns]).encode("utf-8")).hexdigest()[:16]


@cache
def made_by() -> tuple[str, ...]:
    """The library's version, the architecture, and where they are told, the processor's name and what it can do."""
    told = CPUINFO.read_text("utf-8").splitlines() if CPUINFO.exists() else []
    first = (next((line for line in told if line.startswith(field)), "") for field in ("model name", "flags"))
    return version("hyperscan"), platform.machine(), platform.processor(), *first


def is_refused(pattern: str, folder: Path) -> bool:
    """Whether a pattern can't be compiled, which is kept too: large ones take a second."""
    note = folder / f"{named(pattern)}.refused"
    if not note.exists():
        try:
            made({0: pattern})
        except hyperscan.error as error:
            note.write_text(str(error), "utf-8")
        else:
            note.touch()
    return bool(note.read_text("utf-8"))


def made(patterns: Mapping[int, str]) -> Any:
    """A database of patterns by their numbers; raises `hyperscan.error` if it refuses one."""
    compiled = hyperscan.Database(mode=MODE)
    expressions = [pattern.encode("utf-8") for pattern in patterns.values()]
    compiled.compile(expressions=expressions, ids=list(patterns), elements=len(expressions), flags=FLAGS)
    return compiled


TASKS = {"rules": rules}
