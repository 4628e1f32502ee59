"""Shingles, signatures, landmarks and similarity against the plain way of computing them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from cleaner import minhash
from cleaner.fold import converted, fold
from cleaner.minhash import (
    LANDMARK_LENGTH,
    LANDMARK_RATE,
    LONGEST_NGRAM,
    NGRAM,
    PERMUTATIONS,
    SCHEME,
    Hashes,
    Sketches,
    check_ngram,
    containment,
    jaccard,
    letters,
    shared_count,
    shingle_hashes,
    shingles,
    sketch,
)
from tests.samples import ARTICLE, LEAD, MIDDLE
from tests.strategies import texts

NGRAMS = st.sampled_from([1, 2, NGRAM, LANDMARK_LENGTH, 40])
TEXTS = st.sampled_from(
    ["", "，。", "桥", "青石桥头", "青石桥头有", LEAD, ARTICLE, "桥" * 50, "𠮷野\U00030000家２０" * 2]
) | texts(max_parts=40)
EMPTY = ["", "，。！？、；", "\ud83d \udcff"]
SHORT = ["桥", "头桥", "桥头", "青石桥头", "石青桥头"]


HANZI = [letter for letter in map(chr, range(0x4E00, 0x5300)) if fold(letter) == letter]


def invented(length: int, *, seed: int = 1) -> str:
    """A text of so many letters, drawn from a thousand characters that the fold leaves alone."""
    return "".join(Random(seed).choices(HANZI, k=length))


LONG = "，".join(invented(50, seed=seed) for seed in range(3 * minhash._SLICE // 50))
LONG_LETTERS = 50 * (3 * minhash._SLICE // 50)


def string_shingles(text: str, ngram: int) -> list[str]:
    own = "".join(letter for letter in fold(text) if letter.isalnum())
    if 0 < len(own) < ngram:
        return [own]
    return [own[start : start + ngram] for start in range(len(own) - ngram + 1)]


def by_datasketch(hashes: Hashes) -> list[int]:
    """The signature that datasketch computes of the upper halves of some hashes."""
    plain = MinHash(num_perm=PERMUTATIONS, scheme=SCHEME, hashfunc=int)
    plain.update_batch(int(number) >> 32 for number in hashes)
    return [int(value) for value in plain.hashvalues]


def same(left: Sketches, right: Sketches) -> bool:
    fields = ("signatures", "shingles", "landmarks", "ends")
    return all(
        np.array_equal(getattr(left, name), getattr(right, name))
        and getattr(left, name).dtype == getattr(right, name).dtype
        for name in fields
    )


def landmarks_of(sketches: Sketches, row: int = 0) -> set[int]:
    return set(sketches.landmarks[sketches.landmark_owners == row].tolist())


# shingles


@given(TEXTS, NGRAMS)
def test_equal_shingles_have_equal_hashes_and_others_others(text: str, ngram: int) -> None:
    strings, hashes = string_shingles(text, ngram), shingle_hashes(text, ngram=ngram).tolist()
    assert len(hashes) == len(strings)
    assert len(set(zip(strings, hashes, strict=True))) == len(set(strings)) == len(set(hashes))


@given(TEXTS, NGRAMS)
def test_shingles_are_the_distinct_hashes_sorted(text: str, ngram: int) -> None:
    assert shingles(text, ngram=ngram).tolist() == sorted(set(shingle_hashes(text, ngram=ngram).tolist()))


def test_a_shingle_has_one_hash_wherever_it_stands() -> None:
    assert set(shingles("青石桥头有")) < set(shingles("旧书铺，青石桥头有灯"))
    assert not set(shingles("青石桥头有")) & set(shingles("有头桥石青"))


def test_a_hash_is_the_polynomial_it_is_said_to_be() -> None:
    """Remembered sketches hold such hashes: another formula makes them worthless."""
    expected = 0
    for letter in "青石桥头有":
        expected = (expected + ord(letter)) * 0x9E3779B97F4A7C15 % 2**64
    assert shingle_hashes("青石桥头有").tolist() == [expected]


def test_shingles_read_letters_and_digits_of_the_fold() -> None:
    text = "青石桥头有一家APP书铺2"
    for other in (converted(text, "hant"), "青石桥头，有一家 ＡＰＰ\n「书铺」２。"):
        assert shingles(other).tolist() == shingles(text).tolist()


@given(texts())
def test_letters_are_the_letters_and_digits_of_the_fold(text: str) -> None:
    assert letters(text).tolist() == [ord(letter) for letter in fold(text) if letter.isalnum()]


def test_letters_of_a_long_text_are_all_there() -> None:
    assert letters(LONG).tolist() == [ord(letter) for letter in LONG if letter != "，"]


@pytest.mark.parametrize("text", EMPTY)
def test_a_text_without_letters_has_no_shingles(text: str) -> None:
    assert shingles(text).size == shingle_hashes(text).size == 0


@pytest.mark.parametrize("text", SHORT)
def test_a_text_shorter_than_a_shingle_equals_only_what_has_the_same_letters(text: str) -> None:
    own = shingles(text)
    assert own.size == 1
    assert shingles(f"「{text}」。").tolist() == own.tolist()
    assert [other for other in SHORT if shingles(other).tolist() == own.tolist()] == [text]
    assert own.tolist() != shingles(text, ngram=len(text)).tolist()


def test_a_short_text_is_hashed_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sketch(SHORT)


@pytest.mark.parametrize("ngram", [-1, 0, LONGEST_NGRAM + 1])
def test_a_shingle_of_another_length_is_refused(ngram: int) -> None:
    with pytest.raises(ValueError, match=f"1 to {LONGEST_NGRAM} characters, not {ngram}$"):
        check_ngram(ngram)
    with pytest.raises(ValueError, match="ngram"):
        sketch([ARTICLE], ngram=ngram)


@pytest.mark.parametrize("ngram", [1, LONGEST_NGRAM])
def test_the_bounds_themselves_are_lengths_of_shingles(ngram: int) -> None:
    assert check_ngram(ngram) == ngram
    assert sketch([ARTICLE], ngram=ngram).shingles.tolist() == [len(string_shingles(ARTICLE, ngram))]


# signatures


@given(st.lists(TEXTS, max_size=6), NGRAMS)
def test_signatures_are_those_datasketch_computes(some: Sequence[str], ngram: int) -> None:
    got = sketch(some, ngram=ngram)
    assert got.signatures.tolist() == [by_datasketch(shingle_hashes(text, ngram=ngram)) for text in some]
    assert got.shingles.tolist() == [len(string_shingles(text, ngram)) for text in some]


@pytest.mark.parametrize("ngram", [NGRAM, LONGEST_NGRAM])
def test_the_sketch_of_a_text_that_is_cut_into_pieces_is_that_of_the_whole(ngram: int) -> None:
    assert LONG_LETTERS > 2 * minhash._SLICE
    (got,) = sketch([LONG], ngram=ngram).signatures
    assert got.tolist() == by_datasketch(shingles(LONG, ngram=ngram))
    assert sketch([LONG], ngram=ngram).shingles.tolist() == [LONG_LETTERS - ngram + 1]


MIXED = [
    *EMPTY,
    *SHORT,
    ARTICLE,
    LONG,
    MIDDLE,
    LONG[: minhash._SLICE + 9],
    LEAD,
    LONG[: minhash._CHUNK],
    "",
    LEAD * 999,
]


@pytest.mark.parametrize("ngram", [1, NGRAM, LONGEST_NGRAM])
def test_the_sketch_of_a_batch_is_the_sketches_one_by_one(ngram: int) -> None:
    together = sketch(MIXED, ngram=ngram)
    assert same(together, Sketches.joined([sketch([text], ngram=ngram) for text in MIXED]))
    assert same(sketch(reversed(MIXED), ngram=ngram), together.chosen(range(len(MIXED))[::-1]))


def test_sketches_are_cut_as_their_texts_are() -> None:
    some = [invented(600), "", ARTICLE * 3, *SHORT, invented(400, seed=5)]
    together = sketch(some)
    assert landmarks_of(together, 0)
    assert landmarks_of(together, len(some) - 1)
    for start, end in ((0, len(some)), (0, 0), (0, 2), (1, 3), (2, len(some)), (len(some), len(some))):
        assert same(together.cut(start, end), together.chosen(range(start, end)))


def test_many_short_texts_are_sketched_like_each_of_them() -> None:
    """More hashes than are permuted at a time, with texts that end where one such portion does, and empty ones."""
    some = [invented(number % 37, seed=number) for number in range(5000)]
    got = sketch(some)
    assert got.shingles.sum() > 2 * minhash._CHUNK
    for row in range(0, len(some), 61):
        assert got.signatures[row].tolist() == by_datasketch(shingle_hashes(some[row]))


def test_empty_texts_take_no_more_room_at_a_time_than_others() -> None:
    assert len(list(minhash._batches([""] * (3 * minhash._SLICE)))) == 3


def test_datasketch_takes_a_signature_for_its_own() -> None:
    own, plain = minhash.minhash(sketch([ARTICLE]).signatures[0]), MinHash(PERMUTATIONS, scheme=SCHEME, hashfunc=int)
    plain.update_batch(shingle_hashes(ARTICLE) >> np.uint64(32))
    assert own == plain
    assert own.jaccard(plain) == 1


def test_the_estimate_is_as_near_as_theory_says() -> None:
    """Over many pairs of each similarity: no bias, and s(1 - s) / `PERMUTATIONS` as its variance."""
    pairs, length = 150, 400
    for kept in (0.2, 0.5, 0.8, 0.95):
        cut = round(kept * length)
        left = [invented(length, seed=seed) for seed in range(pairs)]
        right = [text[:cut] + invented(length - cut, seed=-seed - 1) for seed, text in enumerate(left)]
        exact = np.array([jaccard(shingles(one), shingles(other)) for one, other in zip(left, right, strict=True)])
        estimated = (sketch(left).signatures == sketch(right).signatures).mean(axis=1)
        deviation = (exact * (1 - exact) / PERMUTATIONS) ** 0.5
        errors = (estimated - exact) / deviation
        assert abs(errors.mean()) < 4 / pairs**0.5
        assert 0.75 < errors.std() < 1.25


# landmarks


def plain_landmarks(text: str, ngram: int = NGRAM) -> set[str]:
    """The runs of letters that are landmarks: those whose first and last shingle say so."""
    own = "".join(letter for letter in fold(text) if letter.isalnum())
    hashes = minhash._premixed((shingle_hashes(text, ngram=ngram) >> np.uint64(32)).astype(np.uint32)).tolist()
    last = max(LANDMARK_LENGTH - ngram, 0)
    return {
        own[start : start + LANDMARK_LENGTH]
        for start in range(max(min(len(hashes) - last, len(own) - LANDMARK_LENGTH + 1), 0))
        if (hashes[start] + hashes[start + last]) % 2**32 < 2**32 // LANDMARK_RATE
    }


@pytest.mark.parametrize("ngram", [1, NGRAM, LANDMARK_LENGTH, 40])
def test_landmarks_are_hashes_of_the_runs_that_are_chosen(ngram: int) -> None:
    some = [invented(2000), "", ARTICLE * 3, "桥" * 100, *SHORT, invented(17, seed=5)]
    got = sketch(some, ngram=ngram)
    for row, text in enumerate(some):
        runs = plain_landmarks(text, ngram)
        expected = {int(shingle_hashes(run, ngram=LANDMARK_LENGTH)[0]) for run in runs}
        assert landmarks_of(got, row) == expected
        assert np.count_nonzero(got.landmark_owners == row) == len(expected)


def test_one_place_in_so_many_is_a_landmark() -> None:
    size = 200_000
    assert sketch([invented(size)]).landmarks.size == pytest.approx(size / LANDMARK_RATE, rel=0.1)


@given(st.integers(0, 2990), st.integers(0, 2990))
def test_a_part_has_the_landmarks_of_the_whole(start: int, end: int) -> None:
    whole = invented(3000)
    part = sketch([whole[start:end]])
    assert landmarks_of(part) <= landmarks_of(sketch([whole]))
    assert sum(run in whole[start:end] for run in plain_landmarks(whole)) == len(part.landmarks)


def test_no_landmark_is_lost_where_a_long_text_is_cut_into_pieces() -> None:
    whole = landmarks_of(sketch([LONG]))
    around = [
        place for cut in range(minhash._SLICE, LONG_LETTERS, minhash._SLICE) for place in range(cut - 40, cut + 9)
    ]
    plain = LONG.replace("，", "")
    found = [landmarks_of(sketch([plain[place : place + 40]])) for place in around]
    assert any(found)
    assert all(part <= whole for part in found)


def test_a_landmark_is_one_of_the_run_alone() -> None:
    runs = plain_landmarks(invented(3000))
    assert runs
    assert sketch(sorted(runs)).ends.tolist() == list(range(1, len(runs) + 1))


def test_a_landmark_said_again_counts_once() -> None:
    said = MIDDLE * (3 * minhash._SLICE // len(MIDDLE))
    assert letters(said).size > 2 * minhash._SLICE
    assert sketch([said]).landmarks.tolist() == sketch([MIDDLE * 2]).landmarks.tolist() != []


def test_what_follows_a_common_opening_is_chosen_text_by_text() -> None:
    """Were it by the first shingle alone, either all such texts had landmarks or none."""
    opening = invented(20)
    assert sketch([opening]).landmarks.size == 0
    some = [opening + invented(LANDMARK_LENGTH - NGRAM, seed=seed) for seed in range(1000)]
    with_landmarks = np.unique(sketch(some).landmark_owners).size
    assert with_landmarks / len(some) == pytest.approx(1 - (1 - 1 / LANDMARK_RATE) ** 11, abs=0.04)


# collections of sketches


@given(st.lists(st.lists(TEXTS, max_size=4), max_size=4))
def test_joined_sketches_are_those_of_all_texts(parts: list[list[str]]) -> None:
    every = [text for part in parts for text in part]
    joined = Sketches.joined([sketch(part) for part in parts])
    assert len(joined) == len(every)
    assert same(joined, sketch(every))


@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_chosen_sketches_are_those_of_the_chosen_texts(some: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(some) - 1), max_size=6))
    assert same(sketch(some).chosen(np.array(rows, np.int64)), sketch([some[row] for row in rows]))
    assert same(sketch(some).chosen(rows), sketch([some[row] for row in rows]))


# similarity


def hashes_of(numbers: set[int]) -> Hashes:
    return np.array(sorted(numbers), np.uint64)


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_jaccard_and_containment_are_shares_of_what_both_have(left: set[int], right: set[int]) -> None:
    one, other = hashes_of(left), hashes_of(right)
    assert shared_count(one, other) == len(left & right)
    assert jaccard(one, other) == (len(left & right) / len(left | right) if left | right else 0.0)
    assert containment(one, other) == (len(left & right) / len(left) if left else 0.0)


@pytest.mark.parametrize("text", EMPTY)
def test_a_text_without_letters_is_like_nothing(text: str) -> None:
    assert jaccard(shingles(text), shingles(text)) == 0.0
    assert sketch([text]).signatures.tolist() == [[2**32 - 1] * PERMUTATIONS]
