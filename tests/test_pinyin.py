"""Readings: how they may be written, and whose they are."""

from __future__ import annotations

import re

import pytest

from cleaner.repair.pinyin import READING, first, is_exact, is_first, is_reading, read_as, readings, spells, tone_of


@pytest.mark.parametrize(
    ("reading", "character", "is_one"),
    [
        ("huì", "会", True),
        ("kuai", "会", True),
        ("ɡuó", "国", True),
        ("fɑnɡ", "方", True),
        ("cha\N{COMBINING CARON}n", "产", True),
        ("chăn", "产", True),
        ("chan3", "产", True),
        ("lǜ", "绿", True),
        ("lv4", "绿", True),
        ("lu:", "绿", True),
        ("xü", "需", True),
        ("fā", "髮", True),
        ("ㄔㄢˇ", "產", True),
        ("ㄉㄜ˙", "的", True),
        ("˙ㄉㄜ", "的", True),
        ("ㄔㄢ", "產", False),
        ("wang", "会", False),
        ("chanr", "产", False),
        ("", "产", False),
        ("a", "x", False),
        ("a", "あ", False),
    ],
)
def test_a_reading_is_one_of_its_character_whatever_the_tone(reading: str, character: str, is_one: bool) -> None:
    assert is_reading(reading, character) is is_one


@pytest.mark.parametrize(
    ("reading", "character", "found"),
    [
        ("hang", "行", "háng"),
        ("háng", "行", "háng"),
        ("háng", "產", None),
        ("hàng", "行", "hàng"),
        ("chán", "產", "chǎn"),
    ],
)
def test_a_reading_is_read_as_the_dictionary_has_it(reading: str, character: str, found: str | None) -> None:
    assert read_as(reading, character) == found


@pytest.mark.parametrize(
    ("reading", "character", "exact"),
    [("de", "的", True), ("chǎn", "产", True), ("chan", "产", False), ("chán", "产", False), ("ㄔㄢˇ", "产", True)],
)
def test_a_reading_is_exact_with_its_very_tone(reading: str, character: str, exact: bool) -> None:
    assert is_exact(reading, character) is exact


def test_the_first_reading_needs_no_gloss() -> None:
    assert first("會") == "huì"
    assert is_first("huì", "會")
    assert not is_first("kuài", "會")
    assert not is_first("qiú", "仇")


def test_what_the_dictionary_does_not_have_has_no_readings() -> None:
    assert readings("x") == frozenset()
    assert first("x") == ""


@pytest.mark.parametrize(
    ("letters", "characters", "is_spelled"),
    [
        ("zhongwen", "中文", True),
        ("xian", "西安", True),
        ("xian", "先", True),
        ("zhongwen", "中", False),
        ("", "中", False),
    ],
)
def test_letters_spell_a_word(letters: str, characters: str, is_spelled: bool) -> None:
    assert spells(letters, characters) is is_spelled


@pytest.mark.parametrize(
    ("reading", "tone"),
    [("mā", "1"), ("má", "2"), ("mǎ", "3"), ("mă", "3"), ("mà", "4"), ("ma3", "3"), ("ma", ""), ("ma5", "")],
)
def test_a_tone_is_a_mark_or_a_digit(reading: str, tone: str) -> None:
    assert tone_of(reading) == tone


def test_a_reading_in_full_is_one_syllable() -> None:
    for reading in ("chuàng", "lǘ", "ê̄", "m̀", "u:e"):
        assert re.fullmatch(READING, reading)
    assert not re.fullmatch(READING, "zhōngwén")
