"""Collections of clean texts, in whatever containers they lie. Next: `weeding`, which dedups them.

A collection is gone through once, by whoever does the work of a run. Its texts are sketched and wait in passing files,
where they are read again by number, so that none need stay in memory.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import accumulate
from pathlib import Path, PurePath
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.decode import decode
from cleaner.dedup import Policy
from cleaner.document import Document
from cleaner.engine import Job, Workers
from cleaner.errors import ChangedError, InputError
from cleaner.minhash import Sketches, sketch
from cleaner.quality import figures, worth
from cleaner.report import Failure
from cleaner.sinks import Output, Place, Span, Spool
from cleaner.sources import Columns, Passed, Record, Source, Unread, find_sources, records

_SENT: Final = 1 << 20  # characters of texts that a worker is given at a time
_CHEAPER: Final = 8  # characters that are sketched while a byte is cleaned


class Text(NamedTuple):
    """A text, the name it goes by, which is its id if it has one, and what an error calls its place."""

    name: str
    place: str
    text: str


class _Given(NamedTuple):
    """A source, its place among all, and why it is not read, if it could be."""

    source: Source
    place: int
    refused: str = ""


class _Portion(NamedTuple):
    """Some texts that are done together: some of a container's, or all of small files, which are still to be read."""

    given: tuple[_Given, ...]
    items: tuple[Text | Unread, ...] | None = None
    number: int = 0  # among those of the same container
    size: int = 0


class Read(NamedTuple):
    """What is known of the texts of a portion: names, places as errors call them, and `counts` of them by source.

    They wait in the file `spooled`, each up to one of `ends`. `worths` are how good they are, if the policy asks.
    """

    names: list[str]
    places: list[str]
    counts: list[tuple[int, int]]
    spooled: str
    ends: NDArray[np.int64]
    sketches: Sketches
    worths: list[float]
    failures: list[Failure]


class Corpus:
    """The texts of all records of inputs, in order, which wait in files of a folder that all workers see."""

    def __init__(
        self,
        inputs: Iterable[Path | str],
        columns: Columns,
        *,
        leave_out: Place,
        passing: Place,
        index: Path | None = None,
    ) -> None:
        self._columns = columns
        self._output = Output(leave_out)
        self.sources = list(find_sources(inputs, leave_out=leave_out, index=index))
        self.spool = Spool(passing)
        self._spooled: list[tuple[str, NDArray[np.int64]]] = []
        self._firsts = [0]  # the numbers of the first texts of these, and of the text behind the last
        self._counts = [0] * len(self.sources)  # texts of each source
        self._ahead = "", b""  # the file whose texts were asked for last, for the next ones will lie there, too

    def read(self, workers: Workers, policy: Policy) -> Iterator[Read]:
        """Every text, in order, portion by portion; they are numbered as they come, those unread are not."""
        for found in workers.map(self._job(policy), self._grouped()):
            self._spooled.append((found.spooled, found.ends))
            self._firsts.append(self._firsts[-1] + found.ends.size)
            for place, count in found.counts:
                self._counts[place] += count
            yield found

    def place(self, number: int) -> Span:
        """Where a text that was read waits, by its number."""
        portion = bisect_right(self._firsts, number) - 1
        name, ends = self._spooled[portion]
        own = number - self._firsts[portion]
        return name, int(ends[own - 1]) if own else 0, int(ends[own])

    def firsts(self) -> list[int]:
        """The number of the first text of each source, when all are read."""
        return list(accumulate(self._counts, initial=0))[:-1]

    def records(self, place: int, first: int, numbers: Iterable[int]) -> Iterator[Record]:
        """The records of some texts of a source, in order, from the source again, whose own first text is `first`.

        Raises `ChangedError` if they aren't there as they were.
        """
        wanted = iter(numbers)
        number, following = first, next(wanted, None)
        for found, text in _found(self.sources[place], self._columns):
            if isinstance(found, Record):
                if number == following:
                    if self.spool.packed(text) != self._waiting(number):
                        break
                    yield found
                    following = next(wanted, None)
                number += 1
        if following is not None:
            name = self.sources[place].name
            raise ChangedError(f"{name} was changed, or went, while it was read; run this again")

    def _waiting(self, number: int) -> bytes:
        """A text as it waits."""
        name, start, end = self.place(number)
        if name != self._ahead[0]:
            self._ahead = name, self.spool.whole(name)
        return self._ahead[1][start:end]

    def _job(self, policy: Policy) -> Job[tuple[_Given, ...], _Portion, Read]:
        work = partial(_read, columns=self._columns, spool=self.spool, policy=policy)
        return Job(
            start=None,
            cut=partial(_cut, columns=self._columns),
            work=work,
            split=lambda portion: (portion,),
            fail=lambda portion, reason, is_sure: work(portion),  # by this process, for all that it reads is numbered
            size=lambda portion: portion.size // _CHEAPER,
        )

    def _grouped(self) -> Iterator[tuple[_Given, ...]]:
        """The sources by groups: small files that follow each other go together."""
        group: list[_Given] = []
        size = 0
        for given in self._given():
            own = given.source.size if given.source.form.is_whole else _SENT
            if group and size + own > _SENT:
                yield tuple(group)
                group, size = [], 0
            group.append(given)
            size += own
        if group:
            yield tuple(group)

    def _given(self) -> Iterator[_Given]:
        names: set[str] = set()
        for place, source in enumerate(self.sources):
            refused = self._refused(source, names)
            if not refused:
                names |= {source.name, *(f"{parent}/" for parent in PurePath(source.name).parents)}
            yield _Given(source, place, refused)

    def _refused(self, source: Source, names: set[str]) -> str:
        """Why a source is not read, though it could be: what is written for it would take another's place."""
        if self._output.holds(source.place):
            return "lies in the folder that the run writes to; give another OUT"
        parents = map(str, PurePath(source.name).parents)
        if source.name in names or f"{source.name}/" in names or any(parent in names for parent in parents):
            return "has the name of another input, or of a folder of another; rename one, or give it alone"
        return ""


# --- the work --------------------------------------------------------------------------------------------------


def _cut(group: tuple[_Given, ...], *, columns: Columns) -> Iterator[_Portion]:
    """The portions of a group: small files together, a container's texts by about `_SENT` characters."""
    if len(group) > 1 or group[0].refused or group[0].source.form.is_whole:
        yield _Portion(group, size=sum(given.source.size for given in group))
        return
    items: list[Text | Unread] = []
    size = number = 0
    for item in _texts(group[0], columns):
        items.append(item)
        size += len(item.text) if isinstance(item, Text) else 0
        if size >= _SENT:
            yield _Portion(group, tuple(items), number, size)
            items, size, number = [], 0, number + 1
    yield _Portion(group, tuple(items), number, size)


def _read(portion: _Portion, *, columns: Columns, spool: Spool, policy: Policy) -> Read:
    """Sketch the texts of a portion and have them wait."""
    if portion.items is None:
        items = [(given.place, item) for given in portion.given for item in _texts(given, columns)]
    else:
        items = [(portion.given[0].place, item) for item in portion.items]
    texts = [(place, item) for place, item in items if isinstance(item, Text)]
    name = f"{portion.given[0].place}-{portion.number}"
    return Read(
        [item.name for _, item in texts],
        [item.place for _, item in texts],
        list(Counter(place for place, _ in texts).items()),
        name,
        spool.put(name, [item.text for _, item in texts]),
        sketch((item.text for _, item in texts), ngram=policy.ngram),
        [worth(figures(Document.of(item.text))) for _, item in texts] if policy.survivor == "best" else [],
        [Failure(item.name, item.reason) for _, item in items if isinstance(item, Unread)],
    )


def _texts(given: _Given, columns: Columns) -> Iterator[Text | Unread]:
    """The texts of a source, and those of its records that have none."""
    source = given.source
    if given.refused:
        yield Unread(source.name, 1, given.refused)
        return
    for found, text in _found(source, columns):
        if isinstance(found, Unread):
            yield found
        else:
            place = source.name if source.form.is_whole else f"{source.name}:{found.number}"
            yield Text(found.id or place, place, text)


def _found(source: Source, columns: Columns) -> Iterator[tuple[Record | Unread, str]]:
    """The records of a source with their texts, or why there is none."""
    for found in records(source, columns):
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
