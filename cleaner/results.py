"""What becomes of a source's records: clean texts and reports, written as they come, and again when more is known.

A file that is no container has its text and a report of its own, as JSON and as a page; a container goes out as the
same container of clean texts beside one of report rows. Next: `run`, the story of many sources.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from cleaner import report
from cleaner.document import Document
from cleaner.errors import InputError, OutputError, ReportError
from cleaner.quality import is_dropped
from cleaner.report import Failure
from cleaner.sinks import Output, Writer, packing, read, remove, write, write_empty, writing_rows, writing_texts
from cleaner.sources import Columns, Passed, Record, Source, Unread, form_of, heading, records, rows

Result = Document | Failure
Ending = Result | Passed
Add = Callable[[Record | Unread | Passed, Ending], Ending]


@contextmanager
def writing_results(source: Source, output: Output, columns: Columns) -> Iterator[Add]:
    """What writes the result of each record of a source and gives it back, or what kept it from being written.

    A record without text goes out as it came; that of a container which has no place for one is not written.
    Raises `OutputError` if the name of a container cannot be written.
    """
    if source.form.is_whole:
        yield partial(_write_file, output)
        return
    with _writing_container(source, output, columns) as both:
        yield both.add


def rewrite(
    source: Source,
    output: Output,
    columns: Columns,
    *,
    changing: Container[int],
    change: Callable[[int, Document], Document],
) -> None:
    """Write the results of a source again, with some of its documents changed, in one more pass.

    Documents are numbered from 0 in their order, those alone that had a text; `change` is given those `changing`.
    """
    if source.form.is_whole:
        told = read(output.report(source.name, "json")).decode("utf-8")
        text = Source(output.text(source.name), source.name).read()
        _write_document(output, change(0, report.document_of(text, told)))
        return
    texts = _texts(output.text(source.name), output.rows(source.name), columns)
    number = 0
    with _writing_container(source, output, columns) as both:
        for told in rows(output.rows(source.name)):
            if _is_passed(told):
                both.keep(next(texts, None), None, told)
                continue
            if not report.has_text(told):
                both.keep(None, "", told)
                continue
            record = next(texts, None)
            if not isinstance(record, Record):
                raise OutputError(f"{output.text(source.name).name} lacks texts that its rows tell of; clean it again")
            text = _bytes(record)
            if number in changing:
                both.add(record, change(number, report.document_of(text, told)), of=json.loads(told))
            else:
                both.keep(record, text.decode("utf-8"), told)
            number += 1


def written(text: Path, told: Path) -> tuple[bytes, str]:
    """A clean text, b"" if it was dropped, and its report.

    Raises OSError if one isn't there, `ReportError` if the report is that of a container, or the two are swapped.
    """
    row = read(told).decode("utf-8", "replace")  # what is no UTF-8 is no report either
    if _tells(told, of_records=True):
        raise ReportError(
            f"{told.name} is on the records of a container; say which by --record, its id or :3 of the third"
        )
    if not _tells(told) and _tells(text):
        raise ReportError(f"{text.name} is the report; give the text first, and the report behind it")
    if not report.has_text(row):
        return b"", row
    codec = form_of(text.name).codec
    return (Source(text, text.name).read() if codec else read(text)), row


def written_record(text: Path, told: Path, *, record: str, columns: Columns) -> tuple[bytes, str]:
    """The same of one record of a container, by its id, or by `:` and its number.

    Raises OSError if one of the two isn't there, `ReportError` if there is none of that name or the report isn't on a
    container, `InputError` if a file cannot be read.
    """
    told.stat()
    if not _tells(told, of_records=True):
        swapped = _tells(text, of_records=True)
        what = "is the text; give it first" if swapped else "is on no records of a container; leave --record out"
        raise ReportError(f"{told.name} {what}")
    texts = _texts(text, told, columns)
    for row in rows(told):
        found = next(texts, None) if report.has_text(row) or _is_passed(row) else None
        facts = json.loads(row)
        if record in (facts["id"], f":{facts['record']}"):
            if _is_passed(row):
                raise ReportError(f"record {record!r} has no text, and stands in {text.name} as it came")
            return (_bytes(found) if isinstance(found, Record) else b""), row
    raise ReportError(f"{told.name} tells of no record {record!r}; its rows name them as `id` and `record`")


def _tells(path: Path, *, of_records: bool = False) -> bool:
    """Whether a file is a report, on a file or on the records of a container."""
    try:
        row = next(rows(path)) if of_records else read(path).decode("utf-8")
        facts = json.loads(row)
    except Exception:  # what is no report may be no UTF-8, no JSON, no such table, or nothing
        return False
    return isinstance(facts, dict) and facts.keys() >= {"format", "outcome", *(_OF_THE_ROW if of_records else ())}


def _texts(path: Path, told: Path, columns: Columns) -> Iterator[Record | Passed]:
    """The records of a container that was written, with texts or without."""
    items = records(Source(path, path.name), _as_written(told, columns))
    return (item for item in items if isinstance(item, Record) or (isinstance(item, Passed) and item.row is not None))


def _as_written(told: Path, columns: Columns) -> Columns:
    """The columns, with that of the text as it was found when the container was cleaned, for the rows tell."""
    named = (json.loads(row).get("column", "") for row in rows(told))
    return replace(columns, text=next(filter(None, named), columns.text), html="", url="")


def _is_passed(row: str) -> bool:
    return bool(json.loads(row)["outcome"] == report.PASSED)


_OF_THE_ROW: Final = ("record", "id")


def _row(record: Record | Unread | Passed) -> dict[str, Any]:
    """What a row tells of a record beside its report: its place in the container, its id, the column of its text."""
    column = "" if isinstance(record, Unread) else record.column
    return {"record": record.number, "id": record.id, **({"column": column} if column else {})}


class _Both:
    """The two containers that a container goes out as: texts, the first of which opens it, and report rows."""

    def __init__(self, rows_: Callable[[dict[str, Any], str], None], texts: Callable[[], Writer]) -> None:
        self._put_row, self._texts = rows_, texts
        self.has_texts = self.has_rows = False

    def add(self, record: Record | Unread | Passed, result: Ending, *, of: dict[str, Any] | None = None) -> Ending:
        """Write a result; `of` is the row it had before, whose number, id and column it keeps."""
        if isinstance(record, Passed) and record.row is None:
            return result
        facts = _facts(result) | (
            {key: of[key] for key in (*_OF_THE_ROW, "column") if key in of} if of else _row(record)
        )
        self.has_rows = True
        self._put_row(facts, report.to_line(facts))
        if isinstance(record, Passed):
            self._put_text(record, None)
        if isinstance(record, Record) and isinstance(result, Document) and not is_dropped(result):
            self._put_text(record, result.text)
        return result

    def keep(self, record: Record | Passed | None, text: str | None, told: str) -> None:
        """Write what was written before."""
        self.has_rows = True
        self._put_row(json.loads(told), told)
        if record:
            self._put_text(record, text)

    def _put_text(self, record: Record | Passed, text: str | None) -> None:
        self.has_texts = True
        self._texts().put(record, text)


def _facts(result: Ending) -> dict[str, Any]:
    if isinstance(result, Passed):
        return report.passed_facts(result.name, result.reason)
    return result.facts() if isinstance(result, Failure) else report.facts(result)


@contextmanager
def _writing_container(source: Source, output: Output, columns: Columns) -> Iterator[_Both]:
    """Texts come last, so that they are there only if their reports are; a container without any has none.

    But a table that came without rows goes out without rows, too.
    """
    path = output.text(source.name)
    with ExitStack() as closing:
        opened: list[Writer] = []

        def texts() -> Writer:
            if not opened:
                opened.append(closing.enter_context(writing_texts(path, source.form)))
            return opened[0]

        with writing_rows(output.rows(source.name)) as put_row:
            both = _Both(put_row, texts)
            yield both
    if not both.has_texts:
        remove(path)
    if not both.has_rows and source.form.kind in _TABLES:
        with suppress(InputError):  # of one that cannot be read, which its row tells
            write_empty(path, heading(source, columns))


_TABLES: Final = ("jsonl", "csv", "parquet")


def _bytes(record: Record) -> bytes:
    content = record.content
    return content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")


def _write_file(output: Output, record: Record | Unread | Passed, result: Ending) -> Ending:
    try:
        if isinstance(result, Document):
            _write_document(output, result)
            return result
    except OutputError as error:
        result = Failure(record.name, str(error))
    if isinstance(result, Failure):
        _write_failure(output, result)
    return result


def _write_document(output: Output, document: Document) -> None:
    """The text comes last, so that it is there only if its reports are; a dropped document has none, nor an old one."""
    write(output.report(document.name, "json"), report.to_json(report.facts(document)))
    write(output.report(document.name, "html"), report.document_page(document))
    if is_dropped(document):
        remove(output.text(document.name))
    else:
        with packing(output.text(document.name)) as file:
            file.write(document.text.encode("utf-8"))


def _write_failure(output: Output, failure: Failure) -> None:
    contents = {"json": report.to_json(failure.facts()), "html": report.failure_page(failure)}
    for suffix, content in contents.items():
        with suppress(OutputError):  # the summary tells of it all the same
            write(output.report(failure.name, suffix), content)
