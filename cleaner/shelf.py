"""What is put aside by name until it is asked for, however much it is. Next: `comparing`.

It lies in a table of SQLite's own, which goes to disk as soon as it grows, unseen; so memory stays the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Self

Parts = tuple[bytes, ...]


class Shelf:
    """Holds so many parts, as bytes, under each name."""

    def __init__(self, parts: int) -> None:
        self._columns = ", ".join(f"part{number}" for number in range(parts))
        self._marks = ", ".join("?" * parts)
        self._serial = self._count = 0
        self._table = sqlite3.connect("", isolation_level=None)  # "" is a temporary database
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute(f"CREATE TABLE held (name BLOB PRIMARY KEY, number INTEGER, {self._columns})")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._table.close()

    def __len__(self) -> int:
        return self._count

    def put(self, name: str, *parts: bytes) -> bool:
        """Put something aside; whether its name was free, for else what has it stays."""
        self._serial += 1
        sql = f"INSERT OR IGNORE INTO held VALUES (?, ?, {self._marks})"
        is_new = self._table.execute(sql, (_key(name), self._serial, *parts)).rowcount > 0
        self._count += is_new
        return is_new

    def get(self, name: str) -> Parts | None:
        """What lies under a name, if anything does."""
        if not self._count:
            return None
        sql = f"SELECT {self._columns} FROM held WHERE name = ?"
        found: Parts | None = self._table.execute(sql, (_key(name),)).fetchone()
        return found

    def take(self, name: str) -> Parts | None:
        """The same, and it lies there no more."""
        found = self.get(name)
        if found is not None:
            self._table.execute("DELETE FROM held WHERE name = ?", (_key(name),))
            self._count -= 1
        return found

    def rest(self) -> Iterator[tuple[str, Parts]]:
        """What still lies there, by name, in the order in which it came."""
        rows = self._table.execute(f"SELECT name, {self._columns} FROM held ORDER BY number")
        return ((row[0].decode("utf-8", "surrogatepass"), row[1:]) for row in rows)


def _key(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
