"""Records of crawls: WARC, which WET is too, and ARC. Next: `archives`, folders in one file.

No library tells when the length of a record is wrong: the text is cut, or the next record is in it. So records are
cut here, where each must be followed by the next, and FastWARC reads what each holds.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NamedTuple, cast

from cleaner.errors import InputError, PackedError
from cleaner.sources.naming import begins_as_page
from cleaner.sources.opening import RECORD_LIMIT, needed, packed_as
from cleaner.sources.records import Passed, Record, Unread

_WITH_TEXT: Final = frozenset({"response", "resource", "conversion"})
_PAGES: Final = ("text/html", "application/xhtml+xml")
_TEXTS: Final = ("text/plain", "text/markdown", "text/x-markdown")
_WORD: Final = re.compile(r"[\w.+/-]{1,60}")  # what a type may look like that is named in the account
_HEAD_LIMIT: Final = 1 << 20  # bytes of the head of a record
_PIECE: Final = 1 << 16
_LEAST_STATUS, _MOST_STATUS = 200, 299  # pages that tell of an error, or where the page has gone, are no articles
_NEXT: Final = re.compile(rb"^WARC/\d\.\d\r?$", re.M)
_NEXT_ARC: Final = re.compile(rb"^[a-z][a-z0-9+.-]*:\S* \S+ \d{14} \S+ (?:\S+ )*\d+\r?$", re.M)
_GAP: Final = b"\r\n"
# Kinds that say nothing of a content, or may be those of a page, which is then told by how it begins.
_UNTOLD: Final = frozenset({"", "application/http", "application/octet-stream", "application/xml", "text/xml"})
_WITHIN: Final = re.compile(
    rb"\nWARC/\d\.\d\r?\n(?=(?:[A-Za-z-]+:[^\n]*\n)*WARC-Type:)(?:[A-Za-z-]+:[^\n]*\n)+\r?\n", re.I
)
_OF_CRAWLS: Final = re.compile(rb"^Content-Type:\s*application/(?:x-)?warc\b", re.I | re.M)
# What is no more packed: its first bytes hold no control characters, nor the length of a chunk.
_TEXT: Final = re.compile(
    rb"(?![0-9a-fA-F]+ *\r?\n)(?:[^\x00-\x08\x0e-\x1a\x1c-\x1f]{1024}|[^\x00-\x08\x0e-\x1a\x1c-\x1f]+\Z)"
)
_STRAY: Final = re.compile("[\udc80-\udcff]")


class Crawled(NamedTuple):
    """A record of a crawl: its version, the fields of its head in their order, and what follows."""

    version: str
    fields: tuple[tuple[str, str], ...]
    body: bytes = b""

    def get(self, name: str) -> str:
        """The value of a field, or ""."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), "")


def read_crawl(stream: BinaryIO, *, is_arc: bool) -> Iterator[Record | Unread | Passed]:
    """A record for each page or text that a crawl holds; ids are their addresses.

    Pages that a server sent with a status other than 200 to 299 are passed over, as are requests, images and notes of
    the crawler; each says why. A part of a record that was cut into several is none that can be read.
    """
    warc = needed("fastwarc.warc", "warc")
    tape = _Tape(stream)
    if codec := packed_as(tape.peek(8)):
        raise PackedError(f"is packed, and its name doesn't say so; add {codec} to it")
    for number, cut in enumerate(_cuts(tape, is_arc=is_arc), 1):
        if isinstance(cut, str):
            yield Unread("", number, cut)
        elif _is_part(cut):
            told = "is a part of a record that was cut into several, which are not put together; join them first"
            yield Unread(_address(cut), number, told)
        elif (kind := cut.get("WARC-Type").lower()) not in _WITH_TEXT:
            yield Passed(number, f"record type {_named(kind)}")
        else:
            yield _record(cut, number, warc)


def _is_part(cut: Crawled) -> bool:
    return cut.get("WARC-Type").lower() == "continuation" or cut.get("WARC-Segment-Number").strip("0 ") != ""


def _named(kind: str) -> str:
    """A type as the account names it, where anything may stand for one."""
    return kind if _WORD.fullmatch(kind) else "unknown"


def _record(cut: Crawled, number: int, warc: Any) -> Record | Unread | Passed:
    try:
        read, content = _unpacked(cut, warc)
    except (OSError, StopIteration, ValueError) as error:
        return Unread(_address(cut), number, f"broken record ({error or 'no content'}); crawl the page again")
    if len(content) > RECORD_LIMIT:
        return Unread(_address(cut), number, f"unpacks into more than {RECORD_LIMIT >> 20} MiB; leave it out")
    kind = read.http_content_type if read.http_headers is not None else cut.get("Content-Type").split(";")[0]
    kind = (kind or "").strip().lower()
    if told := _status(read):
        return Passed(number, f"status {told}")
    is_page = kind in _PAGES or (kind in _UNTOLD and begins_as_page(content))
    if not is_page and kind not in _TEXTS:
        return Passed(number, f"media type {_named(kind)}")
    declared = read.http_headers.get("Content-Type", "") if read.http_headers is not None else ""
    declared = declared or cut.get("Content-Type")
    return Record("", number, _address(cut), content, is_page, declared, cut, _address(cut))


def _unpacked(cut: Crawled, warc: Any) -> tuple[Any, bytes]:
    """A record as FastWARC reads it, and its content, which is taken as it stands if it was unpacked already.

    Many crawlers unpack what a server sent and keep the head that says it is packed.
    """
    data = b"\r\n".join([_head_bytes(cut), cut.body, b"", b""])
    try:
        return _parsed(data, warc, unpacks="all")
    except (OSError, ValueError):
        read, content = _parsed(data, warc, unpacks="none")
        if not _TEXT.match(content):
            raise
        return read, content


def _parsed(data: bytes, warc: Any, *, unpacks: str) -> tuple[Any, bytes]:
    read = next(iter(warc.ArchiveIterator(io.BytesIO(data), parse_http=True, auto_decode=unpacks)))
    return read, read.reader.read(RECORD_LIMIT + 1)


def _address(cut: Crawled) -> str:
    """The address of a record; bytes in it that are no UTF-8 are written as addresses do it, `%B9`."""
    return _STRAY.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", cut.get("WARC-Target-URI"))


def _status(read: Any) -> str:
    """The status of an answer that is no article, "" for one that may be."""
    status = read.http_headers.status_code if read.http_headers is not None else None
    return "" if status is None or _LEAST_STATUS <= status <= _MOST_STATUS else str(status)


def _head_bytes(cut: Crawled) -> bytes:
    fields = [(name, value) for name, value in cut.fields if name.lower() != "content-length"]
    head = [cut.version, *(f"{name}: {value}" for name, value in fields), f"Content-Length: {len(cut.body)}"]
    return "\r\n".join([*head, ""]).encode("utf-8", "surrogateescape")


def _cuts(tape: _Tape, *, is_arc: bool) -> Iterator[Crawled | str]:
    """The records of a crawl, in order; of one that is broken what is wrong, and then all from the next one on."""
    is_head = _NEXT_ARC if is_arc else _NEXT
    while tape.skip_gap():
        head = _arc_head(tape) if is_arc else _warc_head(tape)
        if isinstance(head, str):
            tape.find(is_head)
            yield head
            continue
        length = head.get("Content-Length")
        if not length.isascii() or not length.isdigit():
            tape.find(is_head)
            yield f"its length is {length!r}; the crawl is broken here"
        elif int(length) > RECORD_LIMIT:
            yield from _too_long(tape, head, int(length), is_head)
        else:
            yield _body(tape, head, int(length), is_head)


def _body(tape: _Tape, head: Crawled, length: int, is_head: re.Pattern[bytes]) -> Crawled | str:
    body = tape.take(length)
    if len(body) < length:
        tape.back(body)
        tape.find(is_head)
        return f"its length is {length} bytes, and the file ends before; get it again"
    if is_head is _NEXT and (place := _swallowed(body)):
        tape.back(body[place:])
        return f"its length is {length} bytes, and another record begins within; crawl {_called(head)} again"
    if not tape.is_at(is_head):
        tape.back(body)
        tape.find(is_head)
        return f"its length is {length} bytes, and no record ends there; crawl {_called(head)} again"
    return head._replace(body=body)


def _swallowed(body: bytes) -> int:
    """Where another record begins within a body, 0 if none does, or if it is one that was crawled as a file."""
    match = _WITHIN.search(body)
    if match is None or _OF_CRAWLS.search(body, 0, match.start()):
        return 0
    return match.start() + 1


def _too_long(tape: _Tape, head: Crawled, length: int, is_head: re.Pattern[bytes]) -> Iterator[Crawled | str]:
    """Goes on where the next record begins, for so great a length may well be wrong."""
    tape.find(is_head)
    if head.get("WARC-Type").lower() in _WITH_TEXT:
        yield f"its length is {length:,} bytes, more than {RECORD_LIMIT >> 20} MiB; leave {_called(head)} out"
    else:
        yield head


def _called(head: Crawled) -> str:
    return head.get("WARC-Target-URI") or "it"


def _warc_head(tape: _Tape) -> Crawled | str:
    version = tape.line()
    if not version.startswith(b"WARC/"):
        return f"no WARC record begins with {version[:20]!r}; the crawl is broken here"
    fields: list[tuple[str, str]] = []
    size = 0
    while line := tape.line():
        size += len(line)
        if size > _HEAD_LIMIT:
            return f"a head of more than {_HEAD_LIMIT} bytes; the crawl is broken here"
        name, _, value = line.decode("utf-8", "surrogateescape").partition(":")
        if line[:1] in b" \t" and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.decode('utf-8', 'surrogateescape').strip()}")
        else:
            fields.append((name.strip(), value.strip()))
    return Crawled(version.decode("ascii", "replace"), tuple(fields))


def _arc_head(tape: _Tape) -> Crawled | str:
    """The head of an ARC record, in the words of WARC: what the server sent, or notes on the file."""
    line = tape.line()
    if not _NEXT_ARC.match(line):
        return f"no ARC record begins with {line[:20]!r}; the crawl is broken here"
    words = line.decode("utf-8", "surrogateescape").split()
    address, date, length = words[0], words[2], words[-1]
    is_own = address.startswith("filedesc:")
    when = f"{date[:4]}-{date[4:6]}-{date[6:8]}T{date[8:10]}:{date[10:12]}:{date[12:14]}Z"
    fields = (
        ("WARC-Type", "warcinfo" if is_own else "response"),
        ("WARC-Target-URI", address),
        ("WARC-Date", when),
        ("Content-Type", "text/plain" if is_own else "application/http; msgtype=response"),
        ("Content-Length", length),
    )
    return Crawled("WARC/1.0", fields)


class _Tape:
    """A stream in which one can look ahead, and go back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read = getattr(stream, "read1", stream.read)  # `read` would lose what stands before a broken place
        self._ahead = b""
        self._error: InputError | None = None

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer at the end, which are read again; a broken place is told of when it is reached."""
        pieces, missing = [self._ahead], size - len(self._ahead)
        while missing > 0 and (piece := self._next(missing)):
            pieces.append(piece)
            missing -= len(piece)
        self._ahead = b"".join(pieces)
        if self._error and not self._ahead:
            raise self._error
        return self._ahead[:size]

    def _next(self, size: int) -> bytes:
        try:
            return b"" if self._error else cast(bytes, self._read(max(size, _PIECE)))
        except InputError as error:
            self._error = error
            return b""

    def take(self, size: int) -> bytes:
        """The next bytes, fewer at the end."""
        data = self.peek(size)
        self._ahead = self._ahead[size:]
        return data

    def back(self, data: bytes) -> None:
        """Give bytes back."""
        self._ahead = data + self._ahead

    def line(self) -> bytes:
        """The next line without its end; the beginning of one that is too long."""
        head = self.peek(_PIECE)
        end = head.find(b"\n")
        if end < 0:
            return self.take(_PIECE)
        return self.take(end + 1).rstrip(b"\r\n")

    def skip_gap(self) -> bool:
        """Pass over ends of lines; whether anything follows."""
        while data := self.peek(_PIECE):
            self._ahead = self._ahead[len(data) - len(data.lstrip(_GAP)) :]
            if data.strip(_GAP):
                return True
        return False

    def is_at(self, is_head: re.Pattern[bytes]) -> bool:
        """Whether a head begins here, after ends of lines, or the stream ends."""
        try:
            return not self.skip_gap() or is_head.match(self.peek(_PIECE)) is not None
        except InputError:  # which is told when the next record is read
            return True

    def find(self, is_head: re.Pattern[bytes]) -> None:
        """Go on to the next head, or to the end."""
        while data := self.peek(2 * _PIECE):
            if match := is_head.search(data):
                self.take(match.start())
                return
            end = data.rfind(b"\n", 0, _PIECE) + 1  # a head that is cut off is looked at again
            self.take(end or _PIECE)
