"""What lines are made of: characters of each class, pairs of hanzi. Next: `features`, which describes lines by them.

All lines of a page are counted at once, on arrays of their code points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, codes

Indexes = NDArray[np.int64]
Classes = NDArray[np.uint8]

CLASSES: Final = ("blank", "hanzi", "digit", "letter", "stop", "pause", "colon", "bar", "bracket", "sign")
BLANK, HANZI, DIGIT, LETTER, STOP, PAUSE, COLON, BAR, BRACKET, SIGN = range(len(CLASSES))
_OF_CLASS: Final = {
    STOP: "。!?;…．", PAUSE: ",、", COLON: ":", BAR: "|>»›/_·•~",
    BRACKET: "()[]【】《》〈〉「」『』“”‘’\"'<{}",
}  # fmt: skip
_NEWLINE: Final = ord("\n")  # a blank, too
_HASHES: Final = 1 << 15  # places for pairs of hanzi, a power of 2; a page has one or two thousand
NO_PAIRS: Final = 255  # in place of a percentage


@cache
def _class_table() -> Classes:
    """The class of every code point of the fold, shape (0x110000,)."""
    table = np.full(0x110000, SIGN, np.uint8)
    for low, high in ((0x3400, 0xA000), (0x20000, 0x32000)):
        table[low:high] = HANZI
    kinds = {"Zs": BLANK, "Cc": BLANK, "Zl": BLANK, "Zp": BLANK, "Nd": DIGIT}
    for point in range(0x3400):
        category = unicodedata.category(chr(point))
        table[point] = LETTER if category.startswith("L") else kinds.get(category, SIGN)
    for kind, letters in _OF_CLASS.items():
        table[[ord(letter) for letter in letters]] = kind
    return table


class Letters(NamedTuple):
    """All lines, each with a newline behind it: their text, its code points and their classes, and where lines end."""

    text: str
    points: Codes
    classes: Classes
    ends: Indexes
    owners: Indexes  # the line that each character belongs to

    @classmethod
    def of(cls, lines: Sequence[str]) -> Letters:
        """The letters of lines, one at least and none of them empty."""
        text = "\n".join([*lines, ""])
        points = codes(text)
        (ends,) = (points == _NEWLINE).nonzero()
        sizes = ends.copy()
        sizes[0] += 1
        sizes[1:] -= ends[:-1]
        return cls(text, points, _class_table().take(points), ends, np.arange(ends.size).repeat(sizes))

    def counts(self) -> Indexes:
        """Characters of each class in each line, shape (classes, lines)."""
        lines = self.ends.size
        places = np.multiply(self.classes, lines, dtype=np.intp)
        places += self.owners
        counts = np.bincount(places, minlength=len(CLASSES) * lines).reshape(-1, lines)
        counts[BLANK] -= 1  # the newline
        return counts

    def outer(self) -> tuple[bytes, bytes]:
        """The classes of each line's first character, and of its last one."""
        classes, ends = self.classes.tobytes(), self.ends.tolist()
        return bytes([classes[end + 1] for end in (-1, *ends[:-1])]), bytes([classes[end - 1] for end in ends])

    def shared(self, is_prose: bytes) -> Indexes:
        """Percentages of each line's pairs of hanzi that the prose of other lines has, and that the first line has.

        Shape (2, lines); `NO_PAIRS` for a line without pairs. They are told apart by a hash, which mistakes few for
        another.
        """
        lines, hanzi = self.ends.size, self.classes == HANZI
        (where,) = (hanzi[:-1] & hanzi[1:]).nonzero()
        pairs = ((self.points[:-1] * 40503 + self.points[1:]) & (_HASHES - 1)).take(where).astype(np.intp)
        owners = self.owners.take(where)
        total = np.bincount(owners, minlength=lines)
        in_first = np.zeros(_HASHES, np.bool_)
        in_first[pairs[: total[0]]] = True
        found = (_said_elsewhere(pairs, owners, is_prose), in_first.take(pairs))
        shared = np.array([np.bincount(owners.compress(flags), minlength=lines) for flags in found])
        return np.where(total > 0, shared * 100 // np.maximum(total, 1), NO_PAIRS)


def _said_elsewhere(pairs: Indexes, owners: Indexes, is_prose: bytes) -> NDArray[np.bool_]:
    """Which pairs stand in a line of prose that isn't their own, by the lines they stand in; shape as given."""
    speaking = np.frombuffer(is_prose, np.bool_).take(owners)
    spoken, speakers = pairs.compress(speaking), owners.compress(speaking)
    first, last = np.empty((2, _HASHES), np.int32)  # which line of prose says a pair first, and which last
    first[pairs] = last[pairs] = -1
    first[spoken[::-1]], last[spoken] = speakers[::-1], speakers  # of equal places the last one written stays
    first, last = first.take(pairs), last.take(pairs)
    elsewhere: NDArray[np.bool_] = (first >= 0) & ((first != owners) | (last != owners))
    return elsewhere
