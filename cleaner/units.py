"""A text as finders read it: letters, fold, lines. Next: `repair`, `rules` and `structure`, which read it.

A `View` is made once per text and shared by all finders of a layer, so that nothing is folded or split twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from cleaner import sieve
from cleaner.document import Edit, Matched
from cleaner.fold import Codes, codes, fold_codes, text_of
from cleaner.sieve import Demand, Sieve

_QUOTE_LENGTH: Final = 24
_Answer = TypeVar("_Answer")


class Line(NamedTuple):
    """One line: its place with its line end, and its folded text without outer blanks."""

    start: int
    end: int
    key: str


_LINE_END: Final = ord("\n")
_LINE: Final = partial(tuple.__new__, Line)  # what Line._make does, without a call of Python for each


class View:
    """One text with all that finders share about it; each part is computed when first asked for.

    `gate` is what knows which rules may match a line.
    """

    def __init__(self, text: str, gate: Sieve | None = None) -> None:
        self.text = text
        self._gate = gate
        self._answers: dict[Callable[..., Any], Any] = {}

    def once(self, question: Callable[[View], _Answer]) -> _Answer:
        """The answer to a question about the text that several finders have, or one in several layers: asked once."""
        if question not in self._answers:
            self._answers[question] = question(self)
        answer: _Answer = self._answers[question]
        return answer

    @cached_property
    def codes(self) -> Codes:
        """Code points of the text, shape (len(text),)."""
        return codes(self.text)

    @cached_property
    def _folded_codes(self) -> Codes:
        return fold_codes(self.codes)

    @cached_property
    def folded(self) -> str:
        """The matching key of the text; offsets are those of the text."""
        return text_of(self._folded_codes)

    @cached_property
    def lines(self) -> list[Line]:
        """All lines in order, blank ones too; their ends are exclusive and include the line end."""
        keys = map(str.strip, self._parts)  # the fold has no blanks but spaces
        return list(map(_LINE, zip((0, *self._ends), self._ends, keys, strict=False)))

    @cached_property
    def _ends(self) -> list[int]:
        """Where the lines end, behind their line ends."""
        ends: list[int] = (np.flatnonzero(self._folded_codes == _LINE_END) + 1).tolist()
        return ends if len(ends) == len(self._parts) else [*ends, len(self.text)]

    @cached_property
    def _parts(self) -> list[str]:
        """The folded lines without their line ends."""
        parts = self.folded.split("\n")
        return parts if parts[-1] else parts[:-1]

    @cached_property
    def calls(self) -> list[tuple[int, int]]:
        """(index, rules) of each line that a rule may match, a bit for each rule, as the gate says; none without it."""
        return _called(self._gate, self._parts) if self._gate is not None else []

    def called(self, demand: Demand) -> list[int]:
        """The lines, by index, that meet the demand: as the gate says if it knows it, else by a pass of its own."""
        number = self._gate.number(demand) if self._gate is not None else None
        calls = _called(sieve.of(demand), self._parts) if number is None else self.calls
        bit = 1 << (number or 0)
        return [index for index, call in calls if call & bit]

    @cached_property
    def bare_lines(self) -> list[str]:
        """The folded lines with their outer blanks, without their line ends."""
        if "\r" not in self.text:
            return self._parts
        bounds = ((line.start, line.end) for line in self.lines)  # in the fold, the return before a newline is a blank
        return [
            part[:-1] if self.text.endswith("\r\n", *bound) else part
            for part, bound in zip(self._parts, bounds, strict=True)
        ]

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

    def lines_matched(self, first: int, last: int) -> Matched:
        """The lines from `first` to `last`, without outer blanks, as what another place is like."""
        start, text = self.line_span(last)
        return Matched("", self.line_span(first)[0], start + len(text))

    def filled_lines(self) -> Iterator[tuple[int, Line]]:
        """(index, line) of the lines that hold more than blanks."""
        return iter(self._filled)

    @cached_property
    def _filled(self) -> list[tuple[int, Line]]:
        return [(index, line) for index, line in enumerate(self.lines) if line.key]


def _called(gate: Sieve, parts: Sequence[str]) -> list[tuple[int, int]]:
    return [(index, call) for index, call in enumerate(gate.calls(parts)) if call]


class Verdict(NamedTuple):
    """Why a line goes: the rule it is counted under, a sentence, how sure that is, 0 to 1, and what it is like."""

    rule: str
    why: str
    confidence: float = 1.0
    matched: Matched | None = None


def without_lines(view: View, verdicts: Mapping[int, Verdict]) -> Iterator[Edit]:
    """One edit for each line that goes, by its index, together with the blank lines that nothing needs any more.

    Those are the blank lines between two lines that go, all at an end of the text, and the second of two
    gaps that would meet. Blank lines are never keys of `verdicts`.
    """
    if not verdicts:
        return
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
