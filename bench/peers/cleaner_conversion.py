"""Script conversion of the package, by the same protocol as its peers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cleaner.fold import _converter, converted


def conversion(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → texts in the script that `script` names; each round begins without what it remembers."""
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    script = options["script"]
    converted("暖机", script)

    def run() -> list[str]:
        _converter(script)._remembered.cache_clear()
        return [converted(text, script) for text in texts]

    return run


TASKS = {"conversion": conversion}
