"""Figures of quality: what each says of texts made for it, that innocent text scores well, and dropping by them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given

from bench.corpora import own_texts
from bench.quality import auc, spun_score_auc
from bench.spinning import any_words, other_order, words_of
from cleaner.document import Document, Edit
from cleaner.errors import ConditionError
from cleaner.fold import converted
from cleaner.pipeline import Cleaner
from cleaner.quality import MEANINGS, Quality, Tally, distribution, figures, is_dropped, parse
from cleaner.quality.kinds import letter_counts
from tests.conftest import cases
from tests.samples import ARTICLE, LEAD, TRADITIONAL_ARTICLE, cleaner_with
from tests.strategies import documents, texts

JAPANESE = "昨日は雨が降っていたので、一日中家で本を読みながら、祖母の手紙のことを考えていました。\n"
SPAM = "亚洲无码专区 久久精品在线观看\n"


def of(text: str) -> Quality:
    return figures(Document.of(text))


def edited(source: str, *edits: Edit) -> Quality:
    return figures(Document.of(source).revised(edits))


# script


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (ARTICLE, "hans"),
        (TRADITIONAL_ARTICLE, "hant"),
        (ARTICLE + TRADITIONAL_ARTICLE, "mixed"),
        (ARTICLE * 5 + "匾上寫著“讀書樂”。", "hans"),
        ("山水人。", "none"),
        ("abc", "none"),
        ("", "none"),
    ],
    ids=["simplified", "traditional", "both", "a quotation", "shared characters", "Latin", "nothing"],
)
def test_the_script_is_told_by_characters_of_one_script_alone(text: str, script: str) -> None:
    assert of(text).script == script


# language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ARTICLE, "zh"),
        (TRADITIONAL_ARTICLE, "zh"),
        ("佢哋琴日去咗海邊行街，仲食咗好多嘢，好夜先至返屋企。", "zh"),
        ("环滁皆山也。其西南诸峰，林壑尤美，望之蔚然而深秀者，琅琊也。", "zh"),
        (LEAD + "他最爱读的一本叫《ことば》。", "zh"),
        ("运行 `sudo apt-get install build-essential python3-dev` 后重启，再看 /var/log/syslog 的最后几行。", "zh"),
        (JAPANESE, "ja"),
        ("株式会社山田製作所 本社 大阪府大阪市北区梅田一丁目 駅前広場 営業部 検査課 発送係 電話番号 所在地", "ja"),
        ("平成二十年度第三回総会議事録 出席者名簿 会長挨拶 経過報告 会計監査報告 役員改選 閉会", "ja"),
        ("오늘은 날씨가 좋아서 친구와 함께 강가에 갔습니다.", "ko"),
        ("大韓民國 憲法 第一條 大韓民國은 民主共和國이며 모든 權力은 國民으로부터 나온다", "ko"),
        ("The old bookshop at the end of the bridge is open to all, and that is how it was.", "en"),
        ("The word 桥 in the title is the name of a bridge that was built for the fair of that year.", "en"),
        ("La vieille librairie au bout du pont reste ouverte jusqu'au soir.", "other"),
        ("Старая книжная лавка у моста открыта до вечера.", "other"),
        ("2025-03-04 10:20 —— 36.5%", "none"),
        ("", "none"),
    ],
)
def test_the_language_is_told(text: str, language: str) -> None:
    assert of(text).language == language


# shares


def test_han_is_the_share_of_hanzi_among_letters() -> None:
    assert of("山水人家 abcd 1234，。").han == 0.5
    assert of("1234").han == 0


def test_end_marks_are_those_of_lines_that_are_not_blank() -> None:
    assert of("标题\n\n他说：“好。” \n走了！\n又来了…").end_marks == 0.75
    assert of("\n \n").end_marks == 0
    assert of("逗号，\n分号；\n").end_marks == 0


def test_repetition_is_the_share_of_runs_said_before() -> None:
    assert of(LEAD).repetition == 0
    assert of(f"{LEAD}\n{LEAD}\n").repetition == pytest.approx(0.5, abs=0.08)
    assert of(f"{LEAD}\n" * 10).repetition > 0.8


def test_repetition_knows_no_script_and_no_marks() -> None:
    sentence = "他把发展的计划写在墙上让大家都能看见"
    assert of(f"{sentence}。{converted(sentence, 'hant')}！").repetition > 0.3


def test_rulers_and_short_refrains_are_no_repetition() -> None:
    assert of(f"{'=' * 60}\n{LEAD}\n{'=' * 60}\n").repetition == 0
    assert of("".join(f"“嗯。”\n{letter * 3}\n" for letter in "山水人家日月风云")).repetition < 0.2


def test_noise_is_the_share_of_letters_removed_and_not_of_those_replaced() -> None:
    source = "山水人家，打印分享"
    assert edited(source, Edit(5, "打印分享", "", "a/x", "")).noise == 0.5
    assert edited(source, Edit(5, "打印分享", "日月风云", "a/x", "")).noise == 0
    assert edited(source, Edit(5, "打印分享", "打印分享", "a/x", "")).noise == 0
    assert edited(source, Edit(0, source, "", "a/x", "")).noise == 1


def test_spam_is_the_share_of_letters_that_are_spam_removed_or_flagged() -> None:
    source = "山水人家，打印分享"
    assert edited(source, Edit(5, "打印分享", "", "spam/x", "")).spam == 0.5
    assert edited(source, Edit(5, "打印", "打印", "spam/x", "")).spam == 0.25
    assert edited(source, Edit(5, "打印分享", "", "structure/spam-shell", "")).spam == 0.5
    assert edited(source, Edit(5, "打印分享", "", "share/x", "")).spam == 0


def test_a_page_of_spam_is_spam_and_its_article_is_not(cleaner: Cleaner) -> None:
    assert figures(cleaner.clean(SPAM * 3)).spam == 1
    assert 0 < figures(cleaner.clean(f"{ARTICLE}{SPAM}")).spam < 0.2
    assert figures(cleaner.clean(ARTICLE)).spam == 0


@given(documents(texts()))
def test_the_letters_of_the_source_are_counted_from_the_edits(document: Document) -> None:
    (in_source, _), *removals = letter_counts([document.source, *(e.old for e in document.edits if not e.new)])
    removed = sum(letters for letters, _ in removals)
    assert figures(document).noise == (round(min(removed / in_source, 1), 3) if in_source else 0)


# spun text


def test_replaced_words_are_told_from_clean_text() -> None:
    clean = [text for text in own_texts() if len(text) > 300]
    assert len(clean) > 30
    assert spun_score_auc(clean, lambda text, random: any_words(text, 1, random)) > 0.99


def test_a_spun_article_scores_high_in_either_script() -> None:
    spun = any_words(ARTICLE * 3, 1, Random(1))
    assert of(spun).spun > 0.5
    assert of(converted(spun, "hant")).spun > 0.5
    assert of(ARTICLE * 3).spun < 0.05


def test_sentences_in_another_order_are_not_seen() -> None:
    assert of(other_order(ARTICLE * 3, Random(1))).spun < 0.05


def test_a_few_words_and_other_languages_are_not_called_spun() -> None:
    assert of("凿楫蚀雁").spun < 0.05
    assert of(JAPANESE * 20).spun == 0
    assert of("asdf qwer " * 200).spun == 0


def test_words_are_cut_without_losing_a_letter() -> None:
    assert "".join(words_of(TRADITIONAL_ARTICLE)) == TRADITIONAL_ARTICLE


def test_equal_scores_are_a_guess() -> None:
    assert auc([0, 0], [0]) == 0.5
    assert auc([0.1, 0.2], [0.3]) == 1
    assert auc([0.1, 0.4], [0.3]) == 0.5


# whole texts


@pytest.mark.parametrize("case", cases("innocent-*.toml"))
def test_innocent_text_scores_low_in_what_is_bad(case: dict[str, Any], cleaner: Cleaner) -> None:
    quality = figures(cleaner.clean(case["text"]))
    assert (quality.spam, quality.noise) == (0, 0)
    assert quality.spun < 0.25  # a ballad of dialect words scores highest
    assert quality.language in ("zh", "none")


@given(texts())
def test_any_text_has_figures_in_their_ranges(text: str) -> None:
    quality = of(text)
    shares = [getattr(quality, name) for name in ("han", "end_marks", "repetition", "noise", "spam", "spun")]
    assert all(0 <= share <= 1 and round(share, 3) == share for share in shares)
    assert quality.characters == len(text)
    assert of(text) == quality


def test_every_figure_has_a_meaning() -> None:
    assert tuple(MEANINGS) == Quality._fields
    assert all(MEANINGS.values())


def test_a_distribution_has_mean_and_quartiles_or_counts() -> None:
    found = distribution(Tally([of(LEAD), of(TRADITIONAL_ARTICLE), of(LEAD[:9])]))
    assert found["script"] == {"hans": 2, "hant": 1}
    lengths = sorted([len(LEAD), len(TRADITIONAL_ARTICLE), 9])
    assert found["characters"]["quartiles"][::2] == lengths
    assert found["characters"]["mean"] == pytest.approx(sum(lengths) / 3, abs=0.001)
    assert distribution(Tally()) == {}


# dropping


def dropping(*words: str) -> Cleaner:
    return cleaner_with(drop=words)


@pytest.mark.parametrize(
    ("words", "goes"),
    [
        ("script == hans", True),
        ("script != hans", False),
        ("characters < 50", False),
        ("characters<=100000", True),
        ("han > .9", True),
        ("han >= 1", True),
        ("han < 1 ", False),
        ("script == hans and spam > 0.5", False),
        (" script==hans and  spam<.5 and language != ja", True),
    ],
)
def test_a_document_goes_if_all_comparisons_hold(words: str, goes: bool) -> None:
    document = dropping(words).clean(ARTICLE)
    assert is_dropped(document) is goes
    assert document.text == ("" if goes else ARTICLE)
    assert document.rebuilt() == ARTICLE


def test_one_condition_of_several_is_enough_and_is_named() -> None:
    document = dropping("spam > .8", "characters > 20 and han > .5").clean(ARTICLE + "<b>灯</b>")
    (edit,) = document.layers[-1]
    assert (edit.rule, edit.new) == ("drop/characters", "")
    assert edit.why == (
        f"characters is {len(edit.old)} and han is 1.0: dropped, as asked by “characters > 20 and han > .5”"
    )
    assert document.rebuilt() == ARTICLE + "<b>灯</b>"


def test_a_dropped_document_is_described_as_it_was() -> None:
    kept, gone = (dropping(words).clean(f"{ARTICLE}&nbsp;<b>灯</b>") for words in ("han < .1", "han > .1"))
    assert figures(gone) == figures(kept)
    assert is_dropped(gone)
    assert not is_dropped(kept)


def test_an_empty_document_can_be_dropped_too() -> None:
    document = dropping("characters < 50").clean("")
    assert is_dropped(document)
    assert (document.text, document.rebuilt()) == ("", "")


@pytest.mark.parametrize("words", ["characters > 20", "spam > .2", "spun > .5 and language == zh"])
def test_what_dropping_leaves_is_settled(words: str) -> None:
    cleaner = dropping(words)
    for text in (ARTICLE, LEAD[:12], f"{ARTICLE}<br>", ""):
        once = cleaner.clean(text).text
        assert cleaner.clean(once).text == once


def test_a_rule_file_named_drop_drops_nothing() -> None:
    document = Document.of(ARTICLE).revised([Edit(0, ARTICLE[:3], "", "drop/title", "a rule of one's own")])
    assert not is_dropped(document)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "expected a figure: script, language, characters, han, .*; found the end"),
        ("spamm > .8", "expected a figure, perhaps spam; figures are: script, .*; found 'spamm' at character 1"),
        ("spam .8", "expected one of <= >= == != < > behind spam; found '.8' at character 6"),
        ("spam >> .8", "expected one of .* behind spam; found '>>' at character 6"),
        ("spam >", "expected a number from 0 to 1 as the value of spam; found the end"),
        ("spam > 80", "expected a number from 0 to 1 as the value of spam; found '80' at character 8"),
        ("spam > -1", "expected a number from 0 to 1 as the value of spam; found '-1' at character 8"),
        ("characters < few", "expected a number as the value of characters; found 'few' at character 14"),
        ("script < hans", "expected one of == != behind script; found '<' at character 8"),
        ("script == latin", "expected one of hans, hant, mixed, none as the value of script; found 'latin'"),
        (
            "spam > .8 or han < .1",
            "expected “and” between two comparisons, or for “or” a drop of its own; found 'or' at character 11",
        ),
        ("spam > .8 and", "expected a comparison behind “and”; found the end"),
        ("and", "expected a figure.*; found 'and' at character 1"),
    ],
)
def test_a_wrong_condition_says_where_and_what_could_stand_there(words: str, says: str) -> None:
    with pytest.raises(ConditionError, match=says.replace(".8'", r"\.8'")) as error:
        parse(words)
    assert str(error.value).startswith(f"drop {words!r}: ")
