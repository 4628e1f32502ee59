"""The page of a run in a real browser: what the first screen answers, and the table of all documents.

Skipped where there is no chromium.
"""

from __future__ import annotations

import json
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from cleaner import listing
from cleaner.kinds import KINDS
from cleaner.listing import Listing
from cleaner.marks import marked
from cleaner.report import Failure, Listed, Row, Summary, index_page, table
from cleaner.run import clean_files
from cleaner.sinks import Output
from tests.browser import PHONE, barriers, chromium, has_no_sideways_scroll, needs_chromium, shown
from tests.hostile import FRAGMENTS, hostile_pages, hostile_rows
from tests.prose import prose
from tests.samples import ARTICLE, cleaner_with

DOCUMENTS: Final = 100_000
SHOWN: Final = 100
LAST: Final = f"crawl.jsonl:{DOCUMENTS}"
SEEDS: Final = Path(__file__).parents[1] / "seeds"

NOTHING: Final = {"edits": 0, "removed": 0, "replaced": 0, "flagged": 0}
SCREEN: Final = {"width": 1280, "height": 800}

__all__ = ["chromium"]
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with a bit of everything, and with figures of speed."""
    root = tmp_path_factory.mktemp("run")
    (root / "in").mkdir()
    for seed in range(3):
        (root / "in" / f"{seed}.txt").write_text(prose(seed), "utf-8")
    (root / "in" / "copy.txt").write_text(prose(1), "utf-8")
    (root / "in" / "lossy.txt").write_bytes(ARTICLE.encode() + b"\xff\xfe\xfd\n")
    (root / "in" / "failed.txt").write_bytes(b"\x00")
    (root / "in" / "#1?%41 甲.txt").write_text(prose(9), "utf-8")
    clean_files([SEEDS, root / "in"], root / "out", cleaner_with(), clock=iter(range(99)).__next__)
    return root / "out"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run over very many records, and its table."""
    folder = tmp_path_factory.mktemp("many")
    with Listing(folder) as waiting:
        for number in range(1, DOCUMENTS + 1):
            waiting.add(row(number))
        listed = waiting.write(Output(folder))
    summary = Summary(settings={}, listed=listed).facts()
    counts = {"files": 1, "edits": 1, "removed": 1, "replaced": 0, "flagged": 0}
    summary |= {
        "accounts": {"in": DOCUMENTS, "written": DOCUMENTS - 1, "dropped": 0, "failed": 1},
        "rules": {"links/list": counts, "spam/line": counts},
    }
    (folder / "index.html").write_text(index_page(summary), "utf-8")
    return folder


def row(number: int) -> Row:
    name = f"crawl.jsonl:{number}"
    if number == 77_777:
        return Row.failed(Failure(name, "is no JSON"), has_page=False)
    kinds = ("links", "spam") if number % 1000 == 0 else ("links",)
    doubt = {"suspicion": 90, "reasons": ("90 % removed",)} if number % 500 == 0 else {}
    return Row(name, "", "cleaned", "hans", 0.1, 0.0, number, number, 0, 0, int(number == 5), False, kinds, **doubt)  # type: ignore[arg-type]


def index(folder: Path) -> Path:
    return folder / "index.html"


def with_speed(folder: Path) -> Path:
    (folder / "table").mkdir(exist_ok=True)
    (folder / "table" / "speed.js").write_text("", "utf-8")
    return folder


def names(page: Page) -> list[str]:
    return page.locator("#documents-table tbody th").all_text_contents()


def told(page: Page, said: str) -> None:
    """Wait until the page says how many documents it shows, and check that a reader hears it."""
    page.get_by_role("status").filter(has_text=re.compile(f"^{said}")).wait_for()


# the first screen


def test_one_screen_answers_what_went_in_and_out_what_was_removed_and_what_needs_a_human(
    chromium: Browser, out: Path
) -> None:
    with shown(chromium, index(out), viewport=SCREEN) as page:
        for part in ("#balance", "#in", "#out", "#removed", "#removed svg", "#attention", "#attention li:last-child"):
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 800
            assert box["x"] + box["width"] <= 1280
        assert page.locator("#balance").inner_text() == "12 files in = 10 written + 1 dropped + 1 failed"
        drawn = page.locator("#removed svg").text_content()
        assert drawn is not None
        assert re.search(r"\d+\.\d % repeats", drawn)
        assert f"repeats: {KINDS['repeats']}" in page.locator("#removed .why").inner_text()
        assert "1 could not be cleaned" in page.locator("#attention").inner_text()
        assert "1 that lost bytes in decoding" in page.locator("#attention").inner_text()


def test_the_balance_of_characters_adds_up(chromium: Browser, out: Path) -> None:
    with shown(chromium, index(out)) as page:
        said = page.locator("#characters").inner_text()
        text, source, removed, replaced, put = (int(each.replace(",", "")) for each in re.findall(r"[\d,]+", said))
    assert text == source - removed - replaced + put
    assert put == sum(len(edit["new"]) for edit in edits(out) if edit["new"] != edit["old"]) > 0


def edits(out: Path) -> list[dict[str, Any]]:
    """All edits of the reports of a run."""
    reports = [json.loads(path.read_text("utf-8")) for path in (out / "reports").rglob("*.json")]
    return [edit for report in reports for layer in report.get("layers", ()) for edit in layer]


def test_what_was_replaced_is_told_and_by_which_kind(chromium: Browser, out: Path) -> None:
    with shown(chromium, index(out)) as page:
        told = re.search(r"(\d+\.\d) % were replaced, most of them by ([a-z-]+)", page.locator("#removed").inner_text())
        assert told is not None
        kinds = json.loads((out / "summary.json").read_text("utf-8"))["kinds"]
        assert kinds[told[2]]["replaced"] == max(counts["replaced"] for counts in kinds.values())


def test_every_kind_says_what_it_finds(chromium: Browser, out: Path) -> None:
    with shown(chromium, index(out)) as page:
        words = page.locator("#by-kind table").first.locator("tbody tr td:nth-child(2)").all_inner_texts()
        assert len(words) > 5
        assert all(words)


def test_figures_of_speed_stand_in_the_page_if_they_are_there(chromium: Browser, out: Path) -> None:
    with shown(chromium, index(out)) as page:
        page.get_by_text("12 documents in 3 s: 4 a second").wait_for()


def test_a_page_without_figures_of_speed_says_so(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(index_page(Summary(settings={}).facts()), "utf-8")
    with shown(chromium, index(with_speed(tmp_path))) as page:
        assert "No figures of speed" in page.locator("#speed").inner_text()


@pytest.mark.parametrize("given", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": PHONE}])
def test_a_page_can_be_used_by_everyone(chromium: Browser, out: Path, given: dict[str, Any]) -> None:
    with shown(chromium, index(out), **given) as page:
        page.locator("#search").fill("txt")
        told(page, "12 of 12")
        assert barriers(page) == []
        assert has_no_sideways_scroll(page)
        assert page.locator("#removed svg text").first.evaluate(
            "each => getComputedStyle(each).fill === getComputedStyle(document.body).color"
        )


def test_the_page_of_a_run_leads_to_all_its_pages(chromium: Browser, out: Path) -> None:
    with shown(chromium, index(out)) as page:
        page.locator("#search").fill("甲")
        told(page, "1 of 12")
        page.locator("#documents-table tbody a").click()
        page.wait_for_url(re.compile("甲|%E7%94%B2"))
        assert page.locator("h1").inner_text() == "#1?%41 甲.txt"


def test_without_script_the_most_suspicious_stand_in_the_page(chromium: Browser, many: Path) -> None:
    with shown(chromium, index(with_speed(many)), java_script_enabled=False) as page:
        assert page.locator("#documents-table tbody tr").count() == SHOWN
        assert "Where scripts run, this table has all of them" in page.locator("#documents").inner_text()
        assert not page.locator("#search").is_visible()


# the table


def test_parts_are_loaded_when_they_are_asked_for_and_rows_of_the_last_are_found(chromium: Browser, many: Path) -> None:
    with shown(chromium, index(with_speed(many))) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        told(page, "100 of 100,000 documents, the most suspicious first")
        assert names(page)[:2] == ["crawl.jsonl:77777", "crawl.jsonl:500"]
        assert asked == []
        page.locator("#search").fill(LAST)
        told(page, "1 of 100,000")
        assert names(page) == [LAST]
        assert len(asked) == DOCUMENTS // 5000
        page.locator("#search").fill("")
        told(page, "100,000 of 100,000")
        assert page.locator("#documents-table tbody tr").count() == SHOWN
        page.locator("#search").fill("NO JSON failed")
        told(page, "1 of 100,000")
        assert names(page) == ["crawl.jsonl:77777"]


def test_columns_are_sorted_by_keyboard_and_say_so(chromium: Browser, many: Path) -> None:
    with shown(chromium, index(with_speed(many))) as page:
        head = page.locator("#documents-table thead th").filter(has_text=re.compile("^in$"))
        head.get_by_role("button").focus()
        page.keyboard.press("Enter")
        told(page, "100,000 of 100,000 documents, by “in”, descending")
        assert names(page)[0] == LAST
        assert head.get_attribute("aria-sort") == "descending"
        assert page.locator("[aria-sort]").count() == 1
        page.keyboard.press("Enter")
        told(page, "100,000 of 100,000 documents, by “in”, ascending")
        assert names(page)[:2] == ["crawl.jsonl:77777", "crawl.jsonl:1"]
        assert head.get_attribute("aria-sort") == "ascending"
        page.get_by_role("button", name="Next").click()
        page.get_by_text("101 to 200").wait_for()
        assert names(page)[0] == "crawl.jsonl:100"
        assert page.locator("#documents-table tbody tr").count() == SHOWN


def test_documents_are_chosen_by_outcome_by_doubt_and_by_kind(chromium: Browser, many: Path) -> None:
    with shown(chromium, index(with_speed(many))) as page:
        page.get_by_label("Show").select_option("failed")
        told(page, "1 of 100,000")
        page.get_by_label("Show").select_option("suspicious")
        told(page, "201 of 100,000")
        page.get_by_label("Edits of kind").select_option("spam")
        told(page, "100 of 100,000")
        page.get_by_label("Edits of kind").select_option("")
        page.locator("#attention").get_by_text("with flagged or doubtful edits").click()
        told(page, "1 of 100,000")
        assert names(page) == ["crawl.jsonl:5"]


def test_documents_of_parts_with_kinds_of_their_own_are_chosen(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (listing, table):
        monkeypatch.setattr(module, "ROWS", 2)
    rows = [
        Row("a", "", "cleaned", flagged=3, kinds=("links",)),
        Row("b", "", "dropped", flagged=7, kinds=("spam",)),
        Row("c", "", "empty", source=5, kinds=("notes", "spam")),
        Row("d", "", "empty"),
        Row("e", "", "cleaned", noise=0.1234, is_lossy=True, kinds=("spam",)),
    ]
    with Listing(tmp_path) as waiting:
        for each in rows:
            waiting.add(each)
        listed = waiting.write(Output(tmp_path))
    summary = Summary(settings={}, listed=listed).facts()
    summary["accounts"]["in"] = len(rows)
    summary["rules"] = {f"{kind}/x": {"files": 1, **NOTHING} for kind in ("links", "notes", "spam")}
    (tmp_path / "index.html").write_text(index_page(summary), "utf-8")
    with shown(chromium, index(with_speed(tmp_path))) as page:
        for name, chosen in (("lossy", "e"), ("empty", "c"), ("flagged", "a"), ("dropped", "b"), ("", "abcde")):
            page.get_by_label("Show").select_option(name)
            told(page, f"{len(chosen)} of 5")
            assert names(page) == [*chosen], name
        assert "0.123" in page.locator("#documents-table").inner_text()
        sorts = (
            ("document", "ascending", "abcde"),
            ("document", "descending", "edcba"),
            ("spam", "descending", "abcde"),
        )
        for head, way, order in sorts:
            page.locator("#documents-table thead").get_by_role("button", name=head).click()
            told(page, f"5 of 5 documents, by “{head}”, {way}")
            assert names(page) == [*order], "those that are alike stand as they came in"
        for kind, chosen in (("links", "a"), ("notes", "c"), ("spam", "bce")):
            page.get_by_label("Edits of kind").select_option(kind)
            told(page, f"{len(chosen)} of 5")
            assert names(page) == [*chosen], kind


def test_a_part_that_is_gone_is_told(chromium: Browser, tmp_path: Path) -> None:
    with Listing(tmp_path) as waiting:
        waiting.add(row(1))
        listed = waiting.write(Output(tmp_path))
    summary = Summary(settings={}, listed=listed).facts()
    summary["accounts"]["in"] = 5001
    (tmp_path / "index.html").write_text(index_page(summary), "utf-8")
    with shown(chromium, index(with_speed(tmp_path)), complaints=[]) as page:
        page.locator("#search").fill("crawl")
        page.get_by_role("status").filter(has_text="table/part-00002.js could not be loaded").wait_for()
        assert names(page) == ["crawl.jsonl:1"]


def test_a_page_works_from_a_server_too(chromium: Browser, many: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(with_speed(many))))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with shown(chromium, f"http://127.0.0.1:{server.server_port}/index.html") as page:
            page.locator("#search").fill(LAST)
            told(page, "1 of 100,000")
    finally:
        server.shutdown()
        server.server_close()


def test_text_of_others_is_text_in_every_row(chromium: Browser, tmp_path: Path) -> None:
    text = "".join(FRAGMENTS)
    rows = hostile_rows(text)
    with Listing(tmp_path) as waiting:
        for each in rows:
            waiting.add(each)
        waiting.write(Output(tmp_path))
    (tmp_path / "index.html").write_text(hostile_pages(text)["index"], "utf-8")
    with shown(chromium, index(with_speed(tmp_path))) as page:
        page.locator("#search").fill("script")
        told(page, "3 of")
        assert names(page) == [marked(text), marked(text), marked(f"{text}.jsonl:1")]
        tags = page.locator("#documents-table tbody *").evaluate_all("all => all.map(each => each.tagName)")
        assert set(tags) == {"TR", "TH", "TD", "A", "BDI"}
        assert page.evaluate("document.documentElement.dataset.ran") is None
        links = page.locator("#documents-table a").evaluate_all("all => all.map(each => each.href)")
        assert all(link.startswith((tmp_path / "reports").as_uri()) for link in links)


def test_what_no_script_of_ours_loads_is_refused(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "evil.js").write_text("document.documentElement.dataset.ran = 'yes'", "utf-8")
    page_ = index_page(Summary(settings={}).facts()).replace("<main>", "<script src=evil.js></script><main>")
    (tmp_path / "index.html").write_text(page_, "utf-8")
    said: list[str] = []
    with shown(chromium, index(with_speed(tmp_path)), complaints=said) as page:
        assert page.evaluate("document.documentElement.dataset.ran") is None
    assert any("violates the following Content Security Policy" in each for each in said)


def test_listed_rows_are_a_part_of_all(many: Path) -> None:
    assert Listed.of(row(number) for number in range(1, 3)).first == (row(1), row(2))
    assert len(list((many / "table").glob("part-*.js"))) == DOCUMENTS // 5000
