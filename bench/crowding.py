"""How crowded the buckets of bands become: how many pairs a run of so many documents nominates, drawn out from samples.

Texts meet in a bucket for one of two reasons. Copies do, and in crawls groups of copies have sizes by a power law.
And unrelated texts do by chance: by the values that their signatures have in common, which a sample of texts tells, for
a value is often that of a phrase which many use. What the package makes of groups of copies is not modelled but run, on
signatures that are drawn; what it makes of a bucket of so many texts by chance is the rule of `candidates`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from cleaner.dedup.bands import Bands
from cleaner.dedup.candidates import NEIGHBOURS, candidates
from cleaner.minhash import LANDMARK_LENGTH, NGRAM, PERMUTATIONS, Counts, Hashes, Sketches

Shares = NDArray[np.float64]

FLAG_FROM: Final = 0.7
BANDS: Final = Bands.for_threshold(FLAG_FROM)  # what a run cuts its signatures into
HOT_PAIRS: Final = 2  # for each text of a bucket that is too large for all its pairs
_WHOLE: Final = NEIGHBOURS + 1  # texts of the largest bucket that gives all its pairs
_SIZES: Final = (2, 3, 4, 6, 8, 12, 16, 24, _WHOLE, _WHOLE + 1, 40, 48, 64, 96, 128, 256, 512, 1024)
_DRAWN: Final = 2048  # documents in groups of each of these sizes
_SHINGLES, _LANDMARKS = 600, 18  # of a text: what news have
_TOGETHER: Final = 256  # texts that are compared with all others at a time
_RELATED: Final = 0.5
_SEED: Final = 20263


@dataclass(frozen=True, slots=True)
class Population:
    """What a crawl holds.

    `copied` is the share of documents that are in groups of near-duplicates, whose sizes, from 2, have probabilities
    like `size ** -exponent`; of their members the share `same` is letter for letter what the first is, all others have
    up to `edited` of their letters exchanged. `hollow` is the share of pages that say nothing but what their site says
    on each, all the same.
    """

    copied: float
    exponent: float
    same: float
    edited: float
    hollow: float


# Of 150 million pages 29.2 % had a near-duplicate and 22.2 % an identical one, and sizes of groups followed a power law
# with groups of 200,000 (Fetterly, Manasse and Najork, "On the evolution of clusters of near-duplicate web pages",
# 2003); of some billions the largest group has about a million (DCLM, TxT360). Both give this exponent. Pages that say
# nothing of their own are a guess: one in two hundred.
CRAWL: Final = Population(copied=0.292, exponent=2.4, same=0.222 / 0.292, edited=0.04, hollow=0.005)


class Groups(NamedTuple):
    """How many groups of each size there are, expected; both of shape (n,)."""

    sizes: Counts
    numbers: Shares


def groups_of(documents: float, population: Population) -> Groups:
    """The groups of copies among so many documents, up to the size that one group is expected to have or exceed."""
    exponent, copied = population.exponent, population.copied * documents
    largest = 2
    for _ in range(2):  # their number depends on the cut a little
        sizes = np.arange(2, largest + 1)
        factor = copied / max(float((sizes ** (1 - exponent)).sum()), 2 ** (1 - exponent))
        largest = max(2, min(int((factor / (exponent - 1)) ** (1 / (exponent - 1))), int(copied)))
    sizes = np.arange(2, largest + 1)
    factor = copied / float((sizes ** (1 - exponent)).sum())
    return Groups(sizes, np.asarray(factor * sizes**-exponent, np.float64))


def pairs_of(bucket: float) -> float:
    """The pairs that a bucket of so many texts gives, about."""
    return bucket * (bucket - 1) / 2 if bucket <= _WHOLE else HOT_PAIRS * bucket - HOT_PAIRS * (HOT_PAIRS + 1) / 2


# --- by chance -------------------------------------------------------------------------------------------------


class Chance(NamedTuple):
    """What texts that have nothing to do with each other give, in all bands together.

    `pairs` are nominated, each as often as a band does so; `every` would be if no bucket were too large for all its
    pairs, and `hot` is the share of `pairs` that come of such ones. `companions` are those that a text has in its
    bucket of one band, on average; `largest` is how many the bucket of the text that has most in common with others is
    expected to hold.
    """

    pairs: float
    every: float
    hot: float
    companions: float
    largest: float


def meetings(sets: Sequence[Hashes], bands: Bands = BANDS) -> Shares:
    """For each text of a sample, as its distinct shingles, the chance that another one is in its bucket of a band.

    That is the mean of `similarity ** rows` over all others of the sample, by their true similarities; shape (n,).
    """
    sizes = np.array([each.size for each in sets])
    _, columns = np.unique(np.concatenate(sets), return_inverse=True)
    has = csr_matrix((np.ones(columns.size, np.int32), columns, np.append(0, np.cumsum(sizes))))
    found = []
    for start in range(0, len(sets), _TOGETHER):
        shared = (has[start : start + _TOGETHER] @ has.T).toarray()
        alike = shared / np.maximum(sizes[start : start + _TOGETHER, None] + sizes - shared, 1)
        alike[np.arange(len(alike)), np.arange(start, start + len(alike))] = 0  # a text and itself
        found.append((alike**bands.rows).sum(axis=1) / max(len(sets) - 1, 1))
    return np.concatenate(found)


def by_chance(chances: Shares, documents: float, bands: Bands = BANDS) -> Chance:
    """What so many unrelated documents give, if they meet with these chances."""
    companions = chances * max(documents - 1, 0)
    is_hot = companions + 1 > _WHOLE
    of_text = np.where(is_hot, HOT_PAIRS, companions / 2)
    return Chance(
        float(bands.count * of_text.mean() * documents),
        float(bands.count * companions.mean() / 2 * documents),
        float(of_text[is_hot].sum() / max(of_text.sum(), 1e-300)),
        float(companions.mean()),
        float(companions.max(initial=0) + 1),
    )


def unrelated(sketches: Sketches) -> Counts:
    """The rows of a sample without those that are like an earlier one by half or more, which is no chance."""
    alike = candidates(sketches, Bands.for_threshold(_RELATED), threshold=_RELATED)
    return np.setdiff1d(np.arange(len(sketches)), alike.second)


class Landmarks(NamedTuple):
    """How often a text has landmarks that others of a sample have, too: of each one the share of the others; (n,)."""

    texts: int
    shares: Shares

    @classmethod
    def of(cls, sketches: Sketches) -> Landmarks:
        """Those of a sample of unrelated texts."""
        _, back, counts = np.unique(sketches.landmarks, return_inverse=True, return_counts=True)
        return cls(len(sketches), np.asarray((counts[back] - 1) / max(len(sketches) - 1, 1), np.float64))

    @property
    def of_text(self) -> float:
        """How many a text has."""
        return self.shares.size / self.texts

    def pairs(self, documents: float) -> float:
        """The pairs of so many documents that share one, each as often as it does: more, for a sample misses some."""
        companions = self.shares * max(documents - 1, 0)
        of_landmark = np.where(companions + 1 > _WHOLE, HOT_PAIRS, companions / 2)
        return float(of_landmark.sum() / self.texts * documents)


# --- copies ----------------------------------------------------------------------------------------------------


class Copies(NamedTuple):
    """What groups of copies give: pairs nominated by bands, each as often as it comes, and different `candidates`.

    `every` pair of a group would be a candidate if none were too large for that; `hot` is the share of `nominated` that
    come of such groups; `largest` is the largest group.
    """

    nominated: float
    candidates: float
    every: float
    hot: float
    largest: float


class OfSize(NamedTuple):
    """What groups of some size give for each of their documents."""

    nominated: float
    candidates: float


def by_copies(groups: Groups, *, same: float, edited: float) -> Copies:
    """What groups give; between the sizes that are drawn it is interpolated, above them it is proportional."""
    each = [of_size(size, same=same, edited=edited) for size in _SIZES]
    logs = np.log(_SIZES)
    of_bands, found = (np.interp(np.log(groups.sizes), logs, values) for values in zip(*each, strict=True))
    members = groups.sizes * groups.numbers
    whole = float((members * of_bands).sum())
    return Copies(
        whole,
        float((members * found).sum()),
        float((members * (groups.sizes - 1.0)).sum() / 2),
        float((members * of_bands)[groups.sizes > _WHOLE].sum() / whole) if whole else 0.0,
        float(groups.sizes.max(initial=0)),
    )


@cache
def of_size(size: int, *, same: float, edited: float) -> OfSize:
    """What the package makes of groups of that size: it is run on signatures and landmarks that are drawn."""
    groups = max(_DRAWN // size, 1)
    sketches = drawn([size] * groups, same=same, edited=edited)
    pairs = candidates(sketches, BANDS, threshold=FLAG_FROM)
    return OfSize(sum(nominated(sketches)) / len(sketches), pairs.first.size / len(sketches))


def drawn(sizes: Sequence[int], *, same: float, edited: float) -> Sketches:
    """Sketches of groups of these sizes, one after another; members of different groups have nothing in common.

    A value stays what it was with the chance that a shingle of the union of both texts is one of both.
    """
    draw = np.random.default_rng(_SEED)
    group = np.repeat(np.arange(len(sizes)), sizes)
    edits = np.where(draw.random(group.size) < same, 0, draw.uniform(0, edited, group.size))
    edits[np.cumsum(sizes) - np.asarray(sizes)] = 0  # the first of each is what the others were made of
    signatures = _changed(draw, group, PERMUTATIONS, similarity(edits)).astype(np.uint32)
    landmarks = np.sort(_changed(draw, group, _LANDMARKS, (1 - edits) ** LANDMARK_LENGTH), axis=1)
    ends = np.arange(1, group.size + 1) * _LANDMARKS
    return Sketches(signatures, np.full(group.size, _SHINGLES), landmarks.ravel(), ends)


def similarity(edits: Shares) -> Shares:
    """The Jaccard similarity of texts of which so many letters are exchanged to what they were made of."""
    kept = (1 - edits) ** NGRAM
    return np.asarray(kept / (2 - kept), np.float64)


def _changed(draw: np.random.Generator, group: Counts, width: int, stays: Shares) -> Hashes:
    """A row of values for each text: those of its group, each with the chance that it stays, and others."""
    own = _drawn_values(draw, int(group[-1]) + 1, width)[group]
    return np.where(draw.random(own.shape) < stays[:, None], own, _drawn_values(draw, group.size, width))


def _drawn_values(draw: np.random.Generator, rows: int, width: int) -> Hashes:
    return draw.integers(0, np.iinfo(np.uint64).max, (rows, width), np.uint64)


def nominated(sketches: Sketches) -> list[float]:
    """The pairs that the buckets of each band give."""
    return [sum(map(pairs_of, sizes.tolist())) for sizes in _buckets(sketches)]


def largest_bucket(sketches: Sketches) -> int:
    """The texts of the largest bucket of any band."""
    return max(int(sizes.max(initial=1)) for sizes in _buckets(sketches))


def _buckets(sketches: Sketches) -> Iterator[Counts]:
    """For each band the sizes of its buckets that hold more than one text."""
    for band in range(BANDS.count):
        _, sizes = np.unique(BANDS.keys_of(band, sketches.signatures), return_counts=True)
        yield sizes[sizes > 1]


# --- both ------------------------------------------------------------------------------------------------------


class Crowd(NamedTuple):
    """What a run of so many documents has to do with: those that meet by chance, copies, and hollow pages."""

    documents: float
    chance: Chance
    copies: Copies
    hollow: Copies

    @property
    def estimated(self) -> float:
        """Pairs whose signatures are compared, each as often as a band nominates it."""
        return self.chance.pairs + self.copies.nominated + self.hollow.nominated

    @property
    def hot_share(self) -> float:
        """The share of these that come of buckets too large for all their pairs."""
        hot = self.chance.hot * self.chance.pairs + self.copies.hot * self.copies.nominated
        return (hot + self.hollow.hot * self.hollow.nominated) / self.estimated

    @property
    def candidates(self) -> float:
        """Different pairs whose texts are compared."""
        return self.copies.candidates + self.hollow.candidates

    @property
    def largest(self) -> float:
        """The texts of the largest bucket."""
        return max(self.chance.largest, self.copies.largest, self.hollow.largest)


def crowd(documents: float, population: Population, chances: Shares) -> Crowd:
    """What is to be expected of so many documents of a population, whose texts meet by chance as a sample says."""
    hollow = Groups(np.array([max(int(population.hollow * documents), 2)]), np.array([float(population.hollow > 0)]))
    return Crowd(
        documents,
        by_chance(chances, documents * (1 - population.hollow)),
        by_copies(groups_of(documents, population), same=population.same, edited=population.edited),
        by_copies(hollow, same=1.0, edited=0.0),
    )
