"""Rule files: loading them, matching them, and making them prove themselves. Next: `structure`.

A rule names one kind of dirt by a pattern over the fold of the text. Literals it needs are looked for first,
all rules' literals in one pass, and the pattern runs only on lines that hold one of them and begin and end as it asks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import re2

from cleaner.document import Document, Edit
from cleaner.errors import RuleError
from cleaner.fold import fold, utf8
from cleaner.preconditions import loosened, precondition, stronger
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
    hints: frozenset[str] = field(
        init=False, compare=False, repr=False
    )  # of these, too, it holds one, if there are any

    @property
    def name(self) -> str:
        """`kind/id`, as edits carry it."""
        return f"{self.kind}/{self.id}"

    def holds(self, line: str) -> bool:
        """Whether the pattern matches a folded line that holds one of the literals and that `unless` doesn't spare."""
        data = utf8(line)
        if not self._may_match(line, data) or self.engine.search(data) is None:
            return False
        return _holds_one(line, self.needs) and (self.exception is None or self.exception.search(data) is None)

    def matches(self, line: str) -> Iterator[tuple[int, int]]:
        """(start, end) of each match of the pattern in a folded line, if that holds one of the literals."""
        data = utf8(line)
        if not self._may_match(line, data) or not _holds_one(line, self.needs):
            return
        for start, end in (match.span() for match in self.engine.finditer(data)):
            yield (start, end) if len(data) == len(line) else (_length(data[:start]), _length(data[:end]))

    def _may_match(self, line: str, data: bytes) -> bool:
        """What is told faster than by the pattern."""
        if self.hints and not _holds_one(line, self.hints):
            return False
        return self.outline is None or self.outline.search(data) is not None


def _holds_one(line: str, literals: Collection[str]) -> bool:
    return any(literal in line for literal in literals)


def _length(data: bytes) -> int:
    return len(data.decode("utf-8"))


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

    def spans(self, view: View) -> Iterator[Edit]:
        """Edits of the span rules: every match, line by line."""
        for line, rule in self._called(view, self._spans):
            yield from _matches(rule, view, line)

    def marks(self, view: View) -> dict[int, Rule]:
        """The line rule that matches each marked line, by index of the line.

        Of several, one that holds anywhere comes before one that needs an edge, then the name decides.
        """
        marked: dict[int, Rule] = {}
        for line, rule in self._called(view, self._marks):
            if line not in marked and rule.holds(view.lines[line].key):
                marked[line] = rule
        return marked

    def flags(self, view: View) -> Iterator[Edit]:
        """Flags of the rules that only report."""
        for line, rule in self._called(view, self._flagged_spans):
            yield from _matches(rule, view, line)
        for line, rule in self._called(view, self._flagged_lines):
            if rule.holds(view.lines[line].key):
                start, text = view.line_span(line)
                yield Edit(start, text, text, rule.name, rule.about)

    def _mask(self, *, scope: str, flag: bool) -> int:
        return sum(1 << bit for bit, rule in enumerate(self._ranked) if (rule.scope, rule.flag) == (scope, flag))

    def _called(self, view: View, kind: int) -> Iterator[tuple[int, Rule]]:
        """(index of the line, rule) for rules of a kind that may match the line, by line and then by rank."""
        for line, called in enumerate(view.calls):
            if called & kind:
                for number in numbers(called & kind):
                    yield line, self._ranked[number]


def _rank(rule: Rule) -> tuple[bool, str]:
    return rule.where == "edge", rule.name


def _matches(rule: Rule, view: View, line: int) -> Iterator[Edit]:
    first = view.lines[line].start
    for start, end in rule.matches(view.bare_lines[line]):
        old = view.text[first + start : first + end]
        if old:
            yield Edit(first + start, old, old if rule.flag else rule.replace, rule.name, rule.about)


_FILES: Final = 64  # whose rules are at hand for the next cleaner: those of the package, and some more


# --- loading ---------------------------------------------------------------------------------------------------


def load(paths: Iterable[Path], beside: Iterable[Demand] = ()) -> RuleSet:
    """The rules of the given files, their gate shared with `beside`; a file's stem is the kind its rules report under.

    Raises `RuleError` for the first rule that cannot be used. Examples are not run here: see `prove`.
    """
    rules: list[Rule] = []
    places: dict[str, Path] = {}
    for path in paths:
        for rule in _file_rules(path):
            if rule.id in places:
                raise RuleError(f"{path}: {rule.id}: the id is taken by {places[rule.id]}; give the rule another id")
            places[rule.id] = path
            rules.append(rule)
    return RuleSet(rules, beside)


def shipped_folder() -> Path:
    """Where the package's own rules stand: inside it when installed from a wheel, beside it in a working copy."""
    package = Path(__file__).parent
    return next(folder for folder in (package / "shipped_rules", package.parent / "rules") if folder.is_dir())


def _file_rules(path: Path) -> tuple[Rule, ...]:
    try:
        text = path.read_text("utf-8-sig")  # editors may put a mark before the text
    except (OSError, ValueError) as error:
        raise _no_rule_file(path, error) from error
    return _rules_in(path, text)


def _no_rule_file(path: Path, error: Exception) -> RuleError:
    reason = error.strerror if isinstance(error, OSError) else error
    return RuleError(f"{path}: {reason}; a rule file is UTF-8 TOML with [[rule]] tables")


@lru_cache(maxsize=_FILES)
def _rules_in(path: Path, text: str) -> tuple[Rule, ...]:
    """The rules of a file that holds this text."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_rule_file(path, error) from error
    for key in content.keys() - {"about", "terms", "rule"}:
        raise RuleError(f"{path}: unknown key {key!r}; a rule file holds `about`, [terms] and [[rule]] tables")
    entries, terms = content.get("rule", []), content.get("terms", {})
    if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
        raise RuleError(f"{path}: rule is no array of tables; begin each rule with [[rule]], in double brackets")
    if not (isinstance(terms, dict) and all(isinstance(text, str) for text in terms.values())):
        raise RuleError(f"{path}: terms is no table of texts; write name = 'pattern' below [terms]")
    if not entries:
        raise RuleError(f"{path}: holds no rule; begin each with [[rule]]")
    return tuple(_numbered(path, number, entry, terms) for number, entry in enumerate(entries, 1))


def _numbered(path: Path, number: int, entry: dict[str, Any], terms: dict[str, str]) -> Rule:
    try:
        return _rule(path.stem, entry, terms)
    except RuleError as error:
        raise RuleError(f"{path}: {entry.get('id') or f'rule {number}'}: {error}") from None


def of_tables(kind: str, tables: Iterable[dict[str, Any]]) -> list[Rule]:
    """Rules from tables such as a rule file holds; raises `RuleError` for the first that cannot be used."""
    return [_rule(kind, table, {}) for table in tables]


_LONGEST: Final = {"edge": 40, "anywhere": 80}
_TYPES: Final[dict[str, type]] = {
    "id": str, "about": str, "scope": str, "where": str, "longest": int, "heads": bool, "flag": bool, "needs": list,
    "pattern": str, "unless": str, "replace": str, "changes": list, "keeps": list, "flags": list,
}  # fmt: skip
_CHOICES: Final = {"scope": ("span", "line"), "where": ("anywhere", "edge")}


def _rule(kind: str, entry: dict[str, Any], terms: dict[str, str]) -> Rule:
    _check_keys(entry)
    _check_values(entry)
    _check_examples(entry)
    rule = Rule(
        kind=kind,
        **{
            "longest": _LONGEST[entry.get("where", "edge")],
            **entry,
            "needs": tuple(entry["needs"]),
            "keeps": tuple(entry["keeps"]),
            "flags": tuple(entry.get("flags", ())),
            "changes": tuple(_pair(change) for change in entry.get("changes", ())),
        },
    )
    pattern, unless = _expanded(rule.pattern, terms), _expanded(rule.unless, terms)
    _check_folded(rule, pattern + unless)
    object.__setattr__(rule, "engine", _compiled(pattern))
    object.__setattr__(rule, "outline", _outline(rule.engine))
    for key, value in _demand(rule, pattern):
        object.__setattr__(rule, key, value)
    object.__setattr__(rule, "exception", _compiled(unless) if unless else None)
    return rule


_TERM: Final = re.compile(r"(?<!\\[pPx])\{([a-z][a-z_]*)\}")


def _expanded(pattern: str, terms: dict[str, str]) -> str:
    """The pattern with each `{name}` replaced by the file's term of that name."""

    def term(match: re.Match[str]) -> str:
        if match[1] not in terms:
            raise RuleError(f"the pattern uses {match[0]}, which [terms] doesn't hold; add it there")
        return f"(?:{_expanded(terms[match[1]], {name: text for name, text in terms.items() if name != match[1]})})"

    return _TERM.sub(term, pattern)


def _check_keys(entry: dict[str, Any]) -> None:
    for key, value in entry.items():
        if key not in _TYPES:
            near = get_close_matches(key, _TYPES, 1)
            raise RuleError(
                f"unknown key {key!r}; " + (f"did you mean {near[0]!r}?" if near else f"known: {', '.join(_TYPES)}")
            )
        if not isinstance(value, _TYPES[key]) or (isinstance(value, bool) and _TYPES[key] is not bool):
            raise RuleError(f"{key} must be a {_TYPES[key].__name__}, not {value!r}")
        if key in _CHOICES and value not in _CHOICES[key]:
            raise RuleError(f"{key} is one of {', '.join(_CHOICES[key])}, not {value!r}")
    required = {item.name for item in fields(Rule)} & {"id", "about", "pattern", "needs", "keeps"}
    for key in sorted(required - entry.keys()):
        raise RuleError(f"{key} is missing; every rule states id, about, needs, pattern, keeps and changes (or flags)")
    if entry.get("scope") == "span" and entry.keys() & {"where", "heads", "longest", "unless"}:
        raise RuleError("where, heads, longest and unless belong to line rules; drop them or make the scope a line")


_ID: Final = re.compile(r"[^\s/]+")


def _check_values(entry: dict[str, Any]) -> None:
    if not _ID.fullmatch(entry["id"]):
        raise RuleError(f"the id is {entry['id']!r}; write a name without blanks and slashes, such as share-bar")
    if not entry["about"].strip():
        raise RuleError("about is empty; say in a few words what the rule finds, for reports quote it")
    if entry.get("longest", 1) < 1:
        raise RuleError(f"longest is {entry['longest']}; write how many characters a line may have, 1 at least")
    if "replace" in entry and (entry.get("scope") != "span" or entry.get("flag")):
        raise RuleError("replace belongs to span rules that don't flag; drop it or make the scope a span")
    if entry.get("flags") and not entry.get("flag"):
        raise RuleError("flags shows texts, but the rule doesn't flag; add flag = true or show changes")


def _check_examples(entry: dict[str, Any]) -> None:
    shown = "flags" if entry.get("flag") else "changes"
    if not entry.get(shown):
        raise RuleError(f"no example in {shown}; show at least one text the rule is for")
    if not entry["keeps"]:
        raise RuleError("no example in keeps; show at least one text that looks alike and must stay")
    if not entry["needs"]:
        raise RuleError("needs is empty; name a literal that every matching line holds")
    for key in ("needs", "keeps", "flags"):
        if not all(isinstance(text, str) and text for text in entry.get(key, ())):
            raise RuleError(f"{key} holds something other than text; write a list of strings")


def _pair(change: Any) -> tuple[str, str]:
    if not (isinstance(change, list) and len(change) == 2 and all(isinstance(text, str) for text in change)):
        raise RuleError(f"changes holds {change!r}; write pairs [text, what must become of it]")
    return change[0], change[1]


# What may hold capitals in a pattern without standing for a letter: classes, escapes, group names and options.
_PATTERN_SYNTAX: Final = re.compile(r"\\[pPx]\{[^}]*\}|\\[pPx]\w+|\\.|\(\?P?<\w+>|\(\?[a-zA-Z-]+|\[:\^?\w+:\]")


def _check_folded(rule: Rule, pattern: str) -> None:
    for need in rule.needs:
        if fold(need) != need:
            raise RuleError(f"needs are matched on the fold of the text: write {fold(need)!r} for {need!r}")
    letters = "".join(sorted(set(_PATTERN_SYNTAX.sub("", pattern))))
    wrong = "".join(letter for letter, folded in zip(letters, fold(letters), strict=True) if folded != letter)
    if wrong:
        raise RuleError(f"the pattern is matched on the fold of the text: write {fold(wrong)!r} for {wrong!r}")
    for text in [*(before for before, _ in rule.changes), *rule.flags]:
        if not any(need in fold(text) for need in rule.needs):
            raise RuleError(f"no literal of needs occurs in the example {text!r}; the pattern would never run on it")


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


def _demand(rule: Rule, pattern: str) -> Iterator[tuple[str, Any]]:
    """What a rule asks of lines: the rarer of its own literals and its pattern's by the gate, the others if few."""
    condition = precondition(pattern)
    needs, found = frozenset(rule.needs), condition.literals
    literals = stronger(needs, found)
    others = found if literals == needs else needs
    is_line = rule.scope == "line"
    yield "demand", Demand(literals, rule.longest, condition) if is_line else Demand(literals)
    yield "hints", others if len(others) <= _FEW else frozenset()


_FASTER: Final = 2  # times smaller than a pattern that its outline must be


def _outline(engine: Any) -> Any:
    """The pattern without its counts, compiled; None where they matter little."""
    pattern = loosened(engine.pattern)
    outline = _compiled(pattern) if pattern != engine.pattern else engine
    return outline if outline.programsize * _FASTER < engine.programsize else None


# --- proving ---------------------------------------------------------------------------------------------------


def prove(rules: RuleSet, clean: Callable[[str], Document]) -> None:
    """Run every example of every rule through `clean`; raises `RuleError` for the first that fails.

    Each change must hold what the rule finds, come out exactly so, and stay so when cleaned again; every text in
    any rule's `keeps` must come out as it went in; every text in `flags` must be flagged by its rule.
    """
    for rule in rules.rules:
        for number, (before, after) in enumerate(rule.changes):
            _prove_change(rule, f"{rule.name}: changes[{number}]", (before, after), clean)
        for number, text in enumerate(rule.flags):
            if not any(edit.rule == rule.name and edit.is_flag for edit in clean(text).edits):
                raise RuleError(f"{rule.name}: flags[{number}] was not flagged by the rule: {text!r}")
        for number, text in enumerate(rule.keeps):
            _prove_unchanged(f"{rule.name}: keeps[{number}]", text, clean)


def _prove_change(rule: Rule, place: str, change: tuple[str, str], clean: Callable[[str], Document]) -> None:
    before, after = change
    document, view = clean(before), View(before)
    if document.text != after:
        names = ", ".join(sorted({edit.rule for edit in document.edits if not edit.is_flag})) or "no rule"
        raise RuleError(
            f"{place} came out as {document.text!r}, not {after!r}, by {names}; mend the rule or the example"
        )
    seen = view.bare_lines if rule.scope == "span" else [line.key for line in view.lines]
    if not any(rule.holds(line) for line in seen):
        raise RuleError(f"{place} has no line with one of the needs that the pattern matches; show what the rule finds")
    _prove_unchanged(f"{place}, cleaned again,", after, clean)


def _prove_unchanged(place: str, text: str, clean: Callable[[str], Document]) -> None:
    document = clean(text)
    if document.text != text:
        rules = ", ".join(sorted({edit.rule for edit in document.edits if not edit.is_flag}))
        raise RuleError(f"{place} was changed by {rules}: {text!r} → {document.text!r}; narrow that rule")
