"""What became of the records of a piece, as it is kept between runs. Next: `parts`, which makes it.

A part holds a head with facts on each record, arrays with what near-duplicates are found by, and the texts and reports,
each compressed by itself, so that one can be read without the others.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from functools import cached_property
from itertools import count, pairwise
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
_LEVEL: Final = 1  # of zlib: a fifth of what cleaning takes would be too much


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
    return Account.again(told)


def made(piece: Piece, results: Sequence[Result | Passed | None], ngram: int, before: Part | None = None) -> bytes:
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
