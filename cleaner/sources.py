"""What comes in: finds input files and reads their bytes. With `sinks` the only module that opens users' files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cleaner.errors import InputError

PAGE_SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml", ".shtml"})


@dataclass(frozen=True, slots=True)
class Source:
    """One input file and the name it goes by: its path below the input that led to it."""

    path: Path
    name: str

    @property
    def is_page(self) -> bool:
        """Whether the file is an HTML page, by its suffix."""
        return self.path.suffix.lower() in PAGE_SUFFIXES

    def read(self) -> bytes:
        """The file's bytes; raises `InputError` saying what hinders."""
        try:
            if self.path.exists() and not self.path.is_file():
                raise InputError("is neither file nor folder (a pipe or a device?); copy what it holds into a file")
            return self.path.read_bytes()
        except OSError as error:
            raise InputError(f"{error.strerror or error}; make the file readable or leave it out") from error


def find_sources(inputs: Iterable[Path], *, leave_out: Path) -> Iterator[Source]:
    """A source for each input file, and for each file in and below each input folder, ordered by name.

    Hidden files and folders are left out, and so is the folder `leave_out`, where an earlier run's output
    may lie. A path that isn't there is a source too: reading it says so.
    """
    output = leave_out.resolve()
    for given in inputs:
        if not given.is_dir():
            yield Source(given, given.name)
            continue
        for path in sorted(given.rglob("*")):
            below = path.relative_to(given)
            hidden = any(part.startswith(".") for part in below.parts)
            if not hidden and not path.is_dir() and output not in path.resolve().parents:
                yield Source(path, below.as_posix())
