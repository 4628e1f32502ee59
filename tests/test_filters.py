"""Marks inside words: taken out where a page has several and nothing else, pointed at where it has few."""

from __future__ import annotations

import pytest
from hypothesis import given

from bench import residue
from cleaner.document import Document
from cleaner.repair import filters
from cleaner.units import View
from tests.samples import ARTICLE
from tests.strategies import texts


def repaired(text: str) -> str:
    return Document.of(text).revised(filters.find(View(text))).text


def test_a_mark_in_several_words_goes() -> None:
    text = "看电*影的时候，他把现*金存进银*行，又上网*站读小*说。"
    assert repaired(text) == "看电影的时候，他把现金存进银行，又上网站读小说。"


@pytest.mark.parametrize("text", ["百万小!说", "看电*影，读小*说。", "小!说、小!说、小!说、小!说"])
def test_a_mark_in_few_words_is_flagged(text: str) -> None:
    edits = list(filters.find(View(text)))
    assert edits
    assert all(edit.is_flag and edit.rule == "filters/split-word" for edit in edits)


@pytest.mark.parametrize(
    "text",
    [
        "他/她和/或大/小、男/女、上/下、买/卖、多/少都可以。",
        "这篇太小!说得好!我去!来吧!电!影!",
        "甲*乙*丙与长*宽*高相乘。",
        "张**、王*明、李*等人出席。",
        "看电*影，读小*说，存银*行，拿现*金，记得写上甲*乙。",
        "2024/05/30 的价格是 3*4=12 元!真的!",
    ],
    ids=["choices", "exclamations", "products", "masked names", "words and a product", "dates and sums"],
)
def test_a_mark_that_joins_or_ends_something_is_left_alone(text: str) -> None:
    assert list(filters.find(View(text))) == []


def test_an_edit_names_the_word() -> None:
    (edit,) = filters.find(View("百万小!说"))
    assert (edit.start, edit.old) == (3, "!")
    assert "小说" in edit.why


@pytest.mark.xfail(reason="nothing tells a phrase put into a name from a clause; a name is in no dictionary")
def test_a_phrase_inside_a_name_is_flagged() -> None:
    assert list(filters.find(View("人工智能企业六天天彩票小龙来自同一座城市。")))


def test_drawn_marks_take_nothing_of_the_text() -> None:
    figures = residue.figures("“*” inside words, 5 a page", [ARTICLE] * 10)
    assert figures["right"] > 0
    assert figures["wrong"] == figures["harm"] == 0


@given(texts())
def test_any_text_can_be_repaired_and_rebuilt(text: str) -> None:
    assert Document.of(text).revised(filters.find(View(text))).rebuilt() == text
