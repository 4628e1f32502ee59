"""Reads any container: the one door from a source to its records. With this the room ends; next: `sinks`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from cleaner.errors import InputError
from cleaner.sources.archives import read_tar, read_zip
from cleaner.sources.crawls import read_crawl
from cleaner.sources.files import Source
from cleaner.sources.lines import read_lines
from cleaner.sources.naming import Kind, form_of, refusal, text_name
from cleaner.sources.opening import opened
from cleaner.sources.records import Columns, Passed, Record, Unread
from cleaner.sources.tables import Sheet, Table, read_sheet, read_table, schema, strings
from cleaner.sources.tables import heading as sheet_heading

Found = Record | Unread | Passed
_GUESSED: Final = Columns()
_FRESH: Final = 1 << 14  # hashes in a set before they are sorted


def records(
    source: Source, columns: Columns = _GUESSED, *, reached: Callable[[int], None] | None = None
) -> Iterator[Found]:
    """Every record of a source, in order, read as it is asked for; a file that is no container is one record.

    A record goes by the container's name and its own id, `a.jsonl/ID`, or by its number, `a.jsonl:3`. Records whose id
    an earlier one has cannot be read, if the column with the id was named or the id is a name in an archive; if it was
    guessed, they go by their number too. What hinders reading on is a last `Unread` in the container's own name.
    `reached` hears how many bytes of a container's file have been read when a record comes out of it.
    """
    number = 0
    raw: list[BinaryIO] = []
    try:
        if source.form.is_whole:
            yield _whole(source)
            return
        with opened(source.path, source.form.codec, raw=raw.append) as stream:
            found = read(stream, source.form.kind, columns, is_plain=not source.form.codec)
            for item in named(found, source, columns):
                number = item.number
                if reached:
                    reached(_position(raw[0]))
                yield item
    except InputError as error:
        yield _hindered(source, str(error), number)
    except Exception as error:  # what is broken may bring any error out of the packages that read it
        yield _hindered(
            source, f"broken {source.form.kind} ({type(error).__name__}: {error}); get the file again", number
        )


def _whole(source: Source) -> Record | Unread:
    content = source.read()
    if told := refusal(source.name, content):
        return Unread(source.name, 1, told)
    return Record(source.name, 1, "", content, source.is_page, url=source.url)


def _hindered(source: Source, reason: str, number: int) -> Unread:
    told = f"{reason} (records before this one: {number})" if number else reason
    return Unread(source.name, number + 1, told)


def heading(source: Source, columns: Columns) -> Sheet | Table | None:
    """What a table says of its rows, of which there may be none; None of what is no table. Raises `InputError`."""
    if source.form.kind not in ("csv", "parquet"):
        return None
    with opened(source.path, source.form.codec) as stream:
        if source.form.kind == "csv":
            return sheet_heading(stream, columns)
        return schema(stream, columns, is_plain=not source.form.codec)


def _position(file: BinaryIO) -> int:
    """How far a file has been read; 0 where that cannot be told."""
    try:
        return file.tell()
    except (OSError, ValueError):  # it is no file, or was closed by what read it to the end
        return 0


def rows(path: Path) -> Iterator[str]:
    """The JSON of each row of a file of report rows."""
    form = form_of(path.name)
    with opened(path, form.codec) as stream:
        if form.kind == "parquet":
            yield from strings(stream, "report", is_plain=not form.codec)
        else:
            yield from (line.decode("utf-8") for line in stream)


def read(stream: BinaryIO, kind: Kind, columns: Columns, *, is_plain: bool) -> Iterator[Found]:
    """The records of an open container, nameless; raises `InputError` if it cannot be read on."""
    if kind == "jsonl":
        return read_lines(stream, columns)
    if kind == "csv":
        return read_sheet(stream, columns)
    if kind == "parquet":
        return read_table(stream, columns, is_plain=is_plain)
    if kind == "zip":
        return read_zip(stream, is_plain=is_plain)
    if kind == "tar":
        return read_tar(stream)
    return read_crawl(stream, is_arc=kind == "arc")


def named(found: Iterator[Found], source: Source, columns: Columns) -> Iterator[Found]:
    """The records with names, each its own."""
    is_archive = source.form.kind in ("zip", "tar")
    is_given = bool(columns.id) and source.form.kind not in ("warc", "arc")
    seen = Seen()
    for item in found:
        if isinstance(item, Passed | Unread):
            called = item.name or item.id
            yield item._replace(name=f"{source.name}/{called}" if called else f"{source.name}:{item.number}")
            continue
        key = key_of(str(PurePosixPath(text_name(item.id))) if is_archive else item.id) if item.id else None
        name = f"{source.name}/{item.id}" if item.id else f"{source.name}:{item.number}"
        if key in seen and (is_archive or is_given):
            told = "an earlier record has its id; give it one of its own"
            yield Unread(f"{name} ({item.number})", item.number, told, item.id)
            continue
        yield Record(f"{name} ({item.number})" if key in seen else name, *item[1:])
        if key is not None:
            seen.add(key)


class Seen:
    """Hashes of ids that were seen: 8 bytes of memory for each, where a set of them takes some 70."""

    def __init__(self) -> None:
        self._fresh: set[int] = set()
        self._runs: list[npt.NDArray[np.uint64]] = []  # sorted, each longer than the next

    def __contains__(self, key: int | None) -> bool:
        if key is None or key in self._fresh or not self._runs:
            return key in self._fresh
        places = ((run, int(run.searchsorted(np.uint64(key)))) for run in self._runs)
        return any(place < len(run) and int(run[place]) == key for run, place in places)

    def add(self, key: int) -> None:
        """Take in a hash."""
        self._fresh.add(key)
        if len(self._fresh) < _FRESH:
            return
        run = np.fromiter(self._fresh, np.uint64, len(self._fresh))
        while self._runs and len(self._runs[-1]) <= len(run):
            run = np.concatenate([self._runs.pop(), run])
        run.sort()
        self._runs.append(run)
        self._fresh.clear()


def key_of(called: str) -> int:
    """A short hash of an id, so that ids need not be kept."""
    return int.from_bytes(blake2b(called.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
