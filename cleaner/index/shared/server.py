"""The Redis server that an index lies on: its address, the connection, and what its errors mean. Next: `buckets`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from cleaner.errors import StoredIndexError

try:
    import redis
    from redis.backoff import ExponentialBackoff
    from redis.retry import Retry
except ImportError as error:
    raise StoredIndexError(
        "an index on redis:// needs the extra redis; install it: pip install 'webtext-cleaner[redis]'"
    ) from error

Client = Any  # redis.Redis, or a pipeline of one: its own hints say that replies may be text, and ours never are
ServerError = redis.RedisError  # what any request may raise
FORM: Final = "redis://[user:password@]host[:port][/database][?name=...]"
_SCHEMES: Final = {"redis": redis.Connection, "rediss": redis.SSLConnection}
_PORT: Final = 6379
_NAME: Final = "cleaner"  # of an index whose address names none
_NAMED: Final = re.compile(r"[A-Za-z0-9._-]+")  # no colon, which ends the name in the server's keys
_CONNECTING: Final = 10  # seconds
_ANSWERING: Final = 60  # seconds; to put a batch of a million texts in the place of another takes the server a few
_AGAIN: Final = Retry(ExponentialBackoff(cap=1, base=0.05), 2, supported_errors=(redis.ConnectionError,))
_MEANINGS: Final = (  # of the class of an error and what the server says; the first that fits
    ("Authentication|WRONGPASS|NOAUTH", "the server refuses the user or the password; "
     "write them into the address, letters such as @ / : # as %40 %2F %3A %23"),
    ("NoPermission|NOPERM", "the user may not do what an index needs; let the server's administrator allow it"),
    ("ReadOnly|READONLY", "the server is a replica that can only be read; give the address of the one it follows"),
    ("OutOfMemory|OOM", "the server has no memory left; raise its maxmemory, or move the index to a larger server"),
    ("BusyLoading|LOADING", "the server is still loading its data; wait, and run again"),
    ("MISCONF", "the server cannot save to its disk and takes nothing more; let its administrator look at its log"),
    ("WRONGTYPE", "keys of this name hold data of another program; add another ?name=... to the address"),
    ("DB index|invalid DB", "the server has no database of that number; give a lower one"),
    ("Moved|Cluster|CrossSlot|CROSSSLOT", "the server is part of a cluster; an index needs a server of its own"),
    ("unknown command", "the server is too old; Redis 6.2 or newer is needed"),
    ("TimeoutError", "the server does not answer; see whether it can be reached, and what keeps it busy"),
    ("ConnectionError", "no connection to the server, or it broke; see whether it runs at this host and port, "
     "then run again"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """Where an index lies: a server, a database of it, and the name that all keys of the index begin with."""

    host: str
    port: int
    database: int
    name: str
    scheme: str = "redis"
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parsed(cls, address: str) -> Address:
        """The address that is written as `FORM`; rediss:// is one with TLS. Raises StoredIndexError.

        >>> Address.parsed("redis://:secret@seen.example:6380/2?name=crawl")
        Address(host='seen.example', port=6380, database=2, name='crawl', scheme='redis', user=None)
        """
        try:
            parts = urlsplit(address)
            port = parts.port or _PORT
        except ValueError:  # its words may hold a part of the password
            raise StoredIndexError(f"the index's address does not have the form {FORM}; write @ in it as %40") from None
        _check(parts)
        return cls(
            host=unquote(parts.hostname or ""),
            port=port,
            database=int(parts.path.strip("/") or 0),
            name=parse_qs(parts.query).get("name", [_NAME])[0],
            scheme=parts.scheme,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    def __str__(self) -> str:
        """The address without user and password, fit to be printed."""
        return f"{self.scheme}://{self.host}:{self.port}/{self.database}?name={self.name}"


def _check(parts: SplitResult) -> None:
    """Raises StoredIndexError if a part of an address is wrong; shows none in which a password might stand."""
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.fragment:
        raise StoredIndexError(f"the index's address does not have the form {FORM}; write # in it as %23")
    if not re.fullmatch(r"/?[0-9]*", parts.path, re.ASCII):
        raise StoredIndexError(f"the index's address names no database by its number; its form is {FORM}")
    if set(options) - {"name"}:
        raise StoredIndexError(f"the index's address can end in ?name=... and nothing else; its form is {FORM}")
    if not _NAMED.fullmatch(options.get("name", [_NAME])[0]):
        raise StoredIndexError("the index's name in its address can have letters, digits and . _ - only")


def connected(address: Address) -> Client:
    """A client of the server; it connects when it is first used. Ask it within `explained`."""
    pool = redis.ConnectionPool(
        connection_class=_SCHEMES[address.scheme],
        host=address.host,
        port=address.port,
        db=address.database,
        username=address.user,
        password=address.password,
        socket_connect_timeout=_CONNECTING,
        socket_timeout=_ANSWERING,
        retry=_AGAIN,
    )
    return redis.Redis(connection_pool=pool)


@contextmanager
def explained(address: Address) -> Iterator[None]:
    """Within it, an error of the server or the connection is raised as StoredIndexError that says what to do."""
    try:
        yield
    except ServerError as error:
        raise StoredIndexError(f"{address}: {_meaning(error)}") from error


def _meaning(error: Exception) -> str:
    said = str(error).rpartition("caused error: ")[2]  # what stands before repeats the command, and texts with it
    known = (meaning for pattern, meaning in _MEANINGS if re.search(pattern, f"{type(error).__name__}: {said}"))
    return next(known, f"the server says: {said}")
