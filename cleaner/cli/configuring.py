"""Options from a file: which the commands have, when the file is read, and the command that shows what is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

import typer

from cleaner import marks
from cleaner.cli.printing import say

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.config import Commands, Option, Settings, Words

T = TypeVar("T")
PLACE: Final = "a path unless it is an address"  # marks an option whose strings are relative to the file
PANEL: Final = "Everywhere"
_MISUSE: Final = 2
_READ: Final = "cleaner.config"  # where a context keeps what was read


def options_of(command: Any) -> dict[str, Option]:
    """The options of a command that a file may give, by their names in it.

    Those that act before a file is read, which are the eager ones, cannot stand in it.
    """
    hints = get_type_hints(command.callback, include_extras=True)
    parameters = (each for each in command.params if each.param_type_name == "option" and not each.is_eager)
    found = (_option(each, hints[each.name]) for each in parameters if each.name in hints)
    return {option.key: option for option in found}


def _option(parameter: Any, hint: Any) -> Option:
    from cleaner.config import Option

    marks = get_args(hint)[1:]
    info = next((mark for mark in marks if isinstance(mark, typer.models.OptionInfo)), None)
    kind = next((each for each in _united(get_args(hint)[0]) if each is not NoneType), str)
    is_list = get_origin(kind) is list
    return Option(
        key=key_of(parameter),
        parameter=parameter.name,
        kind=get_args(kind)[0] if is_list else kind,
        is_list=is_list,
        is_place=PLACE in marks,
        least=info.min if info else None,
        most=info.max if info else None,
    )


def _united(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def key_of(parameter: Any) -> str:
    """The name of an option in a file: its long one, without dashes before it."""
    return str(max(parameter.opts, key=len)).lstrip("-")


def walked(command: Any, words: Words = ()) -> Iterator[tuple[Words, Any]]:
    """Every command, with its words."""
    below: Mapping[str, Any] = getattr(command, "commands", {})
    for name, child in below.items():
        yield from walked(child, (*words, name))
    if not below:
        yield words, command


def commands_of(root: Any) -> Commands:
    """The options of every command that a file may give."""
    return {words: options_of(command) for words, command in walked(root)}


def configure(ctx: typer.Context, value: Path | None) -> Path | None:
    """Read the file that is given, or found, before other options are looked at, which then default to what it says."""
    from cleaner.config import find, read
    from cleaner.errors import ConfigError

    if ctx.resilient_parsing or (value is None and _READ in ctx.meta):
        return value
    if value is not None and _READ in ctx.meta:
        _refuse("--config and --no-config contradict each other; leave out one")
    try:
        path = value or find(_here())
        settings = read(path, commands_of(ctx.find_root().command)) if path else {}
    except ConfigError as error:
        _refuse(str(error))
    ctx.meta[_READ] = (path, settings)
    said: Settings = settings.get(_words(ctx), {})
    ctx.default_map = {parameter: setting.value for parameter, setting in said.items()}
    return value


def configure_nothing(ctx: typer.Context, value: bool) -> bool:
    """Leave aside whatever file there is."""
    if value and not ctx.resilient_parsing:
        if _READ in ctx.meta:
            _refuse("--config and --no-config contradict each other; leave out one")
        ctx.meta[_READ] = (None, {})
    return value


def is_from_file(ctx: typer.Context, parameter: str) -> bool:
    """Whether a parameter has its value from a file, and not from the command line."""
    source = ctx.get_parameter_source(parameter)
    return source is not None and source.name == "DEFAULT_MAP"


def unless_from_file(ctx: typer.Context, parameter: str, value: T, otherwise: T) -> T:
    """The value of a parameter, or another one if it is from a file, where it stands for runs of another sort."""
    return otherwise if is_from_file(ctx, parameter) else value


def file_in_force(ctx: typer.Context) -> Path | None:
    """The file that says something for this command, if one does."""
    path, settings = ctx.meta.get(_READ, (None, {}))
    return path if settings.get(_words(ctx)) else None


def _words(ctx: Any) -> Words:
    """The words of the command that a context is of."""
    words: list[str] = []
    while ctx.parent is not None:
        words.insert(0, ctx.info_name)
        ctx = ctx.parent
    return tuple(words)


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:  # the folder is gone
        return Path("/")


def _refuse(message: str) -> NoReturn:
    typer.echo(marks.marked(message), err=True)
    raise typer.Exit(_MISUSE)


def show_config(
    ctx: typer.Context,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND...]", help="The words of one command; by default all are shown."),
    ] = None,
) -> None:
    """Print the options in force, as a file could give them, and where each has its value from.

    Example: [bold]cleaner config clean[/bold]
    """
    commands = {
        words: each
        for words, each in sorted(walked(ctx.find_root().command), key=itemgetter(0))
        if words != _words(ctx)
    }
    wanted = tuple(command or ())
    shown = {words: each for words, each in commands.items() if words[: len(wanted)] == wanted}
    if not shown:
        _refuse(f"no command {' '.join(wanted)!r}; there are {', '.join(' '.join(words) for words in commands)}")
    path, settings = ctx.meta[_READ]
    say(f"# {f'from {path}' if path else 'no file is read'}; the command line wins over what stands here")
    lines = {words: _lines(each, settings.get(words, {})) for words, each in shown.items()}
    common = [line for line in next(iter(lines.values())) if all(line in each for each in lines.values())]
    say(*common)
    for words, each in lines.items():
        own = [line for line in each if line not in common]
        if own:
            say("", f"[{'.'.join(words)}]", *own)


def _lines(command: Any, said: Settings) -> list[str]:
    """A line for each option of a command; of one without a value, a comment."""
    known = options_of(command)
    parameters = {parameter.name: parameter for parameter in command.params}
    return [_line(key, parameters[option.parameter], said) for key, option in known.items()]


def _line(key: str, parameter: Any, said: Settings) -> str:
    from cleaner.workbench.rulefile import toml_value

    if parameter.name in said:
        value, where = said[parameter.name]
        return marks.line(f"{key} = {toml_value(_plain(value))}  # {where}")
    told = parameter.show_default if isinstance(parameter.show_default, str) else ""
    if parameter.default is None or parameter.default == "":
        return f"# {key} is not set" + (f": {told}" if told else "") + (" (needed)" if parameter.required else "")
    return f"{key} = {toml_value(_plain(parameter.default))}  # default"


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path | StrEnum) else value
