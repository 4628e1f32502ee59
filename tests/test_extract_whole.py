"""What of an HTML page is text when none of it is chosen, and what is left out all the same."""

from __future__ import annotations

import pytest
from hypothesis import given

from cleaner.extract.whole import whole_text
from tests.samples import ARTICLE, CLOSE, LEAD, TITLE
from tests.strategies import encodable_texts


def test_a_page_is_its_title_and_a_line_for_each_block() -> None:
    page = (
        f"<html><head><title> 旧书铺 -\n 青石网 </title></head><body><h1>{TITLE}</h1><p>{LEAD}</p><p>{CLOSE}</p></body>"
    )
    assert whole_text(page) == f"旧书铺 - 青石网\n{TITLE}\n{LEAD}\n{CLOSE}"


def test_a_title_that_the_body_says_is_not_said_twice() -> None:
    assert whole_text(f"<title>{TITLE}</title><h1>{TITLE}</h1><p>{LEAD}</p>") == f"{TITLE}\n{LEAD}"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>山<b>水</b>人<a href='x'>家</a></p>", "山水人家"),
        ("山<br>水<br/>人", "山\n水\n人"),
        ("<ul><li>山<li>水</ul>", "山\n水"),
        ("<table><tr><td>山</td><td>水</td></tr><tr><td>人</td></tr></table>", "山  水\n人"),
        ("<div><div>山</div>水<div>人</div></div>", "山\n水\n人"),
        ("<p> 山 \n\t 水 </p>", "山 水"),
        ("<p>\N{IDEOGRAPHIC SPACE}山\N{IDEOGRAPHIC SPACE}水</p>", "山\N{IDEOGRAPHIC SPACE}水"),
        ("<p>A&amp;B &lt;b&gt; &#20013;&nbsp;国</p>", "A&B <b> 中\N{NO-BREAK SPACE}国"),
        ("<p>山</p><p> </p><p></p><p>水</p>", "山\n水"),
        ("<p>山<p>水</div></p></b>人", "山\n水\n人"),
        ("山水", "山水"),
        ("<header>山</header><main>水</main>", "山\n水"),
    ],
    ids=[
        "inline elements join", "br", "list items", "cells", "text between blocks", "blanks collapse",
        "ideographic spaces stay within", "entities", "empty blocks", "broken nesting", "no tags", "regions of text",
    ],
)  # fmt: skip
def test_elements_become_lines(page: str, text: str) -> None:
    assert whole_text(page) == text


@pytest.mark.parametrize(
    "name",
    [
        "script", "style", "noscript", "template", "iframe", "svg", "canvas", "object", "select", "button", "textarea",
        "nav", "footer", "aside", "form",
    ],
)  # fmt: skip
def test_elements_that_hold_no_article_are_left_out(name: str) -> None:
    assert whole_text(f"<p>山</p><{name}>不要<i>这个</i></{name}><p>水</p>") == "山\n水"


@pytest.mark.parametrize(
    "attribute", ["hidden", 'style="display:none"', 'style="color: red; DISPLAY : None"', 'style="visibility: hidden"']
)
def test_hidden_elements_are_left_out(attribute: str) -> None:
    assert whole_text(f"<p>山</p><div {attribute}>不要<p hidden>这个</p></div><p>水</p>") == "山\n水"


@pytest.mark.parametrize("aside", ["<!-- 不要 -->", "<?php echo 1 ?>", "<![CDATA[不要]]>"])
def test_what_is_no_element_and_no_text_is_left_out(aside: str) -> None:
    assert whole_text(f"<!doctype html>{aside}<p>山{aside}水</p>") == "山水"


def test_a_doctype_in_the_body_is_left_out() -> None:
    assert whole_text("<p>山</p><!doctype html><p>水</p>") == "山\n水"


@pytest.mark.parametrize("page", ["", " \n", "<html></html>", "<script>不要</script>"])
def test_a_page_without_text_is_empty(page: str) -> None:
    assert whole_text(page) == ""


def test_nesting_deeper_than_python_recurses_is_read() -> None:
    assert whole_text("<div>" * 3000 + "山" + "</div>" * 3000 + "<p>水</p>").replace("\n", "") == "山水"


@given(encodable_texts())
def test_any_text_is_some_page(text: str) -> None:
    lines = whole_text(text).split("\n")
    assert all(line == line.strip() for line in lines)
    assert lines == [""] or all(lines)


def test_a_page_with_bytes_that_are_no_text_is_read() -> None:
    assert LEAD in whole_text(f"<p>{ARTICLE}\udcff</p>")


def test_jammers_that_a_forum_hides_are_left_out() -> None:
    page = "<body><p>山水<font class='x jammer'>% g$ V0 N</font><br/><span style='display:none'>7 b# Q</span>人家</p>"
    assert whole_text(page) == "山水\n人家"
