"""The package's own signatures, candidates and groups, by the same protocol as its peers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from datasketch import MinHash

from cleaner.dedup import Documents, Policy, find
from cleaner.dedup.bands import Bands
from cleaner.dedup.candidates import candidates as candidate_pairs
from cleaner.fold import Codes
from cleaner.minhash import PERMUTATIONS, SCHEME, Sketches, shingle_hashes, sketch
from cleaner.weeding import Weeding, weed_files

SIMILAR: Final = 0.7  # what `find` nominates for in its default settings
_CHUNK: Final = 1 << 14  # hashes that the floor permutes at a time; both arrays lie in a processor's nearer caches


def signatures_of_texts(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → signatures, and landmarks with them."""
    texts = _texts(given)
    sketch(texts[:1])
    return lambda: len(sketch(texts))


def floor(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """What numpy needs for all permutations of so many hashes and nothing else: multiply, add, minimum."""
    count = sum(shingle_hashes(text).size for text in _texts(given))
    multipliers, summands = np.asarray(MinHash(num_perm=PERMUTATIONS, scheme=SCHEME).permutations, np.uint32)
    hashes = np.arange(min(count, _CHUNK), dtype=np.uint32)
    return lambda: _permute(hashes, count, multipliers, summands)


def _permute(hashes: Codes, count: int, multipliers: Codes, summands: Codes) -> None:
    permuted = np.empty_like(hashes)
    for start in range(0, count, hashes.size):
        chunk, out = hashes[: count - start], permuted[: count - start]
        for multiplier, summand in zip(multipliers, summands, strict=True):
            np.multiply(chunk, multiplier, out=out)
            np.add(out, summand, out=out)
            out.min()


def candidates(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Signatures at hand → the number of pairs with a common band that their signatures leave possible."""
    signatures = np.load(Path(given).with_suffix(".npy"))
    count = len(signatures)
    zeros, ones = np.zeros(count, np.int64), np.ones(count, np.int64)
    own = Sketches(signatures, ones, np.empty(0, np.uint64), zeros)
    bands = Bands(options["rows"], options["bands"])
    return lambda: len(candidate_pairs(own, bands, threshold=SIMILAR).first)


def groups(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → groups of those that are similar by all their shingles, or parts of another."""
    texts = _texts(given)
    names = list(map(str, range(len(texts))))
    find(Documents(names[:1], sketch(texts[:1])), policy=Policy(), read=texts.__getitem__)

    def run() -> list[list[int]]:
        found = find(Documents(names, sketch(texts)), policy=Policy(), read=texts.__getitem__)
        return [list(group) for group in found.groups]

    return run


def files(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """A file → a file without the texts that are left out, a list of the pairs with what differs, and the groups."""
    find(Documents(["1"], sketch(["暖机。"])), policy=Policy(), read=str)

    def run() -> list[list[int]]:
        with tempfile.TemporaryDirectory() as folder:
            found = weed_files([Path(given)], Path(folder) / "out", Weeding()).outcome.found
        return [list(group) for group in found.groups]

    return run


def _texts(given: str) -> list[str]:
    with open(given, encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


TASKS = {
    "signatures of texts": signatures_of_texts,
    "floor": floor,
    "candidates": candidates,
    "groups": groups,
    "files": files,
}
