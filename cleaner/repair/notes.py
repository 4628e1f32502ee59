"""Readings in brackets that a script put behind every occurrence of a fixed list of characters. Next: `spurious`.

People who explain a reading do it once, for a rare character or an unusual reading; primers do it for every
character. A script does it for everyday characters, each time, always with the same reading, and for no others.
What a reading is stands in `pinyin`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from cleaner.document import Edit
from cleaner.fold import codes, fold, only_in
from cleaner.language import load
from cleaner.repair.pinyin import (
    READING,
    TONED,
    ZHUYIN,
    is_exact,
    is_first,
    is_reading,
    readings,
    spells,
    tone_of,
    toneless,
)
from cleaner.units import View

__all__ = ["READING", "Note", "find", "inserted", "is_reading", "notes", "readings", "toneless"]

_OPEN, _CLOSE = r"[(\[〔【]", r"[)\]〕】]"
_HANZI: Final = "[㐀-鿿豈-龎〇\U00020000-\U0003ffff]"
_SYLLABLE: Final = f"(?:{READING}[1-5]?|{ZHUYIN})"
# What every page with notes holds, cheap to look for: a bracket with a reading whose tone is written.
_TRACE: Final = re.compile(rf"[(（\[［〔【]\s{{0,2}}(?:[A-Za-zＡ-Ｚａ-ｚɡɑüÜê:]{{0,5}}[{TONED}{TONED.upper()}]|[a-z]{{1,6}}[1-4]|[ㄅ-ㄩ˙])")
_NOTE: Final = re.compile(
    rf"(?P<of>{_HANZI})"
    rf"(?P<note> ?{_OPEN} {{0,2}}(?P<reading>{_SYLLABLE}(?:[,/、] ?{_SYLLABLE})?) {{0,2}}{_CLOSE})(?P=note)*"
)
_WORD: Final = re.compile(rf"(?P<word>{_HANZI}{{2,4}}) ?{_OPEN}(?P<letters>[a-zɡɑüê{TONED}:'’ -]{{4,28}}){_CLOSE}")
_SHEARED: Final = re.compile(rf"{_HANZI}\? ?(?P<reading>{READING}) ?\)")
_ABOUT: Final = re.compile(
    "拼音|注音|[读字正]音|多音|破音|生字|生词|声调|轻声|音节|声母|韵母|识字|反切|[念读][作成做]|叶韵"
)

# The brackets of a passage are those of a script if nothing says that a person wrote them: …
_COVERED: Final = 0.7  # a character is on the list if so many of its occurrences carry the reading; seen: 0.98 and more
_ODD: Final = 0.25  # characters with readings that can't be on a list; seen: none, in texts with glosses most
_RUNNING: Final = 0.25  # notes with a bare character right behind; in primers and word lists next to none, seen: 0.6
_FIRST: Final = 0.6  # listed characters with the reading a dictionary names first; seen: 0.9 and more, heteronyms: few
_EXACT: Final = 0.5  # listed characters whose tone is right; in names and abbreviations none is written
_COMMON: Final = 0.6  # listed characters of GB 2312's first level; a gloss explains rare ones
_BREAK: Final = 4  # bare occurrences in a row that end a passage; what shear hides are single ones
# … and if there are so many that chance and habit can't explain them.
_REPEATED_SHARE: Final = 1 / 8  # of the listed characters, said more than once; word lists say each once
_EVERYDAY: Final = 1000  # characters that make up nine tenths of any text and that no reader needs explained


class Note(NamedTuple):
    """A reading in brackets: the character it belongs to, its place with brackets and blanks, and the reading."""

    of: str
    start: int
    end: int
    reading: str


class _Enough(NamedTuple):
    """How many listed characters a passage must have, and how many of them more than once."""

    distinct: int
    repeated: int


_WHOLE_PAGE: Final = _Enough(3, 2)  # one character repeated may be a name; two and a third are a list
_PART: Final = _Enough(5, 4)  # listed characters stand bare elsewhere, as behind glosses of a first mention
_OBJECTION: Final = _Enough(12, 6)  # the page is about readings: a lesson's new characters are fewer than that
_SHORT: Final = 3  # traditional everyday characters that need no repeating, such as a title's
_SHORT_PART: Final = 4
_DOUBTFUL: Final = 2  # characters from which on a list is worth a look


def find(view: View) -> Iterator[Edit]:
    """Edits that delete the readings a script inserted; flags where there are too few to tell.

    A passage whose brackets a script made is known by everyday characters that carry one reading each, nearly
    every time, amid others that carry none. Left alone: glosses of rare characters and unusual readings,
    dictionaries, primers that annotate everything, exercises that read one character in several ways, word
    lists, and brackets whose content is no reading of the character before them, such as (WOYLC).
    """
    found = list(notes(view))
    judged = _judged(view, found)
    for note in found:
        old, listed = view.text[note.start : note.end], judged.listed.get(note.of, "")
        if toneless(listed) == toneless(note.reading) and (listed == note.reading or not tone_of(note.reading)):
            why = f"reading of {note.of} in brackets, as behind most {note.of} on this page"
            yield Edit(note.start, old, "", "notes/pinyin", why)
        elif note in judged.doubtful:
            why = f"reading of {note.of} in brackets: too few like it to tell whether a script inserted it"
            yield Edit(note.start, old, old, "notes/doubtful", why)


def inserted(view: View) -> Mapping[str, str]:
    """The list a script worked with, as far as it shows: characters with the reading they got; empty if none did."""
    return _judged(view, list(notes(view))).listed


def notes(view: View) -> Iterator[Note]:
    """Every reading in brackets behind a character that is read so; nothing if none has its tone written."""
    if not _TRACE.search(view.text):
        return
    for match in _NOTE.finditer(view.folded):
        of, reading = view.text[match.start()], match["reading"]
        if all(is_reading(part.strip(), of) for part in re.split("[,/、]", reading)):
            yield Note(of, match.end("of"), match.end(), reading)


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
        return _Judged(listed, frozenset())
    doubtful = [passage for passage in credible if len(passage.listed) >= _DOUBTFUL]
    return _Judged({}, frozenset(note for passage in doubtful for note in passage.notes))


@dataclass(frozen=True, slots=True)
class _Passage:
    """Notes in a row, without a stretch between them where their characters stand bare.

    `listed` maps the characters that carry one reading nearly every time they occur; `repeated` counts those
    among them that do so more than once, `running` the notes right before a bare character.
    """

    notes: Sequence[Note]
    listed: Mapping[str, str]
    repeated: int
    running: int

    @property
    def is_credible(self) -> bool:
        """Whether a script may have made these notes."""
        distinct = len({note.of for note in self.notes})
        return (
            distinct - len(self.listed) <= _ODD * distinct
            and self.running >= _RUNNING * len(self.notes)
            and self._share(is_first) >= _FIRST
            and self._share(is_exact) >= _EXACT
            and self._share(lambda _, character: _is_common(character)) >= _COMMON
        )

    @property
    def is_plain(self) -> bool:
        """Whether nobody would explain any of these characters: traditional, everyday, with their usual reading."""
        traditional = only_in("hant")
        return all(
            character in traditional and fold(character) in _everyday() and is_first(reading, character)
            for character, reading in self.listed.items()
        )

    def _share(self, holds: Callable[[str, str], bool]) -> float:
        return sum(holds(reading, character) for character, reading in self.listed.items()) / max(len(self.listed), 1)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's notes, all places of their characters, and what else it says about who wrote them."""

    text: str
    notes: Sequence[Note]
    places: Sequence[int]
    is_sheared: bool
    is_about: bool

    @classmethod
    def of(cls, view: View, found: Sequence[Note]) -> _Page:
        characters = codes("".join({note.of for note in found}))
        places = np.flatnonzero(np.isin(view.codes, characters)).tolist()
        is_sheared = any(tone_of(match["reading"]) for match in _SHEARED.finditer(view.folded))
        is_about = bool(_ABOUT.search(view.folded)) or _words(view) * 10 >= len(found)
        return cls(view.text, found, places, is_sheared, is_about)

    def passages(self) -> Iterator[_Passage]:
        """The notes cut where their characters stand bare `_BREAK` times; single ones don't count, they are glosses."""
        counts = Counter(note.of for note in self.notes)
        key = {of for of, count in counts.items() if count > 1} or set(counts)
        noted = [note.start - 1 for note in self.notes if note.of in key]
        order = {place: index for index, place in enumerate(p for p in self.places if self.text[p] in key)}
        cuts = [
            cut
            for left, right in zip(noted, noted[1:], strict=False)
            if order[right] - order[left] > _BREAK
            for cut in (left + 1, right)
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
        listed = {
            of: reading
            for of, found in by_character.items()
            if len(found) >= _COVERED * occurrences[of] and (reading := _only(found)) and not _is_gloss(of, len(found))
        }
        noted = {note.start - 1 for note in group}
        running = sum(bool(_BARE.match(self.text, note.end)) and note.end not in noted for note in group)
        return _Passage(group, listed, sum(len(by_character[of]) > 1 for of in listed), running)

    def is_enough(self, passage: _Passage) -> bool:
        """Whether so many notes can only come from a script."""
        distinct = len(passage.listed)
        if self.is_sheared:  # bytes that were torn apart prove that a script was at work
            return distinct >= _DOUBTFUL
        is_part = self._is_part(passage)
        enough = _OBJECTION if self.is_about else _PART if is_part else _WHOLE_PAGE
        if distinct >= enough.distinct and passage.repeated >= max(enough.repeated, _REPEATED_SHARE * distinct):
            return True
        return not self.is_about and distinct >= (_SHORT_PART if is_part else _SHORT) and passage.is_plain

    def _is_part(self, passage: _Passage) -> bool:
        """Whether many of the listed characters stand bare elsewhere on the page."""
        occurrences = sum(self.text[place] in passage.listed for place in self.places)
        return occurrences * _COVERED > sum(note.of in passage.listed for note in self.notes)


_BARE: Final = re.compile(_HANZI)


def _only(found: Iterable[str]) -> str:
    """The one reading of several brackets, some of which may have lost the tone; empty if they disagree."""
    toned, plain = set(), set()
    for reading in found:
        (toned if tone_of(reading) else plain).add(reading)
    if len(toned or plain) > 1 or (toned and not {toneless(reading) for reading in toned} >= set(map(toneless, plain))):
        return ""
    return min(toned or plain)


def _is_gloss(character: str, count: int) -> bool:
    """Whether notes on a character explain it: it is rare, not merely traditional, and stands there once."""
    return count == 1 and not _is_common(character) and character not in only_in("hant")


def _is_common(character: str) -> bool:
    """Whether the character, simplified, is among the 3,755 of GB 2312's first level."""
    try:
        return 0xB0 <= fold(character).encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


@cache
def _everyday() -> frozenset[str]:
    """The commonest characters, simplified."""
    model = load()
    return frozenset(map(chr, model.characters[np.argsort(-model.frequency)[:_EVERYDAY]].tolist()))


def _words(view: View) -> int:
    """How many brackets hold the reading of a whole word: what people write who explain words."""
    return sum(
        any(spells(toneless(match["letters"]), match["word"][-size:]) for size in range(2, len(match["word"]) + 1))
        for match in _WORD.finditer(view.folded)
    )
