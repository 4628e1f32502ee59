"""Main content of pages beside the peers: how well it is told from the rest, and how fast."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Final

from bench.contests import Contender, Measured, Outcome, Unmeasured, contest
from bench.extraction import held_out
from bench.fitting import cross_validated
from bench.inventing import pages as invented_pages
from bench.marked import Marked, f1, pages
from bench.results import Table, ratio, unmeasured

TITLE: Final = "Main content of pages"
PAGES: Final = 40  # invented ones
ROUNDS: Final = 3
OWN, HELD_OUT = "cleaner", "cleaner, fitted without the page's host"
TOLD: Final = f"{HELD_OUT}, and told its address"
READERS: Final = {  # by peer, as its script names it
    "resiliparse": "resiliparse",
    "trafilatura": "trafilatura",
    "readability-lxml": "readability",
    "gne": "gne",
    "magic-html": "magic_html",
}
_COLUMNS: Final = ("", "F1", "of articles", "of threads", "pages/s", "times cleaner's time")
_NOTES: Final = (
    "All get the same decoded pages in memory, and no addresses. F1 is the mean of that of character 5-grams"
    " (multisets; blanks and marks of Markdown don't count) against what people marked as main content.",
    "The package's models were fitted to these very pages; “fitted without the page's host” is its honest F1, and what"
    " the ratios of F1 are of. Told the addresses of pages, which a crawl has, it does better; no ratio is of that.",
    "cleaner also gives title, date, author and source, what else the page says, and an edit that tells why for each"
    " block left out; the peers give text or markup alone.",
    "resiliparse is faster, for it is C++ from the parser on, keeps few features, and writes no report. A third of"
    " cleaner's time is libxml2's and that of reading its tree into Python.",
)
_INVENTED: Final = "The marked pages aren't there: made-up ones say how fast it goes, and nothing of how well."


def table(documents: int | None) -> Table:
    marked = pages()[:documents]
    outcomes = against([page.page for page in marked] or invented_pages(documents or PAGES))
    scores = _scores(marked, outcomes) if marked else {}
    rows = [row for name in outcomes for row in _rows(name, outcomes, scores, marked)]
    ratios = {f"extraction: {name}": ratio(outcomes[name], outcomes[OWN]) for name in READERS}
    if marked:
        honest = fmean(scores[HELD_OUT])
        beside = {name: honest / fmean(scores[name]) if name in scores else None for name in READERS}
        ratios |= {f"extraction: F1 beside {name}": value for name, value in beside.items()}
    return Table(TITLE, _COLUMNS, rows, _NOTES if marked else (_INVENTED, *_NOTES[:1], *_NOTES[2:]), ratios)


def against(found: Sequence[str]) -> dict[str, Outcome]:
    """What each contender takes for these pages."""
    contenders = [Contender(OWN, "cleaner_extraction", "extraction")]
    contenders += [
        Contender(peer, "main_content", "extraction", peer, {"reader": reader}) for peer, reader in READERS.items()
    ]
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "pages.jsonl"
        given.write_text("".join(json.dumps({"page": page}) + "\n" for page in found), "utf-8")
        return contest(contenders, given, rounds=ROUNDS)


def _scores(marked: Sequence[Marked], outcomes: dict[str, Outcome]) -> dict[str, list[float]]:
    """The F1 of each page by contender, of those that were measured."""
    texts = {name: outcome.output for name, outcome in outcomes.items() if isinstance(outcome, Measured)}
    fitted = cross_validated(marked)
    texts[HELD_OUT] = held_out(marked, fitted=fitted, has_address=False)
    texts[TOLD] = held_out(marked, fitted=fitted)
    return {
        name: [f1(text, page.gold) for text, page in zip(found, marked, strict=True)] for name, found in texts.items()
    }


def _rows(
    name: str, outcomes: dict[str, Outcome], scores: dict[str, list[float]], marked: Sequence[Marked]
) -> list[list[str]]:
    outcome = outcomes[name]
    if isinstance(outcome, Unmeasured):
        return [unmeasured(name, outcome)]
    times = ratio(outcome, outcomes[OWN])
    count = len(outcome.output)
    row = [name, *_means(scores.get(name), marked), f"{count / outcome.seconds:.0f}", f"{times:.2f}" if times else ""]
    more = (HELD_OUT, TOLD) if name == OWN and marked else ()
    return [row, *([other, *_means(scores[other], marked)] for other in more)]


def _means(scores: Sequence[float] | None, marked: Sequence[Marked]) -> list[str]:
    """The mean F1 of all pages, of articles, and of threads."""
    if not scores:
        return ["", "", ""]
    kinds = [
        [score for score, page in zip(scores, marked, strict=True) if page.is_thread == is_thread]
        for is_thread in (False, True)
    ]
    return [f"{fmean(some):.3f}" if some else "" for some in (scores, *kinds)]
