"""The pages of `cleaner diff` and `cleaner eval` in a browser: for everybody, on a phone, and of hostile text."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from cleaner.comparing import page as diff_page
from cleaner.evaluating import page as eval_page
from tests.browser import PHONE, barriers, chromium, has_no_sideways_scroll, needs_chromium, shown
from tests.hostile import FRAGMENTS
from tests.test_comparing import hostile_comparison
from tests.test_evaluating import hostile_evaluation

__all__ = ["chromium"]
pytestmark = needs_chromium
HOSTILE = "\n".join(each for each in FRAGMENTS if "\0" not in each)[:380]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["diff", "eval"])
def test_everybody_can_read_it_and_hostile_text_does_nothing(
    chromium: Browser, tmp_path: Path, kind: str, scheme: str
) -> None:
    place = tmp_path / f"{kind}.html"
    made = diff_page(hostile_comparison(HOSTILE), place) if kind == "diff" else eval_page(hostile_evaluation(HOSTILE))
    place.write_text(made, "utf-8")
    with shown(chromium, place, viewport=PHONE, color_scheme=scheme) as page:
        assert barriers(page) == []
        assert has_no_sideways_scroll(page)
        assert page.evaluate("document.documentElement.dataset.ran") is None
        assert page.evaluate("document.querySelectorAll('body script, body img, body iframe').length") == 0


def test_heads_and_numbers_of_tables_stay_whole_on_a_phone(chromium: Browser, tmp_path: Path) -> None:
    place = tmp_path / "eval.html"
    place.write_text(eval_page(hostile_evaluation("一行很长的文字" * 20)), "utf-8")
    with shown(chromium, place, viewport=PHONE) as page:
        broken = """[...document.querySelectorAll("th, td.number")].filter(each => {
            const range = document.createRange();
            range.selectNodeContents(each);
            return range.getClientRects().length > each.innerText.trim().split(/\\s+/).length;
        }).map(each => each.innerText)"""
        assert page.evaluate(broken) == []
        assert has_no_sideways_scroll(page)
