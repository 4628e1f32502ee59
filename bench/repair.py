"""How much of what broke is put right, and what that breaks: all repairs, on text damaged on purpose and on clean text.

Sheared runs: each text is annotated with a list of 20 to 400 characters drawn with a fixed seed, damaged by
`bench.shearing`, and repaired. A run counts as right if its stretch of the text comes out as it was. The other
kinds are measured by modules of their own, named in `OTHERS`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Final

from bench.corpora import texts
from bench.shearing import Run, Sheared, narrowed, shear
from cleaner.document import Document, Edit
from cleaner.fold import converted, fold, only_in
from cleaner.pipeline import Cleaner, Layer
from cleaner.repair import notes, pinyin, spurious
from cleaner.repair import shear as repair
from cleaner.repair.mojibake import evidence
from cleaner.units import View

SEED: Final = 1
TEXTS: Final = 150
ROUNDS: Final = 3  # the fastest counts: machines are noisy
LONGEST: Final = 4000  # characters of a text
SIZES: Final = (20, 60, 120, 250, 400)
KINDS: Final = ("nothing lost", "pairs vanished", "a character swallowed")


def lists(sample: Sequence[str], chance: random.Random) -> Mapping[str, str]:
    """Characters of a list as sites make them, traditional or everyday ones, with their readings."""
    letters = [letter for letter, _ in Counter("".join(sample)).most_common(2500) if "\u4e00" <= letter <= "\u9fff"]
    traditional = [letter for letter in letters if letter in only_in("hant")]
    pool = traditional if chance.random() < 0.7 else letters[:800]
    chosen = chance.sample(pool, min(chance.choice(SIZES), len(pool)))
    return {letter: reading for letter in chosen if (reading := pinyin.first(letter))}


def damaged(sample: Sequence[str], count: int, seed: int = SEED) -> list[tuple[Sheared, bool]]:
    """That many texts of a sample, each damaged by a list of its own, with whether full-width marks were folded."""
    chance = random.Random(seed)
    chosen = chance.sample(sample, min(count, len(sample)))
    found = []
    for text in chosen:
        fold_width = chance.random() < 0.5
        found.append((shear(text[:LONGEST], lists(chosen[:300], chance), fold_width=fold_width), fold_width))
    return found


def kind_of(run: Run) -> str:
    """Which of `KINDS` a run is."""
    return KINDS[2] if run.swallowed else KINDS[1] if run.vanished else KINDS[0]


def outcome(damage: Sheared, run: Run, edits: Sequence[Edit], *, fold_width: bool) -> str:
    """What became of one run: left, right, or wrong, the latter two perhaps as a guess."""
    edits = [edit for edit in edits if edit.start < run.end and edit.end > run.start]
    if not edits:
        return "left"
    start, end = min(edits[0].start, run.start), max(edits[-1].end, run.end)
    first = next((index for index in reversed(damage.places[:start]) if index >= 0), -1) + 1
    last = next((index for index in damage.places[end:] if index >= 0), len(damage.original))
    expected = damage.original[first:last]
    if fold_width:
        expected = "".join(map(narrowed, expected))
    got = "".join(edit.new for edit in edits)
    if run.swallowed:  # what went under stays a "?"
        got, expected = got.replace("?", ""), "".join(filter(set(got).__contains__, expected))
    result = "right" if got == expected else "wrong"
    return f"{result} guess" if any(edit.rule == "shear/guess" for edit in edits) else result


def elsewhere(damage: Sheared, edits: Sequence[Edit]) -> int:
    """Characters that were not damaged and are not as they were."""
    lost = 0
    for edit in edits:
        kept = [damage.original[place] for place in damage.places[edit.start : edit.end] if place >= 0]
        lost += sum(letter not in edit.new and narrowed(letter) not in edit.new for letter in kept)
    return lost


def shearing(sample: Sequence[str], count: int = TEXTS, seed: int = SEED) -> Counter[tuple[str, str]]:
    """How many runs of each kind came out how; `("elsewhere", "changed")` counts characters outside them."""
    counts: Counter[tuple[str, str]] = Counter()
    for damage, fold_width in damaged(sample, count, seed):
        view = View(damage.text)
        document = Document.of(damage.text).revised([*notes.find(view), *spurious.find(view), *repair.find(view)])
        changes = [edit for edit in document.edits if not edit.is_flag]
        runs = [edit for edit in changes if edit.kind == "shear"]
        counts["elsewhere", "changed"] += elsewhere(damage, changes)
        for run in damage.runs:
            counts[kind_of(run), outcome(damage, run, runs, fold_width=fold_width)] += 1
    return counts


def share(counts: Counter[tuple[str, str]], kind: str, *results: str) -> float:
    """The share of a kind's runs that came out so."""
    total = sum(count for (of, _), count in counts.items() if of == kind)
    return sum(counts[kind, result] for result in results) / max(total, 1)


def harm(cleaner: Cleaner, sample: Sequence[str]) -> Counter[str]:
    """Characters of clean texts that repairs change, by rule."""
    layers = repair_layers(cleaner)
    changed: Counter[str] = Counter()
    for text in sample:
        document = Document.of(text)
        for layer in layers:
            view = View(document.text)
            document = document.revised(edit for finder in layer.finders for edit in finder(view))
        for edit in document.edits:
            if not edit.is_flag:
                changed[edit.rule] += max(len(edit.old), len(edit.new))
    return changed


def repair_layers(cleaner: Cleaner) -> list[Layer]:
    """The layers of a cleaner's plan that repair."""
    return [layer for layer in cleaner.layers if layer.name not in ("spans", "repeats", "lines", "doubts")]


def is_undamaged(text: str) -> bool:
    """Whether a text has no note, no "?" and no letter that mojibake is made of."""
    view = View(text)
    return "?" not in text and not any(notes.notes(view)) and not evidence.suspicious_places(view.codes).size


def seconds(layers: Sequence[Layer], sample: Sequence[str]) -> float:
    """Time that all finders of the layers take over undamaged texts, a view made for each."""
    start = perf_counter()
    for text in sample:
        view = View(text)
        for layer in layers:
            for finder in layer.finders:
                for _ in finder(view):
                    pass
    return perf_counter() - start


def speed(cleaner: Cleaner, name: str, sample: Sequence[str]) -> None:
    """Print how fast undamaged texts pass, beside the time it takes to decode and fold them."""
    undamaged = [text for text in sample if is_undamaged(text)]
    pages = [text.encode("utf-8") for text in undamaged]
    megabytes = sum(map(len, pages)) / 1e6
    spent = min(seconds(repair_layers(cleaner), undamaged) for _ in range(ROUNDS))
    floor = min(_folding(pages) for _ in range(ROUNDS))
    print(f"undamaged texts of {name}, {megabytes:.1f} MB: {megabytes / spent:.0f} MB/s pass all repairs, ", end="")
    print(f"{floor / spent:.1f} × as fast as decoding and folding them")


def _folding(pages: Sequence[bytes]) -> float:
    start = perf_counter()
    for page in pages:
        fold(page.decode("utf-8"))
    return perf_counter() - start


def main() -> None:
    for name in ("laws_hant", "news_hans"):
        sample = texts(name)
        if not sample:
            return
        counts = shearing([converted(text, "hant") for text in sample[:: max(1, len(sample) // 1000)]])
        print(f"sheared runs, {name}{' as traditional' if name == 'news_hans' else ''}, {TEXTS} texts:")
        for kind in KINDS:
            total = sum(count for (of, _), count in counts.items() if of == kind)
            results = ("right", "right guess", "left", "wrong guess", "wrong")
            shares = ", ".join(f"{result} {share(counts, kind, result):.1%}" for result in results)
            print(f"  {kind}: {total} runs: {shares}")
        print(f"  characters changed outside of them: {counts['elsewhere', 'changed']}")
    cleaner = Cleaner()
    for name in ("news_hans", "laws_hant"):
        sample = texts(name)
        changed = harm(cleaner, sample)
        size = sum(map(len, sample))
        rate = 1e6 * changed.total() / size
        print(f"harm, {name}: {changed.total()} of {size} characters changed, {rate:.2f} in a million")
        for rule, count in changed.most_common():
            print(f"  {rule}: {count}")
        speed(cleaner, name, sample)


if __name__ == "__main__":
    main()
