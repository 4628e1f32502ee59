"""What bytes a garbled text shows, by the encoding they were taken for. Next: `mojibake`, which reads them again.

A *view* is a table for `str.translate`: it turns each character into the bytes that an encoding shows as that
character, as characters below U+0100, so that patterns and codecs can go on from there. What the encoding cannot
show stays or becomes a character beyond.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, codes, text_of

LOST: Final = "\N{REPLACEMENT CHARACTER}"
FOREIGN: Final = "\uffff"  # stands for a character that the encoding cannot have shown
View = dict[int, str]
_LEADS: Final = range(0x81, 0xFF)
_TRAILS: Final = (*range(0x40, 0x7F), *range(0x80, 0xFF))
_EURO: Final = 0x20AC  # what Windows shows for the byte 80, in GBK too


class _ByUtf8(View):
    """Shows a character beyond U+00FF as the bytes of its UTF-8."""

    def __missing__(self, point: int) -> str:
        if point < 0x100:
            return chr(point)
        return chr(point).encode("utf-8", "replace").decode("latin-1")


@cache
def single() -> View:
    """Latin-1 and Windows-1252: one byte a character, and bytes that decoding kept as surrogates."""
    view = {0xDC00 + byte: chr(byte) for byte in range(0x80, 0x100)}
    for byte in range(0x80, 0xA0):
        shown = bytes([byte]).decode("cp1252", "replace")
        if shown != LOST:
            view[ord(shown)] = chr(byte)
    return view


@cache
def mixed() -> View:
    """“UTF-8 first, else Latin-1”: what is beyond U+00FF was valid UTF-8 by chance."""
    return _ByUtf8({0xDC00 + byte: chr(byte) for byte in range(0x80, 0x100)})


def gbk() -> View:
    """GBK with the user-defined zones of GB18030, whose characters are private."""
    view = _latin_is_foreign()
    for codec in ("gb18030", "gbk"):
        view |= {ord(letter): pair for pair, letter in letters(codec).items()}
    return view | {_EURO: "\x80"}


def big5(codec: str) -> View:
    """Big5 as a codec shows it, what that one lacks as Windows and browsers do, and the former's user-defined zones.

    Some characters stand twice in Big5, and each codec shows another pair as them.
    """
    view = _latin_is_foreign()
    for lead in (*range(0xC6, 0xC9), *range(0xFA, 0xFF), *range(0x8E, 0xA1), *range(0x81, 0x8E)):
        for place, trail in enumerate((*range(0x40, 0x7F), *range(0xA1, 0xFF))):
            view[_private(lead) + place] = chr(lead) + chr(trail)
    for each in ("cp950", "big5hkscs", codec):
        view |= {ord(letter): pair for pair, letter in letters(each).items() if len(letter) == 1}
    return view | {_EURO: "\x80"}


@cache
def shown_pairs(codec: str) -> NDArray[np.bool_]:
    """Which byte pairs a codec shows, by lead and trail; shape (256, 256)."""
    shown = np.zeros((256, 256), dtype=np.bool_)
    leads, trails = codes("".join(letters(codec))).reshape(-1, 2).T
    shown[leads, trails] = True
    return shown


@dataclass(frozen=True, slots=True)
class Table:
    """A view of at most two bytes a character, as arrays: what `str.translate` gives, in a tenth of the time.

    `first` and `second` hold the bytes of each code point below the highest of the view, 0 for no second one.
    """

    first: Codes
    second: Codes

    @classmethod
    def of(cls, view: View) -> Table:
        """The table of a view."""
        first = np.arange(max(view) + 1, dtype=np.uint32)
        second = np.zeros_like(first)
        points = np.fromiter(view, np.intp)
        pairs = codes("".join(shown.ljust(2, "\0") for shown in view.values())).reshape(-1, 2)
        first[points], second[points] = pairs[:, 0], pairs[:, 1]
        return cls(first, second)

    def shown(self, points: Codes) -> str:
        """The bytes of these code points."""
        both = np.stack(self._bytes(points), axis=1).ravel()
        both = both[(both > 0) | (np.arange(both.size) % 2 == 0)]
        return text_of(both)

    def widths(self, points: Codes) -> NDArray[np.intp]:
        """How many bytes each of these code points shows; shape as given."""
        return 1 + (self._bytes(points)[1] > 0).astype(np.intp)

    def is_shown(self, points: Codes) -> NDArray[np.bool_]:
        """Which of these code points show bytes, or stand for lost ones; shape as given."""
        first, _ = self._bytes(points)
        is_shown: NDArray[np.bool_] = (first < 0x100) | (first == ord(LOST))
        return is_shown

    def _bytes(self, points: Codes) -> tuple[Codes, Codes]:
        """First and second byte of each code point; what the view doesn't have shows itself."""
        is_beyond = points >= self.first.size
        first = np.where(is_beyond, points, self.first.take(points, mode="clip"))
        return first, np.where(is_beyond, 0, self.second.take(points, mode="clip"))


def _latin_is_foreign() -> View:
    return dict.fromkeys(range(128, 256), FOREIGN) | {ord(LOST): LOST}


def _private(lead: int) -> int:
    """Where Windows puts the first character of a user-defined row of Big5."""
    for first, base in ((0xFA, 0xE000), (0xC6, 0xF6B1 - 63), (0x8E, 0xE311), (0x81, 0xEEB8)):
        if lead >= first:
            return base + 157 * (lead - first)
    raise ValueError(lead)


@cache
def letters(codec: str) -> dict[str, str]:
    """What a codec shows for each pair of bytes it knows; these as characters below U+0100.

    Of any other pair it skips the first byte, and shows the second if that is ASCII: Latin letters show as themselves.
    """
    shown = "\n".join(_pairs()).encode("latin-1").decode(codec, "ignore").split("\n")
    return {pair: letter for pair, letter in zip(_pairs(), shown, strict=True) if letter and not letter.isascii()}


@cache
def _pairs() -> tuple[str, ...]:
    """All pairs of bytes that a codec may know."""
    return tuple(chr(lead) + chr(trail) for lead in _LEADS for trail in _TRAILS)


@cache
def character(lead: int, trail: int, codec: str) -> str:
    """What a codec shows for a pair of bytes; nothing if it knows none."""
    return bytes([lead, trail]).decode(codec, "ignore") if trail >= _TRAILS[0] else ""
