"""Digests of what results are made by: the package and its libraries. Next: `cached`, `versions`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final, NamedTuple
from unicodedata import unidata_version

from cleaner import loaded

SHIPPED_RULES: Final = "shipped_rules"  # the folder that holds rules in a package installed from a wheel
_PACKAGE: Final = Path(__file__).parent
_LIBRARIES: Final = (
    "ahocorasick-rs",
    "beautifulsoup4",
    "cssselect",
    "datasketch",
    "ftfy",
    "google-re2",
    "lxml",
    "numpy",
    "opencc-python-reimplemented",
    "pypinyin",
    "scipy",
)
_SETTLED: Final = 2.0  # seconds: clocks of disks are as coarse, and what is changed within them may look unchanged


@cache
def of_package() -> str:
    """A digest of all modules and tables of the package, for working copies change without a new version.

    What lies among the shipped rules is left out: see `versions.of_tables`.
    """
    return of_files(_PACKAGE, _files())


@cache
def of_libraries() -> str:
    """A digest of the versions of libraries that results depend on, Python's table of characters among them.

    One that isn't installed by its name has none.
    """
    return of_text(json.dumps([unidata_version, *(_installed(library).version for library in _LIBRARIES)]))


def are_of_this_process() -> bool:
    """Whether the package and its libraries are still those that this process has loaded, as far as files tell.

    They aren't if someone has installed others since, and no files tell where the package is none: in an archive.
    """
    files = list(_files())
    try:
        homes = {installed.home for installed in map(_installed, _LIBRARIES) if installed.home}
        return Path(__file__) in files and all(map(_is_settled, (*files, *homes)))
    except OSError:
        return False


def of_files(folder: Path, files: Iterable[Path]) -> str:
    """A digest of what files hold, and of their places within a folder."""
    digest = sha256()
    for path in sorted(files):
        for told in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            digest.update(b"%d:" % len(told))
            digest.update(told)
    return digest.hexdigest()


def of_bytes(data: bytes) -> str:
    """A digest of bytes."""
    return sha256(data).hexdigest()


def of_text(text: str) -> str:
    """A digest of a text."""
    return of_bytes(text.encode("utf-8", "surrogatepass"))


def _files() -> Iterator[Path]:
    for folder, folders, names in os.walk(_PACKAGE):
        folders[:] = [name for name in folders if name not in ("__pycache__", SHIPPED_RULES)]
        yield from (Path(folder, name) for name in names)


class _Installed(NamedTuple):
    version: str
    home: Path | None  # the folder that it is installed in: an entry there changes with the version


@cache
def _installed(library: str) -> _Installed:
    try:
        found = distribution(library)
    except PackageNotFoundError:
        return _Installed("", None)
    return _Installed(found.version, Path(str(found.locate_file(""))))


def _is_settled(place: Path) -> bool:
    told = place.stat()
    return max(told.st_mtime, told.st_ctime) < loaded.AT - _SETTLED
