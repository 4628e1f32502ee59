"""A stream cleaned as it comes: stdin to stdout, without reports. Next: `corpus`, collections of clean texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, Literal, NamedTuple

from cleaner.errors import InputError
from cleaner.pipeline import Cleaner
from cleaner.quality import is_dropped
from cleaner.run import clean_record
from cleaner.sinks import line_with
from cleaner.sources import Columns, Passed, Record, Unread, read_limited, read_lines

Format = Literal["text", "html", "jsonl"]
_NAME: Final = "stdin"


class Remark(NamedTuple):
    """What is to be said of a record that isn't written: that it was dropped, as was asked for, or that it failed."""

    name: str
    reason: str
    is_dropped: bool


def clean_stream(
    stream: BinaryIO, out: BinaryIO, cleaner: Cleaner, form: Format, *, columns: Columns
) -> Iterator[Remark]:
    """Write clean records as they come, and give remarks on those that aren't written.

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
    except InputError as error:
        yield Unread(_NAME, number + 1, str(error))
