"""Names that pages give commands, options, rules and files; what doesn't exist is told of."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import typer.main
from typer.core import TyperGroup

import cleaner
from cleaner.cli import app
from cleaner.pipeline import shipped_rule_files
from cleaner.rules import load
from cleaner.spam import load as load_lexicons
from docs.building import markdown, rulebook

_PACKAGE: Final = Path(cleaner.__file__).parent
_README: Final = _PACKAGE.parent / "README.md"
_NAME: Final = re.compile(r"[a-z]+(?:-[a-z]+)*/[a-z0-9]+(?:-[a-z0-9]+)*")
_OPTION: Final = re.compile(r"(?<![\w-])(--[a-z][a-z0-9-]*|-[a-z](?![\w-]))")
_FILE: Final = re.compile(r"(?:bench|cleaner|docs|rules|seeds|tests)/[\w./-]+")  # of the repository
_MODULE: Final = re.compile(r"python -m (?P<name>(?:bench|docs|tests)[\w.]*)")
_SHELLS: Final = ("sh", "console", "text", "")  # fenced blocks in which commands stand
_PLACE: Final = "[a-z0-9-]+"
_STAND_INS: Final = frozenset({"kind/name", "kind/id"})  # what pages write for any rule


class Rules(NamedTuple):
    """What rules are called: full names, and patterns of names that code puts together of words it holds."""

    names: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    words: frozenset[str]

    def has(self, name: str) -> bool:
        """Whether a rule may have that name."""
        if name in self.names:
            return True
        found = (pattern.fullmatch(name) for pattern in self.patterns)
        return any(match is not None and self.words.issuperset(match.groups()) for match in found)


@cache
def built_in() -> frozenset[str]:
    """The kinds that are no rule files."""
    return frozenset(kind for kinds in rulebook.kinds_of(_README.read_text("utf-8")) for kind in kinds)


@cache
def rules() -> Rules:
    """What the rules of rule files, lexicons and code are called."""
    names = {rule.name for rule in (*load(shipped_rule_files()).rules, *load_lexicons().rules)}
    patterns, words = [], set[str]()
    for path in sorted(_PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
                if _is_built_in(node.value):
                    names.add(node.value)
            elif isinstance(node, ast.JoinedStr) and (pattern := _pattern(node)):
                patterns.append(pattern)
    return Rules(frozenset(names), tuple(patterns), frozenset(words))


def _is_built_in(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and text.partition("/")[0] in built_in()


def _pattern(node: ast.JoinedStr) -> re.Pattern[str] | None:
    """The pattern of a name such as f"holes/{name}"; None if the string is no such name."""
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    first = str(parts[0] or "")
    if first.partition("/")[0] not in built_in() or "/" not in first:
        return None
    return re.compile("".join(f"({_PLACE})" if part is None else re.escape(str(part)) for part in parts))


def by_kind() -> dict[str, list[str]]:
    """The names of built-in rules without their kinds, by kind; “…” where code takes one of several words."""
    found: dict[str, list[str]] = {}
    patterns = {pattern.pattern.replace(f"({_PLACE})", "…") for pattern in rules().patterns}
    for name in sorted([*filter(_is_built_in, rules().names), *patterns]):
        kind, _, rest = name.partition("/")
        found.setdefault(kind, []).append(rest)
    return found


# --- pages ------------------------------------------------------------------------------------------------------


class Unknown(NamedTuple):
    """A name on a page that nothing has: the page's line, from 1, the name, and what it was taken for."""

    line: int
    name: str
    what: str


def unknown(page: str) -> Iterator[Unknown]:
    """The names on a page that no command, option, rule or file has."""
    for span in markdown.spans(page):
        yield from _unknown_in(span.line, span.text)
    for block in markdown.blocks(page):
        if block.info.split(" ")[0] in _SHELLS:
            for number, line in enumerate(block.text.splitlines(), 1):
                if words := _command_line(line):
                    yield from _unknown_words(block.line + number, words)


def _unknown_in(line: int, span: str) -> Iterator[Unknown]:
    if missing := _missing_file(span):
        yield Unknown(line, missing, "file")
    elif _NAME.fullmatch(span):
        if span not in _STAND_INS and not rules().has(span) and not (_PACKAGE.parent / span).exists():
            yield Unknown(line, span, "rule")
    elif words := _command_line(span):
        yield from _unknown_words(line, words)
    elif span.startswith("-") and (option := _OPTION.match(span)) and option[1] not in _all_options():
        yield Unknown(line, option[1], "option")


def _missing_file(span: str) -> str:
    """The file of the repository, or the module, that a span names and that isn't there; "" if it names none such."""
    root = _PACKAGE.parent
    if module := _MODULE.search(span):
        path = root / module["name"].replace(".", "/")
        return "" if path.with_suffix(".py").is_file() or path.is_dir() else module["name"]
    is_file = _FILE.fullmatch(span) and (span.endswith("/") or "." in span.rpartition("/")[2])
    return span if is_file and not (root / span).exists() else ""


def _command_line(line: str) -> list[str]:
    """The words behind `cleaner` of a line that calls it, up to what isn't its own; empty if it doesn't."""
    called = re.search(r"(?:^|[ |/])cleaner (?P<words>[a-z-].*)", line.partition(" #")[0])
    if called is None or re.search(r"(?:pip|import|from|python) ", line[: called.start("words")]):
        return []
    try:
        words = shlex.split(called["words"])
    except ValueError:
        words = called["words"].split()
    ends = [at for at, word in enumerate(words) if word in ("|", ">", ">>", "&&", ";")]
    return words[: min(ends, default=len(words))]


def _unknown_words(line: int, words: list[str]) -> Iterator[Unknown]:
    command = _command()
    at = 0
    while isinstance(command, TyperGroup) and at < len(words) and not words[at].startswith("-"):
        found = command.commands.get(words[at])
        if found is None:
            yield Unknown(line, " ".join(["cleaner", *words[: at + 1]]), "command")
            return
        command, at = found, at + 1
    known = set(_options(command)) | {"--help"}
    for word in words[at:]:
        option = _OPTION.match(word)
        if option and option[1] not in known:
            yield Unknown(line, " ".join(["cleaner", *words[:at], option[1]]), "option")


@cache
def _command() -> Any:
    return typer.main.get_command(app)


def _options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)


@cache
def _all_options() -> frozenset[str]:
    return frozenset({"--help", *_every_option(_command())})


def _every_option(command: Any) -> Iterator[str]:
    yield from _options(command)
    for inner in command.commands.values() if isinstance(command, TyperGroup) else ():
        yield from _every_option(inner)
