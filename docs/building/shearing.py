"""Byte tables of text that a byte-level replacement sheared: what stood there, what was done, what a decoder shows.

Everything is computed: the damage by encoding the text, putting notes behind pairs of bytes and decoding it one step at
a time; the way back by what the package itself reads such runs with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from cleaner.repair.gbk import LOWEST_LEAD, character, trails_read
from cleaner.repair.tearing import MARKER, Ending, Torn, completions, torn
from cleaner.units import View
from docs.building.markdown import code, plain, table

_LOST: Final = "?"  # what a decoder writes for a first byte that can have no second one
_INSERTED: Final = -1


class Byte(NamedTuple):
    """A byte of a text, and the index of the character it is of; `_INSERTED` for those of notes."""

    value: int
    owner: int


class Step(NamedTuple):
    """What a decoder makes of the next one or two bytes."""

    data: tuple[Byte, ...]
    shows: str
    why: str

    @property
    def is_torn(self) -> bool:
        """Whether the bytes are of different characters."""
        return len({byte.owner for byte in self.data}) > 1


def noted(text: str, readings: Mapping[str, str]) -> list[Byte]:
    """The bytes of a text in GBK, with a note behind each pair of bytes that is a character of `readings`."""
    data = [Byte(value, index) for index, letter in enumerate(text) for value in letter.encode("gbk")]
    for letter, reading in readings.items():
        note = [Byte(value, _INSERTED) for value in f"({reading})".encode("gbk")]
        data = list(_replaced(data, tuple(letter.encode("gbk")), note))
    return data


def _replaced(data: Sequence[Byte], pair: tuple[int, ...], note: Sequence[Byte]) -> Iterator[Byte]:
    at = 0
    while at < len(data):
        if tuple(byte.value for byte in data[at : at + 2]) == pair:
            yield from (*data[at : at + 2], *note)
            at += 2
        else:
            yield data[at]
            at += 1


def decoded(data: Sequence[Byte]) -> Iterator[Step]:
    """The steps of a decoder that reads one byte below 80, else two."""
    at = 0
    while at < len(data):
        first = data[at].value
        size = 1 if first < 0x80 or at + 1 == len(data) else 2
        part = tuple(data[at : at + size])
        yield Step(part, *_meaning(bytes(byte.value for byte in part)))
        at += size


def _meaning(data: bytes) -> tuple[str, str]:
    """(what a decoder shows for one or two bytes, why)."""
    if data[0] < 0x80:
        return chr(data[0]), "ASCII"
    if len(data) == 1 or data[1] < 0x40 or data[1] in (0x7F, 0xFF):
        return _LOST, f"no character: {data[-1]:02X} can't be a second byte"
    letter = character(data[0], data[1])
    return (letter, "a character") if letter else ("", "a pair that GBK leaves to users: shown as nothing")


def shown(data: Sequence[Byte]) -> str:
    """What a decoder makes of bytes."""
    return "".join(step.shows for step in decoded(data))


# --- tables -----------------------------------------------------------------------------------------------------


def bytes_table(text: str) -> list[str]:
    """A row for each character of a text, with its bytes in GBK."""
    return table(("character", "bytes in GBK"), [(plain(letter), _hex(letter.encode("gbk"))) for letter in text])


def decoding_table(text: str, readings: Mapping[str, str]) -> list[str]:
    """A row for each step of a decoder over the text with its notes: the bytes, whose they are, what is shown."""
    rows = []
    for step in decoded(noted(text, readings)):
        owners = dict.fromkeys("the note" if byte.owner == _INSERTED else text[byte.owner] for byte in step.data)
        whose = " and ".join(owners)
        found = _hex(bytes(byte.value for byte in step.data))
        rows.append(
            (found, f"**{whose}**" if step.is_torn else whose, code(step.shows) if step.shows else "", step.why)
        )
    return table(("bytes", "of", "shows", "because it is"), rows)


def leads_table(damaged: str) -> list[str]:
    """A row for each character that the first "?" with a reading and the letter before it can have been."""
    _, second, reading = _marker(damaged)
    rows = [
        (
            _hex(bytes([second, lead])),
            str(character(second, lead)),
            f"{lead:02X}",
            "can be lost" if lead >= LOWEST_LEAD else "is below 81, so it begins no character",
        )
        for lead in trails_read(second, reading)
    ]
    return table(("bytes", f"read {reading}", "its second byte", "which"), rows)


def _marker(damaged: str) -> tuple[int, int, str]:
    """(place, second byte of the letter before it, reading) of the first "?" with a reading."""
    match = MARKER.search(View(damaged).folded)
    if match is None:
        raise ValueError(f"no “?” with a reading in {damaged!r}")
    return match.start(), damaged[match.start() - 1].encode("gbk")[1], match["reading"]


def ways_table(damaged: str) -> list[str]:
    """A row for each lost byte that fits and each way to end the run: the bytes, and the characters they are."""
    start, second, reading = _marker(damaged)
    leads = [lead for lead in trails_read(second, reading) if lead >= LOWEST_LEAD]
    view = View(damaged)
    rows = [
        (_hex(data), code(_characters(data)), _ENDINGS[way.ending], code(damaged[way.end : way.end + 6]))
        for way in torn(view, start, is_narrow=False)
        for lead in leads
        for data in _completed(lead, way)
    ]
    return table(("bytes", "are", "the run ends with", "and goes on with"), rows)


_ENDINGS: Final = {ending: ending.value for ending in Ending}


def _completed(lead: int, way: Torn) -> Iterator[bytes]:
    """The bytes of a run from its lost byte on, for each second byte that can complete its last character."""
    known = bytes([lead, *(byte for pair in way.pairs for byte in pair)])
    complete = completions(way)
    if complete is None:
        yield known[:-1]
        return
    for trail in complete(known[-1]):
        if character(known[-1], trail):
            yield known + bytes([trail])


def _characters(data: bytes) -> str:
    return data.decode("gbk", "replace")


def _hex(data: bytes) -> str:
    return code(data.hex(" ").upper())
