"""A text as finders read it: letters, fold, lines. Next: `repair`, `rules` and `structure`, which read it.

A `View` is made once per text and shared by all finders of a layer, so that nothing is folded or split twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation

from cleaner.document import Edit
from cleaner.fold import Codes, codes, fold_codes, occurrences, text_of

_QUOTE_LENGTH: Final = 24


class Line(NamedTuple):
    """One line: its place with its line end, and its folded text without outer blanks."""

    start: int
    end: int
    key: str


class Gate:
    """Finds which of many literals occur in a folded text, in one pass however many there are.

    >>> gate = Gate(["分享", "微信"])
    >>> gate.hits("分享到微信")
    [(0, 0, 2), (1, 3, 5)]
    """

    def __init__(self, literals: Iterable[str]) -> None:
        self.literals = tuple(literals)
        self._automaton = AhoCorasick(self.literals, implementation=Implementation.DFA)

    def hits(self, folded: str) -> list[tuple[int, int, int]]:
        """(index of the literal, start, end) of every occurrence, overlapping ones too."""
        return occurrences(self._automaton, folded)


class View:
    """One text with all that finders share about it; each part is computed when first asked for."""

    def __init__(self, text: str, gate: Gate | None = None) -> None:
        self.text = text
        self._gate = gate
        self._line_data: dict[int, bytes] = {}

    @cached_property
    def codes(self) -> Codes:
        """Code points of the text, shape (len(text),)."""
        return codes(self.text)

    @cached_property
    def folded(self) -> str:
        """The matching key of the text; offsets are those of the text."""
        return text_of(fold_codes(self.codes))

    @cached_property
    def lines(self) -> list[Line]:
        """All lines in order, blank ones too; their ends are exclusive and include the line end."""
        lines = []
        start = 0
        for part in self.folded.split("\n"):
            end = start + len(part) + 1
            lines.append(Line(start, end, part.strip(" ")))
            start = end
        last = lines.pop()
        if last.end - 1 > last.start:
            lines.append(Line(last.start, last.end - 1, last.key))
        return lines

    @cached_property
    def hits(self) -> list[tuple[int, int, int]]:
        """The gate's literals in the text, as `Gate.hits` gives them."""
        return self._gate.hits(self.folded) if self._gate else []

    @cached_property
    def literals_by_line(self) -> list[tuple[int, int]]:
        """(index of the literal, index of the line) for each literal on each line, once, in text order."""
        starts = [start for _, start, _ in self.hits]
        line_starts = [line.start for line in self.lines]
        lines = (np.searchsorted(line_starts, starts, side="right") - 1).tolist()
        return list(dict.fromkeys(zip((literal for literal, _, _ in self.hits), lines, strict=True)))

    def line_text(self, index: int) -> str:
        """A line as it stands in the text, without its line end and outer blanks."""
        return self.line_span(index)[1]

    def quote(self, index: int) -> str:
        """The beginning of a line, as reasons quote it."""
        text = self.line_text(index)
        return text if len(text) <= _QUOTE_LENGTH else text[: _QUOTE_LENGTH - 1] + "…"

    def line_span(self, index: int) -> tuple[int, str]:
        """(place, text) of a line without its line end and outer blanks."""
        line = self.lines[index]
        text = self.text[line.start : line.end].strip()
        return self.text.index(text, line.start), text

    def line_data(self, index: int) -> bytes:
        """A line's key in UTF-8, as the pattern engine reads it."""
        data = self._line_data.get(index)
        if data is None:
            data = self._line_data[index] = self.lines[index].key.encode("utf-8")
        return data

    def filled_lines(self) -> Iterator[tuple[int, Line]]:
        """(index, line) of the lines that hold more than blanks."""
        return ((index, line) for index, line in enumerate(self.lines) if line.key)


class Verdict(NamedTuple):
    """Why a line goes: the rule it is counted under, and a sentence."""

    rule: str
    why: str


def without_lines(view: View, verdicts: Mapping[int, Verdict]) -> Iterator[Edit]:
    """One edit for each line that goes, by its index, together with the blank lines that nothing needs any more.

    Those are the blank lines between two lines that go, all at an end of the text, and the second of two
    gaps that would meet. Blank lines are never keys of `verdicts`.
    """
    filled = [index for index, _ in view.filled_lines()]
    gone = [place for place, index in enumerate(filled) if index in verdicts]
    for first, last in runs(gone):
        begin, end = filled[first], filled[last] + 1
        before = filled[first - 1] + 1 if first else 0
        after = filled[last + 1] if last + 1 < len(filled) else len(view.lines)
        if after == len(view.lines):
            begin, end = before, after
        elif first == 0:
            begin, end = 0, after
        elif before < begin:
            end = after
        bounds = [begin, *filled[first + 1 : last + 1], end]
        for place, (left, right) in zip(range(first, last + 1), pairwise(bounds), strict=True):
            start, stop = view.lines[left].start, view.lines[right - 1].end
            yield Edit(start, view.text[start:stop], "", *verdicts[filled[place]])


def runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of consecutive numbers in an ascending sequence.

    >>> list(runs([1, 2, 3, 7, 9, 10]))
    [(1, 3), (7, 7), (9, 10)]
    """
    start = 0
    for at, number in enumerate(numbers):
        if at + 1 == len(numbers) or numbers[at + 1] != number + 1:
            yield numbers[start], number
            start = at + 1
