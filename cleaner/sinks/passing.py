"""What a run keeps on disk only while it goes on, where all its workers see it. Next: `report`, another room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Lock
from typing import Any, Final
from uuid import uuid4
from zlib import compress, decompress

import numpy as np
from numpy.typing import NDArray

from cleaner.minhash import Sketches
from cleaner.sinks.stores import Place, Stored, drop, find
from cleaner.sinks.writing import read, read_span, writing

_ARRAYS: Final = tuple(field.name for field in fields(Sketches))
Span = tuple[str, int, int]  # the name of a file, and bytes of it


@contextmanager
def passing(folder: Place | None = None) -> Iterator[Place]:
    """A folder in `folder` while the block runs, or among the passing ones of this machine.

    Only one run may have `folder`: what runs that were killed left there goes first. No folder has a name that another
    one had, for workers remember what they read.
    """
    place = folder and folder / "passing"
    if place:
        _clear(place)
    try:
        if isinstance(place, Stored):
            yield place / uuid4().hex
            return
        if place:
            place.mkdir(parents=True)
        with TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as name:
            yield Path(name)
    finally:
        if place:
            _clear(place)


def _clear(place: Place) -> None:
    if isinstance(place, Stored):
        for file in find(place):
            drop(file)
    else:
        rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Spool:
    """Texts that wait in files of a folder; only where each one lies need be held in memory."""

    folder: Place

    @staticmethod
    def packed(text: str) -> bytes:
        """A text as it waits; no two have the same bytes."""
        return text.encode("utf-8", "surrogatepass")

    def put(self, name: str, texts: Sequence[str]) -> NDArray[np.int64]:
        """Write texts to a file of that name, and say where each one ends."""
        data = list(map(self.packed, texts))
        with writing(self.folder / name) as file:
            file.writelines(data)
        return np.cumsum([len(each) for each in data], dtype=np.int64)

    def whole(self, name: str) -> bytes:
        """All bytes of the file of that name."""
        return read(self.folder / name)

    def text(self, span: Span) -> str:
        """The text that lies there."""
        name, start, end = span
        return read_span(self.folder / name, start, end).decode("utf-8", "surrogatepass")


class Waiting:
    """Lines that wait in a file which no one else sees, to be read once from the first on: in `folder`, if on a disk.

    Others have it on the disk of this machine. It goes with its process, however that ends.
    """

    def __init__(self, folder: Place) -> None:
        self._file = TemporaryFile("w+", encoding="utf-8", dir=_disk(folder))  # noqa: SIM115  closed by `close`

    def put(self, line: str) -> None:
        """Write a line, which is one, and in ASCII."""
        self._file.write(f"{line}\n")

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        return iter(self._file)

    def close(self) -> None:
        """Let go of all lines."""
        self._file.close()


def _disk(folder: Place) -> Path | None:
    return folder if isinstance(folder, Path) else None


class Heap:
    """Bytes that wait, packed, in a nameless file of this machine, which is gone with the process."""

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="cleaner-")  # noqa: SIM115  it is closed when nobody has it any more
        self._alone = Lock()
        self._end = 0

    def put(self, data: bytes) -> tuple[int, int]:
        """Keep the bytes, and say where they lie; raises OSError if there is no room."""
        packed = compress(data, level=1)
        with self._alone:
            start = self._end
            self._file.seek(start)
            self._file.write(packed)
            self._end += len(packed)
            return start, self._end

    def get(self, start: int, end: int) -> bytes:
        """What was put there."""
        with self._alone:
            self._file.seek(start)
            return decompress(self._file.read(end - start))

    def close(self) -> None:
        """Let go of all."""
        self._file.close()


class SharedSketches:
    """Sketches that travel to other processes as files, which are written to `folder` when they first do so."""

    def __init__(self, sketches: Sketches, folder: Place) -> None:
        self._sketches, self._folder = sketches, folder
        self._is_written = False

    def __call__(self) -> Sketches:
        """The sketches: here as they are, elsewhere mapped into memory, which the processes of a machine share."""
        return self._sketches

    def __reduce__(self) -> tuple[Any, ...]:
        if not self._is_written:
            for name in _ARRAYS:
                with writing(self._folder / f"{name}.npy") as file:
                    np.save(file, getattr(self._sketches, name))
            self._is_written = True
        return _Mapped, (self._folder,)


@dataclass(frozen=True, slots=True)
class _Mapped:
    """The same sketches in another process."""

    folder: Place

    def __call__(self) -> Sketches:
        """The sketches, mapped into memory if they lie on a disk."""
        return _mapped(self.folder)


@lru_cache(maxsize=1)
def _mapped(folder: Place) -> Sketches:
    return Sketches(*(_array(folder / f"{name}.npy") for name in _ARRAYS))


def _array(path: Place) -> Any:
    return np.load(BytesIO(read(path))) if isinstance(path, Stored) else np.load(path, mmap_mode="r")
