"""Marks, edits and flags for the spam of a text, with the lexicons that ship or any others."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from cleaner import sieve
from cleaner.document import Edit
from cleaner.errors import RuleError
from cleaner.fold import fold
from cleaner.rules import Rule, shipped_folder
from cleaner.sieve import Demand
from cleaner.spam.evidence import NOTHING, SPACERS, SPAM, SUSPECT, Reading, Scale, squeezed
from cleaner.spam.injected import phrases
from cleaner.spam.lexicons import Lexicon, read
from cleaner.spam.titles import hung
from cleaner.units import View

_LONGEST: Final = 400  # letters of a line that can be spam as a whole
_HEADER: Final = 60  # letters of a line that spam beside it can draw in
_LURES: Final = 2
_NAME: Final = 6  # hanzi of a name that no lexicon has
_SENTENCE_MARK: Final = re.compile("[。,;!?“”「」]")
_SENTENCE: Final = re.compile("[^。!?]+[。!?]*")
_THRESHOLDS: Final = {"anywhere": SPAM, "edge": SUSPECT}  # a line at an edge needs furniture beside it to go
_BEGINNING: Final = re.compile("[㐀-鿿]{3}")  # fewer letters, apart from each other, may be names in a list
_SURE: Final = 0.9
_DOUBTFUL: Final = 0.5


class _Stretch(NamedTuple):
    """A stretch of a line, in letters of its key, that is spam or may be."""

    start: int
    end: int
    rule: str
    why: str
    goes: bool


class _Page(NamedTuple):
    """What the lexicons find on a page: the mark of each line of spam, and stretches of other lines."""

    marks: dict[int, Rule]
    edits: tuple[Edit, ...]


class Lexicons:
    """Lexicons that work together, behind one gate of the words that name what spam sells."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        self.lexicons = tuple(lexicons)
        self._rules = {lexicon.kind: lexicon.rule for lexicon in self.lexicons}
        self._about = {lexicon.kind: lexicon.about for lexicon in self.lexicons}
        self._scale = Scale(self.lexicons)
        terms = [term for lexicon in self.lexicons for _, term in lexicon.cores()]
        self.demand = Demand(frozenset((*terms, *_spaced(terms))))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The mark of each kind of spam."""
        return tuple(self._rules[lexicon.kind] for lexicon in self.lexicons if lexicon.finds)

    def score(self, key: str) -> float:
        """How surely a folded line is spam, 0 to 1: 0.5 where marks begin, 0 without a word for what spam sells.

        >>> load().score("亚博体育官网登录入口") > 0.5 > load().score("全市棋牌室专项整治启动")
        True
        """
        reading = self._scale.reading(squeezed(key).key) if self._names(key) else NOTHING
        return 1 / (1 + math.exp(self._threshold(reading) - reading.total)) if reading.kind else 0.0

    def share(self, view: View) -> float:
        """Share of the letters of the text, 0 to 1, that stand in lines of spam."""
        letters = sum(len(line.key) for line in view.lines)
        return sum(len(view.lines[index].key) for index in self.marks(view)) / letters if letters else 0.0

    def marks(self, view: View) -> dict[int, Rule]:
        """The mark of each line that is spam as a whole, by index of the line, as `structure` reads marks."""
        return _page(self, view).marks

    def find(self, view: View) -> Iterator[Edit]:
        """Edits that take spam off titles and out of sentences, where the rest comes together without it.

        Left alone: whole lines, which are marked; what is quoted or reported; names of sites behind a title.

        >>> [edit.old for edit in load().find(View("山村放映队的故事_久久精品在线_亚洲无码专区"))]
        ['_久久精品在线_亚洲无码专区']
        """
        return (edit for edit in _page(self, view).edits if not edit.is_flag)

    def doubts(self, view: View) -> Iterator[Edit]:
        """Flags over phrases that may be planted and lines that may be spam, but could be the article's."""
        return (edit for edit in _page(self, view).edits if edit.is_flag)

    def page(self, view: View) -> _Page:
        """All that `marks`, `find` and `doubts` tell, for those that call more than one."""
        marks: dict[int, Rule] = {}
        edits: list[Edit] = []
        for index in view.called(self.demand):
            line = squeezed(view.lines[index].key)
            if not self._scale.may_be_spam(line.key):
                continue
            stretches = [*self._hung(line.key)]
            if not stretches:
                reading = self._scale.reading(line.key) if len(line.key) <= _LONGEST else NOTHING
                if reading.kind and reading.total >= self._threshold(reading):
                    marks[index] = self._rules[reading.kind]
                    continue
                stretches = [*self._injected(line.key)] or [*self._suspected(line.key, reading)]
            edits += (_edit(view, index, line.places, stretch) for stretch in stretches)
        return _Page({**self._beside(view, marks), **marks}, tuple(edits))

    def _beside(self, view: View, marks: dict[int, Rule]) -> dict[int, Rule]:
        """Marks at an edge for lines that touch a line of spam and hold its lures around a name no lexicon has."""
        found: dict[int, Rule] = {}
        for order in (1, -1) if marks else ():
            above: Rule | None = None
            for index, line in list(view.filled_lines())[::order]:
                rule = marks.get(index) or (above and self._lured(line.key, above))
                if rule and index not in marks:
                    found[index] = rule
                above = rule or None
        return found

    def _lured(self, key: str, beside: Rule) -> Rule | None:
        """The mark of a line that is nothing but lures and a short name, beside a line of spam."""
        if len(key) > _HEADER:
            return None
        reading = self._scale.reading(squeezed(key).key)
        lures = {token.term for token in reading.tokens if token.role == "lures"}
        if reading.against or len(lures) < _LURES or reading.unknown > _NAME or _SENTENCE_MARK.search(key):
            return None
        return replace(beside, where="edge", about=f"a line of lures beside {self._about[beside.id]}")

    def _threshold(self, reading: Reading) -> float:
        return _THRESHOLDS[self._rules[reading.kind].where] if reading.kind else SPAM

    def _names(self, key: str) -> bool:
        """Whether the text holds a word for what spam sells, be its letters held apart."""
        return bool(sieve.of(self.demand).calls([key])[0])

    def _is_anywhere(self, kind: str) -> bool:
        return self._rules[kind].where == "anywhere"

    def _hung(self, key: str) -> Iterator[_Stretch]:
        if tail := hung(key, self._scale):
            why = f"{self._about[tail.kind]}, hung onto a title"
            yield _Stretch(tail.start, tail.end, "spam/title", why, tail.is_sure and self._is_anywhere(tail.kind))

    def _injected(self, key: str) -> Iterator[_Stretch]:
        for sentence in _SENTENCE.finditer(key):
            if not (self._names(sentence[0]) and self._scale.may_be_spam(sentence[0])):
                continue
            for start, end, kind, word, goes in phrases(sentence[0], self._scale):
                if self._is_anywhere(kind):  # articles write of downloads and clinics in the same words
                    where = (
                        f"put into {word}" if word else "put between clauses" if goes else "perhaps put into the line"
                    )
                    place = sentence.start()
                    yield _Stretch(place + start, place + end, "spam/injected", f"{self._about[kind]}, {where}", goes)

    def _suspected(self, key: str, reading: Reading) -> Iterator[_Stretch]:
        if reading.kind and reading.total >= SUSPECT:
            yield _Stretch(0, len(key), "spam/suspected", f"perhaps a line of {self._about[reading.kind]}", False)


@lru_cache(maxsize=1)  # the layers that ask mostly see the same text one after the other
def _page(lexicons: Lexicons, view: View) -> _Page:
    return lexicons.page(view)


def _edit(view: View, index: int, places: Sequence[int], stretch: _Stretch) -> Edit:
    line = view.lines[index]
    letters = view.folded[line.start : line.end]
    begin = line.start + len(letters) - len(letters.lstrip(" "))
    start, end = begin + places[stretch.start], begin + places[stretch.end - 1] + 1
    old = view.text[start:end]
    new, confidence = ("", _SURE) if stretch.goes else (old, _DOUBTFUL)
    return Edit(start, old, new, stretch.rule, stretch.why, confidence)


def _spaced(terms: Iterable[str]) -> Iterator[str]:
    """What words look like with their letters held apart; three letters of each, for the gate."""
    beginnings = {match[0] for term in terms if (match := _BEGINNING.match(term))}
    return (mark.join(beginning) for beginning in sorted(beginnings) for mark in SPACERS)


def prove(lexicons: Lexicons) -> None:
    """Raises `RuleError` for the first line of `finds` that is no spam, or of `keeps` that isn't left alone."""
    for lexicon in lexicons.lexicons:
        for line in lexicon.finds:
            if lexicons.score(fold(line).strip()) < 0.5:
                raise RuleError(f"{lexicon.kind}: finds: {line!r} is no spam by its words; add what it lacks")
        for line in lexicon.keeps:
            page = lexicons.page(View(line))
            if page.marks or page.edits:
                raise RuleError(f"{lexicon.kind}: keeps: {line!r} would go or be flagged; weaken the words in it")


@cache
def load() -> Lexicons:
    """The lexicons that come with the package, whose tests `prove` them."""
    return Lexicons(read(shipped()))


def shipped() -> list[Path]:
    """The lexicon files that come with the package, in the order of their names."""
    return sorted((shipped_folder() / "lexicons").glob("*.toml"))
