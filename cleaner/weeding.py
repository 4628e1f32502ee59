"""The story of texts that are already clean: near-duplicates are found and left out. Next: `cli`, words to it."""

from __future__ import annotations

import logging
import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count, groupby
from pathlib import Path
from typing import Any, Final

from cleaner import logs, report
from cleaner.corpus import Corpus
from cleaner.dedup import Documents, Means, Policy
from cleaner.duplicates import Memory, Outcome, Remembering
from cleaner.engine import Engine, Serial, Workers
from cleaner.index import Index
from cleaner.minhash import Sketches
from cleaner.report import Failure
from cleaner.sinks import (
    Output,
    Place,
    SharedSketches,
    State,
    absolute,
    packing,
    passing,
    remove,
    taken,
    write,
    writing_texts,
)
from cleaner.sources import Columns
from cleaner.versions import Versions

_LOG: Final = logging.getLogger(__name__)
_DECIDED: Final = frozenset({"kept", "dropped", "group"})  # what only a run decides
_SERIAL: Final = Serial()


@dataclass(frozen=True, slots=True)
class Weeding:
    """How texts are weeded: what becomes of near-duplicates, in which columns texts are, and who does the work."""

    policy: Policy = field(default_factory=Policy)
    columns: Columns = field(default_factory=Columns)
    memory: Memory | None = None
    engine: Engine = _SERIAL


@dataclass(frozen=True, slots=True)
class Weeded:
    """The account of a run: its settings, what became of the texts, and those that could not be read."""

    settings: dict[str, str]
    outcome: Outcome
    failures: list[Failure]
    remembering: Remembering | None

    def facts(self) -> dict[str, Any]:
        """What `summary.json` holds: in = written + dropped + failed."""
        duplicates = self.outcome.found.facts()
        read = self.outcome.found.documents
        return {
            "format": report.FORMAT,
            "settings": self.settings,
            "versions": Versions.of(self.settings)._asdict(),
            "accounts": {
                "in": read + len(self.failures),
                "written": read - duplicates["dropped"],
                "dropped": duplicates["dropped"],
                "failed": len(self.failures),
            },
            "duplicates": duplicates,
            "index": self.remembering._asdict() if self.remembering else {},
            "failures": [failure.facts() for failure in self.failures],
        }


def weed_files(
    inputs: Iterable[Path | str], folder: Place, how: Weeding, *, tell: Callable[[int], None] = lambda done: None
) -> Weeded:
    """Find near-duplicates among the texts of files, folders and containers, and write to `folder` those that stay.

    Each container that has such texts is written under its name with its records as they came; beside them lie the
    list of pairs and the account of the run. `tell` hears how many texts have been read. What cannot be read becomes a
    failure and stops nothing. Raises `BusyError` if another run writes to the folder, `ChangedError` if an input
    changes meanwhile, OSError or `OutputError` if something cannot be written.
    """
    output = Output(absolute(folder))
    output.make_folder()
    index = how.memory.folder if how.memory else None
    state = State.of(output)
    with taken(output, state), passing(state.folder) as place, how.engine.opened() as workers:
        corpus = Corpus(inputs, how.columns, leave_out=folder, index=index, passing=place)
        remove(output.summary())  # of an earlier run, for soon it won't be true any more
        _LOG.info("%d inputs", len(corpus.sources), extra=logs.event("started", inputs=len(corpus.sources)))
        texts = Texts.of(corpus, workers, how.policy, tell=tell)
        outcome = Outcome(texts.documents, how.policy, texts.means, memory=how.memory)
        write(output.duplicates(), "".join(map(report.to_json, outcome.rows())))
        remembering = outcome.remember()
        _write_staying(texts, outcome, output)
        settings = {**how.columns.settings(), **how.policy.settings()}
        weeded = Weeded(settings, outcome, texts.failures, remembering)
        facts = weeded.facts()
        write(output.summary(), report.to_json(facts))
    accounts = facts["accounts"]
    _LOG.info("%(in)d in, %(written)d written", accounts, extra=logs.event("finished", **accounts))
    return weeded


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a corpus that can be read, sketched in order, and why the others cannot."""

    corpus: Corpus
    documents: Documents
    failures: list[Failure]
    means: Means

    @classmethod
    def of(
        cls, corpus: Corpus, workers: Workers, policy: Policy, *, tell: Callable[[int], None] = lambda done: None
    ) -> Texts:
        """Reads all texts; one whose name an earlier one has goes by its place too. `tell` hears how many are done."""
        names: list[str] = []
        taken: set[str] = set()
        sketches: list[Sketches] = []
        worths: list[float] = []
        failures: list[Failure] = []
        for found in corpus.read(workers, policy):
            for name, place in zip(found.names, found.places, strict=True):
                names.append(_free(name, place, taken))
            sketches.append(found.sketches)
            worths += found.worths
            failures += found.failures
            for failure in found.failures:
                logs.failed(_LOG, failure.name, failure.reason)
            tell(len(names))
        documents = Documents(names, Sketches.joined(sketches), worths)
        spool = corpus.spool
        means = Means(workers, SharedSketches(documents.sketches, spool.folder), corpus.place, spool.text)
        return cls(corpus, documents, failures, means)


@contextmanager
def read_corpus(
    inputs: Iterable[Path | str],
    columns: Columns,
    *,
    ngram: int,
    engine: Engine = _SERIAL,
    tell: Callable[[int], None] = lambda done: None,
) -> Iterator[Texts]:
    """The texts of files, folders and containers, to be read again while the block runs."""
    policy = Policy("flag", ngram=ngram)
    with passing() as place, engine.opened() as workers:
        corpus = Corpus(inputs, columns, leave_out=Path(os.devnull), passing=place)
        yield Texts.of(corpus, workers, policy, tell=tell)


def matches(texts: Texts, index: Index) -> Iterator[dict[str, Any]]:
    """A row, as in a list of pairs, for each text and each remembered one that match; nobody is kept or dropped."""
    policy = Policy("flag", index.parameters.threshold, ngram=index.parameters.ngram)
    outcome = Outcome(texts.documents, policy, texts.means, memory=Memory(index, ""))
    rows = (row for row in outcome.rows() if row.get("remembered"))
    return ({key: value for key, value in row.items() if key not in _DECIDED} for row in rows)


def _free(name: str, place: str, taken: set[str]) -> str:
    """The name, with the text's place or a number behind it if an earlier text has it."""
    if name in taken:
        names = chain([f"{name} ({place})"], (f"{name} ({place}, {number})" for number in count(2)))
        name = next(each for each in names if each not in taken)
    taken.add(name)
    return name


def _write_staying(texts: Texts, outcome: Outcome, output: Output) -> None:
    """Write each container again without the texts that are dropped; one with none left isn't there, nor of earlier."""
    corpus, firsts = texts.corpus, texts.corpus.firsts()
    gone = {source.name for source in corpus.sources if not output.holds(source.place)}
    staying = (document for document in range(len(texts.documents.names)) if not outcome.is_dropped(document))
    for place, of_source in groupby(staying, key=lambda document: bisect_right(firsts, document) - 1):
        source = corpus.sources[place]
        gone.discard(source.name)
        path, found = output.kept(source.name), corpus.records(place, firsts[place], of_source)
        if source.form.is_whole:
            with packing(path) as file:
                file.writelines(record.content for record in found if isinstance(record.content, bytes))
            continue
        with writing_texts(path, source.form) as writer:
            for record in found:
                writer.put(record, None)
    for name in gone:
        remove(output.kept(name))
