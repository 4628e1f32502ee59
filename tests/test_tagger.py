"""Features answer every question, chances are exact, and what reads as noise goes while an article stays."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.pipeline import Cleaner
from cleaner.rules import Rule
from cleaner.shapes import Row, Shape, shape_of
from cleaner.structure import rows_of
from cleaner.tagger.features import _FIRST, NAMES, QUESTIONS, cues, describe, visible
from cleaner.tagger.model import ARTICLE, KINDS, NOISE, Tags, _typical, noise_odds, tag, weights
from cleaner.units import View
from tests.strategies import pages

ARTICLE_PAGE = """河边旧书铺的第三代掌柜
褚家的书铺在河边开了六十年，门口的石阶被踩得中间低两边高。
第一代掌柜从乡下挑来两担书，第二代把它们编成了目录，第三代把目录搬到了网上。

如今每个星期六的下午，附近的孩子们都来这里听老掌柜念一段故事，念完了再各自回家。
铺子里不卖咖啡，也不卖明信片，只有一壶免费的热水放在窗台上，谁渴了自己倒。
"""
FURNITURE = """
分享到：微信 微博
扫码关注我们的公众号
点赞
收藏
往期推荐
• 城西的钟表匠收了徒弟
• 山谷里的气象站迎来客人
免责声明：本文仅代表作者观点，与本站无关，转载请注明出处。
"""


def tags_of(text: str, cleaner: Cleaner) -> tuple[list[Row], Tags]:
    view = View(text, cleaner.rules.gate)
    rows = rows_of(view, cleaner.rules.marks(view))
    return rows, tag(rows, ())


# features


@given(pages(), st.data())
def test_every_line_has_one_answer_to_every_question(text: str, data: st.DataObject) -> None:
    rows = rows_of(View(text), {})
    if rows:
        settled = data.draw(st.sets(st.integers(0, len(rows) - 1)))
        features = describe(rows, settled).features
        assert features.shape == (len(rows), len(QUESTIONS))
        answers = features - _FIRST
        assert (answers >= 0).all()
        assert (answers < [len(question.answers) for question in QUESTIONS]).all()


def test_names_are_told_apart() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_cues_are_folded_words_of_one_class_each() -> None:
    words = [word for words in cues().values() for word in words]
    assert all(View(word).folded == word for word in words)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("扫码关注公众号", "follow words in a short line: 2+"),
        ("首页", "letters: 2+"),
        ("书铺在河边开了六十年。", "ends in: stop"),
        ("- 评论", "shape: item"),
        ("2026-01-17", "shape: date"),
        ("https://example.com/a", "link: nothing else"),
        ("[河边](https://example.com/a)", "link: text and nothing else"),
        ("**往期**", "opening: bold"),
    ],
)
def test_a_line_is_described_by(line: str, name: str) -> None:
    features = describe(rows_of(View(line), {}), ()).features
    assert name in {NAMES[feature] for feature in features[0]}


KEYS = (
    "首页", "点赞", "掌柜说:", "→", "书铺 的 目录", "要带的东西有这几样:", "雨伞", "• 雨伞", "扫码关注 http://a.cn/b",
    "掌柜把书铺的目录搬到了网上,大家都说好极了。",
)  # fmt: skip
MARKS = {"首页": Rule("navigation", "a", "", "", (), ()), "点赞": Rule("share", "b", "", "", (), (), where="anywhere")}


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_where_a_line_stands_is_as_counted_one_by_one(lines: list[tuple[str, bool, bool]]) -> None:
    rows = [Row(at, key, shape_of(key), MARKS.get(key), gap and at > 0) for at, (key, gap, _) in enumerate(lines)]
    settled = {at for at, (_, _, is_settled) in enumerate(lines) if is_settled}
    looks = describe(rows, settled)
    for place, answers in enumerate(looks.answers.T.tolist()):
        told = {question.name: question.answers[at] for question, at in zip(QUESTIONS, answers, strict=True)}
        counted = _counted(rows, settled, place)
        assert {name: told[name] for name in counted} == counted


def _counted(rows: list[Row], settled: set[int], place: int) -> dict[str, str]:
    """What is told of where a line stands, counted line by line."""
    around = [at for at in range(place - 3, place + 4) if at != place and 0 <= at < len(rows)]
    prose = [at for at, row in enumerate(rows) if row.shape is Shape.PROSE and not row.rule and at not in settled]
    keys = [row.key for row in rows]
    above, below = keys[:place].count(keys[place]), keys[place + 1 :].count(keys[place])
    return {
        "shape above": rows[place - 1].shape.value if place else "nothing",
        "shape below": rows[place + 1].shape.value if place + 1 < len(rows) else "nothing",
        "gap above": _yes(rows[place].has_gap),
        "gap below": _yes(place + 1 == len(rows) or rows[place + 1].has_gap),
        "settled": _yes(place in settled),
        "from the top": _bucket(place, (1, 2, 3, 6)),
        "from the end": _bucket(len(rows) - 1 - place, (1, 2, 3, 6)),
        "lines since prose": _distance(place - at for at in prose if at <= place),
        "lines to prose": _distance(at - place for at in prose if at >= place),
        "marks near": str(sum(at in settled or rows[at].rule is not None for at in around)),
        "short lines near": str(sum(len(rows[at].key) < 20 for at in around)),
        "nearest mark above": _nearest(rows[:place][::-1]),
        "nearest mark below": _nearest(rows[place + 1 :]),
        "said": ("once", "again below", "above too", "above and below")[(below > 0) + 2 * (above > 0)],
        "as long as its neighbours": _alike(keys, place, lambda one, other: abs(_letters(one) - _letters(other)) <= 2),
        "ends like its neighbours": _alike(keys, place, lambda one, other: _last(one) == _last(other)),
        "blanks": str(visible(keys[place]).count(" ")),
        "words of the prose": _shared(keys[place], "|".join(keys[at] for at in prose if at != place)),
        "words of the first line": _shared(keys[place], keys[0]),
    }


def _letters(key: str) -> int:
    return sum(map(str.isalnum, visible(key)))


def _last(key: str) -> str:
    last = visible(key)[-1]
    return "hanzi" if "㐀" <= last <= "鿿" else last


def _alike(keys: list[str], place: int, is_alike: Callable[[str, str], bool]) -> str:
    above = place > 0 and is_alike(keys[place - 1], keys[place])
    below = place + 1 < len(keys) and is_alike(keys[place], keys[place + 1])
    return ("neither", "above", "below", "both")[above + 2 * below]


def _shared(key: str, said: str) -> str:
    """The share of the pairs of hanzi in a line that are said."""
    pairs = [pair for pair in map("".join, pairwise(key)) if re.fullmatch("[㐀-鿿]+", pair)]
    if not pairs:
        return "no word"
    percent = sum(pair in said for pair in pairs) * 100 // len(pairs)
    return max((f"{bound / 100:g}+" for bound in (1, 15, 30, 50, 75) if percent >= bound), default="<0.01")


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _bucket(value: int, bounds: tuple[int, ...]) -> str:
    return f"{max(bound for bound in bounds if bound <= value)}+" if value >= bounds[0] else f"<{bounds[0]}"


def _distance(distances: Iterable[int]) -> str:
    nearest = min(distances, default=None)
    return "none" if nearest is None else _bucket(nearest, (1, 2, 3, 6, 11))


def _nearest(rows: list[Row]) -> str:
    """The mark of the first marked row, and how far it is."""
    found = next(((far, row.rule) for far, row in enumerate(rows, start=1) if row.rule), None)
    return f"{found[1].kind}, {_bucket(found[0], (2, 5))}" if found else "none, <2"


@given(st.lists(st.sampled_from(KEYS), min_size=1, max_size=30))
def test_what_a_line_introduces_ends_with_a_gap_or_a_long_line(keys: list[str]) -> None:
    rows = [Row(at, key, shape_of(key), MARKS.get(key), at % 3 == 1) for at, key in enumerate(keys)]
    found: list[bool] = []
    is_introduced = False
    for row in rows:
        is_introduced &= not row.has_gap or not found[-1]
        found.append(is_introduced)
        if row.rule is None and row.key.endswith(":") and len(row.key) >= 8:
            is_introduced = True
        elif row.shape not in (Shape.SHORT, Shape.ITEM):
            is_introduced = False
    assert [INTRODUCED in line for line in describe(rows, ()).features.tolist()] == found


INTRODUCED = NAMES.index("introduced: yes")


def test_cues_are_counted_by_line_and_class() -> None:
    rows = rows_of(View("扫码扫码扫码关注\n书铺\n关注,点赞\n" + "书" * 30 + "关注"), {})
    by_line = [{NAMES[at] for at in line} for line in describe(rows, ()).features]
    assert {"scan words in a short line: 2+", "follow words in a short line: 1", "hints: 2"} <= by_line[0]
    assert {"scan words in a short line: 0", "follow words in a short line: 0", "hints: 0"} <= by_line[1]
    assert {"like words in a short line: 1", "follow words in a short line: 1", "hints: 2"} <= by_line[2]
    assert {"follow words in a long line: 1", "follow words in a short line: 0", "hints: 1"} <= by_line[3]


def test_what_a_colon_introduces_is_known() -> None:
    rows = rows_of(View("出门要带的东西有这几样：\n雨伞\n手电筒\n\n首页"), {})
    introduced = [any(NAMES[at] == "introduced: yes" for at in line) for line in describe(rows, ()).features]
    assert introduced == [False, True, True, False]


def test_words_shared_with_the_prose_are_counted_without_the_lines_own() -> None:
    rows = rows_of(View("掌柜把书铺的目录搬到了网上，大家都说好极了。\n书铺的目录\n城西钟表匠\n"), {})
    by_line = [{NAMES[at] for at in line} for line in describe(rows, ()).features]
    assert "words of the prose: <0.01" in by_line[0]
    assert "words of the prose: 0.75+" in by_line[1]
    assert "words of the prose: <0.01" in by_line[2]


def test_addresses_of_links_are_not_looked_at() -> None:
    assert visible("[河边的书铺](https://example.com/abc)") == "[河边的书铺"
    assert visible("https://example.com/abc") == "https://example.com/abc"


# chances


@given(
    st.lists(st.tuples(st.floats(-4, 4), st.booleans()), min_size=1, max_size=6),
    st.lists(st.floats(-2, 2), min_size=8, max_size=8),
)
def test_chances_are_those_of_all_ways_to_label_a_page(lines: list[tuple[float, bool]], values: list[float]) -> None:
    own, gaps = np.array([value for value, _ in lines]), [gap for _, gap in lines]
    follows = np.array(values).reshape(2, 2, 2)
    noise, total = np.zeros(own.size), 0.0
    for states in product((0, 1), repeat=own.size):
        score = sum(value for value, state in zip(own, states, strict=True) if state)
        score += sum(follows[int(gaps[at]), states[at - 1], states[at]] for at in range(1, own.size))
        weight = math.exp(score)
        total += weight
        noise += weight * np.array(states)
    assert noise_odds(own, gaps, follows) == pytest.approx(np.log(noise / (total - noise)).tolist(), abs=1e-6)


def test_weights_of_the_package_know_their_features() -> None:
    assert np.isfinite(weights().noise).all()
    assert np.count_nonzero(weights().noise) > 100


# what lines are


def test_kinds_of_a_page(cleaner: Cleaner) -> None:
    rows, tags = tags_of(ARTICLE_PAGE + FURNITURE, cleaner)
    kinds = {row.key: kind for row, kind in zip(rows, tags.kinds(range(len(rows))), strict=True)}
    assert kinds["河边旧书铺的第三代掌柜"] == "title"
    assert kinds["褚家的书铺在河边开了六十年,门口的石阶被踩得中间低两边高。"] == "prose"
    assert kinds["扫码关注我们的公众号"] == "promo"
    assert kinds["• 城西的钟表匠收了徒弟"] == "link"
    assert kinds["点赞"] == "widget"
    assert kinds["免责声明:本文仅代表作者观点,与本站无关,转载请注明出处。"] == "disclaimer"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("来源：河边日报", "credit"),
        ("2026年1月17日", "date"),
        ("| 书名 | 册数 |", "table"),
        ("## 第二代掌柜", "heading"),
        ("for book in shelf: print(book.title)", "code"),
        ("图为老掌柜在窗台边念故事", "caption"),
        ("1. 把书按年份排好", "list"),
    ],
)
def test_kinds_of_article_lines(line: str, kind: str, cleaner: Cleaner) -> None:
    above, below = ARTICLE_PAGE.split("\n\n")
    rows, tags = tags_of(f"{above}\n{line}\n{below}", cleaner)
    place = next(at for at, row in enumerate(rows) if row.key == View(line).folded)
    assert tags.kinds([place]) == [kind]


def test_every_kind_belongs_to_article_or_noise() -> None:
    assert (*ARTICLE, *NOISE) == KINDS


def test_furniture_goes_and_the_article_stays(cleaner: Cleaner) -> None:
    assert cleaner.clean(ARTICLE_PAGE + FURNITURE).text.strip() == ARTICLE_PAGE.strip()


@pytest.mark.parametrize(
    "sentence",
    [
        "书铺的公众号由掌柜的女儿打理，她每星期写一篇短文，介绍一本没人记得的旧书。",
        "读者只要扫描书脊上的二维码，就能听到老掌柜年轻时录下的那段录音，声音里还有雨声。",
        "有人建议掌柜在网上卖课程，他摇摇头说，念故事的时候不收钱，收了钱就念不好了。",
        "隔壁的彩票站开奖那天最热闹，掌柜却只管低头补书，好像什么也没有听见一样。",
    ],
)
def test_prose_that_speaks_of_such_things_stays(sentence: str, cleaner: Cleaner) -> None:
    above, below = ARTICLE_PAGE.split("\n\n")
    text = f"{above}\n{sentence}\n{below}{FURNITURE}"
    assert sentence in cleaner.clean(text).text


def test_a_removal_says_its_kind_its_chance_and_what_speaks_for_it(cleaner: Cleaner) -> None:
    page = ARTICLE_PAGE + FURNITURE + "大家都在看的内容\n换一批\n"
    whys = [edit.why for edit in cleaner.clean(page).edits if edit.rule.startswith("structure/")]
    assert whys
    assert all(why.startswith("reads as ") and "%" in why and "beside" in why for why in whys)


def test_without_prose_and_without_furniture_nothing_goes(cleaner: Cleaner) -> None:
    text = "首页菜谱\n青菜\n豆腐\n点赞\n"
    assert cleaner.clean(text).text == text


def test_credits_stay(cleaner: Cleaner) -> None:
    assert "（责任编辑：褚平）" in cleaner.clean(f"{ARTICLE_PAGE}（责任编辑：褚平）\n{FURNITURE}").text


@given(pages())
def test_cleaning_what_is_clean_takes_nothing(text: str) -> None:
    cleaner = _CLEANERS[0]
    once = cleaner.clean(text + FURNITURE)
    assert cleaner.clean(once.text).text == once.text


_CLEANERS = [Cleaner()]


MIDDLES = ["广告", "下载APP", "请继续往下阅读", "点击查看大图", "扫码", "点赞 收藏 分享"]
TAILS = [
    "欢迎关注本报官方微信\n",
    "按讚加入粉絲團\n",
    "分享到：微信 微博\n打印\n关闭\n",
    "上一篇：旧书铺的一天\n",
    FURNITURE,
]
CLOSERS = [
    "新桥明年春天通车。",
    "他走了。",
    "“再见了，老陈！”",
    "记者将持续关注此事。",
    "社区提醒居民注意安全。",
    "縣長提醒民眾不要到海邊觀浪。",
    "社区主任周敏告诉记者，临时摊位的手续已经办妥，下周一就能搬过去。",
]


@pytest.mark.parametrize("closer", CLOSERS)
def test_a_sentence_between_furniture_stays(closer: str, cleaner: Cleaner) -> None:
    for middle, tail in product(MIDDLES, TAILS):
        text = f"{ARTICLE_PAGE}{middle}\n{closer}\n{tail}"
        assert closer in cleaner.clean(text).text, text


def test_sentences_that_read_as_noise_are_flagged(cleaner: Cleaner) -> None:
    pages = (f"{ARTICLE_PAGE}{middle}\n{closer}\n{FURNITURE}" for middle, closer in product(MIDDLES, CLOSERS))
    flags = [edit for page in pages for edit in cleaner.clean(page).edits if edit.is_flag and edit.old in CLOSERS]
    assert flags
    assert all(edit.why.startswith("a sentence, but reads as ") for edit in flags)


def test_a_kind_is_what_a_line_looks_like_most_all_features_counted(cleaner: Cleaner) -> None:
    rows, tags = tags_of(ARTICLE_PAGE + FURNITURE, cleaner)
    sums = _typical()[tags.looks.features].sum(1)
    for place, kind in enumerate(tags.kinds(range(len(rows)))):
        kinds = NOISE if tags.odds[place] > 0 else ARTICLE
        assert kind == max(kinds, key=lambda kind: sums[place, KINDS.index(kind)])


def test_a_reason_names_the_three_features_that_say_most_for_noise(cleaner: Cleaner) -> None:
    rows, tags = tags_of(ARTICLE_PAGE + FURNITURE, cleaner)
    for place, (kind, why) in enumerate(tags.reasons(range(len(rows)))):
        features = sorted(tags.looks.features[place], key=lambda at: -weights().noise[at])
        telling = [
            NAMES[at] for at in features if not NAMES[at].endswith((": 0", ": no", ": none", "from the top: 6+"))
        ]
        assert kind == tags.kinds([place])[0]
        assert f"({', '.join(telling[:3])})" in why


def test_all_that_speaks_for_and_against_a_line_adds_up_to_its_odds(cleaner: Cleaner) -> None:
    rows, tags = tags_of(ARTICLE_PAGE + FURNITURE, cleaner)
    for place in range(len(rows)):
        told = tags.speaking(place)
        assert sum(weight for _, weight in told) == pytest.approx(tags.odds[place])
        assert [weight for _, weight in told] == sorted((weight for _, weight in told), reverse=True)
        assert (tags.confidence(place) > tags.needed(place)) is (place in tags.noise)
