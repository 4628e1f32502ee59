"""The figures of a run for people: lines for a terminal, and a page. With this the room ends; next: `reuse`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from cleaner.evaluating.runs import Evaluation, Facts
from cleaner.report.rendering import address_of, render

_RULES: Final = 10  # on a terminal: those that lost most
_FILES: Final = 3  # of each of these
_WHAT: Final = 60  # characters of a line
_KIND: Final = 24  # characters of the name of a kind
_NUMBER: Final = 9


def lines(evaluation: Evaluation) -> Iterator[str]:
    """The figures in lines; what was lost comes first, for that matters most, and the page has more of it."""
    facts = evaluation.facts()
    yield from counted(facts)
    yield from _lost(facts)
    yield from _missed(facts)
    yield from _table(facts)


def _table(facts: Facts) -> Iterator[str]:
    columns = columns_of(facts)
    yield " ".join([f"{'kind':<{_KIND}}", *(f"{each.head:>{each.width}}" for each in columns)])
    for name, figures in facts["kinds"].items():
        yield " ".join([f"{name:<{_KIND}}", *(f"{each.told(figures):>{each.width}}" for each in columns)])


class Column(NamedTuple):
    """A column of figures, on a terminal and on the page: its head, and the field that it shows."""

    head: str
    field: str

    @property
    def width(self) -> int:
        """How wide it is on a terminal."""
        return max(_NUMBER, len(self.head))

    def told(self, figures: Facts) -> str:
        """The figure of a rule or a kind, as people read it."""
        figure = figures[self.field]
        return f"{figure:,}" if isinstance(figure, int) and self.field not in _SHARES else shown_share(figure)


_SHARES: Final = ("precision", "recall", "repairs")
_BY_GOLD: Final = (
    Column("removed", "removed"), Column("precision", "precision"), Column("recall", "recall"), Column("lost", "lost"),
    Column("of it elsewhere", "elsewhere"),
)  # fmt: skip
_BY_REPAIRS: Final = Column("put in", "repaired"), Column("of it right", "repairs")
_BY_VERDICTS: Final = Column("judged right", "right"), Column("judged wrong", "wrong")


def columns_of(facts: Facts) -> list[Column]:
    """The columns of what was measured, by right texts or by verdicts; nothing else has a figure."""
    repaired = facts["shares"]["repairs"] is not None
    judged = facts["verdicts"]["right"] or facts["verdicts"]["wrong"]
    return [
        *(_BY_GOLD if facts["gold"] else ()),
        *(_BY_REPAIRS if facts["gold"] and repaired else ()),
        *(_BY_VERDICTS if judged else ()),
    ]


def counted(facts: Facts) -> Iterator[str]:
    """The figures of all documents, in sentences."""
    if facts["gold"]:
        yield from _by_gold(facts)
    given = facts["verdicts"]
    judged = given["right"] + given["wrong"]
    if judged or given["outdated"]:
        told = f", {given['outdated']:,} on edits that this run doesn't make" if given["outdated"] else ""
        yield (
            f"Verdicts: {given['right']:,} edits are right and {given['wrong']:,} wrong "
            f"({shown_share(facts['shares']['verdicts'])} right){told}. "
            f"That is {judged:,} of {given['edits']:,} edits, which people chose to judge; they were not drawn by "
            "chance, and say nothing of the rest."
        )


def _by_gold(facts: Facts) -> Iterator[str]:
    documents, gold, sums, shares = (facts[name] for name in ("documents", "gold", "characters", "shares"))
    yield (
        f"{documents['compared']:,} of {documents['in']:,} documents were held against a right text; "
        f"{documents['without_gold']:,} have none."
    )
    if documents["dropped"]:
        yield f"{documents['dropped']:,} of them were dropped, and count as they were before that."
    if documents["without_text"]:
        yield f"{documents['without_text']:,} have one, and were not cleaned."
    if gold["unused"] or gold["unread"]:
        yield f"Of the right texts {gold['unused']:,} are of no document, and {gold['unread']:,} could not be read."
    for what, told in _DOUBTS.items():
        if gold[what]:
            yield f"Look at the right texts: {gold[what]:,} of them {told}."
    yield (
        f"Removal: precision {shown_share(shares['precision'])}, recall {shown_share(shares['recall'])}: "
        f"of {sums['noise']:,} characters that should go, {sums['removed']:,} were removed, "
        f"{sums['replaced']:,} replaced, and {sums['missed']:,} stay."
    )
    yield (
        f"Of {sums['article']:,} characters of the articles {sums['lost']:,} were lost "
        f"({shown_share(shares['article_kept'])} are kept); {sums['absent']:,} more are in the right texts alone."
    )
    if sums["elsewhere"]:
        yield (
            f"Of the lost ones {sums['elsewhere']:,} stand elsewhere in the same clean text, as copies do; "
            f"{sums['lost'] - sums['elsewhere']:,} are gone."
        )
    if shares["repairs"] is not None:
        yield f"Of the characters that repairs put in, {shown_share(shares['repairs'])} are right."


_DOUBTS: Final = {
    "pages": "begin as HTML pages, and should be plain text",
    "apart": "are mostly of something that neither the source nor the clean text of their document has",
    "sources": "are the source of their document as it stands, so that all that was removed there counts as lost",
}


def _lost(facts: Facts) -> Iterator[str]:
    if facts["lost"]:
        yield "lost, by rule, the worst documents first:"
    for each in facts["lost"][:_RULES]:
        yield f"  {each['rule']}: {lost_of(each)}"
        for file in each["files"][:_FILES]:
            yield f"    {file['name']}: {lost_of(file)}, {_line(file)}"
    if len(facts["lost"]) > _RULES:
        yield f"  … {len(facts['lost']) - _RULES:,} more rules, which stand in eval.html"


def _missed(facts: Facts) -> Iterator[str]:
    if facts["missed"]:
        yield "left, the worst documents first:"
    for file in facts["missed"][:_FILES]:
        yield f"    {file['name']}: {file['characters']:,}, {_line(file)}"


def _line(file: Facts) -> str:
    worst = file["lines"][0]
    text = worst["text"]
    return f"line {worst['line']:,}: {text if len(text) <= _WHAT else text[:_WHAT] + '…'}"


def lost_of(each: Facts) -> str:
    """How many characters were lost there, and how many of them stand elsewhere in the clean text."""
    told = f"{each['characters']:,}"
    return f"{told}, of which {each['elsewhere']:,} stand elsewhere in the text" if each["elsewhere"] else told


def shown_share(share: float | None) -> str:
    """A share as people read it, "–" where there is nothing that it would be of."""
    return "–" if share is None else f"{share:.1%}"


def page(evaluation: Evaluation) -> str:
    """The page `eval.html` in the folder of the run, which leads to the reports there."""
    facts = evaluation.facts()

    def links_of(file: Facts) -> list[tuple[str, str]]:
        return [("report", "" if file["container"] else address_of(file["name"]))]

    return render(
        "eval.html",
        styles=("page.css", "beside.css"),
        facts=facts,
        counted=list(counted(facts)),
        lost_of=lost_of,
        links_of=links_of,
        columns=columns_of(facts),
    )
