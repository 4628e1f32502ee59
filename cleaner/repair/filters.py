"""Marks put into words to slip past, or by, a word filter: `百万小!说`, `微*信`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final, NamedTuple

from cleaner import language
from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.units import View

# Left out are marks that join something: “/” and “\” choices (大/小), “|” titles, “#” tags, “-”, “.” and “·” names.
_FILTER_MARKS: Final = "!*@^~"
_SPLIT: Final = {  # a pattern for each, which begins with a literal and so is found fast
    mark: late(rf"{re.escape(mark)}(?<=[一-龥].)(?=[一-龥])") for mark in sorted(_FILTER_MARKS)
}
_REACH: Final = 3  # letters of a word on either side
_FEWEST: Final = 4  # places on a page: chance joins one in ten to words, so ten thousand pages show four once
_FEWEST_WORDS: Final = 2
_COMMON: Final = -12.5  # log-probability of a word that a page could well repeat


class _Place(NamedTuple):
    """A mark between two hanzi, with the word that stands there without it, "" if none does."""

    start: int
    mark: str
    word: str


def find(view: View) -> Iterator[Edit]:
    """Edits that take a mark out of words, where a page has it in several words and nowhere else between hanzi.

    With fewer than four places, or one word only, they are flagged. Left alone: a mark that stands between hanzi
    anywhere on the page without splitting a known word (`好!我去`, `甲*乙`), and “/”, which joins choices (`他/她`).
    """
    for mark, split in _SPLIT.items():
        if mark in view.text and (own := [match.start() for match in split.finditer(view.text)]):
            places = list(takewhile(lambda place: place.word, (_place(view, start) for start in own)))
            yield from _edits(places, len(own))


def _place(view: View, place: int) -> _Place:
    """The longest known word across a mark; of equals the commonest."""
    words = language.load().words
    candidates = [
        (len(word), share, word)
        for left in range(1, _REACH + 1)
        for right in range(1, _REACH + 1)
        if place >= left
        and (share := words.get(word := view.folded[place - left : place] + view.folded[place + 1 : place + 1 + right]))
        is not None
        and share >= _COMMON
    ]
    return _Place(place, view.text[place], max(candidates, default=(0, 0.0, ""))[2])


def _edits(places: list[_Place], of: int) -> Iterator[Edit]:
    """Edits for the places of a mark, if all `of` them split a word."""
    if len(places) < of:
        return
    found = {place.word for place in places}
    is_sure = len(places) >= _FEWEST and len(found) >= _FEWEST_WORDS
    for start, mark, word in places:
        why = f"mark inside {word}, put there to slip past a word filter"
        yield Edit(start, mark, "" if is_sure else mark, "filters/split-word", why, 0.9 if is_sure else 0.4)
