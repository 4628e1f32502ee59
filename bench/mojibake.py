"""How much of garbled text is restored, on clean text garbled on purpose: the whole of it, or one paragraph.

A character counts as restored if it comes out as it was, as wrong if another stands in its place, and as left if
what stands there is still garbled or is U+FFFD.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from bench.corpora import texts
from bench.garbling import LOSSLESS, LOSSY, fitting
from cleaner.document import Document, Edit
from cleaner.repair.mojibake import find
from cleaner.units import View

SEED: Final = 1
TEXTS: Final = 12  # of each corpus
LENGTH: Final = 800  # characters of a text, and
LINES: Final = 10  # of its lines: enough to tell, and alignment is slow


class Outcome(NamedTuple):
    """Characters of garbled lines by what became of them."""

    restored: int = 0
    left: int = 0
    wrong: int = 0

    def __add__(self, other: Outcome) -> Outcome:  # type: ignore[override]
        return Outcome(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def total(self) -> int:
        """All characters that were garbled."""
        return max(1, sum(self))


def outcomes(sample: list[str], kind: str, garble: Callable[[str], str], *, whole: bool) -> Outcome:
    """What became of the texts of a sample garbled in one way, all their lines or one of them."""
    chance = random.Random(SEED)
    total = Outcome()
    for text in sample:
        lines = [fitting(line.strip(), kind) for line in text.split("\n") if line.strip()][:LINES]
        long = [index for index, line in enumerate(lines) if len(line) >= 20]
        chosen = range(len(lines)) if whole else [chance.choice(long)] if long else []
        garbled = [garble(line).replace("\n", "") if index in chosen else line for index, line in enumerate(lines)]
        edits = list(Document.of("\n".join(garbled)).revised(find(View("\n".join(garbled)))).edits)
        start = 0
        for index, line in enumerate(garbled):
            if line != lines[index]:
                inside = [edit for edit in edits if start <= edit.start < start + len(line) and not edit.is_flag]
                total += outcome(lines[index], line, start, inside)
            start += len(line) + 1
    return total


def outcome(original: str, garbled: str, start: int, edits: list[Edit]) -> Outcome:
    """What became of the characters of one line, by alignment with the original."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for edit in edits:
        pieces += (garbled[done : edit.start - start], False), (edit.new, True)
        done = edit.end - start
    pieces.append((garbled[done:], False))
    text = "".join(piece for piece, _ in pieces)
    if text == original:
        return Outcome(restored=len(original))
    changed = [flag for piece, flag in pieces for _ in piece]
    restored = left = wrong = 0
    for tag, first, last, begin, end in SequenceMatcher(None, original, text, autojunk=False).get_opcodes():
        if tag == "equal":
            restored += last - first
            continue
        false = sum(changed[at] and text[at] != "\N{REPLACEMENT CHARACTER}" for at in range(begin, end))
        gone = (last - first) - (end - begin) if edits else 0
        bad = min(max(false, gone, 0), max(last - first, false))
        wrong += bad
        left += max(0, last - first - bad)
    return Outcome(restored, left, wrong)


def figures() -> dict[str, dict[str, Outcome]]:
    """What became of each kind of garbling: {"whole" or "paragraph": {kind: outcome}}."""
    chance = random.Random(SEED)
    corpora = {name: texts(name, every=5) for name in ("news_hans", "laws_hant")}
    samples = {
        name: [text[:LENGTH] for text in chance.sample(found, min(TEXTS, len(found)))]
        for name, found in corpora.items()
    }
    found: dict[str, dict[str, Outcome]] = {}
    for scope in ("whole", "paragraph"):
        for kind, garble in {**LOSSLESS, **LOSSY}.items():
            names = ["laws_hant"] if kind.startswith("big5") else ["news_hans", "laws_hant"]
            sample = [text for name in names for text in samples[name]]
            found.setdefault(scope, {})[kind] = outcomes(sample, kind, garble, whole=scope == "whole")
    return found


def main() -> None:
    if not texts("news_hans") or not texts("laws_hant"):
        return
    for scope, kinds in figures().items():
        print(f"garbled: {scope}")
        for kind, result in kinds.items():
            shares = (f"{name} {count / result.total:7.2%}" for name, count in result._asdict().items())
            print(f"  {kind:<36} {result.total:>7} characters: {', '.join(shares)}")


if __name__ == "__main__":
    main()
