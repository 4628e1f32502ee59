"""What the documents of a site share, with places and examples: the second pass. Next: `drafts`, which writes rules.

The first pass only counts. This one knows the counts, so it keeps texts of shared lines alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, Literal, NamedTuple

from cleaner.document import Document
from cleaner.gate import Gate
from cleaner.rules import RuleSet
from cleaner.templates import Counts, Share
from cleaner.templates.keys import Row, is_sentence, rows
from cleaner.templates.lines import Finding, Outcome, findings
from cleaner.templates.segments import Fused, shared_chains
from cleaner.units import View

Form = Literal["line", "head", "tail"]
Key = str | tuple[str, ...]

_PLACES: Final = 3
_VARIANTS: Final = 50  # texts of one template, enough to see what varies
_CONTEXTS: Final = 3
_SENTENCES: Final = 20_000  # of articles, kept to look for ones that resemble a template
_SENTENCES_OF_ONE: Final = 40  # of one document, so that a long one doesn't fill them all
_CONTEXT_LENGTH: Final = 120  # letters of an article shown around a template
_SENTENCE: Final = re.compile(r"[^。！？!?\n]+[。！？!?]+[”’」』]?")
_SHORTEST, _LONGEST_SAID = 8, 80  # letters of a sentence that is shown
_RESIDUE: Final = re.compile(
    r"https?:|[][<>{}*_`#|\\]|^[^\w“‘「『《(（]"
)  # what sets a sentence apart from plain prose
_GRAM: Final = 3  # letters that a sentence and a template share at least to be alike
_LOOKALIKES: Final = 4


class Context(NamedTuple):
    """A template where it stands: the run of shared lines it is in, and the line of the article beside it."""

    run: tuple[str, ...]
    place: int  # of the template in the run
    article: str
    is_above: bool  # whether the run stands above the article
    is_joined: bool = False  # whether both stand on one line


@dataclass
class Template:
    """A line, or a chain of segments at one end of a line, that documents share."""

    form: Form
    key: Key
    share: Share
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    beside: int = 0  # places at which it stands with other shared lines
    reasons: Counter[str] = field(default_factory=Counter)  # why it doesn't go
    marked: Counter[str] = field(default_factory=Counter)  # rules in use that mark it
    places: list[str] = field(default_factory=list)  # document:line, the first three of the group that `share` is of
    texts: dict[str, str] = field(default_factory=dict)  # its fold, as found, with the text itself
    contexts: list[Context] = field(default_factory=list)
    lookalikes: list[str] = field(default_factory=list)
    block: tuple[str, ...] = ()  # the keys of the lines it most often goes with, its own among them, in order

    @property
    def going(self) -> float:
        """The share of its places at which it goes, 0 to 1."""
        return self.outcomes[Outcome.GOES] / self.outcomes.total()

    @property
    def sample(self) -> str:
        """One of its texts."""
        return next(iter(self.texts.values()))

    @property
    def is_sentence(self) -> bool:
        """Whether it says a sentence."""
        return is_sentence(next(iter(self.texts)))


class Miner:
    """Gathers the shared lines and segments of documents that were counted before; `rules` are those in use."""

    def __init__(self, counts: Counts, rules: RuleSet) -> None:
        self._counts, self._rules = counts, rules
        self._templates: dict[tuple[Form, Key], Template] = {}
        self._runs: Counter[tuple[str, ...]] = Counter()
        self._sentences: dict[str, None] = {}

    def add(self, document: Document, groups: Iterable[str]) -> None:
        """Look through one document, repaired as it was when counted."""
        view, known = View(document.text, self._rules.gate), self._counts.known(groups)
        page = rows(view)
        marks = self._rules.marks(view)
        found = findings(page, known, marks)
        shared = {finding.row.line for finding in found}
        article = [row for row in page if row.line not in shared and row.is_text and is_sentence(row.text)]
        for finding in found:
            template = self._add_line(document, view, finding, found, article)
            template.marked.update([marks[finding.row.line].name] if finding.row.line in marks else ())
        for fused in shared_chains(view, known):
            self._add_fused(document, view, fused)
        self._add_runs(found)
        self._add_sentences(view, article)

    def templates(self) -> list[Template]:
        """All templates, the most frequent first, lines of one block together, with sentences that look alike."""
        self._find_lookalikes()
        self._name_blocks()
        ordered: dict[tuple[Form, Key], Template] = {}
        for name, template in sorted(self._templates.items(), key=lambda item: _rank(item[1])):
            for key in template.block:
                ordered.setdefault(("line", key), self._templates["line", key])
            ordered.setdefault(name, template)
        return list(ordered.values())

    def _name_blocks(self) -> None:
        """Tell each line the run that it most often goes in; of equal ones the longest."""
        for run, _ in sorted(self._runs.items(), key=lambda item: (-item[1], -len(item[0]), item[0])):
            for key in run if len(run) > 1 else ():
                template = self._templates["line", key]
                template.block = template.block or run

    def _add_line(
        self, document: Document, view: View, finding: Finding, found: list[Finding], article: list[Row]
    ) -> Template:
        row = finding.row
        assert row.key
        template = self._template("line", row.key, finding.share)
        self._note(template, document, view.line_span(row.line)[0], finding.outcome, finding.share)
        template.beside += finding.is_beside
        if finding.outcome is not Outcome.GOES:
            template.reasons[finding.why.rpartition("; ")[2]] += 1
        if len(template.texts) < _VARIANTS:
            template.texts.setdefault(row.text, view.line_text(row.line))
        if finding.outcome is not Outcome.STAYS and len(template.contexts) < _CONTEXTS:
            template.contexts += _contexts(view, finding, found, article)
        return template

    def _add_fused(self, document: Document, view: View, fused: Fused) -> None:
        template = self._template(fused.chain.end, fused.chain.key, fused.share)
        outcome = Outcome.GOES if fused.chain.is_firm else Outcome.DOUBTFUL
        self._note(template, document, fused.start, outcome, fused.share)
        if not fused.chain.is_firm:
            template.reasons["a sentence, which its author may have repeated"] += 1
        text = view.text[fused.start : fused.end]
        if len(template.texts) < _VARIANTS:
            template.texts.setdefault(view.folded[fused.start : fused.end], text)
        if len(template.contexts) < _CONTEXTS:
            rest = _rest(view, fused)
            template.contexts += [Context((text,), 0, rest, fused.chain.end == "head", is_joined=True)] if rest else []

    def _template(self, form: Form, key: Key, share: Share) -> Template:
        template = self._templates.setdefault((form, key), Template(form, key, share))
        before = template.share
        template.share = max(before, share, key=lambda known: (known.part, known.documents))
        if template.share.group != before.group:
            template.places.clear()
        return template

    def _note(self, template: Template, document: Document, place: int, outcome: Outcome, share: Share) -> None:
        template.outcomes[outcome] += 1
        if share.group == template.share.group and len(template.places) < _PLACES:
            line = document.source.count("\n", 0, document.source_place(place)) + 1
            template.places.append(f"{document.name}:{line}")

    def _add_runs(self, found: list[Finding]) -> None:
        going = [finding for finding in found if finding.outcome is Outcome.GOES]
        self._runs.update(tuple(dict.fromkeys(str(item.row.key) for item in run)) for run in _runs(going))

    def _add_sentences(self, view: View, article: list[Row]) -> None:
        if len(self._sentences) < _SENTENCES:
            texts = (view.line_text(row.line) for row in article)
            said = [sentence for text in texts for sentence in said_in(text)]
            self._sentences.update(dict.fromkeys(said[:_SENTENCES_OF_ONE]))

    def _find_lookalikes(self) -> None:
        """Give each template the sentences of articles that share most of its words."""
        templates = list(self._templates.values())
        owners: dict[str, list[int]] = {}
        for number, template in enumerate(templates):
            for gram in _grams(next(iter(template.texts))):
                owners.setdefault(gram, []).append(number)
        gate = Gate(owners)
        alike: dict[int, list[tuple[int, str]]] = {}
        for sentence in self._sentences:
            hits = {gate.literals[literal] for literal, _, _ in gate.hits(View(sentence).folded)}
            for number, shared in Counter(owner for gram in hits for owner in owners[gram]).items():
                alike.setdefault(number, []).append((-shared, sentence))
        for number, sentences in alike.items():
            templates[number].lookalikes = [sentence for _, sentence in sorted(sentences)[:_LOOKALIKES]]


def _rank(template: Template) -> tuple[bool, int, str]:
    return template.form != "line", -template.share.documents, str(template.key)


def _runs(going: list[Finding]) -> Iterator[list[Finding]]:
    """The findings that go, those of one run together."""
    for _, run in groupby(going, key=lambda finding: finding.run):
        yield list(run)


def _contexts(view: View, finding: Finding, found: list[Finding], article: list[Row]) -> list[Context]:
    """The context of a finding, in a list; empty if no line of the article is short enough to be shown."""
    going = [item for item in found if item.outcome is Outcome.GOES]
    run = next((run for run in _runs(going) if finding in run), [finding])
    line = finding.row.line
    above = [view.line_text(row.line) for row in article if row.line < line][: -_NEAR - 1 : -1]
    below = [view.line_text(row.line) for row in article if row.line > line][:_NEAR]
    shown = next(filter(None, (shortened(text, at_end=bool(above)) for text in above or below)), "")
    texts = tuple(view.line_text(item.row.line) for item in run)
    return [Context(texts, run.index(finding), shown, not above)] if shown else []


_NEAR: Final = 5  # lines of the article, nearest first, of which one should do as an example


def said_in(text: str) -> list[str]:
    """The plain sentences of a line, neither very short nor very long."""
    sentences = (match[0].strip() for match in _SENTENCE.finditer(text))
    return [said for said in sentences if _SHORTEST <= len(said) <= _LONGEST_SAID and not _RESIDUE.search(said)]


def shortened(text: str, *, at_end: bool) -> str:
    """A line of an article, or one of its plain sentences if it is long; empty if it has none."""
    if len(text) <= _CONTEXT_LENGTH and not _RESIDUE.search(text):
        return text
    said = said_in(text)
    return said[-1 if at_end else 0] if said else ""


def _rest(view: View, fused: Fused) -> str:
    """The sentence of the article that a fused chain touches."""
    if fused.chain.end == "head":
        end = view.text.find("\n", fused.end)
        return shortened(view.text[fused.end : end if end >= 0 else None].strip(), at_end=False)
    start = view.text.rfind("\n", 0, fused.start) + 1
    return shortened(view.text[start : fused.start].strip(), at_end=True)


def _grams(text: str) -> set[str]:
    """The letters of a text in threes."""
    return {
        gram
        for place in range(len(text) - _GRAM + 1)
        if (gram := text[place : place + _GRAM]).isalpha() and not gram.isascii()
    }
