"""What a user writes to clean Chinese texts: ftfy, OpenCC, and lines that were seen before left out.

The same script for OpenCC in Python and in C++, which are called alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import md5
from typing import Any

import ftfy
from opencc import OpenCC


def chain(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """What becomes of the texts; `mode` is OpenCC's."""
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    converter = OpenCC(options["mode"])
    cleaned("暖机", converter)  # once, so that what they load doesn't count
    return lambda: [cleaned(text, converter) for text in texts]


def cleaned(text: str, converter: Any) -> str:
    seen: set[bytes] = set()
    kept = []
    for line in converter.convert(ftfy.fix_text(text)).split("\n"):
        key = md5(line.strip().encode("utf-8")).digest()
        if not line.strip() or key not in seen:
            kept.append(line)
        seen.add(key)
    return "\n".join(kept)


TASKS = {"chain": chain}
