"""What kind each character of a text is: what scripts, languages and line ends are told by. Next: `runs`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, codes, only_in, only_japanese, telling

Kinds = NDArray[np.uint8]

HAN: Final = 0  # a hanzi that both scripts share
HANS: Final = 1  # one that only simplified text uses
HANT: Final = 2  # one that only traditional text uses
KANJI: Final = 3  # one that only Japanese uses
KANA: Final = 4
HANGUL: Final = 5
LATIN: Final = 6
OTHER: Final = 7  # a letter of any other script
_END: Final = 8  # a mark that ends a sentence
_LINE_END: Final = ord("\n")  # the one kind at which bytes.split splits
_CLOSING: Final = 14  # a bracket or quotation mark that may stand behind an end mark
_BLANK: Final = 15
DIGIT: Final = 16
_REST: Final = 17  # all other marks, and what is no character at all

_END_MARKS: Final = "。！？…⋯!?.．｡‼⁇⁈⁉"
_CLOSING_MARKS: Final = "”’」』）】》〉〕)]}\"'»›"
# What may hold letters, blanks and marks is looked at character by character; all else is hanzi, hangul or nothing.
_SMALL_BLOCKS: Final = ((0x0, 0x3400), (0xA000, 0xAC00), (0xD7B0, 0xD800), (0xFA00, 0x20000))
_KANA_BLOCKS: Final = ((0x3041, 0x3100), (0x31F0, 0x3200), (0xFF66, 0xFF9E))
_HANGUL_BLOCKS: Final = ((0x1100, 0x1200), (0x3131, 0x318F), (0xA960, 0xA980), (0xAC00, 0xD7FC), (0xFFA0, 0xFFDD))
_LATIN_BLOCKS: Final = ((0x0, 0x250), (0x1E00, 0x1F00), (0xFF21, 0xFF5B))
_HANZI_BLOCKS: Final = ((0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000))
_NO_KANA: Final = "・ー"  # the middle dot and the length mark, which Chinese text uses as dots and dashes too


def kinds(points: Codes) -> Kinds:
    """The kind of each character of a text, by its code points; shape as given.

    >>> from cleaner.fold import codes
    >>> kinds(codes("这本書。 Yes")).tolist()
    [1, 0, 2, 8, 15, 6, 6, 6]
    """
    return of_all().take(points)


def letters(of: Kinds) -> list[int]:
    """How many letters there are of each kind, from `HAN` to `OTHER`; digits are none.

    >>> from cleaner.fold import codes
    >>> letters(kinds(codes("这本書。 Yes")))
    [1, 1, 1, 0, 0, 0, 3, 0]
    """
    counts: list[int] = np.bincount(of, minlength=_END).tolist()
    return counts[:_END]


def hanzi(text: str) -> int:
    """How many hanzi a text has, those that only Japanese uses too.

    >>> hanzi("这本書，Yes。")
    3
    """
    return int(np.count_nonzero(kinds(codes(text)) <= KANJI))


def letter_counts(texts: Sequence[str]) -> list[tuple[int, int]]:
    """How many letters each text has, and how many hanzi among them; all at once, for most texts are short.

    >>> letter_counts(["这本書，Yes。", "", "好"])
    [(6, 3), (0, 0), (1, 1)]
    """
    found = kinds(codes("".join(texts)))
    is_letter, is_hanzi = found <= OTHER, found <= KANJI
    bounds = pairwise([0, *accumulate(map(len, texts))])
    count = np.count_nonzero
    return [
        (int(count(is_letter[start:end])), int(count(is_hanzi[start:end]))) if end > start else (0, 0)
        for start, end in bounds
    ]


def line_ends(of: Kinds) -> tuple[int, int]:
    r"""(lines that end in an end mark, lines in all); blank lines count for neither.

    Blanks, closing brackets and quotation marks behind the end mark are looked through.

    >>> from cleaner.fold import codes
    >>> line_ends(kinds(codes("标题\n\n他说：“好。” \n")))
    (1, 2)
    """
    bare = of.tobytes().translate(None, _LOOKED_THROUGH) + b"\n"
    return bare.count(_ENDED), len(bare.split())


_LOOKED_THROUGH: Final = bytes((_BLANK, _CLOSING))
_ENDED: Final = bytes((_END, _LINE_END))


@cache
def of_all() -> Kinds:
    """The kind of each code point, shape (0x110000,)."""
    table = np.full(0x110000, _REST, np.uint8)
    for start, end in _SMALL_BLOCKS:
        for kind, test in ((_BLANK, str.isspace), (DIGIT, str.isalnum), (OTHER, str.isalpha)):  # the last one counts
            table[start:end][telling(test, start, end)] = kind
    table[ord("\n")] = _LINE_END
    for kind, blocks in ((LATIN, _LATIN_BLOCKS), (KANA, _KANA_BLOCKS), (HANGUL, _HANGUL_BLOCKS)):
        for start, end in blocks:
            block = table[start:end]
            block[block == OTHER] = kind
    table[0xAC00:0xD7A4] = HANGUL
    for start, end in _HANZI_BLOCKS:
        table[start:end] = HAN
    for kind, characters in (
        (HANS, only_in("hans")), (HANT, only_in("hant")), (KANJI, only_japanese()),
        (_END, _END_MARKS), (_CLOSING, _CLOSING_MARKS), (_REST, _NO_KANA),
    ):  # fmt: skip
        table[[*map(ord, characters)]] = kind
    return table
