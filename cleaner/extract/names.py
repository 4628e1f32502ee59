"""What elements are called, as hints at what they hold. Next: `features`, which reads the hints of all boxes."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

HINTS: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("hints.toml").read_text("utf-8"))
NAMES: Final = tuple(HINTS["names"])
KNOWN: Final = tuple(HINTS["known"])
_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_REMEMBERED: Final = 1 << 14  # names and class attributes; a site has some hundreds
_LONGEST: Final = 300  # characters of a class attribute that are read

_BITS: Final[dict[str, int]] = {}
for _place, _kind in enumerate(NAMES):
    for _part in HINTS["names"][_kind].split("|"):
        _BITS[_part] = _BITS.get(_part, 0) | 1 << _place
_KNOWN: Final = {part: place + 1 for place, kind in enumerate(KNOWN) for part in HINTS["known"][kind].split()}
_ENDS: Final = tuple(HINTS["made"]["to"].split("|"))
_WORDS_BEFORE: Final = "(?:[a-z0-9]+[-_]+)*"
_MADE: Final = re.compile(f"{_WORDS_BEFORE}(?:{HINTS['made']['from']})[-_]*{_WORDS_BEFORE}(?:{HINTS['made']['to']})")
_POST: Final = KNOWN.index("post") + 1


class Called(NamedTuple):
    """A bit for each of `NAMES` that an element's names hint at; 1 + the place of what it is among `KNOWN`, or 0."""

    hints: int
    known: int


@lru_cache(maxsize=_REMEMBERED)
def called(*attributes: str | None) -> Called:
    """What an element with these attributes, of those that name it, seems to be."""
    hints = known = 0
    for name in " ".join(filter(None, attributes))[:_LONGEST].split():
        hinted, known_as = _called(name)
        hints |= hinted
        known = known or known_as
    return Called(hints, known)


@lru_cache(maxsize=_REMEMBERED)
def _called(name: str) -> Called:
    hints = 0
    for part in _PARTS.findall(name):
        hints |= _BITS.get(part.lower(), 0)
    stem = name.lower().rstrip("0123456789")
    is_made = stem.endswith(_ENDS) and _MADE.fullmatch(stem)
    return Called(hints, _KNOWN.get(stem) or (_POST if is_made else 0))
