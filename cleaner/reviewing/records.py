"""The records of a container, each at hand at once: they are read once, one behind the other. Next: `doubting`.

Containers are packed, or have no places of their own in a file at all; and a report row lies beside its text in
another one. So both wait, record by record, in a passing file of this machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple, Self

from cleaner.finished import Told
from cleaner.report import FAILED, Account, Facts, doubts, suspicion
from cleaner.sinks import Heap


class Kept(NamedTuple):
    """What a list says of a record, and where it waits; `points` are those of its suspicion."""

    name: str
    outcome: str
    edits: int
    points: int
    reasons: tuple[str, ...]
    spans: tuple[tuple[int, int], tuple[int, int]]


def edits_in(rules: Facts, *, without: frozenset[str]) -> int:
    """How many edits are counted there by their rules, but those of some kinds."""
    return sum(counts["edits"] for rule, counts in rules.items() if rule.partition("/")[0] not in without)


class Records:
    """The records of one container, by their number in it, from 0; those without a row don't count."""

    def __init__(self, container: str, without: frozenset[str]) -> None:
        self._container = container
        self._without = without
        self._kept: list[Kept] = []
        self._heap = Heap()

    @classmethod
    def of(cls, container: str, told: Iterable[Told], *, without: frozenset[str]) -> Self:
        """All records, read to the end; edits of some kinds don't count.

        Raises what reading them raises, and OSError if there is no room.
        """
        records = cls(container, without)
        for each in told:
            records._keep(each)
        return records

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, number: int) -> Kept:
        return self._kept[number]

    def told(self, number: int) -> Told:
        """What the run tells of a record."""
        kept = self._kept[number]
        row, text = (self._heap.get(*span) for span in kept.spans)
        return Told(kept.name, self._container, row.decode("utf-8", "surrogatepass"), text)

    @cached_property
    def ranked(self) -> list[int]:
        """The numbers of all records, those that someone should look at first before the others."""
        return sorted(range(len(self._kept)), key=lambda number: -self._kept[number].points)

    def _keep(self, told: Told) -> None:
        edits = edits_in(told.facts.get("rules", {}), without=self._without)
        spans = self._heap.put(told.report.encode("utf-8", "surrogatepass")), self._heap.put(told.text)
        found = doubts(Account.of(told.facts)) if told.has_document else ()
        points = FAILED if told.outcome == "failed" else suspicion(found)
        reasons = tuple(doubt.reason for doubt in found)
        self._kept.append(Kept(told.name, told.outcome, edits, points, reasons, spans))
