"""Text that was decoded in the wrong encoding: decoded again where the result is clearly Chinese, else flagged.

`redecoding` gives the readings of a run and what speaks for each, `encodings` the bytes behind what is shown;
`utf8` and `parity` deal with bytes that were lost. Next: `characters`, which removes what is invisible.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair.mojibake import evidence, latin, redecoding
from cleaner.repair.mojibake.redecoding import LATIN_RUN, Reading
from cleaner.units import View

_BY_FTFY: Final = 0.95  # confidence in what ftfy makes of Latin letters, which no Chinese speaks for or against
_FILLED: Final = 0.85  # confidence where characters were filled in: each is 0.93 sure, and there are several
_ENOUGH: Final = 8.0  # nats that speak for a reading of Latin letters that stands alone
_ENOUGH_HANZI: Final = 14.0  # gain in nats where what stands is hanzi as well
_ENOUGH_SWAPPED: Final = 25.0  # and where both are legal
_KNOWN: Final = 0.25  # share of that where the page suffers from the same elsewhere
_CHINESE: Final = -8.3  # mean score of a reading that is Chinese; text has about -5.5, garbage about -11
_RARE: Final = -11.0  # mean score that will do for UTF-8 on a page that is known to suffer from the same
_BETTER: Final = 2.0  # by which the mean of a swapped line must rise
_ESTABLISHED: Final = 8  # hanzi restored elsewhere that make a kind of misreading known
_MOST_LOST: Final = 0.2  # of a reading's characters
_LOSING: Final = frozenset(
    ("utf8-as-big5", "big5-as-gbk", "gbk-as-big5")
)  # what loses so much that the rest may be chance
_WHOLLY: Final = 0.8  # of the page's characters beyond ASCII
_LONGEST: Final = 4_000  # characters of a line that are read at once
_VAIN: Final = 100_000  # characters of a page that may be read in vain
_OVERHEAD: Final = 60  # characters that take as long as the mere fact that there is a line, or a reading of it
_SEARCHED: Final = 20_000  # characters of a page in which lost bytes are searched for, a quarter of a millisecond each
_ABOUT: Final = late(r"乱码|亂碼|mojibake|锟斤拷", re.IGNORECASE)
_TERMS: Final = late(
    r"编码|編碼|字符集|字元集|charset|encoding|utf-?8|gbk|gb2312|gb18030|big-?5|latin-?1|iso-8859|unicode|ascii",
    re.IGNORECASE,
)
_EXAMPLES: Final = 200  # characters that the garbled examples of an article about encodings have at most
_QUOTES: Final = frozenset(("“”", "‘’", "「」", "『』", '""', "''", "``", "()", "（）", "《》", "【】", "[]", "<>"))
_WIDE: Final = late("[\u2100-\uffff]")
_REPLACED: Final = late(
    "|".join(
        f"{a}{b}{c}?(?:[^\\n{a}]{{0,6}}{a}(?:{b}{c}?)?)*(?:[^\\n{a}]{{0,6}}{b}{c})*"
        for a, b, c in ("锟斤拷", "嚙踝蕭", "ï¿½")
    )
)
_MEMORY: Final = late("[烫屯葺铪]{3,}")
_SPEECH: Final = late('[“”‘’"「」『』！!？?，,。…~～、]')
_SURELY_MEMORY: Final = 8  # characters nobody cries in a row
_GARBLED: Final = 5  # hanzi of a garbled run that is worth a flag


def find(view: View) -> Iterator[Edit]:
    """Edits that decode garbled runs again, and flags over those that nothing can restore.

    A run is decided by itself: a page may be garbled in one line only. A reading is taken if the language model
    prefers it clearly; what of it stays unknown becomes U+FFFD. Left alone: accented letters and other scripts
    that are what they seem; examples of garbled text, which are short and in quotes or on a page about
    encodings, are only flagged.
    """
    places = evidence.suspicious_places(view.codes)
    if not places.size:
        return
    page = _Page(view.text)
    page.read(_lines(view.text, places.tolist()))
    readings = sorted(page.readings, key=lambda reading: reading.start)
    is_about = _is_about_encodings(view.text, readings)
    for reading in readings:
        yield _edit(view.text, reading, is_about=is_about)
    yield from _flags(view.text, page)


@dataclass(slots=True)
class _Page:
    """The readings taken on a page so far, and the stretches that stay garbled."""

    text: str
    readings: list[Reading] = field(default_factory=list)
    garbled: list[tuple[int, int]] = field(default_factory=list)
    restored: Counter[str] = field(default_factory=Counter)  # hanzi by kind of misreading
    misread: Counter[str] = field(default_factory=Counter)  # characters that stand for them
    vain: int = 0
    searched: int = 0
    beyond_ascii: int = field(init=False)

    def __post_init__(self) -> None:
        self.beyond_ascii = len(self.text) - len(self.text.encode("ascii", "ignore"))

    def read(self, lines: Iterable[tuple[int, int]]) -> None:
        """Read suspicious lines; then all that are left if it is known what the page suffers from."""
        taken = [line for line in lines if self.vain <= _VAIN and self._take(*line)]
        if not self.known:
            return
        self.garbled.clear()
        self.vain = 0
        done = set(taken)
        for start, end in _pieces(self.text):
            if self.vain <= _VAIN and (start, end) not in done and not self.text[start:end].isascii():
                self._take(start, end)

    @property
    def known(self) -> frozenset[str]:
        """The kinds of misreading that are sure to have befallen the page."""
        return frozenset(kind for kind, count in self.restored.items() if count >= _ESTABLISHED)

    def _take(self, start: int, end: int) -> bool:
        """Whether a reading of the line or of a part of it was taken."""
        line = self.text[start:end]
        readings = list(self._readings(line))
        taken = _apart([reading for reading in readings if self._is_enough(reading, line)])
        for reading in taken:
            self.restored[reading.kind] += evidence.hanzi_count(reading.new)
            self.misread[reading.kind] += reading.end - reading.start
            self.readings.append(_moved(reading, start))
        self.garbled += [(r.start + start, r.end + start) for r in readings if _is_garbled(r, line)]
        self.vain += 0 if taken else len(line) + _OVERHEAD * (1 + len(readings))
        return bool(taken)

    def _readings(self, line: str) -> Iterator[Reading]:
        """All readings of a line and of its parts."""
        for match in LATIN_RUN.finditer(line):
            yield from self._readings_of_latin(match[0], match.start(), line[match.end() : match.end() + 1])
        if _WIDE.search(line):
            found = list(redecoding.wide(line))
            yield from found
            if not any(evidence.is_fluent(reading.new) for reading in found):
                yield from redecoding.swapped(line)

    def _readings_of_latin(self, run: str, start: int, behind: str) -> Iterator[Reading]:
        found = list(redecoding.latin(run, start)) if len(set(run)) > 2 else []
        yield from found
        if any(evidence.is_fluent(reading.new) for reading in found):
            return
        yield from latin.readings(run, start)
        if len(set(run)) > 2 and self.searched <= _SEARCHED:
            self.searched += len(run)
            yield from redecoding.out_of_step(run, start, behind)

    def _is_enough(self, reading: Reading, line: str) -> bool:
        if reading.kind == latin.KIND:
            return True
        is_lost = reading.lost > _MOST_LOST * len(reading.new)
        if is_lost or not evidence.hanzi_count(reading.new):
            return False
        mean = evidence.mean(reading.new)
        is_known = reading.kind in self.known
        share = _KNOWN if is_known else 1.0
        least = _RARE if is_known and reading.kind.startswith("utf8") else _CHINESE
        is_doubtful = reading.lost and (reading.rounds > 1 or reading.kind in _LOSING)
        if mean < least or (is_doubtful and not evidence.is_fluent(reading.new)):
            return False
        if reading.kind.endswith("-as-latin"):
            return reading.evidence >= _ENOUGH * share
        old = line[reading.start : reading.end]
        gain = evidence.likelihood(reading.new) - evidence.likelihood(old)
        if reading.kind.startswith("utf8"):
            return gain >= _ENOUGH_HANZI * share and reading.evidence >= 0
        if not self._is_wholly(reading.kind):
            share = 1.0
        return min(gain / _ENOUGH_SWAPPED, reading.evidence / _ENOUGH) >= share and mean >= evidence.mean(old) + _BETTER

    def _is_wholly(self, kind: str) -> bool:
        """Whether nearly all Chinese of the page was misread in one way, so that its short lines were, too."""
        return self.misread[kind] > _WHOLLY * self.beyond_ascii


def _apart(readings: Iterable[Reading]) -> list[Reading]:
    """Of overlapping readings the one for which most speaks, fewer rounds counting for it."""
    taken: list[Reading] = []
    for reading in sorted(readings, key=lambda r: (3.0 * r.rounds - r.evidence, r.start, r.kind)):
        if all(reading.end <= other.start or reading.start >= other.end for other in taken):
            taken.append(reading)
    return taken


def _moved(reading: Reading, by: int) -> Reading:
    return reading._replace(start=reading.start + by, end=reading.end + by)


def _is_garbled(reading: Reading, line: str) -> bool:
    """Whether what stands is no Chinese but has the structure of UTF-8, or is Latin letters that spell nothing."""
    old = line[reading.start : reading.end]
    if reading.kind == "utf8-as-latin":
        return len(old) - len(old.encode("ascii", "ignore")) >= 2 * _GARBLED and latin.is_bad(old)
    is_utf8 = reading.kind.startswith("utf8") and reading.rounds == 1
    return is_utf8 and evidence.hanzi_count(old) >= _GARBLED and evidence.mean(old) < evidence.GARBAGE


def _lines(text: str, places: list[int]) -> Iterator[tuple[int, int]]:
    """The pieces that hold these places."""
    here = iter(places)
    place = next(here, None)
    for start, end in _pieces(text):
        if place is None:
            return
        if place < end:
            yield start, end
        while place is not None and place <= end:
            place = next(here, None)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of the lines without their line ends, long ones in pieces."""
    start = 0
    while start < len(text):
        end = text.find("\n", start, start + _LONGEST)
        end = end if end >= 0 else min(len(text), start + _LONGEST)
        if end > start:
            yield start, end
        start = end + (text[end : end + 1] == "\n")


def _edit(text: str, reading: Reading, *, is_about: bool) -> Edit:
    old = text[reading.start : reading.end]
    rule, why = f"mojibake/{reading.kind}", redecoding.WHY[reading.kind] + ", more than once" * (reading.rounds > 1)
    confidence = round(1 / (1 + math.exp(-reading.evidence / 4)), 3)
    if reading.kind == latin.KIND:
        confidence = _BY_FTFY
    if reading.filled:
        why += f"; {reading.filled} of the characters, some of whose bytes were lost, are the likeliest ones"
        confidence = min(confidence, _FILLED)
    if is_about or _is_quoted(text, reading):
        return Edit(reading.start, old, old, rule, f"{why}; perhaps an example", confidence)
    return Edit(reading.start, old, reading.new, rule, why, confidence)


def _is_quoted(text: str, reading: Reading) -> bool:
    around = text[max(0, reading.start - 1) : reading.start] + text[reading.end : reading.end + 1]
    return around in _QUOTES


def _is_about_encodings(text: str, readings: list[Reading]) -> bool:
    """Whether the page speaks of encodings outside the garbled runs, and these are short."""
    if sum(reading.end - reading.start for reading in readings) > _EXAMPLES:
        return False
    bounds = [0, *(place for reading in readings for place in (reading.start, reading.end)), len(text)]
    clean = "\n".join(text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))
    return bool(_ABOUT.search(clean)) or len({term.lower() for term in _TERMS.findall(clean)}) >= 2


def _flags(text: str, page: _Page) -> Iterator[Edit]:
    """Flags over what cannot be restored, one for each run that is not decoded again."""
    found = []
    for match in _REPLACED.finditer(text):
        why = "U+FFFD that was decoded again: what stood here was lost before"
        found.append(_flag(text, *match.span(), "lost", why))
    for match in _MEMORY.finditer(text):
        around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        if len(match[0]) >= _SURELY_MEMORY or not _SPEECH.search(around):
            found.append(_flag(text, *match.span(), "memory", "memory that no text was written to, read as GBK"))
    taken = sorted([(r.start, r.end) for r in page.readings] + [(edit.start, edit.end) for edit in found])
    for start, end in _joined(page.garbled):
        before = bisect_left(taken, (end, 0)) - 1
        if before < 0 or taken[before][1] <= start:
            why = "text that was decoded in the wrong encoding and lost too much"
            found.append(_flag(text, start, end, "garbled", why))
    yield from found


def _flag(text: str, start: int, end: int, name: str, why: str) -> Edit:
    return Edit(start, text[start:end], text[start:end], f"mojibake/{name}", why)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap or touch in one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1:
            first, last = joined.pop()
            joined.append((first, max(end, last)))
        else:
            joined.append((start, end))
    return joined
