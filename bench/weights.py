"""What the evidence for a reading of a sheared run should weigh: `cleaner.repair.rereading.WEIGHTS`, fitted anew.

Texts of both corpora are damaged on purpose. The weights are those under which the right readings are the likeliest
(a log-linear model, by gradient ascent from the present weights); printed with how often the right one comes first,
on the half that they were fitted to and on the other.
"""

from __future__ import annotations

import random
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.corpora import texts
from bench.repair import LONGEST, damaged
from bench.shearing import Run, Sheared, narrowed
from cleaner.fold import converted
from cleaner.repair import shear
from cleaner.repair.rereading import WEIGHTS, Evidence
from cleaner.repair.tearing import Ending
from cleaner.units import View

TEXTS: Final = 120  # of each corpus
STEPS: Final = 400
RATE: Final = 0.02
Floats = NDArray[np.float64]


class Choice(NamedTuple):
    """The ways to read one run: their evidence, shape (n, weights), what else speaks for each, and which are right."""

    evidence: Floats
    rest: Floats
    right: NDArray[np.bool_]


def choices(damage: Sheared, *, fold_width: bool) -> list[Choice]:
    """A choice for each run of a damaged text for which one of the readings is right."""
    page = shear._Page.of(View(damage.text))
    runs = {run.start: run for run in shear._runs(page)}
    found = []
    for true in damage.runs:
        run = next((runs[place] for place in range(true.start, true.end) if place in runs), None)
        if run and run.ways:
            right = np.array([is_right(damage, true, page, way, fold_width=fold_width) for way in run.ways])
            evidence = np.array([way.reading.evidence for way in run.ways], dtype=np.float64)
            rest = np.array([way.score for way in run.ways]) - evidence @ np.array(WEIGHTS)
            found.append(Choice(evidence, rest, right))
    return [choice for choice in found if choice.right.any()]


def is_right(damage: Sheared, run: Run, page: shear._Page, way: shear._Way, *, fold_width: bool) -> bool:
    """Whether a way to read a run gives what stood there."""
    edit = shear._rewriting(page, way, 1.0)
    start, end = min(edit.start, run.start), max(edit.end, run.end)
    first = next((index for index in reversed(damage.places[:start]) if index >= 0), -1) + 1
    last = next((index for index in damage.places[end:] if index >= 0), len(damage.original))
    expected = damage.original[first:last]
    if way.torn.ending is Ending.SWALLOWED:
        expected = expected[:-1] + "?"
    return edit.new == ("".join(map(narrowed, expected)) if fold_width else expected)


def fitted(sample: list[Choice], weights: Floats) -> Floats:
    """The weights under which the right readings are the likeliest (Adam)."""
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for _ in range(STEPS):
        slope = np.mean([_slope(choice, weights) for choice in sample], axis=0)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        weights = weights + RATE * mean / (np.sqrt(square) + 1e-8)
    return weights


def _slope(choice: Choice, weights: Floats) -> Floats:
    scores = choice.evidence @ weights + choice.rest
    chance = np.exp(scores - scores.max())
    chance /= chance.sum()
    among_right = chance * choice.right
    slope: Floats = choice.evidence.T @ (among_right / max(among_right.sum(), 1e-12) - chance)
    return slope


def share_right(sample: list[Choice], weights: Floats) -> float:
    """How often the first reading is right."""
    return float(np.mean([choice.right[np.argmax(choice.evidence @ weights + choice.rest)] for choice in sample]))


def main() -> None:
    sample: list[Choice] = []
    for name in ("laws_hant", "news_hans"):
        pages = [converted(text[:LONGEST], "hant") for text in texts(name, every=3)]
        for damage, fold_width in damaged(pages, TEXTS) if pages else []:
            sample += choices(damage, fold_width=fold_width)
    if not sample:
        return
    random.Random(1).shuffle(sample)
    half = len(sample) // 2
    present = np.array(WEIGHTS, dtype=np.float64)
    weights = fitted(sample[:half], present)
    print(Evidence(*(round(float(weight), 2) for weight in weights)))
    for name, part in (("fitted to", sample[:half]), ("other half", sample[half:])):
        print(f"{name}, {len(part)} runs: {share_right(part, weights):.1%} right, now {share_right(part, present):.1%}")


if __name__ == "__main__":
    main()
