"""The command line: words in, exit code out. What the words mean is decided in `run` and `pipeline`.

Exit codes: 0 done, 1 some input failed, 2 misuse.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cleaner.cli.cleaning import clean
from cleaner.cli.comparing import diff
from cleaner.cli.configuring import show_config
from cleaner.cli.deduplicating import dedup, index_app
from cleaner.cli.evaluating import evaluate
from cleaner.cli.explaining import explain
from cleaner.cli.mining import mine
from cleaner.cli.printing import say
from cleaner.cli.reviewing import review
from cleaner.cli.running import command
from cleaner.cli.undoing import undo
from cleaner.cli.workbench import rules_app

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
app.command()(command(clean))
app.command()(command(mine))
app.command()(command(undo))
app.command()(command(review))
app.command()(command(explain))
app.command()(command(diff))
app.command("eval")(command(evaluate))
app.add_typer(rules_app, name="rules")
app.command()(dedup)
app.command("config")(command(show_config))
app.add_typer(index_app, name="index")


def _show_version(wanted: bool) -> None:
    from cleaner import __version__

    if wanted:
        say(f"cleaner {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Clean scraped Chinese text, and say of every change which rule made it and why."""
