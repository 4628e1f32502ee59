"""What one text says and another doesn't, sentence by sentence. Next: `confirming`, which asks it of short texts.

Similarity is measured on letters and digits. Whoever reads what differs wants to see more: a minus, a decimal point, a
currency. So texts are compared here by all that *tells*: letters, digits, signs, and what stands within numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import codes, fold, text_of
from cleaner.minhash import letter_points

_SENTENCE: Final = re.compile(r"[^\n。!?]+[。!?]*[”’」』\"')】]*")  # on the fold
_SIGNS: Final = frozenset("%‰°?#@&*")  # punctuation by Unicode, that tells as much as a word
_IN_NUMBERS: Final = re.compile(r"[.,:/\- ](?=\d)(?:(?<=-)|(?<=\d[.,:/ ]))")  # a dash before a digit is a minus, too
_LAST_SIGN: Final = 0x20000  # above this no code point is a sign
_SEARCHED: Final = 1 << 28  # letters gone through for sentences that the other text may cut otherwise


class Sentence(NamedTuple):
    """A sentence and where it starts."""

    start: int
    text: str


def own_sentences(text: str, other: str) -> list[Sentence]:
    """The sentences of `text` that `other` doesn't say, in their order.

    Read on the fold, and by what tells: script, width, other punctuation and blanks make no difference. Of a text of
    many sentences against a very long one, those may be listed too that it has with other full stops.

    >>> own_sentences("雨停了。气温-5度。", "雨停了，氣溫5度。")
    [Sentence(start=4, text='气温-5度。')]
    """
    own, said = _keyed(text), _keyed(other)
    searches = _SEARCHED // (len(said.telling) + 1)
    found = []
    for key, start, end in own.sentences():
        if key and key not in said.keys:
            searches -= 1
            if searches < 0 or key not in said.telling:
                found.append(own.sentence(start, end))
    return found


def telling(text: str) -> str:
    """All of a text that tells, on its fold: equal for two texts that say the same in the same order.

    >>> telling("C++，1.5 万 元") == telling("C＋＋ 1.5万元。"), telling("1.5万元") == telling("15万元")
    (True, False)
    """
    return _keyed(text).telling


class _Keyed:
    """A text, what of its fold tells, and where in the text each character of that stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded = fold(text)
        kept = (letter_points(text) != 0) | _sign_table().take(np.minimum(codes(self._folded), _LAST_SIGN))
        kept[[match.start() for match in _IN_NUMBERS.finditer(self._folded)]] = True
        self._places: NDArray[np.int32] = np.flatnonzero(kept).astype(np.int32)
        self.telling = text_of(codes(self._folded).take(self._places))

    @cached_property
    def spans(self) -> NDArray[np.int64]:
        """Where each sentence begins and ends in the text, shape (n, 2)."""
        return np.array([match.span() for match in _SENTENCE.finditer(self._folded)], np.int64).reshape(-1, 2)

    @cached_property
    def keys(self) -> frozenset[str]:
        """What tells of each sentence."""
        return frozenset(self.telling[first:last] for first, last in self._cuts.tolist())

    def sentences(self) -> Iterator[tuple[str, int, int]]:
        """What of each sentence tells, and where it begins and ends in the text."""
        for (start, end), (first, last) in zip(self.spans.tolist(), self._cuts.tolist(), strict=True):
            yield self.telling[first:last], start, end

    def sentence(self, start: int, end: int) -> Sentence:
        """The sentence between two places, without outer blanks."""
        words = self.text[start:end].strip()
        return Sentence(self.text.index(words, start), words)

    @cached_property
    def _cuts(self) -> NDArray[np.int64]:
        """Where what tells of each sentence begins and ends among all that tells, shape (n, 2)."""
        return np.searchsorted(self._places, self.spans.astype(np.int32))


@lru_cache(maxsize=2)  # one long text is compared with many short ones
def _keyed(text: str) -> _Keyed:
    return _Keyed(text)


@cache
def _sign_table() -> NDArray[np.bool_]:
    """Whether each code point is a sign, or a mark on a letter; the last entry stands for all above."""
    points = (chr(point) for point in range(_LAST_SIGN + 1))
    return np.fromiter((unicodedata.category(char)[0] in "SM" or char in _SIGNS for char in points), np.bool_)
