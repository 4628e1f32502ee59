r"""Rests of templates, scripts and markup as they stand in real pages, through the whole chain."""

from __future__ import annotations

import pytest

from cleaner.pipeline import Cleaner
from tests.samples import CLOSE, LEAD


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("这座楼非<BR>常高。", "这座楼非\n常高。"),
        ("路灯亮了，他合上书走回家去。/p>", "路灯亮了，他合上书走回家去。"),
        ("门票#xff08;成人票#xff09;三十元。", "门票（成人票）三十元。"),
        (r"河对岸是\u5927路。", "河对岸是大路。"),
        ("月台长{{{2}}}，是全省最大的一座。", "月台长，是全省最大的一座。"),
        ("_COUNT_条", ""),
        ("新茶上市。![](https://example.org/tea.jpg)山坡绿了。", "新茶上市。山坡绿了。"),
    ],
    ids=["a break", "a closing tag", "entities", "an escape", "a parameter", "a counter", "an image"],
)
def test_residue_is_removed(text: str, clean: str, cleaner: Cleaner) -> None:
    document = cleaner.clean(f"{LEAD}\n{text}\n{CLOSE}\n")
    assert document.text == f"{LEAD}\n{clean}\n{CLOSE}\n".replace("\n\n", "\n")
    assert cleaner.clean(document.text).text == document.text


def test_a_script_below_the_article_goes(cleaner: Cleaner) -> None:
    page = f"{LEAD}\n{CLOSE}\n"
    assert cleaner.clean(f"{page}var _hmt = _hmt || [];\n").text == page


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("灯笼是{{author}}亲手糊的，糊了四十九只。", "doubts/template-field-in-text"),
        ("var side = document.getElementById('side');", "doubts/script-statement"),
        ("百万小!说。", "filters/split-word"),
        ('他走了。% g$ V0 N% \\" f; J) k', "jammers/lone"),
    ],
)
def test_what_is_not_certain_is_flagged(text: str, rule: str, cleaner: Cleaner) -> None:
    page = f"{LEAD}\n{text}\n{CLOSE}\n"
    document = cleaner.clean(page)
    assert document.text == page
    assert rule in {edit.rule for edit in document.edits}


@pytest.mark.xfail(reason="a break inside a word is taken for a break between lines")
def test_a_word_that_a_break_splits_is_joined(cleaner: Cleaner) -> None:
    assert cleaner.clean(f"{LEAD}\n这座楼非<BR>常高。\n{CLOSE}\n").text == f"{LEAD}\n这座楼非常高。\n{CLOSE}\n"
