"""Readings in brackets that a script put behind every occurrence of a fixed list of characters. Next: `spurious`.

People who explain a reading do it once, for a rare character or an unusual reading; primers do it for every
character. A script does it for everyday characters, each time, always with the same reading, and for no others.
What a reading is stands in `pinyin`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from cleaner.document import Edit
from cleaner.fold import codes, fold, only_in
from cleaner.language import load
from cleaner.patterns import late
from cleaner.repair.pinyin import (
    READING,
    TONED,
    ZHUYIN,
    is_exact,
    is_first,
    is_reading,
    spells,
    tone_of,
    toneless,
)
from cleaner.units import View

_OPEN, _CLOSE = r"[(\[〔【]", r"[)\]〕】]"
_HANZI: Final = "[㐀-鿿豈-龎〇\U00020000-\U0003ffff]"
_SYLLABLE: Final = f"(?:{READING}[1-5]?|{ZHUYIN})"
# What every page with notes holds: a bracket with a reading whose tone is written. One pattern for each bracket,
# for patterns that begin with a literal are the fastest to look for.
_TRACES: Final = {
    opening: late(
        rf"{re.escape(opening)}\s{{0,2}}"
        rf"(?:[A-Za-zＡ-Ｚａ-ｚɡɑüÜê:]{{0,5}}[{TONED}{TONED.upper()}]|[A-Za-z]{{1,6}}[1-4]|[ㄅ-ㄩ˙])"
    )
    for opening in "(（[［〔【"
}
_NOTE: Final = late(
    rf"(?P<of>{_HANZI})"
    rf"(?P<note> ?{_OPEN} {{0,2}}(?P<reading>{_SYLLABLE}) {{0,2}}{_CLOSE})(?P=note)*"
)
_WORD: Final = late(rf"(?P<word>{_HANZI}{{2,4}}) ?{_OPEN}(?P<letters>[a-zɡɑüê{TONED}:'’ -]{{4,28}}){_CLOSE}")
_SHEARED: Final = late(rf"{_HANZI}\? ?(?P<reading>{READING}) ?\)")
_ABOUT: Final = late(  # words that are not part of others, as 多音 is of 更多音乐
    "拼音|读音|字音|注音(?![乐频响质])|音节(?![目点约奏])|多音字|破音字|生字|生词|课文|语文|朗读|识字|声调|声母|韵母|反切|"
    "叶韵|汉字|甲骨文|偏旁|字典|[念读][作成做]|[念读]第?[一二三四]声|第[一二三四五六七八九十0-9]+课"
)
_ANY: Final = late(_HANZI)
_CLAUSE: Final = late(f"{_HANZI}*")

# Measured on the annotated seed, and in brackets on the fifth lowest of a hundred texts of `bench.notes`.
# The brackets of a passage are those of a script if nothing says that a person wrote them: …
_COVERED: Final = 0.7  # occurrences of a listed character that carry its reading: 1 (1); shear hides some
_ODD: Final = 0.25  # characters with readings that can't be on a list: 0 (0); where rare words are glossed most are
_RUNNING: Final = 0.15  # notes right before a bare character: 0.68 (0.38); in lists of characters next to none
_BARE_NEXT: Final = 0.2  # the same of notes right before any: 0.71 (0.47); in primers next to none
_FIRST: Final = (
    0.6  # listed characters with the reading a dictionary names first: 1 (1); of heteronyms people gloss others
)
_EXACT: Final = 0.5  # listed characters whose tone is right: 1 (1); names and abbreviations have none
_COMMON: Final = 0.6  # listed characters of GB 2312's first level: 1 (1); a gloss explains rare ones
_BREAK: Final = 4  # bare occurrences in a row that end a passage; what shear hides are single ones
# … and if there are so many that chance and habit can't explain them.
_REPEATED_SHARE: Final = 1 / 8  # listed characters noted more than once: 0.73 (0.29); word lists say each once
_EVERYDAY: Final = 1000  # characters that make up nine tenths of running text, and that no reader needs explained
_PLAIN: Final = 0.8  # listed characters that are so, with their first reading: 0.95 (0.81)
_TOGETHER: Final = 0.15  # notes with another one in their clause: 0.59 (0.12); lists of words put one in each
_DOUBTFUL: Final = 2  # characters from which on a list is worth a look


class Note(NamedTuple):
    """A reading in brackets: the character it belongs to, its place with brackets and blanks, and the reading."""

    of: str
    start: int
    end: int
    reading: str


class _Enough(NamedTuple):
    """How many characters a passage must list, how many of them noted more than once, and how many notes it has."""

    distinct: int
    repeated: int = 0
    notes: int = 0


_LIST: Final = _Enough(3, 2)  # a name may stand there again and again; two characters that do and a third are a list
_LIST_IN_PART: Final = _Enough(5, 4)  # where listed characters stand bare elsewhere, as after a first mention
_LIST_OF_OTHERS: Final = _Enough(6, 4)  # where not nearly all are everyday characters: children's books explain a few
_LIST_AMID_READINGS: Final = _Enough(12, 6)  # on a page about readings: a lesson has fewer new characters than that
_TRADITIONAL_AMID_READINGS: Final = _Enough(8, 4)
# Characters that nobody explains need not be repeated, so that titles and snippets can be told.
_TRADITIONAL: Final = _Enough(3)
_TRADITIONAL_IN_PART: Final = _Enough(4)
_FEW_TRADITIONAL: Final = _Enough(2, 2, 6)
_PLAIN_LIST: Final = _Enough(8)
_FEW_PLAIN: Final = _Enough(2, 2, 10)


def find(view: View) -> Iterator[Edit]:
    """Edits that delete the readings a script inserted; flags where there are too few to tell.

    A passage whose brackets a script made is known by everyday characters that carry one reading each, nearly
    every time, amid others that carry none. Left alone: glosses of rare characters and unusual readings,
    dictionaries, primers that annotate everything, exercises that read one character in several ways, word
    lists, and brackets whose content is no reading of the character before them, such as (WOYLC).
    """
    found = list(notes(view))
    if not found:
        return
    judged = _judged(view, found)
    for note in found:
        old = view.text[note.start : note.end]
        if _is_alike(note.reading, judged.listed.get(note.of)):
            why = f"reading of {note.of} in brackets, as behind most {note.of} on this page"
            yield Edit(note.start, old, "", "notes/pinyin", why)
        elif note in judged.doubtful:
            why = f"reading of {note.of} in brackets, which a script or a writer may have put there"
            yield Edit(note.start, old, old, "notes/doubtful", why)


def inserted(view: View) -> Mapping[str, str]:
    """The list a script worked with, as far as it shows: characters with the reading they got; empty if none did."""
    return _judged(view, list(notes(view))).listed


def notes(view: View) -> Iterator[Note]:
    """Every reading in brackets behind a character that is read so; nothing if none has its tone written."""
    if not _has_traces(view.text):
        return
    for match in _NOTE.finditer(view.folded):
        of, reading = view.text[match.start()], match["reading"]
        if is_reading(reading, of):
            yield Note(of, match.end("of"), match.end(), reading)


def _has_traces(text: str) -> bool:
    for opening, trace in _TRACES.items():  # noqa: SIM110 - a generator takes longer than the search
        if opening in text and trace.search(text):
            return True
    return False


class _Judged(NamedTuple):
    listed: dict[str, str]
    doubtful: frozenset[Note]


def _judged(view: View, found: list[Note]) -> _Judged:
    """The characters on the page's list, and the notes that may or may not come from one."""
    if not found:
        return _Judged({}, frozenset())
    page = _Page.of(view, found)
    credible = [passage for passage in page.passages() if passage.is_credible]
    listed: dict[str, str] = {}
    if any(page.is_enough(passage) for passage in credible):
        for passage in credible:  # what is short of evidence itself shares that of the others
            listed.update(passage.listed)
        return _Judged(listed, frozenset(note for note in found if is_exact(note.reading, note.of)))
    doubtful = [passage for passage in credible if len(passage.listed) >= _DOUBTFUL]
    return _Judged({}, frozenset(note for passage in doubtful for note in passage.notes))


@dataclass(frozen=True, slots=True)
class _Passage:
    """Notes in a row, without a stretch between them where their characters stand bare.

    `listed` maps the characters that carry one reading nearly every time they occur; `repeated` counts those
    among them that do so more than once, `joined` the notes right before a character, `running` those right
    before a bare one, `together` those with another one further on in their clause.
    """

    notes: Sequence[Note]
    listed: Mapping[str, str]
    repeated: int
    joined: int
    running: int
    together: int

    @property
    def is_credible(self) -> bool:
        """Whether a script may have made these notes."""
        distinct = len({note.of for note in self.notes})
        return (
            distinct - len(self.listed) <= _ODD * distinct
            and self.running >= max(_RUNNING * len(self.notes), _BARE_NEXT * self.joined)
            and self._share(is_first) >= _FIRST
            and self._share(is_exact) >= _EXACT
            and self._share(lambda _, character: _is_common(character)) >= _COMMON
        )

    @property
    def is_plain(self) -> bool:
        """Whether nobody would explain these characters: everyday ones with the reading that all know."""
        return self._share(lambda reading, of: _is_everyday(of) and is_first(reading, of)) >= _PLAIN

    @property
    def is_prose(self) -> bool:
        """Whether the notes stand in sentences, not in a list of words with one note each."""
        return self.together >= _TOGETHER * len(self.notes)

    @property
    def is_traditional(self) -> bool:
        """Whether the script picked traditional characters."""
        return self._share(lambda _, of: of in only_in("hant")) >= _PLAIN

    def has(self, enough: _Enough) -> bool:
        """Whether the passage has that many characters and notes; a long list must also repeat its share of them."""
        distinct = len(self.listed)
        repeated = max(enough.repeated, _REPEATED_SHARE * distinct) if enough.repeated else 0
        return distinct >= enough.distinct and self.repeated >= repeated and len(self.notes) >= enough.notes

    def _share(self, holds: Callable[[str, str], bool]) -> float:
        return sum(holds(reading, character) for character, reading in self.listed.items()) / max(len(self.listed), 1)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's notes, all places of their characters, and what else it says about who wrote them."""

    text: str
    notes: Sequence[Note]
    places: Sequence[int]
    occurrences: Mapping[str, int]  # of each character with a note
    noted: Mapping[str, int]  # notes of each character
    is_sheared: bool
    is_about: bool

    @classmethod
    def of(cls, view: View, found: Sequence[Note]) -> _Page:
        characters = codes("".join({note.of for note in found}))
        places = np.flatnonzero(np.isin(view.codes, characters)).tolist()
        is_sheared = any(tone_of(match["reading"]) for match in _SHEARED.finditer(view.folded))
        is_about = bool(_ABOUT.search(view.folded)) or _words(view) * 10 >= len(found)
        occurrences = Counter(view.text[place] for place in places)
        return cls(view.text, found, places, occurrences, Counter(note.of for note in found), is_sheared, is_about)

    def passages(self) -> Iterator[_Passage]:
        """The notes cut where their characters stand bare `_BREAK` times; single ones don't count, they are glosses."""
        key = {of for of, count in self.noted.items() if count > 1} or set(self.noted)
        noted = [note.start - 1 for note in self.notes if note.of in key]
        order = {place: index for index, place in enumerate(p for p in self.places if self.text[p] in key)}
        cuts = [
            cut for left, right in pairwise(noted) if order[right] - order[left] > _BREAK for cut in (left + 1, right)
        ]
        groups: defaultdict[int, list[Note]] = defaultdict(list)
        for note in self.notes:
            groups[bisect_left(cuts, note.start)].append(note)
        yield from map(self._passage, groups.values())

    def _passage(self, group: Sequence[Note]) -> _Passage:
        first, last = (bisect_left(self.places, note.start - 1) for note in (group[0], group[-1]))
        occurrences = Counter(self.text[place] for place in self.places[first : last + 1])
        by_character: defaultdict[str, list[str]] = defaultdict(list)
        for note in group:
            by_character[note.of].append(note.reading)
        listed = {}
        for of, found in by_character.items():
            reading, count = _chief(found)
            if count >= _COVERED * occurrences[of] and not _is_gloss(of, count):
                listed[of] = reading
        noted = {note.start - 1 for note in group}
        joined = [note.end for note in group if _ANY.match(self.text, note.end)]
        running = sum(place not in noted for place in joined)
        repeated = sum(len(by_character[of]) > 1 for of in listed)
        together = sum(bool(_CLAUSE.fullmatch(self.text, a.end, b.start - 1)) for a, b in pairwise(group))
        return _Passage(group, listed, repeated, len(joined), running, together)

    def is_enough(self, passage: _Passage) -> bool:
        """Whether so many notes can only come from a script."""
        if self.is_sheared:  # bytes that were torn apart prove that one was at work
            return len(passage.listed) >= _DOUBTFUL
        return any(map(passage.has, self._enough(passage)))

    def _enough(self, passage: _Passage) -> Iterator[_Enough]:
        """The sorts of evidence that count on this page, each enough by itself."""
        is_part, is_plain, is_traditional = self._is_part(passage), passage.is_plain, passage.is_traditional
        if self.is_about:
            yield _LIST_AMID_READINGS
            if is_plain and is_traditional:
                yield _TRADITIONAL_AMID_READINGS
            return
        if not is_plain:
            yield _LIST_OF_OTHERS
            return
        yield _LIST_IN_PART if is_part else _LIST
        if not is_part:
            yield _FEW_TRADITIONAL if is_traditional else _FEW_PLAIN
        if passage.is_prose:
            yield (_TRADITIONAL_IN_PART if is_part else _TRADITIONAL) if is_traditional else _PLAIN_LIST

    def _is_part(self, passage: _Passage) -> bool:
        """Whether many of the listed characters stand bare elsewhere on the page."""
        occurrences = sum(self.occurrences[of] for of in passage.listed)
        return occurrences * _COVERED > sum(self.noted[of] for of in passage.listed)


def _is_alike(reading: str, listed: str | None) -> bool:
    """Whether a reading is the listed one, which may have lost its tone."""
    if listed is None or reading == listed:
        return reading == listed
    letters = toneless(reading)
    return letters != "" and not tone_of(reading) and letters == toneless(listed)


def _chief(found: Sequence[str]) -> tuple[str, int]:
    """(reading, how often) of the one that most brackets of a character hold, those that lost its tone included."""
    counts = Counter(found)
    reading = max(counts, key=lambda reading: (tone_of(reading) != "", counts[reading], reading))
    return reading, sum(count for other, count in counts.items() if _is_alike(other, reading))


def _is_gloss(character: str, count: int) -> bool:
    """Whether notes on a character explain it: it is rare, not merely traditional, and stands there once."""
    return count == 1 and not _is_common(character) and character not in only_in("hant")


@cache
def _is_common(character: str) -> bool:
    """Whether the character, simplified, is among the 3,755 of GB 2312's first level."""
    try:
        return 0xB0 <= fold(character).encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


@cache
def _is_everyday(character: str) -> bool:
    """Whether the character, simplified, is among the commonest."""
    return fold(character) in _everyday()


@cache
def _everyday() -> frozenset[str]:
    model = load()
    return frozenset(map(chr, model.characters[np.argsort(-model.frequency)[:_EVERYDAY]].tolist()))


def _words(view: View) -> int:
    """How many brackets hold the reading of a whole word: what people write who explain words."""
    return sum(
        any(spells(toneless(match["letters"]), match["word"][-size:]) for size in range(2, len(match["word"]) + 1))
        for match in _WORD.finditer(view.folded)
    )
