"""`python -m tests.fuzz decode|extract|clean [CORPUS …] [-runs=N -seed=N …]`: libFuzzer's options, for one target.

What is found to reach new code is kept in the first CORPUS; what breaks a target is written to a file that is named,
and `python -m tests.fuzz TARGET FILE` tries it again.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import atheris

FOLDER: Final = Path(__file__).parent
PACKAGE: Final = FOLDER.parents[1] / "cleaner"
WATCHED: Final = {  # where new code counts; watching all takes seconds to begin with
    "decode": ["cleaner.decode", "cleaner.charsets", "cleaner.commonness", "cleaner.euc_tw"],
    "extract": ["cleaner.extract", "cleaner.document"],
    "clean": [
        "cleaner.document", "cleaner.gate", "cleaner.language", "cleaner.pipeline", "cleaner.punctuation",
        "cleaner.repair", "cleaner.repeats", "cleaner.rules", "cleaner.shapes", "cleaner.sieve", "cleaner.spam",
        "cleaner.structure", "cleaner.tagger", "cleaner.templates", "cleaner.units",
    ],
}  # fmt: skip


def unwatched(watched: list[str]) -> list[str]:
    """The modules of the package that are none of these, nor below one; atheris takes whole packages alone to watch."""
    parts = [path.relative_to(PACKAGE.parent).with_suffix("").parts for path in PACKAGE.rglob("*.py")]
    names = [".".join(part[:-1] if part[-1] == "__init__" else part) for part in parts]
    return [name for name in names if not any(f"{name}.".startswith(f"{one}.") for one in watched)]


def main() -> None:
    name, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["cleaner"], exclude=unwatched(WATCHED[name])):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415  what is imported here is watched
    given = [f"-dict={FOLDER / 'dirt.dict'}", "-rss_limit_mb=0"]  # atheris itself takes ever more memory
    atheris.Setup([sys.argv[0], *given, *options, str(FOLDER / "seeds" / name)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
