"""What a run wrote, read again: by who takes something back, looks at it or compares it. Next: `verdicts`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self, cast

from cleaner import report
from cleaner.document import Document
from cleaner.errors import ReportError
from cleaner.report import Facts
from cleaner.results import OF_A_ROW
from cleaner.sinks import Output, Place, fetched, read
from cleaner.sources import Columns, Passed, Record, Source, form_of, records, rows


@dataclass(frozen=True)
class Told:
    """What a run tells of one input that is no container, or of one record of a container.

    `name` is what reports call it, `container` the container that it is a record of, or "". `report` is its JSON
    report, of a record its row.
    """

    name: str
    container: str
    report: str
    _text: Place | bytes
    _facts: Facts | None = None  # if someone has read the report already

    @cached_property
    def facts(self) -> Facts:
        """What the report says, as `report.facts` has it."""
        return self._facts or cast(Facts, report.loaded(self.report))

    @property
    def outcome(self) -> str:
        """What became of it: "cleaned", "unchanged", "empty", "dropped", "failed" or, without a text, "passed"."""
        return str(self.facts["outcome"])

    @property
    def text(self) -> bytes:
        """The clean text as it was written, unpacked; b"" if none was. Raises OSError if it is gone."""
        if isinstance(self._text, bytes):
            return self._text
        if not report.has_text(self.report):
            return b""
        with _at_hand(self._text) as (path,):
            return _content(path)

    @property
    def has_document(self) -> bool:
        """Whether it was cleaned, be it that it was dropped."""
        return self.outcome not in ("failed", report.PASSED)

    def document(self) -> Document:
        """The document with all edits; raises `ReportError` if there is none or text and report don't fit."""
        return report.document_of(self.text, self.report)


@dataclass(frozen=True)
class FinishedRun:
    """A run of `cleaner clean` that is done, by its folder OUT."""

    output: Output
    summary: Facts

    @classmethod
    def at(cls, folder: Place) -> Self:
        """The run whose OUT that is; raises `ReportError` if there is no account of one, or none of this version."""
        output = Output(folder)
        try:
            summary = json.loads(read(output.summary()))
            found = summary["format"], summary["files"]
        except FileNotFoundError:
            raise ReportError(
                f"{folder}: no summary.json is there; give the OUT of a run of `cleaner clean` that came to its end"
            ) from None
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise ReportError(
                f"{output.summary()} is no account of a run of `cleaner clean` ({error}); run that again"
            ) from error
        if found[0] != report.FORMAT:
            raise ReportError(
                f"{folder} was written in format {found[0]}, and this version reads {report.FORMAT}; clean it again"
            )
        return cls(output, summary)

    @property
    def containers(self) -> list[str]:
        """The names of the containers among its inputs."""
        return [each["name"] for each in self.summary.get("containers", [])]

    def told(self) -> Iterator[Told]:
        """Everything that came in: files in the order of the summary, those that failed, and the records of containers.

        Records that were passed over and left no row don't come. Reports are read as they are asked for; raises
        `ReportError` or OSError where one is gone.
        """
        for file in self.summary["files"]:
            yield self.file(file["name"])
        yield from self.failures()
        for container in self.containers:
            yield from self.records(container)

    def find(self, name: str) -> Told:
        """What is told of the input or record of that name; raises `ReportError` if there is none."""
        container = self.container_of(name)
        if not container and name in {file["name"] for file in self.summary["files"]}:
            return self.file(name)
        for told in self.records(container) if container else self.failures():
            if told.name == name:
                return told
        raise ReportError(f"{self.output.folder}: the run tells of no {name!r}; summary.json and report rows name all")

    def container_of(self, name: str) -> str:
        """The name of the container that something of that name is, or is a record of; "" if there is none."""
        return next((each for each in self.containers if _is_of(name, each)), "")

    def page(self, name: str) -> Place:
        """Where the HTML report on a file that is no container is."""
        return self.output.report(name, "html")

    def file(self, name: str) -> Told:
        """What is told of a file that is no container; raises `ReportError` if its report is gone."""
        try:
            told = read(self.output.report(name, "json")).decode("utf-8")
        except FileNotFoundError:
            raise ReportError(
                f"{self.output.report(name, 'json')} is gone; clean it again into {self.output.folder}"
            ) from None
        return Told(name, "", told, self.output.text(name))

    def failures(self) -> Iterator[Told]:
        """Inputs that failed as a whole; of some, as of those that aren't there, the summary alone tells."""
        for failure in self.summary["failures"]:
            if not any(_is_of(failure["name"], container) for container in self.containers):
                yield Told(failure["name"], "", report.to_json(failure), b"")

    def records(self, container: str) -> Iterator[Told]:
        """The records of a container, one by one, but those that were passed over and left no row."""
        columns = Columns(**{name: self.summary["settings"].get(f"{name}_column", "") for name in ("text", "id")})
        with _at_hand(self.output.text(container), self.output.rows(container)) as (text, told):
            for content, row, facts in _written_records(text, told, columns):
                yield Told(facts["name"], container, row, content, facts)


def _is_of(name: str, container: str) -> bool:
    """Whether that is the name of a container, or of a record in it."""
    return name == container or name.startswith((f"{container}/", f"{container}:"))


def written(text: Place, told: Place) -> tuple[bytes, str]:
    """A clean text, b"" if it was dropped, and its report.

    Raises OSError if one isn't there, `ReportError` if the report is that of a container, or the two are swapped.
    """
    with _at_hand(text, told) as paths:
        return _written(*paths)


def _written(text: Path, told: Path) -> tuple[bytes, str]:
    row = read(told).decode("utf-8", "replace")  # what is no UTF-8 is no report either
    if _tells(told, of_records=True):
        raise ReportError(
            f"{told.name} is on the records of a container; say which by --record, its id or :3 of the third"
        )
    if not _tells(told) and _tells(text):
        raise ReportError(f"{text.name} is the report; give the text first, and the report behind it")
    if not report.has_text(row):
        return b"", row
    return _content(text), row


def _content(text: Path) -> bytes:
    """What is in a file of text, unpacked."""
    return Source(text, text.name).read() if form_of(text.name).codec else read(text)


@contextmanager
def _at_hand(*places: Place) -> Iterator[list[Path]]:
    """Local paths to files while the block runs; what cannot be read is named by its own place."""
    with ExitStack() as fetching:
        paths = [fetching.enter_context(fetched(place)) for place in places]
        try:
            yield paths
        except OSError as error:
            named = {str(path): str(place) for path, place in zip(paths, places, strict=True)}
            filename = named.get(str(error.filename), error.filename)
            raise OSError(error.errno, error.strerror, filename) from error


def written_record(text: Place, told: Place, *, record: str, columns: Columns) -> tuple[bytes, str]:
    """The same of one record of a container, by its id, or by `:` and its number.

    Raises OSError if one of the two isn't there, `ReportError` if there is none of that name or the report isn't on a
    container, `InputError` if a file cannot be read.
    """
    with _at_hand(text, told) as (text_, told_):
        return _written_record(text_, told_, record=record, columns=columns)


def _written_record(text: Path, told: Path, *, record: str, columns: Columns) -> tuple[bytes, str]:
    told.stat()
    if not _tells(told, of_records=True):
        swapped = _tells(text, of_records=True)
        what = "is the text; give it first" if swapped else "is on no records of a container; leave --record out"
        raise ReportError(f"{told.name} {what}")
    for content, row, facts in _written_records(text, told, columns):
        if record in (facts["id"], f":{facts['record']}"):
            if facts["outcome"] == report.PASSED:
                raise ReportError(f"record {record!r} has no text, and stands in {text.name} as it came")
            return content, row
    raise ReportError(f"{told.name} tells of no record {record!r}; its rows name them as `id` and `record`")


def _written_records(text: Path, told: Path, columns: Columns) -> Iterator[tuple[bytes, str, Facts]]:
    """The clean text of each record of a container, b"" if none was written, its report row, and what that says."""
    texts = _texts(text, told, columns)
    for row in rows(told):
        facts = report.loaded(row)
        found = next(texts, None) if facts["outcome"] not in ("dropped", "failed") else None
        yield _bytes(found) if isinstance(found, Record) else b"", row, facts


def _tells(path: Path, *, of_records: bool = False) -> bool:
    """Whether a file is a report, on a file or on the records of a container."""
    try:
        row = next(rows(path)) if of_records else read(path).decode("utf-8")
        facts = json.loads(row)
    except Exception:  # what is no report may be no UTF-8, no JSON, no such table, or nothing
        return False
    return isinstance(facts, dict) and facts.keys() >= {"format", "outcome", *(OF_A_ROW if of_records else ())}


def _texts(path: Path, told: Path, columns: Columns) -> Iterator[Record | Passed]:
    """The records of a container that was written, with texts or without."""
    items = records(Source(path, path.name), _as_written(told, columns))
    return (item for item in items if isinstance(item, Record) or (isinstance(item, Passed) and item.row is not None))


def _as_written(told: Path, columns: Columns) -> Columns:
    """The columns, with that of the text as it was found when the container was cleaned, for the rows tell."""
    named = (json.loads(row).get("column", "") for row in rows(told))
    return replace(columns, text=next(filter(None, named), columns.text), html="", url="")


def _bytes(record: Record) -> bytes:
    content = record.content
    return content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
