"""What counts as one template, how it is counted, and what of it goes from a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given

from cleaner.document import Document
from cleaner.fold import converted, fold
from cleaner.templates import Counts, find_lines, find_segments, groups_of
from cleaner.templates.keys import rows, template_of
from cleaner.templates.lines import Outcome, findings
from cleaner.templates.pieces import chains
from cleaner.units import View
from tests.sites import BLOCK, DIVIDER, PLUG, TITLES, article, essay, fused, page, paragraph, statute
from tests.strategies import texts

GROUP = ("folder a",)
DOCUMENTS = 12


def counted(pages: Iterable[str], least: int = 5, limit: int = 4_000_000) -> Counts:
    counts = Counts(least, limit=limit)
    for text in pages:
        counts.add(View(text), GROUP)
    return counts


def cleaned(text: str, counts: Counts) -> Document:
    view, known = View(text), counts.known(GROUP)
    return Document.of(text).revised([*find_lines(view, known), *find_segments(view, known)])


def site(make: Callable[[int], str]) -> tuple[list[str], Counts]:
    """A folder's pages and their counts."""
    pages = [make(number) for number in range(DOCUMENTS)]
    return pages, counted(pages)


# keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阅读（12）", "閱讀(990)"),
        ("阅读 1.2万", "阅读 87"),
        ("发布时间：2026-01-02 08:15", "发布时间：2025-11-30 23:59"),
        ("第3版面 > 正文", "第12版面 > 正文"),
        ("[查看原文](https://news.example.com/a/1)", "[查看原文](https://news.example.com/b/2.html)"),
        ("**扫码进群**", "扫码进群"),
        ("点此  订阅", "点此 订阅"),
    ],
)
def test_lines_that_differ_by_what_varies_are_one_template(one: str, other: str) -> None:
    assert template_of(fold(one)) == template_of(fold(other)) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阅读（12）", "点赞（12）"),
        ("[查看原文](https://news.example.com/a/1)", "[查看原文](https://other.example.com/a/1)"),
        ("![](https://img.example.com/banner.png)", "![](https://img.example.com/photo.png)"),
    ],
)
def test_lines_that_say_different_things_are_not(one: str, other: str) -> None:
    assert template_of(fold(one)) != template_of(fold(other))


@pytest.mark.parametrize(
    "line",
    [
        "第一章 總則", "第 12 條", "一、", "（三）经费来源", "1. 总体要求", "参考文献", "背景", "影响：", "## 小结",
        "| 名称 | 数量 |", "责任编辑：某某", "import os.path as path; path.join(a)", "关键词", "附录",
        "答：", "❶外观检查", "author: 山里人",
    ],
)  # fmt: skip
def test_what_authors_repeat_has_no_key(line: str) -> None:
    assert template_of(fold(line)) is None


@pytest.mark.parametrize("line", ["-----", "***", "2026-01-02", "12", "| |", "……"])
def test_a_line_without_words_is_nobodys(line: str) -> None:
    assert not template_of(fold(line))


def test_code_blocks_and_front_matter_are_no_templates() -> None:
    text = "---\ntags: [ 山里 ]\nfrom: https://example.com\n---\n```\n安装依赖\n```\n扫码进群看看\n"
    assert [row.text for row in rows(View(text)) if row.key] == ["扫码进群看看"]


@pytest.mark.parametrize("border", ["---\n", ""])
def test_front_matter_whose_upper_border_is_gone_is_still_known(border: str) -> None:
    text = f"{border}tags: [ 山里 ]\nauthor: 山里人\n---\n扫码进群看看\n---\n再看一眼\n"
    assert [row.text for row in rows(View(text)) if row.key] == ["扫码进群看看", "再看一眼"]


# groups


@pytest.mark.parametrize(
    ("name", "text", "groups"),
    [
        ("a.html", '<link rel="canonical" href="https://www.example.com/a">', ("example.com",)),
        ("a.html", "<meta content='https://News.example.com/a' property='og:url'>", ("news.example.com",)),
        ("a.md", "---\nfrom: https://example.com/v\nauthor: 山里人\n---\n", ("example.com", "example.com by 山里人")),
        ("a.md", '---\ntitle: "a"\nurl: "https://example.com/v"\n---\n', ("example.com",)),
        ("b/a.txt", "https://example.com 是一个网址。", ("folder b",)),
        ("b/c/a.txt", "正文", ("folder b/c",)),
        ("a.txt", "---\nauthor: 山里人\n---\n", ("folder .",)),
    ],
)
def test_a_document_is_compared_within_its_host_or_folder(name: str, text: str, groups: tuple[str, ...]) -> None:
    assert groups_of(name, text) == groups


# counts


def test_a_document_counts_once_however_often_it_says_a_line() -> None:
    counts = counted(["扫码进群看看\n扫码进群看看\n"] * 4 + ["别的\n"], least=3)
    assert str(counts.share(template_of("扫码进群看看"), GROUP)) == "stands in 4 of 5 documents of folder a"


def test_fewer_documents_than_asked_for_share_nothing() -> None:
    assert counted(["扫码进群看看\n"] * 4, least=5).share(template_of("扫码进群看看"), GROUP) is None


def test_groups_are_counted_apart() -> None:
    counts = Counts(3)
    for number in range(6):
        counts.add(View("扫码进群看看\n"), (f"folder {number % 2}",))
    shares = [counts.share("扫码进群看看", (f"folder {number}",)) for number in range(2)]
    assert [share and share.documents for share in shares] == [3, 3]


def test_of_two_groups_the_greater_share_counts() -> None:
    counts = Counts(3)
    for number in range(9):
        own = ("example.com by 甲",) if number < 3 else ()
        counts.add(View("扫码进群看看\n" if own else "别的\n"), ("example.com", *own))
    share = counts.share("扫码进群看看", ("example.com", "example.com by 甲"))
    assert share == (3, 3, "example.com by 甲")


def test_memory_is_bounded_and_what_recurs_is_still_known() -> None:
    pages = [f"扫码进群看看\n{article(number)}\n" for number in range(30)]
    counts = counted(pages, limit=300)
    share = counts.share("扫码进群看看", GROUP)
    assert counts.forgotten > 0
    assert share is not None
    assert share.documents == 30


def test_no_template_stands_in_two_documents() -> None:
    with pytest.raises(ValueError, match="3 documents at least, not 2"):
        Counts(2)


# lines


def test_what_a_site_puts_around_its_articles_goes() -> None:
    pages, counts = site(page)
    for number, text in enumerate(pages):
        document = cleaned(text, counts)
        assert document.text == f"{article(number)}\n"
        assert document.rebuilt() == text
        assert {edit.why for edit in document.edits} == {
            f"stands in 12 of 12 documents of folder a, {where} the article, beside other lines of the site"
            for where in ("above", "below")
        }


def test_script_and_width_do_not_matter() -> None:
    pages = [page(number) for number in range(DOCUMENTS)]
    mixed = [converted(text, "hant") if number % 2 else text for number, text in enumerate(pages)]
    assert cleaned(mixed[1], counted(mixed)).text == converted(f"{article(1)}\n", "hant")


@pytest.mark.parametrize("make", [statute, essay])
def test_what_authors_repeat_stays(make: Callable[[int], str]) -> None:
    pages, counts = site(make)
    for text in pages:
        document = cleaned(text, counts)
        assert document.text == text
        assert len(document.edits) == 1  # the sentence at the end, which is flagged


def test_a_second_run_changes_nothing() -> None:
    for make in (page, fused, essay):
        pages, counts = site(make)
        again = [cleaned(text, counts).text for text in pages]
        assert [cleaned(text, counts).text for text in again] == again
        assert [cleaned(text, counted(again)).text for text in again] == again


def test_a_line_within_the_article_stays_even_if_all_share_it() -> None:
    pages = [f"{paragraph(number)}\n{BLOCK[0]}\n{BLOCK[1]}\n{paragraph(number + 40)}\n" for number in range(DOCUMENTS)]
    assert cleaned(pages[0], counted(pages)).text == pages[0]


def test_a_title_that_recurs_stays() -> None:
    pages = [f"一周要闻\n{paragraph(number)}\n" for number in range(DOCUMENTS)]
    document = cleaned(pages[0], counted(pages))
    assert document.text == pages[0]
    assert [edit.old for edit in document.edits] == ["一周要闻"]


def test_a_heading_above_what_only_one_page_says_stays() -> None:
    pages = [f"{paragraph(number)}\n本期阅读书目\n《{TITLES[number]}》\n" for number in range(DOCUMENTS)]
    assert cleaned(pages[0], counted(pages)).text == pages[0]


def test_a_sentence_goes_only_in_a_block_of_the_site() -> None:
    plea = "本站文章欢迎转发，转发的时候请带上我们的名字。"
    alone = [f"{paragraph(number)}\n{plea}\n" for number in range(DOCUMENTS)]
    (edit,) = cleaned(alone[0], counted(alone)).edits
    assert edit.is_flag
    assert "a sentence, which its author may have repeated" in edit.why
    beside = [f"{paragraph(number)}\n{BLOCK[0]}\n{plea}\n{BLOCK[1]}\n" for number in range(DOCUMENTS)]
    assert cleaned(beside[0], counted(beside)).text == f"{paragraph(0)}\n"


def test_lines_that_few_documents_share_go_only_as_a_block() -> None:
    others = [f"{paragraph(number)}\n" for number in range(60, 100)]
    form = [f"{paragraph(number)}\n山路状况\n可以通行\n需带雨具\n" for number in range(6)]
    single = [f"{paragraph(number)}\n{BLOCK[0]}\n" for number in range(6)]
    pair = [f"{paragraph(number)}\n{BLOCK[0]}\n{BLOCK[1]}\n" for number in range(6)]
    block = [f"{paragraph(number)}\n{BLOCK[0]}\n{BLOCK[1]}\n点亮屋前的小灯\n" for number in range(6)]
    assert cleaned(form[0], counted([*others, *form])).text == form[0]  # asks nothing of readers
    assert cleaned(single[0], counted([*others, *single])).text == single[0]
    assert cleaned(pair[0], counted([*others, *pair])).text == pair[0]
    assert cleaned(block[0], counted([*others, *block])).text == f"{paragraph(0)}\n"


def test_a_byline_with_its_date_stays_where_few_share_it() -> None:
    others = [f"{paragraph(number)}\n" for number in range(60, 100)]
    pages = [
        f"第{number}只旧船\n山里人家 山里人家 2026-03-{number + 1:02d}\n"
        f"{BLOCK[0]}\n{BLOCK[1]}\n点亮屋前的小灯\n扫码进群看看\n{paragraph(number)}\n"
        for number in range(8)
    ]
    assert "山里人家 2026-03-01" in cleaned(pages[0], counted([*others, *pages])).text


def test_a_link_that_changes_from_page_to_page_goes_only_if_most_pages_have_it() -> None:
    pages = [f"{paragraph(number)}\n[查看原文](https://example.com/{number})\n" for number in range(DOCUMENTS)]
    others = [f"{paragraph(number)}\n" for number in range(60, 80)]
    assert cleaned(pages[0], counted(pages)).text == f"{paragraph(0)}\n"
    assert cleaned(pages[0], counted([*pages, *others])).text == pages[0]


def test_a_page_without_an_article_stays() -> None:
    pages = ["\n".join(BLOCK) + "\n"] * DOCUMENTS
    assert cleaned(pages[0], counted(pages)).text == pages[0]


def test_every_shared_line_has_an_outcome_and_a_reason() -> None:
    pages, counts = site(essay)
    found = findings(rows(View(pages[0])), counts.known(GROUP))
    assert [(item.row.text, item.outcome) for item in found] == [
        ("山一程,水一程,", Outcome.STAYS),
        ("谢谢大家读到这里,我们下次再见。", Outcome.DOUBTFUL),
    ]
    assert found[0].why == "stands between lines of the article"


# segments


def test_promotion_fused_to_both_ends_of_a_line_goes() -> None:
    pages, counts = site(fused)
    for number, text in enumerate(pages):
        document = cleaned(text, counts)
        told = "".join(paragraph(3 * number + part) for part in range(2))
        assert document.text.splitlines()[1] == told
        assert document.rebuilt() == text
        assert {edit.rule for edit in document.edits} == {"templates/segment"}


def test_dividers_of_any_length_are_one() -> None:
    pages = [f"{paragraph(number)}{'－' * (10 + number)}往期都在这里https://example.com/v/1\n" for number in range(8)]
    assert [cleaned(text, counted(pages)).text for text in pages] == [f"{paragraph(number)}\n" for number in range(8)]


def test_a_link_of_the_article_stays_at_its_end() -> None:
    pages = [f"{paragraph(number)}资料出自https://example.com/v/{number}\n" for number in range(8)]
    assert cleaned(pages[0], counted(pages)).text == pages[0]


def test_a_sentence_fused_to_a_paragraph_is_flagged() -> None:
    pages = [f"各位乡亲晚上好，又到了讲故事的时候。{paragraph(number)}\n" for number in range(8)]
    (edit,) = cleaned(pages[0], counted(pages)).edits
    assert edit.is_flag
    assert edit.old == "各位乡亲晚上好，又到了讲故事的时候。"


def test_a_line_that_is_shared_from_end_to_end_is_not_cut() -> None:
    line = f"{PLUG}{DIVIDER}往期最受欢迎https://example.com/v/1"
    pages = [f"{paragraph(number)}\n{line}\n{paragraph(number + 40)}\n" for number in range(8)]
    assert cleaned(pages[0], counted(pages)).text == pages[0]


def test_tags_of_a_table_are_no_chain() -> None:
    row = "<table><tbody><tr><td><p>甲乙丙丁甲乙丙丁</p></td></tr></tbody></table>" * 2
    pages = [f"{row}{paragraph(number)}\n" for number in range(8)]
    assert cleaned(pages[0], counted(pages)).text == pages[0]


@given(texts())
def test_chains_reach_from_an_end_of_the_line_and_leave_something(text: str) -> None:
    for line in View(text * 3).lines:
        for chain in chains(line.key):
            assert 0 < chain.cut < len(line.key)


@given(texts())
def test_whatever_is_found_can_be_taken_back(text: str) -> None:
    counts = counted([text] * 3, least=3)
    assert cleaned(text, counts).rebuilt() == text
