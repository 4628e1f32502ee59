"""What users see of a source's records: clean texts and reports, and how they are written.

A file that is no container has its text and a report of its own, as JSON and as a page; a container goes out as the
same container of clean texts beside one of report rows. Next: `run`, the story of many sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from typing import Any, BinaryIO, Final, NamedTuple

from cleaner import report
from cleaner.document import Document
from cleaner.errors import InputError, OutputError
from cleaner.report import Failure
from cleaner.sinks import (
    Output,
    Place,
    Writer,
    check_place,
    line_with,
    packing,
    remove,
    row_line,
    write,
    write_empty,
    write_packed,
    writing_rows,
    writing_texts,
)
from cleaner.sources import Columns, Passed, Record, Source, Unread, heading

Result = Document | Failure
Item = Record | Unread | Passed  # of the last, those that go out as they came


class Line(NamedTuple):
    """What goes out of a record of a container: its report row, and its text, None if it has none."""

    record: Item
    row: Mapping[str, Any]
    told: str
    text: str | None


class Block(NamedTuple):
    """What goes out of some records of a container of lines: report rows, and lines, so many of them with a text."""

    told: bytes
    lines: bytes
    texts: int


def write_result(output: Output, name: str, text: str | None, told: str, page: str) -> str:
    """Write the reports on a file that is no container, and its text or none; why that cannot be, or "".

    The text comes last, so that it is there only if its reports are; one that was dropped or failed has none, nor an
    old one. What cannot be written has a report on that, if it can.
    """
    try:
        write(output.report(name, "json"), told)
        write(output.report(name, "html"), page)
        if text is None:
            remove(output.text(name))
        else:
            write_packed(output.text(name), text)
    except OutputError as error:
        _write_failure(output, Failure(name, str(error)))
        return str(error)
    return ""


def _write_failure(output: Output, failure: Failure) -> None:
    contents = {"json": report.to_json(failure.facts()), "html": report.failure_page(failure)}
    for suffix, content in contents.items():
        with suppress(OutputError):  # the summary tells of it all the same
            write(output.report(failure.name, suffix), content)


def write_container(source: Source, output: Output, lines: Iterable[Line], columns: Columns) -> int:
    """Write the two containers that a container goes out as, texts and report rows; how many texts that is.

    Texts come last, so that they are there only if their reports are; a container without any has none. But a table
    that came without rows goes out without rows, too.
    """
    path = output.text(source.name)
    texts, is_empty = 0, True
    with ExitStack() as closing:
        writer: Writer | None = None
        with writing_rows(output.rows(source.name)) as put_row:
            for line in lines:
                put_row(dict(line.row), line.told)
                is_empty = False
                if isinstance(line.record, Passed) or (line.text is not None and isinstance(line.record, Record)):
                    writer = writer or closing.enter_context(writing_texts(path, source.form))
                    writer.put(line.record, line.text)
                    texts += line.text is not None
    if writer is None:
        remove(path)
    if is_empty and source.form.kind in _TABLES:
        with suppress(InputError):  # of one that cannot be read, which its row tells
            write_empty(path, heading(source, columns))
    return texts


def write_blocks(source: Source, output: Output, blocks: Iterable[Block]) -> int:
    """The same of a container of lines, of which others have made what is written."""
    path = output.text(source.name)
    texts, is_empty = 0, True
    with ExitStack() as closing:
        file: BinaryIO | None = None
        with packing(output.rows(source.name)) as rows_file:
            for block in blocks:
                rows_file.write(block.told)
                is_empty = is_empty and not block.told
                if block.lines:
                    file = file or closing.enter_context(packing(path))
                    file.write(block.lines)
                texts += block.texts
    if file is None:
        remove(path)
    if is_empty:
        write_empty(path, None)
    return texts


def block_of(lines: Iterable[tuple[Any, str, str | None]]) -> Block:
    """What goes out of records, given each one's line or None, its report row, and its text or None.

    A record with a line and without a text had none, and goes out as it came.
    """
    told, with_texts, texts = [], [], 0
    for row, said, text in lines:
        told.append(row_line(said))
        if row is not None:
            with_texts.append(line_with(row, text))
            texts += text is not None
    return Block(b"".join(told), b"".join(with_texts), texts)


_TABLES: Final = ("jsonl", "csv", "parquet")


def check_container(source: Source, output: Output, trial: Callable[[str, Callable[[Place], None]], None]) -> None:
    """Raises `OutputError` if the containers of a source cannot have their names, `InputError` if a package is missing.

    `trial` has a file written somewhere for trial.
    """
    for path in output.places(source.name):
        check_place(path)

    def use(path: Place) -> None:
        with writing_rows(path):
            pass

    trial(output.rows(source.name).name, use)


OF_A_ROW: Final = ("record", "id")  # what a report row has besides the report
_COLUMNS: Final = (*OF_A_ROW, "name", "outcome", "reason")


def row_of(record: Item, told: Mapping[str, Any]) -> dict[str, Any]:
    """A report row: the facts, with the record's place in its container, its id, and the column of its text."""
    column = "" if isinstance(record, Unread) else record.column
    return {**told, "record": record.number, "id": record.id, **({"column": column} if column else {})}


def columns_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What tables of report rows have columns for."""
    return {name: row[name] for name in _COLUMNS if name in row}
