"""The characters of a text that count, and which of them another text has, too. Next: `scoring`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.alignment import SHORTEST, Places
from cleaner.fold import Codes, codes, fold_codes, text_of

_BLANKS: Final = (0x20, 0x0A)  # all that the fold leaves of them
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, and without a pattern

_STRETCH: Final = 24  # characters of what is no whole line, and no wording that any text may share
_BREAK: Final = 0x0A

Flags = NDArray[np.bool_]


class Bare(NamedTuple):
    """The characters of a text that count: their folds, and where they stand in it."""

    keys: Codes
    places: Places

    @classmethod
    def of(cls, text: str) -> Bare:
        """All but blanks."""
        keys = fold_codes(codes(text))
        places = np.flatnonzero(~np.isin(keys, _BLANKS))
        return cls(keys[places], places)


def standing(source: str, text: str, lost: Flags) -> Flags:
    """Which of the characters of a source that were lost the text still has, in another place: shape (len(source),).

    What was lost in a row on one line stands there if the text has all of it; of a longer one, stretches do that it
    has. What is too short for that stands there if it was a line, and the text has such a line: chance may bring it
    into another one.
    """
    found = np.zeros(len(source), np.bool_)
    if not lost.any():
        return found
    bare, theirs = Bare.of(source), Bare.of(text)
    whole, lines = text_of(theirs.keys), _lines_of(text)
    shared = np.isin(_digests(bare.keys), _digests(theirs.keys))
    for start, end, is_line in _parts(source, bare, lost):
        keys, places = bare.keys[start:end], bare.places[start:end]
        part = text_of(keys)
        if part in whole if len(part) >= SHORTEST else is_line and part in lines:
            found[places] = True
        else:
            for at in np.flatnonzero(shared[start : max(start, end - _STRETCH + 1)]).tolist():
                found[places[at : at + _STRETCH]] = True
    return found


def _parts(source: str, bare: Bare, lost: Flags) -> Iterator[tuple[int, int, bool]]:
    """What was lost in a row on one line, of what counts, and whether that is the line."""
    numbers = np.searchsorted(np.flatnonzero(codes(source) == _BREAK), bare.places)
    flags = lost[bare.places]
    of_line = np.concatenate(([True], np.diff(numbers) != 0, [True]))
    bounds = np.flatnonzero(of_line | np.concatenate(([True], np.diff(flags), [True])))
    for start, end in pairwise(bounds.tolist()):
        if flags[start]:
            yield start, end, bool(of_line[start] and of_line[end])


def _digests(keys: Codes) -> NDArray[np.uint64]:
    """One for each long stretch of characters; two that are not the same hardly share one."""
    found = np.zeros(max(0, keys.size - _STRETCH + 1), np.uint64)
    for step in range(_STRETCH if found.size else 0):
        found = found * _FACTOR + keys[step : step + found.size]
    return found


def _lines_of(text: str) -> set[str]:
    """The lines of a text, as what counts of them."""
    folded = text_of(fold_codes(codes(text)))
    return {line.replace(" ", "") for line in folded.split("\n")}
