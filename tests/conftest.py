"""What several test modules share: the cases in `tests/cases`, and one cleaner for all."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import tomllib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pluggy
import pytest

from cleaner import cached
from cleaner.pipeline import Cleaner

if cached.FOLDER not in os.environ:  # what is kept between processes is kept apart from the user's, and shared by all
    os.environ[cached.FOLDER] = tempfile.mkdtemp(prefix="cleaner-cache-")
    atexit.register(shutil.rmtree, os.environ[cached.FOLDER], ignore_errors=True)

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"
FIRST = ("test_ray.py", "test_floors.py")  # modules that make at great length what all their tests share


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of `FIRST` come first, so that of several processes one alone has them: others take over from the end."""
    items.sort(key=lambda item: item.path.name not in FIRST)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Generator[None, pluggy.Result[pytest.TestReport], None]:
    """What a test prints, logs or fails with may hold lone surrogates, which cannot travel between processes."""
    report = (yield).get_result()
    report.sections = [(name, _encodable(text)) for name, text in report.sections]
    told = str(report.longrepr)
    if report.failed and _encodable(told) != told:
        report.longrepr = _encodable(told)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
