"""Work that this process does by itself. Next: `processes`, by others on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from cleaner.engine.jobs import Budget, Item, Job, Piece, Result
from cleaner.limits import OverTime, limited


@dataclass(frozen=True, slots=True)
class Serial:
    """One piece after another, by the process itself, which heeds its budget as far as `limited` can."""

    budget: Budget = field(default_factory=lambda: Budget(0, 0))

    def opened(self) -> AbstractContextManager[Serial]:
        """Itself."""
        return nullcontext(self)

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        """As `Workers.map`."""
        for item in items:
            for piece in job.cut(item):
                yield from careful(job, piece, self.budget)


def careful(job: Job[Any, Piece, Result], piece: Piece, budget: Budget) -> Iterator[Result]:
    """What comes of a piece; of its parts, each by itself, if all of it at once takes too much."""
    try:
        with limited(budget.seconds, budget.memory):
            found = job.work(piece)
    except (OverTime, MemoryError) as error:
        parts = job.split(piece)
        if len(parts) < 2:
            reason = budget.too_long if isinstance(error, OverTime) else budget.too_large
            yield job.fail(piece, reason, isinstance(error, OverTime) or budget.memory > 0)
        else:
            yield from (result for part in parts for result in careful(job, part, budget))
    else:
        yield found
