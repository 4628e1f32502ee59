"""Readings in brackets: what a script inserted goes, what a writer meant stays, what may be either is flagged."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.notes import annotate, measure
from cleaner.document import Document
from cleaner.repair import notes
from cleaner.repair.pinyin import first, readings
from cleaner.units import View
from tests.samples import ARTICLE

ANNOTATED = "会(huì)议上，产(chǎn)业部门说，会(huì)场外，产(chǎn)品和人力(lì)都摆好了。"
PLAIN = "会议上，产业部门说，会场外，产品和人力都摆好了。"
TITLE = "產(chǎn)業(yè)創(chuàng)新"


def repaired(text: str) -> str:
    return Document.of(text).revised(notes.find(View(text))).text


def flagged(text: str) -> list[str]:
    edits = list(notes.find(View(text)))
    assert all(edit.is_flag for edit in edits)
    return [edit.old for edit in edits]


def test_readings_from_a_list_go() -> None:
    assert repaired(ANNOTATED) == PLAIN


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("产（chǎn）", "产(chǎn)"),
        ("产(chǎn )", "产(chǎn)"),
        ("产( chǎn )", "产(chǎn)"),
        ("产 (chǎn)", "产(chǎn)"),
        ("产(Chǎn)", "产(chǎn)"),
        ("产（ｃｈǎｎ）", "产(chǎn)"),
        ("产(cha\N{COMBINING CARON}n)", "产(chǎn)"),
        ("产(chăn)", "产(chǎn)"),
        ("产(chan3)", "产(chǎn)"),
        ("产[chǎn]", "产(chǎn)"),
        ("产【chǎn】", "产(chǎn)"),
        ("产〔chǎn〕", "产(chǎn)"),
        ("产(chǎn)(chǎn)", "产(chǎn)"),
        ("产(ㄔㄢˇ)", "产(chǎn)"),
        ("国(ɡuó)", "产(chǎn)"),
        ("律(lu:4)", "产(chǎn)"),
        ("律(lǜ)", "产(chǎn)"),
        ("\N{CJK COMPATIBILITY IDEOGRAPH-F9DB}(lǜ)", "产(chǎn)"),
    ],
)
def test_readings_may_be_written_in_many_ways(written: str, instead: str) -> None:
    character = written[0]
    assert repaired(ANNOTATED.replace(instead, written)) == PLAIN.replace("产", character)


def test_behind_traditional_characters_they_go_too() -> None:
    text = "會（huì）議上，產( chan )業部門說，會(huì)場外，產(chǎn)品和人力(lì)都擺好了。"
    assert repaired(text) == "會議上，產業部門說，會場外，產品和人力都擺好了。"


FEW = {
    "a title": (TITLE, "產業創新"),
    "one by one": ("長三角經(jīng)濟發(fā)展會(huì)議", "長三角經濟發展會議"),
    "traditional glyphs": ("发展产业的產(chǎn)業(yè)部和學(xué)会", "发展产业的產業部和學会"),
    "two again and again": (
        "會(huì)上說，會(huì)後學(xué)員留下。會(huì)長講話，學(xué)員聽。會(huì)散了。",
        "會上說，會後學員留下。會長講話，學員聽。會散了。",
    ),
    "everyday ones in a row": (
        "有(yǒu)人(rén)在(zài)山上(shàng)看见了不(bù)少大(dà)鸟，说是(shì)从国(guó)外飞来。",
        "有人在山上看见了不少大鸟，说是从国外飞来。",
    ),
    "two everyday ones": (
        "山里的(de)人(rén)和河边的(de)人(rén)，种地的(de)人(rén)和打鱼的(de)人(rén)，都是好心的(de)人(rén)家。",
        "山里的人和河边的人，种地的人和打鱼的人，都是好心的人家。",
    ),
    "torn bytes": ("能夠勇?lián)铰废，產(chǎn)業(yè)創新", "能夠勇?lián)铰废，產業創新"),
}


@pytest.mark.parametrize(("text", "clean"), FEW.values(), ids=FEW)
def test_a_few_are_enough_where_nobody_would_explain_them(text: str, clean: str) -> None:
    assert repaired(text) == clean
    assert list(notes.find(View(clean))) == []


MEANT = {
    "a primer": "会(huì)产(chǎn)力(lì)会(huì)产(chǎn)",
    "a primer's dialogue": "小明：会(huì)产(chǎn)力(lì)。小红：会(huì)产(chǎn)力(lì)。",
    "a primer with a blank to fill": "会(huì)产(chǎn)力(lì)会(huì)产(chǎn)力(lì)了",
    "rare characters": "魑(chī)山上，魅(mèi)水里，魍(wǎng)人间，魑(chī)在外，魅(mèi)在内，魍(wǎng)在旁。",
    "rare characters beside others": ANNOTATED + "魑(chī)山魅(mèi)水魍(wǎng)人",
    "unusual readings": "仇(qiú)家开油坊，单(shàn)家出木匠，仇(qiú)家人、单(shàn)家人和解(xiè)家人。",
    "several readings": "会(kuài)计处(chǔ)，会(huì)计处(chù)，长(cháng)处，长(zhǎng)处，行(háng)家，行(xíng)家。",
    "one character": "會(huì)上的人說話，會(huì)後的人喝茶，會(huì)長走了。",
    "a list of characters": "大(dà)、小(xiǎo)、人(rén)、山(shān)、大(dà)、小(xiǎo)。",
    "no readings": "会(abc)议上，产(WOYLC)业部门说，会(abc)场外，产(WOYLC)品和人力(zzz)都摆好了。",
    "no tones": "会(hui)议上，产(chan)业部门说，会(hui)场外，产(chan)品和人力(li)都摆好了。",
    "one tone": "会(hui)议上，产(chan)业部门说，会(hui)场外，产(chan)品和人力(lì)都摆好了。",
    "names": "会(Hui)议上，产(Chan)业部门说，会(Hui)场外，产(Chan)品和人力(Li)都摆好了。",
}


@pytest.mark.parametrize("text", MEANT.values(), ids=MEANT)
def test_readings_a_writer_meant_are_left_alone(text: str) -> None:
    assert list(notes.find(View(text))) == []


WORDS = "、".join(f"{letter}({first(letter)})人" for letter in "产国法水火山天地月日白黑高东西南北外内家")
EITHER = {
    "two characters": "会(huì)议上，产(chǎn)业部门说，会(huì)场外，产(chǎn)品都摆好了。",
    "one of them twice": "会(huì)议上，产(chǎn)业部门说，会(huì)场外，人力(lì)都摆好了。",
    "more without": ANNOTATED + "会会会会产产产",
    "a first mention": "产(chǎn)品、力(lì)气、会(huì)场，开会，会上会下，产业产量产地，力量",
    "a page about readings": "這張拼音表上：" + ANNOTATED,
    "traditional ones amid readings": "這張拼音表上：" + TITLE + "，產(chǎn)業(yè)創(chuàng)新",
    "a page with words": ANNOTATED + "中文(zhōngwén)和中国(Zhōngguó)",
    "two of a title": "產(chǎn)業(yè)園",
    "a title said again": TITLE + "\n產業創新，產業創新，產業創新",
    "a list of words": WORDS,
    "a list of words with two said again": WORDS + "、产(chǎn)人、国(guó)人",
    "a list with a longer word": WORDS + "、会(huì)上的力(lì)气",
    "a children's story": "冰(bīng)化了，岸(àn)边的柳(liǔ)枝垂下来，冰(bīng)水冷，岸(àn)上的柳(liǔ)树绿。",
}


@pytest.mark.parametrize("text", EITHER.values(), ids=EITHER)
def test_what_may_be_either_is_flagged(text: str) -> None:
    assert flagged(text)


@pytest.mark.parametrize("listed", ["學會說國來開讓師講", "會國學員老師問題業經濟實"], ids=["traditional", "many"])
def test_a_page_full_of_them_counts_even_if_it_is_about_readings(listed: str) -> None:
    sentence = "學會說國語的學員來開會，讓老師講這個問題，發現產業與經濟都實際。"
    readings = {letter: first(letter) for letter in listed}
    assert repaired("拼音課。" + annotate(sentence * 3, readings, style="({})").text) == "拼音課。" + sentence * 3


@pytest.mark.parametrize("words", ["更多音乐", "关注音乐", "马上声明", "录音节目", "小说文学", "沈阳平均", "文字形式"])
def test_words_that_only_look_like_words_about_readings_raise_no_doubt(words: str) -> None:
    assert repaired(words + "，" + ANNOTATED) == words + "，" + PLAIN


def test_brackets_that_hold_no_reading_stay_beside_those_that_do() -> None:
    assert repaired(ANNOTATED + "会(WOYLC)外，力(见下)。").endswith("会(WOYLC)外，力(见下)。")


@pytest.mark.parametrize(
    "kept",
    ["李翀(chōng)来了", "会(kuài)计来了", "会(huī)来了", "会(Kuai)计来了", "龃龉(jǔyǔ)来了", "的(dì)确来了"],
    ids=["a rare name", "another reading", "another tone", "another name", "a word", "one that isn't on the list"],
)
def test_on_such_a_page_a_gloss_stays(kept: str) -> None:
    page = ANNOTATED * 4 + "说的的确是真的。"
    assert repaired(page + kept) == repaired(page) + kept


def test_on_such_a_page_a_gloss_is_flagged() -> None:
    edits = [edit for edit in notes.find(View(ANNOTATED + "李翀(chōng)来了")) if edit.is_flag]
    assert [(edit.old, edit.rule) for edit in edits] == [("(chōng)", "notes/doubtful")]


def test_only_one_paragraph_may_be_annotated() -> None:
    clean = ["开会的人说，产业要会，人力要产，这里的会场很大。"] * 6
    sentence = "会长说，产业部门的人力和国家的法律不一样，会场里的人力很少，产品的国别也不一样，法人说法很多。"
    readings = {letter: first(letter) for letter in "会产人力国法"}
    dirty = annotate(sentence, readings, style="({})").text
    assert repaired("\n".join([*clean, dirty, *clean])) == "\n".join([*clean, sentence, *clean])


def test_two_paragraphs_may_be_annotated_far_apart() -> None:
    readings = {letter: first(letter) for letter in "会产人力国法"}
    sentence = "会长说，产业部门的人力和国家的法律不一样，会场里的人力很少，产品的国别也不一样，法人说法很多。"
    dirty = annotate(sentence, readings, style="({})").text
    clean = sentence * 4
    assert repaired("\n".join([dirty, clean, dirty])) == "\n".join([sentence, clean, sentence])


def test_a_clean_copy_does_not_protect_the_annotated_one() -> None:
    readings = {letter: first(letter) for letter in "会产人力国法"}
    sentence = "会长说，产业部门的人力和国家的法律不一样，会场里的人力很少，产品的国别也不一样，法人说法很多。"
    dirty = annotate(sentence, readings, style="({})").text
    assert repaired(sentence + "\n" + dirty) == repaired(dirty + "\n" + sentence) == sentence + "\n" + sentence


def test_an_edit_names_the_character_it_reads() -> None:
    edit = next(iter(notes.find(View(ANNOTATED))))
    assert (edit.start, edit.old, edit.rule) == (1, "(huì)", "notes/pinyin")
    assert edit.why.startswith("reading of 会 in brackets")


def test_the_list_is_told() -> None:
    assert notes.inserted(View(ANNOTATED)) == {"会": "huì", "产": "chǎn", "力": "lì"}
    assert notes.inserted(View(ARTICLE)) == {}


@pytest.mark.parametrize("style", ["({})", "({} )", "（{}）"])
@given(seed=st.integers(0, 2**32))
def test_annotated_text_comes_out_as_it_was(style: str, seed: int) -> None:
    letters = sorted({letter for letter in ARTICLE if readings(letter)} - {"褚"})  # a rare one may be a gloss
    chosen = random.Random(seed).sample(letters, 12)
    dirty = annotate(ARTICLE, {letter: first(letter) for letter in chosen}, style=style)
    clean = repaired(dirty.text)
    assert clean == repaired(clean)
    assert clean in (ARTICLE, dirty.text)


def test_the_measurement_counts_what_it_inserts() -> None:
    figures = measure([ARTICLE] * 4, "everyday", "page", size=20)
    assert figures.texts == 4
    assert figures.inserted == figures.removed + figures.flagged + figures.left > 0
    assert figures.wrong == figures.unsettled == 0


def test_hostile_text_takes_no_time() -> None:
    for text in ("产(chǎn)" * 20_000, "(" * 100_000 + "ā", "产(" * 50_000 + "chǎn)", "产产产产产(chǎn)" * 10_000):
        list(notes.find(View(text)))
