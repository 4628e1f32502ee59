"""Sheared runs: decoded again where their bytes determine the answer, left to be flagged elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bench.shearing import shear
from cleaner.document import Document
from cleaner.repair import notes
from cleaner.repair.shear import find
from cleaner.units import View

NOTES = "產(chǎn)業(yè)與學(xué)者，這(zhè)裡的產(chǎn)業(yè)由學(xué)者說(shuō)明。"
READINGS: Mapping[str, str] = {
    "產": "chǎn", "業": "yè", "學": "xué", "這": "zhè", "說": "shuō",
    "謹": "jǐn", "負": "fù", "範": "fàn", "優": "yōu", "側": "cè",
}  # fmt: skip


def mended(text: str) -> str:
    return Document.of(text).revised(find(View(text))).text


def without_notes(text: str) -> str:
    view = View(text)
    return Document.of(text).revised([*notes.find(view), *find(view)]).text


@pytest.mark.parametrize(
    ("sheared", "real"),
    [
        ("門窗嚴重?fù)p壞。", "門窗嚴重損壞。"),
        ("這項發展?fàn)顩r良好。", "這項發展狀況良好。"),
        ("統計局?jǐn)?shù)據顯示。", "統計局數據顯示。"),
        ("數字?jǐn)⑹隆⑵放拼蛟炫c國際。", "數字敘事、品牌打造與國際。"),
    ],
)
def test_a_run_whose_bytes_determine_the_answer_is_put_right(sheared: str, real: str) -> None:
    assert mended(NOTES + sheared) == NOTES + real


@pytest.mark.parametrize(
    "text",
    [
        "占總?cè)丝诘谋戎貫?7.9%",  # a digit was swallowed
        "能夠勇?lián)铰废刃惺姑诳萍紕?chuàng)新",  # three pairs vanished
    ],
)
def test_a_run_that_lost_something_is_left(text: str) -> None:
    assert mended(NOTES + text) == NOTES + text


@pytest.mark.parametrize(
    "text", ["他問誰來?我說我來。", "真的??你好。", "什麼?!他說。", "見 a?b)c 的例子。", "統計局?jǐn)?shù)據顯示。"]
)
def test_a_page_without_notes_is_left(text: str) -> None:
    assert mended(text) == text


@pytest.mark.parametrize("text", ["他問誰來?我說我來。", "真的??你好。", "什麼?!他說。", "「要去嗎?」她問。"])
def test_questions_on_a_page_with_notes_are_left(text: str) -> None:
    assert mended(NOTES + text) == NOTES + text


@pytest.mark.parametrize("fold_width", [False, True])
def test_a_page_that_was_sheared_on_purpose_comes_out_right(fold_width: bool) -> None:
    text = (
        "這裡的產業由學者說明，門窗損壞了也有人修。統計局的數據說，產業發展狀況良好。\n"
        "學者說，這項產業與河邊的船家有關，船家說他們的產業傳了三代。\n"
    )
    damage = shear(text, READINGS, fold_width=fold_width)
    assert damage.runs
    expected = shear(damage.original, {}, fold_width=fold_width).text
    assert without_notes(damage.text) == expected


def test_every_character_outside_runs_and_notes_stays() -> None:
    text = "學者說這項產業發展狀況良好，統計局的數據也這樣說。" * 3
    damage = shear(text, READINGS, fold_width=False)
    document = Document.of(damage.text).revised(find(View(damage.text)))
    outside = {place for place, index in enumerate(damage.places) if index >= 0}
    assert outside.isdisjoint(place for edit in document.edits for place in range(edit.start, edit.end))
