"""Which near-duplicates are found? Among versions of statutes, and among news and copies of them that are changed.

Statutes: the truth is every pair whose similarity, the exact Jaccard of 5-grams of letters and digits, is .7 or more,
and every pair of which one holds .95 of the other's 5-grams; found by comparing all with all. `dedup.find`, in its
default settings, confirms what it names by the texts; beside it stands datasketch's MinHashLSH, which names what its
signatures say. Processor time counts, from the texts on.

News: each text stands beside one changed copy of it, of one kind at a time. What theory says of the share nominated
is in the table too: the chance of a common band (`Bands.recall`) at the pair's similarity, with an estimate that
leaves the threshold possible, or of landmarks enough, which fall on one place in 64.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import process_time
from typing import Final, NamedTuple

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import binom, skellam

from bench.corpora import texts
from cleaner.dedup import Documents, Policy, find
from cleaner.dedup.bands import Bands
from cleaner.dedup.candidates import CONTAINED, candidates, may_be_part, may_reach
from cleaner.dedup.confirming import Confirmer, Pair
from cleaner.fold import converted, fold
from cleaner.minhash import (
    LANDMARK_LENGTH,
    LANDMARK_RATE,
    NGRAM,
    PERMUTATIONS,
    Hashes,
    Sketches,
    containment,
    letters,
    minhash,
    shingles,
    sketch,
)

EVERY: Final = 4  # of the news
SEED: Final = 1
SIMILAR: Final = 0.7  # what `find` nominates for in its default settings
_BLOCK: Final = 256  # texts that are compared with all others at a time
_SIGNATURES: Final = (
    np.ones((PERMUTATIONS + 1, PERMUTATIONS), np.uint32),
    np.tri(PERMUTATIONS + 1, PERMUTATIONS, -1, dtype=np.uint32),
)  # pairs with no value in common, with one, and so on
_HANZI: Final = re.compile("[㐀-鿿]")
_SENTENCE: Final = re.compile("[^。！？\n]*[。！？\n]*")

Pairs = set[tuple[int, int]]
Change = Callable[[str, random.Random], str]


# Statutes


class Truth(NamedTuple):
    """The pairs that are `similar`, and those of which one is `contained` in the other, by exact comparison."""

    similar: Pairs
    contained: Pairs


def truth(sets: Sequence[Hashes]) -> Truth:
    """All pairs of texts with their sorted distinct shingles, compared each with each."""
    sizes = np.array([each.size for each in sets])
    _, columns = np.unique(np.concatenate(sets), return_inverse=True)
    has = csr_matrix((np.ones(columns.size, np.int32), columns, np.append(0, np.cumsum(sizes))))
    found = Truth(set(), set())
    for start in range(0, len(sets), _BLOCK):
        shared = (has[start : start + _BLOCK] @ has.T).toarray()
        own = sizes[start : start + _BLOCK, None]
        similarity = shared / np.maximum(own + sizes - shared, 1)
        part = shared / np.maximum(np.minimum(own, sizes), 1)
        for pairs, is_match in ((found.similar, similarity >= SIMILAR), (found.contained, part >= CONTAINED)):
            rows, others = np.nonzero(is_match)
            pairs.update(zip((rows + start).tolist(), others.tolist(), strict=True))
    return Truth(*({(row, other) for row, other in pairs if row < other} for pairs in found))


def statutes() -> None:
    sample = texts("law_versions_hant")
    if not sample:
        return
    true = truth([shingles(text) for text in sample])
    print(f"law_versions_hant: {len(sample)} texts, {len(true.similar)} similar pairs, {len(true.contained)} contained")
    print("| | similar: recall | precision | contained: recall | precision | seconds |\n|---|---|---|---|---|---|")
    start = process_time()
    pairs = confirmed(sample)
    seconds = process_time() - start
    by_similarity = {(pair.first, pair.second) for pair in pairs if pair.similarity >= SIMILAR}
    by_containment = {(pair.first, pair.second) for pair in pairs if pair.containment >= CONTAINED}
    print(f"| cleaner | {_scores(by_similarity, true.similar)} | {_scores(by_containment, true.contained)} | 1 |")
    for name, signatures in (
        ("datasketch, LSH alone", lambda: MinHash.bulk(map(byte_shingles, sample), num_perm=PERMUTATIONS)),
        ("the same on our signatures", lambda: map(minhash, sketch(sample).signatures)),
    ):
        start = process_time()
        near = neighbours(signatures())
        ratio = (process_time() - start) / seconds
        print(f"| {name} | {_scores(near, true.similar)} | {_scores(near, true.contained)} | {ratio:.1f} × |")


def confirmed(sample: Sequence[str]) -> Sequence[Pair]:
    """The pairs that `dedup.find` confirms, from the texts alone."""
    documents = Documents([str(number) for number in range(len(sample))], sketch(sample))
    return find(documents, policy=Policy(), read=sample.__getitem__).pairs


def byte_shingles(text: str) -> list[bytes]:
    """The shingles that `cleaner.minhash` hashes, in UTF-8, repeated ones too."""
    own = "".join(filter(str.isalnum, fold(text)))
    return [own[start : start + NGRAM].encode() for start in range(len(own) - NGRAM + 1)]


def neighbours(signatures: Iterable[MinHash]) -> Pairs:
    """The pairs that datasketch's index nominates."""
    index = MinHashLSH(threshold=SIMILAR, num_perm=PERMUTATIONS)
    found: Pairs = set()
    for number, signature in enumerate(signatures):
        found.update((other, number) for other in index.query(signature))
        index.insert(number, signature)
    return found


def _scores(found: Pairs, true: Pairs) -> str:
    both = len(found & true)
    return f"{both / max(len(true), 1):.2%} | {both / max(len(found), 1):.2%}"


# News


def edited(share: float) -> Change:
    """Hanzi replaced by others, lost, or added, each with a third of the share."""

    def change(text: str, dice: random.Random) -> str:
        pool = _HANZI.findall(text)
        return _HANZI.sub(lambda letter: _edited(letter[0], pool, dice) if dice.random() < share else letter[0], text)

    return change


def _edited(letter: str, pool: Sequence[str], dice: random.Random) -> str:
    return dice.choice((dice.choice(pool), "", letter + dice.choice(pool)))


def part(start: float, end: float) -> Change:
    """What stands between two shares of a text."""
    return lambda text, _: text[int(start * len(text)) : int(end * len(text))]


def shuffled(text: str, dice: random.Random) -> str:
    """The sentences in another order."""
    sentences = _SENTENCE.findall(text)
    dice.shuffle(sentences)
    return "".join(sentences)


def _other_script(text: str, _: random.Random) -> str:
    return converted(text, "hant")


CHANGES: Final[dict[str, Change]] = {
    "3 % of characters edited": edited(0.03),
    "10 % of characters edited": edited(0.1),
    "20 % of characters edited": edited(0.2),
    "first 75 %": part(0, 0.75),
    "first 50 %": part(0, 0.5),
    "first 25 %": part(0, 0.25),
    "first 10 %": part(0, 0.1),
    "middle 50 %": part(0.25, 0.75),
    "middle 25 %": part(0.375, 0.625),
    "other script": _other_script,
    "other script, 3 % edited": lambda text, dice: converted(edited(0.03)(text, dice), "hant"),
    "sentences shuffled": shuffled,
}


class Figures(NamedTuple):
    """Of the pairs of a text and its changed copy: mean similarity, then shares, and what theory says of the first."""

    similarity: float
    nominated: float
    expected: float
    confirmed: float
    dropped: float


def figures(originals: Sequence[str], sketches: Sketches, change: Change) -> Figures:
    """What becomes of a changed copy of each text, all of them in one run with the originals."""
    dice = random.Random(SEED)
    copies = [change(text, dice) for text in originals]
    every, size = [*originals, *copies], len(originals)
    both = Sketches.joined([sketches, sketch(copies)])
    nominated = candidates(both, Bands.for_threshold(SIMILAR), threshold=SIMILAR)
    found = find(Documents([str(number) for number in range(2 * size)], both), policy=Policy(), read=every.__getitem__)
    compared = Confirmer(every.__getitem__, ngram=NGRAM)
    similarities = [compared.compare(number, number + size).similarity for number in range(size)]
    return Figures(
        float(np.mean(similarities)),
        np.count_nonzero(nominated.second - nominated.first == size) / size,
        float(np.mean(list(map(expected, originals, copies, similarities)))),
        sum(pair.second - pair.first == size for pair in found.pairs) / size,
        sum(fate.is_dropped and abs(fate.document - fate.other) == size for fate in found.fates.values()) / size,
    )


def expected(text: str, copy: str, similarity: float) -> float:
    """The chance that the pair is nominated, bands and landmarks taken as independent."""
    by_bands = Bands.for_threshold(SIMILAR).recall(similarity) * _chance(similarity, may_reach(SIMILAR, *_SIGNATURES))
    shorter, longer = sorted((text, copy), key=lambda each: letters(each).size)
    runs = shingles(shorter, ngram=LANDMARK_LENGTH)
    common = containment(runs, shingles(longer, ngram=LANDMARK_LENGTH)) * runs.size / LANDMARK_RATE
    others = runs.size / LANDMARK_RATE - common
    by_landmarks = skellam.sf(-1, max(common, 1e-9), max(others, 1e-9)) - np.exp(-common - others)
    sizes = (np.asarray(letters(each).size) for each in (shorter, longer))
    by_landmarks *= _chance(similarity, may_be_part(*_SIGNATURES, *sizes))
    return float(1 - (1 - by_bands) * (1 - by_landmarks))


def _chance(similarity: float, is_enough: NDArray[np.bool_]) -> float:
    """The chance that two signatures are alike enough; `is_enough` is for no value in common, for one and so on."""
    return float(binom.sf(np.count_nonzero(~is_enough) - 1, PERMUTATIONS, similarity))


def lone_texts(sample: Sequence[str]) -> Iterator[str]:
    """The texts that no other resembles, so that each has one near-duplicate when its copy joins it."""
    alike = {document for pair in confirmed(sample) for document in (pair.first, pair.second)}
    return (text for number, text in enumerate(sample) if number not in alike)


def news() -> None:
    originals = list(lone_texts(texts("news_hans", every=EVERY)))
    if not originals:
        return
    sketches = sketch(originals)
    print(f"\nnews_hans: {len(originals)} texts and a changed copy of each, one kind at a time")
    print("| copy | similarity | nominated | in theory | confirmed | dropped |\n|---|---|---|---|---|---|")
    for name, change in CHANGES.items():
        row = figures(originals, sketches, change)
        shares = " | ".join(f"{share:.1%}" for share in row[1:])
        print(f"| {name} | {row.similarity:.2f} | {shares} |")


def main() -> None:
    statutes()
    news()


if __name__ == "__main__":
    main()
