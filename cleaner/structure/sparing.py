"""Why a line of a page stays, for who writes rules. With this the room ends; next: `repeats`."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, NamedTuple

from cleaner.rules import Rule
from cleaner.shapes import is_sentence, names_somebody
from cleaner.structure.finding import EVIDENCE, Decision, Look
from cleaner.structure.page import Spared
from cleaner.tagger.model import Tags


class Staying(NamedTuple):
    """What speaks for and against a line that stays.

    `rule` is what marks it, None if nothing does, and `spared` why it stays all the same, when the page was looked at
    for the last time. `tagger` says what the line read as when it came nearest to going, or why that was never asked;
    `for_noise` and `against` are features with their weights then, in logits. A page is looked at again when lines
    have gone: `spared_after` and `tagged_after` are how many had by then.
    """

    rule: Rule | None
    spared: Spared | None
    tagger: str
    for_noise: tuple[tuple[str, float], ...] = ()
    against: tuple[tuple[str, float], ...] = ()
    spared_after: int = 0
    tagged_after: int = 0


def staying(found: Decision, line: int) -> Staying | None:
    """Why a line stays, by its index in the view; None if it goes or is blank."""
    last = found.looks[-1]
    place = _place(last, line)
    if place is None or line in found.verdicts:
        return None
    rule = last.page.rows[place].rule
    spared = last.page.why_spared(place) if rule else None
    tagged = _nearest(found, line)
    if tagged is None:
        return Staying(rule, spared, _why_not_asked(last))
    told = tagged.tags.speaking(tagged.place)
    for_noise = tuple((name, weight) for name, weight in told if weight > 0)
    against = tuple((name, weight) for name, weight in reversed(told) if weight < 0)
    reading = _reading(found, tagged)
    return Staying(rule, spared, reading, for_noise, against, last.gone_before, tagged.look.gone_before)


def _place(look: Look, line: int) -> int | None:
    """The place of a line among the rows of a look; None if it is blank, or had gone."""
    rows = look.page.rows
    place = bisect_left(rows, line, key=lambda row: row.line)
    return place if place < len(rows) and rows[place].line == line else None


class _Tagged(NamedTuple):
    """A line as the tagger read it once."""

    look: Look
    tags: Tags
    place: int


def _nearest(found: Decision, line: int) -> _Tagged | None:
    """The line as it read when it came nearest to going; None if the tagger was never asked."""
    places = [(look, look.tags, _place(look, line)) for look in found.looks]
    tagged = [_Tagged(look, tags, place) for look, tags, place in places if tags is not None and place is not None]
    return max(tagged, key=lambda each: each.tags.margin(each.place), default=None)


def _why_not_asked(look: Look) -> str:
    marked = sum(row.rule is not None for row in look.page.rows)
    if marked < EVIDENCE:
        return f"not asked: only {EVIDENCE} marked lines show that a page has furniture, and here {_IS[marked]}"
    return "not asked: no line of the page says a sentence"


_IS: Final = ("is none", "is one")


def _reading(found: Decision, tagged: _Tagged) -> str:
    """What a row read as, and what that lacked to make it go."""
    look, tags, place = tagged
    ((_, told),) = tags.reasons([place])
    row = look.page.rows[place]
    if place not in tags.noise:
        return f"{told}; {tags.needed(place):.1%} are needed before so many letters are risked"
    if names_somebody(row.key):
        return f"{told}; but it begins like a credit, and those stay"
    if is_sentence(row.key):
        return f"{told}; but it is a sentence"
    return f"{told}; but it may be the title, for it says words of the text" if row.line in found.doubts else told
