"""Anti-copy jammers: pages of them are cleaned, single runs only pointed at, and what looks alike stays."""

from __future__ import annotations

import random

import pytest
from hypothesis import given

from bench import residue
from cleaner.document import Document
from cleaner.repair import jammers
from cleaner.units import View
from tests.samples import ARTICLE, CLOSE, LEAD, MIDDLE
from tests.strategies import texts

PAIRS = ('% g$ V0 N% \\" f; J) k', "1 d7 S# }* B' x5 \\9 ~$ q", "* Q/ w3 [& C! m, Z( t")
TOKENS = ("#aQ 7! x@ ~K 0; p%Z u'", 'b? $W 9r} & Lc@ "4 T`', "Y!2 ;e G# o~3 *h 'X 8^", "!k D@ 5'm ~ z? R0 %#")


def repaired(text: str) -> str:
    return Document.of(text).revised(jammers.find(View(text))).text


def flagged(text: str) -> list[str]:
    edits = list(jammers.find(View(text)))
    assert all(edit.is_flag and edit.rule == "jammers/lone" for edit in edits)
    return [edit.old for edit in edits]


def page(*runs: str) -> str:
    """An article with one run behind each of its paragraphs."""
    return "\n".join(f"{paragraph}{run}" for paragraph, run in zip((LEAD, MIDDLE, CLOSE, ARTICLE), runs, strict=False))


def clean_page(count: int) -> str:
    return page(*[""] * count)


@pytest.mark.parametrize("runs", [PAIRS, PAIRS[:2], TOKENS, TOKENS[:3]], ids=["pairs", "two", "tokens", "three"])
def test_several_jammers_go(runs: tuple[str, ...]) -> None:
    text = page(*runs)
    assert repaired(text) == clean_page(len(runs))
    assert repaired(repaired(text)) == repaired(text)


@pytest.mark.parametrize("run", PAIRS)
def test_a_lone_jammer_is_flagged(run: str) -> None:
    assert flagged(page(run)) == [run]


def test_two_runs_of_tokens_are_flagged() -> None:
    assert flagged(page(*TOKENS[:2])) == list(TOKENS[:2])


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("{0}\n甲。", "\n甲。"),
        ("甲。 {0}\n乙。", "甲。\n乙。"),
        ("甲{0}乙。", "甲乙。"),
        ("甲 {0} 乙。", "甲乙。"),
        ("用 Windows {0} XP 的人。", "用 Windows XP 的人。"),
        ("    {0}\n甲。", "    \n甲。"),
        ("甲。\r\n{0}\r\n乙。", "甲。\r\n\r\n乙。"),
    ],
    ids=["a line", "behind", "between", "with blanks", "between words", "an indent", "carriage returns"],
)
def test_blanks_beside_a_jammer_go_where_nothing_needs_them(text: str, mended: str) -> None:
    first, second, _ = PAIRS
    assert repaired(f"{text.format(first)}\n{LEAD}{second}") == f"{mended}\n{LEAD}"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("共25 d7 S# @* B' x5 \\9 ~$ q", "共25"),
        ("{0}3 Apples 三个苹果", "3 Apples 三个苹果"),
        ("{0} X 光片", "X 光片"),
        ("方案 B{0}", "方案 B"),
        ("数组]! ~. Q; q# B& ^3 o! C", "数组]"),
    ],
    ids=["a digit before", "a digit and a word behind", "a letter behind", "a letter before", "a bracket before"],
)
def test_characters_of_the_text_beside_a_jammer_stay(text: str, kept: str) -> None:
    first, second, third = PAIRS
    assert repaired(f"{text.format(first)}\n{LEAD}{second}\n{MIDDLE}{third}").split("\n")[0] == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [("甲3a #Q 7! x@ ~K 0; pZ u'", "甲3a"), ("甲#aQ 7! x@ ~K 0; p%Z u5月", "甲 u5月")],
    ids=["before", "behind"],
)
def test_a_token_that_may_hold_a_digit_of_the_text_stays(text: str, kept: str) -> None:
    assert repaired(f"{text}\n{page(*TOKENS)}").split("\n")[0].replace(" ", "") == kept.replace(" ", "")


@pytest.mark.parametrize(
    "line",
    [
        "和弦走向：C7 D7 G7 A7 B7 E7 A7 D7 G7 C",
        "等级依次为 A+ A- B+ B- C+ C- D+ D- F",
        "变量 x, y, z, w; 以及 a, b, c, d, e, f; 都是整数。",
        "e2 - e4 e7 - e5 N f3 N c6 B b5 a6 B x c6 d x c6 O - O",
        "表情有 ^_^ T_T >_< @_@ :-) ;-) :P :D XD orz o_o -_- =_= 8-)",
        "展开得 a + b - c * d / e = f ^ 2 + g ( h - i ) + j",
        "排列 a b c d e f g h i j k l m n 共十四个字母。",
        "$ x _ 1 ^ 2 + y _ 1 ^ 2 = r ^ 2 , \\ { x \\ }",
        "型号 A1 B2 C3 D4 E5 F6 与 A-1 B-2 C-3 D-4 E-5 F-6 通用。",
        "指法 1 3 5 1' 3' 5' 1\" 3\" 5\" 反复练习。",
        "K+ I- F- H+ e- O2- Na+ Cl- Ca2+ SO4 离子共存。",
        "5 # 3 $ 2 % 7 & 1 * 4 @ 6 ! 8 ? 9 ~",
        "密码提示：q W 3 # e R 5 % t",
    ],
)
def test_what_only_looks_alike_is_left_alone(line: str) -> None:
    text = "\n".join([LEAD, line, MIDDLE, line, CLOSE, line, line, ""])
    assert repaired(text) == text


@pytest.mark.parametrize(
    "run",
    ["C7 D7 G7 A7 B7 E7 A", "x, y. z; w: v! u", "A+ B- C+ D- E+ F", "p # i , m ' a ! s ?", "12 34 56 78 9a !b ;c #d"],
    ids=["chords", "a list", "grades", "no capitals, no digits", "few letters"],
)
def test_a_run_of_few_sorts_is_not_even_flagged(run: str) -> None:
    assert flagged(page(run) + "\n井号#、元$、和&、在@、一 二 三 四 五 六") == []


def test_tokens_on_a_page_about_code_are_left_alone() -> None:
    assert list(jammers.find(View("这一课讲 javascript。\n" + page(*TOKENS)))) == []


@pytest.mark.parametrize("kind", ["jammer pairs, 5 a page", "jammer pairs, 10 a page"])
def test_nearly_all_drawn_pairs_go_and_nothing_else(kind: str) -> None:
    figures = residue.figures(kind, [ARTICLE] * 40)
    assert figures["right"] > 0.95 * (figures["right"] + figures["left"])
    assert figures["wrong"] <= 0.02 * figures["right"]
    assert figures["harm"] == 0


def test_drawn_tokens_take_nothing_of_the_text() -> None:
    assert residue.figures("jammer tokens, 10 a page", [ARTICLE] * 20)["harm"] == 0


@pytest.mark.parametrize("kind", ["jammer pairs, 10 a page", "jammer tokens, 10 a page"])
def test_a_page_without_jammers_is_settled(kind: str) -> None:
    damage, _ = residue.KINDS[kind]
    chance = random.Random(2)
    for _ in range(20):
        once = repaired(damage(ARTICLE, chance).text)
        assert [edit for edit in jammers.find(View(once)) if not edit.is_flag] == []


@given(texts())
def test_any_text_can_be_repaired_and_rebuilt(text: str) -> None:
    assert Document.of(text).revised(jammers.find(View(text))).rebuilt() == text
