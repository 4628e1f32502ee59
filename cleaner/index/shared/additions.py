"""Additions: texts that come to the server together, appear at one moment, and go at one moment.

An addition writes its texts first, where nobody sees them, and is then put into its *slot* at one moment: the
slot of its batch, in the place of what was there, or a slot of its own if its batch has no name. Only texts of
additions that are in a slot are seen, so that nobody meets half a text or half a batch, whatever breaks in between.
Texts that a batch had before and has still are kept under their numbers. Keys on the server, after the index's name:

    number, addition    the last ones given
    slots               hash: slot → the addition that is in it
    additions           hash: addition → its slot, of all that have left anything
    texts:A             set: the numbers of addition A
    new:A               set: those of them that it wrote itself, as long as it is in no slot
    gone:A              set: those that are to be removed
    busy:A              stands as long as a machine works on addition A, and `_BUSY` more
    sketch:N, text:N    the records of text N
    known               hash: digest of batch, name and text → its number and the addition that wrote it
    crowded             set: the numbers of texts that a full bucket left out
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import StoredIndexError
from cleaner.index.records import Remembered
from cleaner.index.shared.buckets import Buckets
from cleaner.index.shared.documents import (
    Stored,
    digest,
    encoded,
    packed_sketches,
    packed_text,
    unpacked_sketches,
    unpacked_text,
)
from cleaner.index.shared.server import Client
from cleaner.minhash import Counts, Sketches

_BUSY: Final = 3600  # seconds after which an addition that nobody has written to counts as given up
_AT_ONCE: Final = 512  # texts that are removed or entered again at a time
# The server runs each of these at one go.
_COMMIT: Final = """
local slots, additions, texts, gone, new, busy, replaced, replaced_gone = unpack(KEYS)
local slot, number, before = unpack(ARGV)
local current = redis.call('HGET', slots, slot) or ''
if current == number then return 'done' end -- at the first try, and only the answer was lost
if redis.call('HEXISTS', additions, number) == 0 or redis.call('EXISTS', gone) == 1 then return 'late' end
if current ~= before then return 'other' end
redis.call('HSET', slots, slot, number)
redis.call('DEL', new, busy)
if before ~= '' then
    redis.call('SDIFFSTORE', replaced_gone, replaced, texts)
    redis.call('DEL', replaced)
end
return 'done'
"""
_GIVE_UP: Final = """
local slots, new, gone, texts, busy = unpack(KEYS)
if redis.call('HGET', slots, ARGV[1]) == ARGV[2] then return 0 end
if redis.call('EXISTS', new) == 1 then redis.call('RENAME', new, gone) end
redis.call('DEL', texts, busy)
return 1
"""
_BATCH: Final = b"="  # begins the slot of a batch with a name
_LOST: Final = Remembered("", "", "")


class Addition(NamedTuple):
    """An addition that is being written; `before` is what its slot held when it began."""

    number: int
    slot: bytes
    batch: str
    before: int | None


class Totals(NamedTuple):
    """How many texts are seen, named batches, texts that a full bucket left out, and additions still to be removed."""

    texts: int
    batches: int
    crowded: int
    leftover: int


class Additions:
    """The additions of one index; `name` is what the server's keys begin with. All may raise ServerError."""

    def __init__(self, client: Client, name: str, buckets: Buckets) -> None:
        self._client = client
        self._prefix = f"{name}:"
        self._buckets = buckets
        self._commit = client.register_script(_COMMIT)
        self._give_up = client.register_script(_GIVE_UP)

    def begin(self, batch: str) -> Addition:
        """A new addition to a batch; it has to be committed or given up."""
        number = int(self._client.incr(self._key("addition")))
        slot = slot_of(batch) or b"+%d" % number
        with self._client.pipeline() as pipe:
            pipe.set(self._key("busy", number), 1, ex=_BUSY)
            pipe.hset(self._key("additions"), str(number), slot)
            pipe.hget(self._key("slots"), slot)
            before = pipe.execute()[-1]
        return Addition(number, slot, batch, None if before is None else int(before))

    def write(self, addition: Addition, documents: Sequence[Remembered], sketches: Sketches) -> int:
        """Store texts, but for those that are there already; returns how many were new."""
        self._client.set(self._key("busy", addition.number), 1, ex=_BUSY)
        digests = [digest(document) for document in documents]
        known = self._known(addition, digests)
        if known and addition.batch:
            self._client.sadd(self._key("texts", addition.number), *known.values())
        new = {key: row for row, key in enumerate(digests) if key not in known}
        rows = np.array(list(new.values()), np.int64)
        if rows.size:
            self._store(addition, [documents[row] for row in new.values()], sketches.chosen(rows), list(new))
        return rows.size

    def commit(self, addition: Addition) -> None:
        """Let the texts of an addition be seen, in the place of those its batch had before.

        Raises StoredIndexError if another machine has put its own there meanwhile, or has given this one up.
        """
        keys = [self._key("slots"), self._key("additions")]
        keys += [self._key(kind, addition.number) for kind in ("texts", "gone", "new", "busy")]
        keys += [self._key(kind, addition.before or 0) for kind in ("texts", "gone")]
        answer = self._commit(keys=keys, args=[addition.slot, addition.number, addition.before or ""])
        if answer == b"late":
            raise StoredIndexError("nothing was added for an hour, and it counts as given up; add it again")
        if answer == b"other":
            raise StoredIndexError(f"another machine has added the batch {addition.batch!r} meanwhile; add it again")

    def give_up(self, number: int, slot: bytes) -> None:
        """Remove an addition, unless it is in its slot. A server whose memory is full allows all this takes."""
        keys = [self._key("slots"), *(self._key(kind, number) for kind in ("new", "gone", "texts", "busy"))]
        if self._give_up(keys=keys, args=[slot, number]):
            self.remove(number)

    def remove(self, number: int) -> None:
        """Remove what is gone of an addition."""
        gone = self._key("gone", number)
        while some := self._client.srandmember(gone, _AT_ONCE):
            self._remove(np.array(sorted(map(int, some)), np.int64))
            self._client.srem(gone, *some)
        self._client.hdel(self._key("additions"), str(number))

    def tidy(self) -> None:
        """Remove what is gone of all additions, and those given up; then enter the crowded where there is room now."""
        for addition, slot in self._client.hgetall(self._key("additions")).items():
            number = int(addition)
            if self._client.exists(self._key("gone", number)):
                self.remove(number)
            elif not self._client.exists(self._key("busy", number)):
                self.give_up(number, slot)
        crowded = np.array(sorted(map(int, self._client.smembers(self._key("crowded")))), np.int64)
        for start in range(0, crowded.size, _AT_ONCE):
            self._enter_again(crowded[start : start + _AT_ONCE])

    def seen(self, numbers: Counts, *, besides: str = "") -> Stored:
        """What is kept of those of these texts that are seen, without those of the batch `besides`."""
        stored = self._stored(numbers)
        hidden = slot_of(besides)
        is_other = np.array([slot != hidden for slot in stored.slots], np.bool_)
        rows = np.flatnonzero(self._are_seen(stored.numbers, stored.slots) & is_other)
        return Stored(
            stored.numbers[rows],
            stored.sketches.chosen(rows),
            [stored.slots[row] for row in rows.tolist()],
            [stored.digests[row] for row in rows.tolist()],
        )

    def documents(self, numbers: Sequence[int]) -> list[Remembered]:
        """The texts of these numbers; one that has been removed is empty, and has no name."""
        records = self._client.mget([self._key("text", number) for number in numbers])
        return [unpacked_text(record) if record else _LOST for record in records]

    def totals(self) -> Totals:
        """What there is."""
        slots = self._client.hgetall(self._key("slots"))
        with self._client.pipeline(transaction=False) as pipe:
            for number in slots.values():
                pipe.scard(self._key("texts", int(number)))
            pipe.scard(self._key("crowded"))
            pipe.hlen(self._key("additions"))
            *texts, crowded, additions = pipe.execute()
        named = sum(slot.startswith(_BATCH) for slot in slots)
        return Totals(sum(texts), named, crowded, additions - len(slots))

    def _key(self, kind: str, number: int | None = None) -> str:
        return f"{self._prefix}{kind}" if number is None else f"{self._prefix}{kind}:{number}"

    def _known(self, addition: Addition, digests: Sequence[bytes]) -> dict[bytes, int]:
        """The numbers of those of these digests whose texts this addition has, or would have to add again."""
        entries = self._numbers_of(digests)
        numbers = np.array([number for number, _ in entries.values()], np.int64)
        slots = [addition.slot if addition.batch else b"+%d" % writer for _, writer in entries.values()]
        is_own = [writer == addition.number for _, writer in entries.values()]
        is_known = self._are_seen(numbers, slots) | np.array(is_own, np.bool_)
        return {key: entries[key][0] for key, known in zip(entries, is_known, strict=True) if known}

    def _numbers_of(self, digests: Sequence[bytes]) -> dict[bytes, tuple[int, int]]:
        """The number and the writing addition of the digests that have been written."""
        values = self._client.hmget(self._key("known"), digests)
        found = {key: value.split() for key, value in zip(digests, values, strict=True) if value is not None}
        return {key: (int(number), int(writer)) for key, (number, writer) in found.items()}

    def _store(
        self, addition: Addition, documents: Sequence[Remembered], sketches: Sketches, digests: Sequence[bytes]
    ) -> None:
        """Write new texts: what they are first, then what leads to them."""
        last = int(self._client.incrby(self._key("number"), len(documents)))
        numbers = np.arange(last - len(documents) + 1, last + 1)
        records = zip(numbers.tolist(), packed_sketches(sketches, addition.slot, digests), documents, strict=True)
        with self._client.pipeline(transaction=False) as pipe:
            pipe.sadd(self._key("new", addition.number), *numbers.tolist())
            pipe.sadd(self._key("texts", addition.number), *numbers.tolist())
            for number, record, document in records:
                pipe.mset({self._key("sketch", number): record, self._key("text", number): packed_text(document)})
            pipe.hset(
                self._key("known"),
                mapping={
                    key: f"{number} {addition.number}" for key, number in zip(digests, numbers.tolist(), strict=True)
                },
            )
            pipe.execute()
        left_out = self._buckets.enter(numbers, sketches)
        if left_out:
            self._client.sadd(self._key("crowded"), *left_out)

    def _stored(self, numbers: Counts) -> Stored:
        records = self._client.mget([self._key("sketch", number) for number in numbers]) if numbers.size else []
        return unpacked_sketches(numbers, records)

    def _are_seen(self, numbers: Counts, slots: Sequence[bytes]) -> NDArray[np.bool_]:
        """Whether each of these texts is in the addition that its slot holds."""
        is_seen = np.zeros(numbers.size, np.bool_)
        asked = list(self._rows_of_additions(slots))
        with self._client.pipeline(transaction=False) as pipe:
            for addition, rows in asked:
                pipe.smismember(self._key("texts", addition), numbers[rows].tolist())
            for (_, rows), reply in zip(asked, pipe.execute(), strict=True):
                is_seen[rows] = reply
        return is_seen

    def _rows_of_additions(self, slots: Sequence[bytes]) -> Iterator[tuple[int, list[int]]]:
        """The addition that each distinct slot holds, if any, and where that slot stands."""
        rows: dict[bytes, list[int]] = {}
        for row, slot in enumerate(slots):
            rows.setdefault(slot, []).append(row)
        held = self._client.hmget(self._key("slots"), list(rows)) if rows else []
        yield from ((int(addition), rows[slot]) for slot, addition in zip(rows, held, strict=True) if addition)

    def _remove(self, numbers: Counts) -> None:
        """Remove texts: what leads to them first, then what they are."""
        stored = self._stored(numbers)
        self._buckets.leave(stored.numbers, stored.sketches)
        known = self._numbers_of(stored.digests) if stored.digests else {}
        own = [
            key for key, number in zip(stored.digests, stored.numbers, strict=True) if known.get(key, (0,))[0] == number
        ]
        with self._client.pipeline(transaction=False) as pipe:
            if own:
                pipe.hdel(self._key("known"), *own)
            pipe.srem(self._key("crowded"), *numbers.tolist())
            pipe.delete(*(self._key(kind, number) for number in numbers for kind in ("text", "sketch")))
            pipe.execute()

    def _enter_again(self, numbers: Counts) -> None:
        stored = self._stored(numbers)
        left_out = self._buckets.enter(stored.numbers, stored.sketches)
        entered = set(numbers.tolist()) - set(left_out)
        if entered:
            self._client.srem(self._key("crowded"), *entered)


def slot_of(batch: str) -> bytes:
    """The slot of a batch; none if it has no name."""
    return _BATCH + encoded(batch) if batch else b""
