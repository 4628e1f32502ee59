"""The likeliest kind of every line, along the page. Next: `structure`, which lets lines of noise go.

Each kind belongs to one of two zones, article and noise. A line's features score its kinds; how zones follow each
other is scored too, and a forward-backward pass over the page gives the odds of each line's zone: a conditional
random field whose kinds are latent (Quattoni et al., PAMI 2007). The weights are data, fitted by `bench.tagging`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.shapes import Row
from cleaner.tagger.features import NAMES, Indexes, describe, visible

Scores = NDArray[np.float64]

ARTICLE: Final = ("title", "heading", "prose", "list", "caption", "credit", "date", "code", "table")
NOISE: Final = ("link", "widget", "promo", "disclaimer", "spam")
KINDS: Final = (*ARTICLE, *NOISE)
_LETTER_COST: Final = 4.0  # lines of noise that may stay for one letter of an article that would go
_FEWEST: Final = 4  # letters that a shorter line counts for
_SHOWN: Final = 3  # features that a reason names


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature says for each kind, shape (features, kinds), and what speaks for one zone after another.

    `follows` has shape (2, 2, 2): without and with blank lines between, from article or noise, to article or noise.
    """

    features: Scores
    follows: Scores


@cache
def weights() -> Weights:
    """The weights that come with the package."""
    return unpacked(json.loads(Path(__file__).with_name("weights.json").read_text("utf-8")))


def unpacked(content: dict[str, Any]) -> Weights:
    """Weights from what their file holds: a table of kinds by the name of the feature, and `follows`."""
    places = {name: place for place, name in enumerate(NAMES)}
    features = np.zeros((len(NAMES), len(KINDS)))
    for name, kinds in content["features"].items():
        for kind, weight in kinds.items():
            features[places[name], KINDS.index(kind)] = weight
    return Weights(features, np.array(content["follows"]))


def packed(found: Weights, *, least: float = 0.05) -> dict[str, Any]:
    """What a file of weights holds, without those smaller than `least`."""
    table = {
        name: {kind: round(float(value), 2) for kind, value in zip(KINDS, row, strict=True) if abs(value) >= least}
        for name, row in zip(NAMES, found.features, strict=True)
    }
    return {"features": {name: row for name, row in table.items() if row}, "follows": found.follows.round(3).tolist()}


@dataclass(frozen=True)
class Tags:
    """The kinds of a page's lines: `odds` are log-odds that a line is noise, and `kinds` index `KINDS`."""

    rows: Sequence[Row]
    odds: Sequence[float]
    kinds: Sequence[int]
    features: Indexes
    weights: Weights

    def kind(self, place: int) -> str:
        """The likeliest kind of a row, within its likelier zone."""
        return KINDS[self.kinds[place]]

    def is_noise(self, place: int) -> bool:
        """Whether a row is so likely noise that the risk to lose its letters is worth it."""
        letters = max(sum(map(str.isalnum, visible(self.rows[place].key))), _FEWEST)
        return self.odds[place] > math.log(_LETTER_COST * letters)

    def why(self, place: int) -> str:
        """A sentence on a row's kind: how likely it is, what speaks for it most, and between which kinds it stands."""
        kind = self.kinds[place]
        others = self.weights.features[self.features[place], : len(ARTICLE)].sum(0)
        against = int(others.argmax()) if kind >= len(ARTICLE) else len(ARTICLE)
        gain = self.weights.features[self.features[place]]
        order = np.argsort(-(gain[:, kind] - gain[:, against]), kind="stable")[:_SHOWN]
        said = ", ".join(NAMES[self.features[place, at]] for at in order)
        around = [self.kind(at) for at in (place - 1, place + 1) if 0 <= at < len(self.rows)]
        where = f"beside {' and '.join(around)}" if around else "alone on its page"
        return f"reads as {kind_name(self.kind(place))}, {_chance(self.odds[place])} ({said}), {where}"


def kind_name(kind: str) -> str:
    """A kind as sentences say it."""
    return {"link": "a link to something else", "spam": "spam"}.get(kind, f"a {kind}")


def _chance(odds: float) -> str:
    """Log-odds as a percentage.

    >>> _chance(0.0), _chance(12.0)
    ('50.0 %', '99.9 %')
    """
    return f"{min(100 / (1 + math.exp(-max(odds, -50.0))), 99.9):.1f} %"


def tag(rows: Sequence[Row], settled: Collection[int]) -> Tags:
    """The kinds of rows, one at least; `settled` are the places of those that rules and place take already."""
    features = describe(rows, settled)
    found = weights()
    scores = found.features[features].sum(1)
    zones = zone_scores(scores)
    odds = zone_odds(zones[:, 1] - zones[:, 0], [row.has_gap for row in rows], found.follows)
    article, noise = scores[:, : len(ARTICLE)].argmax(1), scores[:, len(ARTICLE) :].argmax(1) + len(ARTICLE)
    return Tags(rows, odds, np.where(np.array(odds) > 0, noise, article).tolist(), features, found)


def zone_scores(scores: Scores) -> Scores:
    """Log of the summed exponentials of each zone's kinds, shape (lines, 2), from scores of shape (lines, kinds)."""
    parts = (scores[:, : len(ARTICLE)], scores[:, len(ARTICLE) :])
    highest = [part.max(1) for part in parts]
    return np.stack(
        [high + np.log(np.exp(part - high[:, None]).sum(1)) for part, high in zip(parts, highest, strict=True)], 1
    )


def zone_odds(own: Scores, gaps: Sequence[bool], follows: Scores, *, back: bool = True) -> list[float]:
    """Log-odds that each line is noise, from each line's own ones, by passing messages along the page and `back`."""
    steps = [_step(*follows[gap].reshape(-1).tolist()) for gap in (0, 1)]
    returns = [_step(*follows[gap].T.reshape(-1).tolist()) for gap in (0, 1)]
    odds = own.tolist()
    above, below = [0.0] * len(odds), [0.0] * len(odds)
    for at in range(1, len(odds)):
        above[at] = steps[gaps[at]](odds[at - 1] + above[at - 1])
    for at in range(len(odds) - 2 if back else -1, -1, -1):
        below[at] = returns[gaps[at + 1]](odds[at + 1] + below[at + 1])
    return [sum(parts) for parts in zip(odds, above, below, strict=True)]


def _step(stay_article: float, to_noise: float, to_article: float, stay_noise: float) -> Callable[[float], float]:
    """What a neighbour's log-odds of being noise say of a line's own."""
    aa, an, na, nn = map(math.exp, (stay_article, to_noise, to_article, stay_noise))

    def message(odds: float) -> float:
        chance = math.exp(max(min(odds, 50.0), -50.0))
        return math.log((an + chance * nn) / (aa + chance * na))

    return message
