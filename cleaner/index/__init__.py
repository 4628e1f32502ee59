"""What was seen in earlier runs: an index that remembers texts and finds those that new ones resemble.

`local` keeps it in a folder, `shared` in a Redis server that many machines use. Both nominate; `dedup` confirms against
the remembered text, so that what is said of a match is its true similarity. Next: `records`, what an index does.
"""

from __future__ import annotations

from cleaner.index.records import Index, Nominated, Parameters, Remembered

__all__ = ["Index", "Nominated", "Parameters", "Remembered", "open_index"]

_SHARED = ("redis://", "rediss://")


def open_index(address: str, parameters: Parameters | None = None, *, write: bool = False) -> Index:
    """The index in a folder, or in the Redis server at an address that begins with `redis://` or `rediss://`.

    With `write` it is made if there is none. Without `parameters` it is taken as it was made. Raises
    `StoredIndexError` if it was made for others, or cannot be used.
    """
    if address.startswith(_SHARED):
        from cleaner.index.shared import SharedIndex  # noqa: PLC0415 - one needs no Redis, the other no LMDB

        return SharedIndex.open(address, parameters, write=write)
    from cleaner.index.local import LocalIndex  # noqa: PLC0415

    return LocalIndex.open(address, parameters, write=write)
