"""rensa, as a user writes it: signatures in bulk, its LSH, and a union of what its signatures find alike."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from rensa import CMinHash, RMinHash, RMinHashLSH

NGRAM: Final = 5
PERMUTATIONS: Final = 128
SEED: Final = 1
SIMILAR: Final = 0.7


def shingles(text: str) -> list[str]:
    """Runs of letters and digits."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))
    return [letters[start : start + NGRAM] for start in range(len(letters) - NGRAM + 1)]


def signatures(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Shingles at hand → signatures; `kind` is R, or C for `CMinHash`."""
    own = list(map(shingles, _texts(given)))
    if options.get("kind") == "C":
        return lambda: len(CMinHash.from_token_sets(own, PERMUTATIONS, SEED))
    return lambda: RMinHash.digest_matrix_from_token_sets(own, PERMUTATIONS, SEED).len()


def signatures_of_hashes(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Hashes of shingles, 64 bits each, at hand in one array → signatures."""
    sizes = [len(shingles(text)) for text in _texts(given)]
    hashes = np.random.default_rng(SEED).integers(0, 1 << 63, sum(sizes), np.uint64)
    ends = np.cumsum([0, *sizes]).astype(np.uint64)
    return lambda: RMinHash.digest_matrix_from_flat_token_hashes(hashes, ends, PERMUTATIONS, SEED).len()


def signatures_of_texts(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → signatures."""
    texts = _texts(given)
    return lambda: RMinHash.digest_matrix_from_token_sets(map(shingles, texts), PERMUTATIONS, SEED).len()


def candidates(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Its own signatures of the texts at hand → the number of pairs with a common band."""
    own = RMinHash.from_token_sets(map(shingles, _texts(given)), PERMUTATIONS, SEED)
    return lambda: sum(1 for _ in _pairs(own, options))


def groups(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → groups of those whose signatures are similar."""
    texts = _texts(given)

    def run() -> list[list[int]]:
        own = RMinHash.from_token_sets(map(shingles, texts), PERMUTATIONS, SEED)
        return _united(
            len(own), (pair for pair in _pairs(own, options) if own[pair[0]].jaccard(own[pair[1]]) >= SIMILAR)
        )

    return run


def _texts(given: str) -> list[str]:
    with open(given, encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def _pairs(own: Sequence[Any], options: dict[str, Any]) -> Iterator[tuple[int, int]]:
    index = RMinHashLSH(SIMILAR, PERMUTATIONS, options["bands"])
    index.insert_many(own)
    for number, found in enumerate(index.query_all(own)):
        yield from ((other, number) for other in found if other < number)


def _united(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    parents = list(range(count))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    for one, other in pairs:
        parents[root(other)] = root(one)
    found: dict[int, list[int]] = {}
    for number in range(count):
        found.setdefault(root(number), []).append(number)
    return [group for group in found.values() if len(group) > 1]


TASKS = {
    "signatures": signatures,
    "signatures of hashes": signatures_of_hashes,
    "signatures of texts": signatures_of_texts,
    "candidates": candidates,
    "groups": groups,
}
