"""A line that somebody points at, FILE:LINE → its document and its line there. Next: `explaining`.

FILE is an input, or a text that a run wrote, which its report leads back to its source.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from cleaner.cleaning import own_errors, read_record
from cleaner.document import Document
from cleaner.errors import InputError, ReportError
from cleaner.finished import FinishedRun, Told
from cleaner.pipeline import Cleaner
from cleaner.sinks import Place
from cleaner.sources import Columns, Record, Source, find_sources, records


class Spot(NamedTuple):
    """A line of a document: `number` counts the lines of its source, from 1.

    The document is as it was read, with the groups that it is compared within; of a `run` it has all edits that
    were made there.
    """

    document: Document
    number: int
    groups: tuple[str, ...] = ()
    run: FinishedRun | None = None

    @property
    def span(self) -> tuple[int, int]:
        """(start, end) of the line in the source, without its line end."""
        start = 0
        for _ in range(self.number - 1):
            start = self.document.source.index("\n", start) + 1
        end = self.document.source.find("\n", start)
        return start, len(self.document.source) if end < 0 else end


def spot_of(place: str, cleaner: Cleaner, *, columns: Columns, record: str = "", run: Place | None = None) -> Spot:
    """The line at `place`, which is FILE:LINE, of a container that of the `record` with that id, or `:3` of the third.

    FILE is an input, read as the cleaner reads it; with `run` what that run made of it; or a text that a run wrote:
    then LINE counts the lines of that text, and is traced back to its source. Raises `InputError` if there is no such
    line, `ReportError` if the run doesn't tell of it.
    """
    file, number = _parted(place)
    if run is not None:
        finished = FinishedRun.at(run)
        document = _of_run(finished, file, record)
        return _checked(Spot(document, number, run=finished), document.source, file)
    writer = None if "://" in file else _writer(Path(file).absolute())
    if writer is not None:
        document = _of_text(writer, Path(file).absolute(), record)
        return _traced(document, number, file)._replace(run=writer)
    document, groups = _read(file, cleaner, columns, record)
    return _checked(Spot(document, number, groups), document.source, file)


def _parted(place: str) -> tuple[str, int]:
    file, colon, number = place.rpartition(":")
    if not (file and colon and number.isascii() and number.isdigit() and int(number) > 0):
        raise InputError(f"{place} names no line; write FILE:LINE, as in page.txt:17, the first line being 1")
    return file, int(number)


def _checked(spot: Spot, text: str, file: str) -> Spot:
    lines = _count(text)
    if spot.number > lines:
        of_page = " of what the page says" if spot.document.about else ""
        raise InputError(f"{file} has {lines} lines{of_page}, and no line {spot.number}; give one of them")
    return spot


def _count(text: str) -> int:
    return text.count("\n") + bool(text and not text.endswith("\n"))


def _traced(document: Document, number: int, file: str) -> Spot:
    """The line of the source that a line of the clean text comes from."""
    spot = _checked(Spot(Document.of(document.text), number), document.text, file)
    start = document.source_place(spot.span[0])
    return Spot(document, document.source.count("\n", 0, start) + 1)


# --- inputs ----------------------------------------------------------------------------------------------------


def _read(file: str, cleaner: Cleaner, columns: Columns, record: str) -> tuple[Document, tuple[str, ...]]:
    sources = list(find_sources([file]))
    if len(sources) != 1 or Path(file).is_dir():
        raise InputError(f"{file} is a folder; give one of its files")
    found = _record(sources[0], columns, record)
    with own_errors():
        return read_record(found, cleaner)


def _record(source: Source, columns: Columns, record: str) -> Record:
    _check_record(source.form.is_whole, source.name, record)
    for found in records(source, columns):
        is_it = not record or record in (found.id, f":{found.number}")
        if isinstance(found, Record):
            if is_it:
                return found
        elif is_it or found.name == source.name:  # the record, or what hinders reading on
            raise InputError(f"{found.name or source.name}: {found.reason or 'a record without text'}")
    raise InputError(f"{source.name} has no record {record!r}; give its id, or :3 for the third")


def _check_record(is_whole: bool, name: str, record: str) -> None:
    if is_whole and record:
        raise InputError(f"{name} is no container; leave --record out")
    if not is_whole and not record:
        raise InputError(f"{name} is a container; say which record by --record, its id or :3 for the third")


# --- runs ------------------------------------------------------------------------------------------------------


def _writer(path: Path) -> FinishedRun | None:
    """The run that wrote a text, None if the path is no text of a run."""
    for folder in path.parents:
        if folder.name == "text" and (folder.parent / "summary.json").is_file():
            return FinishedRun.at(folder.parent)
    return None


def _of_text(run: FinishedRun, path: Path, record: str) -> Document:
    for name in (*(file["name"] for file in run.summary["files"]), *run.containers):
        if run.output.text(name) == path:
            return _told(run, name, record).document()
    raise ReportError(f"{path}: the run in {run.output.folder} tells of no such text; clean it again")


def _of_run(run: FinishedRun, file: str, record: str) -> Document:
    """What a run made of an input, which it calls by its path below what it was given."""
    known = {*(each["name"] for each in run.summary["files"]), *run.containers}
    parts = Path(file).parts
    name = next((name for at in range(len(parts)) if (name := "/".join(parts[at:])) in known), "")
    if not name:
        raise ReportError(f"{file}: the run in {run.output.folder} tells of no such input; summary.json names them all")
    return _told(run, name, record).document()


def _told(run: FinishedRun, name: str, record: str) -> Told:
    _check_record(name not in run.containers, name, record)
    if not record:
        return run.find(name)
    for told in run.told():
        if told.container == name and record in (told.facts["id"], f":{told.facts['record']}"):
            return told
    raise ReportError(f"{name} has no record {record!r} in {run.output.folder}; its report rows name them")
