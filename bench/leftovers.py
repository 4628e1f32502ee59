"""What blog posts, forums and converters to Markdown leave on dirty pages: how much before, how much after cleaning.

For each shape of residue, the places and the pages that show it; then how often each rule of these kinds acted. What
is code on a page counts too: a shape that stays may be meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from bench.corpora import texts
from cleaner.pipeline import Cleaner

CORPORA: Final = ("wechat_hans_dirty", "web_hant_dirty")
KINDS: Final = frozenset(("front-matter", "bbcode", "markdown", "links", "forum"))

SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.MULTILINE)
    for name, pattern in {
        "images": r"!\[[^\]\n]*\]\([^)\n]*\)",
        "links without words": r"(?<!!)\[\s*\]\([^)\n]*\)",
        "lines that are a link": r"^[-*>\s\d.]*\[[^\]\n]+\]\([^)\n]+\)\s*$",
        "links in lines": r"(?<!!)\[[^\]\n]+\]\([^)\n]+\)",
        "parameters that count": r"https?://[^\s)]*[?&](?:utm_\w+|spm|from|chksm|scene|fbclid)=",
        "four stars and more": r"\*{4,}",
        "lines of stars": r"^[ \t]*\*[\s*]*$",
        "headings without a text": r"^[ \t]*#+[ \t]*$",
        "quotations without a text": r"^[ \t]*>[> \t]*$",
        "items without a text": r"^[ \t]*[-*+•][ \t]*$",
        "dividers": r"^[ \t]*(?:[-*_=][ \t]*){3,}$",
        "escaped marks": r"\\[_*\[\].#`!()>~-]",
        "backslashes at line ends": r"\\[ \t]*$",
        "HTML comments": r"<!--.*?-->",
        "headers of posts": r"\A---\n",
        "tags in brackets": r"\[/(?:quote|b|i|u|url|img|color|size|font|align|list)\]",
        "floors": r"^\s*(?:\d+\s*[楼樓#]|#\d+|沙发|板凳|楼主)\s*$",
        "devices": r"(?:发自|發自)(?:我的)?.{0,12}(?:手机|手機|[Ii][Pp]hone|客户端|客戶端)",
    }.items()
}


def places(text: str) -> Counter[str]:
    """How often a text shows each of `SHAPES`."""
    return Counter({name: len(pattern.findall(text)) for name, pattern in SHAPES.items()})


def main() -> None:
    cleaner = Cleaner()
    for corpus in CORPORA:
        before: Counter[str] = Counter()
        after: Counter[str] = Counter()
        pages: Counter[str] = Counter()
        hits: Counter[str] = Counter()
        for text in texts(corpus):
            document = cleaner.clean(text)
            here, left = places(text), places(document.text)
            before += here
            after += left
            pages += Counter(f"before {name}" for name in +here) + Counter(f"after {name}" for name in +left)
            hits += Counter(edit.rule for edit in document.edits if edit.kind in KINDS and not edit.is_flag)
        for name in SHAPES:
            if before[name] or after[name]:
                was = f"{before[name]} on {pages[f'before {name}']} pages"
                print(f"{corpus}, {name}: {was} → {after[name]} on {pages[f'after {name}']}")
        for rule, count in sorted(hits.items()):
            print(f"{corpus}, {rule}: {count}")


if __name__ == "__main__":
    main()
