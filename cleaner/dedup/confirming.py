"""True similarity: candidates are confirmed by the shingles of their texts. Next: `groups`, which decides who stays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np

from cleaner.dedup.candidates import CONTAINED, Pairs
from cleaner.dedup.differences import telling
from cleaner.dedup.means import Means
from cleaner.engine import simple
from cleaner.minhash import Counts, Hashes, containment, distinct, letters, shared_count, shingle_hashes, shingles

COPY_FROM: Final = 0.9  # similarity from which a text is a copy of another rather than a part of it
_KEPT_BYTES: Final = 1 << 28  # of shingles at hand; of each further pair one text or both are read again
_COMPARED: Final = 1 << 21  # letters of texts, each counted in all its pairs, that one piece of work has
_CHEAPER: Final = 4  # bytes that are cleaned while a letter is compared: fewer than one
_SHORT: Final = 50  # letters of a text so short that one other sign makes another text of it
_DISTINCT: Final = 0.5  # share of distinct shingles; prose has .9 and more, tables of digits less
_LONG_RUN: Final = 32  # letters of runs that tell such texts apart
_LONG_SHARE: Final = 0.5  # of those of the lesser text that a copy has; one letter in a hundred changed leaves .7


class Pair(NamedTuple):
    """Two documents compared: their Jaccard similarity, and the share of each one's shingles that the other has.

    `is_sure` says whether so much alike means the same: texts that say few things over and over, such as tables of
    digits, have the same shingles in any order, and short texts may differ in a sign that no shingle has.
    """

    first: int
    second: int
    similarity: float
    first_share: float
    second_share: float
    is_sure: bool = True

    @property
    def containment(self) -> float:
        """The greater of both shares: 1 if one text holds all that the other says."""
        return max(self.first_share, self.second_share)

    def other(self, document: int) -> int:
        """The one of both that `document` is not."""
        return self.second if document == self.first else self.first

    def share_of(self, document: int) -> float:
        """The share of the document's shingles that the other has."""
        return self.first_share if document == self.first else self.second_share

    def is_part(self, document: int) -> bool:
        """Whether the document is a part of the other one, which says more."""
        return self.share_of(document) >= CONTAINED and self.similarity < COPY_FROM

    def is_match(self, threshold: float) -> bool:
        """Whether the two are so similar, or one is a part of the other."""
        return self.similarity >= threshold or self.containment >= CONTAINED


class _Shingled(NamedTuple):
    """A text's distinct shingles, sorted, and how many it has with those that come again."""

    distinct: Hashes
    total: int


class Confirmer:
    """Compares documents by number; `read` gives a document's text."""

    def __init__(self, read: Callable[[int], str], *, ngram: int) -> None:
        self._read = read
        self._ngram = ngram
        self._at_hand: OrderedDict[int, _Shingled] = OrderedDict()
        self._bytes = 0

    def compare(self, first: int, second: int) -> Pair:
        """The true figures of two documents; 0 if one of them has no letters."""
        left, right = self._shingled(first), self._shingled(second)
        shared = shared_count(left.distinct, right.distinct)
        sizes = left.distinct.size, right.distinct.size
        similarity, own, others = (shared / size if size else 0.0 for size in (sum(sizes) - shared, *sizes))
        pair = Pair(first, second, similarity, own, others)
        return pair if self._is_sure(pair, left, right) else pair._replace(is_sure=False)

    def _is_sure(self, pair: Pair, left: _Shingled, right: _Shingled) -> bool:
        if not pair.is_match(COPY_FROM):
            return True
        if pair.similarity == 1 and min(left.total, right.total) <= _SHORT:
            texts = self._read(pair.first), self._read(pair.second)
            if any(letters(text).size < _SHORT for text in texts):
                return telling(texts[0]) == telling(texts[1])
        lesser = min(left, right, key=lambda side: side.distinct.size)
        if lesser.distinct.size >= _DISTINCT * lesser.total:
            return True
        runs = [shingles(self._read(document), ngram=_LONG_RUN) for document in (pair.first, pair.second)]
        return max(containment(*runs), containment(*reversed(runs))) >= _LONG_SHARE

    def _shingled(self, document: int) -> _Shingled:
        if document in self._at_hand:
            self._at_hand.move_to_end(document)
            return self._at_hand[document]
        hashes = shingle_hashes(self._read(document), ngram=self._ngram)
        shingled = self._at_hand[document] = _Shingled(distinct(hashes), hashes.size)
        self._bytes += shingled.distinct.nbytes
        while self._bytes > _KEPT_BYTES and len(self._at_hand) > 1:
            self._bytes -= self._at_hand.popitem(last=False)[1].distinct.nbytes
        return shingled


class _Compared(NamedTuple):
    """Some pairs to be compared, their numbers among all, and where the texts of their documents lie."""

    numbers: list[int]
    pairs: list[tuple[int, int]]
    places: Mapping[int, Any]
    letters: int


def confirmed(pairs: Pairs, sizes: Counts, means: Means, *, ngram: int, threshold: float) -> list[Pair]:
    """Those of the candidates that match indeed, in their order.

    `sizes` are the letters of each document, about. Pairs of texts that are alike are one piece of the workers' work,
    so that few texts are read twice.
    """
    job = simple(partial(_confirmed, text=means.text, ngram=ngram, threshold=threshold), size=_size)
    found = [each for some in means.workers.map(job, _pieces(pairs, sizes, means)) for each in some]
    return [pair for _, pair in sorted(found)]


def _confirmed(some: _Compared, *, text: Callable[[Any], str], ngram: int, threshold: float) -> list[tuple[int, Pair]]:
    """Those that match, with their numbers."""
    confirmer = Confirmer(lambda document: text(some.places[document]), ngram=ngram)
    compared = (confirmer.compare(*both) for both in some.pairs)
    return [(number, pair) for number, pair in zip(some.numbers, compared, strict=True) if pair.is_match(threshold)]


def _pieces(pairs: Pairs, sizes: Counts, means: Means) -> Iterator[_Compared]:
    if not pairs.first.size:
        return
    order, letters = _arranged(pairs, sizes)
    cuts = np.flatnonzero(np.diff(np.cumsum(letters) // _COMPARED)) + 1
    for numbers, some in zip(np.split(order, cuts), np.split(letters, cuts), strict=True):
        both = np.stack([pairs.first[numbers], pairs.second[numbers]], axis=1)
        places = {document: means.place(document) for document in np.unique(both).tolist()}
        yield _Compared(numbers.tolist(), list(map(tuple, both.tolist())), places, int(some.sum()))


def _arranged(pairs: Pairs, sizes: Counts) -> tuple[Counts, Counts]:
    """The numbers of the pairs, those together that are of one group, and how many letters each pair has."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415  a fifth of a second that few runs need
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    links = coo_matrix((np.ones(pairs.first.size, np.bool_), (pairs.first, pairs.second)), shape=(sizes.size,) * 2)
    _, labels = connected_components(links, directed=False)
    order = np.lexsort((pairs.second, pairs.first, labels[pairs.first]))
    return order, (sizes[pairs.first] + sizes[pairs.second])[order]


def _size(some: _Compared) -> int:
    return some.letters // _CHEAPER
