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
    "html": {"lang"}, "head": set(), "body": set(), "title": set(), "style": set(),
    "meta": {"http-equiv", "content", "charset", "name"},
    "h1": set(), "h2": set(), "p": set(), "strong": set(), "div": {"class", "lang"},
    "table": set(), "tbody": set(), "tr": set(), "th": {"class"}, "td": {"class", "lang"},
    "a": {"href"}, "bdi": {"dir"}, "span": {"class", "title"},
    "del": {"id", "title"}, "mark": {"id", "title"}, "ins": set(),
}  # fmt: skip
VALUES: Final = {
    "class": re.compile("number|wide|source|skipped|unseen"),
    "lang": re.compile("en|zh"),
    "dir": re.compile("ltr"),
    "id": re.compile("source-[0-9]+"),
    "href": re.compile(r"(?:\.\./)*index\.html|duplicates\.jsonl|#source-[0-9]+|reports/[^:?#\"'<>\\]*\.html"),
    "title": re.compile(".*", re.DOTALL),
}
_ROOT: Final = Path("/out")
RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff]")
ISOLATED: Final = ("bdi", "ins", "del", "mark", "title")  # by itself, or by the style of pages
DIRECTIVES: Final = ["default-src 'none'", "style-src", "base-uri 'none'", "form-action 'none'"]


def nodes(page: str) -> Iterator[LexborNode]:
    """All elements of a page as browsers read it, in order."""
    root = LexborHTMLParser(page).root
    assert root is not None
    return (node for node in root.traverse(include_text=False) if node.tag not in ("-doctype", "!doctype"))


def skeleton(page: str) -> list[str]:
    """The elements and attributes of a page, but for marks and for what they hold of text."""
    return [f"{node.tag} {sorted(node.attributes)}" for node in nodes(page) if node.attributes.get("class") != "unseen"]


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
    for page in hostile_pages(text).values():
        for node in nodes(page):
            assert node.tag in ELEMENTS
            assert node.attributes.keys() <= ELEMENTS[node.tag]
            for name, value in node.attributes.items():
                assert node.tag == "meta" or VALUES[name].fullmatch(value or "")


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
    assert [directive.partition(" 'sha256-")[0] for directive in policy] == DIRECTIVES
    (style,) = (node for node in nodes(page) if node.tag == "style")
    digest = b64encode(sha256(style.text().encode()).digest()).decode()
    assert policy[1] == f"style-src 'sha256-{digest}'"
    assert re.search(r"url|@import|expression|\\", style.text()) is None


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
