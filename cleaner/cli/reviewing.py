"""The command that lets people look at a run in a browser, and say of edits whether they are right."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.amounts import amount
from cleaner.cli.options import fail, place_at, say

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.reviewing import Door, Review


def review(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The OUT of a run of `cleaner clean` that is done.")],
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="The port to listen on; by default any that is free.")
    ] = 0,
    judges_all: Annotated[
        bool, typer.Option("--all/--no-all", help="Count edits of --script and --punctuation as edits to judge, too.")
    ] = False,
    opens: Annotated[bool, typer.Option("--open/--no-open", help="Show it in a browser at once.")] = False,
) -> None:
    """Serve the reports of a run to a browser on this machine, and save which edits are right or wrong.

    Verdicts are saved at once in RUN/verdicts.jsonl. Only who has the printed address gets in; control-C ends it.

    Example: [bold]cleaner review cleaned --open[/bold]
    """
    from cleaner.errors import ReportError

    try:
        from cleaner.reviewing import CONVERSIONS, Review, serve

        reviewed = Review(place_at(run), without=frozenset() if judges_all else CONVERSIONS)
        before = len(reviewed.verdicts())
        reviewed.shown()
        door = _door(port)
    except (ImportError, ReportError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or run}: {error.strerror or error}; give the OUT of a run that can be read")
    _greet(run, door, before)
    with _until_ended():
        serve(reviewed, door, opens=opens)
    _part(run, reviewed, before)


def _door(port: int) -> Door:
    from cleaner.reviewing import Door, listening, new_token

    try:
        return Door(listening(port), new_token())
    except OSError as error:
        fail(f"port {port}: {error.strerror}; give another --port, or leave it out to have any that is free")


def _greet(run: str, door: Door, verdicts: int) -> None:
    import sys

    say(f"reviewing {run}: {amount(verdicts, 'verdict')} so far" if verdicts else f"reviewing {run}")
    say(f"open {door.address}")
    say("only who has this address gets in; control-C ends it")
    sys.stdout.flush()


@contextmanager
def _until_ended() -> Iterator[None]:
    """Takes an end by a signal for what it is: the way a review ends."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def _part(run: str, reviewed: Review, before: int) -> None:
    """Say what there is now, and what it is good for."""
    from cleaner.errors import ReportError

    try:
        verdicts = reviewed.verdicts()
    except (OSError, ReportError) as error:
        fail(str(error))
    place = reviewed.output.verdicts()
    if not verdicts:
        say("ended; nothing was judged")
        return
    wrong = sum(not verdict.is_right for verdict in verdicts.values())
    say(f"ended; {amount(len(verdicts), 'verdict')} in {place} ({before} before), {wrong} of them wrong")
    say(f"next: `cleaner eval {run}` says what they come to")
    say(f"      `cleaner rules new … --verdicts {run}` makes examples of them that a rule must keep")
