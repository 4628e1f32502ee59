"""What became of each character of a source, and which edit did it. Next: `comparing`, and `evaluating`.

Edits are made layer upon layer; here they are one list against the source: what stands where in the end, and by whom.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.alignment import Places, changes
from cleaner.document import Document, Edit
from cleaner.fold import codes

KEPT: Final = 0
REMOVED: Final = 1
REPLACED: Final = 2
NOBODY: Final = -1  # who changed a character that stays, and who made one that the source has

_STARTS, _ENDS, _MAKERS = range(3)


class Piece(NamedTuple):
    """A stretch of the source, what stands there in the end, and the edit that did it last."""

    start: int
    end: int
    new: str
    edit: Edit


class _Exchange(NamedTuple):
    """A span of the text before a layer, how many characters come there, and by which edit.

    `is_gone` is whether those stand for nothing of what was there.
    """

    start: int
    end: int
    new: int
    who: int
    is_gone: bool


@dataclass(frozen=True, eq=False)
class Fates:
    """Of each character of a source `states` says whether it is kept, removed or replaced, and `by` who did that.

    Of each character of the text, `starts` and `ends` are the span of the source that it stands for, which is empty if
    it was put in, and `makers` says who made it. Who is a place in `edits`, or `NOBODY`. A character that was replaced
    first and then removed is removed, by the edit that did so.
    """

    document: Document
    edits: tuple[Edit, ...]
    states: NDArray[np.uint8]
    by: Places
    starts: Places
    ends: Places
    makers: Places

    @property
    def own(self) -> NDArray[np.bool_]:
        """Which characters of the text are the source's own, shape (len(text),)."""
        return np.equal(self.makers, NOBODY)

    def pieces(self) -> list[Piece]:
        """The edits as one list against the source, in its order: where they are applied, the text comes out."""
        return list(self._pieces())

    def _pieces(self) -> Iterator[Piece]:
        text, made = self.document.text, np.flatnonzero(~self.own)
        starts, ends, who = (each[made].tolist() for each in (self.starts, self.ends, self.makers))
        places = made.tolist()
        for start, end in self._stretches():
            among = range(bisect_left(starts, start), bisect_left(starts, max(end, start + 1)))
            is_put_in = start == end
            here = [at for at in among if (ends[at] == start) == is_put_in]
            edit = self.edits[who[here[-1]] if is_put_in else self.by[start]]
            yield Piece(start, end, "".join(text[places[at]] for at in here), edit)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Where something was changed: spans of one state by one edit, and empty ones where something was put in."""
        put = np.unique(self.starts[self.starts == self.ends])
        other = np.flatnonzero((np.diff(self.states) != 0) | (np.diff(self.by) != 0)) + 1
        bounds = np.unique(np.concatenate(([0, self.states.size], other, put)))
        changed = [start for start in bounds[:-1].tolist() if self.states[start] != KEPT]
        ends = bounds[np.searchsorted(bounds, changed) + 1].tolist()
        return iter(sorted([*zip(changed, ends, strict=True), *((at, at) for at in put.tolist())]))


def fates_of(document: Document) -> Fates:
    """What became of each character of a document's source."""
    making = _Making(len(document.source))
    edits: list[Edit] = []
    for layer in document.layers:
        changing = [edit for edit in layer if not edit.is_flag]
        making.apply(changing, len(edits))
        edits += changing
    making.put_back(document)
    starts, ends, makers = making.now
    return Fates(document, tuple(edits), making.states, making.by, starts, ends, makers)


class _Making:
    """The fates as they are after some layers."""

    def __init__(self, length: int) -> None:
        places = np.arange(length)
        self.now: Places = np.stack((places, places + 1, np.full(length, NOBODY)))
        self.left = np.ones(length, np.int64)  # characters of the text that stand for each that isn't removed
        self.states = np.zeros(length, np.uint8)
        self.by = np.full(length, NOBODY)

    def apply(self, layer: list[Edit], number: int) -> None:
        """Make the changes of a layer, whose first edit has that number."""
        exchanges = [
            _Exchange(edit.start + start, edit.start + end, stop - begin, who, _is_gone(edit, start, end, begin, stop))
            for who, edit in enumerate(layer, number)
            for (start, end), (begin, stop) in changes(edit.old, edit.new)
        ]
        if exchanges and not self._are_plain(exchanges):
            self._apply_each(exchanges)

    def _are_plain(self, exchanges: list[_Exchange]) -> bool:
        """Whether characters are only removed, or replaced one by one, each standing for one; if so, that is done."""
        firsts, lasts, news, who, gone = np.array(exchanges).T
        lengths = lasts - firsts
        if np.any((news != 0) & ((news != lengths) | (gone != 0))):
            return False
        places, goes = _all(firsts, lasts), np.repeat(news == 0, lengths)
        starts, ends, makers = self.now
        theirs = starts[places]
        if np.any(ends[places] - theirs != 1) or np.any(self.left[theirs] != 1):
            return False
        self.states[theirs] = np.where(goes, REMOVED, REPLACED)
        self.by[theirs] = makers[places] = np.repeat(who, lengths)
        self.now = np.delete(self.now, places[goes], axis=1)
        return True

    def _apply_each(self, exchanges: list[_Exchange]) -> None:
        parts, done = [], 0
        for each in exchanges:
            parts += [self.now[:, done : each.start], self._exchanged(each)]
            done = each.end
        self.now = np.concatenate([*parts, self.now[:, done:]], axis=1)

    def _exchanged(self, exchange: _Exchange) -> Places:
        """What the characters stand for that come instead of some of the text."""
        start, end, new, who, is_gone = exchange
        gone = _all(self.now[_STARTS, start:end], self.now[_ENDS, start:end])
        np.subtract.at(self.left, gone, 1)
        theirs = np.unique(gone)
        theirs = theirs[self.states[theirs] != REMOVED]
        if new and theirs.size and not is_gone:
            made = _shared(theirs, new, who)
            np.add.at(self.left, _all(made[_STARTS], made[_ENDS]), 1)
            self.states[theirs], self.by[theirs] = REPLACED, who
            return made
        lost = theirs[self.left[theirs] <= 0]
        self.states[lost], self.by[lost] = REMOVED, who
        first, last = self._place(start, end)
        self.left[first:last] += new
        return np.stack((np.full(new, first), np.full(new, last), np.full(new, who)))

    def _place(self, start: int, end: int) -> tuple[int, int]:
        """What characters stand for that are put in there: nothing, unless what is around them is one replacement."""
        first, last = (int(each) for each in self.now[:_MAKERS, start - 1]) if start else (0, 0)
        is_within = end < self.now.shape[1] and self.now[_STARTS, end] < last
        return (first, last) if is_within else (last, last)

    def put_back(self, document: Document) -> None:
        """Take for kept what was changed and changed back."""
        starts, ends, makers = self.now
        source, text = codes(document.source), codes(document.text)
        single = np.flatnonzero((ends - starts == 1) & (makers != NOBODY))
        again = single[(source[starts[single]] == text[single]) & (self.left[starts[single]] == 1)]
        makers[again] = NOBODY
        self.states[starts[again]], self.by[starts[again]] = KEPT, NOBODY


def _is_gone(edit: Edit, start: int, end: int, begin: int, stop: int) -> bool:
    """Whether a stretch that is exchanged had something to read, and blanks come there, or nothing."""
    return not edit.new[begin:stop].strip() and bool(edit.old[start:end].strip())


def _all(starts: Places, ends: Places) -> Places:
    """All places in some spans."""
    lengths = ends - starts
    shifts = np.cumsum(lengths) - lengths
    return np.repeat(starts - shifts, lengths) + np.arange(lengths.sum())


def _shared(theirs: Places, count: int, who: int) -> Places:
    """The spans of the source that `count` characters stand for, who come instead of those at `theirs`."""
    cuts = np.arange(count + 1) * theirs.size // count
    firsts = np.minimum(cuts[:-1], theirs.size - 1)
    lasts = np.maximum(cuts[1:] - 1, firsts)
    return np.stack((theirs[firsts], theirs[lasts] + 1, np.full(count, who)))
