"""A cleaned document's source from end to end, with each edit in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cleaner.document import Document, Edit


class Piece(NamedTuple):
    """A stretch of the source: its place, its text, and the edit that did something with it, None if none did."""

    start: int
    old: str
    edit: Edit | None = None

    @property
    def end(self) -> int:
        """Where the stretch ends."""
        return self.start + len(self.old)


def pieces(document: Document) -> Iterator[Piece]:
    """The source in stretches; of edits that overlap, the first and longest."""
    source, done = document.source, 0
    for origin in sorted(document.origins(), key=lambda origin: (origin.start, -origin.end)):
        if origin.start >= done and (origin.end > origin.start or origin.edit.new):
            yield Piece(done, source[done : origin.start])
            yield Piece(origin.start, source[origin.start : origin.end], origin.edit)
            done = origin.end
    yield Piece(done, source[done:])
