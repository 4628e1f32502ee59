"""The story of many files: read, clean and write each, then sum up. Next: `stream`, stdin to stdout."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cleaner import logs, report, reuse
from cleaner.cleaning import Recipe, own_errors, read_record
from cleaner.counting import counted
from cleaner.dedup import Policy
from cleaner.duplicates import Memory
from cleaner.engine import Engine, Pool, Serial
from cleaner.errors import InputError, OutputError
from cleaner.listing import Listing
from cleaner.metrics import Figures, Stopwatch
from cleaner.parts import Way
from cleaner.pipeline import Cleaner
from cleaner.report import Failure, Summary
from cleaner.running import Progress, Run, Work
from cleaner.sinks import Output, Place, State, absolute, passing, remove, taken, write
from cleaner.sources import Columns, Passed, Record, Source, Unread, find_sources, real, records
from cleaner.templates import LEAST
from cleaner.versions import Versions

if TYPE_CHECKING:
    from cleaner.workbench.drafts import Draft
    from cleaner.workbench.mining import Miner

__all__ = ["AcrossFiles", "Mined", "Progress", "clean_files", "mine_files"]

_LOG: Final = logging.getLogger(__name__)
_GUESSED: Final = Columns()
_SERIAL: Final = Serial()


@dataclass(frozen=True, slots=True)
class AcrossFiles:
    """What a run looks for across its files.

    With `templates`, lines that so many documents of one host or folder share; `duplicates` is what becomes of
    near-duplicates, and `memory` what earlier runs have seen.
    """

    templates: int = 0
    duplicates: Policy = field(default_factory=Policy)
    memory: Memory | None = None


def clean_files(  # noqa: PLR0913  each is a choice of its own
    inputs: Iterable[Path | str],
    folder: Place,
    cleaner: Cleaner,
    *,
    across: AcrossFiles | None = None,
    columns: Columns = _GUESSED,
    engine: Engine = _SERIAL,
    tell: Callable[[Progress], None] = lambda progress: None,
    clock: Callable[[], float] | None = None,
) -> Summary:
    """Clean every record of every input into `folder` and return the account of the run, which is also written there.

    The folder lies on a disk or, as `cleaner.sinks.place_of` gives it, in a store that all workers reach.

    With templates, all files are read twice: first to count what they share, then to clean them; `tell` is told of
    both, and of each record that is done. When all are cleaned, near-duplicates among them, and of what the memory
    holds, are dropped or flagged, and the memory takes in what stays. Files that are no containers are written as they
    are cleaned, and again if that changes them; containers when all is known.
    A record that cannot be cleaned becomes a failure with a report of its own and stops nothing, nor does a file that
    cannot be read or whose output cannot have its name.

    Given a `clock` of seconds, how fast it went is written, too, beside the account: two runs over the same inputs
    write the same bytes but for that.

    What is cleaned is kept in the folder under digests of contents, rules and choices, and is not cleaned again: a run
    that was cut short goes on from there, with whatever engine, and gives the same bytes. Raises `BusyError` if
    another run writes to the folder, `ChangedError` if a container changes meanwhile, `AccountError` if what went out
    is not what came in, and OSError or `OutputError` if the folder or the account cannot be written.
    """
    across = across or AcrossFiles()
    output = Output(absolute(folder))
    output.make()
    state = State.of(output)
    watch = Stopwatch(clock)
    with ExitStack() as ending:
        ending.enter_context(taken(output, state))
        place = ending.enter_context(passing(state.folder))
        workers, listing = ending.enter_context(engine.opened()), ending.enter_context(Listing(place))
        index = across.memory.folder if across.memory else None
        sources = list(find_sources(inputs, leave_out=folder, index=index))
        _spare(sources, output)
        _withdraw(output)
        work = Work(sources, passes=2 if across.templates else 1)
        _LOG.info("%d inputs", len(sources), extra=logs.event("started", inputs=len(sources)))
        counts = None
        if across.templates:
            told = lambda done: tell(Progress(done, work.total, None, Figures(share=work.share(done))))  # noqa: E731
            shared = counted(sources, cleaner, workers, columns=columns, least=across.templates, tell=told)
            cleaner = cleaner.knowing(shared)
            assert cleaner.templates
            counts = state.note("templates.json", json.dumps(cleaner.templates.facts()))
            watch.lap("templates")
        settings = {**cleaner.settings, **columns.settings(), **across.duplicates.settings()}
        summary = Summary(settings=settings, versions=Versions.of_cleaner(cleaner, settings))
        recipe, earlier = Recipe.of(cleaner, counts), reuse.note(state, cleaner.rules.rules)
        way = Way(recipe, columns, output, across.duplicates.ngram, engine.budget, earlier)
        run = Run(way, workers, summary, across.duplicates, sources, listing)
        run.clean(work, tell)
        watch.lap("cleaning")
        run.settle(across.memory, place)
        summary.check(run.came, run.written)
        watch.lap("settling")
        _write_account(summary, listing, output, cleaner.kinds)
        watch.lap("account")
        if clock:
            _write_speed(watch.facts(run.figures(1.0), known=summary.known, **_hands(engine)), output)
        run.forget_others()
        reuse.forget(state, recipe.rules)
    accounts = summary.accounts()
    _LOG.info("%(in)d in, %(written)d written", accounts, extra=logs.event("finished", **accounts, known=summary.known))
    return summary


@dataclass(frozen=True, slots=True)
class Mined:
    """What mining found: a draft for each template, how many documents were read, and what could not be."""

    drafts: list[Draft]
    documents: int
    failures: list[Failure]

    @property
    def rules(self) -> int:
        """How many rules the file holds."""
        return sum(draft.table is not None for draft in self.drafts)


def mine_files(  # noqa: PLR0913  each is a choice of its own
    inputs: Iterable[Path | str],
    path: Path,
    cleaner: Cleaner,
    *,
    least: int = LEAST,
    columns: Columns = _GUESSED,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Mined:
    """Learn what the documents of each host or folder share, and write a rule file of it to `path`.

    All files are read twice, first to count, then to gather places and examples; each is repaired first, as rules
    will see it. If nothing is found that a rule can be made of, no file is written, for one without rules doesn't
    load. Raises OSError or `OutputError` if the file cannot be written.
    """
    from cleaner.workbench.drafts import drafted  # noqa: PLC0415  which cleaning need not wait for
    from cleaner.workbench.mining import Miner  # noqa: PLC0415
    from cleaner.workbench.rulefile import rule_file  # noqa: PLC0415

    sources = [source for source in find_sources(inputs, leave_out=path) if source.place != Source(path, "").place]
    total = 2 * len(sources)
    told = lambda done: tell(Progress(done, total, None))  # noqa: E731
    counts = counted(sources, cleaner, Serial(), columns=columns, least=least, tell=told)
    miner, failures, documents = Miner(counts, cleaner.rules), [], 0
    failing = logs.Failing(_LOG, "clean it, and its report rows tell which and why")
    for done, source in enumerate(sources, 1 + len(sources)):
        failure = None
        for found in records(source, columns):
            try:
                documents += _mine(found, cleaner, miner)
            except InputError as error:
                failure = Failure(source.name if isinstance(found, Passed) else found.name, str(error))
                failures.append(failure)
                failing.tell(failure.name, failure.reason, container=source.name)
        tell(Progress(done, total, failure))
    drafts = drafted(miner.templates(), cleaner.rules, path.stem)
    mined = Mined(drafts, documents, failures)
    if mined.rules:
        write(path, rule_file(drafts, counts.sizes(), least))
    return mined


def _mine(found: Record | Unread | Passed, cleaner: Cleaner, miner: Miner) -> int:
    """Gather what a record holds; whether it was a document. Raises `InputError` if it cannot be read."""
    if isinstance(found, Unread):
        raise InputError(found.reason)
    if isinstance(found, Passed):
        return 0
    with own_errors():
        document, groups = read_record(found, cleaner)
        miner.add(cleaner.repaired(document.text, name=found.name), groups)
    return 1


def _withdraw(output: Output) -> None:
    """Remove the account of an earlier run, for soon it won't be true any more."""
    for place in (*_accounts(output), output.evaluation()):
        remove(place)


def _accounts(output: Output) -> tuple[Place, ...]:
    return output.summary(), output.index(), output.speed(), output.speed_script(), *output.parts()


def _write_account(summary: Summary, listing: Listing, output: Output, kinds: Mapping[str, str]) -> None:
    """Write what a run has to say of all: the page last, so that it is there only if what it leads to is."""
    summary.listed = listing.write(output)
    facts = summary.facts()
    write(output.summary(), report.to_json(facts))
    write(output.index(), report.index_page(facts, kinds=kinds))


def _write_speed(facts: dict[str, Any], output: Output) -> None:
    write(output.speed(), report.to_json(facts))
    write(output.speed_script(), report.speed_script(facts))


def _hands(engine: Engine) -> dict[str, Any]:
    """Who did the work: the engine, and how many processes it may have; None if that is for a cluster to say."""
    workers = engine.workers if isinstance(engine, Pool) else 1 if isinstance(engine, Serial) else None
    return {"engine": type(engine).__name__.lower(), "workers": workers}


def _spare(sources: list[Source], output: Output) -> None:
    """Raises `OutputError` if the account of the run would be written over an input."""
    own = (*_accounts(output), output.duplicates(), output.evaluation())
    accounts = {_real(place) for place in own}
    for source in sources:
        if source.place in accounts:
            raise OutputError(f"{source.name} is an input, and the run would write over it; give another OUT")


def _real(place: Place) -> Path | str:
    """Where an output really lies, as a source says it."""
    return real(place) if isinstance(place, Path) else str(place)
