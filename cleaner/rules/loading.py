"""Rule files are read here. Next: `rules.proving`, which tries what they show."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from cleaner.cached import again, cached, plain
from cleaner.digests import SHIPPED_RULES
from cleaner.errors import RuleError
from cleaner.fold import fold
from cleaner.preconditions import Precondition, precondition
from cleaner.rules.keys import FILE_KEYS, LONGEST, check
from cleaner.rules.matching import Read, Rule, RuleSet, of_definition, read_off, ready
from cleaner.sieve import Demand

_FILES: Final = 64  # whose rules are at hand for the next cleaner: those of the package, and some more


def load(paths: Iterable[Path], beside: Iterable[Demand] = ()) -> RuleSet:
    """The rules of the given files, their gate shared with `beside`; a file's stem is the kind its rules report under.

    Raises `RuleError` for the first rule that cannot be used. Examples are not run here: see `prove`.
    """
    rules: list[Rule] = []
    places: dict[str, Path] = {}
    for path in paths:
        for rule in read(path).rules:
            if rule.id in places:
                raise RuleError(f"{path}: {rule.id}: the id is taken by {places[rule.id]}; give the rule another id")
            places[rule.id] = path
            rules.append(rule)
    return RuleSet(rules, beside)


def shipped_folder() -> Path:
    """Where the package's own rules stand: inside it when installed from a wheel, beside it in a working copy."""
    package = Path(__file__).parents[1]
    return next(folder for folder in (package / SHIPPED_RULES, package.parent / "rules") if folder.is_dir())


class RuleFile(NamedTuple):
    """What a rule file holds: what it says of itself, "" if it says nothing, and its rules."""

    about: str
    rules: tuple[Rule, ...]


def read(path: Path) -> RuleFile:
    """What a rule file holds; raises `RuleError` if it cannot be used."""
    try:
        text = path.read_text("utf-8-sig")  # editors may put a mark before the text
    except (OSError, ValueError) as error:
        raise _no_rule_file(path, error) from error
    return of_text(path, text)


def _no_rule_file(path: Path, error: Exception) -> RuleError:
    reason = error.strerror if isinstance(error, OSError) else error
    return RuleError(f"{path}: {reason}; a rule file is UTF-8 TOML with [[rule]] tables")


@lru_cache(maxsize=_FILES)
def of_text(path: Path, text: str) -> RuleFile:
    """The same of a file that holds this text, be it written yet or not."""
    told = cached("rules", [text], lambda: _told(path, text))
    return RuleFile(told["about"], tuple(_rule(path.stem, each) for each in told["rules"]))


def _told(path: Path, text: str) -> dict[str, Any]:
    """What a file says, found to be usable, as JSON can hold it: of each rule what `_told_rule` gives."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_rule_file(path, error) from error
    for key in content.keys() - FILE_KEYS.keys():
        raise RuleError(f"{path}: unknown key {key!r}; a rule file holds `about`, [terms] and [[rule]] tables")
    about, entries, terms = content.get("about", ""), content.get("rule", []), content.get("terms", {})
    if not isinstance(about, str):
        raise RuleError(f"{path}: about is no text; say in quotes what the rules of the file find")
    if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
        raise RuleError(f"{path}: rule is no array of tables; begin each rule with [[rule]], in double brackets")
    if not (isinstance(terms, dict) and all(isinstance(text, str) for text in terms.values())):
        raise RuleError(f"{path}: terms is no table of texts; write name = 'pattern' below [terms]")
    if not entries:
        raise RuleError(f"{path}: holds no rule; begin each with [[rule]]")
    rules = [_numbered(path, number, entry, terms) for number, entry in enumerate(entries, 1)]
    return {"about": about, "rules": rules}


def _numbered(path: Path, number: int, entry: dict[str, Any], terms: dict[str, str]) -> _Told:
    try:
        return _told_rule(entry, terms)
    except RuleError as error:
        raise RuleError(f"{path}: {entry.get('id') or f'rule {number}'}: {error}") from None


def of_tables(kind: str, tables: Iterable[dict[str, Any]]) -> list[Rule]:
    """Rules from tables such as a rule file holds; raises `RuleError` for the first that cannot be used."""
    return [_rule(kind, _told_rule(table, {})) for table in tables]


def to_try(pattern: str, needs: Iterable[str] = (), **told: Any) -> Rule:
    """A rule without examples, to be tried; `told` is what else its table would say.

    Without `needs`, its literals are told from the pattern. Raises `RuleError` if it cannot be used, or no literal can
    be told.
    """
    shown = {"id": "pattern", "about": "the pattern that is tried", "needs": list(needs) or ["-"], "pattern": pattern}
    check({**shown, "changes": [["-", "-"]], "keeps": ["-"], **told})
    check_letters(pattern)
    ready_made = of_definition({**shown, "kind": "try", "longest": LONGEST[told.get("where", "edge")], **told})
    literals = tuple(needs) or tuple(sorted(precondition(pattern).literals))
    if not literals:
        raise RuleError(
            "no literal can be told from the pattern of which each match holds one; name such literals by --needs, "
            "for a rule runs only on lines that hold one"
        )
    for literal in literals:
        if fold(literal) != literal:
            raise RuleError(f"needs are matched on the fold of the text: write {fold(literal)!r} for {literal!r}")
    return of_definition({**ready_made.definition, "needs": literals})


_Told = dict[str, Any]


def _told_rule(entry: dict[str, Any], terms: dict[str, str]) -> _Told:
    """A rule's table, its patterns with all terms filled in, and what is read off them, as JSON can hold it."""
    check(entry)
    pattern, unless = _expanded(entry["pattern"], terms), _expanded(entry.get("unless", ""), terms)
    _check_folded(entry, pattern, unless)
    return {"entry": entry, "pattern": pattern, "unless": unless, "read": plain(read_off(pattern, unless))}


def _rule(kind: str, told: _Told) -> Rule:
    entry = told["entry"]
    rule = Rule(
        kind=kind,
        **{
            "longest": LONGEST[entry.get("where", "edge")],
            **entry,
            "needs": tuple(entry["needs"]),
            "keeps": tuple(entry["keeps"]),
            "flags": tuple(entry.get("flags", ())),
            "changes": tuple((before, after) for before, after in entry.get("changes", ())),
        },
    )
    condition, outline = again(told["read"])
    return ready(rule, told["pattern"], told["unless"], Read(Precondition(*condition), outline))


_TERM: Final = re.compile(r"(?<!\\[pPx])\{([a-z][a-z_]*)\}")


def _expanded(pattern: str, terms: dict[str, str]) -> str:
    """The pattern with each `{name}` replaced by the file's term of that name."""

    def term(match: re.Match[str]) -> str:
        if match[1] not in terms:
            raise RuleError(f"the pattern uses {match[0]}, which [terms] doesn't hold; add it there")
        return f"(?:{_expanded(terms[match[1]], {name: text for name, text in terms.items() if name != match[1]})})"

    return _TERM.sub(term, pattern)


# What may hold capitals in a pattern without standing for a letter: classes, escapes, group names and options.
_PATTERN_SYNTAX: Final = re.compile(r"\\[pPx]\{[^}]*\}|\\[pPx]\w+|\\.|\(\?P?<\w+>|\(\?[a-zA-Z-]+|\[:\^?\w+:\]")


def _check_folded(entry: dict[str, Any], *patterns: str) -> None:
    for need in entry["needs"]:
        if fold(need) != need:
            raise RuleError(f"needs are matched on the fold of the text: write {fold(need)!r} for {need!r}")
    for pattern in patterns:
        check_letters(pattern)
    for text in [*(before for before, _ in entry.get("changes", ())), *entry.get("flags", ())]:
        if not any(need in fold(text) for need in entry["needs"]):
            raise RuleError(f"no literal of needs occurs in the example {text!r}; the pattern would never run on it")


def check_letters(pattern: str) -> None:
    """Raises `RuleError` for a pattern with letters that no folded text holds, such as capitals."""
    letters = "".join(sorted(set(_PATTERN_SYNTAX.sub("", pattern))))
    wrong = "".join(letter for letter, folded in zip(letters, fold(letters), strict=True) if folded != letter)
    if wrong:
        told = f"write {fold(wrong)!r} for {wrong!r}, as in {_folded(pattern)}"
        raise RuleError(f"the pattern is matched on the fold of the text: {told}")


def _folded(pattern: str) -> str:
    """A pattern as the fold of texts has its letters."""
    table = {ord(letter): fold(letter) for letter in set(_PATTERN_SYNTAX.sub("", pattern))}
    at, parts = 0, []
    for syntax in _PATTERN_SYNTAX.finditer(pattern):
        parts += [pattern[at : syntax.start()].translate(table), syntax[0]]
        at = syntax.end()
    return "".join([*parts, pattern[at:].translate(table)])
