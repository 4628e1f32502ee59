"""What a reading is, checked against pypinyin's data. Next: `notes`, which finds readings in brackets."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from cleaner.fold import fold

_TONES: Final = {
    "\N{COMBINING MACRON}": "1",
    "\N{COMBINING ACUTE ACCENT}": "2",
    "\N{COMBINING CARON}": "3",
    "\N{COMBINING BREVE}": "3",  # ă, which many type for ǎ
    "\N{COMBINING GRAVE ACCENT}": "4",
}
_MARKS: Final = "".join(_TONES)
_DIAERESIS: Final = "\N{COMBINING DIAERESIS}"
TONED: Final = "āáǎăàēéěĕèīíǐĭìōóǒŏòūúǔŭùǖǘǚǜńňǹḿếề" + _MARKS  # letters that only toned readings hold
# One syllable in small letters; GBK has an a and a g of its own for pinyin, and marks may stand by themselves.
READING: Final = f"(?:(?:u:|[a-zɡɑüê{TONED}])[{_MARKS}{_DIAERESIS}]{{0,2}}){{1,6}}"
ZHUYIN: Final = "˙?[ㄅ-ㄩ]{1,3}[ˊˇˋ˙]?"
_PLAIN: Final = str.maketrans({"ɡ": "g", "ɑ": "a"})
_U_AFTER: Final = re.compile("(?<=[jqxy])v")  # where ü is written u
_ENTRIES: Final = 1 << 16  # of a cache whose keys come from the text


def is_reading(reading: str, character: str) -> bool:
    """Whether `reading` is a reading of the character, whatever its tone.

    >>> is_reading("chǎn", "產"), is_reading("huì", "會"), is_reading("wang", "會")
    (True, True, False)
    """
    return read_as(reading, character) is not None


@lru_cache(_ENTRIES)
def read_as(reading: str, character: str) -> str | None:
    """The dictionary's reading that `reading` writes; None if neither the character nor its simplified form has it.

    Where the dictionary doesn't have the tone, the first reading with the same letters stands in.

    >>> read_as("chan3", "產"), read_as("ㄔㄢˇ", "产"), read_as("lu:4", "绿"), read_as("gé", "個")
    ('chǎn', 'chǎn', 'lǜ', 'gè')
    """
    known = (*_listed(character), *_listed(fold(character)))
    if _is_zhuyin(reading):
        spelled = reading.strip("˙") + "˙" * ("˙" in reading)
        return next((found for found in known if _zhuyin(found) == spelled), None)
    letters, tone = _parts(reading)
    alike = [found for found in known if toneless(found) == letters]
    return next((found for found in alike if tone_of(found) == tone), alike[0] if alike else None)


@lru_cache(_ENTRIES)
def is_exact(reading: str, character: str) -> bool:
    """Whether the character has that reading with that very tone, the neutral one included."""
    found = read_as(reading, character)
    return found is not None and (_is_zhuyin(reading) or tone_of(found) == tone_of(reading))


@lru_cache(_ENTRIES)
def is_first(reading: str, character: str) -> bool:
    """Whether the reading has the letters of the one that the dictionary names first: the one that needs no gloss."""
    found = read_as(reading, character)
    return found is not None and toneless(found) in (toneless(first(character)), toneless(first(fold(character))))


def first(character: str) -> str:
    """The reading that the dictionary names first; empty if it doesn't have the character."""
    return next(iter(_listed(character)), "")


def spells(letters: str, characters: str) -> bool:
    """Whether letters without tones are readings of the characters, one after the other.

    >>> spells("zhongwen", "中文"), spells("zhongwen", "中学")
    (True, False)
    """
    if not characters:
        return not letters
    ends = {toneless(reading) for reading in readings(characters[-1])}
    return any(letters.endswith(end) and spells(letters[: -len(end)], characters[:-1]) for end in ends)


@cache
def readings(character: str) -> frozenset[str]:
    """The readings of a character, with tone marks."""
    return frozenset(_listed(character))


def toneless(reading: str) -> str:
    """A reading without tone, ü as v.

    >>> toneless("lǜ"), toneless("chan3"), toneless("qún")
    ('lv', 'chan', 'qun')
    """
    return _parts(reading)[0]


def tone_of(reading: str) -> str:
    """The tone, 1 to 4, that a mark or a digit gives; empty if there is none, as in the neutral tone."""
    return _parts(reading)[1]


@lru_cache(_ENTRIES)
def _parts(reading: str) -> tuple[str, str]:
    """(letters, tone) of a reading."""
    spelled = unicodedata.normalize("NFD", reading.translate(_PLAIN).replace("u:", "v"))
    spelled = spelled.replace("u" + _DIAERESIS, "v")
    tones = [_TONES.get(letter, letter) for letter in spelled if letter in _TONES or letter in "1234"]
    letters = "".join(letter for letter in spelled if "a" <= letter <= "z")
    return _U_AFTER.sub("u", letters), tones[0] if tones else ""


def _is_zhuyin(reading: str) -> bool:
    return "ㄅ" <= reading.strip("˙")[:1] <= "ㄩ"


@cache
def _zhuyin(reading: str) -> str:
    """A reading in zhuyin, a neutral tone's dot behind; the converter takes long to import, and few texts need it."""
    return str(import_module("pypinyin.style.bopomofo").converter.to_bopomofo(reading))


def _listed(character: str) -> tuple[str, ...]:
    """The readings of a character, in the dictionary's order."""
    entry = _dictionary().get(str(ord(character)))
    return tuple(entry.split(",")) if entry else ()


@cache
def _dictionary() -> dict[str, str]:
    """Pypinyin's readings by code point, read from its data file: importing the package takes ten times as long."""
    spec = find_spec("pypinyin")
    assert spec is not None
    assert spec.origin is not None
    entries: dict[str, str] = json.loads((Path(spec.origin).parent / "pinyin_dict.json").read_text("utf-8"))
    return entries
