"""What a result depends on besides its input: the package, the rules, and the choices of a run, each as a short name.

Two runs whose versions are equal give the same for the same inputs, with the same libraries and index.
Next: `sources`, where inputs come from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple
from unicodedata import unidata_version

from cleaner import __version__
from cleaner.pipeline import Cleaner, shipped_rule_files
from cleaner.rules import shipped_folder

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


class Versions(NamedTuple):
    """The version of the package, and digests of all rule and site files and of the settings of a run."""

    package: str
    rules: str
    settings: str

    @classmethod
    def of(cls, settings: Mapping[str, str], files: Iterable[Path | str] = ()) -> Versions:
        """The versions of a run with these settings, and these rule and site files beside those of the package."""
        return cls(__version__, _rules(files), _digest(json.dumps(settings, sort_keys=True).encode()))

    @classmethod
    def of_cleaner(cls, cleaner: Cleaner, settings: Mapping[str, str] | None = None) -> Versions:
        """The versions of what a cleaner gives, in a run with these settings besides its own."""
        return cls.of({**cleaner.settings, **(settings or {})}, cleaner.files)


def _rules(files: Iterable[Path | str]) -> str:
    """A digest of what rule and site files hold and are called, in their order, wherever they lie."""
    digest = sha256()
    for path in chain(sorted(shipped_folder().rglob("*.toml")), map(Path, files)):
        digest.update(_digest(path.name.encode("utf-8", "surrogateescape")).encode())
        with suppress(OSError):  # which is told when the file is loaded
            digest.update(_digest(path.read_bytes()).encode())
    return digest.hexdigest()


def of_package() -> str:
    """A digest of all modules and tables of the package, for working copies change without a new version.

    What lies among the shipped rules is left out: see `of_tables`.
    """
    folder = Path(__file__).parent
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return _of_files(folder, (path for path in files if shipped_folder() not in path.parents))


def of_libraries() -> str:
    """A digest of the versions of libraries that results depend on, Python's table of characters among them.

    One that isn't installed by its name has none.
    """
    return _digest(json.dumps([unidata_version, *map(_version, _LIBRARIES)]).encode())


def _version(library: str) -> str:
    with suppress(PackageNotFoundError):
        return version(library)
    return ""


def of_tables() -> str:
    """A digest of what lies among the shipped rules and is none: the order of layers, lexicons, sites."""
    rules = set(shipped_rule_files())
    return _of_files(shipped_folder(), (path for path in shipped_folder().rglob("*.toml") if path not in rules))


def _of_files(folder: Path, files: Iterable[Path]) -> str:
    digest = sha256()
    for path in sorted(files):
        digest.update(_digest(path.relative_to(folder).as_posix().encode()).encode())
        digest.update(_digest(path.read_bytes()).encode())
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
