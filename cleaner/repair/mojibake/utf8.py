"""UTF-8 from which bytes were lost: what is whole is decoded, what is broken is asked of the language model.

UTF-8 says where each character begins, so a lost byte breaks one character and no more. The candidates for it
are the characters that its other bytes fit. Next: `mojibake`, which takes such bytes from garbled text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes
from cleaner.repair.mojibake.encodings import LOST
from cleaner.repair.mojibake.filling import Filled, Hole, fill

_TOKEN: Final = re.compile(
    "(?P<whole>(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+)"
    "|(?P<lead>[\xe0-\xef])(?P<inner>[?\ufffd ]{0,2})(?P<next>[\x80-\xbf]?)(?P<gap>[?\ufffd ]?)"
    "|(?P<tail>[\x80-\xbf]{2})(?![\x80-\xbf])"
    "|(?P<other>.)",
    re.DOTALL,
)
_LEADS: Final = range(0xE3, 0xEA)


def decode(shown: str, lost: Sequence[int], pairs: NDArray[np.bool_] | None = None) -> Filled:
    """The text of bytes (as characters below U+0100) of which those in `lost` are missing at places.

    A missing byte may have left a “?”, U+FFFD, a blank or nothing. Where the bytes were read as pairs, `pairs`
    says which of them (lead, trail) can be shown: a lost byte made none with the next. Characters from U+0100
    on are no bytes and come back as U+FFFD.
    """
    return fill(list(_tokens(shown, _Losses(tuple(lost), pairs))))


@dataclass(frozen=True, slots=True)
class _Losses:
    """Which bytes can have been lost: those listed, and of pairs those that could not be shown."""

    lost: tuple[int, ...]
    pairs: NDArray[np.bool_] | None

    def before(self, byte: str) -> tuple[int, ...]:
        """The bytes that can have been lost before a byte (as a character; any if it can be no second byte)."""
        if self.pairs is None or not "@" <= byte <= "\xff":
            return self.lost
        return tuple(value for value in self.lost if not self.pairs[value, ord(byte)])

    def before_leads(self) -> tuple[int, ...]:
        """The bytes that can have been lost together with the first byte of the next character."""
        return self.lost if self.pairs is None else tuple(b for b in self.lost if not self.pairs[b, _LEADS].all())


def _tokens(shown: str, losses: _Losses) -> Iterator[str | Hole]:
    for match in _TOKEN.finditer(shown):
        if match["whole"]:
            yield match["whole"].encode("latin-1").decode("utf-8", "replace")
        elif match["lead"]:
            yield _headed(match, losses)
        elif match["tail"]:
            first, second = map(ord, match["tail"])
            yield Hole(_points(_LEADS, (first,), (second,)))
        else:
            yield LOST


def _headed(match: re.Match[str], losses: _Losses) -> Hole:
    """The hole that a first byte without one or both of the others leaves."""
    lead, inner, gap = (ord(match["lead"]),), match["inner"], match["gap"]
    lost, behind = losses.lost, match.string[match.end() : match.end() + 1]
    if not match["next"]:
        blank = " " if inner.endswith(" ") and 0xA0 not in lost else ""
        return Hole(_points(lead, lost, lost), blank)
    known = (ord(match["next"]),)
    if inner:
        return Hole(_points(lead, losses.before(match["next"]) if inner != " " else (0xA0,), known), gap)
    if gap == " " and losses.pairs is None:
        return Hole(_points(lead, known, (0xA0,)))
    last = losses.before_leads() if "\x80" <= behind <= "\xbf" else losses.before(behind)
    if gap:
        return Hole(_points(lead, known, last), gap.strip("?\ufffd"))
    return Hole(np.union1d(_points(lead, known, last), _points(lead, losses.before(match["next"]), known)))


def _points(leads: Sequence[int], seconds: Sequence[int], thirds: Sequence[int]) -> Codes:
    """Code points of the UTF-8 characters of three bytes out of these."""
    grid = [np.array(part, dtype=np.uint32) for part in (leads, seconds, thirds)]
    points = ((grid[0] & 15) << 12)[:, None, None] | ((grid[1] & 63) << 6)[None, :, None] | (grid[2] & 63)[None, None]
    return points.ravel().astype(np.uint32)
