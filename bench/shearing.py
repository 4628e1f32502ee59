"""Damage with a known answer: what a byte-level reading inserter and a lossy decoder make of clean text.

A site inserts readings into GBK bytes, wherever the two bytes of a listed character stand, also across the
border of two characters. Decoding then reads one byte off until something puts it back in step.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LOST = "?"  # what the decoder writes for a lead byte whose partner cannot follow it


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of damaged text that was decoded out of step, with what stood there.

    `vanished` counts byte pairs of the user-defined zones, which the decoder drops without trace;
    `swallowed` the ASCII characters that went under with a lead byte.
    """

    start: int
    end: int
    original: str
    vanished: int
    swallowed: int


@dataclass(frozen=True, slots=True)
class Sheared:
    """Damaged text, the same text without any damage or note, and the runs, in places of the damaged text.

    `places` gives for each character of the damaged text its index in the original, -1 for those of notes and
    runs.
    """

    text: str
    original: str
    runs: tuple[Run, ...]
    places: tuple[int, ...]


def shear(text: str, readings: Mapping[str, str], *, fold_width: bool) -> Sheared:
    """`text` as it comes out when each character of `readings` gets its reading inserted byte-wise.

    Characters that GBK doesn't have are left out of `original` too. With `fold_width` full-width marks
    become ASCII, as NFKC makes them; other compatibility characters stay.
    """
    original = "".join(letter for letter in text if _is_gbk(letter))
    owners = _owners(original)
    data = bytearray(original.encode("gbk"))
    for character, reading in readings.items():
        data, owners = _annotated(data, owners, character.encode("gbk"), f"({reading})".encode("gbk"))
    return _decoded(bytes(data), owners, original, fold_width=fold_width)


def _is_gbk(letter: str) -> bool:
    try:
        return len(letter.encode("gbk")) <= 2 and letter not in "\r"
    except UnicodeEncodeError:
        return False


NOTE = -1  # the owner of an inserted byte


def _owners(text: str) -> list[int]:
    """For each byte the index of its character."""
    return [index for index, letter in enumerate(text) for _ in letter.encode("gbk")]


def _annotated(data: bytearray, owners: list[int], pair: bytes, note: bytes) -> tuple[bytearray, list[int]]:
    """Data and owners with the note behind every occurrence of the pair, at any alignment."""
    out, out_owners = bytearray(), []
    done = 0
    while (found := data.find(pair, done)) >= 0:
        out += data[done : found + 2] + note
        out_owners += owners[done : found + 2] + [NOTE] * len(note)
        done = found + 2
    return out + data[done:], out_owners + owners[done:]


def _decoded(data: bytes, owners: list[int], original: str, *, fold_width: bool) -> Sheared:
    """Two bytes at a time; see the module's docstring."""
    pieces: list[str] = []
    places: list[int] = []
    runs: list[Run] = []
    begin = first = vanished = swallowed = 0  # of the run: place in the damaged text, index in the original
    in_run = False
    at = 0
    while at < len(data):
        piece, size, kind = _step(data, at)
        owned = owners[at : at + size]
        in_step = kind == "char" and len(set(owned)) == 1 and (owned[0] == NOTE or _size(original[owned[0]]) == size)
        if in_run and in_step and owned[0] != NOTE:
            runs.append(Run(begin, len(places), original[first : owned[0]], vanished, swallowed))
            in_run = False
        if not in_run and not in_step:
            in_run, begin, first, vanished, swallowed = True, len(places), owned[0], 0, 0
        vanished += kind == "vanished"
        swallowed += kind == "swallowed" and owned[-1] != NOTE
        if fold_width:
            piece = narrowed(piece)
        pieces.append(piece)
        places += [owned[0] if in_step and not in_run else -1] * len(piece)
        at += size
    if in_run:
        runs.append(Run(begin, len(places), original[first:], vanished, swallowed))
    return Sheared("".join(pieces), original, tuple(runs), tuple(places))


def _size(letter: str) -> int:
    return 1 if letter < "\x80" else 2


def _step(data: bytes, at: int) -> tuple[str, int, str]:
    """(text, bytes taken, kind) of the decoder's next step."""
    lead = data[at]
    if lead < 0x80:
        return chr(lead), 1, "char"
    if lead in (0x80, 0xFF) or at + 1 == len(data):
        return LOST, 1, "lost"
    trail = data[at + 1]
    if trail < 0x40 or trail in (0x7F, 0xFF):
        return LOST, 2, "swallowed"
    try:
        return data[at : at + 2].decode("gbk"), 2, "char"
    except UnicodeDecodeError:
        return "", 2, "vanished"


def narrowed(piece: str) -> str:
    """Full-width marks as ASCII, as NFKC makes them."""
    return unicodedata.normalize("NFKC", piece) if "\uff01" <= piece <= "\uff5e" or piece == "\u3000" else piece
