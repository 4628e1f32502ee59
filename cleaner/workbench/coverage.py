"""What the rules did in a run: which found nothing, and which took more than furniture. Next: `documenting`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final, NamedTuple

from cleaner.amounts import amount
from cleaner.document import Document, Edit, Layer
from cleaner.finished import FinishedRun, Told
from cleaner.pipeline import Cleaner
from cleaner.shapes import speaks
from cleaner.structure import rows_of
from cleaner.tagger.features import visible
from cleaner.units import View
from cleaner.verdicts import Verdict, verdicts_at
from cleaner.versions import Versions

FEWEST: Final = 3  # removals of a rule, or documents that it bears on, before shares say anything
INSIDE: Final = 0.25  # share of removals between sentences: furniture mostly stands around an article
LONG: Final = 60  # letters; furniture is shorter, and what is longer may be a paragraph
LONG_SHARE: Final = 0.1  # of removals that are so long
TIMES: Final = 5  # times the letters per document that rules commonly remove
SPREAD: Final = 0.5  # share of documents: one site's furniture, or a word that all articles use
ENOUGH: Final = 20  # documents of a run before the share that a rule bears on says anything


@dataclass
class Uses:
    """What one rule did in a run: edits, documents, removed characters; and of its removals how many are suspicious.

    `removals` are edits that removed letters or digits, addresses of links left out, and `letters` are these; of them
    `inside` stood between sentences of the clean text, and `long` were longer than furniture is. `wrong` are edits
    that reviewers called so.
    """

    edits: int = 0
    documents: int = 0
    removed: int = 0
    removals: int = 0
    letters: int = 0
    inside: int = 0
    long: int = 0
    wrong: int = 0


class Eager(NamedTuple):
    """A rule that may take more than it should, and why."""

    rule: str
    uses: Uses
    why: tuple[str, ...]


@dataclass
class Coverage:
    """What a run says of rules: those without any edit, and those that are over-eager, the worst first.

    `documents` is how many were cleaned, dropped ones with them; `is_of_run` says whether the run had the very rules.
    `built_in` names what the run found by no rule of the rule files: of that there is no list, so none of it is dead.
    """

    documents: int
    is_of_run: bool = True
    uses: dict[str, Uses] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    built_in: list[str] = field(default_factory=list)
    eager: list[Eager] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """The same for programs."""
        told = [{"rule": each.rule, "why": list(each.why), **_facts(each.uses)} for each in self.eager]
        uses = {rule: _facts(self.uses[rule]) for rule in sorted(self.uses)}
        return {
            "documents": self.documents,
            "is_of_run": self.is_of_run,
            "dead": self.dead,
            "built_in": self.built_in,
            "eager": told,
            "rules": uses,
        }


def _facts(uses: Uses) -> dict[str, int]:
    return {name: getattr(uses, name) for name in Uses.__dataclass_fields__}


def coverage(run: FinishedRun, cleaner: Cleaner) -> Coverage:
    """What a cleaner's rules did in a run, and what is built in; all its reports are read.

    Raises `ReportError` or OSError where one is gone.
    """
    accounts, versions = run.summary["accounts"], run.summary["versions"]
    is_of_run = versions.get("rules") == Versions.of_cleaner(cleaner).rules
    found = Coverage(accounts["written"] + accounts["dropped"], is_of_run)
    names = [rule.name for rule in cleaner.rules.rules]
    found.built_in = sorted(run.summary["rules"].keys() - set(names))
    for name in (*names, *found.built_in):
        told = run.summary["rules"].get(name, {})
        found.uses[name] = Uses(told.get("edits", 0), told.get("files", 0), told.get("removed", 0))
    for told in run.told():
        _look(told, found.uses)
    for verdict in verdicts_at(run.output).values():
        _judge(verdict, found.uses)
    found.dead = sorted(name for name in names if not found.uses[name].edits)
    usual = _usual(found.uses[name] for name in names)
    eager = (
        Eager(name, uses, tuple(_why(uses, usual, 0 if name in found.built_in else found.documents)))
        for name, uses in found.uses.items()
    )
    found.eager = sorted((each for each in eager if each.why), key=_rank)
    return found


def _rank(each: Eager) -> tuple[int, int, str]:
    return -each.uses.wrong, -len(each.why), each.rule


def _judge(verdict: Verdict, uses: dict[str, Uses]) -> None:
    if verdict.rule in uses:
        uses[verdict.rule].wrong += not verdict.is_right


def _usual(uses: Iterable[Uses]) -> float:
    """The letters per document that the rule in the middle removes; 0 where none removes any."""
    return median([each.letters / each.documents for each in uses if each.letters and each.documents] or [0.0])


def _why(uses: Uses, usual: float, documents: int) -> Iterator[str]:
    """Why a rule may take too much; `documents` is 0 for what is built in: whole sites have its damage."""
    removing = f"{amount(uses.removals, 'edit')} removed words, and {{}}"
    if uses.wrong:
        yield f"reviewers called {uses.wrong} of its edits wrong"
    if uses.removals >= FEWEST and uses.inside > INSIDE * uses.removals:
        yield removing.format(f"{uses.inside:,} of these stood between sentences of the article")
    if uses.long and uses.long > LONG_SHARE * uses.removals:
        yield removing.format(f"{uses.long:,} of these more than {LONG} letters each")
    if uses.documents >= FEWEST and usual and uses.letters > TIMES * usual * uses.documents:
        yield f"removed {uses.letters / uses.documents:.0f} letters a document, where {usual:.0f} are usual"
    if documents >= ENOUGH and uses.documents > SPREAD * documents:
        yield f"bears on {uses.documents} of {documents} documents"


# --- one document ----------------------------------------------------------------------------------------------


def _look(told: Told, uses: dict[str, Uses]) -> None:
    """Take note of where the removals of rules stood in a document that was written."""
    if not told.has_document or told.outcome == "dropped" or not told.facts["rules"].keys() & uses.keys():
        return
    document = told.document()
    places = _removals(document, uses)
    if not places:
        return
    first, last = _article(document.text)
    for edit, place in places:
        said = sum(map(str.isalnum, visible(edit.old)))
        if said:
            known = uses[edit.rule]
            known.removals += 1
            known.letters += said
            known.inside += first < place <= last
            known.long += said > LONG


def _article(text: str) -> tuple[int, int]:
    """(first, last) of the places where lines begin that say a sentence; past each other where none does."""
    view = View(text)
    places = [view.lines[row.line].start for row in rows_of(view, {}) if speaks(row)]
    return (places[0], places[-1]) if places else (len(text), -1)


def _removals(document: Document, uses: dict[str, Uses]) -> list[tuple[Edit, int]]:
    """The edits by which rules removed something, and where that stood, as a place in the clean text."""
    found: list[tuple[Edit, int]] = []
    for layer in document.layers:
        ahead = _Ahead(layer)
        found = [(edit, ahead.of(place)) for edit, place in found]
        found += [(edit, ahead.of(edit.start)) for edit in layer if edit.rule in uses and edit.old and not edit.new]
    return found


class _Ahead:
    """Finds the place in the text after a layer for a place in the text before it, by bisection."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._starts = [edit.start for edit in layer]
        self._shifts = [0]
        for edit in layer:
            self._shifts.append(self._shifts[-1] + len(edit.new) - len(edit.old))

    def of(self, place: int) -> int:
        at = bisect_right(self._starts, place)
        if at and place < self._layer[at - 1].end:  # within an edit: where what it became begins
            return self._layer[at - 1].start + self._shifts[at - 1]
        return place + self._shifts[at]
