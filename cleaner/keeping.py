"""What became of the records of a piece, as it is kept between runs. Next: `parts`, which makes it.

A part holds a head with facts on each record, arrays with what near-duplicates are found by, and the texts and reports,
each compressed by itself, so that one can be read without the others.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, chain, count, pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner import report, reuse
from cleaner.dedup import paragraphs
from cleaner.document import Document
from cleaner.minhash import PERMUTATIONS, Hashes, Sketches, sketch
from cleaner.pieces import Piece
from cleaner.quality import is_dropped
from cleaner.report import Account, Failure
from cleaner.results import Item, Result, columns_of, row_of
from cleaner.rules import RuleSet
from cleaner.sinks import Span, State
from cleaner.sources import Passed

_HEAD: Final = 8  # bytes that tell the length of a head
_BLOBS: Final = 2  # of each record
_AT_ONCE: Final = 1 << 16  # bytes of a part that are read first: all of most files that are no containers
_LEVEL: Final = 1  # of zlib: a fifth of what cleaning takes would be too much,
_BLOCK: Final = 1 << 12  # and any is for a file of so many bytes, for which disks take no less room if it has half


Entry = Account | Failure | Passed


class Part:
    """What became of the records of a piece, as it is kept; each is called by its number, from 0."""

    def __init__(self, state: State, key: str) -> None:
        """Raises OSError if the part isn't there; the texts and reports are read when they are asked for."""
        self._state, self._key = state, key
        self._beginning = state.span(key, 0, _AT_ONCE)
        size = int.from_bytes(self._beginning[:_HEAD], "little")
        head = json.loads(zlib.decompress(self._span(_HEAD, _HEAD + size)))
        self.entries: list[Entry] = [_entry(told) for told in head["entries"]]
        self._told: list[dict[str, Any]] = head["entries"]
        self._rows: list[dict[str, Any]] = head["rows"]
        self._counts = head["counts"]
        self._arrays = _HEAD + size
        self._ends = [*accumulate(head["sizes"], initial=self._arrays + _arrays_size(*self._counts))]

    def _span(self, start: int, end: int) -> bytes:
        """Some bytes of the part."""
        if end <= len(self._beginning):
            return self._beginning[start:end]
        return self._state.span(self._key, start, end)

    @cached_property
    def _data(self) -> bytes:
        return self._beginning if len(self._beginning) < _AT_ONCE else self._state.get(self._key)

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
        places = [_BLOBS * number for number in self.with_text()]
        spans = [self._ends[place : place + 2] for place in places]
        return np.array(spans, np.int64).reshape(-1, 2)

    def text(self, number: int) -> str | None:
        """The clean text of a record; None if it was dropped or failed."""
        return self._blob(number, 0) if self._has_text(number) else None

    def told(self, number: int) -> str:
        """The JSON report on a record: on one line if it is a container's."""
        return self._blob(number, 1)

    def row(self, number: int) -> dict[str, Any]:
        """What a table of report rows has columns for."""
        return self._rows[number]

    def document(self, number: int) -> Document:
        """The document of a record that was cleaned."""
        text = self.text(number) or ""
        return report.document_of(text.encode("utf-8", "surrogatepass"), self.told(number))

    def finished(self, number: int) -> Finished:
        """What became of a record, as it was when it was kept."""
        entry, told = self.entries[number], self.told(number)
        result = self.document(number) if isinstance(entry, Account) else entry
        return Finished(result, report.loaded(told), told)

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
        ends = self._ends[_BLOBS * number : _BLOBS * number + _BLOBS + 1]
        blobs = [self._data[start:end] for start, end in pairwise(ends)]
        return _Packed(self._told[number], self._rows[number], blobs)

    def notes(self) -> Notes:
        """The notes on those records that have a text."""
        documents, landmarks, said = self._counts
        shapes = (("<u4", documents * PERMUTATIONS), ("<i8", documents), ("<u8", landmarks), ("<i8", documents))
        data = self._span(self._arrays, self._arrays + _arrays_size(*self._counts))
        arrays, place = [], 0
        for kind, size in (*shapes, ("<u8", said), ("<i8", documents)):
            arrays.append(np.frombuffer(data, kind, size, place))
            place += arrays[-1].nbytes
        sketches = Sketches(arrays[0].reshape(documents, PERMUTATIONS), *arrays[1:4])
        keys = arrays[4].copy()  # which are held on, and would hold all that was read
        ends = arrays[5].tolist()
        return Notes(sketches, [keys[start:end] for start, end in pairwise([0, *ends])])

    def _blob(self, number: int, which: int) -> str:
        place = _BLOBS * number + which
        return _unpacked(self._data[self._ends[place] : self._ends[place + 1]])


class Notes(NamedTuple):
    """What near-duplicates are found by, of some texts: their sketches, and the keys of the paragraphs of each."""

    sketches: Sketches
    said: list[Hashes]

    @classmethod
    def of(cls, texts: Sequence[str], ngram: int) -> Notes:
        """The notes on texts, in order: of many at once, for one by one takes several times as long."""
        return cls(sketch(texts, ngram=ngram), list(map(paragraphs.keys, texts)))

    def cut(self, start: int, end: int) -> Notes:
        """Those on the texts from one place on, up to another."""
        return Notes(self.sketches.cut(start, end), self.said[start:end])


class _Packed(NamedTuple):
    """A record of a part: its entry, its row, and its text and report, compressed."""

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
    return Account.again(told)


class Finished(NamedTuple):
    """What became of a record, what its report says, and the report: as JSON, on one line if it is a container's."""

    result: Result | Passed
    facts: dict[str, Any]
    told: str

    @classmethod
    def of(cls, item: Item, result: Result | Passed, *, is_whole: bool) -> Finished:
        """What is said of the result; `is_whole` if the record is a file that is no container."""
        if isinstance(result, Document):
            facts = report.facts(result)
        elif isinstance(result, Failure):
            facts = result.facts()
        else:
            facts = report.passed_facts(result.name, result.reason)
        if is_whole:
            return cls(result, facts, report.to_json(facts))
        row = row_of(item, facts)
        return cls(result, row, report.to_line(row))

    @property
    def text(self) -> str | None:
        """The clean text; None if it was dropped or failed."""
        return self.result.text if isinstance(self.result, Document) and not is_dropped(self.result) else None

    def entry(self) -> dict[str, Any]:
        """What is kept of it beside its text and report."""
        if isinstance(self.result, Passed):
            return self.result._asdict()
        if isinstance(self.result, Failure):
            return {"name": self.result.name, "reason": self.result.reason}
        return Account.of(self.facts)._asdict()


def made(piece: Piece, results: Sequence[Finished | None], notes: Notes, before: Part | None = None) -> bytes:
    """A part with the results of a piece's records, and the notes on their texts.

    None stands for what is in the part `before`.
    """
    is_whole = piece.sourced.source.form.is_whole
    said = [_said(one) if one else [] for one in results]
    level = 0 if is_whole and sum(map(len, chain.from_iterable(said))) <= _BLOCK else _LEVEL
    each = [
        _Packed(
            one.entry(),
            {} if is_whole else columns_of(one.facts),
            [zlib.compress(data, level) for data in blobs],
        )
        if one
        else _held(before, number)
        for number, (one, blobs) in enumerate(zip(results, said, strict=True))
    ]
    blobs = [blob for one in each for blob in one.blobs]
    counts, arrays = _arrays(results, notes, before)
    head = {
        "entries": [one.entry for one in each],
        "rows": [one.row for one in each],
        "sizes": [len(blob) for blob in blobs],
        "counts": counts,
    }
    packed_head = zlib.compress(json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass"), level)
    return b"".join([len(packed_head).to_bytes(_HEAD, "little"), packed_head, *arrays, *blobs])


def _said(one: Finished) -> list[bytes]:
    return [said.encode("utf-8", "surrogatepass") for said in (one.text or "", one.told)]


def _held(before: Part | None, number: int) -> _Packed:
    assert before is not None
    return before.packed(number)


def _arrays(results: Sequence[Finished | None], notes: Notes, before: Part | None) -> tuple[list[int], list[bytes]]:
    """How many documents, landmarks and paragraphs there are, and what is known of them."""
    sketches, said = _with_known(results, notes, before) if before else notes
    ends = np.cumsum([keys.size for keys in said], dtype=np.int64)
    every = np.concatenate([np.empty(0, np.uint64), *said])
    arrays: tuple[Any, ...] = (sketches.signatures, sketches.shingles, sketches.landmarks, sketches.ends, every, ends)
    kinds = ("<u4", "<i8", "<u8", "<i8", "<u8", "<i8")
    told = [array.astype(kind, copy=False).tobytes() for array, kind in zip(arrays, kinds, strict=True)]
    return [len(sketches), sketches.landmarks.size, every.size], told


def _with_known(results: Sequence[Finished | None], notes: Notes, before: Part) -> Notes:
    """The notes and those on what is in the part before, in the order of the records."""
    known, known_said = before.notes()
    texts = [number for number, one in enumerate(results) if one and one.text is not None]
    numbers = [number if results[number] is None else -1 for number in before.with_text()]
    rows = [row for number, row in sorted(zip([*numbers, *texts], count(), strict=False)) if number >= 0]
    said = [*known_said, *notes.said]
    return Notes(Sketches.joined([known, notes.sketches]).chosen(rows), [said[row] for row in rows])
