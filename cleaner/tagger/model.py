"""How likely each line of a page is noise, and of what kind it is. Next: `structure`, which lets noise go.

A line's features speak for noise or against it, and so does what its neighbours are: a linear-chain conditional
random field (Lafferty, McCallum and Pereira, ICML 2001) of two states, article and noise. Its weights are data,
fitted to labelled pages by `bench.tagging`. What kind of article or noise a line is, `kinds.toml` says.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.shapes import Row
from cleaner.tagger.features import MOST, NAMES, Looks, describe
from cleaner.tagger.letters import Indexes

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]

ARTICLE: Final = ("title", "heading", "prose", "list", "caption", "credit", "date", "code", "table")
NOISE: Final = ("link", "widget", "promo", "disclaimer", "spam")
KINDS: Final = (*ARTICLE, *NOISE)
_SPOKEN_OF: Final = {"link": "a link to something else", "spam": "spam"}
WEIGHTS: Final = Path(__file__).with_name("weights.json")
LETTER_COST: Final = 0.5  # lines of noise that may stay for one letter of an article that would go
FEWEST: Final = 10  # letters that a shorter line counts for: a word of an article is worth as much
_NEEDED_ODDS: Final = np.log(LETTER_COST * np.maximum(np.arange(MOST + 1), FEWEST))  # by letters
_AT_ONCE: Final = 1024  # rows whose features are weighed together: each takes some 20 kB
_SHOWN: Final = 3  # features that a reason names
_NEIGHBOURS: Final = "what its neighbours are"
_SAY_NOTHING: Final = (": 0", ": no", ": none", "from the top: 6+")  # what most lines have, and so no reason names


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature says for noise, shape (features,), and what speaks for one state after another.

    `follows` has shape (2, 2, 2): without and with blank lines between, from article or noise, to article or noise.
    """

    noise: Scores
    follows: Scores


@cache
def weights() -> Weights:
    """The weights that come with the package."""
    content = json.loads(WEIGHTS.read_text("utf-8"))
    places = {name: place for place, name in enumerate(NAMES)}
    noise = np.zeros(len(NAMES))
    for name, weight in content["noise"].items():
        noise[places[name]] = weight
    return Weights(noise, np.array(content["follows"]))


def packed(found: Weights, *, least: float = 0.01) -> dict[str, Any]:
    """What a file of weights holds, without those smaller than `least`."""
    noise = {name: round(weight, 2) for name, weight in zip(NAMES, found.noise.tolist(), strict=True)}
    return {
        "noise": {name: weight for name, weight in noise.items() if abs(weight) >= least},
        "follows": found.follows.round(3).tolist(),
    }


@cache
def _typical() -> Scores:
    """What each feature says for each kind, shape (features, kinds), from `kinds.toml`."""
    places = {name: place for place, name in enumerate(NAMES)}
    content = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8"))
    table = np.zeros((len(NAMES), len(KINDS)))
    for kind, entry in content.items():
        column = table[:, KINDS.index(kind)]
        for name, weight in entry.get("features", {}).items():
            column[places[name]] = weight
        for cue in entry.get("cues", ()):
            for size, times in (("short", "1"), ("short", "2+"), ("long", "1"), ("long", "2+")):
                column[places[f"{cue} words in a {size} line: {times}"]] = entry["cue_weight"]
    return table


def _typical_sums(features: Indexes) -> Scores:
    """What features, shape (lines, questions), say for each kind in sum, shape (lines, kinds)."""
    lines, questions = _says_kind()[features].nonzero()  # few do
    sums = np.zeros((len(features), len(KINDS)))
    np.add.at(sums, lines, _typical()[features[lines, questions]])
    return sums


@cache
def _says_kind() -> Flags:
    """Which features say something for a kind, shape (features,)."""
    says: Flags = np.logical_or.reduce(_typical() != 0, axis=1)
    return says


@cache
def _telling() -> tuple[NDArray[np.int16], list[str]]:
    """How high each feature ranks among those that say something for noise, and their names by rank.

    Features that say nothing rank behind all names.
    """
    ranked = np.argsort(-weights().noise, kind="stable").tolist()
    telling = [at for at in ranked if not NAMES[at].endswith(_SAY_NOTHING)]
    ranks = np.full(len(NAMES), len(telling), np.int16)
    ranks[telling] = range(len(telling))
    return ranks, [NAMES[at] for at in telling]


def _few_at_once(places: Sequence[int]) -> Iterator[Sequence[int]]:
    return (places[start : start + _AT_ONCE] for start in range(0, len(places), _AT_ONCE))


@dataclass(frozen=True)
class Tags:
    """What a page's lines are: `odds` are each line's log-odds of being noise."""

    odds: Scores
    looks: Looks

    @cached_property
    def noise(self) -> list[int]:
        """The places of rows so likely noise that the risk to lose their letters is worth it."""
        places: list[int] = np.flatnonzero(self.odds > _NEEDED_ODDS[self.looks.letters]).tolist()
        return places

    def kinds(self, places: Sequence[int]) -> list[str]:
        """The kind that each of these rows looks like most, within the likelier of article and noise."""
        found: list[str] = []
        for some in _few_at_once(places):
            scores = _typical_sums(self.looks.features_of(some))
            article, noise = scores[:, : len(ARTICLE)].argmax(1), scores[:, len(ARTICLE) :].argmax(1) + len(ARTICLE)
            found += [KINDS[kind] for kind in np.where(self.odds[some] > 0, noise, article).tolist()]
        return found

    def confidence(self, place: int) -> float:
        """The chance that a row is noise, to three digits."""
        return round(1 / (1 + math.exp(-self.odds[place])), 3)

    def reasons(self, places: Sequence[int]) -> Iterator[tuple[str, str]]:
        """(kind, sentence) on each of these rows: how likely it is noise, what says so most, what is around it."""
        beside = [[at for at in (place - 1, place + 1) if 0 <= at < len(self.odds)] for place in places]
        asked = sorted({*places, *chain.from_iterable(beside)})
        kinds = dict(zip(asked, self.kinds(asked), strict=True))
        for place, neighbours, said in zip(places, beside, self._telling(places), strict=True):
            kind, around = kinds[place], " and ".join([kinds[at] for at in neighbours])
            where = f"beside {around}" if around else "alone on its page"
            yield (
                kind,
                f"reads as {_SPOKEN_OF.get(kind, f'a {kind}')}, noise by {self.confidence(place):.1%} "
                f"({', '.join(said)}), {where}",
            )

    def margin(self, place: int) -> float:
        """How far a row's log-odds are above what is needed for it to be noise; below, if negative."""
        return float(self.odds[place] - _NEEDED_ODDS[self.looks.letters[place]])

    def needed(self, place: int) -> float:
        """The chance above which a row is so likely noise that the risk to lose its letters is worth it."""
        return float(1 / (1 + np.exp(-_NEEDED_ODDS[self.looks.letters[place]])))

    def speaking(self, place: int) -> list[tuple[str, float]]:
        """(name, weight in logits) of all that speaks for a row to be noise, that first, or against it.

        What its neighbours say by what they are counts as one of these.
        """
        features = self.looks.features_of([place])[0]
        own = weights().noise[features]
        told = [(NAMES[at], weight) for at, weight in zip(features.tolist(), own.tolist(), strict=True) if weight]
        return sorted([*told, (_NEIGHBOURS, float(self.odds[place] - own.sum()))], key=lambda item: -item[1])

    def _telling(self, places: Sequence[int]) -> Iterator[list[str]]:
        """The names of the features of each of these rows that say most for noise, those first."""
        ranks, names = _telling()
        for some in _few_at_once(places):
            told = ranks[self.looks.features_of(some)]
            told.sort(axis=1)
            yield from ([names[rank] for rank in row if rank < len(names)] for row in told[:, :_SHOWN].tolist())


def tag(rows: Sequence[Row], settled: Collection[int]) -> Tags:
    """What rows are, one at least; `settled` are the places of those that rules and place take already."""
    looks = describe(rows, settled)
    found = weights()
    parts = [slice(start, start + _AT_ONCE) for start in range(0, len(rows), _AT_ONCE)]
    own = np.concatenate([found.noise[looks.features_of(part)].sum(1) for part in parts])
    return Tags(np.array(noise_odds(own, [row.has_gap for row in rows], found.follows)), looks)


def noise_odds(own: Scores, gaps: Sequence[bool], follows: Scores, *, back: bool = True) -> list[float]:
    """Log-odds that each line is noise, from each line's own ones, by passing messages along the page and `back`."""
    rates = [[math.exp(follow) for follow in follows[gap].reshape(-1).tolist()] for gap in (0, 1)]
    returns = [[math.exp(follow) for follow in follows[gap].T.reshape(-1).tolist()] for gap in (0, 1)]
    odds = own.tolist()
    above = _messages(odds, gaps[1:], rates)
    below = _messages(odds[::-1], gaps[:0:-1], returns)[::-1] if back else [0.0] * len(odds)
    return list(map(sum, zip(odds, above, below, strict=True)))


def _messages(odds: Sequence[float], gaps: Sequence[bool], rates: Sequence[Sequence[float]]) -> list[float]:
    """What the line before each one says of its log-odds of being noise; the first has none before it.

    `odds` are each line's own, `gaps` stand between them; `rates` are how much more often article or noise follows
    article, then noise, without and with a gap.
    """
    exp, log = math.exp, math.log
    heard, messages = 0.0, [0.0]
    for own, gap in zip(odds, gaps, strict=False):
        stay_article, to_noise, to_article, stay_noise = rates[gap]
        chance = exp(own + heard)
        heard = log((to_noise + chance * stay_noise) / (stay_article + chance * to_article))
        messages.append(heard)
    return messages
