"""How much of what encoders and print layouts lose is put back, left, or put wrong, on clean text damaged on purpose.

Each kind of damage is done to a text by one rule, so that the answer is known. A place counts as right if what stands
there after repair is what stood there before, as left if it is still damaged, as wrong otherwise.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench.corpora import texts
from cleaner.document import Document, Edit
from cleaner.language import load
from cleaner.repair import holes, layout, spacing
from cleaner.repair.spacing import segments
from cleaner.units import View

SEED: Final = 1
TEXTS: Final = 1500
FINDERS: Final = ((holes.find,), (spacing.find, layout.page_marks), (layout.columns,), (spacing.split_words,))


@dataclass(frozen=True, slots=True)
class Damaged:
    """A damaged text and its places: (start, end, what stood there)."""

    text: str
    places: tuple[tuple[int, int, str], ...]


def replaced(text: str, spans: Iterable[tuple[int, int, str]]) -> Damaged:
    """`text` with each span replaced, and where that is in the result."""
    pieces: list[str] = []
    places: list[tuple[int, int, str]] = []
    done = length = 0
    for start, end, new in spans:
        pieces += text[done:start], new
        length += start - done
        places.append((length, length + len(new), text[start:end]))
        length += len(new)
        done = end
    return Damaged("".join([*pieces, text[done:]]), tuple(places))


def swapped(pattern: str, new: str | Callable[[str], str]) -> Callable[[str], Damaged]:
    """A damage that writes `new` for each match."""
    compiled = re.compile(pattern)

    def damage(text: str) -> Damaged:
        return replaced(
            text, ((*m.span(), new if isinstance(new, str) else new(m[0])) for m in compiled.finditer(text))
        )

    return damage


def indented(text: str) -> Damaged:
    """Paragraphs that began with two blanks, which were lost."""
    lines = "\n".join("\N{IDEOGRAPHIC SPACE}" * 2 + line for line in text.split("\n") if len(line) > 30)
    return replaced(lines, ((m.start(), m.end(), "??") for m in re.finditer("(?m)^\N{IDEOGRAPHIC SPACE}{2}", lines)))


def spread(text: str) -> Damaged:
    """A blank between all hanzi of the first paragraphs."""
    return replaced(
        _prose(text), ((m.start(), m.end(), " ") for m in re.finditer("(?<=[㐀-鿿])(?=[㐀-鿿])", _prose(text)))
    )


def tokenised(text: str) -> Damaged:
    """A blank between all words."""
    prose = _prose(text)
    places = []
    for match in re.finditer("[㐀-鿿]+", prose):
        place = match.start()
        for word in segments(match[0])[1][:-1]:
            place += len(word)
            places.append((place, place, " "))
    return replaced(prose, places)


def split(text: str) -> Damaged:
    """One blank in every 40 letters, as column ends leave in a line that was joined."""
    prose = _prose(text)
    places = (place for place in range(40, len(prose), 40) if re.match("[㐀-鿿]{2}", prose[place - 1 : place + 1]))
    return replaced(prose, ((place, place, " ") for place in places))


def wrapped(text: str) -> Damaged:
    """Lines of 30 letters."""
    prose = _prose(text)
    breaks = []
    for match in re.finditer("[^\n]+", prose):
        breaks += [(place, place, "\n") for place in range(match.start() + 30, match.end(), 30)]
    return replaced(prose, breaks)


def paged(text: str) -> Damaged:
    """A page mark after every 300 letters."""
    prose = _prose(text)
    places = range(300, len(prose) - 20, 300)
    return replaced(prose, ((place, place, f"\n- {number} -\n") for number, place in enumerate(places, 3)))


def _prose(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if len(line) > 30)


KINDS: Final[dict[str, Callable[[str], Damaged]]] = {
    "middle dot in names": swapped("(?<=[㐀-鿿])·(?=[㐀-鿿])", "?"),
    "dash": swapped("(?<=[㐀-鿿])——(?=[㐀-鿿])", "??"),
    "quotation marks": swapped("[“”]", "?"),
    "indent": indented,
    "spread characters": spread,
    "cut into words": tokenised,
    "blank in a line": split,
    "broken lines": wrapped,
    "page marks": paged,
}


def repaired(text: str) -> Document:
    """The document after the finders of losses, layer by layer."""
    document = Document.of(text)
    for layer in FINDERS:
        view = View(document.text)
        document = document.revised(edit for find in layer for edit in find(view))
    return document


def outcomes(damaged: Damaged) -> Iterator[str]:
    """Right, left or wrong for each damaged place; "strange" for each change elsewhere."""
    origins = [(start, end, edit) for start, end, edit in repaired(damaged.text).origins() if not edit.is_flag]
    starts: dict[int, Edit] = {start: edit for start, _, edit in origins}
    seen = set()
    for start, end, original in damaged.places:
        edit = starts.get(start)
        seen.add(start)
        if edit is None:
            yield "left"
        else:
            yield "right" if edit.new == original and edit.old == damaged.text[start:end] else "wrong"
    yield from ("strange" for start in starts if start not in seen)


def figures(sample: Sequence[str]) -> dict[str, Counter[str]]:
    """For each kind of damage the outcomes over the texts of the sample."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for kind, damage in KINDS.items():
        for text in sample:
            damaged = damage(text)
            if damaged.places:
                counts[kind].update(outcomes(damaged))
    return counts


def main() -> None:
    sample = texts("news_hans")
    if not sample:
        return
    load()
    chance = random.Random(SEED)
    for kind, counts in figures(chance.sample(sample, TEXTS)).items():
        total = sum(counts[result] for result in ("right", "left", "wrong"))
        shares = ", ".join(f"{result} {counts[result] / max(total, 1):.1%}" for result in ("right", "left", "wrong"))
        print(f"{kind}: {total} places, {shares}; changes elsewhere: {counts['strange']}")


if __name__ == "__main__":
    main()
