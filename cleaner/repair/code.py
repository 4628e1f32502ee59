"""Which stretches of a text are code or formulas, where marks mean something else than in prose."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

_FENCE: Final = re.compile(r"`{3,}|^[ ]{0,3}~{3,}", re.MULTILINE)
_INLINE: Final = re.compile(r"`[^`\n]+`")
_INDENTED: Final = re.compile(r"^(?:\t| {4})[^\n]+", re.MULTILINE)
_FORMULA: Final = re.compile(r"\$\$[^$]{1,2000}\$\$|\$[^$\n]{1,200}\$")
_TAGGED: Final = re.compile(r"\[code(?:=[^\]\n]{0,20})?\].{0,20000}?\[/code\]", re.IGNORECASE | re.DOTALL)
# What a text holds that a pattern is worth looking for in.
_SIGNS: Final = {_INLINE: "`", _INDENTED: ("\t", "    "), _FORMULA: "$", _TAGGED: "]"}

Stretch = tuple[int, int]


def stretches(text: str) -> list[Stretch]:
    """(start, end) of fenced, inline, indented and tagged code and of formulas, in order and apart.

    A fence that nothing closes reaches to the end of the text. A line indented by four blanks counts as code
    even if it is a paragraph: what is left alone in doubt costs little.

    >>> stretches("先运行`a**b`，再看结果。")
    [(3, 9)]
    """
    patterns = [pattern for pattern, signs in _SIGNS.items() if any(sign in text for sign in signs)]
    found = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    fences = _fenced(text) if "```" in text or "~~~" in text else ()
    return list(_joined(sorted([*found, *fences])))


def touches(code: Sequence[Stretch], start: int, end: int) -> bool:
    """Whether [start, end) shares a character with one of the stretches that `stretches` gave."""
    at = bisect_right(code, (end - 1, end))
    return any(
        code[place][1] > start and code[place][0] < end for place in range(max(at - 1, 0), min(at + 1, len(code)))
    )


def _fenced(text: str) -> Iterator[Stretch]:
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif fence[0].strip()[0] == opened[0].strip()[0]:
            yield opened.start(), fence.end()
            opened = None
    if opened is not None:
        yield opened.start(), len(text)


def _joined(spans: Sequence[Stretch]) -> Iterator[Stretch]:
    """Spans in order, those that overlap or touch as one."""
    if not spans:
        return
    start, end = spans[0]
    for left, right in spans[1:]:
        if left > end:
            yield start, end
            start, end = left, right
        end = max(end, right)
    yield start, end
