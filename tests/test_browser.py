"""That a real browser runs nothing and loads nothing when it shows a report, and where it puts text of others.

Skipped where there is no chromium.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from playwright.sync_api import Browser

from cleaner.report import Failure, failure_page
from tests import browser
from tests.browser import chromium, needs_chromium
from tests.hostile import FRAGMENTS, LOADS, RAN, hostile_pages

__all__ = ["chromium"]
ALL: Final = "\n".join(FRAGMENTS)
# Those that do something, and take nothing of what stands behind them for a comment, a style or a title.
RUNNING: Final = "\n".join(
    each for each in FRAGMENTS if re.match("<(?:script|img|iframe|link|style|p |body|object|video)", each)
)
POLICY: Final = "violates the following Content Security Policy"
PATIENCE: Final = 200  # milliseconds in which what is asked for late is asked for

pytestmark = needs_chromium


class Shown(NamedTuple):
    """What a browser made of a page: its elements, what it said on its console, what it asked a server for, a value."""

    dom: str
    console: str
    asked: list[str]
    value: Any


@contextmanager
def server() -> Iterator[tuple[str, list[str]]]:
    """An address that notes what it is asked for."""
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/", asked
    finally:
        listening.shutdown()
        listening.server_close()


def shown(chromium: Browser, tmp_path: Path, page: str, *, asking: str = "null") -> Shown:
    """What a browser makes of a page of which hostile texts load from `LOADS`, and what it answers when asked."""
    with server() as (address, asked):
        path = tmp_path / "page.html"
        path.write_text(page.replace(LOADS, address), "utf-8")
        said: list[str] = []
        with browser.shown(chromium, path, complaints=said) as opened:
            opened.wait_for_timeout(PATIENCE)
            return Shown(opened.content(), "\n".join(said), list(asked), opened.evaluate(asking))


def has_run(page: Shown) -> bool:
    return "data-ran" in page.dom[: page.dom.find("<head")]


def test_a_report_of_hostile_texts_runs_nothing_and_loads_nothing(chromium: Browser, tmp_path: Path) -> None:
    pages = hostile_pages(ALL)
    for kind in ("document", "index"):
        found = shown(chromium, tmp_path, pages[kind])
        assert not has_run(found)
        assert found.asked == []
        assert POLICY not in found.console  # its own style was applied, and there was nothing else to refuse
        assert 'class="unseen" title="U+202E RIGHT-TO-LEFT OVERRIDE">⟦RLO⟧</span>' in found.dom
        assert "{{7*7}}" in found.dom


def test_the_same_texts_run_and_load_in_a_page_that_does_nothing_against_it(chromium: Browser, tmp_path: Path) -> None:
    found = shown(
        chromium, tmp_path, f"<!doctype html><html><head><meta charset=utf-8></head><body>{RUNNING}</body></html>"
    )
    assert has_run(found)
    assert {"/image", "/script", "/style", "/frame", "/background"} <= set(found.asked)


def test_what_is_not_escaped_is_stopped_by_the_policy(chromium: Browser, tmp_path: Path) -> None:
    page = failure_page(Failure("a.txt", "x")).replace('ltr">x<', f'ltr">{RUNNING}<')
    assert RAN in page
    found = shown(chromium, tmp_path, page)
    assert not has_run(found)
    assert found.asked == []
    assert POLICY in found.console


def test_a_style_that_is_not_ours_is_refused(chromium: Browser, tmp_path: Path) -> None:
    found = shown(chromium, tmp_path, failure_page(Failure("a.txt", "x")).replace("<style>", "<style>p{color:red}"))
    assert POLICY in found.console


MEASURE: Final = """(() => {
const box = node => { const r = document.createRange(); r.selectNode(node); return r.getBoundingClientRect(); };
const p = document.querySelectorAll('p')[1], reason = p.querySelector('bdi');
return [box(p.firstChild).right <= box(reason).left + 1, box(reason).right <= box(p.lastChild).left + 1];
})()"""


@pytest.mark.parametrize("isolated", [True, False])
def test_a_text_from_right_to_left_stays_between_what_stands_around_it(
    chromium: Browser, tmp_path: Path, isolated: bool
) -> None:
    page = failure_page(Failure("a.txt", "\N{HEBREW LETTER ALEF}" * 9))
    page = re.sub("<meta http-equiv[^>]*>", "", page).replace("Not cleaned: ", "אבג ")
    if not isolated:
        page = page.replace("<style>", "<style>bdi { unicode-bidi: normal !important }")
    assert (shown(chromium, tmp_path, page, asking=MEASURE).value == [True, True]) == isolated
