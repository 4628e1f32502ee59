"""Why a line of a page stays, for who writes rules. With this the room ends; next: `repeats`."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, NamedTuple

from cleaner.rules import Rule
from cleaner.shapes import is_sentence, names_somebody
from cleaner.structure.finding import EVIDENCE, Decision
from cleaner.structure.page import Spared
from cleaner.tagger.model import Tags


class Staying(NamedTuple):
    """What speaks for and against a line that stays.

    `rule` is what marks it, None if nothing does, and `spared` why it stays all the same. `tagger` says what it
    reads as, or why that was not asked; `for_noise` and `against` are features with their weights, in logits.
    """

    rule: Rule | None
    spared: Spared | None
    tagger: str
    for_noise: tuple[tuple[str, float], ...] = ()
    against: tuple[tuple[str, float], ...] = ()


def staying(found: Decision, line: int) -> Staying | None:
    """Why a line stays, by its index in the view; None if it goes or is blank."""
    rows = found.page.rows
    place = bisect_left(rows, line, key=lambda row: row.line)
    if place == len(rows) or rows[place].line != line or line in found.verdicts:
        return None
    rule = rows[place].rule
    spared = found.page.why_spared(place) if rule else None
    if found.tags is None:
        return Staying(rule, spared, _why_not_asked(found))
    told = found.tags.speaking(place)
    for_noise = tuple((name, weight) for name, weight in told if weight > 0)
    against = tuple((name, weight) for name, weight in reversed(told) if weight < 0)
    return Staying(rule, spared, _reading(found, found.tags, place), for_noise, against)


def _why_not_asked(found: Decision) -> str:
    marked = sum(row.rule is not None for row in found.page.rows)
    if marked < EVIDENCE:
        return f"not asked: only {EVIDENCE} marked lines show that a page has furniture, and here {_IS[marked]}"
    return "not asked: no line of the page says a sentence"


_IS: Final = ("is none", "is one")


def _reading(found: Decision, tags: Tags, place: int) -> str:
    """What a row reads as, and what that lacks to make it go."""
    (told,) = tags.reasons([place])
    if place not in tags.noise:
        return f"{told}; {tags.needed(place):.1%} are needed before so many letters are risked"
    key = found.page.rows[place].key
    if names_somebody(key):
        return f"{told}; but it begins like a credit, and those stay"
    return f"{told}; but it is a sentence" if is_sentence(key) else told
