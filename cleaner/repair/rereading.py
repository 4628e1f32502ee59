"""Bytes that were paired one off → the likeliest characters: a beam search with the language model.

The bytes of a sheared run determine its characters, except where pairs of the user-defined zones were dropped
without trace. There, every such pair is tried, and the text that is the likeliest Chinese wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, Script, fold
from cleaner.language import START, LanguageModel, is_hanzi, load
from cleaner.repair.gbk import Tables, tables

Indexes = NDArray[np.int64]
Scores = NDArray[np.float32]
Ending = Callable[[int], Sequence[int]]

_BEAM: Final = 48  # readings kept after each pair
_HIDDEN: Final = (60, 30, 15)  # readings kept after one, two, three dropped pairs in a row
_HIDDEN_WORTH: Final = 1.0  # for each dropped pair, at the end: by so much the model overrates the cost of a character
_IMPLAUSIBLE: Final = -11.0  # log-probability of a character after the one before it
_ODD_MARK: Final = -12.0  # the same for what is no hanzi: all but the marks of running text
_PLAIN_LEAD: Final = 4.0  # by how much a reading with dropped pairs must be likelier than the one without
_SAID: Final = 1.5  # for each pair and triple of characters that the page has elsewhere
_WORDS: Final = 0.6  # weight of the words against the characters
_FOREIGN_COST: Final = np.float32(-8.0)  # for a character of the script that the page isn't in
_EVERYDAY: Final = 1e-7  # frequency below which a hanzi isn't tried for a dropped pair


class Reading(NamedTuple):
    """One way to read a run: its text, log-probability, and how many dropped pairs it puts back."""

    text: str
    score: float
    hidden: int


class _Beam(NamedTuple):
    """Readings of the bytes so far: `text` is an index into `texts`; the other arrays run alongside it."""

    texts: list[tuple[str, int]]  # with the number of dropped pairs put back
    text: Indexes
    lead: Indexes  # first byte of the character that comes next
    previous: Indexes  # index of the last character in the language model
    score: Scores


class Context(NamedTuple):
    """What a page says of a run: the text around it, the script, and what it says elsewhere.

    `said` holds the pairs and triples of folded characters that stand undamaged on the page.
    """

    before: str
    after: str
    script: Script
    said: frozenset[str]


def reread(
    leads: Mapping[int, float], pairs: Sequence[tuple[int, int]], ending: Ending | None, context: Context
) -> list[Reading]:
    """The likeliest readings of a run, best first; empty if its bytes are no characters at all.

    `leads` are the candidates for the first byte with what speaks for them, in log-probability; each pair is
    the second byte of a character and the first of the next; `ending` gives the bytes that can complete the
    last character, by its first byte.
    """
    search = _Search(load(), tables(), context)
    count = len(leads)
    beam = _Beam(
        [("", 0)],
        np.zeros(count, np.int64),
        np.array(list(leads), np.int64),
        np.full(count, search.entry(context.before[-1:])),
        np.array(list(leads.values()), np.float32),
    )
    for trail, lead in pairs:
        beam = search.advance(beam, _always(trail), lead)
        if not beam.texts:
            return []
    if ending is not None:
        beam = search.advance(beam, ending, 0)
    return search.finished(beam)


def is_plausible(text: str, context: Context) -> bool:
    """Whether no character of a reading is out of place where it stands."""
    around = context.before[-1:] + text + context.after[:1]
    scores = load().scores(around)
    return bool((scores > np.where(is_hanzi(around), _IMPLAUSIBLE, _ODD_MARK)).all())


def _always(trail: int) -> Ending:
    return lambda lead: (trail,)


class _Grown(NamedTuple):
    """Readings with one more character: its place in the beam, code point, second byte, and entry in the model."""

    place: Indexes
    point: Codes
    trail: Indexes
    entry: Indexes
    score: Scores


class _Search:
    def __init__(self, model: LanguageModel, table: Tables, context: Context) -> None:
        self._model = model
        self._table = table
        self._context = context
        self._foreign = table.simplified if context.script == "hant" else table.traditional
        self._hidden_trails = np.array(sorted(table.hidden), np.int64)

    def entry(self, letter: str) -> int:
        return int(self._model.index(letter)[0]) if letter else START

    def advance(self, beam: _Beam, ending: Ending, next_lead: int) -> _Beam:
        """The beam after one more pair that shows, with up to three dropped ones before it."""
        reached = [self._shown(beam, ending, next_lead)]
        for limit in _HIDDEN:
            beam = self._dropped(beam, limit)
            if not beam.texts:
                break
            reached.append(self._shown(beam, ending, next_lead))
        return _merged(reached)

    def finished(self, beam: _Beam) -> list[Reading]:
        """The readings by their words as well as their characters, best first."""
        before, after, *_ = self._context
        alone = self._model.word_score(before + after)
        readings = []
        following = self._model.pair_scores(beam.previous, np.full(beam.previous.size, self.entry(after[:1])))
        scores = beam.score + following if after else beam.score
        for place, score in enumerate(scores.tolist()):
            text, hidden = beam.texts[beam.text[place]]
            words = self._model.word_score(before + text + after) - alone
            value = (1 - _WORDS) * score + _WORDS * words + _HIDDEN_WORTH * hidden + _SAID * self._said(text)
            readings.append(Reading(text, value, hidden))
        readings.sort(key=lambda reading: -reading.score)
        plain = next((reading for reading in readings if not reading.hidden), None)
        if plain and readings[0].score < plain.score + _PLAIN_LEAD and is_plausible(plain.text, self._context):
            readings.remove(plain)
            readings.insert(0, plain)
        return readings

    def _said(self, text: str) -> int:
        """How many pairs and triples with a character of `text` the page has elsewhere."""
        around = fold(self._context.before[-2:] + text + self._context.after[:2])
        grams = [around[at : at + size] for size in (2, 3) for at in range(len(around) - size + 1)]
        return sum(gram in self._context.said for gram in grams)

    def _shown(self, beam: _Beam, ending: Ending, next_lead: int) -> _Beam:
        """Each reading with the character that a byte which shows completes."""
        trails = {lead: ending(lead) for lead in set(beam.lead.tolist())}
        places = [place for place, lead in enumerate(beam.lead.tolist()) for _ in trails[lead]]
        seconds = [trail for lead in beam.lead.tolist() for trail in trails[lead]]
        best = _best(beam, self._grown(beam, np.array(places, np.int64), np.array(seconds, np.int64)), _BEAM)
        return best._replace(lead=np.full(best.lead.size, next_lead, np.int64))

    def _dropped(self, beam: _Beam, limit: int) -> _Beam:
        """Each reading with a character that a dropped pair completes, and every lead the pair may have held."""
        count, trails = beam.lead.size, self._hidden_trails
        grown = self._grown(beam, np.repeat(np.arange(count), trails.size), np.tile(trails, count))
        unseen = (grown.entry >= 0) & (self._model.frequency[grown.entry] < _EVERYDAY)
        best = _best(beam, grown._replace(score=grown.score + np.where(unseen, -np.inf, 0)), limit)
        followers = [self._table.hidden[trail] for trail in best.lead.tolist()]
        where = np.repeat(np.arange(best.lead.size), [leads.size for leads in followers])
        return _Beam(
            [(text, hidden + 1) for text, hidden in best.texts],
            best.text[where],
            np.concatenate([*followers, np.empty(0, np.int64)]),
            best.previous[where],
            best.score[where],
        )

    def _grown(self, beam: _Beam, places: Indexes, trails: Indexes) -> _Grown:
        """What the readings at `places` become with one more character each, by its second byte."""
        table, model = self._table, self._model
        leads = beam.lead[places]
        exists = table.points[leads, trails] > 0
        places, trails, leads = places[exists], trails[exists], leads[exists]
        points, hanzi = table.points[leads, trails], table.hanzi[leads, trails]
        index = np.where(hanzi, table.indexes[leads, trails], START)
        scores = np.where(hanzi, model.pair_scores(beam.previous[places], index), model.mark_scores(points))
        scores = scores + np.where(self._foreign[leads, trails], _FOREIGN_COST, np.float32(0))
        return _Grown(places, points, trails, index, beam.score[places] + scores)


def _best(beam: _Beam, grown: _Grown, limit: int) -> _Beam:
    """The grown readings with the highest scores, at most `limit`; `lead` holds the second byte they grew by."""
    order = np.argsort(-grown.score, kind="stable")[:limit]
    order = order[np.isfinite(grown.score[order])]
    parents = [beam.texts[text] for text in beam.text[grown.place[order]].tolist()]
    texts = [
        (text + chr(point), hidden) for (text, hidden), point in zip(parents, grown.point[order].tolist(), strict=True)
    ]
    return _Beam(texts, np.arange(len(texts)), grown.trail[order], grown.entry[order], grown.score[order])


def _merged(beams: list[_Beam]) -> _Beam:
    """The best of several beams whose readings have a text of their own each."""
    texts = [text for beam in beams for text in beam.texts]
    score = np.concatenate([beam.score for beam in beams])
    order = np.argsort(-score, kind="stable")[:_BEAM]
    lead, previous = (
        np.concatenate(arrays)[order] for arrays in zip(*((beam.lead, beam.previous) for beam in beams), strict=True)
    )
    return _Beam([texts[place] for place in order.tolist()], np.arange(order.size), lead, previous, score[order])
