"""A document as one text with every edit in place: that each text it was can be read from that, and each edit once."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

import pytest
from hypothesis import given

from cleaner.document import Document, Edit, undone
from cleaner.report.composition import Composed, Mark, Stretch, composed, rows
from tests.strategies import documents, texts


def document_of(text: str, *layers: list[Edit]) -> Document:
    document = Document.of(text)
    for layer in layers:
        document = document.revised(layer)
    return document


def shown(document: Document) -> str:
    """Stretches in brackets: `[-2 what the second edit took]`, `[+…]` brought, `[?…]` flagged."""
    signs = {"old": "-", "new": "+", "flag": "?"}
    told = ""
    open_: tuple[Mark, ...] = ()
    for stretch in [*composed(document).stretches, Stretch("", ())]:
        pairs = zip(open_, stretch.marks, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        told += "]" * (len(open_) - same)
        told += "".join(f"[{signs[mark.role]}{mark.number}" for mark in stretch.marks[same:]) + stretch.text
        open_ = stretch.marks
    return told


def life(found: Composed, stretch: Stretch) -> tuple[int, int]:
    """The layers that brought and that took a stretch: -1 for the source, and a large number if it stays."""
    layers = [(mark.role, found.edits[mark.number].layer) for mark in stretch.marks]
    born = max((layer for role, layer in layers if role == "new"), default=-1)
    return born, min((layer for role, layer in layers if role == "old"), default=10**9)


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ([], "甲乙丙丁戊"),
        ([[Edit(1, "乙", "", "a/x", "")]], "甲[-0乙]丙丁戊"),
        ([[Edit(1, "乙丙", "子", "a/x", "")]], "甲[-0乙丙][+0子]丁戊"),
        ([[Edit(1, "乙", "乙", "a/x", "")], [Edit(2, "丙", "", "a/x", "")]], "甲[?0乙][-1丙]丁戊"),
        ([[Edit(0, "", "子", "a/x", "")], [Edit(0, "子甲", "", "a/x", "")]], "[-0[+1子]甲]乙丙丁戊"),
        # what was brought is taken again, flagged, or made something else
        ([[Edit(1, "乙", "子", "a/x", "")], [Edit(1, "子", "", "a/x", "")]], "甲[-0乙][+0[-1子]]丙丁戊"),
        ([[Edit(1, "乙", "子", "a/x", "")], [Edit(1, "子", "子", "a/x", "")]], "甲[-0乙][+0[?1子]]丙丁戊"),
        ([[Edit(1, "乙", "子丑", "a/x", "")], [Edit(2, "丑", "寅", "a/x", "")]], "甲[-0乙][+0子[-1丑][+1寅]]丙丁戊"),
        # a block that goes, with what earlier layers did in it
        (
            [[Edit(1, "乙", "子", "a/x", "")], [Edit(2, "丙", "", "a/x", "")], [Edit(0, "甲子丁", "", "a/x", "")]],
            "[-0甲[-1乙][+1子][-2丙]丁]戊",
        ),
        ([[Edit(0, "甲", "子", "a/x", "")], [Edit(0, "子乙", "", "a/x", "")]], "[-0[-1甲][+1子]乙]丙丁戊"),
        # edits that overlap: the larger one stays whole
        ([[Edit(0, "甲", "子丑", "a/x", "")], [Edit(1, "丑乙丙丁", "", "a/x", "")]], "[-0甲][+0子][-1[+0丑]乙丙丁]戊"),
        ([[Edit(0, "甲乙丙", "甲乙丙", "a/x", "")], [Edit(2, "丙丁", "", "a/x", "")]], "[?0甲乙[-1丙]][-1丁]戊"),
    ],
)  # fmt: skip
def test_edits_stand_in_each_other(layers: list[list[Edit]], told: str) -> None:
    assert shown(document_of("甲乙丙丁戊", *layers)) == told


@given(documents(texts(max_parts=3)))
def test_every_text_that_a_document_was_is_read_from_one(document: Document) -> None:
    found = composed(document)
    assert "".join(each.text for each in found.stretches if each.is_source) == document.source
    assert "".join(each.text for each in found.stretches if each.is_clean) == document.text
    for depth in range(len(document.layers) + 1):
        lives = ((each.text, *life(found, each)) for each in found.stretches)
        text = "".join(text for text, born, died in lives if born < depth <= died)
        assert text == undone(document.text, document.layers[depth:])


@given(documents(texts(max_parts=3)))
def test_every_edit_has_one_place_with_what_it_took_and_brought(document: Document) -> None:
    found = composed(document)
    assert Counter((each.layer, each.place) for each in found.edits) == Counter(
        (depth, index) for depth, layer in enumerate(document.layers) for index in range(len(layer))
    )
    first: dict[int, int] = {}
    for at, stretch in enumerate(found.stretches):
        for mark in stretch.marks:
            first.setdefault(mark.number, at)
    assert sorted(first) == [*range(len(found.edits))]
    assert [first[number] for number in sorted(first)] == sorted(first.values())
    for number, (depth, place, edit, _) in enumerate(found.edits):
        assert document.layers[depth][place] == edit
        took = brought = ""
        for stretch in found.stretches:
            born, died = life(found, stretch)
            mine = [mark.role for mark in stretch.marks if mark.number == number]
            if mine and born < depth <= died and mine != ["new"]:
                took += stretch.text
            elif mine == ["new"] and born == depth:
                brought += stretch.text
        assert (took, brought) == (edit.old, "" if edit.is_flag else edit.new)


@given(documents(texts(max_parts=3)))
def test_rows_hold_all_and_no_edit_crosses_them(document: Document) -> None:
    found = composed(document)
    made = rows(found.stretches)
    assert "".join(each.text for row in made for each in row.stretches) == "".join(
        each.text for each in found.stretches
    )
    seen: dict[int, int] = {}
    for at, row in enumerate(made):
        before = "".join(each.text for other in made[:at] for each in other.stretches if each.is_source)
        clean = "".join(each.text for other in made[:at] for each in other.stretches if each.is_clean)
        assert (row.start, row.line) == (len(before), before.count("\n") + 1)
        assert all(not text or text.endswith("\n") for text in (before, clean))
        for stretch in row.stretches:
            for mark in stretch.marks:
                assert seen.setdefault(mark.number, at) == at


def test_lines_that_stay_are_one_row_and_each_that_changes_another() -> None:
    text = "甲\n乙\n丙\n丁\n戊\n"
    document = document_of(text, [Edit(4, "丙\n", "", "a/x", ""), Edit(7, "\n", "", "a/x", "")])
    made = rows(composed(document).stretches)
    assert [("".join(each.text for each in row.stretches), row.line, row.is_untouched) for row in made] == [
        ("甲\n乙\n", 1, True), ("丙\n", 3, False), ("丁\n戊\n", 4, False),
    ]  # fmt: skip


def test_stretches_end_where_they_are_cut() -> None:
    found = composed(document_of("甲乙丙丁", [Edit(1, "乙丙", "", "a/x", "")]), cuts=[2, 3, 0, 9])
    assert [each.text for each in found.stretches] == ["甲", "乙", "丙", "丁"]


def test_no_more_edits_are_told_than_asked_for() -> None:
    document = document_of("甲乙丙丁", [Edit(1, "乙", "", "a/x", ""), Edit(3, "丁", "", "a/x", "")])
    assert [each.text for each in composed(document, most=1).stretches] == ["甲", "乙", "丙"]
    assert composed(document, most=2) == composed(document)
