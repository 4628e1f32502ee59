"""What counts as said twice within one document, and what is only said again."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document
from cleaner.fold import converted
from cleaner.pipeline import Cleaner
from cleaner.repeats import captions, copies, titles
from cleaner.repeats.copies import _is_marked
from cleaner.repeats.likeness import (
    _NO_LETTER,
    _READ_ON,
    Difference,
    Grade,
    Likeness,
    aligned,
    grade_of,
    letters_of,
    reads_on,
)
from cleaner.units import View
from tests.samples import CLOSE, LEAD, MIDDLE, TITLE
from tests.strategies import texts


def prose(letter: str, hanzi: int = 45) -> str:
    """A paragraph of so many hanzi."""
    return letter * hanzi + "。"


A, B, C, D = map(prose, "甲乙丙丁")
HEAD = ["一二三", "四五六", "七八九", "十百千"]  # a beginning that nothing below repeats


def without_copies(*lines: str) -> Document:
    text = "\n".join(lines)
    return Document.of(text).revised(copies.find(View(text)))


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([prose("甲", 80), prose("甲", 80)], [prose("甲", 80)]),
        ([TITLE, A, B, TITLE, A, B], [TITLE, A, B]),
        ([TITLE, A, B, TITLE, A, B, TITLE, A, B], [TITLE, A, B]),
        ([*HEAD, A, B, A, B], [*HEAD, A, B]),
        ([*HEAD, *map(prose, "甲乙丙", [140] * 3), D, *map(prose, "甲乙丙", [140] * 3)], None),
        ([TITLE, A, "", B, "", C, "", TITLE, "", A, "", B], [TITLE, A, "", B, "", C]),
        ([A, B, C, A, B, f"{'丙' * 20}……"], [A, B, C]),
        ([A, B, A, B, C], [A, B, C]),
    ],
    ids=[
        "the same right below", "a second copy from the beginning", "a third copy", "a run right below itself",
        "a very long run from afar", "with its blank lines", "a copy that breaks off", "a copy before the end",
    ],
)  # fmt: skip
def test_a_copy_goes(lines: list[str], left: list[str] | None) -> None:
    document = without_copies(*lines)
    expected = lines[: len(lines) // 2 + 3] if left is None else left
    assert document.text.rstrip("\n").split("\n") == expected
    assert document.edits


@pytest.mark.parametrize(
    "lines",
    [
        [prose("甲", 79), prose("甲", 79)],
        [TITLE, prose("甲", 119), C, prose("甲", 119)],
        [*HEAD, prose("甲", 119), C, prose("甲", 119)],
        [*HEAD, A, B, C, A, B],
        [*HEAD, *map(prose, "甲乙丙丁", [99] * 4), D, *map(prose, "甲乙丙丁", [99] * 4)],
        ["晚风吹过青石桥", "灯还亮着", C, "晚风吹过青石桥", "灯还亮着"],
        [f"第一条 {A}", f"第一条 {A}"],
        [f"（二）{A}", f"（二）{A}"],
        ["甲" * 45, "甲" * 45],
        ["a" * 90 + "。", "a" * 90 + "。"],
        [A, B, A[:20]],
    ],
    ids=[
        "a short paragraph", "one paragraph of the beginning", "one from afar", "a short run from afar",
        "a run from afar almost long enough", "a refrain", "articles of a statute", "numbered items", "headings",
        "letters that are no hanzi", "a stub of no run",
    ],
)  # fmt: skip
def test_what_is_only_said_again_stays(lines: list[str]) -> None:
    assert not without_copies(*lines).edits


@pytest.mark.parametrize("above", [[], HEAD], ids=["of the beginning", "of the middle"])
def test_one_long_paragraph_from_afar_is_only_flagged(above: list[str]) -> None:
    lines = [*above, prose("甲", 120), C, prose("甲", 120)]
    document = without_copies(*lines)
    assert document.text.split("\n") == lines
    (edit,) = document.edits
    assert (edit.rule, edit.is_flag, edit.old) == ("repeats/lone-paragraph", True, lines[-1])
    assert edit.start == len(document.text) - len(lines[-1])


def test_copies_are_compared_by_their_fold_without_blanks() -> None:
    copy = "\N{IDEOGRAPHIC SPACE}" + converted(MIDDLE + CLOSE, "hant").replace("，", " ,")
    assert without_copies(MIDDLE + CLOSE, copy).text == f"{MIDDLE}{CLOSE}\n"


def test_a_copy_is_told_with_the_paragraph_it_repeats() -> None:
    document = without_copies(TITLE, "", MIDDLE, A, B, TITLE, MIDDLE, A, f"{'乙' * 20}……")
    assert [(edit.rule, edit.why) for edit in document.edits] == [
        ("repeats/paragraph", f"repeats paragraph 1, “{TITLE}”, letter for letter"),
        ("repeats/paragraph", f"repeats paragraph 2, “{MIDDLE[:23]}…”, letter for letter"),
        ("repeats/paragraph", f"repeats paragraph 3, “{A[:23]}…”, letter for letter"),
        ("repeats/paragraph", f"breaks off while repeating paragraph 4, “{B[:23]}…”, letter for letter"),
    ]


PARAGRAPHS = st.lists(st.sampled_from([TITLE, "", A, B, prose("丙", 130), D]), max_size=14)


@given(PARAGRAPHS)
def test_every_paragraph_is_still_said_and_first_where_it_was(lines: list[str]) -> None:
    left = without_copies(*lines).text.split("\n")
    assert list(dict.fromkeys(filter(None, left))) == list(dict.fromkeys(filter(None, lines)))


@pytest.mark.parametrize("lines", [[prose("甲", 90)] * 3, [*HEAD, A, B, A, B, A, B]])
def test_a_text_without_copies_is_settled(lines: list[str]) -> None:
    text = without_copies(*lines).text
    assert without_copies(*text.split("\n")).text == text


# copies with slips

MORE = "收书的人每个月来两趟，三轮车停在桥下，麻袋里装着各家清出来的课本、账簿和旧杂志，掌柜一本一本地翻。"
SLIPPED = (MIDDLE.replace("排字", "排"), MORE.replace("麻袋", "麻带"), CLOSE.replace("装上", "装装上"))
CLEAN = (MIDDLE, MORE, CLOSE)
LONGER = (prose("甲", 90), prose("乙", 90))


def test_a_copied_run_with_slips_goes_and_tells_them() -> None:
    document = without_copies(TITLE, *CLEAN, TITLE, *SLIPPED)
    assert document.text == "\n".join([TITLE, *CLEAN]) + "\n"
    assert [edit.why.partition("”, ")[2] for edit in document.edits] == [
        "letter for letter",
        "99.2% alike: “” for “字”",
        "97.7% alike: “带” for “袋”",
        "98.6% alike: “装” for “”",
    ]


@pytest.mark.parametrize("script", ["hans", "hant"])
def test_a_copy_in_another_script_and_width_goes(script: Literal["hans", "hant"]) -> None:
    copy = [converted(line, script).replace("，", ", ").replace("。", "．") for line in CLEAN]
    assert without_copies(TITLE, *CLEAN, TITLE, *copy).text == "\n".join([TITLE, *CLEAN]) + "\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [("七十三", "七十四"), ("九回不错", "九回不不错"), ("认书不看", "认书看"), ("印刷厂", "造纸厂")],
    ids=["another number", "a negation more", "a negation less", "another word"],
)
def test_a_paragraph_with_other_facts_stays_and_is_flagged(old: str, new: str) -> None:
    changed = MIDDLE.replace(old, new)
    document = without_copies(TITLE, *CLEAN, *LONGER, TITLE, changed, MORE, CLOSE, *LONGER)
    assert document.text.rstrip("\n").split("\n") == [TITLE, *CLEAN, *LONGER, changed]
    (flag,) = [edit for edit in document.edits if edit.is_flag]
    assert (flag.rule, flag.old) == ("repeats/changed-paragraph", changed)
    assert "tells something else than paragraph 2" in flag.why


def test_a_name_exchanged_throughout_makes_no_copy() -> None:
    lines = [
        f"{name}今年在镇上开了一家新铺子，{name}说，卖的是自家田里种出来的米，新米香，不愁没人买回家去。"
        for name in "褚宋"
    ]
    more = [
        f"邻居都说{name}家的铺子开得好，价钱公道，分量足，连河对岸的人也撑船来买，{name}忙得很，整天不得闲。"
        for name in "褚宋"
    ]
    assert not without_copies(lines[0], more[0], lines[1], more[1]).edits


def test_an_entry_with_another_number_between_equal_paragraphs_is_no_copy() -> None:
    entry = [prose("甲", 60), prose("乙", 60)]
    lines = ["编号 2024-101", *entry, "编号 2024-102", *entry]
    assert not without_copies(*lines[:2], "甲型 3.1", lines[2], *lines[3:5], "甲型 3.2", lines[5]).edits


def test_one_paragraph_with_slips_is_only_flagged() -> None:
    slipped = MIDDLE.replace("排字", "排")
    document = without_copies(*HEAD, LEAD, MIDDLE, MORE, CLOSE, slipped)
    assert document.text.endswith(slipped)
    (flag,) = document.edits
    assert (flag.rule, flag.is_flag) == ("repeats/like-paragraph", True)
    assert flag.why == f"repeats paragraph 6, “{MIDDLE[:23]}…”, 99.2% alike: “” for “字”, alone"


# what breaks off

STUB = MIDDLE[:57]


@pytest.mark.parametrize("end", ["……", "…", "...", "……[详细]", "[阅读全文]", "……查看更多>>", "【展開全文】"])
def test_a_teaser_goes_and_the_whole_stays(end: str) -> None:
    document = without_copies(TITLE, STUB + end, LEAD, MIDDLE, CLOSE)
    assert document.text == "\n".join([TITLE, LEAD, MIDDLE, CLOSE])
    (edit,) = document.edits
    assert edit.why == (
        f"teases, and breaks off, what is said whole in paragraph 4, “{MIDDLE[:23]}…”, letter for letter"
    )


def test_a_teaser_of_several_paragraphs_goes() -> None:
    document = without_copies(TITLE, LEAD, f"{STUB}……", TITLE, LEAD, MIDDLE, CLOSE)
    assert document.text.split("\n") == [TITLE, TITLE, LEAD, MIDDLE, CLOSE]


def test_a_stub_below_goes() -> None:
    document = without_copies(TITLE, LEAD, MIDDLE, CLOSE, f"{STUB}……", MORE)
    assert document.text.split("\n") == [TITLE, LEAD, MIDDLE, CLOSE, MORE]
    assert document.edits[0].why.startswith("breaks off while repeating paragraph 3,")


@pytest.mark.parametrize(
    "lines",
    [
        [TITLE, LEAD, STUB, "上至今留着红墨水。", MIDDLE, CLOSE],
        [TITLE, LEAD, MIDDLE, CLOSE, STUB, "上至今留着红墨水。"],
        [TITLE, f"{MIDDLE[:25]}……", LEAD, MIDDLE],
        [TITLE, LEAD, MIDDLE, CLOSE, f"{MIDDLE[: MIDDLE.index('便说')]}……"],
        [TITLE, f"{STUB}又不像……", LEAD, MIDDLE, CLOSE],
        [TITLE, f"{STUB.replace('七十三', '八十三')}……", LEAD, MIDDLE, CLOSE],
    ],
    ids=[
        "a line that goes on in the next", "such a line below", "a short one", "an echo that ends with a clause",
        "one that says more", "another number",
    ],
)  # fmt: skip
def test_what_breaks_off_otherwise_stays(lines: list[str]) -> None:
    assert without_copies(*lines).text == "\n".join(lines)


VARIANTS = st.sampled_from(
    [
        TITLE,
        "",
        *CLEAN,
        *SLIPPED,
        f"{STUB}……",
        STUB,
        LEAD,
        converted(MIDDLE, "hant"),
        MIDDLE.replace("七十三", "七十四"),
    ]
)


@given(st.lists(VARIANTS, max_size=16))
def test_without_its_copies_a_text_is_settled(lines: list[str]) -> None:
    document = without_copies(*lines)
    assert without_copies(*document.text.split("\n")).text == document.text


@given(st.lists(VARIANTS, max_size=16))
def test_no_fact_is_lost(lines: list[str]) -> None:
    left = without_copies(*lines).text
    assert ("七十四" in "".join(lines)) == ("七十四" in left)
    assert ("七十三" in "".join(lines)) == ("七十三" in left)


# likeness


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        ("占3.5%,去年1,000元", "占3.5%去年1,000元"), ("零下-5℃", "零下-5℃"), ("10:20到", "10:20到"),
        ("* * *", "***"), ("天黑了……[详细]", "天黑了"), ("天黑了，请看详细", "天黑了请看详细"),
    ],
)  # fmt: skip
def test_marks_of_numbers_are_letters(key: str, letters: str) -> None:
    assert letters_of(key) == letters


_ANY_END = st.text('书铺1a…..。,"”)】] >»全文更多展开继续阅读详情', max_size=10)


@given(_ANY_END)
def test_what_a_link_to_the_whole_says_is_no_letter(end: str) -> None:
    assert letters_of(end) == (_NO_LETTER.sub("", bare := _READ_ON.sub("", end)) or bare.replace(" ", ""))
    assert reads_on(end) is bool(_READ_ON.search(end))
    assert _is_marked(end) is bool(re.search(r"(…|\.\.)[\"'”’」』)\]】]*$", end) or _READ_ON.search(end))


@pytest.mark.parametrize(
    "form",
    [
        *("# {}", "title: {}", "标题:{}", "题目:{}", "正在阅读:{}", "正在浏览:{}", "您正在浏览:{}"),
        *("[{}](https://a.bc)", "**{}**", "__{}__", "《{}》", "【{}】", "[{}]", "「{}」"),
    ],
)
def test_a_title_is_read_in_every_form(form: str) -> None:
    said = "山里的茶馆又开门了"
    assert next(titles._titles([form.format(said)], 0)).letters == said


_LETTERS = st.text("书铺在河边", min_size=1, max_size=12)


@given(_LETTERS, _LETTERS, _LETTERS)
def test_what_is_said_letter_for_letter_is_found_whole(above: str, said: str, below: str) -> None:
    page = above + said + below
    start, end = len(above), len(above) + len(said)
    for at in range(len(said)):
        found = aligned(said, page, at=at, anchor=start + at, within=(0, len(page)))
        assert found == Likeness(start, end, (), 1.0)
        cut = aligned(said, page, at=at, anchor=start + at, within=(0, end - 1))
        assert cut is None or cut.end < end


@pytest.mark.parametrize(
    ("there", "here", "grade"),
    [
        ("了", "", Grade.SAME), ("的", "地", Grade.SAME), ("排", "", Grade.SMALL), ("袋", "带", Grade.SMALL),
        ("排字", "印书", Grade.OTHER), ("", "不", Grade.OTHER), ("免", "减", Grade.OTHER), ("3", "5", Grade.OTHER),
        ("", "a", Grade.OTHER), ("东", "西", Grade.OTHER), ("", "排字排字", Grade.OTHER),
    ],
)  # fmt: skip
def test_grades(there: str, here: str, grade: Grade) -> None:
    assert grade_of([Difference(there, here)], 80) is grade


@given(st.text("甲乙丙丁", min_size=30, max_size=60), st.data())
def test_an_alignment_makes_one_text_of_the_other(there: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(there) - 1))
    here = there[:at] + data.draw(st.sampled_from(["", "戊", "戊己"])) + there[at + data.draw(st.integers(0, 1)) :]
    found = aligned(here, there, at=0, anchor=0, within=(0, len(there)))
    if found is not None:
        shared = len(here) - sum(len(difference.here) for difference in found.differences)
        assert shared == found.end - found.start - sum(len(difference.there) for difference in found.differences)
        assert 0 < found.similarity <= 1


# captions

CAPTION = "旧书铺的新门板昨天装好了。"


def without_captions(*lines: str) -> Document:
    text = "\n".join(lines)
    return Document.of(text).revised(captions.find(View(text)))


def test_a_caption_whose_sentence_is_said_elsewhere_goes_whole() -> None:
    document = without_captions(f"{CAPTION}褚平 摄{LEAD}", f"{MIDDLE}{CAPTION}")
    assert document.text == f"{LEAD}\n{MIDDLE}{CAPTION}"
    assert "whose sentence the text says elsewhere" in document.edits[0].why


def test_a_caption_said_once_is_only_flagged() -> None:
    document = without_captions(LEAD, f"{CAPTION}褚平 摄{MIDDLE}")
    assert document.text == f"{LEAD}\n{CAPTION}褚平 摄{MIDDLE}"
    (edit,) = document.edits
    assert (edit.rule, edit.start, edit.old) == ("repeats/caption", len(LEAD) + 1, f"{CAPTION}褚平 摄")
    assert edit.is_flag
    assert edit.why.endswith("its sentence stands nowhere else")


@pytest.mark.parametrize("credit", ["本报记者 褚平 摄", "通讯员褚平 摄", "褚平 宋远 摄", "攝影 褚平 攝"])
def test_a_credit_may_be_written(credit: str) -> None:
    assert without_captions(f"{CAPTION}{credit}{LEAD}", CAPTION).text == f"{LEAD}\n{CAPTION}"


@pytest.mark.parametrize(
    "line",
    [
        f"{CAPTION}褚平 摄",
        f"{CAPTION}褚平 摄影展开幕了。",
        f"{CAPTION}他在桥头 摄入了许多尘土。",
        f"{CAPTION}他在桥头 摄下了许多灯火。",
        f"{LEAD}他说：褚平 摄当年的旧书铺。",
        f"{CAPTION}褚平摄{LEAD}",
    ],
    ids=[
        "alone on its line", "a word that begins with it", "another such word", "a verb with its ending",
        "no sentence before it", "no blank",
    ],
)  # fmt: skip
def test_no_caption_run_into_a_paragraph_stays(line: str) -> None:
    assert not without_captions(LEAD, line, CLOSE).edits


@pytest.mark.parametrize(
    "caption",
    [f"{CAPTION}褚平 摄", f"图为{CAPTION}", f"▲ {CAPTION}", f"圖片說明：{CAPTION}（褚平攝）", f"![{CAPTION}](a.jpg)"],
)
def test_a_caption_line_whose_sentence_the_next_paragraph_says_goes(caption: str) -> None:
    assert without_captions(LEAD, caption, CAPTION + MIDDLE).text == f"{LEAD}\n{CAPTION}{MIDDLE}"


def test_of_two_equal_captions_one_stays() -> None:
    document = without_captions(LEAD, f"![{CAPTION}](a.jpg)", f"{CAPTION}褚平 摄", MIDDLE)
    assert document.text == f"{LEAD}\n{CAPTION}褚平 摄\n{MIDDLE}"
    assert document.edits[0].why == f"photo caption whose sentence stands in “{CAPTION}褚平 摄”, letter for letter"


@pytest.mark.parametrize(
    "lines",
    [
        [f"{CAPTION}褚平 摄", MIDDLE],
        ["▲ 旧书铺的掌柜褚平先生本人", f"站在门口的正是旧书铺的掌柜褚平先生本人和邻居。{MIDDLE}"],
        [f"{CAPTION}褚平 摄", LEAD, MIDDLE, CLOSE, LEAD, CAPTION],
        [CAPTION, CAPTION + MIDDLE],
    ],
    ids=["said once", "a name within a clause", "said far away", "no caption"],
)
def test_other_caption_lines_stay(lines: list[str]) -> None:
    assert not [edit for edit in without_captions(*lines).edits if not edit.is_flag]


# titles

SITE = "青石新闻网"


def without_titles(*lines: str) -> Document:
    text = "\n".join(lines)
    return Document.of(text).revised(titles.find(View(text)))


BODY = LEAD + MIDDLE


@pytest.mark.parametrize(
    ("head", "left"),
    [
        ([TITLE, TITLE], [TITLE]),
        ([TITLE, "2024-05-06 10:00 来源：晚报", TITLE, TITLE], [TITLE, "2024-05-06 10:00 来源：晚报"]),
        ([f"{TITLE}_地方_{SITE}", TITLE], [TITLE]),
        ([f"{TITLE} - {SITE}", "首页 > 地方", TITLE], ["首页 > 地方", TITLE]),
        ([f"{TITLE}|旧书|桥_青石", "旧书", "首页", "登录", TITLE], ["旧书", "首页", "登录", TITLE]),
        ([f"# {TITLE}", "", TITLE], [f"# {TITLE}", ""]),
        ([f"《{TITLE}》", TITLE], [TITLE]),
        ([TITLE, converted(TITLE, "hant")], [TITLE]),
        ([f"[{TITLE}](https://example.org/a)", f"## {TITLE}"], [f"## {TITLE}"]),
        (
            ["---", f'title: "{TITLE}"', "date: 2024-05-06", "---", f"[{TITLE}](https://example.org/a)", "------"],
            ["---", "date: 2024-05-06", "---", f"[{TITLE}](https://example.org/a)", "------"],
        ),
        ([f"# {TITLE}", TITLE, "------"], [f"# {TITLE}"]),
    ],
    ids=[
        "twice", "three times with a byline", "the site behind an underscore", "the site behind a dash", "key words",
        "a heading", "in book marks", "in another script", "a link", "front matter", "an underlined heading",
    ],
)  # fmt: skip
def test_one_title_stays(head: list[str], left: list[str]) -> None:
    document = without_titles(*head, BODY, CLOSE)
    assert document.text.split("\n") == [*left, BODY, CLOSE]
    assert any("letter for letter" in edit.why for edit in document.edits)


@pytest.mark.parametrize(
    "lines",
    [
        [TITLE, BODY, TITLE, MORE],
        [f"《{TITLE}》", "第一章", TITLE, BODY],
        [TITLE, f"{TITLE} - 记一位掌柜", BODY],
        [TITLE, "掌柜说：", TITLE, BODY],
        [TITLE, TITLE, "灯还亮着", "水还流着", "船还泊着", "人还醒着", BODY],
        [TITLE, TITLE, "灯还亮着"],
        ["通知", "通知", BODY],
        [f"# {TITLE}", f"- {TITLE}", "- 桥下的船", BODY],
        ["2024年5月6日", "2024年5月6日", BODY],
        [f"# {TITLE}_get_page接口的用法", TITLE, BODY],
        [f"{TITLE}_getPage接口在升级以后返回空值的原因", TITLE, BODY],
    ],
    ids=[
        "a section in the body", "a chapter called like the book", "a subtitle", "introduced", "a first verse",
        "no prose", "a short one", "an item of a list", "dates",
        "an identifier in a heading", "an identifier in a title",
    ],
)  # fmt: skip
def test_what_only_looks_like_the_title_stays(lines: list[str]) -> None:
    assert not without_titles(*lines).edits


# the whole chain


@given(st.lists(VARIANTS, max_size=12), st.sampled_from(["", f"{TITLE}_{SITE}", f"# {TITLE}"]))
def test_a_page_of_repeats_is_settled(cleaner: Cleaner, lines: list[str], first: str) -> None:
    document = cleaner.clean("\n".join([first, *lines]))
    assert cleaner.clean(document.text).text == document.text


@given(texts())
def test_any_text_can_be_searched_for_copies_and_rebuilt(text: str) -> None:
    for module in (copies, captions, titles):
        assert Document.of(text).revised(module.find(View(text))).rebuilt() == text


# what is repeated


def said_by(document: Document) -> list[str]:
    """For each edit the text that it says its own is like."""
    spans = [(edit.matched.start, edit.matched.end) for edit in document.edits if edit.matched]
    assert [edit.matched.name for edit in document.edits if edit.matched] == [""] * len(spans)
    return [document.source[start:end] for start, end in spans]


def test_every_repeat_names_the_lines_that_it_repeats() -> None:
    long = prose("戊", 120)
    changed = MIDDLE.replace("七十三", "七十四")
    assert said_by(without_copies(TITLE, f" {A} ", B, TITLE, A, B)) == [TITLE, A, B]
    assert said_by(without_copies(*HEAD, long, C, long)) == [long]
    flagged = said_by(without_copies(TITLE, *CLEAN, *LONGER, TITLE, changed, MORE, CLOSE, *LONGER))
    assert flagged == [TITLE, *CLEAN, *LONGER]
    assert said_by(without_copies(*HEAD, LEAD, MIDDLE, MORE, CLOSE, MIDDLE.replace("排字", "排"))) == [MIDDLE]
    assert said_by(without_copies(TITLE, f"{STUB}……", LEAD, MIDDLE, CLOSE)) == [MIDDLE]
    assert said_by(without_titles(f"{TITLE}_地方_{SITE}", TITLE, BODY, CLOSE)) == [TITLE]
    assert said_by(without_titles(f"# {TITLE}", TITLE, "------", BODY)) == [f"# {TITLE}"]
    assert said_by(without_captions(f"▲ {CAPTION}", f"{CAPTION}{LEAD}")) == [f"{CAPTION}{LEAD}"]
    assert said_by(without_captions(f"{CAPTION}褚平 摄{LEAD}", f"{MIDDLE}{CAPTION}")) == [f"{MIDDLE}{CAPTION}"]
    assert said_by(without_captions(f"{CAPTION}褚平 摄{LEAD}{CAPTION}", CLOSE)) == [f"{LEAD}{CAPTION}"]
    assert said_by(without_captions(LEAD, f"{CAPTION}褚平 摄{MIDDLE}")) == []
