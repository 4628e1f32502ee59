"""A run while it goes on: what came of its parts, and what is written when all are known. Next: `run`, its story."""

from __future__ import annotations

import logging
import os
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import accumulate, count, islice
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner import logs, report, settling
from cleaner.dedup import Means, Policy, paragraphs
from cleaner.duplicates import Memory, Noted, Outcome
from cleaner.engine import Workers
from cleaner.errors import ChangedError, InputError, OutputError
from cleaner.keeping import Entry, Part, text_at
from cleaner.listing import Listing
from cleaner.metrics import Figures
from cleaner.minhash import Hashes
from cleaner.parts import Kept, Way, job_of, split_mark
from cleaner.pieces import Sourced, grouped, parts_of, pieces
from cleaner.quality import worth
from cleaner.report import Account, Failure, Row, Summary
from cleaner.results import Block, Item, Line, check_container, write_blocks, write_container
from cleaner.settling import Change, Revised, Revision
from cleaner.sinks import Output, Place, SharedSketches, Span, names_of, remove, write
from cleaner.sources import Passed, Source

_LOG: Final = logging.getLogger("cleaner.run")  # the story that users follow
_Found = TypeVar("_Found")
_FOLDERS: Final = 1 << 10  # of inputs, of which it is known where they really lie
_PARTS: Final = 8  # that are held in memory: texts that are compared often lie in the same


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells while it goes on: files done, files in all, the failure if the last one failed, and figures."""

    done: int
    total: int
    failure: Failure | None
    figures: Figures = field(default_factory=Figures)


class Work:
    """How much there is to do, by the sizes of the sources, each of which is gone through once in every pass."""

    def __init__(self, sources: list[Source], *, passes: int) -> None:
        self.total = len(sources) * passes
        self.before = self.total - len(sources)  # sources of other passes than the last
        self._ends = list(accumulate((max(source.size, 1) for _ in range(passes) for source in sources), initial=0))

    def share(self, done: int, position: int = 0) -> float:
        """Which part of the work is done with so many sources, and so many bytes of the next."""
        end = self._ends[min(done + 1, self.total)]
        return min(self._ends[done] + position, end) / max(self._ends[-1], 1)


class _Texts(NamedTuple):
    """The records of a part that have a text, by their numbers there; in the run they are numbered from `first` on.

    `listed` is the place of the part's first record in the table.
    """

    first: int
    listed: int
    kept: Kept
    numbers: tuple[int, ...]
    spans: NDArray[np.int64]


class Run:
    """A run while it goes on: what has been written, and what is known of it."""

    def __init__(  # noqa: PLR0913, PLR0917  all that a run has
        self,
        way: Way,
        workers: Workers,
        summary: Summary,
        policy: Policy,
        sources: list[Source],
        listing: Listing,
    ) -> None:
        self._way, self._workers, self._summary, self._sources = way, workers, summary, sources
        self._listing = listing
        self._noted = Noted(policy)
        self._said: list[Hashes] = []
        self._texts: list[_Texts] = []
        self._texts_of: dict[int, list[_Texts]] = {}  # by the place of their source
        self._documents = 0
        self._used: set[str] = set()  # keys of parts
        self._claims = _Claims(way.output)
        self._failing = logs.Failing(_LOG, "its report rows tell which and why")
        self._refused: deque[tuple[int, Failure]] = deque()  # sources that are not read, and why
        self._size = 0  # bytes that were read, out of their containers
        self._part = lru_cache(maxsize=_PARTS)(partial(Part, way.state))
        self.came = 0  # records, as they were read
        self.written = 0  # texts that went out

    def clean(self, work: Work, tell: Callable[[Progress], None]) -> None:
        """Clean all sources, in the last pass of the work, and tell of each record when it is done."""
        readable = (Sourced(each, place) for place, each in enumerate(self._sources) if self._is_readable(each, place))
        for batch in self._workers.map(job_of(self._way), grouped(readable)):
            for kept in batch:
                self._tell_refused(kept.place, work, tell)
                self._take(kept, work, tell)
        self._tell_refused(len(self._sources), work, tell)

    def _is_readable(self, source: Source, place: int) -> bool:
        """Whether a source can be read and its outputs be written; what hinders is told when its turn comes."""
        try:
            self._claims.claim(source)
            if not source.form.is_whole:
                check_container(source, self._way.output, self._way.state.trial)
        except (InputError, OutputError) as error:
            self._refused.append((place, Failure(source.name, str(error))))
            return False
        return True

    def _tell_refused(self, end: int, work: Work, tell: Callable[[Progress], None]) -> None:
        """Tell of the sources before place `end` that are not read."""
        while self._refused and self._refused[0][0] < end:
            place, failure = self._refused.popleft()
            self.came += 1
            self._count(failure, self._sources[place], has_page=False)
            done = work.before + place + 1
            tell(Progress(done, work.total, failure, self.figures(work.share(done))))

    def _take(self, kept: Kept, work: Work, tell: Callable[[Progress], None]) -> None:
        """Take note of what came of a piece, and tell of each record."""
        source, part = self._sources[kept.place], self._part(kept.part)
        self._used.add(kept.part)
        if container := _container(source):
            self._summary.expect(container)
        self.came += kept.came
        self._summary.known += kept.known
        self._size += kept.size
        for reason, times in kept.passed:
            self._summary.skip(source.name, reason, times)
        entries = [Failure(part.names[0], kept.refused)] if kept.refused else part.entries
        done, listed = work.before + kept.place, self._listing.places
        for number, entry in enumerate(entries):
            self._count(entry, source, has_page=source.form.is_whole and not kept.refused)
            if isinstance(entry, Passed):
                continue
            is_end = kept.is_last and number == len(entries) - 1
            share = work.share(done + 1) if is_end else work.share(done, kept.positions[number])
            failure = entry if isinstance(entry, Failure) else None
            tell(Progress(done + is_end, work.total, failure, self.figures(share)))
        if kept.is_last and (not entries or isinstance(entries[-1], Passed)):
            tell(Progress(done + 1, work.total, None, self.figures(work.share(done + 1))))
        if not kept.refused:
            self._note(kept, part, source, listed=listed)

    def _count(self, entry: Entry, source: Source, *, has_page: bool) -> None:
        container = _container(source)
        if isinstance(entry, Failure):
            self._summary.fail(entry, container=container)
            self._listing.add(Row.failed(entry, has_page=has_page))
            self._failing.tell(entry.name, entry.reason, container=container)
        elif isinstance(entry, Passed):
            self._summary.skip(container, entry.reason)
            self._listing.add(None)
        else:
            self._summary.count(entry, container=container)
            self._listing.add(Row.of(entry, container=container))

    def figures(self, share: float) -> Figures:
        """What the run has done so far, which is `share` of all."""
        accounts, characters = self._summary.accounts(), self._summary.characters
        return Figures(
            documents=accounts["in"],
            size=self._size,
            characters=characters["source"],
            removed=characters["removed"],
            failures=accounts["failed"],
            share=share,
        )

    def _note(self, kept: Kept, part: Part, source: Source, *, listed: int) -> None:
        """Keep what is needed of a part to find near-duplicates and shared paragraphs by."""
        numbers = part.with_text()
        self.written += len(numbers) if source.form.is_whole else 0
        self._texts.append(_Texts(self._documents, listed, kept._replace(positions=()), numbers, part.spans()))
        self._texts_of.setdefault(kept.place, []).append(self._texts[-1])
        self._documents += len(numbers)
        if self._noted.policy.action != "off":
            sketches, said = part.notes()
            accounts = [part.entries[number] for number in numbers]
            worths = [worth(account.quality) for account in accounts if isinstance(account, Account)]
            self._noted.take([account.name for account in accounts], sketches, worths)
            self._said += said

    def settle(self, memory: Memory | None, passing: Place) -> None:
        """Find near-duplicates, write all containers, and again what is dropped or flagged of other files.

        `passing` is a folder that all workers see, for what is of no use after the run.
        """
        changes = self._changes(memory, passing) if self._noted.policy.action != "off" else _Changes()
        if changes.outcome is None:
            remove(self._way.output.duplicates())
        revised = self._revised(changes)
        for place, texts in self._texts_of.items():
            source = self._sources[place]
            if source.form.is_whole:
                if changes.of(texts[0]):
                    self.written -= self._revise(next(revised), texts[0], source)
            elif _is_of_lines(source):
                self.written += write_blocks(source, self._way.output, self._blocks(source, texts, revised))
            else:
                lines = self._lines(Sourced(source, place), texts, changes, revised)
                self.written += write_container(source, self._way.output, lines, self._way.columns)

    def forget_others(self) -> None:
        """Let go of parts that earlier runs kept, and this one had no use for."""
        for key in self._way.state.keys():  # noqa: SIM118  it is no dictionary
            if key not in self._used:
                self._way.state.forget(key)

    def _changes(self, memory: Memory | None, passing: Place) -> _Changes:
        """What becomes of documents now that all are known."""
        noted, said = self._noted, self._said
        outcome = Outcome(noted.documents, noted.policy, self._means(passing), memory=memory)
        write(self._way.output.duplicates(), "".join(map(report.to_json, outcome.rows())))
        self._summary.remembering = outcome.remember()
        self._summary.duplicates = outcome.found
        staying = [place for place in range(len(said)) if not outcome.is_dropped(place)]
        shared = paragraphs.counts(said[place] for place in staying)
        sharing = (place for place in staying if not shared.keys().isdisjoint(said[place].tolist()))
        return _Changes(frozenset({*outcome.found.fates, *sharing}), outcome, shared)

    def _means(self, passing: Place) -> Means:
        """What finding near-duplicates takes."""
        sketches = SharedSketches(self._noted.documents.sketches, passing)
        return Means(self._workers, sketches, self._place, partial(text_at, state=self._way.state))

    def _place(self, document: int) -> Span:
        """Where the text of a document of the run lies, by its number."""
        texts = self._texts_with(document)
        start, end = texts.spans[document - texts.first].tolist()
        return texts.kept.part, start, end

    def _texts_with(self, document: int) -> _Texts:
        """The texts of the part that holds a document of the run, by its number."""
        return self._texts[bisect_right(self._texts, document, key=lambda texts: texts.first) - 1]

    def _revised(self, changes: _Changes) -> Iterator[Revised]:
        """The parts of which documents change, in order, as they are then."""
        job = settling.job_of(self._way, changes.text)
        batches = settling.batches(self._revisions(changes))
        return (each for batch in self._workers.map(job, batches) for each in batch)

    def _revisions(self, changes: _Changes) -> Iterator[Revision]:
        """What is to be said of documents now, part by part; with it go the rows of containers of lines."""
        for place, texts in self._texts_of.items():
            source = self._sources[place]
            if _is_of_lines(source):
                for items, each in _last_held(self._again(Sourced(source, place), deque(texts))):
                    yield self._revision(each, changes, source)._replace(rows=settling.rows_of(items))
            else:
                yield from (self._revision(each, changes, source) for each in texts if changes.of(each))

    def _revision(self, texts: _Texts, changes: _Changes, source: Source) -> Revision:
        told = tuple(self._change(document, number, changes) for number, document in changes.of(texts).items())
        return Revision(texts.kept.part, told, source.form.is_whole, texts.kept.size)

    def _change(self, document: int, number: int, changes: _Changes) -> Change:
        outcome = changes.outcome
        assert outcome is not None
        keys = () if outcome.is_dropped(document) else self._said[document].tolist()
        shared = tuple((key, changes.shared[key]) for key in keys if key in changes.shared)
        if not (fate := outcome.found.fates.get(document)):
            return Change(number, shared)
        other = fate.other
        has_page = other < outcome.found.documents and self._sources[self._texts_with(other).kept.place].form.is_whole
        return Change(number, shared, fate, outcome.called(other), outcome.place(other), has_page)

    def _blocks(self, source: Source, texts: list[_Texts], revised: Iterator[Revised]) -> Iterator[Block]:
        """What goes out of a container of lines."""
        for each, one in zip(texts, islice(revised, len(texts)), strict=True):
            self._revise(one, each, source)
            assert one.block is not None
            yield one.block

    def _lines(
        self, sourced: Sourced, texts: list[_Texts], changes: _Changes, revised: Iterator[Revised]
    ) -> Iterator[Line]:
        """What goes out of a container, which is read once more for what else is in its rows."""
        for items, each in self._again(sourced, deque(texts)):
            part, now = self._part(each.kept.part), {}
            if changes.of(each):
                one = next(revised)
                self._revise(one, each, sourced.source)
                now = settling.kept(self._way.state, one.key)
            for number, item in enumerate(items):
                if number in now:
                    yield Line(item, *now[number])
                else:
                    yield Line(item, part.row(number), part.told(number), part.text(number))

    def _revise(self, revised: Revised, texts: _Texts, source: Source) -> int:
        """Count documents of a part as they are now; how many have been dropped."""
        self._used.add(revised.key)
        container = _container(source)
        for number, before, after in revised.accounts:
            self._summary.revise(before, after, container=container)
            self._listing.revise(texts.listed + number, Row.of(after, container=container))
        return sum(after.fate == "dropped" for _, _, after in revised.accounts)

    def _again(self, sourced: Sourced, texts: deque[_Texts]) -> Iterator[tuple[tuple[Item, ...], _Texts]]:
        """The records of a container once more, with what came of them; raises `ChangedError` if they aren't the same.

        Pieces that broke a worker were done record by record.
        """
        changed = ChangedError(f"{sourced.source.name} was changed, or went, while it was read; run this again")
        for piece in pieces(sourced, self._way.columns):
            is_split = not texts or texts[0].kept.digest != piece.digest
            if is_split:
                self._used.add(split_mark(self._way.key(piece.digest)))
            for part in parts_of(piece) if is_split else [piece]:
                if not texts or texts[0].kept.digest != part.digest:
                    raise changed
                yield part.items, texts.popleft()
        if texts:
            raise changed


@dataclass(frozen=True, slots=True)
class _Changes:
    """Which documents change once all are known, and what bears on that."""

    documents: frozenset[int] = frozenset()
    outcome: Outcome | None = None
    shared: Mapping[int, int] = field(default_factory=dict)

    @property
    def text(self) -> Callable[[Any], str]:
        """Gives the text of another document that one is like, by its place, wherever it has travelled."""
        return self.outcome.text if self.outcome else str  # which nobody asks for if there is none

    def of(self, texts: _Texts) -> dict[int, int]:
        """The documents of a part that change, by their numbers there."""
        documents = zip(texts.numbers, count(texts.first))
        return {number: document for number, document in documents if document in self.documents}


def _last_held(found: Iterator[_Found]) -> Iterator[_Found]:
    """All that is found; the last once it is known that nothing is wrong behind it."""
    held = list(islice(found, 1))
    for each in found:
        yield held.pop()
        held.append(each)
    yield from held


def _is_of_lines(source: Source) -> bool:
    """Whether workers can make what goes out of a container, piece by piece."""
    return source.form.kind == "jsonl"


def _container(source: Source) -> str:
    """The name of a container, "" for what is none."""
    return "" if source.form.is_whole else source.name


class _Claims:
    """Inputs must be files, not lie among the outputs, nor two of them write one output: the first to come has it."""

    def __init__(self, output: Output) -> None:
        self._holds, self._folds = output.holding(), output.folds()
        self._taken: dict[str, tuple[Source, str]] = {}  # by the names of outputs; with each the place of its source
        self._real = lru_cache(maxsize=_FOLDERS)(os.path.realpath)

    def claim(self, source: Source) -> None:
        """Have the outputs of a source; raises `InputError` if it cannot be cleaned into the folder."""
        if told := source.hindrance:
            raise InputError(told)
        place = self._place(source)
        if self._holds(place):
            raise InputError("lies in the folder that the run writes to; give another OUT")
        names = names_of(source.name, folds=self._folds)
        first, at = next((self._taken[name] for name in names if name in self._taken), (None, None))
        if first is None:
            self._taken.update(dict.fromkeys(names, (source, place)))
        elif at == place:
            raise InputError("is given twice; leave it out once")
        else:
            raise InputError(f"its output is already written for {first.path}; clean the two into different folders")

    def _place(self, source: Source) -> str:
        """As `Source.place`; links are followed once for all files of a folder that are none themselves."""
        if isinstance(source.path, str) or os.path.islink(source.path):
            return str(source.place)
        folder, name = os.path.split(source.path)
        return os.path.join(self._real(folder), name)
