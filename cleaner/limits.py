"""Limits that a process puts on what it does itself. Next: `engine`, which gives work to others, too."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

_AGAIN: Final = 1.0  # seconds after which time is up once more: what some libraries call may not raise through them
_STATUS: Final = Path("/proc/self/status")


class OverTime(BaseException):
    """Time is up."""


@contextmanager
def limited(seconds: float, memory: int) -> Iterator[None]:
    """Raises `OverTime` if the block takes so many seconds, `MemoryError` if it takes so many MiB more; 0 is no limit.

    Time is only heard of in the main thread, between two steps of Python: what a library does in one call is not cut
    short. Memory is limited where the system can (Linux). What was in force before is so again behind the block.
    """
    with ExitStack() as limits:
        if memory and resource is not None and (taken := _memory_taken()):
            limits.enter_context(_sized(taken + (memory << 20)))
        if seconds and hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            limits.enter_context(_timed(seconds))
        yield


@contextmanager
def _timed(seconds: float) -> Iterator[None]:
    handler = signal.signal(signal.SIGALRM, _time_is_up)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # time may have been up right before the line above
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def _time_is_up(*_: Any) -> None:
    raise OverTime


@contextmanager
def _sized(size: int) -> Iterator[None]:
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit_memory(size)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def limit_memory(size: int) -> None:
    """Limit what this process may take, in bytes, where the system can; 0 is no limit."""
    if resource is not None and size:
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (size if most < 0 else min(size, most), most))


def lift_memory_limit() -> None:
    """Let this process take what it may, for the little that is still to be done."""
    if resource is not None:
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _memory_taken() -> int:
    """Bytes that the limit counts of this process; 0 if the system doesn't tell."""
    try:
        told = _STATUS.read_text("ascii", "replace")
    except OSError:
        return 0
    sizes = [line.split()[1] for line in told.splitlines() if line.startswith("VmData:")]
    return int(sizes[0]) << 10 if sizes else 0
