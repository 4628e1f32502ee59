"""Who writes to a folder in a store: an object there says so, for no lock of a system reaches so far. Next: `writing`.

A lock goes with its process; such an object stays if its run is killed. The next run on the same machine sees that
nobody is there any more, and takes the folder; one on another machine cannot know, and says what to remove.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from cleaner.errors import BusyError
from cleaner.sinks.stores import Stored, create, drop, get, put

Claim = dict[str, Any]  # as `_own` makes it; {} is of a run that nothing is known of
_TRIES: Final = 3  # to have a folder that dead runs claim


@contextmanager
def claimed(place: Stored, *, folder: str) -> Iterator[None]:
    """Has a folder for oneself while the block runs, by an object at `place`; raises `BusyError` if another run has it.

    Two runs that begin at the same moment are told apart as far as the store tells who was the first.
    """
    own = _own()
    for _ in range(_TRIES):
        other = _claimed(place, own)
        if other is None:
            break
        if not _is_dead(other):
            raise _busy(place, other, folder=folder)
        drop(place)
    else:
        raise _busy(place, other or {}, folder=folder)
    try:
        yield
    finally:
        with suppress(OSError):  # the next run says so
            if _held(place) == own:
                drop(place)


def _claimed(place: Stored, own: Claim) -> Claim | None:
    """Have the claim at a place; the one that is there instead, or None if it is the own one now."""
    if (other := _held(place)) is not None:
        return other
    data = json.dumps(own).encode()
    try:
        create(place, data)
    except OSError:  # it was created meanwhile, or the store has no such thing, or cannot be written to
        if (other := _held(place)) is not None:
            return other
        put(place, data)
    held = _held(place)
    return None if held == own else held or {}


def _held(place: Stored) -> Claim | None:
    """The claim at a place, if there is one."""
    try:
        claim = json.loads(get(place))
    except FileNotFoundError:
        return None
    except ValueError:  # it is half-written
        return {}
    return claim if isinstance(claim, dict) else {}


def _own() -> Claim:
    """A claim of this process."""
    return {
        "host": platform.node(),
        "machine": _machine(),
        "process": os.getpid(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": uuid4().hex,
    }


def _machine() -> str:
    """What tells apart all machines, their starts, and the containers on them; "" where that cannot be had."""
    try:
        started = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{platform.node()} {started} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _is_dead(claim: Claim) -> bool:
    """Whether a claim is that of a process of this machine, and there is none of that number."""
    number = claim.get("process")
    if not claim.get("machine") or claim["machine"] != _machine() or not isinstance(number, int):
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is another user's
        return False
    return False


def _busy(place: Stored, claim: Claim, *, folder: str) -> BusyError:
    who = "process {process} of {host} since {since}".format_map(claim) if claim.keys() >= _own().keys() else "unknown"
    return BusyError(
        f"{folder}: another run is writing to it ({who}); wait for its end, or give another OUT; "
        f"if that run is dead, remove {place}"
    )
