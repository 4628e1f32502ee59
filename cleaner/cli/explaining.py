"""The command that says what happened to a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cleaner.amounts import amount
from cleaner.cli.options import (
    HtmlColumn,
    IdColumn,
    PunctuationChoice,
    RuleFiles,
    ScriptChoice,
    SiteFiles,
    TextColumn,
    UrlColumn,
    cleaner_of,
    columns_of,
    fail,
    place_at,
    say,
)

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.document import Edit
    from cleaner.structure import Staying
    from cleaner.workbench.explaining import Explained

_QUOTED: Final = 300  # characters of a line that are shown
_MOST_EDITS: Final = 40
_MOST_FEATURES: Final = 6
_MOST_MISSES: Final = 8
_LIKELY: Final = 0.01  # how surely a line must be spam by its words for that to be told

Record = Annotated[
    str, typer.Option("--record", metavar="ID", help="Which record of a container: its id, or :3 for the third.")
]


def explain(
    place: Annotated[
        str,
        typer.Argument(
            metavar="FILE:LINE",
            help="A line of an input, or of a text in OUT/text; of an HTML page, a line of what it says.",
        ),
    ],
    run: Annotated[
        str | None,
        typer.Option(metavar="OUT", help="What this finished run did to the line of the input, by its report."),
    ] = None,
    record: Record = "",
    script: Annotated[ScriptChoice, typer.Option(help="As for clean.")] = ScriptChoice.keep,
    punctuation: Annotated[PunctuationChoice, typer.Option(help="As for clean.")] = PunctuationChoice.keep,
    rules: RuleFiles = None,
    site: SiteFiles = None,
    text_column: TextColumn = "",
    id_column: IdColumn = "",
    url_column: UrlColumn = "",
    html_column: HtmlColumn = "",
) -> None:
    """Say what happened to a line and why: each edit that touched it, or why it stayed.

    An input is cleaned there and then, with the options given; LINE counts the lines of its source. Of a text in
    OUT/text its report tells, and LINE counts the lines of that text.

    Example: [bold]cleaner explain page.txt:17[/bold]
    """
    from cleaner.errors import InputError, ReportError
    from cleaner.workbench.explaining import explain as explained
    from cleaner.workbench.pointing import spot_of

    cleaner = cleaner_of(
        script=script.value, punctuation=punctuation.value, rule_files=rules or (), site_files=site or ()
    )
    columns = columns_of(text=text_column, id_=id_column, url=url_column, html=html_column)
    out = place_at(run) if run is not None else None
    try:
        spot = spot_of(place, cleaner, columns=columns, record=record, run=out)
        for line in _told(explained(spot, cleaner)):
            say(line)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; give an input, or a text of a run that is still there")
    except (InputError, ReportError) as error:
        fail(str(error))


def _told(told: Explained) -> Iterator[str]:
    page = ", of what the page says" if told.spot.document.about else ""
    yield f"{told.spot.document.name}, line {told.spot.number} of the source{page}"
    if not told.was.strip() and not told.changes:
        yield "  a blank line; it goes only with lines around it"
        return
    yield f"  was: {_quoted(told.was)}"
    yield f"  is:  {_outcome(told)}"
    if told.note:
        yield f"  why it stays cannot be told: {told.note}"
    for number, change in enumerate(told.changes[:_MOST_EDITS], 1):
        layer = f" (layer {change.layer})" if change.layer else ""
        yield f"{number}. {_did(change.edit)} by {change.edit.rule}{layer}"
        yield f"     because: {change.edit.why}{_doubt(change.edit)}"
        if not change.edit.is_flag:
            yield f"     then: {_quoted(change.became) if change.became.strip() else 'nothing is left'}"
    if len(told.changes) > _MOST_EDITS:
        yield f"{len(told.changes) - _MOST_EDITS} more edits; the report has all"
    if not told.is_gone:
        yield from _stays(told)


def _outcome(told: Explained) -> str:
    if told.is_gone:
        return "gone"
    return "as it was" if told.now == told.was else _quoted(told.now)


def _quoted(text: str) -> str:
    text = text.rstrip("\r\n")
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}… ({len(text):,} characters)"


def _did(edit: Edit) -> str:
    if edit.is_flag:
        return f"flagged: “{_quoted(edit.old)}”"
    return f"replaced: “{_quoted(edit.old)}” → “{_quoted(edit.new)}”" if edit.new else f"removed: “{_quoted(edit.old)}”"


def _doubt(edit: Edit) -> str:
    return f"; sure by {edit.confidence:.0%}" if edit.confidence < 1 else ""


def _stays(told: Explained) -> Iterator[str]:
    if told.staying is None:
        return
    yield "why it stays:"
    yield from _marked(told.staying)
    yield f"  the tagger{_once(told.staying.tagged_after)}: {told.staying.tagger}"
    for what, features in (("for noise", told.staying.for_noise), ("against", told.staying.against)):
        if features:
            said = ", ".join(f"{name} {weight:+.2f}" for name, weight in features[:_MOST_FEATURES])
            yield f"    {what}: {said}"
    if told.spam > _LIKELY:
        yield f"  the lexicons of spam: {told.spam:.0%} by its words"
    if told.staying.rule is None:
        yield from _missed(told)


def _marked(staying: Staying) -> Iterator[str]:
    if staying.rule is None:
        yield "  no rule marks it"
        return
    rule = staying.rule
    yield f"  marked by {rule.name}, which takes lines {_WHERE[rule.where]}: {rule.about}"
    yield f"  spared{_once(staying.spared_after)}: {staying.spared}"


def _once(gone: int) -> str:
    """When that was, on a page that was looked at again after lines had gone."""
    return f", looking again once {amount(gone, 'line')} had gone" if gone else ""


_WHERE: Final = {"edge": "at an edge of the article", "anywhere": "anywhere"}


def _missed(told: Explained) -> Iterator[str]:
    if not told.misses:
        yield "  no line rule has a word of it"
        return
    yield "  rules that have a word of it:"
    for miss in told.misses[:_MOST_MISSES]:
        yield f"    {miss.rule}: {miss.why}"
    if len(told.misses) > _MOST_MISSES:
        yield f"    and {len(told.misses) - _MOST_MISSES} more that do not match"
