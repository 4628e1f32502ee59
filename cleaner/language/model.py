"""The trigram model: its tables, and what it says about characters in their context, words and texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, codes, fold, fold_codes

Floats = NDArray[np.float32]
Indexes = NDArray[np.int64]

TABLE: Final = Path(__file__).parent / "trigrams.npz"
START: Final = -1  # the context before a text and after anything that is no hanzi
_UNSEEN: Final = math.log(1e-9)  # log-probability of a hanzi that the model doesn't know
_MARKS: Final[Mapping[str, float]] = {
    **dict.fromkeys("，,", -3.5), **dict.fromkeys("、。", -4.0), **dict.fromkeys("：；:;", -6.0),
    **dict.fromkeys("“”（）()《》「」？！!.—…", -7.0), "\n": -4.0, "\u3000": -8.0,
}  # fmt: skip
_ASCII: Final = -4.5  # log-probability of a digit, a Latin letter or a blank
_FULL_WIDTH: Final = -10.0  # log-probability of a full-width mark
_OTHER_MARK: Final = -13.0  # log-probability of any other character that is no hanzi
_LONGEST_WORD: Final = 8
_STEP: Final = 8  # quantisation: eight steps to a factor of e


class LanguageModel:
    """Log-probabilities (natural) of characters, given the two before them.

    A back-off model: where a triple of characters is kept, its own chance counts; elsewhere that of the pair times
    the weight that the first two leave to it, and so on down to the bare character. Characters are those of the
    fold, so that both scripts share one table. What is no hanzi has a fixed cost and forgets the context. Each part is
    read when it is first asked for: many texts ask for few.
    """

    @cached_property
    def characters(self) -> Codes:
        """Code points, sorted; shape (n,)."""
        return _array("characters")

    @cached_property
    def place_of(self) -> Indexes:
        """Index of each code point, up to one beyond the highest; -1 for what the model doesn't know."""
        return _places_of(self.characters)

    @cached_property
    def frequency(self) -> Floats:
        """Share of each character, shape (n,)."""
        return np.exp(_decoded(_array("frequency")))

    @cached_property
    def base(self) -> Floats:
        """Log-probability of each character after anything unknown, shape (n,)."""
        return _decoded(_array("base"))

    @cached_property
    def rest(self) -> Floats:
        """Log-weight of `base` after each character, shape (n,)."""
        return _decoded(_array("rest"))

    @cached_property
    def pairs(self) -> Indexes:
        """Sorted first * n + second, shape (m,)."""
        return _from_planes(_array("pairs"))

    @cached_property
    def pair_chance(self) -> Floats:
        """Log-probability of the second after the first, shape (m,)."""
        return _decoded(_array("pair_chance"))

    @cached_property
    def pair_rest(self) -> Floats:
        """Log-weight of the pair's second alone as context, shape (m,)."""
        return _decoded(_array("pair_rest"))

    @cached_property
    def triples(self) -> Indexes:
        """Sorted row of the first two in `pairs` * n + third, shape (k,)."""
        return _from_planes(_array("triples"))

    @cached_property
    def triple_chance(self) -> Floats:
        """Log-probability of the third after the first two, shape (k,)."""
        return _decoded(_array("triple_chance"))

    @cached_property
    def words(self) -> Mapping[str, float]:
        """Log-probability of each word, folded."""
        words = _array("words").tobytes().decode("utf-16-le").split("\n")
        return dict(zip(words, _decoded(_array("word_share")).tolist(), strict=True))

    def index(self, text: str) -> Indexes:
        """Index of each character, -1 for what the model doesn't know; shape (len(text),)."""
        return self.index_of(fold_codes(codes(text)))

    def index_of(self, points: Codes) -> Indexes:
        """`index` for code points that are folded already."""
        return self.place_of.take(points, mode="clip")

    def rows(self, first: Indexes, second: Indexes) -> Indexes:
        """Where each pair stands in `pairs`, -1 for none; indexes as `index` gives them, shapes alike."""
        known = (first >= 0) & (second >= 0)
        return np.where(known, _places(self.pairs, np.where(known, first, 0) * self.characters.size + second), -1)

    def pair_scores(self, first: Indexes, second: Indexes) -> Floats:
        """Log-probability of each `second` after its `first` alone."""
        row = self.rows(first, second)
        weight = np.where(first >= 0, self.rest[first], np.float32(0))
        lower = np.where(second >= 0, weight + self.base[second], np.float32(_UNSEEN))
        return np.where(row >= 0, self.pair_chance[row], lower)

    def triple_scores(self, row: Indexes, second: Indexes, third: Indexes) -> Floats:
        """Log-probability of each `third` after the pair at `row`, as `rows` gives it, which ends with `second`."""
        known = (row >= 0) & (third >= 0)
        place = _places(self.triples, np.where(known, row * self.characters.size + third, -1))
        lower = np.where(row >= 0, self.pair_rest[row], np.float32(0)) + self.pair_scores(second, third)
        return np.where(place >= 0, self.triple_chance[place], lower)

    def mark_scores(self, points: Codes) -> Floats:
        """Log-probability of characters that are no hanzi, by code point; shape as given."""
        return _mark_table().take(points, mode="clip")

    def scores(self, text: str) -> Floats:
        """Log-probability of each character of `text`; shape (len(text),)."""
        points = codes(text)
        hanzi = _hanzi_table().take(points, mode="clip")
        context = np.full(points.size + 2, START, np.int64)
        context[2:] = np.where(hanzi, self.index_of(fold_codes(points)), START)
        first, second, third = context[:-2], context[1:-1], context[2:]
        known = self.triple_scores(self.rows(first, second), second, third)
        return np.where(hanzi, known, self.mark_scores(points))

    def mean(self, text: str) -> float:
        """Mean log-probability of the hanzi of `text`; 0 if it has none."""
        hanzi = is_hanzi(text)
        return float(self.scores(text)[hanzi].mean()) if hanzi.any() else 0.0

    def word_score(self, text: str) -> float:
        """Log-probability of `text` as the likeliest sequence of words; a mark costs what it costs alone."""
        folded = fold(text)
        best = [0.0]
        for end in range(1, len(folded) + 1):
            alone = _MARKS.get(text[end - 1], _OTHER_MARK)
            best.append(
                max(
                    best[start] + (self.words.get(folded[start:end], alone if end - start == 1 else -math.inf))
                    for start in range(max(0, end - _LONGEST_WORD), end)
                )
            )
        return best[-1]


def is_hanzi(text: str) -> NDArray[np.bool_]:
    """Which characters are CJK ideographs; shape (len(text),)."""
    return _hanzi_table().take(codes(text), mode="clip")


# What is asked of a few characters thousands of times on a garbled page is looked up; the last entry holds for all
# code points beyond.


@cache
def _hanzi_table() -> NDArray[np.bool_]:
    table = np.zeros(0x40001, np.bool_)
    table[0x3400:0xA000] = table[0x20000:0x40000] = True
    return table


@cache
def _mark_table() -> Floats:
    points = np.arange(0x10000, dtype=np.uint32)
    table = np.full(points.shape, _OTHER_MARK, np.float32)
    table[_is_ascii_word(points)] = _ASCII
    table[(points > 0xFF00) & (points < 0xFF5F) & ~_is_ascii_word(points - 0xFEE0)] = _FULL_WIDTH
    table[[ord(mark) for mark in _MARKS]] = list(_MARKS.values())
    return table


def _places_of(characters: Codes) -> Indexes:
    table = np.full(int(characters[-1]) + 2, -1, np.int64)
    table[characters] = np.arange(characters.size)
    return table


def _places(table: Indexes | Codes, keys: Indexes | Codes) -> Indexes:
    """Where each key stands in a sorted table, -1 for none."""
    places = np.minimum(table.searchsorted(keys), table.size - 1)
    return np.where(table[places] == keys, places, -1)


def _is_ascii_word(points: Codes) -> NDArray[np.bool_]:
    lower = points | 0x20
    is_word: NDArray[np.bool_] = (lower >= 0x61) & (lower <= 0x7A)
    is_word |= ((points >= 0x30) & (points <= 0x39)) | (points == 0x20)
    return is_word


@cache
def frequencies() -> tuple[Codes, Floats]:
    """(code points, log-share of each) of the characters that the model knows, folded; reads no more than these."""
    return _array("characters"), _decoded(_array("frequency"))


@cache
def load() -> LanguageModel:
    """The model that comes with the package."""
    return LanguageModel()


def _array(name: str) -> NDArray[Any]:
    with np.load(TABLE) as table:
        found: NDArray[Any] = table[name]
    return found


def encoded(probabilities: Sequence[float]) -> NDArray[np.uint16]:
    """Probabilities as steps of their negative logarithm, in one byte each where that is enough."""
    steps = np.clip(np.round(-np.log(probabilities) * _STEP), 0, 65535).astype(np.uint16)
    return steps.astype(np.uint8) if steps.max() < 256 else steps


def _decoded(steps: NDArray[np.uint16]) -> Floats:
    return (steps / np.float32(-_STEP)).astype(np.float32)


def in_planes(numbers: Sequence[int]) -> NDArray[np.uint8]:
    """Ascending numbers as their differences, all lowest bytes first: that way they compress best."""
    return np.diff(np.array(numbers, np.int64), prepend=0).astype("<u4").view(np.uint8).reshape(-1, 4).T.copy()


def _from_planes(planes: NDArray[np.uint8]) -> Indexes:
    steps = np.zeros(planes.shape[1], np.uint32)
    for plane in planes[::-1]:
        steps = steps << 8 | plane
    return np.cumsum(steps, dtype=np.int64)
