"""The story of many files: read, clean and write each, then sum up. Next: `cli`, which puts words to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cleaner import dedup, report
from cleaner.decode import decode
from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.extract import extract
from cleaner.pipeline import Cleaner
from cleaner.report import Failure, Summary
from cleaner.sinks import Output, stem_of, write
from cleaner.sources import Source, find_sources


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells while it goes on: files done, files in all, and the failure if the last one failed."""

    done: int
    total: int
    failure: Failure | None


def clean_files(
    inputs: Iterable[Path], folder: Path, cleaner: Cleaner, *, tell: Callable[[Progress], None] = lambda progress: None
) -> Summary:
    """Clean every input file into `folder` and return the account of the run, which is also written there.

    A file that cannot be cleaned becomes a failure with a report of its own and stops nothing. Raises
    OSError if the output cannot be written.
    """
    output = Output(folder)
    sources = list(find_sources(inputs, leave_out=folder))
    summary = Summary(settings=cleaner.settings)
    signatures = dedup.Signatures()
    taken: dict[str, Path] = {}
    for done, source in enumerate(sources, 1):
        try:
            _claim(source, taken)
            document = clean_file(source, cleaner)
            _write_document(output, document)
            signatures.add(document.name, document.text)
            summary.add(document)
            failure = None
        except InputError as error:
            failure = Failure(source.name, str(error))
            _write_failure(output, failure, is_first=taken.get(stem_of(source.name)) == source.path)
            summary.fail(failure)
        tell(Progress(done, len(sources), failure))
    summary.near_duplicates = dedup.pairs(signatures, read=lambda name: output.text(name).read_text("utf-8"))
    write(output.summary(), report.to_json(summary.facts()))
    write(output.index(), report.index_page(summary.facts()))
    return summary


def clean_file(source: Source, cleaner: Cleaner) -> Document:
    """The cleaned document of one file; raises `InputError` if there is no text to be had from it."""
    decoded = decode(source.read())
    text = extract(decoded.text) if source.is_page else decoded.text
    return cleaner.clean(
        text, name=source.name, encoding=decoded.encoding, lossless=decoded.lossless and not source.is_page
    )


def _claim(source: Source, taken: dict[str, Path]) -> None:
    """Two inputs must not write one output: the first to come has it."""
    first = taken.setdefault(stem_of(source.name), source.path)
    if first != source.path:
        raise InputError(f"its output is already written for {first}; clean the two into different folders")


def _write_document(output: Output, document: Document) -> None:
    facts = report.facts(document)
    write(output.text(document.name), document.text)
    write(output.report(document.name, "json"), report.to_json(facts))
    write(output.report(document.name, "html"), report.document_page(document))


def _write_failure(output: Output, failure: Failure, *, is_first: bool) -> None:
    if is_first:
        write(output.report(failure.name, "json"), report.to_json(failure.facts()))
        write(output.report(failure.name, "html"), report.failure_page(failure))
