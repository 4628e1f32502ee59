"""Who does the work: this process, a pool of processes, or a Ray cluster. Next: `language`, how Chinese reads.

An engine has workers, and what they do is one `map`: the same results in the same order, whoever does the work and
however many they are. What is done, how it is cut into pieces and what becomes of a piece that breaks its worker is for
the caller to say, as a `Job`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from itertools import chain
from multiprocessing import forkserver, get_context, parent_process, resource_tracker
from socket import create_connection
from threading import Thread
from typing import Any, Final, Generic, Protocol, TypeVar, cast

from pebble import CONSTS, ProcessExpired, ProcessPool

from cleaner.errors import AbsentError, EngineError
from cleaner.limits import OverTime, lift_memory_limit, limit_memory, limited

Item = TypeVar("Item")
Piece = TypeVar("Piece")
Result = TypeVar("Result")

SECONDS: Final = 300.0  # for one document: the longest that are no attack take some ten
MEMORY: Final = 2048  # MiB for a worker: one that has the rules loaded takes some 350
LEAST_MEMORY: Final = 512  # MiB, with which texts of some megabytes can be cleaned
_WORTHWHILE: Final = 4 << 20  # bytes: less is done sooner than workers start
_LARGE: Final = 512 << 10  # bytes of a piece that may take long, which only workers can be kept from
_AHEAD: Final = 3  # pieces under way for each worker, so that none waits for the next
_SETTLING: Final = 4096  # results that may wait for one that takes long
_OUT_OF_MEMORY: Final = 77  # the code that a worker ends with
_ORPHANED: Final = 78  # the code of one that nobody gives work any longer
_ABORTED: Final = -6  # of SIGABRT
_TRIES: Final = 2  # a worker may have died of something else than its piece
_BREAKS: Final = 3  # times that a whole pool may break
_LOOK: Final = 1.0  # seconds after which it is looked whether workers are still there
_TERMINATION: Final = 0.5  # seconds that a worker has for ending, before it is killed


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
    return Job(None, _whole, work, _whole, lambda piece, reason, is_sure: work(piece), size)


def _whole(piece: Piece) -> tuple[Piece, ...]:
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
                yield from _careful(job, piece, self.budget)


def _careful(job: Job[Any, Piece, Result], piece: Piece, budget: Budget) -> Iterator[Result]:
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
            yield from (result for part in parts for result in _careful(job, part, budget))
    else:
        yield found


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
        _prepare()

    @contextmanager
    def opened(self) -> Iterator[Workers]:
        """As `Engine.opened`."""
        processes = _Processes(self.workers, self.budget)
        try:
            yield _Pooled(processes, self.worthwhile)
        finally:
            processes.close()


@dataclass(frozen=True, slots=True)
class _Pooled:
    """The workers of a pool, and this process where they are not worthwhile."""

    processes: _Processes
    worthwhile: int

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        """As `Workers.map`."""
        pieces = (piece for item in items for piece in job.cut(item))
        if self.processes.have_begun:
            yield from _Pending(self.processes, job).results(pieces)
            return
        first, is_all = _first(pieces, job.size, self.worthwhile)
        if is_all:
            for piece in first:
                yield from _careful(job, piece, self.processes.budget)
            return
        yield from _Pending(self.processes, job).results(chain(first, pieces))


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


@dataclass(slots=True)
class _Waiting(Generic[Piece]):
    """A piece that is under way; None once it is done, for pieces are large."""

    piece: Piece | None
    future: Future[Any]

    @property
    def is_done(self) -> bool:
        """Whether there is a result."""
        return self.future.done() and not self.future.cancelled() and not self.future.exception()


class _Processes:
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
        _prepare()
        context = get_context("forkserver" if _CAN_COPY else "spawn")
        given = (self._start, self.budget.memory)
        self._pool = ProcessPool(self.workers, initializer=_begin_in_pool, initargs=given, context=context)


_CAN_COPY: Final = os.name == "posix"
_REHEARSAL: Final = "cleaner.rehearsal"
_COMMAND: Final = "cleaner.cli"  # which workers import as well if it is what began


def _prepare() -> None:
    """Start the process that workers are copied from, if it doesn't run; interrupts end it without a word."""
    if not _CAN_COPY:
        return
    forkserver.set_forkserver_preload([_REHEARSAL, *(name for name in (_COMMAND,) if name in sys.modules)])
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

    def __init__(self, processes: _Processes, job: Job[Item, Piece, Result]) -> None:
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
        return self._processes.workers * _AHEAD

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
        except _Broken as error:
            assert waiting.piece is not None
            parts = self._job.split(waiting.piece)
            if len(parts) < 2:
                yield self._tried(waiting.piece, error)
                return
            yield from (self._tried(part, None) for part in parts)
        else:
            yield result

    def _tried(self, piece: Piece, broken: _Broken | None) -> Result:
        """What comes of a piece alone; one whose worker died has another try, for others may have taken the memory."""
        tries = _TRIES - (broken is not None)
        while tries and not (broken and broken.is_sure):
            tries -= 1
            try:
                return self._result(piece, self._given(piece))
            except _Broken as error:
                broken = error
        assert broken is not None
        return self._job.fail(piece, str(broken), broken.is_sure)

    def _result(self, piece: Piece | None, future: Future[Any]) -> Result:
        """What came of a piece; raises `_Broken` if it broke its worker or its budget."""
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


class _Broken(Exception):  # noqa: N818  it is caught where it is raised
    """A piece broke its worker or its budget; `is_sure` if it would do so another time."""

    def __init__(self, reason: str, *, is_sure: bool) -> None:
        super().__init__(reason)
        self.is_sure = is_sure


def _broken(error: BaseException, budget: Budget) -> _Broken:
    if not isinstance(error, ProcessExpired):
        return _Broken(budget.too_long, is_sure=True)
    if error.exitcode == _OUT_OF_MEMORY:
        return _Broken(budget.too_large, is_sure=True)
    if error.exitcode == _ABORTED and budget.memory:  # libraries that get no memory end their process
        return _Broken(f"{budget.too_large}, or a library that cleans it gave up (SIGABRT)", is_sure=True)
    with suppress(ValueError):
        return _Broken(f"its worker died twice ({signal.Signals(-error.exitcode).name}){_PERHAPS}", is_sure=False)
    return _Broken(f"its worker died twice (exit code {error.exitcode}){_PERHAPS}", is_sure=False)


_PERHAPS: Final = ", perhaps for want of memory; look at this file, and run again with fewer --workers"


def _begin_in_pool(start: Callable[[], object] | None, memory: int) -> None:
    """Make a worker of a pool ready; it ends with the process that gives it work."""
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _begin(start, memory)


def _end_with_parent() -> None:
    """Wait for the end of the process that began this one, and end at once: another run may have the folder then."""
    if parent := parent_process():
        parent.join()
        os._exit(_ORPHANED)


def _begin(start: Callable[[], object] | None, memory: int) -> None:
    """Make a worker ready."""
    limit_memory(memory << 20)
    if start:
        with suppress(Exception):  # which the first piece will raise where it is heard
            start()


def _done(work: Callable[[Piece], Result], piece: Piece) -> Result:
    """What the work gives; a worker that has no memory left for it ends, for it may be in any state."""
    try:
        return work(piece)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


# --- Ray -------------------------------------------------------------------------------------------------------

_RETRIES: Final = 2  # of a task whose node or worker is lost
_GRACE: Final = 5.0  # seconds of a processor after its time, in which work that hears of nothing is ended by force
_ANSWER: Final = 10.0  # seconds in which a cluster answers
_READ_AHEAD: Final = 8  # pieces of one container that wait on the node that reads it


@dataclass(frozen=True, slots=True)
class Ray:
    """Tasks on a Ray cluster, whose nodes must all see the inputs and the folder of the run under the same names.

    `address` is that of the cluster, or "auto"; "" starts one of this machine alone. Containers are read by tasks as
    well, so that work which says where texts lie has none pass through this process. What is lost with a node is done
    again on others.
    """

    address: str = ""
    budget: Budget = field(default_factory=Budget)

    @contextmanager
    def opened(self) -> Iterator[Workers]:
        """As `Engine.opened`; raises `EngineError` or `AbsentError` if there is no cluster to be reached."""
        with _connected(self.address) as ray:
            yield _Cluster(ray, self.budget)


@dataclass(frozen=True, slots=True)
class _Cluster:
    """The workers of a cluster, while this process is connected to it."""

    ray: Any
    budget: Budget

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        """As `Workers.map`."""
        return _Tasks(self.ray, job, self.budget).results(items)


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        import ray  # noqa: PLC0415  which takes a second
    except ImportError as error:
        raise AbsentError("--engine ray needs the package ray; pip install 'webtext-cleaner[ray]'") from error
    if ray.is_initialized():
        yield ray
        return
    try:
        _reach(address)
        ray.init(address=address or None, log_to_driver=False, include_dashboard=False if not address else None)
    except (OSError, ValueError, RuntimeError) as error:
        raise EngineError(f"no Ray cluster at {address!r} ({error}); give --ray-address of one that runs") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Raises OSError if nobody answers at an address of host and port, where Ray would try for minutes."""
    host, _, port = address.partition(":")
    if port.isdigit():
        with create_connection((host, int(port)), _ANSWER):
            pass


class _Tasks(Generic[Item, Piece, Result]):
    """The tasks of a job on a cluster."""

    def __init__(self, ray: Any, job: Job[Item, Piece, Result], budget: Budget) -> None:
        self._ray, self._job, self._budget = ray, job, budget
        streaming = {"num_returns": "streaming", "_generator_backpressure_num_objects": _READ_AHEAD}
        self._cut = partial(ray.remote(_cut).options(max_retries=_RETRIES, **streaming).remote, ray.put(job.cut))
        given = (job.start, job.work)
        self._work = partial(ray.remote(_limited).options(max_retries=_RETRIES).remote, ray.put(given), budget)
        self._waiting: deque[tuple[Any, Any]] = deque()  # references to a piece and to its result

    def results(self, items: Iterable[Item]) -> Iterator[Result]:
        """What comes of each piece, in order."""
        try:
            for item in items:
                for piece in [self._ray.put(item)] if self._job.cut is _whole else self._cut(item):
                    self._leave_room()
                    self._waiting.append((piece, self._work(piece)))
                    yield from self._settled()
            yield from self._settled(is_end=True)
        finally:
            for _, result in self._waiting:
                self._ray.cancel(result, force=True)

    def _leave_room(self) -> None:
        limit = _AHEAD * max(int(self._ray.cluster_resources().get("CPU", 1)), 1)
        running = [result for _, result in self._waiting]
        if len(running) >= limit:
            self._ray.wait(running, num_returns=len(running) - limit + 1, fetch_local=False)

    def _settled(self, *, is_end: bool = False) -> Iterator[Result]:
        """What came of the first pieces, as far as they are done."""
        while self._waiting:
            piece, result = self._waiting[0]
            if not is_end and not self._ray.wait([result], timeout=0)[0]:
                return
            self._waiting.popleft()
            yield from self._result(piece, result)

    def _result(self, piece: Any, result: Any) -> Iterator[Result]:
        """What comes of a piece; of its parts, each by itself, if it broke something."""
        try:
            yield self._found(result)
        except _Broken as error:
            parts = self._job.split(self._ray.get(piece))
            if len(parts) < 2:
                yield self._job.fail(self._ray.get(piece), str(error), error.is_sure)
                return
            for part in parts:
                yield from self._result(self._ray.put(part), self._work(part))

    def _found(self, result: Any) -> Result:
        """What came of a piece; raises `_Broken` if it broke its worker or its budget, and what the work raised."""
        errors = self._ray.exceptions
        try:
            found = self._ray.get(result)
        except errors.RayTaskError as error:
            raise error.cause from error
        except (errors.WorkerCrashedError, errors.OutOfMemoryError) as error:
            raise _Broken(f"its worker died {_RETRIES + 1} times{_PERHAPS}", is_sure=False) from error
        except errors.RayError as error:
            raise EngineError(f"Ray lost what cannot be done again ({type(error).__name__}); run this again") from error
        if isinstance(found, _Over):
            raise _Broken(self._budget.too_long if found == _Over.SECONDS else self._budget.too_large, is_sure=True)
        return cast(Result, found)


def _cut(cut: Callable[[Item], Iterable[Piece]], item: Item) -> Iterator[Piece]:
    yield from cut(item)


class _Over(Enum):
    """What a worker tells of a piece that broke its budget."""

    SECONDS = b"seconds"
    MEMORY = b"memory"


def _limited(
    given: tuple[Callable[[], object] | None, Callable[[Piece], Result]], budget: Budget, piece: Piece
) -> Result | _Over:
    """What the work gives, or which part of its budget it broke.

    The process that breaks it may be in any state then: it notes what happened and ends, and Ray has another one do the
    piece again, which finds the note.
    """
    if over := _noted():
        return over
    start, work = given
    _begin(start, budget.memory)
    try:
        with _ended(budget.seconds), limited(budget.seconds, 0):
            return work(piece)
    except MemoryError:
        over = _Over.MEMORY
    except OverTime:
        over = _Over.SECONDS
    _note(over)
    os._exit(_OUT_OF_MEMORY)


def _noted() -> _Over | None:
    """What an earlier process noted of this task, if one did; it is not noted any longer."""
    kv, key = _notes()
    if (found := kv._internal_kv_get(key)) is None:
        return None
    kv._internal_kv_del(key)
    return _Over(found)


def _note(over: _Over) -> None:
    """Note what happened to this task, where a process that does it again finds that."""
    lift_memory_limit()  # for that takes memory, too
    kv, key = _notes()
    kv._internal_kv_put(key, over.value)


def _notes() -> tuple[Any, bytes]:
    """The small values that a cluster keeps for all its processes, and the key of this task's, the same in each try."""
    import ray  # noqa: PLC0415
    from ray.experimental import internal_kv  # noqa: PLC0415

    return internal_kv, f"webtext-cleaner:{ray.get_runtime_context().get_task_id()}".encode()


@contextmanager
def _ended(seconds: float) -> Iterator[None]:
    """Ends this process if the block takes much more than so many seconds of a processor; 0 is no limit.

    For what never comes back to Python to hear that its time is up; Ray has no reason to tell of it then.
    """
    if not hasattr(signal, "setitimer") or not seconds:
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds + _GRACE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
