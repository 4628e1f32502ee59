"""Where two runs made something else of the same source, and which rule did it in each. Next: `runs`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

import numpy as np

from cleaner.alignment import Places
from cleaner.document import Document
from cleaner.fates import NOBODY, Fates, Piece, fates_of

What = Literal["kept", "removed", "replaced", "put in"]
Now = Literal["removed", "kept", "otherwise"]

_KEPT, _REMOVED = 0, 1
_HEAD, _TAIL = 300, 100  # characters of a long stretch that are shown
_AROUND: Final = 60  # characters of context on either side, on the line at most


class Did(NamedTuple):
    """What one run made of a stretch: what stands there then, and which rule did it and why."""

    what: What
    new: str = ""
    rule: str = ""
    why: str = ""


class Excerpt(NamedTuple):
    """A text, of a long one its beginning and its end, and how much is left out between them."""

    head: str
    skipped: int = 0
    tail: str = ""

    @classmethod
    def of(cls, text: str) -> Excerpt:
        """A text as it is shown."""
        if len(text) <= _HEAD + _TAIL:
            return cls(text)
        return cls(text[:_HEAD], len(text) - _HEAD - _TAIL, text[-_TAIL:])


class Difference(NamedTuple):
    """A stretch of a source of which two runs made different things; an empty one if only one put something in.

    `line` is that of the source, from 1. `size` is the characters of the stretch, or those that were put in.
    """

    start: int
    end: int
    line: int
    a: Did
    b: Did

    @property
    def size(self) -> int:
        """How many characters are told differently."""
        return self.end - self.start or max(len(self.a.new), len(self.b.new))

    @property
    def now(self) -> Now:
        """What the second run does that the first one didn't: it is gone now, there again, or stands otherwise."""
        if self.b.what == "removed":
            return "removed"
        return "kept" if self.a.what == "removed" else "otherwise"


class Shown(NamedTuple):
    """A difference as people read it, between what stands before and behind it on its lines."""

    line: int
    now: Now
    before: str
    source: Excerpt
    after: str
    a: Did
    b: Did


def differences(a: Document, b: Document) -> list[Difference]:
    """Where two documents of one source differ, in its order; each is by one edit, or none, in each of them."""
    first, second = fates_of(a), fates_of(b)
    pieces = first.pieces(), second.pieces()
    found = [*_exchanged(first, second, pieces), *_put_in(*pieces)]
    found.sort(key=lambda each: each[:2])
    return list(_numbered(a.source, found))


def shown(source: str, difference: Difference) -> Shown:
    """A difference in its context, cut to what a reader needs; of a whole line that is the lines beside it."""
    start, end = difference.start, difference.end
    above = source.rfind("\n", 0, max(start - 1, 0)) + 1  # the line above, of a stretch that begins one
    below = source.find("\n", end)
    before = source[max(start - _AROUND, above) : start]
    after = source[end : min(end + _AROUND, len(source) if below < 0 else below)]
    return Shown(
        difference.line, difference.now, before, Excerpt.of(source[start:end]), after, difference.a, difference.b
    )


Span = tuple[int, int, Did, Did]


def _exchanged(first: Fates, second: Fates, pieces: tuple[list[Piece], list[Piece]]) -> Iterator[Span]:
    """Stretches that are not the same in both."""
    known: dict[tuple[int, int, str], int] = {}
    ours, theirs = (_standing(len(first.document.source), each, known) for each in pieces)
    if not ours.size:
        return
    each = np.stack((ours, theirs, first.by, second.by))
    bounds = np.flatnonzero(np.concatenate(([True], (np.diff(each) != 0).any(axis=0), [True])))
    news = {number: new for (_, _, new), number in known.items()}
    for start, end in zip(bounds.tolist(), bounds[1:].tolist(), strict=False):
        if ours[start] != theirs[start]:
            a, b = (_did(fates, what[start], start, news) for fates, what in ((first, ours), (second, theirs)))
            yield start, end, a, b


def _standing(length: int, pieces: list[Piece], known: dict[tuple[int, int, str], int]) -> Places:
    """What became of each character: kept, removed, or a number of what it, with those beside it, was replaced by."""
    what = np.full(length, _KEPT)
    for start, end, new, _ in pieces:
        what[start:end] = known.setdefault((start, end, new), len(known) + 2) if new else _REMOVED
    return what


def _did(fates: Fates, what: int, at: int, news: dict[int, str]) -> Did:
    who = fates.by[at]
    if what == _KEPT or who == NOBODY:
        return Did("kept")
    edit = fates.edits[who]
    return Did("removed" if what == _REMOVED else "replaced", news.get(int(what), ""), edit.rule, edit.why)


def _put_in(first: list[Piece], second: list[Piece]) -> Iterator[Span]:
    """What only one of them put in."""
    ours, theirs = ({piece.start: piece for piece in each if piece.start == piece.end} for each in (first, second))
    for at in sorted(ours.keys() | theirs.keys()):
        a, b = ours.get(at), theirs.get(at)
        if (a and a.new) != (b and b.new):
            yield at, at, _putting(a), _putting(b)


def _putting(piece: Piece | None) -> Did:
    return Did("put in", piece.new, piece.edit.rule, piece.edit.why) if piece else Did("kept")


def _numbered(source: str, found: list[Span]) -> Iterator[Difference]:
    line, done = 1, 0
    for start, end, a, b in found:
        line += source.count("\n", done, start)
        done = start
        yield Difference(start, end, line, a, b)
