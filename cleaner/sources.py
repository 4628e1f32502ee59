"""What comes in: finds input files and reads their bytes. With `sinks` the only module that opens users' files."""

from __future__ import annotations

import gzip
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path, PurePath
from tempfile import TemporaryFile
from typing import BinaryIO, Final, cast

from cleaner.errors import InputError

_LINES_SUFFIXES: Final = (".jsonl", ".ndjson")
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

    @property
    def is_lines(self) -> bool:
        """Whether the file holds JSON lines, perhaps packed by gzip, by its suffix."""
        return self.name.lower().removesuffix(".gz").endswith(_LINES_SUFFIXES)

    def read(self) -> bytes:
        """The file's bytes; raises `InputError` saying what hinders."""
        with self._named_errors():
            return self.path.read_bytes()

    def opened(self, *, passing: Path | None = None) -> BinaryIO:
        """The file, to read and to seek in; one packed by gzip is unpacked into a passing file in folder `passing`.

        Raises `InputError` saying what hinders.
        """
        with self._named_errors():
            if not self.name.lower().endswith(".gz"):
                return self.path.open("rb")
            unpacked = cast(BinaryIO, TemporaryFile(dir=passing))  # noqa: SIM115  the caller closes it
            with gzip.open(self.path, "rb") as packed:
                shutil.copyfileobj(packed, unpacked)
            unpacked.seek(0)
            return unpacked

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            if self.path.exists() and not self.path.is_file():
                raise InputError("is neither file nor folder (a pipe or a device?); copy what it holds into a file")
            yield
        except FileNotFoundError as error:
            raise InputError("No such file or folder; check the path") from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputError(f"broken gzip data ({error}); get the file again") from error
        except OSError as error:
            raise InputError(f"{error.strerror or error}; make the file readable or leave it out") from error


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """So many bytes of an open file from a place on, past its buffer, which would read more than is asked for."""
    raw = cast(RawIOBase, cast(BufferedReader, file).raw)
    raw.seek(offset)
    pieces = []
    while length and (piece := raw.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def is_page_name(name: str) -> bool:
    """Whether a file of that name is an HTML page."""
    return PurePath(name).suffix.lower() in PAGE_SUFFIXES


def find_sources(inputs: Iterable[Path], *, leave_out: Path, index: Path | None = None) -> Iterator[Source]:
    """A source for each input file, and for each file in and below each input folder, ordered by name.

    Hidden files and folders are left out, and so are the folder `leave_out`, where an earlier run's output
    may lie, and that of an `index`, if they are below an input folder. A path that isn't there is a source too:
    reading it says so.
    """
    outputs = {_real(folder) for folder in (leave_out, index) if folder is not None}
    for given in inputs:
        if not os.path.isdir(given):  # Path.is_dir raises for some names that cannot be
            yield Source(given, given.name)
            continue
        held = {output for output in outputs if _real(given) in output.parents}
        for path in sorted(given.rglob("*")):
            below = path.relative_to(given)
            hidden = any(part.startswith(".") for part in below.parts)
            if not hidden and not path.is_dir() and not (held and not held.isdisjoint(_real(path).parents)):
                yield Source(path, below.as_posix())


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, at peace with links that lead to themselves
