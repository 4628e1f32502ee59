"""HTML tags left in text by a scraper, or planted in it by a spammer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair.words import Mention, alone
from cleaner.units import View

_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BLOCK: Final = frozenset(
    "address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 head header hr html iframe legend li main menu nav ol option p pre section "
    "select summary table tbody textarea tfoot thead title tr ul".split()
)
_CELL: Final = frozenset("td th".split())
_INLINE: Final = frozenset(
    "a abbr acronym audio b bdi bdo big button canvas caption cite code colgroup data del dfn em embed font i "
    "ins kbd label mark marquee meter nobr noscript object output picture progress q rp rt ruby s samp script "
    "small span strike strong style sub sup template time tt u var video wbr".split()
)
_KNOWN: Final = _VOID | _BLOCK | _CELL | _INLINE
_NAMES: Final = _KNOWN | {name.upper() for name in _KNOWN}  # `List<Object>` is no tag
_HIDDEN: Final = late(
    r"<(?P<name>script|style)\b[^<>]{0,2000}>(?:[^<]|<(?!/?(?P=name))){0,20000}</(?P=name)\s*>|<!--[^<]{0,2000}?-->|<!doctype[^<>]{0,200}>",
    re.IGNORECASE,
)
_TAG: Final = late(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,30})(?P<attributes>(?:[\s/][^<>]{0,2000})?)>")
# What attributes begin with: `name=`, a name that only markup has (`data-v-1a2b`, `@click`), or one without a value.
_ATTRIBUTES: Final = late(
    r"[\s/]*(?:$|[a-z_:@*#.\"'][\w:.@-]*\s*=|[a-z]+-[\w:.-]*|[_:@][\w:.@-]+"
    r"|(?:allowfullscreen|async|autofocus|autoplay|checked|compact|contenteditable|controls|default|defer|disabled|"
    r"download|hidden|inert|ismap|itemscope|loop|multiple|muted|nohref|noresize|noshade|novalidate|nowrap|open|readonly|"
    r"required|reversed|selected)(?![\w:.-]))",
    re.IGNORECASE,
)
_LETTERS: Final = frozenset("abiqsu")  # elements of text whose names are also those of options and variables
_TAG_BEGINNING: Final = late(r"</?[a-zA-Z!]")
_RUN_GAP: Final = late(r"[ \t\u3000]*")

_CHINESE: Final = r"\u3000-\u303f\u3400-\u9fff\uff00-\uff60“”‘’…—"
_FRAGMENT: Final = late(
    rf"(?:/(?<=[{_CHINESE}?!.,;:)]/)(?P<name>p|span|div|strong|font|td|tr|li|b|em|h[1-6]|section)"
    rf"|b(?<=[{_CHINESE}?!.,;:)]b)r\s?/?)>(?=[{_CHINESE}\s<]|$)",
    re.IGNORECASE,
)
_FRAGMENT_END: Final = late(r">(?i:(?<=[pnvgtdribm1-6]>)|(?<=r[\s/]>)|(?<=r\s/>))")  # found fast

_CODE_WORDS: Final = Mention(
    alone(
        *"html5? xhtml xml css xss javascript jsp php svg dom ajax vue react".split(),
        *"payload poc webshell xpath servlet markdown".split(),
        before="a-z0-9./_-",
        after="a-z0-9/_-",
    )
    + r"|字符实体|转义|```|=>|::|#include|console\.log|document\.|function ?\("
)
_CODE_HINTS: Final = late(r"代码|脚本|漏洞|前端|编程|标签|浏览器|源码|尖括号|元素|编译|变量")
_LINKS: Final = late(r"<[^<>]{0,2000}>|https?://[!-~]+")


def is_about_markup(view: View) -> bool:
    """Whether the text speaks of markup or code, so that tags and entities in it may be its subject.

    One unmistakable word (html, javascript…) outside tags and links is enough, or two different hints.
    """
    words = _LINKS.sub(" ", view.folded)
    return _CODE_WORDS.is_in(words) or len(set(_CODE_HINTS.findall(words))) >= 2


def find(view: View) -> Iterator[Edit]:
    """Edits that remove tags, one for each run of adjacent ones; block tags leave a line end, cells a blank.

    Removed: elements HTML knows, comments, scripts and style sheets, and decoys: empty elements with
    attributes, whatever their name. Left alone: unknown names (`List<String>`, `<user@host>`), comparisons (`a < b`,
    `a<b 且 c>d`), single letters that nothing closes (`选项<A>`), and everything on a page about markup or code.
    """
    if "<" not in view.text or ">" not in view.text:
        return
    tags = list(_TAG.finditer(view.text))
    hidden = (match.span() for match in _HIDDEN.finditer(view.text))
    spans = sorted({*hidden, *_known_tags(view.text, tags), *_decoys(view.text, tags)})
    if not spans or view.once(is_about_markup):
        return
    for start, end in _joined(view.text, spans):
        edit = _removal(view.text, start, end)
        if not _makes_tag(view.text, edit):
            yield edit


def find_fragments(view: View) -> Iterator[Edit]:
    """Edits that remove tags whose bracket was lost: `…好。/p>`, `br/>`; a break leaves a line end.

    Only behind Chinese text or a mark, and before Chinese text, another tag or the end of the line. Left alone:
    everything on a page about markup or code.
    """
    if ">" not in view.text or not _FRAGMENT_END.search(view.text):
        return
    matches = list(_FRAGMENT.finditer(view.text))
    if not matches or view.once(is_about_markup):
        return
    for match in matches:
        ends_line = view.text[match.end() : match.end() + 1] in ("", "\r", "\n")
        name = (match["name"] or "br").lower()
        why = f"rest of an HTML tag {name} that lost its bracket"
        yield Edit(match.start(), match[0], "\n" if name in _BLOCK and not ends_line else "", "markup/fragment", why)


def _known_tags(text: str, tags: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
    known = [tag for tag in tags if tag["name"] in _NAMES and _ATTRIBUTES.match(tag["attributes"])]
    closed = {tag["name"].lower() for tag in known if tag["close"]}
    return (tag.span() for tag in known if tag["name"].lower() in closed or not _is_letter(text, tag))


def _is_letter(text: str, tag: re.Match[str]) -> bool:
    """Whether a start tag without attributes may be a letter in brackets, or between signs of comparison."""
    if tag["attributes"].strip():
        return False
    around = text[max(tag.start() - 1, 0) : tag.start()], text[tag.end() : tag.end() + 1]
    is_between = all(side.isascii() and side.isalnum() for side in around)
    return tag["name"].lower() in _LETTERS or (tag["name"].lower() == "p" and is_between)


def _decoys(text: str, tags: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Tags of unknown elements that have attributes and hold no text, only blanks, known tags and other decoys."""
    if all(tag["name"] in _NAMES for tag in tags):
        return
    opened: list[tuple[str, tuple[int, int], int, bool]] = []  # name, span, texts seen before it, has attributes
    texts = done = 0
    for tag in tags:
        texts += not text[done : tag.start()].isspace() and tag.start() > done
        done = tag.end()
        name = tag["name"].lower()
        if name in _KNOWN:
            continue
        if not tag["close"]:
            opened.append((name, tag.span(), texts, bool(tag["attributes"].strip(" /"))))
        elif opened and opened[-1][0] == name:
            _, span, before, has_attributes = opened.pop()
            if has_attributes and before == texts:
                yield from (span, tag.span())
            else:
                texts += 1


def _joined(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that overlap, touch, or stand on one line with only blanks between, as one."""
    start, end = spans[0]
    for left, right in spans[1:]:
        if left > end and _RUN_GAP.fullmatch(text, end, left) is None:
            yield start, end
            start = left
        end = max(end, right)
    yield start, end


def _makes_tag(text: str, edit: Edit) -> bool:
    """Whether a removal could join what is left and right of it, on one line, into a new tag."""
    reach = max(0, edit.start - 2000)
    opened = text.rfind("<", reach, edit.start)
    if opened <= text.rfind(">", reach, edit.start) or "\n" in text[opened : edit.start]:
        return False
    return bool(_TAG_BEGINNING.match(text[opened : edit.start] + edit.new + text[edit.end : edit.end + 2]))


def _removal(text: str, start: int, end: int) -> Edit:
    begin, stop = _over_blanks(text, start, end)
    begins_line, ends_line = begin == 0 or text[begin - 1] == "\n", stop == len(text) or text[stop] == "\n"
    if begins_line and ends_line:
        return Edit(begin, text[begin : stop + 1], "", "markup/tag-line", "a line of HTML tags and nothing else")
    names = {match["name"].lower() for match in _TAG.finditer(text, start, end)}
    why = f"HTML {'tags' if len(names) > 1 else 'tag'} {', '.join(sorted(names)) or 'comment'} in the text"
    new = ""
    if not begins_line and not ends_line:
        new = "\n" if names & _BLOCK else " " if names & _CELL and (begin, stop) == (start, end) else ""
    return Edit(start, text[start:end], new, "markup/tag", why)


def _over_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened over the blanks beside it, within its line."""
    while start and text[start - 1] != "\n" and text[start - 1].isspace():
        start -= 1
    while end < len(text) and text[end] != "\n" and text[end].isspace():
        end += 1
    return start, end
