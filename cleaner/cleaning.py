"""From a record to its document, by a cleaner that any process can make for itself. Next: `pieces`, many at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Final

from cleaner import digests, reuse
from cleaner.decode import Decoded, decode
from cleaner.digests import of_libraries, of_package
from cleaner.document import Document
from cleaner.errors import ChangedError, InputError
from cleaner.extract import extract, host_of
from cleaner.pipeline import Choices, Cleaner
from cleaner.report import Failure
from cleaner.sinks import Place, read
from cleaner.sources import Record, Unread, begins_as_page
from cleaner.templates import Counts, groups_of
from cleaner.versions import Versions, of_tables

_ADDRESS: Final = "://"


def clean_record(record: Record, cleaner: Cleaner) -> Document:
    """The cleaned document of a record; raises `InputError` if there is no text to be had from it."""
    with own_errors():
        document, groups = read_record(record, cleaner)
        return cleaner.finished(document, groups=groups)


@contextmanager
def own_errors() -> Iterator[None]:
    """Makes `InputError` of an error that nobody thought of, so that it costs one text and no run.

    That there is no memory left is for the engine to hear.
    """
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:
        last = extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}: {error}"
        raise InputError(f"an error of cleaner's own ({told}); please report it with this text") from error


def result_of(found: Record | Unread, cleaner: Cleaner) -> Document | Failure:
    """The cleaned document of a record, or why there is none."""
    if isinstance(found, Unread):
        return Failure(found.name, found.reason)
    try:
        return clean_record(found, cleaner)
    except InputError as error:
        return Failure(found.name, str(error))


def read_record(record: Record, cleaner: Cleaner) -> tuple[Document, tuple[str, ...]]:
    """The document of a record before it is cleaned, a page's extracted, and the groups it is compared within.

    A page is told by the name of its file or column, or by how it begins. Raises `InputError` if there is no text to
    be had from it.
    """
    content = record.content
    decoded = Decoded(content, "", "a text") if isinstance(content, str) else decode(content, declared=record.declared)
    groups = _groups(record, decoded.text)
    if record.is_page or begins_as_page(decoded.text):
        address = _address(record)
        encoding, known = decoded.encoding, cleaner.sites
        return extract(decoded.text, name=record.name, url=address, encoding=encoding, known=known), groups
    document = Document.of(decoded.text, name=record.name, encoding=decoded.encoding, lossless=decoded.lossless)
    return document, groups


def _groups(record: Record, text: str) -> tuple[str, ...]:
    """As `groups_of` says; a record of a container that tells no host is grouped by the host of its address."""
    groups = groups_of(f"{record.name[: -len(record.id)]}." if record.id else record.name, text)
    host = host_of(_address(record))
    return (host,) if host and groups[0].startswith("folder ") else groups


def _address(record: Record) -> str:
    """The address of the page that a record is from: what its container says, or an id that is one; else ""."""
    return next((said for said in (record.url, record.id) if _ADDRESS in said), "")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a cleaner is made from, where the cleaner itself cannot travel; `counts` is a file with those of templates.

    `rules` is a digest of its rules, and `base` one of all else that its results depend on besides their inputs: two
    recipes with the same clean alike.
    """

    choices: Choices
    counts: Place | None
    base: str
    rules: str

    @classmethod
    def of(cls, cleaner: Cleaner, counts: Place | None = None) -> Recipe:
        """The recipe of a cleaner, which this process will use for it; `counts` is where its templates were written."""
        recipe = cls(cleaner.choices, counts, _base(cleaner, counts), reuse.digest_of(cleaner.rules.rules))
        recipe._use(cleaner)
        return recipe

    def _use(self, cleaner: Cleaner) -> None:
        _made.clear()
        _made[self] = cleaner

    def cleaner(self) -> Cleaner:
        """The cleaner, made once in each process, for that takes a second; raises `ChangedError` if it isn't the same.

        It is not if a rule file was changed since the recipe was made.
        """
        if self not in _made:
            cleaner = Cleaner(**self.choices._asdict())
            if self.counts:
                cleaner = cleaner.knowing(Counts.of(json.loads(read(self.counts))))
            if (_base(cleaner, self.counts), reuse.digest_of(cleaner.rules.rules)) != (self.base, self.rules):
                raise ChangedError(
                    "rule files, or the package or its libraries, are not those that the run began with; "
                    "have the same on all hosts, and run this again"
                )
            self._use(cleaner)
        return _made[self]


_made: dict[Recipe, Cleaner] = {}  # the one that is in use


def _base(cleaner: Cleaner, counts: Place | None) -> str:
    files = [path for path in (*map(Path, cleaner.choices.site_files), counts) if path]
    told = [of_package(), of_libraries(), of_tables(), Versions.of_cleaner(cleaner).settings]
    return digests.of_bytes(json.dumps([*told, *(digests.of_bytes(read(path)) for path in files)]).encode())
