"""Lines cover their text exactly, and go with the blank lines nothing needs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document
from cleaner.fold import codes, fold
from cleaner.units import Verdict, View, runs, without_lines
from tests.strategies import pages, texts

# views


@given(texts())
def test_lines_cover_the_text_exactly(text: str) -> None:
    lines = View(text).lines
    assert "".join(text[line.start : line.end] for line in lines) == text
    assert all(left.end == right.start for left, right in pairwise(lines))
    assert all(line.start < line.end for line in lines)


@given(texts())
def test_a_line_ends_at_its_line_end_and_nowhere_before(text: str) -> None:
    lines = View(text).lines
    for line in lines[:-1]:
        assert fold(text)[line.start : line.end].find("\n") == line.end - line.start - 1
    for line in lines[-1:]:
        assert "\n" not in fold(text)[line.start : line.end - 1]


@given(texts())
def test_a_line_holds_its_fold_without_outer_blanks(text: str) -> None:
    view = View(text)
    for index, line in enumerate(view.lines):
        assert line.key == fold(text[line.start : line.end]).strip()
        assert fold(view.line_text(index)) == line.key
    assert [line for _, line in view.filled_lines()] == [line for line in view.lines if line.key]


@given(texts())
def test_a_view_shares_codes_and_fold_of_its_text(text: str) -> None:
    view = View(text)
    assert view.codes.tolist() == codes(text).tolist()
    assert view.folded == fold(text)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", []),
        ("\n", [""]),
        ("甲", ["甲"]),
        ("甲\n", ["甲"]),
        ("甲\n\n 乙", ["甲", "", "乙"]),
        ("甲\r\n乙\r丙\n\r丁", ["甲", "乙", "丙", "", "丁"]),
        ("甲\n ", ["甲", ""]),
    ],
)
def test_a_line_end_ends_a_line_and_begins_none(text: str, keys: list[str]) -> None:
    assert [line.key for line in View(text).lines] == keys


@given(texts())
def test_bare_lines_keep_their_blanks_and_lose_their_line_ends(text: str) -> None:
    view = View(text)
    assert len(view.bare_lines) == len(view.lines)
    for line, bare in zip(view.lines, view.bare_lines, strict=True):
        whole = text[line.start : line.end]
        end = 2 if whole.endswith("\r\n") else fold(whole).endswith("\n")
        assert bare == fold(text)[line.start : line.end - end]


def test_without_a_gate_no_rule_is_called() -> None:
    assert View("分享").calls == []


# lines that go

GOES = Verdict("a/gone", "it goes")


def without(text: str, *gone: str) -> str:
    view = View(text)
    verdicts = {index: GOES for index, line in view.filled_lines() if line.key in gone}
    return Document.of(text).revised(without_lines(view, verdicts)).text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("甲\n走\n乙\n", "甲\n乙\n"),
        ("甲\n\n走\n\n乙\n", "甲\n\n乙\n"),
        ("甲\n\n\n走\n\n乙\n", "甲\n\n\n乙\n"),
        ("甲\n走\n\n乙\n", "甲\n\n乙\n"),
        ("甲\n\n走\n乙\n", "甲\n\n乙\n"),
        ("甲\n\n走\n\n走\n\n乙\n", "甲\n\n乙\n"),
        ("甲\n走\n\n走\n乙\n", "甲\n乙\n"),
        ("\n走\n\n甲\n", "甲\n"),
        ("走\n甲\n", "甲\n"),
        ("甲\n\n走\n\n", "甲\n"),
        ("甲\n\n走", "甲\n"),
        ("走", ""),
        ("\n\n走\n\n", ""),
        ("\n甲\n走\n乙\n\n", "\n甲\n乙\n\n"),
        ("甲\n \n走\n\N{IDEOGRAPHIC SPACE}\n乙\n", "甲\n \n乙\n"),
        ("甲\r\n\r\n走\r\n\r\n乙\r\n", "甲\r\n\r\n乙\r\n"),
    ],
)
def test_a_line_goes_with_the_blank_lines_nothing_needs(text: str, left: str) -> None:
    assert without(text, "走") == left


def joined(text: str, gone: set[int]) -> str:
    """The text without the lines that go, said another way: of the two gaps around each run, which one stays."""
    view = View(text)
    stays = [index for index, _ in view.filled_lines() if index not in gone]
    pieces, last = [], -1
    for index in [*stays, len(view.lines)]:
        between = range(last + 1, index)
        cut = [place for place in between if place in gone]
        if cut and (last < 0 or index == len(view.lines)):
            between = range(0)
        elif cut:
            between = range(last + 1, cut[0]) or range(cut[-1] + 1, index)
        pieces += [*between, index]
        last = index
    return "".join(text[view.lines[i].start : view.lines[i].end] for i in pieces if i < len(view.lines))


@given(pages(), st.data())
def test_any_lines_go_with_the_blank_lines_nothing_needs(text: str, data: st.DataObject) -> None:
    view = View(text)
    filled = [index for index, _ in view.filled_lines()]
    gone = data.draw(st.sets(st.sampled_from(filled))) if filled else set()
    document = Document.of(text).revised(without_lines(view, dict.fromkeys(gone, GOES)))
    assert document.text == joined(text, gone)
    assert document.rebuilt() == text


@given(pages())
def test_each_line_that_goes_is_one_edit_with_its_own_verdict(text: str) -> None:
    view = View(text)
    verdicts = {index: Verdict(f"a/{index}", line.key) for index, line in view.filled_lines()}
    edits = list(without_lines(view, verdicts))
    assert [edit.rule for edit in edits] == [verdict.rule for verdict in verdicts.values()]
    assert [fold(edit.old).strip() for edit in edits] == [verdict.why for verdict in verdicts.values()]


@given(st.sets(st.integers(0, 30)).map(sorted))
def test_runs_are_the_longest_stretches_without_a_gap(numbers: list[int]) -> None:
    found = list(runs(numbers))
    assert [number for first, last in found for number in range(first, last + 1)] == numbers
    assert all(left[1] + 1 < right[0] for left, right in pairwise(found))
