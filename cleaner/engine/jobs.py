"""What an engine does, told to it: jobs, what they may take, and who does them. Next: `alone`, by this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from cleaner.limits import limit_memory

Item = TypeVar("Item")
Piece = TypeVar("Piece")
Result = TypeVar("Result")

SECONDS: Final = 300.0  # for one document: the longest that are no attack take some ten
MEMORY: Final = 2048  # MiB for a worker: one that has the rules loaded takes some 350
LEAST_MEMORY: Final = 512  # MiB, with which texts of some megabytes can be cleaned
AHEAD: Final = 3  # pieces under way for each worker, so that none waits for the next
OUT_OF_MEMORY: Final = 77  # the code that a worker ends with
PERHAPS: Final = ", perhaps for want of memory; look at this file, and run again with fewer --workers"


@dataclass(frozen=True, slots=True)
class Budget:
    """What one piece may take: seconds, and MiB of memory of its worker; 0 is no limit.

    Raises ValueError for less memory than a worker needs for itself.
    """

    seconds: float = SECONDS
    memory: int = MEMORY

    def __post_init__(self) -> None:
        if 0 < self.memory < LEAST_MEMORY:
            raise ValueError(f"a worker needs {LEAST_MEMORY} MiB for itself; {self.memory} would let every file fail")

    @property
    def too_long(self) -> str:
        """What is said of a piece that takes longer."""
        return f"takes more than {self.seconds:g} seconds; give it more by --max-seconds-per-file"

    @property
    def too_large(self) -> str:
        """What is said of a piece that takes more memory."""
        if not self.memory:
            return "takes more memory than there is"
        return f"takes more than {self.memory} MiB of memory; give it more by --max-memory-per-worker"


@dataclass(frozen=True, slots=True)
class Job(Generic[Item, Piece, Result]):
    """Work to be done on the pieces of items; `start`, `cut` and `work` must be able to travel to other processes.

    `start` is called in each worker before its first piece, so that what it makes ready counts for no piece's time; it
    may fail, if `work` fails then likewise; None is for work that needs nothing. `cut` gives the pieces of an item in
    their order, and `size` the bytes of one, about; `work` does one piece. Of a piece that broke its worker or its
    budget, `split` gives smaller ones that are then tried alone; of one that cannot be split, `fail` makes the result,
    given the reason and whether that would be the same another time.
    """

    start: Callable[[], object] | None
    cut: Callable[[Item], Iterable[Piece]]
    work: Callable[[Piece], Result]
    split: Callable[[Piece], Sequence[Piece]]
    fail: Callable[[Piece, str, bool], Result]
    size: Callable[[Piece], int]


def simple(work: Callable[[Piece], Result], size: Callable[[Piece], int]) -> Job[Piece, Piece, Result]:
    """The job of doing pieces as they are; one that breaks its worker is done by this process.

    `work` must be able to travel to other processes, and needs nothing made ready.
    """
    return Job(None, whole, work, whole, lambda piece, reason, is_sure: work(piece), size)


def whole(piece: Piece) -> tuple[Piece, ...]:
    """The piece as its only part."""
    return (piece,)


class Workers(Protocol):
    """Those who do jobs, one after another."""

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        """The results of all pieces of all items, in order; items are read as they are needed, never far ahead.

        What `work` raises comes out here. However the iteration ends, no worker goes on.
        """


class Engine(Protocol):
    """Says who does jobs."""

    @property
    def budget(self) -> Budget:
        """What a piece may take."""

    def opened(self) -> AbstractContextManager[Workers]:
        """Its workers, while the block runs; they start with the first job that is worth it, and stay for others."""


class Broken(Exception):  # noqa: N818  it is caught where it is raised
    """A piece broke its worker or its budget; `is_sure` if it would do so another time."""

    def __init__(self, reason: str, *, is_sure: bool) -> None:
        super().__init__(reason)
        self.is_sure = is_sure


def begin(start: Callable[[], object] | None, memory: int) -> None:
    """Make a worker ready."""
    limit_memory(memory << 20)
    if start:
        with suppress(Exception):  # which the first piece will raise where it is heard
            start()
