"""The whole chain beside data-juicer's operators, and beside what a user writes with ftfy and OpenCC."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bench.contests import Contender, Measured, Outcome, parts, series
from bench.corpora import web_pages
from bench.inventing import CORPORA, pages, sample
from bench.readying import NOTE
from bench.results import Table, ratio, unmeasured

TITLE: Final = "Chain: from scraped text to clean text"
TEXTS: Final = 600  # of each corpus
PAGES: Final = 90  # HTML
ROUNDS: Final = 3
OWN: Final = "cleaner, with JSON reports"
FLOOR: Final = "the least: fold, one pass for literals"
_COLUMNS: Final = ("", "MB/s", "times cleaner's time", "times the least", "peak, MB")
_NOTES: Final = (
    "All get the same texts as strings in memory and convert them to simplified characters (`t2s`). MB are of UTF-8.",
    "data-juicer: `clean_html`, `clean_links`, `fix_unicode`, `chinese_convert` (OpenCC in C++) and "
    "`remove_repeat_sentences`, called on batches of 1000 without its data sets.",
    "ftfy + OpenCC + lines: `ftfy.fix_text`, conversion, and lines that the text has had before left out by their MD5.",
    "cleaner does more: it finds share bars, lists, lost tags, notes, shear and spam too, and says of each edit why it "
    "was made; its reports, JSON strings, are in its time. Of HTML pages it takes the main content; data-juicer takes "
    "all text of them, and ftfy leaves the tags.",
    "The least is what the table of the floor has, but for decoding: of texts no chain with such rules can take less, "
    "so that a peer which takes N times the least can't be beaten by more than N. Of HTML pages it takes the markup "
    "too, and is no bound: cleaner's rules go through what is extracted.",
    "Each text is timed once, after a rehearsal on others: the package remembers lines that it has seen.",
    NOTE,
)
_TARGETS: Final = {"chain: data-juicer, ": 20.0, "chain: ftfy + OpenCC": 3.0}


def table(documents: int | None) -> Table:
    rows: list[list[str]] = []
    ratios: dict[str, float | None] = {}
    for corpus, texts in _inputs(documents):
        counted = texts[len(texts) // 3 :]
        megabytes = sum(len(text.encode("utf-8")) for text in counted) / 1e6
        outcomes = against(texts, pages=corpus == "pages")
        rows.append([f"*{corpus}*: {len(counted)} texts, {megabytes:.1f} MB"])
        rows += [_row(name, outcomes, megabytes) for name in outcomes]
        for name in [name for name in outcomes if name not in (OWN, FLOOR)]:
            ratios[f"chain: {name}, {corpus}"] = ratio(outcomes[name], outcomes[OWN])
    return Table(TITLE, _COLUMNS, rows, _NOTES, ratios, targets=_TARGETS)


def _inputs(documents: int | None) -> list[tuple[str, Sequence[str]]]:
    """(name, texts) of each corpus, HTML pages last."""
    found = web_pages(min(documents or PAGES, PAGES)) or pages(min(documents or PAGES, PAGES))
    return [*((corpus, sample(corpus, documents or TEXTS)) for corpus in CORPORA), ("pages", found)]


def against(texts: Sequence[str], *, pages: bool) -> dict[str, Outcome]:
    """What each contender takes for these texts."""
    with tempfile.TemporaryDirectory() as folder:
        given = [Path(folder) / f"{number}.jsonl" for number in range(ROUNDS + 1)]
        for path, part in zip(given, parts(texts, ROUNDS), strict=True):
            path.write_text("".join(json.dumps({"text": text}) + "\n" for text in part), "utf-8")
        return series(_contenders(pages=pages), given)


def _contenders(*, pages: bool) -> list[Contender]:
    mode: dict[str, Any] = {"mode": "t2s"}
    return [
        Contender(OWN, "cleaner_chain", "chain", options={"script": "hans", "pages": pages}),
        Contender("data-juicer", "data_juicer_chain", "chain", "data-juicer", mode),
        Contender("ftfy + OpenCC in Python + lines", "ftfy_opencc", "chain", "ftfy-opencc", mode),
        Contender("ftfy + OpenCC in C++ + lines", "ftfy_opencc", "chain", "ftfy-opencc-cpp", mode),
        Contender(FLOOR, "cleaner_chain", "floor"),
    ]


def _row(name: str, outcomes: dict[str, Outcome], megabytes: float) -> list[str]:
    outcome = outcomes[name]
    if not isinstance(outcome, Measured):
        return unmeasured(name, outcome)
    by_own, by_floor = (ratio(outcome, outcomes[other]) for other in (OWN, FLOOR))
    return [
        name,
        f"{megabytes / outcome.seconds:.2f}",
        f"{by_own:.2f}" if by_own else "",
        f"{by_floor:.1f}" if by_floor else "",
        f"{outcome.peak / 1e3:.0f}",
    ]
