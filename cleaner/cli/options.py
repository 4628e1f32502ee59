"""What the commands of the command line share: options, progress, and how they stop."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cleaner.cli.configuring import PLACE
from cleaner.cli.printing import MISUSE, SOME_FAILED, fail, misuse, printing, put, say

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.dedup import Policy
    from cleaner.duplicates import Memory
    from cleaner.pipeline import Cleaner
    from cleaner.run import Progress
    from cleaner.sinks import Place
    from cleaner.sources import Columns

__all__ = ["MISUSE", "SOME_FAILED", "fail", "misuse", "printing", "put", "say"]

AS_JSON: Final = ContextVar("AS_JSON", default=False)  # whether programs read stderr


class ScriptChoice(StrEnum):
    """Values of --script."""

    keep = "keep"
    hans = "hans"
    hant = "hant"


class PunctuationChoice(StrEnum):
    """Values of --punctuation."""

    keep = "keep"
    fullwidth = "fullwidth"


class StreamChoice(StrEnum):
    """Values of --format."""

    text = "text"
    html = "html"
    jsonl = "jsonl"


class DuplicatesChoice(StrEnum):
    """Values of --duplicates."""

    drop = "drop"
    flag = "flag"
    off = "off"


class SurvivorChoice(StrEnum):
    """Values of --survivor."""

    longest = "longest"
    first = "first"
    best = "best"


Duplicates = Annotated[
    DuplicatesChoice,
    typer.Option(
        help="What becomes of near-duplicates: drop those at or above the threshold, and those that are a part of "
        "another; flag them only; or don't look for them."
    ),
]
_OUT: Final = typer.Option("--out", "-o", metavar="OUT", help="The folder to write to, or its address.")
OutFolder = Annotated[str, _OUT, PLACE]
OptionalOut = Annotated[str | None, _OUT, PLACE]
Threshold = Annotated[
    float | None,
    typer.Option(
        metavar="SIMILARITY",
        help="The true similarity from which near-duplicates are dropped (default 0.9; those from 0.7 are flagged), "
        "or with --duplicates flag are flagged (default 0.7).",
        show_default=False,
    ),
]
WhoSurvives = Annotated[
    SurvivorChoice, typer.Option("--survivor", help="Which of the files that say the same stays; best: by quality.")
]
Ngram = Annotated[
    int, typer.Option(metavar="N", help="Characters of the shingles that similarity is measured on, 1 to 64.")
]
IndexAddress = Annotated[
    str | None,
    typer.Option(
        "--index",
        metavar="PATH",
        help="Look for near-duplicates in what earlier runs remembered there too, and remember what stays; "
        "a folder, or redis://host:port/db.",
    ),
    PLACE,
]
BatchName = Annotated[
    str | None,
    typer.Option(
        "--batch",
        metavar="NAME",
        help="What the index calls this run; running a batch again replaces what it remembered. "
        "By default OUT is the batch.",
    ),
]
TextColumn = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The field or column with the text, in containers that have any; one called html holds pages.",
        show_default="text, content, body, html, …",
    ),
]
IdColumn = Annotated[
    str,
    typer.Option(metavar="NAME", help="The field or column with the id.", show_default="id, url, uri, name, …"),
]
UrlColumn = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The field or column with the address of the page that a text is from.",
        show_default="url, uri, link, address",
    ),
]
HtmlColumn = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The field or column with the text, where that is a whole HTML page; one that begins as a page is taken "
        "for one in any column.",
        show_default=False,
    ),
]
RuleFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules", metavar="FILE", help="A rule file of your own, used beside the shipped ones; may be given again."
    ),
]

SiteFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--site",
        metavar="FILE",
        help="A file of your own that says where pages of a host hold their main content, used before the shipped "
        "ones; may be given again.",
    ),
]


def has_bar() -> bool:
    """Whether a progress bar is shown: on a terminal, unless programs read it."""
    return not AS_JSON.get() and sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def progress(task_name: str) -> Iterator[Callable[[Progress], None]]:
    """What shows progress on a terminal, and logs the figures of a long run."""
    from cleaner.metrics import Meter

    with Meter().beating() as meter, _bar(task_name) as advance:

        def tell(progress: Progress) -> None:
            advance(progress.done, progress.total)
            meter.tell(progress.figures)

        yield tell


@contextmanager
def _bar(task_name: str, *columns: str) -> Iterator[Callable[[int, int | None], None]]:
    """What shows how many things are done, and of how many; where no bar is shown, nothing."""
    if not has_bar():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    shown = columns or Bar.get_default_columns()
    with Bar(*shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(task_name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def policy_of(duplicates: DuplicatesChoice, threshold: float | None, survivor: SurvivorChoice, ngram: int) -> Policy:
    """What becomes of near-duplicates, by the options; says what is wrong with them if something is."""
    from cleaner.dedup import Policy

    try:
        return Policy(duplicates.value, threshold, survivor.value, ngram)
    except ValueError as error:
        misuse(f"--{error}")


@contextmanager
def counting(task_name: str) -> Iterator[Callable[[int], None]]:
    """What shows on a terminal how many things are done, and logs it of a long run."""
    from cleaner.metrics import Figures, Meter

    with Meter().beating() as meter, _bar(task_name, "{task.description}", "{task.completed:,.0f}") as advance:

        def tell(done: int) -> None:
            advance(done, None)
            meter.tell(Figures(done))

        yield tell


@contextmanager
def memory_at(address: str | None, batch: str | None, out: Place, policy: Policy) -> Iterator[Memory | None]:
    """The index of the option --index, open for writing, or None if there is none."""
    from cleaner.duplicates import Memory
    from cleaner.errors import StoredIndexError
    from cleaner.index import Parameters, open_index

    if address is None:
        if batch is not None:
            misuse("--batch names a run in an index; say which index by --index PATH")
        yield None
        return
    if policy.action == "off":
        misuse("--index looks for near-duplicates, and --duplicates off doesn't; leave out one")
    try:
        with open_index(address, Parameters(policy.ngram, policy.flag_from), write=True) as index:
            yield Memory.of(index, out, batch)
    except StoredIndexError as error:
        fail(str(error))


@contextmanager
def written_to(path: Place, what: str) -> Iterator[None]:
    """Stop with a sentence if what the block writes to `path` cannot be written; `what` says what to give instead."""
    from cleaner.errors import OutputError

    try:
        yield
    except OSError as error:
        full = "make room, and give the same command again" if error.errno in _FULL else ""
        fail(f"{error.filename or path}: {error.strerror or error}; {full or f'give {what} that can be written to'}")
    except OutputError as error:
        fail(f"{path}: {error}")


_FULL: Final = (ENOSPC, EDQUOT)


def columns_of(*, text: str, id_: str, url: str, html: str) -> Columns:
    """The columns of the options; says what is wrong with them if something is."""
    from cleaner.sources import Columns

    if text and html:
        misuse("--text-column and --html-column both say where the text is; leave out one")
    return Columns(text, id_, url, html)


def cleaner_of(**choices: Any) -> Cleaner:
    """A cleaner by the options; says what is wrong with them if something is."""
    from cleaner.errors import ConditionError, RuleError
    from cleaner.pipeline import Cleaner

    try:
        return Cleaner(**choices)
    except (RuleError, ConditionError) as error:
        misuse(str(error))


def check_least(option: str, least: int) -> None:
    """Stop if so few documents are to share a template, which 0 documents never do, that chance may do it."""
    from cleaner.templates import LEAST

    if least and least < LEAST:
        misuse(f"{option}: {LEAST} documents at least must share a template, {least} may do so by chance")


def check_inputs(inputs: Iterable[str], out: str | None = None) -> None:
    """Stop if an input has no name, which would be this folder's, or is the folder that is written to."""
    if "" in inputs:
        misuse("an INPUT has no name; give a file or folder, . for this one")
    if out is not None and _place(out) in {_place(given) for given in inputs}:
        misuse(f"{out} is an input, and the run would write into it; give another OUT")


def _place(given: str) -> str:
    return given.rstrip("/") if "://" in given else os.path.realpath(given)


def place_at(given: str) -> Place:
    """The path or address of an option or argument; says what is wrong with it if something is."""
    from cleaner.errors import OutputError
    from cleaner.sinks import place_of

    try:
        return place_of(given)
    except OutputError as error:
        misuse(str(error))
