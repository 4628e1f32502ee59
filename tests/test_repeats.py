"""What counts as said twice within one document, and what is only said again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document
from cleaner.fold import converted
from cleaner.repeats import captions, paragraphs
from cleaner.units import View
from tests.samples import CLOSE, LEAD, MIDDLE, TITLE
from tests.strategies import texts


def prose(letter: str, hanzi: int = 45) -> str:
    """A paragraph of so many hanzi."""
    return letter * hanzi + "。"


A, B, C, D = map(prose, "甲乙丙丁")
HEAD = ["一二三", "四五六", "七八九", "十百千"]  # a beginning that nothing below repeats


def without_copies(*lines: str) -> Document:
    text = "\n".join(lines)
    return Document.of(text).revised(paragraphs(View(text)))


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([prose("甲", 80), prose("甲", 80)], [prose("甲", 80)]),
        ([TITLE, A, B, TITLE, A, B], [TITLE, A, B]),
        ([TITLE, A, B, TITLE, A, B, TITLE, A, B], [TITLE, A, B]),
        ([*HEAD, A, B, A, B], [*HEAD, A, B]),
        ([*HEAD, *map(prose, "甲乙丙", [140] * 3), D, *map(prose, "甲乙丙", [140] * 3)], None),
        ([TITLE, A, "", B, "", C, "", TITLE, "", A, "", B], [TITLE, A, "", B, "", C]),
        ([A, B, C, A, B, f"{'丙' * 20}……"], [A, B, C]),
        ([A, B, A, B, C], [A, B, C]),
    ],
    ids=[
        "the same right below", "a second copy from the beginning", "a third copy", "a run right below itself",
        "a very long run from afar", "with its blank lines", "a copy that breaks off", "a copy before the end",
    ],
)  # fmt: skip
def test_a_copy_goes(lines: list[str], left: list[str] | None) -> None:
    document = without_copies(*lines)
    expected = lines[: len(lines) // 2 + 3] if left is None else left
    assert document.text.rstrip("\n").split("\n") == expected
    assert document.edits


@pytest.mark.parametrize(
    "lines",
    [
        [prose("甲", 79), prose("甲", 79)],
        [TITLE, prose("甲", 119), C, prose("甲", 119)],
        [*HEAD, prose("甲", 119), C, prose("甲", 119)],
        [*HEAD, A, B, C, A, B],
        [*HEAD, *map(prose, "甲乙丙丁", [99] * 4), D, *map(prose, "甲乙丙丁", [99] * 4)],
        ["晚风吹过青石桥", "灯还亮着", C, "晚风吹过青石桥", "灯还亮着"],
        [f"第一条 {A}", f"第一条 {A}"],
        [f"（二）{A}", f"（二）{A}"],
        ["甲" * 45, "甲" * 45],
        ["a" * 90 + "。", "a" * 90 + "。"],
        [A, B, A[:20]],
    ],
    ids=[
        "a short paragraph", "one paragraph of the beginning", "one from afar", "a short run from afar",
        "a run from afar almost long enough", "a refrain", "articles of a statute", "numbered items", "headings",
        "letters that are no hanzi", "a stub of no run",
    ],
)  # fmt: skip
def test_what_is_only_said_again_stays(lines: list[str]) -> None:
    assert not without_copies(*lines).edits


@pytest.mark.parametrize("above", [[], HEAD], ids=["of the beginning", "of the middle"])
def test_one_long_paragraph_from_afar_is_only_flagged(above: list[str]) -> None:
    lines = [*above, prose("甲", 120), C, prose("甲", 120)]
    document = without_copies(*lines)
    assert document.text.split("\n") == lines
    (edit,) = document.edits
    assert (edit.rule, edit.is_flag, edit.old) == ("repeats/lone-paragraph", True, lines[-1])
    assert edit.start == len(document.text) - len(lines[-1])


def test_copies_are_compared_by_their_fold_without_blanks() -> None:
    copy = "\N{IDEOGRAPHIC SPACE}" + converted(MIDDLE + CLOSE, "hant").replace("，", " ,")
    assert without_copies(MIDDLE + CLOSE, copy).text == f"{MIDDLE}{CLOSE}\n"


def test_a_copy_is_told_with_the_paragraph_it_repeats() -> None:
    document = without_copies(TITLE, "", MIDDLE, A, B, TITLE, MIDDLE, A, f"{'乙' * 20}……")
    assert [(edit.rule, edit.why) for edit in document.edits] == [
        ("repeats/paragraph", f"repeats paragraph 1, “{TITLE}”"),
        ("repeats/paragraph", f"repeats paragraph 2, “{MIDDLE[:23]}…”"),
        ("repeats/paragraph", f"repeats paragraph 3, “{A[:23]}…”"),
        ("repeats/paragraph", f"breaks off while repeating paragraph 4, “{B[:23]}…”"),
    ]


PARAGRAPHS = st.lists(st.sampled_from([TITLE, "", A, B, prose("丙", 130), D]), max_size=14)


@given(PARAGRAPHS)
def test_every_paragraph_is_still_said_and_first_where_it_was(lines: list[str]) -> None:
    left = without_copies(*lines).text.split("\n")
    assert list(dict.fromkeys(filter(None, left))) == list(dict.fromkeys(filter(None, lines)))


@pytest.mark.parametrize("lines", [[prose("甲", 90)] * 3, [*HEAD, A, B, A, B, A, B]])
def test_a_text_without_copies_is_settled(lines: list[str]) -> None:
    text = without_copies(*lines).text
    assert without_copies(*text.split("\n")).text == text


# captions

CAPTION = "旧书铺的新门板昨天装好了。"


def without_captions(*lines: str) -> Document:
    text = "\n".join(lines)
    return Document.of(text).revised(captions(View(text)))


def test_a_caption_whose_sentence_is_said_elsewhere_goes_whole() -> None:
    document = without_captions(f"{CAPTION}褚平 摄{LEAD}", f"{MIDDLE}{CAPTION}")
    assert document.text == f"{LEAD}\n{MIDDLE}{CAPTION}"
    assert "whose sentence the text says elsewhere" in document.edits[0].why


def test_a_caption_said_once_is_only_flagged() -> None:
    document = without_captions(LEAD, f"{CAPTION}褚平 摄{MIDDLE}")
    assert document.text == f"{LEAD}\n{CAPTION}褚平 摄{MIDDLE}"
    (edit,) = document.edits
    assert (edit.rule, edit.start, edit.old) == ("repeats/caption", len(LEAD) + 1, f"{CAPTION}褚平 摄")
    assert edit.is_flag
    assert edit.why.endswith("its sentence stands nowhere else")


@pytest.mark.parametrize("credit", ["本报记者 褚平 摄", "通讯员褚平 摄", "褚平 宋远 摄", "攝影 褚平 攝"])
def test_a_credit_may_be_written(credit: str) -> None:
    assert without_captions(f"{CAPTION}{credit}{LEAD}", CAPTION).text == f"{LEAD}\n{CAPTION}"


@pytest.mark.parametrize(
    "line",
    [
        f"{CAPTION}褚平 摄",
        f"{CAPTION}褚平 摄影展开幕了。",
        f"{CAPTION}他在桥头 摄入了许多尘土。",
        f"{CAPTION}他在桥头 摄下了许多灯火。",
        f"{LEAD}他说：褚平 摄当年的旧书铺。",
        f"{CAPTION}褚平摄{LEAD}",
    ],
    ids=[
        "alone on its line", "a word that begins with it", "another such word", "a verb with its ending",
        "no sentence before it", "no blank",
    ],
)  # fmt: skip
def test_no_caption_run_into_a_paragraph_stays(line: str) -> None:
    assert not without_captions(LEAD, line, CLOSE).edits


@given(texts())
def test_any_text_can_be_searched_for_copies_and_rebuilt(text: str) -> None:
    for finder in (paragraphs, captions):
        assert Document.of(text).revised(finder(View(text))).rebuilt() == text
