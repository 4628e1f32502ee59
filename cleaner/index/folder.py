"""The folder of an index: which files it has, who may write, and what it was made for. Next: `data`, what is in it.

`index.json` says what the index was made for and which data file holds; it is replaced as a whole, so that one that
is written anew takes the place of the old one in an instant. `writer.lock` is locked by the one that writes, and let go
by the system when that ends, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import lmdb

from cleaner.errors import StoredIndexError
from cleaner.index.pages import lacks_only_free_pages
from cleaner.index.records import Parameters
from cleaner.minhash import LANDMARK_LENGTH, LANDMARK_RATE, PERMUTATIONS, SCHEME

FORMAT: Final = 1
_MANIFEST: Final = "index.json"
_LOCK: Final = "writer.lock"
_FIRST_DATA: Final = "1.mdb"
_UNFINISHED: Final = re.compile(r"index\.json\.part|writer\.lock|1\.mdb(-lock)?")  # files made before an index is
_NO_TEXTS: Final = 1 << 15  # bytes: a data file without texts has no more, one with a text has
_MAP_SIZE: Final = 1 << 40  # bytes of addresses, not of memory; 100 million texts of 700 letters need a fifth
_DATABASES: Final = 4


_locked: set[int] = set()  # open lock files of this process


def _let_go() -> None:
    """In a child: forget the locks of its parent, which holds them on."""
    while _locked:
        os.close(_locked.pop())


os.register_at_fork(after_in_child=_let_go)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made for, and the name of its data file."""

    parameters: Parameters
    data: str

    @property
    def following(self) -> str:
        """The name that the next data file has."""
        return f"{int(self.data.removesuffix('.mdb')) + 1}.mdb"


class Lock:
    """The right to write to a folder, or to read where LMDB cannot keep account of readers; held until `release`.

    A child of this process does not hold it, so that none can outlive this one and keep the folder locked.
    """

    def __init__(self, folder: Path, *, write: bool) -> None:
        """Raises `StoredIndexError` if another holds the right; it is not waited for."""
        flags = os.O_RDWR | os.O_CREAT if write else os.O_RDONLY
        self._file = os.open(folder / _LOCK, flags, 0o666)
        try:
            fcntl.flock(self._file, (fcntl.LOCK_EX if write else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise StoredIndexError(
                f"{folder}: another process uses this index, and only one can write at a time; "
                "run again when that is done, or use another index"
            ) from None
        _locked.add(self._file)

    def release(self) -> None:
        """Let others write; once is enough, more does no harm."""
        if self._file in _locked:
            _locked.remove(self._file)
            os.close(self._file)


def is_new(folder: Path) -> bool:
    """Whether an index can be made there: nothing is there, or what one left that was stopped while making one."""
    return not folder.exists() or (
        folder.is_dir()
        and not (folder / _MANIFEST).exists()
        and all(_UNFINISHED.fullmatch(path.name) and path.stat().st_size <= _NO_TEXTS for path in folder.iterdir())
    )


def read_manifest(folder: Path) -> Manifest:
    """What the index of a folder was made for; raises `StoredIndexError` if there is none, or one of other kind."""
    try:
        stored = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if any(folder.glob("*.mdb")):
            raise StoredIndexError(f"{folder / _MANIFEST} is missing; {_RESTORE}") from None
        raise StoredIndexError(
            f"{folder}: no index is there; name the folder of one, or a new or empty one to make one"
        ) from None
    except (ValueError, OSError) as error:
        raise StoredIndexError(f"{folder / _MANIFEST} cannot be read ({error}); {_RESTORE}") from None
    try:
        return _understood(folder, stored)
    except (KeyError, TypeError, ValueError) as error:
        raise StoredIndexError(f"{folder / _MANIFEST} is damaged ({error!r}); {_RESTORE}") from None


def check_parameters(folder: Path, stored: Parameters, asked: Parameters) -> None:
    """Raise `StoredIndexError` if an index was made for other parameters."""
    names = [name for name in ("ngram", "threshold") if getattr(stored, name) != getattr(asked, name)]
    if names:
        made, wanted = (", ".join(f"{name} {getattr(of, name)}" for name in names) for of in (stored, asked))
        raise StoredIndexError(
            f"{folder}: this index was made for {made}, not {wanted}; "
            f"ask for {made} too, or name a new folder and add the texts again"
        )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace what is said of an index, at once and for good."""
    part = folder / f"{_MANIFEST}.part"
    stored = {"format": FORMAT, **_scheme(manifest.parameters), "data": manifest.data}
    with part.open("w", encoding="utf-8") as file:
        file.write(json.dumps(stored, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, folder / _MANIFEST)
    _sync(folder)


def remove_others(folder: Path, data: str) -> None:
    """Remove data files that are not the one named, left by a process that was stopped."""
    for path in folder.iterdir():
        if path.name.removesuffix("-lock") != data and path.name.endswith((".mdb", ".mdb-lock")):
            path.unlink()


def first_manifest(parameters: Parameters) -> Manifest:
    """What is said of a new index."""
    return Manifest(parameters, _FIRST_DATA)


def environment(path: Path, *, write: bool, new: bool = False, account: bool = True) -> lmdb.Environment:
    """The data file, opened; raises `StoredIndexError` if it is not whole, or not there and not `new`.

    Without `account`, no account is kept of who reads, for which the folder must be writable.
    """
    if not new and not (path.exists() and path.stat().st_size):  # LMDB would make one
        raise StoredIndexError(f"{path} is missing or empty; {_RESTORE}")
    opened = lmdb.open(
        str(path), map_size=_MAP_SIZE, max_dbs=_DATABASES, subdir=False, readonly=not write, lock=account
    )
    try:
        if account:
            opened.reader_check()  # forget readers that were killed, whose room is else never used again
        _check_length(opened)
        if write:
            lengthen(opened)
    except BaseException:
        opened.close()
        raise
    return opened


def lengthen(opened: lmdb.Environment) -> None:
    """Have the data file as long as it says, so that its length shows whether a page is missing."""
    length = _length(opened)
    if os.stat(opened.path()).st_size < length:
        os.truncate(opened.path(), length)


def _check_length(opened: lmdb.Environment) -> None:
    """Raise `StoredIndexError` if the file ends before a page that is in use: reading that would stop the process."""
    path = Path(opened.path())
    missing = _length(opened) - path.stat().st_size
    if missing > 0 and not lacks_only_free_pages(path):  # as a writer leaves it that is killed before `lengthen`
        raise StoredIndexError(f"{path} is cut short, {missing:,} bytes are missing; {_RESTORE}")


def _length(opened: lmdb.Environment) -> int:
    """How long the data file says that it is, in bytes."""
    return int((opened.info()["last_pgno"] + 1) * opened.stat()["psize"])


def can_account(folder: Path) -> bool:
    """Whether readers can enter themselves where the writer sees it, so that both can work at once."""
    return os.access(folder, os.W_OK)


@contextmanager
def telling(folder: Path) -> Iterator[None]:
    """Raise as `StoredIndexError` what LMDB finds wrong with an index."""
    try:
        yield
    except lmdb.Error as error:
        said = str(error).rstrip(".")
        advice = "close it there first" if "already open" in said else _ADVICE.get(type(error), _RESTORE)
        raise StoredIndexError(f"{folder}: the index cannot be used: {said}; {advice}") from error


@contextmanager
def reaching(folder: Path) -> Iterator[None]:
    """Raise as `StoredIndexError` what the system finds wrong with the files of an index."""
    try:
        yield
    except OSError as error:
        raise StoredIndexError(
            f"{folder}: the index cannot be reached: {error}; check who may use the folder, and that its disk has room"
        ) from error


_RESTORE: Final = "restore a copy of the folder, or delete it and add the texts again"
_ADVICE: Final[dict[type[lmdb.Error], str]] = {
    lmdb.DiskError: "make room on the disk",
    lmdb.LockError: "ask for the right to use all files in the folder",
    lmdb.MapFullError: "it is as large as it can be; name another folder for further texts",
    lmdb.ReadersFullError: "too many processes read it; run again when some are done",
}


def _scheme(parameters: Parameters) -> dict[str, int | float | str]:
    """All that keys and signatures depend on."""
    return {
        "ngram": parameters.ngram,
        "threshold": parameters.threshold,
        "permutations": PERMUTATIONS,
        "scheme": SCHEME,
        "landmark": LANDMARK_LENGTH,
        "landmark_rate": LANDMARK_RATE,
    }


def _understood(folder: Path, stored: dict[str, object]) -> Manifest:
    if stored["format"] != FORMAT:
        raise StoredIndexError(
            f"{folder}: this index has format {stored['format']}, and this version reads format {FORMAT}; "
            "use the version that made it, or name a new folder and add the texts again"
        )
    parameters = Parameters(int(str(stored["ngram"])), float(str(stored["threshold"])))
    for name, value in _scheme(parameters).items():
        if stored[name] != value:
            raise StoredIndexError(
                f"{folder}: this index was made with {name} {stored[name]}, and this version uses {value}; "
                "use the version that made it, or name a new folder and add the texts again"
            )
    if not re.fullmatch(r"\d+\.mdb", str(stored["data"])):
        raise ValueError(stored["data"])
    return Manifest(parameters, str(stored["data"]))


def _sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
