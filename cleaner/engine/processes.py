"""The processes of a pool: how they start, are given work, and are replaced. Next: `pool`, for enough of that."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver, get_context, parent_process, resource_tracker
from threading import Thread
from typing import Any, Final, Generic

from pebble import CONSTS, ProcessExpired, ProcessPool

from cleaner.engine.jobs import (
    AHEAD,
    OUT_OF_MEMORY,
    PERHAPS,
    Broken,
    Budget,
    Item,
    Job,
    Piece,
    Result,
    begin,
)
from cleaner.errors import EngineError

_SETTLING: Final = 4096  # results that may wait for one that takes long
_ORPHANED: Final = 78  # the code of a worker that nobody gives work any longer
_ABORTED: Final = -6  # of SIGABRT
_TRIES: Final = 2  # a worker may have died of something else than its piece
_BREAKS: Final = 3  # times that a whole pool may break
_LOOK: Final = 1.0  # seconds after which it is looked whether workers are still there
_TERMINATION: Final = 0.5  # seconds that a worker has for ending, before it is killed


@dataclass(slots=True)
class _Waiting(Generic[Piece]):
    """A piece that is under way; None once it is done, for pieces are large."""

    piece: Piece | None
    future: Future[Any]

    @property
    def is_done(self) -> bool:
        """Whether there is a result."""
        return self.future.done() and not self.future.cancelled() and not self.future.exception()


class Processes:
    """The processes of a pool: they start with the first piece, and again for a job that begins in another way."""

    def __init__(self, workers: int, budget: Budget) -> None:
        self.workers, self.budget = workers, budget
        self._pool: Any = None
        self._start: Callable[[], object] | None = None
        self._breaks = 0

    @property
    def have_begun(self) -> bool:
        """Whether there are any."""
        return self._pool is not None

    def results(self, job: Job[Item, Piece, Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        """What comes of each piece, in order."""
        return _Pending(self, job).results(pieces)

    def begin(self, job: Job[Any, Any, Any]) -> None:
        """Have workers that have begun as the job says."""
        if self._pool and job.start not in (None, self._start):
            self.close()
        if not self._pool:
            self._start = job.start
            self._open(job)

    @property
    def are_there(self) -> bool:
        """Whether they are; all go if one is killed while it holds what they share."""
        return bool(self._pool and self._pool.active)

    def given(self, job: Job[Any, Piece, Any], piece: Piece) -> Future[Any]:
        """What will come of a piece; raises `_Gone` if all workers are, and there are new ones."""
        if not self.are_there:
            self._reopen(job)
            raise _Gone
        seconds = self.budget.seconds or None
        scheduled: Future[Any] = self._pool.schedule(_done, args=[job.work, piece], timeout=seconds)
        return scheduled

    def close(self) -> None:
        """End all workers."""
        if self._pool:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def _reopen(self, job: Job[Any, Any, Any]) -> None:
        self._breaks += 1
        if self._breaks > _BREAKS:
            raise EngineError(
                "workers die as soon as they start; look at what they say above, or run with --engine serial"
            )
        self.close()
        self._open(job)

    def _open(self, job: Job[Any, Any, Any]) -> None:
        CONSTS.term_timeout = _TERMINATION
        prepare()
        context = get_context("forkserver" if _CAN_COPY else "spawn")
        given = (self._start, self.budget.memory)
        self._pool = ProcessPool(self.workers, initializer=_begin, initargs=given, context=context)


_CAN_COPY: Final = os.name == "posix"
_READY: Final = ("cleaner.rehearsal", "cleaner.parts", __name__)  # what makes workers ready, and what they do
_COMMAND: Final = "cleaner.cli"  # which workers import as well if it is what began


def prepare() -> None:
    """Start the process that workers are copied from, if it doesn't run; interrupts end it without a word."""
    if not _CAN_COPY:
        return
    forkserver.set_forkserver_preload([*_READY, *(name for name in (_COMMAND,) if name in sys.modules)])
    resource_tracker.ensure_running()  # which lets interrupts in again, whatever was in force
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Gone(Exception):  # noqa: N818  it is caught where it is raised
    """All workers went at once."""


class _Pending(Generic[Item, Piece, Result]):
    """The pieces of a job that processes are doing."""

    def __init__(self, processes: Processes, job: Job[Item, Piece, Result]) -> None:
        self._processes, self._job = processes, job
        self._waiting: deque[_Waiting[Piece]] = deque()

    def results(self, pieces: Iterable[Piece]) -> Iterator[Result]:
        """What comes of each, in order."""
        self._processes.begin(self._job)
        try:
            for piece in pieces:
                self._leave_room()
                self._waiting.append(_Waiting(piece, self._given(piece)))
                while self._waiting and (self._waiting[0].future.done() or len(self._waiting) > _SETTLING):
                    yield from self._settled(self._waiting.popleft())
            while self._waiting:
                yield from self._settled(self._waiting.popleft())
        finally:
            if self._waiting:  # nobody wants what they do
                self._processes.close()

    def _leave_room(self) -> None:
        """Wait until few enough pieces are under way; the first may take long while others come and go."""
        while len(running := [each.future for each in self._waiting if not each.future.done()]) >= self._limit:
            self._wait_for(running)
        for each in self._waiting:
            if each.piece is not None and each.is_done:
                each.piece = None

    @property
    def _limit(self) -> int:
        return self._processes.workers * AHEAD

    def _wait_for(self, futures: list[Future[Any]]) -> None:
        """Wait until one of them is done; what workers were given while they went has no end, and is cancelled."""
        while not any(future.done() for future in futures):
            wait(futures, timeout=_LOOK, return_when=FIRST_COMPLETED)
            if not self._processes.are_there:
                for future in futures:
                    future.cancel()

    def _settled(self, waiting: _Waiting[Piece]) -> Iterator[Result]:
        """What comes of a piece; of its parts, each by itself, if it broke something."""
        try:
            result = self._result(waiting.piece, waiting.future)
        except Broken as error:
            assert waiting.piece is not None
            parts = self._job.split(waiting.piece)
            if len(parts) < 2:
                yield self._tried(waiting.piece, error)
                return
            yield from (self._tried(part, None) for part in parts)
        else:
            yield result

    def _tried(self, piece: Piece, broken: Broken | None) -> Result:
        """What comes of a piece alone; one whose worker died has another try, for others may have taken the memory."""
        tries = _TRIES - (broken is not None)
        while tries and not (broken and broken.is_sure):
            tries -= 1
            try:
                return self._result(piece, self._given(piece))
            except Broken as error:
                broken = error
        assert broken is not None
        return self._job.fail(piece, str(broken), broken.is_sure)

    def _result(self, piece: Piece | None, future: Future[Any]) -> Result:
        """What came of a piece; raises `Broken` if it broke its worker or its budget."""
        while True:
            try:
                self._wait_for([future])
                found: Result = future.result()
            except (BrokenProcessPool, CancelledError):
                assert piece is not None
                future = self._given(piece)
            except (ProcessExpired, TimeoutError) as error:
                if not isinstance(error, ProcessExpired) and isinstance(error.errno, int):
                    raise  # of a disk far away
                raise _broken(error, self._processes.budget) from error
            else:
                return found

    def _given(self, piece: Piece) -> Future[Any]:
        while True:
            try:
                return self._processes.given(self._job, piece)
            except _Gone:
                for each in self._waiting:
                    each.future.cancel()


def _broken(error: BaseException, budget: Budget) -> Broken:
    if not isinstance(error, ProcessExpired):
        return Broken(budget.too_long, is_sure=True)
    if error.exitcode == OUT_OF_MEMORY:
        return Broken(budget.too_large, is_sure=True)
    if error.exitcode == _ABORTED and budget.memory:  # libraries that get no memory end their process
        return Broken(f"{budget.too_large}, or a library that cleans it gave up (SIGABRT)", is_sure=True)
    with suppress(ValueError):
        return Broken(f"its worker died twice ({signal.Signals(-error.exitcode).name}){PERHAPS}", is_sure=False)
    return Broken(f"its worker died twice (exit code {error.exitcode}){PERHAPS}", is_sure=False)


def _begin(start: Callable[[], object] | None, memory: int) -> None:
    """Make a worker ready; it ends with the process that gives it work."""
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    begin(start, memory)


def _end_with_parent() -> None:
    """Wait for the end of the process that began this one, and end at once: another run may have the folder then."""
    if parent := parent_process():
        parent.join()
        os._exit(_ORPHANED)


def _done(work: Callable[[Piece], Result], piece: Piece) -> Result:
    """What the work gives; a worker that has no memory left for it ends, for it may be in any state."""
    try:
        return work(piece)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
