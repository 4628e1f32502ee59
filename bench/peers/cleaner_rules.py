"""The package's rules, by the same protocol as its peers: a gate of all their literals, then re2."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import process_time
from typing import Any

from cleaner.rules.matching import of_definition
from cleaner.sieve import Sieve, numbers


def rules(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Folded lines → which rules match which, as (text, line, rule); `rules` names the file of their definitions.

    Each of the `rounds` has a gate of its own, for a gate remembers lines.
    """
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["lines"] for line in lines]
    start = process_time()
    with open(options["rules"], encoding="utf-8") as file:
        known = [of_definition(told) for told in json.load(file)]
    gates = [Sieve([rule.demand for rule in known])]
    loading = process_time() - start
    gates += [Sieve([rule.demand for rule in known]) for _ in range(options["rounds"] - 1)]

    def run() -> dict[str, Any]:
        gate = gates.pop()
        found = [
            (text, line, number)
            for text, lines in enumerate(texts)
            for line, called in enumerate(gate.calls(lines))
            if called
            for number in numbers(called)
            if known[number].holds(lines[line])
        ]
        return {"found": found, "loading": loading, "refused": []}

    return run


TASKS = {"rules": rules}
