"""What a rule is, and how rules find what they are for. Next: `rules.loading`, which reads them from files.

A rule names one kind of dirt by a pattern over the fold of the text. Literals it needs are looked for first,
all rules' literals in one pass, and the pattern runs only on lines that hold one of them and begin and end as it asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

import re2

from cleaner.document import Edit
from cleaner.errors import RuleError
from cleaner.fold import utf8
from cleaner.patterns import Late
from cleaner.preconditions import Letters, Precondition, loosened, precondition, rarity, stronger
from cleaner.sieve import Demand, Sieve, numbers
from cleaner.units import View


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as its file states it.

    `scope` is what goes where the pattern matches: the matching "span", or the "line" around it. A line rule
    that needs an "edge" only marks: `structure` decides by position and neighbours; one that holds "anywhere"
    takes its line wherever it stands. Lines of more than `longest` characters are never matched, for furniture
    is short: by default 40 at an edge, 80 anywhere. Lines that `unless` matches are spared. With `heads` the
    list items below the line are considered too. A rule with `flag` reports and removes nothing. `changes`
    pairs a text with what must become of it, `keeps` must stay as they are, `flags` must be flagged.
    """

    kind: str
    id: str
    about: str
    pattern: str
    needs: tuple[str, ...]
    keeps: tuple[str, ...]
    scope: Literal["span", "line"] = "line"
    where: Literal["anywhere", "edge"] = "edge"
    longest: int = 40
    heads: bool = False
    flag: bool = False
    replace: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    unless: str = ""
    exception: Any = field(init=False, compare=False, repr=False)  # the compiled `unless`, None without one
    engine: Any = field(init=False, compare=False, repr=False)  # the compiled pattern, which has no public type
    outline: Any = field(init=False, compare=False, repr=False)  # finds more, but faster; None if it wouldn't be faster
    demand: Demand = field(init=False, compare=False, repr=False)  # what every line meets that it matches
    hints: tuple[frozenset[str], ...] = field(init=False, compare=False, repr=False)  # it holds one of each of these
    letters: Letters = field(init=False, compare=False, repr=False)  # and is made of these alone, if they are known

    @property
    def name(self) -> str:
        """`kind/id`, as edits carry it."""
        return f"{self.kind}/{self.id}"

    @property
    def definition(self) -> dict[str, Any]:
        """All that bears on what the rule does, terms filled in, as JSON can hold it; examples only prove it."""
        unless = self.exception.pattern if self.exception else ""
        told = {name: getattr(self, name) for name in _DEFINING}
        return {**told, "needs": sorted(self.needs), "pattern": self.engine.pattern, "unless": unless}

    def holds(self, line: str) -> bool:
        """Whether the pattern matches a folded line that holds one of the literals and that `unless` doesn't spare."""
        data = utf8(line)
        if not self._may_match(line, data) or self.engine.search(data) is None:
            return False
        return _holds_one(line, self.needs) and (self.exception is None or self.exception.search(data) is None)

    def refusal(self, line: str) -> str:
        """Why a line rule doesn't match a folded line without outer blanks, "" if it does."""
        return next(self._refusals(line), "")

    def _refusals(self, line: str) -> Iterator[str]:
        condition = self.demand.condition
        if not _holds_one(line, self.needs):
            yield "holds none of its needs"
        if len(line) < condition.shortest:
            yield f"has {len(line)} characters, and the shortest that its pattern matches has {condition.shortest}"
        if condition.firsts is not None and line[:1] not in condition.firsts:
            yield f"begins with “{line[:1]}”, and its pattern with none such"
        if condition.lasts is not None and line[-1:] not in condition.lasts:
            yield f"ends in “{line[-1:]}”, and its pattern in none such"
        if self.engine.search(utf8(line)) is None:
            yield "its pattern doesn't match"
        if len(line) > self.longest:
            yield f"has {len(line)} characters, and the longest it takes has {self.longest}"
        if self.exception is not None and self.exception.search(utf8(line)) is not None:
            yield "what it has in `unless` spares the line"

    def matches(self, line: str) -> Iterator[tuple[int, int]]:
        """(start, end) of each match of the pattern in a folded line, if that holds one of the literals."""
        data = utf8(line)
        if not self._may_match(line, data) or not _holds_one(line, self.needs):
            return
        for start, end in (match.span() for match in self.engine.finditer(data)):
            yield (start, end) if len(data) == len(line) else (_length(data[:start]), _length(data[:end]))

    def _may_match(self, line: str, data: bytes) -> bool:
        """What is told faster than by the pattern."""
        if self.letters is not None and not self.letters.issuperset(line):
            return False
        for literals in self.hints:
            if not _holds_one(line, literals):
                return False
        return self.outline is None or self.outline.search(data) is not None


_DEFINING: Final = ("kind", "id", "about", "scope", "where", "longest", "heads", "flag", "replace")


def _holds_one(line: str, literals: Collection[str]) -> bool:
    for literal in literals:  # noqa: SIM110  any() takes twice as long, and this is asked of every line
        if literal in line:
            return True
    return False


def _length(data: bytes) -> int:
    return len(data.decode("utf-8"))


_REMEMBERED: Final = 1 << 14  # lines; what a site puts on each page is matched once


class RuleSet:
    """Rules that run together, behind one gate, which looks for what others demand `beside` them, too."""

    def __init__(self, rules: Iterable[Rule], beside: Iterable[Demand] = ()) -> None:
        self.rules = tuple(rules)
        self._ranked = sorted(self.rules, key=_rank)
        self.gate = Sieve([*(rule.demand for rule in self._ranked), *beside])
        self._spans = self._mask(scope="span", flag=False)
        self._marks = self._mask(scope="line", flag=False)
        self._flagged_spans = self._mask(scope="span", flag=True)
        self._flagged_lines = self._mask(scope="line", flag=True)
        self._holding = lru_cache(_REMEMBERED)(self._that_hold)

    def spans(self, view: View) -> Iterator[Edit]:
        """Edits of the span rules: every match, line by line."""
        return self._matches(view, self._spans)

    def marks(self, view: View) -> dict[int, Rule]:
        """The line rule that matches each marked line, by index of the line.

        Of several, one that holds anywhere comes before one that needs an edge, then the name decides.
        """
        return {line: rules[0] for line, rules in self._held(view, self._marks)}

    def flags(self, view: View) -> Iterator[Edit]:
        """Flags of the rules that only report."""
        yield from self._matches(view, self._flagged_spans)
        for line, rules in self._held(view, self._flagged_lines):
            start, text = view.line_span(line)
            yield from (Edit(start, text, text, rule.name, rule.about) for rule in rules)

    def _mask(self, *, scope: str, flag: bool) -> int:
        return sum(1 << bit for bit, rule in enumerate(self._ranked) if (rule.scope, rule.flag) == (scope, flag))

    def _matches(self, view: View, kind: int) -> Iterator[Edit]:
        """The edits of the rules of a kind that take spans, by line and then by rank."""
        for line, called in view.calls:
            if called & kind:
                for number in numbers(called & kind):
                    yield from _matches(self._ranked[number], view, line)

    def _held(self, view: View, kind: int) -> Iterator[tuple[int, tuple[Rule, ...]]]:
        """(index of the line, rules) of the lines that rules of a kind match, the rules by rank."""
        for line, called in view.calls:
            if called & kind and (rules := self._holding(view.lines[line].key, called & kind)):
                yield line, rules

    def _that_hold(self, key: str, called: int) -> tuple[Rule, ...]:
        """Those of the rules called that match a line."""
        return tuple(rule for number in numbers(called) if (rule := self._ranked[number]).holds(key))


def _rank(rule: Rule) -> tuple[bool, str]:
    return rule.where == "edge", rule.name


def _matches(rule: Rule, view: View, line: int) -> Iterator[Edit]:
    first = view.lines[line].start
    for start, end in rule.matches(view.bare_lines[line]):
        old = view.text[first + start : first + end]
        if old:
            yield Edit(first + start, old, old if rule.flag else rule.replace, rule.name, rule.about)


# --- getting ready ---------------------------------------------------------------------------------------------


class Read(NamedTuple):
    """What is read off a rule's pattern once; `outline` finds more, but faster, and is "" if it wouldn't be faster."""

    condition: Precondition
    outline: str


def read_off(pattern: str, unless: str) -> Read:
    """What a pattern says of what it matches; raises `RuleError` if it cannot be used, or `unless` can't."""
    if unless:
        _compiled(unless)
    return Read(precondition(pattern), _outline(_compiled(pattern)))


def of_definition(told: dict[str, Any]) -> Rule:
    """The rule that has that definition, without examples."""
    rule = Rule(keeps=(), **{**told, "needs": tuple(told["needs"])})
    return ready(rule, rule.pattern, rule.unless, read_off(rule.pattern, rule.unless))


def ready(rule: Rule, pattern: str, unless: str, read: Read) -> Rule:
    """The rule with all that matching needs, by its pattern and its exception with all terms filled in."""
    object.__setattr__(rule, "engine", Late(pattern, _compiled))
    object.__setattr__(rule, "outline", Late(read.outline, _compiled) if read.outline else None)
    for key, value in _demand(rule, read.condition):
        object.__setattr__(rule, key, value)
    object.__setattr__(rule, "exception", Late(unless, _compiled) if unless else None)
    return rule


_ENGINE_MEMORY: Final = 64 << 20  # bytes a pattern's automaton may grow to before a slower one takes over
_LARGEST: Final = 20_000  # instructions of a compiled pattern; counted repetitions of long alternatives go past it


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _ENGINE_MEMORY
    try:
        engine = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise RuleError(
            f"the pattern does not compile: {reason}; patterns run on a linear-time engine, which has no "
            "look-around and no back-references: state the context in the pattern itself"
        ) from None
    if engine.programsize > _LARGEST:
        raise RuleError(
            f"the pattern compiles to {engine.programsize} instructions, more than {_LARGEST}; "
            "write * or + for large counts such as {0,40}, or split the rule"
        )
    if engine.search("") is not None:
        raise RuleError("the pattern matches nothing at all; let it require at least one character")
    return engine


_FEW: Final = 12  # literals that are looked for faster, one by one, than a pattern


def _demand(rule: Rule, condition: Precondition) -> Iterator[tuple[str, Any]]:
    """What a rule asks of lines: the rarest of its own literals and its pattern's by the gate, the others if few."""
    needs, found = frozenset(rule.needs), condition.literals
    literals = stronger(needs, found)
    others = {needs, found, *condition.others} - {literals, frozenset()}
    is_line = rule.scope == "line"
    yield "demand", Demand(literals, rule.longest, condition) if is_line else Demand(literals)
    few = (each for each in others if len(each) <= _FEW)
    yield "hints", tuple(sorted(few, key=lambda each: (-rarity(each), len(each), sorted(each))))
    yield "letters", condition.letters


_FASTER: Final = 2  # times smaller than a pattern that its outline must be


def _outline(engine: Any) -> str:
    """The pattern without its counts; "" where they matter little."""
    pattern = loosened(engine.pattern)
    outline = _compiled(pattern) if pattern != engine.pattern else engine
    return pattern if outline.programsize * _FASTER < engine.programsize else ""
