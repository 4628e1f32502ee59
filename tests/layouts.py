"""Invented pages as the software of many sites lays them out, with their main content.

The texts are those of `samples.story`; the elements are named as the software names them. No model is fitted to them.
"""

# ruff: noqa: E501 (markup reads better in long lines)
from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from tests.samples import story

_MEMBERS: Final = "北窗听雨 卖菱角的 老船工 山月 青石板 半夏 小满 渡口 木鱼 拾穗者".split()
_REPLIES: Final = (
    "顶一下，写得真好", "楼主说的那家铺子我也去过，掌柜人很和气。", "沙发！", "请问现在还开着吗？周末想带孩子去看看",
    "同意楼上", "我家就在桥头，小时候天天从那里过，没想到还有人记得。", "学习了", "图片看不到了，能再发一次吗",
)  # fmt: skip
_LINKS: Final = (
    "山谷里的气象站迎来第一批客人", "老船工收了两个年轻徒弟", "修表铺重新开门", "渡口的灯又亮了", "茶农的一天",
    "雨后的集市比往年热闹", "放鸭的孩子考上了学堂", "染坊后院的三口大缸",
)  # fmt: skip


class Layout(NamedTuple):
    """An invented page: what laid it out, its address, the page, its main content, and whether it is a thread."""

    name: str
    url: str
    page: str
    gold: str
    is_thread: bool


def layouts(*, seeds: int = 2) -> Iterator[Layout]:
    """Each layout with so many texts."""
    for name, (url, is_thread, lay_out) in _LAYOUTS.items():
        for seed in range(seeds):
            page, gold = lay_out(random.Random(f"{name} {seed}"))
            yield Layout(f"{name}-{seed}", url, page, gold, is_thread)


def small_layouts(*, seeds: int = 3) -> Iterator[Layout]:
    """Pages with little prose, whose content is as much in tables, lists, captions and boxes beside it."""
    for name, lay_out in _SMALL.items():
        for seed in range(seeds):
            dice = random.Random(f"{name} {seed}")
            title = _title(dice)
            inner, gold = lay_out(dice)
            body = (
                f'<div class="topnav"><a href="/">首页</a> <a href="/x">杂货</a></div><h1>{title}</h1>{inner}'
                '<div class="foot">青石网 版权所有 备案 12 号</div>'
            )
            yield Layout(f"{name}-{seed}", "", _paged(f"{title}_青石网", body), "\n".join(gold), False)


def _paragraphs(dice: random.Random, sentences: int) -> list[str]:
    return story(dice.randrange(10**6), sentences=sentences).strip().split("\n")


def _title(dice: random.Random) -> str:
    return f"{dice.choice(_LINKS)}，{dice.choice(_LINKS)[:6]}"


def _items(dice: random.Random, count: int, form: str = '<li><a href="/{0}.html">{1}</a></li>') -> str:
    return "".join(form.format(dice.randrange(9999), dice.choice(_LINKS)) for _ in range(count))


def _paged(title: str, body: str, *, about: str = "", generator: str = "") -> str:
    metas = f'<meta name="description" content="{about}">' * bool(about)
    metas += f'<meta name="generator" content="{generator}">' * bool(generator)
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title>{metas}</head><body>{body}</body></html>"
    )


def _discuz(dice: random.Random) -> tuple[str, str]:
    title, opening = _title(dice), _paragraphs(dice, dice.randint(2, 14))
    posts = ["\n".join(opening), *dice.sample(_REPLIES, dice.randint(2, 6))]
    rows = "".join(_discuz_post(dice, number, text) for number, text in enumerate(posts))
    body = (
        '<div id="toptb" class="cl"><a href="#">设为首页</a><a href="#">收藏本站</a></div>'
        '<div id="hd"><div id="um"><a href="#">登录</a> <a href="#">立即注册</a></div><div id="nv"><ul>'
        f'{_items(dice, 5)}</ul></div></div><div id="pt" class="bm cl"><div class="z"><a>论坛</a> › <a>闲聊</a> › '
        f'<a>{title}</a></div></div><div id="ct" class="wp cl"><div id="pgt" class="pgs mbm cl"><a>返回列表</a></div>'
        '<div id="postlist" class="pl bm"><table><tr><td class="pls ptn pbn"><div class="hm ptn"><span class="xg1">'
        f'查看:</span> <span class="xi1">{dice.randrange(9999)}</span> | <span class="xg1">回复:</span> '
        f'<span class="xi1">{len(posts) - 1}</span></div></td><td class="plc ptm pbn vwthd"><h1 class="ts">'
        f'<span id="thread_subject">{title}</span></h1></td></tr></table>{rows}</div></div>'
        '<div id="f_pst" class="pl bm bmw"><form>您需要登录后才可以回帖 <a>登录</a> | <a>立即注册</a></form></div>'
        '<div id="ft" class="wp cl"><p>Powered by Discuz! X3.4 © 2001-2020 Comsenz Inc.</p><p>手机版|小黑屋</p></div>'
    )
    return _paged(f"{title} - 闲聊 - 桥头论坛 - Powered by Discuz!", body, generator="Discuz! X3.4"), "\n".join(
        [title, *posts]
    )


def _discuz_post(dice: random.Random, number: int, text: str) -> str:
    lines = "<br />\n".join(text.split("\n"))
    member, post = dice.choice(_MEMBERS), dice.randrange(10**6)
    return (
        f'<div id="post_{post}"><table class="plhin"><tr><td class="pls" rowspan="2"><div class="pls favatar">'
        f'<div class="pi"><div class="authi"><a class="xw1">{member}</a></div></div><p><em>中级会员</em></p>'
        '<div class="tns xg2"><table><tr><th><p><a>12</a></p>主题</th><th><p><a>80</a></p>帖子</th></tr></table></div>'
        '<dl class="pil cl"><dt>积分</dt><dd>320</dd></dl></div></td><td class="plc"><div class="pi"><strong><a>'
        f'<em>{number + 1}</em><sup>#</sup></a></strong><div class="pti"><div class="authi"><em>发表于 2020-3-'
        f'{dice.randint(1, 28)} 10:2{number % 10}</em> | <a>只看该作者</a></div></div></div><div class="pct"><div '
        f'class="pcb"><div class="t_fsz"><table><tr><td class="t_f" id="postmessage_{post}">{lines}</td></tr></table>'
        '</div></div></div></td></tr><tr><td class="plc plm"><div class="po"><a>回复</a> <a>举报</a></div></td></tr>'
        "</table></div>"
    )


def _phpwind(dice: random.Random) -> tuple[str, str]:
    title = _title(dice)
    posts = ["\n".join(_paragraphs(dice, dice.randint(3, 12))), *dice.sample(_REPLIES, 4)]
    rows = "".join(
        f'<div class="read_t"><table><tr><td class="floot_left"><div class="readName"><a>{dice.choice(_MEMBERS)}</a></div>'
        f'<div>级别: 骑士</div><div>发帖 {number}</div></td><td class="floot_right"><div class="tipTop s6"><span>发表于: '
        f'2019-05-1{number}</span> <a>只看楼主</a></div><div class="tpc_content"><div id="read_{number}" class="f14 mb10">'
        f'{"<br>".join(text.split(chr(10)))}</div></div><div class="tipBottom"><a>回复</a><a>引用</a><a>举报</a></div></td>'
        "</tr></table></div>"
        for number, text in enumerate(posts)
    )
    body = (
        f'<div id="header"><ul>{_items(dice, 4)}</ul></div><div id="breadCrumb">桥头社区 » <a>杂谈</a> » {title}</div>'
        f'<div id="pw_content"><h1 id="subject_tpc" class="read_h1">{title}</h1>{rows}</div>'
        '<div class="bottom">Powered by phpwind v8.7 Time now is:06-01</div>'
    )
    return _paged(f"{title} | 杂谈 - 桥头社区 - Powered by phpwind", body, generator="phpwind v8.7"), "\n".join(
        [title, *posts]
    )


def _flarum(dice: random.Random) -> tuple[str, str]:
    title = _title(dice)
    posts = ["\n".join(_paragraphs(dice, dice.randint(2, 8))), *dice.sample(_REPLIES, 5)]
    rows = "".join(
        f'<article class="topic-post reply-item"><div class="topic-avatar"><a class="user-card">{dice.choice(_MEMBERS)}</a>'
        f'</div><div class="topic-meta-data info"><span class="names">{dice.choice(_MEMBERS)}</span> <span class="time">'
        f'{dice.randint(2, 9)} 天前</span> <a class="like">赞 {dice.randrange(9)}</a></div><div class="regular contents">'
        f'<div class="cooked markdown-body">{"".join(f"<p>{line}</p>" for line in text.split(chr(10)))}</div></div></article>'
        for text in posts
    )
    body = (
        f'<header class="d-header navbar"><a>桥头社区</a><a>登录</a><a>注册</a></header><div id="main-outlet"><div '
        f'class="topic-title"><h1>{title}</h1></div><div class="post-stream">{rows}</div></div><aside class="sidebar">'
        f"<h3>热门话题</h3><ul>{_items(dice, 8)}</ul></aside><footer>关于 · 帮助 · 广告</footer>"
    )
    return _paged(f"{title} - 桥头社区", body), "\n".join([title, *posts])


def _answers(dice: random.Random) -> tuple[str, str]:
    title = f"{dice.choice(_LINKS)}，这是怎么回事？"
    posts = ["\n".join(_paragraphs(dice, dice.randint(3, 9))) for _ in range(dice.randint(1, 4))]
    rows = "".join(
        f'<div class="answer-item"><div class="answer-user"><a class="name">{dice.choice(_MEMBERS)}</a><span class="level">'
        f'答主</span></div><div class="answer-content">{"".join(f"<p>{line}</p>" for line in text.split(chr(10)))}</div>'
        f'<div class="answer-bar"><span>赞同 {dice.randrange(99)}</span><span>评论</span><span>2021-06-0{number + 1} 发布'
        "</span></div></div>"
        for number, text in enumerate(posts)
    )
    body = (
        f'<div class="top-nav"><ul>{_items(dice, 6)}</ul></div><div class="question-header"><h1 class="question-title">'
        f'{title}</h1></div><div class="answer-list">{rows}</div><div class="related-questions"><h3>相关问题</h3><ul>'
        f'{_items(dice, 7)}</ul></div><div class="footer">© 桥头问答 版权所有</div>'
    )
    return _paged(f"{title}_桥头问答", body), "\n".join([title, *posts])


def _portal(dice: random.Random) -> tuple[str, str]:
    title, lines = _title(dice), _paragraphs(dice, dice.randint(3, 24))
    text = "".join(f"<p>　　{line}</p>" for line in lines)
    body = (
        f'<div class="channel"><a>首页</a><a>新闻</a><a>文化</a></div><div class="position">当前位置：<a>首页</a> > 正文'
        f'</div><div class="main"><div class="left"><h1>{title}</h1><div class="info"><span>2021-04-0{dice.randint(1, 9)} '
        f'08:15</span> <span>来源：青石晚报</span> <span>字号：大 中 小</span></div><div class="TRS_Editor">{text}</div>'
        '<div class="editor">（责任编辑：山月）</div><div class="bdsharebuttonbox">分享到：<a>微信</a><a>微博</a></div>'
        f'<div class="xgyd"><h2>相关阅读</h2><ul>{_items(dice, 8)}</ul></div></div><div class="right"><h3>热点排行</h3>'
        f'<ol>{_items(dice, 10)}</ol></div></div><div class="foot">关于我们 | 联系我们 | 网站地图<br>Copyright © 青石网 '
        "版权所有 未经授权不得转载</div>"
    )
    return _paged(f"{title}-青石网", body, about=lines[0][:60]), "\n".join(lines)


def _blog(dice: random.Random) -> tuple[str, str]:
    title, lines = _title(dice), _paragraphs(dice, dice.randint(5, 20))
    text = "".join(
        f"<p>{line}</p>" + f"<h2>其{number}</h2>" * (number % 3 == 2) for number, line in enumerate(lines, 1)
    )
    comments = "".join(
        f'<li class="comment"><div class="comment-author vcard"><cite>{dice.choice(_MEMBERS)}</cite> 说道：</div><div '
        f'class="comment-meta">2018年7月{number + 1}日</div><p>{reply}</p><div class="reply"><a>回复</a></div></li>'
        for number, reply in enumerate(dice.sample(_REPLIES, 5))
    )
    body = (
        f'<header class="site-header"><a>拾穗者</a><nav><ul>{_items(dice, 5)}</ul></nav></header><div id="primary"><article '
        f'class="post hentry"><h1 class="entry-title">{title}</h1><div class="entry-meta">发表于 2018年7月1日 由 拾穗者</div>'
        f'<div class="entry-content">{text}</div><footer class="entry-meta">此条目发表在 <a>杂记</a> 分类目录</footer></article>'
        f'<nav class="nav-single"><a>← 上一篇</a> <a>下一篇 →</a></nav><div id="comments" class="comments-area"><h2>5 条评论'
        f'</h2><ol class="comment-list">{comments}</ol></div></div><div id="secondary" class="widget-area"><aside class='
        f'"widget"><h3>近期文章</h3><ul>{_items(dice, 5)}</ul></aside></div><footer class="site-footer">自豪地采用 WordPress'
        "</footer>"
    )
    gold = "\n".join(line + f"\n其{number}" * (number % 3 == 2) for number, line in enumerate(lines, 1))
    return _paged(f"{title} | 拾穗者", body, generator="WordPress 5.2"), gold


def _feed(dice: random.Random) -> tuple[str, str]:
    title, lines = _title(dice), _paragraphs(dice, dice.randint(2, 6))
    teasers = "".join(
        f'<li class="stream-item"><h3><a>{_title(dice)}</a></h3><p>{_paragraphs(dice, 2)[0]}</p><div>青石网 · {hours} 小时前'
        "</div></li>"
        for hours in range(2, dice.randint(8, 20))
    )
    body = (
        f'<div id="masthead"><a>首页</a><a>财经</a><a>体育</a></div><main><article><header><h1>{title}</h1></header><div '
        f'class="byline">青石通讯社 · 2 小时前</div><div class="art-text">{"".join(f"<p>{line}</p>" for line in lines)}</div>'
        f"</article><section><h2>更多内容</h2><ul>{teasers}</ul></section></main>"
    )
    return _paged(f"{title} - 青石新闻", body, about=lines[0][:50]), "\n".join(lines)


_LAYOUTS: Final[dict[str, tuple[str, bool, Callable[[random.Random], tuple[str, str]]]]] = {
    "discuz": ("https://bbs.qingshi.example/forum.php?mod=viewthread&tid=12", True, _discuz),
    "phpwind": ("https://club.qiaotou.example/read.php?tid=77", True, _phpwind),
    "flarum": ("https://shequ.qiaotou.example/d/8", True, _flarum),
    "answers": ("https://wenda.qiaotou.example/question/5", True, _answers),
    "portal": ("https://news.qingshi.example/2021/04/c_1.html", False, _portal),
    "blog": ("https://blog.suisui.example/archives/31", False, _blog),
    "feed": ("https://news.qingshi2.example/a/1", False, _feed),
}


def _sentence(dice: random.Random) -> str:
    return f"{dice.choice(_paragraphs(dice, 3)).split('。')[0]}。"


def _recipe(dice: random.Random) -> tuple[str, list[str]]:
    things = dice.sample(("菱角", "糯米", "桂花", "红糖", "莲子", "藕"), 3)
    steps = dice.sample(("洗净", "切片", "小火慢炖，记得搅一搅。", "焖一刻钟", "撒上桂花", "装碗"), 4)
    opening = _sentence(dice)
    rows = "".join(f"<tr><td>{thing}</td><td>{number}两</td></tr>" for number, thing in enumerate(things, 2))
    inner = (
        f"<section class=zuofa><blockquote>{opening}</blockquote><h4>用料</h4><table>{rows}</table><h4>做法</h4><ol>"
        f"{''.join(f'<li>{step}</li>' for step in steps)}</ol><h4>窍门</h4><p>趁热吃</p></section>"
    )
    amounts = [f"{thing}  {number}两" for number, thing in enumerate(things, 2)]
    return inner, [opening, "用料", *amounts, "做法", *steps, "窍门", "趁热吃"]


def _petition(dice: random.Random) -> tuple[str, list[str]]:
    asked, told = _paragraphs(dice, 3), _sentence(dice)
    inner = (
        f"<table class=xinjian><tr><td>来信内容</td><td>{'<br>'.join(asked)}</td></tr><tr><td>办理情况</td><td>{told}</td>"
        "</tr><tr><td>办理单位</td><td>渡口管理所</td></tr></table>"
    )
    return inner, [*asked, told, "渡口管理所"]


def _goods(dice: random.Random) -> tuple[str, list[str]]:
    rows = dice.sample((("料子", "青竹"), ("高", "一尺二"), ("编法", "六角眼"), ("产地", "山月村")), 3)
    opening = _sentence(dice)
    cells = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)
    inner = f"<div class=jianjie><p>{opening}</p></div><div class=canshu><table>{cells}</table></div>"
    return inner, [opening, *(f"{name}  {value}" for name, value in rows)]


def _glossary(dice: random.Random) -> tuple[str, list[str]]:
    pairs = [(word, _sentence(dice)) for word in dice.sample("桥舟灯井檐瓦", 4)]
    return f"<dl>{''.join(f'<dt>{word}</dt><dd>{said}</dd>' for word, said in pairs)}</dl>", [
        line for pair in pairs for line in pair
    ]


def _noted(dice: random.Random) -> tuple[str, list[str]]:
    above, lines, below = _sentence(dice), _paragraphs(dice, 12), _sentence(dice)
    inner = (
        f"<div class=zhaiyao>提要：{above}</div><div class=wen>{''.join(f'<p>{line}</p>' for line in lines)}</div>"
        f"<div class=fuji><h3>附记</h3><p>{below}</p></div>"
    )
    return inner, [f"提要：{above}", *lines, "附记", below]


def _captions(dice: random.Random) -> tuple[str, list[str]]:
    lines = dice.sample(("渡口清晨", "老船工撑篙", "卖菱角的摊子", "桥下的鸭群", "书铺掌柜", "收网"), 5)
    figures = "".join(f"<figure><img src=x><figcaption>{line}</figcaption></figure>" for line in lines)
    return f"<div class=tuji>{figures}</div>", lines


def _english(dice: random.Random) -> tuple[str, list[str]]:
    lines = dice.sample(
        (
            "The ferry runs every half hour from dawn until dusk.", "Bring your own cup.",
            "The bookshop by the bridge opens at nine, says its keeper.", "No one remembers who built the stone steps.",
        ), 4,
    )  # fmt: skip
    return f"<div>{''.join(f'<p>{line}</p>' for line in lines)}</div>", lines


_SMALL: Final[dict[str, Callable[[random.Random], tuple[str, list[str]]]]] = {
    "recipe": _recipe, "petition": _petition, "goods": _goods, "glossary": _glossary, "noted": _noted,
    "captions": _captions, "english": _english,
}  # fmt: skip
