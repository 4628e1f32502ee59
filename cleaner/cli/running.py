"""What every command does around its own work: it reads options from a file, and logs."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final, get_type_hints

import typer

from cleaner import logs, marks
from cleaner.cli.configuring import PANEL, configure, configure_nothing, file_in_force
from cleaner.cli.options import AS_JSON, MISUSE, SOME_FAILED, fail, has_bar

_LOG: Final = logging.getLogger(__name__)

NoConfig = Annotated[
    bool,
    typer.Option(
        "--no-config",
        is_eager=True,
        callback=configure_nothing,
        help="Read no options from a file.",
        rich_help_panel=PANEL,
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        is_eager=True,
        callback=configure,
        help="Options from this file; else from cleaner.toml, or \\[tool.cleaner] of pyproject.toml, here or above.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
LogJson = Annotated[
    bool,
    typer.Option(
        "--log-json/--no-log-json", help="Log to stderr as JSON lines, without a progress bar.", rich_help_panel=PANEL
    ),
]
LogFile = Annotated[
    Path | None,
    typer.Option("--log-file", metavar="FILE", help="Append the log to a file, as JSON lines.", rich_help_panel=PANEL),
]
_COMMON: Final[dict[str, tuple[Any, Any]]] = {
    "config": (ConfigFile, None),
    "no_config": (NoConfig, False),
    "log_json": (LogJson, False),
    "log_file": (LogFile, None),
}


def command(work: Callable[..., None]) -> Callable[..., None]:
    """The work of a command, with the options that all commands have."""
    takes_context = "ctx" in inspect.signature(work).parameters

    @wraps(work)
    def run(ctx: typer.Context, *, log_json: bool, log_file: Path | None, **choices: Any) -> None:
        given = {name: value for name, value in choices.items() if name not in _COMMON}
        token = AS_JSON.set(log_json)
        try:
            with _logs(log_file, as_json=log_json):
                _work(work, {"ctx": ctx, **given} if takes_context else given, ctx=ctx, as_json=log_json)
        finally:
            AS_JSON.reset(token)

    return _declared(run, work)


@contextmanager
def _logs(file: Path | None, *, as_json: bool) -> Iterator[None]:
    with ExitStack() as closing:
        try:
            closing.enter_context(logs.written(as_json=as_json, file=file, has_bar=has_bar()))
        except OSError as error:
            told = f"{file}: {error.strerror}; give a --log-file that can be written to"
            typer.echo(marks.line(told), err=True)
            raise typer.Exit(SOME_FAILED) from error
        yield


def _work(work: Callable[..., None], given: dict[str, Any], *, ctx: typer.Context, as_json: bool) -> None:
    """Do the work; where programs read stderr, a crash is a record, too."""
    try:
        work(**given)
    except (typer.Exit, typer.Abort) as ending:
        if getattr(ending, "exit_code", 0) == MISUSE and (path := file_in_force(ctx)):
            _LOG.error("some options are from %s; `cleaner config` shows them", path, extra=logs.event("config"))
        raise
    except KeyboardInterrupt:
        fail("stopped; the same command begins again")
    except Exception as error:
        if not as_json:
            raise
        _LOG.critical("stopped by %s: %s", type(error).__name__, error, exc_info=True, extra=logs.event("crashed"))
        raise typer.Exit(SOME_FAILED) from error


def _declared(run: Callable[..., None], work: Callable[..., None]) -> Callable[..., None]:
    """Give a function the parameters of another, and those that all commands have, as typer looks for them."""
    hints = {"ctx": typer.Context, **get_type_hints(work, include_extras=True)}
    defaults = {name: each.default for name, each in inspect.signature(work).parameters.items()}
    hints |= {name: annotation for name, (annotation, _) in _COMMON.items()}
    defaults |= {name: default for name, (_, default) in _COMMON.items()}
    run.__annotations__ = hints
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=defaults.get(name, inspect.Parameter.empty),
                annotation=annotation,
            )
            for name, annotation in hints.items()
            if name != "return"
        ]
    )
    return run
