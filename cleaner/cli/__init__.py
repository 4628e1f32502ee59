"""The command line: words in, exit code out. What the words mean is decided in `run` and `pipeline`.

Exit codes: 0 done, 1 some input failed, 2 misuse.
"""

from __future__ import annotations

import logging
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cleaner import logs, marks
from cleaner.cli.configuring import is_from_file, show_config, unless_from_file
from cleaner.cli.deduplicating import dedup, index_app, print_duplicates, print_remembering
from cleaner.cli.engines import (
    EngineChoice,
    EngineName,
    MaxMemory,
    MaxSeconds,
    RayAddress,
    Workers,
    engine_of,
    interruptible,
    prepare,
)
from cleaner.cli.options import (
    SOME_FAILED,
    BatchName,
    Duplicates,
    DuplicatesChoice,
    HtmlColumn,
    IdColumn,
    IndexAddress,
    Ngram,
    OptionalOut,
    PunctuationChoice,
    RuleFiles,
    ScriptChoice,
    SiteFiles,
    StreamChoice,
    SurvivorChoice,
    TextColumn,
    Threshold,
    UrlColumn,
    WhoSurvives,
    check_inputs,
    columns_of,
    fail,
    memory_at,
    misuse,
    place_at,
    policy_of,
    printing,
    progress,
    say,
    written_to,
)
from cleaner.cli.running import command

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.engine import Engine
    from cleaner.pipeline import Cleaner
    from cleaner.report import Summary
    from cleaner.rules import Rule
    from cleaner.run import AcrossFiles, Mined
    from cleaner.sinks import Place
    from cleaner.sources import Columns

_LOG: Final = logging.getLogger(__name__)
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
rules_app = typer.Typer(no_args_is_help=True, help="List, show and test rules.")
app.add_typer(rules_app, name="rules")
app.command()(dedup)
app.command("config")(command(show_config))
app.add_typer(index_app, name="index")


def _show_version(wanted: bool) -> None:
    from cleaner import __version__

    if wanted:
        typer.echo(f"cleaner {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Clean scraped Chinese text, and say of every change which rule made it and why."""


@app.command()
@command
def clean(
    ctx: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="Files, folders or addresses that fsspec knows; - filters stdin to stdout."
        ),
    ],
    out: OptionalOut = None,
    script: Annotated[
        ScriptChoice, typer.Option(help="Convert to simplified (hans) or traditional (hant) characters.")
    ] = ScriptChoice.keep,
    punctuation: Annotated[
        PunctuationChoice, typer.Option(help="Make ASCII marks in Chinese text full width.")
    ] = PunctuationChoice.keep,
    rules: RuleFiles = None,
    site: SiteFiles = None,
    drop: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Drop documents by their figures, as in 'spam > .8' or 'language != zh and characters < 200'; "
            "the reports say why, and what each figure means. May be given again: one that holds is enough.",
        ),
    ] = None,
    templates: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Remove lines that N documents of a host or folder share outside their articles, 3 at least; "
            "reads all files twice.",
        ),
    ] = 0,
    duplicates: Duplicates = DuplicatesChoice.drop,
    threshold: Threshold = None,
    survivor: WhoSurvives = SurvivorChoice.longest,
    ngram: Ngram = 5,
    index: IndexAddress = None,
    batch: BatchName = None,
    text_column: TextColumn = "",
    id_column: IdColumn = "",
    url_column: UrlColumn = "",
    html_column: HtmlColumn = "",
    stream_format: Annotated[
        StreamChoice, typer.Option("--format", help="What stdin holds: one text, one page, or JSON lines.")
    ] = StreamChoice.text,
    engine: EngineName = EngineChoice.pool,
    workers: Workers = 0,
    ray_address: RayAddress = "",
    max_seconds: MaxSeconds = 300.0,
    max_memory: MaxMemory = 2048,
) -> None:
    """Clean files into OUT/text, with a report on each in OUT/reports, OUT/summary.json and OUT/index.html.

    Containers (.jsonl, .csv, .parquet, .warc, .arc, .zip, .tar, all of them also packed) go out as the same
    containers. What says the same as another is left out, and OUT/duplicates.jsonl lists it.

    Example: [bold]cleaner clean pages -o cleaned[/bold]
    """
    check_inputs(inputs, out)
    filters_stdin = "-" in inputs
    if filters_stdin:
        out, templates, index, batch = _for_stdin(ctx, out=out, templates=templates, index=index, batch=batch)
    else:
        stream_format = unless_from_file(ctx, "stream_format", stream_format, StreamChoice.text)
    if duplicates == DuplicatesChoice.off and not is_from_file(ctx, "duplicates"):
        index, batch = (
            unless_from_file(ctx, name, value, None) for name, value in (("index", index), ("batch", batch))
        )
    if filters_stdin and (len(inputs) > 1 or out is not None):
        misuse("- filters stdin to stdout and stands alone, without files and without -o")
    if filters_stdin and templates:
        misuse("--templates compares many files; - reads one text")
    if filters_stdin and index:
        misuse("--index compares files with those of earlier runs; - reads one text and remembers nothing")
    if not filters_stdin and stream_format != StreamChoice.text:
        misuse("--format says what stdin holds; files say it by their names")
    _check_least("--templates", templates)
    columns = columns_of(text=text_column, id_=id_column, url=url_column, html=html_column)
    policy = policy_of(duplicates, threshold, survivor, ngram)
    by = engine_of(engine, workers=workers, ray_address=ray_address, seconds=max_seconds, memory=max_memory)
    prepare(by, inputs)
    cleaner = _cleaner(
        script=script.value,
        punctuation=punctuation.value,
        rule_files=rules or (),
        site_files=site or (),
        drop=drop or (),
    )
    if filters_stdin:
        _filter(cleaner, stream_format, columns)
    elif out is None:
        misuse("say where to write: cleaner clean INPUT... -o OUT (or - to filter stdin to stdout)")
    else:
        from cleaner.run import AcrossFiles

        place = place_at(out)
        with memory_at(index, batch, place, policy) as memory:
            across = AcrossFiles(templates, policy, memory)
            _clean_files(inputs, place, cleaner, across, columns=columns, engine=by)


@app.command()
@command
def mine(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders or addresses, as for clean.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The rule file to write.")],
    least: Annotated[
        int, typer.Option("--least", metavar="N", help="Documents of one host or folder that share a template.")
    ] = 5,
    text_column: TextColumn = "",
    id_column: IdColumn = "",
    url_column: UrlColumn = "",
    html_column: HtmlColumn = "",
) -> None:
    """Find lines and blocks that documents of one host or folder share, and draft a rule file of them.

    Example: [bold]cleaner mine pages -o site.toml[/bold]
    """
    from cleaner.run import mine_files

    check_inputs(inputs)
    if out.suffix != ".toml":
        misuse(f"{out}: a rule file is TOML; give it a name that ends in .toml")
    if not least:
        misuse("--least: name how many documents share a template, 3 at least")
    _check_least("--least", least)
    columns = columns_of(text=text_column, id_=id_column, url=url_column, html=html_column)
    cleaner = _cleaner()
    with progress("mining") as tell, written_to(out, "a FILE"):
        mined = mine_files(inputs, out, cleaner, least=least, columns=columns, tell=tell)
    _print_mined(mined, out)
    if mined.failures:
        raise typer.Exit(SOME_FAILED)


@app.command()
@command
def undo(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="A cleaned text, from OUT/text; of a dropped one it is not read.")
    ],
    report: Annotated[str, typer.Argument(metavar="REPORT", help="Its JSON report, from OUT/reports.")],
    record: Annotated[
        str, typer.Option(metavar="ID", help="Which record of a container: its id, or :3 for the third.")
    ] = "",
    text_column: TextColumn = "",
    id_column: IdColumn = "",
) -> None:
    """Print the source a cleaned text came from, byte for byte; of an HTML page, all that it said.

    Of a container: [bold]cleaner undo OUT/text/a.jsonl OUT/reports/a.jsonl --record 17[/bold]

    Example: [bold]cleaner undo OUT/text/a.txt OUT/reports/a.json > a.txt[/bold]
    """
    from cleaner.errors import InputError, ReportError
    from cleaner.report import source_of
    from cleaner.results import written, written_record
    from cleaner.sources import Columns

    try:
        of_container = partial(written_record, record=record, columns=Columns(text_column, id_column))
        places = place_at(text), place_at(report)
        source = source_of(*(of_container(*places) if record else written(*places)))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}; give a text from OUT/text and its report from OUT/reports")
    except (InputError, ReportError) as error:
        fail(str(error))
    _print_bytes(source)


@rules_app.command("list")
@command
def list_rules() -> None:
    """List all rules and lexicons with what they find.

    Example: [bold]cleaner rules list[/bold]
    """
    for rule in _shipped_rules():
        typer.echo(f"{rule.name:<40} {'flags: ' if rule.flag else ''}{rule.about}")


@rules_app.command("show")
@command
def show_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="The rule's id, as in kind/id or alone.")],
) -> None:
    """Show one rule with its examples.

    Example: [bold]cleaner rules show share-bar[/bold]
    """
    from difflib import get_close_matches

    rules = {key: rule for rule in _shipped_rules() for key in (rule.id, rule.name)}
    if rule_id not in rules:
        near = get_close_matches(rule_id, rules, 1)
        misuse(
            f"no rule {rule_id!r}; "
            + (
                f"did you mean {near[0]!r}?"
                if near
                else "`cleaner rules list` names all rules of the rule files; what is built in, the README describes"
            )
        )
    for line in _described(rules[rule_id]):
        typer.echo(line)


@rules_app.command("test")
@command
def test_rules(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE...]", help="Rule files of your own to test beside the shipped ones."),
    ] = None,
) -> None:
    """Run the examples of all rules: each must do what it shows and leave all others' examples alone.

    Example: [bold]cleaner rules test site.toml[/bold]
    """
    from cleaner.errors import RuleError
    from cleaner.pipeline import prove, shipped_rule_files
    from cleaner.rules import load

    try:
        rules = load([*shipped_rule_files(), *(files or [])])
        prove(rules)
    except RuleError as error:
        fail(str(error))
    examples = sum(len(rule.changes) + len(rule.flags) + len(rule.keeps) for rule in rules.rules)
    typer.echo(f"{len(rules.rules)} rules, {examples} examples: all hold")


def _for_stdin(
    ctx: typer.Context, *, out: str | None, templates: int, index: str | None, batch: str | None
) -> tuple[str | None, int, str | None, str | None]:
    """What is left of options that only files have a use for, if a file gave them for files."""
    for name, value in (("templates", templates), ("index", index)):
        if value and is_from_file(ctx, name):
            told = "stdin is one text: %s of the file with options is for many, and not used"
            _LOG.warning(told, name, extra=logs.event("unused", option=name))
    return (
        unless_from_file(ctx, "out", out, None),
        unless_from_file(ctx, "templates", templates, 0),
        unless_from_file(ctx, "index", index, None),
        unless_from_file(ctx, "batch", batch, None),
    )


def _cleaner(**choices: Any) -> Cleaner:
    from cleaner.errors import ConditionError, RuleError
    from cleaner.pipeline import Cleaner

    try:
        return Cleaner(**choices)
    except (RuleError, ConditionError) as error:
        misuse(str(error))


def _filter(cleaner: Cleaner, stream_format: StreamChoice, columns: Columns) -> None:
    from cleaner.stream import clean_stream

    if sys.stdin is None or sys.stdout is None:  # as a shell's <&- and >&- leave them
        misuse("- reads stdin and writes stdout, and one of them is closed; name files instead, and -o OUT")
    failed = False
    with printing():
        for failure in clean_stream(sys.stdin.buffer, sys.stdout.buffer, cleaner, stream_format.value, columns=columns):
            failed = failed or not (failure.is_dropped or failure.is_written)
            what = "dropped" if failure.is_dropped else "lossy" if failure.is_written else "failed"
            event = logs.event(what, name=failure.name, reason=failure.reason)
            _LOG.warning("%s: %s", failure.name, failure.reason, extra=event)
    if failed:
        raise typer.Exit(SOME_FAILED)


def _check_least(option: str, least: int) -> None:
    from cleaner.templates import LEAST

    if least and least < LEAST:
        misuse(f"{option}: {LEAST} documents at least must share a template, {least} may do so by chance")


def _clean_files(
    inputs: list[str], out: Place, cleaner: Cleaner, across: AcrossFiles, *, columns: Columns, engine: Engine
) -> None:
    from cleaner.run import clean_files

    how_to_go_on = f"what is done is kept in {out}, and the same command goes on from there"
    with progress("cleaning") as tell, written_to(out, "an OUT"), interruptible(how_to_go_on):
        summary = clean_files(inputs, out, cleaner, across=across, columns=columns, engine=engine, tell=tell)
    with printing():
        _print_summary(summary, out)
        sys.stdout and sys.stdout.flush()
    if summary.has_failures:
        raise typer.Exit(SOME_FAILED)


_MOST_DROPPED = 20  # files, or templates without a rule, that are printed; what is written lists all


def _print_mined(mined: Mined, out: Path) -> None:
    from cleaner.rulefile import shown

    dropped = [draft for draft in mined.drafts if draft.table is None]
    standing = [draft for draft in mined.drafts if draft.table is not None]
    for draft in [*standing, *dropped[:_MOST_DROPPED]]:
        what = "dropped" if draft.table is None else "flags" if draft.table.get("flag") else "removes"
        reason = f": {draft.dropped}" if draft.dropped else ""
        template = draft.template
        say(f"{what:<8} {shown(template.sample)} {template.share}: {', '.join(template.places)}{reason}")
    if len(dropped) > _MOST_DROPPED:
        typer.echo(f"dropped  {len(dropped) - _MOST_DROPPED} more")
    if mined.rules:
        say(f"{mined.documents} documents, {mined.rules} rules: read them in {out}")
    else:
        typer.echo(f"{mined.documents} documents, and nothing in them that a rule can be made of: no file written")


def _print_summary(summary: Summary, out: Place) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("kind", *(("removed", "replaced", "flagged")), title="Characters by kind of rule")
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, counts in summary.kinds().items():
        table.add_row(Text(marks.line(kind)), *(f"{counts[key]:,}" for key in ("removed", "replaced", "flagged")))
    console: Console = Console()
    if table.row_count:
        with console.capture() as shown:  # which would end the process itself if nobody reads on
            console.print(table)
        typer.echo(shown.get(), nl=False)
    facts = summary.facts()
    what = "records" if "containers" in facts else "files"
    told = "{in} {what} in = {written} written + {dropped} dropped + {failed} failed"
    typer.echo(told.format_map({**facts["accounts"], "what": what}))
    if summary.known:
        typer.echo(f"{summary.known} of them taken over from an earlier run")
    typer.echo("{source:,} characters in, {text:,} out".format_map(facts["characters"]))
    for drop in summary.dropped[:_MOST_DROPPED]:
        say(f"dropped: {drop['name']}: {drop['why']}")
    if len(summary.dropped) > _MOST_DROPPED:
        say(f"dropped: {len(summary.dropped) - _MOST_DROPPED} more, listed in {out / 'summary.json'}")
    print_duplicates(facts["duplicates"], out)
    print_remembering(facts["index"])
    say(f"look at {out / 'index.html'}")


def _shipped_rules() -> tuple[Rule, ...]:
    from cleaner import spam
    from cleaner.pipeline import shipped_rule_files
    from cleaner.rules import load

    return (*load(shipped_rule_files()).rules, *spam.load().rules)


def _described(rule: Rule) -> list[str]:
    lines = [
        rule.name,
        f"  {rule.about}",
        f"  scope: {rule.scope}" + (f", {rule.where}" if rule.scope == "line" else ""),
    ]
    lines += ["  only flags"] if rule.flag else []
    lines += ["  list items below go too"] if rule.heads else []
    lines += [f"  needs: {', '.join(rule.needs)}", f"  pattern: {rule.pattern}"] if rule.pattern else []
    lines += [f"  changes: {before!r} → {after!r}" for before, after in rule.changes]
    lines += [f"  flags: {text!r}" for text in rule.flags]
    return lines + [f"  keeps: {text!r}" for text in rule.keeps]


def _print_bytes(data: bytes) -> None:
    """Write to stdout; that nobody reads on is no failure."""
    with printing():
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
