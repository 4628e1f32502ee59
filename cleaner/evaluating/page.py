"""The figures of a run for people: lines for a terminal, and a page. With this the room ends; next: `reuse`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cleaner.evaluating.runs import Evaluation, Facts
from cleaner.report.rendering import address_of, render

_RULES: Final = 10  # on a terminal: those that lost most
_FILES: Final = 3  # of each of these
_WHAT: Final = 60  # characters of a line


def lines(evaluation: Evaluation) -> Iterator[str]:
    """The figures in lines; what was lost comes first, for that matters most, and the page has more of it."""
    facts = evaluation.facts()
    yield from counted(facts)
    yield from _lost(facts)
    yield from _missed(facts)
    heads = (f"{'kind':<24} {'removed':>9} {'precision':>9}", f"{'recall':>7} {'lost':>7} {'repairs':>7}")
    yield " ".join((*heads, f"{'right':>6} {'wrong':>6}"))
    for name, each in facts["kinds"].items():
        shares = [shown_share(each[share]) for share in ("precision", "recall", "repairs")]
        yield (
            f"{name:<24} {each['removed']:>9,} {shares[0]:>9} {shares[1]:>7} {each['lost']:>7,} {shares[2]:>7} "
            f"{each['right']:>6,} {each['wrong']:>6,}"
        )


def counted(facts: Facts) -> Iterator[str]:
    """The figures of all documents, in sentences."""
    if facts["gold"]:
        yield from _by_gold(facts)
    given = facts["verdicts"]
    if sum(given.values()):
        told = f", {given['outdated']:,} on edits that this run doesn't make" if given["outdated"] else ""
        yield (
            f"Verdicts: {given['right']:,} edits are right and {given['wrong']:,} wrong "
            f"({shown_share(facts['shares']['verdicts'])} right){told}."
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


def _lost(facts: Facts) -> Iterator[str]:
    if facts["lost"]:
        yield "lost, by rule, the worst documents first:"
    for each in facts["lost"][:_RULES]:
        yield f"  {each['rule']}: {lost_of(each)}"
        for file in each["files"][:_FILES]:
            yield f"    {file['name']}: {lost_of(file)}, {_line(file)}"
    if len(facts["lost"]) > _RULES:
        yield f"  … {len(facts['lost']) - _RULES:,} more rules"


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
        share=shown_share,
        lost_of=lost_of,
        links_of=links_of,
    )
