"""What changed between two runs, for people: lines for a terminal, and a page. Next: `evaluating`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from cleaner.comparing.documents import Now
from cleaner.comparing.runs import LISTED, Changed, Comparison, Moved
from cleaner.finished import FinishedRun
from cleaner.report.rendering import render
from cleaner.sinks import Place

_LINES: Final = 20  # of each sort, on a terminal
_PAGELESS: Final = ("failed", "passed")  # outcomes of what may have no report page


def lines(comparison: Comparison) -> Iterator[str]:
    """What changed, in lines; the largest first, and the page has more of them."""
    yield from counted(comparison)
    if comparison.versions:
        yield "The runs did not go by the same:"
    for name, a, b in comparison.versions:
        yield f"  {name}: {a or 'none'} → {b or 'none'}"
    if comparison.both:
        yield from _rules(comparison)
    yield from _cut([_changed(each) for each in (*comparison.shown, *comparison.named)], comparison.counts["changed"])
    moved = [f"  {each.name}: {each.a} → {each.b}{_because(each)}" for each in comparison.moved]
    yield from _cut(moved, comparison.counts["outcome"])
    sources = [f"  {each.name}: another source: {each.a} → {each.b}" for each in comparison.sources]
    yield from _cut(sources, comparison.counts["source"])
    for side, label in (("a", "A"), ("b", "B")):
        names = [f"  {name}: only in {label}" for name in comparison.alone[side]]
        yield from _cut(names, comparison.counts["a alone" if side == "a" else "b alone"])


def counted(comparison: Comparison) -> Iterator[str]:
    """How many documents are told of, in sentences, and how many characters."""
    counts, now = comparison.counts, comparison.characters
    if counts.total() and not comparison.both:
        yield (
            f"These runs have nothing in common: none of the {counts['a alone']:,} documents of A and the "
            f"{counts['b alone']:,} of B is called as one of the other. Compare runs over the same inputs."
        )
        return
    yield (
        f"{comparison.both:,} documents in both: {counts['same']:,} say the same, {counts['changed']:,} changed, "
        f"{counts['outcome']:,} have another outcome, {counts['source']:,} another source; "
        f"{counts['a alone']:,} only in A, {counts['b alone']:,} only in B."
    )
    yield (
        f"Characters of the sources: {now['removed']:,} now removed, {now['kept']:,} now kept, "
        f"{now['otherwise']:,} otherwise."
    )
    if comparison.both and comparison.both == counts["source"]:
        yield "No document has the same source in both, so no rule can be told to have changed anything."


def _rules(comparison: Comparison) -> Iterator[str]:
    rows = comparison.totals()
    if rows:
        yield f"{'rule':<40} {'in A':>10} {'in B':>10} {'more':>10} {'less':>10}"
    told = [f"{rule:<40} {a:>10,} {b:>10,} {more:>10,} {less:>10,}" for rule, a, b, more, less in rows]
    yield from _cut(told, len(told), what="rules")
    if rows:
        yield EXPLAINED


EXPLAINED: Final = (
    "In A, in B: characters removed or replaced in all documents. More, less: those that the rule takes in one run "
    "alone and that end otherwise in the other, in documents of the same source; so they need not add up."
)


def _cut(told: list[str], count: int, *, what: str = "documents") -> Iterator[str]:
    yield from told[:_LINES]
    if count > _LINES:
        yield f"  … {count - _LINES:,} more {what}"


def _changed(document: Changed) -> str:
    now = ", ".join(f"{document.now[what]:,} {word}" for what, word in _NOW.items() if document.now[what])
    rules = "; ".join(f"{rule} +{more:,} -{less:,}" for rule, (more, less) in list(document.rules.items())[:3])
    return f"  {document.name}: {now} ({rules})"


_NOW: Final[dict[Now, str]] = {"removed": "now removed", "kept": "now kept", "otherwise": "otherwise"}


def _because(each: Moved) -> str:
    return f" ({each.rule})" if each.rule else f" ({each.why})" if each.why else ""


def page(comparison: Comparison, place: Place) -> str:
    """The page on a comparison, which is to lie at `place`, for it leads to the reports of both runs from there.

    From a page, or to a run, that lies in a store no way leads.
    """

    def links_of(each: Changed | Moved) -> list[tuple[str, str]]:
        sides = (("A", comparison.a, getattr(each, "a", "")), ("B", comparison.b, getattr(each, "b", "")))
        return [
            (f"report in {label}", "" if each.container or of in _PAGELESS else address(run.page(each.name), place))
            for label, run, of in sides
        ]

    runs = {"a": comparison.a, "b": comparison.b}
    return render(
        "diff.html",
        styles=("page.css", "beside.css"),
        comparison=comparison,
        counted=list(counted(comparison)),
        totals=comparison.totals() if comparison.both else [],
        explained=EXPLAINED,
        folders={side: _shown(run, place) for side, run in runs.items()},
        index={side: address(run.output.index(), place) for side, run in runs.items()},
        links_of=links_of,
        unnamed=max(0, comparison.counts["changed"] - max(LISTED, len(comparison.shown))),
    )


def address(target: Place, page: Place) -> str:
    """The way from a page to another file, "" if one of them lies in a store."""
    if not isinstance(target, Path) or not isinstance(page, Path):
        return ""
    return quote(Path(os.path.relpath(target, page.parent)).as_posix(), errors="surrogateescape")


def _shown(run: FinishedRun, place: Place) -> str:
    """What a run is called on a page: the way there, for a page has no absolute paths."""
    folder = run.output.folder
    if isinstance(folder, Path) and isinstance(place, Path):
        return Path(os.path.relpath(folder, place.parent)).as_posix()
    return str(folder)
