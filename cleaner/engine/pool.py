"""Work that processes on this machine do, if there is enough of it. Next: `cluster`, by those of many machines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from cleaner.engine.alone import careful
from cleaner.engine.jobs import Budget, Item, Job, Piece, Result, Workers

if TYPE_CHECKING:  # imported once there is work for them: what manages processes takes long
    from cleaner.engine.processes import Processes

_WORTHWHILE: Final = 4 << 20  # bytes: less is done sooner than workers start
_LARGE: Final = 512 << 10  # bytes of a piece that may take long, which only workers can be kept from


@dataclass(frozen=True, slots=True)
class Pool:
    """Processes on this machine, by default one for each core.

    What breaks its budget or its worker is tried again alone, and fails if it does so again; its worker is replaced.
    Work of less than `worthwhile` bytes, without large pieces, is done by this process, for workers take longer to
    start.
    """

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    budget: Budget = field(default_factory=Budget)
    worthwhile: int = _WORTHWHILE

    def prepare(self) -> None:
        """Make ready, without waiting for it, what workers are copied from: they will start sooner."""
        from cleaner.engine.processes import prepare  # noqa: PLC0415

        prepare()

    @contextmanager
    def opened(self) -> Iterator[Workers]:
        """As `Engine.opened`."""
        pooled = _Pooled(self)
        try:
            yield pooled
        finally:
            pooled.close()


class _Pooled:
    """The workers of a pool, and this process where they are not worthwhile."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._processes: Processes | None = None

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        """As `Workers.map`."""
        pieces: Iterator[Piece] = (piece for item in items for piece in job.cut(item))
        if not (self._processes and self._processes.have_begun):
            first, is_all = _first(pieces, job.size, self._pool.worthwhile)
            if is_all:
                for piece in first:
                    yield from careful(job, piece, self._pool.budget)
                return
            pieces = chain(first, pieces)
        yield from self._begun().results(job, pieces)

    def _begun(self) -> Processes:
        from cleaner.engine.processes import Processes  # noqa: PLC0415

        self._processes = self._processes or Processes(self._pool.workers, self._pool.budget)
        return self._processes

    def close(self) -> None:
        """End all workers."""
        if self._processes:
            self._processes.close()


def _first(pieces: Iterator[Piece], size: Callable[[Piece], int], least: int) -> tuple[list[Piece], bool]:
    """So many pieces that they have the size, and whether that is all of them."""
    found: list[Piece] = []
    total = 0
    while total < least:
        piece = next(pieces, None)
        if piece is None:
            return found, True
        found.append(piece)
        total += size(piece) if size(piece) < _LARGE else least
    return found, False
