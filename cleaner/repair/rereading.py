"""Bytes that were paired one off → the likeliest characters: a beam search with the language model.

The bytes of a sheared run determine its characters, except where pairs of the user-defined zones were dropped
without trace. There, every such pair is tried, and the text that is the likeliest Chinese wins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Script, codes, fold
from cleaner.language import START, LanguageModel, is_hanzi, load
from cleaner.repair.gbk import Tables, tables

Indexes = NDArray[np.int64]
Scores = NDArray[np.float32]
Ending = Callable[[int], Sequence[int]]

_BEAM: Final = 64  # readings kept after each pair
_HIDDEN: Final = (48, 20, 8)  # readings kept after one, two, three dropped pairs in a row
_IMPLAUSIBLE: Final = -11.0  # log-probability of a character after the one before it
_ODD_MARK: Final = -12.0  # the same for what is no hanzi: all but the marks of running text
_HEARD: Final = 100_000  # characters of a page whose language is listened to
_KNOWN: Final = np.float32(1.0)  # for a character that the page has elsewhere
_EVERYDAY: Final = -14.0  # log-probability below which a character is not
_LIKELY: Final = 256  # characters that are weighed by all of their context, after a look at one before them
_CLOSING: Final = np.float32(4.0)  # for the mark that closes what is open
_WORDS_REACH: Final = 8  # letters around a run whose words it may change
_RARE: Final = -10.5  # log-probability of a character below which it counts as rare
_PAUSES: Final = frozenset("，。、；：？！,;:?!")
# Chance of a mark behind so many letters without one, as news and statutes have it.
_PAUSE_CHANCES: Final = (
    0.004,
    0.02,
    0.05,
    0.04,
    0.075,
    0.055,
    0.07,
    0.075,
    0.095,
    0.12,
    0.105,
    0.105,
    0.11,
    0.12,
    0.125,
)
_FOREIGN_COST: Final = np.float32(-8.0)  # for a character of the script that the page isn't in


class Evidence(NamedTuple):
    """What speaks for a reading and against it; weighed by `WEIGHTS`."""

    characters: float  # log-probability by the language model's triples
    words: float  # log-probability as words
    hidden: float  # dropped pairs that it puts back
    marks: float  # characters that are no hanzi
    pauses: float  # log-probability of marks where they stand, and of none where none stands
    rare: float  # how much rarer than everyday characters those are that the page hasn't elsewhere, as log-probability
    known: float  # how often the page has its characters elsewhere, as logarithms
    said: float  # pairs of characters that the page has elsewhere
    said_longer: float  # runs of three that the page has elsewhere
    unannotated: float  # characters that carry a reading everywhere else on the page, and here don't
    unlisted: float  # 1 if its last character, whose reading follows, nowhere else carries it on the page
    prior: float  # log-probability of the bytes it begins with


# Fitted on text damaged on purpose, by `python -m bench.weights`.
WEIGHTS: Final = Evidence(
    characters=0.6, words=0.2, hidden=-2.3, marks=0.0, pauses=0.5, rare=-0.9, known=0.7, said=1.4,
    said_longer=0.35, unannotated=-3.1, unlisted=-1.1, prior=0.2,
)  # fmt: skip


class Reading(NamedTuple):
    """One way to read a run: its text, log-probability, and how many dropped pairs it puts back."""

    text: str
    score: float
    hidden: int
    evidence: Evidence


class _Beam(NamedTuple):
    """Readings of the bytes so far: `text` is an index into `texts`; the other arrays run alongside it."""

    texts: list[tuple[str, int]]  # with the number of dropped pairs put back
    text: Indexes
    lead: Indexes  # first byte of the character that comes next
    previous: Indexes  # index of the last character in the language model
    row: Indexes  # row of the last two characters among the model's pairs
    score: Scores


@dataclass(frozen=True, slots=True)
class Voice:
    """How a page speaks: what helps to tell among readings of its runs.

    `said` holds what stands undamaged on the page, runs of two and three folded characters. `annotated` are the
    characters that carry a reading wherever the page shows them whole, with it. The arrays are by the bytes of a
    character, shape (256, 256): how often the page has it elsewhere, as log(1 + n) (`known`), whether it is tried
    around dropped pairs (`is_everyday`), and what speaks against a character of the other script (`bias`).
    """

    said: frozenset[str]
    annotated: Mapping[str, str]
    known: Scores
    is_everyday: NDArray[np.bool_]
    bias: Scores

    @classmethod
    def of(cls, text: str, script: Script | None, annotated: Mapping[str, str]) -> Voice:
        """The voice of a page's undamaged text, of which the first `_HEARD` characters are enough."""
        table = tables()
        folded = fold(text[:_HEARD])
        foreign = {"hant": table.simplified, "hans": table.traditional}.get(script or "", table.points < 0)
        points, counts = np.unique(codes(text), return_counts=True)
        place = np.minimum(np.searchsorted(points, table.points), points.size - 1)
        known = np.where(points[place] == table.points, np.log1p(counts)[place], 0).astype(np.float32)
        bias = np.where(foreign, _FOREIGN_COST, np.float32(0))
        return cls(runs_of(folded), annotated, known, (known > 0) | (table.scores > _EVERYDAY), bias)

    def hearing(self, said: Iterable[str]) -> Voice:
        """The voice of a page that says this too, runs of two and three folded characters."""
        return replace(self, said=self.said.union(said))

    def expecting(self, mark: str) -> Voice:
        """The voice where an open bracket or quotation mark waits for this one."""
        bias = self.bias.copy()
        bias[*mark.encode("gbk")] += _CLOSING
        return replace(self, bias=bias)


def runs_of(folded: str) -> frozenset[str]:
    """The runs of two and of three characters in a folded text."""
    return frozenset(folded[at : at + size] for size in (2, 3) for at in range(len(folded) - size + 1))


class Context(NamedTuple):
    """What is known of a run: the text around it, and the page."""

    before: str
    after: str
    voice: Voice


class Stop(NamedTuple):
    """Where a run may end: behind how many pairs, what completes its last character there, and what is around it.

    `ending` gives the second bytes that can complete that character, by its first; None if there is none to
    complete. `noted` is the reading that follows the character, if any.
    """

    pairs: int
    ending: Ending | None
    context: Context
    noted: str = ""


def reread(leads: Mapping[int, float], pairs: Sequence[tuple[int, int]], stops: Sequence[Stop]) -> list[list[Reading]]:
    """For each place where a run may stop its likeliest readings, best first; empty where the bytes are no characters.

    `leads` are the candidates for the first byte with what speaks for them, in log-probability; each pair is
    the second byte of a character and the first of the next. The stops come in order and have one text before
    them and one voice; what they share is searched once.
    """
    if not stops:
        return []
    search = _Search(load(), tables(), stops[0].context)
    beam = search.beginning(leads)
    done = 0
    found: list[list[Reading]] = []
    for stop in stops:
        for trail, lead in pairs[done : stop.pairs]:
            beam = search.advance(beam, _always(trail), lead) if beam.texts else beam
        done = stop.pairs
        if not beam.texts:
            found.append([])
            continue
        last = search.advance(beam, stop.ending, 0) if stop.ending else beam
        found.append(search.finished(last, leads, stop))
    return found


def is_plausible(text: str, context: Context) -> bool:
    """Whether no character of a reading is out of place where it stands."""
    around = context.before[-1:] + text + context.after[:1]
    scores = load().scores(around)
    return bool((scores > np.where(is_hanzi(around), _IMPLAUSIBLE, _ODD_MARK)).all())


def _pauses(before: str, text: str, after: str) -> float:
    """Log-probability of the marks in a stretch, by how many letters stand before each since the mark before it."""
    around = before + text + after
    first, score, length = len(before), 0.0, 0
    for place, letter in enumerate(around):
        if letter in _PAUSES:
            chance = _PAUSE_CHANCES[min(length, len(_PAUSE_CHANCES) - 1)]
            length = 0
        else:
            chance = 1 - _PAUSE_CHANCES[min(length, len(_PAUSE_CHANCES) - 1)]
            length += 1
        if place >= first:
            score += math.log(chance)
    return score


def _said(text: str, size: int, context: Context) -> int:
    """How many pairs or triples with a character of `text` the page has elsewhere."""
    reach = size - 1
    around = fold(context.before[-reach:] + text + context.after[:reach] if reach else text)
    return sum(around[at : at + size] in context.voice.said for at in range(len(around) - reach))


def _always(trail: int) -> Ending:
    return lambda lead: (trail,)


class _Search:
    def __init__(self, model: LanguageModel, table: Tables, context: Context) -> None:
        self._model = model
        self._table = table
        self._context = context
        self._hidden_trails = np.array(sorted(table.hidden), np.int64)

    def beginning(self, leads: Mapping[int, float]) -> _Beam:
        """The beam before the first character is complete: one empty reading for each candidate of its first byte."""
        count = len(leads)
        second, row = self.state(self._context.before)
        scores = np.array(list(leads.values()), np.float32)
        first = np.array(list(leads), np.int64)
        return _Beam([("", 0)], np.zeros(count, np.int64), first, np.full(count, second), np.full(count, row), scores)

    def state(self, before: str) -> tuple[int, int]:
        """(index of the last character, row of the last two) of a text in the language model."""
        first, second = [START, START, *self._model.index(before[-2:]).tolist()][-2:]
        return second, int(self._model.rows(np.array([first]), np.array([second]))[0])

    def advance(self, beam: _Beam, ending: Ending, next_lead: int) -> _Beam:
        """The beam after one more pair that shows, with up to three dropped ones before it."""
        reached = [self._shown(beam, ending, next_lead)]
        for limit in _HIDDEN:
            beam = self._dropped(beam, limit)
            if not beam.texts:
                break
            reached.append(self._shown(beam, ending, next_lead))
        return _merged(reached)

    def finished(self, beam: _Beam, leads: Mapping[int, float], stop: Stop) -> list[Reading]:
        """The readings with the evidence for them, best first."""
        context, noted = stop.context, stop.noted
        before, after = context.before[-_WORDS_REACH:], context.after[:_WORDS_REACH]
        alone = self._model.word_score(before + after)
        readings = []
        for place, score in enumerate(beam.score.tolist()):
            text, hidden = beam.texts[beam.text[place]]
            inner = text[1:-1] if noted else text[1:]
            prior = leads[text[0].encode("gbk")[0]] if text else 0.0
            said = [_said(text, size, context) for size in (2, 3)]
            evidence = Evidence(
                score - prior - _KNOWN * self._known(text) + self._following(text, context.after[:2]),
                self._model.word_score(before + text + after) - alone,
                hidden,
                len(text) - int(is_hanzi(text).sum()),
                _pauses(context.before, text, context.after),
                self._rare(text),
                self._familiar(text),
                said[0],
                said[1],
                sum(letter in context.voice.annotated for letter in inner),
                bool(noted) and context.voice.annotated.get(text[-1:]) != noted,
                prior,
            )
            value = sum(weight * amount for weight, amount in zip(WEIGHTS, evidence, strict=True))
            readings.append(Reading(text, value, hidden, evidence))
        return sorted(readings, key=lambda reading: -reading.score)

    def _following(self, text: str, after: str) -> float:
        """Log-probability of what stands behind a reading."""
        return float(self._model.scores(text[-2:] + after)[len(text[-2:]) :].sum())

    def _rare(self, text: str) -> float:
        places = [tuple(letter.encode("gbk")) for letter in text]
        unknown = [place for place in places if not self._context.voice.known[place]]
        return float(sum(max(_RARE - self._table.scores[place], 0.0) for place in unknown))

    def _familiar(self, text: str) -> float:
        return float(sum(self._context.voice.known[*letter.encode("gbk")] for letter in text))

    def _known(self, text: str) -> int:
        """How many characters of `text` had `_KNOWN` added to their score."""
        return sum(bool(self._context.voice.known[*letter.encode("gbk")]) for letter in text)

    def _shown(self, beam: _Beam, ending: Ending, next_lead: int) -> _Beam:
        """Each reading with the character that a byte which shows completes."""
        leads = beam.lead.tolist()
        trails = {lead: ending(lead) for lead in set(leads)}
        places = [place for place, lead in enumerate(leads) for _ in trails[lead]]
        seconds = [trail for lead in leads for trail in trails[lead]]
        best = self._best(beam, np.array(places, np.int64), np.array(seconds, np.int64), _BEAM)
        return best._replace(lead=np.full(best.lead.size, next_lead, np.int64))

    def _dropped(self, beam: _Beam, limit: int) -> _Beam:
        """Each reading with a character that a dropped pair completes, and every lead the pair may have held."""
        count, trails = beam.lead.size, self._hidden_trails
        places, trails = np.repeat(np.arange(count), trails.size), np.tile(trails, count)
        is_everyday = self._context.voice.is_everyday[beam.lead[places], trails]
        best = self._best(beam, places[is_everyday], trails[is_everyday], limit)
        followers = [self._table.hidden[trail] for trail in best.lead.tolist()]
        where = np.repeat(np.arange(best.lead.size), [leads.size for leads in followers])
        return _Beam(
            [(text, hidden + 1) for text, hidden in best.texts],
            best.text[where],
            np.concatenate([*followers, np.empty(0, np.int64)]),
            best.previous[where],
            best.row[where],
            best.score[where],
        )

    def _best(self, beam: _Beam, places: Indexes, trails: Indexes, limit: int) -> _Beam:
        """The likeliest of the readings at `places` with one more character each, by its second byte.

        `lead` of the result holds that second byte.
        """
        table, model = self._table, self._model
        leads = beam.lead[places]
        exists = table.points[leads, trails] > 0
        if places.size > _LIKELY:
            exists &= self._context.voice.is_everyday[leads, trails]
        places, trails, leads = places[exists], trails[exists], leads[exists]
        index = np.where(table.hanzi[leads, trails], table.indexes[leads, trails], START)
        voice = self._context.voice
        bias = beam.score[places] + voice.bias[leads, trails] + _KNOWN * (voice.known[leads, trails] > 0)
        rough = np.where(index >= 0, model.pair_scores(beam.previous[places], index), table.scores[leads, trails])
        chosen = _highest((rough + bias).astype(np.float32), _LIKELY)
        places, trails, leads, index = places[chosen], trails[chosen], leads[chosen], index[chosen]
        exact = model.triple_scores(beam.row[places], beam.previous[places], index)
        score: Scores = (np.where(index >= 0, exact, table.scores[leads, trails]) + bias[chosen]).astype(np.float32)
        best = _highest(score, limit)
        places, trails, leads, index = places[best], trails[best], leads[best], index[best]
        parents = [beam.texts[text] for text in beam.text[places].tolist()]
        points = table.points[leads, trails].tolist()
        texts = [(text + chr(point), hidden) for (text, hidden), point in zip(parents, points, strict=True)]
        rows = model.rows(beam.previous[places], index)
        return _Beam(texts, np.arange(len(texts)), trails, index, rows, score[best])


def _highest(scores: Scores, limit: int) -> Indexes:
    """Where the highest scores stand, highest first."""
    if scores.size > limit:
        chosen = np.argpartition(-scores, limit)[:limit]
        return np.sort(chosen)[np.argsort(-scores[np.sort(chosen)], kind="stable")]
    return np.argsort(-scores, kind="stable")


def _merged(beams: list[_Beam]) -> _Beam:
    """The best of several beams whose readings have a text of their own each."""
    texts = [text for beam in beams for text in beam.texts]
    score = np.concatenate([beam.score for beam in beams])
    order = _highest(score, _BEAM)
    lead, previous, row = (
        np.concatenate(arrays)[order]
        for arrays in zip(*((beam.lead, beam.previous, beam.row) for beam in beams), strict=True)
    )
    return _Beam([texts[place] for place in order.tolist()], np.arange(order.size), lead, previous, row, score[order])
