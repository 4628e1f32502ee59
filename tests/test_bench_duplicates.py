"""How near-duplicates are measured beside peers: sizes, who is left out, growth, and what groups have in common."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench import duplicates
from bench.contests import Contender, Measured, Outcome, Unmeasured
from bench.duplicates import Agreement, Series, is_datasketch, sizes
from cleaner.minhash import shingles
from tests.samples import ARTICLE, CLOSE, LEAD, MIDDLE


def took(seconds: float, output: object = None) -> Measured:
    return Measured(seconds, 2 * seconds, 1000, 3000, output)


def series(outcomes: dict[int, Outcome]) -> Series:
    return Series(Contender("a", "a_near", "groups"), outcomes)


@pytest.mark.parametrize(
    ("documents", "found"), [(None, [10_000, 100_000, 1_000_000]), (300, [300]), (120_000, [10_000, 100_000])]
)
def test_sizes_grow_tenfold_up_to_what_is_asked_for(documents: int | None, found: list[int]) -> None:
    assert sizes(documents) == found


def test_who_must_be_expected_to_take_too_much_or_failed_is_left_out() -> None:
    least = duplicates.BOUND / 10
    assert series({}).too_large(10_000) == ""
    assert series({10_000: took(least)}).too_large(100_000) == ""
    assert series({10_000: took(2 * least)}).too_large(100_000) == f"10,000 took {2 * least:.0f} s"
    large = replace(took(1), peak=1_501_000)
    assert series({10_000: large}).too_large(40_000) == ""
    assert series({10_000: large}).too_large(100_000) == "10,000 took 1.5 GB"
    assert series({10_000: Unmeasured("its process ended")}).too_large(100_000) == "its process ended"


def test_growth_is_the_power_of_the_number_of_documents() -> None:
    assert series({10: took(1), 100: took(10), 1000: took(100)}).growth() == "n^1.00"
    assert series({10: took(1), 100: took(100), 1000: Unmeasured("100 took 100 s")}).growth() == "n^2.00"
    assert series({10: took(1)}).growth() == ""


def test_groups_are_compared_by_their_pairs_and_by_the_texts() -> None:
    texts = [ARTICLE, ARTICLE + CLOSE, LEAD, MIDDLE * 3]
    agreement = Agreement(frozenset({(0, 1), (0, 2)}), [shingles(text) for text in texts])
    assert agreement.of([[1, 0], [2, 3]]) == ["50.0%", "50.0%"]
    assert agreement.of([]) == ["0.0%", "0.0%"]


def test_a_row_for_each_size_has_the_growth_in_the_last_that_was_measured() -> None:
    own, other = series({10: took(1), 100: took(10)}), series({10: took(3), 100: Unmeasured("10 took 3 s")})
    assert list(duplicates._rows(own, own, {10: ["x"]})) == [
        ["a, 10", "100000", "1.0", "2", "", "x"],
        ["a, 100", "100000", "1.0", "2", "n^1.00"],
    ]
    assert list(duplicates._rows(other, own, {}))[1] == ["a, 100: **NOT MEASURED**: 10 took 3 s"]


def test_signatures_are_said_to_be_those_of_datasketch_only_if_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_datasketch([ARTICLE, LEAD, ""])
    monkeypatch.setattr(duplicates, "shingle_hashes", lambda text: ~shingles(text))
    assert not is_datasketch([ARTICLE])
