"""The story of many files: read, clean and write each, then sum up. Next: `cli`, which puts words to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cleaner import dedup, report
from cleaner.decode import decode
from cleaner.dedup import Policy, paragraphs
from cleaner.document import Document
from cleaner.drafts import Draft, drafted
from cleaner.duplicates import Memory, Noted, Outcome
from cleaner.errors import InputError, OutputError
from cleaner.extract import extract
from cleaner.minhash import Hashes
from cleaner.mining import Miner
from cleaner.pipeline import Cleaner
from cleaner.quality import figures, is_dropped, worth
from cleaner.report import Failure, Summary
from cleaner.rulefile import rule_file
from cleaner.sinks import Output, read, remove, stem_of, write
from cleaner.sources import Source, find_sources
from cleaner.templates import LEAST, Counts, groups_of
from cleaner.units import View


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells while it goes on: files done, files in all, and the failure if the last one failed."""

    done: int
    total: int
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class AcrossFiles:
    """What a run looks for across its files.

    With `templates`, lines that so many documents of one host or folder share; `duplicates` is what becomes of
    near-duplicates, and `memory` what earlier runs have seen.
    """

    templates: int = 0
    duplicates: Policy = field(default_factory=Policy)
    memory: Memory | None = None


def clean_files(
    inputs: Iterable[Path],
    folder: Path,
    cleaner: Cleaner,
    *,
    across: AcrossFiles | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Summary:
    """Clean every input file into `folder` and return the account of the run, which is also written there.

    With templates, all files are read twice: first to count what they share, then to clean them; `tell` is told of
    both. When all are cleaned, near-duplicates among them, and of what the memory holds, are dropped or flagged; what
    was written of them is written again, and the memory takes in what stays.
    A file that cannot be cleaned, or whose output cannot have its name, becomes a failure with a report of its own
    and stops nothing. Raises OSError or `OutputError` if the folder or the account cannot be written.
    """
    across = across or AcrossFiles()
    output = Output(folder)
    output.make()
    index = across.memory.folder if across.memory else None
    sources = list(find_sources(inputs, leave_out=folder, index=index))
    total = len(sources) * (2 if across.templates else 1)
    if across.templates:
        counts = _counted(sources, cleaner, across.templates, lambda done: tell(Progress(done, total, None)))
        cleaner = cleaner.knowing(counts)
    summary = Summary(settings={**cleaner.settings, **across.duplicates.settings()})
    texts = _Texts(across.duplicates)
    taken: dict[str, Source] = {}
    for done, source in enumerate(sources, 1 + total - len(sources)):
        result = _written(source, output, cleaner, taken)
        if isinstance(result, Failure):
            summary.fail(result)
        else:
            summary.add(result)
            texts.add(result)
        tell(Progress(done, total, result if isinstance(result, Failure) else None))
    if across.duplicates.action == "off":
        remove(output.duplicates())
    else:
        _settle_duplicates(texts, output, summary, across.memory)
    write(output.summary(), report.to_json(summary.facts()))
    write(output.index(), report.index_page(summary.facts()))
    return summary


class _Texts:
    """What is kept of cleaned texts until all are there, to find near-duplicates and shared paragraphs by."""

    def __init__(self, policy: Policy) -> None:
        self.noted = Noted(policy)
        self.said: list[Hashes] = []

    def add(self, document: Document) -> None:
        """Take note of a document, unless it was dropped or near-duplicates are none of the run's business."""
        if self.noted.policy.action != "off" and not is_dropped(document):
            self.noted.add(document.name, document.text, worth=lambda: worth(figures(document)))
            self.said.append(paragraphs.keys(document.text))


def _settle_duplicates(texts: _Texts, output: Output, summary: Summary, memory: Memory | None) -> None:
    """Find near-duplicates among the texts that were written, and write again what is dropped or flagged of them."""
    names = texts.noted.names
    outcome = Outcome(
        texts.noted.documents,
        texts.noted.policy,
        read=lambda place: read(output.text(names[place])).decode("utf-8"),
        memory=memory,
    )
    write(output.duplicates(), "".join(map(report.to_json, outcome.rows())))  # while all texts are there
    summary.remembering = outcome.remember()
    staying = [place for place in range(len(names)) if not outcome.is_dropped(place)]
    shared = paragraphs.counts(texts.said[place] for place in staying)
    sharing = (place for place in staying if not shared.keys().isdisjoint(texts.said[place].tolist()))
    for place in sorted({*outcome.found.fates, *sharing}):
        before = _written_document(output, names[place])
        after = dedup.revised(before, outcome.match(place), {} if outcome.is_dropped(place) else shared)
        _write_document(output, after)
        summary.revise(before, after)
    summary.duplicates = outcome.found


def _written_document(output: Output, name: str) -> Document:
    return report.document_of(read(output.text(name)), read(output.report(name, "json")).decode("utf-8"))


def clean_file(source: Source, cleaner: Cleaner) -> Document:
    """The cleaned document of one file; raises `InputError` if there is no text to be had from it."""
    page = read_page(source)
    return cleaner.clean(
        page.text, name=source.name, encoding=page.encoding, lossless=page.lossless, groups=page.groups
    )


class Page(NamedTuple):
    """What is read from one file: its text, of a page the extracted one, and the groups it is compared within."""

    text: str
    encoding: str
    lossless: bool
    groups: tuple[str, ...]


def read_page(source: Source) -> Page:
    """The page of one file; raises `InputError` if there is no text to be had from it."""
    decoded = decode(source.read())
    text = extract(decoded.text).text if source.is_page else decoded.text
    groups = groups_of(source.name, decoded.text)
    return Page(text, decoded.encoding, decoded.lossless and not source.is_page, groups)


def _counted(sources: list[Source], cleaner: Cleaner, least: int, tell: Callable[[int], None]) -> Counts:
    """What the files share; those that cannot be read are told of when they are cleaned."""
    counts = Counts(least)
    for done, source in enumerate(sources, 1):
        with suppress(InputError):
            page = read_page(source)
            counts.add(View(cleaner.repaired(page.text).text), page.groups)
        tell(done)
    return counts


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


def mine_files(
    inputs: Iterable[Path],
    path: Path,
    cleaner: Cleaner,
    *,
    least: int = LEAST,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Mined:
    """Learn what the documents of each host or folder share, and write a rule file of it to `path`.

    All files are read twice, first to count, then to gather places and examples; each is repaired first, as rules
    will see it. If nothing is found that a rule can be made of, no file is written, for one without rules doesn't
    load. Raises OSError or `OutputError` if the file cannot be written.
    """
    sources = [source for source in find_sources(inputs, leave_out=path) if source.place != Source(path, "").place]
    counts = _counted(sources, cleaner, least, lambda done: tell(Progress(done, 2 * len(sources), None)))
    miner, failures = Miner(counts, cleaner.rules), []
    for done, source in enumerate(sources, 1 + len(sources)):
        failure = None
        try:
            page = read_page(source)
            miner.add(cleaner.repaired(page.text, name=source.name), page.groups)
        except InputError as error:
            failure = Failure(source.name, str(error))
            failures.append(failure)
        tell(Progress(done, 2 * len(sources), failure))
    drafts = drafted(miner.templates(), cleaner.rules, path.stem)
    mined = Mined(drafts, len(sources) - len(failures), failures)
    if mined.rules:
        write(path, rule_file(drafts, counts.sizes(), least))
    return mined


def _written(source: Source, output: Output, cleaner: Cleaner, taken: dict[str, Source]) -> Document | Failure:
    """What became of one file, after all is written that can be; a file without a place of its own has no report."""
    try:
        _claim(source, output, taken)
        document = clean_file(source, cleaner)
        _write_document(output, document)
    except (InputError, OutputError) as error:
        failure = Failure(source.name, str(error))
        if taken.get(stem_of(source.name)) is source:
            _write_failure(output, failure)
        return failure
    return document


def _claim(source: Source, output: Output, taken: dict[str, Source]) -> None:
    """Inputs must not lie among the outputs, nor two of them write one output: the first to come has it."""
    if output.holds(source.place):
        raise InputError("lies in the folder that the run writes to; give another OUT")
    first = taken.setdefault(stem_of(source.name), source)
    if first is source:
        return
    if first.place == source.place:
        raise InputError("is given twice; leave it out once")
    raise InputError(f"its output is already written for {first.path}; clean the two into different folders")


def _write_document(output: Output, document: Document) -> None:
    """The text comes last, so that it is there only if its reports are; a dropped document has none, nor an old one."""
    write(output.report(document.name, "json"), report.to_json(report.facts(document)))
    write(output.report(document.name, "html"), report.document_page(document))
    if is_dropped(document):
        remove(output.text(document.name))
    else:
        write(output.text(document.name), document.text)


def _write_failure(output: Output, failure: Failure) -> None:
    contents = {"json": report.to_json(failure.facts()), "html": report.failure_page(failure)}
    for suffix, content in contents.items():
        with suppress(OutputError):  # the summary tells of it all the same
            write(output.report(failure.name, suffix), content)
