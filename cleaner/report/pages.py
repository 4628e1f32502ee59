"""HTML pages for people: one for each document, one for the run.

They are made of what others wrote, so they hold no script, load nothing and link to nothing but each other; a policy
tells browsers so, too. All text is escaped, what cannot be seen in it is shown as marks, and none of it can reorder
what stands beside it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from cleaner import marks
from cleaner.document import Document, Edit, Origin
from cleaner.quality import MEANINGS, Quality, figures, is_dropped
from cleaner.report.facts import Facts, Failure, by_rule, outcome, totals
from cleaner.sinks import safe_name, stem_of

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
        pieces=list(_pieces(document.source, shown, is_all=len(shown) == len(origins))),
        end=_end(document.source, origins),
        rows=list(_rows(document.source, shown)),
        more=len(origins) - len(shown),
        top=_top(document.name),
    )


def _rows(source: str, origins: list[Origin]) -> Iterator[Row]:
    line, done = 1, 0
    for number, origin in enumerate(origins, 1):
        line += source.count("\n", done, origin.start)
        done = origin.start
        yield Row(number, line, origin.edit)


def failure_page(failure: Failure) -> str:
    """The report on an input that could not be cleaned."""
    return _render("failure.html", name=failure.name, reason=failure.reason, top=_top(failure.name))


def index_page(summary: Facts) -> str:
    """The page of a run, from the facts of its summary."""
    files = {file["name"] for file in summary["files"]}
    return _render("index.html", summary=summary, meanings=MEANINGS, address_of=_address_of, files=files)


def _address_of(name: str) -> str:
    """The link from the index to the report on a file."""
    return f"reports/{quote(stem_of(safe_name(name)))}.html"


def _top(name: str) -> str:
    """The way up from the report on a file to the folder of the index."""
    return "../" * (safe_name(name).count("/") + 1)


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


def _seen(text: str) -> Markup:
    """Text of others as HTML, with a mark for each character that would not be seen."""
    return Markup(
        "".join([_span(part) if isinstance(part, marks.Unseen) else escape(part) for part in marks.parts(text)])
    )


def _span(unseen: marks.Unseen) -> str:
    end = "\n" if unseen.ends_line else ""
    return f'<span class="unseen" title="{escape(unseen.title)}">{escape(unseen.mark)}{end}</span>'


def _foreign(text: str) -> Markup:
    """The same as an element that cannot reorder what stands around it."""
    return Markup(f"<bdi>{_seen(text)}</bdi>")


def _told(sentence: str) -> Markup:
    """A sentence of ours that may quote text of others: it reads from left to right, whatever it begins with."""
    return Markup(f'<bdi dir="ltr">{_seen(sentence)}</bdi>')


def _marked(value: object) -> object:
    """What stands in a page without a filter, as in an attribute: marks there, too, are but text."""
    return marks.marked(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cleaner.report"),
        autoescape=True,
        finalize=_marked,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _style(environment)
    environment.filters |= {"seen": _seen, "foreign": _foreign, "told": _told}
    environment.globals |= {"style": Markup(style), "policy": Markup(_policy(style))}
    return environment


def _style(environment: Environment) -> str:
    """The style of all pages, with the ends of lines that browsers read, for its hash is of those."""
    assert environment.loader
    return "\n".join(environment.loader.get_source(environment, "page.css")[0].splitlines())


def _policy(style: str) -> str:
    """What a page may do: show itself in this very style, and nothing else.

    https://www.w3.org/TR/CSP3/ says how a style is named by its hash, so that no other one applies.
    """
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
