"""What a line looks like, whatever its words: sentence, item, date, headline. Next: `tagger`, `structure`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, NamedTuple

from cleaner.rules import Rule


class Shape(Enum):
    """What a line looks like, whatever its words."""

    PROSE = "prose"  # sentences: an end mark after enough text, or long and punctuated
    DATE = "date"  # nothing but a date, with or without a time
    ITEM = "item"  # a bullet or a link, then a headline
    SHORT = "short"  # anything else that is short and ends without an end mark
    OTHER = "other"

    __hash__ = object.__hash__  # an enum's own one is slow, for it hashes the name


class Row(NamedTuple):
    """A line that holds text, as the decisions about it see it."""

    line: int  # its index in the view
    key: str
    shape: Shape
    rule: Rule | None
    has_gap: bool = False  # whether blank lines stand above it


_PROSE_LENGTH: Final = 20  # letters before an end mark; headlines and captions rarely have both
_LONG_LENGTH: Final = 50  # with clause marks inside, prose even when the end mark is missing
HEADLINE_LENGTH: Final = 45
_END_MARKS: Final = frozenset("。!?…;")
_CLOSERS: Final = "\"'”’」』)]】》"
_LOOSE_END_MARKS: Final = frozenset(".:—")  # which end a sentence only with a quotation mark behind them, or nothing
_QUOTES: Final = frozenset('”’」』"')
_INNER: Final = re.compile(r"[,、;]")
_CLAUSE: Final = re.compile(r"[,、;。!?:]")
_DATE: Final = re.compile(
    r"^[\[(【]?(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.月]\d{1,2}日?)([ t]*\d{1,2}:\d{2}(:\d{2})?)?[\])】]?$"
)
_BULLET: Final = re.compile(r"^([•·・●○■□▪◆◇★☆►▶>*+|-]|\d{1,2}[.、)]|\[\d+\])\s*\S")
_CREDIT: Final = re.compile(
    r"^[-•·*\s]*[(\[【]?(本文|图片)?(作者|记者|来源|(责任)?编辑|责编|审核|校对|摄影|撰文|供稿|翻译|译者|通讯员|[文图])"
    r"(?=[/:|、 】)\]]|$)"
)
_LINK: Final = re.compile(r"^(!?\[[^\]]*\]\([^)]*\)\s*)+$|^https?://\S+$")


# What dates, links and items begin with, if not with a digit.
_OPENINGS: Final = frozenset("[(【!h•·・●○■□▪◆◇★☆►▶>*+|-")


def _is_sentence(key: str) -> bool:
    return len(key) >= _PROSE_LENGTH and key.endswith("。")


def shape_of(key: str) -> Shape:
    """The shape of a line from its folded, stripped text.

    >>> shape_of("• 张老师谈读书"), shape_of("2026-01-17 18:39:01")
    (<Shape.ITEM: 'item'>, <Shape.DATE: 'date'>)
    """
    opening = key[:1]
    if opening in _OPENINGS or opening.isdecimal():
        if _DATE.match(key):
            return Shape.DATE
        if _LINK.match(key):
            return Shape.ITEM
        if _BULLET.match(key):
            return Shape.PROSE if len(key) > 2 * HEADLINE_LENGTH or _is_sentence(key) else Shape.ITEM
    has_end = _has_end(key)
    if len(key) >= _PROSE_LENGTH and has_end:
        return Shape.PROSE
    if len(key) >= _LONG_LENGTH and len(_CLAUSE.findall(key)) >= 2:
        return Shape.PROSE
    return Shape.SHORT if len(key) <= HEADLINE_LENGTH and not has_end else Shape.OTHER


def _has_end(key: str) -> bool:
    """Whether a line ends as sentences do, in a mark and perhaps what closes behind it."""
    last = key[-1:]
    if last in _END_MARKS or last in _LOOSE_END_MARKS:
        return True
    if last not in _CLOSERS:
        return False
    return key.rstrip(_CLOSERS)[-1:] in _END_MARKS or (last in _QUOTES and key[-2:-1] in _LOOSE_END_MARKS)


def speaks(row: Row) -> bool:
    """Whether a row that no rule marks says a sentence: with an end mark, and longer than a headline's one clause."""
    return row.rule is None and (row.shape is Shape.PROSE or (_has_end(row.key) and bool(_INNER.search(row.key))))


def speaking(rows: Iterable[Row]) -> Iterator[int]:
    """The places of the rows that speak."""
    for place, (_, key, shape, rule, _) in enumerate(rows):
        if rule is None and (shape is Shape.PROSE or (_has_end(key) and _INNER.search(key))):
            yield place


def names_somebody(key: str) -> bool:
    """Whether a line begins like a credit: author, source, editor.

    >>> names_somebody("(责任编辑:褚平)"), names_somebody("编辑部搬家了")
    (True, False)
    """
    return _CREDIT.match(key) is not None


_SENTENCE: Final = re.compile(r"^.*[㐀-鿿].*[㐀-鿿].*(。[”’」』)\]】\"]*|[!?…][”’」』\"]+)$|^[“「『‘].*[!?…]$")
_SENTENCE_ENDS: Final = frozenset('。”’」』)]】"!?…')


def is_sentence(key: str) -> bool:
    """Whether a line, however short, ends as only a sentence does: with a full stop, or inside quotation marks.

    Headlines may end in a question or exclamation mark, and so those alone don't count.

    >>> is_sentence("他走了。"), is_sentence("“再见了,老陈!”"), is_sentence("体检能查出什么?")
    (True, True, False)
    """
    return key[-1:] in _SENTENCE_ENDS and _SENTENCE.match(key) is not None
