"""How often the language model finds a line of real text likelier than what shear made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.corpora import own_texts, texts
from bench.repair import damaged
from cleaner.fold import converted
from cleaner.language import load
from cleaner.repair.pinyin import READING

_READING = re.compile(rf"[(（]? ?{READING} ?[)）]")  # removed: letters would tell by themselves


class Pair(NamedTuple):
    """A line, and the same after shear."""

    real: str
    sheared: str


def pairs(sample: Sequence[str], rounds: int) -> Iterator[Pair]:
    """The lines with sheared runs, of texts damaged on purpose by one list after the other, and what they were."""
    for seed in range(rounds):
        for damage, fold_width in damaged(sample, len(sample), seed):
            real, sheared = damage.original.split("\n"), damage.text.split("\n")
            if len(real) == len(sheared) and not fold_width:
                for line in sorted({damage.text.count("\n", 0, run.start) for run in damage.runs}):
                    yield Pair(real[line], _READING.sub("", sheared[line]))


def share_ranked(sample: Sequence[str], rounds: int) -> tuple[float, int]:
    """Share of the pairs in which the model finds the real line likelier, and how many pairs there are."""
    ranked = [is_ranked(pair) for pair in pairs(sample, rounds)]
    return sum(ranked) / max(len(ranked), 1), len(ranked)


def is_ranked(pair: Pair) -> bool:
    """Whether the model finds the real line likelier."""
    real, sheared = (float(load().scores(text).sum()) for text in pair)
    return real > sheared


def main() -> None:
    for name in ("laws_hant", "news_hans", "own"):
        sample = texts(name, every=5) if name != "own" else own_texts()
        share, count = share_ranked([converted(text, "hant") for text in sample], 3 if name != "own" else 60)
        if count:
            print(f"{name} texts: the real line is likelier in {share:.3%} of {count} pairs")


if __name__ == "__main__":
    main()
