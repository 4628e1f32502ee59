"""The account of a run: what came in, what became of it, and which rules did it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cleaner.dedup import Found
from cleaner.document import Document
from cleaner.duplicates import Remembering
from cleaner.quality import Tally, distribution, figures, is_dropped
from cleaner.report.facts import FORMAT, Facts, Failure, by_rule, outcome, totals
from cleaner.versions import Versions

_NO_CHARACTERS: Final = {"source": 0, "text": 0, "removed": 0, "replaced": 0, "flagged": 0}
_REASONS: Final = 30  # that are counted by themselves, for crawls have types of all sorts
_LISTED: Final = 100  # records of one container that are listed as dropped, or as failed; its report rows have all


@dataclass
class _Container:
    """The sums of a container's records, for there may be very many."""

    outcomes: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)

    def facts(self, name: str) -> Facts:
        return {
            "name": name,
            "outcomes": {key: self.outcomes[key] for key in sorted(self.outcomes) if self.outcomes[key]},
            "characters": dict(self.characters),
            "passed": self.passed.total(),
            "passed_for": {reason: self.passed[reason] for reason in sorted(self.passed)},
        }


@dataclass
class Summary:
    """Grows by `add` and `fail` while a run goes on; `facts` is what `summary.json` holds.

    Of a file that is no container `files` holds what became of it; of the records of a container `containers` holds
    sums alone, and only the first that are dropped or fail are listed.
    """

    settings: Mapping[str, str]
    files: list[Facts] = field(default_factory=list)
    dropped: list[Facts] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    duplicates: Found | None = None
    remembering: Remembering | None = None
    versions: Versions | None = None
    _accounts: Counter[str] = field(default_factory=Counter)
    _characters: Counter[str] = field(default_factory=lambda: Counter(_NO_CHARACTERS))
    _figures: Tally = field(default_factory=Tally)
    _rules: dict[str, Counter[str]] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)  # of each document in `files`, by its name
    _containers: dict[str, _Container] = field(default_factory=dict)

    def expect(self, container: str) -> None:
        """Take note of a container, which may hold nothing."""
        self._sums(container)

    def add(self, document: Document, *, container: str = "") -> None:
        """Count a document that was written or dropped; `container` is the name of what it is a record of, if any."""
        quality = figures(document)
        self._figures.add(quality)
        if not container:
            self._places[document.name] = len(self.files)
            self.files.append({"name": document.name, "quality": quality._asdict()})
        self._count(document, container)

    def revise(self, before: Document, after: Document, *, container: str = "") -> None:
        """Count a document that was added as it is now, after edits that leave its figures of quality as they were."""
        for rule, counts in by_rule(before.edits).items():
            self._rules[rule].subtract({**counts, "files": 1})
        self._accounts[_account(before)] -= 1
        characters = _characters(before)
        self._characters.subtract(characters)
        if container:
            self._containers[container].outcomes[outcome(before)] -= 1
            self._containers[container].characters.subtract(characters)
        self._count(after, container)

    def _count(self, document: Document, container: str) -> None:
        edits, characters = document.edits, _characters(document)
        self._accounts[_account(document)] += 1
        self._characters.update(characters)
        if is_dropped(document) and self._is_listed("dropped", container):
            self.dropped.append({"name": document.name, "rule": edits[-1].rule, "why": edits[-1].why})
        if container:
            self._sums(container).outcomes[outcome(document)] += 1
            self._sums(container).characters.update(characters)
        else:
            self.files[self._places[document.name]].update(outcome=outcome(document), characters=characters)
        for rule, counts in by_rule(edits).items():
            self._rules.setdefault(rule, Counter(files=0)).update({**counts, "files": 1})

    def fail(self, failure: Failure, *, container: str = "") -> None:
        """Count an input, or a record of a container, that could not be cleaned."""
        self._accounts["failed"] += 1
        if container:
            self._sums(container).outcomes["failed"] += 1
        if self._is_listed("failed", container):
            self.failures.append(failure)

    def skip(self, container: str, reason: str = "") -> None:
        """Count a record of a container that is no input, and why."""
        passed = self._sums(container).passed
        reason = reason or "no text"
        passed[reason if reason in passed or len(passed) < _REASONS else "other"] += 1

    def accounts(self) -> dict[str, int]:
        """What came in, and what became of it: in = written + dropped + failed."""
        written, dropped, failed = (self._accounts[name] for name in ("written", "dropped", "failed"))
        return {"in": written + dropped + failed, "written": written, "dropped": dropped, "failed": failed}

    @property
    def characters(self) -> dict[str, int]:
        """Characters of all sources and texts, and those removed, replaced and flagged."""
        return dict(self._characters)

    @property
    def has_failures(self) -> bool:
        """Whether anything could not be cleaned."""
        return self._accounts["failed"] > 0

    def _sums(self, container: str) -> _Container:
        return self._containers.setdefault(container, _Container(characters=Counter(_NO_CHARACTERS)))

    def _is_listed(self, what: str, container: str) -> bool:
        if not container:
            return True
        listed = self._sums(container).listed
        listed[what] += 1
        return listed[what] <= _LISTED

    def kinds(self) -> dict[str, dict[str, int]]:
        """By kind of rule, sorted: edits, characters removed, replaced and flagged."""
        kinds: dict[str, Counter[str]] = {}
        for rule, counts in self._rules.items():
            kinds.setdefault(rule.partition("/")[0], Counter()).update(
                {key: n for key, n in counts.items() if key != "files"}
            )
        return {kind: dict(kinds[kind]) for kind in sorted(kinds)}

    def facts(self) -> Facts:
        """The account, deterministic: inputs in the order of their names, no clock, no path.

        `versions` says what the result depends on besides its inputs, as `Versions` does. `files` lists what was read,
        dropped or not, and `dropped` says why; `containers`, if there are any, sums up the records of each; `quality`
        is the distribution of each figure over all of them, `duplicates` counts what `duplicates.jsonl` lists.
        """
        containers = [sums.facts(name) for name, sums in self._containers.items()]
        return {
            "format": FORMAT,
            "settings": dict(self.settings),
            "versions": self.versions._asdict() if self.versions else {},
            "accounts": self.accounts(),
            "characters": self.characters,
            "kinds": self.kinds(),
            "rules": {rule: dict(self._rules[rule]) for rule in sorted(self._rules)},
            "quality": distribution(self._figures),
            "files": self.files,
            **({"containers": containers} if containers else {}),
            "dropped": self.dropped,
            "failures": [failure.facts() for failure in self.failures],
            "duplicates": self.duplicates.facts() if self.duplicates else {},
            "index": self.remembering._asdict() if self.remembering else {},
        }


def _characters(document: Document) -> dict[str, int]:
    return {"source": len(document.source), "text": len(document.text), **totals(document.edits)}


def _account(document: Document) -> str:
    return "dropped" if is_dropped(document) else "written"
