"""Opens a file or an address and unpacks it as it is read, within bounds. Next: `lines`, which cuts it.

Nothing is unpacked that nobody asks for, so that memory holds a buffer and no more. What unpacks into far more than
any text would is an error: a bomb.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from types import ModuleType
from typing import Any, BinaryIO, Final, cast

from cleaner.errors import InputError

RECORD_LIMIT: Final = 64 << 20  # bytes: a book of twenty million letters; to clean it takes many times its memory
RATIO_LIMIT: Final = 500  # of unpacked to packed bytes; prose has 3 to 10, rows of one template 100
RATIO_FROM: Final = 64 << 20  # unpacked bytes from which on the ratio is looked at
UNPACKED_LIMIT: Final = 1 << 38  # bytes of one file, far beyond what crawls put into one
_MAGIC: Final = {
    ".gz": b"\x1f\x8b",
    ".bz2": b"BZh",
    ".xz": b"\xfd7zXZ\x00",
    ".zst": b"\x28\xb5\x2f\xfd",
    ".lz4": b"\x04\x22\x4d\x18",
}
_NAMES: Final = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstandard", ".lz4": "lz4"}
_SKIPPABLE: Final = b"\x2a\x4d\x18"  # from the second byte on: frames without data, of zstandard and lz4
_FED: Final = 1 << 10  # bytes of packed data unpacked at a time: at worst into some 30 MB
_BUFFER: Final = 1 << 16
_MEMORY: Final = 1 << 27  # bytes that unpacking may look back on; `xz -9` has 65 MiB, zstandard's package allows this
_SECRET: Final = re.compile(r"(?<=://)[^/@]*@")  # names and passwords
_ABSENT: Final = "No such file or folder; check the path"
WEB: Final = ("http://", "https://")  # where files are read as streams, for servers need not give parts of them


def needed(module: str, extra: str) -> ModuleType:
    """A module of an optional package; raises `InputError` naming the extra that brings it if it isn't there."""
    try:
        return import_module(module)
    except ImportError as error:
        raise InputError(absence(module.partition(".")[0], extra)) from error


def absence(package: str, extra: str) -> str:
    """What is said where an optional package isn't there that an extra brings."""
    return f"needs the package {package}; install it by: pip install 'webtext-cleaner[{extra}]'"


@contextmanager
def opened(
    place: Path | str, codec: str = "", *, raw: Callable[[BinaryIO], None] = lambda file: None
) -> Iterator[BinaryIO]:
    """A local file, or what lies at an address that fsspec knows, unpacked as it is read.

    `raw` is given the file as it lies there, to ask how far it has been read. Raises `InputError` saying what hinders,
    when opening it or when reading.
    """
    with named_errors(address=place if isinstance(place, str) else ""), _raw(place) as file:
        raw(file)
        yield unpacking(file, codec)


@contextmanager
def seekable(stream: BinaryIO, *, is_plain: bool) -> Iterator[BinaryIO]:
    """The same bytes in a file that can be sought in: itself, or a passing one they are unpacked into."""
    if is_plain and stream.seekable():
        yield stream
        return
    with TemporaryFile() as passing:
        shutil.copyfileobj(stream, passing)
        passing.seek(0)
        yield cast(BinaryIO, passing)


@contextmanager
def named_errors(*, address: str = "") -> Iterator[None]:
    """Makes `InputError` of what the system says, or of whatever a package says that reads from an address."""
    try:
        yield
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(_unreached(address, error) if address else _ABSENT) from error
    except OSError as error:
        what = "check the address and what it asks for" if address else "make the file readable or leave it out"
        raise InputError(f"{error.strerror or error}; {what}") from error
    except Exception as error:  # each service has errors of its own
        if not address:
            raise
        raise InputError(f"{type(error).__name__}: {error}; check the address and what it asks for") from error


def _unreached(address: str, error: Exception) -> str:
    """What is said of an address where nothing was found, without what may be secret in it."""
    shown = _SECRET.sub("", address.partition("?")[0])
    cause: BaseException = error
    while deeper := cause.__cause__ or cause.__context__:
        cause = deeper
    reason = "" if cause is error or "://" in str(cause) else f" ({cause})"
    return f"No such file or folder at {shown}, or it cannot be reached{reason}; check the address"


def unpacking(raw: BinaryIO, codec: str) -> BinaryIO:
    """A stream unpacked as it is read, "" being no codec; what is broken or a bomb raises `InputError` when reached."""
    if not codec:
        return raw
    counted = _Counted(raw)
    head = io.BufferedReader(counted, _BUFFER)
    start = head.peek(8)[:8]
    if not start:
        raise InputError(f"broken {_NAMES[codec]} data (the file is empty); get the file again")
    if not start.startswith(_MAGIC[codec]) and start[1:4] != _SKIPPABLE:
        raise InputError(f"broken {_NAMES[codec]} data (it begins with {start[:4].hex(' ')}); get the file again")
    guarded = _Guarded(_UNPACKED[codec](head), counted, _NAMES[codec])
    return cast(BinaryIO, io.BufferedReader(guarded, _BUFFER))


def read_limited(stream: BinaryIO) -> bytes:
    """All bytes of a stream that is one record; raises `InputError` if they are more than a record may have."""
    parts, room = [], RECORD_LIMIT + 1
    while part := stream.read(min(_BUFFER, room)):  # room for all that may come is made as often as it is asked for
        parts.append(part)
        room -= len(part)
    data = b"".join(parts)
    if len(data) > RECORD_LIMIT:
        raise InputError(f"holds more than {RECORD_LIMIT >> 20} MiB; cut it into several files, or lines of .jsonl")
    return data


def packed_as(start: bytes) -> str:
    """The suffix of the codec that bytes begin like, "" for none.

    >>> packed_as(b"BZh91AY")
    '.bz2'
    """
    return next((codec for codec, magic in _MAGIC.items() if start.startswith(magic)), "")


@contextmanager
def _raw(place: Path | str) -> Iterator[BinaryIO]:
    if isinstance(place, Path):
        if told := hindrance(place):
            raise InputError(told)
        with place.open("rb") as file:
            yield cast(BinaryIO, file)
        return
    fsspec = needed("fsspec", "remote")
    options = {"block_size": 0} if place.startswith(WEB) else {}
    try:
        remote = fsspec.open(place, "rb", **options)
    except (ValueError, ImportError) as error:  # an unknown protocol, or one whose package isn't there
        raise InputError(f"{error}; check the address, or install what fsspec names") from error
    with remote as file:  # which need not have all that a file has, and may be sought in only in name
        yield cast(BinaryIO, io.BufferedReader(_Counted(file), _BUFFER))


def hindrance(path: Path) -> str:
    """What keeps a path from being read that leads to no file; "" if nothing does."""
    if not _is_there(path):
        return _ABSENT
    if os.path.isdir(path):  # the methods of Path raise for some names that cannot be
        if os.path.islink(path):
            return f"is a link to the folder {os.readlink(path)}, and not followed; give the folder itself"
        return "is a folder that cannot be read; make it readable or leave it out"
    if os.path.exists(path) and not os.path.isfile(path):
        return "is neither file nor folder (a pipe or a device?); copy what it holds into a file"
    if os.path.islink(path) and not os.path.exists(path):
        return f"is a link to {os.readlink(path)}, where nothing is; mend it or leave it out"
    return ""


def _is_there(path: Path) -> bool:
    """Whether a path leads to anything, be it to what cannot be read."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):  # opening it says why
        return True
    return True


class _Counted(io.RawIOBase):
    """Reads on, and counts the bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


class _Guarded(io.RawIOBase):
    """Reads what is unpacked, names what is broken, and stops at a bomb."""

    def __init__(self, unpacked: Any, packed: _Counted, name: str) -> None:
        self._unpacked, self._packed, self._name = unpacked, packed, name
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._unpacked.read1(len(buffer))  # `read` would lose what stands before the broken place
        except InputError:
            raise
        except Exception as error:  # each codec has errors of its own
            if isinstance(error, OSError) and error.errno:
                raise
            raise self._broken(error) from error
        self._count += len(data)
        self._check()
        buffer[: len(data)] = data
        return len(data)

    def _broken(self, error: Exception) -> InputError:
        if "memory" in str(error).lower():
            return InputError(f"takes more than {_MEMORY >> 20} MiB to unpack; pack it again by the default settings")
        return InputError(f"broken {self._name} data ({error}); get the file again")

    def _check(self) -> None:
        ratio = self._count / max(self._packed.count, 1)
        if self._count > RATIO_FROM and ratio > RATIO_LIMIT:
            raise InputError(f"unpacks into {ratio:.0f} times its size, as no text does: a bomb; leave it out")
        if self._count > UNPACKED_LIMIT:
            raise InputError(f"unpacks into more than {UNPACKED_LIMIT >> 30} GiB; cut it into several files")


class _Frames:
    """Unpacks frame after frame, a little at a time, for a small piece may unpack into very much.

    The standard library's own files for these codecs take no notice of what follows a frame if it is none.
    """

    def __init__(self, file: io.BufferedReader[Any], new: Callable[[], Any], *, padding: bytes = b"") -> None:
        self._file, self._new, self._padding = file, new, padding
        self._frame: Any = None
        self._packed = self._unpacked = b""

    def read1(self, size: int) -> bytes:
        """At most so many bytes, some at least unless the file ends."""
        while not self._unpacked:
            self._packed = self._packed or self._file.read(_FED)
            if self._frame is None:
                self._packed = self._packed.lstrip(self._padding) if self._padding else self._packed
            if self._packed:
                self._feed()
            elif self._frame is not None:
                raise EOFError("it ends inside a frame")
            elif not self._file.peek(1):
                return b""
        piece, self._unpacked = self._unpacked[:size], self._unpacked[size:]
        return piece

    def _feed(self) -> None:
        self._frame = self._frame or self._new()
        self._unpacked = self._frame.decompress(self._packed)
        self._packed = b""
        if self._frame.eof:
            self._packed, self._frame = self._frame.unused_data, None


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)


def _lz4(file: io.BufferedReader[Any]) -> Any:
    return needed("lz4.frame", "lz4").LZ4FrameFile(file)


_UNPACKED: Final[dict[str, Callable[[io.BufferedReader[Any]], Any]]] = {
    ".gz": lambda file: gzip.GzipFile(fileobj=file, mode="rb"),
    ".bz2": lambda file: _Frames(file, bz2.BZ2Decompressor),
    ".xz": lambda file: _Frames(file, _xz, padding=b"\0"),
    ".zst": lambda file: _Frames(file, lambda: needed("zstandard", "zstd").ZstdDecompressor().decompressobj()),
    ".lz4": _lz4,
}
