"""The package's own chain, by the same protocol as its peers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ahocorasick_rs import BytesAhoCorasick, Implementation

from bench.peers.cleaner_floor import literals
from bench.readying import ready
from cleaner.extract import extract
from cleaner.fold import fold, utf8
from cleaner.report import facts, to_json


def chain(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → clean texts, each with its report as a JSON string; `script` converts them.

    With `pages` they are HTML, of which the main content is taken first.
    """
    texts = _texts(given)
    cleaner = ready(options.get("script", "keep"))

    def run() -> list[str]:
        cleaned = []
        for text in texts:
            document = cleaner.finished(extract(text)) if options.get("pages") else cleaner.clean(text)
            to_json(facts(document))
            cleaned.append(document.text)
        return cleaned

    return run


def floor(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """What any such tool must do with texts at hand: fold them, and look for all literals; how many there are."""
    texts = _texts(given)
    find = BytesAhoCorasick([each.encode() for each in literals(ready())], implementation=Implementation.DFA)
    return lambda: sum(len(find.find_matches_as_indexes(utf8(fold(text)), overlapping=True)) for text in texts)


def _texts(given: str) -> list[str]:
    with open(given, encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


TASKS = {"chain": chain, "floor": floor}
