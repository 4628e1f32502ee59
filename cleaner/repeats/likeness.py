"""How much a paragraph is like a stretch of the page, and where they differ. Next: `search`, which finds the stretch.

Two texts are compared by their letters alone, so that marks, blanks, width and script don't matter. What differs
is graded: another particle changes nothing, another number or a “not” changes everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from enum import IntEnum
from typing import Final, NamedTuple

# Marks between the digits of a number and its sign belong to it: 3.5 is not 35.
_NO_LETTER: Final = re.compile(r"(?![-−+<>≤≥.]\d)(?!(?<=\d)[%‰℃°])(?:(?<!\d)[\W_]|[\W_](?!\d))")

# Words of a link to the whole text, behind an ellipsis or in brackets: no part of what a paragraph says.
_READ_ON: Final = re.compile(
    r"(?:(?<=…)|(?<=\.\.)|(?=[\[(<【]))[\[(<【 ]*(?:点击|点此)?(?:详细|详情|(?:阅读|查看|展开|显示)?(?:全文|更多|原文)"
    r"|继续阅读|展开)[ >»›…]*[\])>】]*[ >»›…]*$"
)

_READ_ON_ENDS: Final = tuple("细情文多读开>»›…])】 ")


def reads_on(key: str) -> bool:
    """Whether a folded text ends in a link to the whole."""
    return key.endswith(_READ_ON_ENDS) and _READ_ON.search(key) is not None


def letters_of(key: str) -> str:
    """The letters and digits of a folded text, with the marks that belong to a number; marks alone stay as they are.

    >>> letters_of("占比3.5%,比去年(2024年)少。"), letters_of("* * *")
    ('占比3.5%比去年2024年少', '***')
    """
    if key.isalnum():
        return key
    key = _READ_ON.sub("", key) if key.endswith(_READ_ON_ENDS) else key
    return _NO_LETTER.sub("", key) or key.replace(" ", "")


def is_inside_word(key: str, letter: int) -> bool:
    """Whether a letter, counted from 0, and the one before it stand side by side in a folded text, without a mark.

    >>> is_inside_word("晚风吹过,灯还亮着", 4), is_inside_word("晚风吹过,灯还亮着", 5)
    (False, True)
    """
    marks = {match.start() for match in _NO_LETTER.finditer(key)}
    places = [place for place in range(len(key)) if place not in marks]
    return 0 < letter < len(places) and places[letter] == places[letter - 1] + 1


class Grade(IntEnum):
    """How much the differences between two paragraphs weigh."""

    SAME = 0  # none, or particles
    SMALL = 1  # slips: letters lost, doubled or mistaken, none of them a fact
    OTHER = 2  # another number, name or word, a negation, or too many slips


class Difference(NamedTuple):
    """What stands in one text where something else stands in the other; either may be empty."""

    there: str
    here: str


class Likeness(NamedTuple):
    """A paragraph found again: the stretch of the page's letters that says it, and where the two differ."""

    start: int
    end: int
    differences: tuple[Difference, ...]
    similarity: float  # shared letters over the mean length of both

    @property
    def grade(self) -> Grade:
        """What the differences amount to."""
        return grade_of(self.differences, self.end - self.start)


# --- grading ---------------------------------------------------------------------------------------------------

_PARTICLES: Final = frozenset("的了着地得也就都又还将已等于在把被和与及并而之其所则便即从对为向啊呢吧嘛呀")
# Letters of any script but Chinese, and characters of which one alone makes another statement of a sentence.
_FACT: Final = re.compile(
    "[^㐀-鿿𠀀-𪛟]|[〇零一二三四五六七八九十百千万亿两半双几第年月日时分秒元甲乙丙丁戊己庚辛壬癸]"
    "|[不没无未非勿莫否免准禁增减升降涨跌男女正副买卖胜负东西南北]"
)
_SLIP_LENGTH: Final = 3  # letters lost or added at one place; more is a word of its own
_WORD_LENGTH: Final = 2  # letters that stand for as many others: another word, not a slip
_SLIP_SHARE: Final = 0.1  # of a paragraph's letters


def grade_of(differences: Iterable[Difference], length: int) -> Grade:
    """The grade of a paragraph of `length` letters with these differences.

    A slip is one Chinese character for another, or a few more or fewer; two for two is another word.

    >>> grade_of([Difference("了", "")], 60), grade_of([Difference("免", "减")], 60)
    (<Grade.SAME: 0>, <Grade.OTHER: 2>)
    """
    telling = [found for found in differences if not is_particles(found)]
    if not telling:
        return Grade.SAME
    slips = sum(max(len(found.there), len(found.here)) for found in telling)
    if slips <= _SLIP_SHARE * length and all(map(is_slip, telling)):
        return Grade.SMALL
    return Grade.OTHER


def is_particles(found: Difference) -> bool:
    """Whether a difference is one of particles, which change no statement."""
    return _PARTICLES.issuperset(found.there + found.here)


def is_slip(found: Difference) -> bool:
    """Whether a difference may be a slip: few letters, and none that alone makes another statement."""
    if _FACT.search(found.there + found.here):
        return False
    return min(map(len, found)) < _WORD_LENGTH and max(map(len, found)) <= _SLIP_LENGTH


# --- aligning --------------------------------------------------------------------------------------------------

_SYNC: Final = 4  # letters that must agree after a difference
_REACH: Final = 12  # letters of one difference; beyond it the texts have parted
_BUDGET: Final = 0.15  # differing letters over all: a search that must fail fails early
_STRIDE: Final = 64
_WINDOW: Final = 2 * _REACH  # letters that the other text may be longer by


def aligned(here: str, page: str, *, at: int, anchor: int, within: tuple[int, int]) -> Likeness | None:
    """Where a page says all of `here`, letter by letter; None if it doesn't, or not closely enough.

    Only the page's letters from `within[0]` to `within[1]` count. `here[at]` and `page[anchor]` begin a stretch that
    both share; from it the two are followed to both ends of `here`. The alignment takes the nearest place where both
    agree again: its cost is linear, and its similarity at most that of the best one.
    """
    low, high = within
    start, end = anchor - at, anchor - at + len(here)
    if low <= start and end <= high and page.startswith(here, start):
        return Likeness(start, end, (), 1.0)
    budget = int(_BUDGET * len(here)) + 1
    slack = len(here) + budget + _WINDOW
    ahead = _followed(here[at:], page[anchor : min(high, anchor + slack)], budget)
    if ahead is None:
        return None
    behind = _followed(here[:at][::-1], page[max(low, anchor - slack) : anchor][::-1], budget)
    if behind is None:
        return None
    differences = (*(Difference(*(part[::-1] for part in found)) for found in reversed(behind[0])), *ahead[0])
    start, end = anchor - behind[1], anchor + ahead[1]
    differing = sum(len(found.here) for found in differences)
    return Likeness(start, end, differences, 2 * (len(here) - differing) / (len(here) + end - start))


def _followed(here: str, there: str, budget: int) -> tuple[list[Difference], int] | None:
    """(differences, letters of `there` used) until `here` is at its end; None where they part or cost too much."""
    found: list[Difference] = []
    left = right = 0
    while True:
        shared = _common(here, there, left, right)
        left, right = left + shared, right + shared
        if left == len(here):
            return found, right
        step = _resumption(here, there, left, right)
        if step is None:
            return None
        budget -= max(step)
        if budget < 0:
            return None
        found += _refined(there[right : right + step[1]], here[left : left + step[0]])
        left, right = left + step[0], right + step[1]


def _refined(there: str, here: str) -> Iterator[Difference]:
    """The smallest differences that make up one: two slips may stand closer than the letters that must agree."""
    if min(len(there), len(here)) < _WORD_LENGTH:
        yield Difference(there, here)
        return
    for tag, *(begin, end, left, right) in SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Difference(there[begin:end], here[left:right])


def _common(here: str, there: str, left: int, right: int) -> int:
    """How many letters agree from `here[left]` and `there[right]` on."""
    most = min(len(here) - left, len(there) - right)
    shared, size = 0, _STRIDE
    while size:
        if (
            shared + size <= most
            and here[left + shared : left + shared + size] == there[right + shared : right + shared + size]
        ):
            shared += size
        else:
            size //= 2
    return shared


def _resumption(here: str, there: str, left: int, right: int) -> tuple[int, int] | None:
    """(letters here, letters there) of the smallest difference after which both agree again; None if none is near."""
    best, reach = None, _REACH + 1
    for ours in range(min(_REACH, len(here) - left - _SYNC) + 1):
        if ours >= reach:
            break
        begin = left + ours
        found = there.find(here[begin : begin + _SYNC], right, right + reach + _SYNC - 1)
        if found >= 0 and max(ours, found - right) < reach:
            best, reach = (ours, found - right), max(ours, found - right)
    rest = len(here) - left
    if best is None and rest <= _SYNC:
        return rest, min(rest, len(there) - right)
    return best
