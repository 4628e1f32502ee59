"""The near-duplicates of a run: noted while documents come, decided on and told at its end. Next: `run`."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from cleaner import dedup
from cleaner.dedup import Documents, Fate, Known, Match, Means, Policy
from cleaner.dedup.candidates import Pairs
from cleaner.engine import simple
from cleaner.errors import StoredIndexError
from cleaner.fold import encodable
from cleaner.index import Index, Remembered
from cleaner.minhash import Counts, Sketches
from cleaner.sinks import Place

UNNAMED: Final = "out:"  # what the batch of a run without a name of its own begins with
_DIFFERING: Final = 256  # documents whose differences from others are one piece of work: a tenth of a second's
_WORK: Final = 1 << 10  # bytes that are cleaned while those of one document are found
_PARTS: Final = 1 << 10  # sketches that are then joined, so that memory is not spent on small arrays


@dataclass(frozen=True, slots=True)
class Memory:
    """An index of earlier runs, and the batch as which it remembers this one."""

    index: Index
    batch: str

    @property
    def folder(self) -> Path | None:
        """The folder that the index lies in, if it lies in one."""
        from cleaner.index.local import LocalIndex  # noqa: PLC0415  which runs without an index need not wait for

        return self.index.folder if isinstance(self.index, LocalIndex) else None

    @classmethod
    def of(cls, index: Index, folder: Place, batch: str | None = None) -> Memory:
        """The memory of a run into `folder`, whose place is its batch unless that is given a name.

        That is the place on this machine; one in a store is the same for all machines.
        """
        real = f"{platform.node()}:{os.path.realpath(folder)}" if isinstance(folder, Path) else str(folder)
        digest = sha256(real.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        name = os.path.basename(real) if isinstance(folder, Path) else folder.name
        return cls(index, batch or f"{UNNAMED}{encodable(name)}:{digest}")


class Remembering(NamedTuple):
    """What a run gave to an index: its batch, if people named it, and how many texts; `forgotten` it replaced."""

    batch: str
    remembered: int
    forgotten: int


class Noted:
    """What is kept of the texts of a run to find near-duplicates by, in the order they come."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.names: list[str] = []
        self._worth: list[float] = []
        self._parts: list[Sketches] = []
        self._joined: list[Sketches] = []  # of so many parts each, so that none is joined again and again

    def take(self, names: Sequence[str], sketches: Sketches, worth: Sequence[float]) -> None:
        """Take note of texts, and of how good they are if the best are to survive."""
        self.names += names
        self._worth += worth if self.policy.survivor == "best" else ()
        self._parts.append(sketches)
        if len(self._parts) == _PARTS:
            self._joined.append(Sketches.joined(self._parts))
            self._parts.clear()

    @cached_property
    def documents(self) -> Documents:
        """All texts, after the last one has come."""
        sketches = Sketches.joined([*self._joined, *self._parts])
        self._joined.clear()
        self._parts.clear()
        return Documents(self.names, sketches, self._worth)


class Outcome:
    """What became of the texts of a run; `means` are the run's own, of which all workers have the texts.

    Those of the index this process alone has, so that they travel to the workers.
    """

    def __init__(self, documents: Documents, policy: Policy, means: Means, *, memory: Memory | None = None) -> None:
        self._documents = documents
        self._place_of_own = means.place
        self._memory = memory
        self.text = partial(_text_at, text=means.text)  # which travels
        self._means = replace(means, place=self.place, text=self.text)
        self._text = lru_cache(maxsize=4)(self._means.read)  # one long text may be like many short ones
        self._numbers = np.empty(0, np.int64)  # of the remembered texts, in their order behind the run's own
        known = self._nominated(memory) if memory else None
        self.found = dedup.found(self._documents, self._means, policy=policy, known=known)

    def match(self, document: int) -> Match | None:
        """What a document of the run is dropped or flagged for, if it is."""
        fate = self.found.fates.get(document)
        return fate and Match(fate, self.called(fate.other), self._text(fate.other))

    def is_dropped(self, document: int) -> bool:
        """Whether a document of the run is dropped."""
        return document in self.found.fates and self.found.fates[document].is_dropped

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of `Found.rows`; for each document that is dropped, with the sentences that differ.

        Those of remembered documents have their `batch`, or the name of the folder it went to. `only_dropped` lists
        sentences that the other doesn't say, `only_kept` those that only the other says; nothing if that one is the
        whole of a text and the dropped one a part.
        """
        dropped = {fate.pair: fate for fate in self.found.fates.values() if fate.is_dropped}
        differing = self._differing([dropped[pair] for pair in self.found.pairs if pair in dropped])
        for pair, row in zip(self.found.pairs, self.found.rows(), strict=True):
            if pair.second >= self.found.documents:
                row |= {"batch": self._batch(pair.second)}
            yield row | next(differing) if pair in dropped else row

    def _differing(self, fates: Sequence[Fate]) -> Iterator[dict[str, list[str]]]:
        """What differs, for each of these fates."""
        job = simple(partial(_differences, text=self.text), size=lambda some: _WORK * len(some))
        starts = range(0, len(fates), _DIFFERING)
        pieces = ([self._placed(fate) for fate in fates[start : start + _DIFFERING]] for start in starts)
        return (each for some in self._means.workers.map(job, pieces) for each in some)

    def _placed(self, fate: Fate) -> tuple[Fate, Any, Any]:
        return fate, self.place(fate.document), self.place(fate.other)

    def remember(self) -> Remembering | None:
        """Have the index remember the documents that stay, before others are taken away; and what came of that.

        Raises `StoredIndexError` if another run has meanwhile replaced what documents of this one are dropped for:
        else two runs that drop the same text, each for the other's, would lose both.
        """
        if not self._memory:
            return None
        index, names = self._memory.index, self._documents.names
        staying = [document for document in range(len(names)) if not self.is_dropped(document)]
        before = int(index.stats()["texts"])
        added = index.add(
            [names[document] for document in staying],
            map(self._text, staying),
            self._documents.sketches.chosen(staying),
            batch=self._memory.batch,
        )
        if not index.still_has(self._relied_on()):
            raise StoredIndexError(
                "another run has replaced remembered texts that some here would be dropped for; run this again"
            )
        name = self._memory.batch if not self._memory.batch.startswith(UNNAMED) else ""
        return Remembering(name, len(staying), max(0, before + added - int(index.stats()["texts"])))

    def _relied_on(self) -> Counts:
        """The numbers of remembered texts that documents are dropped for."""
        fates = (fate for fate in self.found.fates.values() if fate.is_dropped and fate.other >= self.found.documents)
        return self._numbers[[fate.other - self.found.documents for fate in fates]]

    def called(self, document: int) -> str:
        """A document's name; of a remembered one with the batch it is from."""
        name = self.found.names[document]
        if document < self.found.documents:
            return name
        batch = self._batch(document)
        return f"{name} of batch {batch}" if batch else f"{name} of an earlier run"

    def _batch(self, document: int) -> str:
        """The batch of a remembered document: its name, that of the folder it went to, or ""."""
        batch = self._remembered(document).batch
        return batch.removeprefix(UNNAMED).rpartition(":")[0] if batch.startswith(UNNAMED) else batch

    def _nominated(self, memory: Memory) -> Known:
        nominated = memory.index.nominate(self._documents.sketches, besides=memory.batch)
        self._numbers, places = np.unique(nominated.numbers, return_inverse=True)
        names = [memory.index.remembered(number).name for number in self._numbers.tolist()]
        return Known(names, Pairs(nominated.rows, len(self._documents.names) + places))

    def place(self, document: int) -> Any:
        """Where the text of a document lies, for `text`; of a remembered one the text itself."""
        if document < len(self._documents.names):
            return self._place_of_own(document)
        return self._remembered(document).text

    def _remembered(self, document: int) -> Remembered:
        assert self._memory is not None
        return self._memory.index.remembered(int(self._numbers[document - len(self._documents.names)]))


def _text_at(place: Any, *, text: Callable[[Any], str]) -> str:
    return place if isinstance(place, str) else text(place)


def _differences(fates: Sequence[tuple[Fate, Any, Any]], *, text: Callable[[Any], str]) -> list[dict[str, list[str]]]:
    """The sentences that differ between dropped documents and those they are dropped for, whose places are given."""
    found = []
    for fate, place, other in fates:
        own, others = dedup.differing_sentences(Match(fate, "", text(other)), text(place))
        found.append({"only_dropped": [each.text for each in own], "only_kept": [each.text for each in others]})
    return found
