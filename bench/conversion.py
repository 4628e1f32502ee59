"""Script conversion beside OpenCC in Python, whose output it must equal, OpenCC in C++, and zhconv-rs."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bench.contests import Contender, Measured, Outcome, Unmeasured, contest
from bench.inventing import sample
from bench.results import Table, ratio, unmeasured

TITLE: Final = "Conversion between scripts"
TEXTS: Final = 3000  # of each corpus: some twentieths of a second for the fastest
SENTENCES: Final = 60_000
ROUNDS: Final = 3
OWN, EQUAL = "cleaner", "OpenCC in Python"
# (configuration of OpenCC, corpus, whether sentence by sentence)
CASES: Final = (
    ("s2t", "news_hans", False),
    ("s2t", "wechat_hans_dirty", False),
    ("s2t", "news_hans", True),
    ("t2s", "laws_hant", False),
    ("t2s", "web_hant_dirty", False),
    ("t2s", "laws_hant", True),
)
_SCRIPTS: Final = {"s2t": "hant", "t2s": "hans"}
_SENTENCE: Final = re.compile(r"[^。！？\n]+[。！？]?")
_COLUMNS: Final = ("", "MB/s", "times cleaner's time", "converted alike")
_NOTES: Final = (
    "All get the same strings in memory, one call for each. MB are of UTF-8.",
    "“Converted alike” is the share of the characters that cleaner or the peer changes which both change to the same.",
    "cleaner's output must equal that of OpenCC in Python (`opencc-python-reimplemented`), and does: where it doesn't, "
    "this table isn't written.",
    "OpenCC in C++ takes the longest phrase at each place, from left to right, and has newer dictionaries. zhconv-rs"
    " has the tables of MediaWiki, or OpenCC's too, and takes the leftmost longest phrase: one pass of one automaton in"
    " Rust is all its work. cleaner is behind it to traditional characters, where many phrases have others beside them"
    " that must be looked at, in Python, and in single sentences, where calls cost more than characters.",
    "What cleaner remembers of phrases that came before it forgets before each round.",
)
_TARGETS: Final = {"conversion: OpenCC in Python, ": 50.0, "conversion: OpenCC in C++, ": 1.0}


def table(documents: int | None) -> Table:
    rows: list[list[str]] = []
    ratios: dict[str, float | None] = {}
    for mode, corpus, is_short in CASES:
        texts = _inputs(corpus, documents, is_short=is_short)
        kind = f"{mode}, {corpus}{', sentences' if is_short else ''}"
        megabytes = sum(len(text.encode("utf-8")) for text in texts) / 1e6
        outcomes = against(texts, mode)
        letters = sum(map(len, texts)) / len(texts)
        rows.append([f"*{kind}*: {len(texts)} texts of {letters:.0f} characters, {megabytes:.2f} MB"])
        rows += [_row(name, outcomes, texts, megabytes) for name in outcomes]
        ratios |= {
            f"conversion: {name}, {kind}": ratio(outcome, outcomes[OWN])
            for name, outcome in outcomes.items()
            if name != OWN
        }
    return Table(TITLE, _COLUMNS, rows, _NOTES, ratios, targets=_TARGETS)


def _inputs(corpus: str, documents: int | None, *, is_short: bool) -> list[str]:
    texts = sample(corpus, documents or TEXTS)
    return [sentence for text in texts for sentence in _SENTENCE.findall(text)][:SENTENCES] if is_short else texts


def against(texts: Sequence[str], mode: str) -> dict[str, Outcome]:
    """What each contender takes for these texts; raises `AssertionError` if our output isn't what it must equal."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "texts.jsonl"
        given.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
        outcomes = contest(_contenders(mode), given, rounds=ROUNDS)
    own, equal = outcomes[OWN], outcomes[EQUAL]
    if isinstance(own, Measured) and isinstance(equal, Measured):
        assert own.output == equal.output, "conversion differs from the library's"
    return outcomes


def _contenders(mode: str) -> list[Contender]:
    task, options = "conversion", {"mode": mode}
    return [
        Contender(OWN, "cleaner_conversion", task, options={"script": _SCRIPTS[mode]}),
        Contender(EQUAL, "opencc_conversion", task, "opencc-python", options),
        Contender("OpenCC in C++", "opencc_conversion", task, "opencc", options),
        Contender("zhconv-rs", "zhconv_conversion", task, "zhconv-rs", {**options, "module": "zhconv_rs"}),
        Contender(
            "zhconv-rs-opencc",
            "zhconv_conversion",
            task,
            "zhconv-rs-opencc",
            {**options, "module": "zhconv_rs_opencc"},
        ),
    ]


def _row(name: str, outcomes: dict[str, Outcome], texts: Sequence[str], megabytes: float) -> list[str]:
    outcome, own = outcomes[name], outcomes[OWN]
    if isinstance(outcome, Unmeasured):
        return unmeasured(name, outcome)
    times, alike = ratio(outcome, own), ""
    if isinstance(own, Measured) and name != OWN:
        alike = f"{share_alike(texts, own.output, outcome.output):.2%}"
    return [name, f"{megabytes / outcome.seconds:.1f}", f"{times:.2f}" if times else "", alike]


def share_alike(texts: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> float:
    """Of the characters that one or the other changed the share that both changed to the same.

    A text whose length a conversion changed counts as one in which nothing is alike.
    """
    same = changed = 0
    for triple in zip(texts, ours, theirs, strict=True):
        for alike in _changes(*triple):
            same, changed = same + alike, changed + 1
    return same / max(changed, 1)


def _changes(text: str, one: str, other: str) -> Iterator[bool]:
    """For each character of a text that one or the other changed whether both changed it to the same."""
    if not len(text) == len(one) == len(other):
        yield from [False] * len(text)
        return
    yield from (new == newer for old, new, newer in zip(text, one, other, strict=True) if not old == new == newer)
