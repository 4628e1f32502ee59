"""Whole pages: what must stay to the last byte, what must go, and what is known to fail."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from bench.tagging import FURNITURE, unfolded
from cleaner.document import Document
from cleaner.pipeline import Cleaner
from tests.conftest import cases


def without_blanks(text: str) -> str:
    return "".join(text.split())


def changes(document: Document) -> str:
    """The changes made, for a failing test to show."""
    return "\n".join(
        f"{edit.rule}: {edit.old!r} → {edit.new!r}, {edit.why}" for edit in document.edits if not edit.is_flag
    )


@pytest.mark.parametrize("case", cases("innocent-*.toml"))
def test_innocent_text_stays_to_the_last_byte(case: dict[str, Any], cleaner: Cleaner) -> None:
    document = cleaner.clean(case["text"])
    assert document.text == case["text"], changes(document)


INDISTINCT = {"打印", "■ 关闭"}  # a list's last item that reads like the first line of the furniture below it


@pytest.mark.parametrize("furniture", FURNITURE)
@pytest.mark.parametrize("case", cases("innocent-*.toml"))
def test_furniture_around_innocent_text_takes_none_of_its_lines(
    case: dict[str, Any], furniture: str, cleaner: Cleaner
) -> None:
    page = FURNITURE[furniture].format(case["text"])
    document = cleaner.clean(page)
    left = Counter(line.strip() for line in document.text.split("\n"))
    lost = Counter(line.strip() for line in case["text"].split("\n")) - left
    assert not {line for line in lost if line} - INDISTINCT, changes(document)


def test_an_unfold_button_before_the_last_lines_takes_none_of_them(cleaner: Cleaner) -> None:
    for case in (parameter.values[0] for parameter in cases("innocent-*.toml")):
        lines = case["text"].rstrip("\n").split("\n")
        page, _ = unfolded(case["text"])
        left = {line.strip() for line in cleaner.clean(page).text.split("\n")}
        assert {line.strip() for line in lines} - left <= INDISTINCT | {""}, case["name"]


@pytest.mark.parametrize("case", cases("dirty-*.toml"))
def test_dirt_goes_and_nothing_else(case: dict[str, Any], cleaner: Cleaner) -> None:
    document = cleaner.clean(case["text"])
    assert without_blanks(document.text) == without_blanks(case["clean"]), changes(document)
    assert document.rebuilt() == case["text"]


@pytest.mark.parametrize("case", cases("dirty-*.toml"))
def test_clean_text_is_settled(case: dict[str, Any], cleaner: Cleaner) -> None:
    document = cleaner.clean(case["text"])
    again = cleaner.clean(document.text)
    assert again.text == document.text, changes(again)


@pytest.mark.xfail(
    strict=True, reason="known failure: mend the finder, then move the case to the dirty or innocent ones"
)
@pytest.mark.parametrize("case", cases("known-failures.toml"))
def test_known_failures_still_fail(case: dict[str, Any], cleaner: Cleaner) -> None:
    assert without_blanks(cleaner.clean(case["text"]).text) == without_blanks(case["clean"])


def test_there_are_enough_cases() -> None:
    assert len(cases("dirty-*.toml")) >= 30
    assert len(cases("innocent-*.toml")) >= 60
