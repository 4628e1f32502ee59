"""What beside the chosen box is main content too, what isn't, and how sure that is."""

from __future__ import annotations

import pytest

from cleaner.document import SURE, Document
from cleaner.extract import extract
from tests.samples import CLOSE, LEAD, MIDDLE, TITLE

LINES = (LEAD, MIDDLE, CLOSE)
BODY = "".join(f"<p>{line}</p>" for line in LINES)
TEXT = "\n".join(LINES)
REMARK = "山月说她也去过那里，还买了一本讲茶的书。"


def article(above: str = "", below: str = "") -> Document:
    return extract(
        f"<html><head><title>{TITLE}_青石网</title></head><body><div class=nav><a href=/>首页</a></div><h1>{TITLE}</h1>"
        f"{above}<div class=article-content>{BODY}</div>{below}<div class=footer>青石网 版权所有</div></body></html>"
    )


@pytest.mark.parametrize(
    "beside",
    [
        f"<div class=daoyu>{REMARK}</div>", f"<p>{REMARK}</p>", f"<section><div><p>{REMARK}</p></div></section>",
        f"<table><tr><td>{REMARK}</td></tr></table>", f"<div class=side-text>{REMARK}</div>",
        f"<div><p>{REMARK[:9]}<a href=x>{REMARK[9:11]}</a>{REMARK[11:]}</p></div>",
    ],
)  # fmt: skip
def test_plain_text_beside_the_box_is_kept(beside: str) -> None:
    assert article(above=beside).text == f"{REMARK}\n{TEXT}"
    assert article(below=beside).text == f"{TEXT}\n{REMARK}"


@pytest.mark.parametrize(
    "beside",
    [
        f"<div class=comment-list><p>{REMARK}</p></div>", f"<nav><p>{REMARK}</p></nav>",
        f"<div class=popup><div><p>{REMARK}</p></div></div>", f"<p><a href=x>{REMARK}</a></p>",
        "<p>扫一扫，分享到朋友圈</p>", "<p>责任编辑：山月。</p>", "<div>本周</div>", "<h3>本周</h3>",
    ],
)  # fmt: skip
def test_furniture_beside_the_box_is_left_out(beside: str) -> None:
    assert article(above=beside).text == TEXT
    assert article(below=beside).text == TEXT


def test_what_stands_beyond_furniture_is_not_taken() -> None:
    page = article(below=f"<p><a href=x>{MIDDLE}</a></p><p>{REMARK}</p>")
    assert page.text == TEXT


def test_hidden_blocks_dont_end_the_main_content() -> None:
    page = article(below=f"<p hidden>{MIDDLE}</p><p>{REMARK}</p>")
    assert page.text == f"{TEXT}\n{REMARK}"


def test_a_line_stays_where_others_that_stand_alike_do() -> None:
    inner = "".join(
        f"<div class=x><b>{word}</b></div><div class=y>{line}</div>" for word, line in zip("桥舟灯", LINES, strict=True)
    )
    page = extract(f"<title>{TITLE}</title><div class=nav><a href=/>首页</a></div><h1>{TITLE}</h1><div>{inner}</div>")
    assert all(line in page.text for line in LINES)


def test_prose_that_is_left_out_and_no_known_furniture_is_doubtful() -> None:
    page = article(below=f"<p><a href=x>{MIDDLE}</a></p><p>{REMARK}</p>")
    doubts = [edit.old.strip() for edit in page.edits if edit.is_doubtful]
    assert REMARK in doubts


SUMMARY = "青石桥，位于青石镇东，是一座三孔的石拱桥，始建于明代，全长四十二米，如今仍供行人和马车通行。"


FACTS = "".join(f"<dt><a href=/{name}>{name}</a></dt><dd><a href=/x>{name}记</a></dd>" for name in "桥舟灯渡石水")


def encyclopedia(above: str) -> Document:
    return article(above=f"<div>{above}<dl>{FACTS}</dl></div>")


def test_prose_between_the_title_and_the_box_is_kept_and_told() -> None:
    page = encyclopedia(f"<div class=summary><div>{SUMMARY}</div></div>")
    assert page.text == f"{SUMMARY}\n{TEXT}"
    flag = next(edit for edit in page.edits if edit.is_flag)
    assert (flag.old, flag.rule) == (SUMMARY, "extract/leading-text")


@pytest.mark.parametrize(
    "above",
    [
        f"<div class=popup><p>{SUMMARY}</p></div>", f"<div class=comment-list><p>{SUMMARY}</p></div>",
        f"<aside><p>{SUMMARY}</p></aside>", f"<p><a href=x>{SUMMARY}</a></p>", f"<p>{TITLE}，{TITLE}。</p>",
        f"<p>{CLOSE}</p>",
    ],
    ids=["a popup", "comments", "an aside", "links", "the title", "said below"],
)  # fmt: skip
def test_furniture_between_the_title_and_the_box_is_left_out(above: str) -> None:
    page = encyclopedia(above)
    assert page.text == TEXT
    assert not any(edit.is_flag for edit in page.edits)


def test_what_is_hidden_or_surely_furniture_is_not_doubtful() -> None:
    page = article(below=f"<button>展开</button><p hidden>{REMARK}</p>")
    assert [edit.old.strip() for edit in page.edits if edit.is_doubtful] == []
    assert all(SURE <= edit.confidence <= 1 for edit in page.edits)


def why_left_out(name: str, said: str) -> str:
    page = article(below=f"<p><a href=x>{MIDDLE}</a></p><div class='{name}'><p>{said}</p></div>")
    return next(edit.why for edit in page.edits if said in edit.old).partition(",")[0]


@pytest.mark.parametrize("name", ["art_left", "left-content", "article-side", "user-text", "col-main"])
def test_prose_of_a_box_with_a_name_of_little_weight_is_just_outside(name: str) -> None:
    assert why_left_out(name, REMARK) == "outside the main content"


@pytest.mark.parametrize(
    ("name", "reason"), [("side", "sidebar"), ("pinglun", "comments"), ("tuijian", "related links")]
)
def test_a_short_line_is_what_its_box_is_called(name: str, reason: str) -> None:
    assert why_left_out(name, "本周的渡口") == reason
