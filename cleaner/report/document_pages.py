"""The page on one document: its figures, the source with every edit in place, and the list of edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from cleaner.document import Document, Edit, Origin
from cleaner.quality import MEANINGS, Quality, figures, is_dropped
from cleaner.report.facts import Failure, by_rule, outcome, totals
from cleaner.report.rendering import render, top_of

_WHOLE_LENGTH: Final = 100_000  # characters of source up to which all of it is shown
_MOST_EDITS: Final = 10_000  # that a page shows: nobody reads more, and each takes 3 kB of memory while it is made
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
    shown = origins[:_MOST_EDITS]
    return render(
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
        pieces=list(_pieces(document.source, shown, is_all=len(shown) == len(origins))),
        end=_end(document.source, origins),
        rows=list(_rows(document.source, shown)),
        more=len(origins) - len(shown),
        top=top_of(document.name),
    )


def _rows(source: str, origins: list[Origin]) -> Iterator[Row]:
    line, done = 1, 0
    for number, origin in enumerate(origins, 1):
        line += source.count("\n", done, origin.start)
        done = origin.start
        yield Row(number, line, origin.edit)


def failure_page(failure: Failure) -> str:
    """The report on an input that could not be cleaned."""
    return render("failure.html", name=failure.name, reason=failure.reason, top=top_of(failure.name))


def _pieces(source: str, origins: list[Origin], *, is_all: bool) -> Iterator[Piece]:
    """The source from end to end, or to the last of the edits if they aren't all; of such as overlap, the outermost."""
    done = 0
    for number, origin in enumerate(origins, 1):
        if origin.start >= done and (origin.end > origin.start or origin.edit.new):
            yield from _untouched(source, done, origin.start)
            yield Piece(source[origin.start : origin.end], origin.edit, number)
            done = origin.end
    if is_all:
        yield from _untouched(source, done, len(source))


def _end(source: str, origins: list[Origin]) -> int:
    """How many characters of the source stand behind the last edit that is shown, if there are edits among them."""
    shown = origins[:_MOST_EDITS]
    return len(source) - max(origin.end for origin in shown) if len(origins) > len(shown) else 0


def _untouched(source: str, start: int, end: int) -> Iterator[Piece]:
    if len(source) <= _WHOLE_LENGTH or end - start <= _STRETCH_LENGTH:
        yield Piece(source[start:end])
    else:
        half = _STRETCH_LENGTH // 2
        yield Piece(source[start : start + half], skipped=end - start - 2 * half)
        yield Piece(source[end - half : end])
