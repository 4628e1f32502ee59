"""The work of a run in parts: cut, cleaned wherever there is room, and kept, so that no part is done twice.

A part is a file, or some records of a container. What becomes of it depends on what its records hold and on the recipe
of the cleaner alone, and it is kept under a digest of both: what is there already need not be done, be it from another
run or from one that was cut short. If it is there by other rules, only the records are done again that rules which
differ can bear on. Next: `counting`, another job.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

from cleaner import reuse
from cleaner.cleaning import Recipe, result_of
from cleaner.engine import Budget, Job
from cleaner.keeping import Part, made
from cleaner.pieces import (
    Batch,
    Group,
    Piece,
    by_record,
    digest_of,
    parts_of,
    pieces,
    size_of,
    size_of_item,
    slim,
    whole_files,
)
from cleaner.pipeline import Cleaner
from cleaner.report import Failure
from cleaner.results import Item, Result, write_result
from cleaner.rules import RuleSet
from cleaner.sinks import Output, State
from cleaner.sources import Columns, Passed, Record, Unread, records

_FORMAT: Final = 3  # of what is kept; another one is done again
_KEY: Final = 40  # letters,
_RULES: Final = 16  # and those for the rules


class Kept(NamedTuple):
    """Where the results of a piece are kept: `part` is the key, and `digest` that of its records.

    `known` is how many of its records were there already, and `refused` says why the output of a whole file could not
    be written, if so.
    """

    place: int
    part: str
    digest: str
    came: int
    passed: tuple[tuple[str, int], ...]
    size: int
    positions: tuple[int, ...]
    is_last: bool
    known: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """How parts are made: by which recipe, from which columns, into which folder, with which shingles and budget.

    `earlier` are digests of other rule sets that parts in the folder may be made by, the nearest first.
    """

    recipe: Recipe
    columns: Columns
    output: Output
    ngram: int
    budget: Budget
    earlier: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """Where parts are kept."""
        return State.of(self.output)

    def key(self, digest: str, rules: str = "") -> str:
        """The key of what becomes of records with that digest, by default with the rules of the recipe."""
        stem = _digest(f"{_FORMAT} {self.recipe.base} {self.ngram} {digest}".encode())[:_KEY]
        return f"{stem}-{(rules or self.recipe.rules)[:_RULES]}"


def job_of(way: Way) -> Job[Group, Batch, tuple[Kept, ...]]:
    """The job of cleaning groups of sources: whole files that go together, or one container."""
    return Job(
        start=way.recipe.cleaner,
        cut=partial(cut, way=way),
        work=partial(clean, way=way),
        split=partial(_split, way=way),
        fail=partial(_failed, way=way),
        size=size_of,
    )


def cut(group: Group, *, way: Way) -> Iterator[Batch]:
    """The pieces of a group, batch by batch: whole files together, those of a container one at a time."""
    if group[0].source.form.is_whole:
        yield whole_files(group)
        return
    state = way.state
    for piece in pieces(group[0], way.columns):
        slimmer = slim(piece)
        if state.is_whole(split_mark(key := way.key(piece.digest))):
            yield from ((part,) for part in parts_of(slimmer))
        else:
            yield (slimmer._replace(key=key, items=()) if state.is_whole(key) else slimmer,)


def clean(batch: Batch, *, way: Way) -> tuple[Kept, ...]:
    """Clean what has not been cleaned, keep it, write what is no container, and say where all is kept."""
    return tuple(_cleaned(piece, way) for piece in batch)


def _cleaned(piece: Piece, way: Way) -> Kept:
    state = way.state
    if piece.key:
        return _kept(piece, piece.key, known=piece.came)
    if piece.sourced.source.form.is_whole and not piece.items:
        (item,) = [_read(found) for found in records(piece.sourced.source, way.columns)]
        piece = piece._replace(items=(item,), digest=digest_of((item,)), size=size_of_item(item))
    key = next((key for key in (way.key(piece.digest), _over(piece, way)) if state.is_whole(key)), "")
    known = piece.came
    if not key:
        key = way.key(piece.digest)
        known = _clean(piece, key, way)
    refused = _written(Part(state, key), way) if piece.sourced.source.form.is_whole else ""
    return _kept(piece, key, known=known, refused=refused)


def _clean(piece: Piece, key: str, way: Way) -> int:
    """Keep what becomes of the records; of those that rules which differ don't bear on, what became of them before.

    Returns how many these are.
    """
    cleaner, state = way.recipe.cleaner(), way.state
    rules = next((rules for rules in way.earlier if state.is_whole(way.key(piece.digest, rules))), "")
    before = Part(state, way.key(piece.digest, rules)) if rules else None
    changed = _difference(state, rules, way.recipe) if rules else RuleSet([])
    stays = [before is not None and before.holds(number, changed) for number in range(len(piece.items))]
    if before and all(stays):
        state.share(way.key(piece.digest, rules), key)
        return piece.came
    results = [None if same else _result(item, cleaner) for item, same in zip(piece.items, stays, strict=True)]
    state.put(key, made(piece, results, way.ngram, before))
    return sum(same and not isinstance(item, Passed) for item, same in zip(piece.items, stays, strict=True))


@lru_cache(maxsize=4)
def _difference(state: State, rules: str, recipe: Recipe) -> RuleSet:
    return reuse.difference(state, rules, recipe.cleaner().rules.rules)


def _result(item: Item, cleaner: Cleaner) -> Result | Passed:
    return item if isinstance(item, Passed) else result_of(item, cleaner)


def _read(found: Any) -> Item:
    assert isinstance(found, Record | Unread)  # what is no container is one record
    return found


def _written(part: Part, way: Way) -> str:
    """Write the text and the reports of a whole file; why they can't be, or ""."""
    return write_result(way.output, part.names[0], part.text(0), part.told(0), part.page(0))


def _kept(piece: Piece, key: str, *, known: int = 0, refused: str = "") -> Kept:
    place, own = piece.sourced.place, (piece.came, piece.passed, piece.size, piece.positions, piece.is_last)
    return Kept(place, key, piece.digest, *own, known, refused)


# --- what breaks a worker --------------------------------------------------------------------------------------


def _split(batch: Batch, *, way: Way) -> list[Batch]:
    """Each record by itself; a mark tells later runs that those of a container go so, and need not break a worker."""
    for piece in batch:
        if len(piece.items) > 1:
            way.state.put(split_mark(way.key(piece.digest)), b"")
    return by_record(batch)


def _failed(batch: Batch, reason: str, is_sure: bool, *, way: Way) -> tuple[Kept, ...]:
    """Keep a record that broke its worker as a failure: under this budget, if it would break it again."""
    (piece,) = batch
    if not piece.items:
        (item,) = [_read(found) for found in records(piece.sourced.source, way.columns)]
        piece = piece._replace(items=(item,), digest=digest_of((item,)))
    key = _over(piece, way) if is_sure else f"{way.key(piece.digest)}-died"
    failure = Failure(piece.items[0].name, reason)
    way.state.put(key, made(piece, [failure], way.ngram))
    refused = _written(Part(way.state, key), way) if piece.sourced.source.form.is_whole else ""
    return (_kept(piece, key, refused=refused),)


def _over(piece: Piece, way: Way) -> str:
    """The key of a record that doesn't keep to the budget."""
    return f"{way.key(piece.digest)}-over-{way.budget.seconds:g}-{way.budget.memory}"


def split_mark(key: str) -> str:
    """The key of the mark that the records of a part are done one by one, by whatever rules."""
    return f"{key.partition('-')[0]}-split"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
