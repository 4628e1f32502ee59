"""The bigram model: its tables, and what it says about characters, pairs and texts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, codes, fold, fold_codes

Floats = NDArray[np.float32]
Indexes = NDArray[np.int64]

TABLE: Final = Path(__file__).parent / "bigrams.npz"
START: Final = -1  # the context before a text and after anything that is no hanzi
_UNSEEN: Final = 1e-9  # probability of a hanzi that no word holds
_WITHIN: Final = 0.98  # weight of what the words say, against the character's bare frequency
_MARKS: Final[Mapping[str, float]] = {
    **dict.fromkeys("，,", -3.5), **dict.fromkeys("、。", -4.0), **dict.fromkeys("：；:;", -6.0),
    **dict.fromkeys("“”（）()《》「」？！?!.", -7.0),
}  # fmt: skip
_OTHER_MARK: Final = -13.0  # log-probability of any other character that is no hanzi
_LONGEST_WORD: Final = 8
_STEP: Final = 16  # quantisation: sixteen steps to a factor of e


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Log-probabilities (natural) of characters, given the one before.

    The probability of `b` after `a` mixes three: that a word goes on from `a` to `b`; that a word ends with
    `a` and another begins with `b`; and the bare frequency of `b`. Characters are those of the fold, so that
    both scripts share one table. What is no hanzi has a fixed cost and forgets the context.
    """

    characters: Codes  # sorted code points, shape (n,)
    frequency: Floats  # of each character, shape (n,)
    begins: Floats  # share of word beginnings, shape (n,)
    ends: Floats  # chance that an occurrence ends its word, shape (n,)
    pairs: NDArray[np.uint32]  # sorted first * n + second, shape (m,)
    goes_on: Floats  # chance that the first goes on to the second within a word, shape (m,)
    words: Mapping[str, float]  # log-probability of each word, folded

    def index(self, text: str) -> Indexes:
        """Index of each character, -1 for what the model doesn't know; shape (len(text),)."""
        return self.index_of(fold_codes(codes(text)))

    def index_of(self, points: Codes) -> Indexes:
        """`index` for code points that are folded already."""
        places = np.searchsorted(self.characters, points)
        places = np.minimum(places, self.characters.size - 1)
        return np.where(self.characters[places] == points, places, -1)

    def pair_scores(self, first: Indexes, second: Indexes) -> Floats:
        """Log-probability of each `second` after its `first`; indexes as `index` gives them, shapes alike."""
        known = second >= 0
        plain = np.where(known, self.frequency[second], np.float32(_UNSEEN))
        has_context = (first >= 0) & known
        key = (np.where(has_context, first, 0) * self.characters.size + np.where(has_context, second, 0)).astype(
            np.uint32
        )
        place = np.minimum(np.searchsorted(self.pairs, key), self.pairs.size - 1)
        within = np.where(has_context & (self.pairs[place] == key), self.goes_on[place], np.float32(0))
        beginning = np.where(known, 0.8 * self.begins[second] + 0.2 * plain, plain)
        across = (
            np.where(has_context, self.ends[first], np.where(first == START, np.float32(1), np.float32(0.5)))
            * beginning
        )
        scores: Floats = np.log(_WITHIN * (within + across) + (1 - _WITHIN) * plain)
        return scores

    def mark_scores(self, points: Codes) -> Floats:
        """Log-probability of characters that are no hanzi, by code point; shape as given."""
        scores = np.full(points.shape, _OTHER_MARK, dtype=np.float32)
        for mark, score in _MARKS.items():
            scores[points == ord(mark)] = score
        return scores

    def scores(self, text: str) -> Floats:
        """Log-probability of each character of `text`; shape (len(text),)."""
        second = self.index(text)
        first = np.concatenate(([START], second[:-1])).astype(np.int64)
        hanzi = is_hanzi(text)
        first = np.where(np.concatenate(([False], hanzi[:-1])), first, START)
        return np.where(hanzi, self.pair_scores(first, second), self.mark_scores(codes(text)))

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
    points = codes(text)
    return ((points >= 0x3400) & (points <= 0x9FFF)) | ((points >= 0x20000) & (points <= 0x3FFFF))


@cache
def load() -> LanguageModel:
    """The model that comes with the package."""
    with np.load(TABLE) as table:
        pairs = np.cumsum(table["pair_steps"], dtype=np.uint32)
        return LanguageModel(
            characters=table["characters"],
            frequency=_decoded(table["frequency"]),
            begins=_decoded(table["begins"]),
            ends=_decoded(table["ends"]),
            pairs=pairs,
            goes_on=_decoded(table["goes_on"]),
            words=dict(
                zip(
                    table["words"].tobytes().decode("utf-16-le").split("\n"),
                    np.log(_decoded(table["word_shares"])).tolist(),
                    strict=True,
                )
            ),
        )


def encoded(probabilities: Floats) -> NDArray[np.uint16]:
    """Probabilities as steps of their logarithm; 0 stands for nought."""
    with np.errstate(divide="ignore"):
        steps = np.round(-np.log(probabilities) * _STEP) + 1
    return np.where(probabilities > 0, np.clip(steps, 1, 65535), 0).astype(np.uint16)


def _decoded(steps: NDArray[np.uint16]) -> Floats:
    return np.where(steps > 0, np.exp(-(steps.astype(np.float32) - 1) / _STEP), 0).astype(np.float32)
