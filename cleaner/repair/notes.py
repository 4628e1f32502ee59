"""Pinyin readings that a site put in brackets behind a fixed list of characters to hinder copying."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.fold import fold
from cleaner.units import View

READING: Final = "[a-zɡāáǎàēéěèêīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ]{1,6}"
_NOTE: Final = re.compile(rf"(?P<of>[㐀-鿿豈-龎])\( ?(?P<reading>{READING}) ?\)")
_HAN: Final = re.compile("[㐀-鿿豈-龎]")

_DISTINCT: Final = 3  # characters of the list that must show on the page
_REPEATED: Final = 2  # characters of the list annotated more than once: a gloss explains a word one time
_COVERAGE: Final = 0.7  # of the occurrences of annotated characters that carry their reading
_DENSITY: Final = 0.6  # notes per hanzi of their lines above which the page is a primer that annotates everything
_COMMON: Final = 0.6  # share of annotated characters that are everyday ones: a gloss explains rare ones


class Note(NamedTuple):
    """A reading in brackets: the character it belongs to, and its place with the brackets."""

    of: str
    start: int
    end: int


def find(view: View) -> Iterator[Edit]:
    """Edits that delete readings in brackets behind their characters, if the page carries a list of them.

    A page does if several everyday characters are annotated, most of their occurrences, some more than
    once. Left alone: glosses of rare characters, dictionaries, primers that annotate everything, brackets
    whose content is no reading of the character before them, such as (WOYLC).
    """
    if "(" not in view.folded:
        return
    found = list(notes(view))
    if not _is_list(found, view.text):
        return
    for note in found:
        why = f"reading of {note.of} in brackets, as behind most {note.of} on this page"
        yield Edit(note.start, view.text[note.start : note.end], "", "notes/pinyin", why)


def notes(view: View) -> Iterator[Note]:
    """Every reading in brackets behind a character that is read so."""
    for match in _NOTE.finditer(view.folded):
        character = view.text[match.start()]
        if is_reading(match["reading"], character):
            yield Note(character, match.end("of"), match.end())


def _is_list(notes: list[Note], text: str) -> bool:
    annotated = Counter(note.of for note in notes)
    if len(annotated) < _DISTINCT or sum(count > 1 for count in annotated.values()) < _REPEATED:
        return False
    letters = Counter(_HAN.findall(text))
    common = sum(count for character, count in annotated.items() if _is_common(character))
    return (
        len(notes) >= _COVERAGE * sum(letters[character] for character in annotated)
        and len(notes) <= _DENSITY * _letters_beside(notes, text)
        and common >= _COMMON * len(notes)
    )


def _letters_beside(notes: list[Note], text: str) -> int:
    """Hanzi on the lines that hold notes: what else is on the page doesn't make a primer sparser."""
    count, end = 0, 0
    for note in notes:
        if note.start >= end:
            start, end = text.rfind("\n", 0, note.start) + 1, text.find("\n", note.start)
            end = len(text) if end < 0 else end
            count += len(_HAN.findall(text, start, end))
    return count


def _is_common(character: str) -> bool:
    """Whether the character, simplified, is among the 3,755 of GB 2312's first level."""
    try:
        return 0xB0 <= fold(character).encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def is_reading(reading: str, character: str) -> bool:
    """Whether `reading` is a reading of the character; tones are compared only by their vowels.

    >>> is_reading("chǎn", "產"), is_reading("huì", "會"), is_reading("wang", "會")
    (True, True, False)
    """
    return toneless(reading) in map(toneless, readings(character))


@cache
def readings(character: str) -> frozenset[str]:
    """The readings of a character, with tone marks."""
    return frozenset(_dictionary().get(str(ord(character)), "").split(","))


@cache
def toneless(reading: str) -> str:
    """A reading without tone marks, ü as v."""
    letters = unicodedata.normalize("NFD", reading.replace("ɡ", "g").replace("ü", "v"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def _dictionary() -> dict[str, str]:
    """Pypinyin's readings by code point, read from its data file: importing the package takes ten times as long."""
    spec = find_spec("pypinyin")
    assert spec is not None
    assert spec.origin is not None
    readings: dict[str, str] = json.loads((Path(spec.origin).parent / "pinyin_dict.json").read_text("utf-8"))
    return readings
