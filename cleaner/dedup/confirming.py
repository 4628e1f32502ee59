"""True similarity: candidates are confirmed by the shingles of their texts. Next: `groups`, which decides who stays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from cleaner.dedup.candidates import CONTAINED, Pairs
from cleaner.minhash import Hashes, shared_count

COPY_FROM: Final = 0.9  # similarity from which a text is a copy of another rather than a part of it
_KEPT_BYTES: Final = 1 << 28  # of shingles at hand; of each further pair one text or both are read again


class Pair(NamedTuple):
    """Two documents compared: their Jaccard similarity, and the share of each one's shingles that the other has."""

    first: int
    second: int
    similarity: float
    first_share: float
    second_share: float

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


class Confirmer:
    """Compares documents by number; `shingles_of` gives a document's sorted distinct shingles."""

    def __init__(self, shingles_of: Callable[[int], Hashes]) -> None:
        self._shingles_of = shingles_of
        self._at_hand: OrderedDict[int, Hashes] = OrderedDict()
        self._bytes = 0

    def compare(self, first: int, second: int) -> Pair:
        """The true figures of two documents; 0 if one of them has no letters."""
        left, right = self._shingles(first), self._shingles(second)
        shared = shared_count(left, right)
        union = left.size + right.size - shared
        return Pair(first, second, *(shared / size if size else 0.0 for size in (union, left.size, right.size)))

    def confirmed(self, pairs: Pairs, *, threshold: float) -> Iterator[Pair]:
        """Those of the candidates that match indeed, in their order."""
        for first, second in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True):
            pair = self.compare(first, second)
            if pair.is_match(threshold):
                yield pair

    def _shingles(self, document: int) -> Hashes:
        if document in self._at_hand:
            self._at_hand.move_to_end(document)
            return self._at_hand[document]
        shingles = self._at_hand[document] = self._shingles_of(document)
        self._bytes += shingles.nbytes
        while self._bytes > _KEPT_BYTES and len(self._at_hand) > 1:
            self._bytes -= self._at_hand.popitem(last=False)[1].nbytes
        return shingles
