"""What one text says and another doesn't: sentences told by letters, digits, signs and what stands in numbers."""

from __future__ import annotations

import re
from itertools import pairwise, product

import pytest
from hypothesis import given

from cleaner.dedup import differences
from cleaner.dedup.differences import Sentence, own_sentences, telling
from cleaner.fold import converted, fold
from tests.samples import ARTICLE, CLOSE, LEAD, MIDDLE, TITLE
from tests.strategies import LINE_ENDS, texts


def said(text: str, other: str = "") -> list[str]:
    return [sentence.text for sentence in own_sentences(text, other)]


def test_a_sentence_that_only_one_text_has_is_told_with_its_place() -> None:
    added = "门口的槐树去年倒了。"
    text = ARTICLE.replace(CLOSE, added + CLOSE)
    assert own_sentences(text, ARTICLE) == [Sentence(text.index(added), added)]
    assert own_sentences(ARTICLE, text) == []


def test_a_changed_number_or_negation_makes_another_sentence() -> None:
    changed = ARTICLE.replace("七十三", "七十四").replace("不错", "错")
    assert said(ARTICLE, changed) == [MIDDLE[: MIDDLE.index("。") + 1], MIDDLE[MIDDLE.index("。") + 1 :]]


@pytest.mark.parametrize(
    "other",
    [
        ARTICLE,
        converted(ARTICLE, "hant"),
        ARTICLE.replace("，", " , ").replace("。", "．"),
        ARTICLE.replace("\n", ""),
        f"{CLOSE}{MIDDLE}{LEAD}{TITLE}",
        "卷首。" + ARTICLE,
    ],
)
def test_script_width_marks_blanks_and_order_tell_no_difference(other: str) -> None:
    assert said(ARTICLE, other) == []


def test_what_tells_within_numbers_are_marks_between_digits_and_dashes_before_one() -> None:
    plain = re.compile(r"(?<=\d)[.,:/\- ](?=\d)|(?<!\d)-(?=\d)")
    for text in map("".join, product("0-. a", repeat=5)):
        assert [match.span() for match in differences._IN_NUMBERS.finditer(text)] == [
            match.span() for match in plain.finditer(text)
        ]


def test_a_sentence_cut_by_other_full_stops_is_no_difference() -> None:
    assert said("雨停了。桥头挤满了人。", "雨停了，桥头挤满了人。") == []
    assert said("雨停了，桥头挤满了人。", "雨停了。桥头挤满了人。") == []


def test_against_a_very_long_text_only_some_sentences_are_looked_for_across_full_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text, other = "雨停了。灯亮着。门开着。", "雨停了，灯亮着，门开着。"
    assert said(text, other) == []
    monkeypatch.setattr(differences, "_SEARCHED", 2 * (len(telling(other)) + 1))
    assert said(text, other) == ["门开着。"]
    assert said(text, other.replace("，", "。")) == []


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("若a<b则选甲。", "若a>b则选甲。"),
        ("气温-5度。", "气温5度。"),
        ("只要1.23元。", "只要12.3元。"),
        ("日期是2024-1-15。", "日期是2024-11-5。"),
        ("涨了3%。", "涨了3‰。"),
        ("卖$100。", "卖￥100。"),
        ("甲→乙。", "甲←乙。"),
        ("他真的去了。", "他真的去了？"),
        ("他会C++。", "他会C#。"),
        ("行 12 3 列。", "行 1 23 列。"),
        ("कि।", "की।"),
    ],
)
def test_a_sign_or_a_number_makes_another_sentence(here: str, there: str) -> None:
    assert said(here, there) or said(there, here)
    assert telling(here) != telling(there)


@pytest.mark.parametrize("other", ["他说：“好 吧”，", "他說:好吧", "他说——好吧……"])
def test_other_marks_and_blanks_tell_nothing(other: str) -> None:
    assert telling(other) == telling("他说好吧。")


@given(texts(), texts())
def test_listed_is_exactly_what_the_other_has_not_together(text: str, other: str) -> None:
    every, own = own_sentences(text, ""), own_sentences(text, other)
    assert own == [sentence for sentence in every if telling(sentence.text) not in telling(other)]


@given(texts())
def test_sentences_have_all_that_tells_of_a_text_in_its_order(text: str) -> None:
    every = own_sentences(text, "")
    assert "".join(telling(sentence.text) for sentence in every) == telling(text)
    assert all(text.startswith(sentence.text, sentence.start) for sentence in every)
    assert all(left.start + len(left.text) <= right.start for left, right in pairwise(every))
    assert own_sentences(text, text) == []


@given(texts())
def test_a_sentence_tells_something_and_has_no_outer_blanks_or_line_end(text: str) -> None:
    for sentence in own_sentences(text, ""):
        assert telling(sentence.text)
        assert sentence.text == sentence.text.strip()
        assert "\n" not in fold(sentence.text)


@pytest.mark.parametrize("end", LINE_ENDS)
def test_a_line_end_of_any_kind_ends_a_sentence(end: str) -> None:
    assert said(f"青石桥头{end}旧书铺") == ["青石桥头", "旧书铺"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("他说：“天黑了。”门板装上了。", ["他说：“天黑了。”", "门板装上了。"]),
        ("（灯亮着！）人呢？！", ["（灯亮着！）", "人呢？！"]),
        ("人呢?灯还亮着!", ["人呢?", "灯还亮着!"]),
        ("　　灯亮着。 　门开着。", ["灯亮着。", "门开着。"]),
        ("！！灯亮着。……\n。", ["灯亮着。"]),
        ("灯亮着", ["灯亮着"]),
        ("", []),
    ],
)
def test_where_a_sentence_begins_and_ends(text: str, sentences: list[str]) -> None:
    assert own_sentences(text, "") == [Sentence(text.index(words), words) for words in sentences]
