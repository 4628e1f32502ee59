"""How many sheared runs are put right, left, or put wrong, on clean traditional text damaged on purpose.

Each text is annotated with a list of 20 to 400 characters drawn with a fixed seed, damaged by `bench.shearing`,
and repaired. A run counts as right if its stretch of the text comes out as it was.
"""

from __future__ import annotations

import random
from collections import Counter

from bench.corpora import texts
from bench.shearing import Run, Sheared, narrowed, shear
from cleaner.document import Document
from cleaner.fold import only_in
from cleaner.repair import notes
from cleaner.repair import shear as repair
from cleaner.units import View

SEED = 1
TEXTS = 150
SIZES = (20, 60, 120, 250, 400)


def lists(sample: list[str], chance: random.Random) -> dict[str, str]:
    """Characters of a list as sites make them, traditional or everyday ones, with their readings."""
    letters = [letter for letter, _ in Counter("".join(sample)).most_common(2500) if "\u4e00" <= letter <= "\u9fff"]
    traditional = [letter for letter in letters if letter in only_in("hant")]
    pool = traditional if chance.random() < 0.7 else letters[:800]
    chosen = chance.sample(pool, min(chance.choice(SIZES), len(pool)))
    return {letter: min(found) for letter in chosen if (found := notes.readings(letter) - {""})}


def outcome(damage: Sheared, run: Run, repaired: Document, *, fold_width: bool) -> str:
    """What became of one run: right, wrong or left."""
    edits = [
        edit for edit in repaired.edits if edit.start < run.end and edit.end > run.start and edit.rule == "shear/run"
    ]
    if not edits:
        return "left"
    start, end = min(edits[0].start, run.start), max(edits[-1].end, run.end)
    first = next((index for index in reversed(damage.places[:start]) if index >= 0), -1) + 1
    last = next((index for index in damage.places[end:] if index >= 0), len(damage.original))
    expected = damage.original[first:last]
    if fold_width:
        expected = "".join(map(narrowed, expected))
    return "right" if "".join(edit.new for edit in edits) == expected else "wrong"


def main() -> None:
    sample = texts("laws_hant")
    if not sample:
        return
    chance = random.Random(SEED)
    counts: Counter[tuple[str, str]] = Counter()
    for text in chance.sample(sample, TEXTS):
        fold_width = chance.random() < 0.5
        damage = shear(text, lists(sample[:300], chance), fold_width=fold_width)
        view = View(damage.text)
        repaired = Document.of(damage.text).revised([*notes.find(view), *repair.find(view)])
        for run in damage.runs:
            kind = "swallowed" if run.swallowed else "vanished" if run.vanished else "nothing lost"
            counts[kind, outcome(damage, run, repaired, fold_width=fold_width)] += 1
    for kind in ("nothing lost", "vanished", "swallowed"):
        total = sum(count for (of, _), count in counts.items() if of == kind)
        shares = ", ".join(
            f"{result} {counts[kind, result] / max(total, 1):.1%}" for result in ("right", "left", "wrong")
        )
        print(f"{kind}: {total} runs, {shares}")


if __name__ == "__main__":
    main()
