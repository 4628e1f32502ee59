"""What a line holds of spam: its words found, and weighed against what only articles have. Next: `spam.planted`.

The weight is a sum of logits, a naive Bayes reading of the line: the words of the lexicons speak for spam, letters
that no lexicon knows, the small words and the marks of sentences, and words of those who report on it speak against.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from cleaner import language
from cleaner.fold import occurrences
from cleaner.spam.lexicons import CORES, WEIGHTS, Lexicon, Role

SPAM: Final = 4.5  # from here on a line is spam: a sure word and a lure, or two names and a lure
SUSPECT: Final = 3.5  # from here on it is worth a look: a name and a lure
_REPEATED: Final = 0.1  # a word said again says nothing new
_UNKNOWN: Final = -0.4  # for each hanzi that no lexicon knows …
_FREE: Final = 4  # … beyond these, for a spammer has a name of his own
_UNKNOWN_LATIN: Final = -0.1
_SMALL_WORD: Final = -1.0
_MARKS: Final = {
    "。": -4.0, "!": -1.0, "?": -1.0, ",": -1.0, ";": -1.0, "、": -0.3,
    "“": -1.5, "”": -1.5, "「": -1.5, "」": -1.5, "『": -1.5, "』": -1.5,
}  # fmt: skip
_NOTHING_ELSE: Final = 0.5  # for a line without a letter that no lexicon knows
_JOINED: Final = 0.3  # for each _ or | between words, twice at most: a list of keywords, no sentence
_MOST_MARKS: Final = _NOTHING_ELSE + 2 * _JOINED  # what a line's marks can say at most
_BARS: Final = re.compile(r"[_|丨]")
_SMALL_WORDS: Final = frozenset("了是我他她它这那也就都被把但并而却又还着过对从很让给之于其")
_HANZI: Final = re.compile("[㐀-鿿]")
_LETTER: Final = re.compile("[㐀-鿿a-z]")
_LATIN: Final = re.compile("[a-z]")

_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]+\.)+(?:com|net|cc|vip|org|app|top|xyz|me|info|club|shop|site|online|live|bet|win|cn)\b[a-z0-9/._?=&-]*"
)
_NUMBER: Final = re.compile(r"v?\d[\d.:%/年月日期-]*")
_CHAT: Final = re.compile(
    r"(?:微信|薇信|威信|v信|vx|wx|qq|扣扣|企鹅|加我)(?:同号)?[^\w。,;]{0,3}(?:\d[\d -]{4,14}\d|[a-z][a-z0-9_-]{5,19})"
)
_MOBILE: Final = re.compile(r"(?:电话|手机|热线|tel|致电)?[^\w。,;]{0,3}(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")
_BYLINE: Final = re.compile(
    r"(?:发布|更新|上传|添加)?(?:时间|日期) ?: ?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日? +\d{1,2}:\d{2}(?::\d{2})?"
)
# Patterns that say something beside the words: a name, the pattern, its weight.
_SIGNS: Final = (
    ("address", _ADDRESS, 1.0), ("chat", _CHAT, 2.5), ("mobile", _MOBILE, 2.0), ("byline", _BYLINE, 1.0),
    ("number", _NUMBER, 0.0),
)  # fmt: skip

_NAMED: Final = 1.3  # what a letter counts in a word for what spam sells, against one in any other
_TOKEN: Final = 0.1  # what each further word costs: the longest wins

_CHANCE: Final = 2  # letters of a word that neighbours make by chance: 平特 in 水平特权
_COMMON: Final = -12.5  # log-probability of the words they are part of then

SPACERS: Final = " .·*_…"  # marks that spammers hold letters apart with
_SPACED: Final = re.compile(rf"[㐀-鿿]([{re.escape(SPACERS)}])[㐀-鿿](?:\1[㐀-鿿])+")


class Token(NamedTuple):
    """A word of a lexicon, or a sign, in a line."""

    start: int
    end: int
    term: str
    role: Role | None  # None for a sign
    kind: str
    weight: float


class Reading(NamedTuple):
    """What a line says: the sum of its evidence, the kind of spam it would be, and its words in order."""

    total: float
    kind: str  # "" where no word for what spam sells stands
    tokens: tuple[Token, ...]
    unknown: int  # hanzi outside the tokens
    against: frozenset[Role]  # which roles that speak against spam its words have


NOTHING: Final = Reading(0.0, "", (), 0, frozenset())


class Squeezed(NamedTuple):
    """A line without the marks that hold its letters apart, and for each letter its place in the line."""

    key: str
    places: Sequence[int]


def squeezed(key: str) -> Squeezed:
    """The line with spaced-out runs joined.

    >>> squeezed("六 合 彩资料").key
    '六合彩资料'
    """
    kept: list[int] = []
    done = 0
    for match in _SPACED.finditer(key):
        kept += range(done, match.start())
        kept += (place for place in range(*match.span()) if _HANZI.match(key[place]))
        done = match.end()
    if not done:
        return Squeezed(key, range(len(key)))
    kept += range(done, len(key))
    return Squeezed("".join(key[place] for place in kept), kept)


class Scale:
    """Weighs lines with the words of some lexicons, all found in one pass."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        self._terms: list[tuple[str, Role, str]] = [
            (term, role, lexicon.kind)
            for lexicon in lexicons
            for role, terms in lexicon.terms.items()
            for term in terms
        ]
        self._automaton = AhoCorasick([term for term, _, _ in self._terms], implementation=Implementation.DFA)

    def reading(self, key: str) -> Reading:
        """What a folded line says, as it stands; spaced-out letters are the caller's to join."""
        found = list(self._words(key))
        against = {token.term: token.role for token in found if token.role and token.weight < 0}
        tokens = tuple(_best_cover(key, [token for token in found if token.weight >= 0]))
        rest = uncovered(key, tokens)
        unknown, roles = len(_HANZI.findall(rest)), frozenset(against.values())
        if not any(map(is_core, tokens)):
            return Reading(0.0, "", tokens, unknown, roles)
        total = sum(weights(tokens)) + _of_rest(rest) + WEIGHTS["against"] * len(against)
        total += _JOINED * min(len(_BARS.findall(key)), 2) + _NOTHING_ELSE * (not _LETTER.search(rest))
        return Reading(total, _kind(tokens), tokens, unknown, roles)

    def may_be_spam(self, key: str) -> bool:
        """Whether the words of the line, whatever stands between them, are enough; cheaper than `reading`."""
        terms = {which for which, _, _ in occurrences(self._automaton, key)}
        weight = sum(max(WEIGHTS[self._terms[which][1]], 0.0) for which in terms)
        return weight >= SUSPECT - _MOST_MARKS or any(sign.search(key) for sign in (_CHAT, _MOBILE, _ADDRESS))

    def _words(self, key: str) -> Iterator[Token]:
        """Every word and sign of the line, overlapping ones too."""
        words = []
        for which, start, end in occurrences(self._automaton, key):
            term, role, kind = self._terms[which]
            if not _splits_latin(key, start, end) and not (role in CORES and _is_chance(key, start, end)):
                words.append(Token(start, end, term, role, kind, WEIGHTS[role]))
        yield from words
        for name, pattern, weight in _SIGNS:
            for match in pattern.finditer(key):
                sign = Token(*match.span(), name, None, "", weight)
                yield _named(sign, words) if name == "address" else sign


def _named(sign: Token, words: Iterable[Token]) -> Token:
    """An address as the name that it holds, if it holds one: www.bet365.com."""
    inside = [word for word in words if is_core(word) and sign.start <= word.start and word.end <= sign.end]
    best = max(inside, key=lambda word: word.weight, default=None)
    return sign._replace(role=best.role, kind=best.kind, weight=sign.weight + best.weight) if best else sign


def is_core(token: Token) -> bool:
    """Whether a token names what spam sells; lures and signs alone say nothing."""
    return token.role in CORES


def weights(tokens: Iterable[Token]) -> Iterator[float]:
    """What each token adds; one that was there before hardly anything."""
    seen: Counter[str] = Counter()
    for token in tokens:
        yield min(token.weight, _REPEATED) if seen[token.term] else token.weight
        seen[token.term] += 1


def uncovered(key: str, tokens: Iterable[Token]) -> str:
    """What is left of the line beside its tokens, which are in order."""
    pieces = []
    done = 0
    for token in tokens:
        pieces.append(key[done : token.start])
        done = token.end
    return "".join([*pieces, key[done:]])


def _of_rest(rest: str) -> float:
    unknown = max(len(_HANZI.findall(rest)) - _FREE, 0)
    latin = len(_LATIN.findall(rest))
    marks = sum(_MARKS.get(letter, 0.0) + _SMALL_WORD * (letter in _SMALL_WORDS) for letter in rest)
    return _UNKNOWN * unknown + _UNKNOWN_LATIN * latin + marks


def _splits_latin(key: str, start: int, end: int) -> bool:
    """Whether a word in Latin letters is part of a longer one: av in java."""
    before = start > 0 and _LATIN.match(key[start]) and _LATIN.match(key[start - 1])
    return bool(before or (end < len(key) and _LATIN.match(key[end - 1]) and _LATIN.match(key[end])))


def _is_chance(key: str, start: int, end: int) -> bool:
    """Whether a short word is made of the end of one common word, or the beginning of another: 特码 in 特码头."""
    if end - start > _CHANCE or not _HANZI.match(key[start]):
        return False
    words = language.load().words
    pairs = key[max(start - 1, 0) : start + 1], key[end - 1 : end + 1]
    return any(len(pair) > 1 and words.get(pair, -99.0) >= _COMMON for pair in pairs)


def _best_cover(key: str, tokens: Iterable[Token]) -> list[Token]:
    """The tokens, none over another, that cover most; of equals the fewest, and names of what spam sells first."""
    by_end: dict[int, list[Token]] = {}
    for token in tokens:
        by_end.setdefault(token.end, []).append(token)
    best = [0.0]
    last: list[Token | None] = [None]
    for end in range(1, len(key) + 1):
        choice, taken = best[end - 1], None
        for token in by_end.get(end, ()):
            value = best[token.start] + (end - token.start) * (_NAMED if is_core(token) else 1) - _TOKEN
            if value > choice:
                choice, taken = value, token
        best.append(choice)
        last.append(taken)
    return list(_path(last))[::-1]


def _path(last: Sequence[Token | None]) -> Iterator[Token]:
    place = len(last) - 1
    while place > 0:
        token = last[place]
        if token is not None:
            yield token
        place = token.start if token is not None else place - 1


def _kind(tokens: Iterable[Token]) -> str:
    """The kind that most of the evidence is of; of equals the first by name."""
    sums: dict[str, float] = {}
    for token in filter(is_core, tokens):
        sums[token.kind] = sums.get(token.kind, 0.0) + token.weight
    return min(sums, key=lambda kind: (-sums[kind], kind), default="")
