"""Readings of a garbled run: its bytes decoded as what they may have been. Next: `mojibake`, which chooses.

Two families. What shows as Latin letters is one byte a character: UTF-8, GBK or Big5 taken for Latin-1 or
Windows-1252. What shows as hanzi is two bytes a character: UTF-8 taken for GBK or Big5, or one of these for the
other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, codes
from cleaner.patterns import late
from cleaner.repair.mojibake import encodings, evidence, parity, utf8
from cleaner.repair.mojibake.encodings import LOST
from cleaner.repair.mojibake.filling import Filled, Hole, fill

_HIGH: Final = "\x80-\xff€™‚ƒ„†‡ˆ‰Š‹ŒŽ˜š›œžŸ–—‘’“”•…\udc80-\udcff"
# Letters of one byte with ASCII between them; what was valid UTF-8 by chance may be any other character.
LATIN_RUN: Final = late(
    rf"[{_HIGH}\u0100-\u07ff](?:[{_HIGH}\u0100-\u07ff]|[\x20-\x7e\t\ufffd]{{1,40}}(?=[{_HIGH}\u0100-\u07ff])"
    rf"|[^\x00-\x7f]{{1,2}}(?=[{_HIGH}\u0100-\u07ff]))*[?@-~\ufffd]?"
)
_THREE: Final = "[\xe2-\xef][\x80-\xbf]{2}"
_WHOLE: Final = f"(?:{_THREE}|[\xc2-\xdf][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{{3}})"
_BROKEN: Final = "[\xe2-\xef]?[?\ufffd]{0,2}[\x80-\xbf]{0,2}[?\ufffd]{0,2}"
_UTF8_RUN: Final = late(
    f"{_THREE}(?:{_WHOLE}|[\x09\x20-\x7e]{{1,40}}(?={_WHOLE})|(?:{_BROKEN}){{1,8}}(?={_THREE}))*"
    "(?:[\xe2-\xef](?:[?\ufffd]{1,2}[\x80-\xbf]?|[\x80-\xbf][?\ufffd]{1,2})){0,4}"
    "(?:[\xe2-\xef][\x80-\xbf]?(?=[\x00-\x3f]|$))?"
)
_CHARACTER: Final = late(_THREE)
_SEVERAL: Final = late(_WHOLE)
_PRIVATE: Final = late("[\ue000-\uf8ff]")  # the user-defined zones, which only some decoders of GBK show
_SAMPLE: Final = 80
_NEVER_LATIN: Final = late("[\x80-\x9f]")
_WINDOWS_LOSES: Final = (0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xA0, 0xAD)
_LATIN_LOSES: Final = (*range(0x80, 0xA0), 0xA0, 0xAD)
_CONTINUES: Final = range(0x80, 0xC0)
_STRUCTURE: Final = 4.0  # what a whole UTF-8 character says for UTF-8, in nats
_ROUNDS: Final = 3  # how often a text may have been misread
_SEARCHED: Final = 2.0  # nats that a search must find more than decoding
_MOST_GONE: Final = 0.3  # of the characters that a swapped line shows, U+FFFD
_MOST_LOST: Final = 0.1  # of the characters of a swapped line

WHY: Final = {
    "utf8-as-latin": "UTF-8 that was read as Latin-1 or Windows-1252",
    "gbk-as-latin": "GBK that was read as Latin letters",
    "big5-as-latin": "Big5 that was read as Latin letters",
    "utf8-as-gbk": "UTF-8 that was read as GBK",
    "utf8-as-big5": "UTF-8 that was read as Big5",
    "gbk-as-big5": "GBK that was read as Big5",
    "big5-as-gbk": "Big5 that was read as GBK",
    "utf8-as-one-byte": "UTF-8 that was read in a one-byte encoding",
}


class Reading(NamedTuple):
    """A stretch of text, what its bytes mean, which misreading that undoes, and what speaks for it, in nats.

    `lost` counts the characters of `new` that are U+FFFD, `filled` those of which only some bytes were there.
    """

    start: int
    end: int
    new: str
    kind: str
    evidence: float
    lost: int = 0
    rounds: int = 1
    filled: int = 0


def latin(run: str, start: int, *, rounds: int = 1) -> Iterator[Reading]:
    """The readings of a run that shows as Latin letters, at `start` of its text, whose bytes are all there."""
    shown = run.translate(encodings.single())
    if max(shown.replace(LOST, ""), default="") <= "\xff":
        if _SEVERAL.search(shown):
            yield from _utf8_of_latin(run, shown, start, rounds)
        for kind, codecs in (("gbk-as-latin", ("gb18030",)), ("big5-as-latin", ("big5hkscs", "cp950"))):
            if text := _strict(shown, codecs):
                end = start + len(run)
                yield Reading(start, end, text, kind, evidence.evidence(text), rounds=rounds)


def _strict(shown: str, codecs: tuple[str, ...]) -> str | None:
    """The text of bytes in the first codec that has all of them."""
    for codec in codecs:
        try:
            return shown.encode("latin-1").decode(codec)
        except UnicodeError:
            continue
    return None


def _utf8_of_latin(run: str, shown: str, start: int, rounds: int) -> Iterator[Reading]:
    windows = any(ord(letter) > 0xFF for letter in run) or _NEVER_LATIN.search(run)
    mended = utf8.decode(shown, _WINDOWS_LOSES if windows else _LATIN_LOSES)
    structure = _STRUCTURE * len(set(_CHARACTER.findall(shown)))
    yield from _mended(Reading(start, start + len(run), "", "utf8-as-latin", structure, rounds=rounds), mended)


def _mended(reading: Reading, mended: Filled) -> Iterator[Reading]:
    """The reading of mended UTF-8, and the readings of that where it is garbled once more."""
    text, broken, lost = mended
    worth = reading.evidence + evidence.evidence(text) - 2.0 * lost
    yield reading._replace(new=text, evidence=worth, lost=lost, filled=broken - lost)
    if reading.rounds < _ROUNDS and lost <= 0.1 * len(text) and evidence.is_garbage(text):
        again = reading.rounds + 1
        for inner in (*latin_again(text, again), *wide(text, rounds=again)):
            if inner.start == 0 and inner.end == len(text):
                filled = inner.filled + broken - lost
                yield inner._replace(start=reading.start, end=reading.end, filled=filled)


def latin_again(text: str, rounds: int) -> Iterator[Reading]:
    """The readings of decoded text that is Latin letters from end to end."""
    if LATIN_RUN.fullmatch(text):
        yield from latin(text, 0, rounds=rounds)


def out_of_step(run: str, start: int, behind: str) -> Iterator[Reading]:
    """The readings as GBK of a run some bytes of which vanished or were taken for UTF-8; a sample decides.

    `behind` is the character behind the run: beyond ASCII it may be the last bytes, taken for UTF-8. This is a
    search and takes a thousand times as long as decoding.
    """
    if evidence.evidence(_in_step(run[:_SAMPLE])) <= 0:
        return
    for whole in (run, run + behind) if _is_gb2312(behind) else (run,):
        text = _in_step(whole)
        lost = text.count(LOST)
        worth = evidence.evidence(text) - 4.0 * lost - _SEARCHED
        yield Reading(start, start + len(whole), text, "gbk-as-latin", worth, lost)


def _is_gb2312(letter: str) -> bool:
    """Whether a character that no text writes every day has the bytes of GB 2312 in UTF-8."""
    data = letter.encode("utf-8", "ignore")
    return len(data) > 1 and min(data) >= 0xA1 and not evidence.is_everyday(letter)


def _in_step(run: str) -> str:
    view = encodings.mixed()
    return parity.decode([_ways(letter, view) for letter in run])


def _ways(letter: str, view: encodings.View) -> tuple[parity.Way, ...]:
    return parity.ways(letter, letter.translate(view), merged=True)


# --- what shows as hanzi ------------------------------------------------------------------------------------------


def wide(text: str, *, rounds: int = 1) -> Iterator[Reading]:
    """The readings as UTF-8 of the stretches of a line that were taken for GBK or Big5."""
    points = codes(text)
    for kind, table, codec in _wides():
        shown = table.shown(points)
        if not _CHARACTER.search(shown):
            continue
        shows_all = codec == "gbk" and bool(_PRIVATE.search(text))
        starts = np.concatenate(([0], np.cumsum(table.widths(points))))
        for first, last in _stretches(shown, starts):
            part = shown[first:last]
            structure = _STRUCTURE * len(set(_CHARACTER.findall(part))) / 2
            mended = utf8.decode(part, _CONTINUES, encodings.shown_pairs(codec if not shows_all else "gb18030"))
            start, end = np.searchsorted(starts, (first, last)).tolist()
            reading = Reading(start, end, "", kind, structure, rounds=rounds)
            yield from _mended(reading, mended)


@cache
def _wides() -> tuple[tuple[str, encodings.Table, str], ...]:
    """(kind, table of the view, codec that showed the bytes)."""
    return (
        ("utf8-as-gbk", _table("gbk"), "gbk"),
        ("utf8-as-big5", _table("cp950"), "cp950"),
        ("utf8-as-big5", _table("big5"), "big5"),
    )


@cache
def _table(codec: str) -> encodings.Table:
    return encodings.Table.of(encodings.gbk() if codec == "gbk" else encodings.big5(codec))


def _stretches(shown: str, starts: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """(first, last) of the stretches that are UTF-8, where characters begin and end, as `starts` says."""
    is_start = np.zeros(len(shown) + 1, np.bool_)
    is_start[starts] = True
    for match in _UTF8_RUN.finditer(shown):
        first, last = match.span()
        threes = (three.start() for three in _CHARACTER.finditer(shown, first, last))
        begin = next((place for place in threes if is_start[place]), last)
        while not is_start[last]:
            last -= 1
        if last > begin:
            yield begin, last


@cache
def _swaps() -> tuple[tuple[str, encodings.Table, str, tuple[str, ...]], ...]:
    """(kind, table of the view, codec that showed the bytes, codecs they are of)."""
    return (
        ("big5-as-gbk", _table("gbk"), "gbk", ("big5hkscs", "cp950")),
        *(("gbk-as-big5", _table(codec), codec, ("gb18030",)) for codec in ("big5hkscs", "big5", "cp950")),
    )


def swapped(text: str) -> Iterator[Reading]:
    """The readings of parts of a line as Big5 taken for GBK and the other way; both are legal.

    A part is what gains most of a stretch that the encoding has: good text before and behind it would lose.
    """
    points = codes(text)
    is_sign = evidence.signs().take(points) > 0
    for kind, table, shower, codecs in _swaps():
        for start, end in _shown_stretches(text, table.is_shown(points), is_sign):
            old, shown = text[start:end], table.shown(points[start:end])
            reading = _swapped_stretch(kind, old, shown, shower if LOST in shown else "", codecs)
            if reading:
                yield reading._replace(start=start + reading.start, end=start + reading.end)


@lru_cache(maxsize=8)  # views of Big5 differ in a few characters, and so mostly ask the same one after the other
def _swapped_stretch(kind: str, old: str, shown: str, shower: str, codecs: tuple[str, ...]) -> Reading | None:
    """The reading of a stretch whose bytes are `shown`; the codec that showed them only matters where some are lost."""
    if shown.count(LOST) > _MOST_GONE * len(old):
        return None
    strict = _strict(shown, codecs)
    read = Filled(strict, 0, 0) if strict else _pairs(shown, shower, codecs[0])
    if not read or read.text == old:
        return None
    new, filled = read.text, read.broken - read.lost
    first, last = _gaining(old, new) if len(new) == len(old) else (0, len(old))
    part = new[first:last] if len(new) == len(old) else new
    return Reading(first, last, part, kind, evidence.evidence(part), part.count(LOST), filled=filled)


def _shown_stretches(text: str, is_shown: NDArray[np.bool_], is_sign: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """(start, end) of what consists of characters that a view knows; parts of a text if they look garbled."""
    start = 0
    for end in (*np.flatnonzero(~is_shown).tolist(), len(text)):
        if not text[start:end].isascii() and (end - start == len(text) or is_sign[start:end].any()):
            yield start, end
        start = end + 1


def _gaining(old: str, new: str) -> tuple[int, int]:
    """(start, end) of the part where the new text, character by character, gains most over the old."""
    gains = evidence.each(new) - evidence.each(old)
    sums = np.concatenate(([0.0], np.cumsum(gains)))
    rises = sums - np.minimum.accumulate(sums)
    end = int(rises.argmax())
    start = int(sums[: end + 1].argmin())
    return start, end


_PAIR: Final = late("(?P<ascii>[\x00-\x7f]+)|(?P<pair>[\x81-\xfe\ufffd][@-\xfe\ufffd])|(?P<other>.)", re.DOTALL)
_OUT_OF_STEP: Final = late("[㐀-鿿][@-~](?![!-~])")  # a letter that belonged to the character before


def _pairs(shown: str, shower: str, codec: str) -> Filled | None:
    """The text of byte pairs some of whose bytes show as U+FFFD; None if too many characters stay unknown."""
    if LOST not in shown:
        return _in_pairs(shown, codec)
    tokens: list[str | Hole] = []
    for match in _PAIR.finditer(shown):
        if match["pair"] and LOST in match["pair"]:
            tokens.append(Hole(_fitting(match["pair"], match.string[match.end() : match.end() + 1], shower, codec)))
        else:
            tokens.append(match["ascii"] or _paired(match["pair"], codec))
    filled = fill(tokens)
    is_in_step = not _OUT_OF_STEP.search(filled.text)
    return filled if is_in_step and filled.lost <= _MOST_LOST * len(filled.text) else None


def _in_pairs(shown: str, codec: str) -> Filled | None:
    """The same for bytes of which none is missing, so that nothing is filled in."""
    letters = encodings.letters(codec)
    text = "".join([ascii or letters.get(pair) or _paired(pair, codec) for ascii, pair, _ in _PAIR.findall(shown)])
    return None if _OUT_OF_STEP.search(text) else Filled(text, 0, 0)


def _paired(pair: str | None, codec: str) -> str:
    return encodings.character(ord(pair[0]), ord(pair[1]), codec) or LOST if pair else LOST


@lru_cache(maxsize=256)  # some hold 20,000 characters, and there are as many as characters behind them
def _fitting(pair: str, behind: str, shower: str, codec: str) -> Codes:
    """The characters whose pair has the byte that is known, while the lost one could not be shown with the next."""
    pairs = encodings.shown_pairs(shower)
    lead, trail = (range(0x81, 0xFF) if byte == LOST else (ord(byte),) for byte in pair)
    found = []
    for first in lead:
        for second in trail:
            lost, follower = (first, second) if pair[0] == LOST else (second, ord(behind or " "))
            letter = encodings.character(first, second, codec)
            if letter and (follower > 0xFF or not pairs[lost, follower]):
                found.append(letter)
    return codes("".join(found))
