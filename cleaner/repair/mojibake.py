"""Text that was decoded in the wrong encoding: decoded again where the result is clearly Chinese, else flagged.

`redecoding` gives the readings of a run and what speaks for each, `encodings` the bytes behind what is shown;
`utf8` and `parity` deal with bytes that were lost. Next: `characters`, which removes what is invisible.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Final

from cleaner.document import Edit
from cleaner.repair import evidence, redecoding
from cleaner.repair.redecoding import LATIN_RUN, Reading
from cleaner.units import View

_ENOUGH: Final = 8.0  # nats that a reading must have for it, of a run that stands alone
_ENOUGH_HANZI: Final = 14.0  # gain in nats where what stands is hanzi as well
_ENOUGH_SWAPPED: Final = 25.0  # and where both are legal
_CHINESE: Final = -8.3  # mean score of a reading that is Chinese; text has about -5.5, garbage about -11
_BETTER: Final = 2.0  # by which the mean of a swapped line must rise
_ESTABLISHED: Final = 8  # hanzi that a kind of misreading has restored elsewhere on the page
_LONGEST: Final = 20_000  # characters of a line that are read at once
_TRIES: Final = 1500  # runs of a page that may be tried in vain
_ABOUT: Final = re.compile(r"乱码|亂碼|mojibake|锟斤拷|烫烫烫", re.IGNORECASE)
_TERMS: Final = re.compile(r"编码|編碼|字符集|字元集|charset|encoding|utf-?8|gbk|gb2312|gb18030|big5|latin-?1|iso-8859|unicode|ascii", re.IGNORECASE)
_EXAMPLE: Final = 200  # characters that a garbled example in an article about encodings may have
_QUOTES: Final = frozenset(("“”", "‘’", "「」", "『』", '""', "''", "``", "()", "（）", "《》", "【】", "[]", "<>"))
_HANZI: Final = re.compile("[㐀-鿿]")
_LOST: Final = re.compile("[锟斤拷]{2,}(?:[^\n]{0,6}[锟斤拷]{2,})*|[嚙踝蕭]{2,}(?:[^\n]{0,6}[嚙踝蕭]{2,})*|锟(?:[^\n]{0,2}[锟斤拷])*")
_MEMORY: Final = re.compile("[烫屯葺铪]{3,}")
_SPEECH: Final = re.compile("[“”\"「」『』！!，,。…~～？?]")
_LATIN_WHY: Final = "UTF-8 that was read in a one-byte encoding"


def find(view: View) -> Iterator[Edit]:
    """Edits that decode garbled runs again, and flags over those that nothing can restore.

    A run is decided by itself: a page may be garbled in one line only. A reading is taken if the language model
    prefers it clearly; what is left of it unknown becomes U+FFFD. Left alone: accented letters and other
    scripts that are what they seem; short runs in quotes and on pages about encodings, which are examples and
    only flagged.
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
    restored: Counter[str] = field(default_factory=Counter)
    failures: int = 0

    def read(self, lines: Iterable[tuple[int, int]]) -> None:
        """Read lines; those in which nothing was found once more when it is known what the page suffers from."""
        left = []
        for start, end in lines:
            if self.failures > _TRIES:
                return
            if not self._take(start, end):
                left.append((start, end))
        if self._established:
            for start, end in left:
                self._take(start, end)

    @property
    def _established(self) -> frozenset[str]:
        return frozenset(kind for kind, count in self.restored.items() if count >= _ESTABLISHED)

    def _take(self, start: int, end: int) -> bool:
        """Whether a reading of the line or of a part of it was taken."""
        line = self.text[start:end]
        found = [reading for reading in _of_line(line) if self._is_enough(reading, line)]
        taken = _apart(found)
        for reading in taken:
            self.restored[reading.kind] += evidence.hanzi_count(reading.new)
            self.readings.append(reading._replace(start=reading.start + start, end=reading.end + start))
        self.failures += not taken
        return bool(taken)

    def _is_enough(self, reading: Reading, line: str) -> bool:
        old = line[reading.start : reading.end]
        new_mean = evidence.mean(reading.new)
        if new_mean < _CHINESE or not evidence.hanzi_count(reading.new):
            return False
        share = 0.25 if reading.kind in self._established else 1.0
        if reading.kind.endswith("-as-latin"):
            return reading.evidence >= _ENOUGH * share
        gain = evidence.likelihood(reading.new) - evidence.likelihood(old)
        if reading.kind.startswith("utf8"):
            return gain >= _ENOUGH_HANZI * share
        return gain >= _ENOUGH_SWAPPED * share and new_mean >= evidence.mean(old) + _BETTER


def _of_line(line: str) -> Iterator[Reading]:
    """All readings of a line and of its parts."""
    for match in LATIN_RUN.finditer(line):
        if len(set(match[0])) > 2:
            yield from redecoding.latin(match[0], match.start())
    if _HANZI.search(line):
        yield from redecoding.wide(line)
        yield from redecoding.swapped(line)


def _apart(readings: list[Reading]) -> list[Reading]:
    """Of overlapping readings the best: fewest rounds among those nearly as good."""
    taken: list[Reading] = []
    for reading in sorted(readings, key=lambda r: (-r.evidence + 3.0 * r.rounds, r.start, r.kind)):
        if all(reading.end <= other.start or reading.start >= other.end for other in taken):
            taken.append(reading)
    return taken


def _lines(text: str, places: list[int]) -> Iterator[tuple[int, int]]:
    """(start, end) of the lines that hold these places, without their line ends, long ones in pieces."""
    done = -1
    for place in places:
        if place < done:
            continue
        start = max(text.rfind("\n", max(0, place - _LONGEST), place) + 1, place - _LONGEST, done, 0)
        end = text.find("\n", place, start + _LONGEST)
        done = end if end >= 0 else min(len(text), start + _LONGEST)
        yield start, done


def _edit(text: str, reading: Reading, *, is_about: bool) -> Edit:
    old = text[reading.start : reading.end]
    why = redecoding.WHY[reading.kind] + (", more than once" if reading.rounds > 1 else "")
    confidence = round(1 / (1 + math.exp(-reading.evidence / 4)), 3)
    if is_about or _is_quoted(text, reading):
        return Edit(reading.start, old, old, f"mojibake/{reading.kind}", f"{why}, perhaps as an example", confidence)
    return Edit(reading.start, old, reading.new, f"mojibake/{reading.kind}", why, confidence)


def _is_quoted(text: str, reading: Reading) -> bool:
    around = text[max(0, reading.start - 1) : reading.start] + text[reading.end : reading.end + 1]
    return around in _QUOTES


def _is_about_encodings(text: str, readings: list[Reading]) -> bool:
    """Whether the page speaks of encodings outside the garbled runs, and all of these are short."""
    if sum(reading.end - reading.start for reading in readings) > _EXAMPLE:
        return False
    bounds = [0, *(place for reading in readings for place in (reading.start, reading.end)), len(text)]
    clean = "\n".join(text[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))
    return bool(_ABOUT.search(clean)) or len({term.lower() for term in _TERMS.findall(clean)}) >= 2


def _flags(text: str, page: _Page) -> Iterator[Edit]:
    for match in _LOST.finditer(text):
        yield Edit(match.start(), match[0], match[0], "mojibake/lost", "U+FFFD that was read as GBK: characters were lost before")
