"""The account of a run: what came in, what became of it, and which rules did it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cleaner.dedup import Found
from cleaner.document import Document
from cleaner.duplicates import Remembering
from cleaner.errors import AccountError
from cleaner.quality import Tally, distribution
from cleaner.report.accounts import NO_HANZI, Account, by_kind
from cleaner.report.facts import FORMAT, Facts, Failure, facts
from cleaner.report.table import Listed
from cleaner.sinks import safe_name
from cleaner.versions import Versions

_NO_CHARACTERS: Final = {"source": 0, "text": 0, "removed": 0, "replaced": 0, "put_in": 0, "flagged": 0}
_REASONS: Final = 30  # that are counted by themselves, for crawls have types of all sorts
_LISTED: Final = 100  # records of one container that are listed as dropped, or as failed; its report rows have all


@dataclass
class _Container:
    """The sums of a container's records, for there may be very many."""

    outcomes: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    hanzi: Counter[str] = field(default_factory=lambda: Counter(NO_HANZI))
    listed: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)

    def facts(self, name: str) -> Facts:
        return {
            "name": name,
            **_written_as(name),
            "outcomes": {key: self.outcomes[key] for key in sorted(self.outcomes) if self.outcomes[key]},
            "characters": dict(self.characters),
            "hanzi": dict(self.hanzi),
            "passed": self.passed.total(),
            "passed_for": {reason: self.passed[reason] for reason in sorted(self.passed)},
        }


def _written_as(name: str) -> Facts:
    """The name that outputs of an input have, if it isn't the input's own."""
    safe = safe_name(name)
    return {} if safe == name else {"written_as": safe}


@dataclass
class Summary:
    """Grows by `add` and `fail` while a run goes on; `facts` is what `summary.json` holds.

    Of a file that is no container `files` holds what became of it; of the records of a container `containers` holds
    sums alone, and only the first that are dropped or fail are listed. `known` counts those that an earlier run had
    cleaned; what a run writes doesn't say it, for that is the same whether it was cut short or not.
    """

    settings: Mapping[str, str]
    files: list[Facts] = field(default_factory=list)
    dropped: list[Facts] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    duplicates: Found | None = None
    remembering: Remembering | None = None
    versions: Versions | None = None
    listed: Listed = field(default_factory=Listed)
    known: int = 0
    _accounts: Counter[str] = field(default_factory=Counter)
    _characters: Counter[str] = field(default_factory=lambda: Counter(_NO_CHARACTERS))
    _hanzi: Counter[str] = field(default_factory=lambda: Counter(NO_HANZI))
    _figures: Tally = field(default_factory=Tally)
    _rules: dict[str, Counter[str]] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)  # of each document in `files`, by its name
    _containers: dict[str, _Container] = field(default_factory=dict)

    def expect(self, container: str) -> None:
        """Take note of a container, which may hold nothing."""
        self._sums(container)

    def add(self, document: Document, *, container: str = "") -> None:
        """Count a document that was written or dropped; `container` is the name of what it is a record of, if any."""
        self.count(Account.of(facts(document)), container=container)

    def count(self, account: Account, *, container: str = "") -> None:
        """Count a document by its account, as `add` does."""
        self._figures.add(account.quality)
        if not container:
            self._places[account.name] = len(self.files)
            self.files.append({"name": account.name, "quality": account.quality._asdict()})
        self._count(account, container)

    def revise(self, before: Account, after: Account, *, container: str = "") -> None:
        """Count a document that was added as it is now, after edits that leave its figures of quality as they were."""
        for rule, counts in before.rules.items():
            self._rules[rule].subtract({**counts, "files": 1})
        self._accounts[before.fate] -= 1
        self._characters.subtract(before.characters)
        self._hanzi.subtract(before.hanzi)
        if container:
            self._containers[container].outcomes[before.outcome] -= 1
            self._containers[container].characters.subtract(before.characters)
            self._containers[container].hanzi.subtract(before.hanzi)
        self._count(after, container)

    def _count(self, account: Account, container: str) -> None:
        self._accounts[account.fate] += 1
        self._characters.update(account.characters)
        self._hanzi.update(account.hanzi)
        if account.fate == "dropped" and self._is_listed("dropped", container):
            self.dropped.append({"name": account.name, "rule": account.dropped[0], "why": account.dropped[1]})
        if container:
            self._sums(container).outcomes[account.outcome] += 1
            self._sums(container).characters.update(account.characters)
            self._sums(container).hanzi.update(account.hanzi)
        else:
            self.files[self._places[account.name]].update(
                outcome=account.outcome, characters=account.characters, hanzi=dict(account.hanzi)
            )
        for rule, counts in account.rules.items():
            sums = self._rules.get(rule)
            if sums is None:
                sums = self._rules[rule] = Counter(files=0)
            sums["files"] += 1
            for what, number in counts.items():
                sums[what] += number

    def fail(self, failure: Failure, *, container: str = "") -> None:
        """Count an input, or a record of a container, that could not be cleaned."""
        self._accounts["failed"] += 1
        if container:
            self._sums(container).outcomes["failed"] += 1
        if self._is_listed("failed", container):
            self.failures.append(failure)

    def skip(self, container: str, reason: str = "", times: int = 1) -> None:
        """Count a record, or some, of a container that is no input, and why."""
        passed = self._sums(container).passed
        reason = reason or "no text"
        passed[reason if reason in passed or len(passed) < _REASONS else "other"] += times

    def accounts(self) -> dict[str, int]:
        """What came in, and what became of it: in = written + dropped + failed."""
        written, dropped, failed = (self._accounts[name] for name in ("written", "dropped", "failed"))
        return {"in": written + dropped + failed, "written": written, "dropped": dropped, "failed": failed}

    def check(self, came: int, written: int) -> None:
        """Raises `AccountError` unless all that came in is accounted for, and as many texts went out as were to."""
        accounts = self.accounts()
        if (accounts["in"], accounts["written"]) != (came, written):
            told = "{in} in = {written} written + {dropped} dropped + {failed} failed".format_map(accounts)
            raise AccountError(
                f"the account does not balance: {came} came in and {written} texts went out, and it says {told}; "
                "run this again with an empty OUT, and report this as a fault of the package if it stays"
            )

    @property
    def characters(self) -> dict[str, int]:
        """Characters of all sources and texts, and those removed, replaced, put in and flagged."""
        return dict(self._characters)

    @property
    def has_failures(self) -> bool:
        """Whether anything could not be cleaned."""
        return self._accounts["failed"] > 0

    def _sums(self, container: str) -> _Container:
        sums = self._containers.get(container)
        if sums is None:
            sums = self._containers[container] = _Container(characters=Counter(_NO_CHARACTERS))
        return sums

    def _is_listed(self, what: str, container: str) -> bool:
        if not container:
            return True
        listed = self._sums(container).listed
        listed[what] += 1
        return listed[what] <= _LISTED

    def kinds(self) -> dict[str, dict[str, int]]:
        """By kind of rule, sorted: the sums of what their rules count."""
        return by_kind(self._rules)

    def facts(self) -> Facts:
        """The account, deterministic: inputs in the order of their names, no clock, no path.

        `versions` says what the result depends on besides its inputs, as `Versions` does. `files` lists what was read,
        dropped or not, and `dropped` says why; `containers`, if there are any, sums up the records of each; of both,
        `written_as` is the name that outputs have instead of an unsafe one. `quality` is the distribution of each
        figure over all of them, `duplicates` counts what `duplicates.jsonl` lists. `attention` counts documents that
        need a human, and `suspicious` are the rows of the table that someone should look at first.
        """
        containers = [sums.facts(name) for name, sums in self._containers.items()]
        return {
            "format": FORMAT,
            "settings": dict(self.settings),
            "versions": self.versions._asdict() if self.versions else {},
            "accounts": self.accounts(),
            "characters": self.characters,
            "hanzi": dict(self._hanzi),
            "kinds": self.kinds(),
            "rules": {rule: dict(self._rules[rule]) for rule in sorted(self._rules)},
            "quality": distribution(self._figures),
            "files": [{**file, **_written_as(file["name"])} for file in self.files],
            **({"containers": containers} if containers else {}),
            "dropped": self.dropped,
            "failures": [failure.facts() for failure in self.failures],
            "attention": self.listed.counts(),
            "suspicious": [row.facts() for row in self.listed.first],
            "duplicates": self.duplicates.facts() if self.duplicates else {},
            "index": self.remembering._asdict() if self.remembering else {},
        }
