"""What of an HTML page is its main content, what its fields are, and what is left out and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given

from bench import marked
from bench.corpora import FOLDER
from bench.extraction import held_out
from cleaner.document import Document
from cleaner.extract import extract
from cleaner.extract.blocks import blocks_of
from cleaner.extract.choosing import Choice
from cleaner.extract.features import View as FeatureView
from cleaner.extract.metadata import Head
from cleaner.extract.parsing import tree_of
from cleaner.extract.rendering import laid
from cleaner.extract.rendering import left_out as left_out_of
from cleaner.fold import encodable
from cleaner.pipeline import Cleaner
from tests.layouts import Layout, layouts, small_layouts
from tests.leavings import left_out, reasons
from tests.samples import CLOSE, LEAD, MIDDLE, TITLE, story
from tests.strategies import decoded_texts

BODY = "".join(f"<p>{line}</p>" for line in (LEAD, MIDDLE, CLOSE))
TEXT = "\n".join((LEAD, MIDDLE, CLOSE))
LINKS = "".join(
    f"<li><a href='/{number}.html'>{line[:16]}</a></li>" for number, line in enumerate(story(3).split("。"))
)


BLANKS = str.maketrans("", "", " \n\N{IDEOGRAPHIC SPACE}")


def page_of(body: str, *, head: str = "", title: str = f"{TITLE}_青石网") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def article(inner: str = BODY, *, around: str = "", head: str = "") -> str:
    """An article within what is on every page of a site."""
    return page_of(
        f"<div class=nav><a>首页</a><a>文化</a></div><div class=main><h1>{TITLE}</h1>"
        f"<div class=info>2024年5月3日 08:15　来源：青石晚报　作者：褚山月</div>"
        f"<div class=article-content>{inner}</div></div>{around}"
        "<div class=footer>关于我们 | 联系我们<br>版权所有 青石网</div>",
        head=head,
    )


def fields(page: Document) -> tuple[str, ...]:
    assert page.about
    return page.about[:4]


def test_the_text_is_a_line_for_each_block_of_the_main_content() -> None:
    page = extract(article())
    assert page.text == TEXT
    assert page.about
    assert page.about.kind == "article"


def test_fields_come_from_the_line_below_the_title() -> None:
    page = extract(article())
    assert fields(page) == (TITLE, "2024-05-03T08:15", "褚山月", "青石晚报")


def test_fields_come_from_meta_elements() -> None:
    metas = {"og:title": "桥头书铺", "article:published_time": "2023-02-01T10:00:00+08:00", "author": "阿秀"}
    head = "".join(f'<meta property="{name}" content="{value}">' for name, value in metas.items())
    page = extract(page_of(BODY, head=f"{head}<meta property=og:site_name content=青石网>", title=""))
    assert fields(page) == ("桥头书铺", "2023-02-01T10:00", "阿秀", "青石网")


def test_a_record_of_the_article_is_trusted_most() -> None:
    record = {
        "@graph": [
            {
                "@type": "NewsArticle",
                "headline": "旧书铺一日",
                "datePublished": "2022-12-31",
                "author": [{"name": "邮差"}],
                "publisher": {"name": "渡口报"},
            }
        ]
    }
    head = f'<script type="application/ld+json">{json.dumps(record, ensure_ascii=False)}</script>'
    page = extract(page_of(BODY, head=f"{head}<meta name=author content=阿秀>"))
    assert fields(page) == ("旧书铺一日", "2022-12-31", "邮差", "渡口报")


@pytest.mark.parametrize(
    "record", ["{", "[" * 100_000, '"x"', '{"author": 3}', "null", '{"datePublished": "2022-99-99"}']
)
def test_a_record_that_is_none_is_passed_over(record: str) -> None:
    page = extract(article(head=f'<script type="application/ld+json">{record}</script>'))
    assert fields(page)[2:0:-1] == ("褚山月", "2024-05-03T08:15")


@pytest.mark.parametrize(
    ("block", "said", "reason"),
    [
        ("<nav><a href=x>渡口</a> <a href=y>山谷</a></nav>", "渡口", "navigation"),
        (
            "<div class=related><h3>相关阅读</h3><ul><li><a href=x>渡口的灯又亮了</a></ul></div>",
            "渡口的灯又亮了",
            "related links",
        ),
        ("<div class=comment-list><div class=cmt>老周：那家铺子我去过</div></div>", "老周：那家铺子我去过", "comments"),
        ("<footer>网站备案 12 号</footer>", "网站备案 12 号", "footer"),
        ("<aside>本周之星</aside>", "本周之星", "sidebar"),
        ("<div class=bdsharebuttonbox>分享到：微信</div>", "分享到：微信", "share buttons"),
        ("<button>展开</button>", "展开", "control"),
        ("<div hidden>看不见的话</div>", "看不见的话", "hidden"),
    ],
    ids=["navigation", "related", "comments", "footer", "sidebar", "share", "control", "hidden"],
)
def test_furniture_is_left_out_with_its_reason(block: str, said: str, reason: str) -> None:
    page = extract(article(around=block))
    assert page.text == TEXT
    found = {text: why for text, why in reasons(page).items() if text.startswith(said)} or reasons(page)
    assert reason in found.values()


FARM = "".join(f"<a href='//x{number}.example'>开元棋牌{number}</a> " for number in range(30))


@pytest.mark.parametrize(
    "style",
    [
        "display:none", "display : none !important", "position:absolute;left:-9999px",
        "text-indent:-999em", "font-size:0", "font-size:0px", "visibility:hidden", "opacity:0",
        "color:#fff;background:#FFFFFF", "height:1px;overflow:hidden",
        "color:white;background-color:#fff", "margin-top:-5000px", "clip:rect(0,0,0,0)",
    ],
)  # fmt: skip
def test_a_link_farm_hidden_by_its_style_is_left_out(style: str) -> None:
    page = extract(article(f'{BODY}<div style="{style}">{FARM}</div>'))
    assert page.text == TEXT
    assert next(why for said, why in left_out(page) if "开元棋牌" in said).startswith("hidden")


@pytest.mark.parametrize(
    "style", ["color:#fff", "left:-1px", "font-size:0.9em", "height:100px;overflow:hidden", "opacity:0.9", "top:-20px"]
)
def test_a_style_that_hides_nothing_leaves_text_alone(style: str) -> None:
    assert LEAD in extract(article(f'<p style="{style}">{LEAD}</p><p>{MIDDLE}</p>')).text


def test_a_link_farm_hidden_by_a_style_sheet_is_left_out() -> None:
    sheet = "<style>.x1, #farm { display: none } p { color: red }</style>"
    page = extract(article(f"{BODY}<div id=farm>{FARM}</div><p class='b x1'>{FARM}</p>", head=sheet))
    assert page.text == TEXT
    assert [why for said, why in left_out(page) if "开元棋牌" in said] == ["hidden by a style sheet"] * 2


def test_a_link_farm_in_entities_is_left_out() -> None:
    farm = "".join(
        f"<a href=x{number}>{''.join(f'&#{ord(letter)};' for letter in '网上娱乐城')}{number}</a>"
        for number in range(40)
    )
    page = extract(article(around=f"<div>{farm}</div>"))
    assert page.text == TEXT
    assert any("网上娱乐城7" in said for said, _ in left_out(page))


def test_what_only_a_script_unveils_is_kept() -> None:
    page = extract(page_of(f'<div id=box style="visibility:hidden">{BODY}</div><div style="display:none">山水。</div>'))
    assert page.text == TEXT
    assert reasons(page)["山水。"] == "hidden"


def test_jammers_are_left_out_of_the_line_they_stand_in() -> None:
    page = extract(article(f"<p>{LEAD[:20]}<font class=jammer>% g$ V0 N</font>{LEAD[20:]}</p><p>{MIDDLE}</p>"))
    assert page.text == f"{LEAD}\n{MIDDLE}"
    assert reasons(page)["% g$ V0 N"] == "jammer"


def test_tables_lists_headings_and_code_stay_as_text() -> None:
    inner = (
        f"<p>{LEAD}</p><h2>书目</h2><ul><li>《水经注》，缺一册。</li><li>《茶谱》，虫蛀。</li></ul><p>{MIDDLE}</p>"
        f"<table><tr><th>书</th><th>价</th></tr><tr><td>茶谱</td><td>三元</td></tr></table><p>{CLOSE}</p>"
        "<pre>for book in shelf:\n    print(book)</pre>"
    )
    lines = [LEAD, "书目", "《水经注》，缺一册。", "《茶谱》，虫蛀。", MIDDLE, "书  价", "茶谱  三元", CLOSE]
    assert extract(article(inner)).text.split("\n") == [*lines, "for book in shelf:", "    print(book)"]


def test_text_and_left_out_hold_all_that_a_reader_sees() -> None:
    for layout in layouts():
        page = extract(layout.page, url=layout.url)
        whole = page.source
        seen = tree_of(layout.page)
        assert seen is not None
        body = seen.find("body")
        assert body is not None
        assert sorted("".join(body.itertext()).translate(BLANKS)) == sorted(whole.translate(BLANKS))


def test_the_title_is_left_out_as_such() -> None:
    assert reasons(extract(article()))[TITLE] == "title"


def test_what_is_left_out_says_where_it_stood() -> None:
    edit = next(edit for edit in extract(article()).edits if "版权所有" in edit.old)
    assert (edit.old.strip(), edit.rule, edit.why) == ("版权所有 青石网", "extract/footer", "footer, in div.footer")


LINES = "<p>一</p><p>二</p><p>三</p><p>四</p>"
CELLS = "<p>一</p><table><tr><td>二</td><td>三</td></tr></table><p>四</p>"


@pytest.mark.parametrize("kept", [set(), {0}, {1}, {2}, {0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}, {0, 1, 2, 3}])
@pytest.mark.parametrize("page", [LINES, CELLS], ids=["lines", "cells"])
def test_what_stays_of_a_page_has_a_line_for_each_block_and_a_gap_between_cells(page: str, kept: set[int]) -> None:
    root = tree_of(page)
    assert root is not None
    view = FeatureView(blocks_of(root), Head())
    lines = laid(view.blocks)
    document = Document.of(lines.text).revised(left_out_of(view, Choice(0, 4, tuple(sorted(kept)), False), lines))
    text = "一\n二  三\n四" if page == CELLS else "一\n二\n三\n四"
    assert lines.text == text
    assert document.text == joined(sorted(kept), is_row=page == CELLS)
    assert len(document.edits) == 4 - len(kept)


def joined(stays: list[int], *, is_row: bool) -> str:
    gaps = ["  " if is_row and both == (1, 2) else "\n" for both in pairwise(stays)]
    return "".join(gap + "一二三四"[place] for gap, place in zip(["", *gaps], stays, strict=False))


KNOWN_FAILURES = {"feed-0": "teasers with more prose than the short article above them are taken for it"}


UNTOLD = {"blog": "an article with as many comments as a thread has posts is told as one"}  # where no address tells


def all_layouts() -> Iterator[ParameterSet]:
    for layout in layouts():
        why = KNOWN_FAILURES.get(layout.name)
        yield pytest.param(layout, id=layout.name, marks=[pytest.mark.xfail(reason=why)] if why else [])


@pytest.mark.parametrize("layout", list(all_layouts()))
def test_common_layouts_are_read(layout: Layout) -> None:
    page = extract(layout.page, url=layout.url)
    assert marked.f1(page.text, layout.gold) > 0.75
    assert all(line in page.text for line in layout.gold.split("\n") if len(line) > 20)


@pytest.mark.parametrize("layout", list(small_layouts()), ids=lambda layout: layout.name)
def test_nothing_of_a_small_page_is_lost_but_its_furniture(layout: Layout) -> None:
    page = extract(layout.page)
    assert [line for line in layout.gold.split("\n") if line not in page.text] == []
    assert "首页" not in page.text
    assert "版权所有" not in page.text


@pytest.mark.parametrize(
    "layout", [each for each in layouts(seeds=1) if each.is_thread], ids=lambda layout: layout.name
)
def test_a_thread_is_told_and_its_posts_stay(layout: Layout) -> None:
    page = extract(layout.page, url=layout.url)
    assert page.about
    assert page.about.kind == "thread"
    assert layout.gold.split("\n")[1] in page.text


def without_address() -> Iterator[ParameterSet]:
    for layout in layouts():
        why = UNTOLD.get(layout.name.partition("-")[0])
        yield pytest.param(layout, id=layout.name, marks=[pytest.mark.xfail(reason=why, strict=True)] if why else [])


@pytest.mark.parametrize("layout", list(without_address()))
def test_a_page_without_address_is_told_from_what_it_says(layout: Layout) -> None:
    page = extract(layout.page)
    assert page.about
    assert page.about.kind == ("thread" if layout.is_thread else "article")


def test_a_page_of_links_is_a_list() -> None:
    page = extract(page_of(f"<div class=list><ul>{LINKS}</ul></div>", title="文化_青石网"))
    assert page.about
    assert page.about.kind == "list"


@pytest.mark.parametrize(
    "item",
    [
        "<li><a href={0}>{1}</a> <span>2024-05-1{0}</span></li>",
        "<li><span>2024-05-0{0} 08:15</span><a href={0}>{1}</a>",
        "<tr><td><a href={0}>{1}</a></td><td>2024年5月{0}日</td></tr>",
        "<p><em>2024/5/{0}</em> <a href={0}>{1}</a></p>",
    ],
)  # fmt: skip
def test_a_page_of_dated_links_is_a_list(item: str) -> None:
    lines = [
        "山谷里的渡口灯又亮了",
        "茶农在雨后的一天",
        "老船工收了年轻徒弟",
        "集市比往年热闹",
        "修表铺重新开门迎客",
    ] * 3
    page = extract(
        page_of("".join(item.format(number, line) for number, line in enumerate(lines)), title="文化_青石网")
    )
    assert page.about
    assert page.about.kind == "list"


@pytest.mark.parametrize(
    "page", ["", " \n", "<html></html>", "<script>不要</script>", "<!-- 不要 -->", "<p> </p>", "<br><img>"]
)
def test_a_page_without_text_is_empty(page: str) -> None:
    assert extract(page).source == ""


def test_a_page_that_is_no_html_is_its_own_text() -> None:
    assert extract("青石桥头有一家旧书铺。").text == "青石桥头有一家旧书铺。"


def test_short_text_on_a_bare_page_is_kept() -> None:
    assert extract("<p>山水</p>").text == "山水"


def test_an_address_that_is_none_does_no_harm() -> None:
    assert extract(article(), url="http://[").text == TEXT


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + BODY + "</div>" * 100_000,
        "<b><i>" * 50_000 + BODY,
        "<table><tr><td>" * 30_000 + BODY,
        "<div><p>" * 30_000 + "</div>" * 5 + BODY,
        f"<p {' '.join(f'a{number}={number}' for number in range(300_000))}>{LEAD}</p>{BODY}",
        f'<p title="{"x" * 5_000_000}">{LEAD}</p>{BODY}',
        f"{BODY}<p title='{'<' * 1_000_000}",
        "</div></p></table>" * 50_000 + BODY,
        f"<div style='{'display:none;' * 100_000}'>{FARM}</div>{BODY}",
        f"<style>{'.a{display:none' * 100_000}</style>{BODY}",
        BODY + "<span class=x>" * 100_000,
        BODY + "".join(f"<div class='c{number}' id='d{number}'>山，{number}。</div>" for number in range(40_000)),
        BODY + "<span style='display:none'>藏</span>" * 40_000,
        f"<style>{'.a .b > .c,.x{display:none}' * 20_000}</style>{BODY}" + "<p class='a b c x'>藏</p>" * 20_000,
        "".join(f"<style>{part * 50_000}</style>" for part in ("@media x ", "@media x{.a{", "/*")) + BODY,
        f"<title>{'青石，桥。' * 100_000}</title>{BODY}" + "<p>青石，桥。青石</p>" * 20_000,
        BODY + "&lt;a " + "href=//x " * 50_000 + "&gt;",
        BODY + "<p class='" + "post-" * 60 + "x'>山</p>" * 1000,
        BODY + "<!--" * 100_000,
        f"{BODY}<div hidden>{''.join(f'<p>渡口的灯，亮到{number}更。人没来齐。' for number in range(20_000))}</div>",
        f"<script type='application/ld+json'>{json.dumps({'articleBody': '渡口的灯，亮。' * 40_000})}</script>{BODY}"
        + "<p>山，水，渡口的灯没亮。" * 20_000,
        BODY + "<table>" + "<tr><td>山<td><td>水" * 20_000,
        BODY + "<div style='font-size:0'>" * 300 + "<i style='font-size:9px'>山</i>" * 20_000,
        f"<title>论坛</title><div class=t_f>{BODY}</div>" + "<p class=t_f>顶。</p><p class=authi>山</p>" * 20_000,
    ],
    ids=[
        "deep", "open inlines", "tables in tables", "broken nesting", "many attributes", "a long attribute", "brackets",
        "stray ends", "a long style", "an open style sheet", "open spans", "many elements", "many hidden elements",
        "a long style sheet", "broken style sheets", "a long title", "an encoded link", "long names", "open comments",
        "much folded prose", "a long record", "a long table", "sizes in sizes", "many posts",
    ],
)  # fmt: skip
def test_a_hostile_page_is_read(page: str) -> None:
    read = extract(page)
    assert LEAD in read.source


def test_a_page_of_only_links_is_read() -> None:
    page = extract("".join(f"<div><a href=/{number}>山水{number}</a></div>" for number in range(20_000)))
    assert len(page.source) > 100_000


@given(decoded_texts())
def test_any_text_is_some_page(text: str) -> None:
    page = extract(text)
    assert all(line.strip() for line in page.text.split("\n")) or not page.text
    assert encodable(page.text) == page.text or encodable(text) != text


def test_bytes_that_are_no_text_stay_for_the_layer_that_tells_them() -> None:
    page = extract(f"<title>{TITLE}\udcfe</title><p>{LEAD}\udcff\udc80</p><p>{MIDDLE}</p><p hidden>\udcff</p>")
    assert page.text == f"{LEAD}\udcff\udc80\n{MIDDLE}"
    assert page.source.endswith("\udcff")
    assert page.rebuilt() == page.source
    assert page.about
    assert encodable(page.about.title) == page.about.title
    told = Cleaner().finished(page)
    assert encodable(told.text) == told.text
    assert any("FF" in edit.why and "no text" in edit.why for edit in told.edits)


@pytest.mark.parametrize("stray", ["\ud83d", "\udcff\U0010f8ff"])
def test_other_lone_surrogates_are_lost_characters(stray: str) -> None:
    page = extract(f"<p>{LEAD}{stray}</p>")
    assert page.text == LEAD + encodable(stray)


def test_a_page_keeps_its_private_characters() -> None:
    own = f"{LEAD}{chr(0x10F880)}{chr(0xE000)}"
    assert extract(f"<p>{own}</p>").text == own


@pytest.mark.slow
@pytest.mark.skipif(
    not (FOLDER / "html_zh").is_dir(), reason="needs the marked pages; set CLEANER_DATA to their folder"
)
def test_marked_pages_are_read_as_well_as_ever() -> None:
    pages = marked.pages()
    texts = held_out(pages)  # by models that were fitted without their hosts
    scores = [marked.f1(text, page.gold) for text, page in zip(texts, pages, strict=True)]
    assert fmean(scores) > 0.93
    assert min(scores) > 0.45
    assert fmean(marked.recall(text, page.gold) for text, page in zip(texts, pages, strict=True)) > 0.95
