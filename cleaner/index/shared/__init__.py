"""An index on a Redis server, which many machines fill and ask at the same time, on datasketch's Redis storage.

`SharedIndex` is the way in. `server` connects, `documents` packs what is kept of a text, `buckets` finds texts that may
be alike, `additions` lets them come and go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.candidates import may_be_part, may_contain, may_reach
from cleaner.errors import StoredIndexError
from cleaner.index.records import Nominated, Parameters, Remembered
from cleaner.index.shared.additions import Addition, Additions
from cleaner.index.shared.buckets import Buckets
from cleaner.index.shared.server import Address, Client, ServerError, connected, explained
from cleaner.minhash import LANDMARK_LENGTH, LANDMARK_RATE, PERMUTATIONS, SCHEME, Counts, Sketches

FORMAT: Final = 1  # of what is stored; an index of another one is refused
_ROWS: Final = 512  # texts that are asked for or written at a time
_LETTERS: Final = 1 << 22  # that are written at a time, unless one text has more
_PAIRS: Final = 1 << 14  # whose sketches are compared at a time: 16 MB of signatures
_AHEAD: Final = 64  # texts that are fetched at a time
_HELD: Final = 512  # that are held, so that one which many resemble is not fetched for each


class SharedIndex:
    """An index at `redis://[user:password@]host[:port][/database][?name=...]`; see `Index` for what it does.

    Many machines may ask and add at the same time. A batch that is added again is replaced at one moment: until then,
    others see what it was, from then on what it is. If two machines add a batch of one name at once, the second to
    finish is told so by an error, and adds nothing. Texts without a batch that two machines add at once may
    be remembered twice.

    A bucket takes `buckets.FULL` texts; how many texts a full one has left out is told by `stats`, as "crowded". What
    the server loses is lost: whether it saves to a disk, and that it evicts no keys, is for its configuration to
    say. All methods raise StoredIndexError if the server cannot be reached, or refuses.
    """

    def __init__(self, address: Address, client: Client, parameters: Parameters, *, write: bool) -> None:
        self.parameters = parameters
        self._address = address
        self._client = client
        self._is_open_for_writing = write
        self._buckets = Buckets(client, address.name, parameters.bands)
        self._additions = Additions(client, address.name, self._buckets)
        self._orders: list[_Order] = []  # in which the numbers nominated last may be asked for
        self._held: dict[int, Remembered] = {}

    @classmethod
    def open(cls, address: str, parameters: Parameters | None = None, *, write: bool = False) -> Self:
        """The index at an address; with `write` it is made if it isn't there.

        Its parameters are those it was made with; others are refused. None stands for those, or for the usual ones if
        it is made. Raises StoredIndexError.
        """
        place = Address.parsed(address)
        client = connected(place)
        key = f"{place.name}:about"
        with explained(place):
            if write:
                client.set(key, json.dumps(_described(parameters or Parameters())), nx=True)
            stored = client.get(key)
        if stored is None:
            raise StoredIndexError(f"{place}: there is no index; add texts to it first, or correct its address")
        return cls(place, client, _agreed(place, stored, parameters), write=write)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def nominate(self, sketches: Sketches, *, besides: str = "") -> Nominated:
        """Pairs that may be alike, sorted; see `Index`.

        Work is bounded for each text: a bucket has few texts, however many resemble each other.
        """
        with explained(self._address):
            parts = [
                self._nominated(np.arange(start, min(start + _ROWS, len(sketches))), sketches, besides)
                for start in range(0, len(sketches), _ROWS)
            ]
        empty = np.empty(0, np.int64)
        nominated = Nominated(
            np.concatenate([empty, *(part.rows for part in parts)]),
            np.concatenate([empty, *(part.numbers for part in parts)]),
        )
        numbers = list(dict.fromkeys(nominated.numbers.tolist()))
        self._orders = [_Order(numbers), _Order(sorted(numbers))]
        return nominated

    def remembered(self, number: int) -> Remembered:
        """What is remembered under a number of `nominate`.

        If another machine has replaced it since, it is an empty text without a name, which resembles nothing. Fast if
        asked for in the order of `nominate` or in that of the numbers: those that come next are fetched with it.
        """
        if number not in self._held:
            self._fetch(number)
        return self._held[number]

    def still_has(self, numbers: Counts) -> bool:
        """Whether all those numbers are remembered now; another machine may have replaced some meanwhile."""
        wanted = np.unique(numbers)
        with explained(self._address):
            return bool(self._additions.seen(wanted).numbers.size == wanted.size)

    def add(self, names: Sequence[str], texts: Iterable[str], sketches: Sketches, *, batch: str = "") -> int:
        """Remember texts; see `Index`. All are seen from one moment on, which is before this returns.

        Raises StoredIndexError; nothing is added then. If the connection broke at the very end, all may be: to add
        again what is there does no harm.
        """
        self._check_writing()
        with explained(self._address):
            addition = self._additions.begin(batch)
            try:
                added = self._written(addition, _parts(names, texts, batch), sketches)
                self._finish(addition, added)
            except BaseException:
                self._give_up(addition)
                raise
            self._clear_up(addition)
        return added

    def compact(self) -> None:
        """Remove what replaced and broken additions left, and let texts into buckets that have room now.

        An addition that a machine has written to within an hour is left alone.
        """
        self._check_writing()
        with explained(self._address):
            self._additions.tidy()

    def stats(self) -> dict[str, int | float | str]:
        """How many texts and batches there are, what the server's memory holds, and the parameters.

        "bytes" are those of all that the server holds, for it does not count by name; "eviction" is its policy for when
        its memory is full, and keeps an index whole unless it begins with allkeys; "crowded" are the texts that a full
        bucket left out, "leftover" the additions that `compact` would remove, or that are being written.
        """
        with explained(self._address):
            totals = self._additions.totals()
            memory = self._client.info("memory")
        return {
            "texts": totals.texts,
            "batches": totals.batches,
            "bytes": memory["used_memory"],
            "ngram": self.parameters.ngram,
            "threshold": self.parameters.threshold,
            "crowded": totals.crowded,
            "leftover": totals.leftover,
            "eviction": memory["maxmemory_policy"],
        }

    def close(self) -> None:
        """Let go of the connection."""
        self._client.connection_pool.disconnect()

    def _check_writing(self) -> None:
        if not self._is_open_for_writing:
            raise StoredIndexError(f"{self._address}: the index is open for look-ups only; open it for writing")

    def _written(self, addition: Addition, parts: Iterator[list[Remembered]], sketches: Sketches) -> int:
        added = row = 0
        for documents in parts:
            rows = np.arange(row, row + len(documents))
            added += self._additions.write(addition, documents, sketches.chosen(rows))
            row += len(documents)
        if row != len(sketches):
            raise ValueError(f"{row} texts have {len(sketches)} sketches")
        return added

    def _finish(self, addition: Addition, added: int) -> None:
        if addition.batch or added:
            self._additions.commit(addition)
        else:  # else a slot without texts would stay for ever
            self._give_up(addition)

    def _give_up(self, addition: Addition) -> None:
        with suppress(ServerError):  # what can't be removed now is never seen, and `compact` removes it
            self._additions.give_up(addition.number, addition.slot)

    def _clear_up(self, addition: Addition) -> None:
        if addition.before is not None:
            with suppress(ServerError):  # the texts are added, and `compact` removes what is left
                self._additions.remove(addition.before)

    def _nominated(self, places: Counts, sketches: Sketches, besides: str) -> Nominated:
        asked = sketches.chosen(places)
        members = [np.array(sorted(found), np.int64) for found in self._buckets.members(asked)]
        rows = np.repeat(np.arange(len(members)), [found.size for found in members])
        numbers = np.concatenate(members)
        stored = self._additions.seen(np.unique(numbers), besides=besides)
        is_seen = np.isin(numbers, stored.numbers)
        rows, numbers = rows[is_seen], numbers[is_seen]
        are_likely = self._may_match(asked, rows, stored.sketches, np.searchsorted(stored.numbers, numbers))
        return Nominated(places[rows[are_likely]], numbers[are_likely])

    def _may_match(self, left: Sketches, rows: Counts, right: Sketches, others: Counts) -> NDArray[np.bool_]:
        """Whether each pair of a row of `left` and one of `right` may be alike."""
        parts = [
            _may_be_alike(left.chosen(rows[part]), right.chosen(others[part]), self.parameters.threshold)
            for part in (slice(start, start + _PAIRS) for start in range(0, rows.size, _PAIRS))
        ]
        return np.concatenate([np.empty(0, np.bool_), *parts])

    def _fetch(self, number: int) -> None:
        coming = max((order.coming(number) for order in self._orders), key=len, default=[number])
        wanted = [other for other in coming if other not in self._held]
        for held in list(self._held)[: max(0, len(self._held) + len(wanted) - _HELD)]:
            del self._held[held]
        with explained(self._address):
            self._held.update(zip(wanted, self._additions.documents(wanted), strict=True))


class _Order:
    """Numbers in an order in which texts may be asked for."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers
        self._places = {number: place for place, number in enumerate(numbers)}
        self._reached = 0  # the place after those that were fetched

    def coming(self, number: int) -> list[int]:
        """A number and those that follow it, as long as this is the order in which they are asked for."""
        place = self._places.get(number, -1)
        if place and not self._reached <= place < self._reached + _AHEAD:
            return [number]
        self._reached = place + _AHEAD
        return self._numbers[place : self._reached]


def _described(parameters: Parameters) -> dict[str, Any]:
    """All that two programs have to agree on in order to share an index."""
    bands = parameters.bands
    return {
        "format": FORMAT,
        "ngram": parameters.ngram,
        "threshold": parameters.threshold,
        "bands": [bands.count, bands.rows],
        "permutations": PERMUTATIONS,
        "scheme": SCHEME,
        "landmark": LANDMARK_LENGTH,
        "landmark_rate": LANDMARK_RATE,
    }


def _agreed(address: Address, stored: bytes, wanted: Parameters | None) -> Parameters:
    """The parameters of an index that are stored; raises StoredIndexError if they aren't those wanted, or ours."""
    try:
        made = json.loads(stored)
        parameters = Parameters(made["ngram"], made["threshold"])
    except (ValueError, LookupError, TypeError):
        raise StoredIndexError(
            f"{address}: what is there is no index of this program; add another ?name=... to the address"
        ) from None
    differing = [
        f"{key} {made.get(key)}, not {value}"
        for key, value in _described(wanted or parameters).items()
        if made.get(key) != value
    ]
    if differing:
        raise StoredIndexError(
            f"{address}: the index was made with {'; '.join(differing)}; "
            "ask for what it was made with, or make another index, with another ?name=... in its address"
        )
    return parameters


def _parts(names: Sequence[str], texts: Iterable[str], batch: str) -> Iterator[list[Remembered]]:
    """The texts in parts that are written at a time."""
    part: list[Remembered] = []
    size = 0
    for name, text in zip(names, texts, strict=True):
        if part and (len(part) == _ROWS or size + len(text) > _LETTERS):
            yield part
            part, size = [], 0
        part.append(Remembered(name, batch, text))
        size += len(text)
    if part:
        yield part


def _may_be_alike(left: Sketches, right: Sketches, threshold: float) -> NDArray[np.bool_]:
    """Whether the text of each row of `left` may be alike to that of the same row of `right`."""
    shared = _shared_landmarks(left, right)
    sizes = [np.diff(side.ends, prepend=0) for side in (left, right)]
    is_part = (shared > 0) & may_contain(shared, *sizes)
    is_part &= may_be_part(left.signatures, right.signatures, left.shingles, right.shingles)
    return is_part | may_reach(threshold, left.signatures, right.signatures)


def _shared_landmarks(left: Sketches, right: Sketches) -> Counts:
    """How many landmarks each row of `left` has in common with the same row of `right`."""
    rows = np.concatenate([left.landmark_owners, right.landmark_owners])
    landmarks = np.concatenate([left.landmarks, right.landmarks])
    order = np.lexsort((landmarks, rows))
    rows, landmarks = rows[order], landmarks[order]
    is_shared = (rows[1:] == rows[:-1]) & (landmarks[1:] == landmarks[:-1])
    return np.bincount(rows[1:][is_shared], minlength=len(left))
