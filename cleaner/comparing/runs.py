"""What two runs over the same inputs made differently: which documents, by which rules, in all. Next: `page`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from cleaner.comparing.documents import Difference, Now, Shown, differences, shown
from cleaner.comparing.pairing import Pair, pairs
from cleaner.finished import FinishedRun, Told
from cleaner.largest import Largest

_IN_FULL: Final = 100  # documents whose differences are shown, if nothing else is said
_SHOWN: Final = 40  # differences of one document
LISTED: Final = 1_000  # documents of each sort that are named; the rest is counted
_NOW: Final[tuple[Now, ...]] = ("removed", "kept", "otherwise")
RULE_FILES: Final = "rule and site files (digest)"
_DIGITS: Final = 12  # of a digest: enough to see that two aren't the same
_NAMED: Final = 5  # rules
_WITHOUT_TEXT: Final = ("dropped", "failed", "passed")

Sort = Literal["same", "changed", "outcome", "source", "a alone", "b alone"]


class Changed(NamedTuple):
    """A document whose clean text is another one now: characters told differently, in sum and by rule.

    `rules` has for each rule those that it does more and those that it does less. Of its differences those that are
    `shown` stand here, `more` don't.
    """

    name: str
    container: str
    now: Mapping[Now, int]
    rules: Mapping[str, tuple[int, int]]
    shown: tuple[Shown, ...]
    more: int

    @property
    def size(self) -> int:
        """All characters told differently."""
        return sum(self.now.values())


class Moved(NamedTuple):
    """A document of which something else became, or which has another source: in the first run and in the second.

    `rule` is what dropped it, if one run did, and `why` says why it was dropped or failed.
    """

    name: str
    container: str
    a: str
    b: str
    rule: str = ""
    why: str = ""


@dataclass
class Comparison:
    """What `compared` found; lists hold the largest, or the first, and `counts` counts all.

    `characters` sums up what is now removed, kept or told otherwise in the second run, and `rules` has, by rule, the
    characters that it removes or changes now and didn't ("more"), those that it did and no longer does ("less"), and
    the documents it did either in.
    """

    a: FinishedRun
    b: FinishedRun
    in_full: int = _IN_FULL
    counts: Counter[Sort] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    moved: list[Moved] = field(default_factory=list)
    sources: list[Moved] = field(default_factory=list)
    alone: dict[str, list[str]] = field(default_factory=lambda: {"a": [], "b": []})
    _changed: Largest[Changed] = field(default_factory=lambda: Largest(LISTED))
    _full: Largest[Changed] | None = None

    @property
    def is_same(self) -> bool:
        """Whether both runs have the same documents with the same clean texts."""
        return self.counts.total() == self.counts["same"]

    @property
    def both(self) -> int:
        """How many documents both runs have."""
        return self.counts.total() - self.counts["a alone"] - self.counts["b alone"]

    @property
    def shown(self) -> list[Changed]:
        """The documents that changed most, with their differences."""
        return self._kept.items()

    @property
    def named(self) -> list[Changed]:
        """Those that changed less, without them; no more than `LISTED` with those that are shown."""
        return self._changed.items()[len(self.shown) :]

    @property
    def versions(self) -> list[tuple[str, str, str]]:
        """What the runs went by that isn't the same: its name, and what it was in the first and in the second.

        Of other rule or site files beside the digest, in short, the rules that did something in one run alone.
        """
        a, b = _went_by(self.a), _went_by(self.b)
        told = [(name, a.get(name, ""), b.get(name, "")) for name in sorted(a.keys() | b.keys())]
        told = [each for each in told if each[1] != each[2]]
        ours, theirs = (set(run.summary["rules"]) for run in (self.a, self.b))
        if ours != theirs and RULE_FILES in (name for name, _, _ in told):
            told.append(("rules that found something in one run alone", _some(ours - theirs), _some(theirs - ours)))
        return told

    def totals(self) -> list[tuple[str, int, int, int, int]]:
        """Of each rule that isn't the same: characters that it removed or replaced in all, in each run; more; less."""
        names = {rule for run in (self.a, self.b) for rule in run.summary["rules"]} | self.rules.keys()
        rows = ((rule, _in_all(self.a, rule), _in_all(self.b, rule), *self._moves(rule)) for rule in names)
        told = [row for row in rows if row[1] != row[2] or row[3] or row[4]]
        return sorted(told, key=lambda row: (-row[3] - row[4], -abs(row[2] - row[1]), row[0]))

    def add(self, pair: Pair) -> None:
        """Compare what both runs tell of a document; raises `ReportError` or OSError where that cannot be read."""
        a, b = pair
        if a is None or b is None:
            side = "a" if a else "b"
            self.counts["a alone" if a else "b alone"] += 1
            _keep(self.alone[side], pair.name)
        elif a.report == b.report:
            self.counts["same"] += 1
        else:
            self._add_other(a, b)

    def _add_other(self, a: Told, b: Told) -> None:
        if a.has_document and b.has_document and a.facts["source_sha256"] != b.facts["source_sha256"]:
            self.counts["source"] += 1
            _keep(self.sources, Moved(a.name, a.container, _source(a), _source(b)))
        elif a.outcome != b.outcome and {a.outcome, b.outcome}.intersection(_WITHOUT_TEXT):
            self._add_moved(a, b)
        elif _text(a) == _text(b):
            self.counts["same"] += 1
        else:
            self._add_changed(a, b)

    def _add_moved(self, a: Told, b: Told) -> None:
        rule, why = _reason(b if b.outcome in _WITHOUT_TEXT else a)
        self.counts["outcome"] += 1
        self.outcomes[a.outcome, b.outcome, rule] += 1
        _keep(self.moved, Moved(a.name, a.container, a.outcome, b.outcome, rule, why))

    def _add_changed(self, a: Told, b: Told) -> None:
        document = a.document()
        found = differences(document, b.document())
        rules = _by_rule(found)
        for rule, (more, less) in rules.items():
            self.rules.setdefault(rule, Counter()).update(more=more, less=less, documents=1)
        now = dict.fromkeys(_NOW, 0)
        for each in found:
            now[each.now] += each.size
        self.counts["changed"] += 1
        self.characters.update(now)
        told = Changed(a.name, a.container, now, rules, (), len(found))
        self._changed.add(told.size, a.name, told)
        if self._kept.has_room(told.size, a.name):
            largest = sorted(found, key=lambda each: -each.size)[:_SHOWN]
            seen = tuple(shown(document.source, each) for each in sorted(largest))
            self._kept.add(told.size, a.name, told._replace(shown=seen, more=len(found) - len(seen)))

    @property
    def _kept(self) -> Largest[Changed]:
        if self._full is None:
            self._full = Largest(self.in_full)
        return self._full

    def _moves(self, rule: str) -> tuple[int, int]:
        moves = self.rules.get(rule, Counter())
        return moves["more"], moves["less"]


def compared(
    a: FinishedRun, b: FinishedRun, *, in_full: int = _IN_FULL, tell: Callable[[int], None] = lambda done: None
) -> Comparison:
    """Everything that two runs made differently; `tell` hears how many documents were compared.

    Memory doesn't grow with them: what differs is summed up, and the `in_full` documents that changed most are kept.
    Raises `ReportError` or OSError where a report or text cannot be read.
    """
    comparison = Comparison(a, b, in_full)
    for done, pair in enumerate(pairs(a.told(), b.told()), 1):
        comparison.add(pair)
        tell(done)
    return comparison


def _keep(names: list[Any], item: object) -> None:
    if len(names) < LISTED:
        names.append(item)


def _by_rule(found: Iterable[Difference]) -> dict[str, tuple[int, int]]:
    rules: dict[str, list[int]] = {}
    for each in found:
        for at, did in enumerate((each.b, each.a)):
            if did.rule:
                rules.setdefault(did.rule, [0, 0])[at] += each.size
    ordered = sorted(rules.items(), key=lambda item: (-sum(item[1]), item[0]))
    return {rule: (more, less) for rule, (more, less) in ordered}


def _text(told: Told) -> object:
    """What tells the clean text of a document from another's: none has that of one without a text."""
    return told.facts.get("text_sha256")


def _reason(told: Told) -> tuple[str, str]:
    if told.outcome == "dropped":
        last = told.facts["layers"][-1][-1]
        return str(last["rule"]), str(last["why"])
    return "", str(told.facts.get("reason", ""))


def _source(told: Told) -> str:
    """What tells a source from another one, for people."""
    facts = told.facts
    return f"{facts['characters']['source']} characters, {facts['encoding'] or 'text'}"


def _in_all(run: FinishedRun, rule: str) -> int:
    counts = run.summary["rules"].get(rule, {})
    return int(counts.get("removed", 0)) + int(counts.get("replaced", 0))


def _went_by(run: FinishedRun) -> dict[str, str]:
    """What a run went by, by its name; of digests the beginning, and none of the settings, which are here."""
    versions = run.summary["versions"]
    told = {"package": str(versions.get("package", "")), RULE_FILES: str(versions.get("rules", ""))[:_DIGITS]}
    return {**{f"option {name}": str(value) for name, value in run.summary["settings"].items()}, **told}


def _some(rules: set[str]) -> str:
    return ", ".join([*sorted(rules)[:_NAMED], *([f"{len(rules) - _NAMED:,} more"] if len(rules) > _NAMED else [])])
