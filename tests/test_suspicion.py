"""Who should be looked at first: each doubt by itself, and that what is as most are raises none."""

from __future__ import annotations

from typing import Any, Final

import pytest

from cleaner.quality import Quality
from cleaner.report import Account, Failure, Row, facts
from cleaner.report.suspicion import FAILED, SUSPICIOUS_FROM, doubts, suspicion
from tests.samples import ARTICLE, cleaner_with

PLAIN: Final = Quality("hans", "zh", 900, han=0.98, end_marks=0.9, repetition=0.01, noise=0.1, spam=0.0, spun=0.0)


def account(
    outcome: str = "cleaned", *, text: int = 900, rules: dict[str, Any] | None = None, is_lossy: bool = False, **of: Any
) -> Account:
    """The account of a page of 1,500 characters; `of` are its figures of quality that are not as of most."""
    characters = {"source": 1500, "text": text, "removed": 1500 - text, "replaced": 0, "flagged": 0}
    told = {
        name: {"edits": 1, "removed": 0, "replaced": 0, "flagged": 0, **each} for name, each in (rules or {}).items()
    }
    return Account("a.txt", outcome, characters, PLAIN._replace(**of), told, is_lossy=is_lossy)


def reasons(of: Account) -> list[str]:
    return [doubt.reason for doubt in doubts(of)]


@pytest.mark.parametrize(
    ("suspect", "said"),
    [
        (account("empty", text=0), ["nothing is left"]),
        (account(text=12), ["12 characters left of 1,500"]),
        (account(is_lossy=True), ["not lossless"]),
        (account(rules={"characters/undecodable": {"replaced": 3}}), ["3 bytes that are no text"]),
        (account(noise=0.614), ["61 % removed"]),
        (account(rules={"shear/guess": {"flagged": 60}}), ["60 flagged"]),
        (account(spam=0.11), ["11 % spam"]),
        (account(repetition=0.3), ["30 % said again"]),
        (account(spun=0.6), ["60 % likely spun"]),
        (account(rules={"extract/menu": {"removed": 1480}}), ["99 % of the page left out"]),
        (account(language="ja"), ["language ja"]),
        (account(script="mixed"), ["simplified and traditional mixed"]),
        (account(han=0.31), ["31 % hanzi"]),
        (account("dropped", text=0, noise=0.9, rules={"duplicates/own-sentence": {"flagged": 80}}),
         ["dropped, and 80 characters stand only here"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_what_is_unlike_most_is_told(suspect: Account, said: list[str]) -> None:
    assert reasons(suspect) == said
    assert suspicion(doubts(suspect)) > 0


@pytest.mark.parametrize(
    "innocent",
    [
        account(),
        account("unchanged", text=1500),
        account(noise=0.49),
        account(rules={"shear/guess": {"flagged": 40}}),
        account(rules={"duplicates/paragraph": {"flagged": 900}}),
        account(rules={"extract/menu": {"removed": 1400, "flagged": 900}}),
        account(repetition=0.19, spun=0.09, spam=0.01, han=0.51),
        account("dropped", text=0, noise=0.9, language="en", is_lossy=True),
        account("dropped", text=0, rules={"duplicates/own-sentence": {"flagged": 12}}),
        account(language="none", han=0.0),
    ],
)
def test_what_is_as_most_are_raises_no_doubt(innocent: Account) -> None:
    assert reasons(innocent) == []


def test_doubts_add_up_and_the_strongest_is_said_first() -> None:
    found = doubts(account(noise=0.6, spam=0.7, script="mixed"))
    assert [doubt.reason for doubt in found] == ["70 % spam", "60 % removed", "simplified and traditional mixed"]
    assert suspicion(found) == 150
    assert suspicion(doubts(account(noise=0.6))) < SUSPICIOUS_FROM <= suspicion(doubts(account(noise=0.8)))


def test_what_failed_stands_above_what_was_cleaned() -> None:
    worst = account("empty", text=0, is_lossy=True, spam=1.0, noise=1.0, repetition=1.0, spun=1.0)
    assert Row.failed(Failure("a", "is missing"), has_page=True).suspicion == FAILED > Row.of(worst).suspicion


def test_an_article_with_share_buttons_is_above_suspicion() -> None:
    assert reasons(Account.of(facts(cleaner_with().clean(f"{ARTICLE}分享：微信\n")))) == []
