"""A rule that is tried on texts: what it matches, what of that it takes in place, and which examples it breaks.

Next: `drafting`, which begins a rule with a line it is for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from cleaner import pipeline, spam, structure
from cleaner.cleaning import own_errors, read_record
from cleaner.document import Document, Edit
from cleaner.errors import InputError
from cleaner.pipeline import Cleaner, Step
from cleaner.report import Failure
from cleaner.rules import Rule
from cleaner.sieve import ENDLESS, Demand
from cleaner.sources import Columns, Passed, Record, Source, Unread, find_sources, records
from cleaner.units import View

_GUESSED: Final = Columns()
_LISTED: Final = 20  # failures that are named; all are counted


class Match(NamedTuple):
    """A place where the rule matches: document and line of the source, and the lines around it as the rule sees them.

    `start` and `end` are those of the match in `line`. `fate` says what becomes of it.
    """

    name: str
    number: int
    above: str
    line: str
    below: str
    start: int
    end: int
    fate: str


@dataclass
class Tried:
    """What a rule does to some documents; of equal lines the first alone is shown, `most` at most of all.

    `matches` are lines, of a span rule places, and `characters` what the pattern matches of them. Of these the rule
    takes `taken`; what it doesn't take goes by other rules or stays, with the reason why. `too_long` are lines that
    the pattern matches, but that are longer than the rule looks at; they are no matches.
    """

    most: int
    documents: int = 0
    hit: int = 0
    matches: int = 0
    characters: int = 0
    taken: int = 0
    taken_characters: int = 0
    by_others: Counter[str] = field(default_factory=Counter)
    stays: Counter[str] = field(default_factory=Counter)
    too_long: int = 0
    _new: dict[str, Match] = field(default_factory=dict)  # by their line; those that no other rule takes
    _known: dict[str, Match] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)  # how often a line came again of which the first was kept
    failures: list[Failure] = field(default_factory=list)
    failed: int = 0

    def is_kept(self, line: str, fate: _Fate) -> bool:
        """Whether the match of a line is to be kept; of one that was, that it came again is noted."""
        kept = self._known if fate.other else self._new
        if line in kept:
            self.again[line] += 1
        return line not in kept and len(kept) < self.most

    def keep(self, match: Match, fate: _Fate) -> None:
        """Keep a match to be shown."""
        (self._known if fate.other else self._new)[match.line] = match

    @property
    def shown(self) -> list[Match]:
        """The matches to be shown: first those that no other rule takes already."""
        return [*self._new.values(), *self._known.values()][: self.most]


def try_rule(  # noqa: PLR0913  each is a choice of its own
    rule: Rule,
    inputs: Iterable[Path | str],
    cleaner: Cleaner,
    *,
    columns: Columns = _GUESSED,
    most: int = 20,
    tell: Callable[[int], None] = lambda done: None,
) -> Tried:
    """What a rule does to all records of inputs beside the rules of a cleaner; `tell` hears how many are done."""
    tried = Tried(most)
    beside = cleaner.with_rules([rule])
    for source in find_sources(inputs):
        for found in records(source, columns):
            try:
                _try_on(found, source, rule, beside, tried)
            except InputError as error:
                _note_failure(tried, source.name if isinstance(found, Passed) else found.name, str(error))
            tell(tried.documents + tried.failed)
    return tried


def _note_failure(tried: Tried, name: str, reason: str) -> None:
    tried.failed += 1
    if len(tried.failures) < _LISTED:
        tried.failures.append(Failure(name, reason))


def _try_on(found: Record | Unread | Passed, source: Source, rule: Rule, cleaner: Cleaner, tried: Tried) -> None:
    if isinstance(found, Unread):
        raise InputError(found.reason)
    if isinstance(found, Passed):
        return
    with own_errors():
        document, groups = read_record(found, cleaner)
        tried.documents += 1
        before = document
        for step in cleaner.steps(document, groups=groups):
            if step.layer == _layer(rule):
                _look(step, before, rule, cleaner, tried)
                break
            before = step.document


def _layer(rule: Rule) -> str:
    return pipeline.SPANS if rule.scope == "span" else pipeline.LINES


def _look(step: Step, before: Document, rule: Rule, cleaner: Cleaner, tried: Tried) -> None:
    """Take note of all matches in the text that the rule's layer sees."""
    known = len(before.layers)
    edits = [edit for layer in step.document.layers[known:] for edit in layer if not edit.is_flag]
    places = list(_places(rule, step.view, tried))
    if not places:
        return
    tried.hit += 1
    fates = _Fates(step.view, cleaner, edits)
    for line, start, end in places:
        tried.matches += 1
        tried.characters += end - start
        fate = fates.of(rule, line, start, end)
        _count(tried, fate)
        if tried.is_kept(step.view.line_text(line), fate):
            tried.keep(_match(step.view, before, (line, start, end), str(fate)), fate)


def _places(rule: Rule, view: View, tried: Tried) -> Iterator[tuple[int, int, int]]:
    """(line, start, end) of each match in the view; of a line rule the first one in the line."""
    for line in view.called(Demand(rule.demand.literals, ENDLESS)):
        first = view.lines[line].start
        if rule.scope == "span":
            yield from ((line, first + a, first + b) for a, b in rule.matches(view.bare_lines[line]) if b > a)
        elif rule.holds(key := view.lines[line].key):
            if len(key) > rule.longest:
                tried.too_long += 1
                continue
            begin = view.folded.index(key, first)
            start, end = next(iter(rule.matches(key)))
            yield line, begin + start, begin + end


class _Fate(NamedTuple):
    """What becomes of a match: characters that the rule takes, or another rule that takes it, or why it stays."""

    taken: int = 0
    other: str = ""
    stays: structure.Spared | None = None
    becomes: str = ""

    def __str__(self) -> str:
        if self.stays:
            return f"stays: {self.stays}"
        gone = f"becomes “{self.becomes}”" if self.becomes else "goes"
        return f"goes by {self.other} already" if self.other else gone


_ELSE: Final = structure.Spared("another edit stands in its way")
_SAME: Final = structure.Spared("it would become what it is")


class _Fates:
    """What becomes of matches in one text, by the edits of their layer; why some stay is found out when asked for."""

    def __init__(self, view: View, cleaner: Cleaner, edits: list[Edit]) -> None:
        self._view, self._cleaner, self._edits = view, cleaner, edits
        self._ends = [edit.end for edit in edits]
        self._decision: structure.Decision | None = None

    def of(self, rule: Rule, line: int, start: int, end: int) -> _Fate:
        """The fate of one match."""
        at = bisect_right(self._ends, start)
        edit = self._edits[at] if at < len(self._edits) and self._edits[at].start < end else None
        if edit is None:
            return _Fate(stays=self._why_stays(rule, line))
        if edit.rule != rule.name:
            return _Fate(other=edit.rule)
        return _Fate(taken=len(edit.old), becomes=edit.new)

    def _why_stays(self, rule: Rule, line: int) -> structure.Spared:
        if rule.scope == "span":
            return _SAME if rule.replace else _ELSE
        if self._decision is None:
            self._decision = structure.decided(self._view, pipeline.marks(self._view, self._cleaner.rules))
        found = structure.staying(self._decision, line)
        return found.spared if found and found.spared else _ELSE


def _count(tried: Tried, fate: _Fate) -> None:
    if fate.stays:
        tried.stays[fate.stays.why] += 1
    elif fate.other:
        tried.by_others[fate.other] += 1
    else:
        tried.taken += 1
        tried.taken_characters += fate.taken


def _match(view: View, before: Document, place: tuple[int, int, int], fate: str) -> Match:
    line, start, end = place
    first, text = view.line_span(line)
    above, below = _filled(view, line - 1, -1), _filled(view, line + 1, 1)
    number = before.source.count("\n", 0, before.source_place(first)) + 1
    return Match(before.name, number, above, text, below, max(start - first, 0), min(end - first, len(text)), fate)


def _filled(view: View, line: int, step: int) -> str:
    """The next line with text, from that one on, up or down; "" if there is none."""
    while 0 <= line < len(view.lines):
        if view.lines[line].key:
            return view.line_text(line)
        line += step
    return ""


# --- examples --------------------------------------------------------------------------------------------------


class Broken(NamedTuple):
    """An example of another rule that doesn't come out any more: of its `keeps`, `changes` or `flags`."""

    rule: str
    key: str
    text: str
    became: str


def broken_by(rule: Rule, cleaner: Cleaner) -> list[Broken]:
    """The examples of the rules and lexicons in use that come out otherwise if a rule is there, too."""
    clean = pipeline.cleaning(cleaner.with_rules([rule]).rules)
    found = []
    for other in (*cleaner.rules.rules, *spam.load().rules):
        examples = [("keeps", text, text) for text in other.keeps] + [("changes", *pair) for pair in other.changes]
        for key, text, expected in examples:
            if _may_bear(rule, text) and (became := clean(text).text) != expected:
                found.append(Broken(other.name, key, text, became))
        for text in other.flags:
            after = clean(text) if _may_bear(rule, text) else None
            if after and not any(edit.rule == other.name for edit in after.edits):
                found.append(Broken(other.name, "flags", text, after.text))
    return sorted(found, key=lambda broken: broken.key != "keeps")  # innocent texts first


def _may_bear(rule: Rule, text: str) -> bool:
    """Whether the rule may match a line of an example, at once or when others are through with it."""
    folded = View(text).folded
    return any(literal in folded for literal in rule.needs)
