"""What all adapters share: choices that travel from process to process, and what became of one value.

Next: `scrapy`, `datasets`, `datatrove`, `polars` and `pandas`, in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import chain
from math import isnan
from pathlib import Path
from typing import Any, Final, TypedDict

from cleaner import report
from cleaner.document import Document
from cleaner.errors import AbsentError, InputError
from cleaner.pipeline import Cleaner, Punctuation, Script
from cleaner.quality import is_dropped
from cleaner.report.facts import Failure, outcome
from cleaner.run import clean_record
from cleaner.sources import Record, absence
from cleaner.versions import Versions

_CLEANERS: Final = 8  # that a process keeps: more than one program has use for, few enough for a long session
_FILES: Final = ("rule_files", "site_files")


class Options(TypedDict, total=False):
    """What every adapter takes as `Cleaner` does, by the same names."""

    script: Script
    punctuation: Punctuation
    rule_files: Sequence[Path | str]
    site_files: Sequence[Path | str]
    drop: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a value."""

    result: Document | Failure

    @property
    def outcome(self) -> str:
        """How a report calls it: "cleaned", "unchanged", "empty", "dropped" or "failed"."""
        return "failed" if isinstance(self.result, Failure) else outcome(self.result)

    @property
    def text(self) -> str | None:
        """The clean text, or None if there is none: of what was dropped, or could not be cleaned."""
        return None if isinstance(self.result, Failure) or is_dropped(self.result) else self.result.text

    @property
    def cause(self) -> str:
        """Why there is no text, in a word: the rule that dropped it, or "empty" or "failed"; "" if there is one."""
        if isinstance(self.result, Document) and is_dropped(self.result):
            return self.result.edits[-1].rule
        return self.outcome if self.outcome in ("empty", "failed") else ""

    @property
    def reason(self) -> str:
        """Why there is no text, in a sentence; "" if there is one."""
        if isinstance(self.result, Failure):
            return self.result.reason
        if is_dropped(self.result):
            return self.result.edits[-1].why
        if self.outcome != "empty":
            return ""
        return "nothing is left of the text" if self.result.source.strip() else "there is no text"

    @property
    def report(self) -> str:
        """The JSON report on one line, from which `cleaner.report.document_of` makes the document again."""
        result = self.result
        facts = result.facts() if isinstance(result, Failure) else report.facts(result)
        return report.to_line(facts).rstrip("\n")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a cleaner is made from, where the cleaner itself cannot travel: it can be pickled, hashed and compared.

    `versions` tell whether what it gives may have changed: with the package, or what all rule files and site files
    hold, shipped or not. Two recipes that are equal, in whatever process, clean alike.
    """

    script: Script = "keep"
    punctuation: Punctuation = "keep"
    rule_files: tuple[str, ...] = ()
    site_files: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    versions: Versions | None = None

    @classmethod
    def of(cls, options: Options) -> Recipe:
        """The recipe of the options, tried out: raises what `Cleaner` raises, here rather than in some worker."""
        files = {name: tuple(str(Path(file).absolute()) for file in _listed(options, name)) for name in _FILES}
        given: dict[str, Any] = {**options, **files, "drop": tuple(_listed(options, "drop"))}
        recipe = cls(**given, versions=Versions.of({}, chain(*files.values())))
        _made(recipe)
        return recipe

    def clean(self, content: object, *, name: str = "", url: str = "", is_page: bool = False) -> Cleaned:
        """What becomes of a text, an HTML page, or the bytes of either, with the name its report gives it.

        `url` says whose page it is. What is neither text nor bytes, or bytes that are no text, fails.
        """
        if not isinstance(content, str | bytes):
            return Cleaned(Failure(name, f"no text but {type(content).__name__}; give one string, or the bytes of it"))
        try:
            return Cleaned(clean_record(Record(name, 1, url, content, is_page), _made(self)))
        except InputError as error:
            return Cleaned(Failure(name, str(error)))

    def clean_each(
        self, values: Iterable[object], urls: Iterable[object] | None, *, is_page: bool
    ) -> Iterator[Cleaned | None]:
        """What becomes of each value of a column, None where there is none; the address, if any, is also its name."""
        values = list(values)
        addresses = [url_of(url) for url in urls] if urls is not None else [""] * len(values)
        if len(addresses) != len(values):
            raise InputError(f"{len(values)} texts and {len(addresses)} addresses; give an address for each text")
        for value, url in zip(values, addresses, strict=True):
            yield None if _is_missing(value) else self.clean(value, name=url, url=url, is_page=is_page)


def _listed(options: Options, name: str) -> Sequence[Any]:
    value: Any = options.get(name, ())
    if isinstance(value, str | Path):
        raise TypeError(f"{name} is a list; write [{str(value)!r}]")
    return value  # type: ignore[no-any-return]


def url_of(value: object) -> str:
    """A value as an address, "" if it is none."""
    return value if isinstance(value, str) else ""


def _is_missing(value: object) -> bool:
    """Whether a cell is empty; some tables have a number for that which is none."""
    return value is None or (isinstance(value, float) and isnan(value))


def absent(extra: str, error: ImportError) -> AbsentError:
    """What an adapter raises if its package, or one that this needs, is not installed; `extra` brings both."""
    return AbsentError(f"cleaner.adapters.{extra} {absence((error.name or extra).partition('.')[0], extra)}")


@lru_cache(maxsize=_CLEANERS)
def _made(recipe: Recipe) -> Cleaner:
    """The cleaner of a recipe, made once in each process, for that takes a second."""
    choices = {field.name: getattr(recipe, field.name) for field in fields(recipe) if field.name != "versions"}
    return Cleaner(**choices)
