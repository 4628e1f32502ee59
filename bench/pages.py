"""What the page on a document costs: made, as a file, and in a browser, beside the same page without its script.

Documents of 500 and 5,000 edits, on lines of their own and all on one line. Loading counts until the first frame is
drawn; a step and a switch of a kind, until the next one is. Needs chromium.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from cleaner.document import Document, Edit
from cleaner.quality import figures
from cleaner.report import document_page, facts, to_json
from tests.browser import CHROMIUM, DESK

_LINE: Final = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"
_KINDS: Final = 9
_ROUNDS: Final = 3
_FRAME: Final = "await new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
_STEP: Final = "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true}))"
_SWITCH: Final = "document.querySelector('#legend button').click()"
_BESIDE: Final = "document.dispatchEvent(new KeyboardEvent('keydown', {key: 's', bubbles: true}))"


def document_of(edits: int, *, end: str) -> Document:
    """A document with so many edits of a character each: removed, flagged and replaced in turn."""
    source = (_LINE + end) * edits
    size = len(_LINE) + len(end)
    proposals = []
    for number in range(edits):
        start = number * size + number % 7
        old = source[start]
        new = ("", old, "子")[number % 3]
        proposals.append(Edit(start, old, new, f"kind{number % _KINDS}/rule", "a reason that says why this was done"))
    return Document.of(source, name="a.txt").revised(proposals)


def browsed(browser: Browser, page: str, folder: Path, acts: tuple[str, ...]) -> list[float]:
    """Seconds until a page is drawn, and until each act is; the median of some rounds."""
    path = folder / "page.html"
    path.write_text(page, "utf-8")
    rounds = []
    for _ in range(_ROUNDS):
        opened = browser.new_page(viewport={"width": DESK["width"], "height": DESK["height"]})
        start = perf_counter()
        opened.goto(path.as_uri())
        opened.evaluate(f"(async () => {{ {_FRAME} }})()")
        rounds.append([perf_counter() - start, *(_timed(opened, act) for act in acts)])
        opened.close()
    return [median(each) for each in zip(*rounds, strict=True)]


def _timed(page: Page, act: str) -> float:
    start = perf_counter()
    page.evaluate(f"(async () => {{ {act}; {_FRAME} }})()")
    return perf_counter() - start


def main() -> None:
    if CHROMIUM is None:
        sys.exit("no chromium is installed; `apt-get install chromium` brings it")
    print("edits  lines  made / JSON  bytes an edit  load / plain   load   step  switch  side by side (seconds)")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for edits in (500, 5_000):
            for end in ("\n", ""):
                _tell(browser, Path(folder), document_of(edits, end=end), "many" if end else "one")
        browser.close()


def _tell(browser: Browser, folder: Path, document: Document, lines: str) -> None:
    quality = figures(document)
    start = process_time()
    page = document_page(document, told=facts(document, quality=quality))
    made = process_time()
    to_json(facts(document, quality=quality))
    ratio = (made - start) / (process_time() - made)
    plain = re.sub("<script>.*?</script>", "", page, flags=re.DOTALL)
    (without,) = browsed(browser, plain, folder, ())
    load, step, switch, beside = browsed(browser, page, folder, (_STEP, _SWITCH, _BESIDE))
    edits = len(document.edits)
    size = (len(page.encode()) - len(document.source.encode())) / edits
    print(
        f"{edits:5}  {lines:>5}  {ratio:11.1f}  {size:13.0f}  {load / without:12.2f}  {load:5.2f}  {step:5.2f}"
        f"  {switch:6.2f}  {beside:12.2f}"
    )


if __name__ == "__main__":
    main()
