"""The table of all documents of a run: its rows, and the scripts that it comes to a browser in. Next: `charts`.

A page that is opened as a file can load scripts and nothing else, so each part of the table is one: a call that hands
over its rows, which `index.js` waits for. Text in them is what people are to see, with marks for what cannot be seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from math import ceil
from typing import Any, Final, NamedTuple

from cleaner import marks
from cleaner.report.accounts import Account
from cleaner.report.facts import Facts, Failure
from cleaner.report.suspicion import FAILED, SUSPICIOUS_FROM, Doubt, doubts, suspicion, undecodable
from cleaner.sinks import safe_name, stem_of

ROWS: Final = 5000  # of a part: half a megabyte or so, which a browser loads in some tens of milliseconds
FIRST: Final = 100  # rows that the page itself shows: as many as anyone looks through
OUTCOMES: Final = ("cleaned", "unchanged", "empty", "dropped", "failed")


class Row(NamedTuple):
    """What the table says of a document, or of what could not be cleaned.

    `page` is where its report lies below `reports/`, without `.html`; "" if it has none of its own, as records of
    containers. `kinds` are those of the rules that found something. Characters are those of source and text, and those
    removed, replaced, put in and flagged; shares are between 0 and 1. `suspicion` is its points, and `reasons` are in
    their order.
    """

    name: str
    page: str
    outcome: str
    script: str = ""
    noise: float = 0.0
    spam: float = 0.0
    source: int = 0
    text: int = 0
    removed: int = 0
    replaced: int = 0
    put_in: int = 0
    flagged: int = 0
    is_lossy: bool = False
    kinds: tuple[str, ...] = ()
    suspicion: int = 0
    reasons: tuple[str, ...] = ()

    @classmethod
    def of(cls, account: Account, *, container: str = "") -> Row:
        """The row of a document; `container` is the name of what it is a record of, if any."""
        quality, found = account.quality, doubts(account)
        return cls(
            name=account.name,
            page="" if container else stem_of(safe_name(account.name)),
            outcome=account.outcome,
            script=quality.script,
            noise=quality.noise,
            spam=quality.spam,
            **account.characters,
            is_lossy=account.is_lossy or undecodable(account) > 0,
            kinds=account.kinds(),
            suspicion=suspicion(found),
            reasons=_reasons(found),
        )

    @classmethod
    def failed(cls, failure: Failure, *, has_page: bool) -> Row:
        """The row of what could not be cleaned."""
        page = stem_of(safe_name(failure.name)) if has_page else ""
        return cls(failure.name, page, "failed", suspicion=FAILED, reasons=(failure.reason,))

    @classmethod
    def loaded(cls, told: Sequence[Any]) -> Row:
        """A row that was written as JSON, which has lists for tuples."""
        return cls._make(tuple(value) if isinstance(value, list) else value for value in told)

    def facts(self) -> Facts:
        """The row as the summary holds it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self._asdict().items()}


class Listed(NamedTuple):
    """The rows that someone should look at first, and how many there are of each sort that needs a human."""

    first: tuple[Row, ...] = ()
    failed: int = 0
    empty: int = 0
    flagged: int = 0
    lossy: int = 0
    suspicious: int = 0

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Listed:
        """What there is among rows, which are gone through once; first come the most suspicious, `FIRST` at most."""
        counts: Counter[str] = Counter()
        first = nlargest(FIRST, _counted(rows, counts), key=lambda row: row.suspicion)
        return cls(tuple(first), **counts)

    def counts(self) -> dict[str, int]:
        """How many there are of each sort."""
        return {name: number for name, number in self._asdict().items() if name != "first"}


def _counted(rows: Iterable[Row], counts: Counter[str]) -> Iterator[Row]:
    for row in rows:
        is_written = row.outcome not in ("dropped", "failed")
        counts["failed"] += row.outcome == "failed"
        counts["empty"] += row.outcome == "empty" and row.source > 0
        counts["flagged"] += is_written and row.flagged > 0
        counts["lossy"] += row.is_lossy
        counts["suspicious"] += row.suspicion >= SUSPICIOUS_FROM
        yield row


def _reasons(found: Sequence[Doubt]) -> tuple[str, ...]:
    return tuple(doubt.reason for doubt in found)


def parts_of(rows: int) -> int:
    """In how many parts a table of so many rows comes."""
    return ceil(rows / ROWS)


def part_script(number: int, rows: Sequence[Row]) -> str:
    """The script that hands over the part of that number, from 1: kinds as numbers of those that it lists first."""
    kinds = sorted({kind for row in rows for kind in row.kinds})
    numbers = {kind: number for number, kind in enumerate(kinds)}
    told = ",\n".join(_in_script(_packed(row, numbers)) for row in rows)
    return f"cleanerPart({number},{_in_script([marks.marked(kind) for kind in kinds])},[\n{told}\n]);\n"


def suspicion_by_page(script: str) -> dict[str, int]:
    """How suspicious each file with a page is, by that, from a script that `part_script` made.

    Raises ValueError, LookupError or TypeError for what is none.
    """
    told = json.loads(f"[{script.strip().removeprefix('cleanerPart(').removesuffix(');')}]")
    page, points = Row._fields.index("page"), Row._fields.index("suspicion")
    return {row[page]: row[points] for row in told[2] if row[page]}


def speed_script(facts: dict[str, Any]) -> str:
    """The script that hands over figures of speed."""
    return f"cleanerSpeed({_in_script(facts)});\n"


def _packed(row: Row, kinds: dict[str, int]) -> list[Any]:
    return [
        marks.marked(row.name),
        row.page,
        OUTCOMES.index(row.outcome),
        row.script,
        row.noise,
        row.spam,
        row.source,
        row.text,
        row.removed,
        row.replaced,
        row.put_in,
        row.flagged,
        int(row.is_lossy),
        [kinds[kind] for kind in row.kinds],
        row.suspicion,
        marks.marked("; ".join(row.reasons)),
    ]


def _in_script(value: Any) -> str:
    """JSON that is JavaScript too, and ends no script element wherever it may be put."""
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return told.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
