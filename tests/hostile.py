"""What an attacker writes into a page, a name or an address, and pages of reports that are made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from cleaner.dedup import Found
from cleaner.document import About, Document, Edit, Matched
from cleaner.report import (
    Account,
    Facts,
    Failure,
    Listed,
    Row,
    Summary,
    document_page,
    facts,
    failure_page,
    index_page,
)
from tests.strategies import texts

RAN: Final = "document.documentElement.setAttribute('data-ran','yes')"  # what scripts do here, so that it can be seen
LOADS: Final = "http://127.0.0.1:9/"  # where nobody listens; tests that listen put their own address in its place
FRAGMENTS: Final = (
    f"<script>{RAN}</script>",
    f"<script src={LOADS}script></script>",
    f"</style><script>{RAN}</script><style>",
    f"</title></textarea></noscript></xmp><script>{RAN}</script>",
    f"--><script>{RAN}</script><!--",
    "<!--",
    "<![CDATA[",
    f"<img src=x onerror=\"{RAN}\">",
    f"<img src='{LOADS}image'>",
    f"\" autofocus onfocus=\"{RAN}\" tabindex=0 x=\"",
    f"' onmouseover='{RAN}' x='",
    f"<svg><style><img src=x onerror={RAN}></style></svg>",
    f"<math><mtext></p><script>{RAN}</script>",
    f"<body onload={RAN}>",
    f"<iframe srcdoc='<script>parent.{RAN}</script>'></iframe>",
    f"<iframe src={LOADS}frame></iframe>",
    f"<a href=\"javascript:{RAN}\">javascript:{RAN}</a>",
    f"javascript:{RAN}//",
    f"data:text/html,<script>{RAN}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    f"//127.0.0.1:9/relative <base href={LOADS}base/>",
    f"<link rel=stylesheet href={LOADS}style><link rel=prefetch href={LOADS}prefetch>",
    f"<style>@import '{LOADS}import'; body {{ background: url({LOADS}background) }}</style>",
    f"<p style='background: url({LOADS}attribute)'>",
    f"<meta http-equiv=refresh content='0; url={LOADS}refresh'>",
    f"<form action={LOADS}form><button autofocus>x</button></form>",
    f"<object data={LOADS}object></object><embed src={LOADS}embed>",
    f"<video src={LOADS}video autoplay></video><audio src={LOADS}audio autoplay></audio>",
    "{{7*7}}", "{% for a in b %}", "{# #}", "${7*7}", "<%= 7*7 %>", "{{ ''.__class__ }}",
    "&lt;script&gt;", "&#60;img&#62;", "&quot;", "&", "<", ">", "\"", "'", "`", "\\",
    "\0", "\u2028", "\u2029", "\x1b[2J",
    "+ADw-script+AD4-", "\x1b(J", "\x0e<script>",
    "gepj\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "\N{LEFT-TO-RIGHT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}",
    "שלום 123", "مرحبا 45", "\N{RIGHT-TO-LEFT MARK}", "\N{ARABIC LETTER MARK}", "\N{ZERO WIDTH SPACE}",
    "\U000e0041", "\udcff",
)  # fmt: skip

hostile_texts: Final = st.lists(st.sampled_from(FRAGMENTS) | texts(max_parts=3), max_size=6).map("".join)


def hostile_document(text: str) -> Document:
    """A document into every part of which that text has come."""
    source = f"甲{text}乙{text}丙{text}丁"
    end = len(text)
    said = text or "x"
    edits = [
        Edit(1, text, text, text, text, matched=Matched(said)),
        Edit(2 + end, text, "", text, text, matched=Matched("", 0, 1)),
        Edit(3 + 2 * end, text, f"新{text}", text, text, matched=Matched(said, has_page=True)),
        Edit(3 + 3 * end, "丁", f"新{text}", text, text, 0.5),
    ]
    if not text:  # then there is nothing to flag or remove
        edits = edits[2:]
    document = Document.of(source, name=text).revised(edits)
    return replace(document, encoding=said, lossless=False, about=About(said, said, said, said, "list"))


def hostile_pages(text: str) -> dict[str, str]:
    """Every kind of page that a run writes, with that text wherever text of others can come."""
    document = hostile_document(text)
    dropped = Document.of("甲", name=f"{text}d").revised([Edit(0, "甲", "", "drop/x", f"因{text}")])
    kinds = {edit.kind: f"因{text}" for edit in (*document.edits, *dropped.edits)}
    return {
        "document": document_page(document),
        "dropped": document_page(dropped),
        "failure": failure_page(Failure(text, f"因{text}")),
        "index": index_page(_told(_summary(text, document, dropped).facts()), kinds=kinds),
    }


def _told(summary: Facts) -> Facts:
    """The facts with one figure of quality: the others are drawn alike, without a word of others, and take time."""
    return summary | {"quality": {name: summary["quality"][name] for name in ("script", "noise")}}


def _summary(text: str, document: Document, dropped: Document) -> Summary:
    summary = Summary(settings={f"k{text}": text})
    summary.add(document)
    summary.add(dropped)
    summary.fail(Failure(text, text))
    container = f"{text}.jsonl"
    summary.expect(container)
    summary.add(replace(document, name=f"{container}:1"), container=container)
    summary.fail(Failure(f"{container}:2", text), container=container)
    summary.skip(container, f"无{text}")
    summary.duplicates = Found([text, text], 2, [], [[0, 1]], {}, [[0, 1]])
    summary.listed = Listed.of(hostile_rows(text))
    return summary


def hostile_rows(text: str) -> list[Row]:
    """Rows of a table in every part of which that text has come."""
    record = replace(hostile_document(text), name=f"{text}.jsonl:1")
    return [
        Row.of(Account.of(facts(hostile_document(text)))),
        Row.of(Account.of(facts(record)), container=f"{text}.jsonl"),
        Row.failed(Failure(text, f"因{text}"), has_page=True),
    ]
