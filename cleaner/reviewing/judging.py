"""A run as its reviewers see it: every document by its address, what was said of its edits, and what comes next.

Addresses are those of the pages below the server's own: `reports/a.html` of a file, as in the folder of the run, and
`containers/0/17.html` of a record, which has no page there. Nothing of a run is held for true that isn't there any
more: it may be cleaned again meanwhile. Next: `pages`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
from cleaner.reviewing.doubting import CONVERSIONS, places_of
from cleaner.reviewing.records import Records
from cleaner.sinks import Output, Place, read, safe_name, stamp_of, stem_of
from cleaner.verdicts import Key, Verdict, changing, key_of, mark_of, verdicts_at, verdicts_on

_RECORD: Final = re.compile(r"containers/(0|[1-9][0-9]{0,8})/(0|[1-9][0-9]{0,8})\.html")


class Count(NamedTuple):
    """How many edits there are to judge, and of how many of them someone said whether they are right."""

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
    on edits of a document of that name that this one hasn't, by their own. `total` is the number of all verdicts, and
    `gone` of those on edits that the run doesn't make. `places` are those of all edits in the order to judge them in,
    None for what nobody need judge.
    """

    told: Told
    document: Document
    marks: list[str]
    said: dict[str, Verdict]
    lost: dict[str, Verdict]
    total: int
    gone: int
    places: list[int | None]

    @property
    def count(self) -> Count:
        """How many of its edits are judged, of those that are to be."""
        asked = [mark for mark, place in zip(self.marks, self.places, strict=True) if place is not None]
        return Count(sum(mark in self.said for mark in asked), len(asked))


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
    """A finished run, and what people say of its edits; many threads may ask at once.

    `without` are kinds of edits that nobody need judge: they can be, but don't count.
    """

    def __init__(self, folder: Place, *, without: frozenset[str] = CONVERSIONS) -> None:
        self.output = Output(folder)
        self.without = without
        self._alone, self._reading = Lock(), Lock()
        self._shown: tuple[str, Shown] | None = None
        self._records: dict[str, tuple[str, Records]] = {}
        self._made: tuple[FinishedRun | None, dict[str, frozenset[Key]]] = None, {}

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
                self._records[name] = stamp, Records.of(name, run.records(name), without=self.without)
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
        return self._sheet(told, document, _marks(document), self.verdicts())

    def judge(self, told: Told, *given: str, is_right: bool, note: str = "") -> Sheet:
        """Say of edits, by their marks, whether they are right; the last word on each counts.

        Raises `ReportError` if the document has no such edit, as when it was cleaned again; then nothing is said. Also
        what `verdicts.changing` raises.
        """
        document = told.document()
        marks = _marks(document)
        if not set(marks).issuperset(given):
            raise ReportError(
                f"{document.name} was cleaned again since this page was loaded, and no longer has this edit; "
                "nothing was saved: load the page again, and judge what it shows now"
            )
        numbers = {mark: number for number, mark in enumerate(marks)}
        said = list(verdicts_on(document, [numbers[mark] for mark in given], is_right=is_right, note=note))
        with changing(self.output) as verdicts:
            verdicts |= {verdict.key: verdict for verdict in said}
        return self._sheet(told, document, marks, verdicts)

    def withdraw(self, told: Told, *given: str) -> Sheet:
        """Take back what was said of edits, be it that the document no longer has them."""
        document = told.document()
        with changing(self.output) as verdicts:
            for key in [key for key in verdicts if key[0] == document.name and mark_of(key) in given]:
                del verdicts[key]
        return self._sheet(told, document, _marks(document), verdicts)

    def gone(self, keys: Iterable[Key]) -> set[Key]:
        """Which of those verdicts are on edits that the run doesn't make.

        Of containers that nobody looked at yet, nothing is known: they aren't read for it.
        """
        return {key for key in keys if (made := self._made_of(key[0])) is not None and key not in made}

    def _made_of(self, name: str) -> frozenset[Key] | None:
        """What verdicts on the edits of a document are told by; None if that isn't known."""
        try:
            run = self.shown().run
            if self._made[0] is not run:
                self._made = run, {}
            known = self._made[1]
            if name not in known:
                documents = [told.document() for told in self._named(name) if told.has_document]
                known[name] = frozenset(key_of(each, *origin) for each in documents for origin in each.origins())
            return known[name]
        except (LookupError, OSError, ReportError):
            return None

    def _named(self, name: str) -> list[Told]:
        """All documents of that name; raises LookupError if they may stand in a container that wasn't read yet."""
        shown = self.shown()
        found = [self.told(page_of(name))] if shown.files.get(page_of(name)) == name else []
        for container in shown.run.containers:
            if name.startswith((f"{container}/", f"{container}:")):
                records = self._records[container][1]
                found += [records.told(number) for number in range(len(records)) if records[number].name == name]
        return [told for told in found if told is not None]

    def _sheet(self, told: Told, document: Document, marks: list[str], verdicts: Mapping[Key, Verdict]) -> Sheet:
        about = {mark_of(key): verdict for key, verdict in verdicts.items() if key[0] == document.name}
        known = set(marks)
        said = {mark: verdict for mark, verdict in about.items() if mark in known}
        lost = {mark: about[mark] for mark in sorted(about.keys() - known)}
        places = places_of(document, without=self.without)
        return Sheet(told, document, marks, said, lost, len(verdicts), len(self.gone(verdicts)), places)

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
        if not said and not self._has_conversions():
            return True
        try:
            told = self.told(leaf.address)
            return told is not None and not self.sheet(told).count.is_all
        except (OSError, ReportError):  # its page says what is wrong with it
            return True

    def _has_conversions(self) -> bool:
        """Whether documents may have edits of which none need be judged."""
        return not self.without.isdisjoint(rule.partition("/")[0] for rule in self.shown().run.summary["rules"])


def _marks(document: Document) -> list[str]:
    return [mark_of(key_of(document, *origin)) for origin in document.origins()]
