"""The fates of all groups; those of large ones, for which texts are compared once more, by workers. Next: `finding`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from cleaner.dedup.candidates import NEIGHBOURS
from cleaner.dedup.confirming import Confirmer, Pair
from cleaner.dedup.groups import Fate, Judge, Policy
from cleaner.dedup.means import Means
from cleaner.engine import simple
from cleaner.minhash import Sketches

_WORK: Final = 256  # bytes that are cleaned while the fate of a document is decided

Rank = Callable[[int], tuple[float, ...]]


class _Large(NamedTuple):
    """A group not all pairs of which have been looked at: those that are known, and what its documents are ranked by.

    `places` say where the texts of its documents lie.
    """

    group: Sequence[int]
    pairs: list[Pair]
    ranks: Mapping[int, tuple[float, ...]]
    places: Mapping[int, Any]


def fates(
    groups: Sequence[Sequence[int]], pairs: Sequence[Pair], means: Means, *, policy: Policy, rank: Rank
) -> Iterator[Fate]:
    """What becomes of the documents of groups, as `Judge` decides; `pairs` connect them."""
    signatures = means.sketches().signatures
    judge = Judge(policy, pairs, rank=rank, signatures=signatures, compare=_never)
    yield from (fate for group in groups if _is_small(group) for fate in judge.fates(group))
    job = simple(partial(_decided, policy=policy, sketches=means.sketches, text=means.text), size=_size)
    large = _large([group for group in groups if not _is_small(group)], pairs, means, rank)
    yield from (fate for some in means.workers.map(job, large) for fate in some)


def _is_small(group: Sequence[int]) -> bool:
    """Whether all pairs of a group have been looked at, so that no more are compared."""
    return len(group) <= NEIGHBOURS + 1


def _never(first: int, second: int) -> Pair:
    raise AssertionError(f"{first} and {second} are of a small group, and have been compared")


def _large(groups: Sequence[Sequence[int]], pairs: Sequence[Pair], means: Means, rank: Rank) -> Iterator[_Large]:
    of_group: list[list[Pair]] = [[] for _ in groups]
    number_of = {document: number for number, group in enumerate(groups) for document in group}
    for pair in pairs if groups else ():
        if pair.first in number_of:
            of_group[number_of[pair.first]].append(pair)
    own = len(means.sketches())
    for group, connecting in zip(groups, of_group, strict=True):
        documents = [document for document in group if document < own]
        ranks = {document: rank(document) for document in documents}
        yield _Large(group, connecting, ranks, {document: means.place(document) for document in documents})


def _decided(
    large: _Large, *, policy: Policy, sketches: Callable[[], Sketches], text: Callable[[Any], str]
) -> list[Fate]:
    confirmer = Confirmer(lambda document: text(large.places[document]), ngram=policy.ngram)
    judge = Judge(
        policy,
        large.pairs,
        rank=large.ranks.__getitem__,
        signatures=sketches().signatures,
        compare=confirmer.compare,
    )
    return list(judge.fates(large.group))


def _size(large: _Large) -> int:
    return _WORK * len(large.group)
