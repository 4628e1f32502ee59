"""That a real browser runs nothing and loads nothing when it shows a report, and where it puts text of others.

Skipped where there is no chromium.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from selectolax.lexbor import LexborHTMLParser

from cleaner.report import Failure, failure_page
from tests.hostile import FRAGMENTS, LOADS, RAN, hostile_pages

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SECONDS: Final = 120
ALL: Final = "\n".join(FRAGMENTS)
# Those that do something, and take nothing of what stands behind them for a comment, a style or a title.
RUNNING: Final = "\n".join(
    each for each in FRAGMENTS if re.match("<(?:script|img|iframe|link|style|p |body|object|video)", each)
)
POLICY: Final = "violates the following Content Security Policy"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed; `apt-get install chromium` brings it"),
    pytest.mark.slow,
]


class Shown(NamedTuple):
    """What a browser made of a page: its elements, what it said on its console, and what it asked a server for."""

    dom: str
    console: str
    asked: list[str]


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


def shown(tmp_path: Path, page: str) -> Shown:
    """What a browser makes of a page of which hostile texts load from `LOADS`."""
    with server() as (address, asked):
        path = tmp_path / "page.html"
        path.write_text(page.replace(LOADS, address), "utf-8")
        done = subprocess.run(
            [
                str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr",
                "--virtual-time-budget=2000",
                "--dump-dom", path.as_uri(),
            ],
            capture_output=True, check=True, timeout=SECONDS,
        )  # fmt: skip
    console = "\n".join(line for line in done.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in line)
    return Shown(done.stdout.decode("utf-8"), console, asked)


def has_run(page: Shown) -> bool:
    return "data-ran" in page.dom[: page.dom.find("<head")]


def test_a_report_of_hostile_texts_runs_nothing_and_loads_nothing(tmp_path: Path) -> None:
    pages = hostile_pages(ALL)
    for kind in ("document", "index"):
        found = shown(tmp_path, pages[kind])
        assert not has_run(found)
        assert found.asked == []
        assert POLICY not in found.console  # its own style was applied, and there was nothing else to refuse
        assert 'class="unseen" title="U+202E RIGHT-TO-LEFT OVERRIDE">⟦RLO⟧</span>' in found.dom
        assert "{{7*7}}" in found.dom


def test_the_same_texts_run_and_load_in_a_page_that_does_nothing_against_it(tmp_path: Path) -> None:
    found = shown(tmp_path, f"<!doctype html><html><head><meta charset=utf-8></head><body>{RUNNING}</body></html>")
    assert has_run(found)
    assert {"/image", "/script", "/style", "/frame", "/background"} <= set(found.asked)


def test_what_is_not_escaped_is_stopped_by_the_policy(tmp_path: Path) -> None:
    page = failure_page(Failure("a.txt", "x")).replace('ltr">x<', f'ltr">{RUNNING}<')
    assert RAN in page
    found = shown(tmp_path, page)
    assert not has_run(found)
    assert found.asked == []
    assert POLICY in found.console


def test_a_style_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    found = shown(tmp_path, failure_page(Failure("a.txt", "x")).replace("<style>", "<style>p{color:red}"))
    assert POLICY in found.console


MEASURE: Final = """<script>
const box = node => { const r = document.createRange(); r.selectNode(node); return r.getBoundingClientRect(); };
const p = document.querySelectorAll('p')[1], reason = p.querySelector('bdi');
document.title = [box(p.firstChild).right <= box(reason).left + 1, box(reason).right <= box(p.lastChild).left + 1];
</script>"""


@pytest.mark.parametrize("isolated", [True, False])
def test_a_text_from_right_to_left_stays_between_what_stands_around_it(tmp_path: Path, isolated: bool) -> None:
    page = failure_page(Failure("a.txt", "\N{HEBREW LETTER ALEF}" * 9))
    page = re.sub("<meta http-equiv[^>]*>", "", page).replace("Not cleaned: ", "אבג ").replace("</body>", MEASURE)
    if not isolated:
        page = page.replace("<style>", "<style>bdi { unicode-bidi: normal !important }")
    title = LexborHTMLParser(shown(tmp_path, page).dom).css_first("title")
    assert title is not None
    assert (title.text() == "true,true") == isolated
