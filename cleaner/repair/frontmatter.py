"""The header that blog generators (Jekyll, Hugo, Hexo) put above a post: fields for machines and a few for readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.fold import fold
from cleaner.patterns import late
from cleaner.repair.words import Mention, alone
from cleaner.units import View

_KEY: Final = late(r"(?P<key>[A-Za-z][\w-]{0,40})\s*[:=](?:[ \t]+(?P<value>.*))?$")
_BELONGS: Final = late(r"\s+\S|-\s|-$|#|[\])}]")  # a line that goes on with the field above: a list, a comment
_BEGINNING: Final = late(r"---|\+\+\+|[A-Za-z][\w-]{0,40}\s*:")
_FENCES: Final = {"---": "---", "+++": "+++"}
_HEXO_END: Final = ("---", ";;;")  # Hexo needs no fence above
_LONGEST: Final = 60  # lines of a header; more is no header
_FEWEST: Final = 2

# What only the generator reads.
_MACHINE: Final = frozenset(
    "layout comments comment disqus tags tag categories category keywords permalink slug published draft toc mathjax "
    "math katex mermaid top sticky weight hidden sitemap id uuid guid abbrlink cover thumbnail image img images "
    "header-img header_img header-style header-mask banner featured featured_image photos catalog catalogue aside "
    "copyright reward password lang locale type aliases redirect_from excerpt_separator top_img".split()
)
# What a reader reads, and the text says again if all is well.
_SPOKEN: Final = frozenset("title subtitle description summary excerpt".split())
_KNOWN: Final = _MACHINE | _SPOKEN | frozenset("date author authors from source updated lastmod link url".split())
# What any list of properties may have; a post's header has more than that.
_OF_ANYTHING: Final = frozenset("type id uuid guid weight top image images img cover lang locale password".split()) | {
    "author", "authors", "from", "source", "link", "url", "summary", "description",
}  # fmt: skip
_OF_POSTS: Final = _KNOWN - _OF_ANYTHING

_STAMP: Final = late(r"<!--\s*\d{9,14}\s*-->")
_LINKED_TITLE: Final = late(r"\[(?P<text>[^\n]+)\]\((?P<address>[^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")
_TAG: Final = late(r"</?[a-zA-Z][^<>]{0,300}>")
_HEADINGS: Final = 4  # lines below a header among which the title may stand again
_SUMMARY_LENGTH: Final = 8
_RULE: Final = late(r"-{3,}|={3,}|\*{3,}|_{3,}")
_ABOUT: Final = Mention(
    f"front.?matter|头信息|{alone('jekyll', 'hexo', 'yaml', 'toml')}|"
    + r"(?:^|[^a-z])hugo\s*(?:new|server|博客|主题|站点|生成|框架)"
)


class _Line(NamedTuple):
    start: int
    end: int  # with the line end
    text: str  # without its line end and blanks at its end


def find(view: View) -> Iterator[Edit]:
    r"""Edits that take apart the header of a blog post, at the very beginning of the text.

    Removed: the fences, fields that only a machine reads, the number of a comment below (`<!--1615…-->`), and the
    title and the summary where the text says them again. A title that is said nowhere else keeps its words
    and loses its key. A link right below that is the title again, to the address of the header, becomes its words,
    and the line drawn under it goes. Left alone: date, author, source and fields nobody knows, headers elsewhere
    than at the beginning, and pages about such headers.

    >>> page = '---\nlayout: post\ntitle: "茶山"\nauthor: 阿岚\n---\n# 茶山\n雨停了。\n'
    >>> [edit.old for edit in find(View(page))]
    ['---\n', 'layout: post\n', 'title: "茶山"\n', '---\n']
    """
    if not _BEGINNING.match(view.text):
        return
    lines = _lines(view.text)
    header = _header(lines)
    if header is None:
        return
    first, last = header
    body = lines[last + 1 :]
    rest = view.folded[lines[last].end :]
    if _ABOUT.is_in(rest):
        return
    fields = list(_fields(lines[first:last]))
    headings = {_plain(line.text) for line in [line for line in body if line.text.strip()][:_HEADINGS]}
    if first:
        yield _gone(view, lines[0], lines[0], "the fence above the header of a blog post")
    for group in fields:
        yield from _field_edits(view, group, headings, rest)
    yield _gone(view, lines[last], lines[last], "the fence below the header of a blog post")
    yield from _title_edits(view, fields, body)


_Field = tuple[str, str, _Line, _Line]  # key, value, first and last line


def _lines(text: str) -> list[_Line]:
    """The first lines of a text: as many as a header and the title below it may take."""
    lines: list[_Line] = []
    start = 0
    while start < len(text) and len(lines) < 2 * _LONGEST:
        end = text.find("\n", start) + 1 or len(text)
        lines.append(_Line(start, end, text[start:end].rstrip()))
        start = end
    return lines


def _header(lines: list[_Line]) -> tuple[int, int] | None:
    """(first line of the fields, line of the closing fence); None if the text doesn't begin with a header."""
    if not lines:
        return None
    fence = _FENCES.get(lines[0].text)
    first = 1 if fence else 0
    ends = (fence,) if fence else _HEXO_END
    keys: list[str] = []
    for place, line in enumerate(lines[first:_LONGEST], first):
        if line.text in ends:
            known = sum(key in _KNOWN for key in keys)
            is_post = len(keys) >= _FEWEST and not _OF_POSTS.isdisjoint(keys)
            return (first, place) if is_post and 2 * known > len(keys) else None
        match = _KEY.match(line.text)
        if match:
            keys.append(match["key"].lower())
        elif not keys or (line.text and not _BELONGS.match(line.text)):
            return None
    return None


def _fields(lines: list[_Line]) -> Iterator[_Field]:
    begun: _Field | None = None
    for line in lines:
        match = _KEY.match(line.text)
        if match:
            if begun:
                yield begun
            begun = (match["key"].lower(), _unquoted(match["value"] or ""), line, line)
        elif begun:
            begun = (*begun[:3], line)
    if begun:
        yield begun


def _unquoted(value: str) -> str:
    value = value.strip()
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def _field_edits(view: View, field: _Field, headings: set[str], rest: str) -> Iterator[Edit]:
    key, value, first, last = field
    if key in _MACHINE:
        yield _gone(view, first, last, f"the field {key} of a blog post’s header, which only a machine reads")
    elif key in _SPOKEN and not value and first == last:
        yield _gone(view, first, last, f"an empty field {key} of a blog post’s header")
    elif key in _SPOKEN and first == last and _is_said(key, value, headings, rest):
        yield _gone(view, first, last, f"the field {key} of a blog post’s header, which the text says again")
    elif key == "title" and first == last and value not in ("|", ">"):
        old = view.text[first.start : first.start + len(first.text)]
        yield Edit(first.start, old, value, "front-matter/title", "the title in a blog post’s header, without its key")


def _is_said(key: str, value: str, headings: set[str], rest: str) -> bool:
    """Whether one of the next lines is the title, or the text holds a summary, whatever the blanks and marks."""
    words = _plain(value)
    if key in ("title", "subtitle"):
        return words in headings
    return len(words) >= _SUMMARY_LENGTH and words in "".join(rest.split())


def _plain(line: str) -> str:
    """A line's words, folded: without tags, marks of a heading, the address of a link, and blanks."""
    linked = _LINKED_TITLE.fullmatch(line.strip())
    words = _TAG.sub("", linked["text"] if linked else line)
    return "".join(fold(words.strip("#*=_ \t")).split())


def _gone(view: View, first: _Line, last: _Line, why: str, *, rule: str = "front-matter/field") -> Edit:
    return Edit(first.start, view.text[first.start : last.end], "", rule, why)


def _title_edits(view: View, fields: list[_Field], body: list[_Line]) -> Iterator[Edit]:
    """Edits of the lines right below the header: the number of the post, the linked title, the line under it."""
    values = {key: value for key, value, _, _ in fields}
    filled = [line for line in body if line.text.strip()][:3]
    if filled and _STAMP.fullmatch(filled[0].text.strip()):
        why = "the number a program gave to a blog post"
        yield _gone(view, filled[0], filled[0], why, rule="front-matter/stamp")
        filled = filled[1:]
    match = _LINKED_TITLE.fullmatch(filled[0].text) if filled else None
    if match is None or match["address"] not in (values.get("from"), values.get("link"), values.get("url")):
        return
    start = filled[0].start
    yield Edit(
        start, match[0], match["text"], "front-matter/linked-title", "a title linked to the header’s own address"
    )
    if len(filled) > 1 and _RULE.fullmatch(filled[1].text):
        why = "the line drawn under the title of a blog post"
        yield _gone(view, filled[1], filled[1], why, rule="front-matter/title-rule")
