"""How many paragraphs of a second copy are found when the copy has slips, another script or width, or is cut short.

Copies with a known answer are made inside clean pages: `python -m bench.repeats`. Beside each figure stands what exact
matching of lines finds. Where a copy tells other numbers it is none, and every paragraph of it must stay.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from bench.corpora import texts
from cleaner.document import Document
from cleaner.fold import converted
from cleaner.repeats import copies
from cleaner.units import View

SEED: Final = 1
PAGES: Final = 800
_PROSE: Final = 40  # letters of a paragraph that is copied
_PARAGRAPHS: Final = 3
_CUT: Final = 0.6  # of a paragraph that is left where its copy breaks off
_PLAIN: Final = re.compile("(?![〇零一二三四五六七八九十百千万亿两半年月日不没无未非])[㐀-鿿]")
_DIGIT: Final = re.compile(r"\d")
_MARK: Final = re.compile("[，。、；：]")

Change = Callable[[list[str], random.Random], list[str]]


class Page(NamedTuple):
    """The paragraphs of a page, in the order they stand, and which of them say again what others say."""

    lines: list[str]
    again: frozenset[int]


def slips(share: float) -> Change:
    """Characters lost, added, or mistaken, each with a third of the share; none is a number or a negation."""

    def change(lines: list[str], dice: random.Random) -> list[str]:
        pool = _PLAIN.findall("".join(lines))
        return ["".join(_slipped(letter, share, pool, dice) for letter in line) for line in lines]

    return change


def _slipped(letter: str, share: float, pool: list[str], dice: random.Random) -> str:
    if not _PLAIN.match(letter) or dice.random() >= share:
        return letter
    return dice.choice(("", letter + dice.choice(pool), dice.choice(pool)))


def _other_script(lines: list[str], _: random.Random) -> list[str]:
    return [converted(line, "hant") for line in lines]


def _other_width(lines: list[str], _: random.Random) -> list[str]:
    return [unicodedata.normalize("NFKC", line).replace(",", ", ") for line in lines]


def _other_marks(lines: list[str], dice: random.Random) -> list[str]:
    return [_MARK.sub(lambda mark: dice.choice((mark[0], mark[0], "，", " ")), line) for line in lines]


def _cut_short(lines: list[str], _: random.Random) -> list[str]:
    return [*lines[:-1], _cut(lines[-1])]


def _other_numbers(lines: list[str], dice: random.Random) -> list[str]:
    return [_DIGIT.sub(lambda digit: str((int(digit[0]) + dice.randint(1, 9)) % 10), line) for line in lines]


def _cut(line: str) -> str:
    """A paragraph up to a character within a clause, and an ellipsis."""
    end = int(_CUT * len(line))
    while end < len(line) - 1 and not (line[end - 1].isalnum() and line[end].isalnum()):
        end += 1
    return line[:end] + "……"


COPIES: Final[dict[str, Change]] = {
    "as it is": lambda lines, _: lines,
    "1 % slips": slips(0.01),
    "3 % slips": slips(0.03),
    "5 % slips": slips(0.05),
    "other script": _other_script,
    "other width": _other_width,
    "other marks": _other_marks,
    "cut short": _cut_short,
}
TEASER: Final = "teaser above"
NUMBERS: Final = "other numbers"
KINDS: Final = (*COPIES, TEASER, NUMBERS)


def pages(kind: str, sources: Iterable[str]) -> Iterator[Page]:
    """Pages with a second copy of their paragraphs, of one kind; texts with too few paragraphs are passed over."""
    dice = random.Random(SEED)
    for text in sources:
        lines = [line.strip() for line in text.split("\n") if len(line.strip()) >= _PROSE]
        lines = list(dict.fromkeys(lines))
        if len(lines) < _PARAGRAPHS:
            continue
        if kind == TEASER:
            lines = [line for line in lines if len(line) >= 2 * _PROSE]
            if not lines:
                continue
            yield Page([_cut(lines[0]), *lines], frozenset({0}))
        elif kind == NUMBERS:
            numbered = [line for line in lines if _DIGIT.search(line)]
            if len(numbered) >= _PARAGRAPHS:
                yield Page(numbered + _other_numbers(numbered, dice), frozenset())
        else:
            again = range(len(lines), 2 * len(lines))
            yield Page(lines + COPIES[kind](lines, dice), frozenset(again))


def figures(kind: str, sources: Iterable[str]) -> Counter[str]:
    """Paragraphs "found", "flagged" and "missed" among those said again, "wrong" among all others.

    "exact" counts those that exact matching of lines finds.
    """
    counts: Counter[str] = Counter()
    for page in pages(kind, sources):
        gone, flagged = _judged(page)
        counts["found"] += len(page.again & gone)
        counts["flagged"] += len(page.again & flagged)
        counts["missed"] += len(page.again - gone - flagged)
        counts["wrong"] += len(gone - page.again)
        counts["others"] += len(page.lines) - len(page.again)
        counts["exact"] += sum(page.lines[place] in page.lines[:place] for place in page.again)
    return counts


def _judged(page: Page) -> tuple[set[int], set[int]]:
    """The paragraphs that go, and those that are flagged."""
    text = "\n".join(page.lines)
    starts = {}
    place = 0
    for number, line in enumerate(page.lines):
        starts[place] = number
        place += len(line) + 1
    layer = Document.of(text).revised(copies.find(View(text))).edits
    gone = {starts[edit.start] for edit in layer if not edit.is_flag}
    return gone, {starts[edit.start] for edit in layer if edit.is_flag}


def main() -> None:
    """Print the figures of each kind on news pages."""
    sources = texts("news_hans", every=8)[:PAGES]
    print(f"{'':<14}{'again':>7}{'found':>8}{'flagged':>9}{'missed':>8}{'exact':>8}{'others':>8}{'wrong':>7}")
    for kind in KINDS:
        counts = figures(kind, sources)
        again = counts["found"] + counts["flagged"] + counts["missed"]
        print(f"{kind:<14}{again:>7}", end="")
        for name, width in (("found", 8), ("flagged", 9), ("missed", 8), ("exact", 8)):
            print(f"{counts[name] / max(again, 1):>{width}.1%}", end="")
        print(f"{counts['others']:>8}{counts['wrong']:>7}")


if __name__ == "__main__":
    main()
