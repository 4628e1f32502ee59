"""Rules prove themselves: every example comes out as it is shown. With this the room ends; next: `structure`."""

from __future__ import annotations

from collections.abc import Callable

from cleaner.document import Document
from cleaner.errors import RuleError
from cleaner.rules.matching import Rule, RuleSet
from cleaner.units import View


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
