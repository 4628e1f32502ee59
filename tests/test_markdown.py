"""Marks of Markdown around nothing, escaped marks, dividers at the ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document
from cleaner.repair import markdown
from cleaner.units import View

BOLD = "**渡口**的船，**榕树**的根。\n"


def cleaned(text: str) -> str:
    return Document.of(text).revised(markdown.find(View(text))).text


def filled(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("**导****读**", "**导读**"),
        ("**0****1**", "**01**"),
        ("**1.****老桥**", "**1.老桥**"),
        ("**支持「****渡口」**", "**支持「渡口」**"),
        ("**0x05****POC**", "**0x05POC**"),
        ("**他走了！******", "**他走了！**"),
        ("水涨起来了。****", "水涨起来了。"),
        ("******水位**与**雨量**", "******水位**与**雨量**"),
    ],
)
def test_empty_bold_in_a_line(line: str, clean: str) -> None:
    assert cleaned(f"{BOLD}{line}\n") == f"{BOLD}{clean}\n"


def test_several_joins_vouch_for_each_other() -> None:
    page = "**河边****垂钓**\n**山里****来信**\n"
    assert cleaned(page) == "**河边垂钓**\n**山里来信**\n"
    assert cleaned("**垂****竿**\n") == "**垂****竿**\n"  # might hide a name


@pytest.mark.parametrize(
    "line",
    [
        "**尾号138****1234**",
        "**王****说，别来了**",
        "**账号old****river**",
        "**邮箱lao****@example.org**",
        "密码是****，别告诉人",
        "**密码：******",
        "他说：****",
        "***又粗又斜***",
        "| **a** | **** |",
        "`**a****b**`",
        "**没有****结束",
    ],
)
def test_masks_and_other_stars_stay(line: str) -> None:
    assert cleaned(f"{BOLD}{line}\n") == f"{BOLD}{line}\n"


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ("****", ""),
        ("##", ""),
        ("# ", ""),
        (">", ""),
        ("> 一\n>", "> 一"),
        ("- 一\n-\n- 二", "- 一\n- 二"),
        ("-\n-\n- 二", "- 二"),
    ],
)
def test_lines_without_a_text_go(lines: str, left: str) -> None:
    page = f"# 标题\n\n{BOLD}\n{{}}\n水涨起来以后，石阶只剩下最上面两级。\n"
    assert filled(cleaned(page.format(lines))) == filled(page.format(left))


@pytest.mark.parametrize(
    "lines", ["***", "* * *", "-", "*", "*****", "•", "> 一\n>\n> 二", "心\n>\n我", "1.", "```\n##\n```", "    ##"]
)
def test_lines_that_part_or_mean_something_stay(lines: str) -> None:
    page = f"# 标题\n\n{BOLD}\n水涨起来了。\n{lines}\n石阶只剩下两级。\n"
    assert cleaned(page) == page


def test_bare_marks_stay_where_nobody_writes_markdown() -> None:
    page = "第一场\n****\n第二场\n##\n>\n第三场\n"
    assert cleaned(page) == page


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (r"\*\*每一块都有来历\*\*，他说。", "**每一块都有来历**，他说。"),
        (r"账号是 old\_river 。", "账号是 old_river 。"),
        (r"水位 3\~5 米", "水位 3~5 米"),
        (r"见第二页\[12\]。", "见第二页[12]。"),
        (r"\[图\]老桥", "[图]老桥"),
        ("1\\. 圆的\n2\\. 扁的\n", "1. 圆的\n2. 扁的\n"),
        ("\\# 不是标题\n\\- 不是列表\n", "# 不是标题\n- 不是列表\n"),
        ("水涨了，\\\n船走了。\\\n", "水涨了，\n船走了。\n"),
    ],
)
def test_escaped_marks_lose_their_backslash(text: str, clean: str) -> None:
    assert cleaned(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        r"放在 D:\old\_river\ 下面",
        r"下划线写作 \_ ，星号写作 \* 。",
        r"公式 \[ x > 0 \] 成立",
        r"分数 \frac{1}{2} 与 a\_b",
        r"正则里写 \[0-9\] 表示方括号",
        r"../\_old 里有一份",
        "他用的分隔符是\\\n后来改了。\n",
        r"`a\_b`",
    ],
)
def test_backslashes_that_are_meant_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("------\n河水涨了。\n", "河水涨了。\n"),
        ("河水涨了。\n\n=====\n\n***\n", "河水涨了。\n"),
        ("河水涨了。\n------\n船走了。\n", "河水涨了。\n------\n船走了。\n"),
        ("---\n河水涨了。\n", "---\n河水涨了。\n"),
        ("河水涨了。\n老桥\n====\n", "河水涨了。\n老桥\n====\n"),
        ("------\n", "------\n"),
        ("河水涨了。\n```\n------\n", "河水涨了。\n```\n------\n"),
    ],
)
def test_dividers_go_at_the_ends_only(text: str, clean: str) -> None:
    assert Document.of(text).revised(markdown.find_dividers(View(text))).text == clean


@given(st.text(alphabet="导读**#>- \n\\_[]1.。，a`", max_size=80))
def test_a_second_run_finds_nothing_and_words_stay(text: str) -> None:
    once = cleaned(text)
    assert [letter for letter in once if letter.isalnum()] == [letter for letter in text if letter.isalnum()]
    assert cleaned(once) == once
