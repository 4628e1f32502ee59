"""The account of a run: what came in, what became of it, and which rules did it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from cleaner.dedup import Found
from cleaner.document import Document
from cleaner.duplicates import Remembering
from cleaner.quality import Quality, distribution, figures, is_dropped
from cleaner.report.facts import FORMAT, Facts, Failure, by_rule, outcome, totals


@dataclass
class Summary:
    """Grows by `add` and `fail` while a run goes on; `facts` is what `summary.json` holds."""

    settings: Mapping[str, str]
    files: list[Facts] = field(default_factory=list)
    dropped: list[Facts] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    duplicates: Found | None = None
    remembering: Remembering | None = None
    _figures: list[Quality] = field(default_factory=list)
    _rules: dict[str, Counter[str]] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)  # of each document in `files`, by its name

    def add(self, document: Document) -> None:
        """Count a document that was written or dropped."""
        quality = figures(document)
        self._figures.append(quality)
        self._places[document.name] = len(self.files)
        self.files.append({"name": document.name, "quality": quality._asdict()})
        self._count(document)

    def revise(self, before: Document, after: Document) -> None:
        """Count a document that was added as it is now, after edits that leave its figures of quality as they were."""
        for rule, counts in by_rule(before.edits).items():
            self._rules[rule].subtract({**counts, "files": 1})
        self._count(after)

    def _count(self, document: Document) -> None:
        edits = document.edits
        if is_dropped(document):
            self.dropped.append({"name": document.name, "rule": edits[-1].rule, "why": edits[-1].why})
        characters = {"source": len(document.source), "text": len(document.text), **totals(edits)}
        self.files[self._places[document.name]].update(outcome=outcome(document), characters=characters)
        for rule, counts in by_rule(edits).items():
            self._rules.setdefault(rule, Counter(files=0)).update({**counts, "files": 1})

    def fail(self, failure: Failure) -> None:
        """Count an input that could not be cleaned."""
        self.failures.append(failure)

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

        `files` lists what was read, dropped or not, and `dropped` says why; `quality` is the distribution of each
        figure over all of them, `duplicates` counts what `duplicates.jsonl` lists.
        """
        characters: Counter[str] = Counter(source=0, text=0, removed=0, replaced=0, flagged=0)
        for file in self.files:
            characters.update(file["characters"])
        return {
            "format": FORMAT,
            "settings": dict(self.settings),
            "accounts": {
                "in": len(self.files) + len(self.failures),
                "written": len(self.files) - len(self.dropped),
                "dropped": len(self.dropped),
                "failed": len(self.failures),
            },
            "characters": dict(characters),
            "kinds": self.kinds(),
            "rules": {rule: dict(self._rules[rule]) for rule in sorted(self._rules)},
            "quality": distribution(self._figures),
            "files": self.files,
            "dropped": self.dropped,
            "failures": [failure.facts() for failure in self.failures],
            "duplicates": self.duplicates.facts() if self.duplicates else {},
            "index": self.remembering._asdict() if self.remembering else {},
        }
