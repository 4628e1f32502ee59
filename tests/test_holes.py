"""Characters lost as “?”: what is put back, what is only pointed at, and what asks."""

from __future__ import annotations

import pytest

from cleaner.document import Document
from cleaner.pipeline import Cleaner
from cleaner.repair import holes, names
from cleaner.units import View

PROSE = "河边的老船工每天清早把缆绳解开，又把它系上，这样过了四十年。"
CLAUSES = "他把船系在柳树下，一个人往村里走去??那里住着他的姐姐。天黑以前他又回来??手里多了一盏灯，"


def mended(text: str) -> str:
    document = Document.of(text).revised(holes.find(View(text)))
    assert list(holes.find(View(document.text))) == [], "not settled"
    assert document.rebuilt() == text
    return document.text


def flagged(text: str) -> list[tuple[str, int]]:
    edits = list(holes.doubts(View(text)))
    assert all(edit.is_flag for edit in edits)
    return [(edit.rule, edit.start) for edit in edits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他读过卡尔?马克思的书。", "他读过卡尔·马克思的书。"),
        ("史蒂夫?乔布斯穿一件黑毛衣。", "史蒂夫·乔布斯穿一件黑毛衣。"),
        ("史蒂夫?喬布斯與羅莎?盧森堡。", "史蒂夫·喬布斯與羅莎·盧森堡。"),
        ("穆罕默德?本?扎耶德来访。", "穆罕默德·本·扎耶德来访。"),
        ("卡尔?马克思与约翰?列侬。", "卡尔·马克思与约翰·列侬。"),
        ("何塞?马蒂写过诗。", "何塞·马蒂写过诗。"),
        ("他背《沁园春?雪》和《论语?学而》。", "他背《沁园春·雪》和《论语·学而》。"),
    ],
    ids=["a name", "another", "traditional", "three parts", "beside a sure one", "何 in a name", "titles"],
)
def test_middle_dots_are_put_back(text: str, expected: str) -> None:
    assert mended(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他说出了它的弱点??毕竟它老了。", "他说出了它的弱点——毕竟它老了。"),
        (CLAUSES, CLAUSES.replace("??", "——")),
    ],
    ids=["an explanation", "several"],
)
def test_dashes_are_put_back(text: str, expected: str) -> None:
    assert mended(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("摘? ? ? 要", "摘      要"),
        (f"摘? ? ? 要：{PROSE}", f"摘      要：{PROSE}"),
        ("【关? ? 键? ? 词】", "【关    键    词】"),
        ("第一条?渡船归村里管。\n第二条?过河不收钱。\n第三条?夜里不开船。", None),
        ("\n".join(f"??{PROSE}" for _ in range(4)), "\n".join(f"\u3000\u3000{PROSE}" for _ in range(4))),
        ("\n".join(f"????{PROSE}" for _ in range(4)), "\n".join(f"\u3000\u3000{PROSE}" for _ in range(4))),
    ],
    ids=["an abstract", "with its text", "three characters", "numbers of articles", "indents", "wider indents"],
)
def test_blanks_are_put_back(text: str, expected: str | None) -> None:
    assert mended(text) == (text.replace("?", " ") if expected is None else expected)


def test_quotation_marks_are_put_back_where_no_question_can_stand() -> None:
    text = "村里人把它叫做?铁牛?，孩子们叫它?大胃王?，谁也不记得它真正的名字。"
    assert mended(text) == "村里人把它叫做“铁牛”，孩子们叫它“大胃王”，谁也不记得它真正的名字。"


@pytest.mark.parametrize(
    "text",
    [
        "真的??他点点头，说，真的。",
        "什么?!他说。",
        "你居然把船卖了??他喊道，船上还有我的灯，",
        "你去吗?我去。",
        "你要去拉萨?达瓦说他也去。",
        "见 https://example.org/a?id=3 和 http://例子.cn/页?名=卡尔?马克思",
        "select * from 表 where id = ? and 名称=?的",
        "正则里的“色?彩”匹配两种写法，见[^?]?的例子，",
        "用?;诖耍恼戮推髽I(yè)",
        "掙扎??梢哉f(shuō)",
        "勇?lián)铰废刃惺姑",
        "京A???12的车主请挪车。",
        "____????填空",
        "1. 马八进七? 2. 车九平八?!",
        "(?) 他写道。 Is it? Yes.",
        "真??假",
        "她问：“可以回家?”“可以。”“真的?”",
        "??他没有回答。",
        f"??{PROSE}\n??{PROSE}",
        "技術創新?融合發展",
        "他叫王?，她叫李?，两个字都太少见，",
        "哈马斯下属的派别?卡桑旅说，",
        "塔吉克斯坦?霍瓦尔?国家通讯社",
        "你说“走”?他说?不走?，我说?再等等?，",
    ],
)  # fmt: skip
def test_what_is_not_certain_stays(text: str) -> None:
    assert mended(text) == text


@pytest.mark.parametrize("other", ["你走了??", "桥——断了，", "走!!", "怎么办??他想，"])
def test_a_page_that_uses_double_marks_or_dashes_keeps_them(other: str) -> None:
    assert mended(CLAUSES + other) == CLAUSES + other


def test_bytes_out_of_step_are_no_sentence() -> None:
    text = "他把船系在柳树下??梢哉铺弁护掙惺，天黑以前他又回来??梢哉铺弁护掙惺，"
    assert mended(text) == text


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("技术创新?融合发展", [("holes/lost", 4)]),
        ("“科技創新?融合發展”主題展", [("holes/lost", 5)]),
        ("千帆竞?潮平岸阔?风正", [("holes/lost", 3), ("holes/lost", 8)]),
        ("他为什么走?因为晚了。技术创新?融合", [("holes/lost", 15)]),
        ("谁" + "山" * 50 + "?水", [("holes/lost", 51)]),
        ("1998?2003年", [("holes/range", 4)]),
        ("5月1日?3日放假", [("holes/range", 4)]),
        ("?带伞\n?带水\n?带书", [("holes/item", 0), ("holes/item", 4), ("holes/item", 8)]),
        ("头发白了一半??那是去年冬天的事", [("holes/lost", 6)]),
        ("你去吗?我去。", []),
        ("谁来了?开门。", []),
        ("他去不去?我不知道。", []),
        ("几点了?该走了。", []),
        ("誰來了?開門。", []),
        ("好?", []),
        ("a?好", []),
        ("好? 好", []),
        ("http://例子.cn/页?名=山", []),
        ("?带伞\n?带水", []),
        ("掙扎??梢哉f(shuō)", []),
        ("版本 1?2 的代码", []),
    ],
)
def test_a_question_mark_where_nothing_asks_is_flagged(text: str, places: list[tuple[str, int]]) -> None:
    assert flagged(text) == places


def test_an_edit_says_what_was_lost_and_how_sure_it_is() -> None:
    (edit,) = holes.find(View("他读过卡尔?马克思的书。"))
    assert (edit.rule, edit.old, edit.new) == ("holes/middle-dot", "?", "·")
    assert "middle dot" in edit.why
    assert 0.9 < edit.confidence < 1


def test_names_need_two_parts_of_syllables() -> None:
    assert names.name_at("卡尔?马克思", 2) == "卡尔?马克思"
    assert names.name_at("卡尔?好", 2) == ""
    assert names.name_at("?卡尔", 0) == ""
    assert not names.is_sure("高宗?海山")


@pytest.mark.parametrize("text", ["?" * 5000, "? " * 3000, "中?" * 2000, "卡尔?" * 2000, "\n??" * 2000])
def test_odd_rows_of_marks_do_no_harm(text: str) -> None:
    assert Document.of(text).revised([*holes.find(View(text)), *holes.doubts(View(text))]).rebuilt() == text


def test_the_chain_mends_first_and_flags_what_is_left(cleaner: Cleaner) -> None:
    document = cleaner.clean(f"{PROSE}卡尔?马克思说过。技术创新?融合发展。\n")
    assert [(edit.rule, edit.is_flag) for edit in document.edits] == [
        ("holes/middle-dot", False),
        ("holes/lost", True),
    ]
    assert cleaner.clean(document.text).text == document.text
