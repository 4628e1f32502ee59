"""The matching key keeps every offset; conversion equals the library it is a fast path for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document
from cleaner.fold import Script, codes, convert, converted, fold, fold_codes, text_of
from tests.strategies import BLANKS, LINE_ENDS, MARKS, texts

ALL_CHARACTERS = text_of(np.arange(0x110000, dtype=np.uint32))
SCRIPTS: dict[Script, tuple[str, str]] = {"hans": ("t2s", "TS"), "hant": ("s2t", "ST")}
EITHER_SCRIPT = pytest.mark.parametrize("script", SCRIPTS)


# the key


def test_every_character_folds_to_one_that_folds_to_itself() -> None:
    folded = fold(ALL_CHARACTERS)
    assert len(folded) == len(ALL_CHARACTERS)
    assert fold(folded) == folded


@given(texts())
def test_the_fold_has_the_length_of_the_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(texts())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts(), texts())
def test_a_character_folds_the_same_wherever_it_stands(left: str, right: str) -> None:
    if not (left.endswith("\r") and right.startswith("\n")):
        assert fold(left + right) == fold(left) + fold(right)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("分享讓更多人看到", "分享让更多人看到"),
        ("﹔", ";"),
        ("ＡＰＰ", "app"),
        ("Ａ：１％", "a:1%"),
        ("ﾊﾟ", "ハ\N{COMBINING KATAKANA-HIRAGANA SEMI-VOICED SOUND MARK}"),
        ("⼈⽂", "人文"),
        ("①Ⅳ", "1ⅳ"),
        ("。、「」“”…㎏", "。、「」“”…㎏"),
        ("髮發", "发发"),
        ("İ", "İ"),
        ("", ""),
    ],
)
def test_fold_says(text: str, key: str) -> None:
    assert fold(text) == key


def test_every_blank_folds_to_a_space_and_every_line_end_to_a_newline() -> None:
    blanks = "".join(letter for letter in ALL_CHARACTERS if letter.isspace() and letter not in LINE_ENDS)
    assert set(BLANKS) < set(blanks)
    assert fold(blanks) == " " * len(blanks)
    assert [fold(end) for end in LINE_ENDS if end != "\r\n"] == ["\n"] * (len(LINE_ENDS) - 1)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("甲\r\n乙", "甲 \n乙"),
        ("甲\r乙", "甲\n乙"),
        ("甲\r", "甲\n"),
        ("\r", "\n"),
        ("\r\n", " \n"),
        ("\r\r\n", "\n \n"),
        ("\n\r", "\n\n"),
        ("\r\r", "\n\n"),
    ],
)
def test_a_return_before_a_newline_belongs_to_it_and_a_lone_one_ends_a_line(text: str, key: str) -> None:
    assert fold(text) == key


@given(texts())
def test_codes_are_the_code_points_of_a_text(text: str) -> None:
    assert codes(text).tolist() == [ord(letter) for letter in text]
    assert text_of(codes(text)) == text


@given(texts())
def test_fold_codes_folds_code_points_and_leaves_its_argument(text: str) -> None:
    points = codes(text)
    assert text_of(fold_codes(points)) == fold(text)
    assert text_of(points) == text


# conversion


@cache
def library(script: Script) -> opencc.OpenCC:
    return opencc.OpenCC(SCRIPTS[script][0])


@cache
def dictionary(script: Script, name: str) -> tuple[str, ...]:
    """What one of the library's dictionaries converts."""
    path = Path(opencc.__file__).parent / "dictionary" / f"{SCRIPTS[script][1]}{name}.txt"
    return tuple(line.split("\t")[0] for line in path.read_text("utf-8").splitlines())


@st.composite
def phrase_texts(draw: st.DrawFn, script: Script) -> str:
    """Phrases of the dictionary, whole and cut, side by side and overlapping, with separators here and there."""
    parts = []
    for _ in range(draw(st.integers(1, 8))):
        phrase = draw(st.sampled_from(dictionary(script, "Phrases")))
        start = draw(st.integers(0, len(phrase) - 1) | st.just(0))
        end = draw(st.integers(start + 1, len(phrase)) | st.just(len(phrase)))
        parts.append(phrase[start:end] + draw(st.sampled_from(["", "", "", "的", *MARKS, *BLANKS, "-", ".", "a"])))
    return "".join(parts)


@EITHER_SCRIPT
@given(data=st.data())
def test_conversion_equals_the_library_on_any_text(script: Script, data: st.DataObject) -> None:
    text = data.draw(texts())
    assert converted(text, script) == library(script).convert(text)


@EITHER_SCRIPT
def test_conversion_leaves_lone_surrogates(script: Script) -> None:
    assert converted("乾\udc80坤面条皇后", script) == library(script).convert("乾\udc80坤面条皇后")


@EITHER_SCRIPT
@given(data=st.data())
def test_conversion_equals_the_library_on_phrases_side_by_side(script: Script, data: st.DataObject) -> None:
    text = data.draw(phrase_texts(script))
    assert converted(text, script) == library(script).convert(text)


@EITHER_SCRIPT
@given(data=st.data())
def test_conversion_is_the_same_in_texts_of_any_length(script: Script, data: st.DataObject) -> None:
    text, more = data.draw(phrase_texts(script)), "，" * data.draw(st.sampled_from((70, 300)))
    assert converted(more + text, script) == more + converted(text, script)
    assert converted(text + more, script) == converted(text, script) + more


@EITHER_SCRIPT
@pytest.mark.parametrize("name", ["Phrases", "Characters"])
def test_conversion_equals_the_library_on_its_whole_dictionaries(script: Script, name: str) -> None:
    text = "\n".join(dictionary(script, name))
    assert converted(text, script).split("\n") == library(script).convert(text).split("\n")


@EITHER_SCRIPT
@given(data=st.data())
def test_conversion_by_edits_gives_the_converted_text(script: Script, data: st.DataObject) -> None:
    text = data.draw(texts() | phrase_texts(script))
    document = Document.of(text).revised(convert(text, script))
    assert document.text == converted(text, script)
    assert document.rebuilt() == text


@EITHER_SCRIPT
@given(data=st.data())
def test_an_edit_of_conversion_holds_only_what_differs(script: Script, data: st.DataObject) -> None:
    for edit in convert(data.draw(texts() | phrase_texts(script)), script):
        assert edit.rule == f"script/{script}"
        if len(edit.old) == len(edit.new):
            assert all(old != new for old, new in zip(edit.old, edit.new, strict=True))


@pytest.mark.parametrize(
    ("text", "script", "replaced"),
    [
        ("松树林里发展头发", "hant", ["树", "里", "发", "头发"]),
        ("龍鍾蹣乾曜", "hans", ["龍鍾", "蹣"]),
    ],
)
@pytest.mark.parametrize("before", ["", "，" * 300])
def test_edits_of_conversion_end_where_phrases_end_in_texts_of_any_length(
    text: str, script: Script, replaced: list[str], before: str
) -> None:
    assert [edit.old for edit in convert(before + text, script)] == replaced


@pytest.mark.parametrize(
    ("text", "script", "result"),
    [
        ("头发和发展", "hant", "頭髮和發展"),
        ("頭髮和發展", "hans", "头发和发展"),
        ("皇后在后面吃面条", "hant", "皇后在後面喫麪條"),
        ("干，杯", "hant", "幹，杯"),
    ],
)
def test_conversion_chooses_by_phrase_within_a_stretch(text: str, script: Script, result: str) -> None:
    assert converted(text, script) == result


def test_text_that_needs_no_conversion_gives_no_edit() -> None:
    assert list(convert("一二三 abc", "hans")) == []
