"""Which stretches of a text are code or formulas, where marks mean something else than in prose."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.patterns import late
from cleaner.units import View

_FENCE: Final = late(r"`{3,}|^[ ]{0,3}~{3,}", re.MULTILINE)
_BACKTICKS: Final = late("```+")  # on a page without the other sort, found fast
_INLINE: Final = late(r"`[^`\n]+`")
_INDENTED: Final = late(r"\n(?:\t| {4})[^\n]+")
_FORMULA: Final = late(r"\$\$[^$]{1,2000}\$\$|\$[^$\n]{1,200}\$")
_TAGGED: Final = late(r"\[code(?:=[^\]\n]{0,20})?\].{0,20000}?\[/code\]", re.IGNORECASE | re.DOTALL)
# What a text holds that a pattern is worth looking for in.
_BY_SIGN: Final = {"`": _INLINE, "$": _FORMULA, "]": _TAGGED}

Stretch = tuple[int, int]


def stretches(text: str) -> list[Stretch]:
    """(start, end) of fenced, inline, indented and tagged code and of formulas, in order and apart.

    A fence that nothing closes reaches to the end of the text. A line indented by four blanks counts as code
    even if it is a paragraph: what is left alone in doubt costs little.

    >>> stretches("先运行`a**b`，再看结果。")
    [(3, 9)]
    """
    found = []
    for sign, pattern in _BY_SIGN.items():
        if sign in text:
            found += [match.span() for match in pattern.finditer(text)]
    if "\t" in text or "    " in text:
        found += [(match.start(), match.end() - 1) for match in _INDENTED.finditer(f"\n{text}")]
    if "~" in text and "~~~" in text:
        found += _fenced(text, _FENCE)
    elif "`" in text:
        found += _fenced(text, _BACKTICKS)
    return list(_joined(sorted(found)))


def of(view: View) -> list[Stretch]:
    """`stretches` of the text of a view, for `View.once`."""
    return stretches(view.text)


def touches(code: Sequence[Stretch], start: int, end: int) -> bool:
    """Whether [start, end) shares a character with one of the stretches that `stretches` gave."""
    at = bisect_right(code, (end - 1, end))
    return any(
        code[place][1] > start and code[place][0] < end for place in range(max(at - 1, 0), min(at + 1, len(code)))
    )


def _fenced(text: str, pattern: re.Pattern[str]) -> Iterator[Stretch]:
    opened: re.Match[str] | None = None
    for fence in pattern.finditer(text):
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
