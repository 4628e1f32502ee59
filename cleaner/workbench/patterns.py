"""Folded texts → the pattern that matches them all. Next: `drafts`, whose rules have such patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cleaner.preconditions import rarity
from cleaner.templates.keys import LINK, NUMBER, host_of
from cleaner.templates.pieces import DIVIDER
from cleaner.workbench.mining import Form

_TOKEN: Final = re.compile(rf"{DIVIDER}|{LINK}|{NUMBER}| +")
_ANY_DIVIDER: Final = r"[-=_*~#•·—]{6,}"
_SPECIAL: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_ANY_NUMBER: Final = r"\d+([.,:/-]\d+)*[万亿kw]?"
_LONGEST_NEED: Final = 16
_OUTER: Final = " *_"


def pattern_of(texts: Sequence[str], form: Form, *, is_sample: bool = False) -> tuple[str, str]:
    r"""(pattern, a literal it needs): what all folded texts say stands as it is, what varies is generalised.

    Of a sample, which shows nothing of what varies, all numbers, dates and paths of links are, and the literal is one
    word, such as articles have, too; "" if it holds none.

    >>> pattern_of(["勋章: 元老 2026-01-17"], "line", is_sample=True)
    ('^勋章:\\s+元老\\s+\\d+([.,:/-]\\d+)*[万亿kw]?$', '勋章')
    """
    stripped = [text.strip(_OUTER if form == "line" else " ") for text in texts]
    rows = [_cut(text) for text in stripped]
    columns = [sorted(set(column)) for column in zip(*rows, strict=False)] if _are_alike(rows) else []
    varying = [len(column) > 1 or (is_sample and bool(_TOKEN.fullmatch(column[0]))) for column in columns]
    parts = [_column(column, varies=varies) for column, varies in zip(columns, varying, strict=True)]
    body = "".join(parts) if columns else _escaped(stripped[0])
    literals = [column[0] for column, varies in zip(columns, varying, strict=True) if not varies]
    literals = literals if columns else stripped
    pieces = [piece for text in literals for piece in (_words(text) if is_sample else _literals(text))]
    rarest = (lambda piece: rarity([piece])) if is_sample else len
    need = max(pieces or [""], key=rarest)[:_LONGEST_NEED].strip()
    if form == "line":
        edge = r"[*_\s]*" if texts != stripped else ""
        return f"^{edge}{body}{edge}$", need
    return (rf"^\s*{body}\s*", need) if form == "head" else (rf"\s*{body}\s*$", need)


def _cut(text: str) -> list[str]:
    """A text cut into words, and dividers, links, numbers or blanks, by turns."""
    pieces, done = [], 0
    for match in _TOKEN.finditer(text):
        pieces += [text[done : match.start()], match[0]]
        done = match.end()
    return [*pieces, text[done:]]


def _are_alike(rows: list[list[str]]) -> bool:
    return len({len(row) for row in rows}) == 1


def _column(texts: list[str], *, varies: bool) -> str:
    """The pattern of what stands in one place of several texts."""
    if re.fullmatch(DIVIDER, texts[0]):
        return _ANY_DIVIDER
    if not varies:
        return _escaped(texts[0])
    if all(text.isdecimal() for text in texts):
        return r"\d+"
    if all(not text.strip() for text in texts):
        return r"\s+"
    if all(re.fullmatch(NUMBER, text) for text in texts):
        return _ANY_NUMBER
    host = _escaped(host_of(texts[0]))  # links of one template lead to one host
    return rf"(https?://)?(www\.)?{host}\S*"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _literals(text: str) -> list[str]:
    """The words of a text that hold more than digits and marks, else the text itself."""
    return [word for word in text.split() if any(letter.isalpha() for letter in word)] or [text.strip() or text]


def _words(text: str) -> list[str]:
    """The words of a text: stretches of letters."""
    return _WORDS.findall(text)


_WORDS: Final = re.compile(r"[^\W\d_]+")
