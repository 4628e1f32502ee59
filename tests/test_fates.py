"""What became of each character: the one list of edits against the source, and whom each character is charged to."""

from __future__ import annotations

from hypothesis import example, given

from cleaner.document import Document, Edit
from cleaner.fates import KEPT, NOBODY, REMOVED, REPLACED, Fates, fates_of
from cleaner.report.composition import composed
from tests.strategies import documents


def applied(fates: Fates) -> str:
    """The text that the pieces make of the source; they must come in order and without overlaps."""
    source, made, done = fates.document.source, [], 0
    for start, end, new, _ in fates.pieces():
        assert done <= start <= end
        made += [source[done:start], new]
        done = end
    return "".join([*made, source[done:]])


def made(source: str, *layers: list[Edit]) -> Fates:
    document = Document.of(source)
    for layer in layers:
        document = document.revised(layer)
    return fates_of(document)


def told(fates: Fates) -> list[tuple[int, int, str, str]]:
    return [(start, end, new, edit.rule) for start, end, new, edit in fates.pieces()]


SHARED = Document.of("甲乙").revised([Edit(0, "甲", "子丑", "a/one", "")])


@given(documents())
@example(SHARED.revised([Edit(1, "", "寅", "a/two", "")]))
@example(SHARED.revised([Edit(1, "丑乙", "", "a/two", "")]))
def test_the_pieces_make_the_text_of_the_source(document: Document) -> None:
    assert applied(fates_of(document)) == document.text


@given(documents())
def test_what_is_kept_stands_in_the_text_and_what_is_not_was_changed_by_an_edit(document: Document) -> None:
    fates = fates_of(document)
    kept = "".join(letter for letter, state in zip(document.source, fates.states, strict=True) if state == KEPT)
    assert kept == "".join(letter for letter, own in zip(document.text, fates.own, strict=True) if own)
    assert ((fates.states == KEPT) == (fates.by == NOBODY)).all()
    assert (fates.starts <= fates.ends).all()
    assert len(fates.starts) == len(document.text)


@given(documents())
def test_what_no_edit_took_by_the_report_is_kept(document: Document) -> None:
    states, done = fates_of(document).states, 0
    for stretch in composed(document).stretches:
        if stretch.is_source:
            assert not stretch.is_clean or (states[done : done + len(stretch.text)] == KEPT).all()
            done += len(stretch.text)
    assert done == len(document.source)


def test_a_character_is_charged_to_the_edit_that_removed_it() -> None:
    first = [Edit(0, "ab", "甲", "a/repair", ""), Edit(3, "x", "", "a/x", "")]
    second = [Edit(0, "甲c", "", "b/line", "")]
    assert told(made("abcxd", first, second)) == [(0, 3, "", "b/line"), (3, 4, "", "a/x")]


def test_what_was_put_into_a_replacement_stands_for_what_that_replaced() -> None:
    layers = (
        [Edit(0, "甲", "子丑", "a/one", "")],
        [Edit(1, "", "寅", "a/two", "")],
        [Edit(0, "子寅", "", "a/three", "")],
    )
    assert made("甲乙", *layers).states.tolist() == [REPLACED, KEPT]
    assert made("甲乙", *layers, [Edit(0, "丑", "", "a/four", "")]).states.tolist() == [REMOVED, KEPT]


def test_what_was_gone_before_is_not_charged_to_who_removes_what_is_around_it() -> None:
    first, second = [Edit(1, "xyz", "", "a/x", "")], [Edit(0, "ab", "甲", "b/repair", "")]
    assert told(made("axyzb", first, second, [Edit(0, "甲", "", "c/line", "")])) == [
        (0, 1, "", "c/line"), (1, 4, "", "a/x"), (4, 5, "", "c/line")
    ]  # fmt: skip


def test_what_blanks_come_for_is_removed_and_a_blank_for_a_blank_is_not() -> None:
    fates = made("广告甲\u3000乙", [Edit(0, "广告", "\n", "a/one", ""), Edit(3, "\u3000", " ", "b/two", "")])
    assert fates.states.tolist() == [REMOVED, REMOVED, KEPT, REPLACED, KEPT]
    assert fates.starts.tolist() == [0, 2, 3, 4]


def test_only_what_an_edit_exchanges_is_charged_to_it() -> None:
    fates = made("天 天好热", [Edit(0, "天 天好热", "天天好熱", "a/one", "")])
    assert fates.states.tolist() == [KEPT, REMOVED, KEPT, KEPT, REPLACED]
    assert told(fates) == [(1, 2, "", "a/one"), (4, 5, "熱", "a/one")]


def test_what_is_changed_and_changed_back_is_kept() -> None:
    assert told(made("发展", [Edit(0, "发", "發", "a/one", "")], [Edit(0, "發", "发", "a/two", "")])) == []


def test_what_is_put_in_stands_before_what_is_gone() -> None:
    fates = made("甲乙丙", [Edit(1, "乙", "", "a/one", "")], [Edit(1, "", "，", "a/two", "")])
    assert told(fates) == [(1, 1, "，", "a/two"), (1, 2, "", "a/one")]


def test_a_flag_changes_nothing() -> None:
    assert told(made("甲乙", [Edit(0, "甲", "甲", "a/one", "")])) == []
