"""The language model: real text above damaged text, both scripts alike."""

from __future__ import annotations

import numpy as np
import pytest

from bench.corpora import own_texts
from bench.ranking import share_ranked
from cleaner.fold import converted
from cleaner.language import START, load
from cleaner.language.model import TABLE
from tests.samples import ARTICLE, TRADITIONAL_ARTICLE


def test_the_table_is_small_enough_for_the_wheel() -> None:
    assert TABLE.stat().st_size <= 3_000_000


@pytest.mark.parametrize(
    ("real", "false"),
    [
        ("探路先行", "铰废刃惺"),
        ("為古代社會", "楣糯鐣"),
        ("損壞了門窗", "壊袒門痙"),
        ("發展狀況", "嗚唿狀壹"),
    ],
)
def test_real_text_is_likelier_than_what_shear_makes_of_it(real: str, false: str) -> None:
    assert load().mean(real) > load().mean(false) + 1


def test_both_scripts_are_one() -> None:
    assert np.array_equal(load().scores("發展狀況"), load().scores("发展状况"))


def test_a_character_after_a_mark_has_no_context() -> None:
    model = load()
    second = model.index("山")
    alone = model.pair_scores(np.array([START]), second)[0]
    assert model.scores("水，山")[2] == alone


def test_unknown_characters_are_unlikely_and_no_error() -> None:
    scores = load().scores("𠀀\ud800○")
    assert np.isfinite(scores).all()
    assert (scores < -6).all()


def test_known_words_are_likelier_than_their_characters_in_a_row() -> None:
    model = load()
    assert model.word_score("圖書館") > sum(model.word_score(letter) for letter in "圖書館")


@pytest.mark.parametrize("text", [ARTICLE, TRADITIONAL_ARTICLE])
def test_whole_articles_are_likely(text: str) -> None:
    assert load().mean(text) > -7


def test_text_without_hanzi_scores_nothing() -> None:
    assert load().mean("abc, 123") == 0


def test_real_lines_rank_above_sheared_ones() -> None:
    share, count = share_ranked([converted(text, "hant") for text in own_texts()], 4)
    assert count > 50
    assert share >= 0.999
