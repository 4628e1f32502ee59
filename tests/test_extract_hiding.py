"""What a page hides from its readers: it is listed with its reason, and not in the text."""

from __future__ import annotations

import pytest

from cleaner.document import Document
from cleaner.extract import extract
from tests.leavings import left_out
from tests.samples import CLOSE, LEAD, MIDDLE, TITLE

BODY = "".join(f"<p>{line}</p>" for line in (LEAD, MIDDLE, CLOSE))
TEXT = "\n".join((LEAD, MIDDLE, CLOSE))
SECRET = "开元棋牌官网下载"
FARM = "".join(f"<a href='//x{number}.example'>{SECRET}{number}</a> " for number in range(30))


def article(inner: str, *, sheet: str = "") -> str:
    return (
        f"<html><head><title>{TITLE}_青石网</title><style>{sheet}</style></head><body><div class=nav><a>首页</a></div>"
        f"<div class=main><h1>{TITLE}</h1><div class=article-content>{inner}</div></div></body></html>"
    )


def reason_of(page: Document) -> str:
    return next(why for said, why in left_out(page) if SECRET in said)


@pytest.mark.parametrize(
    ("style", "reason"),
    [
        ("display:none", "hidden"), ("DISPLAY: NONE", "hidden"), ("visibility:hidden", "hidden"),
        ("opacity:0", "hidden"), ("opacity: .0;", "hidden"), ("position:fixed;top:-9999px", "hidden off screen"),
        ("text-indent:-9999px", "hidden off screen"), ("clip-path:inset(100%)", "hidden off screen"),
        ("font-size:0", "hidden by its size"), ("font-size: 0.0em", "hidden by its size"),
        ("max-height:0;overflow:hidden", "hidden by its size"), ("transform:scale(0)", "hidden by its size"),
        ("color:#ffffff;background-color:white", "hidden by its colour"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tag", ["div", "span", "p"])
def test_a_style_that_hides_says_how(tag: str, style: str, reason: str) -> None:
    page = extract(article(f'{BODY}<{tag} style="{style}">{SECRET}，{SECRET}。</{tag}>'))
    assert page.text == TEXT
    assert reason_of(page) == reason


@pytest.mark.parametrize("attribute", ["hidden", "hidden=''", "hidden=until-found", "class='jammer x'"])
def test_an_attribute_hides(attribute: str) -> None:
    page = extract(article(f"{BODY}<div {attribute}>{SECRET}</div>"))
    assert page.text == TEXT
    assert reason_of(page) in ("hidden", "jammer")


@pytest.mark.parametrize(
    "attribute",
    [
        "aria-hidden=true", "class=hidden-xs", "style='opacity:.05'", "style='font-size:0.8em'", "style='left:-12px'",
        "style='background:#fff;color:#111'", "style='overflow:hidden;height:100px'", "data-hidden=1",
    ],
)  # fmt: skip
def test_what_doesnt_hide_stays(attribute: str) -> None:
    assert LEAD in extract(article(f"<p {attribute}>{LEAD}</p><p>{MIDDLE}</p>")).text


@pytest.mark.parametrize(
    "sheet",
    [
        ".x{display:none}", "#x { visibility : hidden }", ".y, .x{display:none!important}", ".x{font-size:0}",
        ".x{font-size:0px;color:red}", ".x{opacity:0}", ".x{position:absolute;left:-9999px}", ".x{top:-10000px}",
        "div.x{display:none}", ".main .x{display:none}", ".main > div .x{display:none}", ".x.z{display:none}",
        "body #x.x{text-indent:-9999px}", "/* .x{} */ .x{display:none}", "@media screen{.x{display:none}}",
        "@media all { p{color:red} .x { display: none } }", "@charset 'utf-8';.x{display:none}",
        ".q{color:red}.x{color:blue;display:none}", ".x{display:none}.x{color:red}", "a{b:c}}.x{display:none}",
        ".x{display:none", "@font-face{font-family:q}.x{display:none}", "@media print{p{margin:0}}.x{display:none}",
    ],
)  # fmt: skip
def test_a_style_sheet_hides(sheet: str) -> None:
    page = extract(article(f"{BODY}<div id=x class='x z'>{SECRET}，{SECRET}。</div>", sheet=sheet))
    assert page.text == TEXT
    assert reason_of(page).startswith("hidden")


@pytest.mark.parametrize(
    "sheet",
    [
        "@media print{.x{display:none}}", "@media (max-width:600px){.y{color:red}.x{display:none}}",
        "@media screen and (max-width:600px) { .x { display: none } }",
        "@supports not (display:grid){.x{display:none}}",
        "@keyframes f{from{opacity:0}to{opacity:1}}.x{animation:f}", ".x:before{display:none}", ".x::after{opacity:0}",
        ".other .x{display:none}", ".other > .x{display:none}", "p.x{display:none}", ".x.other{display:none}",
        ".x+.x{display:none}", ".x:not(.z){display:none}", ".xx{display:none}", ".x-y{display:none}",
        ".x{margin:0}", ".x{opacity:0.9}", ".x{left:-5px}", ".x{fill:none}", "/* .x{display:none} */",
        ".x{display:none}.js .x{display:block}", ".x{opacity:0}.x.z{opacity:1}",
        ".x{visibility:hidden}.x{visibility:visible}",
        ".main>.x{display:none}", "html .x{display:nonesuch", "display:none", "{display:none}",
    ],
)  # fmt: skip
def test_a_style_sheet_that_doesnt_hide_leaves_text_alone(sheet: str) -> None:
    page = extract(article(f"<p>{LEAD}</p><div><div class='x z'>{MIDDLE}</div></div><p>{CLOSE}</p>", sheet=sheet))
    assert page.text == TEXT


def test_hidden_words_within_a_line_are_taken_out_of_it() -> None:
    page = extract(
        article(f"<p>{LEAD[:9]}<span class=x>{SECRET}</span>{LEAD[9:]}</p><p>{MIDDLE}</p>", sheet=".x{opacity:0}")
    )
    assert page.text == f"{LEAD}\n{MIDDLE}"
    assert reason_of(page) == "hidden by a style sheet"


def test_what_is_seen_within_hidden_elements_is_hidden_too() -> None:
    page = extract(article(f"{BODY}<div hidden><div style='display:block'><p>{SECRET}。</p></div></div>"))
    assert page.text == TEXT


def test_more_text_hidden_off_screen_than_shown_stays_hidden() -> None:
    page = extract(article(f"<p>{LEAD}</p><div style='left:-9999px'>{'<p>' + SECRET + '，来。</p>'}{BODY * 3}</div>"))
    assert page.text == LEAD


ENCODED = "&lt;a href=&quot;http://x.example/{0}&quot;&gt;" + SECRET + "{0}&lt;/a&gt;"


@pytest.mark.parametrize(
    "farm",
    [
        "".join(f"<p>{ENCODED.format(number)}</p>" for number in range(9)),
        f"<div>{' | '.join(ENCODED.format(number) for number in range(9))}</div>",
        f"<p>{'、'.join(ENCODED.replace('http:', '').format(number) for number in range(9))}</p>",
        "<p>" + "<br>".join(f"&lt;li&gt;{ENCODED.format(number)}&lt;/li&gt;" for number in range(9)),
        "".join(f"<p>{ENCODED.format(number).replace('&lt;', '&#60;')}</p>" for number in range(9)),
    ],
    ids=["paragraphs", "one line", "no scheme", "items", "numbers"],
)
def test_a_farm_of_links_written_out_is_left_out(farm: str) -> None:
    page = extract(article(f"<p>{LEAD}</p>{farm}<p>{MIDDLE}</p><p>{CLOSE}</p>"))
    assert page.text == TEXT
    assert reason_of(page) == "encoded links"


@pytest.mark.parametrize(
    "line",
    [
        "写一个链接，可以这样：&lt;a href=&quot;https://x.example&quot;&gt;这里&lt;/a&gt;，点它就会打开那一页。",
        "链接的写法是 &lt;a href=&quot;#top&quot;&gt;回到顶部&lt;/a&gt;。",
    ],
)
def test_a_line_about_links_stays(line: str) -> None:
    assert extract(article(f"<p>{LEAD}</p>{f'<p>{line}</p>' * 4}<p>{MIDDLE}</p>")).text.count("href") == 4


@pytest.mark.parametrize("tag", ["pre", "code"])
def test_code_that_writes_links_stays(tag: str) -> None:
    code = "\n".join(ENCODED.format(number) for number in range(5))
    page = extract(article(f"<p>{LEAD}</p><p>{MIDDLE}</p><{tag}>{code}</{tag}><p>{CLOSE}</p>"))
    assert page.text.count("</a>") == 5


def test_nothing_hidden_is_lost() -> None:
    page = extract(
        article(
            f"{BODY}<div class=x>{FARM}</div><p hidden>山水</p><p style='opacity:0'>桥头</p>", sheet=".x{left:-9999px}"
        )
    )
    said = dict(left_out(page))
    assert all(f"{SECRET}{number}" in "".join(said) for number in range(30))
    assert {"山水", "桥头"} <= said.keys()


FOLDED = "末班船开走以后，渡口的灯还要亮上半个时辰。老船工说，总有人会晚来一步。"


@pytest.mark.parametrize(
    "style", ["display:none", "opacity:0", "visibility:hidden", "font-size:0", "max-height:0;overflow:hidden"]
)
def test_prose_that_folds_within_the_main_content_is_kept_and_told(style: str) -> None:
    page = extract(article(f"{BODY}<div style='{style}'><p>{FOLDED}</p></div>"))
    assert page.text == f"{TEXT}\n{FOLDED}"
    flag = next(edit for edit in page.edits if edit.is_flag)
    assert (flag.old, flag.rule) == (FOLDED, "extract/hidden-text")
    assert "hidden" in flag.why


UNMARKED = FOLDED.replace("，", "").replace("。", "")  # a sentence without marks
SEEN = "".join(f"<section style='visibility:visible'>{line}</section>" for line in (LEAD, MIDDLE))


@pytest.mark.parametrize("style", ["visibility: hidden", "visibility:hidden;color:#333", "VISIBILITY:HIDDEN"])
@pytest.mark.parametrize("tag", ["section", "p", "span"])
def test_what_waits_with_the_article_for_a_script_is_kept_and_told(tag: str, style: str) -> None:
    page = extract(article(f"<div style='{style}'>{SEEN}<{tag}>{UNMARKED}</{tag}></div>"))
    assert page.text == f"{LEAD}\n{MIDDLE}\n{UNMARKED}"
    flag = next(edit for edit in page.edits if edit.is_flag)
    assert (flag.old, flag.rule) == (UNMARKED, "extract/hidden-text")
    assert "until a script shows it" in flag.why


@pytest.mark.parametrize(
    "hidden",
    [
        f"<div style='visibility:hidden'>{SEEN}<p style='display:none'>{SECRET}</p></div>",
        f"<div style='visibility:hidden'>{SEEN}<p style='visibility:hidden'>{SECRET}</p></div>",
        f"<div style='visibility:hidden'>{SEEN}<p style='left:-9999px'>{SECRET}</p></div>",
        f"<div>{SEEN}<p style='visibility:hidden'>{SECRET}</p></div>",
        f"{SEEN}<div style='visibility:hidden'>{SECRET}<b style='visibility:visible'>渡口</b></div>",
        f"<div style='font-size:0'>{SEEN.replace('visibility:visible', 'font-size:16px')}<p>{SECRET}</p></div>",
    ],
    ids=["another way", "once more", "off screen", "beside", "around a word", "by size"],
)
def test_what_is_hidden_beside_or_within_a_waiting_article_goes(hidden: str) -> None:
    page = extract(article(hidden))
    assert all(line in page.text for line in (LEAD, MIDDLE))
    assert SECRET not in page.text
    assert reason_of(page).startswith("hidden")


@pytest.mark.parametrize(
    "hidden",
    [
        f"<p hidden>{MIDDLE}</p>", f"<p hidden><a href=x>{FOLDED}</a></p>", f"<div class=popup hidden>{FOLDED}</div>",
        f"<p style='left:-9999px'>{FOLDED}</p>", f"<p style='color:#fff;background:#fff'>{FOLDED}</p>",
        f"<p hidden>{FOLDED.replace('。', '，').rstrip('，')}</p>",
    ],
    ids=["said before", "links", "a popup", "off screen", "by colour", "no sentence"],
)  # fmt: skip
def test_hidden_text_that_no_reader_sees_stays_out(hidden: str) -> None:
    page = extract(article(f"{BODY}{hidden}"))
    assert page.text == TEXT
    assert not any(edit.is_flag for edit in page.edits)


@pytest.mark.parametrize(
    "inner",
    [
        "<section style='font-size:0'><b style='font-size:15px'>{}</b></section>",
        "<ul style='font-size:0px;margin:0'><li style='color:red; FONT-SIZE: 1.2rem'>{}</li></ul>",
        "<section style='font-size:0'><div style='font-size:0'><p style='font-size:small'>{}</p></div></section>",
        "<div style='visibility:hidden'><p style='visibility:visible'>{}</p></div>",
        "<div style='visibility:hidden;font-size:0'><p style='visibility:visible;font-size:12pt'>{}</p></div>",
        "<h3 style='margin-top:-120px;padding-top:120px'>{}</h3>", "<h3 style='margin-left:-150px'>{}</h3>",
        "<p style='opacity:0;transition:opacity 1s'>{}</p>", "<p class='wow fadeInUp' style='opacity:0'>{}</p>",
        "<p style='opacity:0;animation-name:rise'>{}</p>", "<p class=mover>{}</p>", "<p class='fade-up'>{}</p>",
    ],
)  # fmt: skip
def test_what_a_reader_sees_after_all_stays(inner: str) -> None:
    sheet = ".mover{opacity:0;transition:all .5s}.fade-up{opacity:0}"
    page = extract(article(f"<p>{LEAD}</p>{inner.format('渡口的灯')}<p>{MIDDLE}</p>", sheet=sheet))
    assert page.text == f"{LEAD}\n渡口的灯\n{MIDDLE}"
    assert not any(edit.is_flag for edit in page.edits)


@pytest.mark.parametrize(
    "inner",
    [
        "<div style='font-size:0'><p style='font-size:2em'>{}</p></div>",
        "<div style='font-size:0'><p style='font-size:0'>{}</p></div>",
        "<div style='font-size:0;display:none'><p style='font-size:12px'>{}</p></div>",
        "<div hidden><div style='font-size:0'><p style='font-size:12px'>{}</p></div></div>",
        "<div style='visibility:hidden;font-size:0'><p style='visibility:visible'>{}</p></div>",
        "<div style='font-size:0'><p style='font-size:12px'><i style='display:none'>{}</i></p></div>",
        "<p class=fade style='opacity:0;display:none'>{}</p>", "<p style='margin-top:-2000px'>{}</p>",
    ],
)  # fmt: skip
def test_what_a_child_cannot_undo_stays_hidden(inner: str) -> None:
    page = extract(article(f"<p>{LEAD}</p>{inner.format(SECRET)}<p>{MIDDLE}</p>"))
    assert page.text == f"{LEAD}\n{MIDDLE}"
    assert reason_of(page).startswith("hidden")
