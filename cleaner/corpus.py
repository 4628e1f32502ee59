"""Collections of clean texts: folders of text files, and files of JSON lines. Next: `weeding`, which dedups them.

A collection is gone through once in order; after that texts are read again by number, so that none need stay in
memory.
"""

from __future__ import annotations

import json
import os
from array import array
from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Final, NamedTuple

from cleaner.decode import decode
from cleaner.errors import InputError
from cleaner.sources import Source, find_sources, read_at

_OPEN: Final = 64  # files of lines that are held open; systems allow a process some hundreds


@dataclass(frozen=True, slots=True)
class Fields:
    """What the fields of a JSON line are called."""

    text: str = "text"
    id: str = "id"


class Raw(NamedTuple):
    """A text as it lies there: its bytes, what an error calls its place, and whether it is a line of JSON."""

    data: bytes
    place: str
    is_line: bool


class Unread(NamedTuple):
    """A file that cannot be read, and why."""

    place: str
    reason: str


class Text(NamedTuple):
    """A text and the name it goes by: a file's, or the id of a line."""

    name: str
    text: str


def parsed(raw: Raw, fields: Fields) -> Text:
    """The text of a file or a line; a line without an id goes by its place.

    Raises `InputError` if there is none.
    """
    if not raw.is_line:
        return Text(raw.place, decode(raw.data).text)
    try:
        record = json.loads(raw.data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"no JSON ({error}); a line holds one object, in UTF-8") from error
    if not isinstance(record, dict):
        raise InputError(f"no JSON object but {type(record).__name__}; a line holds one object with a text")
    text = record.get(fields.text)
    if not isinstance(text, str):
        found = ", ".join(sorted(record)) or "none"
        raise InputError(f"no text in field {fields.text!r}; name the field that has it (fields here: {found})")
    return Text(_name(record.get(fields.id), raw.place), text)


def _name(identity: object, place: str) -> str:
    """What a line's id is as a name; null is none, and what is no string is written as JSON."""
    if identity is None:
        return place
    return identity if isinstance(identity, str) else json.dumps(identity, ensure_ascii=False)


class Corpus:
    """The texts of input files and folders, in order; a context manager, for it holds files open.

    Files packed by gzip are unpacked into passing files in the folder `passing`. Blank lines are no texts.
    """

    def __init__(
        self, inputs: Iterable[Path], *, leave_out: Path, index: Path | None = None, passing: Path | None = None
    ) -> None:
        self.sources = list(find_sources(inputs, leave_out=leave_out, index=index))
        self._leave_out = Path(os.path.realpath(leave_out))
        self._passing = passing
        self._files: OrderedDict[int, BinaryIO] = OrderedDict()
        self._places: tuple[array[int], array[int], array[int]] = (array("q"), array("q"), array("q"))

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *exception: object) -> None:
        for file in self._files.values():
            file.close()

    def __len__(self) -> int:
        return len(self._places[0])

    def raws(self) -> Iterator[Raw | Unread]:
        """Every text as it lies there, in order; they are numbered as they come, those unread are not."""
        names: set[str] = set()
        for number, source in enumerate(self.sources):
            if reason := self._refused(source, names):
                yield Unread(source.name, reason)
                continue
            names |= {source.name, *(f"{parent}/" for parent in PurePath(source.name).parents)}
            try:
                yield from self._lines(number, source) if source.is_lines else self._whole(number, source)
            except InputError as error:
                yield Unread(source.name, str(error))

    def raw(self, text: int) -> Raw:
        """A text that has been gone through, by number; raises `InputError` if its file is gone."""
        number, offset, length = (places[text] for places in self._places)
        source = self.sources[number]
        if not source.is_lines:
            return Raw(source.read(), source.name, is_line=False)
        return Raw(read_at(self._opened(number), offset, length), source.name, is_line=True)

    def source_of(self, text: int) -> Source:
        """The file that a text is from."""
        return self.sources[self._places[0][text]]

    def _refused(self, source: Source, names: Container[str]) -> str:
        """Why a file is not read, though it could be: what is written for it would take another's place."""
        if self._leave_out in source.place.parents:
            return "lies in the folder that the run writes to; give another OUT"
        parents = map(str, PurePath(source.name).parents)
        if source.name in names or f"{source.name}/" in names or any(parent in names for parent in parents):
            return "has the name of another input, or of a folder of another; rename one, or give it alone"
        return ""

    def _whole(self, number: int, source: Source) -> Iterator[Raw]:
        data = source.read()
        self._note(number, 0, len(data))
        yield Raw(data, source.name, is_line=False)

    def _lines(self, number: int, source: Source) -> Iterator[Raw]:
        offset = 0
        for count, line in enumerate(self._opened(number), 1):
            if line.strip():
                self._note(number, offset, len(line))
                yield Raw(line, f"{source.name}:{count}", is_line=True)
            offset += len(line)

    def _opened(self, number: int) -> BinaryIO:
        if number not in self._files:
            if len(self._files) == _OPEN:
                self._files.popitem(last=False)[1].close()
            self._files[number] = self.sources[number].opened(passing=self._passing)
        self._files.move_to_end(number)
        return self._files[number]

    def _note(self, *place: int) -> None:
        for places, value in zip(self._places, place, strict=True):
            places.append(value)
