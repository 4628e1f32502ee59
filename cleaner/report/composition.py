"""The source and every text that came of it as one: each stretch once, with the edits that bore on it.

Layers edit what earlier ones left, so edits lie within each other, or overlap. Here each has one place all the same:
stretches stand in an order that is right for all of the texts, and an edit spans those that it took, brought or
flagged. Next: `marking`, which shows that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from cleaner.document import Document, Edit, Layer

Role = Literal["old", "new", "flag"]


class Mark(NamedTuple):
    """What an edit did with a stretch: took it ("old"), brought it ("new") or flagged it; edits count by appearance."""

    number: int
    role: Role


class Stretch(NamedTuple):
    """A piece of text and what bore on it, from the outermost edit to the innermost."""

    text: str
    marks: tuple[Mark, ...]

    @property
    def is_source(self) -> bool:
        """Whether it stands in the source: no edit brought it."""
        return all(mark.role != "new" for mark in self.marks)

    @property
    def is_clean(self) -> bool:
        """Whether it stands in the clean text: no edit took it."""
        return all(mark.role != "old" for mark in self.marks)


class Placed(NamedTuple):
    """An edit, its layer, its place among the edits of that, and where in the source it appears."""

    layer: int
    place: int
    edit: Edit
    start: int


class Composed(NamedTuple):
    """A document as stretches in reading order, and its edits in the order in which they appear there."""

    stretches: tuple[Stretch, ...]
    edits: tuple[Placed, ...]


def composed(document: Document, cuts: Iterable[int] = (), *, most: int | None = None) -> Composed:
    """The document with every edit in place.

    Those stretches that `is_source` make up the source, and those that `is_clean` the clean text. What an edit took
    stands before what it brought. Of two edits of which one spans more, that one is outside; where two overlap, the
    smaller one is told in parts. An edit of nothing has a stretch without text. Stretches also end where `cuts` are in
    the source. If there are more edits than `most`, all ends where the next one would appear.
    """
    atoms = [_Atom(part) for part in _divided(document.source, cuts)]
    numbers = 0
    for layer in document.layers:
        atoms = _after(atoms, layer, numbers)
        numbers += len(layer)
    return _told(atoms, _Spans(atoms, numbers).nested(), _placed(document.layers), most)


def _divided(source: str, cuts: Iterable[int]) -> Iterator[str]:
    places = sorted({0, len(source), *(cut for cut in cuts if 0 < cut < len(source))})
    return (source[start:end] for start, end in pairwise(places))


# --- atoms: pieces that no edit takes apart, in an order that is right for the text before and after each layer -------


@dataclass(slots=True)
class _Atom:
    """A piece of text with the edits that brought, took and flagged it, by their numbers among all, layer by layer."""

    text: str
    born: int = -1
    died: int = -1
    flags: tuple[int, ...] = ()


class _Walk:
    """A walk along what is alive of atoms, which it cuts where it stops."""

    def __init__(self, atoms: list[_Atom]) -> None:
        self._atoms = atoms
        self._ends = [*accumulate(0 if atom.died >= 0 else len(atom.text) for atom in atoms)]
        self._at = self._place = 0

    def until(self, place: int) -> list[_Atom]:
        """The atoms up to that place of the text that the living ones make up: right behind the letter before it."""
        if place == self._place:
            return []
        last = bisect_left(self._ends, place, lo=self._at)
        found = self._atoms[self._at : last + 1]
        self._at, self._place = last + 1, place
        if excess := self._ends[last] - place:
            tail = found[-1]
            found[-1] = _Atom(tail.text[:-excess], tail.born, tail.died, tail.flags)
            self._at, tail.text = last, tail.text[-excess:]
        return found

    def rest(self) -> list[_Atom]:
        """The atoms that are left."""
        return self._atoms[self._at :]


def _after(atoms: list[_Atom], layer: Layer, first: int) -> list[_Atom]:
    """The atoms after one more layer, whose edits are numbered from `first` on."""
    walk = _Walk(atoms)
    told: list[_Atom] = []
    for number, edit in enumerate(layer, first):
        told += walk.until(edit.start)
        old = walk.until(edit.end)
        if edit.is_flag:
            told += _flagged(old, number)
        else:
            told += _taken(old, number)
            told += [_Atom(edit.new, number)] if edit.new else []
    return told + walk.rest()


def _flagged(atoms: list[_Atom], number: int) -> list[_Atom]:
    for atom in atoms:
        if atom.died < 0:
            atom.flags += (number,)
    return atoms or [_Atom("", flags=(number,))]


def _taken(atoms: list[_Atom], number: int) -> list[_Atom]:
    for atom in atoms:
        if atom.died < 0:
            atom.died = number
    return atoms


# --- spans: which atoms an edit stands around ----------------------------------------------------------------------


@dataclass(slots=True)
class _Span:
    """The atoms of an edit: from `first` on what it took, from `middle` on what it brought, or flagged; to `end`."""

    number: int
    first: int
    middle: int
    end: int
    is_flag: bool = False

    def holds(self, other: _Span) -> bool:
        """Whether all that the other took, if it took something, is what this one brought or flagged."""
        return self.middle <= other.first < other.middle <= self.end

    def role(self, at: int) -> Role:
        return "flag" if self.is_flag else "old" if at < self.middle else "new"


class _Spans:
    """The spans of all edits, found among the atoms and then widened so that they lie within each other."""

    def __init__(self, atoms: Sequence[_Atom], numbers: int) -> None:
        self._atoms = atoms
        self._spans: list[_Span | None] = [None] * numbers
        for at, atom in enumerate(atoms):
            for number, role in _bearing(atom):
                self._spans[number] = _grown(self._spans[number], number, at, role)

    def nested(self) -> list[_Span]:
        """The spans, layer by layer.

        What an edit brought in place of what an earlier one had brought belongs to that one as well; and one that took
        all that an earlier one had brought, and more, stands around what that one took, too.
        """
        spans = [span for span in self._spans if span is not None]  # each has an atom, if only one without text
        ending: dict[int, list[_Span]] = defaultdict(list)
        for span in spans:
            for earlier in [each for each in ending[span.middle] if each.holds(span)]:
                earlier.end = span.end
                ending[span.end].append(earlier)
            self._widen(span, spans)
            ending[span.end].append(span)
        return spans

    def _widen(self, span: _Span, spans: list[_Span]) -> None:
        reach = span.end if span.is_flag else span.middle
        while span.first and 0 <= (killer := self._atoms[span.first - 1].died) < span.number:
            if not span.first < spans[killer].end < reach:
                break
            span.first = spans[killer].first
        if span.is_flag:
            span.middle = span.first


def _bearing(atom: _Atom) -> Iterator[tuple[int, Role]]:
    if atom.born >= 0:
        yield atom.born, "new"
    for number in atom.flags:
        yield number, "flag"
    if atom.died >= 0:
        yield atom.died, "old"


def _grown(span: _Span | None, number: int, at: int, role: Role) -> _Span:
    """The span with the atom at a place; those come in order."""
    span = span or _Span(number, at, at, at, role == "flag")
    span.end = at + 1
    if role == "old":
        span.middle = at + 1
    return span


# --- stretches -----------------------------------------------------------------------------------------------------


def _placed(layers: Sequence[Layer]) -> list[tuple[int, int, Edit]]:
    return [(depth, index, edit) for depth, layer in enumerate(layers) for index, edit in enumerate(layer)]


def _told(atoms: Sequence[_Atom], spans: list[_Span], edits: list[tuple[int, int, Edit]], most: int | None) -> Composed:
    stretches: list[Stretch] = []
    placed: list[Placed] = []
    shown: dict[int, int] = {}  # from the number of an edit among all to that by appearance
    start = 0
    for at, (atom, around) in enumerate(zip(atoms, _around(atoms, spans), strict=True)):
        for span in around:
            if span.number not in shown:
                if len(placed) == most:
                    return Composed(tuple(stretches), tuple(placed))
                shown[span.number] = len(placed)
                placed.append(Placed(*edits[span.number], start))
        stretches.append(Stretch(atom.text, tuple([Mark(shown[span.number], span.role(at)) for span in around])))
        start += len(atom.text) if atom.born < 0 else 0
    return Composed(tuple(stretches), tuple(placed))


def _around(atoms: Sequence[_Atom], spans: list[_Span]) -> Iterator[list[_Span]]:
    """The spans that stand around each atom, the largest first; of two of a size, that of the earlier layer."""
    ends = [0, *accumulate(len(atom.text) for atom in atoms)]
    opening: dict[int, list[_Span]] = defaultdict(list)
    for span in spans:
        opening[span.first].append(span)
    around: list[_Span] = []
    for at in range(len(atoms)):
        if around:
            around = [span for span in around if span.end > at]
        if at in opening:
            around += opening[at]
            around.sort(key=lambda span: (ends[span.first] - ends[span.end], span.first - span.end, span.number))
        yield around


# --- rows ----------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """Whole lines of the source, and of the clean text, that no edit leads out of; `line` is the first, from 1."""

    stretches: tuple[Stretch, ...]
    start: int
    line: int

    @property
    def is_untouched(self) -> bool:
        """Whether no edit bore on it."""
        return not any(stretch.marks for stretch in self.stretches)


class _Rows:
    """Rows in the making."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._waiting: list[Stretch] = []
        self._start, self._line = 0, 1  # of what is waiting
        self._place = self._lines = 0  # characters and line ends of the source so far
        self._is_source_open = self._is_clean_open = False  # whether a line of it goes on

    def add(self, stretch: Stretch) -> None:
        if not stretch.text:
            self._waiting.append(stretch)
            return
        is_broken = stretch.text.endswith("\n")
        if stretch.is_source:
            self._place += len(stretch.text)
            self._lines += stretch.text.count("\n")
            self._is_source_open = not is_broken
        if stretch.is_clean:
            self._is_clean_open = not is_broken
        self._waiting.append(stretch)

    def may_end(self) -> bool:
        return not self._is_source_open and not self._is_clean_open

    def end(self) -> None:
        if self._waiting:
            self.rows.append(Row(tuple(self._waiting), self._start, self._line))
        self._waiting, self._start, self._line = [], self._place, self._lines + 1


def rows(stretches: Iterable[Stretch]) -> list[Row]:
    """The stretches in rows: lines that stay as they were together, up to the next stretch, others each by itself."""
    found = _Rows()
    last: tuple[Mark, ...] = ()
    for stretch in stretches:
        apart = not ({mark.number for mark in last} & {mark.number for mark in stretch.marks})
        if apart and found.may_end():
            found.end()
        for part in _parts(stretch, is_open=not found.may_end()):
            found.add(part)
            if not stretch.marks and found.may_end():
                found.end()
        last = stretch.marks
    found.end()
    return found.rows


def _parts(stretch: Stretch, *, is_open: bool) -> Iterator[Stretch]:
    """An untouched stretch as the rest of a line, whole lines, and the beginning of one; any other as it is."""
    text = stretch.text
    if stretch.marks:
        yield stretch
        return
    first = text.find("\n") + 1 if is_open else 0
    last = text.rfind("\n") + 1
    bounds = sorted({0, first, last, len(text)})
    yield from (Stretch(text[start:end], ()) for start, end in pairwise(bounds))
