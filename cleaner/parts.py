"""The work of a run in parts: cut, cleaned wherever there is room, and kept, so that no part is done twice.

A part is a file, or some records of a container. What becomes of it depends on what its records hold and on the recipe
of the cleaner alone, and it is kept under a digest of both: what is there already need not be done, be it from another
run or from one that was cut short. If it is there by other rules, only the records are done again that rules which
differ can bear on. Next: `results`, which writes what users see of it.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from hashlib import sha256
from itertools import count, pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner import report, reuse
from cleaner.cleaning import Recipe, result_of
from cleaner.dedup import paragraphs
from cleaner.document import Document
from cleaner.engine import Budget, Job
from cleaner.minhash import PERMUTATIONS, Hashes, Sketches, sketch
from cleaner.pipeline import Cleaner
from cleaner.quality import Quality, is_dropped
from cleaner.report import Account, Failure
from cleaner.results import Item, Result, columns_of, row_of, write_result
from cleaner.rules import RuleSet
from cleaner.sinks import Output, Span, State
from cleaner.sources import Columns, Passed, Record, Source, Unread, records

_FORMAT: Final = 1  # of what is kept; another one is done again
_RECORDS: Final = 256  # of a container in one part at most,
_BYTES: Final = 256 << 10  # and bytes, or one record: a tenth of a second's work, and as much is lost by a crash
_HEAD: Final = 8  # bytes that tell the length of a head
_LEVEL: Final = 1  # of zlib: a fifth of what cleaning takes would be too much
_KEY: Final = 40  # letters,
_RULES: Final = 16  # and those for the rules


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


class Kept(NamedTuple):
    """Where the results of a piece are kept: `part` is the key, and `digest` that of its records.

    `refused` says why the output of a whole file could not be written, if so.
    """

    place: int
    part: str
    digest: str
    came: int
    passed: tuple[tuple[str, int], ...]
    size: int
    positions: tuple[int, ...]
    is_last: bool
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


Group = tuple[Sourced, ...]  # some whole files, or one container
Batch = tuple[Piece, ...]


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


def cut(group: Group, *, way: Way) -> Iterator[Batch]:
    """The pieces of a group, batch by batch: whole files together, those of a container one at a time."""
    if group[0].source.form.is_whole:
        yield tuple(Piece(sourced, size=sourced.source.size) for sourced in group)
        return
    state = way.state
    for piece in pieces(group[0], way.columns):
        slimmer = slim(piece)
        if state.is_whole(split_mark(key := way.key(piece.digest))):
            yield from ((part,) for part in parts_of(slimmer))
        else:
            yield (slimmer._replace(key=key, items=()) if state.is_whole(key) else slimmer,)


def pieces(sourced: Sourced, columns: Columns) -> Iterator[Piece]:
    """The pieces of a container, in order, its rows with them; the last one says so, and may be empty."""
    reached = [0]
    waiting = _Waiting(sourced)
    for found in records(sourced.source, columns, reached=lambda position: reached.__setitem__(0, position)):
        if isinstance(found, Passed) and found.row is None:
            waiting.passed[found.reason] += 1
            continue
        size = _size(found)
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


def _size(item: Item) -> int:
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


def clean(batch: Batch, *, way: Way) -> tuple[Kept, ...]:
    """Clean what has not been cleaned, keep it, write what is no container, and say where all is kept."""
    return tuple(_cleaned(piece, way) for piece in batch)


def _cleaned(piece: Piece, way: Way) -> Kept:
    state = way.state
    if piece.key:
        return _kept(piece, piece.key)
    if piece.sourced.source.form.is_whole and not piece.items:
        (item,) = [_read(found) for found in records(piece.sourced.source, way.columns)]
        piece = piece._replace(items=(item,), digest=digest_of((item,)), size=_size(item))
    key = next((key for key in (way.key(piece.digest), _over(piece, way)) if state.is_whole(key)), "")
    if not key:
        key = way.key(piece.digest)
        _clean(piece, key, way)
    return _kept(piece, key, _written(Part(state, key), way) if piece.sourced.source.form.is_whole else "")


def _clean(piece: Piece, key: str, way: Way) -> None:
    """Keep what becomes of the records; of those that rules which differ don't bear on, what became of them before."""
    cleaner, state = way.recipe.cleaner(), way.state
    rules = next((rules for rules in way.earlier if state.is_whole(way.key(piece.digest, rules))), "")
    before = Part(state, way.key(piece.digest, rules)) if rules else None
    changed = _difference(state, rules, way.recipe) if rules else RuleSet([])
    stays = [before is not None and before.holds(number, changed) for number in range(len(piece.items))]
    if before and all(stays):
        state.share(way.key(piece.digest, rules), key)
        return
    results = [None if same else _result(item, cleaner) for item, same in zip(piece.items, stays, strict=True)]
    state.put(key, _made(piece, results, way.ngram, before))


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


def _kept(piece: Piece, key: str, refused: str = "") -> Kept:
    place = piece.sourced.place
    return Kept(place, key, piece.digest, piece.came, piece.passed, piece.size, piece.positions, piece.is_last, refused)


# --- what is kept ----------------------------------------------------------------------------------------------


Entry = Account | Failure | Passed


class Part:
    """What became of the records of a piece, as it is kept; each is called by its number, from 0."""

    def __init__(self, state: State, key: str) -> None:
        """Raises OSError if the part isn't there; the texts and reports are read when they are asked for."""
        size = int.from_bytes(state.span(key, 0, _HEAD), "little")
        head = json.loads(zlib.decompress(state.span(key, _HEAD, _HEAD + size)))
        self.entries: list[Entry] = [_entry(told) for told in head["entries"]]
        self._told: list[dict[str, Any]] = head["entries"]
        self._rows: list[dict[str, Any]] = head["rows"]
        self._state, self._key, self._counts = state, key, head["counts"]
        self._arrays = _HEAD + size
        sizes = np.array(head["sizes"], np.int64).reshape(-1)
        self._ends = self._arrays + _arrays_size(*self._counts) + np.append(0, np.cumsum(sizes))

    @cached_property
    def _data(self) -> bytes:
        return self._state.get(self._key)

    @property
    def names(self) -> list[str]:
        """The names of the records."""
        return [entry.name for entry in self.entries]

    def with_text(self) -> tuple[int, ...]:
        """The numbers of the records that have a text."""
        return tuple(number for number in range(len(self.entries)) if self._has_text(number))

    def _has_text(self, number: int) -> bool:
        entry = self.entries[number]
        return isinstance(entry, Account) and entry.fate != "dropped"

    def spans(self) -> NDArray[np.int64]:
        """Which bytes of the part hold the texts of those, for `text_at`; shape (n, 2)."""
        places = 3 * np.array(self.with_text(), np.int64)
        return np.stack([self._ends[places], self._ends[places + 1]], axis=1)

    def text(self, number: int) -> str | None:
        """The clean text of a record; None if it was dropped or failed."""
        return self._blob(number, 0) if self._has_text(number) else None

    def told(self, number: int) -> str:
        """The JSON report on a record: on one line if it is a container's."""
        return self._blob(number, 1)

    def page(self, number: int) -> str:
        """The report on a whole file as a page."""
        return self._blob(number, 2)

    def row(self, number: int) -> dict[str, Any]:
        """What a table of report rows has columns for."""
        return self._rows[number]

    def document(self, number: int) -> Document:
        """The document of a record that has a text."""
        text = self.text(number)
        assert text is not None
        return report.document_of(text.encode("utf-8", "surrogatepass"), self.told(number))

    def holds(self, number: int, changed: RuleSet) -> bool:
        """Whether the same became of a record if these rules were not there, or were there too.

        Of a failure that isn't known: it may be any finder's.
        """
        entry = self.entries[number]
        if not isinstance(entry, Account):
            return isinstance(entry, Passed)
        return not reuse.bears(changed, report.texts_of(self.text(number) or "", self.told(number)))

    def packed(self, number: int) -> _Packed:
        """A record as it is kept."""
        ends = self._ends[3 * number : 3 * number + 4]
        blobs = [self._data[start:end] for start, end in pairwise(ends)]
        return _Packed(self._told[number], self._rows[number], blobs)

    def notes(self) -> tuple[Sketches, list[Hashes]]:
        """The sketches of those records that have a text, and the keys of the paragraphs of each."""
        documents, landmarks, said = self._counts
        shapes = (("<u4", documents * PERMUTATIONS), ("<i8", documents), ("<u8", landmarks), ("<i8", documents))
        data = self._state.span(self._key, self._arrays, self._arrays + _arrays_size(*self._counts))
        arrays, place = [], 0
        for kind, size in (*shapes, ("<u8", said), ("<i8", documents)):
            arrays.append(np.frombuffer(data, kind, size, place))
            place += arrays[-1].nbytes
        sketches = Sketches(arrays[0].reshape(documents, PERMUTATIONS), *arrays[1:4])
        return sketches, np.split(arrays[4], arrays[5][:-1]) if documents else []

    def _blob(self, number: int, which: int) -> str:
        place = 3 * number + which
        return _unpacked(self._data[self._ends[place] : self._ends[place + 1]])


class _Packed(NamedTuple):
    """A record of a part: its entry, its row, and its text, report and page, compressed."""

    entry: dict[str, Any]
    row: dict[str, Any]
    blobs: list[bytes]


def text_at(place: Span, *, state: State) -> str:
    """The clean text that lies at a place of a part, without the rest of the part."""
    return _unpacked(state.span(*place))


def _unpacked(blob: bytes) -> str:
    return zlib.decompress(blob).decode("utf-8", "surrogatepass")


def _arrays_size(documents: int, landmarks: int, said: int) -> int:
    return documents * (4 * PERMUTATIONS + 8 + 8 + 8) + 8 * landmarks + 8 * said


def _entry(told: dict[str, Any]) -> Entry:
    if "number" in told:
        return Passed(**told)
    if "reason" in told:
        return Failure(**told)
    return Account(**{**told, "quality": Quality(*told["quality"]), "dropped": tuple(told["dropped"])})


def _made(piece: Piece, results: Sequence[Result | Passed | None], ngram: int, before: Part | None = None) -> bytes:
    """A part with the results of a piece's records; None stands for what is in the part `before`."""
    is_whole = piece.sourced.source.form.is_whole
    each = [
        before.packed(number) if result is None and before else _packed(item, result, is_whole=is_whole)
        for number, (item, result) in enumerate(zip(piece.items, results, strict=True))
    ]
    blobs = [blob for one in each for blob in one.blobs]
    counts, arrays = _arrays(results, ngram, before)
    head = {
        "entries": [one.entry for one in each],
        "rows": [one.row for one in each],
        "sizes": [len(blob) for blob in blobs],
        "counts": counts,
    }
    packed_head = zlib.compress(json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass"), _LEVEL)
    return b"".join([len(packed_head).to_bytes(_HEAD, "little"), packed_head, *arrays, *blobs])


def _packed(item: Item, result: Result | Passed | None, *, is_whole: bool) -> _Packed:
    assert result is not None
    told = _facts(result)
    row = {} if is_whole else row_of(item, told)
    blobs = [_text_of(result), report.to_json(told) if is_whole else report.to_line(row)]
    blobs.append(_page_of(result) if is_whole else "")
    packed = [zlib.compress(blob.encode("utf-8", "surrogatepass"), _LEVEL) for blob in blobs]
    return _Packed(_noted(result, told), columns_of(row), packed)


def _facts(result: Result | Passed) -> dict[str, Any]:
    if isinstance(result, Passed):
        return report.passed_facts(result.name, result.reason)
    return result.facts() if isinstance(result, Failure) else report.facts(result)


def _noted(result: Result | Passed, told: dict[str, Any]) -> dict[str, Any]:
    if isinstance(result, Passed):
        return result._asdict()
    if isinstance(result, Failure):
        return {"name": result.name, "reason": result.reason}
    return Account.of(told)._asdict()


def _text_of(result: Result | Passed) -> str:
    return result.text if isinstance(result, Document) else ""


def _page_of(result: Result | Passed) -> str:
    if isinstance(result, Document):
        return report.document_page(result)
    return report.failure_page(result) if isinstance(result, Failure) else ""


def _arrays(
    results: Sequence[Result | Passed | None], ngram: int, before: Part | None
) -> tuple[list[int], list[bytes]]:
    """How many documents, landmarks and paragraphs there are, and what is known of them."""
    sketches, said = _sketched(results, ngram, before)
    ends = np.cumsum([keys.size for keys in said], dtype=np.int64)
    every = np.concatenate([np.empty(0, np.uint64), *said])
    arrays: tuple[Any, ...] = (sketches.signatures, sketches.shingles, sketches.landmarks, sketches.ends, every, ends)
    kinds = ("<u4", "<i8", "<u8", "<i8", "<u8", "<i8")
    told = [array.astype(kind, copy=False).tobytes() for array, kind in zip(arrays, kinds, strict=True)]
    return [len(sketches), sketches.landmarks.size, every.size], told


def _sketched(
    results: Sequence[Result | Passed | None], ngram: int, before: Part | None
) -> tuple[Sketches, list[Hashes]]:
    """The sketches of those that have a text, and the keys of their paragraphs, in order."""
    texts = {
        number: each.text for number, each in enumerate(results) if isinstance(each, Document) and not is_dropped(each)
    }
    sketches, said = sketch(texts.values(), ngram=ngram), [paragraphs.keys(text) for text in texts.values()]
    if not before:
        return sketches, said
    known, known_said = before.notes()
    numbers = [number if results[number] is None else -1 for number in before.with_text()]
    rows = [row for number, row in sorted(zip([*numbers, *texts], count(), strict=False)) if number >= 0]
    every_said = [*known_said, *said]
    return Sketches.joined([known, sketches]).chosen(rows), [every_said[row] for row in rows]


# --- what breaks a worker --------------------------------------------------------------------------------------


def _split(batch: Batch, *, way: Way) -> list[Batch]:
    """Each record by itself; a mark tells later runs that those of a container go so, and need not break a worker."""
    for piece in batch:
        if len(piece.items) > 1:
            way.state.put(split_mark(way.key(piece.digest)), b"")
    return [(part,) for piece in batch for part in parts_of(piece)]


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
            size=_size(item),
            positions=piece.positions[number : number + 1],
            is_last=piece.is_last and number == last,
        )
        for number, item in enumerate(piece.items)
    ]


def _failed(batch: Batch, reason: str, is_sure: bool, *, way: Way) -> tuple[Kept, ...]:
    """Keep a record that broke its worker as a failure: under this budget, if it would break it again."""
    (piece,) = batch
    if not piece.items:
        (item,) = [_read(found) for found in records(piece.sourced.source, way.columns)]
        piece = piece._replace(items=(item,), digest=digest_of((item,)))
    key = _over(piece, way) if is_sure else f"{way.key(piece.digest)}-died"
    failure = Failure(piece.items[0].name, reason)
    way.state.put(key, _made(piece, [failure], way.ngram))
    refused = _written(Part(way.state, key), way) if piece.sourced.source.form.is_whole else ""
    return (_kept(piece, key, refused),)


def _over(piece: Piece, way: Way) -> str:
    """The key of a record that doesn't keep to the budget."""
    return f"{way.key(piece.digest)}-over-{way.budget.seconds:g}-{way.budget.memory}"


def split_mark(key: str) -> str:
    """The key of the mark that the records of a part are done one by one, by whatever rules."""
    return f"{key.partition('-')[0]}-split"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def size_of(batch: Batch) -> int:
    """The bytes of a batch."""
    return sum(piece.size for piece in batch)
