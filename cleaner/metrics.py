"""What is told of a long run every minute: how fast it goes, what it finds, and how long it will take."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, Final

from cleaner import logs

EVERY: Final = 60.0  # seconds
_LOG: Final = logging.getLogger(__name__)
_MEGABYTE: Final = 1_000_000
_TICK: Final = 1e-3  # seconds: less is not measured


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run has done so far; None is what it doesn't count.

    `size` is the bytes of what was read, as it came out of its containers, `characters` are those of documents and
    `removed` those of them that are gone, dropped documents included; `share` is the part of all work that is done.
    """

    documents: int = 0
    size: int | None = None
    characters: int | None = None
    removed: int | None = None
    failures: int | None = None
    share: float | None = None


class Stopwatch:
    """How long a run and its stages take, by a `clock` of seconds; without one, nothing is measured."""

    def __init__(self, clock: Callable[[], float] | None) -> None:
        self._clock = clock or (lambda: 0.0)
        self._begun = self._last = self._clock()
        self._stages: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """A stage has ended, which began when the last one did."""
        now = self._clock()
        self._stages[stage], self._last = now - self._last, now

    def facts(self, figures: Figures, *, known: int, engine: str, workers: int | None) -> dict[str, Any]:
        """How fast it went so far: seconds in all and of each stage, documents and megabytes in a second.

        `known` are the documents that an earlier run had cleaned, which takes next to no time.
        """
        seconds = self._last - self._begun
        megabytes = (figures.size or 0) / _MEGABYTE
        return {
            "seconds": round(seconds, 3),
            "stages": {stage: round(each, 3) for stage, each in self._stages.items()},
            "documents": figures.documents,
            "taken_over": known,
            "megabytes": round(megabytes, 3),
            "documents_per_second": round(figures.documents / max(seconds, _TICK), 1),
            "megabytes_per_second": round(megabytes / max(seconds, _TICK), 3),
            "engine": engine,
            "workers": workers,
        }


class Meter:
    """Logs the figures of a run when a minute has gone by since the last time; `clock` gives seconds."""

    def __init__(self, *, every: float = EVERY, clock: Callable[[], float] = time.monotonic) -> None:
        self._every, self._clock = every, clock
        self._begun = self._told = clock()
        self._last = self._now = Figures()
        self._turn = Lock()

    @contextmanager
    def beating(self) -> Iterator[Meter]:
        """The meter, which logs while the block runs even if it hears nothing, as when one document takes long."""
        ended = Event()
        beating = Thread(target=self._beat, args=[ended], name="metrics", daemon=True)
        beating.start()
        try:
            yield self
        finally:
            ended.set()
            beating.join()

    def _beat(self, ended: Event) -> None:
        while not ended.wait(self._every):
            self._log_if_due()

    def tell(self, figures: Figures) -> None:
        """Hear how far the run is; it is logged if a minute has gone by, however often this is called."""
        self._now = figures
        self._log_if_due()

    def _log_if_due(self) -> None:
        with self._turn:
            figures, now = self._now, self._clock()
            if now - self._told < self._every:
                return
            fields = _fields(figures, self._last, seconds=now - self._told, elapsed=now - self._begun)
            self._told, self._last = now, figures
        _LOG.info(_sentence(fields), extra=logs.event(logs.METRICS, **fields))


def _fields(figures: Figures, last: Figures, *, seconds: float, elapsed: float) -> dict[str, Any]:
    """The figures as a program reads them: rates are those since the last time, all else since the beginning."""
    fields: dict[str, Any] = {
        "documents": figures.documents,
        "documents_per_second": round((figures.documents - last.documents) / seconds, 3),
        "elapsed_seconds": round(elapsed, 1),
    }
    if figures.size is not None:
        fields["megabytes_per_second"] = round((figures.size - (last.size or 0)) / seconds / _MEGABYTE, 3)
    if figures.removed is not None:
        fields["removed_share"] = round(figures.removed / max(figures.characters or 0, 1), 4)
    if figures.failures is not None:
        fields["failures"] = figures.failures
    if figures.share:
        fields["done_share"] = round(figures.share, 4)
        fields["eta_seconds"] = round(elapsed * (1 - figures.share) / figures.share, 1)
    return fields


def _sentence(fields: dict[str, Any]) -> str:
    rate = f"{fields['documents_per_second']:,.1f}/s"
    if "megabytes_per_second" in fields:
        rate += f", {fields['megabytes_per_second']:,.2f} MB/s"
    parts = [f"{fields['documents']:,} documents ({rate})"]
    if "removed_share" in fields:
        parts.append(f"{fields['removed_share']:.1%} removed")
    if "failures" in fields:
        parts.append(f"{fields['failures']:,} failed")
    if "eta_seconds" in fields:
        parts.append(f"{fields['done_share']:.0%} done, some {duration(fields['eta_seconds'])} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Seconds as people say them.

    >>> duration(50.4), duration(59.6), duration(5400), duration(200_000)
    ('50 s', '1 min', '1 h 30 min', '55 h 33 min')
    """
    if round(seconds) < 60:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
