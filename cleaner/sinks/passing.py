"""What a run keeps on disk only while it goes on, where all its workers see it. Next: `report`, another room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.minhash import Sketches
from cleaner.sinks.writing import writing

_ARRAYS: Final = tuple(field.name for field in fields(Sketches))
Span = tuple[str, int, int]  # the name of a file, and bytes of it


@contextmanager
def passing(folder: Path | None = None) -> Iterator[Path]:
    """A folder in `folder` while the block runs, or among the passing ones of this machine.

    Only one run may have `folder`: what runs that were killed left there goes first. No folder has a name that another
    one had, for workers remember what they read.
    """
    place = folder and folder / "passing"
    if place:
        rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    try:
        with TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as name:
            yield Path(name)
    finally:
        if place:
            rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Spool:
    """Texts that wait in files of a folder; only where each one lies need be held in memory."""

    folder: Path

    def put(self, name: str, texts: Sequence[str]) -> NDArray[np.int64]:
        """Write texts to a file of that name, and say where each one ends."""
        data = [text.encode("utf-8", "surrogatepass") for text in texts]
        with writing(self.folder / name) as file:
            file.writelines(data)
        return np.cumsum([len(each) for each in data], dtype=np.int64)

    def text(self, span: Span) -> str:
        """The text that lies there."""
        name, start, end = span
        with (self.folder / name).open("rb") as file:
            file.seek(start)
            return file.read(end - start).decode("utf-8", "surrogatepass")


class SharedSketches:
    """Sketches that travel to other processes as files, which are written to `folder` when they first do so."""

    def __init__(self, sketches: Sketches, folder: Path) -> None:
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

    folder: Path

    def __call__(self) -> Sketches:
        """The sketches, mapped into memory."""
        return _mapped(self.folder)


@lru_cache(maxsize=1)
def _mapped(folder: Path) -> Sketches:
    return Sketches(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS))
