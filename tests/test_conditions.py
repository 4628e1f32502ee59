"""What finders look for first, to be done soon where there is nothing to find, hides no find."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.document import Edit
from cleaner.fold import codes, fold
from cleaner.repair import (
    bbcode,
    code,
    entities,
    escapes,
    forum,
    jammers,
    layout,
    links,
    losses,
    markdown,
    markup,
    promos,
    spacing,
    spurious,
)
from cleaner.repair.mojibake import encodings, redecoding
from cleaner.repair.words import Mention, alone
from cleaner.units import View
from tests.conftest import cases
from tests.strategies import texts
from tests.test_layout import STORY, wrapped

EVERYTHING = re.compile("")
EVERY_BYTE = re.compile(b"")
NOTES = "產(chǎn)業(yè)與學(xué)者，這(zhè)裡的產(chǎn)業(yè)由學(xué)者說(shuō)明。"


def yes(*_: object) -> bool:
    return True


def unlinked_lines(view: View) -> list[int]:
    """All lines but those with links, which promos leaves alone."""
    return [index for index, line in view.filled_lines() if "](" not in line.key and "<" not in line.key]


class Condition(NamedTuple):
    """What a finder asks first: where it stands, what asks nothing, texts with a find, and pieces of such texts."""

    finder: Callable[[View], Iterable[Edit]]
    module: ModuleType
    name: str
    loose: Any
    examples: tuple[str, ...]  # all that the condition looks for, each alone
    pieces: str  # parted by blanks; _ stands for one

    def parts(self) -> list[str]:
        return [piece.replace("_", " ") for piece in self.pieces.split(" ")]


TOKENS = "\n".join(
    f"茶山的雾{run}散了。" for run in (" g@ 4# X; q~ !9 Lb ", " 7? #d @Q w; `2 Zp ", ' m~ A! 8; @k #5 "T ')
)

CONDITIONS = [
    Condition(
        entities.find,
        entities,
        "_may_hold_entities",
        yes,
        ("雾&nbsp;散", "雾&ldquo散", "雾&#20013散", "nbsp;雾nbsp;散nbsp;了", "雾#x4e2d;散"),
        "雾 &nbsp; &amp; amp; nbsp; ldquo; rdquo; #20013; #x4e2d; &#20013; &lt; &gt; ; # & p > , &ldquo &mid= 茶",
    ),
    Condition(
        entities.find,
        entities,
        "_NAMED",
        EVERYTHING,
        tuple(
            "雾".join([f"{name};"] * 3)
            for name in ("ldquo", "rsquo", "ensp", "quot", "mdash", "hellip", "middot", "bull")
        ),
        "ldquo; rdquo; ensp; quot; bull; amp; & ; 雾 o 茶",
    ),
    Condition(
        entities.find,
        entities,
        "_NUMBERED",
        EVERYTHING,
        ("雾#x4e2d;散", "#22823;#23398;#29983;"),
        "#x4e2d; #20013; #22823; & ; # 雾 &amp; 3 茶 &#x4e2d;",
    ),
    Condition(
        escapes.find,
        escapes,
        "_PERCENT_SIGN",
        EVERYTHING,
        ("茶山 %E5%A4%A7 了", "茶山 %e5%a4%a7 了", "茶山 %u5927 了"),
        "雾 _ %E5%A4%A7 %u5927 %e5%a4%a7 % u5927 E5 \n 茶 %41%42%43",
    ),
    Condition(
        markup.find_fragments,
        markup,
        "_FRAGMENT_END",
        EVERYTHING,
        tuple(
            f"雾散了。{tag}>茶"
            for tag in "/p,/span,/div,/strong,/font,/td,/tr,/li,/b,/em,/h3,/H6,/section,br,br/,br /".split(",")
        ),
        "雾 。 /p> /P> /ſpan> br/> br_/> BR> /h3> /Strong> /dıv> > \n < / b r 茶",
    ),
    Condition(
        bbcode.find,
        bbcode,
        "_may_hold_tags",
        yes,
        ("[b]雾[/b]散了", "雾{:5_123:}散", "雾[s:12]散", "雾[em12]散", "雾[smile:3]散", "雾[face:3]散"),
        "[b] [/b] [url=a.b] [/url] {:5_123:} [s:12] [em12] [EM12] [face:3] [smile:4] "
        "[/s:12] [ { : ] 雾 [list] [*] [/list]",
    ),
    Condition(
        links.find_addresses,
        links,
        "_may_hold_links",
        yes,
        ("[茶山](/wiki/1)", "见<https://a.bc/d>。"),
        "[茶山] (/wiki/1) (#top) ](/wiki) <https://a.b> ![茶] (https://a.b) [ ] ! < \n 雾 a",
    ),
    Condition(
        markdown.find,
        markdown,
        "_may_hold_rests",
        yes,
        ("**雾**散了**茶**山\n**导****读**了", "茶\\_山", "# 雾\n\n## \n\n茶山的路"),
        "**导** ** **** * \\* \\_ \n \n-\n \n#\n \n>\n - # >_ \n>_>\n _ • ! [a]( 雾 茶 。 \r\n \t #_茶",
    ),
    Condition(
        markdown.find,
        markdown,
        "_may_hold_hollow_lines",
        yes,
        (
            "# 雾\n\n## \n\n茶山的路",
            "## \n\n# 雾\n茶山",
            "# 雾\n\n> > \n\n茶",
            "# 雾\n\n>\t>\xa0\r\n\n茶",
            "# 雾\n- 茶\n- \n- 山",
            "# 雾\n\n****\n**茶**山**的**路",
            "# 雾\n• 茶\n•\n• 山",
        ),
        "\n#_雾 \n## \n##_ \n-_ \n- \n* \n****\n **茶** **山** \n> \n>_>_> \n>_雾 \n-_茶 • \t \r\n 茶 *",
    ),
    Condition(
        spurious.find,
        spurious,
        "_has_traces",
        yes,
        (f"{NOTES}讓W(xué)iFi", "讓W（xué）iFi"),
        f"{NOTES} 讓W(xué) 讓W（xué） iFi 讓 W (_xué_) (XUÉ) Ｗ(xué) ( ( ) 產(chǎn)",
    ),
    Condition(
        losses.find_sheared,
        losses,
        "_SIGN",
        EVERYTHING,
        ("勇?lián)铰废…", "勇?lián )铰废…"),
        "勇 ? ?lián) ?_lián_) lián ) ） 铰废 a \n 勇?lián)铰",
    ),
    Condition(
        spacing.find,
        spacing,
        "_may_be_spread",
        yes,
        tuple(blank.join("规范性引用文件") for blank in (" ", "\u3000", "\xa0")),
        "规_范_性_引_用_文_件 _ \u3000 规 范 \n 第_一_章_总_则 、 。 \xa0 a 的",
    ),
    Condition(
        forum.find,
        forum,
        "_may_be_thread",
        yes,
        tuple(
            f"3楼 {time}\n茶山的雾散了。\n4楼 {time}\n水声渐近。"
            for time in (
                "2012-3-4 12:30",
                "昨天9:05",
                "3秒钟前",
                "3秒前",
                "3分钟前",
                "3小时前",
                "半小时前",
                "3天前",
                "3周前",
                "3个月前",
                "3年前",
            )
        ),
        "3楼 4楼 第5层 #6 楼主 _2012-3-4_12:30 _3分钟前 _半小时前 _昨天12:30 发表于 \n "
        "\n积分_120\n主题_3\n帖子_4\n 回复 沙发 前 雾 来自 。",
    ),
    Condition(
        layout.columns,
        layout,
        "_may_go_on_below",
        yes,
        (wrapped(STORY, 20),),
        " ".join([*wrapped(STORY, 20).replace("\n", "\n ").split(" "), "\n", "__\n", "____\n", "！", "第一条"]),
    ),
    Condition(
        promos.find,
        promos,
        "_promoting",
        unlinked_lines,
        tuple(
            f"{plug}昨天下了雨，山里起了雾。"
            for plug in (
                "歡迎訂閱頻道：https://a.bc/d ",
                "推特：https://a.bc/d 微博：https://a.bc/e ",
                "在这里都能找到：https://a.bc/d ",
                "火热视频推荐：水有多热？https://a.bc/d 山为什么高？https://a.bc/e ",
                "欢迎转载！https://a.bc/d ",
                "歡迎訂閱 a@b.com ",
            )
        ),
        "歡迎訂閱頻道：https://a.bc/d 订阅 關注 https://a.bc/d _ 昨天下了雨。 推特： 商务合作 a@b.com 合作邀约 "
        "----- 火热视频推荐： "
        "这里是@ 在这里都能找到 记得点赞 喜欢的话请留言 微信:abc \n ＠ 更多節目： 群 http 专页 ](a) < 請分享給 。 雾",
    ),
    Condition(
        jammers.find,
        jammers,
        "_SIX_TOKENS",
        EVERY_BYTE,
        (TOKENS, re.sub("(?<=[!-~]) (?=[!-~])", "  ", TOKENS)),
        ' g@_4#_X;_q~_!9_Lb_ _7?_#d_@Q_w;_`2_Zp_ _m~_A!_8;_@k_#5_"T_ 雾 _ __ \xa0 \n a abcd @ # 1 % g$_V0_N%',
    ),
]
IDS = [f"{condition.module.__name__.split('.')[-1]}.{condition.name}" for condition in CONDITIONS]


def found(condition: Condition, text: str, *, is_loose: bool) -> list[Edit]:
    with pytest.MonkeyPatch.context() as patch:
        if is_loose:
            patch.setattr(condition.module, condition.name, condition.loose)
        return list(condition.finder(View(text)))


@pytest.mark.parametrize("condition", CONDITIONS, ids=IDS)
def test_no_condition_hides_a_find(condition: Condition) -> None:
    for text in condition.examples:
        edits = found(condition, text, is_loose=False)
        assert edits, text
        assert edits == found(condition, text, is_loose=True)

    @settings(max_examples=60)
    @given(st.lists(st.sampled_from(condition.parts()), max_size=24).map("".join) | texts(max_parts=8))
    def check(text: str) -> None:
        assert found(condition, text, is_loose=False) == found(condition, text, is_loose=True)

    check()


@pytest.mark.parametrize("condition", CONDITIONS, ids=IDS)
def test_no_condition_hides_a_find_on_a_page(condition: Condition) -> None:
    for case in (parameter.values[0] for parameter in cases("*.toml")):
        assert found(condition, case["text"], is_loose=False) == found(condition, case["text"], is_loose=True)


@given(st.lists(st.sampled_from(["参与国", "际分工", *"雾，。！!(a \u3000\n\n\r\t"]), max_size=40).map("".join))
@example("参与国\n际分工的")
@example("参与国 \n 际分工的")
@example("参与国  \n际分工的")
@example("参与国    \n际分工的")
@example("(\n，")
@example("( \n，")
@example("(  \n，")
@example("(   \n，")
def test_every_line_end_within_a_sentence_has_a_joint(text: str) -> None:
    place = -1
    for line, below in pairwise(text.split("\n")):
        place += len(line) + 1
        before, after = line.rstrip(), below.strip()
        is_asked = bool(before) or len(line) > 2  # shorter blank lines are never half of a page's
        if is_asked and line[-1] not in layout._STOPS and after and layout._goes_on(before, after):
            assert layout._JOINT.match(text, place)


@pytest.mark.parametrize("neighbours", [("a-z", "a-z"), ("a-z0-9./_-", "a-z0-9/_-")])
@given(
    text=st.lists(st.sampled_from(["hexo", "toml", "tml", "e x", "ex", *"-a9/._汉h \n"]), max_size=9).map("".join)
    | texts()
)
def test_a_mention_is_found_where_looking_around_finds_it(text: str, neighbours: tuple[str, str]) -> None:
    before, after = neighbours
    plain = re.compile(f"(?<![{before}])(hexo|to?ml|e ?x)(?![{after}])|汉h")
    mention = Mention(alone("hexo", "to?ml", "e ?x", before=before, after=after) + "|汉h")
    assert mention.is_in(fold(text)) == bool(plain.search(fold(text)))


@given(
    st.lists(
        st.sampled_from(["\t", "    ", "   ", "\n", "雾", "`", "```", "~~~", "$", "[code]", "[/code]", "[CODE]"])
    ).map("".join)
)
def test_stretches_of_code_are_those_of_the_plain_patterns(text: str) -> None:
    patterns = (code._INLINE, re.compile(r"^(?:\t| {4})[^\n]+", re.MULTILINE), code._FORMULA, code._TAGGED)
    found = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    plain = code._joined(sorted([*found, *code._fenced(text, code._FENCE)]))
    assert code.stretches(text) == list(plain)


@given(st.text("%+-@!?aZ09 \N{NO-BREAK SPACE}\n雾é", max_size=60))
def test_places_of_jammers_are_where_their_characters_stand_so(text: str) -> None:
    letters = text.encode("latin-1", "ignore").translate(None, jammers._BEYOND_ASCII)
    shown = [
        ("l" if "!" <= letter <= ";" else "h" if "?" <= letter <= "~" else letter)
        for letter in letters.decode("latin-1").replace("\xa0", " ")
    ]
    triples = ["".join(shown[place : place + 3]) == "l h" for place in range(len(shown))]
    threes = [
        place for place, is_pair in enumerate(triples) if is_pair and triples[place + 3 : place + 7 : 3] == [True, True]
    ]
    assert bool(jammers._pair_places(letters)) == bool(threes)
    assert set(jammers._pair_places(letters)) <= set(threes)


@pytest.mark.parametrize("codec", ["gbk", "cp950", "big5", "big5hkscs"])
def test_a_table_shows_what_its_view_shows(codec: str) -> None:
    view = encodings.gbk() if codec == "gbk" else encodings.big5(codec)
    table, every = redecoding._table(codec), "".join(map(chr, range(0x30000)))
    points = codes(every)
    assert table.shown(points) == every.translate(view)
    assert table.widths(points).tolist() == [len(view.get(point, " ")) for point in range(0x30000)]
    letters = (view.get(point, chr(point)) for point in range(0x30000))
    assert table.is_shown(points).tolist() == [letter <= "\xff\xff" or letter == encodings.LOST for letter in letters]


@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs"])
def test_pairs_of_bytes_show_what_decoding_each_shows(codec: str) -> None:
    pairs = [chr(lead) + chr(trail) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF)]
    read = ((redecoding._in_pairs(pair, codec), redecoding._paired(pair, codec)) for pair in pairs)
    assert all(together is not None and together.text == alone for together, alone in read)


def test_a_question_is_asked_once() -> None:
    asked: list[View] = []
    view = View("雾散了。")

    def question(of: View) -> int:
        asked.append(of)
        return len(of.text)

    assert [view.once(question), view.once(question)] == [4, 4]
    assert asked == [view]
