"""Garbled text: decoded again where that is clearly Chinese, flagged where nothing can restore it, else left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.garbling import LOSSLESS, LOSSY, fitting
from cleaner.document import Document, Edit
from cleaner.fold import converted
from cleaner.pipeline import Cleaner
from cleaner.repair.mojibake import encodings, evidence, filling, find, latin, parity, utf8
from cleaner.units import View
from tests.conftest import cases
from tests.samples import ARTICLE, LEAD, TRADITIONAL_ARTICLE
from tests.strategies import texts

LOST = "\N{REPLACEMENT CHARACTER}"
SHY, NBSP = "\N{SOFT HYPHEN}", "\N{NO-BREAK SPACE}"


def mended(text: str) -> str:
    return Document.of(text).revised(find(View(text))).text


def proposals(text: str) -> list[Edit]:
    return list(Document.of(text).revised(find(View(text))).edits)


def flags(text: str) -> list[tuple[str, str]]:
    """(rule, text) of each flag; nothing may be changed."""
    found = proposals(text)
    assert all(edit.is_flag for edit in found)
    return [(edit.rule, edit.old) for edit in found]


def original(kind: str) -> str:
    """An article in characters that the encoding of a kind has."""
    return fitting(TRADITIONAL_ARTICLE if kind.startswith("big5") else ARTICLE, kind)


def garbled(kind: str, text: str) -> str:
    """`text` garbled line by line."""
    garble = {**LOSSLESS, **LOSSY}[kind]
    return "\n".join(garble(line).replace("\n", "") for line in text.split("\n"))


# whole pages and single paragraphs


@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_page_that_lost_nothing_comes_out_as_it_was(kind: str) -> None:
    text = original(kind)
    assert mended(garbled(kind, text)) == text


@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_paragraph_is_decided_by_itself(kind: str) -> None:
    first, *rest = original(kind).split("\n")[:5]
    for place, line in enumerate(rest):
        if len(line) >= 20:
            page = [*rest[:place], garbled(kind, line), *rest[place + 1 :]]
            assert mended("\n".join([first, *page])) == "\n".join([first, *rest])


NAMED = "渡口的Wi-Fi由ABC公司搭建，船上有Linux和Windows两种电脑，乘客可以用iPad查看Tide网站的潮汐表。"


@pytest.mark.parametrize("kind", [*LOSSLESS, "big5 as gbk"])
def test_latin_letters_among_garbled_ones_stay_as_they_are(kind: str) -> None:
    text = fitting(converted(NAMED, "hant") if kind.startswith("big5") else NAMED, kind)
    assert mended(garbled(kind, text)) == text


@pytest.mark.parametrize("view", [encodings.gbk(), *map(encodings.big5, ("big5", "cp950", "big5hkscs"))])
def test_no_view_takes_ascii_for_anything_else(view: dict[int, str]) -> None:
    assert min(view) > 0x7F


NEARLY = [
    "gbk as utf-8 first, A0 and AD lost", "utf-8 as gb18030", "utf-8 as gbk, ? for losses", "utf-8 as gbk, losses gone",
    "utf-8 as cp1252, five bytes lost", "utf-8 as latin-1, A0 and AD lost", "utf-8 as cp1252, A0 and AD lost too",
]  # fmt: skip


@pytest.mark.parametrize("kind", NEARLY)
def test_what_a_loss_leaves_open_becomes_a_lost_character_and_no_false_one(kind: str) -> None:
    text = original(kind)
    result = mended(garbled(kind, text))
    assert len(result) == len(text)
    differing = [(a, b) for a, b in zip(text, result, strict=True) if a != b]
    assert len(differing) <= 0.1 * len(text)
    assert {b for _, b in differing} <= {LOST}


@pytest.mark.parametrize("kind", [*LOSSLESS, *NEARLY])
def test_what_was_decoded_again_is_settled(kind: str) -> None:
    once = mended(garbled(kind, original(kind)))
    assert mended(once) == once


@pytest.mark.parametrize("kind", LOSSY)
def test_every_edit_of_a_lossy_page_can_be_taken_back(kind: str) -> None:
    page = garbled(kind, original(kind))
    assert Document.of(page).revised(find(View(page))).rebuilt() == page


# in the wild


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("·¢±íʱ¼ä", "发表时间"),
        ("·¢±íʱ¼ä£º2020-05-01", "发表时间：2020-05-01"),
        ("ÖйúµÄ¾¼Ãѧ½ç", "中国的经济学界"),
        (f"ÖйúµÄ¾{SHY}¼Ãѧ½ç", "中国的经济学界"),
        ("鏂伴椈", "新闻"),
        ("鏂囩珷鐨勬爣棰橈紝鍦ㄨ繖閲屻€?", "文章的标题，在这里。"),
        ("青石桥 - æ—§ä¹¦é“ºçš„æ•…äº‹", "青石桥 - 旧书铺的故事"),
        ("ã€Šæ ‡é¢˜ã€‹", "《标题》"),
        ("ä¸\xadå›½çš„ä¹¦", "中国的书"),
        ("他去了cafÃ©喝茶", "他去了café喝茶"),
        ("itâ€™s 好书", "it’s 好书"),
        ("it\x92s good", "it’s good"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚, Ð¼Ð¸Ñ€", "Привет, мир"),
        ("\udcb7\udca2\udcb1\udced\udcca\udcb1\udcbc\udce4", "发表时间"),
    ],
)
def test_what_was_seen_in_the_wild(text: str, real: str) -> None:
    assert mended(text) == real


def test_short_lines_follow_the_page() -> None:
    for kind in ("utf-8 as gb18030", "utf-8 as latin-1", "big5 as gb18030"):
        text = fitting("命令\n" + TRADITIONAL_ARTICLE + "天氣", kind)
        assert mended(garbled(kind, text)) == text


@pytest.mark.parametrize("kind", ["gbk as big5", "big5 as gb18030"])
def test_only_the_garbled_part_of_a_line_is_swapped(kind: str) -> None:
    is_big5 = kind.startswith("big5")
    head = "圖書館的新消息：" if is_big5 else "图书馆的新消息："
    line = "門口總停著幾輛自行車，車筐裡放著剛買的書。" if is_big5 else "中文网站的文章，今天可以看了。"
    assert mended(head + garbled(kind, line)) == head + line


def test_text_garbled_by_two_readings_is_read_back_in_two_rounds() -> None:
    twice = LEAD.encode().decode("latin-1").encode().decode("latin-1")
    (edit,) = proposals(twice)
    assert edit.new == LEAD
    assert edit.why.endswith("more than once")


def test_reasons_and_confidence_are_told() -> None:
    (edit,) = proposals(garbled("utf-8 as gb18030", LEAD))
    assert edit.rule == "mojibake/utf8-as-gbk"
    assert edit.why.startswith("UTF-8 that was read as GBK")
    (edit,) = proposals(garbled("utf-8 as latin-1", LEAD))
    assert edit.confidence > 0.99


# what nothing can restore


@pytest.mark.parametrize(
    ("text", "rule", "extent"),
    [
        ("他说锟斤拷锟斤拷锟斤拷就走了", "mojibake/lost", "锟斤拷锟斤拷锟斤拷"),
        ("题目：锟斤拷一锟斤拷锟斤拷，完", "mojibake/lost", "锟斤拷一锟斤拷锟斤拷"),
        ("題目：嚙踝蕭嚙踝蕭", "mojibake/lost", "嚙踝蕭嚙踝蕭"),
        ("title ï¿½ï¿½ï¿½ end", "mojibake/lost", "ï¿½ï¿½ï¿½"),
        ("烫烫烫烫烫烫烫烫烫烫", "mojibake/memory", "烫烫烫烫烫烫烫烫烫烫"),
        ("name=烫烫烫烫;", "mojibake/memory", "烫烫烫烫"),
        ("他喊：“烫烫烫烫烫烫烫烫”", "mojibake/memory", "烫烫烫烫烫烫烫烫"),
        ("屯屯屯屯屯 0x0", "mojibake/memory", "屯屯屯屯屯"),
        ("闂傚倸鍊搁崐", "mojibake/garbled", "闂傚倸鍊搁崐"),
        ("他打开门。\n闂傚倸鍊搁崐闂傚倸鍊搁崐\n门外没有人。", "mojibake/garbled", "闂傚倸鍊搁崐闂傚倸鍊搁崐"),
    ],
)
def test_what_cannot_be_restored_is_flagged_with_its_extent(text: str, rule: str, extent: str) -> None:
    assert flags(text) == [(rule, extent)]


def test_lost_characters_are_flagged_once_in_the_whole_chain(cleaner: Cleaner) -> None:
    edits = cleaner.clean(f"山{LOST}{LOST}水").edits
    assert [edit.rule for edit in edits] == ["characters/lost"]


# innocent

INNOCENT = {
    "french": "Après l'été, la créée naïve déçoit où l'œuvre s'achève à l'hôtel.",
    "french capitals": "ÉCOLE SUPÉRIEURE, FORÊT, CŒUR, À BIENTÔT",
    "german": "Größe, Straße, Äpfel, Übermut, überflüssig, Müßiggang",
    "czech": "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "polish": "Zażółć gęślą jaźń",
    "vietnamese": "Tiếng Việt là ngôn ngữ của người Việt; Đường phố Hà Nội",
    "portuguese": "NÃO É POSSÍVEL; AÇÃO, CORAÇÃO, IRMÃ",
    "icelandic": "Þórður ætlaði að kaupa íslenskt smjör",
    "turkish": "Işığı söndürün, çünkü güneş doğdu",
    "pinyin": "Běijīng, Shànghǎi, nǚ'ér, lǜsè, xiǎo é",
    "ipa": "英 /ˈkæt.əˌlɒɡ/ 美 [ˈkætəˌlɔɡ]，音标 /ðə ʃɔːt/",
    "greek": "Καλημέρα κόσμε, αβγδε",
    "russian": "Съешь ещё этих мягких французских булок",
    "japanese": "これは日本語の文章です。東京へ行きました。カタカナとひらがな。",
    "kana in chinese": "歌名《パパイヤマンゴー》収録在她的第二张专辑里，「ネコ」也是。",
    "korean": "안녕하세요 세계, 한국어 문장입니다.",
    "bopomofo": "ㄅㄆㄇㄈ是注音符號，ㄊㄞˊ ㄨㄢ 就是臺灣。",
    "mathematics": "∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−L|<ε; x²±½≠¾; α×β÷γ",
    "measures": "25°C±0.5°，10µm，5×3×2，£20、¥300、§12、©2020 ®™",
    "dots": "····×××°°°««»»¿¿¡¡",
    "emoji": "今天👍🏽很好👨‍👩‍👧 😀",
    "box drawing": "┌──┬──┐│甲│乙│└──┴──┘ █▓▒░",
    "rare hanzi": "龘靐齉爨麤灪虋鱻龗厵饕餮魑魅魍魉",
    "rare metals": "锟铻之剑；鈇、鈈、鉨、銆、錡、鍶、鎝、鏷、鐨、鑪",
    "plants": "芣苢、薜荔、蘼芜、杜蘅、荃、蕙、茝、菉葹",
    "names": "盱眙县的甄嬛、芈玥、昝赟、逄燚、亓喆、麴斐",
    "classical": "皎皎白驹，食我场苗。絷之维之，以永今朝。於乎！蠢尔蛮荆。",
    "cantonese": "佢哋喺嗰度嘅嘢，睇唔到嚟咗未㗎？",
    "hot": "妈妈喊：“烫烫烫！”孩子缩回了手。",
    "village": "沿河村屯的屯垦户在小屯、大屯、三里屯都有亲戚。",
    "haggling": "他斤斤计较，斤斤两两都要算清。",
    "metals": "鍍鋅鋼板、鋁鎂錳合金、銅鎳鉻鍍層、鎢鉬鈷釩",
    "mixed names": "音樂家Antonín Dvořák與Béla Bartók、Frédéric Chopin齊名。",
    "code": "print('\\xe4\\xb8\\xad') # bytes: E4 B8 AD",
    "nothing": "",
}


@pytest.mark.parametrize("name", INNOCENT)
def test_innocent_text_is_left_alone(name: str) -> None:
    assert flags(INNOCENT[name]) == []


@pytest.mark.parametrize("text", [ARTICLE, TRADITIONAL_ARTICLE], ids=["simplified", "traditional"])
def test_articles_are_left_alone(text: str) -> None:
    assert list(find(View(text))) == []


@pytest.mark.parametrize("case", cases("innocent-*.toml"))
def test_innocent_cases_are_left_alone(case: dict[str, str]) -> None:
    assert list(find(View(case["text"]))) == []


@pytest.mark.parametrize(
    "kind", ["utf-8 as gb18030", "utf-8 as latin-1", "gbk as utf-8 first, else latin-1", "gbk as latin-1"]
)
def test_innocent_lines_stay_on_a_garbled_page(kind: str) -> None:
    innocent = "\n".join(INNOCENT.values())
    assert mended(f"{innocent}\n{garbled(kind, LEAD)}") == f"{innocent}\n{LEAD}"


@pytest.mark.parametrize(
    "text",
    [
        "把“涓枃缂栫爜”再存一次，就回到了原来的四个字。",
        "这种乱码很常见，例如 æ–°é—»ç½‘ 其实是三个汉字。",
        "网页声明了 charset=gb2312，实际却是 UTF-8，于是标题成了 鏂伴椈缃戠珯 这样的怪字。",
        "亂碼的來歷：·¢±íʱ¼ä 是四個字。",
        "用 GBK 解 UTF-8 的编码，新闻成了：\n鏂伴椈\n两个字成了三个。",
        "锟斤拷是怎么来的？看编码便知：锟斤拷。",
    ],
)
def test_examples_in_articles_about_encodings_are_not_changed(text: str) -> None:
    assert mended(text) == text


# the parts


@given(text=texts())
def test_any_text_can_be_repaired_and_rebuilt(text: str) -> None:
    assert Document.of(text).revised(find(View(text))).rebuilt() == text


@settings(max_examples=40)
@given(kind=st.sampled_from([*LOSSLESS, *LOSSY]), cut=st.integers(0, 60), size=st.integers(1, 60))
def test_any_part_of_a_garbled_page_can_be_repaired_and_rebuilt(kind: str, cut: int, size: int) -> None:
    page = garbled(kind, original(kind))[cut : cut + size]
    assert Document.of(page).revised(find(View(page))).rebuilt() == page


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_views_give_back_the_bytes_of_hanzi(text: str) -> None:
    for view, codec in ((encodings.gbk(), "gbk"), (encodings.big5("cp950"), "cp950")):
        known = text.encode(codec, "ignore").decode(codec)
        assert known.translate(view).encode("latin-1").decode(codec) == known


def test_views_know_bytes_that_are_no_letters() -> None:
    assert "€\x81\udcff".translate(encodings.single()) == "\x80\x81\xff"
    assert "ʱ".translate(encodings.mixed()) == "\xca\xb1"
    assert "\ue000€".translate(encodings.gbk()) == "\xaa\xa1\x80"
    assert "\ue000\uf6b1\ueeb8".translate(encodings.big5("cp950")) == "\xfa\x40\xc6\xa1\x81\x40"


def test_whole_characters_are_decoded_and_broken_ones_filled_if_one_fits() -> None:
    assert utf8.decode("\xe4\xb8\xad\xe5\x9b?", range(0x80, 0xC0)) == filling.Filled("中国", 1, 0)
    assert utf8.decode("\xe4\xb8\xad\xe5?", range(0x80, 0xC0)).text == "中" + LOST


def test_vanished_bytes_are_put_back_where_the_language_wants_them() -> None:
    ways = [parity.ways(letter, letter, merged=True) for letter in "\xbe\xbc\xc3"]
    assert parity.decode(ways) == "经济"


def test_letters_of_two_scripts_are_chance() -> None:
    assert list(latin.readings("ÖÐ¹ú", 0)) == []
    assert [reading.new for reading in latin.readings("cafÃ©", 0)] == ["café"]


def test_a_pair_said_again_is_no_more_evidence() -> None:
    assert evidence.evidence("中国的中国的中国的") < 2 * evidence.evidence("中国的")
    assert evidence.evidence("中国的工作") > 0 > evidence.evidence("铰废刃惺")


def test_characters_that_stand_twice_in_big5_are_read_as_the_codec_showed_them() -> None:
    text = "开发区里的企业在这个园区投资，区里的人都说，新区的日常工作要提前安排，征求大家的意见，期间产业园区会扩大。"
    for codec in ("big5", "cp950", "big5hkscs"):
        shown = text.encode("gbk").decode(codec, "replace")
        clean = Document.of(shown).revised(find(View(shown))).text
        assert all(letter in (real, LOST) for letter, real in zip(clean, text, strict=True)), (codec, clean)


def test_what_was_filled_in_is_doubtful() -> None:
    garbled_text = LEAD.encode("utf-8").decode("gbk", "replace")
    edits = [edit for edit in find(View(garbled_text)) if not edit.is_flag]
    assert edits
    assert all(edit.is_doubtful == ("likeliest" in edit.why) for edit in edits)
    assert any(edit.is_doubtful for edit in edits)
