"""What goes out: where a document's files are, writing them so that none is ever half there, and reading them again."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EEXIST, EISDIR, ENAMETOOLONG, ENOTDIR
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Final, cast

from cleaner.errors import OutputError


@dataclass(frozen=True, slots=True)
class Output:
    """The folder of a run, and where in it everything lies."""

    folder: Path

    def make(self) -> None:
        """Make the folders that all outputs lie in; raises OSError if that cannot be."""
        for folder in (self._texts, self._reports):
            folder.mkdir(parents=True, exist_ok=True)

    def make_folder(self) -> None:
        """Make the folder alone; raises OSError if that cannot be."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def holds(self, place: Path) -> bool:
        """Whether a place, absolute and without links, is in the folder."""
        return Path(os.path.realpath(self.folder)) in place.parents

    def text(self, name: str) -> Path:
        """The clean text of the input `name`."""
        return self._texts / f"{stem_of(name)}.txt"

    def kept(self, name: str) -> Path:
        """What is left of the input `name` without near-duplicates."""
        return self.folder / "kept" / name

    def report(self, name: str, suffix: str) -> Path:
        """The report on the input `name`; `suffix` is json or html."""
        return self._reports / f"{stem_of(name)}.{suffix}"

    def summary(self) -> Path:
        """The account of the whole run."""
        return self.folder / "summary.json"

    def duplicates(self) -> Path:
        """The list of near-duplicates."""
        return self.folder / "duplicates.jsonl"

    def index(self) -> Path:
        """The page that leads to all reports."""
        return self.folder / "index.html"

    @property
    def _texts(self) -> Path:
        return self.folder / "text"

    @property
    def _reports(self) -> Path:
        return self.folder / "reports"


def stem_of(name: str) -> str:
    """The name of an input's outputs: its own without `.txt`, so that a.txt and a.html stay apart.

    >>> stem_of("news/a.txt"), stem_of("news/a.html")
    ('news/a', 'news/a.html')
    """
    return name.removesuffix(".txt")


# What a name meets that is too long, or is the name of a folder where a file goes or of a file where a folder goes.
_OF_NAMES: Final = frozenset({ENAMETOOLONG, EISDIR, ENOTDIR, EEXIST})


def write(path: Path, content: str | bytes) -> None:
    """Write the file under a passing name and rename it when complete; folders are made as needed.

    Raises `OutputError` if only this name cannot be written, OSError if the disk or the folder refuses.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    with writing(path) as file:
        file.write(data)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """As `write`, for what is written piece by piece; nothing is there of it if the block fails."""
    try:
        with _part(path) as file:
            yield file
    except OSError as error:
        if error.errno not in _OF_NAMES:
            raise
        raise OutputError(
            f"no place for {path.name}: {error.strerror}; rename the input, or clean it into another folder"
        ) from error


@contextmanager
def packing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, packed by gzip if its name says so; the same bytes give the same file."""
    with writing(path) as file:
        if path.suffix.lower() != ".gz":
            yield file
        else:
            with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
                yield cast(BinaryIO, packed)


def remove(path: Path) -> None:
    """Remove what an earlier run may have written; a name that nothing could be written under is no failure."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        if error.errno not in _OF_NAMES:
            raise


def read(path: Path) -> bytes:
    """What `write` wrote; raises OSError if it isn't there."""
    return path.read_bytes()


@contextmanager
def _part(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as part:
        try:
            yield cast(BinaryIO, part.file)
            part.close()
            os.chmod(part.name, 0o666 & ~_umask())
            os.replace(part.name, path)
        except BaseException:
            os.unlink(part.name)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
