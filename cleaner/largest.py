"""The largest of very many things, of which only these are kept. Next: `comparing`."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Largest(Generic[T]):
    """The `most` largest things that were added; of two as large the one whose name comes first.

    >>> largest = Largest(2)
    >>> for size, name in (1, "丙"), (3, "甲"), (2, "乙"): largest.add(size, name, name)
    >>> largest.items()
    ['甲', '乙']
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: list[tuple[int, str, T]] = []

    def has_room(self, size: int, name: str) -> bool:
        """Whether something would be kept, as far as is known by now."""
        if len(self._found) < self._most:
            return True
        return bool(self._most) and (-size, name) < self._found[-1][:2]

    def add(self, size: int, name: str, item: T) -> None:
        """Keep something, if it is large enough."""
        if self.has_room(size, name):
            self._found.append((-size, name, item))
            self._found.sort(key=lambda each: each[:2])
            del self._found[self._most :]

    def items(self) -> list[T]:
        """What was kept, the largest first."""
        return [item for _, _, item in self._found]
