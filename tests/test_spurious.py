"""Readings behind ASCII letters: whose bytes made them, and when they go."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bench.shearing import shear
from cleaner.document import Document
from cleaner.repair import notes, spurious
from cleaner.units import View

READINGS: Mapping[str, str] = {"產": "chǎn", "業": "yè", "學": "xué", "這": "zhè", "說": "shuō", "讓": "ràng"}
NOTES = "產(chǎn)業(yè)與學(xué)者，這(zhè)裡的產(chǎn)業(yè)由學(xué)者說(shuō)明。"


def mended(text: str) -> str:
    return Document.of(text).revised(spurious.find(View(text))).text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("讓W(xué)iFi", "讓WiFi"),
        ("讓W（xué）iFi", "讓WiFi"),
        ("讓W(xué )iFi", "讓WiFi"),
        ("讓W(xué)(xué)iFi", "讓WiFi"),
        ("讓(ràng)W(xué)iFi", "讓(ràng)WiFi"),
    ],
    ids=["plain", "full width", "a blank", "twice", "a reading before the letter"],
)
def test_a_reading_of_what_bytes_make_goes(dirty: str, clean: str) -> None:
    assert mended(NOTES + dirty) == NOTES + clean


@pytest.mark.parametrize(
    "text",
    ["讓W(xuē)iFi", "讓w(xué)iFi", "我W(xué)iFi", "W(xué)iFi", "f(x)", "型A(ā)", "讓 W(xué)", "讓7(xué)",
     "aW(xué)", "產A(ā)"],
    ids=["another tone", "another letter", "another character", "the beginning", "a formula", "no such pair",
         "a blank", "a digit", "Latin", "no first byte"],
)  # fmt: skip
def test_other_brackets_behind_letters_are_left(text: str) -> None:
    assert mended(text + "。" + NOTES) == text + "。" + NOTES
    assert not [edit for edit in spurious.find(View(text + "。" + NOTES)) if edit.is_flag]


def test_a_full_width_letter_has_no_byte_to_make_a_character_of() -> None:
    text = f"{NOTES}b(xué) 讓\N{FULLWIDTH LATIN CAPITAL LETTER W}(xué)iFi"
    assert mended(text) == text


def test_without_a_list_on_the_page_it_is_flagged() -> None:
    (edit,) = spurious.find(View("讓W(xué)iFi進村"))
    assert edit.is_flag
    assert (edit.start, edit.old, edit.rule) == (2, "(xué)", "notes/spurious")
    assert "reading of 學" in edit.why


@pytest.mark.parametrize("run", ["他負?lián)铰讓W(xué)", "用?;诖讓W(xué)"], ids=["a reading", "an orphan"])
def test_the_end_of_a_torn_run_is_left(run: str) -> None:
    assert list(spurious.find(View(NOTES + run))) == []


def test_a_question_before_it_is_no_torn_run() -> None:
    assert mended(NOTES + "他問誰?讓W(xué)iFi進村。") == NOTES + "他問誰?讓WiFi進村。"


@pytest.mark.parametrize("fold_width", [False, True])
def test_what_a_byte_wise_replacement_does_is_undone(fold_width: bool) -> None:
    damage = shear("學者說這項產業，讓WiFi進村，這產業讓學者說，學生說。", READINGS, fold_width=fold_width)
    assert "W(xué)iFi" in damage.text
    view = View(damage.text)
    clean = Document.of(damage.text).revised([*notes.find(view), *spurious.find(view)]).text
    assert clean == shear(damage.original, {}, fold_width=fold_width).text
    again = View(clean)
    assert [*notes.find(again), *spurious.find(again)] == []
