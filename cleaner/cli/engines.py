"""The options that say who does the work of a command, and how much of it one file may take."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.options import fail, misuse

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.engine import Engine

_PANEL = "Engine"


class EngineChoice(StrEnum):
    """Values of --engine."""

    serial = "serial"
    pool = "pool"
    ray = "ray"


EngineName = Annotated[
    EngineChoice,
    typer.Option(
        "--engine",
        help="Who cleans: processes on this machine (pool), this process alone (serial), or a Ray cluster. "
        "All write the same bytes.",
        rich_help_panel=_PANEL,
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        "--workers", metavar="N", min=0, help="Processes of the pool; 0 for one a core.", rich_help_panel=_PANEL
    ),
]
RayAddress = Annotated[
    str,
    typer.Option(
        "--ray-address",
        metavar="ADDRESS",
        help="The cluster of --engine ray, or auto; without it, one is started on this machine.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
MaxSeconds = Annotated[
    float,
    typer.Option(
        "--max-seconds-per-file",
        metavar="SECONDS",
        min=0,
        help="A file, or a record of a container, that takes longer fails; 0 for no limit.",
        rich_help_panel=_PANEL,
    ),
]
MaxMemory = Annotated[
    int,
    typer.Option(
        "--max-memory-per-worker",
        metavar="MIB",
        min=0,
        help="A file, or a record of a container, for which a worker takes more memory fails; 0 for no limit.",
        rich_help_panel=_PANEL,
    ),
]


def engine_of(name: EngineChoice, *, workers: int, ray_address: str, seconds: float, memory: int) -> Engine:
    """The engine of the options; says what is wrong with them if something is."""
    from cleaner.engine import Budget, Pool, Ray, Serial

    if ray_address and name != EngineChoice.ray:
        misuse("--ray-address names a Ray cluster; give --engine ray, too")
    if workers and name != EngineChoice.pool:
        misuse(f"--workers counts the processes of a pool; leave it out with --engine {name.value}")
    try:
        budget = Budget(seconds, memory)
    except ValueError as error:
        misuse(f"--max-memory-per-worker: {error}")
    if name == EngineChoice.ray:
        return Ray(ray_address, budget)
    if name == EngineChoice.serial:
        return Serial(budget)
    return Pool(workers, budget=budget) if workers else Pool(budget=budget)


def prepare(engine: Engine, inputs: list[str]) -> None:
    """Have a pool make itself ready while this process does, if the inputs look as if it will be used."""
    from cleaner.engine import Pool
    from cleaner.sources import are_large

    if isinstance(engine, Pool) and are_large(inputs, engine.worthwhile):
        engine.prepare()


@contextmanager
def interruptible(how_to_go_on: str) -> Iterator[None]:
    """Stop with a sentence if a run is interrupted, or cannot go on; what it has done is not lost.

    Who manages processes (a container, a queue) ends them by another signal than people do, and means the same.
    """
    from cleaner.errors import AbsentError, AccountError, BusyError, ChangedError, EngineError

    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
    except KeyboardInterrupt:
        fail(f"stopped; {how_to_go_on}")
    except (AbsentError, AccountError, BusyError, ChangedError, EngineError) as error:
        fail(str(error))
