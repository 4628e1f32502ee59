"""Records of tables: CSV and parquet. Next: `crawls`, the containers of crawlers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, NamedTuple, cast

from cleaner.charsets import WIDE
from cleaner.decode import decode
from cleaner.errors import InputError, PackedError
from cleaner.sources.lines import Accent, id_of
from cleaner.sources.opening import RECORD_LIMIT, needed, packed_as, seekable
from cleaner.sources.records import NULL, Columns, Passed, Record, Unread, missing, no_text

_HEAD: Final = 1 << 16  # bytes by which the encoding of a CSV is told
_SKIPPED: Final = 1 << 20
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_DELIMITERS: Final = ",\t;|"
_BATCH: Final = 8 << 20  # bytes of a parquet file that are unpacked at a time, about
_SPARING: Final[dict[str, Any]] = {"pre_buffer": False, "buffer_size": 1 << 20}  # or whole row groups are read at once
_BATCH_ROWS: Final = 256  # at most, for a column of few different texts unpacks into far more


@dataclass(frozen=True, slots=True)
class Sheet:
    """What holds of all rows of a CSV: its header, its column with the text, and how it is written.

    `is_marked` is whether it begins with a byte order mark, without which some programs don't know UTF-8.
    """

    header: list[str]
    text: int
    delimiter: str
    end: str
    is_marked: bool = False


class Row(NamedTuple):
    """A row of a CSV."""

    sheet: Sheet
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """What holds of all rows of a parquet file: its schema, its column with the text, and its compression."""

    schema: Any
    text: int
    compression: str


class Cell(NamedTuple):
    """A row of a parquet file: its place in a record batch."""

    table: Table
    batch: Any
    place: int


def read_sheet(stream: BinaryIO, columns: Columns) -> Iterator[Record | Unread]:
    """A record for each row of a CSV, below its header; they are numbered from 1."""
    lines, rows, sheet = _opened(stream, columns)
    name, accent = sheet.header[sheet.text], Accent()
    own, address = (
        _place(sheet.header, name) for name in (columns.id_among(sheet.header), columns.url_among(sheet.header))
    )
    is_page = columns.are_pages(name)
    for number, cells in enumerate(_rows(rows, lines), 1):
        if isinstance(cells, str):
            yield Unread("", number, cells)
        elif len(cells) != len(sheet.header):
            told = f"{len(cells)} cells under {len(sheet.header)} columns; mend the row, or quote its cells"
            in_place = own is not None and own < min(sheet.text, len(cells))  # the text may hold the mark too many
            yield Unread("", number, told, cells[own] if in_place and own is not None else "")
        else:
            called, url = ("" if place is None else cells[place] for place in (own, address))
            content = _content(cells[sheet.text])
            declared = accent.hear(content) if isinstance(content, bytes) else ""
            yield Record("", number, called, content, is_page, declared, Row(sheet, cells), url, name)


def _place(names: list[str], name: str | None) -> int | None:
    return None if name is None else names.index(name)


def heading(stream: BinaryIO, columns: Columns) -> Sheet:
    """What the header of a CSV says, which may have no rows. Raises `InputError` if it tells of no text."""
    return _opened(stream, columns)[2]


def _opened(stream: BinaryIO, columns: Columns) -> tuple[_Lines, Iterator[list[str]], Sheet]:
    csv.field_size_limit(RECORD_LIMIT)
    head = stream.read(_HEAD)
    if codec := packed_as(head):
        raise PackedError(f"is packed, and its name doesn't say so; add {codec} to it")
    lines = _Lines(_decoded(head, stream))
    try:
        first = next((line for line in lines if line.strip()), "")
        delimiter = max(_DELIMITERS, key=first.count)
        lines.again([first] if first else [])
        rows = csv.reader(lines, delimiter=delimiter, strict=True)  # or one mark too many would swallow all rows below
        header = next(rows, [])
    except csv.Error as error:
        raise InputError(f"no header ({error}); give the names of the columns in the first row") from error
    name = _text_column(header, columns)
    end = "\r\n" if first.endswith("\r\n") else "\n"
    return lines, rows, Sheet(header, header.index(name), delimiter, end, head.startswith(_MARKS))


def _text_column(names: list[str], columns: Columns) -> str:
    """The column with the text; raises `InputError` if there is none, or no column of another name that was given."""
    name = columns.text_among(names)
    if told := columns.lacking("column", names):
        raise InputError(told)
    if name is None:
        raise InputError(missing("column", columns.text, names))
    return name


def _content(cell: str) -> str | bytes:
    """A cell, as bytes if they are not in the encoding of the head, and so are still to be decoded."""
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return cell.encode("utf-8", "surrogateescape")
    return cell


def _rows(rows: Iterator[list[str]], lines: _Lines) -> Iterator[list[str] | str]:
    """The rows that aren't empty; what is wrong with one that cannot be read.

    One that opens a quotation mark and doesn't close it would take in others: they are read again, each by itself.
    """
    while True:
        lines.mark()
        try:
            cells = next(rows, None)
        except csv.Error as error:
            lines.back()
            yield f"{error}; mend the quotation marks of this row and those above"
            continue
        if cells is None:
            return
        if cells:
            yield cells


class _Lines:
    """The lines of a text; one longer than a record may be is passed over and raises `csv.Error`."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._again: list[str] = []  # the next one last
        self._since: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._text.readline(RECORD_LIMIT + 1)
        if not line:
            raise StopIteration
        if len(line) > RECORD_LIMIT and not line.endswith("\n"):
            while (rest := self._text.readline(_SKIPPED)) and not rest.endswith("\n"):
                pass
            raise csv.Error(f"a line of more than {RECORD_LIMIT >> 20} MiB")
        self._since.append(line)
        return line

    def again(self, lines: list[str]) -> None:
        """Give lines back."""
        self._again += reversed(lines)

    def mark(self) -> None:
        """Note that a row begins here."""
        self._since = []

    def back(self) -> None:
        """Give back all lines of the row but the first."""
        self.again(self._since[1:])


class _Chained(io.RawIOBase):
    """Bytes that were read already, and then the rest."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def _decoded(head: bytes, rest: BinaryIO) -> io.TextIOBase:
    """The text of a CSV; bytes that are none stand there as lone surrogates, in UTF-16 as U+FFFD."""
    encoding = _encoding(head[: head.rfind(b"\n") + 1] or head)
    is_wide = encoding in WIDE
    if head.startswith(_MARKS):
        encoding = "utf-8-sig" if encoding == "utf-8" else encoding[:6]  # which take the mark away
    try:
        errors = "replace" if is_wide else "surrogateescape"
        return io.TextIOWrapper(io.BufferedReader(_Chained(head, rest)), encoding, errors=errors, newline="")
    except LookupError as error:
        raise InputError(f"a CSV in {encoding}, which cannot be read line by line; write it in UTF-8") from error


def _encoding(head: bytes) -> str:
    """How a CSV is encoded. A few NULs, as databases leave them in cells, are no sign that it is no text."""
    try:
        return decode(head).encoding if head else "utf-8"
    except InputError:
        bare = head.replace(b"\0", b"")
        if 2 * len(bare) < len(head) or len(bare) == len(head):
            raise
        return decode(bare).encoding


def schema(stream: BinaryIO, columns: Columns, *, is_plain: bool) -> Table:
    """What a parquet file says of its rows, of which there may be none. Raises `InputError` if it tells of no text."""
    arrow, parquet = needed("pyarrow", "parquet"), needed("pyarrow.parquet", "parquet")
    with seekable(stream, is_plain=is_plain) as file:
        try:
            opened = parquet.ParquetFile(file, **_SPARING)
        except (arrow.ArrowException, OSError) as error:
            raise InputError(_hindrance(error)) from error
        packed = _compression(opened.metadata.row_group(0)) if opened.num_row_groups else "snappy"  # the usual one
        return Table(opened.schema_arrow, _places(opened.schema_arrow.names, columns).text, packed)


def read_table(stream: BinaryIO, columns: Columns, *, is_plain: bool) -> Iterator[Record | Unread | Passed]:
    """A record for each row of a parquet file; they are numbered from 1. One whose text is null is passed over."""
    arrow, parquet = needed("pyarrow", "parquet"), needed("pyarrow.parquet", "parquet")
    with seekable(stream, is_plain=is_plain) as file:
        try:
            opened = parquet.ParquetFile(file, **_SPARING, page_checksum_verification=True)
            places = _places(opened.schema_arrow.names, columns)
        except (arrow.ArrowException, OSError) as error:
            raise InputError(_hindrance(error)) from error
        done = 0
        for group in range(opened.num_row_groups):
            place, done = done, done + opened.metadata.row_group(group).num_rows
            try:
                for found in _cells(opened, group, columns, places):
                    place += 1
                    yield found._replace(number=place)
            except (arrow.ArrowException, OSError) as error:
                yield Unread("", place + 1, f"{_hindrance(error)}; {done - place} rows are lost")


def strings(stream: BinaryIO, name: str, *, is_plain: bool) -> Iterator[str]:
    """The strings of one column of a parquet file."""
    parquet = needed("pyarrow.parquet", "parquet")
    with seekable(stream, is_plain=is_plain) as file:
        opened = parquet.ParquetFile(file, **_SPARING)
        for batch in opened.iter_batches(batch_size=_batch_rows(opened.metadata), columns=[name]):
            yield from batch.column(0).to_pylist()


class _Places(NamedTuple):
    """The places of the columns with the text, the ids and the addresses, each the first of its name."""

    text: int
    id: int | None
    url: int | None


def _places(names: list[str], columns: Columns) -> _Places:
    text = names.index(_text_column(names, columns))
    return _Places(text, _place(names, columns.id_among(names)), _place(names, columns.url_among(names)))


def _cells(file: Any, group: int, columns: Columns, places: _Places) -> Iterator[Record | Unread | Passed]:
    """The rows of a row group, without numbers."""
    schema = file.schema_arrow
    name = schema.names[places.text]
    is_page = columns.are_pages(name)
    for batch in file.iter_batches(batch_size=_batch_rows(file.metadata), row_groups=[group]):
        table = Table(schema, places.text, _compression(file.metadata.row_group(group)))
        texts = _values(batch.column(places.text))
        ids, urls = (_values(batch.column(own)) if own is not None else [None] * len(texts) for own in places[1:])
        for place, (content, called, url) in enumerate(zip(texts, ids, urls, strict=True)):
            row = Cell(table, batch, place)
            if content is None:
                yield Passed(0, NULL, id=id_of(called), row=row, column=name)
            elif not isinstance(content, str | bytes):
                yield Unread("", 0, no_text("column", name, content), id_of(called))
            else:
                yield Record("", 0, id_of(called), content, is_page, row=row, url=id_of(url), column=name)


def _values(column: Any) -> list[Any]:
    """The values of a column; what should be UTF-8 and isn't as bytes, for no writer checks it."""
    try:
        return cast(list[Any], column.to_pylist())
    except UnicodeDecodeError:
        return [_value(cell) for cell in column]


def _value(cell: Any) -> Any:
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        buffer = (cell.value if hasattr(cell, "dictionary") else cell).as_buffer()
        return buffer.to_pybytes()


def _compression(group: Any) -> str:
    """How a row group is packed that was read; asked of one that names no codec there is, pyarrow ends the process."""
    name = str(group.column(0).compression).lower()
    return {"uncompressed": "none"}.get(name, name)


def _batch_rows(metadata: Any) -> int:
    size = sum(int(metadata.row_group(number).total_byte_size) for number in range(metadata.num_row_groups))
    return min(max(_BATCH * int(metadata.num_rows) // max(size, 1), 1), _BATCH_ROWS)


def _hindrance(error: Exception) -> str:
    """Why rows can't be read, and what to do; an error of Arrow's may be both one of its own and a `MemoryError`."""
    told = str(error).splitlines()[0]
    if isinstance(error, MemoryError):
        return f"too little memory ({told}); give the run more, or write the file with smaller row groups"
    return f"broken parquet ({told}); get the file again"
