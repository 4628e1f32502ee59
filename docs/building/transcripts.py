"""Sessions at a terminal that pages show: each command is run, and what it prints must be what the page says.

A block of another kind whose first line is a comment with a file's name, `# site.toml`, is written to that file first.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from typer.testing import CliRunner

from cleaner.cli import app
from docs.building import markdown

_PROMPT: Final = "$ "
_REST: Final = "…"  # a line that stands for any number of lines
_KIND: Final = "console"
_FILE: Final = re.compile(r"# (?P<name>[\w-]+\.toml)\n")
_SECONDS: Final = 60
_COLUMNS: Final = "80"


class Step(NamedTuple):
    """A command of a page, its line there, and what the page says it prints, line by line; or a file it shows."""

    line: int
    command: str
    printed: tuple[str, ...] = ()
    file: str = ""  # what the page shows of a file, whose name is the command


class Failing(NamedTuple):
    """A step that printed something else."""

    step: Step
    printed: str


def steps(page: str) -> Iterator[Step]:
    """The commands of a page's sessions and the files it shows, in order."""
    for block in markdown.blocks(page):
        if named := _FILE.match(block.text):
            yield Step(block.line, named["name"], file=block.text)
        if block.info != _KIND:
            continue
        lines = block.text.rstrip("\n").split("\n")
        starts = [at for at, line in enumerate(lines) if line.startswith(_PROMPT)]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            command = lines[start].removeprefix(_PROMPT)
            yield Step(block.line + start + 1, command, tuple(lines[start + 1 : end]))


def failing(page: str, folder: Path) -> Failing | None:
    """The first command of a page that prints something else than the page says, run in a folder; None if none does.

    `cleaner` runs within this process, which must be in `folder`; other commands are the shell's.
    """
    for step in steps(page):
        if step.file:
            (folder / step.command).write_text(step.file, "utf-8")
            continue
        printed = _run(step.command, folder)
        if not _is_alike(step.printed, tuple(printed.rstrip("\n").split("\n") if printed else ())):
            return Failing(step, printed)
    return None


def _run(command: str, folder: Path) -> str:
    """What a command prints, errors included."""
    words = shlex.split(command)
    if words[0] == "cleaner" and not {"|", ">", "<", ";", "&&"} & set(words):
        return CliRunner(env={"COLUMNS": _COLUMNS}).invoke(app, words[1:]).output
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def _is_alike(told: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Whether lines are those a page tells, but for blanks at their ends and what it leaves out."""
    told, printed = tuple(map(str.rstrip, told)), tuple(map(str.rstrip, printed))
    if _REST not in told:
        return told == printed
    first, rest = told[: told.index(_REST)], told[told.index(_REST) + 1 :]
    if printed[: len(first)] != first:
        return False
    return any(_is_alike(rest, printed[at:]) for at in range(len(first), len(printed) + 1))
