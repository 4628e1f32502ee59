"""Spam by its words: the lexicons' own lines, tails of titles, phrases in sentences, and what must stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given

from bench import spam as bench
from cleaner.document import Document
from cleaner.errors import RuleError
from cleaner.fold import converted, fold
from cleaner.pipeline import Cleaner
from cleaner.spam import Lexicons, load, prove, shipped
from cleaner.spam.lexicons import Lexicon, read
from cleaner.units import View
from tests.conftest import cases
from tests.samples import ARTICLE, CLOSE, LEAD, MIDDLE
from tests.strategies import texts

LEXICONS = read(shipped())
FINDS = [
    pytest.param(lexicon, line, id=f"{lexicon.kind}:{line[:12]}") for lexicon in LEXICONS for line in lexicon.finds
]
KEEPS = [pytest.param(line, id=f"{lexicon.kind}:{line[:12]}") for lexicon in LEXICONS for line in lexicon.keeps]


def repaired(text: str) -> str:
    return Document.of(text).revised(load().find(View(text))).text


# the lexicons' own lines


@pytest.mark.parametrize(("lexicon", "line"), FINDS)
def test_a_line_that_a_lexicon_finds_goes(lexicon: Lexicon, line: str, cleaner: Cleaner) -> None:
    if lexicon.where == "anywhere":
        assert cleaner.clean(f"{LEAD}\n{line}\n{MIDDLE}\n").text == f"{LEAD}\n{MIDDLE}\n"
    assert cleaner.clean(f"{LEAD}\n{MIDDLE}\n{line}\n").text == f"{LEAD}\n{MIDDLE}\n"


@pytest.mark.parametrize("line", KEEPS)
def test_a_line_that_a_lexicon_keeps_stays_and_is_not_flagged_as_spam(line: str, cleaner: Cleaner) -> None:
    for text in (f"{LEAD}\n{line}\n{MIDDLE}\n", f"{line}\n", converted(line, "hant"), converted(line, "hans")):
        document = cleaner.clean(text)
        assert document.text == text
        assert not [edit for edit in document.edits if edit.kind == "spam"]


@pytest.mark.parametrize(("lexicon", "line"), FINDS)
def test_both_scripts_and_both_widths_score_alike(lexicon: Lexicon, line: str) -> None:
    score = load().score(fold(line).strip())
    assert score >= 0.5
    assert load().score(fold(converted(line, "hant")).strip()) == pytest.approx(score, abs=0.1)
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in line)
    assert load().score(fold(wide).strip()) == pytest.approx(score, abs=0.1)


@pytest.mark.parametrize("text", ["亚博体育官网登录入口", "澳门六合彩今期特码", "亚洲无码久久精品"])
@pytest.mark.parametrize("mark", [" ", ".", "·", "*", "_", "…"])
def test_letters_held_apart_are_read_together(text: str, mark: str) -> None:
    assert load().score(fold(mark.join(text))) >= 0.5


def test_the_innocent_cases_hold_no_spam() -> None:
    for case in (parameter.values[0] for parameter in cases("innocent-*.toml")):
        view = View(case["text"])
        lexicons = load()
        assert not [*lexicons.marks(view), *lexicons.find(view), *lexicons.doubts(view)], case["name"]
        assert lexicons.share(view) == 0


def test_the_share_of_spam_is_that_of_its_letters() -> None:
    spam = "亚博体育官网登录入口"
    text = "一" * 30
    assert load().share(View(f"{text}\n{spam}\n")) == len(spam) / (len(spam) + len(text))
    assert load().share(View("")) == 0


def test_the_gate_of_the_rules_finds_what_the_lexicons_find_alone(cleaner: Cleaner) -> None:
    text = "\n".join([LEAD, *(line for lexicon in LEXICONS for line in (*lexicon.finds, *lexicon.keeps)), CLOSE])
    shared, alone = View(text, cleaner.rules.gate), View(text)
    assert shared.called(load().demand) == alone.called(load().demand)
    changed = f"{CLOSE}\n{text}"
    assert View(changed, cleaner.rules.gate).called(load().demand) == View(changed).called(load().demand)


# what stands beside spam

STRANGER = "星曜城官网登录 手机版入口"  # a name that no lexicon has


def test_a_line_of_lures_beside_spam_is_marked_for_the_edge() -> None:
    spam = "亚博体育官网登录入口"
    assert load().marks(View(f"{STRANGER}\n{LEAD}\n")) == {}
    marks = load().marks(View(f"{STRANGER}\n{spam}\n{LEAD}\n"))
    assert [(index, marks[index].where) for index in sorted(marks)] == [(0, "edge"), (1, "anywhere")]
    assert load().marks(View(f"{spam}\n{LEAD}\n{STRANGER}\n")).keys() == {0}


def test_a_sentence_beside_spam_is_not_marked() -> None:
    assert load().marks(View("亚博体育官网登录入口\n书展官网登录以后，可以在入口换票。\n")).keys() == {0}


# titles


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("山村放映队的故事_久久精品在线_xx网", "山村放映队的故事"),
        ("山村放映队的故事_久久精品在线_亚洲无码专区_欧美性大片网", "山村放映队的故事"),
        ("山村放映隊的故事｜皇冠體育app下載", "山村放映隊的故事"),
        ("老街的铜匠铺重新开张 - 皇.冠.体.育 官网登录", "老街的铜匠铺重新开张"),
        ("老街的铜匠铺重新开张—澳门六合彩开奖结果—管家婆一肖一码", "老街的铜匠铺重新开张"),
        ("亚博体育官网登录|老街的铜匠铺重新开张", "老街的铜匠铺重新开张"),
        ("《老街的铜匠铺》重新开张_星曜城官网登录_亚博体育官网", "《老街的铜匠铺》重新开张"),
    ],
)
def test_spam_goes_from_a_title_and_the_title_stays(line: str, title: str, cleaner: Cleaner) -> None:
    assert repaired(line) == title
    assert cleaner.clean(f"{line}\n\n{LEAD}\n{MIDDLE}\n").text == f"{title}\n\n{LEAD}\n{MIDDLE}\n"


@pytest.mark.parametrize(
    "line",
    [
        "山村放映队的故事_新华网",
        "山村放映队的故事 | 新京报",
        "山村放映队的故事 - 县融媒体中心 - 首页",
        "| 山村放映队的故事 | 皇冠体育官网登录 |",
        "if name == 山村放映队的故事 | 皇冠体育官网登录;",
        "警方捣毁跨省赌博团伙_皇冠体育官网登录网址已被查封",
        "他在邻村的大桥上|也许在桥下等着我们",
    ],
    ids=["site", "paper", "sections", "table", "code", "news", "choice"],
)
def test_a_title_without_spam_stays(line: str) -> None:
    assert list(load().find(View(line))) == []


def test_spam_behind_a_title_that_reports_on_it_is_flagged() -> None:
    (edit,) = load().doubts(View("警方通报山村放映队失窃_皇冠体育官网登录"))
    assert (edit.rule, edit.old) == ("spam/title", "_皇冠体育官网登录")


def test_a_line_that_begins_with_the_spammers_own_name_goes_as_a_whole() -> None:
    view = View("星曜金鹿鼎盛国际_星曜金鹿鼎盛百家乐官网_亚博体育")
    assert load().marks(view).keys() == {0}
    assert list(load().find(view)) == []


# phrases in sentences


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("六小香港六合彩开奖结果龙代表出席了会议。", "六小龙代表出席了会议。"),
        ("六小香港六合彩開獎結果龍代表出席了會議。", "六小龙代表出席了会议。"),
        ("村里的经亚博体育官网登录济一年比一年好。", "村里的经济一年比一年好。"),
        ("村里的经六 合 彩 资 料 大 全济一年比一年好。", "村里的经济一年比一年好。"),
        ("天气很好，皇冠体育官网（www.abc123.com），孩子们去了河边。", "天气很好，孩子们去了河边。"),
        ("孩子们去了河边，皇冠体育官网（www.abc123.com）。她笑了。", "孩子们去了河边。她笑了。"),
        ("她笑了。皇冠体育官网 www.abc123.com，孩子们去了河边。", "她笑了。孩子们去了河边。"),
    ],
    ids=["split word", "traditional", "another", "spaced out", "clause", "last clause", "first clause"],
)
def test_a_phrase_goes_where_the_rest_comes_together(text: str, clean: str) -> None:
    assert fold(repaired(text)) == fold(clean)


def test_a_phrase_of_very_many_words_is_left_in_place() -> None:
    phrase = "香港六合彩 " * 40
    assert repaired(f"六小香港六合彩龙代表。六小{phrase}龙代表。") == f"六小龙代表。六小{phrase}龙代表。"


def test_a_phrase_between_words_is_flagged() -> None:
    text = "村里的孩子们亚博体育官网登录都去了河边。"
    (edit,) = load().doubts(View(text))
    assert (edit.rule, edit.old, edit.is_flag) == ("spam/injected", "亚博体育官网登录", True)
    assert repaired(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "据通报，涉案网站有皇冠体育官网（www.abc123.com），均已关闭。",
        "民警说，皇冠体育官网（www.abc123.com），就是他输光积蓄的地方。",
        "她在作文里写道：“香港六合彩开奖结果”几个字贴满了电线杆。",
        "他在网上买过六合彩，后来不买了。",
        "官员经常主动来电相约茶聚，地点多在酒楼。",
        "水平特权升级之后，攻击者可以读到别人的邮件。",
        "特码头在河的上游，六肖像画家住在下游。",
    ],
    ids=["report", "police", "quotation", "prose", "chance word", "chance word 2", "chance word 3"],
)
def test_who_writes_about_spam_is_left_alone(text: str) -> None:
    view = View(text)
    assert not [*load().find(view), *load().doubts(view), *load().marks(view)]


@given(texts())
def test_any_text_can_be_repaired_and_rebuilt(text: str) -> None:
    assert Document.of(text).revised(load().find(View(text))).rebuilt() == text


# drawn spam


@pytest.mark.parametrize("kind", bench.words(LEXICONS))
def test_drawn_lines_are_marked_by_known_words_and_often_by_their_company(kind: str) -> None:
    known = bench.words(LEXICONS)[kind]
    assert bench.seen(load(), known, 60)[0] > 0.95
    half, withheld = bench.halves(LEXICONS)
    beside = bench.words(half.lexicons)[kind].names[0] + "".join(bench.words(half.lexicons)[kind].lures[:6])
    alone, below = bench.seen(half, withheld[kind], 60)[0], bench.seen(half, withheld[kind], 60, below=beside)[0]
    assert 0.1 < alone <= below


@pytest.mark.parametrize("place", bench.PLACES)
def test_drawn_phrases_take_nothing_of_the_text(place: str) -> None:
    text = f"青石桥头的一家旧书铺\n\n{ARTICLE}{CLOSE}\n"
    figures = bench.planted(place, [text] * 10, load(), [bench.words(LEXICONS)["gambling"]])
    assert figures["right"] > 0
    assert figures["wrong"] == figures["harm"] == 0


# what cannot be loaded

GOOD = """about = "bets"
sure = "赌赌乐官网"
finds = ["赌赌乐官网 亚博体育"]
keeps = ["他在桥头下棋。"]
names = "赌赌乐 大赢家"
"""


def lexicon_file(folder: Path, text: str, name: str = "bets") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("about", "abuot", "unknown key 'abuot'; a lexicon holds about,"),
        ('about = "bets"', "", "about or keeps is missing"),
        ('keeps = ["他在桥头下棋。"]', "", "about or keeps is missing"),
        ('finds = ["赌赌乐官网 亚博体育"]', "", "finds is missing; show lines"),
        ('"赌赌乐官网"\nfinds', '["赌赌乐官网"]\nfinds', "sure is no text; write it in quotes"),
        ('["他在桥头下棋。"]', '[""]', "keeps is no list of lines"),
        ("大赢家", "大贏家", "write '大赢家' for '大贏家'"),
        ("大赢家", "赢", "'赢' is too short"),
        ("大赢家", "赌赌乐官网", "'赌赌乐官网' stands in"),
        ('names = "', 'where = "top"\nnames = "', "where is one of anywhere, edge, not 'top'"),
        ('names = "', 'names = ', "a lexicon is UTF-8 TOML"),
    ],
)  # fmt: skip
def test_a_lexicon_that_cannot_be_used_is_told_with_file_what_and_what_to_do(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in GOOD
    path = lexicon_file(tmp_path, GOOD.replace(old, new))
    with pytest.raises(RuleError, match=f"^{re.escape(str(path))}: .*{re.escape(says)}"):
        read([path])


def test_a_missing_lexicon_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="No such file"):
        read([tmp_path / "none.toml"])


def test_the_lexicons_that_come_with_the_package_prove_themselves() -> None:
    prove(load())


def test_a_lexicon_that_takes_what_another_keeps_is_not_true(tmp_path: Path) -> None:
    one = lexicon_file(tmp_path, GOOD.replace("赌赌乐官网 亚博体育", "赌赌乐官网 大赢家"))
    prove(Lexicons(read([one])))
    other = lexicon_file(tmp_path, 'about = "games"\nkeeps = ["赌赌乐官网 大赢家"]\nagainst = "棋谱"\n', "games")
    with pytest.raises(RuleError, match="games: keeps: '赌赌乐官网 大赢家' would go or be flagged"):
        prove(Lexicons(read([one, other])))


def test_a_lexicon_that_does_not_find_its_own_lines_is_not_true(tmp_path: Path) -> None:
    path = lexicon_file(tmp_path, GOOD.replace("赌赌乐官网 亚博体育", "赌赌乐在桥头"))
    with pytest.raises(RuleError, match="bets: finds: '赌赌乐在桥头' is no spam by its words"):
        prove(Lexicons(read([path])))
