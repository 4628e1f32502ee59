"""How much of what templates, forums and encoders leave is mended, on clean text damaged on purpose.

Every kind draws, with a fixed seed, places in clean simplified news and puts its damage there. A place is right if
it comes out as it was (blanks apart), left if nothing changed there, wrong otherwise; harm counts changes elsewhere.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from bench.corpora import texts
from cleaner import language
from cleaner.document import Document, Edit
from cleaner.repair import characters, entities, escapes, filters, jammers
from cleaner.units import View

SEED = 1
TEXTS = 300
CORPUS = "news_hans"

_CLAUSE_END = re.compile(r"[。，；！？]\n?|\n")
_HANZI = re.compile(r"[一-鿿]{2,6}")


class Spot(NamedTuple):
    """A stretch of damaged text, and what stood there."""

    start: int
    end: int
    original: str


class Damaged(NamedTuple):
    """A damaged text and its damaged stretches, in order."""

    text: str
    spots: tuple[Spot, ...]


Finder = Callable[[View], Iterable[Edit]]
Damage = Callable[[str, random.Random], Damaged]


def damaged(text: str, stretches: Sequence[tuple[int, int]], change: Callable[[str], str]) -> Damaged:
    """`text` with each (start, end) changed; stretches are in order and apart from each other."""
    pieces: list[str] = []
    spots = []
    done = length = 0
    for start, end in stretches:
        pieces += text[done:start], change(text[start:end])
        length += len(pieces[-2])
        spots.append(Spot(length, length + len(pieces[-1]), text[start:end]))
        length += len(pieces[-1])
        done = end
    return Damaged("".join([*pieces, text[done:]]), tuple(spots))


def pairs(chance: random.Random) -> str:
    """A jammer as Discuz! makes them: the bound of its loop is drawn anew each time round."""
    made = ""
    while len(made) < 3 * chance.randint(5, 15):
        made += f"{chr(chance.randint(32, 59))} {chr(chance.randint(63, 126))}"
    return made


def tokens(chance: random.Random) -> str:
    """A jammer of six to fourteen tokens of one to three characters each."""
    return " ".join(
        "".join(chr(chance.randint(33, 126)) for _ in range(chance.randint(1, 3))) for _ in range(chance.randint(6, 14))
    )


def jammed(make: Callable[[random.Random], str], count: int) -> Damage:
    """Damage that puts `count` jammers behind clauses."""

    def damage(text: str, chance: random.Random) -> Damaged:
        ends = [match.end() for match in _CLAUSE_END.finditer(text)]
        chosen = sorted(chance.sample(ends, min(count, len(ends))))
        return damaged(text, [(end, end) for end in chosen], lambda _: make(chance))

    return damage


def escaped(write: Callable[[str], str], count: int) -> Damage:
    """Damage that writes `count` short runs of hanzi as escapes."""

    def damage(text: str, chance: random.Random) -> Damaged:
        runs = [match.span() for match in _HANZI.finditer(text)][::2]  # apart: neighbours would be one escape
        return damaged(text, sorted(chance.sample(runs, min(count, len(runs)))), write)

    return damage


def sprinkled(marks: Sequence[str], count: int) -> Damage:
    """Damage that puts `count` invisible characters between hanzi."""

    def damage(text: str, chance: random.Random) -> Damaged:
        places = [match.start() + 1 for match in _HANZI.finditer(text)]
        chosen = sorted(chance.sample(places, min(count, len(places))))
        return damaged(text, [(place, place) for place in chosen], lambda _: chance.choice(marks))

    return damage


def split(count: int) -> Damage:
    """Damage that puts `*` into known words of two and three hanzi."""

    def damage(text: str, chance: random.Random) -> Damaged:
        words = language.load().words
        places = [
            match.start() + 1
            for match in _HANZI.finditer(text)
            if words.get(text[match.start() : match.start() + 2], -99.0) > -12
        ]
        chosen = sorted(chance.sample(places, min(count, len(places))))
        return damaged(text, [(place, place) for place in chosen], lambda _: "*")

    return damage


def rendered(text: str, edits: Sequence[Edit], start: int, end: int) -> str:
    """What `text[start:end]` becomes; an edit across a border counts where it begins."""
    pieces: list[str] = []
    done = start
    for edit in edits:
        if edit.end <= start or edit.start >= end or edit.is_flag:
            continue
        pieces += text[done : edit.start], edit.new
        done = max(done, edit.end)
    return "".join([*pieces, text[done:end]])


def outcomes(damage: Damaged, find: Finder) -> Counter[str]:
    """How many places come out right, left and wrong, and how many edits change text elsewhere."""
    document = Document.of(damage.text).revised(find(View(damage.text)))
    counts: Counter[str] = Counter()
    for start, end, original in damage.spots:
        now = rendered(damage.text, document.edits, start, end)
        same = "".join(now.split()) == "".join(original.split())
        counts["right" if same else "left" if now == damage.text[start:end] else "wrong"] += 1
    owned = {place for spot in damage.spots for place in range(spot.start, spot.end)}
    counts["harm"] += sum(
        any(place not in owned and not damage.text[place].isspace() for place in range(edit.start, edit.end))
        for edit in document.edits
        if not edit.is_flag
    )
    return counts


def units(text: str) -> list[int]:
    """UTF-16 code units, as JSON and JavaScript escape them."""
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data), 2)]


WRITERS: Mapping[str, tuple[Callable[[str], str], Finder]] = {
    r"\uXXXX": (lambda text: "".join(f"\\u{unit:04x}" for unit in units(text)), escapes.find),
    r"\\uXXXX": (lambda text: "".join(f"\\\\u{unit:04X}" for unit in units(text)), escapes.find),
    "%uXXXX": (lambda text: "".join(f"%u{unit:04X}" for unit in units(text)), escapes.find),
    "%XX%XX%XX": (quote, escapes.find),
    "&#xXXXX;": (lambda text: "".join(f"&#x{ord(letter):x};" for letter in text), entities.find),
    "&amp;#NNNNN;": (lambda text: "".join(f"&amp;#{ord(letter)};" for letter in text), entities.find),
    "&#xXXXX": (lambda text: "".join(f"&#x{ord(letter):x}" for letter in text), entities.find),
    "#xXXXX;": (lambda text: "".join(f"#x{ord(letter):x};" for letter in text), entities.find),
    "#NNNNN;": (lambda text: "".join(f"#{ord(letter)};" for letter in text), entities.find),
}
INVISIBLE = ("\N{ZERO WIDTH SPACE}", "\N{SOFT HYPHEN}", "\N{WORD JOINER}", "\N{INVISIBLE TIMES}")
DIRECTIONS = ("\N{RIGHT-TO-LEFT OVERRIDE}", "\N{LEFT-TO-RIGHT EMBEDDING}", "\N{RIGHT-TO-LEFT ISOLATE}")
SMUGGLED = ("\U000e0061\U000e0062", "\U000e0101\U000e0102\U000e0103", "\N{HANGUL FILLER}")

KINDS: Mapping[str, tuple[Damage, Finder]] = {
    **{f"jammer pairs, {count} a page": (jammed(pairs, count), jammers.find) for count in (1, 2, 3, 5, 10)},
    **{f"jammer tokens, {count} a page": (jammed(tokens, count), jammers.find) for count in (1, 3, 5, 10)},
    **{f"escapes as {name}": (escaped(write, 3), find) for name, (write, find) in WRITERS.items()},
    "invisible characters": (sprinkled(INVISIBLE, 5), characters.find),
    "bidi controls": (sprinkled(DIRECTIONS, 5), characters.find),
    "smuggled characters": (sprinkled(SMUGGLED, 5), characters.find),
    **{f"“*” inside words, {count} a page": (split(count), filters.find) for count in (2, 5)},
}


def figures(kind: str, sample: Sequence[str]) -> dict[str, int]:
    """Counts of right, left, wrong and harm for one of `KINDS`, over clean texts."""
    damage, find = KINDS[kind]
    chance = random.Random(SEED)
    counts: Counter[str] = Counter()
    for text in sample:
        counts += outcomes(damage(text, chance), find)
    return {result: counts[result] for result in ("right", "left", "wrong", "harm")}


def main() -> None:
    corpus = texts(CORPUS)
    sample = random.Random(SEED).sample(corpus, min(TEXTS, len(corpus)))
    for kind in KINDS if sample else ():
        counts = figures(kind, sample)
        total = max(counts["right"] + counts["left"] + counts["wrong"], 1)
        shares = ", ".join(f"{result} {counts[result] / total:.1%}" for result in ("right", "left", "wrong"))
        print(f"{kind}: {total} places, {shares}, {counts['harm']} changes elsewhere")


if __name__ == "__main__":
    main()
