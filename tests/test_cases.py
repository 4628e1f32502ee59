"""Whole pages: what must stay to the last byte, what must go, and what is known to fail."""

from __future__ import annotations

from typing import Any

import pytest

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
