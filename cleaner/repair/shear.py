"""Runs that a byte-level replacement sheared, decoded again: `勇?lián)铰废…` → `勇擔探路先行…`.

A site put a reading behind two bytes that are the end of one character and the beginning of the next. The
decoder paired the first byte of that next character with the bracket, wrote "?" for both, and read one byte
off until an ASCII byte put it back in step. `tearing` reads such a run back into bytes, `rereading` decodes them.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.fold import Script, fold, only_in
from cleaner.language import load
from cleaner.patterns import late
from cleaner.repair.gbk import LOWEST_LEAD, pair_of, tables, trails_read, widened
from cleaner.repair.notes import notes
from cleaner.repair.pinyin import READING
from cleaner.repair.rereading import WEIGHTS, Context, Reading, Stop, Voice, is_plausible, reread, runs_of
from cleaner.repair.tearing import MARKER, NOTE, Ending, Torn, completions, torn
from cleaner.units import View

_DAMAGE: Final = late(rf"[(（?]? ?{READING} ?[)）]")  # notes and markers
_SIGN: Final = late(rf"\? ?{READING} ?[)）]")
_TONED: Final = late("[āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ]")
_CONTEXT: Final = 24  # letters around a run that help to read it
# Fitted with the weights of the readings, by `python -m bench.weights`.
_SWALLOWED: Final = -3.0  # for an ASCII character that went under
_SWALLOWED_LINE: Final = 1.5  # for a line end that went under behind a full stop
_CUT_SHORT: Final = -6.0  # for a line that ends in the middle of a character
_UNLISTED: Final = -4.0  # for a character that isn't annotated elsewhere, where another that fits is
_SEARCHED: Final = 800  # steps of a page's searches, some 10 ms each; real pages take less than two hundred
_OPEN_STEPS: Final = 4  # steps that an ending takes whose last byte may be any
_OPEN: Final = frozenset({Ending.SWALLOWED, Ending.CUT})
_MOST_UNNOTED: Final = 4  # runs without a reading that are searched on a page without notes: hardly one is a run
_ANNOTATED: Final = 3  # characters with readings, from which on a page has inserted notes to shear it
_MOST: Final = 200  # runs of a page that are searched
_ENDINGS: Final = 12  # ways to end a run that are tried; the nearest come first
_REACH: Final = 60  # letters before a run in which something may have been opened
_CLOSING: Final = dict(zip("（《〈「『【〔“‘", "）》〉」』】〕”’", strict=True))
CONFIDENT: Final = 0.98  # chance of a reading from which on it is taken
_VOTE: Final = 0.5  # weight of what runs of one shape say together of their first letter: most have the same, not all
_OUTVOTED: Final = -4.0  # the least they can say of it, in log-probability
_NO_CHANCE: Final = 1e-3  # of a letter that no way to read a run begins with
_GUESSED: Final = 0.9  # of the chance of a guess is how often it comes out right, measured
_FAIR: Final = 0.2  # chance below which not even the extent of a run is clear
_LETTERS_OF_A_SCRIPT: Final = 10  # from which on they tell the script of a page; what is sheared looks simplified
_NEARLY_SURE: Final = 0.9
_LIKELIEST: Final = 0.5  # chance from which on a reading is likelier than all others together
_FULL_WIDTH: Final = late("[！-～]")
_WORTH: Final = 1.5  # by how much a mended run must be better Chinese, in mean log-probability of a hanzi
# 。 and 專 end in A3, which makes a mark of the byte that follows: the family “用?;诖耍”.
_ORPHAN: Final = late(r"\?(?<=[㐀-鿿)”]\?)(?=[!,;?！，；？][㐀-鿿?A-Za-z])")
_FOLLOWING: Final = late(r"[!,;?]+(?P<hanzi>[㐀-鿿]{2,8})")
_SOUND: Final = -10.0  # mean log-probability of Chinese; bytes read out of step score about -14, prose -5
_ORPHAN_LEADS: Final = (0xA1, 0x8C)


def find(view: View) -> Iterator[Edit]:
    """Edits that put sheared runs right: exactly where their bytes determine the answer, else by what is likeliest.

    An answer less sure than `CONFIDENT` is taken as well, for what stands there is false anyway, but as
    `shear/guess`, to be looked at. Left alone, for others to flag: runs whose best reading is hardly likelier than
    others, or in which an ASCII character was swallowed together with half a character that is not clear; runs
    without a reading, unless they are much better Chinese when put right; and what lies beyond the first `_MOST` runs
    or `_SEARCHED` steps of a page, for each takes a search. Questions are left alone, and on a page without notes
    all that is not sure.
    """
    if not _may_be_sheared(view.text):
        return
    page = _Page.of(view)
    done = 0
    for run in _reconsidered(page, list(_runs(page))):
        if run.start >= done and (edit := _edit(page, run)):
            done = edit.end
            yield edit


def _may_be_sheared(text: str) -> bool:
    return "?" in text and bool(_SIGN.search(text) or _ORPHAN.search(text))


@dataclass(frozen=True, slots=True)
class _Run:
    """A run from the "?" at `start`, and the ways to read it, likeliest first.

    `before` is its line up to there, without notes, the runs in it as they were read; `leads` are the candidates
    for the lost byte, `bytes` the ways to read it as bytes, the shortest first.
    """

    start: int
    before: str
    leads: tuple[int, ...]
    bytes: tuple[Torn, ...]
    ways: Sequence[_Way] = ()

    @property
    def steps(self) -> int:
        """What reading the run costs: a step for each pair, and for each way to end it."""
        pairs = len(self.bytes[-1].pairs) if self.bytes else 0
        return pairs + sum(_OPEN_STEPS if way.ending in _OPEN else 1 for way in self.bytes)

    def read(self, page: _Page) -> _Run:
        """The run with the ways to read it on a page."""
        return replace(self, ways=_ways(page, self))

    @property
    def confidence(self) -> float:
        """Chance of the first among all ways to read the run; 0 if there is none."""
        return self.chances[0] if self.ways else 0.0

    @property
    def chances(self) -> list[float]:
        """Chance of each way."""
        weights = [math.exp(way.score - self.ways[0].score) for way in self.ways]
        return [weight / sum(weights) for weight in weights]


def _runs(page: _Page) -> Iterator[_Run]:
    """The runs of a page in order; one that begins where another ends goes on from what that one reads."""
    done = searched = 0
    last: _Run | None = None
    for start in islice(_places(page), _MOST):
        if start < done or searched >= _SEARCHED:
            continue
        goes_on = last and last.ways and last.ways[0].torn.end == start
        before = last.before + last.ways[0].reading.text if last and goes_on else _before(page.view.text, start)
        leads = _leads(page.view, start, before[-1:])
        if not leads:
            continue
        last = _Run(start, before[-_REACH:], leads, _bytes(page, start)).read(page)
        searched += last.steps
        if last.confidence >= CONFIDENT:
            done = last.ways[0].torn.end
        yield last


def _places(page: _Page) -> Iterator[int]:
    """Places of each "?" with which a run may begin."""
    view, orphans = page.view, _MOST if page.has_notes else _MOST_UNNOTED
    for match in re.finditer(r"\?", view.text):
        place = match.start()
        if MARKER.match(view.folded, place):
            yield place
        elif orphans and _ORPHAN.match(view.text, place) and not _reads_on(view, place):
            orphans -= 1
            yield place


def _reads_on(view: View, place: int) -> bool:
    """Whether sound Chinese follows the two marks at `place`: then they are a question and cost no search."""
    after = _FOLLOWING.match(view.folded, place + 1)
    return after is not None and load().mean(after["hanzi"]) > _SOUND


def _before(text: str, start: int) -> str:
    """The line up to a place, without notes: the reading of its last character may stand between."""
    return NOTE.sub("", text[max(0, start - _REACH) : start]).split("\n")[-1]


def _leads(view: View, start: int, owner: str) -> tuple[int, ...]:
    """Candidates for the lost byte: those that make a character so read with the second byte of the letter before."""
    marker = MARKER.match(view.folded, start)
    if not marker:
        return _ORPHAN_LEADS
    pair = pair_of(owner) if owner > "~" else widened(owner, 0)[0]
    found = trails_read(pair[1], marker["reading"]) if pair else ()
    return tuple(lead for lead in found if lead >= LOWEST_LEAD)


def _reconsidered(page: _Page, runs: Sequence[_Run]) -> Iterator[_Run]:
    """The runs, the doubtful ones read again by what all say: a page damages one word many times in one way."""
    said = [gram for run in runs for gram in _surely_said(page, run)]
    listening = replace(page, voice=page.voice.hearing(said))
    again = [run if run.confidence >= CONFIDENT else run.read(listening) for run in runs]
    groups: defaultdict[tuple[str, str], list[_Run]] = defaultdict(list)
    for run in again:
        groups[_shape(page, run)].append(run)
    votes = {shape: _votes(group) for shape, group in groups.items()}
    return (_agreed(run, votes[_shape(page, run)]) for run in again)


def _shape(page: _Page, run: _Run) -> tuple[str, str]:
    """The letter before a run, and the reading it begins with."""
    marker = MARKER.match(page.view.folded, run.start)
    return run.before[-1:], marker["reading"] if marker else ""


def _votes(runs: Sequence[_Run]) -> Mapping[str, float]:
    """What runs of one shape say of the letter they begin with, together: log-probability against the likeliest."""
    if len(runs) == 1:
        return {}
    chances: list[defaultdict[str, float]] = [defaultdict(lambda: _NO_CHANCE) for _ in runs]
    for run, of in zip(runs, chances, strict=True):
        for way, chance in zip(run.ways, run.chances, strict=True):
            of[way.reading.text[:1]] += chance
    letters = {letter for of in chances for letter in of}
    total = {letter: sum(math.log(of[letter]) for of in chances) for letter in letters}
    return {letter: max(_VOTE * (score - max(total.values())), _OUTVOTED) for letter, score in total.items()}


def _agreed(run: _Run, votes: Mapping[str, float]) -> _Run:
    """The run with its ways weighed by the votes of those like it."""
    ways = [way._replace(score=way.score + votes.get(way.reading.text[:1], 0.0)) for way in run.ways]
    return replace(run, ways=sorted(ways, key=lambda way: -way.score))


def _surely_said(page: _Page, run: _Run) -> Iterator[str]:
    """The runs of characters that a run holds however it is read."""
    chances: defaultdict[str, float] = defaultdict(float)
    for way, chance in zip(run.ways, run.chances, strict=True):
        context = _context(page, run, way.torn)
        for gram in runs_of(fold(context.before[-2:] + way.reading.text + context.after[:2])):
            chances[gram] += chance
    return (gram for gram, chance in chances.items() if chance >= CONFIDENT)


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page says of its runs: the characters it annotates, its script, and whether its marks were folded."""

    view: View
    annotated: Mapping[str, str]
    script: Script | None
    is_narrow: bool
    voice: Voice

    @classmethod
    def of(cls, view: View) -> _Page:
        annotated = {note.of: view.folded[note.start + 1 : note.end - 1].strip() for note in notes(view)}
        traditional, simplified = (sum(map(only_in(script).__contains__, view.text)) for script in ("hant", "hans"))
        script: Script | None = "hant" if 2 * traditional >= simplified else "hans"
        if traditional + simplified < _LETTERS_OF_A_SCRIPT:
            script = None
        voice = Voice.of(NOTE.sub("", view.text), script, annotated)
        return cls(view, annotated, script, is_narrow=not _FULL_WIDTH.search(view.text), voice=voice)

    @property
    def has_notes(self) -> bool:
        """Whether the page has inserted notes, which can have sheared it."""
        return len(self.annotated) >= _ANNOTATED

    def is_marked(self, start: int) -> bool:
        """Whether the page has notes, and behind the "?" stands a reading with a tone or one of theirs."""
        marker = MARKER.match(self.view.folded, start)
        is_known = marker and marker["reading"] in self.annotated.values()
        return self.has_notes and bool(is_known or self.has_tone(start))

    def has_tone(self, start: int) -> bool:
        """Whether a reading with a tone stands behind the "?"."""
        marker = MARKER.match(self.view.folded, start)
        return bool(marker and _TONED.search(marker["reading"]))

    def listed(self, lead: int, trails: Sequence[int], reading: str) -> Sequence[int]:
        """Of the second bytes that fit a reading those of characters that carry it on the page; all if none does."""
        points = tables().points
        return [trail for trail in trails if self.annotated.get(chr(points[lead, trail])) == reading] or trails


class _Way(NamedTuple):
    """One way to put a run right: its bytes, what they say, and the log-probability of that."""

    torn: Torn
    reading: Reading
    score: float


def _bytes(page: _Page, start: int) -> tuple[Torn, ...]:
    """The ways to read a run as bytes; if one ends with a character's own reading, only such."""
    ways = tuple(islice(torn(page.view, start, is_narrow=page.is_narrow), _ENDINGS))
    return tuple(way for way in ways if way.ending is Ending.BYTE_NOTED) or ways


def _ways(page: _Page, run: _Run) -> list[_Way]:
    """The ways to read a run, likeliest first."""
    stops = [Stop(len(way.pairs), completions(way), _context(page, run, way), way.reading) for way in run.bytes]
    found = reread(_likely(page, run), run.bytes[-1].pairs if run.bytes else (), stops)
    end = max((way.end for way in run.bytes), default=run.start)
    ways = []
    for way, readings in zip(run.bytes, found, strict=True):
        rest = (WEIGHTS.characters + WEIGHTS.words) * _rest(_DAMAGE.sub("", page.view.text[way.end : end + 2]))
        ways += [_Way(way, reading, reading.score + rest + _loss(way, reading)) for reading in readings]
    return sorted(ways, key=lambda way: -way.score)


def _likely(page: _Page, run: _Run) -> Mapping[int, float]:
    """Log-probability of each lost byte: of what it and the byte before it make, which a site thought worth a note."""
    pair = pair_of(run.before[-1:]) if run.before else None
    marker = MARKER.match(page.view.folded, run.start)
    if pair is None or marker is None:
        return dict.fromkeys(run.leads, 0.0)
    listed = page.listed(pair[1], run.leads, marker["reading"])
    common = {lead: float(tables().scores[pair[1], lead]) for lead in run.leads}
    commonest = max(common.values())
    return {lead: common[lead] - commonest + (0.0 if lead in listed else _UNLISTED) for lead in run.leads}


def _rest(text: str) -> float:
    """Log-probability of what another way takes to be damaged too, but for two characters that any reading counts."""
    return float(load().scores(text)[2:].sum())


def _loss(way: Torn, reading: Reading) -> float:
    """What speaks against an ending with which something went under: least behind a full stop, a line end."""
    if way.ending in _OPEN:
        return _SWALLOWED_LINE if reading.text.endswith("。") else _SWALLOWED
    return _CUT_SHORT if way.ending is Ending.LINE else 0.0


def _context(page: _Page, run: _Run, way: Torn) -> Context:
    after = NOTE.sub("", page.view.text[way.end : way.end + _CONTEXT]).split("\n")[0]
    closing = _waiting(run.before)
    return Context(run.before[-_CONTEXT:], after, page.voice.expecting(closing) if closing else page.voice)


def _waiting(line: str) -> str:
    """The mark that closes the last open bracket or quotation mark of a line; empty if none is open."""
    waiting: list[str] = []
    for letter in line:
        if letter in _CLOSING:
            waiting.append(_CLOSING[letter])
        elif waiting and letter == waiting[-1]:
            waiting.pop()
    return waiting[-1] if waiting else ""


def _is_better(page: _Page, run: _Run) -> bool:
    """Whether a run that is not surely one is Chinese when put right, and better than what stands.

    On a page without notes the answer must be nearly sure as well.
    """
    if run.confidence < (_LIKELIEST if page.has_notes else _NEARLY_SURE):
        return False
    way = run.ways[0]
    context = _context(page, run, way.torn)
    if page.has_notes and (way.torn.reading or MARKER.match(page.view.folded, run.start)):
        return True
    if not is_plausible(way.reading.text, context):
        return False
    stands = page.view.text[run.start - 1 : way.torn.end + 1]
    around = context.before[-1:] + way.reading.text + context.after[:1]
    return page.has_tone(run.start) or load().mean(around) >= load().mean(stands) + _WORTH


def _edit(page: _Page, run: _Run) -> Edit | None:
    """The edit with the likeliest reading of a run; None if what it lost makes that too doubtful, or it is none."""
    if not run.ways or not (page.is_marked(run.start) or _is_better(page, run)):
        return None
    if run.confidence < (_LIKELIEST if run.ways[0].torn.ending is Ending.SWALLOWED else _FAIR):
        return None
    return _rewriting(page, run.ways[0], run.confidence)


def _rewriting(page: _Page, way: _Way, confidence: float) -> Edit:
    new = way.reading.text
    if page.is_narrow:
        new = _FULL_WIDTH.sub(lambda mark: chr(ord(mark[0]) - 0xFEE0), new)
    old = page.view.text[way.torn.start : way.torn.end]
    why = f"bytes sheared by an inserted reading, decoded again up to {way.torn.ending.value}"
    rule = "shear/run"
    if confidence < CONFIDENT:
        rule, why = "shear/guess", f"{why}; only the likeliest of several readings, for bytes vanished without trace"
        confidence *= _GUESSED
    return Edit(way.torn.start, old, new + way.torn.suffix, rule, why, round(confidence, 3))
