"""The quality of the repairs does not fall: figures on the repository's own texts, against pinned floors."""

from __future__ import annotations

import pytest

from bench.floors import Figure, measured, pinned


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return {figure.name: figure for figure in measured()}


@pytest.mark.parametrize("name", pinned())
def test_a_figure_keeps_its_floor(name: str, figures: dict[str, Figure]) -> None:
    floor = pinned()[name]
    assert figures[name].right >= floor["right"]
    assert figures[name].wrong <= floor["wrong"]


def test_each_figure_has_a_floor(figures: dict[str, Figure]) -> None:
    assert figures.keys() == pinned().keys()
