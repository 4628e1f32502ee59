"""The command that holds a run against right texts."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

import typer

from cleaner.cli.configuring import PLACE
from cleaner.cli.options import IdColumn, TextColumn, columns_of, counting, fail, place_at, printing, say, written_to


def evaluate(
    out: Annotated[str, typer.Argument(metavar="OUT", help="The folder of a finished run.")],
    gold: Annotated[
        str | None,
        typer.Argument(
            metavar="[GOLD]",
            help="The right clean texts: a folder with the names of OUT/text or of the inputs, or a container with ids "
            "that are names or ids of documents. Without it, verdicts alone count.",
        ),
    ] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the figures as JSON.", show_default=False), PLACE
    ] = None,
    text_column: TextColumn = "",
    id_column: IdColumn = "",
) -> None:
    """Hold a run against right texts, and what reviewers said: precision, recall, and what was lost, by rule.

    Example: [bold]cleaner eval cleaned gold.jsonl[/bold]
    """
    from cleaner.errors import CleanerError
    from cleaner.evaluating import Gold, evaluated, lines, page
    from cleaner.finished import FinishedRun
    from cleaner.report import to_json
    from cleaner.sinks import write

    columns = columns_of(text=text_column, id_=id_column, url="", html="")
    try:
        run = FinishedRun.at(place_at(out))
        with (
            nullcontext() if gold is None else Gold.at(gold, run.output, columns) as texts,
            counting("comparing") as tell,
        ):
            evaluation = evaluated(run, texts, tell=tell)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; clean it again into {out}")
    except CleanerError as error:
        fail(str(error))
    if gold is None and not evaluation.verdicts:
        fail(f"{out} has no verdicts; give right texts as GOLD, or judge edits with `cleaner review {out}`")
    place = run.output.evaluation()
    with written_to(place, "an OUT"):
        write(place, page(evaluation))
    if json_file is not None:
        target = place_at(json_file)
        with written_to(target, "a --json FILE"):
            write(target, to_json(evaluation.facts()))
    with printing():
        say(*lines(evaluation), f"look at {place}")
