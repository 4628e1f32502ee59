"""What two runs tell of the same document, side by side, however many there are. Next: `documents`.

Two runs over the same inputs tell of them in the same order, and are walked in step. What only one of them has, or has
elsewhere, is put aside by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Final, NamedTuple

from cleaner.finished import Told
from cleaner.shelf import Parts, Shelf

_PARTS: Final = 3  # container, report and text of what is put aside


class Pair(NamedTuple):
    """What two runs tell of one document; None of the run that doesn't know it."""

    a: Told | None
    b: Told | None

    @property
    def name(self) -> str:
        """What both call it."""
        told = self.a or self.b
        assert told
        return told.name


def pairs(first: Iterable[Told], second: Iterable[Told]) -> Iterator[Pair]:
    """Everything that two runs tell of, by name; what one of them alone has comes last.

    Raises OSError where the text of what is put aside is gone.
    """
    with Shelf(_PARTS) as left, Shelf(_PARTS) as right:
        for a, b in zip_longest(first, second):
            if a and b and a.name == b.name:
                yield Pair(a, b)
                continue
            if a:
                yield from (Pair(a, found) for found in _met(a, right, left))
            if b:
                yield from (Pair(found, b) for found in _met(b, left, right))
        yield from (Pair(_told(*found), None) for found in left.rest())
        yield from (Pair(None, _told(*found)) for found in right.rest())


def _met(told: Told, others: Shelf, own: Shelf) -> Iterator[Told]:
    """What waits among others under the same name; if nothing does, it waits among its own."""
    found = others.take(told.name)
    if found:
        yield _told(told.name, found)
    else:
        own.put(told.name, _bytes(told.container), _bytes(told.report), told.text)


def _told(name: str, parts: Parts) -> Told:
    container, report = (part.decode("utf-8", "surrogatepass") for part in parts[:2])
    return Told(name, container, report, parts[2])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
