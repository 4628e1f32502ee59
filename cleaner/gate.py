"""Literals looked for all at once, in one pass. Next: `units`, the text they stand in."""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation

from cleaner.fold import occurrences


class Gate:
    """Finds which of many literals occur in a folded text.

    >>> gate = Gate(["分享", "微信"])
    >>> gate.hits("分享到微信")
    [(0, 0, 2), (1, 3, 5)]
    """

    def __init__(self, literals: Iterable[str]) -> None:
        self.literals = tuple(literals)
        self._automaton = AhoCorasick(self.literals, implementation=Implementation.ContiguousNFA)

    def hits(self, folded: str) -> list[tuple[int, int, int]]:
        """(index of the literal, start, end) of every occurrence, overlapping ones too."""
        return occurrences(self._automaton, folded)
