"""What a run keeps for the next one in its folder: finished parts, and who is writing there. Next: `passing`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Final, cast

from filelock import FileLock, Timeout

from cleaner.errors import BusyError
from cleaner.sinks.claims import claimed
from cleaner.sinks.stores import PASSING, Place, Stored, drop, find
from cleaner.sinks.writing import Output, is_there, read, read_span, remove, write

_SEAL: Final = 16  # bytes of the digest that a part ends with
_PATIENCE: Final = 10  # seconds, in which a file is read and written many times
_PARTS: Final = "parts"
_FAN: Final = 2  # letters of a key that name its folder, for a million files in one are slow


@dataclass(frozen=True, slots=True)
class State:
    """The hidden folder in that of a run."""

    folder: Place

    @classmethod
    def of(cls, output: Output) -> State:
        """The state of runs into a folder."""
        return cls(output.folder / ".cleaner")

    def is_whole(self, key: str) -> bool:
        """Whether a part is there as it was put: a machine that goes down may leave files that are not."""
        try:
            data = read(self._place(key))
        except OSError:
            return False
        return len(data) >= _SEAL and _seal(data[:-_SEAL]) == data[-_SEAL:]

    def put(self, key: str, data: bytes) -> None:
        """Keep a part; it is there as a whole or not at all."""
        write(self._place(key), data + _seal(data))

    def get(self, key: str) -> bytes:
        """What was put; raises OSError if it isn't there."""
        return read(self._place(key))[:-_SEAL]

    def share(self, key: str, other: str) -> None:
        """Keep a part under another key, too: as one file, where the system can have two names for it."""
        kept, place = self._place(key), self._place(other)
        if not _link(kept, place):
            write(place, read(kept))

    def span(self, key: str, start: int, end: int) -> bytes:
        """Some bytes of what was put."""
        return read_span(self._place(key), start, end)

    def keys(self) -> Iterator[str]:
        """The keys of all parts."""
        parts = self.folder / _PARTS
        found = find(parts) if isinstance(parts, Stored) else parts.glob("*/*")
        return (path.name for path in found if not path.name.startswith("."))

    def forget(self, key: str) -> None:
        """Let go of a part."""
        remove(self._place(key))

    def note(self, name: str, content: str | bytes) -> Place:
        """Keep something besides parts, and say where."""
        path = self.folder / name
        write(path, content)
        return path

    def notes(self, folder: str) -> dict[str, bytes]:
        """What is kept in a folder of notes, by name."""
        return {f"{folder}/{path.name}": read(path) for path in _files(self.folder / folder)}

    def drop_note(self, name: str) -> None:
        """Let go of a note."""
        remove(self.folder / name)

    def trial(self, name: str, use: Callable[[Place], None]) -> None:
        """Have a file of that name written for trial, and remove it; raises what keeps it from being written."""
        path = self.folder / "trial" / name
        try:
            use(path)
        finally:
            remove(path)

    def _place(self, key: str) -> Place:
        return self.folder / f"{_PARTS}/{key[:_FAN]}/{key}"


def _link(kept: Place, place: Place) -> bool:
    """Give a file another name; whether there are such links here, and nothing has the name."""
    if isinstance(kept, Stored) or isinstance(place, Stored):
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        os.link(kept, place)
        return True
    return False


def _files(folder: Place) -> list[Place]:
    """The files of a folder by their names, without those that are being written."""
    found: Iterable[Place] = find(folder) if isinstance(folder, Stored) else folder.glob("*")
    return sorted((path for path in found if not PASSING.fullmatch(path.name)), key=lambda path: path.name)


def _seal(data: bytes) -> bytes:
    return blake2b(data, digest_size=_SEAL).digest()


@contextmanager
def taken(output: Output, state: State) -> Iterator[None]:
    """Has the folder of a run for oneself while the block runs; what an earlier run left half-written is removed.

    Raises `BusyError` if another run has it. The lock goes with its process, however that ends; in a store it stays
    if that is killed, and only the next run on the same machine sees that it means nothing.
    """
    with _had(output, state.folder):
        running = state.folder / "running"
        if is_there(running):
            _sweep(output.folder)
        _mark(running)
        yield
        remove(running)


@contextmanager
def alone_at(place: Place) -> Iterator[None]:
    """Has a file that people's doings change for oneself while the block runs; others wait, some seconds at most.

    Whoever else changes it must ask in this way, too. In a store there is no such thing, and nothing is had. Raises
    `BusyError` if others don't come to an end, OSError if the folder refuses.
    """
    if isinstance(place, Stored):
        yield
        return
    hidden = cast(Path, State.of(Output(place.parent)).folder)
    hidden.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(hidden / f"{place.name}.lock", timeout=_PATIENCE):
            yield
    except Timeout as error:
        raise BusyError(f"{place}: another process is changing it, and does not come to an end; try again") from error


def _mark(place: Place) -> None:
    """Have a file there, in one step: what is begun before the mark stands would never be swept."""
    if isinstance(place, Stored):
        write(place, b"")
    else:
        place.touch()


def _had(output: Output, hidden: Place) -> AbstractContextManager[None]:
    """What has the folder of a run for oneself."""
    if isinstance(hidden, Stored):
        return claimed(hidden / "lock", folder=str(output.folder))
    return _locked(hidden, folder=str(output.folder))


@contextmanager
def _locked(hidden: Path, *, folder: str) -> Iterator[None]:
    hidden.mkdir(parents=True, exist_ok=True)
    lock = FileLock(hidden / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(f"{folder}: another run is writing to it; wait for its end, or give another OUT") from error
    try:
        yield
    finally:
        lock.release()


_OURS: Final = ("text", "reports", "table", "kept", ".cleaner")  # folders of a run; beside them others may have theirs


def _sweep(folder: Place) -> None:
    """Remove files that were being written when a run was cut short; others never end so."""
    if isinstance(folder, Path):
        for path in chain(folder.glob(".*.part"), *((folder / name).rglob(".*.part") for name in _OURS)):
            with suppress(FileNotFoundError):
                os.unlink(path)
    elif not folder.is_of_objects:  # which are never half there
        for place in find(folder):
            if PASSING.fullmatch(place.name):
                drop(place)
