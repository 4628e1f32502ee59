"""ASCII punctuation in Chinese text → full width, when the user asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit
from cleaner.patterns import late

_FULL_WIDTH: Final = str.maketrans(",.:;!?()", "，。：；！？（）")
_HAN: Final = "\u3400-\u9fff\u3000-\u303f\uff01-\uff5e“”‘’…—"
_CHINESE: Final = late(f"[{_HAN}]")
_MARK_OR_OPENING: Final = late(rf"(?:[,:;!?]{{1,3}}|\.)(?=[{_HAN}()\s]|$)|\(")
_BRACKET_OR_LINE_END: Final = late(r"[()\n]")
_REACH: Final = 80  # characters that a pair of brackets may hold


def widen(text: str) -> Iterator[Edit]:
    """Edits that give the marks , . : ; ! ? and the brackets of Chinese text their full-width form.

    A mark is one of Chinese text by what stands on both sides of it, a pair of brackets by what it holds or follows.
    What has become full width is Chinese for what follows it. Left alone: marks with an ASCII letter or digit on
    either side (times, numbers, addresses) or behind brackets that stay, rows of dots, brackets that neither hold
    Chinese nor follow it.

    >>> [edit.new for edit in widen("你好,世界(地球).")]
    ['，', '（', '）', '。']
    """
    for start, end in sorted(_spans(text)):
        old = text[start:end]
        yield Edit(
            start, old, old.translate(_FULL_WIDTH), "punctuation/fullwidth", "full-width mark in Chinese text, as asked"
        )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each row of marks and each bracket that becomes full width."""
    closings = dict(_pairs(text))
    widened: set[int] = set()  # ends of spans
    for match in _MARK_OR_OPENING.finditer(text):
        start, end = match.span()
        follows_chinese = start in widened or _CHINESE.match(text[start - 1 : start])
        closing = closings.get(start)
        if closing is not None and (follows_chinese or _CHINESE.search(text, start, closing)):
            widened |= {end, closing + 1}
            yield from (match.span(), (closing, closing + 1))
        elif follows_chinese and match[0] != "(":
            widened.add(end)
            yield match.span()


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """(opening, closing) of ASCII brackets that belong together, on one line and not far apart."""
    opened: list[int] = []
    for match in _BRACKET_OR_LINE_END.finditer(text):
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == "\n":
            opened.clear()
        elif opened:
            opening = opened.pop()
            if match.start() - opening <= _REACH + 1:
                yield opening, match.start()
