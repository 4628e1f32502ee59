"""The story of texts that are already clean: near-duplicates are found and left out. Next: `cli`, words to it."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, count, groupby, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from cleaner import logs, report
from cleaner.corpus import Corpus, Text
from cleaner.dedup import Documents, Policy
from cleaner.document import Document
from cleaner.duplicates import Memory, Noted, Outcome, Remembering
from cleaner.index import Index
from cleaner.minhash import Sketches
from cleaner.quality import figures, worth
from cleaner.report import Failure
from cleaner.sinks import Output, Place, State, packing, remove, taken, write, writing_texts
from cleaner.sources import Columns, Unread
from cleaner.versions import Versions

_LOG: Final = logging.getLogger(__name__)
_SENT: Final = 1 << 20  # characters of texts that a worker is given at a time
_DECIDED: Final = frozenset({"kept", "dropped", "group"})  # what only a run decides
_AHEAD: Final = 2  # such portions that wait for each worker


@dataclass(frozen=True, slots=True)
class Weeding:
    """How texts are weeded: what becomes of near-duplicates, in which columns texts are, and by how many."""

    policy: Policy = field(default_factory=Policy)
    columns: Columns = field(default_factory=Columns)
    memory: Memory | None = None
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)


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
    output = Output(folder)
    output.make_folder()
    index = how.memory.folder if how.memory else None
    passing = folder if isinstance(folder, Path) else None
    with (
        taken(output, State.of(output)),
        Corpus(inputs, how.columns, leave_out=folder, index=index, passing=passing) as corpus,
    ):
        _LOG.info("%d inputs", len(corpus.sources), extra=logs.event("started", inputs=len(corpus.sources)))
        texts = Texts.of(corpus, how, tell=tell)
        outcome = Outcome(texts.documents, how.policy, read=texts.read, memory=how.memory)
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

    @classmethod
    def of(cls, corpus: Corpus, how: Weeding, *, tell: Callable[[int], None] = lambda done: None) -> Texts:
        """Reads all texts; one whose name an earlier one has goes by its place too. `tell` hears how many are done."""
        names: list[str] = []
        taken: set[str] = set()
        sketches: list[Sketches] = []
        worths: list[float] = []
        failures: list[Failure] = []
        work = partial(_portion, how=replace(how, memory=None))
        for portion in _mapped(work, _portions(corpus.texts()), how.workers):
            for name, place in zip(portion.documents.names, portion.places, strict=True):
                names.append(_free(name, place, taken))
            sketches.append(portion.documents.sketches)
            worths += portion.documents.worth
            failures += portion.failures
            for failure in portion.failures:
                logs.failed(_LOG, failure.name, failure.reason)
            tell(len(names))
        documents = Documents(names, Sketches.joined(sketches), worths)
        return cls(corpus, documents, failures)

    def read(self, document: int) -> str:
        """The text of a document."""
        return self.corpus.text(document)


@contextmanager
def read_corpus(
    inputs: Iterable[Path | str], columns: Columns, *, ngram: int, tell: Callable[[int], None] = lambda done: None
) -> Iterator[Texts]:
    """The texts of files, folders and containers, to be read again while the block runs."""
    how = Weeding(Policy("flag", ngram=ngram), columns)
    with Corpus(inputs, columns, leave_out=Path(os.devnull)) as corpus:
        yield Texts.of(corpus, how, tell=tell)


def matches(texts: Texts, index: Index) -> Iterator[dict[str, Any]]:
    """A row, as in a list of pairs, for each text and each remembered one that match; nobody is kept or dropped."""
    policy = Policy("flag", index.parameters.threshold, ngram=index.parameters.ngram)
    outcome = Outcome(texts.documents, policy, read=texts.read, memory=Memory(index, ""))
    rows = (row for row in outcome.rows() if row.get("remembered"))
    return ({key: value for key, value in row.items() if key not in _DECIDED} for row in rows)


def _free(name: str, place: str, taken: set[str]) -> str:
    """The name, with the text's place or a number behind it if an earlier text has it."""
    names = chain([name, f"{name} ({place})"], (f"{name} ({place}, {number})" for number in count(2)))
    free = next(each for each in names if each not in taken)
    taken.add(free)
    return free


class _Portion(NamedTuple):
    """What is made of some texts."""

    documents: Documents
    places: list[str]
    failures: list[Failure]


def _portion(items: list[Text | Unread], how: Weeding) -> _Portion:
    noted = Noted(how.policy)
    texts = [item for item in items if isinstance(item, Text)]
    for item in texts:
        noted.add(item.name, item.text, worth=partial(_worth, item.text))
    failures = [Failure(item.name, item.reason) for item in items if isinstance(item, Unread)]
    return _Portion(noted.documents, [item.place for item in texts], failures)


def _worth(text: str) -> float:
    return worth(figures(Document.of(text)))


def _portions(items: Iterable[Text | Unread]) -> Iterator[list[Text | Unread]]:
    """The items by portions of about `_SENT` bytes."""
    portion: list[Text | Unread] = []
    size = 0
    for item in items:
        portion.append(item)
        size += len(item.text) if isinstance(item, Text) else 0
        if size >= _SENT:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _mapped(
    function: Callable[[list[Text | Unread]], _Portion], portions: Iterator[list[Text | Unread]], workers: int
) -> Iterator[_Portion]:
    """What the function makes of each portion, in order; by processes if there is more than one portion."""
    first = list(islice(portions, 2))
    if workers == 1 or len(first) < 2:
        yield from map(function, chain(first, portions))
        return
    waiting: deque[Future[_Portion]] = deque()
    with ProcessPoolExecutor(workers) as pool:
        for portion in chain(first, portions):
            waiting.append(pool.submit(function, portion))
            if len(waiting) > workers * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _write_staying(texts: Texts, outcome: Outcome, output: Output) -> None:
    """Write each container again without the texts that are dropped; one with none left isn't there, nor of earlier."""
    corpus = texts.corpus
    gone = {source.name for source in corpus.sources if not output.holds(source.place)}
    staying = (document for document in range(len(texts.documents.names)) if not outcome.is_dropped(document))
    for source, of_source in groupby(staying, key=corpus.source_of):
        gone.discard(source.name)
        path, found = output.kept(source.name), corpus.records(of_source)
        if source.form.is_whole:
            with packing(path) as file:
                file.writelines(record.content for record in found if isinstance(record.content, bytes))
            continue
        with writing_texts(path, source.form) as writer:
            for record in found:
                writer.put(record, None)
    for name in gone:
        remove(output.kept(name))
