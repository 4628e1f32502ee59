"""What one text says and another doesn't, sentence by sentence. Next: `paragraphs`, said in many files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import fold, text_of
from cleaner.minhash import letter_points

_SENTENCE: Final = re.compile(r"[^\n。!?]+[。!?]*[”’」』\"')】]*")  # on the fold
_SEARCHED: Final = 1 << 16  # letters of a text that is searched for a sentence it may cut otherwise


class Sentence(NamedTuple):
    """A sentence and where it starts."""

    start: int
    text: str


def own_sentences(text: str, other: str) -> list[Sentence]:
    """The sentences of `text` whose letters and digits don't stand together in `other`, in their order.

    Read on the fold: script, width, punctuation and blanks tell no difference. Of two very long texts,
    those are listed too that `other` has with other full stops.

    >>> own_sentences("雨停了。桥头挤满了人。", "雨停了，橋頭空無一人。")
    [Sentence(start=4, text='桥头挤满了人。')]
    """
    told, said = _keyed(text), _keyed(other)
    is_searched = len(said.letters) <= _SEARCHED or len(told.letters) <= _SEARCHED
    keys = frozenset() if is_searched else {key for _, key in said.sentences()}
    searched = said.letters if is_searched else ""
    return [sentence for sentence, key in told.sentences() if key and key not in keys and key not in searched]


class _Keyed(NamedTuple):
    """A text, the letters and digits of its fold, and where in the text each of those stands."""

    text: str
    letters: str
    places: NDArray[np.int32]

    def sentences(self) -> Iterator[tuple[Sentence, str]]:
        """Each sentence with its letters."""
        spans = [match.span() for match in _SENTENCE.finditer(fold(self.text))]
        cuts = np.searchsorted(self.places, np.array(spans, np.int64).reshape(-1, 2)).tolist()
        for (start, end), (first, last) in zip(spans, cuts, strict=True):
            words = self.text[start:end].strip()
            yield Sentence(self.text.index(words, start), words), self.letters[first:last]


@lru_cache(maxsize=2)  # one long text is compared with many short ones
def _keyed(text: str) -> _Keyed:
    points = letter_points(text)
    places = np.flatnonzero(points).astype(np.int32)
    return _Keyed(text, text_of(points.take(places)), places)
