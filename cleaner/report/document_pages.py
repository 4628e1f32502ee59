"""The page on one document: its figures, the source with every edit in place, and the list of edits."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cleaner.document import Document
from cleaner.quality import is_dropped
from cleaner.report.composition import Placed, Row, composed, rows
from cleaner.report.facts import Facts, Failure, facts, in_all
from cleaner.report.figures import Like, Listed, Shade, edit_items, quality_rows, rule_rows, shade_items
from cleaner.report.marking import classes_of, marked_text
from cleaner.report.rendering import address_of, policy_of, render, showing, top_of

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


def document_page(document: Document, *, told: Facts | None = None, around: Around = _NOTHING) -> str:
    """The report on one document: its figures, the source with every edit in place, and the list of edits.

    `told` are the facts about it, which need not be found again if they are known.
    """
    told = told or facts(document)
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
    characters, hanzi, rules = told["characters"], told["hanzi"], told["rules"]
    classes = classes_of(placed.edit.kind for placed in found.edits)
    show = showing([document.source, *(edit.new for edit in document.edits)])
    return render(
        around.template,
        styles=(*_STYLES, *around.styles),
        scripts=(*_SCRIPTS, *around.scripts),
        allowed=around.allowed,
        **around.values,
        name=document.name,
        outcome=told["outcome"],
        about={name: said for name, said in document.about._asdict().items() if said} if document.about else {},
        encoding=document.encoding,
        lossless=document.lossless,
        characters=characters,
        hanzi_removed=hanzi["removed"],
        hanzi_in_all=in_all(hanzi),
        unsure=sum(counts["unsure_sentences"] for counts in rules.values()),
        dropped=document.layers[-1][0].why if is_dropped(document) else "",
        noise=told["quality"]["noise"],
        spam=told["quality"]["spam"],
        quality_rows=quality_rows(told["quality"]),
        rule_rows=rule_rows(rules),
        shade_items=shade_items(_shades(found.edits, classes)),
        text=marked_text(
            lines,
            found.edits,
            classes=classes,
            targets=frozenset(targets.values()),
            length=len(document.source),
            show=show,
        ),
        edit_items=edit_items(
            _listed(document, found.edits, likes=_likes(found.edits, lines, targets, top=top)), classes, show=show
        ),
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
