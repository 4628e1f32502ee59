"""GBK bytes some of which vanished: pairs put back in step, the language model choosing where.

Bytes that show nothing (AD, A0) get lost on the way, and “UTF-8 first, else Latin-1” shows C2 and C3 with the
byte behind them as one character. From there on everything is one byte off. Next: `mojibake`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from cleaner.language import START, load
from cleaner.language.model import Floats
from cleaner.repair.gbk import LOWEST_LEAD, LOWEST_TRAIL, tables
from cleaner.repair.mojibake.encodings import LOST

_VANISHING: Final = (0xAD, 0xA0)
_BEAM: Final = 12
_INSERTED: Final = -6.0  # for a byte that vanished
_MERGED: Final = -0.5  # for C2 or C3 and a byte shown as one character
_BLANK: Final = -3.0  # for a blank that was the byte A0
_BROKEN: Final = -14.0  # for a first byte without its second


class Way(NamedTuple):
    """One way to take a character back to bytes, with what speaks against it."""

    data: bytes
    cost: float = 0.0


class _Read(NamedTuple):
    """A reading so far: the first byte that waits for its second (0 if none), the last character, the text."""

    score: float
    pending: int
    last: int
    text: _Link


class _Link(NamedTuple):
    before: _Link | None
    letters: str


class _Step(NamedTuple):
    """What becomes of a reading: pairs and characters it adds, each (letter, model index, own score or None)."""

    read: _Read
    cost: float
    pending: int
    added: tuple[tuple[str, int, float | None], ...]


def ways(letter: str, shown: str, *, merged: bool) -> tuple[Way, ...]:
    """The ways to take back a character that shows these bytes; `merged` if it may stand for C2 or C3 and one more."""
    data = shown.encode("latin-1", "replace")
    if letter == " ":
        return Way(data), Way(b"\xa0", _BLANK)
    if merged and len(data) == 1 and "\x80" <= letter <= "\xff":
        return Way(data), Way(letter.encode("utf-8"), _MERGED)
    return (Way(data),)


def decode(letters: Sequence[tuple[Way, ...]]) -> str:
    """The likeliest text of characters that are each one of several byte sequences, with bytes lost between them.

    U+FFFD stands for a first byte whose second is not to be found.
    """
    reads = [_Read(0.0, 0, START, _Link(None, ""))]
    for choices in letters:
        steps = [step for read in reads for way in choices for step in _steps(read, way)]
        reads = _best(steps)
    reads = _best([_close(read) for read in reads])
    pieces: list[str] = []
    link: _Link | None = reads[0].text
    while link:
        pieces.append(link.letters)
        link = link.before
    return "".join(reversed(pieces))


def _steps(read: _Read, way: Way) -> Iterator[_Step]:
    """What the bytes of a way do to a reading: as they stand, and with a lost byte before them."""
    if step := _taken(_Step(read, way.cost, read.pending, ()), way.data):
        yield step
    if read.pending:
        for byte in _VANISHING:
            closed = _taken(_Step(read, way.cost + _INSERTED, read.pending, ()), bytes([byte]) + way.data)
            if closed:
                yield closed
        if step := _taken(_close(read), way.data):
            yield step


def _taken(step: _Step, data: bytes) -> _Step | None:
    """The step after more bytes; None if they make a pair that isn't."""
    for byte in data:
        if step.pending:
            added = _pair(step.pending, byte)
            if added is None:
                return None
            step = step._replace(pending=0, added=(*step.added, added))
        elif byte < 0x80:
            step = step._replace(added=(*step.added, (chr(byte), START, 0.0)))
        elif byte < LOWEST_LEAD or byte == 0xFF:
            step = step._replace(added=(*step.added, (LOST, START, _BROKEN)))
        else:
            step = step._replace(pending=byte)
    return step


def _pair(lead: int, trail: int) -> tuple[str, int, float | None] | None:
    table = tables()
    point = int(table.points[lead, trail])
    if trail < LOWEST_TRAIL or not point:
        return None
    is_hanzi = bool(table.hanzi[lead, trail])
    return chr(point), int(table.indexes[lead, trail]), None if is_hanzi else float(_mark_scores()[lead, trail])


def _close(read: _Read) -> _Step:
    if not read.pending:
        return _Step(read, 0.0, 0, ())
    return _Step(read, _BROKEN, 0, ((LOST, START, 0.0),))


def _best(steps: list[_Step]) -> list[_Read]:
    """The readings after these steps, the likeliest first: one for each way to go on, few of them."""
    pairs = [pair for step in steps for pair in _contexts(step)]
    scores = iter(load().pair_scores(*np.array(pairs, dtype=np.int64).T).tolist() if pairs else [])
    found: dict[tuple[int, int], _Read] = {}
    for step in steps:
        score = step.read.score + step.cost
        for _, _, own in step.added:
            score += next(scores) if own is None else own
        last = _last(step)
        key = (step.pending, last)
        if key not in found or found[key].score < score:
            letters = "".join(letter for letter, _, _ in step.added)
            text = _Link(step.read.text, letters) if letters else step.read.text
            found[key] = _Read(score, step.pending, last, text)
    return sorted(found.values(), key=lambda read: -read.score)[:_BEAM]


def _contexts(step: _Step) -> Iterator[tuple[int, int]]:
    """(index before, index) of each hanzi a step adds."""
    last = step.read.last
    for _, index, own in step.added:
        if own is None:
            yield last, index
        last = index if own is None else START


def _last(step: _Step) -> int:
    if not step.added:
        return step.read.last
    _, index, own = step.added[-1]
    return index if own is None else START


@cache
def _mark_scores() -> Floats:
    points = tables().points
    return load().mark_scores(points.ravel()).reshape(points.shape)
