"""The work that hostile texts make grows with their length and no faster: calls are counted, nothing is timed.

What one call does inside C isn't seen by that (a search that starts anew for each match, copies of a long line); times
up to 10 MB are measured by `bench.hostile`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import Any, Final

import pytest

from cleaner import report
from cleaner.decode import decode
from cleaner.extract import extract
from tests.fuzz.invariants import cleaner
from tests.fuzz.shapes import PAGES, SHAPES, of_size

SIZES: Final = (2_000, 8_000, 32_000)  # bytes
MORE: Final = 1.3  # times its share of the work that a larger size may take
# What a page's budget of searches bounds: as much work at any length, too much of it to be counted here.
SEARCHED: Final = frozenset(
    (
        "doubled question marks",
        "sheared",
        "all hanzi",
        "short hanzi lines",
        "gbk of nothing",
        "short mojibake",
        "orphans",
    )
)


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, those of C too."""
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def chain(data: bytes, *, is_page: bool) -> None:
    """From bytes to both reports."""
    decoded = decode(data)
    document = cleaner().finished(extract(decoded.text)) if is_page else cleaner().clean(decoded.text)
    report.to_json(report.facts(document))
    report.document_page(document)


def work_of(name: str, size: int) -> int:
    data = of_size(name, size)
    return calls(lambda: chain(data, is_page=name in PAGES))


@pytest.mark.parametrize("name", sorted(SHAPES.keys() - SEARCHED))
def test_work_is_linear_in_the_length(name: str) -> None:
    """From one size to the next, or, if a shape is told for what it is by the larger size alone, from that one on."""
    chain(of_size(name, SIZES[0]), is_page=name in PAGES)  # what is made once
    work = [work_of(name, SIZES[0])]
    for before, size in pairwise(SIZES):
        work.append(work_of(name, size))
        if work[-1] <= MORE * work[-2] * size / before:
            return
    pytest.fail(f"{work} calls for {SIZES} bytes")


def test_work_that_is_not_linear_is_noticed() -> None:
    def quadratic(length: int) -> None:
        for _ in range(length):
            for _ in range(length):
                len("")

    assert calls(lambda: quadratic(40)) > MORE * 4 * calls(lambda: quadratic(10))


def test_shapes_have_the_sizes_that_are_asked_for() -> None:
    sizes = {name: len(of_size(name, SIZES[1])) for name in SHAPES}
    assert {name: size for name, size in sizes.items() if not SIZES[1] / 2 < size < SIZES[1] * 2} == {}
