"""The page on one document in a browser: kinds that switch, steps, both texts side by side; on any screen, for anyone.

Skipped where there is no chromium.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from cleaner.document import Document, Edit, Matched
from cleaner.report import document_page
from tests.browser import DESK, PHONE, barriers, chromium, has_no_sideways_scroll, needs_chromium, shown
from tests.hostile import FRAGMENTS, hostile_document

__all__ = ["chromium"]
pytestmark = needs_chromium

SOURCE: Final = "山里的雨下了三天。\n分享到微信\n河水涨了﹔桥还在。\n山里的雨下了三天。\n打印\n"
WIDE: Final = "地址https://" + "a" * 400 + "。\n"


def of_all_sorts(*, kinds: int = 0) -> Document:
    """Something removed with an earlier edit in it, replaced, flagged, doubtful, put in, and put in and taken again.

    And behind that an edit of each of so many kinds.
    """
    document = Document.of(SOURCE + WIDE + "天地玄黄\n" * kinds, name="news/a.txt")
    start = len(SOURCE + WIDE)
    document = document.revised(Edit(start + 5 * at, "天地", "", f"more{at}/rule", "more") for at in range(kinds))
    document = document.revised(
        [
            Edit(10, "分享到", "分享至", "characters/form", "another form", 0.5),
            Edit(20, "﹔", "；", "characters/form", "a compatibility form"),
            Edit(26, "山里的雨下了三天。\n", "", "repeats/paragraph", "said again", matched=Matched("", 0, 9)),
            Edit(26 + 10, "打印", "打印", "controls/print", "a print button", 0.5),
        ]
    )
    document = document.revised(
        [Edit(10, "分享至微信\n", "", "share/line", "a share button", matched=Matched("b.txt"))]
    )
    at = document.text.index("桥")
    document = document.revised([Edit(at, "", "那座", "holes/word", "a word was lost", 0.5)])
    return document.revised([Edit(at, "那", "", "trims/again", "one letter of it is no loss")])


@pytest.fixture(scope="module")
def document() -> Document:
    return of_all_sorts()


@pytest.fixture(scope="module")
def path(document: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "reports" / "news" / "a.html"
    path.parent.mkdir(parents=True)
    path.write_text(document_page(document), "utf-8")
    path.with_name("many.html").write_text(document_page(of_all_sorts(kinds=40)), "utf-8")
    (path.parents[2] / "index.html").write_text("<title>index</title>", "utf-8")
    return path


@pytest.fixture
def page(chromium: Browser, path: Path) -> Iterator[Page]:
    with shown(chromium, path) as page:
        yield page


READ: Final = """([side, hidden]) => {
    const told = [];
    const walk = node => {
        if (node.nodeType === 3) { told.push(node.data); return; }
        if (node.matches('.heads, a') || getComputedStyle(node).display === 'none') return;
        node.childNodes.forEach(walk);
    };
    document.querySelectorAll(side).forEach(walk);
    return told.join('');
}"""


def read(page: Page, rows: str = "#text") -> str:
    """The text that is seen, but for the numbers of edits."""
    return str(page.evaluate(READ, [rows, ""]))


def toggle(page: Page, kind: str) -> None:
    page.get_by_role("button", name=kind).click()


def position(page: Page) -> str:
    return page.inner_text("#now .place")


# kinds


def test_a_kind_that_is_switched_off_is_shown_as_if_it_had_done_nothing(page: Page) -> None:
    button = page.get_by_role("button", name="characters")
    assert button.get_attribute("aria-pressed") == "true"
    before = read(page)
    assert "涨了﹔；桥" in read(page).replace("那座", "")
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert "涨了﹔桥" in read(page).replace("那座", "")
    assert page.locator("#text del", has_text="﹔").evaluate("e => getComputedStyle(e).textDecorationLine") == "none"
    button.focus()
    page.keyboard.press("Enter")
    assert (read(page), button.get_attribute("aria-pressed")) == (before, "true")


def test_without_all_kinds_the_source_is_left(page: Page, document: Document) -> None:
    toggle(page, "All off")
    assert read(page) == document.source
    assert page.locator("#text a:visible").count() == 0
    assert position(page) == f"0 of {len(document.edits)} edits are shown"
    toggle(page, "All on")
    assert page.locator("#text a:visible").count() == len(document.edits)


# steps


def test_keys_step_through_the_edits_and_around(page: Page, document: Document) -> None:
    every = len(document.edits)
    assert position(page) == f"{every} of {every} edits are shown"
    for number, key in ((1, "n"), (2, "j"), (1, "p"), (every, "k"), (1, "n")):
        page.keyboard.press(key)
        assert position(page) == f"{number} of {every}"
        assert page.evaluate("document.activeElement.hash") == f"#r{number}"
        assert page.locator("#text .now").first.is_visible()
    page.get_by_role("button", name="next (n)").click()
    assert position(page) == f"2 of {every}"
    page.get_by_role("button", name="previous (p)").click()
    assert position(page) == f"1 of {every}"


def test_what_an_edit_did_and_why_is_told_where_it_is_stepped_to(page: Page) -> None:
    assert page.locator("#now").get_attribute("role") == "status"
    page.keyboard.press("n")
    said = page.inner_text("#now")
    assert "share/line, line 2, removed: 分享至微信" in said
    assert "a share button, like b.txt" in said  # it is sure
    page.keyboard.press("n")
    assert "characters/form, line 2, replaced, perhaps: 分享到 分享至 another form (confidence 0.5)" in page.inner_text(
        "#now"
    )


def test_steps_pass_over_kinds_that_are_switched_off(page: Page) -> None:
    toggle(page, "share")
    toggle(page, "characters")
    numbers = []
    for _ in range(5):
        page.keyboard.press("n")
        numbers.append(page.inner_text("#now .kind"))
    assert not [rule for rule in numbers if rule.startswith(("share", "characters"))]
    assert len(set(numbers)) == 4
    assert numbers[0] == numbers[4]
    toggle(page, numbers[4].partition("/")[0])  # the one that is looked at: on from there
    page.keyboard.press("n")
    assert position(page).startswith("1 of ")


def test_what_was_put_in_by_a_kind_that_is_off_is_left_out_with_all_in_it(page: Page) -> None:
    assert "那座" in read(page)
    toggle(page, "holes")
    assert "那" not in read(page)
    assert position(page) == "5 of 7 edits are shown"  # nor what another kind took of it


def test_keys_can_be_switched_off_and_leave_other_keys_alone(page: Page) -> None:
    toggle(page, "Keys")
    page.keyboard.press("n")
    assert "edits are shown" in position(page)
    toggle(page, "Keys")
    page.keyboard.press("Control+n")
    assert "edits are shown" in position(page)


def test_a_mark_or_its_number_that_is_clicked_is_told_of(page: Page) -> None:
    page.locator("#text del", has_text="﹔").click()
    assert "a compatibility form" in page.inner_text("#now")
    page.locator("#text mark > a").first.click()
    assert "a print button" in page.inner_text("#now")
    assert page.evaluate("location.hash") == ""


def test_the_list_leads_to_a_mark_and_switches_its_kind_on(page: Page) -> None:
    toggle(page, "All off")
    page.locator(".edits li", has_text="one letter of it").locator("a").first.click()
    assert "one letter of it" in page.inner_text("#now")
    assert page.evaluate("document.activeElement.checkVisibility()")


def test_links_lead_to_what_is_repeated_and_to_the_index(page: Page) -> None:
    link = page.locator(".edits li", has_text="said again").get_by_role("link", name="line 1")
    link.click()
    target = page.locator(page.evaluate("location.hash"))
    assert "山里的雨" in target.inner_text()
    assert page.locator(".edits li", has_text="b.txt").locator("a").count() == 1  # which has no page
    page.get_by_role("link", name="all files").click()
    assert page.title() == "index"


def test_others_hear_which_edit_is_looked_at(page: Page, document: Document) -> None:
    page.evaluate("document.addEventListener('edit', event => { window.heard = event.detail; })")
    page.keyboard.press("n")
    assert page.evaluate("window.heard") == {"number": 1, "layer": 1, "index": 0}
    assert document.layers[1][0].rule == "share/line"


# side by side


def test_side_by_side_one_is_the_source_and_the_other_the_clean_text(page: Page, document: Document) -> None:
    before = page.locator("#text").inner_html()
    page.keyboard.press("s")
    assert read(page, ".row:not(.clean)") == document.source
    assert read(page, ".row.clean") == document.text
    tops = page.evaluate(
        "[...document.querySelectorAll('.pair:not(.heads)')].map(p => [...p.children].map(c => c.offsetTop))"
    )
    assert len(tops) > 4
    assert all(left == right for left, right in tops)
    toggle(page, "All off")
    assert (read(page, ".row:not(.clean)"), read(page, ".row.clean")) == (document.source, document.text)
    toggle(page, "All on")
    page.keyboard.press("s")
    assert page.locator("#text").inner_html().replace(' class="source side"', "") == before


def test_side_by_side_every_edit_is_still_stepped_to(page: Page, document: Document) -> None:
    page.keyboard.press("s")
    for number in range(1, len(document.edits) + 1):
        page.keyboard.press("n")
        assert position(page) == f"{number} of {len(document.edits)}"
        assert page.evaluate("document.activeElement !== document.body && document.activeElement.checkVisibility()")
    assert page.locator("#text [data-layer]").count() == len(document.edits)
    assert (
        page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")
        == page.locator("[id]").count()
    )


def test_on_a_phone_the_clean_text_stands_below_and_what_is_gone_takes_no_room(
    chromium: Browser, path: Path, document: Document
) -> None:
    with shown(chromium, path, viewport=PHONE) as page:
        page.keyboard.press("s")
        heights = page.locator(".row.clean").evaluate_all(
            "all => all.filter(e => e.checkVisibility()).map(e => [e.innerText.trim(), e.clientHeight])"
        )
        assert {bool(height) for said, height in heights if said} == {True}
        assert {height for said, height in heights if not said} == {0}
        tops = page.locator(".pair > .row.clean:not(.same)").evaluate_all(
            "all => all.map(e => e.offsetTop - e.previousElementSibling.offsetTop)"
        )
        assert min(tops) > 0
        step = page.locator("#step").bounding_box()
        assert step is not None
        assert step["y"] + step["height"] <= PHONE["height"]  # however far down the page goes on


# for anyone, anywhere


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESK)])
def test_nothing_keeps_anyone_from_reading(
    chromium: Browser, path: Path, scheme: str, viewport: dict[str, int]
) -> None:
    with shown(chromium, path.with_name("many.html"), color_scheme=scheme, viewport=viewport) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        page.keyboard.press("n")
        assert barriers(page) == []
        assert has_no_sideways_scroll(page)
        assert page.evaluate("[...document.querySelectorAll('.row')].every(row => row.scrollWidth <= row.clientWidth)")
        page.keyboard.press("s")
        assert barriers(page) == []
        assert has_no_sideways_scroll(page)
        dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (dark == "rgb(20, 20, 20)") == (scheme == "dark")


def test_without_script_all_can_be_read(chromium: Browser, path: Path, document: Document) -> None:
    with shown(chromium, path, java_script_enabled=False) as page:
        assert page.get_by_role("button").count() == 0
        assert not page.locator("#legend-note, #step, #views").filter(visible=True).count()
        for edit in document.edits:
            assert page.get_by_text(edit.why, exact=True).first.is_visible()
        page.locator("#text mark > a").first.click()
        assert "a print button" in page.locator("li:target").inner_text()


def test_on_paper_all_is_there_and_nothing_to_press(page: Page, document: Document) -> None:
    page.emulate_media(media="print")
    assert page.locator("#step").is_hidden()
    assert page.locator("#views").is_hidden()
    assert page.locator("table").first.is_visible()
    assert page.locator(".part").first.evaluate("e => getComputedStyle(e).contentVisibility") == "visible"
    assert page.locator(".edits li").count() == len(document.edits)
    assert (
        page.locator("#text del", has_text="﹔").evaluate("e => getComputedStyle(e).textDecorationLine")
        == "line-through"
    )


def test_sorts_of_edits_differ_without_colour(page: Page) -> None:
    line = "e => { const s = getComputedStyle(e); return [s.textDecorationLine, s.borderTopStyle]; }"
    looks = {tag: page.locator(f"#text {tag}:not(.doubt)").first.evaluate(line) for tag in ("del", "ins", "mark")}
    assert looks == {"del": ["line-through", "none"], "ins": ["none", "solid"], "mark": ["underline", "none"]}
    assert page.locator("#text ins.doubt").first.evaluate(line) == ["underline", "solid"]


def test_readers_of_screens_hear_what_a_mark_says(page: Page) -> None:
    told = page.locator("#text").aria_snapshot()
    assert "deletion" in told
    assert "insertion" in told
    for tag, words in (("del", "removed"), ("ins", "put in"), ("mark", "flagged")):
        said = page.locator(f"#text {tag}:not(.doubt)").first.evaluate("e => getComputedStyle(e, '::before').content")
        assert words in said


def test_hostile_texts_are_shown_moved_and_cloned_as_text(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(document_page(hostile_document("\n".join(FRAGMENTS))), "utf-8")
    asked: list[str] = []
    with shown(chromium, path) as page:
        page.on("request", lambda request: asked.append(request.url))
        for key in "nnnnsnsn":
            page.keyboard.press(key)
        toggle(page, "All off")
        toggle(page, "All on")
        assert page.evaluate("document.documentElement.dataset.ran") is None
        assert page.locator("img, iframe, object, embed, form, video, audio, link, base").count() == 0
        assert "<script>" in page.inner_text("#now")
    assert asked == []
