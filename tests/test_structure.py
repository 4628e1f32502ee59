"""Which marked lines go, what goes with them, and what stays whatever marks say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import rules
from cleaner.document import Document
from cleaner.rules import Rule, RuleSet
from cleaner.structure import Row, Shape, body_of, find, shape_of
from cleaner.units import View
from tests.samples import CLOSE, LEAD, MIDDLE, rule, rule_file
from tests.strategies import pages, texts

HUGE = "书店,书架,书桌。" * 300
STRANGER = "欢迎光临金牛娱乐，注册即送彩金，提款秒到账，百万会员共同见证，机会难得，速来体验。"
RELATIVE = "旧书铺门口的自行车又多了几辆，掌柜褚师傅照旧摸一摸纸，照旧给晚来的人留一道灯光。"


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
    return Document.of(text).revised(find(view, rule_set.marks(view)))


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
        ("青石桥头的旧书铺", Shape.SHORT),
        ("灯亮了。", Shape.OTHER),
        ("书" * 46, Shape.OTHER),
        ("书" * 45, Shape.SHORT),
        ("", Shape.SHORT),
    ],
)  # fmt: skip
def test_a_line_has_a_shape(key: str, shape: Shape) -> None:
    assert shape_of(key) is shape


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


def test_edge_marks_in_a_row_inside_the_body_go_on_a_page_full_of_furniture(rule_set: RuleSet) -> None:
    row_of_marks, one_mark = [LEAD, MIDDLE, "首页", "返回顶部", CLOSE, MIDDLE], [LEAD, MIDDLE, "首页", CLOSE, MIDDLE]
    assert left(rule_set, *row_of_marks, *FURNITURE) == [LEAD, MIDDLE, CLOSE, MIDDLE, ""]
    assert left(rule_set, *one_mark, *FURNITURE) == [*one_mark, ""]
    assert not cleaned(rule_set, *row_of_marks).edits


# lists


def test_a_list_under_a_header_after_the_body_goes_with_it(rule_set: RuleSet) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, "相关阅读", "城西的钟表匠", "2026-01-17", "渡口的早市")
    assert document.text == f"{LEAD}\n{MIDDLE}\n"
    for item in ("城西的钟表匠", "2026-01-17", "渡口的早市"):
        assert reasons(document)[item] == ("site/related", "in the list under “相关阅读”")


@pytest.mark.parametrize(
    ("below", "stays"),
    [
        (["城西的钟表匠", "（编辑：褚平）"], ["（编辑：褚平）"]),
        (["城西的钟表匠", CLOSE, "渡口的早市"], [CLOSE, "渡口的早市"]),
        (["城西的钟表匠", "灯亮了。"], ["灯亮了。"]),
        (["城西的钟表匠", "书" * 100], ["书" * 100]),
    ],
    ids=["a credit", "prose", "a sentence", "a very long line"],
)
def test_a_list_ends_where_the_article_speaks_again(rule_set: RuleSet, below: list[str], stays: list[str]) -> None:
    marks = ["分享到：微信", "分享到：微博", "分享到：空间"]
    assert left(rule_set, LEAD, MIDDLE, *marks, "相关阅读", *below) == [LEAD, MIDDLE, *stays]


def test_a_header_without_a_list_that_is_not_at_the_edge_stays(rule_set: RuleSet) -> None:
    lines = [LEAD, MIDDLE, "书目", "地图", "相关阅读", "编辑：褚平"]
    assert not cleaned(rule_set, *lines).edits


def test_a_list_of_books_is_the_articles_own(rule_set: RuleSet) -> None:
    lines = [LEAD, MIDDLE, "相关阅读", "《河上的账房》", "《渡口志》", "城西的钟表匠"]
    assert not cleaned(rule_set, *lines).edits


def test_in_the_body_a_sure_header_takes_only_what_no_prose_could_be(rule_set: RuleSet) -> None:
    lines = [LEAD, "热门推荐", "• 城西的钟表匠", "2026-01-17", "小标题", MIDDLE, CLOSE]
    document = cleaned(rule_set, *lines)
    assert document.text.split("\n") == [LEAD, "小标题", MIDDLE, CLOSE]
    assert reasons(document)["• 城西的钟表匠"] == ("site/hot", "in the list under “热门推荐”")


# what stands between furniture

FURNITURE = ["分享到：微信", "分享到：微博", "分享到：空间"]
SPAM = "博彩网站大全"


def test_prose_in_a_shell_of_spam_goes_and_is_told_why(rule_set: RuleSet) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, CLOSE, *FURNITURE, STRANGER, SPAM, "分享到：朋友")
    assert document.text == f"{LEAD}\n{MIDDLE}\n{CLOSE}\n"
    name, why = reasons(document)[STRANGER]
    assert name == "structure/spam-shell"
    assert why.startswith("reads like prose, but stands after the article in a shell of spam")
    for quoted in ("“分享到：空间”", f"“{SPAM}”"):
        assert quoted in why


@pytest.mark.parametrize(
    "tail",
    [
        [*FURNITURE, RELATIVE, SPAM, "分享到：朋友"],
        [*FURNITURE, STRANGER, "分享到：朋友"],
        [*FURNITURE, SPAM, STRANGER],
        [*FURNITURE, STRANGER, *["灯亮了。"] * 4, SPAM],
        [STRANGER, SPAM, *FURNITURE],
    ],
    ids=["it shares words with the text", "no spam is near", "nothing follows", "it is long", "nothing stands above"],
)  # fmt: skip
def test_prose_after_the_article_stays_if(rule_set: RuleSet, tail: list[str]) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, CLOSE, *tail)
    assert not {STRANGER, RELATIVE} & reasons(document).keys()


def test_short_lines_between_furniture_after_the_article_go(rule_set: RuleSet) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, *FURNITURE, "微信", "2026-01-17", "分享到：朋友", "没有了")
    assert document.text == f"{LEAD}\n{MIDDLE}\n"
    assert reasons(document)["2026-01-17"][0] == "structure/leftover"
    assert "“分享到：空间” and “分享到：朋友”" in reasons(document)["微信"][1]
    assert "“分享到：朋友” and the end of the page" in reasons(document)["没有了"][1]


@pytest.mark.parametrize(
    "tail",
    [
        [*FURNITURE, "（编辑 褚平）", "分享到：朋友"],
        [*FURNITURE, "电话：12345", "分享到：朋友"],
        [*FURNITURE, "灯亮了。", "分享到：朋友"],
        [*FURNITURE, "甲", "乙", "丙", "丁", "分享到：朋友"],
        [*FURNITURE[:1], "微信", *FURNITURE[1:2]],
        ["微信", *FURNITURE],
    ],
    ids=["a credit", "a label", "a sentence", "too many", "too little furniture", "before the furniture"],
)
def test_lines_after_the_article_stay_if(rule_set: RuleSet, tail: list[str]) -> None:
    document = cleaned(rule_set, LEAD, MIDDLE, *tail)
    assert {rule for rule, _ in reasons(document).values()} == {"site/share"}


# any page


@given(pages(), st.data())
def test_whatever_is_marked_whole_lines_go_and_sure_ones_always(text: str, data: st.DataObject) -> None:
    view = View(text)
    markers = [marker("edge"), marker("anywhere")]
    marks = {index: data.draw(st.sampled_from(markers)) for index, _ in view.filled_lines() if data.draw(st.booleans())}
    document = Document.of(text).revised(find(view, marks))
    starts, ends = {line.start for line in view.lines}, {line.end for line in view.lines}
    assert all(edit.new == "" and edit.start in starts and edit.end in ends for edit in document.edits)
    gone = {place for edit in document.edits for place in range(edit.start, edit.end)}
    for index, marked in marks.items():
        assert marked.where == "edge" or view.lines[index].start in gone
