"""Shingles, signatures and similarity against the plain way of computing them."""

from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from cleaner.fold import converted, fold
from cleaner.minhash import PERMUTATIONS, SHINGLE_LENGTH, Hashes, jaccard, shingles, signature
from tests.samples import ARTICLE, MIDDLE
from tests.strategies import encodable_texts


def string_shingles(text: str) -> set[str]:
    letters = "".join(letter for letter in fold(text) if letter.isalnum())
    return {letters[i : i + SHINGLE_LENGTH] for i in range(len(letters) - SHINGLE_LENGTH + 1)}


@given(encodable_texts(max_parts=40))
def test_there_is_one_hash_for_each_distinct_shingle(text: str) -> None:
    hashes = shingles(text)
    assert hashes.size == len(string_shingles(text))
    assert hashes.tolist() == sorted(set(hashes.tolist()))


def test_a_shingle_has_one_hash_wherever_it_stands() -> None:
    assert set(shingles("青石桥头有")) < set(shingles("旧书铺，青石桥头有灯"))
    assert not set(shingles("青石桥头有")) & set(shingles("有头桥石青"))


def test_shingles_read_letters_and_digits_of_the_fold() -> None:
    text = "青石桥头有一家APP书铺2"
    for same in (converted(text, "hant"), "青石桥头，有一家 ＡＰＰ\n「书铺」２。"):
        assert shingles(same).tolist() == shingles(text).tolist()


@pytest.mark.parametrize("text", ["", "青石桥头", "，。！？、；"])
def test_a_text_shorter_than_a_shingle_has_none(text: str) -> None:
    assert shingles(text).size == 0


@given(st.sampled_from([MIDDLE, ARTICLE]) | encodable_texts(max_parts=40))
def test_a_signature_is_the_one_datasketch_builds(text: str) -> None:
    hashes = shingles(text)
    plain = MinHash(
        num_perm=PERMUTATIONS, scheme="affine32", hashfunc=lambda data: int.from_bytes(data, "little") % 2**32
    )
    for value in hashes:
        plain.update(int(value).to_bytes(8, "little"))
    assert signature(hashes).hashvalues.tolist() == plain.hashvalues.tolist()
    assert signature(hashes) == plain


def test_a_signature_estimates_what_jaccard_tells() -> None:
    left, right = shingles(ARTICLE), shingles(ARTICLE + MIDDLE.replace("书", "纸"))
    assert signature(left).jaccard(signature(right)) == pytest.approx(jaccard(left, right), abs=0.15)


def hashes_of(numbers: set[int]) -> Hashes:
    return np.array(sorted(numbers), np.uint64)


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_jaccard_is_shared_over_all(left: set[int], right: set[int]) -> None:
    expected = len(left & right) / len(left | right) if left | right else 0.0
    assert jaccard(hashes_of(left), hashes_of(right)) == expected
