"""The story of a run's near-duplicates: nominate, confirm, group, decide. Next: `verdicts`, which words the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Any, Final

import numpy as np

from cleaner.dedup.bands import Bands
from cleaner.dedup.candidates import Pairs, candidates
from cleaner.dedup.confirming import Pair, confirmed
from cleaner.dedup.groups import Fate, Policy, Survivor, giants, grouped
from cleaner.dedup.judging import fates
from cleaner.dedup.means import Means
from cleaner.minhash import Sketches

_LARGEST: Final = 10  # groups that are told of by themselves


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a run, in order: their names, and sketches of their texts.

    `worth` is how good each one is; only a policy by which the best survive asks for it.
    """

    names: Sequence[str]
    sketches: Sketches
    worth: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Texts of earlier runs that some of a run's documents may resemble, numbered from the run's last document on."""

    names: Sequence[str] = ()
    pairs: Pairs = field(default_factory=lambda: Pairs(np.empty(0, np.int64), np.empty(0, np.int64)))


@dataclass(frozen=True, slots=True)
class Found:
    """The near-duplicates of a run.

    `names` are those of its documents, in order, and then of the remembered ones; everything else speaks of both by
    their places there. `pairs` are all that are confirmed, `groups` what they connect, `fates` the documents that are
    dropped or flagged, `alarms` the groups so large that someone should look why.
    """

    names: Sequence[str]
    documents: int  # so many of the names are of this run
    pairs: Sequence[Pair]
    groups: Sequence[Sequence[int]]
    fates: dict[int, Fate]
    alarms: Sequence[Sequence[int]]

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row for each confirmed pair: the names `a` and `b`, the figures, which one is `kept`, which are `dropped`.

        `containment` is the share of the smaller text's shingles in the other. `dropped` names the one that is dropped
        for the other, if this pair decided that. `kept` names the one that stays; if both stay the one that would,
        and if both are dropped the one that the first is dropped for. `group` is the number of the group, from 1. A
        remembered document is `a`, and `remembered` is true there. `is_sure` is false where similarity means little.
        """
        group_of = {document: number for number, group in enumerate(self.groups, 1) for document in group}
        for pair in self.pairs:
            both = self.ordered(pair)
            yield {
                "a": self.names[both[0]],
                "b": self.names[both[1]],
                **({"remembered": True} if pair.second >= self.documents else {}),
                **({} if pair.is_sure else {"is_sure": False}),
                "similarity": pair.similarity,
                "containment": pair.containment,
                "kept": self.names[self._kept(pair)],
                "dropped": [self.names[document] for document in both if self._is_dropped_by(document, pair)],
                "group": group_of[pair.first],
            }

    def ordered(self, pair: Pair) -> tuple[int, int]:
        """The two documents, the one that came first first; remembered ones came before all others."""
        return (pair.second, pair.first) if pair.second >= self.documents else (pair.first, pair.second)

    def facts(self) -> dict[str, Any]:
        """Numbers of confirmed pairs, groups, documents dropped and flagged; `alarms` names groups too large.

        `largest` are the largest groups, in which remembered documents count, too.
        """
        dropped = sum(fate.is_dropped for fate in self.fates.values())
        return {
            "documents": self.documents,
            "pairs": len(self.pairs),
            "groups": len(self.groups),
            "dropped": dropped,
            "dropped_for_remembered": sum(
                fate.is_dropped and fate.other >= self.documents for fate in self.fates.values()
            ),
            "flagged": len(self.fates) - dropped,
            "alarms": [self._told(group) for group in self.alarms],
            "largest": [{"group": number, **self._told(group)} for number, group in self._largest()],
        }

    def _largest(self) -> list[tuple[int, Sequence[int]]]:
        """The largest groups with their numbers; of groups as large, the first."""
        return nlargest(_LARGEST, enumerate(self.groups, 1), key=lambda numbered: len(numbered[1]))

    def _told(self, group: Sequence[int]) -> dict[str, Any]:
        dropped = sum(self._is_dropped(document) for document in group)
        staying = next(document for document in group if not self._is_dropped(document))
        return {"documents": len(group), "dropped": dropped, "like": self.names[staying]}

    def _is_dropped_by(self, document: int, pair: Pair) -> bool:
        return self._is_dropped(document) and self.fates[document].pair == pair

    def _is_dropped(self, document: int) -> bool:
        return document in self.fates and self.fates[document].is_dropped

    def _kept(self, pair: Pair) -> int:
        staying = [document for document in (pair.first, pair.second) if not self._is_dropped(document)]
        if not staying:
            return self.fates[pair.first].other
        flagged_for = [self.fates[document].other for document in staying if document in self.fates]
        return next((document for document in flagged_for if document in staying), staying[0])


def find(documents: Documents, *, policy: Policy, read: Callable[[int], str], known: Known | None = None) -> Found:
    """The near-duplicates among documents, and between them and those known from earlier runs.

    `read` gives the text of a document, or of a known one, by number.
    """
    return found(documents, Means.here(documents.sketches, read), policy=policy, known=known)


def found(documents: Documents, means: Means, *, policy: Policy, known: Known | None = None) -> Found:
    """The same, by workers. It depends on neither who they are nor how many."""
    known = known or Known()
    names, sketches, least = documents.names, documents.sketches, policy.flag_from
    bands, by = Bands.for_threshold(least), means.workers
    pairs = candidates(sketches, bands, threshold=least, workers=by, shared=means.sketches)
    every = Pairs(*map(np.concatenate, zip(pairs, known.pairs, strict=True)))
    sizes = np.append(sketches.shingles, np.zeros(len(known.names), np.int64))
    matching = confirmed(every, sizes, means, ngram=policy.ngram, threshold=least)
    groups = grouped(matching)
    rank = _ranks(policy.survivor, documents)
    told = {fate.document: fate for fate in fates(groups, matching, means, policy=policy, rank=rank)}
    listed = sorted({*matching, *(fate.pair for fate in told.values())})
    return Found((*names, *known.names), len(names), listed, groups, told, giants(groups, documents=len(names)))


def _ranks(survivor: Survivor, documents: Documents) -> Callable[[int], tuple[float, ...]]:
    """What orders documents by preference; what is alike stays in the order of the run."""
    lengths = documents.sketches.shingles
    if survivor == "first":
        return lambda document: ()
    if survivor == "longest":
        return lambda document: (-int(lengths[document]),)
    return lambda document: (-documents.worth[document], -int(lengths[document]))
