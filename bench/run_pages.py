"""How large the table of a run is, and how long a browser takes to show its page and to search it.

Beside it, in the same browser: a page with nothing on it, which is the least that any page takes. Needs chromium.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from cleaner.listing import Listing
from cleaner.report import Row, Summary, index_page
from cleaner.sinks import Output

TIMES: Final = 5
DOCUMENTS: Final = (100, 10_000, 100_000)
KINDS: Final = ("advert", "links", "markdown", "markup", "navigation", "prompts", "share")
_PAINTED: Final = """() => new Promise(done => new PerformanceObserver(
  (list) => list.getEntriesByName("first-contentful-paint").forEach((entry) => done(entry.startTime))
).observe({ type: "paint", buffered: true }))"""
EMPTY: Final = "<!doctype html><html lang=en><meta charset=utf-8><title>x</title><p id=page>x</p></html>"


def row(number: int) -> Row:
    name = f"2026-11/crawl-{number % 97:05}.jsonl.gz:{number}"
    kinds = KINDS[number % 3 : number % 3 + 4]
    doubt = ("61 % removed; 12 flagged",) if number % 20 == 0 else ()
    return Row(
        name,
        "",
        "cleaned",
        "hans",
        0.137,
        0.0,
        2000 + number % 900,
        1500,
        500,
        12,
        12,
        7,
        False,
        kinds,
        73 * len(doubt),
        doubt,
    )


def written(folder: Path, documents: int) -> tuple[int, float]:
    """The bytes of page and table, and the seconds it took to write them."""
    begun = time.perf_counter()
    with Listing(folder) as listing:
        for number in range(1, documents + 1):
            listing.add(row(number))
        listed = listing.write(Output(folder))
    summary = Summary(settings={}, listed=listed).facts()
    summary["accounts"]["in"] = summary["accounts"]["written"] = documents
    (folder / "index.html").write_text(index_page(summary), "utf-8")
    took = time.perf_counter() - begun
    (folder / "table" / "speed.js").write_text("", "utf-8")
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()), took


def painted(page: Page, address: str) -> float:
    """Seconds until a browser has painted a page first."""
    page.goto(address)
    return float(page.evaluate(_PAINTED)) / 1000


def searched(page: Page, words: str, found: str) -> float:
    """Seconds from the first letter to the answer."""
    begun = time.perf_counter()
    page.locator("#search").fill(words)
    page.get_by_role("status").filter(has_text=found).wait_for()
    return time.perf_counter() - begun


def measured(browser: Browser, address: str, documents: int) -> tuple[float, float, float]:
    """Seconds to the first paint, to the first search, which loads all parts, and to another one."""
    figures = []
    for _ in range(TIMES):
        page = browser.new_page()
        paint = painted(page, address)
        first = searched(page, f":{documents}", f"1 of {documents:,}")
        again = searched(page, ":7", " of ")
        again = searched(page, f":{documents - 1}", f"1 of {documents:,}")
        figures.append((paint, first, again))
        page.close()
    paints, firsts, agains = zip(*figures, strict=True)
    return median(paints), median(firsts), median(agains)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no chromium is installed; `apt-get install chromium` brings it")
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        empty = Path(name) / "empty.html"
        empty.write_text(EMPTY, "utf-8")
        page = browser.new_page()
        floor = median(painted(page, empty.as_uri()) for _ in range(TIMES))
        page.close()
        print(f"{'documents':>10} {'bytes each':>10} {'written in':>10} {'first paint':>16} {'search':>13} {'next':>9}")
        print(f"{'empty page':>10} {'':>10} {'':>10} {floor * 1000:>7.0f} ms {'1.0 x':>6}")
        for documents in DOCUMENTS:
            folder = Path(name) / str(documents)
            folder.mkdir()
            size, took = written(folder, documents)
            paint, first, again = measured(browser, (folder / "index.html").as_uri(), documents)
            ratio = f"{paint / floor:.1f} x"
            times = f"{paint * 1000:>7.0f} ms {ratio:>6} {first * 1000:>10.0f} ms {again * 1000:>6.0f} ms"
            print(f"{documents:>10,} {size / documents:>10.0f} {took:>8.2f} s {times}")
        browser.close()


if __name__ == "__main__":
    main()
