"""The command that sets two runs side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from cleaner.cli.configuring import PLACE
from cleaner.cli.options import SOME_FAILED, counting, fail, place_at, printing, say, written_to


def diff(
    run_a: Annotated[str, typer.Argument(metavar="RUN_A", help="The OUT of a run, as it was.")],
    run_b: Annotated[str, typer.Argument(metavar="RUN_B", help="The OUT of another run over the same inputs.")],
    out: Annotated[
        str | None,
        typer.Option(
            "--out", "-o", metavar="FILE.html", help="Write a page, with every change in context.", show_default=False
        ),
        PLACE,
    ] = None,
    documents: Annotated[
        int, typer.Option(metavar="N", min=0, help="How many documents, the most changed, the page shows in full.")
    ] = 100,
    check: Annotated[
        bool,
        typer.Option("--check/--no-check", help="End with exit code 1 if anything differs, else with 0."),
    ] = False,
) -> None:
    """Say which documents' clean text changed between two runs, and which rules did it.

    Example: [bold]cleaner diff before after -o changes.html[/bold]
    """
    from cleaner.comparing import compared, lines, page
    from cleaner.errors import CleanerError
    from cleaner.finished import FinishedRun
    from cleaner.sinks import write

    try:
        runs = FinishedRun.at(place_at(run_a)), FinishedRun.at(place_at(run_b))
        with counting("comparing") as tell:
            comparison = compared(*runs, in_full=documents, tell=tell)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; clean it again into the folder of its run")
    except CleanerError as error:
        fail(str(error))
    if out is not None:
        place = place_at(out)
        with written_to(place, "a FILE.html"):
            write(place, page(comparison, place))
    with printing():
        say(*lines(comparison))
        if out is not None:
            say(f"look at {out}")
    if check and not comparison.is_same:
        raise typer.Exit(SOME_FAILED)
