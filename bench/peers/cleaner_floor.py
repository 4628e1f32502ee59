"""The least that any tool for this job must do, and what the package does, on the same files.

`given` is a folder of UTF-8 files. With `reads` each round reads them, else their bytes are at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from ahocorasick_rs import BytesAhoCorasick, Implementation

from bench.readying import ready
from cleaner import spam
from cleaner.decode import decode
from cleaner.fold import fold, utf8
from cleaner.pipeline import Cleaner
from cleaner.report import facts, to_json

Task = Callable[[], Any]


def floor(given: str, options: dict[str, Any]) -> Task:
    """Decode, fold, and one pass of an automaton of all literals that lines are looked through for; how many it finds.

    `kind` is the automaton's; `writes` is a folder for one plain file for each, of the bytes that came in.
    """
    kind = getattr(Implementation, options["kind"])
    find = BytesAhoCorasick([literal.encode() for literal in literals(ready())], implementation=kind)
    contents = _contents(given, options["reads"])
    folders = (Path(options["writes"]) / f"{number} of {Path(given).name}" for number in count())

    def run() -> int:
        found = 0
        folder = next(folders) if "writes" in options else None
        if folder:
            folder.mkdir(parents=True)
        for name, data in contents():
            found += len(find.find_matches_as_indexes(utf8(fold(data.decode())), overlapping=True))
            if folder:
                (folder / name).write_bytes(data)
        return found

    return run


def gate(given: str, options: dict[str, Any]) -> Task:
    """The same with the package's own pass, which also says which rules may match which lines."""
    calls = ready().rules.gate.calls
    contents = _contents(given, options["reads"])
    return lambda: sum(any(calls(fold(data.decode()).split("\n"))) for _, data in contents())


def chain(given: str, options: dict[str, Any]) -> Task:
    """Bytes → clean text, with the report as a JSON string; what their sizes are."""
    cleaner = ready()
    contents = _contents(given, options["reads"])

    def run() -> dict[str, int]:
        texts = reports = 0
        for name, data in contents():
            decoded = decode(data)
            document = cleaner.clean(decoded.text, name=name, encoding=decoded.encoding, lossless=decoded.lossless)
            texts += len(document.text)
            reports += len(to_json(facts(document)))
        return {"texts": texts, "reports": reports}

    return run


def literals(cleaner: Cleaner) -> list[str]:
    """All that the rules and the lexicons of spam have looked for on lines."""
    demands = [*(rule.demand for rule in cleaner.rules.rules), spam.load().demand]
    return sorted({literal for demand in demands for literal in demand.literals})


def _contents(given: str, reads: bool) -> Callable[[], Iterator[tuple[str, bytes]]]:
    paths = sorted(Path(given).iterdir())
    if reads:
        return lambda: ((path.name, path.read_bytes()) for path in paths)
    held = [(path.name, path.read_bytes()) for path in paths]
    return lambda: iter(held)


TASKS = {"floor": floor, "gate": gate, "chain": chain}
