"""Which of many rules may match which lines, in one pass however many rules there are. Next: `units`, which asks it.

A rule is a bit of a number here: what the literals on a line call for is an `|` for each of them, and what the
line's ends and length allow are three look-ups and three `&`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from cleaner.fold import utf8
from cleaner.preconditions import Letters, Precondition

_REMEMBERED: Final = 1 << 22  # characters of lines; what a site puts on each page is looked through once
_OF_AN_ENTRY: Final = 100  # characters that remembering a line costs besides its own
ENDLESS: Final = 1 << 62  # letters; no line is longer


class Demand(NamedTuple):
    """What a rule asks of a line: one of the literals, at most so many letters, and what its pattern needs."""

    literals: frozenset[str]
    longest: int = ENDLESS
    condition: Precondition = Precondition()


class Sieve:
    """Rules behind one gate of all their literals. What is known of a line is remembered, within bounds.

    >>> sieve = Sieve([Demand(frozenset(("分享",)), 40, Precondition(2, frozenset("分"), None))])
    >>> [list(numbers(called)) for called in sieve.calls(["他分享了", "分享到微信"])]
    [[], [0]]
    """

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._numbers = {demand: number for number, demand in enumerate(demands)}
        called: defaultdict[str, int] = defaultdict(int)
        for number, demand in enumerate(demands):
            for literal in demand.literals:
                called[literal] |= 1 << number
        literals = [literal.encode() for literal in called]
        # Compact rather than fastest by itself: it shares the cache with everything else that runs on a page.
        self._automaton = BytesAhoCorasick(literals, implementation=Implementation.ContiguousNFA)
        self._called = list(called.values())
        self._firsts = _Ends([demand.condition.firsts for demand in demands])
        self._lasts = _Ends([demand.condition.lasts for demand in demands])
        self._lengths = sorted({length for demand in demands for length in _bounds(demand)})
        self._by_length = [
            _mask(length in range(*_bounds(demand)) for demand in demands) for length in (-1, *self._lengths)
        ]
        self._known: dict[str, int] = {}
        self._room = _REMEMBERED

    def number(self, demand: Demand) -> int | None:
        """The bit of a demand, None if it isn't one of the sieve's."""
        return self._numbers.get(demand)

    def calls(self, lines: Sequence[str]) -> list[int]:
        """The rules that may match each of these folded lines, a bit for each; shape as given.

        For a line's ends and length its outer blanks don't count.
        """
        if self._room < 0:
            self._known, self._room = {}, _REMEMBERED  # another thread may still use what was known
        known = self._known
        new = [line for line in lines if line not in known]
        if new:
            known.update(zip(new, self._looked_through(new), strict=True))
            self._room -= sum(map(len, new)) + _OF_AN_ENTRY * len(new)
        return list(map(known.__getitem__, lines))

    def _looked_through(self, lines: Sequence[str]) -> list[int]:
        """`calls` of lines that nothing is known of."""
        calls = [0] * len(lines)
        data = utf8("\n".join(lines) + "\n")
        index, end = 0, data.index(b"\n")  # of the line that the literal stands on
        for literal, start, _ in self._automaton.find_matches_as_indexes(data, overlapping=True):
            if start > end:
                index += data.count(b"\n", end, start)
                end = data.index(b"\n", start)
            calls[index] |= self._called[literal]
        return [called and called & self._allowed(line) for called, line in zip(calls, lines, strict=True)]

    def _allowed(self, line: str) -> int:
        """The rules that a line's ends and its length allow."""
        key = line.strip(" ")
        fitting = self._by_length[bisect_right(self._lengths, len(key))]
        return fitting & self._firsts.of(key[:1]) & self._lasts.of(key[-1:])


@lru_cache(maxsize=8)
def of(demand: Demand) -> Sieve:
    """The sieve of one demand alone."""
    return Sieve([demand])


class _Ends:
    """Which rules a line's first letter allows, or its last."""

    def __init__(self, sets: Sequence[Letters]) -> None:
        self._others = _mask(letters is None for letters in sets)
        self._by_letter: dict[str, int] = {}
        for number, letters in enumerate(sets):
            for letter in letters or ():
                self._by_letter[letter] = self._by_letter.get(letter, self._others) | 1 << number

    def of(self, letter: str) -> int:
        """The rules that allow the letter there."""
        return self._by_letter.get(letter, self._others)


def _bounds(demand: Demand) -> tuple[int, int]:
    return demand.condition.shortest, demand.longest + 1


def _mask(bits: Iterable[bool]) -> int:
    return sum(1 << number for number, bit in enumerate(bits) if bit)


def numbers(mask: int) -> Iterator[int]:
    """The places of the bits that are set, ascending.

    >>> list(numbers(0b1101))
    [0, 2, 3]
    """
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
