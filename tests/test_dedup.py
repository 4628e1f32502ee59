"""Which documents are nominated as near-duplicates, and which are confirmed."""

from __future__ import annotations

import pytest

from cleaner.dedup import THRESHOLD, Pair, Signatures, pairs
from cleaner.fold import converted
from cleaner.minhash import jaccard, shingles
from tests.samples import ARTICLE, CLOSE, LEAD, MIDDLE, TITLE

OTHER = "城西的钟表匠姓宋，铺子里挂着四十多只钟，没有两只走得一样快。他说准不准不要紧，要紧的是都还在走。"


def confirmed(**texts: str) -> list[Pair]:
    signatures = Signatures()
    for name, text in texts.items():
        signatures.add(name, text)
    return pairs(signatures, read=texts.__getitem__)


def test_a_document_that_shares_most_of_another_is_its_near_duplicate() -> None:
    longer = ARTICLE + "又记。"
    (pair,) = confirmed(first=ARTICLE, other=OTHER, second=longer)
    assert (pair.first, pair.second) == ("first", "second")
    assert pair.similarity == jaccard(shingles(ARTICLE), shingles(longer))
    assert THRESHOLD <= pair.similarity < 1


def test_a_traditional_copy_is_a_near_duplicate() -> None:
    assert confirmed(a=ARTICLE, b=converted(ARTICLE, "hant")) == [Pair("a", "b", 1.0)]


def test_each_pair_of_three_copies_is_named_in_the_order_they_came() -> None:
    found = confirmed(c=ARTICLE, a=ARTICLE, b=ARTICLE)
    assert [(pair.first, pair.second) for pair in found] == [("c", "a"), ("a", "b"), ("c", "b")]


@pytest.mark.parametrize("second", [OTHER, f"{TITLE}\n{LEAD}{OTHER}", f"{OTHER}{CLOSE}{OTHER[::-1]}"])
def test_documents_that_share_little_are_no_pair(second: str) -> None:
    assert confirmed(a=ARTICLE, b=second) == []


def test_a_candidate_below_the_threshold_is_not_confirmed() -> None:
    signatures = Signatures()
    signatures.add("a", ARTICLE)
    signatures.add("b", ARTICLE)
    assert signatures.candidates == (("a", "b"),)
    half = {"a": ARTICLE, "b": MIDDLE + OTHER}
    assert jaccard(shingles(half["a"]), shingles(half["b"])) < THRESHOLD
    assert pairs(signatures, read=half.__getitem__) == []


@pytest.mark.parametrize("text", ["", "书铺", "……！！"])
def test_texts_shorter_than_a_shingle_match_nothing(text: str) -> None:
    assert confirmed(a=text, b=text) == []
