"""HTML page → all its text but a few regions, without choosing. Next: `cleaner.extract`, which chooses.

Elements that never hold an article are left out; what is left is told from furniture like any other text, by `rules`
and `structure`. What people labelled line by line, they labelled as this reads it.
"""

from __future__ import annotations

import re
from typing import Final

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from cleaner.fold import encodable

_LEFT_OUT: Final = [
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "svg",
    "canvas",
    "object",
    "select",
    "button",
    "input",
    "textarea",
]
_LEFT_OUT_REGIONS: Final = ["nav", "footer", "aside", "form"]
_BLOCK: Final = frozenset(
    "address article blockquote body br dd div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hr "
    "li main ol p pre section table tbody thead tr ul title caption option".split()
)
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")


def whole_text(page: str) -> str:
    """The text of an HTML page, a line for each block, `title` first if the body doesn't say it.

    Left out: scripts, styles, controls, hidden elements, comments and declarations, and the navigation, footer,
    aside and form regions. A lone surrogate, which stands for a byte that is no text, becomes U+FFFD.
    """
    soup = BeautifulSoup(encodable(page), "lxml")
    title = _BLANKS.sub(" ", soup.title.get_text()).strip() if soup.title else ""
    for element in soup.find_all([*_LEFT_OUT, *_LEFT_OUT_REGIONS, "head"]):
        element.decompose()
    for element in soup.find_all(_is_hidden):
        element.decompose()
    pieces: list[str] = []
    if soup.body:
        _gather(soup.body, pieces)
    lines = [line for line in (line.strip() for line in "".join(pieces).split("\n")) if line]
    says_title = not title or any(
        title == line or title.startswith((f"{line}_", f"{line} - ", f"{line}-")) for line in lines
    )
    return "\n".join(lines if says_title else [title, *lines])


def _is_hidden(element: Tag) -> bool:
    style = str(element.get("style") or "").replace(" ", "").lower()
    is_jammer = "jammer" in (element.get("class") or ())  # Discuz!: see `repair.jammers`
    return is_jammer or element.has_attr("hidden") or "display:none" in style or "visibility:hidden" in style


def _gather(root: Tag, pieces: list[str]) -> None:
    """Append the text below `root`, without recursion: pages may nest deeper than Python allows."""
    waiting: list[Tag | NavigableString | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Tag):
            edge = "\n" if node.name in _BLOCK else " " if node.name in ("td", "th") else ""
            waiting += [edge, *reversed(node.contents), edge]  # type: ignore[list-item]
        elif not isinstance(node, NavigableString):
            pieces.append(node)
        elif not isinstance(node, PreformattedString):  # comments, declarations, processing instructions
            pieces.append(_BLANKS.sub(" ", node))
