"""Which files are inputs: paths, folders and addresses. Next: `records`, which reads what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import Any, Final, Protocol, cast

from cleaner.errors import InputError
from cleaner.sources.naming import Form, form_of, is_page_name
from cleaner.sources.opening import WEB, hindrance, named_errors, needed, opened, read_limited

_ADDRESS: Final = "://"
_CHAIN: Final = "::"  # between the links of an address that leads through an archive or a cache to another
_CACHES: Final = frozenset({"blockcache", "filecache", "simplecache"})  # links without a path of their own


@dataclass(frozen=True, slots=True)
class Source:
    """One input file and the name it goes by: its path below the input that led to it.

    `path` is a local path, or, as a string, an address that fsspec knows.
    """

    path: Path | str
    name: str

    @property
    def is_page(self) -> bool:
        """Whether the file is an HTML page, by its suffix."""
        return is_page_name(self.name)

    @property
    def url(self) -> str:
        """Its address, if it was fetched from the web; else ""."""
        return self.path if isinstance(self.path, str) and self.path.startswith(WEB) else ""

    @property
    def form(self) -> Form:
        """What kind of container the file is and how it is packed, by its name."""
        return form_of(self.name)

    @property
    def place(self) -> Path | str:
        """Where the file really lies: absolute, links followed as far as they lead anywhere; or its address."""
        return real(self.path) if isinstance(self.path, Path) else self.path

    @property
    def hindrance(self) -> str:
        """What keeps it from being read if it is there, but no file; "" if nothing does."""
        is_file = not isinstance(self.path, Path) or os.path.isfile(self.path)  # as nearly all are
        return "" if is_file else hindrance(cast(Path, self.path))

    @property
    def size(self) -> int:
        """Bytes of the file as it lies there; 0 where only opening it would tell."""
        try:
            return os.path.getsize(self.path) if isinstance(self.path, Path) else 0
        except OSError:
            return 0

    def read(self) -> bytes:
        """The file's bytes, unpacked; raises `InputError` saying what hinders."""
        with opened(self.path, self.form.codec) as file:
            return read_limited(file)


class Elsewhere(Protocol):
    """A folder in a store that outputs go to."""

    def covers(self, system: Any, path: str) -> bool:
        """Whether that path in a filesystem of fsspec is below the folder."""


def find_sources(
    inputs: Iterable[Path | str], *, leave_out: Path | Elsewhere | None = None, index: Path | None = None
) -> Iterator[Source]:
    """A source for each input file, and for each file in and below each input folder, ordered by name.

    Hidden files and folders are left out, and so are the folder `leave_out`, where an earlier run's output
    may lie, and that of an `index`, if they are below an input folder. A path that isn't there is a source too:
    reading it says so; so is a link to a folder, which isn't followed, and a folder that cannot be read. What has ://
    in it is an address that fsspec knows: of a file, of a folder, or a pattern with *; of an address of several links
    (zip://a.jsonl::s3://b/c.zip) the first says what is read.
    """
    outputs = {real(folder) for folder in (leave_out, index) if isinstance(folder, Path)}
    for given in inputs:
        if isinstance(given, str) and _ADDRESS in given:
            yield from _remote(given, leave_out)
        else:
            yield from _local(Path(given).absolute(), outputs)  # workers may have another current folder


def are_large(inputs: Iterable[Path | str], least: int) -> bool:
    """Whether inputs hold so many bytes, as far as their files tell; not all are looked at if some do."""
    return any(held >= least for held in accumulate(_sizes(inputs)))


def _sizes(inputs: Iterable[Path | str]) -> Iterator[int]:
    for given in inputs:
        if isinstance(given, str) and _ADDRESS in given:
            continue
        paths = _leaves(Path(given)) if os.path.isdir(given) else [Path(given)]
        yield from (Source(path, path.name).size for path in paths)


def _local(given: Path, outputs: set[Path]) -> Iterator[Source]:
    if not os.path.isdir(given):  # Path.is_dir raises for some names that cannot be
        yield Source(given, given.name)
        return
    held = {output for output in outputs if real(given) in output.parents}
    for path in sorted(_leaves(given)):
        below = path.relative_to(given)
        hidden = any(part.startswith(".") for part in below.parts)
        is_output = real(path) in outputs if path.is_symlink() else held and not held.isdisjoint(real(path).parents)
        if not hidden and not is_output:
            yield Source(path, below.as_posix() if path != given else given.name)


def _leaves(folder: Path) -> Iterator[Path]:
    """All files in and below a folder, and folders that lead no further: links, and what cannot be read."""
    unread: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=lambda error: unread.append(Path(error.filename))):
        yield from (Path(place, name) for name in files)
        yield from (path for name in folders if (path := Path(place, name)).is_symlink())
    yield from unread


def _remote(given: str, leave_out: Path | Elsewhere | None) -> Iterator[Source]:
    """The files at an address, by their paths below it; the address itself if it names no folder or cannot be asked."""
    links = given.split(_CHAIN)
    link = next((place for place, link in enumerate(links) if link.partition(_ADDRESS)[0] not in _CACHES), 0)
    protocol, _, inner = links[link].partition(_ADDRESS)
    try:
        with named_errors(address=given):
            system, path = needed("fsspec.core", "remote").url_to_fs(given)
            is_folder = not protocol.startswith("http") and ("*" in path or system.isdir(path))
            found = (
                sorted(cast(list[str], system.glob(path) if "*" in path else system.find(path))) if is_folder else []
            )
    except InputError:
        is_folder, found = False, []  # opening it says why
    if not is_folder:
        yield Source(given, PurePosixPath(inner.partition("?")[0]).name or "index.html")
        return
    root = path.partition("*")[0].rpartition("/")[0] if "*" in path else path
    for file in found:
        below = _below(file, root)
        is_output = not isinstance(leave_out, Path | None) and leave_out.covers(system, file)
        if not is_output and not any(part.startswith(".") and part != ".." for part in below.parts):
            address = _CHAIN.join([*links[:link], system.unstrip_protocol(file), *links[link + 1 :]])
            yield Source(address, below.as_posix())


def _below(file: str, root: str) -> PurePosixPath:
    """The path of a file below a root, whatever it says: stores and archives may have steps up, and NUL."""
    return PurePosixPath(file.removeprefix(root).lstrip("/"))


def real(path: Path) -> Path:
    """The path, absolute and without links as far as they lead anywhere."""
    return Path(os.path.realpath(path))  # unlike Path.resolve, at peace with links that lead to themselves
