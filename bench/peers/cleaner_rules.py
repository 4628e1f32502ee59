"""The package's rules, by the same protocol as its peers: a gate of all their literals, then re2."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import process_time
from typing import Any

from cleaner.rules.matching import of_definition
from cleaner.sieve import _REMEMBERED, Sieve, numbers


def rules(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Folded lines → which rules match which, as (text, line, rule); `rules` names the file of their definitions.

    All is done as often as `repeats` says, each time without what the gate remembers of lines.
    """
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["lines"] for line in lines]
    start = process_time()
    with open(options["rules"], encoding="utf-8") as file:
        known = [of_definition(told) for told in json.load(file)]
    gate = Sieve([rule.demand for rule in known])
    loading = process_time() - start

    def once() -> list[tuple[int, int, int]]:
        gate._known, gate._room = {}, _REMEMBERED
        return [
            (text, line, number)
            for text, lines in enumerate(texts)
            for line, called in enumerate(gate.calls(lines))
            if called
            for number in numbers(called)
            if known[number].holds(lines[line])
        ]

    def run() -> dict[str, Any]:
        for _ in range(options["repeats"]):
            found = once()
        return {"found": found, "loading": loading, "refused": []}

    return run


TASKS = {"rules": rules}
