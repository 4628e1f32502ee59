"""The chain beside the least that any such tool must do; the notes say what is counted. Next: `files`, with writing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bench.contests import Contender, Measured, Outcome, parts, series
from bench.inventing import CORPORA, sample
from bench.readying import NOTE
from bench.results import Table, ratio, unmeasured

TITLE: Final = "Floor: how near the chain is to the least such a tool must do"
TEXTS: Final = 2400  # of each corpus: in the first hundreds of a process, patterns still build their automata
ROUNDS: Final = 5

CHAIN: Final = "chain with JSON reports, files read"
CHAIN_HELD: Final = "chain with JSON reports, bytes at hand"
FLOOR: Final = "floor, files read"
FLOOR_HELD: Final = "floor, bytes at hand"

_NOTES: Final = (
    "Floor: `bytes.decode`, `cleaner.fold.fold`, and one pass over the UTF-8 of the fold by an Aho-Corasick automaton "
    "of all literals of the rules, which gives every hit, overlapping ones too; nothing is done with them. The "
    "automaton is the fastest that `ahocorasick-rs` makes (`DFA`). The package has a compact one (`ContiguousNFA`), "
    "which is a row of its own, and so is its own pass, which also says which rules may match which lines.",
    "Chain: `cleaner.decode.decode`, which finds out the encoding, `Cleaner.clean`, `to_json(facts(document))`.",
    "Files read: floor and chain each open and read the same files, which lie in the page cache. Bytes at hand: neither"
    " does. Written: a plain file of the same bytes for each, in a new folder.",
    "Each text is timed once, after a rehearsal on others: the package remembers lines that it has seen.",
    NOTE,
)
_DIRTY: Final = ("wechat_hans_dirty", "web_hant_dirty")
_TARGETS: Final = {
    f"chain by floor, {how}{corpus}": target
    for corpus, target in (("news_hans", 5.0), *((corpus, 10.0) for corpus in _DIRTY))
    for how in ("", "bytes at hand, ")
}


def table(documents: int | None) -> Table:
    rows: list[list[str]] = []
    ratios: dict[str, float | None] = {}
    for corpus in CORPORA:
        texts = sample(corpus, documents or TEXTS)
        with tempfile.TemporaryDirectory() as name:
            given = [write_files(Path(name) / str(n), part) for n, part in enumerate(parts(texts, ROUNDS))]
            outcomes = series(_contenders(Path(name)), given)
        counted = texts[len(texts) // 3 :]
        megabytes = sum(len(text.encode("utf-8")) for text in counted) / 1e6
        rows.append([f"*{corpus}*: {len(counted)} texts, {megabytes:.1f} MB"])
        rows += [_row(each, outcome, outcomes, (megabytes, len(counted))) for each, outcome in outcomes.items()]
        ratios[f"chain by floor, {corpus}"] = ratio(outcomes[CHAIN], outcomes[FLOOR])
        ratios[f"chain by floor, bytes at hand, {corpus}"] = ratio(outcomes[CHAIN_HELD], outcomes[FLOOR_HELD])
    return Table(TITLE, ("", "MB/s", "µs a text", "times the floor"), rows, _NOTES, ratios, "at most", _TARGETS)


def write_files(folder: Path, texts: Sequence[str]) -> Path:
    """The folder, which has a file for each text."""
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:06}.txt").write_text(text, "utf-8", newline="")
    return folder


def _contenders(folder: Path) -> list[Contender]:
    def one(name: str, task: str, **options: Any) -> Contender:
        return Contender(name, "cleaner_floor", task, options=options)

    return [
        one(FLOOR, "floor", reads=True, kind="DFA"),
        one(CHAIN, "chain", reads=True),
        one(FLOOR_HELD, "floor", reads=False, kind="DFA"),
        one(CHAIN_HELD, "chain", reads=False),
        one("floor with a compact automaton, files read", "floor", reads=True, kind="ContiguousNFA"),
        one("floor with the package's own pass, files read", "gate", reads=True),
        one("floor, files read and written", "floor", reads=True, kind="DFA", writes=str(folder / "written")),
    ]


def _row(name: str, outcome: Outcome, outcomes: dict[str, Outcome], size: tuple[float, int]) -> list[str]:
    if not isinstance(outcome, Measured):
        return unmeasured(name, outcome)
    megabytes, texts = size
    floor = outcomes[FLOOR_HELD if name in (FLOOR_HELD, CHAIN_HELD) else FLOOR]
    times = ratio(outcome, floor)
    return [
        name,
        f"{megabytes / outcome.seconds:.1f}",
        f"{1e6 * outcome.seconds / texts:.0f}",
        f"{times:.2f}" if times else "",
    ]
