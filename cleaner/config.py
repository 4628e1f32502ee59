"""Options in a file: where it is looked for, what may stand in it, and what it says for each command.

Knows no option by name: the command line tells which there are. Next: `cli`, which does.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from cleaner.errors import ConfigError

OWN: Final = "cleaner.toml"
SHARED: Final = "pyproject.toml"
_TABLE: Final = ("tool", "cleaner")  # of the shared file
_ROOTS: Final = (".git", ".hg")  # what the root of a repository holds
_ADDRESS: Final = "://"

Words = tuple[str, ...]  # of a command, as ("index", "add"); () is the program itself


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a command as a file may give it: its name there, the parameter it sets, and what it takes."""

    key: str
    parameter: str
    kind: type
    is_list: bool = False
    is_place: bool = False  # a path, or an address that fsspec or an index knows, though its kind is str
    least: float | None = None
    most: float | None = None

    def value(self, given: Any, base: Path) -> Any:
        """What is passed to the command for a value of a file in `base`; raises ValueError saying what to write."""
        if self.is_list != isinstance(given, list):
            wanted = "a list" if self.is_list else "one value and no list"
            raise ValueError(f"is {wanted}; write {self.key} = {_example(self)}")
        return [self._single(item, base) for item in given] if self.is_list else self._single(given, base)

    def _single(self, given: Any, base: Path) -> Any:
        if issubclass(self.kind, StrEnum):
            return self._chosen(given)
        expected, wanted = _WANTED[Path if self.is_place else self.kind]
        if not isinstance(given, expected) or (isinstance(given, bool) and self.kind is not bool):
            raise ValueError(f"is {wanted}, not {_shown(given)}; write {self.key} = {_example(self)}")
        if self.kind is Path or self.is_place:
            return self._placed(str(given), base)
        self._check_bounds(given)
        return given

    def _check_bounds(self, given: Any) -> None:
        if self.least is not None and given < self.least:
            raise ValueError(f"is {self.least} at least, not {given}")
        if self.most is not None and given > self.most:
            raise ValueError(f"is {self.most} at most, not {given}")

    def _chosen(self, given: Any) -> str:
        choices = [str(choice) for choice in self.kind]  # type: ignore[attr-defined]
        if given not in choices:
            near = get_close_matches(str(given), choices, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"is one of {', '.join(choices)}, not {_shown(given)}{hint}")
        return str(given)

    def _placed(self, given: str, base: Path) -> Any:
        if not given:
            raise ValueError("is a path, and this one is empty; leave the key out if there is none")
        if self.is_place and _ADDRESS in given:
            return given
        return self.kind(base / os.path.expanduser(given))


_WANTED: Final[dict[type, tuple[type | tuple[type, ...], str]]] = {
    bool: (bool, "true or false"),
    int: (int, "a whole number"),
    float: ((int, float), "a number"),
    str: (str, "a string"),
    Path: (str, "a path"),
}
_EXAMPLES: Final[dict[type, str]] = {bool: "true", int: "5", float: "0.9", str: '"…"', Path: '"…"'}


def _example(option: Option) -> str:
    single = _EXAMPLES.get(option.kind, '"…"')
    return f"[{single}]" if option.is_list else single


def _shown(given: Any) -> str:
    """A value of TOML as an error names it."""
    if isinstance(given, bool):
        return str(given).lower()
    return "a table" if isinstance(given, dict) else repr(given)


Commands = Mapping[Words, Mapping[str, Option]]  # the options of each command, by key


class Setting(NamedTuple):
    """What a file says of an option, and where."""

    value: Any
    where: str


Settings = Mapping[str, Setting]  # by parameter


def find(start: Path) -> Path | None:
    """The file with options that holds for a folder: its own, or that of the nearest folder above which has one.

    `cleaner.toml` comes before a `pyproject.toml`, which counts if it has a table `tool.cleaner`. Nothing is looked
    for above the root of a repository or the home folder. Raises `ConfigError` for a file that somebody else may have
    put where everybody can.
    """
    home = os.path.realpath(os.path.expanduser("~"))
    for folder in (start, *start.parents):
        for path in (folder / OWN, folder / SHARED):
            if (path.name == OWN and os.path.isfile(path)) or _has_table(path):
                _refuse_planted(path)
                return path
        if str(folder) == home or any(os.path.exists(folder / mark) for mark in _ROOTS):
            break
    return None


def _has_table(path: Path) -> bool:
    if path.name != SHARED or not os.path.isfile(path):
        return False
    return _TABLE[-1] in _text(path) and _File(path).table is not None


def _refuse_planted(path: Path) -> None:
    """Whoever can write to /tmp must not say what a run of somebody else below it does."""
    if not hasattr(os, "getuid"):
        return
    is_open = os.stat(path.parent).st_mode & stat.S_IWOTH
    if is_open and os.stat(path).st_uid not in (os.getuid(), 0):
        raise ConfigError(
            f"{path}: is somebody else's, in a folder that everybody can write to; read it, and name it by --config, "
            "or leave it aside by --no-config"
        )


def read(path: Path, commands: Commands) -> dict[Words, dict[str, Setting]]:
    """What a file says for each command, by parameter.

    A key stands for every command of its table that has such an option: `[index]` for all commands of the group, the
    top of the file for all there are; the nearest table counts. Raises `ConfigError` for what cannot be understood.
    """
    file = _File(path)
    if file.table is None:
        raise ConfigError(f"{path}: has no table [{'.'.join(_TABLE)}]; add one, or give another file")
    settings: dict[Words, dict[str, Setting]] = {words: {} for words in commands}
    for words, written, given in _said(file.table, ()):
        where = file.where((*words, written))
        takers = _takers(words, written, given, commands, where)
        if len({key for key in _table_at(file.table, words) if _key(key) == _key(written)}) > 1:
            raise ConfigError(f"{where}: {written} is written with - and with _; leave one out")
        for taker, option in takers.items():
            try:
                settings[taker][option.parameter] = Setting(option.value(given, path.parent), where)
            except ValueError as error:
                raise ConfigError(f"{where}: {written} {error}") from error
    return settings


def _key(written: str) -> str:
    return written.replace("_", "-")


def _said(table: Mapping[str, Any], words: Words) -> Iterator[tuple[Words, str, Any]]:
    """Every key with a value, and the words of the table it is in; those of a table before those of tables in it."""
    inner = {key: value for key, value in table.items() if isinstance(value, dict)}
    yield from ((words, key, value) for key, value in table.items() if key not in inner)
    for key, value in inner.items():
        if value:
            yield from _said(value, (*words, key))
        else:
            yield words, key, value  # an empty table, whose name may be wrong all the same


def _table_at(table: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    for word in words:
        table = table[word]
    return table


def _takers(words: Words, written: str, given: Any, commands: Commands, where: str) -> dict[Words, Option]:
    """The commands that a key is for, with the option that it is; none for the empty table of a command."""
    for length in range(1, len(words) + 1):
        _check_table(words[:length], commands, where)
    if isinstance(given, dict):
        _check_table((*words, written), commands, where)
        return {}
    key, below = _key(written), _below(words, commands)
    takers = {command: options[key] for command, options in below.items() if key in options}
    if not takers:
        raise ConfigError(f"{where}: {_unknown(words, written, commands)}")
    return takers


def _below(words: Words, commands: Commands) -> Commands:
    return {command: options for command, options in commands.items() if command[: len(words)] == words}


def _check_table(words: Words, commands: Commands, where: str) -> None:
    if _below(words, commands):
        return
    *above, name = words
    known = sorted({command[len(above)] for command in _below(tuple(above), commands) if len(command) > len(above)})
    if any(_key(name) in options for options in _below(tuple(above), commands).values()):
        raise ConfigError(f"{where}: {name} is an option and no table; write {name} = …")
    raise ConfigError(f"{where}: no command {' '.join(words)!r}; {_nearest(name, known, 'there are')}")


def _unknown(words: Words, written: str, commands: Commands) -> str:
    """What is said of a key that no command of its table has: where it belongs, or the nearest that there is."""
    named = f"unknown key {written!r}" + (f" in [{'.'.join(words)}]" if words else "")
    if _below((*words, written), commands):
        return f"{named}; it is a command, whose options stand below [{'.'.join((*words, written))}]"
    elsewhere = sorted(".".join(command) for command, options in commands.items() if _key(written) in options)
    if elsewhere:
        return f"{named}; it is an option of [{'], ['.join(elsewhere)}]: put it there"
    known = sorted({key for options in _below(words, commands).values() for key in options})
    return f"{named}; {_nearest(_key(written), known, 'known are')}"


def _nearest(name: str, known: list[str], all_of_them: str) -> str:
    near = get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"{all_of_them} {', '.join(known) or 'none'}"


class _File:
    """A file with options: its table, None if it has none, and the lines that its keys are in."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = _text(path)
        try:
            content: Any = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path}: is no TOML: {error}; mend it, or leave it aside by --no-config") from error
        self._above = _TABLE if path.name == SHARED else ()
        for word in self._above:
            content = content.get(word) if isinstance(content, dict) else None
        self.table: dict[str, Any] | None = content if isinstance(content, dict) else None

    def where(self, words: Words) -> str:
        """The place of a key or a table, as an error names it."""
        line = self._lines.get((*self._above, *words))
        return f"{self._path}:{line}" if line else str(self._path)

    @cached_property
    def _lines(self) -> dict[Words, int]:
        """The number of the line in which each key, and each table, first stands."""
        found: dict[Words, int] = {}
        header: Words = ()
        for number, statement in _statements(self._text):
            if statement.lstrip().startswith("["):
                header = max(_paths(tomllib.loads(statement)), key=len)
                said = [header]
            else:
                said = [(*header, *path) for path in _paths(tomllib.loads(statement))]
            for path in said:
                found.setdefault(path, number)
        return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The statements of a file that is TOML, with the line each begins in: the least that is TOML on its own."""
    first, waiting = 1, ""
    for number, line in enumerate(text.split("\n"), 1):
        waiting += f"{line}\n"
        try:
            tomllib.loads(waiting)
        except tomllib.TOMLDecodeError:
            continue  # it goes on
        yield first, waiting
        first, waiting = number + 1, ""


def _paths(value: Any) -> Iterator[Words]:
    """The words that lead to each value of a table, and to each table in it."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield (key,)
        yield from ((key, *path) for path in _paths(inner))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; give a file that can be read, or --no-config") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no UTF-8 ({error.reason}); save it as UTF-8") from error
