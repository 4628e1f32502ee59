"""Make the table of the language model: `python -m cleaner.language.build`.

Counts come from the word frequencies of jieba's dictionary (MIT licence), which is not needed to use the
table: `pip install jieba` to build it again.
"""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from cleaner.fold import fold
from cleaner.language.model import TABLE, encoded

_RAREST: Final = 5  # count of a word below which it isn't kept
_FEWEST: Final = 2e-9  # share of a pair among all characters, below which it is chance


def main() -> None:
    """Write the table beside the module and say how large it is."""
    words = word_frequencies()
    single: Counter[str] = Counter()
    begins: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for word, frequency in words.items():
        begins[word[0]] += frequency
        ends[word[-1]] += frequency
        for letter in word:
            single[letter] += frequency
        for pair in pairwise(word):
            pairs[pair] += frequency
    write(single, begins, ends, pairs, words)
    print(f"{len(single)} characters, {len(pairs)} pairs, {len(words)} words: {TABLE.stat().st_size / 1e6:.2f} MB")


def word_frequencies() -> Counter[str]:
    """Count of each word of nothing but hanzi, folded."""
    spec = find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    words: Counter[str] = Counter()
    for line in (Path(spec.origin).parent / "dict.txt").read_text("utf-8").splitlines():
        word, count, _ = line.split(" ")
        key = fold(word)
        if all("\u3400" <= letter <= "\u9fff" for letter in key):
            words[key] += int(count)
    return words


def write(
    single: Counter[str], begins: Counter[str], ends: Counter[str], pairs: Counter[tuple[str, str]], words: Counter[str]
) -> None:
    """Write the counts as the arrays that `model.load` reads."""
    letters = sorted(single)
    places = {letter: place for place, letter in enumerate(letters)}
    total = single.total()
    kept = sorted(
        (pair for pair, count in pairs.items() if count / total >= _FEWEST), key=lambda p: (places[p[0]], places[p[1]])
    )
    keys = np.array([places[a] * len(letters) + places[b] for a, b in kept], dtype=np.int64)
    listed = sorted(word for word, count in words.items() if count >= _RAREST or len(word) == 1)
    np.savez_compressed(
        TABLE,
        characters=np.array([ord(letter) for letter in letters], dtype=np.uint32),
        frequency=encoded(np.array([single[letter] / total for letter in letters], dtype=np.float32)),
        begins=encoded(np.array([begins[letter] / begins.total() for letter in letters], dtype=np.float32)),
        ends=encoded(np.array([ends[letter] / single[letter] for letter in letters], dtype=np.float32)),
        pair_steps=np.diff(keys, prepend=0).astype(np.uint32),
        goes_on=encoded(np.array([pairs[a, b] / single[a] for a, b in kept], dtype=np.float32)),
        words=np.frombuffer("\n".join(listed).encode("utf-16-le"), dtype=np.uint8),
        word_shares=encoded(np.array([words[word] / words.total() for word in listed], dtype=np.float32)),
    )


if __name__ == "__main__":
    main()
