"""What runs beyond one machine take, drawn out: right where the answer is known, and the page has what is drawn."""

from __future__ import annotations

import doctest
import re
from dataclasses import fields, replace
from itertools import count

import numpy as np
import pytest

from bench import beyond, costing, crowding, steps
from bench.beyond import Measured
from bench.costing import Rates, costs
from bench.crowding import (
    BANDS,
    CRAWL,
    Groups,
    Landmarks,
    by_chance,
    by_copies,
    crowd,
    drawn,
    groups_of,
    meetings,
    pairs_of,
)
from cleaner.dedup import Found
from cleaner.dedup.candidates import _paired, candidates
from cleaner.engine import simple
from cleaner.minhash import Sketches, shingles, sketch
from tests.prose import prose

ONE = Rates(**{field.name: 1.0 for field in fields(Rates)})
NOTHING = Sketches.joined([])


@pytest.fixture(autouse=True)
def few_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowding, "_DRAWN", 384)


def near(documents: int) -> steps.Near:
    seconds = {"in_bands": documents / 1e6, "sharing": documents / 1e6, "confirmed": documents / 1e6}
    return steps.Near(documents, 1.0, seconds, documents / 1e6, Found([], documents, [], [], {}, []), NOTHING, 1)


def test_the_examples_hold() -> None:
    assert doctest.testmod(beyond).failed == 0
    assert doctest.testmod(costing).failed == 0
    assert doctest.testmod(crowding).failed == 0


@pytest.mark.parametrize("size", [2, 3, 32, 33, 34, 35, 100])
def test_a_bucket_gives_the_pairs_that_the_package_makes_of_it(size: int) -> None:
    keys, rows = np.full(size, 7, np.uint64), np.arange(size)
    assert _paired(keys, rows).size == pairs_of(size)


def test_groups_have_all_copies_and_fall_off_as_the_power_law_says() -> None:
    groups = groups_of(1e7, CRAWL)
    assert (groups.sizes * groups.numbers).sum() == pytest.approx(1e7 * CRAWL.copied)
    assert groups.numbers[0] / groups.numbers[2] == pytest.approx(2**CRAWL.exponent)
    rest = groups.numbers[-1] * groups.sizes[-1] / (CRAWL.exponent - 1)  # of groups as large as the last, or larger
    assert rest == pytest.approx(1, rel=0.1)


def test_a_crawl_of_150_million_pages_has_groups_of_200_000() -> None:
    assert 1e5 < groups_of(150e6, CRAWL).sizes[-1] < 4e5


def test_chances_are_those_of_the_true_similarities() -> None:
    left, right, other = np.arange(30), np.arange(15, 45), np.arange(100, 130)  # a third of left and right is shared
    found = meetings([each.astype(np.uint64) for each in (left, right, other)])
    assert found == pytest.approx([(1 / 3) ** 4 / 2, (1 / 3) ** 4 / 2, 0])


def test_what_meets_by_chance_grows_with_the_square_until_buckets_are_full() -> None:
    chances = np.full(10, 1e-6)
    few, many = by_chance(chances, 1e5 + 1), by_chance(chances, 1e6 + 1)
    assert few.companions == pytest.approx(0.1)
    assert few.pairs == few.every == pytest.approx(BANDS.count * (1e5 + 1) * 0.05)
    assert many.pairs / few.pairs == pytest.approx(100, rel=0.01)
    full = by_chance(chances, 1e8)
    assert full.pairs == pytest.approx(BANDS.count * 1e8 * 2)
    assert full.hot == 1
    assert full.every == pytest.approx(BANDS.count * 1e8 * 50, rel=1e-6)


def test_what_meets_by_chance_is_what_does_among_texts() -> None:
    """Texts that share a third of what they say, in as many buckets as their true similarities let expect."""
    shared = prose(1, 40)
    texts = [shared + prose(seed, 120) for seed in range(2, 152)]
    sketches = sketch(texts)
    found = by_chance(meetings([shingles(text) for text in texts]), len(texts))
    real = sum(crowding.nominated(sketches))
    assert real > 50
    assert 1 / 3 < found.pairs / real < 3  # bands are few, and differ


def test_copies_give_what_the_package_finds_among_them() -> None:
    sizes = [2] * 150 + [6] * 40 + [64] * 6
    groups = Groups(np.array([2, 6, 64]), np.array([150.0, 40.0, 6.0]))
    sketches = drawn(sizes, same=0.5, edited=0.03)
    found = by_copies(groups, same=0.5, edited=0.03)
    assert found.nominated == pytest.approx(sum(crowding.nominated(sketches)), rel=0.1)
    pairs = candidates(sketches, BANDS, threshold=crowding.FLAG_FROM)
    assert found.candidates == pytest.approx(pairs.first.size, rel=0.1)
    assert found.every == 150 * 1 + 40 * 15 + 6 * 2016


def test_landmarks_are_shared_as_often_as_in_the_sample() -> None:
    sketches = Sketches(
        np.zeros((3, 128), np.uint32), np.full(3, 9), np.array([1, 2, 1, 3, 4], np.uint64), np.array([2, 4, 5])
    )
    landmarks = Landmarks.of(sketches)
    assert landmarks.of_text == pytest.approx(5 / 3)
    assert landmarks.pairs(3) == pytest.approx(1)
    assert landmarks.pairs(1001) == pytest.approx(2 * 2 / 3 * 1001)  # a bucket of hundreds


def test_costs_grow_with_documents_and_those_of_landmarks_with_their_square() -> None:
    chances = np.zeros(3)
    few, many = (costs(ONE, crowd(number, CRAWL, chances)) for number in (1e6, 1e7))
    for name in ("reading", "cleaning", "settling", "coming", "going", "moved", "sketches"):
        assert getattr(many, name) / getattr(few, name) == pytest.approx(10), name
    passed = [each.landmarks - number for each, number in ((few, 1e6), (many, 1e7))]
    assert passed[1] / passed[0] == pytest.approx(100)


def test_costs_of_each_step_are_those_of_its_rate() -> None:
    one = crowd(1e6, CRAWL, np.zeros(3))
    before = costs(ONE, one)
    steps_of = {
        "reading": "reading",
        "cleaning": "cleaning",
        "estimating": "bands",
        "confirming": "confirming",
        "revising": "settling",
        "sending": "coming",
        "going": "going",
        "held": "memory",
        "band_peak": "worker",
    }
    for rate, step in steps_of.items():
        after = costs(replace(ONE, **{rate: 2.0}), one)
        assert getattr(after, step) > getattr(before, step), rate
        untouched = {"bands", "confirming", "settling", "memory", "landmarks"} - {step}
        assert [getattr(after, name) for name in untouched] == [getattr(before, name) for name in untouched], rate


def test_runs_are_no_larger_than_advised() -> None:
    assert costing.split(12) == (1, 12)
    assert costing.split(2.5 * costing.RUN) == (3, 2.5 * costing.RUN / 3)


def test_the_engine_notes_all_work_and_gives_what_others_give(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count()  # a second passes with each look at it
    monkeypatch.setattr(steps, "process_time", lambda: next(clock))
    noting = steps.Noting()
    assert list(noting.map(simple(len, size=len), ["a", "bc"])) == [1, 2]
    assert dict(noting.seconds) == {"len": 2, "cut": 4}  # each item is asked for its piece, and for the end


def test_the_page_has_the_tables_that_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles, columns and rows; the figures are those of the machine that measured them."""
    monkeypatch.setattr(beyond, "least", lambda breaks: 1e6)
    sample = Landmarks(1, np.ones(1))
    found = Measured(
        replace(ONE, given=4000.0),
        replace(ONE, given=2e5),
        np.full(3, 1e-6),
        sample,
        [near(size) for size in beyond.SIZES],
        [(name, 1.0, 1.0) for name in beyond.CHECKS],
    )
    page = beyond.PAGE.read_text("utf-8")
    assert beyond.with_tables(page, page.partition(beyond.START)[2].partition(beyond.END)[0].strip()) == page
    written = page.partition(beyond.START)[2].partition(beyond.END)[0]
    for table in beyond.tables(found):
        own = table.markdown()
        section = written.partition(f"## {table.title}\n")[2].partition("## ")[0]
        assert section, table.title
        assert _names(section) - _names(own) == _names(own) - _names(section) == set(), table.title


def _names(section: str) -> set[str]:
    """What rows are called, and columns that are no figures."""
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    columns = {cell.strip() for cell in lines[0]}
    return {cells[0].strip() for cells in lines} | {each for each in columns if not re.match(r"[\d.]+( \w+)?$", each)}
