"""The command that takes everything back."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated

import typer

from cleaner.cli.options import IdColumn, TextColumn, fail, place_at, printing


def undo(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="A cleaned text, from OUT/text; of a dropped one it is not read.")
    ],
    report: Annotated[str, typer.Argument(metavar="REPORT", help="Its JSON report, from OUT/reports.")],
    record: Annotated[
        str, typer.Option(metavar="ID", help="Which record of a container: its id, or :3 for the third.")
    ] = "",
    text_column: TextColumn = "",
    id_column: IdColumn = "",
) -> None:
    """Print the source a cleaned text came from, byte for byte; of an HTML page, all that it said.

    Of a container: [bold]cleaner undo OUT/text/a.jsonl OUT/reports/a.jsonl --record 17[/bold]

    Example: [bold]cleaner undo OUT/text/a.txt OUT/reports/a.json > a.txt[/bold]
    """
    from cleaner.errors import InputError, ReportError
    from cleaner.finished import written, written_record
    from cleaner.report import source_of
    from cleaner.sources import Columns

    try:
        of_container = partial(written_record, record=record, columns=Columns(text_column, id_column))
        places = place_at(text), place_at(report)
        source = source_of(*(of_container(*places) if record else written(*places)))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; give a text from OUT/text and its report from OUT/reports")
    except (InputError, ReportError) as error:
        fail(str(error))
    _print_bytes(source)


def _print_bytes(data: bytes) -> None:
    """Write to stdout; that nobody reads on is no failure."""
    with printing():
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
