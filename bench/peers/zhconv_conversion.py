"""Script conversion by zhconv-rs, with MediaWiki's tables or with OpenCC's too: two packages that are called alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

VARIANTS: Final = {"s2t": "zh-Hant", "t2s": "zh-Hans"}


def conversion(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → texts converted to the script that `mode` is to, by the package that `module` names."""
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    zhconv, variant = import_module(options["module"]).zhconv, VARIANTS[options["mode"]]
    zhconv("暖机", variant)
    return lambda: [zhconv(text, variant) for text in texts]


TASKS = {"conversion": conversion}
