"""Edits and documents: what settles, what is applied, that all of it can be taken back and traced."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document, Edit, Layer, settled, undone
from cleaner.errors import StaleEditError
from tests.strategies import documents, edits, proposals, texts


def delete(start: int, old: str, rule: str = "a/delete") -> Edit:
    return Edit(start, old, "", rule, "")


def replace(start: int, old: str, new: str, rule: str = "a/replace") -> Edit:
    return Edit(start, old, new, rule, "")


def insert(start: int, new: str, rule: str = "a/insert") -> Edit:
    return Edit(start, "", new, rule, "")


def flag(start: int, old: str, rule: str = "a/flag") -> Edit:
    return Edit(start, old, old, rule, "")


def revised(text: str, *layer: Edit) -> str:
    return Document.of(text).revised(layer).text


def overlap(stays: Edit, goes: Edit) -> bool:
    """Whether one of two edits has to go; an insertion may stand right behind a change, not right before it."""
    shares_text = stays.start < goes.end and goes.start < stays.end
    return shares_text or stays.start <= goes.start < stays.end


# settling


@given(proposals())
def test_what_settles_is_in_order_and_without_overlaps(drawn: tuple[str, list[Edit]]) -> None:
    layer = settled(drawn[1])
    for left, right in pairwise(layer):
        assert left.end <= right.start


@given(proposals())
def test_a_change_is_dropped_only_for_a_change_that_overlaps_it(drawn: tuple[str, list[Edit]]) -> None:
    layer = settled(drawn[1])
    assert set(layer) <= set(drawn[1])
    for dropped in set(drawn[1]) - set(layer):
        if not dropped.is_flag:
            assert any(overlap(edit, dropped) for edit in layer if not edit.is_flag)


@given(proposals())
def test_a_flag_is_dropped_only_for_a_proposal_that_overlaps_it(drawn: tuple[str, list[Edit]]) -> None:
    for dropped in set(drawn[1]) - set(settled(drawn[1])):
        assert any(overlap(edit, dropped) for edit in drawn[1] if edit != dropped)


def test_a_flag_stands_where_the_flag_that_beats_it_does_not() -> None:
    assert settled([flag(0, "甲乙丙"), flag(0, "甲"), delete(2, "丙")]) == (flag(0, "甲"), delete(2, "丙"))


@given(proposals(), st.randoms(use_true_random=False))
def test_the_order_of_proposals_does_not_matter(drawn: tuple[str, list[Edit]], random: Random) -> None:
    shuffled = list(drawn[1])
    random.shuffle(shuffled)
    assert settled(shuffled) == settled(drawn[1])


@pytest.mark.parametrize(
    ("given_edits", "stands"),
    [
        ([delete(1, "乙丙"), delete(0, "甲乙")], [delete(0, "甲乙")]),
        ([delete(0, "甲"), delete(0, "甲乙")], [delete(0, "甲乙")]),
        ([delete(0, "甲", "b/x"), delete(0, "甲", "a/x")], [delete(0, "甲", "a/x")]),
        ([delete(0, "甲"), delete(0, "甲")], [delete(0, "甲")]),
        ([flag(0, "甲乙丙"), delete(1, "乙")], [delete(1, "乙")]),
        ([flag(0, "甲乙丙"), insert(1, "子")], [insert(1, "子")]),
        ([flag(0, "甲"), delete(1, "乙"), flag(2, "丙")], [flag(0, "甲"), delete(1, "乙"), flag(2, "丙")]),
        ([flag(1, "乙丙"), flag(0, "甲乙")], [flag(0, "甲乙")]),
    ],
    ids=[
        "earliest wins", "then the longest", "then the name", "the same twice is once", "a change wins over a flag",
        "an insertion wins over a flag around it", "neighbours all stand", "flags settle among themselves",
    ],
)  # fmt: skip
def test_overlaps_settle(given_edits: list[Edit], stands: list[Edit]) -> None:
    assert list(settled(given_edits)) == stands


# applying


def applied_from_the_right(text: str, layer: Layer) -> str:
    for edit in reversed(layer):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


@given(proposals())
def test_revised_applies_what_settles(drawn: tuple[str, list[Edit]]) -> None:
    text, layer = drawn
    assert revised(text, *layer) == applied_from_the_right(text, settled(layer))


@given(documents())
def test_all_layers_can_be_taken_back(document: Document) -> None:
    assert document.rebuilt() == document.source
    assert undone(document.text, document.layers) == document.source


def test_adjacent_deletions_are_both_applied() -> None:
    assert revised("甲乙丙丁", delete(1, "乙"), delete(2, "丙")) == "甲丁"


@pytest.mark.parametrize(("place", "text"), [(0, "子甲乙"), (1, "甲子乙"), (2, "甲乙子")])
def test_an_insertion_may_stand_anywhere(place: int, text: str) -> None:
    document = Document.of("甲乙").revised([insert(place, "子")])
    assert (document.text, document.rebuilt()) == (text, "甲乙")


def test_two_insertions_at_one_place_stand_in_the_order_of_their_rules() -> None:
    document = Document.of("甲乙").revised([insert(1, "丑", "b/x"), insert(1, "子", "a/x")])
    assert (document.text, document.rebuilt()) == ("甲子丑乙", "甲乙")


def test_flags_leave_the_text_and_are_remembered() -> None:
    document = Document.of("甲乙").revised([flag(1, "乙")])
    assert (document.text, document.edits) == ("甲乙", (flag(1, "乙"),))


def test_nothing_proposed_is_no_layer() -> None:
    document = Document.of("甲乙")
    assert document.revised([]) is document


def test_revising_keeps_what_is_known_of_the_document() -> None:
    document = Document.of("甲", name="a.txt", encoding="gb18030", lossless=False).revised([delete(0, "甲")])
    assert (document.name, document.encoding, document.lossless) == ("a.txt", "gb18030", False)


def test_edits_are_listed_layer_by_layer() -> None:
    document = Document.of("甲乙丙").revised([delete(2, "丙"), flag(0, "甲")]).revised([delete(0, "甲")])
    assert document.edits == (flag(0, "甲"), delete(2, "丙"), delete(0, "甲"))


# stale edits


@pytest.mark.parametrize(
    "stale",
    [delete(1, "丙"), delete(1, "乙丙"), delete(9, "甲"), flag(0, "乙"), insert(3, "子")],
    ids=["other text", "longer than the text", "past the end", "a flag on other text", "insertion past the end"],
)
def test_a_stale_edit_is_refused(stale: Edit) -> None:
    with pytest.raises(StaleEditError):
        Document.of("甲乙").revised([stale])


def test_a_stale_edit_is_told_with_document_rule_place_and_both_texts() -> None:
    with pytest.raises(StaleEditError, match=r"a\.txt: a/delete expects '丙' at 1 and found '乙'.*find again"):
        Document.of("甲乙", name="a.txt").revised([delete(1, "丙")])


def test_one_stale_edit_among_good_ones_is_refused() -> None:
    with pytest.raises(StaleEditError):
        Document.of("甲乙丙").revised([delete(0, "甲"), delete(1, "丙")])


def test_layers_that_do_not_fit_the_text_cannot_be_taken_back() -> None:
    with pytest.raises(StaleEditError):
        undone("丙", [(replace(0, "甲", "乙"),)])


def test_an_edit_before_the_beginning_is_refused() -> None:
    with pytest.raises(StaleEditError):
        Document.of("甲乙").revised([delete(-1, "乙")])


# origins


def provenance(document: Document) -> list[tuple[Edit, list[int | None]]]:
    """For each edit, where in the source each letter of its old text came from; None for letters edits brought."""
    places: list[int | None] = list(range(len(document.source)))
    found = []
    for layer in document.layers:
        found += [(edit, places[edit.start : edit.end]) for edit in layer]
        for edit in reversed(layer):
            if not edit.is_flag:
                places[edit.start : edit.end] = [None] * len(edit.new)
    return found


@given(documents())
def test_an_origin_is_the_very_source_text_where_no_earlier_layer_changed_it(document: Document) -> None:
    for origin, (edit, places) in zip(document.origins(), provenance(document), strict=True):
        assert origin.edit == edit
        first = places[0] if places else None
        if first is not None and places == list(range(first, first + len(places))):
            assert (origin.start, origin.end) == (first, first + len(places))
            assert document.source[origin.start : origin.end] == edit.old


@given(documents())
def test_an_origin_covers_all_source_letters_of_its_edit(document: Document) -> None:
    for origin, (_, places) in zip(document.origins(), provenance(document), strict=True):
        assert 0 <= origin.start <= origin.end <= len(document.source)
        for place in places:
            assert place is None or origin.start <= place < origin.end


@given(texts(), st.data())
def test_origins_of_the_first_layer_are_its_own_places(text: str, data: st.DataObject) -> None:
    document = Document.of(text).revised(data.draw(st.lists(edits(text))))
    assert [(origin.start, origin.end) for origin in document.origins()] == [
        (edit.start, edit.end) for edit in document.edits
    ]


def test_an_origin_widens_to_what_an_earlier_layer_replaced() -> None:
    document = Document.of("子甲乙丙丑").revised([replace(1, "甲乙丙", "寅")]).revised([delete(1, "寅")])
    assert [(origin.start, origin.end) for origin in document.origins()] == [(1, 4), (1, 4)]


@pytest.mark.parametrize(("start", "old"), [(1, "寅"), (2, "卯"), (0, "子寅"), (2, "卯丑")])
def test_an_origin_widens_to_all_that_was_replaced_under_its_ends(start: int, old: str) -> None:
    document = Document.of("子甲乙丙丑").revised([replace(1, "甲乙丙", "寅卯")]).revised([delete(start, old)])
    span = list(document.origins())[-1]
    assert (span.start, span.end) == (0 if "子" in old else 1, 5 if "丑" in old else 4)


def test_an_origin_spans_what_an_earlier_layer_removed_inside_it_and_not_beside_it() -> None:
    document = Document.of("甲乙丙丁戊").revised([delete(0, "甲"), delete(2, "丙"), delete(4, "戊")])
    document = document.revised([delete(0, "乙丁")])
    assert list(document.origins())[-1][:2] == (1, 4)


# records


@pytest.mark.parametrize(
    ("edit", "end", "is_flag", "kind"),
    [
        (Edit(2, "甲乙", "", "controls/print", ""), 4, False, "controls"),
        (Edit(0, "甲", "甲", "holes/lost", ""), 1, True, "holes"),
        (Edit(5, "", "甲", "plain", ""), 5, False, "plain"),
    ],
)
def test_an_edit_knows_its_end_whether_it_flags_and_its_kind(edit: Edit, end: int, is_flag: bool, kind: str) -> None:
    assert (edit.end, edit.is_flag, edit.kind) == (end, is_flag, kind)


def test_edits_and_documents_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        flag(0, "甲").new = ""  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        Document.of("甲").text = ""  # type: ignore[misc]
