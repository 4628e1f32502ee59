"""Script conversion by OpenCC. The same script for the library in Python and that in C++, which are called alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from opencc import OpenCC


def conversion(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → texts converted by the configuration that `mode` names."""
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    converter = OpenCC(options["mode"])
    converter.convert("暖机")
    return lambda: [converter.convert(text) for text in texts]


TASKS = {"conversion": conversion}
