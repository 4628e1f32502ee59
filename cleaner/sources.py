"""What comes in: finds input files and reads their bytes. With `sinks` the only module that opens users' files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
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
        return is_page_name(self.name)

    @property
    def place(self) -> Path:
        """Where the file really lies: absolute, links followed as far as they lead anywhere."""
        return _real(self.path)

    def read(self) -> bytes:
        """The file's bytes; raises `InputError` saying what hinders."""
        try:
            if self.path.exists() and not self.path.is_file():
                raise InputError("is neither file nor folder (a pipe or a device?); copy what it holds into a file")
            return self.path.read_bytes()
        except FileNotFoundError as error:
            raise InputError("No such file or folder; check the path") from error
        except OSError as error:
            raise InputError(f"{error.strerror or error}; make the file readable or leave it out") from error


def is_page_name(name: str) -> bool:
    """Whether a file of that name is an HTML page."""
    return PurePath(name).suffix.lower() in PAGE_SUFFIXES


def find_sources(inputs: Iterable[Path], *, leave_out: Path) -> Iterator[Source]:
    """A source for each input file, and for each file in and below each input folder, ordered by name.

    Hidden files and folders are left out, and so is the folder `leave_out`, where an earlier run's output
    may lie, if it is below an input folder. A path that isn't there is a source too: reading it says so.
    """
    output = _real(leave_out)
    for given in inputs:
        if not os.path.isdir(given):  # Path.is_dir raises for some names that cannot be
            yield Source(given, given.name)
            continue
        holds_output = _real(given) in output.parents
        for path in sorted(given.rglob("*")):
            below = path.relative_to(given)
            hidden = any(part.startswith(".") for part in below.parts)
            if not hidden and not path.is_dir() and not (holds_output and output in _real(path).parents):
                yield Source(path, below.as_posix())


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, at peace with links that lead to themselves
