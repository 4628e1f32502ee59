"""How well a run removed what should go, by the right texts and by what reviewers said, in all. Next: `page`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import compress, islice
from typing import Any, Final, NamedTuple

from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.evaluating.gold import Gold
from cleaner.evaluating.scoring import Line, Score, score, shown, undropped
from cleaner.finished import FinishedRun, Told
from cleaner.largest import Largest
from cleaner.sources import begins_as_page
from cleaner.verdicts import Key, Verdict, key_of, verdicts_at

FORMAT: Final = 1  # raised when the meaning of a field changes
_FILES: Final = 10  # the worst of each rule, and of all
_LINES: Final = 5  # the worst of each of these
_WRONG: Final = 100  # edits that reviewers call wrong which are listed

Facts = dict[str, Any]


class Worst(NamedTuple):
    """A document with characters that went wrong, and its worst lines; `more` aren't listed.

    `elsewhere` of the characters were lost, and stand elsewhere in its clean text.
    """

    name: str
    container: str
    characters: int
    elsewhere: int
    lines: tuple[Line, ...]
    more: int

    @classmethod
    def of(cls, told: Told, lines: list[Line]) -> Worst:
        """What is listed of a document with such lines."""
        characters, elsewhere = (sum(getattr(line, what) for line in lines) for what in ("characters", "elsewhere"))
        listed = tuple(map(shown, lines[:_LINES]))
        return cls(told.name, told.container, characters, elsewhere, listed, len(lines) - len(listed))

    def facts(self) -> Facts:
        """The document as JSON has it."""
        lines = [
            {"line": each.number, "text": each.text, "characters": each.characters, "elsewhere": each.elsewhere}
            for each in self.lines
        ]
        return {
            "name": self.name, "container": self.container, "characters": self.characters, "elsewhere": self.elsewhere,
            "lines": lines, "more": self.more,
        }  # fmt: skip


@dataclass
class Evaluation:
    """What `evaluated` found; `facts` is what the JSON file says, and the page."""

    run: FinishedRun
    gold: Gold | None = None
    documents: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    verdicts: dict[Key, Verdict] = field(default_factory=dict)
    judged: Counter[str] = field(default_factory=Counter)
    wrong: list[Verdict] = field(default_factory=list)
    _lost: dict[str, Largest[Worst]] = field(default_factory=dict)
    _missed: Largest[Worst] = field(default_factory=lambda: Largest(_FILES))

    def add(self, told: Told, judged: Iterable[Verdict]) -> None:
        """Count a document; raises `ReportError` or OSError if its report or text cannot be read."""
        judged = list(judged)
        self.documents["in"] += 1
        gold = self.gold.text_for(told, self.run.output) if self.gold else None
        if not told.has_document:
            self.documents["without_text"] += gold is not None
        elif gold is not None:
            document = told.document()
            self._judge(document, judged)
            self.documents["compared"] += 1
            self.documents["dropped"] += told.outcome == "dropped"
            found = score(undropped(document), gold)
            self._doubt(gold, found)
            self._count(told, found)
        elif judged:
            self._judge(told.document(), judged)
        self.documents["without_gold"] += self.gold is not None and gold is None

    def _judge(self, document: Document, judged: list[Verdict]) -> None:
        made = {key_of(document, *origin) for origin in document.origins()} if judged else set()
        for verdict in judged:
            if verdict.key in made:
                what = "right" if verdict.is_right else "wrong"
                self.judged[what] += 1
                self._of(verdict.rule)[what] += 1
                if not verdict.is_right and len(self.wrong) < _WRONG:
                    self.wrong.append(verdict)

    def _doubt(self, gold: str, found: Score) -> None:
        """Count a right text that looks as if it were none."""
        kinds = {"pages": begins_as_page(gold), "apart": found.is_apart, "sources": found.is_source}
        self.doubts.update(islice(compress(kinds, kinds.values()), 1))

    def check(self) -> None:
        """Raises `InputError` if nothing was measured, for the right texts are none of these documents."""
        compared, gold = self.documents["compared"], self.gold
        if gold is None:
            return
        if not gold.used:
            raise gold.unmet(self.documents["in"], self.run.output)
        if not compared:
            raise InputError(f"{gold.place}: of the documents with a right text none was cleaned; give those of others")
        pages, apart, sources = (self.doubts[what] for what in _DOUBTS)
        if pages and 2 * (pages + sources + apart) > compared:
            raise InputError(
                f"{gold.place}: of {compared:,} right texts {pages:,} begin as HTML pages, and {sources:,} are sources "
                f"as they stand; give the texts that should come out, as plain as {self.run.output.folder}/text"
            )
        if 2 * apart > compared:
            raise InputError(
                f"{gold.place}: of {compared:,} right texts {apart:,} are mostly of something that neither the source "
                "nor the clean text of their document has; give right texts that are of these documents"
            )

    def _count(self, told: Told, found: Score) -> None:
        self.characters.update(found.sums())
        for rule, counts in found.by_rule().items():
            self._of(rule).update({**counts, "removed": counts["noise"] + counts["lost"]})
        by_rule: dict[str, list[Line]] = {}
        for line in found.lost_lines():
            by_rule.setdefault(line.rule, []).append(line)
        for rule, lines in by_rule.items():
            _put(self._lost.setdefault(rule, Largest(_FILES)), Worst.of(told, lines))
        if lines := found.missed_lines():
            _put(self._missed, Worst.of(told, lines))

    def _of(self, rule: str) -> Counter[str]:
        return self.rules.setdefault(rule, Counter())

    def facts(self) -> Facts:
        """The figures, deterministic: no clock, no path; shares are null where there is nothing that they are of."""
        kinds: dict[str, Counter[str]] = {}
        for rule, counts in self.rules.items():
            kinds.setdefault(rule.partition("/")[0], Counter()).update(counts)
        return {
            "format": FORMAT,
            "documents": {name: self.documents[name] for name in _DOCUMENTS},
            "gold": self._gold_facts(),
            "characters": {name: self.characters[name] for name in _CHARACTERS} if self.gold else None,
            "shares": self._shares(),
            "kinds": self._figures(kinds),
            "rules": self._figures(self.rules),
            "lost": self._lost_facts(),
            "missed": [worst.facts() for worst in self._missed.items()],
            "verdicts": {
                "right": self.judged["right"],
                "wrong": self.judged["wrong"],
                "outdated": len(self.verdicts) - self.judged.total(),
                "edits": sum(counts["edits"] for counts in self.run.summary.get("kinds", {}).values()),
            },
            "wrong": [
                {"container": self.run.container_of(each.name), **each._asdict(), "source": list(each.source)}
                for each in self.wrong
            ],
        }

    def _gold_facts(self) -> Facts | None:
        if self.gold is None:
            return None
        unused = max(0, self.gold.texts - self.gold.used)
        doubts = {what: self.doubts[what] for what in _DOUBTS}
        return {"texts": self.gold.texts, "unused": unused, "unread": self.gold.unread, **doubts}

    def _shares(self) -> Facts:
        sums, repaired = self.characters, Counter[str]()
        gone = sums["noise"] - sums["missed"]
        for counts in self.rules.values():
            repaired.update({name: counts[name] for name in ("repaired", "repaired_right")})
        return {
            "precision": _share(gone, gone + sums["lost"]),
            "recall": _share(gone, sums["noise"]),
            "article_kept": _share(sums["article"] - sums["lost"], sums["article"]),
            "repairs": _share(repaired["repaired_right"], repaired["repaired"]),
            "verdicts": _share(self.judged["right"], self.judged.total()),
        }

    def _figures(self, counted: Mapping[str, Counter[str]]) -> dict[str, Facts]:
        return {
            name: {
                **{what: counts[what] if self.gold else None for what in _COUNTS},
                **{what: counts[what] for what in _JUDGED},
                "precision": _share(counts["noise"] + counts["replaced"], counts["removed"] + counts["replaced"]),
                "recall": _share(counts["noise"] + counts["replaced"], self.characters["noise"]),
                "repairs": _share(counts["repaired_right"], counts["repaired"]),
                "verdicts": _share(counts["right"], counts["right"] + counts["wrong"]),
            }
            for name, counts in sorted(counted.items())
        }

    def _lost_facts(self) -> list[Facts]:
        lost = sorted(self._lost, key=lambda rule: (-_gone(self.rules[rule]), -self.rules[rule]["lost"], rule))
        return [
            {
                "rule": rule,
                "characters": self.rules[rule]["lost"],
                "elsewhere": self.rules[rule]["elsewhere"],
                "files": [worst.facts() for worst in self._lost[rule].items()],
            }
            for rule in lost
        ]


_DOCUMENTS: Final = ("in", "compared", "dropped", "without_gold", "without_text")
_DOUBTS: Final = ("pages", "apart", "sources")
_CHARACTERS: Final = ("article", "noise", "removed", "replaced", "missed", "lost", "elsewhere", "absent")
_COUNTS: Final = ("removed", "noise", "lost", "elsewhere", "replaced", "repaired", "repaired_right")
_JUDGED: Final = ("right", "wrong")


def evaluated(run: FinishedRun, gold: Gold | None, *, tell: Callable[[int], None] = lambda done: None) -> Evaluation:
    """The figures of a run, by right texts if there are any, and by verdicts in its folder; `tell` hears how far it is.

    Memory doesn't grow with the run. Raises `ReportError` or OSError where a report, text or verdict cannot be read,
    `InputError` where a right text may be that of several documents, and if they are of none, or of other texts.
    """
    verdicts = verdicts_at(run.output)
    judged: dict[str, list[Verdict]] = {}
    for verdict in verdicts.values():
        judged.setdefault(verdict.name, []).append(verdict)
    evaluation = Evaluation(run, gold, verdicts=verdicts)
    for done, told in enumerate(run.told(), 1):
        evaluation.add(told, judged.get(told.name, ()))
        tell(done)
    evaluation.check()
    return evaluation


def _put(largest: Largest[Worst], worst: Worst) -> None:
    largest.add(worst.characters - worst.elsewhere, worst.name, worst)


def _gone(counts: Counter[str]) -> int:
    """Characters of articles that were lost, and stand nowhere else."""
    return counts["lost"] - counts["elsewhere"]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
