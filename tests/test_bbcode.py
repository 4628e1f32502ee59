"""Tags of forums in square brackets."""

from __future__ import annotations

import pytest

from cleaner.document import Document
from cleaner.repair import bbcode
from cleaner.units import View


def cleaned(text: str) -> str:
    return Document.of(text).revised(bbcode.find(View(text))).text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("[b]收茶[/b]的时候", "收茶的时候"),
        ("[size=4][color=#ff0000]红字[/color][/size]", "红字"),
        ("[quote]前面说的[/quote]\n后面说的", "前面说的\n后面说的"),
        ("[url=https://example.org/?a=1]地图[/url]在这里", "地图在这里"),
        ("[url]https://example.org[/url]", "https://example.org"),
        ("新茶[img=300,200]https://example.org/a.jpg[/img]上市", "新茶上市"),
        ("[attach]12345[/attach]附件", "附件"),
        ("[list][*]红茶[*]绿茶[/list]", "红茶绿茶"),
        ("[td]一[/td][td]二[/td]", "一 二 "),
        ("[b]甲[/b][color=red]没有结束", "甲没有结束"),
        ("笑死了{:5_121:}[s:12][em12]", "笑死了"),
        ("[I]斜[/i]体", "斜体"),
    ],
)
def test_tags_go_and_their_text_stays(text: str, clean: str) -> None:
    assert cleaned(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "元素 a[i] 和 [b] 都是索引。",
        "[1] 见第二页；[s] 表示存疑。",
        "正文[img]一张没有地址的图。",
        "x[s:1] = y[em1]",
        "`[b]粗体[/b]`",
        "[code]\n[b]a[/b]\n[/code]",
        "BBCode 里粗体写作[b]字[/b]。",
        "[*] 发现 3 个开放端口",
        "[/关闭] 按钮在右上角",
    ],
)
def test_what_is_meant_stays(text: str) -> None:
    assert cleaned(text) == text
