"""Paragraphs that several documents say: long lines, told by their letters and digits, counted once a document."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.dedup.paragraphs import counts, keys, paragraphs
from cleaner.fold import converted, fold
from cleaner.minhash import Hashes
from tests.samples import ARTICLE, CLOSE, LEAD, MIDDLE, TITLE
from tests.strategies import LINE_ENDS, texts

LEAST = 40  # letters
BODY = LEAD + CLOSE


def test_long_lines_are_paragraphs_and_a_title_is_none() -> None:
    assert [(part.start, part.text) for part in paragraphs(f"{TITLE}\n  {MIDDLE}　\n\n{BODY}")] == [
        (len(TITLE) + 3, MIDDLE),
        (len(TITLE) + len(MIDDLE) + 6, BODY),
    ]


def test_a_paragraph_has_so_many_letters_at_least() -> None:
    line = "桥" * LEAST
    assert len(list(paragraphs(line))) == 1
    assert list(paragraphs(line[1:])) == list(paragraphs(line[1:] + "，" * LEAST)) == []


@given(texts(max_parts=60))
def test_a_paragraph_stands_where_it_is_said_to(text: str) -> None:
    for part in paragraphs(text):
        assert text.startswith(part.text, part.start)
        assert part.text == part.text.strip()
        assert "\n" not in fold(part.text)


@pytest.mark.parametrize("end", LINE_ENDS)
def test_a_line_end_of_any_kind_ends_a_paragraph(end: str) -> None:
    assert [part.text for part in paragraphs(f"{MIDDLE}{end}{BODY}")] == [MIDDLE, BODY]


@pytest.mark.parametrize(
    "other", [converted(MIDDLE, "hant"), MIDDLE.replace("，", ", ").replace("。", ""), f"·{MIDDLE}　"]
)
def test_script_width_marks_and_blanks_are_no_difference(other: str) -> None:
    assert keys(other).tolist() == keys(MIDDLE).tolist()
    assert keys(MIDDLE).size == 1


def test_another_letter_is_another_paragraph() -> None:
    others = [MIDDLE, MIDDLE.replace("七十三", "七十四"), MIDDLE[:-2], "又" + MIDDLE]
    assert len({int(key) for text in others for key in keys(text)}) == len(others)


def test_the_keys_of_a_text_are_distinct_and_sorted() -> None:
    own = keys(f"{MIDDLE}\n{BODY}\n{MIDDLE}\n{ARTICLE}")
    assert own.dtype == np.uint64
    assert own.tolist() == sorted({part.key for part in paragraphs(f"{BODY}\n{MIDDLE}\n{LEAD}\n{CLOSE}")})


@pytest.mark.parametrize("text", ["", TITLE, "，" * 99, "\udcff" * 99])
def test_a_text_without_paragraphs_has_no_keys(text: str) -> None:
    assert keys(text).shape == (0,)
    assert keys(text).dtype == np.uint64


def test_a_key_stays_what_it_is() -> None:
    """Each of the processes of a run must come to the same."""
    assert keys("桥" * LEAST).tolist() == [5847439450458928956]


def hashes(numbers: set[int]) -> Hashes:
    return np.array(sorted(numbers), np.uint64)


@given(st.lists(st.sets(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=6), max_size=6))
def test_counted_is_in_how_many_documents_a_key_occurs(documents: list[set[int]]) -> None:
    expected = {key: sum(key in own for own in documents) for own in documents for key in own}
    assert counts(map(hashes, documents)) == {key: number for key, number in expected.items() if number > 1}
