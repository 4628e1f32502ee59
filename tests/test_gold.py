"""What readers called noise goes, what they called article stays: pages of the corpora, by `bench.gold`."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bench.corpora import FOLDER
from bench.gold import DROP, KEEP, LABELS, Figures, digest, letters, measured, outcomes, pieces
from cleaner.pipeline import Cleaner

needs_data = pytest.mark.skipif(
    not (FOLDER / "wechat_hans_dirty.jsonl.gz").exists(), reason=f"no corpora in {FOLDER}; set CLEANER_DATA to a folder"
)
# What the tagger reaches on the pages it was fitted to; `python -m bench.tagging` prints the cross-validated figures.
NOISE_REMOVED = 0.84
ARTICLE_LOST = 0.003


@needs_data
def test_floors_on_labelled_pages(cleaner: Cleaner) -> None:
    pages = measured(cleaner)
    assert len(pages) >= 120
    figures = Figures.of([outcome for page in pages.values() for outcome in page])
    assert figures.removed >= NOISE_REMOVED * figures.noise, str(figures)
    assert figures.lost <= ARTICLE_LOST * figures.article, str(figures)


def test_labels_hold_no_text() -> None:
    for page in json.loads(LABELS.read_text("utf-8")).values():
        assert set(page["labels"]) <= set("kde")
        assert set(page["digests"]) <= set("0123456789abcdef")
        assert len(page["digests"]) == 6 * len(page["labels"])


def test_pieces_are_lines_blocks_and_what_addresses_and_dividers_part() -> None:
    text = "甲乙。\n\n<p>丙</p><p>丁</p>\n见http://a.cn/b戊己\n庚-----辛\n"
    assert [text[start:end].strip() for start, end in pieces(text)] == [
        "甲乙。", "<p>丙</p>", "<p>丁</p>", "见http://a.cn/b", "戊己", "庚", "-----", "辛",
    ]  # fmt: skip


def test_letters_are_what_readers_see() -> None:
    piece = '<a href="x">甲</a>[乙](http://a.cn/丙)丁'
    assert [piece[at] for at in np.flatnonzero(letters(piece))] == ["甲", "乙", "丁"]


def test_a_piece_is_gone_when_hardly_a_letter_is_left(cleaner: Cleaner) -> None:
    text = "山村小学的图书室在周六也开门，孩子们可以把书借回家去看一个星期。\n分享到：微信 微博\n"
    labels = [(start, end, label) for (start, end), label in zip(pieces(text), (KEEP, DROP), strict=True)]
    kept, dropped = outcomes(cleaner, text, labels)
    assert (kept.is_gone, dropped.is_gone) == (False, True)
    assert kept.left == kept.letters
    assert digest(kept.text) != digest(dropped.text)
