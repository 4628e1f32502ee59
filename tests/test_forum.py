"""What a forum writes around posts; whole threads are in `tests/cases/dirty-forum.toml`."""

from __future__ import annotations

import pytest

from cleaner.document import Document
from cleaner.repair import forum
from cleaner.repair.forum import Kind
from cleaner.units import View


def cleaned(text: str) -> str:
    return Document.of(text).revised(forum.find(View(text))).text


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("3楼 2012-3-4 12:30", Kind.HEADER),
        ("#12 3 小时前", Kind.HEADER),
        ("发表于 2012-3-4 12:30:05 | 只看该作者 来自 - 湖北 |倒序浏览", Kind.HEADER),
        ("ip属地:广西来自android客户端9楼2024-02-25 02:03回复", Kind.HEADER),
        ("发布于 2024-04-03 09:55・ip 属地重庆", Kind.STAMP),
        ("沙发", Kind.FLOOR),
        ("积分 1,256 帖子 30", Kind.CARD),
        ("注册时间 2009-5-1", Kind.CARD),
        ("收藏 分享 举报", Kind.BUTTON),
        ("回复 2# 河边钓叟", Kind.QUOTE),
        ("引用 3楼 山里人家 的回复:", Kind.QUOTE),
        ("原帖由 山里人家 于 2012-3-4 12:30 发表", Kind.QUOTE),
        ("发自我的小米手机", Kind.CLIENT),
        ("sent from my iphone", Kind.CLIENT),
        ("发表于1987年", Kind.TEXT),
        ("3楼住着一位老先生", Kind.TEXT),
        ("发表于 2012-3-4 12:30 的那篇小说", Kind.TEXT),
        ("楼主昨天说的", Kind.TEXT),
        ("回复了三封信", Kind.TEXT),
    ],
)
def test_kinds_of_lines(line: str, kind: Kind) -> None:
    assert forum.kind_of(line) is kind


FIRST, SECOND = "1楼 2012-3-4 12:30\n老桥下游有鱼。\n", "2楼 2012-3-4 15:11\n我也去看看。\n"


def test_headers_of_a_thread_go_and_posts_stay() -> None:
    assert cleaned(FIRST + SECOND) == "老桥下游有鱼。\n我也去看看。\n"


def test_a_single_header_is_no_thread() -> None:
    assert cleaned(FIRST) == FIRST


@pytest.mark.parametrize("post", ["顶", "沙发", "1", "回复3楼 说得好", "收藏", "积分多少才能换茶杯"])
def test_short_posts_stay(post: str) -> None:
    page = f"{FIRST}{SECOND}阿岚\n3楼 2012-3-4 16:20\n{post}\n"
    assert cleaned(page).endswith(f"阿岚\n{post}\n")


@pytest.mark.parametrize("line", ["回复 2楼 阿岚", "阿岚 发表于 2012-3-4 15:11", "收藏 分享 举报", "发自我的小米手机"])
def test_lines_around_a_post_go_in_a_thread(line: str) -> None:
    page = f"{FIRST}阿岚\n{SECOND}{{}}老罗\n3楼 2012-3-4 16:20\n水还浅。\n"
    assert cleaned(page.format(f"{line}\n")) == cleaned(page.format(""))


def test_a_long_row_of_labels_takes_no_time_to_refuse() -> None:
    assert forum.kind_of("积分  " * 29 + "完") is Kind.TEXT
    assert forum.kind_of("回复 " * 39 + "完") is Kind.TEXT
