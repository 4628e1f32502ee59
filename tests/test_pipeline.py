"""The layers of one text: in which order, with which choices, and that a clean text is settled."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given

from cleaner import pipeline
from cleaner.errors import RuleError
from cleaner.fold import converted
from cleaner.pipeline import Cleaner, Layer
from tests.samples import ARTICLE, LEAD, cleaner_with, rule, rule_file
from tests.strategies import texts

BARE = cleaner_with()


def test_layers_run_one_after_the_other() -> None:
    document = BARE.clean("山&lt;br&gt;水&amp;nbsp;人<b>家</b>\N{ZERO WIDTH SPACE}")
    assert document.text == "山&lt;br&gt;水 人家"
    assert [{edit.rule for edit in layer} for layer in document.layers] == [
        {"characters/invisible"},
        {"entities/entity"},
        {"markup/tag"},
    ]


def test_the_layers_are_those_of_the_plan_then_conversion() -> None:
    names = [layer.name for layer in BARE.layers]
    converting = cleaner_with(script="hans", punctuation="fullwidth")
    assert names[:2] == ["mojibake", "characters"]
    assert [layer.name for layer in converting.layers] == [*names, "script", "punctuation"]
    assert all(isinstance(layer, Layer) and layer.finders for layer in converting.layers)


def test_conversion_is_made_only_if_asked_for() -> None:
    text = "頭髮和發展,皇后"
    assert BARE.clean(text).text == text
    assert cleaner_with(script="hans").clean(text).text == converted(text, "hans")
    assert cleaner_with(punctuation="fullwidth").clean(text).text == "頭髮和發展，皇后"


def test_what_is_known_of_a_text_is_passed_through() -> None:
    document = BARE.clean("山水", name="a.txt", encoding="big5hkscs", lossless=False)
    assert (document.name, document.encoding, document.lossless) == ("a.txt", "big5hkscs", False)


def test_settings_are_told() -> None:
    assert BARE.settings == {"script": "keep", "punctuation": "keep"}
    assert cleaner_with(script="hant").settings["script"] == "hant"


def test_own_rules_are_used_beside_the_shipped_ones(tmp_path: Path) -> None:
    shipped = rule_file(tmp_path, rule(), stem="shipped")
    own = rule_file(
        tmp_path, rule(id="down", needs=["拉到底"], pattern="^拉到底$", changes=[[f"{LEAD}\n拉到底\n", f"{LEAD}\n"]])
    )
    with patch.object(pipeline, "shipped_rule_files", lambda: [shipped]):
        cleaner = Cleaner(rule_files=[own])
    assert cleaner.clean(f"{LEAD}\n打开应用看全文\n{LEAD}更多。\n拉到底\n").text == f"{LEAD}\n{LEAD}更多。\n"


def test_own_rules_must_prove_themselves(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="site/read-on: keeps"):
        cleaner_with(rule_file(tmp_path, rule(keeps=[f"{LEAD}\n打开应用看全文\n"])))


def test_the_shipped_rules_are_all_files_but_the_plan() -> None:
    paths = pipeline.shipped_rule_files()
    assert paths == sorted(paths)
    assert {path.name for path in paths} == {path.name for path in paths[0].parent.glob("*.toml")} - {"plan.toml"}


@given(texts())
def test_any_text_is_cleaned_to_one_utf_8_can_hold_and_rebuilt(text: str) -> None:
    document = BARE.clean(text)
    assert document.rebuilt() == text
    assert document.text.encode().decode() == document.text


@given(texts())
def test_a_clean_text_is_settled(text: str) -> None:
    once = BARE.clean(text).text
    assert BARE.clean(once).text == once


def test_an_entity_before_a_tag_is_settled() -> None:
    once = BARE.clean("1 &lt;<b> 2</b>").text
    assert BARE.clean(once).text == once


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("价格&lt;<b>100</b>元", "价格<100元"),
        ("价格&lt;<br>元", "价格<\n元"),
        ("1 &lt;&nbsp;2", "1 < 2"),
        ("&lt;<i>p</i>&gt; 山", "&lt;p&gt; 山"),
    ],
    ids=["inline", "a line end", "a blank", "a quoted tag in pieces"],
)
def test_an_entity_is_judged_by_what_comes_to_stand_behind_it(text: str, clean: str) -> None:
    assert (BARE.clean(text).text, BARE.clean(clean).text) == (clean, clean)


def test_an_article_is_left_as_it_came() -> None:
    assert BARE.clean(ARTICLE).layers == ()


def test_rule_files_may_be_named_by_texts_but_not_be_one(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="rule_files is a list of files; write"):
        Cleaner(rule_files="forum.toml")
    with pytest.raises(RuleError, match=r"forum\.toml"):
        Cleaner(rule_files=[str(tmp_path / "forum.toml")])
