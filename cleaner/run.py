"""The story of many files: read, clean and write each, then sum up. Next: `stream`, stdin to stdout."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from pathlib import Path
from traceback import extract_tb
from typing import Final

from cleaner import dedup, logs, report
from cleaner.decode import Decoded, decode
from cleaner.dedup import Policy, paragraphs
from cleaner.document import Document
from cleaner.drafts import Draft, drafted
from cleaner.duplicates import Memory, Noted, Outcome
from cleaner.errors import InputError, OutputError
from cleaner.extract import extract, host_of
from cleaner.metrics import Figures
from cleaner.minhash import Hashes
from cleaner.mining import Miner
from cleaner.pipeline import Cleaner
from cleaner.quality import figures, is_dropped, worth
from cleaner.report import Failure, Summary
from cleaner.results import Result, rewrite, writing_results
from cleaner.rulefile import rule_file
from cleaner.sinks import Output, Spool, remove, write
from cleaner.sources import Columns, Passed, Record, Source, Unread, begins_as_page, find_sources, real, records
from cleaner.templates import LEAST, Counts, groups_of
from cleaner.units import View
from cleaner.versions import Versions

_LOG: Final = logging.getLogger(__name__)
_GUESSED: Final = Columns()
_ADDRESS: Final = "://"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells while it goes on: files done, files in all, the failure if the last one failed, and figures."""

    done: int
    total: int
    failure: Failure | None
    figures: Figures = field(default_factory=Figures)


@dataclass(frozen=True, slots=True)
class AcrossFiles:
    """What a run looks for across its files.

    With `templates`, lines that so many documents of one host or folder share; `duplicates` is what becomes of
    near-duplicates, and `memory` what earlier runs have seen.
    """

    templates: int = 0
    duplicates: Policy = field(default_factory=Policy)
    memory: Memory | None = None


def clean_files(  # noqa: PLR0913  each is a choice of its own
    inputs: Iterable[Path | str],
    folder: Path,
    cleaner: Cleaner,
    *,
    across: AcrossFiles | None = None,
    columns: Columns = _GUESSED,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Summary:
    """Clean every record of every input into `folder` and return the account of the run, which is also written there.

    With templates, all files are read twice: first to count what they share, then to clean them; `tell` is told of
    both, and of each record that fails. When all are cleaned, near-duplicates among them, and of what the memory
    holds, are dropped or flagged; what was written of them is written again, and the memory takes in what stays.
    A record that cannot be cleaned becomes a failure with a report of its own and stops nothing, nor does a file that
    cannot be read or whose output cannot have its name. Raises OSError or `OutputError` if the folder or the account
    cannot be written.
    """
    across = across or AcrossFiles()
    output = Output(folder)
    output.make()
    index = across.memory.folder if across.memory else None
    sources = list(find_sources(inputs, leave_out=folder, index=index))
    _spare(sources, output)
    work = _Work(sources, passes=2 if across.templates else 1)
    _LOG.info("%d inputs", len(sources), extra=logs.event("started", inputs=len(sources)))
    if across.templates:
        told = lambda done: tell(Progress(done, work.total, None, Figures(share=work.share(done))))  # noqa: E731
        cleaner = cleaner.knowing(_counted(sources, cleaner, across.templates, columns=columns, tell=told))
    settings = {**cleaner.settings, **columns.settings(), **across.duplicates.settings()}
    summary = Summary(settings=settings, versions=Versions.of_cleaner(cleaner, settings))
    with Spool(folder) as spool:
        run = _Run(output, cleaner, columns, summary, _Texts(across.duplicates, spool))
        _clean_each(run, sources, work, tell=tell)
        if across.duplicates.action == "off":
            remove(output.duplicates())
        else:
            run.settle_duplicates(across.memory)
    write(output.summary(), report.to_json(summary.facts()))
    write(output.index(), report.index_page(summary.facts()))
    accounts = summary.accounts()
    _LOG.info("%(in)d in, %(written)d written", accounts, extra=logs.event("finished", **accounts))
    return summary


def _clean_each(run: _Run, sources: list[Source], work: _Work, *, tell: Callable[[Progress], None]) -> None:
    """Clean all sources, in the last pass of the work, and tell of each record when it is done."""
    for done, source in enumerate(sources, 1 + work.total - len(sources)):
        last: Failure | None = None
        for number, failed in enumerate(run.clean(source)):
            if number:
                tell(Progress(done - 1, work.total, last, run.figures(work.share(done - 1, run.position))))
            last = failed
        tell(Progress(done, work.total, last, run.figures(work.share(done))))


class _Work:
    """How much there is to do, by the sizes of the sources, each of which is gone through once in every pass."""

    def __init__(self, sources: list[Source], *, passes: int) -> None:
        self.total = len(sources) * passes
        self._ends = list(accumulate((max(source.size, 1) for _ in range(passes) for source in sources), initial=0))

    def share(self, done: int, position: int = 0) -> float:
        """Which part of the work is done with so many sources, and so many bytes of the next."""
        end = self._ends[min(done + 1, self.total)]
        return min(self._ends[done] + position, end) / max(self._ends[-1], 1)


class _Texts:
    """What is kept of cleaned texts until all are there, to find near-duplicates and shared paragraphs by."""

    def __init__(self, policy: Policy, spool: Spool) -> None:
        self.noted = Noted(policy)
        self.said: list[Hashes] = []
        self.spool = spool

    def add(self, document: Document) -> None:
        """Take note of a document, unless it was dropped or near-duplicates are none of the run's business."""
        if self.noted.policy.action != "off" and not is_dropped(document):
            self.noted.add(document.name, document.text, worth=lambda: worth(figures(document)))
            self.said.append(paragraphs.keys(document.text))
            self.spool.add(document.text)


class _Run:
    """A run while it goes on: what has been written, and what is known of it."""

    def __init__(self, output: Output, cleaner: Cleaner, columns: Columns, summary: Summary, texts: _Texts) -> None:
        self._output, self._cleaner, self._columns = output, cleaner, columns
        self._summary, self._texts = summary, texts
        self._taken: dict[Path, Source] = {}
        self._failing = logs.Failing(_LOG, "its report rows tell which and why")
        self._size = 0  # bytes that were read, out of their containers
        self.position = 0  # in the source that is being cleaned
        self._sources: list[Source] = []  # that have documents, with the number of the first of each
        self._firsts: list[int] = []

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

    def clean(self, source: Source) -> Iterator[Failure | None]:
        """Clean and write the records of a source; of each comes back what failed, or None."""
        container = "" if source.form.is_whole else source.name
        first = len(self._texts.noted.names)
        if container:
            self._summary.expect(container)
        for result in self._results(source):
            if isinstance(result, Passed):
                self._summary.skip(container, result.reason)
            elif isinstance(result, Failure):
                self._summary.fail(result, container=container)
                self._failing.tell(result.name, result.reason, container=container)
                yield result
            else:
                self._summary.add(result, container=container)
                self._texts.add(result)
                yield None
        if len(self._texts.noted.names) > first:
            self._sources.append(source)
            self._firsts.append(first)

    def _results(self, source: Source) -> Iterator[Result | Passed]:
        """What became of each record, after all is written that can be."""
        try:
            _claim(source, self._output, self._taken)
        except InputError as error:
            yield Failure(source.name, str(error))
            return
        try:
            with writing_results(source, self._output, self._columns) as add:
                for found in records(source, self._columns, reached=self._reached):
                    self._size += found.size if isinstance(found, Record) else 0
                    yield add(found, found if isinstance(found, Passed) else _result(found, self._cleaner))
        except (InputError, OutputError) as error:  # no package, or no place, for what goes out
            yield Failure(source.name, str(error))

    def _reached(self, position: int) -> None:
        self.position = position

    def settle_duplicates(self, memory: Memory | None) -> None:
        """Find near-duplicates among what was written, and write again what is dropped or flagged of it."""
        noted, said = self._texts.noted, self._texts.said
        outcome = Outcome(noted.documents, noted.policy, read=self._texts.spool.text, memory=memory)
        write(self._output.duplicates(), "".join(map(report.to_json, outcome.rows())))
        self._summary.remembering = outcome.remember()
        staying = [place for place in range(len(said)) if not outcome.is_dropped(place)]
        shared = paragraphs.counts(said[place] for place in staying)
        sharing = (place for place in staying if not shared.keys().isdisjoint(said[place].tolist()))
        changing = sorted({*outcome.found.fates, *sharing})
        for number, places in groupby(changing, key=lambda place: bisect_right(self._firsts, place) - 1):
            self._rewrite(self._sources[number], self._firsts[number], set(places), outcome, shared)
        self._summary.duplicates = outcome.found

    def _rewrite(
        self, source: Source, first: int, places: set[int], outcome: Outcome, shared: Mapping[int, int]
    ) -> None:
        def change(number: int, before: Document) -> Document:
            place = first + number
            after = dedup.revised(before, outcome.match(place), {} if outcome.is_dropped(place) else shared)
            self._summary.revise(before, after, container="" if source.form.is_whole else source.name)
            return after

        changing = {place - first for place in places}
        rewrite(source, self._output, self._columns, changing=changing, change=change)


def _result(found: Record | Unread, cleaner: Cleaner) -> Result:
    """The cleaned document of a record, or why there is none."""
    if isinstance(found, Unread):
        return Failure(found.name, found.reason)
    try:
        return clean_record(found, cleaner)
    except InputError as error:
        return Failure(found.name, str(error))


def clean_record(record: Record, cleaner: Cleaner) -> Document:
    """The cleaned document of a record; raises `InputError` if there is no text to be had from it."""
    with _own_errors():
        document, groups = read_record(record, cleaner)
        return cleaner.finished(document, groups=groups)


@contextmanager
def _own_errors() -> Iterator[None]:
    """Makes `InputError` of an error that nobody thought of, so that it costs one text and no run."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        last = extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}: {error}"
        raise InputError(f"an error of cleaner's own ({told}); please report it with this text") from error


def read_record(record: Record, cleaner: Cleaner) -> tuple[Document, tuple[str, ...]]:
    """The document of a record before it is cleaned, a page's extracted, and the groups it is compared within.

    A page is told by the name of its file or column, or by how it begins. Raises `InputError` if there is no text to
    be had from it.
    """
    content = record.content
    decoded = Decoded(content, "", "a text") if isinstance(content, str) else decode(content, declared=record.declared)
    groups = _groups(record, decoded.text)
    if record.is_page or begins_as_page(decoded.text):
        address = _address(record)
        encoding, known = decoded.encoding, cleaner.sites
        return extract(decoded.text, name=record.name, url=address, encoding=encoding, known=known), groups
    document = Document.of(decoded.text, name=record.name, encoding=decoded.encoding, lossless=decoded.lossless)
    return document, groups


def _groups(record: Record, text: str) -> tuple[str, ...]:
    """As `groups_of` says; a record of a container that tells no host is grouped by the host of its address."""
    groups = groups_of(f"{record.name[: -len(record.id)]}." if record.id else record.name, text)
    host = host_of(_address(record))
    return (host,) if host and groups[0].startswith("folder ") else groups


def _address(record: Record) -> str:
    """The address of the page that a record is from: what its container says, or an id that is one; else ""."""
    return next((said for said in (record.url, record.id) if _ADDRESS in said), "")


def _counted(
    sources: list[Source], cleaner: Cleaner, least: int, *, columns: Columns, tell: Callable[[int], None]
) -> Counts:
    """What the records share; those that cannot be read are told of when they are cleaned."""
    counts = Counts(least)
    for done, source in enumerate(sources, 1):
        for found in records(source, columns):
            with suppress(InputError):
                if isinstance(found, Record):
                    _count(counts, found, cleaner)
        tell(done)
    return counts


def _count(counts: Counts, found: Record, cleaner: Cleaner) -> None:
    with _own_errors():
        document, groups = read_record(found, cleaner)
        counts.add(View(cleaner.repaired(document.text).text), groups)


@dataclass(frozen=True, slots=True)
class Mined:
    """What mining found: a draft for each template, how many documents were read, and what could not be."""

    drafts: list[Draft]
    documents: int
    failures: list[Failure]

    @property
    def rules(self) -> int:
        """How many rules the file holds."""
        return sum(draft.table is not None for draft in self.drafts)


def mine_files(  # noqa: PLR0913  each is a choice of its own
    inputs: Iterable[Path | str],
    path: Path,
    cleaner: Cleaner,
    *,
    least: int = LEAST,
    columns: Columns = _GUESSED,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Mined:
    """Learn what the documents of each host or folder share, and write a rule file of it to `path`.

    All files are read twice, first to count, then to gather places and examples; each is repaired first, as rules
    will see it. If nothing is found that a rule can be made of, no file is written, for one without rules doesn't
    load. Raises OSError or `OutputError` if the file cannot be written.
    """
    sources = [source for source in find_sources(inputs, leave_out=path) if source.place != Source(path, "").place]
    total = 2 * len(sources)
    counts = _counted(sources, cleaner, least, columns=columns, tell=lambda done: tell(Progress(done, total, None)))
    miner, failures, documents = Miner(counts, cleaner.rules), [], 0
    failing = logs.Failing(_LOG, "clean it, and its report rows tell which and why")
    for done, source in enumerate(sources, 1 + len(sources)):
        failure = None
        for found in records(source, columns):
            try:
                documents += _mine(found, cleaner, miner)
            except InputError as error:
                failure = Failure(source.name if isinstance(found, Passed) else found.name, str(error))
                failures.append(failure)
                failing.tell(failure.name, failure.reason, container=source.name)
        tell(Progress(done, total, failure))
    drafts = drafted(miner.templates(), cleaner.rules, path.stem)
    mined = Mined(drafts, documents, failures)
    if mined.rules:
        write(path, rule_file(drafts, counts.sizes(), least))
    return mined


def _mine(found: Record | Unread | Passed, cleaner: Cleaner, miner: Miner) -> int:
    """Gather what a record holds; whether it was a document. Raises `InputError` if it cannot be read."""
    if isinstance(found, Unread):
        raise InputError(found.reason)
    if isinstance(found, Passed):
        return 0
    with _own_errors():
        document, groups = read_record(found, cleaner)
        miner.add(cleaner.repaired(document.text, name=found.name), groups)
    return 1


def _spare(sources: list[Source], output: Output) -> None:
    """Raises `OutputError` if the account of the run would be written over an input."""
    accounts = {real(place) for place in (output.summary(), output.index(), output.duplicates())}
    for source in sources:
        if source.place in accounts:
            raise OutputError(f"{source.name} is an input, and the run would write over it; give another OUT")


def _claim(source: Source, output: Output, taken: dict[Path, Source]) -> None:
    """Inputs must be files, not lie among the outputs, nor two of them write one output: the first to come has it."""
    if told := source.hindrance:
        raise InputError(told)
    if output.holds(source.place):
        raise InputError("lies in the folder that the run writes to; give another OUT")
    places = output.places(source.name)
    first = next((taken[place] for place in places if place in taken), None)
    if first is None:
        taken.update(dict.fromkeys(places, source))
    elif first.place == source.place:
        raise InputError("is given twice; leave it out once")
    else:
        raise InputError(f"its output is already written for {first.path}; clean the two into different folders")
