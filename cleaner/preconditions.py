r"""What a pattern asks of a line, read off the pattern once. Next: `sieve`, which asks it of all lines of a text.

Most lines that hold a rule's literal are no match, and show it by their length, by how they begin or by how they
end. All that is said here is necessary, nothing sufficient: what meets it is still searched for the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Letters = frozenset[str] | None  # None: any letter may stand there
Side = Literal["start", "end"]


class Precondition(NamedTuple):
    """What holds of every text that a pattern matches somewhere.

    `shortest` is its least length; `firsts` and `lasts` hold its first and last letter, if the pattern is bound to
    that end, and are None where any letter may stand; `literals`, if not empty, are such that one of them occurs.
    Of each of `others`, too, one occurs, and `letters` are all that the text is made of, None if there may be any.
    """

    shortest: int = 0
    firsts: Letters = None
    lasts: Letters = None
    literals: frozenset[str] = frozenset()
    others: tuple[frozenset[str], ...] = ()
    letters: Letters = None


def precondition(pattern: str) -> Precondition:
    r"""What every text meets in which the linear-time engine finds `pattern`.

    Nothing is asked where the pattern holds options such as `(?i)`, or other syntax that isn't understood here.

    >>> found = precondition(r"^[\[(]?(打印|列印)本页[\])]?$")
    >>> found.shortest, sorted(found.firsts), sorted(found.lasts), sorted(found.literals)
    (4, ['(', '[', '列', '打'], [')', ']', '页'], ['本页'])
    >>> [sorted(literals) for literals in found.others], "".join(sorted(found.letters))
    ([['列印', '打印']], '()[]列印打本页')
    """
    try:
        tree = _Parser(pattern).tree()
    except _UnknownSyntaxError:
        return Precondition()
    literals, *others = sorted(set(_required(tree)), key=_strength, reverse=True) or [frozenset()]
    firsts, lasts = _ending(tree, "start"), _ending(tree, "end")
    letters = None if firsts is None or lasts is None else _letters_of(tree)
    return Precondition(_shortest(tree), firsts, lasts, literals, tuple(others), letters)


def stronger(literals: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """`literals`, or `other` if all of that are as rare as a word, and rarer than some of `literals`.

    >>> sorted(stronger(frozenset(("加", "关注")), frozenset(("加微信", "加好友"))))
    ['加好友', '加微信']
    """
    return other if rarity(other) > rarity(literals) and rarity(other) >= _WORD else literals


def rarity(literals: Iterable[str]) -> float:
    """How rare the commonest of some literals is, about in hanzi."""
    return min((sum(map(_weight, literal)) for literal in literals), default=0.0)


_WORD: Final = 2.0
_HANZI: Final = 0x3400
_LATIN_WEIGHT: Final = 0.4  # of a Latin letter: words need several, and every page has its addresses
_COMMON_WEIGHT: Final = 0.2  # of figures, blanks and marks


def _weight(letter: str) -> float:
    if not letter.isalpha():
        return _COMMON_WEIGHT
    return _LATIN_WEIGHT if ord(letter) < _HANZI else 1.0


def loosened(pattern: str) -> str:
    r"""A pattern that finds all that `pattern` finds and more, with `*` and `+` for counts such as {0,40}.

    Counts make automata large and slow to build. One that doesn't count tells nearly as well what is no match.

    >>> loosened(r"^[^。]{0,40}\p{Han}{2,4}网$")
    '^[^。]*\\p{Han}+网$'
    """
    pieces = []
    place = 0
    while token := _TOKEN.match(pattern, place):
        pieces.append("*" if token["least"] == "0" else "+" if token["least"] else token[0])
        place = token.end()
    return "".join(pieces) if place == len(pattern) else pattern


# --- what follows from a tree ----------------------------------------------------------------------------------


class _Letter(NamedTuple):
    """One letter out of a set."""

    letters: Letters


class _Bound(NamedTuple):
    """A place that takes no letter: the start or the end of the text, or anywhere (None)."""

    side: Side | None


class _Row(NamedTuple):
    """One part after another."""

    parts: tuple[_Node, ...]


class _Choice(NamedTuple):
    """One part of several."""

    parts: tuple[_Node, ...]


class _Repeat(NamedTuple):
    """A part at least so many times."""

    part: _Node
    least: int


_Node = _Letter | _Bound | _Row | _Choice | _Repeat


def _shortest(node: _Node) -> int:
    match node:
        case _Row(parts):
            return sum(map(_shortest, parts))
        case _Choice(parts):
            return min(map(_shortest, parts))
        case _Repeat(part, least):
            return least * _shortest(part)
    return int(isinstance(node, _Letter))


def _letters_of(node: _Node) -> Letters:
    """All letters that a node may take up."""
    match node:
        case _Letter(letters):
            return letters
        case _Bound():
            return frozenset()
        case _Repeat(part, _):
            return _letters_of(part)
        case _Row(parts) | _Choice(parts):
            return _union(map(_letters_of, parts))


class _Ending(NamedTuple):
    """The letters that may stand at an end of a text if a node takes it up, and what follows where it takes none."""

    letters: Letters
    may_be_empty: bool
    is_bound: bool  # whether the end is then known to be here


def _ending(tree: _Node, side: Side) -> Letters:
    """The letters that may stand at one end of a text that matches."""
    ending = _of(tree, side, is_bound=False)
    return None if ending.may_be_empty else ending.letters


def _of(node: _Node, side: Side, *, is_bound: bool) -> _Ending:
    match node:
        case _Letter(letters):
            return _Ending(letters if is_bound else None, may_be_empty=False, is_bound=False)
        case _Bound(where):
            return _Ending(frozenset(), may_be_empty=True, is_bound=is_bound or where == side)
        case _Row(parts):
            return _of_row(parts if side == "start" else parts[::-1], side, is_bound=is_bound)
        case _Choice(parts):
            found = [_of(part, side, is_bound=is_bound) for part in parts]
            empty = [ending.is_bound for ending in found if ending.may_be_empty]
            return _Ending(_union(ending.letters for ending in found), bool(empty), bool(empty) and all(empty))
        case _Repeat(part, least):
            ending = _of(part, side, is_bound=is_bound)
            if ending.may_be_empty and ending.is_bound:  # then the next turn is bound as well
                ending = ending._replace(letters=_union((ending.letters, _of(part, side, is_bound=True).letters)))
            return ending if least else ending._replace(may_be_empty=True, is_bound=is_bound)


def _of_row(parts: Iterable[_Node], side: Side, *, is_bound: bool) -> _Ending:
    letters: Letters = frozenset()
    for part in parts:
        ending = _of(part, side, is_bound=is_bound)
        letters = _union((letters, ending.letters))
        if not ending.may_be_empty:
            return _Ending(letters, may_be_empty=False, is_bound=False)
        is_bound = ending.is_bound
    return _Ending(letters, may_be_empty=True, is_bound=is_bound)


def _union(sets: Iterable[Letters]) -> Letters:
    union: frozenset[str] = frozenset()
    for letters in sets:
        if letters is None:
            return None
        union |= letters
    return union


_MOST: Final = 64  # literals of a set; where there are more, others tell as much for less


def _required(node: _Node) -> Iterator[frozenset[str]]:
    """Sets of literals, of each of which every match holds one."""
    match node:
        case _Letter(letters) if letters and len(letters) <= _MOST:
            yield letters
        case _Row(parts):
            yield from _required_of_row(parts)
        case _Choice(parts):
            best = [max(_required(part), key=_strength, default=None) for part in parts]
            found = [literals for literals in best if literals]
            if len(found) == len(best) and len(union := frozenset().union(*found)) <= _MOST:
                yield union
        case _Repeat(part, least) if least:
            yield from _required(part)


def _required_of_row(parts: Iterable[_Node]) -> Iterator[frozenset[str]]:
    run = ""
    for part in parts:
        if isinstance(part, _Letter) and part.letters and len(part.letters) == 1:
            run += min(part.letters)
            continue
        if run:
            yield frozenset((run,))
        run = ""
        yield from _required(part)
    if run:
        yield frozenset((run,))


def _strength(literals: frozenset[str]) -> tuple[float, int, list[str]]:
    """The rarer the better, then the fewer; the rest only makes the choice the same each time."""
    return rarity(literals), -len(literals), sorted(literals)


# --- reading patterns ------------------------------------------------------------------------------------------


class _UnknownSyntaxError(Exception):
    """The pattern holds something that may mean anything."""


_ESCAPE: Final = r"\\x\{[0-9a-fA-F]+\}|\\x[0-9a-fA-F]{2}|\\[pP]\{\^?\w+\}|\\[pP]\w|\\[^0-9xpPQEC]"
_TOKEN: Final = re.compile(
    rf"(?P<group>\((?:\?:|\?P?<\w+>|(?!\?)))"
    rf"|(?P<set>\[\^?\]?(?:\[:\^?\w+:\]|{_ESCAPE}|[^\\\]])*\])"
    rf"|(?P<repeat>(?:[*+?]|\{{(?P<least>\d+)(?:,\d*)?\}})\??)"
    rf"|(?P<escape>{_ESCAPE})|(?P<bound>[\^$])|(?P<syntax>[|)])|(?P<letter>[^\\(\[])",
    re.DOTALL,
)
_MEMBER: Final = re.compile(rf"(?P<class>\[:\^?\w+:\])|(?P<from>{_ESCAPE}|.)(?:-(?P<to>{_ESCAPE}|.))?", re.DOTALL)
_DEEPEST: Final = 50  # groups within groups
_WIDEST: Final = 512  # letters of a set beyond which it might as well hold any
_CLASSES: Final[dict[str, Letters]] = {
    r"\d": frozenset("0123456789"),
    r"\s": frozenset(" \t\n\f\r"),
    r"\w": frozenset("0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    r"\D": None, r"\S": None, r"\W": None,
}  # fmt: skip
_CONTROLS: Final = {r"\n": "\n", r"\t": "\t", r"\r": "\r", r"\f": "\f", r"\v": "\v", r"\a": "\a"}
_BOUNDS: Final[dict[str, Side | None]] = {
    "^": "start", r"\A": "start", "$": "end", r"\z": "end", r"\b": None, r"\B": None
}  # fmt: skip


@dataclass(slots=True)
class _Parser:
    """Reads a pattern that the engine has compiled, so that it is known to be well-formed."""

    pattern: str
    place: int = 0
    depth: int = 0

    def tree(self) -> _Node:
        """The pattern as a tree."""
        node = self._choice()
        if self.place < len(self.pattern):
            raise _UnknownSyntaxError
        return node

    def _choice(self) -> _Node:
        parts = [self._row()]
        while self._takes("|"):
            parts.append(self._row())
        return parts[0] if len(parts) == 1 else _Choice(tuple(parts))

    def _row(self) -> _Node:
        parts: list[_Node] = []
        while (token := _TOKEN.match(self.pattern, self.place)) and not token["syntax"]:
            self.place = token.end()
            if token["repeat"] and parts:
                parts.append(_Repeat(parts.pop(), _least(token)))
            else:
                parts.append(self._part(token))
        return _Row(tuple(piece for part in parts for piece in (part.parts if isinstance(part, _Row) else (part,))))

    def _part(self, token: re.Match[str]) -> _Node:
        if token["repeat"]:
            raise _UnknownSyntaxError
        if token["group"]:
            self.depth += 1
            if self.depth > _DEEPEST:
                raise _UnknownSyntaxError
            node = self._choice()
            self.depth -= 1
            if not self._takes(")"):
                raise _UnknownSyntaxError
            return node
        if token["bound"] or token[0] in _BOUNDS:
            return _Bound(_BOUNDS[token[0]])
        if token["set"]:
            return _Letter(_set(token[0][1:-1]))
        return _Letter(None if token[0] == "." else _letters(token[0]))

    def _takes(self, syntax: str) -> bool:
        is_next = self.pattern.startswith(syntax, self.place)
        self.place += is_next
        return is_next


def _least(token: re.Match[str]) -> int:
    return int(token["least"]) if token["least"] else int(token["repeat"][0] == "+")


def _letters(token: str) -> Letters:
    """The letters that a letter or an escape stands for."""
    if token in _CLASSES:
        return _CLASSES[token]
    if token.startswith((r"\p", r"\P")):
        return None
    if token.startswith(r"\x"):
        return frozenset(chr(int(token[2:].strip("{}"), 16)))
    if token in _CONTROLS:
        return frozenset(_CONTROLS[token])
    if len(token) == 2 and token[1].isalpha():
        raise _UnknownSyntaxError
    return frozenset(token[-1])


def _set(content: str) -> Letters:
    """The letters of a set in brackets; None for one that leaves letters out, or holds too many to tell."""
    if content.startswith("^"):
        return None
    return _union(map(_member, _MEMBER.finditer(content)))


def _member(match: re.Match[str]) -> Letters:
    if match["class"]:
        return None
    first = _letters(match["from"])
    if not match["to"]:
        return first
    last = _letters(match["to"])
    if not first or not last or len(first) > 1 or len(last) > 1:  # `\d-x`, which is no range
        return None
    span = range(ord(min(first)), ord(min(last)) + 1)
    return frozenset(map(chr, span)) if len(span) <= _WIDEST else None
