"""The table of a run's documents while it goes on: rows wait on disk, and are put right. Next: `running`, the run.

There may be very many, so only the most suspicious are ever held in memory. What becomes of a near-duplicate is known
when all documents are: then its row comes again, in the same order as before, and takes the place of the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from types import TracebackType
from typing import Self

from cleaner.report import ROWS, Listed, Row, part_script
from cleaner.sinks import Output, Place, Waiting, write


class Listing:
    """The rows of a run: added as documents come, revised in the same order, and written when all is known."""

    def __init__(self, folder: Place) -> None:
        """Rows wait in that folder, or on this machine's disk if it is in a store."""
        self._rows, self._revised = Waiting(folder), Waiting(folder)
        self.places = 0  # that are taken

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._rows.close()
        self._revised.close()

    def add(self, row: Row | None) -> None:
        """Take the next place: for a row, or for None, of what has none."""
        self._rows.put(json.dumps(row))
        self.places += 1

    def revise(self, place: int, row: Row) -> None:
        """Have another row at a place; places come in their order."""
        self._revised.put(json.dumps([place, row]))

    def write(self, output: Output) -> Listed:
        """Write the table in parts, and say which rows are to be looked at first, and how many there are of a kind."""
        return Listed.of(self._written(output))

    def _written(self, output: Output) -> Iterator[Row]:
        """All rows, each when its part has been written."""
        rows, number = self._settled(), 0
        while part := list(islice(rows, ROWS)):
            number += 1
            write(output.part(number), part_script(number, part))
            yield from part

    def _settled(self) -> Iterator[Row]:
        """All rows as they are now."""
        revised = (json.loads(line) for line in self._revised)
        place, row = next(revised, (-1, None))
        for at, line in enumerate(self._rows):
            told = json.loads(line)
            if at == place:
                told = row
                place, row = next(revised, (-1, None))
            if told is not None:
                yield Row.loaded(told)
