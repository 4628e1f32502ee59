"""Collections of clean texts, in whatever containers they lie. Next: `weeding`, which dedups them.

A collection is gone through once in order; its texts wait in a passing file, where they are read again by number, so
that none need stay in memory.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from cleaner.decode import decode
from cleaner.errors import ChangedError, InputError
from cleaner.sinks import Output, Place, Spool
from cleaner.sources import Columns, Passed, Record, Source, Unread, find_sources, records


class Text(NamedTuple):
    """A text, the name it goes by, which is its id if it has one, and what an error calls its place."""

    name: str
    place: str
    text: str


class Corpus:
    """The texts of all records of inputs, in order; a context manager, for a passing file in `passing` holds them."""

    def __init__(
        self,
        inputs: Iterable[Path | str],
        columns: Columns,
        *,
        leave_out: Place,
        index: Path | None = None,
        passing: Path | None = None,
    ) -> None:
        self._columns = columns
        self._output = Output(leave_out)
        self.sources = list(find_sources(inputs, leave_out=leave_out, index=index))
        self._spool = Spool(passing)
        self._firsts = array("q")  # the number of the first text of each source

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *exception: object) -> None:
        self._spool.close()

    def texts(self) -> Iterator[Text | Unread]:
        """Every text, in order; they are numbered as they come, those unread are not."""
        names: set[str] = set()
        for source in self.sources:
            self._firsts.append(len(self._spool))
            if reason := self._refused(source, names):
                yield Unread(source.name, 1, reason)
                continue
            names |= {source.name, *(f"{parent}/" for parent in PurePath(source.name).parents)}
            for found, text in self._found(source):
                if isinstance(found, Unread):
                    yield found
                else:
                    place = source.name if source.form.is_whole else f"{source.name}:{found.number}"
                    self._spool.add(text)
                    yield Text(found.id or place, place, text)

    def text(self, number: int) -> str:
        """A text that has been gone through, by number."""
        return self._spool.text(number)

    def source_of(self, number: int) -> Source:
        """The source that a text is from."""
        return self.sources[bisect_right(self._firsts, number) - 1]

    def records(self, numbers: Iterable[int]) -> Iterator[Record]:
        """The records of some texts of one source, in order, from the source again.

        Raises `ChangedError` if they aren't there as they were.
        """
        numbers = iter(numbers)
        wanted = next(numbers, None)
        if wanted is None:
            return
        source = self.source_of(wanted)
        number = self._firsts[self.sources.index(source)]
        for found, text in self._found(source):
            if isinstance(found, Record):
                if number == wanted:
                    if text != self.text(number):
                        break
                    yield found
                    wanted = next(numbers, None)
                number += 1
        if wanted is not None:
            raise ChangedError(f"{source.name} was changed, or went, while it was read; run this again")

    def _refused(self, source: Source, names: Container[str]) -> str:
        """Why a source is not read, though it could be: what is written for it would take another's place."""
        if self._output.holds(source.place):
            return "lies in the folder that the run writes to; give another OUT"
        parents = map(str, PurePath(source.name).parents)
        if source.name in names or f"{source.name}/" in names or any(parent in names for parent in parents):
            return "has the name of another input, or of a folder of another; rename one, or give it alone"
        return ""

    def _found(self, source: Source) -> Iterator[tuple[Record | Unread, str]]:
        """The records of a source with their texts, or why there is none."""
        for found in records(source, self._columns):
            if isinstance(found, Passed):
                if found.row is not None:  # there is nothing to compare it by, nor has it a place in what stays
                    yield Unread(found.name, found.number, f"{found.reason}; fill it, or leave the record out"), ""
                continue
            try:
                yield found, "" if isinstance(found, Unread) else _text(found)
            except InputError as error:
                yield Unread(found.name, found.number, str(error)), ""


def _text(record: Record) -> str:
    return record.content if isinstance(record.content, str) else decode(record.content).text
