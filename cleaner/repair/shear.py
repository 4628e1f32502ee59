"""Runs that a byte-level replacement sheared, decoded again: `勇?lián)铰废…` → `勇擔探路先行…`.

A site put a reading behind two bytes that are the end of one character and the beginning of the next. The
decoder paired the first byte of that next character with the bracket, wrote "?" for both, and read one byte
off until an ASCII byte put it back in step. `torn` reads such a run back into bytes, `rereading` decodes them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.fold import Script, only_in
from cleaner.language import load
from cleaner.repair.gbk import LOWEST_LEAD, pair_of, tables, trails_read, widened
from cleaner.repair.notes import READING, is_reading, notes
from cleaner.repair.rereading import Context, Reading, is_plausible, reread
from cleaner.units import View

_MARKER: Final = re.compile(rf"\? ?(?P<reading>{READING}) ?\)")
_NOTE: Final = re.compile(rf"\( ?(?P<reading>{READING}) ?\)")
_LAST_NOTE: Final = re.compile(rf"\( ?{READING} ?\)$")
_TONED: Final = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ]")
_CONTEXT: Final = 8  # letters around a run that help to read it
_UNLISTED: Final = -4.0  # for a character that isn't annotated elsewhere, where another that fits is
_LONGEST: Final = 400  # pairs of a run: something always puts a decoder back in step before
_ANNOTATED: Final = 3  # characters with readings, without which a page has no inserted notes to shear it
_MOST: Final = 200  # runs of a page that are searched
_CONFIDENT: Final = 0.99  # chance of a reading from which on it is taken
_FULL_WIDTH: Final = re.compile("[！-～]")
_WORTH: Final = 1.5  # by how much a mended run must be better Chinese, in mean log-probability of a hanzi
# 。 and 專 end in A3, which makes a mark of the byte that follows: the family “用?;诖耍”.
_ORPHAN: Final = re.compile(r"(?<=[㐀-鿿)”])\?(?=[!,;?！，；？][㐀-鿿?A-Za-z])")
_ORPHAN_LEADS: Final = (0xA1, 0x8C)


class Ending(Enum):
    """What puts the decoder back in step."""

    BYTE = "an ASCII byte that belongs to the run's last character"
    BYTE_NOTED = "an ASCII byte that belongs to the run's last character, and that character's reading"
    READING = "another reading, behind the run's last character"
    ASCII = "an ASCII character that a lead byte took for its partner"
    SWALLOWED = "an ASCII character that went under with a lead byte"
    LINE = "the end of the line"


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


def find(view: View) -> Iterator[Edit]:
    """Edits that put sheared runs right where their bytes determine the answer.

    Left alone, for others to flag: runs where byte pairs of the user-defined zones vanished or an ASCII
    character was swallowed, runs with two readings that are nearly as likely, and all but the first
    `_MOST` runs of a page, for each takes a search. Questions are left alone, and so is a page without notes.
    """
    if "?" not in view.text or "(" not in view.folded:
        return
    annotated = frozenset(pair for note in notes(view) if (pair := pair_of(note.of)))
    if len(annotated) < _ANNOTATED:
        return
    page = _Page.of(view, annotated)
    done = 0
    for start, leads in islice(_beginnings(view), _MOST):
        if start >= done and (edit := _best(page, start, leads)):
            done = edit.end
            yield edit


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page says of its runs: the characters it annotates, its script, and whether its marks were folded."""

    view: View
    annotated: frozenset[tuple[int, int]]
    script: Script
    is_narrow: bool
    said: frozenset[str]

    @classmethod
    def of(cls, view: View, annotated: frozenset[tuple[int, int]]) -> _Page:
        traditional, simplified = (sum(map(only_in(script).__contains__, view.text)) for script in ("hant", "hans"))
        script: Script = "hant" if traditional >= simplified else "hans"
        plain = _NOTE.sub("", view.folded)
        said = frozenset(plain[at : at + size] for size in (2, 3) for at in range(len(plain) - size + 1))
        return cls(view, annotated, script, is_narrow=not _FULL_WIDTH.search(view.text), said=said)

    def listed(self, lead: int, trails: Sequence[int]) -> Sequence[int]:
        """Of the second bytes that fit a reading those of annotated characters; all if none is."""
        return [trail for trail in trails if (lead, trail) in self.annotated] or trails


def _beginnings(view: View) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(place of the "?", candidates for the lost byte) where a run may begin."""
    for match in re.finditer(r"\?", view.text):
        place = match.start()
        marker = _MARKER.match(view.folded, place)
        if marker and _TONED.search(marker["reading"]):
            owner = _owner(view, place)
            before = widened(view.text, owner)[0] or pair_of(view.text[owner])
            leads = trails_read(before[1], marker["reading"]) if before else ()
            if leads := tuple(byte for byte in leads if byte >= LOWEST_LEAD):
                yield place, leads
        elif _ORPHAN.match(view.text, place):
            yield place, _ORPHAN_LEADS


def _owner(view: View, place: int) -> int:
    """The place of the character whose second byte the replacement took; its own reading may stand between."""
    note = _LAST_NOTE.search(view.folded, max(0, place - 10), place)
    return max(0, (note.start() if note else place) - 1)


class _Candidate(NamedTuple):
    """A way to read a run back: its bytes, its readings, and how good the best one is as Chinese."""

    run: Torn
    readings: list[Reading]
    quality: float
    is_plausible: bool

    @property
    def confidence(self) -> float:
        """Chance of the best reading against the second, 0 to 1."""
        if len(self.readings) == 1:
            return 1.0
        return 1 / (1 + math.exp(self.readings[1].score - self.readings[0].score))


def _best(page: _Page, start: int, leads: tuple[int, ...]) -> Edit | None:
    """The edit with the reading of the run at `start`, if its bytes determine one that is better Chinese."""
    candidates = list(_candidates(page, start, leads))
    noted = [candidate for candidate in candidates if candidate.run.ending is Ending.BYTE_NOTED]
    best = max(noted or candidates, key=lambda candidate: candidate.quality, default=None)
    if best is None:
        return None
    is_marked = bool(_MARKER.match(page.view.folded, start))
    stands = page.view.text[start - 1 : best.run.end + 1]
    if not is_marked and best.quality < load().mean(stands) + _WORTH:
        return None
    is_determined = not best.readings[0].hidden and best.run.ending is not Ending.SWALLOWED
    is_sure = best.is_plausible and best.confidence >= _CONFIDENT
    return _edit(page, best) if is_determined and is_sure else None


def _candidates(page: _Page, start: int, leads: tuple[int, ...]) -> Iterator[_Candidate]:
    text, owner = page.view.text, _owner(page.view, start)
    before = _NOTE.sub("", text[max(0, owner - _CONTEXT) : owner + 1]).split("\n")[-1]
    pair = pair_of(text[owner])
    listed = page.listed(pair[1], leads) if pair else leads
    likely = {lead: 0.0 if lead in listed else _UNLISTED for lead in leads}
    for run in torn(page.view, start):
        after = _NOTE.sub("", text[run.end : run.end + _CONTEXT]).split("\n")[0]
        context = Context(before, after, page.script, page.said)
        readings = reread(likely, run.pairs, _completions(run, page), context)
        if readings:
            best = readings[0].text
            quality = load().mean(before[-1:] + best + after[:1])
            yield _Candidate(run, readings, quality, is_plausible(best, context))


def _edit(page: _Page, best: _Candidate) -> Edit:
    run, new = best.run, best.readings[0].text
    if page.is_narrow:
        new = _FULL_WIDTH.sub(lambda mark: chr(ord(mark[0]) - 0xFEE0), new)
    old = page.view.text[run.start : run.end]
    why = f"bytes sheared by an inserted reading, decoded again up to {run.ending.value}"
    return Edit(run.start, old, new + run.suffix, "shear/run", why, round(best.confidence, 3))


# --- reading runs back into bytes -------------------------------------------------------------------------------


def torn(view: View, start: int) -> Iterator[Torn]:
    """The ways to read the run at `start` as bytes: a "?" in it may be a mark that was folded, or a loss."""
    marker = _MARKER.match(view.folded, start)
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
            closing = _MARKER.match(view.folded, at)
            if closing:
                yield run(closing.end(), Ending.READING, reading=closing["reading"])
                return
            yield run(at + 1, Ending.SWALLOWED, suffix="?")
        note = _NOTE.match(view.folded, at)
        if note and pairs and is_reading(note["reading"], chr(tables().points[pairs[-1]])):
            at = note.end()
            continue
        if "@" <= letter <= "~":
            own_note = _NOTE.match(view.folded, at + 1)
            if own_note:
                yield run(own_note.end(), Ending.BYTE_NOTED, ord(letter), reading=own_note["reading"])
            yield run(at + 1, Ending.BYTE, ord(letter))
            return
        pair, length = widened(view.text, at) if letter < "@" else (pair_of(letter), 1)
        if pair is None:
            return
        trail, lead = pair
        at += length
        if lead < LOWEST_LEAD:
            yield run(at, Ending.ASCII, trail, chr(lead))
            return
        pairs.append((trail, lead))


def _completions(run: Torn, page: _Page) -> Callable[[int], Sequence[int]] | None:
    """The second bytes that can complete the run's last character, by its first; None if there is none to complete."""
    last = run.last
    if run.ending is Ending.LINE:
        return None
    if run.ending is Ending.SWALLOWED:
        return lambda lead: range(LOWEST_LEAD, 0xFF)
    if run.ending is Ending.READING:
        return lambda lead: page.listed(lead, trails_read(lead, run.reading))
    assert last is not None
    if run.ending is Ending.BYTE_NOTED:
        return lambda lead: (last,) if last in trails_read(lead, run.reading) else ()
    return lambda lead: (last,)
