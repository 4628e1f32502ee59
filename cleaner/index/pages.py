"""Whether a data file that is shorter than it says lacks anything, found out before LMDB reads it. Next: `folder`.

LMDB reads a file where it is mapped into memory, and the system stops a process that reads there beyond the file's end.
Yet a good file may end early: LMDB counts pages that are taken and given back in one transaction, but does not write
them, and they may be the last. They are in its list of free pages then, a tree of its own beside those of the data,
which no function of LMDB shows. It is read here as LMDB 0.9 writes it (`mdb.c`, data version 1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]

_MAGIC: Final = 0xBEEFC0DE
_VERSION: Final = 1
_HEAD: Final = 16  # bytes of a page before what it holds
_META: Final = struct.Struct(f"={_HEAD}xII16xI36xQ48xQQ")
_KIND: Final = struct.Struct("=10xHH")  # of a page: its flags, and where the places of its nodes end
_NODE: Final = struct.Struct("=IHH")  # size of the value, or lower bits of a page's number; flags, or upper bits; key
_NUMBER: Final = struct.Struct("=Q")  # of a page
_BRANCH, _LEAF = 1, 2  # kinds of pages
_APART: Final = 1  # flag of a node whose value lies in pages of its own
_NO_PAGE: Final = (1 << 64) - 1  # root of an empty tree


class _Meta(NamedTuple):
    """What one of the first two pages says of the file; that of the later transaction holds."""

    magic: int
    version: int
    page_size: int
    root: int  # of the tree of free pages
    last: int  # page that was ever taken
    transaction: int


def lacks_only_free_pages(path: Path) -> bool:
    """Whether all pages that a data file is too short to hold are free; no, if that cannot be made out.

    Takes as long as the list of free pages is.
    """
    with path.open("rb") as file:
        try:
            meta = _newest(file)
            first = path.stat().st_size // meta.page_size  # that is not there, or not all of it
            free = [numbers[numbers >= first] for numbers in _free(file, meta)]
        except (ArithmeticError, LookupError, ValueError, struct.error):  # damaged, or the list itself is cut off
            return False
    return np.unique(np.concatenate([np.empty(0, np.uint64), *free])).size == meta.last + 1 - first


def _newest(file: BinaryIO) -> _Meta:
    first = _meta(file, 0)
    return max(first, _meta(file, first.page_size), key=lambda meta: meta.transaction)


def _meta(file: BinaryIO, start: int) -> _Meta:
    meta = _Meta(*_META.unpack(_read(file, start, _META.size)))
    if (meta.magic, meta.version) != (_MAGIC, _VERSION):
        raise ValueError("this is not written by LMDB 0.9")
    return meta


def _free(file: BinaryIO, meta: _Meta) -> Iterator[Numbers]:
    """The numbers of free pages, list by list."""
    waiting = [meta.root] if meta.root != _NO_PAGE else []
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        page = _read(file, number * meta.page_size, meta.page_size)
        kind, end = _KIND.unpack_from(page)
        if kind not in (_BRANCH, _LEAF) or number in seen:
            raise ValueError(f"page {number} is no part of a tree")
        seen.add(number)
        nodes = struct.unpack_from(f"={(end - _HEAD) // 2}H", page, _HEAD)
        if kind == _BRANCH:
            waiting += [_below(page, node) for node in nodes]
        else:
            yield from (_listed(_value(file, page, node)) for node in nodes)


def _below(page: bytes, node: int) -> int:
    """The number of the page that a node of a branch leads to."""
    lower, upper, _ = _NODE.unpack_from(page, node)
    return int(upper << 32 | lower)


def _value(file: BinaryIO, page: bytes, node: int) -> bytes:
    """The value of a node of a leaf."""
    size, flags, key = _NODE.unpack_from(page, node)
    start = node + _NODE.size + key
    if not flags & _APART:
        return page[start : start + size]
    (number,) = _NUMBER.unpack_from(page, start)
    return _read(file, number * len(page) + _HEAD, size)


def _listed(value: bytes) -> Numbers:
    """The page numbers of a list, which says first how many they are."""
    numbers = np.frombuffer(value, np.uint64)
    return numbers[1 : 1 + int(numbers[0])]


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    found = file.read(size)
    if len(found) < size:
        raise ValueError(f"the file ends before byte {start + size}")
    return found
