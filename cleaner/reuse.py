"""What a change of rules leaves as it is: what became of texts that no rule which differs has anything to say about.

A rule proposes edits and marks lines where it matches a line of the text that its layer sees; whether it does depends
on the rule and the line alone. So if of two rule sets no rule that the other lacks matches a line of any text that a
document has been, from its source to what it is now, each layer finds the same with either set, one after the other.
Next: `cleaning`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from cleaner import digests
from cleaner.rules import Rule, RuleSet, of_definition
from cleaner.sinks import State
from cleaner.units import View

_FOLDER: Final = "rules"  # of notes: a file for each rule set, named after its digest, with a line for each rule


def digest_of(rules: Iterable[Rule]) -> str:
    """What a rule set goes by: the same for the same rules, whatever their files, order and examples."""
    return digests.of_bytes(_told(rules))


def note(state: State, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Keep a rule set for later runs; the digests of those that earlier ones kept, the nearest to it first."""
    told = _told(rules)
    others = [
        kept for name, kept in state.notes(_FOLDER).items() if name == _name(digests.of_bytes(kept)) and kept != told
    ]
    state.note(_name(digests.of_bytes(told)), told)
    return tuple(map(digests.of_bytes, sorted(others, key=lambda kept: (len(_lines(told) ^ _lines(kept)), kept))))


def forget(state: State, digest: str) -> None:
    """Let go of all rule sets but that one."""
    for name in state.notes(_FOLDER):
        if name != _name(digest):
            state.drop_note(name)


def difference(state: State, digest: str, rules: Iterable[Rule]) -> RuleSet:
    """The rules that are not the same in a rule set that was kept and in `rules`: the lines of either, or both."""
    own = {_line(rule): rule for rule in rules}
    kept = _lines(state.notes(_FOLDER)[_name(digest)])
    gone = [of_definition(json.loads(line)) for line in sorted(kept - own.keys())]
    return RuleSet([*gone, *(rule for line, rule in own.items() if line not in kept)])


def bears(rules: RuleSet, texts: Iterable[str]) -> bool:
    """Whether a rule matches a line of one of the texts, whatever might come of it; the more alike, the faster."""
    views = (View(text, rules.gate) for text in texts)
    return any(view.calls and (any(rules.spans(view)) or rules.marks(view) or any(rules.flags(view))) for view in views)


def _told(rules: Iterable[Rule]) -> bytes:
    return b"".join(sorted(_line(rule) for rule in rules))


def _line(rule: Rule) -> bytes:
    return f"{json.dumps(rule.definition, sort_keys=True, ensure_ascii=False)}\n".encode()


def _lines(told: bytes) -> set[bytes]:
    return set(told.splitlines(keepends=True))


def _name(digest: str) -> str:
    return f"{_FOLDER}/{digest}"
