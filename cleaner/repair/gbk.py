"""GBK as tables: the bytes of characters, the characters of bytes, and what the language model says of them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, Script, codes, fold_codes, only_in
from cleaner.language import load
from cleaner.repair.pinyin import readings, toneless

LOWEST_LEAD: Final = 0x81
LOWEST_TRAIL: Final = 0x40
_SCRIPTS: Final[tuple[Script, Script]] = ("hans", "hant")


@dataclass(frozen=True, slots=True)
class Tables:
    """For byte pairs, by lead and trail, shape (256, 256): code point, script, entry in the language model.

    `simplified` and `traditional` mark characters that only one script uses. `hidden` lists the pairs (second
    byte of one character, first byte of the next) that a decoder drops without trace, since GBK has no
    character there: by the former the latter. `scores` are log-probabilities without context.
    """

    points: Codes
    simplified: NDArray[np.bool_]
    traditional: NDArray[np.bool_]
    indexes: NDArray[np.int64]
    hanzi: NDArray[np.bool_]
    scores: NDArray[np.float32]
    hidden: dict[int, NDArray[np.int64]]


@cache
def tables() -> Tables:
    """The tables, made once."""
    points = np.zeros((256, 256), dtype=np.uint32)
    for lead in range(LOWEST_LEAD, 0xFF):
        for trail in [*range(LOWEST_TRAIL, 0x7F), *range(0x80, 0xFF)]:
            points[lead, trail] = ord(character(lead, trail) or "\0")
    hanzi = ((points >= 0x3400) & (points <= 0x9FFF)) | ((points >= 0xF900) & (points <= 0xFAFF))
    indexes = load().index_of(fold_codes(points.ravel())).reshape(points.shape)
    model = load()
    scores = np.where(hanzi, np.log(np.maximum(model.frequency[indexes], 1e-9)), model.mark_scores(points))
    is_dropped = points[:, LOWEST_LEAD:0xFF] == 0
    hidden = {lead: LOWEST_LEAD + np.flatnonzero(is_dropped[lead]) for lead in range(LOWEST_LEAD, 0xFF)}
    hidden = {lead: followers for lead, followers in hidden.items() if followers.size}
    simplified, traditional = (np.isin(points, codes("".join(only_in(script)))) for script in _SCRIPTS)
    return Tables(points, simplified, traditional, indexes, hanzi, scores, hidden)


def character(lead: int, trail: int) -> str | None:
    """The character of a byte pair; None for pairs GBK leaves to users or to no one."""
    try:
        return bytes([lead, trail]).decode("gbk")
    except UnicodeDecodeError:
        return None


def pair_of(letter: str) -> tuple[int, int] | None:
    """The two bytes of a character; None if GB 18030, which is GBK and more, writes it with one or with four."""
    try:
        data = letter.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return (data[0], data[1]) if len(data) == 2 else None


@cache
def _by_reading() -> dict[tuple[int, str], tuple[int, ...]]:
    """Second bytes of the characters with a first byte and a reading, with its tone mark and without."""
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    table = tables()
    for lead, trail in np.argwhere(table.hanzi).tolist():
        read = readings(chr(table.points[lead, trail]))
        for reading in {*read, *map(toneless, read)}:
            found[lead, reading].append(trail)
    return {key: tuple(trails) for key, trails in found.items()}


def trails_read(lead: int, reading: str) -> tuple[int, ...]:
    """Second bytes that make a character with that reading of a first byte; if none has its tone, with any tone."""
    by_reading = _by_reading()
    return by_reading.get((lead, reading.replace("ɡ", "g"))) or by_reading.get((lead, toneless(reading)), ())


@cache
def _folded_marks() -> dict[str, tuple[int, int]]:
    """What NFKC makes of GBK's symbols, with their bytes, where it begins with ASCII; full-width forms come first."""
    folded = {" ": (0xA1, 0xA1)}
    for lead in (0xA3, *range(0xA1, 0xAA)):
        for trail in range(0xA1, 0xFF):
            symbol = character(lead, trail)
            plain = unicodedata.normalize("NFKC", symbol) if symbol else ""
            if plain and plain != symbol and " " < plain[0] <= "~":
                folded.setdefault(plain, (lead, trail))
    return folded


def widened(text: str, at: int) -> tuple[tuple[int, int] | None, int]:
    """(bytes, length) of the longest symbol that was folded to the ASCII at a place of the text; (None, 0) if none."""
    for length in (4, 3, 2, 1):
        pair = _folded_marks().get(text[at : at + length])
        if pair and at + length <= len(text):
            return pair, length
    return None, 0
