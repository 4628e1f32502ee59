"""Who should be looked at first: each doubt by itself, and that what is as most are raises none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from cleaner.document import Document, Edit
from cleaner.quality import Quality
from cleaner.report import Account, Failure, Row, facts
from cleaner.report.suspicion import FAILED, SUSPICIOUS_FROM, doubts, suspicion
from tests.samples import ARTICLE, NOTHING, cleaner_with

PLAIN: Final = Quality("hans", "zh", 900, han=0.98, end_marks=0.9, repetition=0.01, noise=0.1, spam=0.0, spun=0.0)


def account(
    outcome: str = "cleaned",
    *,
    text: int = 900,
    rules: dict[str, Any] | None = None,
    is_lossy: bool = False,
    hanzi: dict[str, int] | None = None,
    **of: Any,
) -> Account:
    """The account of a page of 1,500 characters; `of` are its figures of quality that are not as of most.

    `hanzi` are those of source and text, and removed; of them none were, where nothing else is said.
    """
    characters = {"source": 1500, "text": text, "removed": 1500 - text, "replaced": 0, "put_in": 0, "flagged": 0}
    told = {name: {**NOTHING, "edits": 1, **each} for name, each in (rules or {}).items()}
    hanzi = hanzi or {"source": text, "text": text, "removed": 0}
    return Account("a.txt", outcome, characters, PLAIN._replace(**of), told, is_lossy=is_lossy, hanzi=hanzi)


def removed(hanzi: int) -> dict[str, int]:
    """Of 1,000 hanzi so many."""
    return {"source": 1000, "text": 1000 - hanzi, "removed": hanzi}


def reasons(of: Account) -> list[str]:
    return [doubt.reason for doubt in doubts(of)]


LITTLE: Final = {"source": 700, "text": 12, "removed": 688}
SUSPECTS: Final[list[tuple[Account, list[str]]]] = [
        (account("empty", text=0), ["nothing is left"]),
        (account(text=12, hanzi=LITTLE, rules={"extract/menu": {"removed_hanzi": 688}}),
         ["12 characters left of 700 hanzi"]),
        (account(is_lossy=True), ["not lossless"]),
        (account(rules={"characters/undecodable": {"replaced": 3}}), ["3 bytes that are no text"]),
        (account(hanzi=removed(614)), ["61 % of the hanzi removed"]),
        (account(hanzi={"source": 30, "text": 30, "removed": 0}, noise=0.614), ["61 % removed"]),
        (account(rules={"extract/menu": {"unsure_sentences": 1}, "structure/plug": {"unsure_sentences": 2}}),
         ["3 sentences removed unsurely"]),
        (account(rules={"extract/menu": {"unsure_sentences": 1}}), ["1 sentence removed unsurely"]),
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
]  # fmt: skip


@pytest.mark.parametrize(("suspect", "said"), SUSPECTS, ids=[said[0] for _, said in SUSPECTS])
def test_what_is_unlike_most_is_told(suspect: Account, said: list[str]) -> None:
    assert reasons(suspect) == said
    assert suspicion(doubts(suspect)) > 0


@pytest.mark.parametrize(
    "innocent",
    [
        account(),
        account("unchanged", text=1500),
        account(noise=0.99),  # addresses, of which nobody misses one
        account(hanzi=removed(490)),
        account(hanzi=removed(900), rules={"extract/menu": {"removed_hanzi": 900}}),
        account(text=12, noise=0.99, hanzi={"source": 70, "text": 60, "removed": 10}),
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
    found = doubts(account(hanzi=removed(600), spam=0.7, script="mixed"))
    assert [doubt.reason for doubt in found] == [
        "70 % spam",
        "60 % of the hanzi removed",
        "simplified and traditional mixed",
    ]
    assert suspicion(found) == 150
    some, most = (suspicion(doubts(account(hanzi=removed(hanzi)))) for hanzi in (600, 800))
    assert some < SUSPICIOUS_FROM <= most


def test_three_sentences_that_were_removed_unsurely_are_suspicious_and_one_is_not() -> None:
    one, three = (account(rules={"extract/menu": {"unsure_sentences": times}}) for times in (1, 3))
    assert suspicion(doubts(one)) < SUSPICIOUS_FROM <= suspicion(doubts(three))


def test_a_page_of_addresses_is_no_page_of_which_most_was_removed() -> None:
    address = "![](https://mmbiz.example.com/" + "a1b2c3" * 200 + ")\n"
    page = Document.of(f"{address * 3}{ARTICLE}").revised([Edit(0, address * 3, "", "markdown/image", "")])
    told = facts(page)
    assert told["quality"]["noise"] > 0.5
    assert reasons(Account.of(told)) == []


def test_an_account_of_an_earlier_report_that_tells_no_hanzi_goes_by_letters() -> None:
    told = facts(cleaner_with().clean(f"{ARTICLE}分享：微信\n"))
    del told["hanzi"]
    told["rules"] = {name: {"edits": 1, "removed": 5, "replaced": 0, "flagged": 0} for name in told["rules"]}
    told["quality"]["noise"] = 0.7
    assert reasons(Account.of(told)) == ["70 % removed"]


def test_the_documentation_names_every_reason() -> None:
    page = (Path(__file__).parents[1] / "docs" / "reports.md").read_text("utf-8")
    told = {reason for suspect, _ in SUSPECTS for reason in reasons(suspect)}
    words = {re.sub(r"\d[\d,]*", "N", reason).replace("N sentence ", "N sentences ") for reason in told}
    assert {said for said in words if f"| {said} |" not in page} == set()


def test_what_failed_stands_above_what_was_cleaned() -> None:
    worst = account("empty", text=0, is_lossy=True, spam=1.0, noise=1.0, repetition=1.0, spun=1.0)
    assert Row.failed(Failure("a", "is missing"), has_page=True).suspicion == FAILED > Row.of(worst).suspicion


def test_an_article_with_share_buttons_is_above_suspicion() -> None:
    assert reasons(Account.of(facts(cleaner_with().clean(f"{ARTICLE}分享：微信\n")))) == []
