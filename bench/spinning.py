"""Spun text with a known answer, made from clean text: words replaced by others, parts put in another order."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Final

from cleaner.fold import fold
from cleaner.language import load

_LONGEST: Final = 4  # characters of a word looked for
_NEIGHBOURS: Final = 150  # words next in frequency, on either side, of which one is taken
_PARTS: Final = re.compile("([，。；：！？,;:!?\n]+)")


def any_words(text: str, share: float, random: Random) -> str:
    """`text` with a share of its words replaced by any of the same length that the language model knows."""
    return "".join(
        random.choice(_by_frequency()[len(word)]) if _is_replaced(word, share, random) else word
        for word in words_of(text)
    )


def like_words(text: str, share: float, random: Random) -> str:
    """The same by words about as frequent: nearer to a list of synonyms, which keeps to everyday words."""
    return "".join(_neighbour(word, random) if _is_replaced(word, share, random) else word for word in words_of(text))


def other_order(text: str, random: Random) -> str:
    """`text` with the parts between its marks in another order; the marks stay."""
    parts = _PARTS.split(text)
    said = parts[::2]
    random.shuffle(said)
    parts[::2] = said
    return "".join(parts)


def words_of(text: str) -> Iterator[str]:
    """The longest known words from left to right, as the text has them; other characters one by one."""
    folded, words = fold(text), load().words
    start = 0
    while start < len(text):
        ends = range(min(start + _LONGEST, len(text)), start + 1, -1)
        end = next((end for end in ends if folded[start:end] in words), start + 1)
        yield text[start:end]
        start = end


def _is_replaced(word: str, share: float, random: Random) -> bool:
    return len(word) > 1 and random.random() < share


def _neighbour(word: str, random: Random) -> str:
    ranked, shares = _by_frequency()[len(word)], _shares()[len(word)]
    rank = bisect(shares, load().words[fold(word)])
    return ranked[random.randrange(max(0, rank - _NEIGHBOURS), min(len(ranked), rank + _NEIGHBOURS))]


@cache
def _by_frequency() -> Mapping[int, list[str]]:
    """The model's words by length, the rarest first."""
    words = load().words
    ranked = sorted(words, key=lambda word: (words[word], word))
    return {length: [word for word in ranked if len(word) == length] for length in range(1, _LONGEST + 1)}


@cache
def _shares() -> Mapping[int, list[float]]:
    words = load().words
    return {length: [words[word] for word in ranked] for length, ranked in _by_frequency().items()}
