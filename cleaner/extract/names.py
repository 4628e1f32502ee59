"""What elements are called, as hints at what they hold. Next: `features`, which reads the hints of all boxes."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

HINTS: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("hints.toml").read_text("utf-8"))
NAMES: Final = tuple(HINTS["names"])
KNOWN: Final = tuple(HINTS["known"])
_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_REMEMBERED: Final = 1 << 14  # class attributes; a site has some hundreds
_LONGEST: Final = 300  # characters of a class attribute that are read

_BITS: Final[dict[str, int]] = {}
for _place, _kind in enumerate(NAMES):
    for _part in HINTS["names"][_kind].split("|"):
        _BITS[_part] = _BITS.get(_part, 0) | 1 << _place
_KNOWN: Final = {part: place + 1 for place, kind in enumerate(KNOWN) for part in HINTS["known"][kind].split()}


def hints_of(box: etree._Element) -> int:
    """A bit for each of `NAMES` that class and id of an element hint at."""
    return _hints(f"{box.get('class') or ''} {box.get('id') or ''}"[:_LONGEST])


def known_as(box: etree._Element) -> int:
    """1 + the place among `KNOWN` of what software of many sites calls by a name of this element, or 0."""
    return _known(f"{box.get('class') or ''} {box.get('id') or ''} {box.get('itemprop') or ''}"[:_LONGEST])


@lru_cache(maxsize=_REMEMBERED)
def _hints(names: str) -> int:
    found = 0
    for part in _PARTS.findall(names):
        found |= _BITS.get(part.lower(), 0)
    return found


@lru_cache(maxsize=_REMEMBERED)
def _known(names: str) -> int:
    return next((found for name in names.lower().split() if (found := _KNOWN.get(name.rstrip("0123456789")))), 0)
