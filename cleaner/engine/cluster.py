"""Work that tasks on a Ray cluster do. Next: `language`, another room."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from socket import create_connection
from typing import Any, Final, Generic, cast

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
    Workers,
    begin,
    whole,
)
from cleaner.errors import AbsentError, EngineError
from cleaner.limits import OverTime, lift_memory_limit, limited

_RETRIES: Final = 2  # of a task whose node or worker is lost
_GRACE: Final = 5.0  # seconds of a processor after its time, in which work that hears of nothing is ended by force
_ANSWER: Final = 10.0  # seconds in which a cluster answers
_SENT: Final = 0.5  # seconds in which a task has surely been sent
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
        ray.init(
            address=address or "local",  # and no other one that happens to run here
            log_to_driver=False,
            configure_logging=False,  # its records go where all others go
            include_dashboard=False if not address else None,
        )
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
                for piece in [self._ray.put(item)] if self._job.cut is whole else self._cut(item):
                    self._leave_room()
                    self._waiting.append((piece, self._work(piece)))
                    yield from self._settled()
            yield from self._settled(is_end=True)
        finally:
            self._cancel([result for _, result in self._waiting])

    def _cancel(self, results: list[Any]) -> None:
        """Have nobody go on with those that are not done.

        Ray ends this process if one is cancelled while it is sent, or when it is done and Ray has yet to note that.
        """
        if results:
            _, results = self._ray.wait(results, num_returns=len(results), timeout=_SENT, fetch_local=False)
        for result in results:
            self._ray.cancel(result, force=True)

    def _leave_room(self) -> None:
        limit = AHEAD * max(int(self._ray.cluster_resources().get("CPU", 1)), 1)
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
        except Broken as error:
            parts = self._job.split(self._ray.get(piece))
            if len(parts) < 2:
                yield self._job.fail(self._ray.get(piece), str(error), error.is_sure)
                return
            for part in parts:
                yield from self._result(self._ray.put(part), self._work(part))

    def _found(self, result: Any) -> Result:
        """What came of a piece; raises `Broken` if it broke its worker or its budget, and what the work raised."""
        errors = self._ray.exceptions
        try:
            found = self._ray.get(result)
        except errors.RayTaskError as error:
            raise error.cause from error
        except (errors.WorkerCrashedError, errors.OutOfMemoryError) as error:
            raise Broken(f"its worker died {_RETRIES + 1} times{PERHAPS}", is_sure=False) from error
        except errors.RayError as error:
            raise EngineError(f"Ray lost what cannot be done again ({type(error).__name__}); run this again") from error
        if isinstance(found, _Over):
            raise Broken(self._budget.too_long if found == _Over.SECONDS else self._budget.too_large, is_sure=True)
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
    begin(start, budget.memory)
    try:
        with _ended(budget.seconds), limited(budget.seconds, 0):
            return work(piece)
    except MemoryError:
        over = _Over.MEMORY
    except OverTime:
        over = _Over.SECONDS
    _note(over)
    os._exit(OUT_OF_MEMORY)


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
