"""How many documents of a site share a line, counted in one pass. Next: `lines`, which decides with the counts."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.templates.keys import Row, neighbours, rows
from cleaner.templates.pieces import chains
from cleaner.units import View

LEAST: Final = 3  # documents: what two share may be a quotation
COUNTERS: Final = 4_000_000  # kept at a time, some 400 MB
_HEAD_REACH: Final = 65_536  # characters of a page in which its address is looked for


class Share(NamedTuple):
    """How many documents of a group have something, and how many documents the group has."""

    documents: int
    of: int
    group: str

    @property
    def part(self) -> float:
        """The share, 0 to 1."""
        return self.documents / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"stands in {self.documents} of {self.of} documents of {self.group}"


class Held(NamedTuple):
    """What one document holds that may be shared, as hashes, and the groups it belongs to."""

    hashes: NDArray[np.uint64]
    groups: tuple[str, ...]

    @classmethod
    def of(cls, view: View, groups: Iterable[str]) -> Held:
        """What is to be counted of a document."""
        return cls(np.array(sorted(set(map(_hash, _countable(rows(view))))), np.uint64), tuple(groups))


@dataclass
class _Group:
    documents: int = 0
    counters: dict[int, int] = field(default_factory=dict)  # by hash


class Counts:
    """In how many documents of each group each line, pair of neighbours and chain of segments stands.

    What at least `least` documents of a group share counts as a template. Only hashes are kept, and never more than
    `limit` counters: past that, those counted once since they came in are forgotten, then those counted twice, and so
    on, so that counts of what is rare may come out too low, never too high. `forgotten` says how many went.
    """

    def __init__(self, least: int = LEAST, *, limit: int = COUNTERS) -> None:
        if least < LEAST:
            raise ValueError(f"a template stands in {LEAST} documents at least, not {least}")
        self.least = least
        self.forgotten = 0
        self._limit = limit
        self._kept = 0
        self._groups: dict[str, _Group] = {}

    def add(self, view: View, groups: Iterable[str]) -> None:
        """Count what one document holds, for each group that it belongs to."""
        self.take(Held.of(view, groups))

    def take(self, held: Held) -> None:
        """Count what was found of one document; in their order, for what is forgotten past the limit depends on it."""
        hashes = held.hashes.tolist()
        for name in held.groups:
            group = self._groups.setdefault(name, _Group())
            group.documents += 1
            before = len(group.counters)
            for number in hashes:
                group.counters[number] = group.counters.get(number, 0) + 1
            self._kept += len(group.counters) - before
        if self._kept > self._limit:
            self._forget()

    def known(self, groups: Iterable[str]) -> Known:
        """What is known of documents of the given groups."""
        return Known(self, tuple(groups))

    def share(self, thing: Hashable, groups: Iterable[str]) -> Share | None:
        """In how many documents something stands, in that of the groups where its share is greatest; None if in few."""
        number = _hash(thing)
        shares = []
        for name in groups:
            group = self._groups.get(name)
            documents = group.counters.get(number, 0) if group else 0
            if group and documents >= self.least:
                shares.append(Share(documents, group.documents, name))
        return max(shares, key=lambda share: share.part, default=None)

    def sizes(self) -> dict[str, int]:
        """Documents by group."""
        return {name: group.documents for name, group in self._groups.items()}

    def facts(self) -> dict[str, Any]:
        """The counts as values of JSON, for other processes; `of` makes counts of them again."""
        groups = {name: [group.documents, *map(list, _columns(group.counters))] for name, group in self._groups.items()}
        return {"least": self.least, "limit": self._limit, "forgotten": self.forgotten, "groups": groups}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Counts:
        """The counts that `facts` tell of."""
        counts = cls(facts["least"], limit=facts["limit"])
        counts.forgotten = facts["forgotten"]
        for name, (documents, numbers, times) in facts["groups"].items():
            counts._groups[name] = _Group(documents, dict(zip(numbers, times, strict=True)))
        counts._kept = sum(len(group.counters) for group in counts._groups.values())
        return counts

    def _forget(self) -> None:
        """Drop the smallest counts until half the limit is free: seldom, for it takes a walk over all."""
        for smallest in range(1, self.least):
            for group in self._groups.values():
                kept = {number: count for number, count in group.counters.items() if count > smallest}
                self.forgotten += len(group.counters) - len(kept)
                group.counters = kept
            self._kept = sum(len(group.counters) for group in self._groups.values())
            if self._kept <= self._limit // 2:
                return
        self._limit = max(self._limit, 2 * self._kept)  # all are templates


def _columns(counters: dict[int, int]) -> tuple[Iterable[int], Iterable[int]]:
    numbers = sorted(counters)
    return numbers, (counters[number] for number in numbers)


def _hash(thing: Hashable) -> int:
    """A hash of a key, or a tuple of keys, that is the same in every process, unlike Python's own."""
    return int.from_bytes(blake2b(repr(thing).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class Known(NamedTuple):
    """The counts that bear on one document."""

    counts: Counts
    groups: tuple[str, ...]

    def share(self, thing: Hashable) -> Share | None:
        """In how many documents a key, a pair of keys or a chain stands; None if too few share it."""
        return self.counts.share(thing, self.groups) if thing else None


def _countable(page: list[Row]) -> Iterator[Hashable]:
    yield from (row.key for row in page if row.key)
    yield from (row.exact for row in page if row.varies)
    yield from neighbours(page)
    yield from (chain.key for row in page if row.is_text for chain in chains(row.text))


# --- groups ----------------------------------------------------------------------------------------------------

_FRONT_MATTER: Final = re.compile(r"\A\ufeff?---\r?\n(.*?\n)---\r?\n", re.DOTALL)
_ENTRY: Final = re.compile(r"^(from|url|link|source|canonical|author):[ \t]*[\"']?(.*?)[\"']?[ \t\r]*$", re.M | re.I)
_LINK_TAG: Final = re.compile(r"<(?:link|meta)\b[^>]*>", re.I)
_IS_ADDRESS: Final = re.compile(r"(?:rel=[\"']?canonical|(?:property|name)=[\"']?og:url)\b", re.I)
_ADDRESS: Final = re.compile(r"(?:href|content)=[\"']?(https?://[^\"'\s>]+)", re.I)
_HOST: Final = re.compile(r"https?://(?:www\.)?([^/?#:\s]+)", re.I)


def groups_of(name: str, text: str) -> tuple[str, ...]:
    r"""The groups whose documents are compared with a document: its host, else the folder of its `name`.

    The host is told by a page's canonical or `og:url` address, or by an address in the front matter of a text
    (`from:`, `url:`, `link:`, `source:`, `canonical:`). With an author in the front matter, the author's documents on
    that host are a group besides, for a video host has templates of each channel.

    >>> groups_of("a/b.md", "---\nauthor: 李老师\nfrom: https://www.example.com/v\n---\n正文\n")
    ('example.com', 'example.com by 李老师')
    >>> groups_of("a/b.txt", "正文\n")
    ('folder a',)
    """
    front = _FRONT_MATTER.match(text)
    entries = {key.lower(): value for key, value in _ENTRY.findall(front[1])} if front else {}
    author = entries.pop("author", "")
    addresses = [*entries.values(), *_page_addresses(text)]
    host = next((match[1].lower() for match in map(_HOST.match, addresses) if match), "")
    if not host:
        return (f"folder {PurePosixPath(name).parent}",)
    return (host, f"{host} by {author}") if author else (host,)


def _page_addresses(text: str) -> list[str]:
    tags = (tag[0] for tag in _LINK_TAG.finditer(text, 0, _HEAD_REACH))
    return [match[1] for tag in tags if _IS_ADDRESS.search(tag) and (match := _ADDRESS.search(tag))]
