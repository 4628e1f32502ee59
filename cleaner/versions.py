"""What a result depends on besides its input: the package, the rules, and the choices of a run, each as a short name.

Two runs whose versions are equal give the same for the same inputs, with the same libraries and index.
Next: `sources`, where inputs come from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from cleaner import __version__, digests
from cleaner.pipeline import Cleaner, shipped_rule_files
from cleaner.rules import shipped_folder


class Versions(NamedTuple):
    """The version of the package, and digests of all rule and site files and of the settings of a run."""

    package: str
    rules: str
    settings: str

    @classmethod
    def of(cls, settings: Mapping[str, str], files: Iterable[Path | str] = ()) -> Versions:
        """The versions of a run with these settings, and these rule and site files beside those of the package."""
        return cls(__version__, _rules(files), digests.of_bytes(json.dumps(settings, sort_keys=True).encode()))

    @classmethod
    def of_cleaner(cls, cleaner: Cleaner, settings: Mapping[str, str] | None = None) -> Versions:
        """The versions of what a cleaner gives, in a run with these settings besides its own."""
        return cls.of({**cleaner.settings, **(settings or {})}, cleaner.files)


def _rules(files: Iterable[Path | str]) -> str:
    """A digest of what rule and site files hold and are called, in their order, wherever they lie."""
    digest = sha256()
    for path in chain(sorted(shipped_folder().rglob("*.toml")), map(Path, files)):
        digest.update(digests.of_bytes(path.name.encode("utf-8", "surrogateescape")).encode())
        with suppress(OSError):  # which is told when the file is loaded
            digest.update(digests.of_bytes(path.read_bytes()).encode())
    return digest.hexdigest()


def of_tables() -> str:
    """A digest of what lies among the shipped rules and is none: the order of layers, lexicons, sites."""
    rules = set(shipped_rule_files())
    return digests.of_files(shipped_folder(), (path for path in shipped_folder().rglob("*.toml") if path not in rules))
