"""Texts that wait on disk until a run has seen all of them. With this the room ends; next: `report`."""

from __future__ import annotations

from array import array
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType


class Spool:
    """Texts in a passing file in a folder, read again by number; only where each one lies is held in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115  closed when the block ends
        self._ends = array("q", [0])

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the passing file."""
        self._file.close()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, text: str) -> None:
        """Take in a text; its number is that of texts before it."""
        data = text.encode("utf-8", "surrogatepass")
        self._file.seek(self._ends[-1])
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def text(self, number: int) -> str:
        """The text of that number."""
        self._file.seek(self._ends[number])
        return self._file.read(self._ends[number + 1] - self._ends[number]).decode("utf-8", "surrogatepass")
