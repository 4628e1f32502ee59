"""A composed document as HTML: its rows with a mark for each edit. Next: `document_pages`.

Only numbers and names of our own stand in tags; all text goes through `seen`. A mark is `del`, `ins` or `mark`, of the
class of its kind; the first one of an edit has the id `e` and its number, a link to `r` and its number, where the page
says why, and `data-layer` and `data-index`, which name it in the JSON report; others have `data-of` and the number.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Final
from zlib import crc32

from markupsafe import Markup

from cleaner.report.composition import Mark, Placed, Row, Stretch
from cleaner.report.rendering import seen

HUES: Final = 8  # that people tell apart, and the style knows
_TAGS: Final = {"old": "del", "new": "ins", "flag": "mark"}
_WHOLE_LENGTH: Final = 100_000  # characters of source up to which all of it is shown
_STRETCH_LENGTH: Final = 2_000  # characters of an unchanged stretch shown in a longer source
_PART: Final = 40  # rows that browsers lay out together, when they come near what is seen


def classes_of(kinds: Iterable[str]) -> dict[str, int]:
    """A number for each kind, whose remainder by `HUES` is its hue: on most pages the same, on each page another.

    >>> classes_of(["share", "notes"]) == classes_of(["notes", "share"])
    True
    """
    numbers: dict[str, int] = {}
    for kind in sorted(set(kinds)):
        taken = {number % HUES for number in numbers.values()}
        wished = [(crc32(kind.encode("utf-8", "surrogatepass")) + step) % HUES for step in range(HUES)]
        hue = next((each for each in wished if each not in taken), wished[0])
        used = set(numbers.values())
        numbers[kind] = next(number for number in range(hue, HUES * (len(used) + 2), HUES) if number not in used)
    return numbers


def marked_text(  # noqa: PLR0913  each is a thing of its own
    rows: Sequence[Row],
    edits: Sequence[Placed],
    *,
    classes: Mapping[str, int],
    targets: Container[int],
    length: int,
    show: Callable[[str], str] = seen,
) -> Markup:
    """The rows as HTML.

    `classes` has the number of each kind, `targets` the places of rows that are linked to, as `row-` and their number
    from 1; `length` is that of the source: of a long one, not all of what stayed as it was is shown. `show` makes HTML
    of a piece of text.
    """
    marking = _Marking(edits, classes, is_whole=length <= _WHOLE_LENGTH, show=show)
    told: list[str] = []
    for first in range(0, len(rows), _PART):
        told.append('<div\nclass="part">')  # lines end within tags, for elsewhere they would show
        for at, row in enumerate(rows[first : first + _PART], first):
            told.append(f'<div class="row{" same" * row.is_untouched}"{_target(at + 1) if at in targets else ""}>')
            marking.row(row, told)
            told.append("</div>")
        told.append("</div>")
    return Markup("".join(told))


def _target(number: int) -> str:
    return f' id="row-{number}"'


class _Marking:
    """Writes rows, and knows which edits have had a mark."""

    def __init__(
        self, edits: Sequence[Placed], classes: Mapping[str, int], *, is_whole: bool, show: Callable[[str], str]
    ) -> None:
        self._edits, self._classes, self._is_whole, self._show = edits, classes, is_whole, show
        self._met = 0  # edits come in the order of their numbers

    def row(self, row: Row, told: list[str]) -> None:
        """Write a row behind what is told, with all marks closed at its end."""
        open_: tuple[Mark, ...] = ()
        for stretch in row.stretches:
            if open_ or stretch.marks:
                self._turn(open_, stretch.marks, told)
                open_ = stretch.marks
            told.append(self._shown(stretch))
        self._turn(open_, (), told)

    def _turn(self, last: tuple[Mark, ...], now: tuple[Mark, ...], told: list[str]) -> None:
        """Write the tags that end marks and begin others."""
        same = 0
        while same < min(len(last), len(now)) and last[same] == now[same]:
            same += 1
        told += [f"</{_TAGS[mark.role]}>" for mark in reversed(last[same:])]
        told += map(self._begun, now[same:])

    def _begun(self, mark: Mark) -> str:
        placed, number = self._edits[mark.number], mark.number + 1
        doubt = " doubt" if placed.edit.is_doubtful else ""
        tag = f'<{_TAGS[mark.role]} class="k{self._classes[placed.edit.kind]}{doubt}"'
        if mark.number < self._met:
            return f'{tag} data-of="{number}">'
        self._met = number
        at = f'data-layer="{placed.layer}" data-index="{placed.place}"'
        return f'{tag} id="e{number}" {at}><a href="#r{number}">{number}</a>'

    def _shown(self, stretch: Stretch) -> str:
        text = stretch.text
        if stretch.marks or self._is_whole or len(text) <= _STRETCH_LENGTH:
            return self._show(text)
        half = _STRETCH_LENGTH // 2
        skipped = f'<span class="skipped"> … {len(text) - 2 * half} unchanged characters … </span>'
        return f"{self._show(text[:half])}{skipped}{self._show(text[-half:])}"
