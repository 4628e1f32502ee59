"""Records of JSON lines, and lines of bounded length. Next: `tables`."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, BinaryIO, Final, NamedTuple

from cleaner.decode import decode
from cleaner.errors import InputError, PackedError
from cleaner.sources.opening import RECORD_LIMIT, packed_as
from cleaner.sources.records import NULL, Columns, Passed, Record, Unread, missing, no_text

_SKIPPED: Final = 1 << 20  # bytes of a line that is too long, read at a time to find its end
_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_EVIDENCE: Final = 1 << 12  # bytes by which the encoding of lines is told


def _integer(digits: str) -> int | float:
    """A whole number; one of thousands of digits, which Python refuses to read, is none that anybody asks for."""
    try:
        return int(digits)
    except ValueError:
        return float(digits)


_DECODER: Final = json.JSONDecoder(parse_int=_integer)


class Line(NamedTuple):
    """A line of JSON as it came, and the name of the field with its text."""

    line: str
    field: str

    @property
    def span(self) -> tuple[int, int]:
        """Where the string with the text begins and ends, quotation marks included."""
        return _span(self.line, self.field)


def lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a stream with their ends; None for one that is longer than a record may be."""
    while line := stream.readline(RECORD_LIMIT + 1):
        if len(line) <= RECORD_LIMIT:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_SKIPPED)
        yield None


def read_lines(stream: BinaryIO, columns: Columns) -> Iterator[Record | Unread | Passed]:
    """A record for each line that isn't blank; they are numbered as lines. One whose text is null is passed over.

    The text stands in the same field of all records: where no name is given, the best guess at the first that has any.
    """
    fields = _Fields(columns)
    accent = Accent(stream.peek() if isinstance(stream, io.BufferedReader) else b"")
    for number, line in enumerate(lines(stream), 1):
        if number == 1 and line:
            _refuse(line)
        if line is None:
            yield Unread("", number, f"a line of more than {RECORD_LIMIT >> 20} MiB; cut it into several records")
        elif line.strip():
            try:
                yield _record(_text(line, accent), number, fields)
            except InputError as error:
                yield Unread("", number, str(error))


def _refuse(start: bytes) -> None:
    if codec := packed_as(start):
        raise PackedError(f"is packed, and its name doesn't say so; add {codec} to it")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError("is in UTF-16, which has no lines of JSON; write it in UTF-8")


class _Fields:
    """The fields of records with the text, the id and the address."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._text = columns.html or columns.text
        self._is_any_named = bool(columns.settings())
        self._filled: list[str] = []  # the fields of the last record,
        self._named: tuple[str | None, str | None] = None, None  # and those with its id and its address

    def text(self, values: dict[str, Any]) -> str:
        """The field with the text, which may be null; raises `InputError` if there is none."""
        if self._is_any_named and (told := self.columns.lacking("field", sorted(values))):
            raise InputError(told)
        if not self._text:
            self._text = (
                self.columns.text_among([name for name, value in values.items() if isinstance(value, str)]) or ""
            )
        name = self._text or self.columns.text_among(list(values))
        if name is None or name not in values:
            raise InputError(missing("field", self._text, sorted(values)))
        return name

    def called(self, values: dict[str, Any]) -> tuple[str, str]:
        """The id and the address of a record, each "" if there is none."""
        filled = [name for name, value in values.items() if value is not None]
        if filled != self._filled:  # which is rare
            self._filled = filled
            self._named = self.columns.id_among(filled), self.columns.url_among(filled)
        own, address = self._named
        return _value(values, own), _value(values, address)


def _record(text: str, number: int, fields: _Fields) -> Record | Unread | Passed:
    line = text.removeprefix("\N{BYTE ORDER MARK}")
    try:
        values = _DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f'no JSON ({error}); a line holds one object, as in {{"text": …}}') from error
    if not isinstance(values, dict):
        raise InputError(f"no JSON object but {type(values).__name__}; a line holds one object with a text")
    called, address = fields.called(values)
    try:
        name = fields.text(values)
    except InputError as error:
        return Unread("", number, str(error), called)
    content, row = values[name], Line(line, name)
    if content is None:
        return Passed(number, NULL, id=called, row=row, column=name)
    if not isinstance(content, str):
        return Unread("", number, no_text("field", name, content), called)
    return Record("", number, called, content, fields.columns.are_pages(name), row=row, url=address, column=name)


def _value(values: dict[str, Any], name: str | None) -> str:
    return "" if name is None else id_of(values[name])


def id_of(value: Any) -> str:
    """What a value is as an id: "" if it is none; what is no string is written as JSON, or as Python shows it."""
    if value is None:
        return ""
    if type(value) is int:  # as JSON has it, sooner
        return str(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


class Accent:
    """The encoding of lines that aren't UTF-8, told by all of them so far, for one alone may be too short to tell.

    `ahead` is what is known of the lines to come.
    """

    def __init__(self, ahead: bytes = b"") -> None:
        self._seen = b""
        self._told = ""
        for line in ahead[: ahead.rfind(b"\n") + 1].splitlines():
            if not _is_utf8(line):
                self.hear(line)

    def hear(self, line: bytes) -> str:
        """What the encoding of a line is likely to be, "" if there is no telling."""
        if len(self._seen) < _EVIDENCE:
            self._seen += line[:_EVIDENCE]
            with suppress(InputError):
                self._told = decode(self._seen).encoding
        return self._told


def _text(line: bytes, accent: Accent) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return decode(line, declared=accent.hear(line)).text


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _span(line: str, name: str) -> tuple[int, int]:
    """Where the value of a field begins and ends in a line of valid JSON; of several of that name the last counts."""
    place, found = _next(line, 0) + 1, (0, 0)
    while line[place := _next(line, place)] != "}":
        key, place = scanstring(line, place + 1)
        start = _next(line, _next(line, place) + 1)
        place = _DECODER.raw_decode(line, start)[1]
        if key == name:
            found = start, place
        place = _next(line, place)
        place += line[place] == ","
    return found


def _next(line: str, place: int) -> int:
    match = _BLANKS.match(line, place)
    return match.end() if match else place
