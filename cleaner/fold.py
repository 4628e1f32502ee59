"""The matching key, and script conversion. Next: `units`, which cuts a folded text into lines.

Both read the dictionaries of opencc-python-reimplemented: the key its character table, the conversion its
phrases too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Final, Literal

import numpy as np
import opencc
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from cleaner.document import Edit

Codes = NDArray[np.uint32]
Script = Literal["hans", "hant"]

_SPACE: Final = 0x20
_LINE_ENDS: Final = "\n\x0b\x0c\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"
# The blocks that hold characters with a one-character compatibility form, a lower case, or a blank.
_FOLDED_BLOCKS: Final = (
    (0x0, 0x3400), (0xA640, 0xAC00), (0xF900, 0x10000), (0x10400, 0x10600), (0x1D400, 0x1D800), (0x1F100, 0x1F300),
    (0x2F800, 0x2FA20),
)  # fmt: skip


def codes(text: str) -> Codes:
    """The code points of `text`, shape (len(text),); lone surrogates are kept as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def text_of(points: Codes) -> str:
    """The text of an array of code points; the inverse of `codes`."""
    return points.tobytes().decode("utf-32-le", "surrogatepass")


def telling(test: Callable[[str], bool], first: int, end: int) -> NDArray[np.bool_]:
    """What a test of single characters says of the code points from `first` to `end`; shape (end - first,)."""
    return np.fromiter(map(test, text_of(np.arange(first, end, dtype=np.uint32))), np.bool_, end - first)


def encodable(text: str) -> str:
    """`text` with U+FFFD for each lone surrogate, which UTF-8 cannot hold; same length."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def utf8(text: str) -> bytes:
    """`encodable(text)` in UTF-8."""
    try:
        return text.encode()
    except UnicodeEncodeError:  # lone surrogates, too rare to be looked for in every text first
        return encodable(text).encode()


def occurrences(automaton: AhoCorasick, text: str) -> list[tuple[int, int, int]]:
    """(which literal, start, end) of every literal of the automaton in `text`, overlapping ones too."""
    try:
        return automaton.find_matches_as_indexes(text, overlapping=True)
    except UnicodeEncodeError:
        return automaton.find_matches_as_indexes(encodable(text), overlapping=True)


def fold(text: str) -> str:
    """The matching key of `text`: same length, so that an offset in one is an offset in the other.

    Traditional characters become simplified (one to one), full width becomes half width, capitals become
    small, every blank becomes a space and every line end a newline. Characters whose compatibility form is
    longer than one character (…, ㎏) stay, as do 。、「」“”, which have no ASCII counterpart.

    >>> fold("分享讓更多人看到﹔ＡＰＰ\u3000")
    '分享让更多人看到;app '
    """
    return text_of(fold_codes(codes(text)))


def fold_codes(points: Codes) -> Codes:
    """`fold` on code points; shape as given."""
    folded = _fold_table().take(points)
    is_return = points == 0x0D
    if is_return.any():  # a lone carriage return ends a line, one before a newline belongs to it
        returns = np.flatnonzero(is_return)
        followers = points.take(np.minimum(returns + 1, points.size - 1))
        ends_line = (followers != 0x0A) | (returns + 1 == points.size)
        folded[returns] = np.where(ends_line, 0x0A, _SPACE)
    return folded


@cache
def _fold_table() -> Codes:
    table = np.arange(0x110000, dtype=np.uint32)
    simplified = _characters("TSCharacters")
    blocks = "".join(text_of(table[slice(*block)]) for block in _FOLDED_BLOCKS)
    for character in [*filter(_may_fold, blocks), *simplified]:
        table[ord(character)] = ord(_folded_character(character, simplified))
    return table.take(table)  # a few characters simplify in two steps


def _may_fold(character: str) -> bool:
    """Whether a character's fold may be another, but by its script."""
    return character.isspace() or character.lower() != character or _compatible(character) != character


def _folded_character(character: str, simplified: dict[str, str]) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character.isspace():
        return " "
    for step in (_compatible, str.lower):
        changed = step(character)
        character = changed if len(changed) == 1 else character
    return " " if character.isspace() else simplified.get(character, character)


def _compatible(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


def converted(text: str, script: Script) -> str:
    """`text` in simplified ("hans") or traditional ("hant") characters.

    Equal to opencc-python-reimplemented's `t2s` or `s2t`: within a stretch without blanks and punctuation
    the longest phrases win, among equals the leftmost, and what no phrase covers goes character by
    character.

    >>> converted("头发和发展", "hant")
    '頭髮和發展'
    """
    return _converter(script).text(text)


def convert(text: str, script: Script) -> Iterator[Edit]:
    """Edits that turn `text` into `converted(text, script)`; only what differs becomes an edit."""
    rule, why = f"script/{script}", _SCRIPT_REASONS[script]
    done = 0
    for old, new in _converter(script).pairs(text):
        if old != new:
            if len(old) == len(new):
                for left, right in _runs(old, new):
                    yield Edit(done + left, old[left:right], new[left:right], rule, why)
            else:
                yield Edit(done, old, new, rule, why)
        done += len(old)


def _runs(old: str, new: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each run of characters that differ between two texts of one length."""
    differs = np.zeros(len(old) + 2, np.bool_)
    np.not_equal(codes(old), codes(new), out=differs[1:-1])
    edges = (differs[1:] != differs[:-1]).nonzero()[0].tolist()
    return zip(edges[::2], edges[1::2], strict=True)


_SCRIPT_REASONS: Final = {
    "hans": "converted to simplified characters, as asked",
    "hant": "converted to traditional characters, as asked",
}
_SCRIPT_TABLES: Final = {"hans": ("TSPhrases", "TSCharacters"), "hant": ("STPhrases", "STCharacters")}

# What the library splits its input at: no phrase reaches across. Its own list, in its own order of thought; of blanks
# there is none above U+3000.
_SEPARATORS: Final = frozenset(
    "-,.?!*，。、；：？！…“”‘’『』「」﹁﹂—－（）《》〈〉～．／＼︒︑︔︓︿﹀︹︺︙︐［﹇］﹈︕︖︰︳︴︽︾︵︶｛︷｝︸﹃﹄【︻】︼"
).union(filter(str.isspace, map(chr, range(0x3001))))
_LONG: Final = 100  # characters from which on arrays are faster
_SHORT: Final = 16  # characters of a window that is worth remembering
_REMEMBERED: Final = 1 << 14  # windows; the phrases of a language come again and again
_FEW: Final = 1000  # phrases whose automaton fits into the cache as a table
_PAIRS: Final = 1 << 19  # numbers of pairs of characters
_SPREAD: Final = np.uint32(0x9E3779B1)


class _Converter:
    """One direction of conversion.

    Phrases whose conversion differs from that of their characters are rare. All phrases are looked for only around
    one of these, as far as each two neighbours stand together in some phrase, for nowhere else can others take its
    place; everything else goes through a code-point table.
    """

    def __init__(self, phrases: dict[str, str], characters: dict[str, str]) -> None:
        self._table = np.arange(0x110000, dtype=np.uint32)
        for old, new in characters.items():
            self._table[ord(old)] = ord(new)
        self._points = self._table[: ord(max(characters)) + 1].tolist()
        phrases = {old: new for old, new in phrases.items() if _SEPARATORS.isdisjoint(old)}
        special = {old: new for old, new in phrases.items() if new != self._plain(old, None)}
        self._converted = list(phrases.values())
        self._phrases = AhoCorasick(list(phrases), implementation=Implementation.ContiguousNFA)
        kind = Implementation.DFA if len(special) < _FEW else Implementation.ContiguousNFA
        self._gate = AhoCorasick(list(special), implementation=kind)
        self._neighbours = {old[place : place + 2] for old in phrases for place in range(len(old) - 1)}
        self._telling = {_telling(old, self._plain(old, None), new) for old, new in special.items()}
        self._is_telling = np.zeros(_PAIRS, np.bool_)
        self._is_telling[_mixed(codes("".join(self._telling)))[::2]] = True
        self._remembered = lru_cache(_REMEMBERED)(self._phrases_of)

    def text(self, text: str) -> str:
        """The converted text."""
        points = codes(text) if len(text) >= _LONG else None
        plain, places = self._plain(text, points), self._places(text, points)
        if not places:
            return plain
        pieces: list[str] = []
        done = 0
        for start, end, new in self._chosen(text, places):
            pieces += plain[done:start], new
            done = end
        pieces.append(plain[done:])
        return "".join(pieces)

    def pairs(self, text: str) -> Iterator[tuple[str, str]]:
        """(old, new) for consecutive pieces that make up `text`: each phrase of some stretches, and what is between."""
        plain = self._plain(text, codes(text) if len(text) >= _LONG else None)
        done = 0
        for first, last in self._stretches(text):
            for start, end, new in self._phrases_of(text[first:last]):
                yield text[done : first + start], plain[done : first + start]
                yield text[first + start : first + end], new
                done = first + end
        yield text[done:], plain[done:]

    def _stretches(self, text: str) -> Iterator[tuple[int, int]]:
        """(start, end) of what stands between separators and holds a phrase that differs from its characters.

        By these, not by windows, pieces are told apart, lest it depends on a text's length where they end.
        """
        end = 0
        for _, place, behind in occurrences(self._gate, text):
            if place < end:
                continue
            start, end = place, behind
            while start and text[start - 1] not in _SEPARATORS:
                start -= 1
            while end < len(text) and text[end] not in _SEPARATORS:
                end += 1
            yield start, end

    def _plain(self, text: str, points: Codes | None) -> str:
        """A text converted character by character; `points` are those of a long one."""
        if points is None:
            return text.translate(self._points)
        return text_of(self._table.take(points, mode="clip"))  # which no code point needs, but is faster

    def _chosen(self, text: str, places: Sequence[int]) -> list[tuple[int, int, str]]:
        """(start, end, what it becomes) of the phrases around some places."""
        neighbours = self._neighbours
        chosen = []
        end = 0
        for place in places:
            if place < end:
                continue
            start, end = place, place + 2
            while text[start - 1 : start + 1] in neighbours:
                start -= 1
            while text[end - 1 : end + 1] in neighbours:
                end += 1
            phrases_of = self._remembered if end - start <= _SHORT else self._phrases_of
            for left, right, new in phrases_of(text[start:end]):
                chosen.append((start + left, start + right, new))
        return chosen

    def _places(self, text: str, points: Codes | None) -> list[int]:
        """Where two characters stand by which special phrases are told, in all of these and by chance."""
        if points is None:
            return [start for _, start, _ in occurrences(self._gate, text)]
        places = self._is_telling.take(_mixed(points), mode="clip").nonzero()[0].tolist()
        return [place for place in places if text[place : place + 2] in self._telling]

    def _phrases_of(self, window: str) -> list[tuple[int, int, str]]:
        """(start, end, what it becomes) of the phrases in a window: the longest, of equals the leftmost."""
        matches = _longest(occurrences(self._phrases, window))
        return [(start, end, self._converted[which]) for which, start, end in matches]


def _telling(old: str, plain: str, new: str) -> str:
    """The two characters of a phrase by which it is told, one of them the first that differs: these are rare."""
    place = next((place for place, (one, other) in enumerate(zip(plain, new, strict=False)) if one != other), 0)
    return old[max(place - 1, 0) :][:2]


def _mixed(points: Codes) -> Codes:
    """A number below `_PAIRS` for each two code points that follow each other; few share one by chance."""
    mixed: Codes = (points[:-1] * _SPREAD + points[1:]) & np.uint32(_PAIRS - 1)
    return mixed


def _longest(matches: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Of some (which, start, end) the longest that leave each other room, of equals the leftmost; in order."""
    if len(matches) < 2:
        return matches
    chosen = []
    taken = bytearray(max(end for _, _, end in matches))
    for size, start, which in sorted([(start - end, start, which) for which, start, end in matches]):
        end = start - size
        if 1 not in taken[start:end]:
            taken[start:end] = b"\1" * -size
            chosen.append((which, start, end))
    return sorted(chosen, key=itemgetter(1))


@cache
def only_in(script: Script) -> frozenset[str]:
    """Characters that only texts in one script use: those the conversion to the other always changes.

    >>> "們" in only_in("hant"), "们" in only_in("hans"), "里" in only_in("hans")
    (True, True, False)
    """
    other: Script = "hant" if script == "hans" else "hans"
    readings = _readings(_SCRIPT_TABLES[other][1])
    return frozenset(old for old, new in readings if old not in new)


@cache
def only_japanese() -> frozenset[str]:
    """Characters that only Japanese texts use: its simplified forms that are no characters of a Chinese script.

    >>> "駅" in only_japanese(), "国" in only_japanese(), "駅" in only_in("hans")
    (True, False, False)
    """
    tables = ("STCharacters", "TSCharacters", "TWVariants", "HKVariants")
    chinese = {letter for table in tables for old, new in _readings(table) for letter in (old, *new)}
    return frozenset(new for _, readings in _readings("JPVariants") for new in readings) - chinese - _CHINESE_TOO


_CHINESE_TOO: Final = frozenset("予疏欠醋浜弁糸缶戸")  # Japanese for another character, and Chinese in their own right


@cache
def _converter(script: Script) -> _Converter:
    phrases, characters = _SCRIPT_TABLES[script]
    return _Converter(dict(_dictionary(phrases)), _characters(characters))


def _characters(name: str) -> dict[str, str]:
    """A character dictionary, without entries that change the length."""
    return {old: new for old, new in _dictionary(name) if len(old) == len(new) == 1}


def _dictionary(name: str) -> Iterator[tuple[str, str]]:
    """(old, new) of each entry of one of the library's dictionaries; of several readings the first, as it does."""
    return ((old, new[0]) for old, new in _readings(name))


def _readings(name: str) -> Iterator[tuple[str, list[str]]]:
    """(old, all readings) of each entry of one of the library's dictionaries."""
    path = Path(opencc.__file__).parent / "dictionary" / f"{name}.txt"
    for line in path.read_text("utf-8").splitlines():
        old, new = line.strip().split("\t")
        yield old, new.split(" ")
