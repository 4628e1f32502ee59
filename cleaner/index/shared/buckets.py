"""Buckets on the server, which lead from a band or a landmark to the texts that have it. Next: `shared`.

They are datasketch's: those of bands are the hash tables of its `MinHashLSH`, under its names for them, and those of
landmarks one more table of its `unordered_storage`. A plain `MinHashLSH` that is opened on the same base name finds
what was entered here (`prepickle=False`: members are numbers in ASCII, so that nothing a shared server holds is
ever unpickled, and the server packs them tightly).

Written is through datasketch's buffers, one pipeline for each table and batch. Reading through datasketch would take
a reply, mostly an empty one, for each band; here the server is asked for the union of a text's buckets, one reply a
text, of what datasketch stored. Its table of keys, by which it removes texts, is left empty: the records that
`documents` packs tell what a text's buckets are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from datasketch import MinHashLSH
from datasketch.storage import UnorderedStorage, unordered_storage

from cleaner.dedup.bands import Bands
from cleaner.index.shared.server import Client
from cleaner.minhash import PERMUTATIONS, Counts, Sketches

FULL: Final = 32  # texts of a bucket that gets no more: as many as `candidates` pairs each text of a bucket with
_KEYS: Final = 1024  # that the server takes the union of at a time: it does nothing else meanwhile
# What datasketch lists as keys of a table, but is empty now. The server runs this at one go, so that no other
# machine can add to a bucket in between.
_UNLIST: Final = """
for place = 2, #KEYS do
    if redis.call('EXISTS', KEYS[place]) == 0 then redis.call('HDEL', KEYS[1], ARGV[place - 1]) end
end
"""


class _Entries(NamedTuple):
    """What some texts have in one table: rows, and the key of a bucket for each."""

    table: UnorderedStorage
    rows: list[int]
    keys: list[bytes]

    @property
    def places(self) -> list[bytes]:
        """The server's key of each bucket."""
        return [self.table.redis_key(key) for key in self.keys]


class Buckets:
    """The buckets of one index; `name` is what the server's keys begin with.

    What is asked of the server may raise ServerError.
    """

    def __init__(self, client: Client, name: str, bands: Bands) -> None:
        self._client = client
        self._bands = bands if bands.count > 1 else Bands(PERMUTATIONS // 2, 2)  # a MinHashLSH has two at least
        config = {
            "type": "redis",
            "basename": base_name(name),
            "redis": {"connection_pool": client.connection_pool},  # one for all tables
            "redis_buffer": {"transaction": False},  # else the server would do nothing else for a whole batch
        }
        lsh = MinHashLSH(
            num_perm=PERMUTATIONS, params=(self._bands.count, self._bands.rows), storage_config=config, prepickle=False
        )
        self._tables = lsh.hashtables
        self._landmarks = unordered_storage(config, name=f"{name}:landmark_".encode())
        self._unlist = client.register_script(_UNLIST)

    def members(self, sketches: Sketches) -> list[set[int]]:
        """The numbers of the texts that each text shares a bucket with."""
        places: list[list[bytes]] = [[] for _ in range(len(sketches))]
        for entries in self._entries(sketches):
            for row, place in zip(entries.rows, entries.places, strict=True):
                places[row].append(place)
        asked = [(row, start) for row, own in enumerate(places) for start in range(0, len(own), _KEYS)]
        with self._client.pipeline(transaction=False) as pipe:
            for row, start in asked:
                pipe.sunion(places[row][start : start + _KEYS])
            replies = pipe.execute()
        found: list[set[int]] = [set() for _ in places]
        for (row, _), reply in zip(asked, replies, strict=True):
            found[row].update(map(int, reply))
        return found

    def enter(self, numbers: Counts, sketches: Sketches) -> list[int]:
        """Put texts into their buckets; returns the numbers of those that a full bucket left out.

        Machines that enter texts at the same time may each fill a bucket that has room: it holds no more than
        `FULL` texts of each of them.
        """
        entries = list(self._entries(sketches))
        crowded = self._crowded(entries, sketches)
        left_out: set[int] = set()
        for table, rows, keys in entries:
            for row, key in zip(rows, keys, strict=True):
                number = b"%d" % numbers[row]
                members = crowded.get(table.redis_key(key), set())
                if number not in members and len(members) >= FULL:
                    left_out.add(int(numbers[row]))
                else:
                    members.add(number)
                    table.insert(key, number, buffer=True)
            table.empty_buffer()
        return sorted(left_out)

    def leave(self, numbers: Counts, sketches: Sketches) -> None:
        """Take texts out of their buckets; their sketches must be those they were entered with."""
        for entries in self._entries(sketches):
            for row, key in zip(entries.rows, entries.keys, strict=True):
                entries.table.remove_val(key, b"%d" % numbers[row], buffer=True)
            entries.table.empty_buffer()
            self._unlist(keys=[entries.table.redis_key(b""), *entries.places], args=entries.keys)

    def _crowded(self, entries: Sequence[_Entries], sketches: Sketches) -> dict[bytes, set[bytes]]:
        """The members of buckets that these texts might fill; a bucket has no more than its union with others."""
        sizes = [len(found) for found in self.members(sketches)]
        coming = Counter(place for part in entries for place in part.places)
        suspects = {
            place: None
            for part in entries
            for row, place in zip(part.rows, part.places, strict=True)
            if sizes[row] + coming[place] > FULL
        }
        with self._client.pipeline(transaction=False) as pipe:
            for place in suspects:
                pipe.smembers(place)
            return dict(zip(suspects, pipe.execute(), strict=True))

    def _entries(self, sketches: Sketches) -> Iterator[_Entries]:
        """The entries of each table; empty texts have none. Keys of bands are written as datasketch does."""
        filled = np.flatnonzero(sketches.shingles)
        swapped = sketches.signatures[filled].byteswap()
        width = self._bands.rows
        for band, table in enumerate(self._tables):
            yield _Entries(table, filled.tolist(), _cut(swapped[:, band * width : (band + 1) * width], 4 * width))
        landmarks = sketches.landmarks.astype(">u8")
        yield _Entries(self._landmarks, sketches.landmark_owners.tolist(), _cut(landmarks, landmarks.itemsize))


def base_name(name: str) -> bytes:
    """The `basename` by which a `MinHashLSH` is opened on the buckets of an index's bands."""
    return f"{name}:lsh".encode()


def _cut(values: np.ndarray, width: int) -> list[bytes]:
    """The bytes of an array in pieces of `width`."""
    data = values.tobytes()
    return [data[start : start + width] for start in range(0, len(data), width)]
