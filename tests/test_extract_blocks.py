"""What of a page is a line, and what of its markup is read at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.extract import extract
from cleaner.extract.blocks import Blocks, blocks_of
from cleaner.extract.parsing import tree_of
from cleaner.pipeline import Cleaner
from tests.leavings import left_out
from tests.samples import CLOSE, LEAD, MIDDLE, TITLE

LINES = (LEAD, MIDDLE, CLOSE)
BODY = "".join(f"<p>{line}</p>" for line in LINES)
TEXT = "\n".join(LINES)


def read(page: str) -> Blocks:
    root = tree_of(page)
    assert root is not None
    return blocks_of(root)


@pytest.mark.parametrize(
    "body",
    [
        "<br>".join(LINES), "<br/><br/>\n".join(LINES), f"<div>{'<hr>'.join(LINES)}</div>",
        "".join(f"<div>{line}</div>" for line in LINES), "".join(f"<p>{line}" for line in LINES),
        "".join(f"<p><span><font><b>{line}</b></font></span></p>" for line in LINES),
        f"<table><tr><td>{'</td></tr><tr><td>'.join(LINES)}</td></tr></table>",
        f"<table><tr><td><table><tr><td><table><tr><td>{BODY}</td></tr></table></td></tr></table></td></tr></table>",
        f"<ul>{''.join(f'<li>{line}' for line in LINES)}", f"<div><p>{LEAD}<div>{MIDDLE}</p></div>{CLOSE}",
        f"<article><section>{BODY}</article>", f"<pre>{TEXT}</pre>", "\n\n".join(f"<p>{line}" for line in LINES),
        f"{LEAD[:9]}<b>{LEAD[9:20]}</b>\n{LEAD[20:]}<br>".replace("\n", "") + "<br>".join(LINES[1:]),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "form", ["<html><body>{}</body></html>", "{}", "<html>{}", "<head><title>书铺</title></head>{}"]
)
def test_lines_end_where_blocks_do(body: str, form: str) -> None:
    assert extract(form.format(body)).text == TEXT


def test_runs_of_blanks_are_one_but_in_code() -> None:
    code = "def f(x):\n    return  x"
    assert read(f"<p>山  水\n\t桥</p><pre>{code}</pre><p>村  口</p>").texts == ["山 水 桥", code, "村 口"]


def test_boxes_are_stretches_of_blocks() -> None:
    blocks = read("<div>一<p>二</p><div></div>三<ul><li>四<li>五</ul></div><p>六</p>")
    tags = [blocks.tag(box) for box in range(len(blocks.boxes))]
    held = {tag: blocks.texts[first:end] for tag, first, end in zip(tags, blocks.firsts, blocks.ends, strict=True)}
    assert tags == ["html", "body", "div", "p", "div", "ul", "li", "li", "p"]
    assert (held["body"], held["ul"], held["p"]) == (list("一二三四五六"), ["四", "五"], ["六"])
    assert [tags[box] for box in blocks.inside] == ["div", "p", "div", "li", "li", "p"]
    assert [tags[box] for box in blocks.above] == ["html", "html", "body", "div", "div", "div", "ul", "ul", "body"]


def test_what_links_say_is_counted() -> None:
    blocks = read("<p>山<a> 水 <b>桥</b></a>村</p><p><a>渡口</a></p>")
    assert (blocks.texts, blocks.linked.tolist()) == (["山 水 桥村", "渡口"], [2, 2])


def test_what_hides_is_told_from_what_is_hidden_by_it() -> None:
    blocks = read("<p>山<i hidden>水<b style='left:-999px'>桥</b></i>村</p><select><option>渡口</select>")
    told = dict(zip(blocks.texts, zip(blocks.hidden, blocks.veils.tolist(), strict=True), strict=True))
    assert told == {"桥": ("hidden off screen", 0), "水": ("hidden", 0), "山村": ("", -1), "渡口": ("control", 2)}


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>{}</script>", "<style>{}</style>", "<template><p>{}</p></template>", "<noscript><p>{}</p></noscript>",
        "<iframe>{}</iframe>", "<svg><text>{}</text></svg>", "<!-- {} -->", "<object><p>{}</p></object>",
        "<noscript><div><template>{}</template></div></noscript>", "<audio>{}</audio>", "<canvas>{}</canvas>",
    ],
)  # fmt: skip
def test_what_a_reader_never_sees_is_nowhere(unseen: str) -> None:
    said = "请打开脚本以后再看。"
    page = extract(f"{BODY}{unseen.format(said)}<p>{CLOSE[::-1]}</p>")
    assert said not in page.source
    assert page.text == f"{TEXT}\n{CLOSE[::-1]}"


@pytest.mark.parametrize("control", ["textarea", "select", "button"])
def test_what_controls_hold_is_left_out_and_listed(control: str) -> None:
    page = extract(f"{BODY}<{control}>{MIDDLE[::-1]}</{control}>")
    assert page.text == TEXT
    assert left_out(page) == [(MIDDLE[::-1], "control")]


def test_an_article_in_json_alone_is_left_alone() -> None:
    record = json.dumps({"content": TEXT}, ensure_ascii=False)
    assert extract(f"<title>{TITLE}</title><script>window.state = {record}</script><div id=app></div>").text == ""


@pytest.mark.parametrize(
    "page",
    [
        f"<body><noscript>{BODY}</noscript><div id=app></div></body>",
        f"<html><frameset cols='1,2'><frame src=a><noframes><body>{BODY}</body></noframes></frameset></html>",
        f"<frameset><frame src=a></frameset><noframes>{BODY}</noframes>",
    ],
    ids=["scripts", "frames", "frames and more"],
)
def test_a_page_that_says_nothing_without_scripts_or_frames_is_read_as_without(page: str) -> None:
    assert extract(page).text == TEXT


def test_a_call_to_turn_scripts_on_is_no_page() -> None:
    assert extract("<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>").text == ""


def test_a_page_of_references_alone_is_its_text() -> None:
    assert extract("".join(f"&#{ord(letter)};" for letter in LEAD)).text == LEAD
    assert extract(f"&lt;p&gt;{LEAD}&lt;/p&gt;").text == f"<p>{LEAD}</p>"


@given(
    st.lists(
        st.sampled_from(
            "<div> </div> <p> </p> <b> </b> <br> <a> </a> <li> <pre> </pre> <i&nbsp;hidden> </i> 山 水 <td>".split()
        )
    )
)
def test_no_letter_is_lost_or_said_twice(pieces: list[str]) -> None:
    page = "".join(pieces).replace("&nbsp;", " ")
    root = tree_of(page)
    blocks = blocks_of(root) if root is not None else None
    said = "".join(blocks.texts) if blocks else ""
    assert sorted(said) == sorted("".join(piece for piece in pieces if piece in "山水"))


def rows(table: str) -> list[str]:
    page = extract(f"<p>{LEAD}</p><table>{table}</table><p>{CLOSE}</p>")
    lines = page.source.split("\n")
    assert (lines[0], lines[-1]) == (LEAD, CLOSE)
    return lines[1:-1]


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        ("<tr><th>站<th>开<th>到</tr><tr><td>桥头<td><td>九点</tr>", ["站  开  到", "桥头    九点"]),
        ("<tr><th>站<th>开<th>到</tr><tr><td><td>八点<td>九点</tr>", ["站  开  到", "  八点  九点"]),
        ("<tr><th>站<th>开<th>到</tr><tr><td> <td>&nbsp;<td>九点</tr>", ["站  开  到", "    九点"]),
        ("<tr><td><p>站</p></td><td><div><p>开</p></div></td></tr>", ["站  开"]),
        ("<tr><td colspan=2>站<td>到</tr><tr><td>甲<td>乙<td>丙</tr>", ["站    到", "甲  乙  丙"]),
        ("<tr><td>站<td>甲<br>乙<td>到</tr>", ["站", "甲", "乙", "到"]),
        ("<tr><td>站<td>开<td>甲<br>乙</tr>", ["站  开", "甲", "乙"]),
        ("<tr><td width=9><td><p>渡口</p></tr>", ["渡口"]),
        ("<tr><td>甲<td>乙<tr><td>丙<td>丁", ["甲  乙", "丙  丁"]),
        ("<tbody><tr><td>甲<td><table><tr><td>乙<td>丙</table></tr></tbody>", ["甲", "乙  丙"]),
        ("<tr><td colspan=x>甲<td>乙<tr><td colspan=99999>丙<td>丁", ["甲  乙", "丙  丁"]),
    ],
    ids=[
        "an empty cell", "an empty first cell", "two empty cells", "paragraphs", "spans", "several lines",
        "several lines last", "a spacer", "no ends", "a table within", "no spans",
    ],
)  # fmt: skip
def test_a_row_is_a_line_and_keeps_its_columns(table: str, lines: list[str]) -> None:
    assert rows(table) == lines


def test_columns_stay_as_they_are_when_a_page_is_cleaned() -> None:
    table = "<tr><th>站<th>开<th>到</tr><tr><td>桥头<td><td>九点</tr><tr><td><td>八点<td>九点</tr>"
    page = extract(f"<p>{LEAD}</p><table>{table}</table><p>{CLOSE}</p>")
    lines = Cleaner().finished(page).text.split("\n")
    assert [line for line in lines if "点" in line] == ["桥头    九点", "  八点  九点"]


SPARE = "此页要开脚本才有图看，没有脚本的读者请到渡口的布告栏去看。"


@pytest.mark.parametrize(
    ("spare", "reason"),
    [
        ("<noscript><p>{}</p></noscript>", "no scripts"), ("<template><p>{}</p></template>", "template"),
        ("<object>{}</object>", "stand-in"), ("<audio>{}</audio>", "stand-in"), ("<video>{}</video>", "stand-in"),
        ("<map name=x>{}</map>", "stand-in"), ("<noframes><p>{}</p></noframes>", "no frames"),
    ],
)  # fmt: skip
def test_prose_that_only_some_readers_see_is_listed(spare: str, reason: str) -> None:
    page = extract(f"{BODY}{spare.format(SPARE)}")
    assert page.text == TEXT
    assert (SPARE, reason) in left_out(page)


@pytest.mark.parametrize("tag", ["noscript", "template", "object", "video"])
def test_an_article_that_only_some_readers_see_is_read_if_the_page_says_less(tag: str) -> None:
    page = extract(f"<div class=nav><a href=/>首页</a></div><h1>{TITLE}</h1><{tag}>{BODY}</{tag}><p>渡口报</p>")
    assert TEXT in page.text
    assert "首页" not in page.text


def test_a_template_that_is_not_filled_in_is_nowhere() -> None:
    assert "name" not in extract(f"{BODY}<template>{{{{name}}}} 说，{LEAD}</template>").source


def record(body: str) -> str:
    said = json.dumps({"@type": "NewsArticle", "articleBody": body}, ensure_ascii=False)
    return f"<script type='application/ld+json'>{said}</script>"


@pytest.mark.parametrize("body", [TEXT, BODY], ids=["text", "markup"])
def test_an_article_in_the_data_of_a_page_that_says_less_is_read(body: str) -> None:
    page = extract(
        f"<title>{TITLE}</title>{record(body)}<a href=/>首页</a><div id=app><h1>{TITLE}</h1></div><p>渡口报</p>"
    )
    assert TEXT in page.text
    assert "首页" not in page.text


def test_an_article_in_the_data_of_a_page_that_says_more_is_told() -> None:
    page = extract(f"{record(SPARE)}{BODY}")
    assert page.text == TEXT
    edit = next(edit for edit in page.edits if SPARE in edit.old)
    assert edit.why.startswith("record of the page")
    assert edit.is_doubtful


@pytest.mark.parametrize("body", [TEXT, TEXT.replace("\n", " "), f"{TEXT}<br>", "", "<", 3, None, "\0\ud800"])
def test_an_article_in_the_data_of_a_page_that_says_it_is_not_said_twice(body: str) -> None:
    page = extract(f"{record(body)}{BODY}")
    assert page.text == TEXT
    assert page.source.count(LEAD) == 1


CODE = "    def f(x):\n\n        return  x\n\n\n    f(3)"


@pytest.mark.parametrize("tag", ["pre", "xmp", "listing"])
def test_code_keeps_its_lines_and_indents(tag: str) -> None:
    page = extract(f"<title>{TITLE}</title><p>{LEAD}</p><{tag}>\n{CODE}\n </{tag}><p>{CLOSE}</p>")
    assert page.text == f"{LEAD}\n{CODE}\n{CLOSE}"


def test_a_control_keeps_the_lines_that_it_holds() -> None:
    page = extract(f"<p>{LEAD}</p><textarea>{CODE}</textarea><p>{CLOSE}</p>")
    assert CODE in page.source


@pytest.mark.parametrize(
    "code", ["<pre>{}</pre>", "<pre class=code>{}</pre>", "<pre><code class='copy-code'>{}</code></pre>"]
)
def test_code_at_the_end_is_main_content(code: str) -> None:
    short = "print(shelf)"
    page = extract(
        f"<title>{TITLE}</title><div class=nav><a href=/>首页</a></div><h1>{TITLE}</h1><div class=content>{BODY}"
        f"{code.format(short)}</div><div class=foot>版权所有</div>"
    )
    assert page.text == f"{TEXT}\n{short}"


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("<script type='math/tex'>a^2</script>", "$a^2$"),
        ("<script type='math/tex; mode=display'> a &lt; b </script>", "$$a &lt; b$$"),
        ("<span class=MathJax_Preview></span><script type='math/tex'>a^2</script>", "$a^2$"),
        ("<span class=MathJax>a2</span><script type='math/tex'>a^2</script>", "a2"),
        ("<script>a^2</script>", ""), ("<script type='text/x'>a^2</script>", ""),
    ],
)  # fmt: skip
def test_a_formula_that_a_script_draws_is_text(script: str, shown: str) -> None:
    assert (
        extract(f"<p>{LEAD[:9]}{script}{LEAD[9:]}</p><p>{MIDDLE}</p>").text == f"{LEAD[:9]}{shown}{LEAD[9:]}\n{MIDDLE}"
    )


def test_a_page_that_shows_nothing_is_empty() -> None:
    page = extract("<p hidden>山水</p>")
    assert page.about
    assert (page.text, page.about.kind) == ("", "empty")
