"""Blanks, line ends and page marks of a print layout: what goes, and what is set so on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from cleaner.document import Document, Edit
from cleaner.pipeline import Cleaner
from cleaner.repair import layout, spacing
from cleaner.units import View

Finder = Callable[[View], Iterable[Edit]]
STORY = (
    "河边的老船工每天清早把缆绳解开，又把它系上，这样过了四十年。他的儿子在城里开出租车，女儿在邻村教书，只有过年的时候才回来。"
    "去年秋天上游修了一座桥，汽车可以直接开过河去，再也没有人坐他的船了。他还是每天清早走到河边，坐在那块石头上，把缆绳解开又系上，"
    "好像这条河离开了他就不知道该往哪里流。村里人劝他搬到儿子家去住，他总是摇头，说自己听惯了水声，没有水声就睡不着觉。"
)


def repaired(find: Finder, text: str) -> str:
    document = Document.of(text).revised(find(View(text)))
    assert document.rebuilt() == text
    assert list(find(View(document.text))) == [], "not settled"
    return document.text


def wrapped(text: str, width: int) -> str:
    return "\n".join(text[place : place + width] for place in range(0, len(text), width))


# blanks within lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("规 范 性 引 用", "规范性引用"),
        ("2 规 范 性 引 用 文 件", "2 规范性引用文件"),
        ("規 範 性 引 用 文 件", "規範性引用文件"),
        ("术 语 和 定 义", "术语和定义"),
        ("第 一 章  总 则", "第一章 总则"),
        ("第 十 二 章 法 律 责 任", "第十二章 法律责任"),
        (" ".join(STORY[:30]), STORY[:30]),
        ("\u3000".join(STORY[:30]), STORY[:30]),
        ("全 书 共 收 录 诗 歌 120 首 ， 分 为 三 卷 。", "全书共收录诗歌 120 首，分为三卷。"),
        (
            f"{' '.join(STORY[:30])}\n{' '.join(STORY[30:61])}\n谁 也 不 知 道 。",
            f"{STORY[:30]}\n{STORY[30:61]}\n谁也不知道。",
        ),
    ],
    ids=[
        "a heading", "numbered", "traditional", "joined by 和", "a chapter", "with single blanks", "prose",
        "full-width blanks", "with figures", "a last line among others",
    ],
)  # fmt: skip
def test_spread_lines_are_joined(text: str, expected: str) -> None:
    assert repaired(spacing.find, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "目 录\n前 言\n摘 要\n附 则",
        "静 水 流 深",
        "有 书 真 富 贵\n无 事 小 神 仙",
        "厚 德 载 物 自 强 不 息",
        "床 前 明 月 光 ， 疑 是 地 上 霜 。",
        "两 岸 猿 声 啼 不 住 ， 轻 舟 已 过 万 重 山 。",
        "春 风 又 绿 江 南 岸 ， 明 月 何 时 照 我 还 。",
        "马 明  李小红  王 强",
        "马 明 王 强 李 红 赵 刚 陈 伟 周 平 吴 勇",
        "书 记 员\u3000甘 霖",
        "书 记 员 甘 霖",
        "第 一 章 總則",
        "日 一 二 三 四 五 六",
        "甲 乙 丙 丁 戊 己 庚 辛 壬 癸 子 丑",
        "春 夏 秋 冬 东 南 西 北",
        "赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫",
        "我 们 \u3000 他 们",
        "末班車 別開走\n再載我 一站就好",
        "北京 上海 广州 深圳 杭州 南京 武汉 成都",
    ],
)
def test_what_is_set_wide_on_purpose_stays(text: str) -> None:
    assert repaired(spacing.find, text) == text


TOKENISED = (
    "昨天 下 了 一 场 大雨 ， 公园 里 的 花 都 开 了 ， 孩子 们 很 高兴 。\n"
    "他 说 明年 还 要 来 这里 看 花 ， 老师 也 答应 了 。\n"
)


def test_text_cut_into_words_is_joined() -> None:
    text = f"我们 今天 去 公园 。\n{TOKENISED}票价 5 元 。\n苹果 香蕉\n"
    assert repaired(spacing.find, text) == (
        "我们今天去公园。\n昨天下了一场大雨，公园里的花都开了，孩子们很高兴。\n"
        "他说明年还要来这里看花，老师也答应了。\n票价 5 元 。\n苹果 香蕉\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "苹果 香蕉 橘子 西瓜 葡萄 桃子 梨 李子 杏 枣\n" * 5,
        TOKENISED[:20],
        "tián yě lǐ de fēng\n田 野 里 的 风\nchuī guò mài zi\n吹 过 麦 子\nyé ye de cǎo mào\n爷 爷 的 草 帽\n" * 4,
        STORY.replace("，", "， "),
    ],
    ids=["a list of words", "a few words", "a primer", "blanks behind marks"],
)
def test_words_that_stand_apart_are_left(text: str) -> None:
    assert repaired(spacing.find, text) == text


def test_a_blank_within_a_word_goes() -> None:
    text = "他们在国 际分工中的地位，今年有了变化。"
    assert repaired(spacing.split_words, text) == text.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "市委书记王 明出席会议，讲了话。",
        "在北京 大学生活动中心举行，大家都来了。",
        "为#东京奥运 会提供帮助的人，今天都来了。",
        "建设美丽家园 国际友人来访",
        "国 际分工",
    ],
    ids=["a name", "a border", "a hashtag", "a headline", "no sentence"],
)
def test_a_blank_that_may_be_meant_stays(text: str) -> None:
    assert repaired(spacing.split_words, text) == text


# columns


@pytest.mark.parametrize("width", [14, 20, 35])
def test_lines_broken_at_one_width_are_joined(width: int) -> None:
    text = wrapped(STORY, width)
    joined = repaired(layout.columns, text)
    assert joined.replace("\n", "") == STORY
    stops = sum(line[-1] in "。：" for line in text.split("\n"))
    assert joined.count("\n") <= stops


def test_paragraphs_stay_apart() -> None:
    text = "\n".join(f"\u3000\u3000{wrapped(STORY[place:], 24)}" for place in (0, 31, 62))
    joined = repaired(layout.columns, text)
    assert joined.count("\n\u3000\u3000") == 2


def test_words_and_figures_at_the_line_end() -> None:
    body = wrapped(STORY[:200], 20)
    text = f"{body}\n他在墙上用粉笔写下了一行字，那是英语的oh\nno，后来的人都看不懂，那一年是19\n98年，他还记得。"
    joined = repaired(layout.columns, text)
    assert "oh no，" in joined
    assert "19\n98年" in joined


VERSE = "等一等吧等一等\n对岸的人还在系鞋带\n缆绳在水里轻轻地咳嗽\n像没写完的信放在窗台上\n" * 4
LYRICS = (
    "霓虹一盏一盏地关掉了便利店的门还在叮咚\n你说明天要换一个号码我把再见折成纸条儿\n月台上的钟走得太准了准得像你从来没迟到\n"
    * 3
)
ITEMS = "\n".join(f"{number}、老城区的供暖管道今年秋天换成了新的好管{number}" for number in "一二三四五六七八")
TABLE = "\n".join(f"春笋{number}号  四两三钱的分量要慢慢煮开  每份十二元整" for number in range(1, 9))
CODE = "\n".join(f"result_{number} = compute(value_{number}, total={number})" for number in range(1, 9))
MAIL = "> " + wrapped(STORY, 20).replace("\n", "\n> ")
SENTENCES = "\n".join(STORY.replace("。", "。\n").split())


@pytest.mark.parametrize(
    "text",
    [VERSE, LYRICS, ITEMS, TABLE, CODE, SENTENCES, STORY, "一\n" * 50, MAIL],
    ids=[
        "verse",
        "lyrics",
        "items",
        "a table",
        "code",
        "sentences",
        "one paragraph",
        "single characters",
        "a quotation",
    ],
)
def test_lines_that_are_lines_stay(text: str) -> None:
    assert repaired(layout.columns, text) == text


@pytest.mark.parametrize(
    "below",
    [
        "二、过河的人要排队",
        "（三）夜里不开船",
        "第四条 船工每年体检",
        "二〇〇三年五月修订",
        "• 带好自己的行李",
        "https://example.org/a",
    ],
)
def test_items_below_a_full_line_stay_below(below: str) -> None:
    text = f"{wrapped(STORY[:160], 20)}\n{below}\n"
    assert repaired(layout.columns, text).endswith(f"\n{below}\n")


# page marks


def paged(marks: list[str]) -> str:
    pieces = [STORY[place : place + 41] for place in range(0, 41 * (len(marks) + 1), 41)]
    return "".join(f"{piece}\n{mark}\n" for piece, mark in zip(pieces, marks, strict=False)) + pieces[-1] + "\n"


@pytest.mark.parametrize(
    "marks",
    [
        ["- 12 -", "- 13 -", "- 14 -"], ["— 3 —", "— 4 —", "— 5 —"], ["－7－", "－8－", "－9－"],
        ["第 3 页 共 10 页", "第 4 页 共 10 页"], ["3/10", "4/10", "5/10"], ["第3頁", "第4頁", "第5頁"],
    ],
)  # fmt: skip
def test_page_marks_that_count_up_go_and_the_sentence_goes_on(marks: list[str]) -> None:
    text = paged(marks)
    assert repaired(layout.page_marks, text) == STORY[: 41 * (len(marks) + 1)] + "\n"


@pytest.mark.parametrize(
    "text",
    [
        paged(["- 12 -"]),
        paged(["- 12 -", "- 12 -", "- 12 -"]),
        paged(["- 3 -", "- 7 -", "- 2 -"]),
        "\n".join(f"- {number} -\n{STORY[:30]}" for number in range(1, 6)),
        "\n".join(f"{number}/5\n{STORY[:30]}" for number in range(1, 6)),
        "- 1 -\n- 2 -\n- 3 -\n- 4 -",
        "\n".join(f"第 {number} 条\n{STORY[:30]}" for number in range(1, 6)),
    ],
    ids=["one", "the same again", "out of order", "sections", "parts", "nothing but marks", "articles"],
)
def test_marks_that_may_be_the_texts_own_stay(text: str) -> None:
    assert repaired(layout.page_marks, text) == text


def test_the_whole_chain_joins_a_printed_page(cleaner: Cleaner) -> None:
    page = f"第 一 章  总 则\n{wrapped(STORY, 24)}\n"
    document = cleaner.clean(page)
    assert document.text.startswith("第一章 总则\n河边的老船工")
    assert document.rebuilt() == page
    assert cleaner.clean(document.text).text == document.text
