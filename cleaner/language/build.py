"""Make the table of the language model: `python -m cleaner.language.build lm_sc.arpa`.

Two sources, neither needed to use the table. libime's word trigrams (`lm_sc.arpa`, LGPL-2.1-or-later), in the
archive `data/lm_sc.arpa-20220810.tar.xz` of Debian's source package libime 1.0.16. The word frequencies of
jieba's dictionary (MIT): `pip install jieba==0.42.1`. What is counted are characters: those of a word, and those on
both sides of where two or three words meet, as often as the word model expects them.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from cleaner.fold import fold
from cleaner.language.model import TABLE, encoded, in_planes

_JIEBA: Final = (
    0.35  # share of jieba's frequencies in those of the words; the least surprise on clean text of both scripts
)
_RAREST: Final = 3e-9  # share of a character among all, below which it isn't kept
_RAREST_WORD: Final = 1e-6
_BEGINS: Final = 0.8  # weight of word beginnings against all occurrences, where nothing is known of what stands before
_LOWER: Final = {2: 0.02, 3: 0.15}  # weight of the shorter context where the longer one is known
_LEAST_REST: Final = 0.02
_PAIRS, _TRIPLES = 300_000, 740_000  # how many are kept, those whose loss would cost most: what 3 MB hold

Counts = dict[str, float]


class Grams(NamedTuple):
    """Expected share of each character, pair and triple of characters, of word beginnings, and of words."""

    single: Counts
    pairs: Counts
    triples: Counts
    begins: Counts
    words: Counts


def main(path: str) -> None:
    """Write the table beside the module and say how large it is."""
    grams = counted(Path(path))
    write(grams)
    print(f"{len(grams.pairs)} pairs, {len(grams.triples)} triples counted; table: {TABLE.stat().st_size / 1e6:.2f} MB")


def jieba_frequencies() -> Counts:
    """Share of each word of nothing but hanzi, folded."""
    spec = find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    words: Counter[str] = Counter()
    for line in (Path(spec.origin).parent / "dict.txt").read_text("utf-8").splitlines():
        word, count, _ = line.split(" ")
        words[fold(word)] += int(count)
    return shares({word: float(count) for word, count in words.items()})


def shares(counts: Mapping[str, float]) -> Counts:
    """The counts of what is nothing but hanzi, as shares of their sum."""
    hanzi = {word: count for word, count in counts.items() if all("\u3400" <= letter <= "\u9fff" for letter in word)}
    total = sum(hanzi.values())
    return {word: count / total for word, count in hanzi.items()}


def arpa(path: Path, size: int) -> Iterator[tuple[list[str], float]]:
    """(words, probability of the last after those before it) of all entries of a size, folded."""
    inside = False
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("\\"):
            inside = line.startswith(f"\\{size}-")
        elif inside and "\t" in line:
            power, words, *_ = line.split("\t")
            yield fold(words).split(" "), 10 ** float(power)


def counted(path: Path) -> Grams:
    """The expected counts, from the word model of a file and jieba's words."""
    alone: Counts = defaultdict(float)
    for (word,), share in arpa(path, 1):
        alone[word] += share
    known, listed = shares(alone), jieba_frequencies()
    words = {word: (1 - _JIEBA) * known.get(word, 0) + _JIEBA * listed.get(word, 0) for word in {*known, *listed}}
    grams = Grams(defaultdict(float), defaultdict(float), defaultdict(float), defaultdict(float), words)
    for word, share in words.items():
        grams.begins[word[0]] += share
        _count(grams, word, share, range(1, 4))
    met: dict[tuple[str, ...], float] = {}
    for (first, second), share in arpa(path, 2):
        if first in known and second in known:
            met[first, second] = words[first] * share
            _count_meeting(grams, (first, second), met[first, second])
    for (first, second, third), share in arpa(path, 3):
        if (first, second) in met and third in known and len(second) == 1:
            grams.triples[first[-1] + second + third[0]] += met[first, second] * share
    return grams


def _count(grams: Grams, text: str, share: float, sizes: Iterable[int]) -> None:
    for size in sizes:
        counts = grams[size - 1]
        for at in range(len(text) - size + 1):
            counts[text[at : at + size]] += share


def _count_meeting(grams: Grams, words: tuple[str, str], share: float) -> None:
    """Pairs and triples that hold characters of both words."""
    first, second = words
    grams.pairs[first[-1] + second[0]] += share
    if len(first) > 1:
        grams.triples[first[-2:] + second[0]] += share
    if len(second) > 1:
        grams.triples[first[-1] + second[:2]] += share


class Order(NamedTuple):
    """Chance of a gram's last character after its others, and weight of the shorter context where no gram is kept."""

    chance: Counts
    rest: Counts

    def of(self, gram: str, shorter: float) -> float:
        """Chance of the last character of any gram."""
        return self.chance.get(gram) or self.rest.get(gram[:-1], 1.0) * shorter


def order(counts: Counts, contexts: Counts, shorter: Callable[[str], float], limit: int) -> Order:
    """The grams whose loss would cost most, interpolated with the chance of their last character without the first.

    What is lost with a gram is its share times by how much its chance would fall (Stolcke 1998, without the
    renormalisation).
    """

    def loss(gram: str) -> float:
        rest = max(rests[gram[:-1]], _LEAST_REST) * shorter(gram)
        return counts[gram] * math.log1p(counts[gram] / contexts[gram[:-1]] / rest)

    rests = _rests(counts, contexts)
    kept = dict(sorted(counts.items(), key=lambda item: -loss(item[0]))[:limit])
    rests = _rests(kept, contexts)
    lower = _LOWER[len(next(iter(kept)))]
    weight = {context: (1 - lower) * rest + lower for context, rest in rests.items()}
    chance = {
        gram: (1 - lower) * share / contexts[gram[:-1]] + weight[gram[:-1]] * shorter(gram)
        for gram, share in kept.items()
    }
    return Order(chance, weight)


def _rests(counts: Counts, contexts: Counts) -> Counts:
    """For each context the share of its occurrences that no gram explains."""
    explained: Counts = defaultdict(float)
    for gram, share in counts.items():
        explained[gram[:-1]] += share
    return {context: max(1 - share / contexts[context], _LEAST_REST) for context, share in explained.items()}


def write(grams: Grams) -> None:
    """Write the counts as the arrays that `model.load` reads."""
    letters = sorted(letter for letter, share in grams.single.items() if share >= _RAREST)
    places = {letter: place for place, letter in enumerate(letters)}
    single = shares({letter: grams.single[letter] for letter in letters})
    begins = shares(grams.begins)
    base = {letter: _BEGINS * begins.get(letter, 0) + (1 - _BEGINS) * single[letter] for letter in letters}
    pairs = order(
        {pair: share for pair, share in grams.pairs.items() if places.keys() >= set(pair)},
        grams.single,
        lambda pair: base[pair[1]],
        _PAIRS,
    )
    triples = order(
        {
            triple: share
            for triple, share in grams.triples.items()
            if triple[:2] in pairs.chance and places.keys() >= set(triple)
        },
        grams.pairs,
        lambda triple: pairs.of(triple[1:], base[triple[2]]),
        _TRIPLES,
    )
    numbers = {pair: places[pair[0]] * len(letters) + places[pair[1]] for pair in pairs.chance}
    listed = sorted(numbers, key=numbers.__getitem__)
    rows = {pair: row for row, pair in enumerate(listed)}
    keys = {triple: rows[triple[:2]] * len(letters) + places[triple[2]] for triple in triples.chance}
    ranked = sorted(keys, key=keys.__getitem__)
    words = sorted(word for word, share in grams.words.items() if share >= _RAREST_WORD)
    np.savez_compressed(
        TABLE,
        characters=np.array([ord(letter) for letter in letters], dtype=np.uint32),
        frequency=encoded([single[letter] for letter in letters]),
        base=encoded([base[letter] for letter in letters]),
        rest=encoded([pairs.rest.get(letter, 1.0) for letter in letters]),
        pairs=in_planes([numbers[pair] for pair in listed]),
        pair_chance=encoded([pairs.chance[pair] for pair in listed]),
        pair_rest=encoded([triples.rest.get(pair, 1.0) for pair in listed]),
        triples=in_planes([keys[triple] for triple in ranked]),
        triple_chance=encoded([triples.chance[triple] for triple in ranked]),
        words=np.frombuffer("\n".join(words).encode("utf-16-le"), dtype=np.uint8),
        word_share=encoded([grams.words[word] for word in words]),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
