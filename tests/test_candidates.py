"""Which pairs of texts are nominated: as many as theory says of those alike, and not more than grows with the texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import ceil, sqrt
from random import Random
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from cleaner.dedup import candidates as module
from cleaner.dedup.bands import Bands
from cleaner.dedup.candidates import NEIGHBOURS, Pairs, candidates, may_be_part, may_contain, may_reach
from cleaner.dedup.confirming import Pair
from cleaner.dedup.groups import grouped
from cleaner.fold import fold
from cleaner.minhash import LANDMARK_RATE, PERMUTATIONS, Hashes, Signatures, Sketches, jaccard, shingles, sketch
from tests.samples import ARTICLE, MIDDLE

THRESHOLD = 0.7
BANDS = Bands.for_threshold(THRESHOLD)
ENOUGH = 69  # of 128 values: four standard deviations below .7
HANZI = [letter for letter in map(chr, range(0x4E00, 0x5300)) if fold(letter) == letter]


def invented(length: int, *, seed: int) -> str:
    return "".join(Random(seed).choices(HANZI, k=length))


def nominated(sketches: Sketches) -> list[tuple[int, int]]:
    pairs = candidates(sketches, BANDS, threshold=THRESHOLD)
    assert pairs.first.dtype == pairs.second.dtype == np.int64
    found = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    assert found == sorted(set(found))
    assert all(first < second for first, second in found)
    return found


def among(texts: Iterable[str]) -> list[tuple[int, int]]:
    return nominated(sketch(texts))


def sketches_of(signatures: Signatures, landmarks: Sequence[set[int]] = (), sizes: Sequence[int] = ()) -> Sketches:
    """Sketches with these signatures, landmarks and numbers of shingles, of texts nobody wrote."""
    ends = np.cumsum([len(own) for own in landmarks] or np.zeros(len(signatures)), dtype=np.int64)
    every = [number for own in landmarks for number in sorted(own)]
    shingles = np.array(sizes or [100] * len(signatures), np.int64)
    return Sketches(signatures, shingles, np.array(every, np.uint64), ends)


def alike(similarity: float, *, pairs: int) -> Signatures:
    """Rows 2i and 2i + 1 agree in each value with a chance of `similarity`."""
    dice = np.random.default_rng(1)
    left, right = dice.integers(0, 1 << 32, (2, pairs, PERMUTATIONS), np.uint32)
    right = np.where(dice.random(left.shape) < similarity, left, right)
    return np.stack([left, right], axis=1).reshape(-1, PERMUTATIONS)


# bands


@pytest.mark.parametrize("similarity", [0.3, 0.45, 0.55, 0.65, 0.7, 0.9])
def test_pairs_are_nominated_as_often_as_theory_says(similarity: float) -> None:
    """At least as often as a band and a sufficient estimate coincide by chance, at most as often as the rarer one."""
    pairs = 2000
    found = nominated(sketches_of(alike(similarity, pairs=pairs)))
    assert all(second == first + 1 and first % 2 == 0 for first, second in found)
    chances = (BANDS.recall(similarity), float(binom.sf(ENOUGH - 1, PERMUTATIONS, similarity)))
    slack = 4 * (0.25 / pairs) ** 0.5 if similarity < THRESHOLD else 0.002
    assert chances[0] * chances[1] - slack < len(found) / pairs < min(chances) + slack


def test_texts_right_at_the_threshold_are_nominated() -> None:
    pairs, length = 300, 400
    texts = []
    for seed in range(pairs):
        text = invented(length, seed=seed)
        texts += [text, text[: round(0.825 * length)] + invented(round(0.175 * length), seed=-seed - 1)]
    similarities = [jaccard(*map(shingles, texts[row : row + 2])) for row in range(0, 2 * pairs, 2)]
    assert np.mean(similarities) == pytest.approx(THRESHOLD, abs=0.01)
    found = set(among(texts))
    assert sum((row, row + 1) in found for row in range(0, 2 * pairs, 2)) >= pairs - 2


def is_candidate(sketches: Sketches, keys: Hashes, landmarks: Sequence[set[int]], first: int, second: int) -> bool:
    """Whether a pair is to be nominated, in the plain way."""
    equal = np.count_nonzero(sketches.signatures[first] == sketches.signatures[second])
    if (keys[:, first] == keys[:, second]).any() and equal >= ENOUGH:
        return True
    shared, least = len(landmarks[first] & landmarks[second]), min(map(len, (landmarks[first], landmarks[second])))
    return shared > 0 and shared >= least / 2 and bool(equal >= enough_for_a_part(*sketches.shingles[[first, second]]))


def enough_for_a_part(one: int, other: int) -> int:
    """Equal values: four standard deviations below the similarity of a text and .95 of it in another."""
    part, whole = sorted((int(one), int(other)))
    similarity = 0.95 * part / (whole + 0.05 * part)
    return ceil(PERMUTATIONS * similarity - 4 * sqrt(PERMUTATIONS * similarity * (1 - similarity)))


@pytest.mark.parametrize("at_a_time", [7, 1 << 22])
@given(st.integers(0, 1000), st.integers(0, NEIGHBOURS + 1))
def test_among_few_texts_all_pairs_are_looked_at(at_a_time: int, seed: int, count: int) -> None:
    dice = np.random.default_rng(seed)
    signatures = np.where(dice.random((count, PERMUTATIONS)) < 0.75, 1, dice.integers(0, 99, (count, PERMUTATIONS)))
    landmarks = [{int(number) << 60 for number in dice.integers(0, 12, dice.integers(0, 5))} for _ in range(count)]
    sketches = sketches_of(signatures.astype(np.uint32), landmarks, dice.integers(50, 200, count).tolist())
    with (
        patch.object(module, "_KEYS", at_a_time),
        patch.object(module, "_LANDMARKS", at_a_time),
        patch.object(module, "_ESTIMATED", at_a_time),
    ):
        found = nominated(sketches)
    keys = BANDS.keys(sketches.signatures)
    assert found == [pair for pair in combinations(range(count), 2) if is_candidate(sketches, keys, landmarks, *pair)]


def test_the_estimate_may_fall_short_by_four_deviations() -> None:
    more_and_more = np.tri(PERMUTATIONS + 1, PERMUTATIONS, -1, dtype=np.uint32)
    ones = np.ones_like(more_and_more)
    for threshold, least in ((THRESHOLD, ENOUGH), (0.9, 102), (1.0, PERMUTATIONS)):
        is_enough = may_reach(threshold, ones, more_and_more)
        assert is_enough.tolist() == [equal >= least for equal in range(PERMUTATIONS + 1)]
    for part, whole in ((100, 100), (100, 1000), (5, 10_000)):
        sizes = np.full(PERMUTATIONS + 1, part), np.full(PERMUTATIONS + 1, whole)
        least = enough_for_a_part(part, whole)
        for both in (sizes, sizes[::-1]):
            is_enough = may_be_part(ones, more_and_more, *both)
            assert is_enough.tolist() == [equal >= least for equal in range(PERMUTATIONS + 1)]


# landmarks


def test_a_part_is_nominated_with_its_whole() -> None:
    wholes = [invented(3000, seed=seed) for seed in range(100)]
    parts = [whole[1000:1400] for whole in wholes]
    found = among([*wholes, *parts])
    assert all(second == first + 100 for first, second in found)
    chance = 1 - (1 - 1 / LANDMARK_RATE) ** (400 - 15)
    assert len(found) == pytest.approx(100 * chance, abs=3)


def test_half_of_the_landmarks_of_the_text_with_fewer_are_enough() -> None:
    shared, fewer, more = np.array([0, 1, 1, 2, 5, 5]), np.array([1, 2, 3, 4, 10, 11]), np.array([1, 9, 9, 4, 80, 99])
    expected = [False, True, False, True, True, False]
    assert may_contain(shared, fewer, more).tolist() == may_contain(shared, more, fewer).tolist() == expected


def test_texts_that_share_few_landmarks_are_not_nominated() -> None:
    common = invented(300, seed=-1)
    assert sketch([common]).landmarks.size
    assert among(common + invented(3000, seed=seed) for seed in range(20)) == []


# buckets


def test_keys_that_come_again_are_sorted_with_their_places_though_upper_halves_collide() -> None:
    dice = np.random.default_rng(1)
    keys = dice.integers(0, 60, 500, np.uint64) << np.uint64(32) | dice.integers(0, 20, 500, np.uint64)
    order = np.argsort(keys, kind="stable").tolist()
    again = [place for place in order if np.count_nonzero(keys == keys[place]) > 1]
    assert 0 < len(again) < keys.size
    assert module._ordered(keys).tolist() == again


def test_pairs_of_texts_that_share_a_block_grow_with_their_number_not_with_its_square() -> None:
    """Each text has so many neighbours in each band and at each landmark; what they have in common groups them all."""
    count = 10_000
    block = invented(300, seed=-1)
    sketches = sketch(block + invented(30, seed=seed) for seed in range(count))
    found = nominated(sketches)
    marks = len(sketch([block]).landmarks) + 5
    assert len(found) < 2 * count * (BANDS.count + marks)
    assert [len(group) for group in grouped([Pair(*pair, 1, 1, 1) for pair in found])] == [count]


@pytest.mark.parametrize(
    ("texts", "pairs"),
    [
        (NEIGHBOURS, NEIGHBOURS * (NEIGHBOURS - 1) // 2),
        (NEIGHBOURS + 1, (NEIGHBOURS + 1) * NEIGHBOURS // 2),
        (NEIGHBOURS + 2, 2 * (NEIGHBOURS + 2) - 3),
    ],
)
def test_only_a_large_bucket_gives_two_pairs_for_each_text(texts: int, pairs: int) -> None:
    assert NEIGHBOURS == 32
    assert len(among([MIDDLE] * texts)) == pairs


def test_near_duplicates_are_found_in_a_large_bucket_and_nothing_else_is() -> None:
    """What ten thousand pages share hides no near-duplicates among them."""
    dice = np.random.default_rng(1)
    copies = 1000
    signatures = alike(0.9, pairs=copies)
    signatures[:, : BANDS.rows] = 7  # one bucket for all
    signatures = signatures[dice.permutation(2 * copies)]
    equal: dict[int, list[int]] = {}
    for row, own in enumerate(signatures[:, BANDS.rows :].tolist()):
        for value in own[:40]:
            equal.setdefault(value, []).append(row)
    twins = {tuple(rows) for rows in equal.values() if len(rows) == 2}
    assert len(twins) == copies
    assert set(nominated(sketches_of(signatures))) == twins


def test_texts_of_one_letter_repeated_are_alike() -> None:
    few = ["桥" * length for length in (5, 6, 40, 70_000)]
    assert among(few) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    count = 3000
    many = nominated(sketch("桥" * (5 + length % 70) for length in range(count)))
    assert count <= len(many) <= 2 * 2 * count


# ends of the range


@pytest.mark.parametrize("texts", [[], [""], ["", "", "，。"], [ARTICLE], [ARTICLE, ""], ["桥", "书铺"]])
def test_where_nothing_is_alike_nothing_is_nominated(texts: list[str]) -> None:
    assert among(texts) == []


def test_short_texts_are_nominated_with_their_equals() -> None:
    assert among(["桥头", MIDDLE, "头桥", "橋頭！", "", "桥"]) == [(0, 3)]


def test_pairs_are_two_arrays_of_rows() -> None:
    pairs = candidates(sketch([ARTICLE, MIDDLE, ARTICLE]), BANDS, threshold=THRESHOLD)
    assert isinstance(pairs, Pairs)
    assert (0, 2) in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
