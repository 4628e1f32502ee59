"""Damage that needs code: what is changed, what is only pointed at, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given

from cleaner.document import Document, Edit
from cleaner.repair import characters, entities, holes, layout, losses, markup, notes, spacing, spurious
from cleaner.repair.characters import plain
from cleaner.repair.markup import is_about_markup
from cleaner.units import View
from tests.samples import ARTICLE
from tests.strategies import encodable_texts, texts

Finder = Callable[[View], Iterable[Edit]]
FINDERS: list[Finder] = [
    characters.find, entities.find, markup.find, markup.find_fragments, notes.find, spurious.find, losses.find_sheared,
    holes.find, holes.doubts, spacing.find, spacing.split_words, layout.page_marks, layout.columns,
]  # fmt: skip
ZWSP, ZWJ, ZWNJ = "\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"
LOST = "\N{REPLACEMENT CHARACTER}"


def repaired(find: Finder, text: str) -> str:
    return Document.of(text).revised(find(View(text))).text


def rules_of(find: Finder, text: str) -> list[tuple[str, str]]:
    """(rule, old text) of each edit."""
    return [(edit.rule, edit.old) for edit in find(View(text))]


@pytest.mark.parametrize("find", FINDERS)
@given(text=texts())
def test_any_text_can_be_repaired_and_rebuilt(find: Finder, text: str) -> None:
    assert Document.of(text).revised(find(View(text))).rebuilt() == text


@pytest.mark.parametrize("find", FINDERS)
def test_clean_text_is_left_alone(find: Finder) -> None:
    assert list(find(View(ARTICLE))) == []


# characters


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (f"山{ZWSP}水\N{ZERO WIDTH NO-BREAK SPACE}人\N{SOFT HYPHEN}家\N{WORD JOINER}", "山水人家"),
        ("山\x00\x08\x1f\x7f水", "山水"),
        ("山\N{MONGOLIAN VOWEL SEPARATOR}水\N{INTERLINEAR ANNOTATION ANCHOR}人", "山水人"),
        (f"山{ZWJ}水{ZWNJ}人", "山水人"),
        ("山\N{RIGHT-TO-LEFT OVERRIDE}水\N{POP DIRECTIONAL FORMATTING}\N{LEFT-TO-RIGHT MARK}人", "山水人"),
        ("⼈⽂⻅⻢豈", "人文见马豈"),
        ("山﹔水﹐人﹗﹙家﹚", "山；水，人！（家）"),
        ("﹡﹢﹪﹫", "＊＋％＠"),
        ("山︰水︐人", "山︰水，人"),
        ("山\udcff\udc80水", f"山{LOST}{LOST}水"),
        ("山\ud83d水", f"山{LOST}水"),
        ("山\ud83d\ude00水", "山\N{GRINNING FACE}水"),
    ],
    ids=[
        "invisible", "controls", "rare invisible", "joiners that join nothing", "bidi controls",
        "radicals and ideographs",
        "small punctuation", "small signs",
        "vertical punctuation", "undecodable bytes", "half a pair", "a pair in two halves",
    ],
)  # fmt: skip
def test_stray_characters_are_mended(text: str, mended: str) -> None:
    assert repaired(characters.find, text) == mended


@pytest.mark.parametrize(
    "text",
    [
        f"\N{WOMAN}{ZWJ}\N{PERSONAL COMPUTER}",
        f"\N{ARABIC LETTER MEEM}{ZWNJ}\N{ARABIC LETTER NOON}",
        f"\N{DEVANAGARI LETTER KA}\N{DEVANAGARI SIGN VIRAMA}{ZWJ}",
        "\N{RIGHT-TO-LEFT EMBEDDING}\N{HEBREW LETTER ALEF}\N{POP DIRECTIONAL FORMATTING}山",
        "葛\N{VARIATION SELECTOR-17}\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}",
        "ＡＢ１，ﾊﾝ",
        "山\t水\r\n人\x0b\x0c",
        "(︿﹏︿)",
        "\x85\x9f",
        "\N{IDEOGRAPHIC SPACE}\N{NO-BREAK SPACE}",
    ],
    ids=[
        "emoji", "a script that joins", "a script that stacks", "right-to-left text", "variation selectors", "width",
        "white space", "a face", "C1 controls", "blanks",
    ],
)  # fmt: skip
def test_characters_that_mean_something_are_left_alone(text: str) -> None:
    assert list(characters.find(View(text))) == []


HEBREW, ARABIC = "\N{HEBREW LETTER ALEF}", "\N{ARABIC LETTER MEEM}"
RLO, LRE, RLI, FSI = (
    "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{LEFT-TO-RIGHT EMBEDDING}", "\N{RIGHT-TO-LEFT ISOLATE}",
    "\N{FIRST STRONG ISOLATE}",
)  # fmt: skip
PDF, PDI = "\N{POP DIRECTIONAL FORMATTING}", "\N{POP DIRECTIONAL ISOLATE}"


@pytest.mark.parametrize(
    ("text", "rule", "control"),
    [
        (f"{HEBREW}{RLO}abc{PDF}山", "characters/bidi-override", RLO),
        (f"{ARABIC}\N{LEFT-TO-RIGHT OVERRIDE}abc", "characters/bidi-override", "\N{LEFT-TO-RIGHT OVERRIDE}"),
        (f"{HEBREW}{LRE}abc山", "characters/bidi-unclosed", LRE),
        (f"{HEBREW}{RLI}abc{PDF}山\n{PDI}{HEBREW}", "characters/bidi-unclosed", RLI),
        (f"{HEBREW}{FSI}{RLI}abc{PDI}山", "characters/bidi-unclosed", FSI),
    ],
    ids=["an override", "without an end", "an embedding", "ended on another line", "one of two"],
)
def test_dangerous_controls_beside_right_to_left_letters_are_flagged(text: str, rule: str, control: str) -> None:
    (edit,) = characters.find(View(text))
    assert (edit.rule, edit.old, edit.is_flag) == (rule, control, True)
    assert edit.why.endswith("which can hide what a text says")


@pytest.mark.parametrize(
    "text",
    [
        f"{LRE}{HEBREW}{PDF}山",
        f"他念道{RLI}{ARABIC}{ARABIC}{PDI}，又念了一遍。",
        f"{HEBREW}\N{RIGHT-TO-LEFT MARK}!",
        f"{ARABIC}\N{ARABIC LETTER MARK}3",
        f"{FSI}{RLI}{HEBREW}{PDI}{PDI}",
    ],
    ids=["an embedding", "an isolate", "a mark", "an Arabic mark", "one in another"],
)
def test_balanced_controls_beside_right_to_left_letters_are_left_alone(text: str) -> None:
    assert list(characters.find(View(text))) == []


def test_right_to_left_letters_excuse_no_controls_of_other_lines() -> None:
    assert repaired(characters.find, f"{HEBREW}山\n水{RLO}人{PDF}\r家{LRE}") == f"{HEBREW}山\n水人\r家"


def tags(message: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in message)


def selectors(message: str) -> str:
    """A message as variation selectors, a byte each."""
    return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in message.encode())


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (f"山{tags('obey')}水", "山水"),
        (f"\N{GRINNING FACE}{selectors('obey')}水", "\N{GRINNING FACE}水"),
        (f"葛{selectors('obey')}水", "葛水"),
        ("山\N{VARIATION SELECTOR-17}\N{VARIATION SELECTOR-18}水", "山\N{VARIATION SELECTOR-17}水"),
        ("a\N{VARIATION SELECTOR-17}水", "a水"),
        (f"a{ZWJ}\N{VARIATION SELECTOR-17}", "a"),
        ("\n\N{VARIATION SELECTOR-16}水", "\n水"),
        ("山\N{HANGUL FILLER}水", "山水"),
        ("a\N{HANGUL FILLER}b", "a b"),
        ("山\N{HALFWIDTH HANGUL FILLER}水\N{HANGUL CHOSEONG FILLER}人", "山水人"),
        ("f\N{FUNCTION APPLICATION}x\N{INVISIBLE TIMES}y\N{ACTIVATE ARABIC FORM SHAPING}山", "fxy山"),
        ("山\N{COMBINING GRAPHEME JOINER}水", "山水"),
    ],
    ids=[
        "tags", "selectors", "behind an ideograph", "a second one", "no ideograph", "none behind a joiner", "no base",
        "a filler", "between words", "other fillers", "invisible operators", "a grapheme joiner",
    ],
)  # fmt: skip
def test_characters_that_can_hide_a_message_go(text: str, mended: str) -> None:
    assert repaired(characters.find, text) == mended
    assert repaired(characters.find, mended) == mended


@pytest.mark.parametrize("hide", [tags, selectors])
def test_a_hidden_message_is_told(hide: Callable[[str], str]) -> None:
    (edit,) = characters.find(View(f"山{hide('ignore all')}水"))
    assert edit.rule == "characters/hidden-text"
    assert edit.why.endswith("hidden text: 'ignore all'")


@pytest.mark.parametrize(
    "text",
    [
        f"\N{WAVING BLACK FLAG}{tags('gbsct')}\N{CANCEL TAG}",
        "葛\N{VARIATION SELECTOR-17}城，邊\N{VARIATION SELECTOR-18}",
        "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}",
        "1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
        f"\N{SLEUTH OR SPY}\N{VARIATION SELECTOR-16}{ZWJ}\N{MALE SIGN}\N{VARIATION SELECTOR-16}",
        "\N{HANGUL CHOSEONG KIYEOK}\N{HANGUL JUNGSEONG FILLER}",
        "\N{HANGUL LETTER KIYEOK}\N{HANGUL FILLER}",
        "\N{BRAILLE PATTERN BLANK}\N{BRAILLE PATTERN DOTS-1}",
    ],
    ids=["a flag", "ideographs", "a heart", "a keycap", "joined", "old Hangul", "Hangul letters", "braille"],
)
def test_characters_that_show_something_beside_others_are_left_alone(text: str) -> None:
    assert list(characters.find(View(text))) == []


@given(texts())
def test_characters_are_settled(text: str) -> None:
    once = repaired(characters.find, text)
    assert repaired(characters.find, once) == once


def test_lost_and_private_characters_are_flagged() -> None:
    edits = list(characters.find(View(f"山{LOST}{LOST}水\ue000人")))
    assert [(edit.rule, edit.old) for edit in edits] == [
        ("characters/lost", LOST * 2),
        ("characters/private-use", "\ue000"),
    ]
    assert all(edit.is_flag for edit in edits)
    assert edits[0].why.startswith("2 characters were lost")


def test_an_undecodable_byte_is_told() -> None:
    (edit,) = characters.find(View("山\udcff\udc80"))
    assert (edit.rule, edit.why) == ("characters/undecodable", "bytes that are no text: FF 80")


def test_neighbours_of_different_kinds_are_edits_of_their_own() -> None:
    found = rules_of(characters.find, f"⼈{ZWSP}{ZWSP}﹔")
    assert found == [
        ("characters/compatibility", "⼈"),
        ("characters/invisible", ZWSP * 2),
        ("characters/compatibility", "﹔"),
    ]


@given(encodable_texts())
def test_plain_text_is_settled(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(texts())
def test_no_surrogate_is_left(text: str) -> None:
    assert not any("\ud800" <= letter <= "\udfff" for letter in plain(text))


def test_what_two_halves_of_a_pair_make_is_settled() -> None:
    assert plain(plain("\ud87e\udc00")) == plain("\ud87e\udc00")


# entities


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("山&nbsp;水", "山 水"),
        ("他说&ldquo;好&rdquo;", "他说“好”"),
        ("&amp;ldquo;好&amp;amp;rdquo;", "“好”"),
        ("&#20013;&#x4E2D;#x56fd;", "中中国"),
        ("A&amp;B", "A&B"),
        ("山&#8203;水", "山水"),
        ("山&#65108;水", "山；水"),
        ("1 &lt; 2, a&gt;=b", "1 < 2, a>=b"),
        ("非常#xff08;见图#xff09;", "非常（见图）"),
        ("大&#x5927学&#22823学&amp;#x5927;&amp;amp;nbsp;好", "大大学大学大 好"),
        ("山&nbsp水，&ldquo好&rdquo。", "山 水，“好”。"),
        ("nbsp;nbsp;他说ldquo;好rdquo;。", "  他说“好”。"),
        ("amp;nbsp;amp;nbsp;山amp;nbsp;水", "  山 水"),
        ("#22823;#23398;#29983;", "大学生"),
    ],
    ids=[
        "a blank", "names", "escaped again and again", "numbers", "an ampersand", "an invisible character",
        "a character that is no plain one", "comparisons", "no ampersand", "no semicolon", "names without one",
        "names without an ampersand", "escaped twice without one", "numbers without one",
    ],
)  # fmt: skip
def test_entities_are_decoded(text: str, mended: str) -> None:
    assert repaired(entities.find, text) == mended


@pytest.mark.parametrize(
    "text",
    [
        "山&nosuchname;水",
        "?a=1&copy=2;b",
        "甲&乙;",
        "&lt;p&gt;山&lt;/p&gt;水",
        "写网页时，html里的空格写作&nbsp;。",
        "这段代码在浏览器里显示为&nbsp;。",
        "cpu#x5678;山",
        "买了一个nbsp;和两个quot;",
        "?a=1&nbsp=2&hellip-3",
        "&#1234山&#92;",
        "见 #20013; 和 #20041; 与 #20108; 号",
    ],
    ids=[
        "an unknown name",
        "a query",
        "an ampersand",
        "tags",
        "about markup",
        "about code",
        "a number sign in a word",
        "two words",
        "a query without semicolons",
        "no Chinese",
        "a number",
    ],
)
def test_what_is_no_entity_of_the_text_is_left_alone(text: str) -> None:
    assert list(entities.find(View(text))) == []


def test_a_quoted_tag_is_not_decoded_by_half() -> None:
    assert repaired(entities.find, "&lt;p&gt; 山水") == "&lt;p&gt; 山水"


@pytest.mark.parametrize("text", ["山&#38;nbsp;水", "山&AMP;nbsp;水"])
def test_an_ampersand_however_written_is_decoded(text: str) -> None:
    assert repaired(entities.find, text) == "山 水"


def test_an_entity_that_stands_for_nothing_goes_whatever_follows() -> None:
    assert repaired(entities.find, "山&#1;水&#1; 人") == "山水 人"


def test_an_entity_says_what_it_stands_for() -> None:
    (edit,) = entities.find(View("山&amp;hellip;"))
    assert (edit.rule, edit.old) == ("entities/entity", "&amp;hellip;")
    assert edit.why.endswith("which stands for '…'")


# markup


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("山<b>水</b>人", "山水人"),
        ("山<br/>水", "山\n水"),
        ("<p>山水</p>", "山水"),
        ("山</p><p>水", "山\n水"),
        ("山</p>  <p class='a'>水", "山\n水"),
        ("山\n<div>\n</div>\n水", "山\n水"),
        ("山</td><td>水", "山 水"),
        ("山 </td><td>水", "山 水"),
        ("山<A HREF='x?a=1'>水</A>", "山水"),
        ("山<!-- 不要 -->水", "山水"),
        ("山<script>if (a > b) {}</script>水", "山水"),
        ("山<style type='text/css'>p { color: red }</style>水", "山水"),
        ("山<p data-v-1a2b>水<td nowrap>人<i class=x>山", "山\n水 人山"),
        ("山<b >水</b>人<a/>山", "山水人山"),
        ("山<kbd date-time='x'></kbd>水<xyz a b> </xyz>人<uvw a><xyz b></xyz></uvw>", "山水人"),
    ],
    ids=[
        "inline", "a break", "at the edges", "blocks that meet", "blocks with a blank between", "lines of tags",
        "cells",
        "cells beside a blank", "capitals", "a comment", "a script", "a style sheet", "attributes",
        "closed letters", "decoys",
    ],
)  # fmt: skip
def test_tags_are_removed(text: str, mended: str) -> None:
    assert repaired(markup.find, text) == mended


@pytest.mark.parametrize(
    "text",
    [
        "List<String>和Map<K,V>",
        "请写信给<user@host>。",
        "a < b，c > d",
        "当 n<b 时取左边，当 n>b 时取右边。",
        "如果 x<i 并且 y>0，那么继续。",
        "if (a<b && c>d) return 1;",
        "若a<p and b>p，则停。",
        "选项<A>是苹果，选项<B>是香蕉。",
        "<a>选项正确，<b>选项错误",
        "解得1<p>0，故舍去。",
        "他<笑>了",
        "List<Object>",
        "一段话放在<p>里，这是html的写法。",
        "前端的源码里有<p>。",
        "山<xyz>水</xyz>",
        "山<xyz a='b'>水</xyz>",
        "山<xyz></xyz>水",
        "<b",
    ],
    ids=[
        "type parameters", "an address", "comparisons", "comparisons with n", "comparisons with i", "code",
        "words between", "options", "options unclosed", "a variable between numbers",
        "a stage direction", "a type named like a tag", "about markup",
        "two hints of code", "an unknown element", "one with attributes and content", "one with neither",
        "a tag that isn't closed",
    ],
)  # fmt: skip
def test_what_is_no_tag_left_in_the_text_is_left_alone(text: str) -> None:
    assert list(markup.find(View(text))) == []


@pytest.mark.parametrize(
    ("text", "mended"), [("山<b<b>>水", "山<b<b>>水"), ("山<<b>b>水", "山<<b>b>水"), ("1<<em>2", "1<2")]
)
def test_taking_a_tag_out_never_makes_a_new_one(text: str, mended: str) -> None:
    assert repaired(markup.find, text) == mended


def fragments(text: str) -> str:
    return repaired(markup.find_fragments, text)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("一句话也没有说。/p>", "一句话也没有说。"),
        ("他说：“路还长。”/p>天亮了。", "他说：“路还长。”\n天亮了。"),
        ("再出发!?/p>", "再出发!?"),
        ("山br/>水br>人br />\n", "山\n水\n人\n"),
        ("山/strong>水/span></div>", "山水</div>"),
    ],
    ids=["at the end", "between sentences", "behind marks", "breaks", "inline"],
)
def test_rests_of_tags_are_removed(text: str, mended: str) -> None:
    assert fragments(text) == mended


@pytest.mark.parametrize(
    "text",
    ["a/p>b", "价格/p>0.05，有差别", "路径是/p>q", "html里的段落以/p>结束。", "a/b>c，2/b>", "设abr>山"],
    ids=["letters", "a figure", "a letter behind", "about markup", "a fraction", "a word"],
)
def test_what_is_no_rest_of_a_tag_is_left_alone(text: str) -> None:
    assert list(markup.find_fragments(View(text))) == []


def test_a_tag_is_told_by_its_names() -> None:
    assert [(edit.rule, edit.why) for edit in markup.find(View("山<EM><sub>水\n<br>\n"))] == [
        ("markup/tag", "HTML tags em, sub in the text"),
        ("markup/tag-line", "a line of HTML tags and nothing else"),
    ]


@pytest.mark.parametrize(
    ("text", "is_about"),
    [
        ("学习html的第一天", True),
        ("学习ＨＴＭＬ的第一天", True),
        ("他的代码写得好", False),
        ("他的代码在浏览器里跑", True),
        ("代码就是代码", False),
        ("见https://example.org/a.html", False),
        ("<a href='x.css'>山水</a>", False),
        (ARTICLE, False),
    ],
    ids=["a word", "full width", "one hint", "two hints", "one hint twice", "a link", "within a tag", "an article"],
)
def test_a_text_is_about_markup_by_its_words(text: str, is_about: bool) -> None:
    assert is_about_markup(View(text)) is is_about


# losses


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("他很勇?lián)，往前走。", ["勇?lián)"]),
        ("山水勇?lián)铰废a人家", ["勇?lián)铰废a"]),
        ("山勇？lián）水\n家?jǐn )人", ["勇？lián）", "家?jǐn )"]),
        ("技術創新?融合發展", []),
        ("勇?lian)铰废", []),
        ("你去吗?(lián)", []),
    ],
    ids=["a reading", "a run up to the next letter", "one in each line", "a hole", "no tone", "brackets that open"],
)
def test_sheared_runs_are_flagged(text: str, flagged: list[str]) -> None:
    edits = list(losses.find_sheared(View(text)))
    assert [edit.old for edit in edits] == flagged
    assert all(edit.is_flag and edit.rule == "losses/sheared" for edit in edits)


@pytest.mark.xfail(reason="the character before the second “?” is part of the first match and can't begin another")
def test_an_unbroken_sheared_run_is_one_flag() -> None:
    text = "山水勇?lián)铰废?jǐn)⑹隆a人家"
    assert [edit.old for edit in losses.find_sheared(View(text))] == ["勇?lián)铰废?jǐn)⑹隆a"]
