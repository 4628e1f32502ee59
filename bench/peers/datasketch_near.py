"""datasketch, as a user writes it: `MinHash.bulk`, `MinHashLSH`, and a union of what its signatures find alike."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import xxhash
from datasketch import MinHash, MinHashLSH

NGRAM: Final = 5
PERMUTATIONS: Final = 128
SIMILAR: Final = 0.7


def shingles(text: str) -> list[bytes]:
    """Runs of letters and digits."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))
    return [letters[start : start + NGRAM].encode() for start in range(len(letters) - NGRAM + 1)]


def signatures(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Shingles at hand → signatures; `hash` is SHA-1, datasketch's own, or xxhash, which it lets one give."""
    own = list(map(shingles, _texts(given)))
    return lambda: len(_signatures(own, options))


def signatures_of_texts(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → signatures."""
    texts = _texts(given)
    return lambda: len(_signatures(map(shingles, texts), options))


def candidates(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Signatures of the same scheme at hand → the number of pairs with a common band."""
    own = [MinHash(hashvalues=row, scheme="affine32") for row in np.load(Path(given).with_suffix(".npy"))]
    return lambda: sum(1 for _ in _pairs(own, options))


def groups(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → groups of those whose signatures are similar."""
    texts = _texts(given)

    def run() -> list[list[int]]:
        own = _signatures(map(shingles, texts), options)
        return _united(
            len(own), (pair for pair in _pairs(own, options) if own[pair[0]].jaccard(own[pair[1]]) >= SIMILAR)
        )

    return run


def _texts(given: str) -> list[str]:
    with open(given, encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def _signatures(of_texts: Iterable[list[bytes]], options: dict[str, Any]) -> list[Any]:
    if options.get("hash") == "xxhash":
        return list(MinHash.bulk(of_texts, num_perm=PERMUTATIONS, hashfunc=xxhash.xxh32_intdigest))
    return list(MinHash.bulk(of_texts, num_perm=PERMUTATIONS))


def _pairs(own: Sequence[Any], options: dict[str, Any]) -> Iterator[tuple[int, int]]:
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(options["bands"], options["rows"]))
    for number, signature in enumerate(own):
        yield from ((other, number) for other in index.query(signature))
        index.insert(number, signature, check_duplication=False)


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
    "signatures of texts": signatures_of_texts,
    "candidates": candidates,
    "groups": groups,
}
