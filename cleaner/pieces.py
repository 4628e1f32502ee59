"""What is cleaned as one piece of work: whole files, or some records of a container. Next: `keeping` of results."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

from cleaner.results import Item
from cleaner.sources import Columns, Passed, Record, Source, Unread, records

_RECORDS: Final = 256  # of a container in one piece at most,
_BYTES: Final = 256 << 10  # and bytes, or one record: a tenth of a second's work, and as much is lost by a crash


class Sourced(NamedTuple):
    """A source, and its place among those of a run."""

    source: Source
    place: int


class Piece(NamedTuple):
    """Some records of a source to be cleaned: a whole file that is still to be read, or those `items` of a container.

    Items without a text are among them if their container goes out with them; of others `passed` says how many there
    were, and why. `came` counts those that are inputs. `key` names the part that holds what becomes of them, if that
    is there already; the items, which need not travel then, are left out. `positions` say how far the container was
    read when each came out of it.
    """

    sourced: Sourced
    items: tuple[Item, ...] = ()
    key: str = ""
    digest: str = ""
    passed: tuple[tuple[str, int], ...] = ()
    came: int = 1
    size: int = 0
    positions: tuple[int, ...] = ()
    is_last: bool = True


Group = tuple[Sourced, ...]  # some whole files, or one container
Batch = tuple[Piece, ...]


def grouped(sources: Iterator[Sourced]) -> Iterator[Group]:
    """The sources by groups: small files that follow each other go together."""
    group: list[Sourced] = []
    size = 0
    for sourced in sources:
        own = sourced.source.size if sourced.source.form.is_whole else _BYTES
        if group and (size + own > _BYTES // 2 or len(group) >= _RECORDS // 4):
            yield tuple(group)
            group, size = [], 0
        group.append(sourced)
        size += own
    if group:
        yield tuple(group)


def pieces(sourced: Sourced, columns: Columns) -> Iterator[Piece]:
    """The pieces of a container, in order, its rows with them; the last one says so, and may be empty."""
    reached = [0]
    waiting = _Waiting(sourced)
    for found in records(sourced.source, columns, reached=lambda position: reached.__setitem__(0, position)):
        if isinstance(found, Passed) and found.row is None:
            waiting.passed[found.reason] += 1
            continue
        size = size_of_item(found)
        if not waiting.has_room(size):
            yield waiting.piece(is_last=False)
            waiting = _Waiting(sourced)
        waiting.add(found, size, position=reached[0])
    yield waiting.piece(is_last=True)


@dataclass(slots=True)
class _Waiting:
    """Records that will be a piece."""

    sourced: Sourced
    items: list[Item] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    size: int = 0

    def has_room(self, size: int) -> bool:
        """Whether a record of so many bytes goes with these; the first always does."""
        return not self.items or (len(self.items) < _RECORDS and self.size + size <= _BYTES)

    def add(self, item: Item, size: int, *, position: int) -> None:
        """Take in a record; `position` says how far its container was read."""
        self.items.append(item)
        self.positions.append(position)
        self.size += size

    def piece(self, *, is_last: bool) -> Piece:
        """The piece of these records."""
        return Piece(
            self.sourced,
            tuple(self.items),
            digest=digest_of(self.items),
            passed=tuple(self.passed.items()),
            came=sum(map(_is_input, self.items)),
            size=self.size,
            positions=tuple(self.positions),
            is_last=is_last,
        )


def size_of_item(item: Item) -> int:
    """The bytes of a record's content."""
    return item.size if isinstance(item, Record) else 0


def slim(piece: Piece) -> Piece:
    """The piece without the rows that its items came in, which need not travel."""
    return piece._replace(items=tuple(map(_slim, piece.items)))


def _slim(item: Item) -> Item:
    """The item without the row it came in, which only writers need."""
    return item if isinstance(item, Unread) else item._replace(row=None)


def _is_input(item: Item) -> bool:
    return not isinstance(item, Passed)


def digest_of(items: Sequence[Item]) -> str:
    """A digest of all that the results of some records depend on."""
    digest = sha256()
    for item in items:
        content = item.content if isinstance(item, Record) else b""
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        told = item._replace(content="", row=None) if isinstance(item, Record) else _slim(item)
        digest.update(json.dumps([type(item).__name__, type(content).__name__, *told, len(data)]).encode())
        digest.update(data)
    return digest.hexdigest()


def parts_of(piece: Piece) -> list[Piece]:
    """A piece for each record; the last one is told of what was passed, too."""
    if len(piece.items) < 2:
        return [piece]
    last = len(piece.items) - 1
    return [
        piece._replace(
            items=(item,),
            digest=digest_of((item,)),
            passed=piece.passed if number == last else (),
            came=int(_is_input(item)),
            size=size_of_item(item),
            positions=piece.positions[number : number + 1],
            is_last=piece.is_last and number == last,
        )
        for number, item in enumerate(piece.items)
    ]


def whole_files(group: Group) -> Batch:
    """A batch of files that are no containers, which workers read."""
    return tuple(Piece(sourced, size=sourced.source.size) for sourced in group)


def by_record(batch: Batch) -> list[Batch]:
    """A batch for each record."""
    return [(part,) for piece in batch for part in parts_of(piece)]


def size_of(batch: Batch) -> int:
    """The bytes of a batch."""
    return sum(piece.size for piece in batch)
