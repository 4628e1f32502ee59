"""Texts and pages of any length that make work: one thing over and over, much of what nests, much of what is open."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Final

from tests.prose import prose
from tests.samples import ARTICLE, LEAD, MIDDLE

Shape = Callable[[int], str]  # characters → a text of about as many


def repeated(piece: str, *, head: str = "", tail: str = "") -> Shape:
    """Texts of one piece again and again."""
    return lambda length: head + piece * (length // len(piece) + 1) + tail


def numbered(piece: str, *, head: str = "", tail: str = "") -> Shape:
    """The same with the number of the piece wherever it says {}."""

    def shape(length: int) -> str:
        pieces, total = [], 0
        for number in count():
            pieces.append(piece.replace("{}", str(number)))
            total += len(pieces[-1])
            if total >= length:
                return head + "".join(pieces) + tail
        raise AssertionError

    return shape


def article(length: int) -> str:
    return prose(7, sentences=length // 20 + 5)[:length]


def without_stops(length: int) -> str:
    return article(length * 2).replace("。", "").replace("\n", "")[:length]


def sheared(length: int) -> str:
    return repeated(
        "科技?jǐn)⑹陆y(tǒng)計(jì)局?jǐn)?shù)據(jù)，",
        head="產(chǎn)業(yè)創(chuàng)新發(fā)展，統(tǒng)計(jì)數(shù)據(jù)。",
    )(length)


def orphans(length: int) -> str:
    return repeated("用?;诖耍掙扎??梢哉f(shuō)，")(length)


def latin_mojibake(length: int) -> str:
    return article(length // 2 + 1).encode("gb18030").decode("latin-1")[:length]


def gbk_mojibake(length: int) -> str:
    return article(length).encode().decode("gb18030", "replace")[:length]


def utf8_mojibake(length: int) -> str:
    return article(length).encode().decode("latin-1")[:length]


def lines_of(make: Callable[[int], str]) -> Shape:
    return lambda length: "".join(map(make, range(length // len(make(0)) + 1)))


def mixed_scripts(length: int) -> str:
    return "".join(chr(0x4E00 + (number * 7919) % 20900) for number in range(length))


def words_of_ascii(length: int) -> str:
    return "".join(f"w{number * 7919 % 99991} " for number in range(length // 6 + 1))[:length]


TEXTS: Final[dict[str, Shape]] = {
    "article": article,
    "spaces": repeated(" "),
    "ideographic spaces": repeated("\N{IDEOGRAPHIC SPACE}"),
    "blanks between letters": repeated("山 "),
    "open brackets": repeated("("),
    "close brackets": repeated(")"),
    "brackets": repeated("()"),
    "square brackets": repeated("["),
    "markdown links open": repeated("[["),
    "markdown links": repeated("[山](x)"),
    "markdown images": repeated("![](x.jpg)"),
    "markdown nested": repeated("[![", tail="](x)](y)"),
    "markdown emphasis": repeated("**山*"),
    "markdown stars": repeated("*"),
    "backticks": repeated("`"),
    "table bars": repeated("|"),
    "markdown table": repeated("| 山 | 水 |\n", head="| 山 | 水 |\n| --- | --- |\n"),
    "hashes": repeated("#"),
    "underscores": repeated("_"),
    "dashes": repeated("-"),
    "divider lines": repeated("-----\n"),
    "one hanzi": repeated("山"),
    "question marks": repeated("?"),
    "hanzi and question marks": repeated("山?"),
    "doubled question marks": repeated("山??"),
    "less-than signs": repeated("<"),
    "greater-than signs": repeated(">"),
    "ampersands": repeated("&"),
    "full stops": repeated("。"),
    "dots": repeated("."),
    "digits": repeated("7"),
    "letters": repeated("a"),
    "slashes": repeated("/"),
    "backslashes": repeated("\\"),
    "quotes": repeated('"'),
    "combining marks": repeated("\N{COMBINING ACUTE ACCENT}"),
    "letters with marks": repeated("a\N{COMBINING MACRON}"),
    "joiners": repeated("\N{MAN}\N{ZERO WIDTH JOINER}"),
    "zero width": repeated("\N{ZERO WIDTH SPACE}"),
    "bidi controls": repeated("\N{RIGHT-TO-LEFT OVERRIDE}山"),
    "controls": repeated("山水火木" * 16 + "\x07"),
    "replacement characters": repeated("\N{REPLACEMENT CHARACTER}"),
    "private characters": repeated("\ue000山"),
    "astral": repeated("\N{CJK UNIFIED IDEOGRAPH-20000}"),
    "all hanzi": mixed_scripts,
    "short lines": repeated("山\n"),
    "short lines, each another": numbered("{}\n"),
    "short hanzi lines": lines_of(lambda n: f"{chr(0x4E00 + n * 7919 % 20000)}{chr(0x4E00 + n * 31 % 19997)}\n"),
    "line ends": repeated("\n"),
    "carriage returns": repeated("\r"),
    "crlf": repeated("\r\n"),
    "blank lines": repeated("\n \n"),
    "one line without stops": without_stops,
    "ascii words": words_of_ascii,
    "torn pinyin": repeated("?pinyin)"),
    "torn readings": repeated("?yè)"),
    "pinyin notes": repeated("產(chǎn)業(yè)"),
    "pinyin notes of one": repeated("産(chǎn)"),
    "spaced pinyin notes": repeated("會(huì )議"),
    "open pinyin notes": repeated("產(chǎn業(yè"),
    "sheared": sheared,
    "orphans": orphans,
    "latin mojibake": latin_mojibake,
    "gbk mojibake": gbk_mojibake,
    "utf-8 mojibake": utf8_mojibake,
    "kuntao": repeated("锟斤拷"),
    "gbk of nothing": repeated("銆锛"),
    "cp1252 runs": repeated("Ã¤Â¸Â­"),
    "short mojibake": repeated("山水·¢±íʱ¼ä，"),
    "entities": repeated("&nbsp;"),
    "double entities": repeated("&amp;amp;"),
    "numeric entities": repeated("&#20013;"),
    "broken entities": repeated("&#x4e2d"),
    "bare entities": repeated("nbsp;"),
    "nested entities": lambda length: "&" + "amp;" * (length // 4),
    "encoded tags": repeated("&lt;b&gt;"),
    "escapes": repeated("\\u5927"),
    "surrogate escapes": repeated("\\ud83d\\ude00"),
    "percent escapes": repeated("%E5%A4%A7"),
    "line end escapes": repeated("\\n山"),
    "nested tags": repeated("<div>"),
    "tags": repeated("<b>山</b>"),
    "unclosed tags": repeated("<a "),
    "unclosed attributes": repeated('<a href="'),
    "unclosed comments": repeated("<!--"),
    "comments": repeated("<!-- 山 -->"),
    "comment ends": repeated("-->"),
    "scripts": repeated("<script>x=1;</script>山"),
    "open scripts": repeated("<script>"),
    "script ends": repeated("</script>"),
    "breaks": repeated("山<br>"),
    "torn tags": repeated("/p>"),
    "bbcode": repeated("[b]山[/b]"),
    "open bbcode": repeated("[quote]"),
    "bbcode ends": repeated("[/quote]"),
    "bbcode pictures": repeated("[img]http://a.cn/b.jpg[/img]山"),
    "bbcode nested": lambda length: "[b]" * (length // 7) + "山" + "[/b]" * (length // 7),
    "bbcode lists": repeated("[list][*]山[*]水[/list]"),
    "faces": repeated("[em12]山"),
    "lost indents": repeated("??青石桥头有一家旧书铺，铺面不过两步宽。"),
    "lost indents of lines": repeated("??青石桥头有一家旧书铺，铺面不过两步宽，门口总停着车。\n"),
    "captions of their own": numbered("图为第{}次开张的旧书铺里挑书的人们。王刚 摄\n"),
    "captions in a line": numbered("▲图为第{}次开张的旧书铺。王刚 摄 掌柜说好。"),
    "counting links": numbered("http://a.cn/{}?utm_source=b&spm=c 山"),
    "signed links": numbered("[山](http://mp.weixin.qq.com/s?__biz=a{}&chksm=b)\n"),
    "autolinks": numbered("<http://a.cn/{}>山"),
    "escaped marks": repeated("山\\*水\\_"),
    "empty bold": repeated("**山****水**，"),
    "hollow lines": repeated("**山**\n- \n> \n## \n"),
    "decoys": repeated("<kbd a=b></kbd>山"),
    "open decoys": repeated("<kbd a=b>"),
    "templates": repeated("{{{2}}}"),
    "open templates": repeated("{{"),
    "counts": repeated("_COUNT_条"),
    "front matter": repeated("a: b\n", head="---\n"),
    "front matter, closed": repeated("a: b\n", head="---\n", tail="---\n"),
    "code": repeated("var a = {b: [1, 2]};\n"),
    "code fences": repeated("```\n"),
    "indented": repeated("    山水\n"),
    "addresses": repeated("http://a.cn/b?c=d "),
    "addresses, each another": numbered("http://a{}.cn/b?c={}\n"),
    "a long address": repeated("a=b&", head="http://a.cn/?"),
    "share bars": repeated("分享到：微信 微博 QQ空间 朋友圈\n"),
    "share bars between": repeated(f"分享到：微信 微博\n{LEAD}\n"),
    "share plea in a line": repeated("分享让更多人看到 "),
    "related": repeated("相关阅读\n山水之间\n"),
    "breadcrumbs": repeated("首页 > 新闻 > 正文\n"),
    "breadcrumb in a line": repeated("首页 > "),
    "navigation in a line": repeated("首页 | 新闻 | "),
    "counters": numbered("阅读({}) 评论({})\n"),
    "link lists": numbered("- [山水之间{}](http://a.cn/{})\n"),
    "links with images": repeated("[![山](a.jpg)](http://a.cn)\n"),
    "spam": repeated("澳门新葡京娱乐城_百家乐_时时彩平台,"),
    "spam lines": numbered("澳门新葡京{}官方网站_百家乐{}_博彩平台\n"),
    "spam between": numbered(f"{LEAD}澳门新葡京娱乐城{{}}\n"),
    "injected": repeated("六北京赛车pk10开奖小龙，"),
    "titles by bars": repeated("山水_"),
    "hung onto titles": numbered("山村放映队的故事{}_久久精品在线_亚洲无码专区\n"),
    "channel plugs": numbered("关注公众号山水{}，回复资料领取。"),
    "leads and lists": numbered("相关阅读：\n• 山谷里的气象站迎来第{}批客人\n"),
    "credits": numbered("责任编辑：王{}\n"),
    "marks one by one": lambda length: "".join(
        f"打印\n{'山谷里的气象站，' * (number % 5)}\n" for number in range(length // 22)
    ),
    "shells": numbered(f"{LEAD}\n澳门新葡京{{}}\n山水之间\n"),
    "changed copies": lambda length: "".join(
        f"{prose(number % 7, 6).replace('。', '，', number % 3)}" for number in range(length // 120)
    ),
    "sentences again": lambda length: "".join(
        f"{prose(number % 97, 1).strip()}{prose(number, 1)}" for number in range(length // 40)
    ),
    "statutes": numbered("第{}条 旧书铺的门板，应当一块一块装上，最后一块留一道缝。\n"),
    "jammers": repeated('山% g$ V0 N% " f; J)水'),
    "jammers, each another": numbered('山水% g{} N% " {}f; J)火木'),
    "masked words": repeated("百万小!说"),
    "spaced hanzi": repeated("规 范 性 引 用 文 件 。"),
    "spaced hanzi lines": repeated("规 范 性 引 用\n"),
    "split words": repeated("国 际分工"),
    "wide gaps": repeated("摘? ? ? 要"),
    "column wraps": repeated("青石桥头有一家旧书\n铺，铺面不过两步宽\n"),
    "page marks": numbered("— {} —\n山水之间\n"),
    "pagers": repeated("【第1頁 第2頁】\n"),
    "repeated paragraphs": repeated(f"{MIDDLE}\n"),
    "repeated articles": repeated(ARTICLE),
    "repeated with numbers": numbered(f"第{{}}回。{MIDDLE}\n"),
    "repeated short": repeated("他说好。\n"),
    "repeated titles": repeated("青石桥头的旧书铺\n"),
    "captions": repeated("青石桥头的灯。王刚 摄\n青石桥头的灯。王刚 摄 他说好。\n"),
    "headers": numbered("第{}章\n"),
    "forum posts": numbered("发表于 2020-1-1 10:{}\n山水之间\n回复 引用\n"),
    "quotes of posts": repeated("> "),
    "dialogue": repeated("“嗯。”\n"),
    "empty brackets": repeated("（）"),
    "lost dates": repeated("修正案（）2020 1 1"),
    "promos": repeated("我是廣告 請繼續往下閱讀"),
    "promo lines": repeated("天才一秒记住本站地址\n"),
    "keyword list": repeated("关键词:山水;"),
    "bom": repeated("\N{ZERO WIDTH NO-BREAK SPACE}"),
    "traditional": repeated("會議討論發頭髮後裡裏，"),
}

PAGES: Final[dict[str, Shape]] = {
    "page": lambda length: "".join(f"<p>{line}</p>\n" for line in article(length).split("\n")),
    "page: nested": repeated("<div>", tail=LEAD),
    "page: nested, closed": lambda length: "<div>" * (length // 11) + LEAD + "</div>" * (length // 11),
    "page: inlines": repeated("<b><i>", tail=LEAD),
    "page: tables in tables": repeated("<table><tr><td>", tail=LEAD),
    "page: lists in lists": repeated("<ul><li>山", tail=LEAD),
    "page: cells": repeated("<td>山", head="<table><tr>"),
    "page: rows": repeated("<tr><td>山<td>水", head="<table>"),
    "page: lists": repeated("<li>山水", head="<ul>"),
    "page: links": numbered("<li><a href=/{}>山水{}</a>", head="<ul>"),
    "page: unclosed attributes": repeated('<a href="'),
    "page: unclosed tags": repeated("<a "),
    "page: attributes": numbered(" a{}={}", head="<p ", tail=f">{LEAD}"),
    "page: comments": repeated("<!--山-->"),
    "page: open comments": repeated("<!--"),
    "page: less-than signs": repeated("<"),
    "page: ampersands": repeated("&"),
    "page: entities": repeated("&nbsp;"),
    "page: stray ends": repeated("</div></p>", tail=LEAD),
    "page: spans": repeated("<span>山</span>"),
    "page: open spans": repeated("<span class=x>山"),
    "page: classes": numbered("<p class='c{} post d{}'>山水，{}。</p>"),
    "page: a thousand classes": repeated(f"<p class='{' '.join(f'c{n}' for n in range(1000))}'>山水</p>"),
    "page: style sheets": numbered("<style>.a{}{display:none}</style><p class=a{}>山水</p>"),
    "page: scripts": repeated("<script>var a=1</script><style>a{}</style>山"),
    "page: inline styles": repeated("<p style='display:none;font-size:9px'>藏</p>"),
    "page: hidden": repeated("<span style='display:none'>藏</span>山"),
    "page: breaks": repeated("山<br>"),
    "page: posts": numbered("<div class=post><p class=authi>山{}</p><p class=t_f>顶。</p></div>"),
    "page: forms": repeated("<form><input><button>山</button></form>"),
    "page: images": repeated("<img src=a.jpg alt=山>"),
    "page: headings": repeated("<h2>山水</h2>"),
    "page: empty paragraphs": repeated("<p>"),
    "page: json": lambda length: (
        '<script type=\'application/ld+json\'>{"articleBody": "' + "渡口的灯，亮。" * (length // 7) + '"}</script>'
    ),
    "page: a title": lambda length: f"<title>{'青石，桥。' * (length // 5)}</title><p>{LEAD}</p>",
    "page: metas": numbered("<meta name=a{} content=b{}>"),
    "page: one text": lambda length: f"<p>{without_stops(length)}</p>",
    "page: share bars": repeated("<div class=share>分享到：微信 微博</div><p>山水之间，有桥。</p>"),
    "page: formulas": repeated("<script type='math/tex'>a^2</script>山"),
    "page: selects": repeated("<select><option>山</select>"),
    "page: frames": repeated("<iframe src=a></iframe>"),
    "page: noscript": repeated("<noscript>山水</noscript>"),
    "page: controls": repeated("山水火木" * 16 + "\x01"),
    "page: svg": repeated("<svg><path d='M0'/></svg>"),
    "page: ruby": repeated("<ruby>山<rt>shān</rt></ruby>"),
}
SHAPES: Final = TEXTS | PAGES


def of_size(name: str, size: int) -> bytes:
    """A shape in UTF-8, of so many bytes, give or take a piece of it."""
    shape = SHAPES[name]
    sample = shape(1000)
    width = len(sample.encode("utf-8", "surrogatepass")) / len(sample)
    return shape(int(size / width)).encode("utf-8", "surrogatepass")
