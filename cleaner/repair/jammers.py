r"""Anti-copy jammers: the random ASCII a forum hides between its lines: `% g$ V0 N% \" f; J)`.

Discuz! writes five to fifteen pairs, each a character of U+0020–U+003B, a blank, and one of U+003F–U+007E
(its `jammer` function), hidden from readers and not from scrapers. Other sites draw tokens of one to three
characters. No single run proves itself, for short codes look alike; a page of them, as varied as chance, does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair.markup import is_about_markup
from cleaner.units import View

_BLANK: Final = "[ \N{NO-BREAK SPACE}]"
# The first of a pair may be a blank itself, and two blanks may have become one.
_PAIRS: Final = late(
    rf"(?:[!-;]{_BLANK}|(?<=[^ -~]{_BLANK}{{2}})|^)[?-~](?:(?:[!-;]{_BLANK}|{_BLANK}{{1,2}})[?-~]){{4,}}",
    re.MULTILINE,
)
_TOKENS: Final = late(rf"(?<![!-~])[!-~]{{1,3}}(?:{_BLANK}{{1,2}}[!-~]{{1,3}}){{5,}}(?![!-~])")
_EDGES: Final = " \t\N{NO-BREAK SPACE}"
# What Chinese text may itself have in ASCII behind a word, and before one.
_BEHIND_WORDS: Final = "0123456789%)]+-,.:;!?"
_BEFORE_WORDS: Final = "0123456789([+-$#*<"

_MARKS: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_OPENING: Final = frozenset("#$%&*+/(")  # marks that come before something, where text has “x, y; z.”
_ODD: Final = frozenset("@#~`!;?\"'")  # marks that neither formulas nor LaTeX are full of
_RARE: Final = "#$&*+@[\\]^_`{|}~'\"!;?<=>"  # marks that clean Chinese text has few of
_FEWEST_RARE: Final = 3
_FEWEST_BLANKS: Final = 5  # one run of five pairs
# Different characters, as a share of those that as many random draws would show: the jammers of a page have
# .85 and more in simulation; lists of faces, chords and formulas, which use few characters again and again, below .6.
_VARIED: Final = 0.75


class _Run(NamedTuple):
    """A stretch of text, and its characters without blanks."""

    start: int
    end: int
    letters: str


class _Family(NamedTuple):
    """One sort of jammers: how it is found, and how many typical runs of how many characters make it certain."""

    rule: str
    why: str
    places: Callable[[bytes], list[int]]
    pattern: re.Pattern[str]
    trimmed: Callable[[str, int, int], tuple[int, int]]
    is_typical: Callable[[str], bool]
    fewest: int
    alphabet: int


def find(view: View) -> Iterator[Edit]:
    """Edits that remove jammers from pages with several, flags over what might be one.

    Left alone: what repeats few characters (formulas, chords, chess, grades, faces), runs of one kind of
    character, part numbers, words, and token runs on pages about code. A digit of the text that touches a run
    stays, even where it may belong to the run.
    """
    text = view.text
    if text.count(" ") < _FEWEST_BLANKS:
        return
    if len(list(islice((mark for mark in _RARE if mark in text), _FEWEST_RARE))) < _FEWEST_RARE:
        return
    letters = text.encode("latin-1", "ignore").translate(None, _BEYOND_ASCII)
    for family in (_PAIR_FAMILY, _TOKEN_FAMILY):
        places = family.places(letters)
        edits = list(_found(view, family, np.flatnonzero(view.codes < _BEYOND_ASCII[0])[places])) if places else []
        if edits:
            yield from edits
            return


def _found(view: View, family: _Family, places: NDArray[np.intp]) -> Iterator[Edit]:
    text = view.text
    runs = [run for start, end in _lines_at(text, places.tolist()) for run in _runs(text, family, start, end)]
    typical = [run for run in runs if family.is_typical(run.letters)]
    if not typical or (family is _TOKEN_FAMILY and view.once(is_about_markup)):
        return
    if len(typical) >= family.fewest and _are_varied(typical, family.alphabet):
        yield from (_removal(text, run, family) for run in runs if _is_like_typical(run.letters))
    else:
        yield from (_flag(text, run) for run in typical)


def _lines_at(text: str, places: list[int]) -> Iterator[tuple[int, int]]:
    """(start, end) of each line that has one of the places, in ascending order, once."""
    end = -1
    for place in places:
        if place > end:
            start = text.rfind("\n", 0, place) + 1
            end = text.find("\n", place)
            end = end if end >= 0 else len(text)
            yield start, end


def _runs(text: str, family: _Family, start: int, end: int) -> Iterator[_Run]:
    for match in family.pattern.finditer(text, start, end):
        first, last = family.trimmed(text, *match.span())
        yield _Run(first, last, "".join(text[first:last].split()))


def _trimmed_pairs(text: str, start: int, end: int) -> tuple[int, int]:
    """A run of pairs without what may be the text’s own: the 5 of “25 d7 …”, the last of “… q X” and “… q3 Apples”."""
    if start and text[start].isdigit() and text[start - 1].isascii() and text[start - 1].isalnum():
        start += 1
    if "?" <= text[end - 3] <= "~":  # a letter alone behind a letter and a blank
        end -= 2
    follower = text[end : end + 1]
    if follower.isascii() and follower.isalpha() and text[end - 3].isdigit():
        end -= 3
    return start, end


def _trimmed_tokens(text: str, start: int, end: int) -> tuple[int, int]:
    """A run of tokens without the first and last where they may hold a character of the text they touch: “共3x …”."""
    if start and text[start - 1].isalnum() and text[start] in _BEHIND_WORDS:
        start = min(place for blank in _EDGES if (place := text.find(blank, start, end)) >= 0)
    if text[end : end + 1].isalnum() and text[end - 1] in _BEFORE_WORDS:
        end = max(text.rfind(blank, start, end) for blank in _EDGES)
    return start, end


def _is_typical_pairs(letters: str) -> bool:
    """Whether a run has marks of several sorts, one of them where text has none, and letters or marks of two."""
    low = {letter for letter in letters if letter < "<"} & _MARKS
    high = {letter for letter in letters if letter > ">"}
    sorts = any(map(str.isupper, high)) + any(map(str.islower, high)) + bool(high & _MARKS)
    return len(low) >= 3 and bool(low & _OPENING) and sorts >= 2


def _is_typical_tokens(letters: str) -> bool:
    used = set(letters)
    sorts = any(map(str.isupper, used)) + any(map(str.islower, used)) + any(map(str.isdigit, used))
    return sorts >= 2 and len(used & _MARKS) >= 4 and len(used & _ODD) >= 2


def _is_like_typical(letters: str) -> bool:
    """Whether a run beside typical ones is one of them: it has two marks at least, one of them a rare one."""
    marks = set(letters) & _MARKS
    return len(marks) >= 2 and bool(marks & (_OPENING | _ODD))


def _are_varied(runs: list[_Run], alphabet: int) -> bool:
    """Whether the runs use about as many different characters as that many random draws from the alphabet."""
    letters = "".join(run.letters for run in runs)
    expected = alphabet * (1 - (1 - 1 / alphabet) ** len(letters))
    return len(set(letters)) >= _VARIED * expected


def _flag(text: str, run: _Run) -> Edit:
    old = text[run.start : run.end]
    why = "looks like the random characters of an anti-copy jammer, but the page has too few of them to be sure"
    return Edit(run.start, old, old, "jammers/lone", why, 0.5)


def _removal(text: str, run: _Run, family: _Family) -> Edit:
    """The run goes, and the blanks beside it, but for an indent and for one blank between words in ASCII."""
    start, end = run.start, run.end
    while start and text[start - 1] in _EDGES:
        start -= 1
    while end < len(text) and text[end] in _EDGES:
        end += 1
    begins_line, ends_line = start == 0 or text[start - 1] == "\n", end == len(text) or text[end] in "\r\n"
    if begins_line:
        start = run.start
    between_words = not (begins_line or ends_line) and text[start - 1].isascii() and text[end].isascii()
    new = " " if between_words and (start, end) != (run.start, run.end) else ""
    return Edit(start, text[start:end], new, family.rule, family.why, 0.95)


# --- where to look: loose conditions on bytes and arrays, for the patterns are slow where ASCII abounds ------------

_BEYOND_ASCII: Final = bytes(range(0xA1, 0x100))  # a no-break space counts as a blank


def _table(*sorts: tuple[str, bytes]) -> bytes:
    """A table for `bytes.translate` that shows each of some characters as one byte, and all others as 0."""
    shown = {ord(letter): byte[0] for letters, byte in sorts for letter in letters}
    return bytes(shown.get(point, 0) for point in range(0x100))


_GAPS: Final = " \N{NO-BREAK SPACE}"
_LOW: Final = "".join(map(chr, range(0x21, 0x3C)))
_HIGH: Final = "".join(map(chr, range(0x3F, 0x7F)))
_OF_PAIRS: Final = _table((_LOW, b"l"), (_HIGH, b"h"), (_GAPS, b" "))
_THREE_PAIRS: Final = late(b"l hl hl h")  # on one line, for line ends show as 0
_OF_TOKENS: Final = _table((f"{_LOW}<=>{_HIGH}", b"a"), (_GAPS, b" "))
_SIX_TOKENS: Final = late(b" a{1,3} (?: ?a{1,3} ){3} ?a")  # the first and the last may touch others here
_IS_GAP: Final = _table((_GAPS, b"\1"))
_IS_ODD: Final = _table(("".join(_ODD), b"\1"))
_FIVE_TOKENS: Final = 4 * 5  # letters and blanks at most from the end of one to the end of the fourth behind it


def _pair_places(letters: bytes) -> list[int]:
    """Where, among the ASCII characters of a text, three pairs in a row stand."""
    shown = letters.translate(_OF_PAIRS)
    return [match.start() for match in _THREE_PAIRS.finditer(shown)]


def _token_places(letters: bytes) -> list[int]:
    """Where five blanks end short tokens, with an odd mark among them."""
    if not _SIX_TOKENS.search(letters.translate(_OF_TOKENS)):
        return []
    gap = np.frombuffer(letters.translate(_IS_GAP), np.bool_)
    ends = (gap[1:] > gap[:-1]).nonzero()[0]
    first, last = ends[:-4], ends[4:]
    is_close = last - first <= _FIVE_TOKENS
    if not is_close.any():
        return []
    odd = np.cumsum(np.frombuffer(letters.translate(_IS_ODD), np.uint8), dtype=np.intp)
    found: list[int] = first[is_close & (odd[last] > odd[first])].tolist()
    return found


_PAIR_FAMILY: Final = _Family(
    "jammers/pairs",
    "random marks and letters that a forum hides between its lines against copying",
    _pair_places,
    _PAIRS,
    _trimmed_pairs,
    _is_typical_pairs,
    fewest=2,
    alphabet=28 + 64,
)
_TOKEN_FAMILY: Final = _Family(
    "jammers/tokens",
    "random short tokens, in several places of the page, hidden in the text against copying",
    _token_places,
    _TOKENS,
    _trimmed_tokens,
    _is_typical_tokens,
    fewest=3,
    alphabet=94,
)
