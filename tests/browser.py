"""A real browser for tests of pages: Debian's chromium, driven by playwright, one for each module of tests.

A module takes the fixture `chromium` by importing it, and has `pytestmark = needs_chromium`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE: Final = {"width": 360, "height": 640}
DESK: Final = {"width": 1200, "height": 800}

needs_chromium: Final = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed; `apt-get install chromium` brings it"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for all tests of a module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def shown(
    browser: Browser, address: str | Path, *, complaints: list[str] | None = None, **context: Any
) -> Iterator[Page]:
    """A page as the browser shows it; `context` are options such as `viewport`, `color_scheme`, `java_script_enabled`.

    What it says on its console as a warning or an error, or throws, must be nothing, or comes into `complaints`.
    """
    said: list[str] = [] if complaints is None else complaints
    opened = browser.new_context(**{"viewport": DESK, **context})
    try:
        page = opened.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda each: said.append(each.text) if each.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address.as_uri() if isinstance(address, Path) else address)
        yield page
    finally:
        opened.close()
    if complaints is None:
        assert said == []


def barriers(page: Page) -> list[str]:
    """What axe-core finds to keep people from reading a page, by all of its rules but those it calls experimental."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    asked = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"], "selectors": False}
    found = Axe().run(page, options=asked).response["violations"]
    return [f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes'][:3]]}" for each in found]


def has_no_sideways_scroll(page: Page) -> bool:
    """Whether all of a page is as wide as the window at most."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
