"""A stream cleaned as it comes: stdin to stdout, without reports. Next: `corpus`, collections of clean texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, Literal, NamedTuple

from cleaner.cleaning import clean_record
from cleaner.document import Document
from cleaner.errors import InputError, PackedError
from cleaner.pipeline import Cleaner
from cleaner.quality import is_dropped
from cleaner.sinks import line_with
from cleaner.sources import Columns, Passed, Record, Unread, read_limited, read_lines

Format = Literal["text", "html", "jsonl"]
_NAME: Final = "stdin"
_UNDECODABLE: Final = "characters/undecodable"


class Remark(NamedTuple):
    """What is to be said of a record: that it was dropped, as was asked for, that it failed, or what it lost.

    One that lost something is written.
    """

    name: str
    reason: str
    is_dropped: bool
    is_written: bool = False


def clean_stream(
    stream: BinaryIO, out: BinaryIO, cleaner: Cleaner, form: Format, *, columns: Columns
) -> Iterator[Remark]:
    """Write clean records as they come, and give remarks on those that aren't written, or not with all they held.

    JSON lines are records, each of which goes out before the next is read; any other stream is one text or one page,
    for what a line is depends on those below it. Raises OSError if `out` cannot be written to.
    """
    for found in _found(stream, form, columns):
        name = _NAME if form != "jsonl" else f"{_NAME}:{found.number}"
        if isinstance(found, Passed):
            out.write(line_with(found.row, None))
            out.flush()
            continue
        if isinstance(found, Unread):
            yield Remark(name, found.reason, is_dropped=False)
            continue
        try:
            document = clean_record(found._replace(name="-"), cleaner)
        except InputError as error:
            yield Remark(name, str(error), is_dropped=False)
            continue
        if is_dropped(document):
            yield Remark(name, document.edits[-1].why, is_dropped=True)
            continue
        out.write(line_with(found.row, document.text) if form == "jsonl" else document.text.encode("utf-8"))
        out.flush()
        if lost := _lost(document):
            yield Remark(name, lost, is_dropped=False, is_written=True)


def _lost(document: Document) -> str:
    """What the source of a document held that is no text, "" if nothing; what stands for it, a reader can't tell."""
    told = [edit.why for layer in document.layers for edit in layer if edit.rule == _UNDECODABLE]
    more = f", and {len(told) - 1} places more" if told[1:] else ""
    return f"{told[0]}{more}; \N{REPLACEMENT CHARACTER} stands for it" if told else ""


def _found(stream: BinaryIO, form: Format, columns: Columns) -> Iterator[Record | Unread | Passed]:
    """The records of a stream; what hinders reading on is the last."""
    number = 0
    try:
        if form != "jsonl":
            yield Record(_NAME, 1, "", read_limited(stream), is_page=form == "html")
            return
        for found in read_lines(stream, columns):
            number = found.number
            yield found
    except PackedError:
        yield Unread(_NAME, 1, "is packed; unpack it on the way, as in `gzip -dc FILE | cleaner clean -`")
    except InputError as error:
        yield Unread(_NAME, number + 1, str(error))
