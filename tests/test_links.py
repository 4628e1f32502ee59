"""Lists of links, addresses that say nothing, parameters that count visits."""

from __future__ import annotations

import pytest

from cleaner.document import Document
from cleaner.repair import links
from cleaner.units import View

SIGNED = "http://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=22474800{}&idx=1&sn=0123456789abcdef&chksm=fe#rd"
OTHER = SIGNED.replace("MzA0", "MzB9")
PROSE = "渡口的老船夫说，雨季的河是另外一条河，水涨起来以后，石阶只剩下最上面两级，他就把船系在榕树的根上。\n"


def items(count: int, address: str = SIGNED) -> str:
    return "".join(f"[第{number}个故事]({address.format(number)})\n" for number in range(count))


def without_lists(text: str) -> str:
    return Document.of(text).revised(links.find_lists(View(text))).text


def with_words(text: str) -> str:
    return Document.of(text).revised(links.find_addresses(View(text))).text


def shortened(text: str) -> str:
    return Document.of(text).revised(links.find_parameters(View(text))).text


@pytest.mark.parametrize(
    "tail",
    [
        f"往期推荐\n{items(2)}",
        f"**精彩回顾**\n\n- {items(2)}",
        f"#  往期 · 推荐\n{items(2, OTHER)}",
        f"推荐阅读：\n{items(2)}",
        f"————\n{items(3)}".replace("————\n", ""),
        items(4),
    ],
)
def test_lists_of_other_articles_go(tail: str) -> None:
    assert without_lists(PROSE * 6 + tail) == PROSE * 6


def test_a_list_with_a_header_goes_between_paragraphs_too() -> None:
    assert without_lists(f"{PROSE * 4}往期回顾\n{items(2)}{PROSE * 2}") == PROSE * 6


@pytest.mark.parametrize(
    "page",
    [
        f"{PROSE * 6}参考文章：\n{items(4)}",
        f"{PROSE * 3}{items(4)}{PROSE * 3}",
        f"{PROSE * 6}往期推荐\n{items(1)}",
        f"{PROSE * 6}{items(2)}",
        f"{PROSE * 6}{items(2)}{items(2, OTHER)}",
        f"{PROSE}往期推荐\n{items(9)}",
        f"{PROSE * 6}往期推荐\n[一](https://example.org/1)\n[二](https://example.org/2)\n",
    ],
    ids=["led up to", "between", "single", "two", "two accounts", "made of links", "elsewhere"],
)
def test_other_links_stay(page: str) -> None:
    assert without_lists(page) == page


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"他在[《老桥》]({SIGNED})里写过。", "他在《老桥》里写过。"),
        (f"[【渡口】[图]老桥]({SIGNED})", "【渡口】[图]老桥"),
        ("见[第二节](#section-2)。", "见第二节。"),
        ('见[北京](/wiki/%E5%8C%97%E4%BA%AC "北京")。', "见北京。"),
        ("[https://example.org/a](https://example.org/a)", "https://example.org/a"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("![老桥的第三个桥墩](https://example.org/a.jpg)", "老桥的第三个桥墩"),
    ],
)
def test_an_address_without_use_goes_and_the_words_stay(text: str, clean: str) -> None:
    assert with_words(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "见[水位记录](https://example.org/water)。",
        "依[第六條](../農業/獸醫師法.md#第六條)辦理。",
        "数组[i](#a)",
        "handlers[name](/a)",
        "![a](https://example.org/a.jpg)",
        "`[第二节](#section-2)`",
        "Markdown 的链接写作[文字](/path)。",
        "短链接[老桥](https://mp.weixin.qq.com/s/abcDEF)留着。",
    ],
)
def test_an_address_of_use_stays(text: str) -> None:
    assert with_words(text) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a"),
        ("（https://example.org/a?id=7&spm=a.b.c#top）", "（https://example.org/a?id=7#top）"),
        ("https://example.org/a?id=7&from=timeline&isappinstalled=0。", "https://example.org/a?id=7。"),
        (SIGNED.format(1), SIGNED.format(1).partition("&chksm")[0]),
        ("**https://example.org/a?utm_source=x**", "**https://example.org/a**"),
    ],
)
def test_parameters_that_count_go(text: str, clean: str) -> None:
    assert shortened(text) == clean
    assert shortened(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a?id=7&page=2",
        "https://example.org/a?from=1990&to=2020&source=stake",
        "在地址后面加上 utm 参数：https://example.org/?utm_source=x",
        "```\ncurl https://example.org/?spm=1\n```",
        "https://example.org/a#rd",
    ],
)
def test_parameters_that_name_the_page_stay(text: str) -> None:
    assert shortened(text) == text
