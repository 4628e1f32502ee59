"""Near-duplicate documents: candidates by signature, then confirmed. Next: `run`, which reports them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from datasketch import MinHashLSH

from cleaner.minhash import PERMUTATIONS, jaccard, shingles, signature

_NOMINATE: Final = 0.5  # well below the threshold, for signatures only estimate
THRESHOLD: Final = 0.7  # of true Jaccard similarity


class Pair(NamedTuple):
    """Two documents that share most of their text; `first` came in first."""

    first: str
    second: str
    similarity: float


class Signatures:
    """The signatures of a run's documents, under their names."""

    def __init__(self) -> None:
        self._index = MinHashLSH(threshold=_NOMINATE, num_perm=PERMUTATIONS)
        self._candidates: list[tuple[str, str]] = []

    def add(self, name: str, text: str) -> None:
        """Remember a text and which earlier ones look like it; texts shorter than a shingle match nothing."""
        hashes = shingles(text)
        if hashes.size:
            minhash = signature(hashes)
            self._candidates += ((str(other), name) for other in sorted(self._index.query(minhash)))
            self._index.insert(name, minhash)

    @property
    def candidates(self) -> tuple[tuple[str, str], ...]:
        """(earlier, later) names of documents whose signatures look alike."""
        return tuple(self._candidates)


def pairs(signatures: Signatures, *, read: Callable[[str], str]) -> list[Pair]:
    """The candidates whose true Jaccard similarity reaches `THRESHOLD`; `read` gives a document's text by name."""
    confirmed = []
    for first, second in signatures.candidates:
        similarity = jaccard(shingles(read(first)), shingles(read(second)))
        if similarity >= THRESHOLD:
            confirmed.append(Pair(first, second, similarity))
    return confirmed
