"""How long commands take to begin: what each loads and makes ready, beside Python's own start in the same run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Final

from bench.contests import environment
from bench.results import Table
from cleaner.cached import FOLDER

TITLE: Final = "Start-up: from the command to its answer"
ROUNDS: Final = 5  # the fastest counts
PLAIN, NUMPY = 'python -c ""', 'python -c "import numpy"'
HELP, FIRST, AGAIN = "cleaner --help", "cleaner clean one.txt, a new OUT", "cleaner clean one.txt, the same OUT"
COLD, OWN, FILTER = "the same, nothing cached", "the same, with --rules FILE", "cleaner clean - < one.txt"
LIBRARY: Final = "python -c: a text cleaned by cleaner.clean"
_LEAD: Final = "市图书馆今天重新开放，许多读者一早就在门口等候。\n"
_TEXT: Final = f"{_LEAD}馆长说，新馆的藏书比过去多了一倍，还添了供孩子看书的屋子。\n分享让更多人看到\n"
_RULE: Final = f"""
[[rule]]
id = "read-on"
about = "a prompt to open the app"
needs = ["打开应用"]
where = "anywhere"
pattern = "^打开应用看全文$"
changes = [['''{_LEAD}打开应用看全文\n''', '''{_LEAD}''']]
keeps = ["他打开应用，记下了今天的账。"]
"""
_NOTES: Final = (
    "Seconds from the start of the process to its end, and those that a processor worked, whose multiples of Python's "
    f"own start follow; the best of {ROUNDS} rounds in which all take turns. Modules are compiled, as an installation "
    "has them. The first file is cleaned with its reports and the account of the run.",
    "What is read off rules is kept in the user's cache folder; “nothing cached” is the first run of all.",
    "Targets: 0.3 s for `--help`, 1 s for the first file; the first run of all makes what is cached, and takes longer.",
)


@dataclass(frozen=True, slots=True)
class _Command:
    """What is started; `fresh` are folders that are removed before."""

    name: str
    arguments: Sequence[str]
    given: Path | None = None  # what stands on stdin
    fresh: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class _Start:
    """The best of all rounds: seconds from start to end, and those of a processor."""

    wall: float
    processor: float


def table(documents: int | None) -> Table:
    """Seconds and multiples of Python's own start; the number of documents bears on nothing."""
    with tempfile.TemporaryDirectory() as name:
        found = _measured(list(_commands(Path(name))), Path(name))
    rows = [
        [
            name,
            *(f"{seconds:.2f}" for seconds in (start.wall, start.processor)),
            *(f"{start.processor / found[base].processor:.1f}" for base in (PLAIN, NUMPY)),
        ]
        for name, start in found.items()
    ]
    base = found[NUMPY].processor
    ratios = {f"start-up: {name} / {NUMPY}": found[name].processor / base for name in (HELP, FIRST, AGAIN)}
    columns = ("", "s", "of a processor", f"/ {PLAIN}", f"/ {NUMPY}")
    return Table(TITLE, columns, rows, _NOTES, ratios, "at most")


def _commands(folder: Path) -> Iterator[_Command]:
    one, rules = folder / "one.txt", folder / "own.toml"
    one.write_text(_TEXT, "utf-8")
    rules.write_text(_RULE, "utf-8")
    new, same, cold = (folder / name for name in ("new", "same", "cold"))
    clean = ("-m", "cleaner", "clean", "--no-config")
    yield _Command(PLAIN, ["-c", ""])
    yield _Command(NUMPY, ["-c", "import numpy"])
    yield _Command(HELP, ["-m", "cleaner", "--help"])
    yield _Command(FIRST, [*clean, str(one), "-o", str(new)], fresh=[new])
    yield _Command(AGAIN, [*clean, str(one), "-o", str(same)])
    yield _Command(COLD, [*clean, str(one), "-o", str(cold)], fresh=[cold, folder / "nothing"])
    yield _Command(OWN, [*clean, str(one), "-o", str(new), "--rules", str(rules)], fresh=[new])
    yield _Command(FILTER, [*clean, "-"], given=one)
    yield _Command(LIBRARY, ["-c", f"import cleaner; cleaner.clean({_TEXT!r})"])


def _measured(commands: Sequence[_Command], folder: Path) -> dict[str, _Start]:
    """The best of all rounds by name; a first one, in which modules are compiled and entries cached, counts nothing."""
    variables = {**environment(), "PYTHONPYCACHEPREFIX": str(folder / "compiled"), FOLDER: str(folder / "cached")}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    for command in commands:
        _started(command, _of(command, variables, folder))
    rounds = [{each.name: _started(each, _of(each, variables, folder)) for each in commands} for _ in range(ROUNDS)]
    return {each.name: _best([found[each.name] for found in rounds]) for each in commands}


def _of(command: _Command, variables: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    return {**variables, FOLDER: str(folder / "nothing")} if command.name == COLD else variables


def _started(command: _Command, variables: Mapping[str, str]) -> _Start:
    for each in command.fresh:
        rmtree(each, ignore_errors=True)
    with open(command.given or os.devnull, "rb") as given:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command.arguments], stdin=given, stdout=subprocess.DEVNULL, env=variables
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command.name}: ended with {process.returncode}")
    return _Start(wall, used.ru_utime + used.ru_stime)


def _best(starts: Sequence[_Start]) -> _Start:
    return _Start(min(each.wall for each in starts), min(each.processor for each in starts))
