"""Paragraphs that several documents say: counted, so that they can be flagged. Next: `verdicts`, which words it all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from cleaner.minhash import Hashes, letter_points
from cleaner.units import View

_PARAGRAPH_LENGTH: Final = 40  # letters and digits of a line; shorter ones are titles, bylines, and common phrases


class Paragraph(NamedTuple):
    """A long line: where it starts, the line without outer blanks, and a hash of its letters and digits."""

    start: int
    text: str
    key: int


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The lines of a text with at least `_PARAGRAPH_LENGTH` letters and digits, in their order."""
    points = letter_points(text)
    for line in View(text).lines:
        if line.end - line.start < _PARAGRAPH_LENGTH:
            continue
        own = points[line.start : line.end]
        own = own[own != 0]
        if own.size >= _PARAGRAPH_LENGTH:
            said = text[line.start : line.end]
            key = int.from_bytes(blake2b(own.tobytes(), digest_size=8).digest(), "little")
            yield Paragraph(line.start + len(said) - len(said.lstrip()), said.strip(), key)


def keys(text: str) -> Hashes:
    """The distinct keys of a text's paragraphs, sorted; shape (n,)."""
    return np.unique(np.array([paragraph.key for paragraph in paragraphs(text)], np.uint64))


def counts(of_documents: Iterable[Hashes]) -> Mapping[int, int]:
    """In how many documents each key occurs, for those that occur in more than one."""
    every = np.concatenate([np.empty(0, np.uint64), *of_documents])
    found, numbers = np.unique(every, return_counts=True)
    return dict(zip(found[numbers > 1].tolist(), numbers[numbers > 1].tolist(), strict=True))
