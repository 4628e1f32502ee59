"""How much planted spam is seen, with its words known and with half of them withheld, and what is taken for spam.

Lines, tails of titles and phrases are drawn, with a fixed seed, from the lexicons' own words. To see what the lexicons
do with names they don't know, every second word for what spam sells is withheld from them and drawn all the same.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from bench.corpora import texts
from bench.residue import Damaged, damaged, outcomes
from cleaner import language
from cleaner.spam import Lexicons, load
from cleaner.spam.lexicons import CORES, Lexicon
from cleaner.units import View

SEED: Final = 1
TEXTS: Final = 400
LINES: Final = 400
CORPUS: Final = "news_hans"
CORPORA: Final = ("news_hans", "laws_hant", "wechat_hans_dirty", "web_hant_dirty")

_JOINTS: Final = ("", "", "_", "|", "-", " ")
_HANZI: Final = re.compile(r"[一-鿿]{4,8}")
_COMMA: Final = re.compile(r"(?<=[一-鿿]{4}，)(?=[一-鿿]{4})")
_TITLE: Final = re.compile(r"^[一-鿿]{8,24}$", re.MULTILINE)
_COMMON: Final = -11.0  # log-probability of words that phrases are put into

Draw = Callable[[random.Random], str]
Damage = Callable[[str, random.Random, Draw], Damaged]


class Words(NamedTuple):
    """What lines of one kind are drawn from."""

    names: Sequence[str]
    lures: Sequence[str]


def halves(lexicons: Sequence[Lexicon]) -> tuple[Lexicons, dict[str, Words]]:
    """Lexicons without every second word for what spam sells, and what to draw lines of those words from."""
    known, withheld = [], {}
    for lexicon in lexicons:
        terms = dict(lexicon.terms)
        names = [term for role in CORES for term in terms.get(role, ())]
        for role in CORES:
            terms[role] = terms.get(role, ())[::2]
        left = {term for role in CORES for term in terms[role]}
        if lost := [name for name in names if name not in left]:
            withheld[lexicon.kind] = Words(lost, terms.get("lures", ("",)))
        known.append(replace(lexicon, terms=terms))
    return Lexicons(known), withheld


def words(lexicons: Sequence[Lexicon]) -> dict[str, Words]:
    """What to draw lines of each kind from, of all its words."""
    return {
        lexicon.kind: Words([term for _, term in lexicon.cores()], lexicon.terms.get("lures", ("",)))
        for lexicon in lexicons
        if lexicon.finds
    }


def drawn_line(of: Words, chance: random.Random) -> str:
    """A line of two or three names and two to four lures, as headers of spam pages are made."""
    parts = [chance.choice(of.names) for _ in range(chance.randint(2, 3))]
    parts += [chance.choice(of.lures) for _ in range(chance.randint(2, 4))]
    chance.shuffle(parts)
    joint = chance.choice(_JOINTS)
    return joint.join(parts)


def drawn_phrase(of: Words, chance: random.Random) -> str:
    """A phrase of a name and two lures."""
    return chance.choice(of.names) + chance.choice(of.lures) + chance.choice(of.lures)


def into_words(text: str, chance: random.Random, draw: Draw) -> Damaged:
    """Phrases put into two common words of the text."""
    model = language.load().words
    places = [
        place
        for match in _HANZI.finditer(text)
        for place in range(match.start() + 1, match.end())
        if model.get(text[place - 1 : place + 1], -99.0) > _COMMON
    ]
    return _put(text, places, chance, draw, count=2)


def as_clauses(text: str, chance: random.Random, draw: Draw) -> Damaged:
    """Phrases with an address put between two clauses."""
    places = [match.start() for match in _COMMA.finditer(text)]
    return _put(text, places, chance, lambda chance: f"{draw(chance)}（www.{_host(chance)}.com），", count=1)


def onto_titles(text: str, chance: random.Random, draw: Draw) -> Damaged:
    """Tails of two parts hung onto a headline of the text."""
    places = [match.end() for match in _TITLE.finditer(text)]
    mark = chance.choice("_|-")
    return _put(text, places, chance, lambda chance: f"{mark}{draw(chance)}{mark}{draw(chance)}", count=1)


def _put(text: str, places: Sequence[int], chance: random.Random, draw: Draw, *, count: int) -> Damaged:
    chosen = sorted(chance.sample(places, min(count, len(places))))
    apart = [place for number, place in enumerate(chosen) if not number or "\n" in text[chosen[number - 1] : place]]
    return damaged(text, [(place, place) for place in apart], lambda _: draw(chance))


def _host(chance: random.Random) -> str:
    return "".join(chance.choice("abcdefghkmnpqrstwxyz0123456789") for _ in range(7))


PLACES: Final[Mapping[str, Damage]] = {
    "put into a word": into_words,
    "a clause with an address": as_clauses,
    "hung onto a title": onto_titles,
}


def seen(lexicons: Lexicons, of: Words, count: int = LINES, *, below: str = "") -> tuple[float, float]:
    """Share of drawn lines that are marked, and of those that are only flagged; each stands `below` that line."""
    chance = random.Random(SEED)
    marked = flagged = 0
    for _ in range(count):
        line = drawn_line(of, chance)
        view = View(f"{below}\n{line}" if below else line)
        last = len(view.lines) - 1
        if last in lexicons.marks(view):
            marked += 1
        elif any(edit.start >= view.lines[last].start for edit in (*lexicons.doubts(view), *lexicons.find(view))):
            flagged += 1
    return marked / count, flagged / count


def planted(place: str, sample: Sequence[str], lexicons: Lexicons, of: Sequence[Words]) -> dict[str, int]:
    """Counts of right, left, wrong and harm for one of `PLACES`, over clean texts."""
    chance = random.Random(SEED)
    counts: Counter[str] = Counter()
    for text in sample:
        damage = PLACES[place](text, chance, lambda chance: drawn_phrase(chance.choice(of), chance))
        counts += outcomes(damage, lexicons.find)
        counts["flagged"] += sum(1 for _ in lexicons.doubts(View(damage.text)))
    return {result: counts[result] for result in ("right", "left", "wrong", "harm", "flagged")}


def taken(lexicons: Lexicons, sample: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(what happens, the words) for all that the lexicons take or flag in texts without planted spam."""
    for text in sample:
        view = View(text)
        yield from ((rule.name, view.quote(index)) for index, rule in lexicons.marks(view).items())
        for edit in (*lexicons.find(view), *lexicons.doubts(view)):
            yield edit.rule + (", flagged" if edit.is_flag else ", removed"), edit.old


def main() -> None:
    lexicons = load()
    half, withheld = halves(lexicons.lexicons)
    print(f"drawn lines that are marked (or flagged), {LINES} of each kind: words known | names withheld | beside spam")
    for kind, known in words(lexicons.lexicons).items():
        of_known, of_withheld = seen(lexicons, known), seen(half, withheld[kind])
        beside = seen(half, withheld[kind], below=drawn_line(words(half.lexicons)[kind], random.Random(SEED)))
        cells = (f"{marked:.1%} ({marked + flagged:.1%})" for marked, flagged in (of_known, of_withheld, beside))
        print(f"  {kind:<10} {' | '.join(cells)}")
    corpus = texts(CORPUS)
    sample = random.Random(SEED).sample(corpus, min(TEXTS, len(corpus)))
    anywhere = [lexicon for lexicon in lexicons.lexicons if lexicon.where == "anywhere" and lexicon.finds]
    for place in PLACES if sample else ():
        for name, which, of in (
            ("words known", lexicons, [*words(anywhere).values()]),
            ("names withheld", half, [withheld[lexicon.kind] for lexicon in anywhere]),
        ):
            counts = planted(place, sample, which, of)
            total = max(counts["right"] + counts["left"] + counts["wrong"], 1)
            shares = ", ".join(f"{result} {counts[result] / total:.1%}" for result in ("right", "left", "wrong"))
            print(f"{place}, {name}: {total} places, {shares}")
            print(f"  {counts['flagged']} flags, {counts['harm']} changes elsewhere")
    for corpus_name in CORPORA:
        found = list(taken(lexicons, texts(corpus_name)))
        print(f"{corpus_name}: {dict(Counter(what for what, _ in found)) or 'nothing taken, nothing flagged'}")
        for what, quote in found:
            print(f"  {what}: {quote}")


if __name__ == "__main__":
    main()
