"""The commands on texts that are already clean: `dedup`, and those of an index."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cleaner import logs
from cleaner.cli.engines import EngineChoice, EngineName, RayAddress, engine_of, interruptible
from cleaner.cli.options import (
    SOME_FAILED,
    BatchName,
    Duplicates,
    DuplicatesChoice,
    IdColumn,
    IndexAddress,
    Ngram,
    OutFolder,
    SurvivorChoice,
    TextColumn,
    Threshold,
    WhoSurvives,
    check_inputs,
    counting,
    fail,
    memory_at,
    misuse,
    place_at,
    policy_of,
    put,
    say,
    written_to,
)
from cleaner.cli.running import command

if TYPE_CHECKING:
    from cleaner.index import Index, Parameters
    from cleaner.sinks import Place
    from cleaner.sources import Columns
    from cleaner.weeding import Texts

_LOG: Final = logging.getLogger(__name__)
index_app = typer.Typer(no_args_is_help=True, help="Remember texts, and look new ones up among them.")

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT...", help="Files, folders or addresses of clean texts, in any container."),
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Processes of the pool.", show_default="one a core")
]
Address = Annotated[str, typer.Argument(metavar="INDEX", help="A folder, or redis://host:port/db.")]


@command
def dedup(
    inputs: Inputs,
    out: OutFolder,
    duplicates: Duplicates = DuplicatesChoice.drop,
    threshold: Threshold = None,
    survivor: WhoSurvives = SurvivorChoice.longest,
    ngram: Ngram = 5,
    index: IndexAddress = None,
    batch: BatchName = None,
    text_column: TextColumn = "",
    id_column: IdColumn = "",
    engine: EngineName = EngineChoice.pool,
    workers: Workers = None,
    ray_address: RayAddress = "",
) -> None:
    """Leave out near-duplicates among clean texts: what stays goes to OUT/kept, pairs to OUT/duplicates.jsonl.

    Example: [bold]cleaner dedup corpus.jsonl -o deduplicated[/bold]
    """
    from cleaner.sources import Columns
    from cleaner.weeding import Weeding, weed_files

    check_inputs(inputs, out)
    if duplicates == DuplicatesChoice.off:
        misuse("--duplicates off leaves dedup nothing to do; drop or flag")
    policy = policy_of(duplicates, threshold, survivor, ngram)
    by = engine_of(engine, workers=workers or 0, ray_address=ray_address, seconds=0, memory=0)
    place = place_at(out)
    with memory_at(index, batch, place, policy) as memory, counting("reading") as tell:
        how = Weeding(policy, Columns(text_column, id_column), memory, by)
        how_to_go_on = "what is written is whole; the same command writes the rest"
        with written_to(place, "an OUT"), interruptible(how_to_go_on):
            weeded = weed_files(inputs, place, how, tell=tell)
    facts = weeded.facts()
    say("{in} texts in = {written} written + {dropped} dropped + {failed} failed".format_map(facts["accounts"]))
    print_duplicates(facts["duplicates"], place)
    print_remembering(facts["index"])
    if weeded.failures:
        raise typer.Exit(SOME_FAILED)


@index_app.command("add")
@command
def add_texts(
    address: Address,
    inputs: Inputs,
    ngram: Annotated[
        int | None, typer.Option(metavar="N", help="Characters of a shingle, for a new index.", show_default="5")
    ] = None,
    batch: Annotated[
        str, typer.Option(metavar="NAME", help="What these texts are called; added again, they replace themselves.")
    ] = "",
    text_column: TextColumn = "",
    id_column: IdColumn = "",
) -> None:
    """Remember texts in an index, which is made if there is none.

    Example: [bold]cleaner index add seen corpus.jsonl[/bold]
    """
    from cleaner.index import Parameters
    from cleaner.sources import Columns

    check_inputs(inputs)
    parameters = Parameters(ngram) if ngram else None
    with (
        _opened(address, parameters=parameters, write=True) as index,
        counting("reading") as tell,
        _read(inputs, Columns(text_column, id_column), index, tell) as texts,
    ):
        numbers = range(len(texts.documents.names))
        added = index.add(texts.documents.names, map(texts.means.read, numbers), texts.documents.sketches, batch=batch)
    say(f"{added} texts added, {len(numbers) - added} were there, {len(texts.failures)} failed")
    if texts.failures:
        raise typer.Exit(SOME_FAILED)


@index_app.command("query")
@command
def query_texts(address: Address, inputs: Inputs, text_column: TextColumn = "", id_column: IdColumn = "") -> None:
    """Print a JSON line for each remembered text that one of the inputs is like; remembers nothing.

    Example: [bold]cleaner index query seen today.jsonl[/bold]
    """
    from cleaner.report import to_json
    from cleaner.sources import Columns
    from cleaner.weeding import matches

    check_inputs(inputs)
    with (
        _opened(address) as index,
        counting("reading") as tell,
        _read(inputs, Columns(text_column, id_column), index, tell) as texts,
    ):
        for row in matches(texts, index):
            put(to_json(row))
    if texts.failures:
        raise typer.Exit(SOME_FAILED)


@index_app.command("stats")
@command
def print_stats(address: Address) -> None:
    """Print what an index holds, as JSON.

    Example: [bold]cleaner index stats seen[/bold]
    """
    with _opened(address) as index:
        put(f"{json.dumps(index.stats(), ensure_ascii=False, indent=2, sort_keys=True)}\n")


@index_app.command("compact")
@command
def compact_index(address: Address) -> None:
    """Give back the room that replaced texts take in an index.

    Example: [bold]cleaner index compact seen[/bold]
    """
    with _opened(address) as index:  # opened for writing, it would be made
        before = index.stats()
    with _opened(address, write=True) as index:
        index.compact()
        after = index.stats()
    say(f"{before['bytes']:,} bytes before, {after['bytes']:,} after")


def _read(
    inputs: list[str], columns: Columns, index: Index, tell: Callable[[int], None]
) -> AbstractContextManager[Texts]:
    """The texts of inputs, read by all cores and sketched as the index is."""
    from cleaner.weeding import read_corpus

    pool = engine_of(EngineChoice.pool, workers=0, ray_address="", seconds=0, memory=0)
    return read_corpus(inputs, columns, ngram=index.parameters.ngram, engine=pool, tell=tell)


def print_duplicates(duplicates: dict[str, Any], out: Place) -> None:
    """Tell what became of near-duplicates, and of groups that someone should look at."""
    if not duplicates.get("pairs"):
        return
    told = "{pairs:,} pairs of near-duplicates in {groups:,} groups: {dropped:,} dropped, {flagged:,} flagged"
    say(f"{told.format_map(duplicates)}; listed in {out / 'duplicates.jsonl'}")
    if duplicates["dropped_for_remembered"] > duplicates["documents"] // 2:
        _look("most of these texts are remembered already; was this batch, under another name?")
    for alarm in duplicates["alarms"]:
        told = "{documents:,} texts are like {like}, {dropped:,} were dropped; do they say nothing of their own?"
        _look(told.format_map(alarm))


def print_remembering(index: dict[str, Any]) -> None:
    """Tell what the index remembers of a run, and what it forgot for that."""
    if not index:
        return
    told = "{remembered:,} texts remembered; {forgotten:,} replaced, of an earlier run of this batch"
    say(told.format_map(index))
    if index["forgotten"] > max(index["remembered"] // 2, 1):
        _look("was that the same batch? Name others by --batch, or give each an OUT of its own")


def _look(what: str) -> None:
    _LOG.warning("LOOK: %s", what, extra=logs.event("look"))


@contextmanager
def _opened(address: str, *, parameters: Parameters | None = None, write: bool = False) -> Iterator[Index]:
    from cleaner.errors import StoredIndexError
    from cleaner.index import open_index

    try:
        with open_index(address, parameters, write=write) as index:
            yield index
    except StoredIndexError as error:
        fail(str(error))
