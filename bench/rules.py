"""Rules on folded lines beside Python's `re` and Vectorscan: which lines each rule matches, the same for all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bench import environments
from bench.contests import Contender, Measured, Outcome, Unmeasured, contest
from bench.inventing import sample
from bench.many_rules import FEW, MANY, shipped_part
from bench.results import Table, ratio, unmeasured
from cleaner.fold import fold

TITLE: Final = "Rules on lines"
CORPORA: Final = ("news_hans", "wechat_hans_dirty")
TEXTS: Final = 60  # of each corpus; among 150 are lines with which `re` is never done
ROUNDS: Final = 3
REPEATS: Final = 200  # in a round, of what is done with all lines in some thousandths of a second
PATIENCE: Final = 1800.0  # seconds, for Vectorscan compiles this long
JOINED_RULES: Final = FEW  # rules up to which one pattern of all is tried; of more it takes minutes
OWN, EACH, JOINED, VECTORSCAN = "cleaner: gate and re2", "re, each pattern", "re, all patterns joined", "hyperscan"
_COLUMNS: Final = ("", "MB/s", "times cleaner's time", "matches", "as cleaner", "to load, s", "refused")
_NOTES: Final = (
    "All get the same folded lines and the same rules as JSON, and find which rule matches which line: its pattern, one"
    " of its literals, no more characters than it allows, and nothing that spares the line. `refused` are rules whose"
    " patterns can't be compiled; “as cleaner” tells whether all other matches are the same.",
    f"{FEW} rules are shipped ones; of {MANY} the others are made up, of the usual shapes. `re` has ASCII classes, as"
    " re2 has, and ranges for `\\p{Han}`; it looks for literals in a text, for those there in a line, then for the"
    " patterns that have them; with more texts, one pattern, written for re2, goes back and forth on a line of a"
    " hundred letters without end. All patterns joined into one are tried before each by itself, in one round; of"
    f" {MANY} that takes minutes, so it is left out.",
    f"cleaner and hyperscan do it all {REPEATS} times in a round, whose mean is told; cleaner forgets each time what it"
    " remembers of lines.",
    "hyperscan (Vectorscan) runs all patterns at once, each line by itself, for a pattern must not match across lines."
    " It is faster, but takes minutes to compile, keeps tens of MB, and refuses what counts too far in UTF-8, so that a"
    " rule's author would have to know of it; its database is kept in `.bench` between runs.",
)


def table(documents: int | None) -> Table:
    rows: list[list[str]] = []
    ratios: dict[str, float | None] = {}
    for count in (FEW, MANY):
        definitions = [rule.definition for rule in shipped_part(filler=count - FEW).rules]
        for corpus in CORPORA:
            texts = [_lines(text) for text in sample(corpus, documents or TEXTS)]
            megabytes = sum(len(line.encode("utf-8")) for lines in texts for line in lines) / 1e6
            outcomes = against(texts, definitions)
            lines = sum(map(len, texts))
            rows.append([f"*{count} rules, {corpus}*: {len(texts)} texts, {lines} lines, {megabytes:.2f} MB"])
            rows += [_row(name, outcomes, megabytes) for name in outcomes]
            others = [name for name in outcomes if name != OWN]
            ratios |= {f"rules: {name}, {count}, {corpus}": ratio(outcomes[name], outcomes[OWN]) for name in others}
    return Table(TITLE, _COLUMNS, rows, _NOTES, ratios)


def _lines(text: str) -> list[str]:
    """The folded lines of a text as rules see them: without outer blanks, none empty."""
    return [line for line in (line.strip(" ") for line in fold(text).split("\n")) if line]


def against(texts: Sequence[Sequence[str]], definitions: Sequence[dict[str, Any]]) -> dict[str, Outcome]:
    """What each contender takes for these lines and rules."""
    with tempfile.TemporaryDirectory() as folder:
        given, rules = Path(folder) / "lines.jsonl", Path(folder) / "rules.json"
        given.write_text("".join(json.dumps({"lines": lines}) + "\n" for lines in texts), "utf-8")
        rules.write_text(json.dumps(definitions), "utf-8")
        contenders = list(_contenders(str(rules), len(definitions)))
        quick, slow = ([each for each in contenders if (each.name == JOINED) == is_slow] for is_slow in (False, True))
        outcomes = contest(quick, given, rounds=ROUNDS, patience=PATIENCE)
        outcomes |= contest(slow, given, rounds=1, patience=PATIENCE)
    return {each.name: _once(outcomes[each.name], each.options.get("repeats", 1)) for each in contenders}


def _once(outcome: Outcome, repeats: int) -> Outcome:
    """With the seconds of one time, of so many in a round."""
    return replace(outcome, seconds=outcome.seconds / repeats) if isinstance(outcome, Measured) else outcome


def _contenders(rules: str, count: int) -> Iterator[Contender]:
    task, options = "rules", {"rules": rules}
    yield Contender(OWN, "cleaner_rules", task, options={**options, "repeats": REPEATS})
    yield Contender(EACH, "plain_re", task, options=options)
    if count <= JOINED_RULES:
        yield Contender(JOINED, "plain_re", task, options={**options, "joined": True})
    folder = str(environments.FOLDER / "hyperscan-databases")
    yield Contender(VECTORSCAN, "hyperscan_rules", task, "hyperscan", {**options, "folder": folder, "repeats": REPEATS})


def _row(name: str, outcomes: dict[str, Outcome], megabytes: float) -> list[str]:
    outcome, own = outcomes[name], outcomes[OWN]
    if isinstance(outcome, Unmeasured):
        return unmeasured(name, outcome)
    times, told = ratio(outcome, own), outcome.output
    return [
        name,
        f"{megabytes / outcome.seconds:.2f}",
        f"{times:.2f}" if times else "",
        f"{len(told['found'])}",
        "the same" if isinstance(own, Measured) and _agrees(own.output, told) else "OTHERS",
        f"{told['loading']:.1f}",
        f"{len(told['refused'])}",
    ]


def _agrees(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Whether both found the same, but for the rules that the other refused."""
    refused = set(theirs["refused"])
    expected = {tuple(match) for match in ours["found"] if match[2] not in refused}
    return expected == {tuple(match) for match in theirs["found"]}
