"""HTML pages for people: one for each document, one for the run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from cleaner.document import Document, Edit, Origin
from cleaner.fold import encodable
from cleaner.quality import MEANINGS, Quality, figures, is_dropped
from cleaner.report.facts import Facts, Failure, by_rule, outcome, totals
from cleaner.sinks import stem_of

_WHOLE_LENGTH: Final = 100_000  # characters of source up to which all of it is shown
_STRETCH_LENGTH: Final = 2_000  # characters of an unchanged stretch shown in a longer source


class Row(NamedTuple):
    """An edit as the list of edits shows it: its number, and the line of the source it is in, both from 1."""

    number: int
    line: int
    edit: Edit


class Piece(NamedTuple):
    """A stretch of the source: untouched, or what one edit did with it."""

    text: str
    edit: Edit | None = None
    number: int = 0  # of the edit, from 1
    skipped: int = 0  # untouched characters not shown after `text`


def document_page(document: Document, *, quality: Quality | None = None) -> str:
    """The report on one document: its figures, the source with every edit in place, and the list of edits.

    `quality`, if it is known, need not be measured again.
    """
    origins = sorted(document.origins(), key=lambda origin: (origin.start, -origin.end))
    return _render(
        "document.html",
        name=document.name,
        outcome=outcome(document),
        about={name: said for name, said in document.about._asdict().items() if said} if document.about else {},
        encoding=document.encoding,
        lossless=document.lossless,
        source_length=len(document.source),
        text_length=len(document.text),
        totals=totals(document.edits),
        dropped=document.layers[-1][0].why if is_dropped(document) else "",
        quality=(quality or figures(document))._asdict(),
        meanings=MEANINGS,
        rules=by_rule(document.edits),
        pieces=list(_pieces(document.source, origins)),
        rows=list(_rows(document.source, origins)),
        top="../" * (stem_of(document.name).count("/") + 1),
    )


def _rows(source: str, origins: list[Origin]) -> Iterator[Row]:
    line, done = 1, 0
    for number, origin in enumerate(origins, 1):
        line += source.count("\n", done, origin.start)
        done = origin.start
        yield Row(number, line, origin.edit)


def failure_page(failure: Failure) -> str:
    """The report on an input that could not be cleaned."""
    return _render(
        "failure.html", name=failure.name, reason=failure.reason, top="../" * (stem_of(failure.name).count("/") + 1)
    )


def index_page(summary: Facts) -> str:
    """The page of a run, from the facts of its summary."""
    files = {file["name"] for file in summary["files"]}
    return _render("index.html", summary=summary, meanings=MEANINGS, address_of=_address_of, files=files)


def _address_of(name: str) -> str:
    """The link from the index to the report on a file; surrogates in a name stand for bytes that are no text."""
    return f"reports/{quote(stem_of(name), errors='surrogateescape')}.html"


def _pieces(source: str, origins: list[Origin]) -> Iterator[Piece]:
    """The source from end to end; of edits that overlap in it, the outermost."""
    done = 0
    for number, origin in enumerate(origins, 1):
        if origin.start >= done and (origin.end > origin.start or origin.edit.new):
            yield from _untouched(source, done, origin.start)
            yield Piece(source[origin.start : origin.end], origin.edit, number)
            done = origin.end
    yield from _untouched(source, done, len(source))


def _untouched(source: str, start: int, end: int) -> Iterator[Piece]:
    if len(source) <= _WHOLE_LENGTH or end - start <= _STRETCH_LENGTH:
        yield Piece(source[start:end])
    else:
        half = _STRETCH_LENGTH // 2
        yield Piece(source[start : start + half], skipped=end - start - 2 * half)
        yield Piece(source[end - half : end])


def _render(template: str, **values: object) -> str:
    return encodable(_environment().get_template(template).render(**values))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("cleaner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
