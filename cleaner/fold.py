"""The matching key, and script conversion. Next: `units`, which cuts a folded text into lines.

Both read the dictionaries of opencc-python-reimplemented: the key its character table, the conversion its
phrases too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
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
    returns = np.flatnonzero(points == 0x0D)
    if returns.size:  # a lone carriage return ends a line, one before a newline belongs to it
        followers = points.take(np.minimum(returns + 1, points.size - 1))
        ends_line = (followers != 0x0A) | (returns + 1 == points.size)
        folded[returns] = np.where(ends_line, 0x0A, _SPACE)
    return folded


@cache
def _fold_table() -> Codes:
    table = np.arange(0x110000, dtype=np.uint32)
    simplified = _characters("TSCharacters")
    for block in _FOLDED_BLOCKS:
        for point in range(*block):
            table[point] = ord(_folded_character(chr(point), simplified))
    for point in map(ord, simplified):
        table[point] = ord(_folded_character(chr(point), simplified))
    return table.take(table)  # a few characters simplify in two steps


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
    return "".join(new for _, new in _converter(script).pairs(text))


def convert(text: str, script: Script) -> Iterator[Edit]:
    """Edits that turn `text` into `converted(text, script)`; only what differs becomes an edit."""
    rule, why = f"script/{script}", _SCRIPT_REASONS[script]
    done = 0
    for old, new in _converter(script).pairs(text):
        if old != new:
            if len(old) == len(new):
                yield from (
                    Edit(done + left, old[left:right], new[left:right], rule, why) for left, right in _runs(old, new)
                )
            else:
                yield Edit(done, old, new, rule, why)
        done += len(old)


def _runs(old: str, new: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each run of characters that differ between two texts of one length."""
    changed = np.flatnonzero(codes(old) != codes(new))
    opens = np.diff(changed, prepend=-2) > 1
    starts = changed[opens]
    ends = changed[np.append(opens[1:], True)] + 1
    return zip(starts.tolist(), ends.tolist(), strict=True)


_SCRIPT_REASONS: Final = {
    "hans": "converted to simplified characters, as asked",
    "hant": "converted to traditional characters, as asked",
}
_SCRIPT_TABLES: Final = {"hans": ("TSPhrases", "TSCharacters"), "hant": ("STPhrases", "STCharacters")}

# What the library splits its input at: no phrase reaches across. Its own list, in its own order of thought.
_SEPARATORS: Final = (
    r"\s\-,.?!*\u3000，。、；：？！…“”‘’『』「」﹁﹂—－"
    r"（）《》〈〉～．／＼︒︑︔︓︿﹀︹︺︙︐［﹇］﹈︕︖︰︳︴︽︾︵︶｛︷｝︸﹃﹄【︻】︼"
)
_SEGMENT: Final = re.compile(f"[^{_SEPARATORS}]+")
_SEPARATOR: Final = re.compile(f"[{_SEPARATORS}]")


class _Converter:
    """One direction of conversion.

    Phrases whose conversion differs from that of their characters are rare. Only stretches that hold one
    are matched against all phrases; everything else goes through a code-point table.
    """

    def __init__(self, phrases: dict[str, str], characters: dict[str, str]) -> None:
        self._table = np.arange(0x110000, dtype=np.uint32)
        for old, new in characters.items():
            self._table[ord(old)] = ord(new)
        phrases = {old: new for old, new in phrases.items() if not _SEPARATOR.search(old)}
        self._phrases = list(phrases)
        self._converted = list(phrases.values())
        special = [old for old, new in phrases.items() if new != self._by_character(old)]
        self._all = AhoCorasick(self._phrases, implementation=Implementation.ContiguousNFA)
        self._special = AhoCorasick(special, implementation=Implementation.ContiguousNFA)

    def pairs(self, text: str) -> Iterator[tuple[str, str]]:
        """(old, new) for consecutive pieces that make up `text`."""
        plain = self._by_character(text)
        done = 0
        for start, end in self._stretches(text):
            for left, right, new in sorted(self._chosen(text[start:end])):
                yield text[done : start + left], plain[done : start + left]
                yield text[start + left : start + right], new
                done = start + right
        yield text[done:], plain[done:]

    def _stretches(self, text: str) -> Iterator[tuple[int, int]]:
        """The unbroken stretches that hold a special phrase."""
        done = 0
        for _, start, end in occurrences(self._special, text):
            if start < done:
                continue
            left = start
            while left > done and not _SEPARATOR.match(text, left - 1):
                left -= 1
            stretch = _SEGMENT.match(text, end)
            done = stretch.end() if stretch else end
            yield left, done

    def _chosen(self, stretch: str) -> Iterator[tuple[int, int, str]]:
        matches = sorted(occurrences(self._all, stretch), key=lambda match: (match[1] - match[2], match[1]))
        taken = bytearray(len(stretch))
        for which, start, end in matches:
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                yield start, end, self._converted[which]

    def _by_character(self, text: str) -> str:
        return text_of(self._table.take(codes(text)))


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
