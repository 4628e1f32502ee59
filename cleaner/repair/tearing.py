"""A sheared run as the bytes it shows: where it ends, and what completes its last character. Next: `rereading`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cleaner.repair.gbk import LOWEST_LEAD, pair_of, tables, trails_read, widened
from cleaner.repair.pinyin import READING, is_reading
from cleaner.units import View

MARKER: Final = re.compile(rf"\? ?(?P<reading>{READING}) ?\)")
NOTE: Final = re.compile(rf"[(（] ?(?P<reading>{READING}) ?[)）]")
_LONGEST: Final = 400  # pairs of a run: something always puts a decoder back in step before
_LOST_BYTE: Final = 0x80  # the one second byte that is no first byte: decoders write "?" for it alone


class Ending(Enum):
    """What puts the decoder back in step."""

    BYTE = "an ASCII byte that belongs to the run's last character"
    BYTE_NOTED = "an ASCII byte that belongs to the run's last character, and that character's reading"
    READING = "another reading, behind the run's last character"
    ASCII = "an ASCII character that a lead byte took for its partner"
    SWALLOWED = "an ASCII character that went under with a lead byte"
    LINE = "the end of the line"
    CUT = "the end of the text, which cut a character in two"


@dataclass(frozen=True, slots=True)
class Torn:
    """A sheared run as bytes, from the "?" at `start` that stands for a lost one.

    `pairs` are the pairs that show, each the second byte of one character and the first of the next.
    `last` is the byte and `reading` the reading that the ending left, `suffix` the text behind the last character.
    """

    start: int
    end: int
    pairs: tuple[tuple[int, int], ...]
    ending: Ending
    last: int | None = None
    suffix: str = ""
    reading: str = ""


def torn(view: View, start: int, *, is_narrow: bool) -> Iterator[Torn]:
    """The ways to read the run at `start` as bytes: a "?" in it may be a mark that was folded, or a loss.

    Only where all full-width marks of the page were folded (`is_narrow`) can ASCII stand for one, and behind a "?"
    that no reading marks: nothing else there tells a run from a question.
    """
    marker = MARKER.match(view.folded, start)
    at = marker.end() if marker else start + 1
    pairs: list[tuple[int, int]] = []

    def run(end: int, ending: Ending, last: int | None = None, suffix: str = "", reading: str = "") -> Torn:
        return Torn(start, end, tuple(pairs), ending, last, suffix, reading)

    while len(pairs) < _LONGEST:
        letter = view.text[at : at + 1]
        if letter in ("", "\n", "\r"):
            yield run(at, Ending.LINE)
            return
        if letter == "?":
            closing = MARKER.match(view.folded, at)
            if closing:
                yield run(closing.end(), Ending.READING, reading=closing["reading"])
                return
            yield run(at + 1, Ending.BYTE, _LOST_BYTE)
            is_last = at + 1 == len(view.text)
            yield run(at + 1, Ending.CUT if is_last else Ending.SWALLOWED, suffix="" if is_last else "?")
        note = NOTE.match(view.folded, at)
        if note and pairs and is_reading(note["reading"], chr(tables().points[pairs[-1]])):
            at = note.end()
            continue
        if "@" <= letter <= "~":
            own_note = NOTE.match(view.folded, at + 1)
            if own_note:
                yield run(own_note.end(), Ending.BYTE_NOTED, ord(letter), reading=own_note["reading"])
            yield run(at + 1, Ending.BYTE, ord(letter))
        may_be_folded = is_narrow or (marker is None and not pairs)
        pair, length = (pair_of(letter), 1) if letter > "~" else widened(view.text, at) if may_be_folded else (None, 1)
        if pair is None:
            return
        trail, lead = pair
        at += length
        if lead < LOWEST_LEAD:
            if lead < _LOST_BYTE:
                yield run(at, Ending.ASCII, trail, chr(lead))
            return
        pairs.append((trail, lead))


def completions(run: Torn) -> Callable[[int], Sequence[int]] | None:
    """The second bytes that can complete the run's last character, by its first; None if there is none to complete."""
    last = run.last
    if run.ending is Ending.LINE:
        return None
    if run.ending in (Ending.SWALLOWED, Ending.CUT):
        return lambda lead: range(LOWEST_LEAD, 0xFF)
    if run.ending is Ending.READING:
        return lambda lead: trails_read(lead, run.reading)
    assert last is not None
    if run.ending is Ending.BYTE_NOTED:
        return lambda lead: (last,) if last in trails_read(lead, run.reading) else ()
    return lambda lead: (last,)
