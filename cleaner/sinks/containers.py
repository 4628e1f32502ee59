"""Writes clean texts into the same kind of container that they came in, each with what else was in its row.

Each writer takes the records in their order, with the text that takes the old one's place. Next: `state`.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import Any, BinaryIO, Final, Protocol, TypeVar
from uuid import NAMESPACE_URL, uuid5

from cleaner.sinks.naming import Members
from cleaner.sinks.stores import Place
from cleaner.sinks.writing import packed, packing, writing
from cleaner.sources.crawls import Crawled
from cleaner.sources.lines import Line
from cleaner.sources.naming import Form, form_of, text_name, unpacked_name
from cleaner.sources.opening import needed
from cleaner.sources.records import Passed, Record
from cleaner.sources.tables import Cell, Row, Sheet, Table

_ROWS: Final = 10_000  # of a parquet file that go into one row group, if they hold no more than `_BYTES`
_BYTES: Final = 32 << 20  # characters


_Closed = TypeVar("_Closed", bound="_HasEnd")


class _HasEnd(Protocol):
    """What has something left to write when it ends."""

    def close(self) -> None: ...


class Writer(Protocol):
    """What takes the records of a container, in order."""

    def put(self, record: Record | Passed, text: str | None) -> None:
        """Write the record with that text, or as it came: one without text, or all of a container."""

    def close(self) -> None:
        """Write what is left to be written."""


@contextmanager
def writing_texts(path: Place, form: Form) -> Iterator[Writer]:
    """A writer of the container that texts of that form go out as; nothing is there of it if the block fails."""
    with writing(path) as file:
        if form.kind in ("warc", "arc"):  # each record is packed by itself
            yield _Crawl(file, form_of(path.name).codec)
            return
        with packed(file, form.codec) as packer, _closing(_writer(packer, form)) as writer:
            yield writer


def write_empty(path: Place, head: Sheet | Table | None) -> None:
    """Write a container without records: lines, a CSV of that header, or parquet of that schema."""
    with packing(path) as file:
        if isinstance(head, Sheet):
            with _closing(_Sheet(file)) as sheet:
                sheet.begin(head)
        elif isinstance(head, Table):
            with _closing(_Table(file)) as table:
                table.begin(head, is_kept=False)


@contextmanager
def _closing(writer: _Closed) -> Iterator[_Closed]:
    """Closes a writer, also of a file that is given up, for some would write to it later."""
    try:
        yield writer
    except BaseException:
        with suppress(Exception):
            writer.close()
        raise
    writer.close()


def _writer(file: BinaryIO, form: Form) -> Writer:
    if form.kind == "jsonl":
        return _Lines(file)
    if form.kind == "csv":
        return _Sheet(file)
    if form.kind == "parquet":
        return _Table(file)
    if form.kind == "zip":
        return _Zip(file)
    return _Tar(file)


@contextmanager
def writing_rows(path: Place) -> Iterator[Callable[[dict[str, Any], str], object]]:
    """What writes report rows: what each says, and the same as JSON. Into lines, or into parquet if its name says so.

    Parquet has columns of its own for what one looks for first, and the whole report as JSON in `report`.
    """
    with packing(path) as file:
        if form_of(path.name).kind != "parquet":
            yield lambda facts, told: file.write(row_line(told))
            return
        with _closing(_Reports(file)) as writer:
            yield writer.put


def row_line(told: str) -> bytes:
    """A report row as a line."""
    return told.rstrip("\n").encode("utf-8") + b"\n"


class _Reports:
    """A parquet file of report rows."""

    def __init__(self, file: BinaryIO) -> None:
        self._arrow, parquet = needed("pyarrow", "parquet"), needed("pyarrow.parquet", "parquet")
        text = self._arrow.string()
        self._schema = self._arrow.schema(
            {"record": self._arrow.int64()} | dict.fromkeys(("id", "name", "outcome", "reason", "report"), text)
        )
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[dict[str, Any]] = []
        self._size = 0

    def put(self, facts: dict[str, Any], told: str) -> None:
        columns = {name: facts.get(name) for name in ("record", "id", "name", "outcome", "reason")}
        self._waiting.append({**columns, "report": told.rstrip("\n")})
        self._size += len(told)
        if len(self._waiting) >= _ROWS or self._size >= _BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._arrow.Table.from_pylist(self._waiting, self._schema))
        self._waiting, self._size = [], 0


class _Lines:
    """JSON lines: each as it came, but for its text."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def put(self, record: Record | Passed, text: str | None) -> None:
        self._file.write(line_with(record.row, text))

    def close(self) -> None: ...


def line_with(row: Line, text: str | None) -> bytes:
    """A line of JSON with another text, or as it came; lone surrogates, which no UTF-8 can hold, are escaped."""
    line = row.line
    if text is not None:
        start, end = row.span
        line = f"{line[:start]}{json.dumps(text, ensure_ascii=False)}{line[end:]}"
    line += "" if line.endswith("\n") else "\n"
    try:
        return line.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", line).encode("utf-8")


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class _Ends:
    """Gives rows their own end; that of the writer must have both marks, or it leaves cells that hold one unquoted."""

    def __init__(self, file: io.TextIOBase, end: str) -> None:
        self._file, self._end = file, end

    def write(self, line: str) -> None:
        self._file.write(line.removesuffix("\r\n") + self._end)


class _Sheet:
    """A CSV in UTF-8, with the delimiter and the ends of lines that it came with."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = io.TextIOWrapper(file, "utf-8", errors="surrogateescape", newline="", write_through=True)
        self._rows: Any = None

    def put(self, record: Record | Passed, text: str | None) -> None:
        row: Row = record.row
        if self._rows is None:
            self.begin(row.sheet)
        place = row.sheet.text
        self._rows.writerow(
            row.cells if text is None else [*row.cells[:place], text, *row.cells[place + 1 :]],
        )

    def begin(self, sheet: Sheet) -> None:
        """Write the header."""
        self._file.write("\N{BYTE ORDER MARK}" if sheet.is_marked else "")
        self._rows = csv.writer(_Ends(self._file, sheet.end), delimiter=sheet.delimiter)
        self._rows.writerow(sheet.header)

    def close(self) -> None:
        self._file.detach()


class _Table:
    """A parquet file of the same schema; bytes and dictionaries in the column with the text become strings."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._arrow, self._parquet = needed("pyarrow", "parquet"), needed("pyarrow.parquet", "parquet")
        self._writer: Any = None
        self._waiting: list[tuple[Any, list[int]]] = []  # record batches with the rows that stay
        self._texts: list[str | None] = []
        self._is_kept = False  # whether the rows go out as they came
        self._rows = self._size = 0
        self._schema: Any = None
        self._text = 0

    def put(self, record: Record | Passed, text: str | None) -> None:
        cell: Cell = record.row
        if self._writer is None:
            self.begin(cell.table, is_kept=text is None and isinstance(record, Record))
        if not self._waiting or self._waiting[-1][0] is not cell.batch:
            self._waiting.append((cell.batch, []))
        self._waiting[-1][1].append(cell.place)
        self._texts.append(text)
        self._rows += 1
        self._size += len(text or "") if isinstance(record, Passed) or not self._is_kept else len(record.content)
        if self._rows >= _ROWS or self._size >= _BYTES:
            self._flush()

    def close(self) -> None:
        if self._writer is not None:
            self._flush()
            self._writer.close()

    def begin(self, table: Table, *, is_kept: bool) -> None:
        """Write the schema; rows that go out as they came keep all of it."""
        schema, self._text, self._is_kept = table.schema, table.text, is_kept
        field = schema.field(self._text)
        kept = is_kept or str(field.type) in ("string", "large_string", "string_view")
        self._schema = schema if kept else schema.set(self._text, field.with_type(self._arrow.string()))
        self._writer = self._parquet.ParquetWriter(self._file, self._schema, compression=table.compression)

    def _flush(self) -> None:
        if not self._rows:
            return
        table = self._arrow.Table.from_batches([part for batch, rows in self._waiting for part in _parts(batch, rows)])
        if not self._is_kept:
            field = self._schema.field(self._text)
            table = table.set_column(self._text, field, self._arrow.array(self._texts, field.type))
        self._writer.write_table(table.cast(self._schema), row_group_size=_ROWS)
        self._waiting, self._texts, self._rows, self._size = [], [], 0, 0


def _parts(batch: Any, rows: list[int]) -> Iterator[Any]:
    """The rows of a record batch that stay, in slices, for not all kinds of columns can be taken from row by row."""
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        places = [row for _, row in run]
        yield batch.slice(places[0], len(places))


class _Crawl:
    """A WARC of `conversion` records of plain text, as WET files are; those that came as such keep their heads."""

    def __init__(self, file: BinaryIO, codec: str) -> None:
        self._file, self._codec = file, codec

    def put(self, record: Record | Passed, text: str | None) -> None:
        row: Crawled = record.row
        body = row.body if text is None else text.encode("utf-8", "surrogateescape")
        head = _head(row, row.fields) if text is None else _conversion(row)
        fields = [*head, f"Content-Length: {len(body)}", "", ""]
        data = "\r\n".join(fields).encode("utf-8", "surrogateescape") + body + b"\r\n\r\n"
        if self._codec == ".gz":
            self._file.write(gzip.compress(data, 6, mtime=0))
        else:
            with packed(self._file, self._codec) as packer:
                packer.write(data)

    def close(self) -> None: ...


_OF_THE_BODY: Final = frozenset({"content-length", "warc-block-digest", "warc-payload-digest", "warc-truncated"})


def _conversion(row: Crawled) -> list[str]:
    if row.get("WARC-Type").lower() == "conversion":
        return _head(row, (field for field in row.fields if field[0].lower() not in _OF_THE_BODY))
    origin = row.get("WARC-Record-ID")
    called = origin or f"{row.get('WARC-Target-URI')} {row.get('WARC-Date')}"  # an ARC has no ids
    fields = [
        ("WARC-Type", "conversion"),
        ("WARC-Target-URI", row.get("WARC-Target-URI")),
        ("WARC-Date", row.get("WARC-Date")),
        ("WARC-Record-ID", f"<urn:uuid:{uuid5(NAMESPACE_URL, _escaped(called))}>"),
        ("WARC-Refers-To", origin),
        ("Content-Type", "text/plain"),
    ]
    return _head(row, (field for field in fields if field[1]))


def _escaped(called: str) -> str:
    return called.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _head(row: Crawled, fields: Iterable[tuple[str, str]]) -> list[str]:
    return [row.version, *(f"{name}: {value}" for name, value in fields if name.lower() != "content-length")]


def _member_name(names: Members, record: Record | Passed, text: str | None) -> tuple[str, str]:
    """The name of a member, and what its comment says: the name that it had, if that was unsafe."""
    made = unpacked_name if text is None else text_name
    name = names.name(record.id, made)
    return name, "" if name == made(record.id) else _escaped(record.id)


def _member_data(record: Record | Passed, text: str | None) -> bytes:
    assert isinstance(record, Record)  # members are never null
    content = record.content if text is None else text
    return content if isinstance(content, bytes) else content.encode("utf-8")


_COMMENT: Final = (1 << 16) - 1  # bytes


class _Zip:
    """A zip of the clean texts of a zip's members, with their dates."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._names = Members()

    def put(self, record: Record | Passed, text: str | None) -> None:
        name, comment = _member_name(self._names, record, text)
        member = zipfile.ZipInfo(name, record.row.date_time)
        member.comment = comment.encode()[:_COMMENT]
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = 0o644 << 16
        self._archive.writestr(member, _member_data(record, text))

    def close(self) -> None:
        self._archive.close()


class _Tar:
    """A tar of the clean texts of a tar's members, with their dates."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._names = Members()

    def put(self, record: Record | Passed, text: str | None) -> None:
        data = _member_data(record, text)
        name, comment = _member_name(self._names, record, text)
        member = tarfile.TarInfo(name)
        member.pax_headers = {"comment": comment} if comment else {}
        member.size, member.mtime = len(data), _time(record.row.mtime)
        self._archive.addfile(member, io.BytesIO(data))
        self._archive.members = []  # type: ignore[attr-defined]  # which would hold all heads

    def close(self) -> None:
        self._archive.close()


_LATEST: Final = 0o77777777777  # seconds, the most that the head of a member holds


def _time(seconds: float) -> float:
    """When a member of a tar was changed, 0 for what cannot be written: broken heads hold any number, and none."""
    return seconds if 0 <= seconds <= _LATEST else 0
