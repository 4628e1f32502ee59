"""The commands that rules are written with: try one, draft one, see what they do in a run."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

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
    misuse,
    say,
)
from cleaner.cli.ruling import rules_app
from cleaner.cli.running import command

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.rules import Rule
    from cleaner.trying import Broken, Match, Tried

__all__ = ["rules_app"]

_SHOWN: Final = 40  # letters of a line on either side of a match
_QUOTED: Final = 80  # letters of an example
_MOST_BROKEN: Final = 10


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
    from cleaner.trying import broken_by, try_rule

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
        say(f"{match.name}:{match.number}: {match.fate}" + (f" (and {again} more such lines)" if again else ""))
        for mark, line in ((" ", _cut(match.above)), (">", _marked(match)), (" ", _cut(match.below))):
            if line:
                say(f"  {mark} {line}")
    left = tried.matches - len(shown) - sum(tried.again[match.line] for match in shown)
    if left:
        say(f"{left:,} more that are not shown; --most says how many are")


def _cut(line: str) -> str:
    return line if len(line) <= 2 * _SHOWN else f"{line[: 2 * _SHOWN]}…"


def _marked(match: Match) -> str:
    """The line with its match in marks, shortened on either side of it."""
    before, found, after = match.line[: match.start], match.line[match.start : match.end], match.line[match.end :]
    before = before if len(before) <= _SHOWN else f"…{before[-_SHOWN:]}"
    after = after if len(after) <= _SHOWN else f"{after[:_SHOWN]}…"
    return f"{before}⟪{_cut(found)}⟫{after}"


def _print_sums(tried: Tried, rule: Rule) -> None:
    what = "places" if rule.scope == "span" else "lines"
    say(f"needs: {', '.join(sorted(rule.needs))}")
    say(
        f"matches {tried.matches:,} {what} in {tried.hit:,} of {tried.documents:,} documents, "
        f"{tried.characters:,} characters; takes {tried.taken:,}, {tried.taken_characters:,} characters"
    )
    for name, times in tried.by_others.most_common():
        say(f"{times:,} go by {name} already")
    for why, times in tried.stays.most_common():
        say(f"{times:,} stay: {why}")
    if tried.too_long:
        say(f"{tried.too_long:,} more lines are longer than {rule.longest} characters, and not looked at (--longest)")
    for failure in tried.failures:
        say(f"not read: {failure.name}: {failure.reason}")
    if tried.failed > len(tried.failures):
        say(f"not read: {tried.failed - len(tried.failures):,} more")


def _print_broken(found: list[Broken]) -> None:
    if not found:
        say("breaks no example of the rules in use")
        return
    say(f"breaks {len(found)} examples of the rules in use; narrow the pattern:")
    for broken in found[:_MOST_BROKEN]:
        say(f"  {broken.rule}: {broken.key}: {broken.text[:_QUOTED]!r} → {broken.became[:_QUOTED]!r}")
    if len(found) > _MOST_BROKEN:
        say(f"  and {len(found) - _MOST_BROKEN} more")
