"""What documents share, counted by whoever does the work of a run, before it cleans them. Next: `running`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from cleaner.cleaning import Recipe, own_errors, read_record
from cleaner.engine import Job, Workers
from cleaner.errors import InputError
from cleaner.pieces import Batch, Group, Piece, Sourced, by_record, grouped, pieces, size_of, slim, whole_files
from cleaner.pipeline import Cleaner
from cleaner.sources import Columns, Record, Source, records
from cleaner.templates import Counts, Held
from cleaner.units import View


class _Counted(NamedTuple):
    """What the documents of a piece hold, the place of their source, and whether it is the last of that."""

    held: tuple[Held, ...]
    place: int
    is_last: bool


def counted(  # noqa: PLR0913  each is a choice of its own
    sources: Sequence[Source],
    cleaner: Cleaner,
    workers: Workers,
    *,
    columns: Columns,
    least: int,
    tell: Callable[[int], None],
) -> Counts:
    """What the records share; those that cannot be read are told of when they are cleaned.

    It is the same whoever counts: what each document holds is found by the workers, and added up here in their order.
    `tell` hears how many sources are done.
    """
    counts = Counts(least)
    sourced = (Sourced(source, place) for place, source in enumerate(sources))
    for batch in workers.map(_job(Recipe.of(cleaner), columns), grouped(sourced)):
        for found in batch:
            for held in found.held:
                counts.take(held)
            if found.is_last:
                tell(found.place + 1)
    return counts


def _job(recipe: Recipe, columns: Columns) -> Job[Group, Batch, tuple[_Counted, ...]]:
    return Job(
        start=recipe.cleaner,
        cut=partial(_cut, columns=columns),
        work=partial(_count, recipe=recipe, columns=columns),
        split=by_record,
        fail=_failed,
        size=size_of,
    )


def _cut(group: Group, *, columns: Columns) -> Iterator[Batch]:
    """The pieces of a group, as they are cut for cleaning."""
    if group[0].source.form.is_whole:
        yield whole_files(group)
    else:
        yield from ((slim(piece),) for piece in pieces(group[0], columns))


def _count(batch: Batch, *, recipe: Recipe, columns: Columns) -> tuple[_Counted, ...]:
    cleaner = recipe.cleaner()
    return tuple(_told(piece, tuple(_held(piece, cleaner, columns))) for piece in batch)


def _held(piece: Piece, cleaner: Cleaner, columns: Columns) -> Iterator[Held]:
    source = piece.sourced.source
    for item in records(source, columns) if source.form.is_whole else piece.items:
        if isinstance(item, Record):
            with suppress(InputError), own_errors():
                document, groups = read_record(item, cleaner)
                yield Held.of(View(cleaner.repaired(document.text).text), groups)


def _told(piece: Piece, held: tuple[Held, ...]) -> _Counted:
    return _Counted(held, piece.sourced.place, piece.is_last)


def _failed(batch: Batch, reason: str, is_sure: bool) -> tuple[_Counted, ...]:
    """Nothing is held by a record that breaks its worker, and will do so again when it is cleaned."""
    return tuple(_told(piece, ()) for piece in batch)
