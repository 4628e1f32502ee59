"""A run as its reviewers see it: every document by its address, what was said of its edits, and what comes next.

Addresses are those of the pages below the server's own: `reports/a.html` of a file, as in the folder of the run, and
`containers/0/17.html` of a record, which has no page there. Nothing of a run is held for true that isn't there any
more: it may be cleaned again meanwhile. Next: `pages`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, dropwhile, takewhile
from threading import Lock
from typing import Final, NamedTuple

from cleaner.document import Document
from cleaner.errors import ReportError
from cleaner.finished import FinishedRun, Told
from cleaner.report import Facts, suspicion_by_page
from cleaner.report.document_pages import MOST_EDITS
from cleaner.reviewing.records import Records
from cleaner.sinks import Output, Place, read, safe_name, stamp_of, stem_of
from cleaner.verdicts import Key, Verdict, changing, key_of, mark_of, verdict_on, verdicts_at

_RECORD: Final = re.compile(r"containers/(0|[1-9][0-9]{0,8})/(0|[1-9][0-9]{0,8})\.html")


class Count(NamedTuple):
    """How many edits a page shows, and of how many of them someone said whether they are right."""

    judged: int
    edits: int

    @property
    def is_all(self) -> bool:
        """Whether something was said of every edit."""
        return self.judged == self.edits


@dataclass(frozen=True)
class Sheet:
    """A document with what was said of its edits.

    `marks` are the short names of all edits, layer by layer, `said` the verdicts on them by these. `lost` are verdicts
    on edits of a document of that name that this one hasn't, by their own. `total` is the number of all verdicts.
    """

    told: Told
    document: Document
    marks: list[str]
    said: dict[str, Verdict]
    lost: dict[str, Verdict]
    total: int

    @property
    def count(self) -> Count:
        """How many of its edits are judged; those that no page shows, nobody can judge."""
        return Count(sum(mark in self.said for mark in self.marks), min(len(self.marks), MOST_EDITS))


class _Leaf(NamedTuple):
    address: str
    name: str


@dataclass(frozen=True)
class Shown:
    """A run as it was at one moment: the names of its files by their addresses, those to look at first before others.

    `with_edits` are the addresses of those that have any.
    """

    run: FinishedRun
    files: dict[str, str]
    with_edits: frozenset[str]

    @classmethod
    def of(cls, run: FinishedRun) -> Shown:
        """The run as it is now."""
        points = _suspicion(run.output)
        ranked = sorted(run.summary["files"], key=lambda file: -points.get(stem_of(safe_name(file["name"])), 0))
        files = {page_of(file["name"]): file["name"] for file in ranked}
        with_edits = frozenset(page_of(file["name"]) for file in ranked if _has_edits(file))
        failed = {page_of(told.name): told.name for told in run.failures()}
        return cls(run, failed | files, with_edits)

    @cached_property
    def failures(self) -> dict[str, Told]:
        """What could not be cleaned, by its name."""
        return {told.name: told for told in self.run.failures()}


def _suspicion(output: Output) -> dict[str, int]:
    """How suspicious each file is, by its page, as the table of the run says; nothing if there is no such table."""
    points: dict[str, int] = {}
    with suppress(OSError, ValueError, LookupError, TypeError):  # then the order is that of the run
        for part in output.parts():
            points |= suspicion_by_page(read(part).decode("utf-8"))
    return points


def page_of(name: str) -> str:
    """The address of the page on a file that is no container."""
    return f"reports/{stem_of(safe_name(name))}.html"


def page_of_record(container: int, number: int) -> str:
    """The address of the page on a record, by the container's place among all and its own in that."""
    return f"containers/{container}/{number}.html"


def _has_edits(file: Facts) -> bool:
    changed = any(file["characters"][what] for what in ("removed", "replaced", "flagged"))
    return changed or file["outcome"] in ("cleaned", "dropped")


class Review:
    """A finished run, and what people say of its edits; many threads may ask at once."""

    def __init__(self, folder: Place) -> None:
        self.output = Output(folder)
        self._alone, self._reading = Lock(), Lock()
        self._shown: tuple[str, Shown] | None = None
        self._records: dict[str, tuple[str, Records]] = {}

    def shown(self) -> Shown:
        """The run as it is now; raises `ReportError` if none is there, as while it is cleaned again."""
        with self._alone:
            stamp = stamp_of(self.output.summary())
            if self._shown is None or self._shown[0] != stamp or not stamp:
                self._shown = stamp, Shown.of(FinishedRun.at(self.output.folder))
            return self._shown[1]

    def records(self, container: int) -> Records | None:
        """The records of a container by its place among all, None if there is none; it is read when first asked for."""
        run = self.shown().run
        if container >= len(run.containers):
            return None
        name = run.containers[container]
        stamp = stamp_of(self.output.rows(name)) + stamp_of(self.output.text(name))
        with self._reading:  # which takes long, and need not stop who looks at other things
            if name not in self._records or self._records[name][0] != stamp:
                self._records[name] = stamp, Records.of(name, run.records(name))
            return self._records[name][1]

    def verdicts(self) -> dict[Key, Verdict]:
        """All verdicts of the run, as they are in its file."""
        return verdicts_at(self.output)

    def told(self, address: str) -> Told | None:
        """What the run tells of the document or failure that has its page there, None if there is none."""
        if match := _RECORD.fullmatch(address):
            container, number = map(int, match.groups())
            records = self.records(container)
            return records.told(number) if records is not None and number < len(records) else None
        shown = self.shown()
        name = shown.files.get(address)
        if name is None:
            return None
        return shown.failures.get(name) or shown.run.file(name)

    def sheet(self, told: Told) -> Sheet:
        """A document with what was said of its edits; raises `ReportError` if text and report don't fit."""
        document = told.document()
        return _sheet(told, document, _marks(document), self.verdicts())

    def judge(self, told: Told, mark: str, *, is_right: bool, note: str = "") -> Sheet:
        """Say of an edit whether it is right; the last word on it counts.

        Raises `ReportError` if the document has no such edit, as when it was cleaned again; then nothing is said. Also
        what `verdicts.changing` raises.
        """
        document = told.document()
        marks = _marks(document)
        if mark not in marks:
            raise ReportError(
                f"{document.name} was cleaned again since this page was loaded, and no longer has this edit; "
                "nothing was saved: load the page again, and judge what it shows now"
            )
        verdict = verdict_on(document, marks.index(mark), is_right=is_right, note=note)
        with changing(self.output) as verdicts:
            verdicts[verdict.key] = verdict
            return _sheet(told, document, marks, verdicts)

    def withdraw(self, told: Told, mark: str) -> Sheet:
        """Take back what was said of an edit, be it that the document no longer has it."""
        document = told.document()
        with changing(self.output) as verdicts:
            for key in [key for key in verdicts if key[0] == document.name and mark_of(key) == mark]:
                del verdicts[key]
            return _sheet(told, document, _marks(document), verdicts)

    def next_after(self, address: str = "") -> str | None:
        """Where the next document is that has edits nobody judged: behind that one, else from the first on.

        None if there is none but, perhaps, that one itself.
        """
        said = Counter(key[0] for key in self.verdicts())
        behind = dropwhile(lambda leaf: leaf.address != address, self._leaves())
        before = takewhile(lambda leaf: leaf.address != address, self._leaves())
        next(behind, None)
        return next((leaf.address for leaf in chain(behind, before) if self._is_open(leaf, said[leaf.name])), None)

    def _leaves(self) -> Iterator[_Leaf]:
        """All documents with edits, those to look at first before others, containers behind files."""
        shown = self.shown()
        for address, name in shown.files.items():
            if address in shown.with_edits:
                yield _Leaf(address, name)
        for container in range(len(shown.run.containers)):
            records = self.records(container)
            for number in records.ranked if records else ():
                assert records
                if records[number].edits:
                    yield _Leaf(page_of_record(container, number), records[number].name)

    def _is_open(self, leaf: _Leaf, said: int) -> bool:
        """Whether a document has edits that nobody judged, given on how many of it something was said."""
        if not said:
            return True
        try:
            told = self.told(leaf.address)
            return told is not None and not self.sheet(told).count.is_all
        except (OSError, ReportError):  # its page says what is wrong with it
            return True


def _sheet(told: Told, document: Document, marks: list[str], verdicts: Mapping[Key, Verdict]) -> Sheet:
    about = {mark_of(key): verdict for key, verdict in verdicts.items() if key[0] == document.name}
    known = set(marks)
    said = {mark: verdict for mark, verdict in about.items() if mark in known}
    lost = {mark: about[mark] for mark in sorted(about.keys() - known)}
    return Sheet(told, document, marks, said, lost, len(verdicts))


def _marks(document: Document) -> list[str]:
    return [mark_of(key_of(document, *origin)) for origin in document.origins()]
