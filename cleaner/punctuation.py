"""ASCII punctuation in Chinese text → full width, when the user asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit

_FULL_WIDTH: Final = str.maketrans(",.:;!?()", "，。：；！？（）")
_HAN: Final = "\u3400-\u9fff\u3000-\u303f\uff01-\uff5e“”‘’…—"
_MARKS: Final = re.compile(rf"(?<=[{_HAN})])(?:[,:;!?]{{1,3}}|\.)(?=[{_HAN}()\s]|$)")
_BRACKETS: Final = re.compile(
    rf"(?<=[{_HAN}])(\()[^()\n]{{0,80}}(\))|(\()(?=[^()\n]{{0,80}}[{_HAN}])[^()\n]{{0,80}}(\))"
)


def widen(text: str) -> Iterator[Edit]:
    """Edits that give the marks , . : ; ! ? and the brackets of Chinese text their full-width form.

    Left alone: marks with an ASCII letter or digit on either side (times, numbers, addresses), rows of dots,
    brackets that neither hold Chinese nor follow it.

    >>> [edit.new for edit in widen("你好,世界(地球).")]
    ['，', '（', '）', '。']
    """
    spans = {match.span() for match in _MARKS.finditer(text)}
    for match in _BRACKETS.finditer(text):
        spans |= {match.span(group) for group in range(1, 5) if match[group]}
    for start, end in sorted(spans):
        old = text[start:end]
        yield Edit(
            start, old, old.translate(_FULL_WIDTH), "punctuation/fullwidth", "full-width mark in Chinese text, as asked"
        )
