"""A review in a real browser: verdicts by mouse and keys, what a screen reader hears, and texts that stay texts.

Skipped where there is no chromium.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from cleaner import verdicts
from cleaner.pipeline import Cleaner
from cleaner.report import document_page
from cleaner.run import clean_files
from tests.browser import PHONE, barriers, chromium, has_no_sideways_scroll, needs_chromium, shown
from tests.hostile import FRAGMENTS, hostile_document
from tests.samples import ARTICLE, story
from tests.served import Served, served

__all__ = ["chromium"]
pytestmark = needs_chromium
SHARE: Final = "分享让更多人看到\n"
PAGE: Final = "reports/a.html"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, cleaner: Cleaner) -> Path:
    folder = tmp_path_factory.mktemp("review")
    (folder / "a.txt").write_text(f"{ARTICLE}&nbsp;<b>灯</b>\n{SHARE}", "utf-8")
    (folder / "b.jsonl").write_text(json.dumps({"id": "x", "text": f"{story(1)}\n{SHARE}"}) + "\n", "utf-8")
    clean_files([folder / "a.txt", folder / "b.jsonl"], folder / "out", cleaner, clock=monotonic)
    return folder / "out"


@pytest.fixture(scope="module")
def server(out: Path) -> Iterator[Served]:
    with served(out) as found:
        yield found


@pytest.fixture
def fresh(server: Served, out: Path) -> Served:
    """A server of a run that nobody judged yet."""
    (out / "verdicts.jsonl").unlink(missing_ok=True)
    return server


def saved(out: Path) -> list[Any]:
    path = out / "verdicts.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line] if path.exists() else []


def pressed(page: Page, verdict: str) -> str | None:
    return page.locator(f"#review [data-verdict={verdict}]").get_attribute("aria-pressed")


def test_verdicts_are_given_by_mouse_and_shown_after_a_reload(chromium: Browser, fresh: Served, out: Path) -> None:
    with shown(chromium, f"{fresh.door.address}{PAGE}") as page:
        edits = len(fresh.get(PAGE).marks)
        page.get_by_role("button", name="edit 2 is wrong").click()
        expect(page.locator("#review-told")).to_have_text(f"Edit 2 is saved as wrong; {edits - 1} to judge here.")
        (line,) = saved(out)
        assert (line["name"], line["verdict"]) == ("a.txt", "wrong")
        page.reload()
        assert page.get_by_role("button", name="edit 2 is wrong").get_attribute("aria-pressed") == "true"
        assert page.locator("#e2").get_attribute("data-said") == "wrong"
        expect(page.locator("#review-count")).to_have_text(f"1 of {edits} edits judged here, 1 in the run")
        page.get_by_role("button", name="edit 2 is right").click()
        expect(page.get_by_role("button", name="edit 2 is right")).to_have_attribute("aria-pressed", "true")
        assert [line["verdict"] for line in saved(out)] == ["right"]
        page.get_by_role("button", name="edit 2 is right").click()  # which confirms it
        page.locator("#review-undo").click()
        expect(page.locator("#review-told")).to_contain_text("is no longer judged")
        assert saved(out) == []


def test_verdicts_are_given_by_keys_with_a_note_and_taken_back(chromium: Browser, fresh: Served, out: Path) -> None:
    with shown(chromium, f"{fresh.door.address}{PAGE}") as page:
        page.keyboard.press("r")
        expect(page.locator("#review-told")).to_contain_text("Choose an edit first")
        page.keyboard.press("n")
        assert pressed(page, "wrong") == "false"
        page.locator("#review-note").fill("应当保留 r w u")
        page.locator("#review-note").blur()
        page.keyboard.press("w")
        page.keyboard.press("Enter")
        expect(page.locator("#now")).to_contain_text("2 of")  # it goes on to the next one
        expect(page.locator("#review-told")).to_contain_text("Edit 1 is saved as wrong")
        (line,) = saved(out)
        assert (line["verdict"], line["note"]) == ("wrong", "应当保留 r w u")
        page.keyboard.press("p")
        assert pressed(page, "wrong") == "true"
        assert page.locator("#review-note").input_value() == "应当保留 r w u"
        page.keyboard.press("n")
        page.keyboard.press("u")  # of this one nothing was said, so that it is the last one
        expect(page.locator("#review-told")).to_contain_text("Edit 1 is no longer judged")
        assert saved(out) == []


def test_a_note_that_is_typed_after_a_verdict_goes_with_it(chromium: Browser, fresh: Served, out: Path) -> None:
    with shown(chromium, f"{fresh.door.address}{PAGE}") as page:
        page.set_viewport_size({"width": 800, "height": 400})
        page.keyboard.press("n")
        before = page.evaluate("scrollY")
        page.keyboard.press("w")
        page.keyboard.type("wrong: r, w and u are letters here")
        assert page.evaluate("scrollY") == before  # the edit is still in sight
        expect(page.locator("#now")).to_contain_text("1 of")
        page.keyboard.press("Enter")
        expect(page.locator("#now")).to_contain_text("2 of")
        assert page.locator("#review-note").input_value() == ""
        page.keyboard.press("r")  # is a key again
        expect(page.locator("#now")).to_contain_text("3 of")
        expect(page.locator("#review-told")).to_contain_text("Edit 2 is saved as right")
        assert {(line["verdict"], line["note"]) for line in saved(out)} == {
            ("wrong", "wrong: r, w and u are letters here"), ("right", ""),
        }  # fmt: skip
        for key in ("p", "p", "w", "Enter"):  # said again, it is confirmed with its note
            page.keyboard.press(key)
        page.keyboard.press("p")
        page.locator("#review [data-verdict=wrong]").click()
        page.keyboard.press("Enter")
        expect(page.locator("#now")).to_contain_text("3 of")
        page.keyboard.press("r")
        expect(page.locator("#review-told")).to_contain_text("Edit 3 is saved")
        assert sum("letters here" in line["note"] for line in saved(out)) == 1


def test_a_note_without_a_verdict_says_so(chromium: Browser, fresh: Served, out: Path) -> None:
    with shown(chromium, f"{fresh.door.address}{PAGE}") as page:
        page.keyboard.press("n")
        page.locator("#review-note").fill("為甚麼")
        page.keyboard.press("Enter")
        expect(page.locator("#now")).to_contain_text("1 of")
        expect(page.locator("#review-told")).to_contain_text("The note on edit 1 is not saved yet: say right or wrong")
        expect(page.locator("#review-count")).to_contain_text("notes that wait for a verdict, on edit 1")
        page.keyboard.press("Escape")
        page.keyboard.press("r")
        expect(page.locator("#review-count")).not_to_contain_text("wait")
        expect(page.locator("#review-told")).to_contain_text("Edit 1 is saved")
        assert [line["note"] for line in saved(out)] == ["為甚麼"]


def test_the_doubtful_come_first_and_a_rule_is_judged_at_once(
    chromium: Browser, fresh: Served, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = fresh.review.told(PAGE)
    assert told
    sheet = fresh.review.sheet(told)
    edits = len(sheet.marks)
    of_rule = [edit.rule for edit in sheet.document.edits].count(sheet.document.edits[0].rule)
    monkeypatch.setattr(fresh.review, "sheet", lambda _: replace(sheet, places=[*reversed(range(edits - 1)), None]))
    with shown(chromium, f"{fresh.door.address}{PAGE}") as page:
        seen = []
        for _ in range(edits):
            page.keyboard.press("e")  # which passes over the one before
            seen.append(page.locator("#now .edit > a").inner_text())
        order = page.locator("#text [data-layer]").evaluate_all(
            """(all) => Object.fromEntries(all.map(
                (each) => [`${each.dataset.layer}-${each.dataset.index}`, each.id.slice(1)]
            ))"""
        )
        numbers = [
            order[f"{depth}-{at}"] for depth, layer in enumerate(sheet.document.layers) for at in range(len(layer))
        ]
        assert seen == [*reversed(numbers[:-1]), numbers[-2]]
        page.locator("#review-order").click()
        page.reload()
        assert page.locator("#review-order").get_attribute("aria-pressed") == "false"
        page.locator(f"#r{numbers[0]} > a").click()
        page.keyboard.press("a")
        expect(page.locator("#review-told")).to_contain_text(" saved as right")
        assert len(saved(out)) == of_rule
        page.keyboard.press("u")
        expect(page.locator("#review-told")).to_contain_text("no longer judged")
        assert saved(out) == []


def test_the_last_word_is_saved_however_slow_the_first(chromium: Browser, fresh: Served, out: Path) -> None:
    held: list[Route] = []
    with shown(chromium, f"{fresh.door.address}{PAGE}") as page:

        def hold(route: Route) -> None:
            if route.request.method == "POST" and not held:
                held.append(route)
            else:
                route.continue_()

        page.route("**/reports/a.html", hold)
        page.get_by_role("button", name="edit 1 is right").click()
        page.get_by_role("button", name="edit 1 is wrong").click()
        page.wait_for_timeout(200)
        assert saved(out) == []
        held[0].continue_()
        expect(page.get_by_role("button", name="edit 1 is wrong")).to_have_attribute("aria-pressed", "true")
        assert [line["verdict"] for line in saved(out)] == ["wrong"]


def test_a_note_that_is_not_saved_is_kept_while_one_looks_around_and_leaving_asks(
    chromium: Browser, fresh: Served
) -> None:
    with shown(chromium, f"{fresh.door.address}{PAGE}") as page:
        page.keyboard.press("n")
        page.locator("#review-note").fill("還沒說完")
        page.locator("#review-note").blur()
        page.keyboard.press("n")
        assert page.locator("#review-note").input_value() == ""
        page.keyboard.press("p")
        assert page.locator("#review-note").input_value() == "還沒說完"
        with page.expect_event("dialog") as asked:
            page.close(run_before_unload=True)
        assert asked.value.type == "beforeunload"
        asked.value.accept()


def test_all_edits_are_judged_by_one_key_and_the_next_document_follows(
    chromium: Browser, fresh: Served, out: Path
) -> None:
    with shown(chromium, fresh.door.address) as page:
        page.get_by_role("link", name="Begin with the next document").click()
        page.wait_for_url("**/reports/a.html")
        page.keyboard.press("n")
        for _ in fresh.get(PAGE).marks:
            page.keyboard.press("r")  # each is for the edit that is shown then, however slow the server
        page.keyboard.press("d")
        page.wait_for_url("**/containers/0/0.html")
        assert len(saved(out)) == len(fresh.get(PAGE).marks)
        page.keyboard.press("n")
        page.keyboard.press("w")
        expect(page.locator("#review-told")).to_contain_text("is saved as wrong")
        assert saved(out)[-1]["name"] == "b.jsonl/x"


def test_the_page_of_the_run_works_and_leads_to_pages_that_can_be_judged(chromium: Browser, fresh: Served) -> None:
    with shown(chromium, f"{fresh.door.address}index.html") as page:
        page.locator("#search").fill("a.txt")
        page.locator("#documents-table").get_by_role("link", name="a.txt").click()
        page.wait_for_url("**/reports/a.html")
        expect(page.get_by_role("button", name="edit 1 is right")).to_be_visible()


def test_what_cannot_be_saved_is_told_and_stays_to_be_judged(
    chromium: Browser, fresh: Served, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    complaints: list[str] = []
    with shown(chromium, f"{fresh.door.address}{PAGE}", complaints=complaints) as page:
        with monkeypatch.context() as patch:
            patch.setattr(verdicts, "write", full)
            page.keyboard.press("n")
            page.locator("#review-note").fill("重要")
            page.locator("#review [data-verdict=wrong]").click()
            expect(page.get_by_role("alert")).to_contain_text("not saved: No space left on device")
        assert (pressed(page, "wrong"), page.locator("#review-note").input_value()) == ("false", "重要")
        page.locator("#review [data-verdict=wrong]").click()
        expect(page.get_by_role("alert")).to_have_text("")
        expect(page.locator("#review [data-verdict=wrong]")).to_have_attribute("aria-pressed", "true")
    assert [line["note"] for line in saved(out)] == ["重要"]
    assert len(complaints) == 1  # the browser's own, of an answer that is an error


def test_two_tabs_show_the_same(chromium: Browser, fresh: Served) -> None:
    address = f"{fresh.door.address}{PAGE}"
    with shown(chromium, address) as one, shown(chromium, address) as other:
        one.get_by_role("button", name="edit 1 is wrong").click()
        expect(one.locator("#review-told")).to_contain_text("saved")
        other.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(other.get_by_role("button", name="edit 1 is wrong")).to_have_attribute("aria-pressed", "true")
        other.get_by_role("button", name="edit 2 is right").click()
        expect(other.locator("#review-count")).to_contain_text("2 of")


def test_people_who_see_or_use_it_otherwise_are_not_kept_out(chromium: Browser, fresh: Served) -> None:
    for viewport, scheme in ((None, "light"), (PHONE, "dark")):
        options: dict[str, Any] = {"color_scheme": scheme, **({"viewport": viewport} if viewport else {})}
        for path in ("", PAGE, "containers/0/", "none"):
            complaints: list[str] = []
            with shown(chromium, f"{fresh.door.address}{path}", complaints=complaints, **options) as page:
                if path == PAGE:
                    page.keyboard.press("n")
                    page.keyboard.press("w")
                    expect(page.locator("#review-told")).to_contain_text("saved")
                assert barriers(page) == []
                assert has_no_sideways_scroll(page)
            assert len(complaints) == (path == "none")


def test_a_hostile_text_runs_nothing_and_loads_nothing(
    chromium: Browser, fresh: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = replace(hostile_document("\n".join(FRAGMENTS)), name="a.txt")
    told = fresh.review.told(PAGE)
    assert told
    sheet = replace(fresh.review.sheet(told), document=document)
    note = "\n".join(FRAGMENTS)
    said = verdicts.Verdict("a.txt", note, (0, 1), note, note, note, is_right=False, note=note)
    sheet = replace(sheet, marks=list("1234"), places=[None] * 4, said={"1": said}, lost={"5": said})
    monkeypatch.setattr(fresh.review, "sheet", lambda _: sheet)
    asked: list[str] = []
    with shown(chromium, "about:blank") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{fresh.door.address}{PAGE}")
        page.keyboard.press("n")
        assert page.evaluate("document.documentElement.dataset.ran") is None
        assert page.locator("#review-note").input_value().startswith("<script>")
        assert page.locator("#text img, #text script, #text iframe, #text form, .review-lost img").count() == 0
    assert asked == [f"{fresh.door.address}{PAGE}"]


def test_what_is_not_escaped_is_stopped_by_the_policy(
    chromium: Browser, fresh: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = "<script>document.documentElement.dataset.ran = 1</script><img src=x onerror='dataset.ran = 1'>"
    monkeypatch.setattr(
        "cleaner.reviewing.pages.document_page",
        lambda *given, **options: document_page(*given, **options).replace("<main>", f"<main>{spoilt}"),
    )
    complaints: list[str] = []
    with shown(chromium, f"{fresh.door.address}{PAGE}", complaints=complaints) as page:
        assert page.evaluate("document.documentElement.dataset.ran") is None
    assert any("Content Security Policy" in each for each in complaints)


def test_another_site_can_neither_show_nor_use_a_review(chromium: Browser, fresh: Served, out: Path) -> None:
    address, mark = f"{fresh.door.address}{PAGE}", fresh.get(PAGE).marks[0]
    told = json.dumps({"edit": mark, "verdict": "wrong"})
    with shown(chromium, "about:blank", complaints=[]) as page:
        page.route("http://evil.example/*", lambda route: route.fulfill(body="<p>x</p>", content_type="text/html"))
        page.goto("http://evil.example/")
        for kind in ("text/plain", "application/json"):
            answer = page.evaluate(
                """([address, body, kind]) => fetch(address, {method: "POST", body, headers: {"content-type": kind}})
                .then(() => "read", () => "refused")""",
                [address, told, kind],
            )
            assert answer == "refused"
        page.evaluate(
            """(address) => { const frame = document.createElement("iframe"); frame.src = address;
            document.body.append(frame); return new Promise((done) => frame.onload = done); }""",
            address,
        )
        assert all("Source with every edit" not in frame.content() for frame in page.frames[1:])
    assert saved(out) == []


def test_heads_of_the_records_are_not_cut_where_room_is_scarce(chromium: Browser, fresh: Served) -> None:
    with shown(chromium, f"{fresh.door.address}containers/0/", viewport={"width": 240, "height": 640}) as page:
        page.locator("td a").first.evaluate("link => link.textContent = 'x'.repeat(300)")
        lines = page.locator("th").evaluate_all(
            """(heads) => heads.map((head) => {
                const range = document.createRange();
                range.selectNodeContents(head);
                return range.getClientRects().length;
            })"""
        )
        assert lines == [1] * 5
        assert has_no_sideways_scroll(page)
