"""Patterns that wait until they are looked for."""

from __future__ import annotations

import copy
import pickle
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import cleaner
from cleaner.patterns import Late, late

OTHERS = ("cleaner.adapters.", "cleaner.__main__", "cleaner.rehearsal")  # take more than is installed, or act


def test_a_pattern_is_compiled_once_and_when_it_is_looked_for() -> None:
    compiled: list[str] = []

    def make(pattern: str) -> re.Pattern[str]:
        compiled.append(pattern)
        return re.compile(pattern)

    found = Late("[0-9]", make)
    assert found.pattern == "[0-9]"
    assert compiled == []
    assert [found.search("3"), found.findall("34"), found.search("a")][1:] == [["3", "4"], None]
    assert compiled == ["[0-9]"]


def test_a_pattern_is_found_as_re_finds_it() -> None:
    for pattern, flags in (("(?P<x>山)水", 0), ("ABC", re.IGNORECASE), ("^a$", re.MULTILINE)):
        found, same = late(pattern, flags), re.compile(pattern, flags)
        assert (found.flags, found.groups, found.groupindex) == (same.flags, same.groups, same.groupindex)
    assert late(rb"\d").findall(b"a1") == [b"1"]


def test_copies_find_the_same() -> None:
    found = late("[0-9]")
    for same in (copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert same.findall("a1") == ["1"]


def held(value: object) -> Iterator[Late]:
    """The patterns in a constant of a module."""
    if isinstance(value, Late):
        yield value
    elif isinstance(value, dict | tuple | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from held(each)


def test_every_pattern_of_the_package_compiles() -> None:
    names = [module.name for module in pkgutil.walk_packages(cleaner.__path__, "cleaner.")]
    modules = [import_module(name) for name in names if not name.startswith(OTHERS)]
    patterns = {id(each): each for module in modules for value in vars(module).values() for each in held(value)}
    assert len(patterns) > 80
    for each in patterns.values():
        assert each.search is not None
