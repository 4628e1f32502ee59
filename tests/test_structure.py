"""Which marked lines go, what goes with them, and what stays whatever marks say."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import rules
from cleaner.document import Document, Edit
from cleaner.rules import Rule, RuleSet
from cleaner.shapes import Row, Shape, is_sentence, shape_of, speaks
from cleaner.structure import body_of, find, rows_of, settled
from cleaner.structure.finding import _said_pairs, _title
from cleaner.structure.page import letter_pairs
from cleaner.units import View, without_lines
from tests.samples import CLOSE, LEAD, MIDDLE, rule, rule_file
from tests.strategies import pages, texts

LEFTOVER = "structure/leftover"
HUGE = "书店,书架,书桌。" * 300
STRANGER = (
    "欢迎光临金牛娱乐，注册即送彩金，提款秒到账，百万会员共同见证，机会难得，速来体验，"
    "全天在线客服恭候，新老玩家共享豪礼，手机电脑同步畅玩。"
)
RELATIVE = (
    "旧书铺门口的自行车又多了几辆，掌柜褚师傅照旧摸一摸纸，照旧给晚来的人留一道灯光，"
    "手指上至今留着铅灰，他认书不看封面，说得出是哪一年。"
)


@pytest.fixture(scope="module")
def rule_set(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    """Lines that go anywhere (分享到…), at an edge (首页, 返回顶部), with a list below (相关阅读), and spam (博彩)."""
    folder = tmp_path_factory.mktemp("rules")
    site = rule_file(
        folder,
        marking("share", "^分享到", where="anywhere"),
        marking("nav", "^(首页|返回顶部|联系我们)$", where="edge", needs=["首页", "返回顶部", "联系我们"]),
        marking("related", "^相关阅读$", where="edge", heads=True),
        marking("hot", "^热门推荐$", where="anywhere", heads=True),
    )
    spam = rule_file(folder, marking("casino", "博彩", where="anywhere"), stem="spam")
    return rules.load([site, spam])


def marking(
    name: str, pattern: str, *, where: str, heads: bool = False, needs: list[str] | None = None
) -> dict[str, object]:
    literal = pattern.strip("^$")
    needs = needs or [literal]
    return rule(
        id=name, about=f"{name} line", pattern=pattern, needs=needs, where=where, heads=heads, changes=[[needs[0], ""]]
    )


def cleaned(rule_set: RuleSet, *lines: str) -> Document:
    text = "\n".join(lines)
    view = View(text, rule_set.gate)
    rows = rows_of(view, rule_set.marks(view))
    gone, doubts = settled(view, rows)
    flags = [
        Edit(*view.line_span(rows[at].line), view.line_span(rows[at].line)[1], LEFTOVER, doubts[at]) for at in doubts
    ]
    return Document.of(text).revised([*without_lines(view, {rows[at].line: gone[at] for at in gone}), *flags])


def left(rule_set: RuleSet, *lines: str) -> list[str]:
    return cleaned(rule_set, *lines).text.split("\n")


def reasons(document: Document) -> dict[str, tuple[str, str]]:
    """(rule, why) of each line that went."""
    return {edit.old.strip(): (edit.rule, edit.why) for edit in document.edits}


# shapes


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        (LEAD, Shape.PROSE),
        ("他说:“这本书是前年夏天在渡口边上的小摊里买来的。”", Shape.PROSE),
        ("风从河面上吹过来,带着水草的气味," * 4, Shape.PROSE),
        ("2026-01-17 18:39:01", Shape.DATE),
        ("2026年1月17日", Shape.DATE),
        ("[01-17]", Shape.DATE),
        ("• 张老师谈读书", Shape.ITEM),
        ("3、旧书铺的灯光", Shape.ITEM),
        ("[旧书铺](https://example.org/a)", Shape.ITEM),
        ("https://example.org/a?b=1", Shape.ITEM),
        ("1." + "书" * 100 + "。", Shape.PROSE),
        ("1." + "书" * 17 + "。", Shape.PROSE),
        ("1." + "书" * 16 + "。", Shape.ITEM),
        ("1." + "书" * 18, Shape.ITEM),
        ("青石桥头的旧书铺", Shape.SHORT),
        ("灯亮了。", Shape.OTHER),
        ("书" * 46, Shape.OTHER),
        ("书" * 45, Shape.SHORT),
        ("", Shape.SHORT),
    ],
)  # fmt: skip
def test_a_line_has_a_shape(key: str, shape: Shape) -> None:
    assert shape_of(key) is shape


_SENTENCE = re.compile(r"^.*[㐀-鿿].*[㐀-鿿].*(。[”’」』)\]】\"]*|[!?…][”’」』\"]+)$|^[“「『‘].*[!?…]$")
_END = re.compile(r"[。!?…;][\"'”’」』)\]】》]*$|[.:—][”’」』\"]?$")
_INNER = re.compile(r"[,、;]")
line_ends = st.text("书铺a。!?…;.:—\"'”’」』)]】》,、“", max_size=8)


@given(line_ends)
def test_how_a_line_ends_is_told_by_its_last_letters(end: str) -> None:
    assert (shape_of("书" * 20 + "铺" + end) is Shape.PROSE) is bool(_END.search("铺" + end))
    assert speaks(Row(0, end, Shape.OTHER, None)) is bool(_END.search(end) and _INNER.search(end))
    assert is_sentence("书铺" + end) is bool(_SENTENCE.match("书铺" + end))
    assert is_sentence("“" + end) is bool(_SENTENCE.match("“" + end))


@pytest.mark.parametrize("bullet", "•·・●○■□▪◆◇★☆►▶>*+-|")
def test_a_bullet_makes_an_item(bullet: str) -> None:
    assert shape_of(f"{bullet} 青石桥头") is Shape.ITEM


@pytest.mark.parametrize("date", ["2026年1月17日", "１月２日", "٣.٤", "[01-17]", "(1/17)", "【2026.1.17】"])
def test_a_date_may_be_written(date: str) -> None:
    assert shape_of(date) is Shape.DATE


# bodies


def marker(where: str) -> Rule:
    return Rule("site", "x", "", "", (), (), where=where)  # type: ignore[arg-type]


def row(key: str, where: str = "") -> Row:
    return Row(0, key, shape_of(key), marker(where) if where else None)


@pytest.mark.parametrize(
    ("rows", "body"),
    [
        ([], None),
        ([row("标题"), row("首页", "edge")], None),
        ([row(LEAD)], (0, 0)),
        ([row("首页", "edge"), row(LEAD), row("小标题"), row(CLOSE), row("返回顶部", "edge")], (1, 3)),
        ([row(LEAD), row(MIDDLE), *[row("首页", "edge")] * 3, row(STRANGER)], (0, 1)),
        ([row(STRANGER), *[row("分享到", "anywhere")] * 2, row(LEAD), row(MIDDLE)], (3, 4)),
        ([row(LEAD), row(MIDDLE), row("首页", "edge"), row(CLOSE), row(MIDDLE)], (0, 4)),
        ([row(HUGE), *[row("分享到", "anywhere")] * 3, row(LEAD), row(MIDDLE), row(MIDDLE)], (0, 0)),
        ([row(HUGE), *[row("分享到", "anywhere")] * 3, *[row(MIDDLE)] * 5], (4, 8)),
        ([row(LEAD, "anywhere"), row("标题")], None),
    ],
    ids=[
        "no rows", "no prose", "one paragraph", "without what stands around it", "prose behind furniture is not of it",
        "the larger of two stretches", "one mark does not part it", "a very long paragraph counts",
        "and does not outweigh a page", "marked prose is no body",
    ],
)  # fmt: skip
def test_the_body_is_the_stretch_with_most_prose(rows: list[Row], body: tuple[int, int] | None) -> None:
    assert body_of(rows) == body


# marks


@given(texts() | pages())
def test_nothing_goes_without_a_mark(text: str) -> None:
    assert list(find(View(text), {})) == []


def test_a_line_marked_anywhere_goes_wherever_it_is(rule_set: RuleSet) -> None:
    document = cleaned(rule_set, LEAD, "分享到：微信", MIDDLE)
    assert document.text == f"{LEAD}\n{MIDDLE}"
    assert reasons(document) == {"分享到：微信": ("site/share", "share line")}


def test_edge_marks_at_the_tail_go(rule_set: RuleSet) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, "首页", "返回顶部")
    assert document.text == f"{LEAD}\n{MIDDLE}\n"
    name, why = reasons(document)["返回顶部"]
    assert name == "site/nav"
    assert why.startswith("nav line, ")


@pytest.mark.parametrize("mark", ["首页", "返回顶部", "相关阅读"])
def test_edge_marks_inside_the_body_stay(rule_set: RuleSet, mark: str) -> None:
    assert not cleaned(rule_set, LEAD, mark, MIDDLE).edits


def test_edge_marks_on_a_page_without_prose_stay(rule_set: RuleSet) -> None:
    assert not cleaned(rule_set, "旧书铺", "首页", "返回顶部", "联系我们").edits


def test_two_edge_marks_at_the_top_go_and_one_stays(rule_set: RuleSet) -> None:
    assert left(rule_set, "首页", "返回顶部", LEAD, MIDDLE) == [LEAD, MIDDLE]
    assert left(rule_set, "首页", LEAD, MIDDLE) == ["首页", LEAD, MIDDLE]


def test_a_lone_marked_line_after_a_list_of_short_lines_stays(rule_set: RuleSet) -> None:
    assert not cleaned(rule_set, LEAD, MIDDLE, "书目", "地图", "首页").edits


@pytest.mark.parametrize(
    "tail",
    [["地图", "", "首页"], ["编辑：褚平", "首页"], ["灯亮了。", "首页"], ["地图", "首页", "返回顶部", "联系我们"]],
    ids=["after a gap", "after a credit", "after a sentence", "with others"],
)
def test_a_marked_line_goes_where_the_article_can_have_ended(rule_set: RuleSet, tail: list[str]) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, *tail)
    assert {rule for rule, _ in reasons(document).values()} == {"site/nav"}
    assert document.text.rstrip("\n").endswith(tail[0])


@pytest.mark.parametrize("marks", [["联系我们", "分享到：微信"], ["分享到：微信", "返回顶部"]], ids=["above", "below"])
def test_an_edge_mark_beside_a_line_that_goes_goes_with_it(rule_set: RuleSet, marks: list[str]) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, CLOSE, *marks, MIDDLE, CLOSE)
    assert document.text.split("\n") == [LEAD, MIDDLE, CLOSE, MIDDLE, CLOSE]
    name, why = reasons(document)[next(mark for mark in marks if mark != "分享到：微信")]
    assert (name, why) == ("site/nav", "nav line, beside other page furniture")


def test_several_edge_marks_below_the_article_go_though_not_in_a_row(rule_set: RuleSet) -> None:
    lines = ["首页", "灯亮了。", "返回顶部", "门开了。", "联系我们", "人来了。"]
    assert left(rule_set, LEAD, MIDDLE, *lines) == [LEAD, MIDDLE, "灯亮了。", "门开了。", "人来了。"]
    assert not cleaned(rule_set, LEAD, MIDDLE, *lines[2:]).edits


def test_edge_marks_in_a_row_inside_the_body_stay_though_the_page_is_full_of_furniture(rule_set: RuleSet) -> None:
    lines = [LEAD, MIDDLE, "首页", "返回顶部", CLOSE, MIDDLE]
    assert left(rule_set, *lines, *FURNITURE) == [*lines, ""]


def test_inside_the_body_only_the_edge_mark_right_beside_a_sure_one_goes(rule_set: RuleSet) -> None:
    lines = [LEAD, MIDDLE, CLOSE, "首页", "联系我们", "分享到：微信", MIDDLE, CLOSE]
    assert left(rule_set, *lines) == [LEAD, MIDDLE, CLOSE, "首页", MIDDLE, CLOSE]


def test_an_edge_mark_alone_above_a_sentence_is_its_heading_and_stays(rule_set: RuleSet) -> None:
    above = ["首页", "联系我们", "旧书铺"]
    assert left(rule_set, *above, "返回顶部", LEAD, MIDDLE) == ["旧书铺", "返回顶部", LEAD, MIDDLE]
    assert left(rule_set, *above, "返回顶部", "灯", LEAD, MIDDLE) == ["旧书铺", "灯", LEAD, MIDDLE]


@pytest.mark.parametrize("mark", ["分享到：微信", "首页"])
def test_a_mark_that_the_article_introduces_stays(rule_set: RuleSet, mark: str) -> None:
    assert not cleaned(rule_set, LEAD, MIDDLE, "那门板上写的是：", mark).edits


@pytest.mark.parametrize(
    "lead", ["门板上写的：", "分享到这几处地方：", "那门板上写的是字"], ids=["short", "marked", "open"]
)
def test_a_mark_under_a_line_that_introduces_nothing_goes(rule_set: RuleSet, lead: str) -> None:
    assert "分享到：微信" in reasons(cleaned(rule_set, LEAD, MIDDLE, lead, "分享到：微信"))


def test_a_sure_mark_that_is_a_sentence_goes_unless_it_stands_between_sentences(rule_set: RuleSet) -> None:
    sentence = "分享到各处的人不少。"
    assert not cleaned(rule_set, LEAD, sentence, MIDDLE).edits
    assert left(rule_set, sentence, LEAD, MIDDLE, sentence) == [LEAD, MIDDLE, ""]


def test_marks_above_the_article_count_only_before_its_first_sentence(rule_set: RuleSet) -> None:
    assert not cleaned(rule_set, "灯亮着，人来了。", "首页", "返回顶部", LEAD, MIDDLE).edits
    assert left(rule_set, "灯亮了。", "首页", "返回顶部", LEAD, MIDDLE) == ["灯亮了。", LEAD, MIDDLE]


def test_marks_below_the_article_count_only_after_the_last_sentence(rule_set: RuleSet) -> None:
    lines = [LEAD, MIDDLE, CLOSE, SPAM, "地图", "首页", "书目", "返回顶部", "书桌", "联系我们", "书架"]
    marks = {"首页", "返回顶部", "联系我们"}
    assert marks <= reasons(cleaned(rule_set, *lines)).keys()
    assert not marks & reasons(cleaned(rule_set, *lines, "灯亮着，人来了。")).keys()


# lists


NEWS = ["城西的钟表匠又开张了", "渡口的早市热闹起来了", "河边的茶馆换了新招牌"]
ITEMS = [f"• {headline}" for headline in NEWS]


@pytest.mark.parametrize("items", [[ITEMS[0], "2026-01-17", ITEMS[1]], ITEMS[:1]], ids=["bullets", "one bullet"])
def test_a_list_under_a_header_after_the_body_goes_with_it(rule_set: RuleSet, items: list[str]) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, "相关阅读", *items)
    assert document.text == f"{LEAD}\n{MIDDLE}\n"
    for item in items:
        assert reasons(document)[item] == ("site/related", "in the list under “相关阅读”")


def test_plain_headlines_go_only_if_furniture_follows_them(rule_set: RuleSet) -> None:
    page = [LEAD, MIDDLE, "相关阅读", *NEWS[:2]]
    assert left(rule_set, *page) == page
    assert left(rule_set, *page, "分享到微信") == [LEAD, MIDDLE, ""]


def test_a_list_that_a_line_with_a_colon_leads_up_to_is_the_articles(rule_set: RuleSet) -> None:
    page = ["菜单下面有这样几个按钮：", "首页", "返回顶部", "联系我们", LEAD, MIDDLE]
    assert left(rule_set, *page) == page


@pytest.mark.parametrize(
    "stays",
    [
        ["（编辑：褚平）"], [CLOSE, ITEMS[1]], ["灯亮了。"], ["书" * 100], [NEWS[1], ITEMS[2]],
        ["参考文献", ITEMS[1]], ["注释", ITEMS[1]], ["——河边的茶馆", ITEMS[1]],
    ],
    ids=[
        "a credit", "prose", "a sentence", "a very long line", "another shape", "its literature", "its notes", "a dash",
    ],
)  # fmt: skip
def test_a_list_ends_where_the_article_speaks_again(rule_set: RuleSet, stays: list[str]) -> None:
    assert left(rule_set, LEAD, MIDDLE, *FURNITURE, "相关阅读", ITEMS[0], *stays) == [LEAD, MIDDLE, *stays]


def test_a_list_ends_at_a_gap_that_its_items_do_not_have(rule_set: RuleSet) -> None:
    assert left(rule_set, LEAD, MIDDLE, "相关阅读", *ITEMS[:2], "", ITEMS[2]) == [LEAD, MIDDLE, "", ITEMS[2]]
    assert left(rule_set, LEAD, MIDDLE, "相关阅读", ITEMS[0], "", ITEMS[1], "", ITEMS[2]) == [LEAD, MIDDLE, ""]


def test_a_list_ends_at_a_marked_line(rule_set: RuleSet) -> None:
    lines = [LEAD, MIDDLE, "相关阅读", ITEMS[0], "分享到：微信", ITEMS[1]]
    assert left(rule_set, *lines) == [LEAD, MIDDLE, ITEMS[1]]
    assert left(rule_set, LEAD, MIDDLE, "相关阅读", *NEWS[:2], "分享到：微信") == [LEAD, MIDDLE, ""]


@pytest.mark.parametrize(
    "below",
    [
        NEWS[:1],
        [NEWS[0], "渡口的早市开了"],
        [*NEWS[:2], "灯亮了。"],
        [NEWS[0], f"{NEWS[1]}，"],
        [NEWS[0], ITEMS[1][:9], "灯。"],
    ],
    ids=["one", "short ones", "followed by the article", "an open end", "mixed"],
)
def test_headlines_without_bullets_stay_if(rule_set: RuleSet, below: list[str]) -> None:
    assert not cleaned(rule_set, LEAD, MIDDLE, "相关阅读", *below).edits


@pytest.mark.parametrize("end", ["参考文献和另外几种旧书", "注释和另外几种说法的出处", "——河边的茶馆换了新招牌"])
def test_headlines_before_what_ends_an_article_stay(rule_set: RuleSet, end: str) -> None:
    assert not cleaned(rule_set, LEAD, MIDDLE, "相关阅读", *NEWS[:2], end).edits


def test_above_the_body_a_list_needs_bullets(rule_set: RuleSet) -> None:
    assert left(rule_set, "相关阅读", *ITEMS, LEAD, MIDDLE) == [LEAD, MIDDLE]
    assert not cleaned(rule_set, "相关阅读", *NEWS, LEAD, MIDDLE).edits


def test_a_header_without_a_list_that_is_not_at_the_edge_stays(rule_set: RuleSet) -> None:
    lines = [LEAD, MIDDLE, "书目", "地图", "相关阅读", "编辑：褚平"]
    assert not cleaned(rule_set, *lines).edits


def test_a_list_of_books_is_the_articles_own(rule_set: RuleSet) -> None:
    lines = [LEAD, MIDDLE, "相关阅读", "• 《河上的账房》", "• 《渡口志》", ITEMS[0]]
    assert not cleaned(rule_set, *lines).edits


def test_in_the_body_a_sure_header_takes_only_what_no_prose_could_be(rule_set: RuleSet) -> None:
    lines = [LEAD, "热门推荐", "• 城西的钟表匠", "2026-01-17", "小标题", MIDDLE, CLOSE]
    document = cleaned(rule_set, *lines)
    assert document.text.split("\n") == [LEAD, "小标题", MIDDLE, CLOSE]
    assert reasons(document)["• 城西的钟表匠"] == ("site/hot", "in the list under “热门推荐”")


def test_in_the_body_headlines_under_a_sure_header_stay(rule_set: RuleSet) -> None:
    story = [LEAD, MIDDLE, CLOSE] * 2
    assert left(rule_set, *story, "热门推荐", *NEWS, "分享到：微信", *story) == [*story, *NEWS, *story]


# what stands between furniture

FURNITURE = ["分享到：微信", "分享到：微博", "分享到：空间"]
SPAM = "博彩网站大全"


def test_prose_in_a_shell_of_spam_goes_and_is_told_why(rule_set: RuleSet) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, CLOSE, *FURNITURE, SPAM, STRANGER, "分享到：朋友")
    assert document.text == f"{LEAD}\n{MIDDLE}\n{CLOSE}\n"
    name, why = reasons(document)[STRANGER]
    assert name == "structure/spam-shell"
    assert why.startswith("reads like prose, but stands after the article in a shell of spam")
    for quoted in (f"between “{SPAM}” and “分享到：朋友”", f"under “{SPAM}”"):
        assert quoted in why


@pytest.mark.parametrize(
    "tail",
    [
        [*FURNITURE, SPAM, RELATIVE, "分享到：朋友"],
        [*FURNITURE, STRANGER, "分享到：朋友"],
        [*FURNITURE, STRANGER, SPAM, "分享到：朋友"],
        [SPAM, *FURNITURE, "分享到：朋友", STRANGER, "分享到：朋友"],
        [*FURNITURE, SPAM, STRANGER],
        [*FURNITURE, SPAM, STRANGER, *["灯亮了。"] * 4, "分享到：朋友"],
        [*FURNITURE, SPAM, f"{STRANGER[:58]}。", "分享到：朋友"],
        [STRANGER, SPAM, *FURNITURE],
    ],
    ids=[
        "it shares words with the text", "no spam is near", "spam is only below", "spam is far above",
        "nothing follows", "it is long", "it is short", "nothing stands above",
    ],
)  # fmt: skip
def test_prose_after_the_article_stays_if(rule_set: RuleSet, tail: list[str]) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, CLOSE, *tail)
    assert {rule for rule, _ in reasons(document).values()} <= {"site/share", "spam/casino"}


def test_prose_in_a_shell_of_spam_goes_from_60_letters_on(rule_set: RuleSet) -> None:
    stranger = f"{STRANGER[:59]}。"
    document = cleaned(rule_set, LEAD, MIDDLE, CLOSE, *FURNITURE, SPAM, stranger, "分享到：朋友")
    assert reasons(document)[stranger][0] == "structure/spam-shell"


def test_short_lines_between_furniture_after_the_article_are_only_flagged(rule_set: RuleSet) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, *FURNITURE, "微信", "2026-01-17", "分享到：朋友", "没有了")
    assert document.text.split("\n") == [LEAD, MIDDLE, "微信", "2026-01-17", "没有了"]
    flagged = {edit.old: edit.why for edit in document.edits if edit.is_flag}
    assert {edit.rule for edit in document.edits if edit.is_flag} == {LEFTOVER}
    assert flagged.keys() == {"微信", "2026-01-17", "没有了"}
    assert "“分享到：空间” and “分享到：朋友”" in flagged["微信"]
    assert "“分享到：朋友” and the end of the page" in flagged["没有了"]


@pytest.mark.parametrize(
    "tail",
    [
        [*FURNITURE, "（编辑 褚平）", "分享到：朋友"],
        [*FURNITURE, "电话：12345", "分享到：朋友"],
        [*FURNITURE, "灯亮了。", "分享到：朋友"],
        [*FURNITURE, "甲", "乙", "丙", "丁", "分享到：朋友"],
        ["微信", *FURNITURE],
    ],
    ids=["a credit", "a label", "a sentence", "too many", "before the furniture"],
)
def test_lines_after_the_article_are_not_even_flagged_if(rule_set: RuleSet, tail: list[str]) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, *tail)
    assert {rule for rule, _ in reasons(document).values()} == {"site/share"}


# titles

PAGE_HEAD = ["青石桥 » 读书 » 帖子", "", "邻友：老樟树　三叶级　露珠 128 颗", "发表于 2024-03-02 20:14"]


def forum_page(*titles: str) -> list[str]:
    """A page of which rules mark the lines above and below a title, so that the tagger takes it for a part of these."""
    return [PAGE_HEAD[0], *titles, *PAGE_HEAD[2:], LEAD, MIDDLE, CLOSE, "分享到：微信"]


@pytest.fixture(scope="module")
def forum_rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    folder = tmp_path_factory.mktemp("forum")
    path = rule_file(
        folder,
        marking("path", "» 帖子$", where="anywhere", needs=["» 帖子"]),
        marking("member", "^邻友:.* 颗$", where="anywhere", needs=["邻友:"]),
        marking("share", "^分享到", where="anywhere"),
    )
    return rules.load([path])


def tagged(rule_set: RuleSet, *lines: str) -> Document:
    """A page after all that takes or flags lines, the tagger included."""
    text = "\n".join(lines)
    view = View(text, rule_set.gate)
    return Document.of(text).revised(find(view, rule_set.marks(view)))


@pytest.mark.parametrize("title", ["旧书铺的掌柜", "掌柜认书不看封面"])
def test_what_may_be_the_title_stays_and_is_flagged(forum_rules: RuleSet, title: str) -> None:
    document = tagged(forum_rules, *forum_page(title))
    assert document.text.startswith(f"{title}\n")
    assert "perhaps the title" in reasons(document)[title][1]


_KEYS = st.text("书铺渡口灯亮a ,", min_size=1, max_size=8)
_ROWS = st.lists(
    st.builds(row, st.one_of(_KEYS, _KEYS.map(lambda key: f"{key},书铺渡口。")), st.sampled_from(["", "edge"]))
)


@given(_ROWS, st.data())
def test_the_title_is_the_line_above_the_text_that_shares_most_with_it(rows: list[Row], data: st.DataObject) -> None:
    places = st.sets(st.integers(0, len(rows)))
    gone, noise = data.draw(places), sorted(data.draw(places) - {len(rows)})
    going = {*gone, *noise}
    first = next((place for place, row in enumerate(rows) if place not in going and speaks(row)), 0)
    said = _pairs(row for place, row in enumerate(rows) if place >= first and place not in going)
    shared = {place: len(_pairs([rows[place]]) & said) for place in range(first) if rows[place].rule is None}
    titles = [place for place, pairs in shared.items() if pairs >= 2]
    best = max(titles, key=lambda place: shared[place], default=None)
    is_title = best is not None and (going.issuperset(titles) or shared[best] >= 6)
    assert {_title(rows, gone, noise)} & {*noise} == ({best} & {*noise} if is_title else set())


def _pairs(rows: Iterable[Row]) -> set[str]:
    return {pair for pair in letter_pairs(rows) if re.fullmatch("[㐀-鿿]+", pair)}


def test_what_shares_nothing_with_the_text_goes_from_above_it(forum_rules: RuleSet) -> None:
    assert "免费注册领福利" not in tagged(forum_rules, *forum_page("免费注册领福利")).text


def test_pairs_are_looked_for_in_the_same_way_however_many_there_are() -> None:
    said = "".join(map(chr, range(0x5000, 0x5100)))
    heard = {said[place : place + 2] for place in range(0, 100, 3)}
    others = {said[place] + said[place + 2] for place in range(250)}
    assert _said_pairs(heard, said) == _said_pairs(heard | others, said) == heard


def test_one_line_stays_as_title_and_not_all(forum_rules: RuleSet) -> None:
    document = tagged(forum_rules, *forum_page("免费看书", "旧书铺的掌柜", "热门书"))
    assert document.text.startswith("旧书铺的掌柜\n")


# any page


@given(pages(), st.data())
def test_whatever_is_marked_whole_lines_go_and_sure_ones_unless_they_can_be_the_articles(
    text: str, data: st.DataObject
) -> None:
    view = View(text)
    markers = [marker("edge"), marker("anywhere")]
    filled = [index for index, _ in view.filled_lines()]
    marks = {index: data.draw(st.sampled_from(markers)) for index in filled if data.draw(st.booleans())}
    document = Document.of(text).revised(find(view, marks))
    starts, ends = {line.start for line in view.lines}, {line.end for line in view.lines}
    removals = [edit for edit in document.edits if not edit.is_flag]
    assert all(edit.new == "" and edit.start in starts and edit.end in ends for edit in removals)
    assert {edit.rule for edit in document.edits if edit.is_flag} <= {LEFTOVER}
    gone = {place for edit in removals for place in range(edit.start, edit.end)}
    for index, above in zip(filled, [None, *filled], strict=False):
        if index in marks and marks[index].where == "anywhere" and view.lines[index].start not in gone:
            is_introduced = above is not None and above not in marks and view.lines[above].key.endswith(":")
            assert is_introduced or view.lines[index].key.endswith("。")
