"""What docs/reliability.md promises is tested: each test it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = [line for line in (ROOT / "docs" / "reliability.md").read_text("utf-8").splitlines() if line.startswith("| **")]


def defined_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


EVERY = {name for path in (ROOT / "tests").rglob("test_*.py") for name in defined_in(path)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("**")[1])
def test_every_promise_names_a_test_that_is_there_and_a_figure(row: str) -> None:
    _, promise, tests, figure, _ = (cell.strip() for cell in row.split("|"))
    named = re.findall(r"`(test_\w+)`", tests)
    assert promise
    assert named
    assert set(named) <= EVERY
    assert figure
    assert not re.search(r"\b(tbd|[A-Z]{5,})\b", figure)


def test_there_are_promises() -> None:
    assert len(ROWS) > 20
