"""How many inserted readings are removed, left, or what else is touched, on clean text annotated on purpose.

Each text is annotated with a list of 3 to 400 characters drawn with a fixed seed, character by character (for
byte-wise insertion see `bench.repair`): as a long page, as a snippet of a few lines, or in one paragraph only.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NamedTuple

from bench.corpora import texts
from cleaner.document import Document
from cleaner.fold import converted, only_in
from cleaner.repair import notes
from cleaner.repair.pinyin import first
from cleaner.units import View

SEED: Final = 1
TEXTS: Final = 300
SIZES: Final = (3, 5, 10, 20, 50, 100, 200, 400)
STYLES: Final = ("({})", "({} )", "（{}）", "( {})")
LONG, SHORT = 1500, 120  # characters of a page and of a snippet
Extent = Literal["page", "snippet", "paragraph"]
EXTENTS: Final[tuple[Extent, ...]] = ("page", "snippet", "paragraph")
Pool = Literal["traditional", "everyday", "single glyphs"]


class Annotated(NamedTuple):
    """A text with readings inserted, and the place and length of each insertion."""

    text: str
    original: str
    inserted: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Figures:
    """What became of inserted readings; `wrong` counts changes to anything else."""

    texts: int = 0
    inserted: int = 0
    removed: int = 0
    flagged: int = 0
    wrong: int = 0
    whole: int = 0  # texts that came out exactly as they were
    unsettled: int = 0  # texts that a second run changes again

    @property
    def left(self) -> int:
        """Readings that stand unremarked."""
        return self.inserted - self.removed - self.flagged

    def add(self, page: Annotated) -> None:
        """Repair a page and count what became of it."""
        edits = list(notes.find(View(page.text)))
        spans = set(page.inserted)
        self.texts += 1
        self.inserted += len(spans)
        self.removed += sum((edit.start, len(edit.old)) in spans and not edit.new for edit in edits)
        self.flagged += sum((edit.start, len(edit.old)) in spans and edit.is_flag for edit in edits)
        self.wrong += sum((edit.start, len(edit.old)) not in spans and not edit.is_flag for edit in edits)
        text = Document.of(page.text).revised(edits).text
        self.whole += text == page.original
        self.unsettled += any(not edit.is_flag for edit in notes.find(View(text)))


def annotate(
    text: str, readings: Mapping[str, str], *, style: str, start: int = 0, end: int | None = None
) -> Annotated:
    """`text` with its reading behind every listed character from `start` to `end`."""
    end = len(text) if end is None else end
    pieces: list[str] = [text[:start]]
    inserted = []
    place = start
    for letter in text[start:end]:
        pieces.append(letter)
        place += 1
        if letter in readings:
            note = style.format(readings[letter])
            inserted.append((place, len(note)))
            pieces.append(note)
            place += len(note)
    return Annotated("".join([*pieces, text[end:]]), text, tuple(inserted))


def measure(pages: Sequence[str], pool: Pool, extent: Extent, *, seed: int = SEED, size: int | None = None) -> Figures:
    """Figures for texts annotated with lists of a kind (of `size` characters if given), as far as `extent` says."""
    chance = random.Random(f"{seed} {pool} {extent} {size}")
    common = _common(tuple(pages))
    figures = Figures()
    for page in pages:
        start = chance.randrange(max(1, len(page) - LONG))
        text = page[start : start + (SHORT if extent == "snippet" else LONG)]
        readings = _list(common, pool, size or chance.choice(SIZES), chance)
        if pool == "single glyphs":
            text, readings = _with_glyphs(text, readings)
        bounds = _paragraph(text, chance) if extent == "paragraph" else (0, len(text))
        annotated = annotate(text, readings, style=chance.choice(STYLES), start=bounds[0], end=bounds[1])
        if annotated.inserted:
            figures.add(annotated)
    return figures


@cache
def _common(pages: tuple[str, ...]) -> tuple[str, ...]:
    letters = Counter("".join(pages)).most_common(3000)
    return tuple(letter for letter, _ in letters if "\u4e00" <= letter <= "\u9fff")


def _list(common: Sequence[str], pool: Pool, size: int, chance: random.Random) -> dict[str, str]:
    """A list as sites make them: the commonest characters of a kind, some left out, with their usual reading."""
    if pool == "traditional":
        common = [letter for letter in common if letter in only_in("hant")]
    elif pool == "single glyphs":
        common = [letter for letter in common if converted(letter, "hant") != letter]
    chosen = chance.sample(common[: size * 2], min(size, len(common)))
    return {letter: found for letter in chosen if (found := first(letter))}


def _with_glyphs(text: str, readings: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """A simplified text with the listed characters in their traditional form, and the list in that form."""
    forms = {ord(letter): converted(letter, "hant") for letter in readings}
    return text.translate(forms), {form: readings[chr(letter)] for letter, form in forms.items()}


def _paragraph(text: str, chance: random.Random) -> tuple[int, int]:
    """(start, end) of a paragraph, of a third of the text if it has none."""
    lines = [line for line in text.split("\n") if len(line) > LONG // 20]
    if not lines or "\n" not in text:
        return len(text) // 3, 2 * len(text) // 3
    line = chance.choice(lines)
    return text.index(line), text.index(line) + len(line)


def main() -> None:
    cases: tuple[tuple[str, Pool], ...] = (
        ("laws_hant", "traditional"),
        ("laws_hant", "everyday"),
        ("news_hans", "everyday"),
        ("news_hans", "single glyphs"),
    )
    for corpus, pool in cases:
        pages = texts(corpus)
        if not pages:
            return
        sample = random.Random(SEED).sample(pages, min(TEXTS, len(pages)))
        for extent in EXTENTS:
            figures = measure(sample, pool, extent)
            share = {name: getattr(figures, name) / max(figures.inserted, 1) for name in ("removed", "flagged", "left")}
            print(
                f"{corpus}, {pool}, {extent}: {figures.inserted} readings in {figures.texts} texts, "
                + ", ".join(f"{name} {part:.2%}" for name, part in share.items())
                + f", wrongly changed {figures.wrong}, exactly restored {figures.whole / max(figures.texts, 1):.1%}"
                + f", unsettled {figures.unsettled}"
            )


if __name__ == "__main__":
    main()
