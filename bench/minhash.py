"""How fast are signatures, beside datasketch and rensa? On news, 5-grams of letters and digits, 128 permutations.

Ours come with landmarks and start from the text. The peers take shingles: once those lie ready, once making them from
the text counts too, in the plain way, fold and slices. Processor time counts, the best of some rounds. The floor is
what numpy needs for 128 permutations of so many hashes and nothing else: multiply, add, minimum.

datasketch hashes shingles by SHA-1, rensa by a hash and permutations of its own; so rensa's signatures are others than
ours. Those of datasketch are ours bit for bit when it is given our hashes, which is checked first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import process_time
from typing import Final

import numpy as np
from datasketch import MinHash
from rensa import RMinHash

from bench.corpora import texts
from cleaner.fold import fold
from cleaner.minhash import NGRAM, PERMUTATIONS, SCHEME, Signatures, shingle_hashes, sketch

EVERY: Final = 8  # of the texts
CHECKED: Final = 50
ROUNDS: Final = 5  # the fastest counts: machines are noisy, even in processor time
SEED: Final = 1
_CHUNK: Final = 1 << 14  # hashes that the floor permutes at a time; both arrays lie in a processor's nearer caches
_OWN: Final = "cleaner: signatures and landmarks from texts"
_FLOOR: Final = "numpy: multiply, add and minimum alone"


def string_shingles(text: str) -> list[str]:
    """The shingles that `cleaner.minhash` hashes, as strings, repeated ones too."""
    letters = "".join(filter(str.isalnum, fold(text)))
    return [letters[start : start + NGRAM] for start in range(len(letters) - NGRAM + 1)]


def byte_shingles(text: str) -> list[bytes]:
    return [shingle.encode() for shingle in string_shingles(text)]


def is_datasketch(sample: Sequence[str]) -> bool:
    """Whether each signature is what datasketch computes of the upper halves of our hashes."""
    return all(map(_is_datasketch, sample, sketch(sample).signatures))


def _is_datasketch(text: str, signature: Signatures) -> bool:
    plain = MinHash(num_perm=PERMUTATIONS, scheme=SCHEME, hashfunc=int)
    plain.update_batch(shingle_hashes(text) >> np.uint64(32))
    return bool((plain.hashvalues == signature).all())


def contenders(sample: Sequence[str]) -> Mapping[str, Callable[[], object]]:
    """What is timed, by name."""
    in_bytes = [byte_shingles(text) for text in sample]
    in_strings = [string_shingles(text) for text in sample]
    return {
        _FLOOR: lambda: permute(sum(map(len, in_strings))),
        _OWN: lambda: sketch(sample),
        "datasketch: MinHash.bulk of byte shingles at hand": lambda: by_datasketch(in_bytes),
        "datasketch: the same from texts": lambda: by_datasketch(map(byte_shingles, sample)),
        "rensa: RMinHash.update of string shingles at hand": lambda: by_rensa(in_strings),
        "rensa: the same from texts": lambda: by_rensa(map(string_shingles, sample)),
    }


def by_datasketch(shingles: Iterable[list[bytes]]) -> None:
    MinHash.bulk(shingles, num_perm=PERMUTATIONS)


def by_rensa(shingles: Iterable[list[str]]) -> None:
    for each in shingles:
        signature = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        signature.update(each)
        signature.digest()


def permute(count: int) -> None:
    """So many hashes under each permutation, the least of each chunk taken."""
    multipliers, summands = np.asarray(MinHash(num_perm=PERMUTATIONS, scheme=SCHEME).permutations, np.uint32)
    hashes = np.arange(min(count, _CHUNK), dtype=np.uint32)
    permuted = np.empty_like(hashes)
    for start in range(0, count, _CHUNK):
        chunk, out = hashes[: count - start], permuted[: count - start]
        for multiplier, summand in zip(multipliers, summands, strict=True):
            np.multiply(chunk, multiplier, out=out)
            np.add(out, summand, out=out)
            out.min()


def seconds(timed: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The best of `ROUNDS` for each; they take turns, so that a noisy minute hits all of them."""
    best = dict.fromkeys(timed, float("inf"))
    for _ in range(ROUNDS):
        for name, run in timed.items():
            start = process_time()
            run()
            best[name] = min(best[name], process_time() - start)
    return best


def main() -> None:
    sample = texts("news_hans", every=EVERY)
    if not sample:
        return
    same = "equal datasketch's bit for bit" if is_datasketch(sample[:CHECKED]) else "DIFFER FROM DATASKETCH'S"
    characters = sum(map(len, sample))
    print(f"{len(sample)} texts, {characters} characters; the first {CHECKED} signatures {same}")
    best = seconds(contenders(sample))
    for name, spent in best.items():
        beside = f"{spent / best[_OWN]:7.2f} × cleaner{spent / best[_FLOOR]:7.2f} × floor"
        print(f"  {name:<50}{1e9 * spent / characters:6.0f} ns a character{beside}")


if __name__ == "__main__":
    main()
