"""What several test modules share: the cases in `tests/cases`, and one cleaner for all."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cleaner.pipeline import Cleaner

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"


def cases(pattern: str) -> list[Any]:
    """A pytest parameter for each case of the files that match, named after file and case."""
    return [
        pytest.param(case, id=f"{path.stem}:{case['name']}")
        for path in sorted(CASES.glob(pattern))
        for case in tomllib.loads(path.read_text("utf-8")).get("case", [])
    ]


@pytest.fixture(scope="session")
def cleaner() -> Cleaner:
    """A cleaner with the shipped rules and no conversion."""
    return Cleaner()
