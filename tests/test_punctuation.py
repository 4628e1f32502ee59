"""Which ASCII marks become full width when asked, and which are no marks of Chinese text."""

from __future__ import annotations

import pytest
from hypothesis import given

from cleaner.document import Document
from cleaner.punctuation import widen
from tests.strategies import texts


def widened(text: str) -> str:
    return Document.of(text).revised(widen(text)).text


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("你好,世界.", "你好，世界。"),
        ("谁?我!他:她;完", "谁？我！他：她；完"),
        ("真的吗?!好", "真的吗？！好"),
        ("他说:“好!”", "他说：“好！”"),
        ("门口,\n桥头. 河边", "门口，\n桥头。 河边"),
        ("地球(世界).", "地球（世界）。"),
        ("褚平(1950-2020)著", "褚平（1950-2020）著"),
        ("see (世界) now", "see （世界） now"),
        ("你好,(见下),世界", "你好，（见下），世界"),
        (f"山({'水' * 80})", f"山（{'水' * 80}）"),
    ],
)
def test_marks_of_chinese_text_become_full_width(text: str, wide: str) -> None:
    assert widened(text) == wide


@pytest.mark.parametrize(
    "text",
    [
        "12:30开门",
        "第3.5节",
        "见example.org页",
        "A,B两岸",
        "他说,ok",
        "等等...好",
        "好。..",
        "你好,,,,世界",
        "f(x)和g(y)",
        "Hello, world. (ok)",
        "你好，世界。",
        "山(水\n人)家",
        f"山({'水' * 81})",
    ],
)
def test_marks_of_other_text_stay(text: str) -> None:
    assert widened(text) == text


@pytest.mark.parametrize("text", ["Hello (world), dear (all). Bye", "f(x), g(y)"])
def test_marks_behind_brackets_of_other_text_stay(text: str) -> None:
    assert widened(text) == text


@given(texts())
def test_widening_keeps_the_length_and_touches_only_its_marks(text: str) -> None:
    for old, new in zip(text, widened(text), strict=True):
        assert old == new or new == dict(zip(",.:;!?()", "，。：；！？（）", strict=True))[old]


def test_widened_text_is_settled() -> None:
    assert widened(widened("中,(a)")) == widened("中,(a)")


def test_an_edit_says_that_it_was_asked_for() -> None:
    (edit,) = widen("你好,世界")
    assert (edit.start, edit.old, edit.new, edit.rule) == (2, ",", "，", "punctuation/fullwidth")
    assert "as asked" in edit.why
