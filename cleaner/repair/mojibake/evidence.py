"""Signs of garbled text, and how much better Chinese one reading is than another. Next: `mojibake`."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.commonness import everyday_points
from cleaner.fold import Codes, codes, fold_codes
from cleaner.language import load
from cleaner.language.model import Floats

SIGN, STRONG = 1, 2  # of a character: strange beside another, strange alone
_CLOSE: Final = 3  # characters from one sign to the next that count as beside
# Written alone or beside each other in good text: blanks, quotes, signs of trade and measure, powers, fractions.
_USUAL_LATIN: Final = "\N{NO-BREAK SPACE}\N{SOFT HYPHEN}§©«®°±²³´·¹»¼½¾¿×÷\x85"
_WINDOWS: Final = "€™‚ƒ„†‡ˆ‰Š‹ŒŽ˜š›œžŸ"
_TELLING: Final = "ÂÃ锟嚙銆锛"  # what comes first in garbled text, seldom elsewhere
_MEMORY: Final = "烫屯葺铪"  # what uninitialised memory shows, if several stand together
_CHANCE: Final = -8.2  # log-probability of a hanzi half way between text (about -5.5) and garbage (about -11)
_WHOLE: Final = (  # blocks that text holds beside hanzi, and which say nothing for or against a reading
    (0x00, 0x80), (0xA7, 0xA8), (0xB0, 0xB2), (0xB7, 0xB8), (0xD7, 0xD8), (0xA0, 0xA1), (0x2010, 0x2070),
    (0x2100, 0x2400), (0x2460, 0x2600), (0x3000, 0x3020), (0xFF01, 0xFF5F), (0x1F000, 0x20000),
)  # fmt: skip
_FLUENT: Final = -7.0
_WINDOW: Final = 6  # hanzi
_STRANGE: Final = -10.0  # score of a character that Chinese text doesn't hold
_REPLACEMENT: Final = 0xFFFD
_LOST: Final = -7.0  # score of U+FFFD
_NEUTRAL: Final = -5.0
GARBAGE: Final = -8.5  # mean score below which a text is no Chinese
_HANZI, _PLAIN, _UNKNOWN = 0, 1, 2


@cache
def signs() -> NDArray[np.uint8]:
    """For each code point whether it is a sign of garbling: 0, SIGN or STRONG; shape (0x110000,).

    Signs are hanzi outside the everyday ones of both scripts, kana, bopomofo and private characters, letters
    and marks of Latin-1 and Windows-1252.
    """
    table = np.zeros(0x110000, dtype=np.uint8)
    table[0x3400:0xA000] = SIGN
    everyday = np.union1d(everyday_points(), fold_codes(everyday_points()))
    table[everyday] = 0
    table[0x3041:0x3130] = table[0xE000:0xF900] = SIGN
    table[0x80:0x100] = SIGN
    table[codes(_WINDOWS)] = SIGN
    table[0x80:0xA0] = table[0xDC80:0xDD00] = STRONG
    table[codes(_USUAL_LATIN)] = 0
    table[codes(_MEMORY)] = SIGN
    table[codes(_TELLING)] = STRONG
    return table


def suspicious_places(points: Codes) -> NDArray[np.intp]:
    """Places of signs that have another close behind them or are strong alone; shape (n,)."""
    found = signs().take(points)
    if not np.count_nonzero(found):  # the cheapest look
        return np.empty(0, np.intp)
    places = np.flatnonzero(found)
    close = np.diff(places) <= _CLOSE
    keep = found[places] == STRONG
    keep[:-1] |= close
    suspicious: NDArray[np.intp] = places[keep]
    return suspicious


@lru_cache(maxsize=8)  # one reading is asked about several times over
def each(text: str) -> NDArray[np.float64]:
    """Log-probability of each character as Chinese text, 0 for ASCII; shape (len(text),). To be read only."""
    points = codes(text)
    kinds = _kinds().take(points)
    found = np.where(kinds == _HANZI, _scores(text), np.where(kinds == _PLAIN, _NEUTRAL, _STRANGE))
    found[points == _REPLACEMENT] = _LOST
    found[points < 0x80] = 0
    return found.astype(np.float64)


@lru_cache(maxsize=8)
def _scores(text: str) -> Floats:
    return load().scores(text)


def likelihood(text: str) -> float:
    """Log-probability of what is beyond ASCII: of two readings of the same bytes the higher is the likelier."""
    return float(each(text).sum())


def mean(text: str) -> float:
    """Mean log-probability of what is beyond ASCII; 0 if nothing is."""
    count = len(text) - len(text.encode("ascii", "ignore"))
    return likelihood(text) / max(1, count)


def is_everyday(letter: str) -> bool:
    """Whether a character is a hanzi of every day or a mark of Chinese text."""
    point = ord(letter)
    return bool(_kinds()[point] == _PLAIN or (_kinds()[point] == _HANZI and not signs()[point]))


def evidence(text: str) -> float:
    """By how much `text` is likelier Chinese than garbage, in nats; marks don't count, nor does a pair said before."""
    points = codes(text)
    kinds = _kinds().take(points)
    hanzi = np.flatnonzero(kinds == _HANZI)
    strange = int((kinds == _UNKNOWN).sum())
    before = np.where(hanzi > 0, points[hanzi - 1], 0).astype(np.int64)
    _, first = np.unique(before << 32 | points[hanzi], return_index=True)
    gains = _scores(text)[hanzi[first]] - _CHANCE
    return float(gains.sum()) + strange * (_STRANGE - _CHANCE) * 2


def is_fluent(text: str) -> bool:
    """Whether all of `text` is Chinese: no few hanzi in a row are garbage."""
    points = codes(text)
    hanzi = _scores(text)[_kinds().take(points) == _HANZI]
    if hanzi.size < _WINDOW or hanzi.mean() < _FLUENT:
        return False
    return bool((np.convolve(hanzi, np.full(_WINDOW, 1 / _WINDOW), "valid") > GARBAGE - 1).all())


def is_garbage(text: str) -> bool:
    """Whether `text` holds no hanzi, or such as don't belong together."""
    return not hanzi_count(text) or mean(text) < GARBAGE


def hanzi_count(text: str) -> int:
    """How many hanzi `text` holds."""
    return int((_kinds().take(codes(text)) == _HANZI).sum())


@cache
def _kinds() -> NDArray[np.uint8]:
    table = np.full(0x110000, _UNKNOWN, dtype=np.uint8)
    for first, end in _WHOLE:
        table[first:end] = _PLAIN
    table[0x3400:0xA000] = table[0x20000:0x32000] = _HANZI
    return table
