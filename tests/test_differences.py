"""What one text says and another doesn't: sentences told by their letters and digits alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from cleaner.dedup.differences import _SEARCHED, Sentence, own_sentences
from cleaner.fold import converted, fold
from tests.samples import ARTICLE, CLOSE, LEAD, MIDDLE, TITLE
from tests.strategies import LINE_ENDS, texts


def letters(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


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


def test_a_sentence_cut_by_other_full_stops_is_no_difference() -> None:
    assert said("雨停了。桥头挤满了人。", "雨停了，桥头挤满了人。") == []
    assert said("雨停了，桥头挤满了人。", "雨停了。桥头挤满了人。") == []


def test_of_two_very_long_texts_a_sentence_is_only_looked_for_as_it_stands() -> None:
    rest = "旧书铺又开了一天。" * (_SEARCHED // 8)
    one, other = f"雨停了。{rest}", f"雨停了，桥头挤满了人。{rest}"
    assert len(letters(rest)) == _SEARCHED
    assert said(one, other) == ["雨停了。"]
    assert said(one, other.replace("，", "。")) == []
    assert said(one, other[:-9]) == ["雨停了。"]
    assert said(one, other[:-18]) == said(one[:-9], other) == said(one[:90], other) == []


@given(texts(), texts())
def test_listed_is_exactly_what_has_letters_that_the_other_has_not_together(text: str, other: str) -> None:
    every, own = own_sentences(text, ""), own_sentences(text, other)
    assert own == [sentence for sentence in every if letters(sentence.text) not in letters(other)]


@given(texts())
def test_sentences_have_all_letters_of_a_text_in_their_order(text: str) -> None:
    every = own_sentences(text, "")
    assert "".join(letters(sentence.text) for sentence in every) == letters(text)
    assert all(text.startswith(sentence.text, sentence.start) for sentence in every)
    assert all(left.start + len(left.text) <= right.start for left, right in pairwise(every))
    assert own_sentences(text, text) == []


@given(texts())
def test_a_sentence_has_letters_no_outer_blanks_and_no_line_end(text: str) -> None:
    for sentence in own_sentences(text, ""):
        assert letters(sentence.text)
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
