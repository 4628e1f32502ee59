"""Outputs that lie in a store that fsspec knows, where all machines reach them. Next: `claims`, who writes there.

What is put there is there as a whole or not at all. Stores of objects see to that themselves; elsewhere it is sent
under a passing name, and renamed. What fsspec and its packages raise comes out as OSError.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from inspect import signature
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO, Final, cast
from uuid import uuid4

from cleaner.errors import InputError, OutputError
from cleaner.sources.opening import WEB, needed

PASSING: Final = re.compile(r"\..*\.part")  # names of files that are being written
_ADDRESS: Final = "://"
_CHAIN: Final = "::"
_SECRET: Final = re.compile(r"(?<=://)[^/@]*@")  # names and passwords
_LOCAL: Final = frozenset({"file", "local"})
# Where an object appears when all of it has come, and one of that name is replaced then.
_OF_OBJECTS: Final = frozenset("s3 s3a gs gcs az abfs abfss oss oci memory".split())
_REPLACING: Final = frozenset({"sftp", "ssh"})  # where renaming replaces what has the name, as it need not elsewhere
_KEY: Final = 1024  # bytes of the name of an object: the most that S3, Google's and Azure's stores take
_VERSION: Final = "?versionId="  # which the package for S3 takes out of a path
_NUMBERS: Final = {
    FileNotFoundError: errno.ENOENT,
    FileExistsError: errno.EEXIST,
    IsADirectoryError: errno.EISDIR,
    NotADirectoryError: errno.ENOTDIR,
    PermissionError: errno.EACCES,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file or folder in a store: the filesystem of fsspec, the path in it, and the address without secrets."""

    system: Any
    path: str
    address: str

    def __truediv__(self, name: str) -> Stored:
        """What has that name, or path, below this one; whatever letters are in it, they stand for themselves."""
        return Stored(self.system, f"{self.path}/{name}", f"{self.address}/{name}")

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name

    @property
    def is_of_objects(self) -> bool:
        """Whether what is put here appears as a whole by itself."""
        return not _OF_OBJECTS.isdisjoint(self.protocols)

    @property
    def protocols(self) -> tuple[str, ...]:
        """The names of the store's kind."""
        named = self.system.protocol
        return (named,) if isinstance(named, str) else tuple(named)

    def covers(self, system: Any, path: str) -> bool:
        """Whether that path in a filesystem of fsspec is below this folder."""
        return bool(system == self.system) and path.startswith(f"{self.path}/")

    def holds(self, address: str) -> bool:
        """Whether an address is below this folder."""
        try:
            return self.covers(*needed("fsspec.core", "remote").url_to_fs(address))
        except Exception:  # opening it says why
            return False


Place = Path | Stored


def absolute(place: Place) -> Place:
    """The place by a name that processes with other current folders know it by, too."""
    return place if isinstance(place, Stored) else place.absolute()


def place_of(given: str) -> Place:
    """The local path, or what an address names in a store; an address of this machine is a path like any other.

    Raises `OutputError` for an address that cannot be written to, or whose package isn't there.
    """
    if _ADDRESS not in given:
        return Path(given)
    address = _SECRET.sub("", given).rstrip("/")
    if _CHAIN in given or given.startswith(WEB):
        raise OutputError(f"{address} can only be read; give a folder, or the address of one in a store")
    try:
        system, path = needed("fsspec.core", "remote").url_to_fs(given)
    except InputError as error:
        raise OutputError(f"{address} {error}") from error
    except Exception as error:  # an unknown protocol, one whose package isn't there, or nobody who answers
        told = _SECRET.sub("", str(error))
        raise OutputError(f"{address}: {told}; check the address, or install what fsspec names") from error
    stored = Stored(system, path.rstrip("/"), address)
    return stored if _LOCAL.isdisjoint(stored.protocols) else Path(path)


def check(place: Stored) -> None:
    """Raises OSError if no file there can have that name, with the numbers that a disk gives for it."""
    _check_name(place)
    if not place.is_of_objects:
        with _asked(place):
            if place.system.isdir(place.path):
                raise IsADirectoryError


def check_folder(folder: Stored) -> None:
    """Raises OSError if nothing can be written to a folder, by writing something and removing it."""
    trial = folder / f".{uuid4().hex}.part"
    try:
        put(trial, b"")
        drop(trial)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error


def put(place: Stored, data: bytes) -> None:
    """Have a file with that content; folders are made as needed."""
    _send(place, lambda path: place.system.pipe_file(path, data))


@contextmanager
def storing(place: Stored) -> Iterator[BinaryIO]:
    """As `put`, for what is written piece by piece: it waits on this machine's disk, and is sent when complete."""
    with NamedTemporaryFile(prefix="cleaner-", delete=False) as waiting:
        try:
            yield cast(BinaryIO, waiting.file)
            waiting.close()
            _send(place, lambda path: place.system.put_file(waiting.name, path))
        finally:
            waiting.close()
            os.unlink(waiting.name)


def get(place: Stored) -> bytes:
    """What was put; raises FileNotFoundError if nothing was."""
    with _asked(place):
        return cast(bytes, place.system.cat_file(place.path, **_at_once(place.system)))


def _at_once(system: Any) -> dict[str, int]:
    """What has a file read by one request, where a package would first ask for its size, to read it by several."""
    takes = signature(getattr(system, "_cat_file", system.cat_file)).parameters
    return {"max_concurrency": 1} if "max_concurrency" in takes else {}


def span(place: Stored, start: int, end: int) -> bytes:
    """Some bytes of what was put."""
    with _asked(place):
        return cast(bytes, place.system.cat_file(place.path, start=start, end=end))


def stamp_of(place: Place) -> str:
    """What is another after the file was written again, as a rule: its time and size, or what a store says of it.

    "" if there is none; raises OSError if that cannot be told.
    """
    try:
        if isinstance(place, Stored):
            with _asked(place):
                return str(place.system.ukey(place.path))
        told = os.stat(place)
    except FileNotFoundError:
        return ""
    return f"{told.st_mtime_ns} {told.st_size} {told.st_ino}"


@contextmanager
def fetched(place: Place) -> Iterator[Path]:
    """A local path to a file of that name while the block runs; nothing is there if nothing was."""
    if isinstance(place, Path):
        yield place
        return
    with TemporaryDirectory(prefix="cleaner-") as folder:
        path = Path(folder, place.name)
        with suppress(FileNotFoundError):
            path.write_bytes(get(place))
        yield path


def drop(place: Stored) -> None:
    """Remove a file; that it isn't there is no failure."""
    with suppress(FileNotFoundError), _asked(place):
        place.system.rm_file(place.path)


def find(folder: Stored) -> list[Stored]:
    """All files below a folder, as they are now."""
    with _asked(folder):
        folder.system.invalidate_cache()
        paths = cast(list[str], folder.system.find(folder.path))
    start = len(folder.path)
    return [replace(folder, path=path, address=f"{folder.address}{path[start:]}") for path in paths]


def create(place: Stored, data: bytes) -> None:
    """As `put`, unless the file is there, as far as the store can tell; raises OSError of whatever kind if it is."""
    with _asked(place):
        if place.is_of_objects:
            place.system.pipe_file(place.path, data, mode="create")
            return
        place.system.makedirs(_parent(place), exist_ok=True)
        with place.system.open(place.path, "xb") as file:
            file.write(data)


def _send(place: Stored, send: Callable[[str], object]) -> None:
    _check_name(place)
    with _asked(place):
        if place.is_of_objects:
            send(place.path)
            return
        passing = f"{_parent(place)}/.{uuid4().hex}.part"
        place.system.makedirs(_parent(place), exist_ok=True)
        try:
            send(passing)
            _rename(place, passing)
        except BaseException:
            with suppress(Exception):
                place.system.rm_file(passing)
            raise


def _rename(place: Stored, passing: str) -> None:
    """Give a file its final name."""
    system = place.system
    if _REPLACING.isdisjoint(place.protocols) and system.exists(place.path):
        system.rm_file(place.path)
    if type(system).mv is needed("fsspec", "remote").AbstractFileSystem.mv:  # which takes some names for patterns
        system.cp_file(passing, place.path)
        system.rm_file(passing)
    else:
        system.mv(passing, place.path)


def _check_name(place: Stored) -> None:
    try:
        size = len(place.path.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise OSError(errno.ENOTDIR, "its name is no Unicode", str(place)) from error
    if _VERSION in place.path and not {"s3", "s3a"}.isdisjoint(place.protocols):
        raise OSError(errno.ENOTDIR, f"{_VERSION} in a name asks for another file", str(place))
    if place.is_of_objects and size > _KEY:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), str(place))


def _parent(place: Stored) -> str:
    return place.path.rpartition("/")[0]


@contextmanager
def _asked(place: Stored) -> Iterator[None]:
    """Has a store asked for what is there now, for its package may remember what was there.

    Makes plain OSError of what that raises, for errors of its own cannot travel between processes.
    """
    try:
        place.system.invalidate_cache(_parent(place))
        yield
    except MemoryError:
        raise
    except Exception as error:
        own = error.errno if isinstance(error, OSError) else None
        number = own or next((number for kind, number in _NUMBERS.items() if isinstance(error, kind)), errno.EIO)
        said = (error.strerror if isinstance(error, OSError) else None) or str(error)
        told = _SECRET.sub("", said) or f"{type(error).__name__}"
        raise OSError(number, told, str(place)) from error
