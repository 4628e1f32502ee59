"""What Hypothesis draws from: texts as scrapers leave them, edits of a text, documents with a history."""

from __future__ import annotations

import os
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st

from cleaner.document import Document, Edit

# The first call builds tables of all code points; how long that takes is not what these tests judge.
settings.register_profile("cleaner", deadline=None, derandomize=True)  # a suite that fails by chance is no check
settings.register_profile("fuzz", deadline=None, print_blob=True)  # which is what `make fuzz` is for
settings.load_profile(os.environ.get("CLEANER_PROFILE", "cleaner"))
TIMES: Final = 100 if settings.get_current_profile_name() == "fuzz" else 1  # as many examples

SIMPLIFIED: Final = "今天会议讨论明年工作分享头发发展后面里面干净台湾面条皇后钟表云系统历史复习"
TRADITIONAL: Final = "會議討論發頭髮後裡裏體龍臺灣麵條鐘錶雲係統歷複習乾淨幹"
ASCII: Final = "abcXYZ0189 ,.:;!?()<>&#=/-_'\""
MARKS: Final = "。，、；：？！…—“”‘’「」《》（）【】·～﹔﹐︰"
LINE_ENDS: Final = ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}")
BLANKS: Final = (" ", "\t", "\N{IDEOGRAPHIC SPACE}", "\N{NO-BREAK SPACE}", "\N{EN QUAD}", "\N{HAIR SPACE}", "\x1f")
INVISIBLE: Final = (
    "\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\N{SOFT HYPHEN}", "\N{WORD JOINER}", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{VARIATION SELECTOR-16}", "\x07",
    "\N{VARIATION SELECTOR-17}", "\N{HANGUL FILLER}", "\N{TAG LATIN SMALL LETTER A}", "\N{LEFT-TO-RIGHT ISOLATE}",
    "\N{HEBREW LETTER ALEF}",
)  # fmt: skip
ENTITIES: Final = (
    "&nbsp;", "&amp;ldquo;", "&rdquo;", "&#20013;", "&#x4e2d;", "#x56fd;", "&lt;", "&gt;", "&quot;", "&copy=",
    "&nosuch;", "&nbsp", "nbsp;", "ldquo;", "#22823;", "&#x5927", "\\u5927", "\\ud83d\\ude00", "%u5927", "%E5%A4%A7",
    "\\n", '\\"',
)  # fmt: skip
TAGS: Final = (
    "<p>", "</p>", "<br/>", "<b>", "</b>", "<td>", "</td>", "<a href=x>", "</a>", "<kbd a b></kbd>", "<script>",
    "</script>", "<!--", "-->", "<List>", "<u@h>", "/p>", "br/>",
)  # fmt: skip
_RULES: Final = ("a/one", "a/two", "b/one", "c/three")

_ENCODABLE_PARTS: Final = (
    st.text(SIMPLIFIED, min_size=1, max_size=12),
    st.text(TRADITIONAL, min_size=1, max_size=12),
    st.text(ASCII, min_size=1, max_size=8),
    st.sampled_from(MARKS),
    st.sampled_from([*LINE_ENDS, *BLANKS, *INVISIBLE, *ENTITIES, *TAGS]),
    st.characters(exclude_categories=["Cs"]),
)
SURROGATES: Final = st.characters(categories=["Cs"])
UNDECODABLE: Final = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)


def encodable_texts(*, max_parts: int = 20) -> st.SearchStrategy[str]:
    """Scraped Chinese text that any Unicode encoding can hold."""
    return st.lists(st.one_of(_ENCODABLE_PARTS), max_size=max_parts).map("".join)


def decoded_texts(*, max_parts: int = 20) -> st.SearchStrategy[str]:
    """Scraped Chinese text as UTF-8 is read, with surrogates for the bytes that are no text."""
    return st.lists(st.one_of(*_ENCODABLE_PARTS, UNDECODABLE), max_size=max_parts).map("".join)


def texts(*, max_parts: int = 20) -> st.SearchStrategy[str]:
    """Scraped Chinese text with any surrogates in it."""
    return st.lists(st.one_of(*_ENCODABLE_PARTS, SURROGATES), max_size=max_parts).map("".join)


def pages(*, max_parts: int = 20) -> st.SearchStrategy[str]:
    """Texts made of lines, blank ones too, whose words repeat: what finders of lines look at."""
    lines = st.text("甲乙丙a 。", max_size=4)
    return st.lists(st.tuples(lines, st.sampled_from(LINE_ENDS)).map("".join), max_size=max_parts).map("".join)


_SHORT: Final = texts(max_parts=8)


@st.composite
def edits(draw: st.DrawFn, text: str, *, new_texts: st.SearchStrategy[str] = _SHORT) -> Edit:
    """An edit that fits `text`: a deletion, a flag, a replacement or an insertion."""
    start = draw(st.integers(0, len(text)))
    old = text[start : draw(st.integers(start, min(len(text), start + 6)))]
    new = draw(st.sampled_from(["", old]) | new_texts)
    return Edit(start, old, new, draw(st.sampled_from(_RULES)), "as drawn")


@st.composite
def proposals(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """A text, and edits of it in any order that may overlap."""
    text = draw(_SHORT)
    return text, draw(st.lists(edits(text), max_size=8))


@st.composite
def documents(draw: st.DrawFn, parts: st.SearchStrategy[str] = _SHORT) -> Document:
    """A document after up to four layers, whose texts are drawn from `parts`."""
    document = Document.of(draw(parts), name=draw(st.sampled_from(["a.txt", "山/水.html"])))
    for _ in range(draw(st.integers(0, 4))):
        document = document.revised(draw(st.lists(edits(document.text, new_texts=parts), max_size=6)))
    return document
