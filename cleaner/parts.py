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
from itertools import accumulate
from typing import Any, Final, NamedTuple

from cleaner import digests, report, reuse
from cleaner.cleaning import Recipe, result_of
from cleaner.document import Document
from cleaner.engine import Budget, Job
from cleaner.keeping import Finished, Notes, Part, made
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

_FORMAT: Final = 4  # of what is kept; another one is done again
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
        stem = digests.of_bytes(f"{_FORMAT} {self.recipe.base} {self.ngram} {digest}".encode())[:_KEY]
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
    begun = [_begun(piece, way) for piece in batch]
    notes = Notes.of([text for each in begun for text in each.texts], way.ngram)
    ends = accumulate(len(each.texts) for each in begun)
    return tuple(
        _ended(each, notes.cut(end - len(each.texts), end), way) for each, end in zip(begun, ends, strict=True)
    )


class _Begun(NamedTuple):
    """A piece and its key: what is new of each record, None of what is in the part `before`; or None if all is there.

    `known` says of how many records nothing is new.
    """

    piece: Piece
    key: str
    known: int
    results: tuple[Finished | None, ...] | None = None
    before: Part | None = None

    @property
    def texts(self) -> list[str]:
        """The new texts."""
        return [one.text for one in self.results or () if one and one.text is not None]


def _begun(piece: Piece, way: Way) -> _Begun:
    """Clean what has not been cleaned."""
    state, is_whole = way.state, piece.sourced.source.form.is_whole
    if piece.key:
        return _Begun(piece, piece.key, piece.came)
    if is_whole and not piece.items:
        (item,) = [_read(found) for found in records(piece.sourced.source, way.columns)]
        piece = piece._replace(items=(item,), digest=digest_of((item,)), size=size_of_item(item))
    key = next((key for key in (way.key(piece.digest), _over(piece, way)) if state.is_whole(key)), "")
    return _Begun(piece, key, piece.came) if key else _cleaned(piece, way.key(piece.digest), way)


def _cleaned(piece: Piece, key: str, way: Way) -> _Begun:
    """Clean the records; those that rules which differ don't bear on stay as they are in a part of an earlier run."""
    cleaner, state = way.recipe.cleaner(), way.state
    rules = next((rules for rules in way.earlier if state.is_whole(way.key(piece.digest, rules))), "")
    before = Part(state, way.key(piece.digest, rules)) if rules else None
    changed = _difference(state, rules, way.recipe) if rules else RuleSet([])
    stays = [before is not None and before.holds(number, changed) for number in range(len(piece.items))]
    if before and all(stays):
        state.share(way.key(piece.digest, rules), key)
        return _Begun(piece, key, piece.came)
    is_whole = piece.sourced.source.form.is_whole
    results = tuple(
        None if same else Finished.of(item, _result(item, cleaner), is_whole=is_whole)
        for item, same in zip(piece.items, stays, strict=True)
    )
    known = sum(same and not isinstance(item, Passed) for item, same in zip(piece.items, stays, strict=True))
    return _Begun(piece, key, known, results, before)


def _ended(begun: _Begun, notes: Notes, way: Way) -> Kept:
    """Keep what is new, given the notes on its texts, and write what is no container."""
    piece, key, known, results, before = begun
    if results is not None:
        way.state.put(key, made(piece, results, notes, before))
    if piece.key or not piece.sourced.source.form.is_whole:
        return _kept(piece, key, known=known)
    one = results[0] if results else None
    refused = _written(one or Part(way.state, key).finished(0), way)
    return _kept(piece, key, known=known, refused=refused)


@lru_cache(maxsize=4)
def _difference(state: State, rules: str, recipe: Recipe) -> RuleSet:
    return reuse.difference(state, rules, recipe.cleaner().rules.rules)


def _result(item: Item, cleaner: Cleaner) -> Result | Passed:
    return item if isinstance(item, Passed) else result_of(item, cleaner)


def _read(found: Any) -> Item:
    assert isinstance(found, Record | Unread)  # what is no container is one record
    return found


def _written(one: Finished, way: Way) -> str:
    """Write the text and the reports of a whole file; why they can't be, or ""."""
    if isinstance(one.result, Document):
        page = report.document_page(one.result, told=one.facts)
        return write_result(way.output, one.result.name, one.text, one.told, page)
    assert isinstance(one.result, Failure)
    return write_result(way.output, one.result.name, None, one.told, report.failure_page(one.result))


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
    is_whole = piece.sourced.source.form.is_whole
    failed = Finished.of(piece.items[0], Failure(piece.items[0].name, reason), is_whole=is_whole)
    way.state.put(key, made(piece, [failed], Notes.of((), way.ngram)))
    refused = _written(failed, way) if is_whole else ""
    return (_kept(piece, key, refused=refused),)


def _over(piece: Piece, way: Way) -> str:
    """The key of a record that doesn't keep to the budget."""
    return f"{way.key(piece.digest)}-over-{way.budget.seconds:g}-{way.budget.memory}"


def split_mark(key: str) -> str:
    """The key of the mark that the records of a part are done one by one, by whatever rules."""
    return f"{key.partition('-')[0]}-split"
