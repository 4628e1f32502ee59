"""Plugs of channels run together with the text: what goes, what stays, where the cut lies."""

from __future__ import annotations

import pytest

from cleaner.document import Document
from cleaner.repair import promos
from cleaner.units import View

PROSE = "老船工說，那年的洪水漫過了三座橋，全村人在山坡上住了半個月。"
CALL = "訂閱某某頻道，每天免費收看最新影片：https://example.org/channel"
SUPPORT = "歡迎各位透過PayPal支持我們的創作：https://example.org/support"
PLACES = "推特：https://twitter.com/example臉書群組https://facebook.com/groups/example"


def cleaned(text: str) -> str:
    return Document.of(text).revised(promos.find(View(text))).text


def flagged(text: str) -> list[str]:
    return [edit.old for edit in promos.find(View(text)) if edit.is_flag]


@pytest.mark.parametrize(
    "plugs",
    [
        CALL,
        CALL + SUPPORT,
        f"{CALL}{SUPPORT}{'－' * 20}",
        "【加入会员链接】https://example.org/join【订阅频道链接】https://example.org/某某老师--------",
        "某某頻道的會員正式開張了！謝謝支持：https://example.org/member",
        PLACES,
    ],
    ids=["one call", "two calls", "a divider", "a name before the divider", "a plea before the call", "two places"],
)
def test_plugs_at_the_beginning_of_a_line_go(plugs: str) -> None:
    assert cleaned(f"標題\n\n{plugs}{PROSE}\n") == f"標題\n\n{PROSE}\n"


@pytest.mark.parametrize(
    "plugs",
    [
        CALL,
        f"{'-' * 9}这里是 @某某 ， 更多内容，请订阅本频道：https://example.org/c精彩尽在@某某 ，记得点击小铃铛哦~",
        "******欢迎订阅某某频道！https://example.org/c某某新闻网https://example.org/news",
        f"{CALL}商業合作請Email至：maker@example.com影片未經同意，請勿轉載！",
        "******某某火车：每天一站，慢慢地走，欢迎订阅https://example.org/c請訂閱某某台：https://example.org/d",
        f"{CALL}{PLACES}邮件联系：maker@example.com微信客服: example1",
        "------火热视频推荐：多少度才算热？https://youtu.be/a水为什么会开https://youtu.be/b-----可以在下方留言！",
    ],
    ids=[
        "one call", "a plea behind the call", "names behind it", "an address of mail", "asked at last",
        "a list of places", "a list of films",
    ],
)  # fmt: skip
def test_plugs_at_the_end_of_a_line_go(plugs: str) -> None:
    assert cleaned(f"{PROSE}{plugs}\n") == f"{PROSE}\n"


def test_tags_at_the_end_stay() -> None:
    assert cleaned(f"{PROSE}{CALL} #洪水 #老橋\n") == f"{PROSE}#洪水 #老橋\n"


def test_a_line_of_nothing_but_plugs_goes_with_its_blank_lines() -> None:
    assert cleaned(f"{PROSE}\n\n{CALL}{SUPPORT}\n\n{PROSE}\n") == f"{PROSE}\n\n{PROSE}\n"


@pytest.mark.parametrize(
    "text",
    [
        f"他在推特上寫道：https://twitter.com/example/status/1{PROSE}",
        f"{PROSE}圖片來源：https://example.org/photo",
        f"{PROSE}參考資料：https://example.org/a https://example.org/b",
        f"{PROSE}請關注廠商的更新補丁：https://example.org/patch",
        f"{PROSE}後來他把舊信都貼在自己的Facebook：https://facebook.com/example",
        f"{PROSE}參考影片：一座橋https://youtu.be/a另一座橋https://youtu.be/b",
        f"{PROSE}[訂閱某某頻道](https://example.org/channel)",
        f"學校官網：https://example.edu/admission{PROSE}",
        f"{PROSE}他只記得信的末尾寫著請支持我們的橋，詳見https://example.org/letter的第二頁。{PROSE}",
        "收件的邮箱简称为a@example.com，发件的邮箱简称为b@example.com，两者并不相同。",
        "支持我們的創作：https://example.org/support",
        f"訂閱人數最多的頻道只有三個：https://example.org/a{PROSE}",
        f"捐款可匯至縣慈善會，網址https://example.org/b{PROSE}",
        f"加入世貿組織的會員名單：https://example.org/c{PROSE}",
        f"追蹤研究的結果（https://example.org/d）{PROSE}",
        f"支持本市發展的文件全文：https://example.org/e{PROSE}",
    ],
    ids=[
        "reported speech", "a source", "references", "advice", "the end of a sentence", "films cited",
        "a Markdown link", "one place", "between sentences", "addresses in prose", "one plug alone on its line",
        "subscribers counted", "where to give", "members listed", "a study", "a document",
    ],
)  # fmt: skip
def test_what_a_text_says_itself_stays(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "behind",
    ["2031年的春天，河水又漲了。", "11月24日，橋通車了。", "1，《河報》說橋通車了。", "BBC報道了這座橋。"],
)
def test_an_address_that_may_have_taken_letters_of_the_text_stays_and_is_flagged(behind: str) -> None:
    unclear = SUPPORT + behind
    assert cleaned(f"{CALL}{unclear}") == unclear
    assert flagged(f"{CALL}{unclear}") == [
        SUPPORT + behind[: next(place for place, letter in enumerate(behind) if ord(letter) > 127)]
    ]


def test_an_address_before_a_divider_is_clear() -> None:
    assert cleaned(f"{SUPPORT}2------{PROSE}") == PROSE
