"""Patterns that are compiled when they are first looked for: there are hundreds, and a text asks for few.

Each search is some 20 ns slower for that, and a command starts a tenth of a second sooner.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, AnyStr, cast


class Late:
    """What `make` makes of a pattern, once anything but the pattern is asked of it."""

    def __init__(self, pattern: str | bytes, make: Callable[[Any], Any]) -> None:
        self.pattern = pattern
        self._make = make

    def __getattr__(self, name: str) -> Any:
        if name == "_made":
            self._made = self._make(self.pattern)
            return self._made
        if name.startswith("_"):  # what copying asks for before there is anything
            raise AttributeError(name)
        found = getattr(self._made, name)
        setattr(self, name, found)  # which is found first from now on
        return found


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, compiled when it is first looked for; a mistake in it shows only then.

    >>> late("[0-9]+").findall("3 月 15 日")
    ['3', '15']
    """
    return cast("re.Pattern[AnyStr]", Late(pattern, partial(re.compile, flags=flags)))
