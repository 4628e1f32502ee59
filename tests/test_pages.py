"""That pages made of what attackers wrote are our own elements with text in them, whatever that is."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaner.marks import marked
from cleaner.sinks import Output, safe_name
from tests.hostile import FRAGMENTS, hostile_pages, hostile_texts

ALL: Final = "\n".join(FRAGMENTS)
# The elements of pages, and the attributes of each.
ELEMENTS: Final = {
    "html": {"lang"}, "head": set(), "body": set(), "title": set(), "style": set(), "script": set(),
    "meta": {"http-equiv", "content", "charset", "name"},
    "header": set(), "main": set(), "section": {"aria-labelledby"}, "details": set(), "summary": set(),
    "aside": {"class", "id", "aria-label", "hidden"},
    "h1": set(), "h2": {"id"}, "p": {"id", "hidden"}, "strong": set(), "div": {"class", "lang", "id", "role"},
    "dl": {"class"}, "dt": set(), "dd": {"lang"}, "ul": {"class", "id", "aria-label"}, "ol": {"class"},
    "li": {"class", "id", "data-kind"},
    "table": set(), "thead": set(), "tbody": set(), "tr": set(), "th": {"class", "scope"}, "td": {"class", "lang"},
    "a": {"href"}, "bdi": {"dir"}, "span": {"class", "title", "lang"},
    **{tag: {"class", "id", "data-layer", "data-index", "data-of"} for tag in ("del", "ins", "mark")},
}  # fmt: skip
VALUES: Final = {
    "class": re.compile("number|wide|source|skipped|unseen|figures|about|legend|part|row|row same|edits|kind|why|step"
                        "|(?:k[0-9]+)?(?: ?doubt)?"),
    "lang": re.compile("en|zh"),
    "dir": re.compile("ltr"),
    "id": re.compile("[er][0-9]+|row-[0-9]+|figures|about|source|text|edits|legend|legend-note|views|step|buttons|now"),
    "href": re.compile(
        r"(?:\.\./)*index\.html|duplicates\.jsonl|#[er][0-9]+|#row-[0-9]+|(?:(?:\.\./)+)?reports/[^:?#\"'<>\\]*\.html"
    ),
    "title": re.compile(".*", re.DOTALL),
    "aria-label": re.compile("[A-Z][A-Za-z ]+"),
    "aria-labelledby": re.compile("[a-z]+"),
    "role": re.compile("status"),
    "scope": re.compile("col|row"),
    "hidden": re.compile(""),
    **dict.fromkeys(("data-layer", "data-index", "data-of", "data-kind"), re.compile("[0-9]+")),
}  # fmt: skip
# Those that the page of a run has besides: controls of its table, charts, and the script that works them.
ELEMENTS_OF_RUNS: Final = {
    "script": set(), "main": set(), "nav": {"aria-label"}, "ul": set(), "li": set(), "code": set(),
    "section": {"id", "class", "aria-labelledby"}, "h2": {"id"}, "p": {"id", "class", "role", "hidden"},
    "div": {"class", "role", "aria-label", "aria-labelledby", "tabindex"},
    "table": {"id", "data-rows", "data-parts", "data-suspicious"}, "thead": set(), "caption": set(),
    "th": {"class", "scope"}, "a": {"href", "data-show", "data-kind"}, "span": {"class", "title", "id"},
    "details": {"open"}, "summary": set(), "figure": set(), "figcaption": set(),
    "form": {"id", "hidden"}, "label": set(), "input": {"type", "id", "autocomplete"}, "select": {"id"},
    "option": {"value"}, "button": {"type", "id"},
    "svg": {"class", "role", "viewBox", "aria-labelledby"}, "title": {"id"}, "desc": {"id"},
    "g": {"class", "transform"}, "rect": {"x", "y", "width", "height", "fill"},
    "line": {"x1", "x2", "y1", "y2", "stroke", "stroke-width"},
    "text": {"x", "y", "dy", "fill", "font-family", "font-size", "text-anchor"},
}  # fmt: skip
VALUES_OF_RUNS: Final = {
    "class": re.compile(
        "number|wide|why|unseen|cards?|large|figures|chart(?: broad)?|tick|axis (?:left|bottom)|series (?:bars|columns)"
    ),
    "id": re.compile("[a-z_-]+"),
    "value": re.compile(".*", re.DOTALL),
    "data-kind": re.compile(".*", re.DOTALL),
    "role": re.compile("status|region|img"),
    "aria-labelledby": re.compile("[a-z_-]+(?: [a-z_-]+)?"),
    "href": re.compile(r"#[a-z-]+|duplicates\.jsonl|reports/[^:?#\"'<>\\]*\.html"),
}
PLAIN: Final = re.compile(r"[\w #.(),-]*")  # what no browser takes for more than a word or a figure
_ROOT: Final = Path("/out")
RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff]")
ISOLATED: Final = (
    "bdi",
    "ins",
    "del",
    "mark",
    "title",
    "desc",
    "text",
    "option",
)  # by itself, or by the style of pages
LOADING: Final = {"index": ["'strict-dynamic'"]}  # what lets the script of a page load others
SCRIPTED: Final = ("document", "dropped", "index")


def nodes(page: str) -> Iterator[LexborNode]:
    """All elements of a page as browsers read it, in order."""
    root = LexborHTMLParser(page).root
    assert root is not None
    return (node for node in root.traverse(include_text=False) if node.tag not in ("-doctype", "!doctype"))


def skeleton(page: str) -> list[str]:
    """The elements and attributes of a page, but for marks, for what they hold of text, and for what is drawn."""
    without_charts = re.sub('<svg class="chart(?: broad)?".*?</svg>', "", page, flags=re.DOTALL)
    shown = (node for node in nodes(without_charts) if node.attributes.get("class") != "unseen")
    return [f"{node.tag} {sorted(node.attributes)}" for node in shown]


def by_kind(text: str) -> list[tuple[str, str]]:
    """Each kind of page with that text, and the same with a harmless one."""
    harmless = hostile_pages("x" if text else "")
    return [(page, harmless[kind]) for kind, page in hostile_pages(text).items()]


@given(hostile_texts)
@example(ALL)
@example("<!--")
@example("</style>")
def test_a_page_has_the_elements_of_a_harmless_one(text: str) -> None:
    for page, harmless in by_kind(text):
        assert skeleton(page) == skeleton(harmless)


@pytest.mark.parametrize("fragment", [each for each in FRAGMENTS if re.match("<[a-z]", each)])
def test_an_element_that_is_not_escaped_is_noticed(fragment: str) -> None:
    page = hostile_pages("x")["failure"]
    assert skeleton(page.replace("因x", f"因{fragment}")) != skeleton(page)


@given(hostile_texts)
@example(ALL)
def test_a_page_has_no_element_attribute_or_link_but_our_own(text: str) -> None:
    for kind, page in hostile_pages(text).items():
        elements, values = ELEMENTS, VALUES
        if kind == "index":
            elements, values = ELEMENTS | ELEMENTS_OF_RUNS, VALUES | VALUES_OF_RUNS
        for node in nodes(page):
            assert node.tag in elements
            assert node.attributes.keys() <= elements[node.tag]
            for name, value in node.attributes.items():
                assert node.tag == "meta" or values.get(name, PLAIN).fullmatch(value or "")


@given(hostile_texts)
@example(ALL)
def test_no_page_holds_a_character_that_is_not_seen(text: str) -> None:
    for page in hostile_pages(text).values():
        assert marked(page) == page
        page.encode()


@given(hostile_texts)
@example(ALL)
def test_a_page_shows_what_an_attacker_wrote_as_text(text: str) -> None:
    pages = hostile_pages(text)
    shown = LexborHTMLParser(pages["failure"]).css_first("h1 bdi")
    assert shown is not None
    assert _without_breaks(shown.text()) == _without_breaks(marked(text))
    source = LexborHTMLParser(pages["document"]).css_first(".source")
    assert source is not None
    assert _without_breaks(source.text()).count(_without_breaks(marked(text))) >= 3


def _without_breaks(text: str) -> str:
    """Text without ends of lines, which parsers make one of, and which stand behind the marks of some characters."""
    return re.sub(r"[\r\n]", "", text)


@given(st.text("甲א\N{RIGHT-TO-LEFT OVERRIDE}\N{RIGHT-TO-LEFT MARK}a<1 ", min_size=1, max_size=8))
def test_text_from_right_to_left_is_kept_from_what_stands_around_it(text: str) -> None:
    for page in hostile_pages(text).values():
        root = LexborHTMLParser(page).root
        assert root is not None
        for node in root.traverse(include_text=True):
            if node.tag == "-text" and RIGHT_TO_LEFT.search(node.text_content or ""):
                assert any(_isolates(parent) for parent in _above(node)), page


def _above(node: LexborNode) -> Iterator[LexborNode]:
    while (parent := node.parent) is not None:
        yield parent
        node = parent


def _isolates(node: LexborNode) -> bool:
    return node.tag in ISOLATED or node.attributes.get("class") == "source"


def test_edits_and_marks_are_isolated_by_the_style() -> None:
    style = LexborHTMLParser(hostile_pages("x")["document"]).css_first("style")
    assert style is not None
    assert "del, ins, mark, .unseen { unicode-bidi: isolate; }" in style.text()


# policy


@pytest.mark.parametrize("kind", hostile_pages("x"))
def test_a_policy_stands_first_and_lets_a_page_show_itself_and_nothing_else(kind: str) -> None:
    page = hostile_pages(ALL)[kind]
    head = LexborHTMLParser(page).css("head > *")
    assert [(node.tag, node.attributes.get("http-equiv")) for node in head[:1]] == [("meta", "Content-Security-Policy")]
    policy = (head[0].attributes["content"] or "").split("; ")
    styles, scripts = ([hash_of(node) for node in nodes(page) if node.tag == tag] for tag in ("style", "script"))
    assert bool(scripts) <= (kind in SCRIPTED)
    assert policy == [
        "default-src 'none'",
        " ".join(["style-src", *styles]),
        *([" ".join(["script-src", *scripts, *LOADING.get(kind, [])])] if scripts else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    for node in nodes(page):
        if node.tag in ("style", "script"):
            assert re.search(r"url\(|@import|expression\(|\\|https?:", node.text()) is None
            assert (
                re.search(r"eval\(|Function\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write", node.text())
                is None
            )


def hash_of(node: LexborNode) -> str:
    """How a policy names a style or script."""
    return f"'sha256-{b64encode(sha256(node.text().encode()).digest()).decode()}'"


@pytest.mark.parametrize("kind", hostile_pages("x"))
def test_a_page_says_its_encoding_early_and_sends_no_referrer(kind: str) -> None:
    page = hostile_pages("x")[kind]
    assert page.encode().find(b'<meta charset="utf-8">') in range(1, 1024 - len('<meta charset="utf-8">'))
    assert '<meta name="referrer" content="no-referrer">' in page


# links


@given(hostile_texts)
@example("../" * 9 + "etc/passwd")
@example("javascript:alert(1)")
@example("//host/a")
def test_links_lead_to_reports_and_back(text: str) -> None:
    pages = hostile_pages(text)
    links = [str(node.attributes["href"]) for node in nodes(pages["index"]) if node.tag == "a"]
    report = Path(str(Output(_ROOT).report(text, "html")))
    assert {unquote(link) for link in links} >= {report.relative_to(_ROOT).as_posix()}
    (back,) = {node.attributes["href"] for node in nodes(pages["failure"]) if node.tag == "a"}
    assert back == "../" * (safe_name(text).count("/") + 1) + "index.html"
