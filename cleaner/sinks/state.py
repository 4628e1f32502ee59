"""What a run keeps for the next one in its folder: finished parts, and who is writing there. Next: `passing`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from cleaner.errors import BusyError
from cleaner.sinks.writing import Output, remove, write

_SEAL: Final = 16  # bytes of the digest that a part ends with
_FAN: Final = 2  # letters of a key that name its folder, for a million files in one are slow


@dataclass(frozen=True, slots=True)
class State:
    """The hidden folder in that of a run."""

    folder: Path

    @classmethod
    def of(cls, output: Output) -> State:
        """The state of runs into a folder."""
        return cls(output.folder / ".cleaner")

    def has(self, key: str) -> bool:
        """Whether a part is there."""
        return self._place(key).is_file()

    def is_whole(self, key: str) -> bool:
        """Whether a part is there as it was put: a machine that goes down may leave files that are not."""
        try:
            data = self._place(key).read_bytes()
        except OSError:
            return False
        return len(data) >= _SEAL and _seal(data[:-_SEAL]) == data[-_SEAL:]

    def put(self, key: str, data: bytes) -> None:
        """Keep a part; it is there as a whole or not at all."""
        write(self._place(key), data + _seal(data))

    def get(self, key: str) -> bytes:
        """What was put; raises OSError if it isn't there."""
        return self._place(key).read_bytes()[:-_SEAL]

    def span(self, key: str, start: int, end: int) -> bytes:
        """Some bytes of what was put."""
        with self._place(key).open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def keys(self) -> Iterator[str]:
        """The keys of all parts."""
        return (path.name for path in self._parts.glob("*/*") if not path.name.startswith("."))

    def forget(self, key: str) -> None:
        """Let go of a part."""
        remove(self._place(key))

    def note(self, name: str, content: str) -> Path:
        """Keep something besides parts, and say where."""
        path = self.folder / name
        write(path, content)
        return path

    def trial(self, name: str, use: Callable[[Path], None]) -> None:
        """Have a file of that name written for trial, and remove it; raises what keeps it from being written."""
        path = self.folder / "trial" / name
        try:
            use(path)
        finally:
            remove(path)

    @property
    def _parts(self) -> Path:
        return self.folder / "parts"

    def _place(self, key: str) -> Path:
        return self._parts / key[:_FAN] / key


def _seal(data: bytes) -> bytes:
    return blake2b(data, digest_size=_SEAL).digest()


@contextmanager
def taken(output: Output, state: State) -> Iterator[None]:
    """Has the folder of a run for oneself while the block runs; what an earlier run left half-written is removed.

    Raises `BusyError` if another run has it. The lock goes with its process, however that ends.
    """
    state.folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(state.folder / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"{output.folder}: another run is writing to it; wait for its end, or give another OUT"
        ) from error
    try:
        running = state.folder / "running"
        if running.exists():
            _sweep(output.folder)
        running.touch()
        yield
        remove(running)
    finally:
        lock.release()


def _sweep(folder: Path) -> None:
    """Remove files that were being written when a run was cut short; others never end so."""
    for path in folder.rglob(".*.part"):
        with suppress(FileNotFoundError):
            os.unlink(path)
