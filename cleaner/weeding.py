"""The story of texts that are already clean: near-duplicates are found and left out. Next: `cli`, words to it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from cleaner import report
from cleaner.corpus import Corpus, Text
from cleaner.dedup import Documents, Policy
from cleaner.document import Document
from cleaner.duplicates import Memory, Noted, Outcome
from cleaner.index import Index
from cleaner.minhash import Sketches
from cleaner.quality import figures, worth
from cleaner.report import Failure
from cleaner.sinks import Output, packing, write, writing_texts
from cleaner.sources import Columns, Unread

_SENT: Final = 1 << 20  # characters of texts that a worker is given at a time
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

    def facts(self) -> dict[str, Any]:
        """What `summary.json` holds: in = written + dropped + failed."""
        duplicates = self.outcome.found.facts()
        read = self.outcome.found.documents
        return {
            "format": report.FORMAT,
            "settings": self.settings,
            "accounts": {
                "in": read + len(self.failures),
                "written": read - duplicates["dropped"],
                "dropped": duplicates["dropped"],
                "failed": len(self.failures),
            },
            "duplicates": duplicates,
            "failures": [failure.facts() for failure in self.failures],
        }


def weed_files(
    inputs: Iterable[Path | str], folder: Path, how: Weeding, *, tell: Callable[[int], None] = lambda done: None
) -> Weeded:
    """Find near-duplicates among the texts of files, folders and containers, and write to `folder` those that stay.

    Each container that has such texts is written under its name with its records as they came; beside them lie the
    list of pairs and the account of the run. `tell` hears how many texts have been read. What cannot be read becomes a
    failure and stops nothing. Raises OSError or `OutputError` if something cannot be written.
    """
    output = Output(folder)
    output.make_folder()
    with Corpus(inputs, how.columns, leave_out=folder, passing=folder) as corpus:
        texts = Texts.of(corpus, how, tell=tell)
        outcome = Outcome(texts.documents, how.policy, read=texts.read, memory=how.memory)
        _write_staying(texts, outcome, output)
        write(output.duplicates(), "".join(map(report.to_json, outcome.rows())))
        outcome.remember()
    weeded = Weeded(how.policy.settings(), outcome, texts.failures)
    write(output.summary(), report.to_json(weeded.facts()))
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
        names: dict[str, None] = {}
        sketches: list[Sketches] = []
        worths: list[float] = []
        failures: list[Failure] = []
        work = partial(_portion, how=replace(how, memory=None))
        for portion in _mapped(work, _portions(corpus.texts()), how.workers):
            for name, place in zip(portion.documents.names, portion.places, strict=True):
                names[name if name not in names else f"{name} ({place})"] = None
            sketches.append(portion.documents.sketches)
            worths += portion.documents.worth
            failures += portion.failures
            tell(len(names))
        documents = Documents(list(names), Sketches.joined(sketches), worths)
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
    """A row, as in a list of pairs, for each text and each remembered one that match."""
    policy = Policy("flag", index.parameters.threshold, ngram=index.parameters.ngram)
    outcome = Outcome(texts.documents, policy, read=texts.read, memory=Memory(index, ""))
    return (row for row in outcome.rows() if row.get("remembered"))


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
    """Write each container again without the texts that are dropped; one with none left isn't written."""
    corpus = texts.corpus
    staying = (document for document in range(len(texts.documents.names)) if not outcome.is_dropped(document))
    for source, of_source in groupby(staying, key=corpus.source_of):
        path, found = output.kept(source.name), corpus.records(of_source)
        if source.form.is_whole:
            with packing(path) as file:
                file.writelines(record.content for record in found if isinstance(record.content, bytes))
            continue
        with writing_texts(path, source.form) as writer:
            for record in found:
                writer.put(record, None)
