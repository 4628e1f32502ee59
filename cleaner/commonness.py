"""How common characters are, of whichever language: what tells a right reading of bytes from a wrong one.

One log-probability for each code point: hanzi by the language model's frequencies, all else by its kind. A right
reading of Chinese costs about 6 nats a character, a wrong one 10 and more. Next: `charsets`, `decode`.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, codes, fold_codes
from cleaner.language import frequencies

_UNHEARD: Final = -13.0  # what no page is full of: rare hanzi, rare syllables, symbols
_NO_TEXT: Final = -14.0  # a byte that is no text, a control, a private character
_LETTER: Final = -3.0  # an ASCII letter or digit, a blank
_KINDS: Final = (  # (first, end, log-probability); later ones overrule
    (0x00, 0x20, _NO_TEXT), (0x20, 0x7F, -4.5), (0x7F, 0xA0, _NO_TEXT), (0xA0, 0xC0, -8.0), (0xC0, 0xE0, -8.0),
    (0xE0, 0x100, -5.5), (0x100, 0x250, -6.5), (0x370, 0x400, -6.0), (0x400, 0x430, -7.0), (0x430, 0x460, -4.5),
    (0x590, 0xE80, -4.0), (0x10A0, 0x1100, -5.0), (0x1E00, 0x2000, -6.5), (0x2010, 0x2030, -7.0),
    (0x2030, 0x2070, -9.0), (0x20AC, 0x20AD, -8.0), (0x2100, 0x2800, -10.0), (0x3000, 0x3020, -7.0),
    (0x3041, 0x3097, -5.0), (0x30A1, 0x30FB, -6.0), (0x30FB, 0x30FD, -5.5), (0x3105, 0x312A, -11.0),
    (0xD800, 0xF900, _NO_TEXT), (0xFF01, 0xFF10, -7.5), (0xFF10, 0xFF5F, -9.0), (0xFF61, 0xFFA0, -11.0),
    (0xFFFD, 0xFFFE, _NO_TEXT),
)  # fmt: skip
_MARKS: Final = {
    -3.0: " \n\r\tetaoinsrhldcu", -4.0: "，。、", -5.0: "の・", -6.0: "“”：；（）「」？！《》—…\N{IDEOGRAPHIC SPACE}’",
    -7.0: "·‘『』【】─•～«»°©®\N{NO-BREAK SPACE}", -4.5: "éèàäöüßçñóíáêいうかしたてとなにはるをん",
    -10.0: "\x1b\x0b\x0c",
}  # fmt: skip
_SYLLABLE: Final = -7.8  # one of the 2,350 of KS X 1001, all alike
_FREQUENT: Final = -4.8  # one of those that every Korean sentence is made of
_SYLLABLES: Final = (
    "이다는의에을를가고하지은한로서도사기인어나그있자들니리대일해으스수라시아게정과여전부면장구주원안것보"
)
_KANJI: Final = -9.2  # one of the kanji for everyday use, at the least: Chinese may not know it
_HANZI: Final = (0x3400, 0xA000)
_SHARE: Final = -0.3  # log-share of hanzi among the characters of Chinese text
_CLASH: Final = -4.0  # for two letters beyond ASCII side by side, as Latin script seldom has them
_SEAM: Final = -2.0  # for an East Asian character right after or before an ASCII letter
_MIXTURE: Final = -5.0  # for a letter of another alphabet there: no word mixes them
_EAST_ASIAN: Final = (0x2E80, 0xD800)
_LATIN: Final = (0xC0, 0x250)
_ALPHABETS: Final = (0x250, 0x2000)


def likelihood(text: str) -> float:
    """Log-probability (nats) of `text`: of two readings of the same bytes the higher is the likelier."""
    points = codes(text)
    total = float(_table().take(points, mode="clip").sum())
    letters = ((points | 0x20) >= 0x61) & ((points | 0x20) <= 0x7A)
    latin, east, other = (_within(points, span) for span in (_LATIN, _EAST_ASIAN, _ALPHABETS))
    clashes = np.count_nonzero(latin[1:] & latin[:-1])
    return total + _CLASH * clashes + _SEAM * _contacts(east, letters) + _MIXTURE * _contacts(other, letters)


def _within(points: Codes, span: tuple[int, int]) -> NDArray[np.bool_]:
    return (points >= span[0]) & (points < span[1])


def _contacts(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(one[1:] & other[:-1]) + np.count_nonzero(other[1:] & one[:-1]))


@cache
def _table() -> NDArray[np.float32]:
    """Log-probability of each code point; shape (0x20000,), the last stands for all beyond."""
    table = np.full(0x20000, _UNHEARD, np.float32)
    for first, end, chance in _KINDS:
        table[first:end] = chance
    for letters in (range(0x30, 0x3A), range(0x41, 0x5B), range(0x61, 0x7B)):
        table[letters.start : letters.stop] = _LETTER
    table[_pairs("euc_kr", 0xB0, 0xC8)] = _SYLLABLE
    table[codes(_SYLLABLES)] = _FREQUENT
    _put_hanzi(table)
    for chance, marks in _MARKS.items():
        table[codes(marks)] = chance
    return table


def _put_hanzi(table: NDArray[np.float32]) -> None:
    known, chances = frequencies()
    hanzi = np.arange(*_HANZI, dtype=np.uint32)
    folded = fold_codes(hanzi)
    places = np.minimum(np.searchsorted(known, folded), known.size - 1)
    found = np.where(known[places] == folded, chances[places] + _SHARE, _UNHEARD)
    table[hanzi] = np.maximum(found, _UNHEARD)
    kanji = _pairs("euc_jp", 0xB0, 0xCF)
    table[kanji] = np.maximum(table[kanji], _KANJI)


@cache
def everyday_points() -> Codes:
    """Hanzi of the first levels of GB 2312 and Big5, which hold what is written every day."""
    return np.concatenate((_pairs("gb2312", 0xB0, 0xD7), _pairs("big5", 0xA4, 0xC6)))


def _pairs(encoding: str, low: int, high: int) -> Codes:
    """What the two-byte codes of an encoding with these first bytes stand for."""
    pairs = (bytes((lead, trail)) for lead in range(low, high + 1) for trail in range(0x40, 0xFF))
    return codes(b"\n".join(pairs).decode(encoding, "ignore").replace("\n", ""))
