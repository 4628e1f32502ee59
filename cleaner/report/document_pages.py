"""The page on one document: its figures, the source with every edit in place, and the list of edits."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cleaner.document import Document, Edit
from cleaner.quality import MEANINGS, Quality, figures, is_dropped
from cleaner.report.composition import Placed, Row, composed, rows
from cleaner.report.facts import Failure, by_rule, hanzi_of, in_all, outcome, sums_of
from cleaner.report.marking import classes_of, marked_text
from cleaner.report.rendering import address_of, policy_of, render, top_of

MOST_EDITS: Final = 10_000  # that a page shows: nobody reads more, and each takes 3 kB of memory while it is made
_STYLES: Final = ("page.css", "document.css")
_SCRIPTS: Final = ("document.js",)

_Place = tuple[int, int]  # of an edit: its layer, and its place in that


class Around(NamedTuple):
    """What a page has besides the report, if it can do more: it is made by a template that extends `document.html`.

    `styles`, `scripts` and `allowed` are as `render` has them, and come behind the page's own; `top` is the way up to
    the folder of the index, if the page doesn't lie where a run writes it. `values` are for the template.
    """

    template: str = "document.html"
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    top: str | None = None
    values: Mapping[str, Any] = {}

    def policy(self) -> str:
        """The policy that stands in the page."""
        return policy_of((*_STYLES, *self.styles), (*_SCRIPTS, *self.scripts), self.allowed)


_NOTHING: Final = Around()


class Like(NamedTuple):
    """What an edit's text is like: a line of this text, or another document; `address` is "" where there is no page."""

    name: str
    line: int
    address: str


class Listed(NamedTuple):
    """An edit as the list of edits shows it: its number, and the line of the source it is in, both from 1."""

    number: int
    line: int
    edit: Edit
    like: Like | None


class Shade(NamedTuple):
    """A kind as the legend shows it: the number of its class, and of its edits."""

    name: str
    number: int
    edits: int


def document_page(document: Document, *, quality: Quality | None = None, around: Around = _NOTHING) -> str:
    """The report on one document: its figures, the source with every edit in place, and the list of edits.

    `quality`, if it is known, need not be measured again.
    """
    top = top_of(document.name) if around.top is None else around.top
    matched = _matched(document)
    cuts = (document.source.rfind("\n", 0, start) + 1 for start in matched.values())
    found = composed(document, cuts, most=MOST_EDITS)
    lines = rows(found.stretches)
    shown = sum(len(each.text) for each in found.stretches if each.is_source)
    targets = {
        place: bisect_right(lines, start, key=lambda row: row.start) - 1
        for place, start in matched.items()
        if start < shown
    }
    rules = by_rule(document.edits)
    hanzi = hanzi_of(document, rules)
    classes = classes_of(placed.edit.kind for placed in found.edits)
    return render(
        around.template,
        styles=(*_STYLES, *around.styles),
        scripts=(*_SCRIPTS, *around.scripts),
        allowed=around.allowed,
        **around.values,
        name=document.name,
        outcome=outcome(document),
        about={name: said for name, said in document.about._asdict().items() if said} if document.about else {},
        encoding=document.encoding,
        lossless=document.lossless,
        source_length=len(document.source),
        text_length=len(document.text),
        totals=sums_of(rules),
        hanzi_removed=hanzi["removed"],
        hanzi_in_all=in_all(hanzi),
        unsure=sum(counts["unsure_sentences"] for counts in rules.values()),
        dropped=document.layers[-1][0].why if is_dropped(document) else "",
        quality=(quality or figures(document))._asdict(),
        meanings=MEANINGS,
        rules=rules,
        shades=_shades(found.edits, classes),
        classes=classes,
        text=marked_text(
            lines, found.edits, classes=classes, targets=frozenset(targets.values()), length=len(document.source)
        ),
        listed=list(_listed(document, found.edits, likes=_likes(found.edits, lines, targets, top=top))),
        more=len(document.edits) - len(found.edits),
        end=len(document.source) - shown,
        top=top,
    )


def _matched(document: Document) -> dict[_Place, int]:
    """Where in the source the stretches of this very document begin that edits are like, by the places of the edits."""
    return {
        (depth, place): document.source_span(edit.matched.start, edit.matched.end, depth=depth)[0]
        for depth, layer in enumerate(document.layers)
        for place, edit in enumerate(layer)
        if edit.matched and not edit.matched.name
    }


def _likes(
    edits: Iterable[Placed], lines: Sequence[Row], targets: Mapping[_Place, int], *, top: str
) -> Iterator[Like | None]:
    """What each edit's text is like."""
    for placed in edits:
        matched, target = placed.edit.matched, targets.get((placed.layer, placed.place))
        if target is not None:
            yield Like("", lines[target].line, f"#row-{target + 1}")
        elif matched and matched.name:
            address = f"{top}{address_of(matched.name)}" if matched.has_page else ""
            yield Like(matched.name, 0, address)
        else:
            yield None


def _listed(document: Document, edits: Sequence[Placed], *, likes: Iterable[Like | None]) -> Iterator[Listed]:
    line, done = 1, 0
    for number, (placed, like) in enumerate(zip(edits, likes, strict=True), 1):
        line += document.source.count("\n", done, placed.start)
        done = placed.start
        yield Listed(number, line, placed.edit, like)


def _shades(edits: Iterable[Placed], classes: Mapping[str, int]) -> list[Shade]:
    counts = Counter(placed.edit.kind for placed in edits)
    return [Shade(kind, classes[kind], counts[kind]) for kind in sorted(counts)]


def failure_page(failure: Failure) -> str:
    """The report on an input that could not be cleaned."""
    return render("failure.html", name=failure.name, reason=failure.reason, top=top_of(failure.name))
