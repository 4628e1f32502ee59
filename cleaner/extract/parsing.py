"""HTML text → a tree, in linear time whatever the page does. Next: `stream`, which reads the tree.

The parser is libxml2's, which recovers from broken markup as browsers of its time did. Three things it does not take
well are kept from it: nesting beyond 2048 elements, at which it gives the page up, attributes by the ten thousand,
which it compares one by one, and NUL.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from lxml import etree

from cleaner.errors import InputError
from cleaner.fold import utf8
from cleaner.patterns import late

_MOST_TAGS: Final = 1_000_000  # which to judge takes some 2 GB; articles have hundreds, a list of a whole site 100,000
_TOO_DEEP: Final = "Excessive depth"  # how the parser says that it gave a page up
_DEEPEST: Final = 400  # open elements; the deepest page of a site that means it has some 60
_LONGEST_TAG: Final = 20_000  # characters; attributes of pictures may hold as much, but nothing that is read here
_NAMES: Final = late(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_LONG_TAG: Final = late(rf"<[a-zA-Z][^<>]{{{_LONGEST_TAG},}}>?")
_LONG_START: Final = late(rb"<[a-zA-Z][^>]{%d}" % _LONGEST_TAG)
_TAG: Final = late(r"<(?:!--|(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>?)")
_KEPT_ATTRIBUTE: Final = late(
    r"\s(?:id|class|style|href|hidden)(?:=(?:\"[^\"]{0,500}\"|'[^']{0,500}'|[^\s\"'>]{0,500}))?"
)
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# Elements that the next of their kind closes, so that many in a row without an end tag are no nesting.
_SELF_CLOSING: Final = frozenset("p li td th tr dd dt option tbody thead tfoot colgroup".split()) | _VOID
# Where what is no markup ends, by the name of its element; a comment has none.
_RAW: Final = {"": late("-->")} | {
    name: late(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title", "xmp")
}
# Bytes that are no text, as `decode` gives them, and private characters that stand for them in a tree.
_BYTES: Final = range(0xDC80, 0xDD00)
_SHELTERS: Final = range(0x10F880, 0x10F900)
_SHELTER: Final = dict(zip(_BYTES, _SHELTERS, strict=True))
_UNSHELTER: Final = {shelter: byte for byte, shelter in _SHELTER.items()}
_SHELTERED: Final = late(f"[{chr(_SHELTERS[0])}-{chr(_SHELTERS[-1])}]")


def unsheltered(texts: Sequence[str], page: str) -> list[str] | None:
    """Texts out of the tree of a page with its bytes that are no text as they were, each as long; None if it has none.

    None also for a page that has the private characters which stand for them; it keeps none of these bytes.
    """
    if not any(map(_SHELTERED.search, texts)) or _SHELTERED.search(page):
        return None
    return [text.translate(_UNSHELTER) for text in texts]


def _encoded(page: str) -> bytes:
    """A page in UTF-8, with private characters for its bytes that are no text, if it has none of its own."""
    try:
        return page.encode()
    except UnicodeEncodeError:  # lone surrogates
        return utf8(page if _SHELTERED.search(page) else page.translate(_SHELTER))


def tree_of(page: str) -> etree._Element | None:
    """The root element of a page, or None if it holds neither element nor text.

    Comments and processing instructions are not in it. NUL and lone surrogates become U+FFFD, but those that stand
    for bytes that are no text become private characters, for `unsheltered`. A start tag of more than 20,000 bytes keeps
    the attributes that are read here. In a page that nests deeper than the parser goes, elements deeper than 400 become
    neighbours of the 400th.
    Raises `InputError` for a page of more than a million tags.
    """
    content = _encoded(page)
    is_large = len(content) > _MOST_TAGS and content.count(b"<") > _MOST_TAGS
    if is_large and (count := sum(1 for _ in _NAMES.finditer(page))) > _MOST_TAGS:
        raise InputError(f"a page of {count:,} tags, where {_MOST_TAGS:,} are too many; cut it, or leave it out")
    if _has_long_tag(content):
        content = _LONG_TAG.sub(_shortened, content.decode()).encode()
    if b"\0" in content:
        content = content.replace(b"\0", "\N{REPLACEMENT CHARACTER}".encode())
    root, is_whole = _parsed(content)
    return root if is_whole else _parsed(_flattened(content.decode()).encode())[0]


def _has_long_tag(content: bytes) -> bool:
    """Whether there may be a start tag that is too long: few `<` stand so far before the next."""
    place = content.find(b"<")
    while place >= 0:
        following = content.rfind(b"<", place + 1, place + 1 + _LONGEST_TAG)
        if following < 0:
            if _LONG_START.match(content, place):
                return True
            following = content.find(b"<", place + 1)
        place = following
    return False


def _parsed(content: bytes) -> tuple[etree._Element | None, bool]:
    """The root element, and whether the parser went to the end of the page."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:  # nothing but blanks, comments or declarations, or nested too deep
        root = None
    return root, not any(_TOO_DEEP in (error.message or "") for error in parser.error_log)


def _shortened(tag: re.Match[str]) -> str:
    head = tag[0][:_LONGEST_TAG]
    name = _NAMES.match(head)
    return f"<{name[2] if name else 'div'}{''.join(_KEPT_ATTRIBUTE.findall(head))}>"


def _flattened(page: str) -> str:
    """The page without the tags of elements that lie deeper than the limit; each leaves a line end."""
    pieces: list[str] = []
    nesting = _Nesting([], Counter(), Counter())
    start = 0
    while tag := _TAG.search(page, start):
        name, is_end = (tag[2] or "").lower(), bool(tag[1])
        stays = name in _SELF_CLOSING or not name or (nesting.leave(name) if is_end else nesting.enter(name))
        pieces += [page[start : tag.start()], tag[0] if stays else "\n"]
        start = tag.end()
        if not name or (name in _RAW and not is_end):
            end = _RAW[name].search(page, start)
            pieces.append(page[start : end.start() if end else len(page)])
            start = end.start() if end else len(page)
    return "".join([*pieces, page[start:]])


class _Nesting(NamedTuple):
    """The elements that are open, how many of each name, and how many start tags of each name were dropped."""

    opened: list[str]
    counts: Counter[str]
    dropped: Counter[str]

    def enter(self, name: str) -> bool:
        """Whether a start tag stays."""
        if len(self.opened) >= _DEEPEST:
            self.dropped[name] += 1
            return False
        self.opened.append(name)
        self.counts[name] += 1
        return True

    def leave(self, name: str) -> bool:
        """Whether an end tag stays: not that of a dropped start tag, nor one that closes nothing."""
        if self.dropped[name]:
            self.dropped[name] -= 1
            return False
        if not self.counts[name]:
            return False
        while (last := self.opened.pop()) != name:
            self.counts[last] -= 1
        self.counts[name] -= 1
        return True
