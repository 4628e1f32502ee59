"""Who stays: documents that resemble each other form groups, and of each group one or more survive.

A document is dropped only for one that stays and that it resembles itself, never for a neighbour's neighbour; so at
least one of each group stays. Next: `judging`, of all groups.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

import numpy as np

from cleaner.dedup.candidates import CONTAINED, NEIGHBOURS, may_reach
from cleaner.dedup.confirming import COPY_FROM, Pair
from cleaner.minhash import NGRAM, Signatures, check_ngram

Action = Literal["drop", "flag", "off"]
Survivor = Literal["longest", "first", "best"]

FLAG_FROM: Final = 0.7
LEAST_THRESHOLD: Final = 0.1  # below this signatures nominate neither surely nor little
_GIANT: Final = 1000  # documents; no story is copied so often, a page that says nothing of its own is
_GIANT_SHARE: Final = 0.1  # of a run's documents, if they are `_GIANT_LEAST` or more
_GIANT_LEAST: Final = 100
_ALL_BUT_ONE: Final = 10  # documents of a group that has more than half of a run's
_MOST_COMPARED: Final = 256  # survivors of a group that a document is compared with beyond its own pairs


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes of near-duplicates.

    `threshold` is the similarity from which a document is dropped, or flagged if `action` is "flag"; by default
    `COPY_FROM` or `FLAG_FROM`. Dropped too is a document of which so much stands in the other, and `CONTAINED` at
    least. When documents are dropped, those from `FLAG_FROM` up are flagged. `survivor` says which of a group stays:
    the "longest", the "first", or the "best" by the figures of its quality. `ngram` is the length of the shingles
    that similarity is measured on. Raises ValueError for what is none of these.
    """

    action: Action = "drop"
    threshold: float | None = None
    survivor: Survivor = "longest"
    ngram: int = NGRAM

    def __post_init__(self) -> None:
        for name, value, choices in (("action", self.action, Action), ("survivor", self.survivor, Survivor)):
            if value not in get_args(choices):
                raise ValueError(f"{name} is one of {', '.join(get_args(choices))}, not {value!r}")
        if self.threshold is not None and not LEAST_THRESHOLD <= self.threshold <= 1:
            raise ValueError(f"threshold is a similarity from {LEAST_THRESHOLD} to 1, not {self.threshold}")
        check_ngram(self.ngram)

    @property
    def drop_from(self) -> float:
        """The similarity from which documents are dropped; more than 1 if none are."""
        if self.action != "drop":
            return 2.0
        return COPY_FROM if self.threshold is None else self.threshold

    @property
    def flag_from(self) -> float:
        """The least similarity that is told of."""
        if self.threshold is None:
            return FLAG_FROM
        return min(FLAG_FROM, self.threshold) if self.action == "drop" else self.threshold

    def settings(self) -> dict[str, str]:
        """The policy in words, for the account of a run."""
        if self.action == "off":
            return {"duplicates": "off"}
        least = self.flag_from if self.action == "flag" else self.drop_from
        return {"duplicates": f"{self.action} from {least}", "survivor": self.survivor, "ngram": str(self.ngram)}

    def drops(self, document: int, pair: Pair) -> bool:
        """Whether the document is dropped for the other of the pair, if that stays."""
        if self.action != "drop" or not pair.is_sure:
            return False
        return pair.similarity >= self.drop_from or pair.share_of(document) >= max(CONTAINED, self.drop_from)


class Fate(NamedTuple):
    """What becomes of a document for another one that stays: it is dropped, or else flagged."""

    document: int
    other: int
    pair: Pair
    is_dropped: bool


def grouped(pairs: Sequence[Pair]) -> list[list[int]]:
    """The groups that confirmed pairs connect: documents in order, groups in the order of their first documents."""
    if not pairs:
        return []
    documents, places = np.unique([(pair.first, pair.second) for pair in pairs], return_inverse=True)
    left, right = places.reshape(-1, 2).T
    from scipy.sparse import coo_matrix  # noqa: PLC0415  which only the process needs that joins what all found
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    links = coo_matrix((np.ones(left.size, np.bool_), (left, right)), shape=(documents.size, documents.size))
    _, labels = connected_components(links, directed=False)
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    return sorted(part.tolist() for part in np.split(documents[order], cuts))


def giants(groups: Iterable[Sequence[int]], *, documents: int) -> list[Sequence[int]]:
    """The groups so large that someone should look why, in a run of so many documents."""
    least = min(_GIANT, max(_GIANT_LEAST, round(_GIANT_SHARE * documents)), max(_ALL_BUT_ONE, documents // 2 + 1))
    return [group for group in groups if len(group) >= least]


class Judge:
    """Decides the fates of groups.

    `rank` places documents in the order of preference, the least staying; `compare` compares two
    documents truly. Documents from `len(signatures)` on are remembered ones, which stay whatever comes.
    """

    def __init__(
        self,
        policy: Policy,
        pairs: Iterable[Pair],
        *,
        rank: Callable[[int], tuple[float, ...]],
        signatures: Signatures,
        compare: Callable[[int, int], Pair],
    ) -> None:
        self._policy = policy
        self._rank = rank
        self._signatures = signatures
        self._compare = compare
        self._pairs: dict[int, list[Pair]] = {}
        for pair in pairs:
            self._pairs.setdefault(pair.first, []).append(pair)
            self._pairs.setdefault(pair.second, []).append(pair)

    def fates(self, group: Sequence[int]) -> Iterator[Fate]:
        """The fates of those of a group that are dropped or flagged; the others stay as they are."""
        survivors: dict[int, None] = {}  # in the order they came
        is_whole = len(group) <= NEIGHBOURS + 1  # all pairs of so small a group have been looked at
        for document in sorted(group, key=self._preference):
            pair = self._nearest(document, survivors)
            if not is_whole and not (pair and self._policy.drops(document, pair)):
                pair = self._beyond(document, list(survivors)[-_MOST_COMPARED:]) or pair
            is_dropped = pair is not None and self._policy.drops(document, pair)
            if pair is not None:
                yield Fate(document, pair.other(document), pair, is_dropped)
            if not is_dropped:
                survivors[document] = None

    def _preference(self, document: int) -> tuple[bool, bool, tuple[float, ...], int]:
        """Remembered documents come first, parts of others last."""
        if document >= len(self._signatures):
            return False, False, (), document
        is_part = any(pair.is_part(document) for pair in self._pairs[document])
        return True, is_part, self._rank(document), document

    def _nearest(self, document: int, survivors: Container[int]) -> Pair | None:
        """The pair with the survivor that the document is dropped for, or else resembles most."""
        if document >= len(self._signatures):
            return None
        return max(
            (pair for pair in self._pairs[document] if pair.other(document) in survivors),
            key=lambda pair: (self._policy.drops(document, pair), pair.similarity, pair.share_of(document)),
            default=None,
        )

    def _beyond(self, document: int, survivors: Sequence[int]) -> Pair | None:
        """The pair with the survivor whose signature is nearest, if the document is dropped for that one."""
        new = [survivor for survivor in survivors if survivor < len(self._signatures)]
        if self._policy.action != "drop" or document >= len(self._signatures) or not new:
            return None
        own = self._signatures[document]
        nearest = new[int(np.count_nonzero(self._signatures[new] == own, axis=1).argmax())]
        if not may_reach(self._policy.drop_from, own[None], self._signatures[[nearest]])[0]:
            return None
        pair = self._compare(*sorted((document, nearest)))
        return pair if self._policy.drops(document, pair) else None
