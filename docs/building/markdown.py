"""Pages as Markdown: their fenced blocks and code spans, and small pieces of Markdown to build others of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER: Final = MarkdownIt("commonmark").enable("table")
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|$~^:@-])")


class Block(NamedTuple):
    """A fenced block: its line in the page, from 1, what stands behind the fence, and the text."""

    line: int
    info: str
    text: str


class Span(NamedTuple):
    """A code span: the line of the page that its paragraph begins in, from 1, and the text."""

    line: int
    text: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [
        Block(_line(token), token.info.strip(), token.content) for token in _PARSER.parse(page) if token.type == "fence"
    ]


def spans(page: str) -> Iterator[Span]:
    """The code spans of a page, in order."""
    line = 1
    for token in _PARSER.parse(page):
        line = _line(token) if token.map else line
        yield from (Span(line, child.content) for child in token.children or () if child.type == "code_inline")


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def plain(text: str) -> str:
    r"""Markdown that shows a text as it is, on one line.

    >>> print(plain("a*b*\n<c>"))
    a\*b\*↵\<c\>
    """
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "↵")


def code(text: str) -> str:
    r"""Markdown that shows a text as code, on one line, ends of lines as arrows; bars don't end a table's cell.

    >>> code("a`b\n")
    '`` a`b↵ ``'
    """
    text = text.replace("\r", "␍").replace("\n", "↵").replace("\t", "⇥").replace("|", "\\|")
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text or text[:1] == " " or text[-1:] == " " or not text.strip() else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fenced(text: str, info: str = "text") -> list[str]:
    """Lines of a fenced block that holds a text."""
    fence = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
    return [f"{fence}{info}", *text.removesuffix("\n").split("\n"), fence]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table; cells are Markdown on one line."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
