"""Whole pages: what must stay to the last byte, what must go, and what is known to fail."""

from __future__ import annotations

from collections import Counter
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


INDISTINCT = {"打印", "■ 关闭"}  # a list's last item that reads like the first line of the furniture below it
FURNITURE = {
    "widget-below": "{}\n分享讓更多人看到\n- 評論\n- 關注\n",
    "widget-below-a-gap": "{}\n\n分享到：微信 微博\n打印\n关闭\n",
    "breadcrumb-above": "首页 > 文化 > 正文\n字号：大 中 小\n{}",
    "related-list-below": "{}\n相关阅读\n• 山谷里的气象站迎来第一批客人\n• 老船工收了两个年轻徒弟\n查看更多\n",
    "app-prompts-below": "{}\n打开APP，阅读全文\n点赞\n收藏\n举报\n",
    "a-site-around": "首页\n新闻\n论坛\n登录\n注册\n{}\n热门文章\n山谷里的气象站迎来第一批客人\n"
    "老船工收了两个年轻徒弟\n修表铺重新开门\n关于我们 | 联系我们 | 网站地图\nCopyright © 2020 某某网 版权所有\n",
    "an-account-around": "点击上方蓝字关注我们\n\n{}\n\nEND\n\n关注公众号，后台回复“资料”领取\n长按识别二维码\n"
    "点赞、在看、转发\n阅读原文\n",
}


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
        page = "\n".join(
            [*lines[:-3], "展开全文", *lines[-3:], "打开APP，阅读全文", "点赞", "收藏", "分享到：微信 微博", ""]
        )
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
