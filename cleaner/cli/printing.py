"""How commands print and how they stop: that nobody reads on is no failure."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import typer

from cleaner import logs, marks

SOME_FAILED = 1
MISUSE = 2
_LOG: Final = logging.getLogger(__name__)


@contextmanager
def printing() -> Iterator[None]:
    """Stop with a sentence if stdout cannot be written to; that nobody reads on is no failure."""
    try:
        yield
    except BrokenPipeError:
        sys.stdout = None  # what is printed from here on goes nowhere, and Python doesn't complain when it closes it
    except OSError as error:
        sys.stdout = None
        fail(f"stdout: {error.strerror}; make room or write elsewhere")


def put(text: str) -> None:
    """Print text as it is, for programs; all that commands print goes through here or `printing`."""
    with printing():
        typer.echo(text, nl=False)


def say(*lines: str) -> None:
    """Print lines; names and texts of others may stand in them, and command no terminal."""
    for line in lines:
        put(f"{marks.line(line)}\n")


def misuse(message: str) -> NoReturn:
    """Stop, for what was asked for makes no sense."""
    _LOG.error(message, extra=logs.event("misuse"))
    raise typer.Exit(MISUSE)


def fail(message: str) -> NoReturn:
    """Stop, for what was asked for cannot be done."""
    _LOG.error(message, extra=logs.event("stopped"))
    raise typer.Exit(SOME_FAILED)
