"""The command that cleans: files into a folder, or stdin to stdout."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cleaner import logs, marks
from cleaner.cli.configuring import is_from_file, unless_from_file
from cleaner.cli.deduplicating import print_duplicates, print_remembering
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
    check_least,
    cleaner_of,
    columns_of,
    memory_at,
    misuse,
    place_at,
    policy_of,
    printing,
    progress,
    put,
    say,
    written_to,
)

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.engine import Engine
    from cleaner.pipeline import Cleaner
    from cleaner.report import Summary
    from cleaner.run import AcrossFiles
    from cleaner.sinks import Place
    from cleaner.sources import Columns

_LOG: Final = logging.getLogger(__name__)
_MOST_DROPPED: Final = 20  # files that are printed; what is written lists all


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
    if filters_stdin:
        _check_stdin(inputs, out=out, templates=templates, index=index)
    elif stream_format != StreamChoice.text:
        misuse("--format says what stdin holds; files say it by their names")
    check_least("--templates", templates)
    columns = columns_of(text=text_column, id_=id_column, url=url_column, html=html_column)
    policy = policy_of(duplicates, threshold, survivor, ngram)
    by = engine_of(engine, workers=workers, ray_address=ray_address, seconds=max_seconds, memory=max_memory)
    prepare(by, inputs)
    cleaner = cleaner_of(
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


def _check_stdin(inputs: list[str], *, out: str | None, templates: int, index: str | None) -> None:
    """Stop if something was asked for that makes no sense of one text."""
    if len(inputs) > 1 or out is not None:
        misuse("- filters stdin to stdout and stands alone, without files and without -o")
    if templates:
        misuse("--templates compares many files; - reads one text")
    if index:
        misuse("--index compares files with those of earlier runs; - reads one text and remembers nothing")


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


def _clean_files(
    inputs: list[str], out: Place, cleaner: Cleaner, across: AcrossFiles, *, columns: Columns, engine: Engine
) -> None:
    from cleaner.run import clean_files

    how_to_go_on = f"what is done is kept in {out}, and the same command goes on from there"
    with progress("cleaning") as tell, written_to(out, "an OUT"), interruptible(how_to_go_on):
        summary = clean_files(
            inputs, out, cleaner, across=across, columns=columns, engine=engine, tell=tell, clock=time.monotonic
        )
    with printing():
        _print_summary(summary, out)
        sys.stdout and sys.stdout.flush()
    if summary.has_failures:
        raise typer.Exit(SOME_FAILED)


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
        put(shown.get())
    facts = summary.facts()
    what = "records" if "containers" in facts else "files"
    told = "{in} {what} in = {written} written + {dropped} dropped + {failed} failed"
    say(told.format_map({**facts["accounts"], "what": what}))
    if summary.known:
        say(f"{summary.known} of them taken over from an earlier run")
    say("{source:,} characters in, {text:,} out".format_map(facts["characters"]))
    for drop in summary.dropped[:_MOST_DROPPED]:
        say(f"dropped: {drop['name']}: {drop['why']}")
    if len(summary.dropped) > _MOST_DROPPED:
        say(f"dropped: {len(summary.dropped) - _MOST_DROPPED} more, listed in {out / 'summary.json'}")
    print_duplicates(facts["duplicates"], out)
    print_remembering(facts["index"])
    say(f"look at {out / 'index.html'}")
