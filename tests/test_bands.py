"""Bands nominate as often as theory says, and their keys tell all values of a band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.dedup.bands import Bands
from cleaner.minhash import PERMUTATIONS, Signatures

LEAST_RECALL = 0.995


def signatures(*, seed: int, count: int) -> Signatures:
    return np.random.default_rng(seed).integers(0, 1 << 32, (count, PERMUTATIONS), np.uint32)


@given(st.floats(0.001, 1))
def test_bands_for_a_threshold_are_the_widest_that_nominate_nearly_all_pairs_there(threshold: float) -> None:
    """If none do, the narrowest there are."""
    bands = Bands.for_threshold(threshold)
    assert bands.count == PERMUTATIONS // bands.rows
    wider = Bands(bands.rows + 1, PERMUTATIONS // (bands.rows + 1))
    assert bands.recall(threshold) >= LEAST_RECALL or bands.rows == 1
    assert bands.rows == PERMUTATIONS or wider.recall(threshold) < LEAST_RECALL


@pytest.mark.parametrize("bands", [Bands(4, 32), Bands(9, 14), Bands(1, 128)])
@pytest.mark.parametrize("similarity", [0.02, 0.3, 0.5, 0.8])
def test_recall_is_the_share_of_pairs_with_a_common_key(bands: Bands, similarity: float) -> None:
    pairs = 4000
    left, right = signatures(seed=1, count=pairs), signatures(seed=2, count=pairs)
    alike = np.random.default_rng(3).random(left.shape) < similarity
    keys, others = bands.keys(left), bands.keys(np.where(alike, left, right))
    expected = bands.recall(similarity)
    slack = 4 * (expected * (1 - expected) / pairs) ** 0.5 + 1 / pairs
    assert (keys == others).any(axis=0).mean() == pytest.approx(expected, abs=slack)


def test_a_key_is_shared_where_all_values_of_the_band_are() -> None:
    bands = Bands(4, 32)
    own = signatures(seed=1, count=1)
    for place in range(PERMUTATIONS):
        for changed in (own[0, place] ^ 1, own[0, place] ^ (1 << 31)):
            other = own.copy()
            other[0, place] = changed
            is_same = (bands.keys(own) == bands.keys(other))[:, 0]
            assert np.flatnonzero(~is_same).tolist() == [place // bands.rows]


def test_values_in_another_order_have_another_key() -> None:
    own = signatures(seed=1, count=1)
    assert not (Bands(4, 32).keys(own) == Bands(4, 32).keys(own[:, ::-1])[::-1]).any()


def test_keys_of_different_bands_differ() -> None:
    same_everywhere = np.full((1, PERMUTATIONS), 7, np.uint32)
    assert np.unique(Bands(4, 32).keys(same_everywhere)).size == 32


def test_no_two_of_many_bands_have_a_key_in_common() -> None:
    keys = Bands(4, 32).keys(signatures(seed=1, count=10_000))
    assert keys.shape == (32, 10_000)
    assert np.unique(keys).size == keys.size
