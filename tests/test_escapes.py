r"""Escapes left in Chinese text: what is decoded, and what is code, a link, a path or a formula."""

from __future__ import annotations

import pytest
from hypothesis import given

from bench import residue
from cleaner.document import Document
from cleaner.pipeline import Cleaner
from cleaner.repair import escapes
from cleaner.units import View
from tests.samples import ARTICLE
from tests.strategies import texts


def repaired(text: str) -> str:
    return Document.of(text).revised(escapes.find(View(text))).text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (r"河对岸是\u5927庆路", "河对岸是大庆路"),
        (r"河对岸是\\u5927\\u5e86路", "河对岸是大庆路"),
        (r"他笑了\ud83d\ude00，走\u4e86。", "他笑了\N{GRINNING FACE}，走了。"),
        (r"\u201c\u5927\u5bb6\u597d\u201d\uff0c他说", "“大家好”，他说"),
        (r"\u003cp\u003e\u5927\u5bb6\u597d", "<p>大家好"),
        ("河对岸是%u5927%u5e86路", "河对岸是大庆路"),
        ("去了%E5%A4%A7%E5%AD%A6读书", "去了大学读书"),
        ("<b>%E5%A4%A7%E5%AD%A6</b>", "<b>大学</b>"),
        ("去了%e5%a4%a7%e5%ad%a6 读书", "去了大学 读书"),
        (r"天黑了。\n\n他说：\"走吧。\"\r\n路灯亮了。\t风停了。", '天黑了。\n\n他说："走吧。"\n路灯亮了。 风停了。'),
        (r"三月\/四月，他说\\\"好\\\"。", '三月/四月，他说"好"。'),
    ],
    ids=[
        "one", "escaped twice", "a pair of surrogates", "marks", "a tag", "percent u", "percent", "between tags",
        "small letters", "line ends and quotes", "slashes",
    ],
)  # fmt: skip
def test_escapes_in_chinese_text_are_decoded(text: str, mended: str) -> None:
    assert repaired(text) == mended
    assert repaired(mended) == mended


@pytest.mark.parametrize(
    "text",
    [
        r"见 C:\u5927\u5b66\readme",
        r"一串汉字写作 [\u4e00-\u9fff]+",
        "见 https://example.org/wiki/%E5%A4%A7%E5%AD%A6 一页",
        "见https://example.org/中国%E5%A4%A7%E5%AD%A6",
        "[大学](%E5%A4%A7%E5%AD%A6)",
        "name=%E5%A4%A7%E5%AD%A6&id=3",
        "title=%u4E3B%u52A8",
        "%E5%A4%A7%E5%AD%A6.pdf",
        r"汉字“大”的 Unicode 编码是 \u5927。",
        r"在 javascript 里写 \u5927。",
        r"结果是 $\neq$，记作 \nabla、\theta 与 \rho，又 \times 与 \right。",
        r"他只写了一个\n，再无别的。",
        r"山\u0007水\u0000",
        r"\ud83d山",
        "%B4%F3%D1%A7读书",
        "上涨5%，下跌3%%",
        r"\u5927\u005cu5927",
        r"山水 \\ 人家 \_ \* \# 完",
    ],
    ids=[
        "a path", "a class", "a link", "a link in Chinese", "a link target", "a query", "a cookie", "a file name",
        "about codes", "about script", "formulas", "one line end", "controls", "half a pair", "GBK", "per cent",
        "a backslash among them", "backslashes of markdown",
    ],
)  # fmt: skip
def test_what_is_no_escape_of_the_text_is_left_alone(text: str) -> None:
    assert list(escapes.find(View(text))) == []


def test_what_an_escape_makes_is_cleaned_in_the_same_pass(cleaner: Cleaner) -> None:
    text = r"\u003cp\u003e河\u5cb8边\u0026nbsp;有人钓鱼\u200b，有人看书。\u003c/p\u003e" + "\n"
    once = cleaner.clean(text).text
    assert once == "河岸边 有人钓鱼，有人看书。\n"
    assert cleaner.clean(once).text == once


def test_an_edit_says_what_the_escape_stands_for() -> None:
    (edit,) = escapes.find(View(r"河对岸是\u5927\u5e86路"))
    assert (edit.start, edit.rule) == (4, "escapes/unicode")
    assert edit.why.endswith("which stands for '大庆'")


@pytest.mark.parametrize("kind", [kind for kind in residue.KINDS if kind.startswith("escapes as")])
def test_drawn_escapes_are_never_decoded_wrongly(kind: str) -> None:
    figures = residue.figures(kind, [ARTICLE] * 20)
    assert figures["harm"] == 0
    assert figures["right"] >= 0.8 * (figures["left"] + figures["right"] + figures["wrong"])


@given(texts())
def test_any_text_can_be_repaired_and_rebuilt(text: str) -> None:
    assert Document.of(text).revised(escapes.find(View(text))).rebuilt() == text


@pytest.mark.parametrize("own", [r"记在 E:\日志\r2024\t1.log 里", r"汉字写作[\u4e00-\u9fa5]+"], ids=["path", "range"])
def test_paths_and_ranges_stay_beside_escapes(own: str) -> None:
    page = r"\u5927\u5b66在河边。\n\n他说：\"走吧。\"" + f"\n{own}\n"
    assert own in repaired(page)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("今天很好。&nbsp;%u5927家", "今天很好。 大家"),
        (r"今天很好。\u5927\u5bb6\u0026nbsp;\u90fd\u6765\u3002", "今天很好。大家 都来。"),
    ],
)
def test_escapes_and_entities_may_hold_or_touch_each_other(dirty: str, clean: str, cleaner: Cleaner) -> None:
    assert cleaner.clean(dirty).text == clean
    assert cleaner.clean(clean).text == clean
