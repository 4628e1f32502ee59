"""What goes out: where a document's files are, writing them so that none is ever half there, and reading them again."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EEXIST, EISDIR, ENAMETOOLONG, ENOTDIR
from pathlib import Path
from typing import Any, BinaryIO, Final, cast
from uuid import uuid4

from cleaner.errors import OutputError
from cleaner.sinks import stores
from cleaner.sinks.naming import folded, safe_name
from cleaner.sinks.stores import Place, Stored
from cleaner.sources.naming import form_of, stem_of, text_name, unpacked_name
from cleaner.sources.opening import needed

_BUFFER: Final = 1 << 13  # bytes; if none are named, it is asked for each file whether it is a terminal
_PART: Final = re.compile(r"part-\d{5,}\.js")

_TEXTS: Final = "text"
_REPORTS: Final = "reports"


@dataclass(frozen=True, slots=True)
class Output:
    """The folder of a run, on a disk or in a store, and where in it everything lies."""

    folder: Place

    def make(self) -> None:
        """Make the folders that all outputs lie in; raises OSError if that cannot be."""
        for name in (_TEXTS, _REPORTS):
            _make(self.folder / name)

    def make_folder(self) -> None:
        """Make the folder alone; raises OSError if that cannot be."""
        _make(self.folder)

    def holds(self, place: Path | str) -> bool:
        """Whether a place is in the folder: a path, absolute and without links, or an address in the same store."""
        return self.holding()(place)

    def holding(self) -> Callable[[Path | str], bool]:
        """What says that of many places, while the folder stays where it is."""
        folder = self.folder
        if isinstance(folder, Stored):
            return lambda place: isinstance(place, str) and folder.holds(place)
        start = os.path.join(os.path.realpath(folder), "")
        return lambda place: str(place).startswith(start)

    def folds(self) -> bool:
        """Whether the file system takes capitals for small letters, as far as the folders that are there tell."""
        if isinstance(self.folder, Stored):
            return False
        try:
            return os.path.samefile(self.folder / _TEXTS, self.folder / _TEXTS.upper())
        except OSError:  # there is no such folder
            return False

    def text(self, name: str) -> Place:
        """The clean text of the input `name`: the same container, packed the same way; of an ARC a WARC."""
        return self.folder / _text_of(name)

    def kept(self, name: str) -> Place:
        """What is left of the input `name` without near-duplicates."""
        return self.folder / "kept" / _written_name(safe_name(name))

    def report(self, name: str, suffix: str) -> Place:
        """The report on the input `name`; `suffix` is json or html."""
        return self.folder / _report_of(name, suffix)

    def rows(self, name: str) -> Place:
        """The reports on the records of the container `name`, a row for each: parquet for parquet, else JSON lines."""
        return self.folder / _rows_of(name)

    def places(self, name: str) -> tuple[Place, ...]:
        """All files that are written for the input `name`."""
        return tuple(self.folder / each for each in names_of(name))

    def summary(self) -> Place:
        """The account of the whole run."""
        return self.folder / "summary.json"

    def duplicates(self) -> Place:
        """The list of near-duplicates."""
        return self.folder / "duplicates.jsonl"

    def verdicts(self) -> Place:
        """What people said of edits; no run writes it, nor removes it."""
        return self.folder / "verdicts.jsonl"

    def evaluation(self) -> Place:
        """The page that holds the run against right texts and verdicts."""
        return self.folder / "eval.html"

    def index(self) -> Place:
        """The page that leads to all reports."""
        return self.folder / "index.html"

    def part(self, number: int) -> Place:
        """A part of the table of all documents, which the page loads when it is asked for more than it shows."""
        return self._table / f"part-{number:05}.js"

    def parts(self) -> list[Place]:
        """The parts that are there, of an earlier run perhaps; what others put beside them is none."""
        if isinstance(self.folder, Stored):
            found: Iterable[Place] = stores.find(cast(Stored, self._table))
        else:
            found = cast(Path, self._table).glob("*")
        return [path for path in found if _PART.fullmatch(path.name) and path == self._table / path.name]

    def speed(self) -> Place:
        """The figures of speed, of all that a run writes the only file that another one writes otherwise."""
        return self.folder / "speed.json"

    def speed_script(self) -> Place:
        """The same for the page."""
        return self._table / "speed.js"

    @property
    def _table(self) -> Place:
        return self.folder / "table"


def names_of(name: str, *, folds: bool = False) -> tuple[str, ...]:
    """What all files that are written for the input `name` are called below the folder of the run.

    Two that a file system which `folds` takes for one are then spelled alike.
    """
    if form_of(name).is_whole:
        names: tuple[str, ...] = _text_of(name), _report_of(name, "json"), _report_of(name, "html")
    else:
        names = _text_of(name), _rows_of(name)
    return tuple(map(folded, names)) if folds else names


def _text_of(name: str) -> str:
    form, safe = form_of(name), safe_name(name)
    return f"{_TEXTS}/{text_name(safe)}{form.codec}" if form.is_whole else f"{_TEXTS}/{_written_name(safe)}"


def _report_of(name: str, suffix: str) -> str:
    return f"{_REPORTS}/{stem_of(safe_name(name))}.{suffix}"


def _rows_of(name: str) -> str:
    form, safe = form_of(name), safe_name(name)
    if form.kind in ("parquet", "jsonl"):
        return f"{_REPORTS}/{safe}"
    if form.kind in ("zip", "tar"):
        return f"{_REPORTS}/{safe}.jsonl"
    return f"{_REPORTS}/{unpacked_name(safe)}.jsonl{form.codec}"


def _written_name(name: str) -> str:
    """The name that a container of that name is written under: its own, but an ARC is written as a WARC."""
    form = form_of(name)
    return f"{unpacked_name(name)}.warc{form.codec}" if form.kind == "arc" else name


# What a name meets that is too long, or is the name of a folder where a file goes or of a file where a folder goes.
_OF_NAMES: Final = frozenset({ENAMETOOLONG, EISDIR, ENOTDIR, EEXIST})


def _make(folder: Place) -> None:
    """Make a folder; in a store there are none, and it is tried whether anything can be written."""
    if isinstance(folder, Stored):
        stores.check_folder(folder)
    else:
        folder.mkdir(parents=True, exist_ok=True)


def write(path: Place, content: str | bytes) -> None:
    """Write the file under a passing name and rename it when complete; folders are made as needed.

    Raises `OutputError` if only this name cannot be written, OSError if the disk or the folder refuses.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    with _naming(path):
        if isinstance(path, Stored):
            stores.put(path, data)
            return
        with _part(path) as file:
            file.write(data)


def write_packed(path: Place, content: str) -> None:
    """The same, packed as its name says."""
    if not form_of(path.name).codec:
        write(path, content)
        return
    with packing(path) as file:
        file.write(content.encode("utf-8"))


@contextmanager
def writing(path: Place) -> Iterator[BinaryIO]:
    """As `write`, for what is written piece by piece; nothing is there of it if the block fails."""
    with _naming(path), stores.storing(path) if isinstance(path, Stored) else _part(path) as file:
        yield file


def check_place(path: Place) -> None:
    """Raises `OutputError` if no file can have that name, OSError if the folder refuses; folders are made as needed."""
    with _naming(path):
        if isinstance(path, Stored):
            stores.check(path)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
        with suppress(FileNotFoundError):
            os.lstat(path)


@contextmanager
def _naming(path: Place) -> Iterator[None]:
    """Makes an `OutputError` of an error of writing a file if its name is at fault."""
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_NAMES:
            raise
        told = f"no place for {path.name}: {error.strerror}; rename the input, or clean it into another folder"
        raise OutputError(told) from error


@contextmanager
def packing(path: Place) -> Iterator[BinaryIO]:
    """A file to write to, packed as its name says; the same bytes give the same file."""
    with writing(path) as file, packed(file, form_of(path.name).codec) as packer:
        yield packer


@contextmanager
def packed(file: BinaryIO, codec: str) -> Iterator[BinaryIO]:
    """What packs into an open file; the codec is named by its suffix, and "" is none."""
    if not codec:
        yield file
        return
    with _PACKERS[codec](file) as packer:
        yield cast(BinaryIO, _Forward(packer))


class _Forward(io.RawIOBase):
    """Writes on, and says that it cannot be sought in, which some packers try in vain."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._count = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._count

    def write(self, data: Any) -> int:
        self._file.write(data)
        size = len(memoryview(data).cast("B"))
        self._count += size
        return size


_PACKERS: Final[dict[str, Callable[[BinaryIO], Any]]] = {
    ".gz": lambda file: gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0),
    ".bz2": lambda file: bz2.BZ2File(file, "wb"),
    ".xz": lambda file: lzma.LZMAFile(file, "wb"),  # noqa: SIM115  the caller closes it
    ".zst": lambda file: needed("zstandard", "zstd").ZstdCompressor().stream_writer(file, closefd=False),
    ".lz4": lambda file: needed("lz4.frame", "lz4").LZ4FrameFile(file, "wb"),
}


def remove(path: Place) -> None:
    """Remove what an earlier run may have written; a name that nothing could be written under is no failure."""
    try:
        if isinstance(path, Stored):
            stores.drop(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        if error.errno not in _OF_NAMES:
            raise


def read(path: Place) -> bytes:
    """What `write` wrote; raises OSError if it isn't there."""
    if isinstance(path, Stored):
        return stores.get(path)
    with open(path, "rb", 0) as file:
        return file.read()


def read_span(path: Place, start: int, end: int) -> bytes:
    """Some bytes of what `write` wrote."""
    if isinstance(path, Stored):
        return stores.span(path, start, end)
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        return file.read(end - start)


def is_there(path: Place) -> bool:
    """Whether something was written there."""
    if not isinstance(path, Stored):
        return path.exists()
    try:
        stores.get(path)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _part(path: Path) -> Iterator[BinaryIO]:
    passing = f"{path.parent}/.{uuid4().hex}.part"
    with _created(passing) as part:
        try:
            yield part
            part.close()
            os.replace(passing, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(passing)
            raise


def _created(path: str) -> BinaryIO:
    """A new file, open to be written to; nearly always its folder is there, and looking takes as long as writing."""
    try:
        return open(path, "xb", _BUFFER)
    except (FileNotFoundError, NotADirectoryError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return open(path, "xb", _BUFFER)
