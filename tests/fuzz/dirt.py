"""The alphabet of dirt: what scraped Chinese pages suffer from, in pieces, and texts and pages made of them."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from tests.prose import prose
from tests.samples import ARTICLE, LEAD, MIDDLE, TITLE, TRADITIONAL_ARTICLE
from tests.strategies import ASCII, BLANKS, ENTITIES, INVISIBLE, LINE_ENDS, MARKS, SIMPLIFIED, TAGS, TRADITIONAL

NOTES: Final = (
    "產(chǎn)業(yè)", "會(huì )議", "創(chuàng)新", "发(fā)展(zhǎn)", "(mín.)", "(chǎn", "chǎn)", "行(háng)",
    "?pinyin)",
)  # fmt: skip
SHEARED: Final = (
    "勇?lián)铰废刃惺姑诓萍紕?chuàng)新", "數(shù)字?jǐn)⑹隆⑵放拼蛟炫c國際", "?yè)",
    "統(tǒng)計(jì)局?jǐn)?shù)據(jù)", "讓W(xué)iFi", "用?;诖耍", "掙扎??梢哉f(shuō)", "烈?,F(xiàn)以此次",
    "真的??", "什么?!", "摘? ? ? 要", "弱点??毕竟", "科技創新?融合發展",
)  # fmt: skip
MOJIBAKE: Final = (
    "·¢±íʱ¼ä", "¾¼Ã", "銆傛槸", "锛屼粬", "锟斤拷", "锟斤拷锟斤拷", "闂傚倸鍊搁崐", "烫烫烫烫", "ä¸­å›½", "Ã¤Â¸Â­",
    "â€œ", "ï¼Œ", "ï¿½", "\udcb7\udca2", "\ufffd\ufffd", "嚙踝蕭",
)  # fmt: skip
FURNITURE: Final = (
    "分享到：微信 微博 QQ空间", "分享讓更多人看到", "- 評論", "- 關注", "【字号: 大 中 小】",
    "[小] [中] [大] 打印本页", "相关阅读", "延伸閱讀", "首页 > 新闻 > 正文", "责任编辑：王某", "【编辑:王某】",
    "打开APP，阅读全文", "点赞", "收藏", "展开全文", "版权所有 2020", "上一篇：山", "下一篇：水", "参与互动(0)",
    "阅读(12) 评论(3)", "來源：某網", "2020-01-02 10:20", "更多精彩内容", "返回顶部",
    "关于我们 | 联系我们 | 网站地图", "热门文章", "• 山谷里的气象站迎来第一批客人", "1. 老船工收了两个年轻徒弟",
    "扫描二维码关注公众号", "关键词:山;水", "免责声明：本文仅代表作者观点", "点击上方蓝字关注我们",
)  # fmt: skip
SPAM: Final = (
    "澳门新葡京娱乐城_百家乐_时时彩", "北京赛车pk10开奖", "六北京赛车小龙", "加微信：abc123", "百万小!说",
    "最新网址www.a.com", "天才一秒记住本站地址", "我是廣告 請繼續往下閱讀", "【第1頁 第2頁】", "手机用户请浏览阅读",
    "代开发票", "% g$ V0 N% \" f; J)", "l7 q* D& v", "棋牌游戏_彩票平台_注册送彩金|",
)  # fmt: skip
TEMPLATES: Final = (
    "{{{2}}}", "_COUNT_条", "{{山}}", "${name}", "%s", "{title}", "undefined", "null", "[图片]", "![](a.jpg)",
    "![山](http://a.cn/b.jpg)", "[山](http://a.cn)", "[![山](a.jpg)](b)", "**", "**山**", "****", "# 山", "> ",
    "---", "| 山 | 水 |", "| --- | --- |", "```", "\\[", "\\_", "[b]", "[/b]", "[quote]", "[/quote]",
    "[img]a.jpg[/img]", "[em1]", "[url=http://a.cn]山[/url]", "<http://a.cn>", "http://a.cn/?utm_source=b&c=d",
    "title: 山", "date: 2020", "发表于 2020-1-1", "回复 引用", "var a = {b: 1};", "var w=1;function(){}", "    山",
    "\t山", "规 范 性 引 用", "国 际分工", "— 3 —", "- 4 -", "第 5 页", "王刚 摄", "修正案（）", "20 20年",
    "&lt;b&gt;", "&amp;amp;", "&#x4e2d", "\\u003cb\\u003e", "%3Cb%3E",
)  # fmt: skip
PROSE: Final = (
    *ARTICLE.splitlines(),
    *TRADITIONAL_ARTICLE.splitlines(),
    *prose(3, 10).splitlines(),
    LEAD,
    MIDDLE,
    TITLE,
)

_PIECES: Final = (
    st.sampled_from([*NOTES, *SHEARED]),
    st.sampled_from(MOJIBAKE),
    st.sampled_from(FURNITURE),
    st.sampled_from(SPAM),
    st.sampled_from(TEMPLATES),
    st.sampled_from([*ENTITIES, *TAGS]),
    st.sampled_from(PROSE),
    st.text(SIMPLIFIED + TRADITIONAL + MARKS, min_size=1, max_size=8),
    st.text(ASCII, min_size=1, max_size=6),
    st.sampled_from([*LINE_ENDS, *BLANKS, *INVISIBLE]),
    st.characters(),
)


def dirty_lines() -> st.SearchStrategy[str]:
    """A line of a few pieces, some of which come several times."""
    piece = st.one_of(*_PIECES)
    often = st.builds(lambda text, times: text * times, piece, st.integers(2, 9))
    return st.lists(st.one_of(piece, piece, piece, often), min_size=1, max_size=5).map("".join)


@st.composite
def dirty_texts(draw: st.DrawFn, *, most: int = 12) -> str:
    """A text of lines of prose, furniture and dirt, some of which are said again."""
    whole = st.sampled_from([*FURNITURE, *FURNITURE, *SPAM, *PROSE, *PROSE, ""])
    lines: list[str] = draw(st.lists(st.one_of(dirty_lines(), whole), max_size=most))
    again = draw(st.lists(st.integers(0, most), max_size=4))
    lines += [lines[place] for place in again if place < len(lines)]
    return draw(st.sampled_from(["\n", "\n", "\n", "\n\n", "\r\n", ""])).join(lines)


@st.composite
def dirty_pages(draw: st.DrawFn) -> str:
    """An HTML page whose elements nest as they please and hold dirty lines."""
    tag = st.sampled_from(
        "p p p div div span ul li table tr td h1 h2 a b script style pre br nav title article section noscript".split()
    )
    attributes = st.sampled_from(
        [
            "",
            "",
            "",
            " class=share",
            " class='post content'",
            " hidden",
            " style='display:none'",
            " id=main",
            " href=/a",
        ]
    )
    parts = []
    for _ in range(draw(st.integers(0, 14))):
        name, said, text = draw(tag), draw(attributes), draw(dirty_lines())
        parts.append(f"<{name}{said}>{text}" + draw(st.sampled_from([f"</{name}>", f"</{name}>\n", "", "</div>"])))
    return "".join(parts)
