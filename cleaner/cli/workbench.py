"""The commands that rules are written with: try one, draft one, see what they do in a run."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cleaner.amounts import amount
from cleaner.cli.explaining import Record
from cleaner.cli.options import (
    SOME_FAILED,
    HtmlColumn,
    IdColumn,
    RuleFiles,
    TextColumn,
    UrlColumn,
    check_inputs,
    cleaner_of,
    columns_of,
    counting,
    fail,
    misuse,
    place_at,
    put,
    say,
    written_to,
)
from cleaner.cli.ruling import rules_app
from cleaner.cli.running import command

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.rules import Rule
    from cleaner.workbench.coverage import Coverage
    from cleaner.workbench.trying import Broken, Match, Tried

__all__ = ["rules_app"]

_SHOWN: Final = 40  # letters of a line on either side of a match
_QUOTED: Final = 80  # letters of an example
_MOST_BROKEN: Final = 10
_KIND: Final = "site"  # what a draft goes by that no file is named for


class ScopeChoice(StrEnum):
    """Values of --scope."""

    line = "line"
    span = "span"


class WhereChoice(StrEnum):
    """Values of --where."""

    edge = "edge"
    anywhere = "anywhere"


@rules_app.command("try")
@command
def try_pattern(
    pattern: Annotated[str, typer.Argument(metavar="PATTERN", help="The pattern, as a rule would have it.")],
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders or addresses, as for clean.")],
    scope: Annotated[
        ScopeChoice, typer.Option(help="What goes where it matches: the line, or the span that matches.")
    ] = ScopeChoice.line,
    where: Annotated[
        WhereChoice, typer.Option(help="Where a line goes: at an edge of the article, or anywhere.")
    ] = WhereChoice.edge,
    needs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LITERAL",
            help="A literal of which a line must hold one; may be given again. By default told from the pattern.",
        ),
    ] = None,
    unless: Annotated[str, typer.Option(metavar="PATTERN", help="Spares lines that this matches.")] = "",
    replace: Annotated[str, typer.Option(metavar="TEXT", help="What a span becomes.")] = "",
    longest: Annotated[
        int, typer.Option(metavar="N", help="Characters of the longest line that is looked at.", show_default="40, 80")
    ] = 0,
    most: Annotated[int, typer.Option(metavar="N", help="How many matches are shown; all are counted.")] = 20,
    rules: RuleFiles = None,
    text_column: TextColumn = "",
    id_column: IdColumn = "",
    url_column: UrlColumn = "",
    html_column: HtmlColumn = "",
) -> None:
    """Show what a pattern matches, what of that it would take in place, and which examples of other rules it breaks.

    Example: [bold]cleaner rules try '^勋章:' pages --where anywhere[/bold]
    """
    from cleaner.workbench.trying import broken_by, try_rule

    check_inputs(inputs)
    if most < 0:
        misuse(f"--most is how many matches are shown, not {most}")
    columns = columns_of(text=text_column, id_=id_column, url=url_column, html=html_column)
    told: dict[str, Any] = {"unless": unless, "longest": longest, "replace": replace}
    told = {"scope": scope.value, **{key: value for key, value in told.items() if value}}
    if scope is ScopeChoice.line:
        told["where"] = where.value
    elif where is not WhereChoice.edge:
        misuse("--where is for lines; leave it out, or say --scope line")
    rule = _rule_to_try(pattern, needs or (), told)
    cleaner = cleaner_of(rule_files=rules or ())
    with counting("trying") as tell:
        tried = try_rule(rule, inputs, cleaner, columns=columns, most=most, tell=tell)
    _print_matches(tried)
    _print_sums(tried, rule)
    _print_broken(broken_by(rule, cleaner))
    if tried.failed:
        raise typer.Exit(SOME_FAILED)


@rules_app.command("new")
@command
def new_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="What the rule is called; it names what is found.")],
    place: Annotated[
        str, typer.Option("--from", metavar="FILE:LINE", help="A line that the rule is for, as for explain.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="The rule file to write, or to add to; its stem is the kind. By default the draft is printed.",
        ),
    ] = None,
    verdicts: Annotated[
        str | None,
        typer.Option(
            metavar="OUT",
            help="What reviewers of this run called wrong becomes `keeps`, if it holds the same words.",
        ),
    ] = None,
    record: Record = "",
    rules: RuleFiles = None,
    text_column: TextColumn = "",
    id_column: IdColumn = "",
    url_column: UrlColumn = "",
    html_column: HtmlColumn = "",
) -> None:
    """Draft a rule from a line it is for, with examples around it, and prove it beside all others.

    Example: [bold]cleaner rules new forum-medal --from page.txt:17 -o forum.toml[/bold]
    """
    from cleaner.errors import InputError, OutputError, ReportError, RuleError
    from cleaner.finished import FinishedRun
    from cleaner.verdicts import verdicts_at
    from cleaner.workbench.drafting import add, draft, known, new_file
    from cleaner.workbench.pointing import spot_of

    if out is not None and out.suffix != ".toml":
        misuse(f"{out}: a rule file is TOML; give it a name that ends in .toml")
    columns = columns_of(text=text_column, id_=id_column, url=url_column, html=html_column)
    cleaner = cleaner_of(rule_files=[*(rules or ()), *known(out)])
    try:
        judged = verdicts_at(FinishedRun.at(place_at(verdicts)).output) if verdicts is not None else {}
        spot = spot_of(place, cleaner, columns=columns, record=record)
        drafted = draft(spot, rule_id, out.stem if out else _KIND, cleaner, judged.values())
        shown = f"{spot.document.name}:{spot.number}"
        if out is None or not drafted.is_proven:
            put(new_file(drafted, shown))
        else:
            with written_to(out, "a FILE"):
                add(drafted, shown, out)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; give an input, or a text of a run that is still there")
    except (InputError, OutputError, ReportError, RuleError) as error:
        fail(str(error))
    if not drafted.is_proven:
        fail(
            f"the draft doesn't prove itself{f', and was not written to {out}' if out else ''}: mend it by its comments"
        )
    if out is not None:
        say(f"wrote {rule_id} to {out}; to do:", *(f"  {told}" for told in drafted.left))


@rules_app.command("coverage")
@command
def show_coverage(
    run: Annotated[str, typer.Argument(metavar="OUT", help="The folder of a finished run of clean, or its address.")],
    rules: RuleFiles = None,
    as_json: Annotated[
        bool, typer.Option("--json/--no-json", help="Print it for programs, with figures of each rule.")
    ] = False,
) -> None:
    """List the rules that found nothing in a run, and those that may take more than furniture, with reasons.

    Example: [bold]cleaner rules coverage cleaned --rules forum.toml[/bold]
    """
    from cleaner.errors import InputError, ReportError
    from cleaner.finished import FinishedRun
    from cleaner.report import to_json
    from cleaner.workbench.coverage import coverage

    cleaner = cleaner_of(rule_files=rules or ())
    try:
        found = coverage(FinishedRun.at(place_at(run)), cleaner)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; clean it again")
    except (InputError, ReportError) as error:
        fail(str(error))
    if as_json:
        put(to_json(found.facts()))
        return
    _print_coverage(found)


def _print_coverage(found: Coverage) -> None:
    if not found.is_of_run:
        say("the run had other rules or site files than these: give those it had by --rules, or clean it again")
    rules = len(found.uses) - len(found.built_in)
    used = f"{rules - len(found.dead):,} of {amount(rules, 'rule')} found something"
    built_in = f", and so did {amount(len(found.built_in), 'rule')} built in" if found.built_in else ""
    say(f"{used} in {amount(found.documents, 'document')}{built_in}")
    if found.eager:
        say("", "look at these:")
    for each in found.eager:
        uses = each.uses
        where = f"{amount(uses.edits, 'edit')} in {amount(uses.documents, 'document')}"
        say(f"  {each.rule}: {where}, {amount(uses.removed, 'character')} removed")
        say(*(f"    {why}" for why in each.why))
    if found.dead:
        say("", "found nothing:", *(f"  {name}" for name in found.dead))


def _rule_to_try(pattern: str, needs: list[str] | tuple[str, ...], told: dict[str, Any]) -> Rule:
    from cleaner.errors import RuleError
    from cleaner.rules import to_try

    try:
        return to_try(pattern, needs, **told)
    except RuleError as error:
        misuse(str(error))


def _print_matches(tried: Tried) -> None:
    shown = tried.shown
    for match in shown:
        again = tried.again[match.line]
        say(f"{match.name}:{match.number}: {match.fate}" + (f" (and {amount(again, 'line')} like it)" if again else ""))
        for mark, line in ((" ", _cut(match.above)), (">", _marked(match)), (" ", _cut(match.below))):
            if line:
                say(f"  {mark} {line}")
    left = tried.matches - len(shown) - sum(tried.again[match.line] for match in shown)
    if left:
        say(f"{left:,} more not shown; --most says how many are")


def _cut(line: str) -> str:
    return line if len(line) <= 2 * _SHOWN else f"{line[: 2 * _SHOWN]}…"


def _marked(match: Match) -> str:
    """The line with its match in marks, shortened on either side of it."""
    before, found, after = match.line[: match.start], match.line[match.start : match.end], match.line[match.end :]
    before = before if len(before) <= _SHOWN else f"…{before[-_SHOWN:]}"
    after = after if len(after) <= _SHOWN else f"{after[:_SHOWN]}…"
    return f"{before}⟪{_cut(found)}⟫{after}"


def _print_sums(tried: Tried, rule: Rule) -> None:
    what = "place" if rule.scope == "span" else "line"
    say(f"needs: {', '.join(sorted(rule.needs))}")
    say(
        f"matches {amount(tried.matches, what)} in {tried.hit:,} of {amount(tried.documents, 'document')}, "
        f"{amount(tried.characters, 'character')}; takes {tried.taken:,}, {amount(tried.taken_characters, 'character')}"
    )
    for name, times in tried.by_others.most_common():
        say(f"{times:,} {'goes' if times == 1 else 'go'} by {name} already")
    for why, times in tried.stays.most_common():
        say(f"{times:,} {'stays' if times == 1 else 'stay'}: {why}")
    if tried.too_long:
        longer = f"longer than {amount(rule.longest, 'character')}"
        say(f"not looked at, for being {longer} (--longest): {amount(tried.too_long, 'line')}")
    for failure in tried.failures:
        say(f"not read: {failure.name}: {failure.reason}")
    if tried.failed > len(tried.failures):
        say(f"not read: {tried.failed - len(tried.failures):,} more")


def _print_broken(found: list[Broken]) -> None:
    if not found:
        say("breaks no example of the rules in use")
        return
    say(f"breaks {amount(len(found), 'example')} of the rules in use; narrow the pattern:")
    for broken in found[:_MOST_BROKEN]:
        say(f"  {broken.rule}: {broken.key}: {broken.text[:_QUOTED]!r} → {broken.became[:_QUOTED]!r}")
    if len(found) > _MOST_BROKEN:
        say(f"  and {len(found) - _MOST_BROKEN} more")
