"""A run over a folder of files, and the writing of what it leaves alone.

`folder` is where the outputs go, a folder of its own for each round.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

from bench.readying import ready
from cleaner.run import clean_files
from cleaner.sinks import write

Task = Callable[[], Any]


def cleaned(given: str, options: dict[str, Any]) -> Task:
    """`clean_files` by one process, as the command does it; gives the folder it wrote."""
    cleaner = ready()
    folders = (Path(options["folder"]) / f"run {number} of {Path(given).name}" for number in count())

    def run() -> str:
        folder = next(folders)
        clean_files([given], folder, cleaner, clock=monotonic)
        return str(folder)

    return run


def written(given: str, options: dict[str, Any]) -> Task:
    """Each file that a run leaves, written again in the same way, and nothing else; how many there are, their bytes."""
    name = Path(given).name
    clean_files([given], model := Path(options["folder"]) / f"model {name}", ready())
    contents = [(path.relative_to(model), path.read_bytes()) for path in sorted(model.rglob("*")) if path.is_file()]
    folders = (Path(options["folder"]) / f"written {number} of {name}" for number in count())

    def run() -> dict[str, int]:
        folder = next(folders)
        for name, data in contents:
            write(folder / name, data)
        return {"files": len(contents), "bytes": sum(len(data) for _, data in contents)}

    return run


TASKS = {"cleaned": cleaned, "written": written}
