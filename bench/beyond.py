"""What a run beyond this machine takes: rates measured here, in some three minutes, drawn out to more documents.

    python -m bench.beyond [--write]     # --write puts the tables into docs/scale.md

`bench.steps` measures each step of small runs, `bench.crowding` draws how many pairs there will be. The rest is
multiplied by `bench.costing`: what grows with documents by their number, what grows with bytes by those, and what grows
faster as the code has it. Nothing was run at the sizes that are spoken of; how near all this comes at 100,000 documents
is a table of its own. Next: `bench.steps`.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from os import cpu_count
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bench import steps
from bench.corpora import FOLDER, ROOT
from bench.costing import PIECE, RUN, Costs, Rates, band_memory, costs, growth, least, split
from bench.crowding import (
    BANDS,
    CRAWL,
    Groups,
    Landmarks,
    Shares,
    by_chance,
    by_copies,
    crowd,
    largest_bucket,
    meetings,
    nominated,
    unrelated,
)
from bench.inventing import sample
from bench.results import Table, cpu
from bench.scale import COPIES, HOT, documents, sentences
from bench.steps import Alone, Chain, Near, Remembering
from cleaner.engine import MEMORY
from cleaner.index.folder import _MAP_SIZE as MOST_MAPPED
from cleaner.minhash import shingles, sketch
from cleaner.pipeline import Cleaner

PAGE: Final = ROOT / "docs" / "scale.md"
START, END = "<!-- measured: python -m bench.beyond --write -->", "<!-- end of what is measured -->"
CORES: Final = 1000  # of the cluster that the answers speak of
GIB: Final = 2**30
HOUR, DAY = 3600.0, 86_400.0
HOST: Final = 64 * GIB  # of the process that begins a run
REDIS: Final = 11_000  # bytes of a server's memory for a text, as `bench.shared_index` measures it
CHECKED: Final = 100_000  # documents of the run that drawn figures are held against
CHECKS: Final = (
    "pairs that bands nominate",
    "pairs of texts compared",
    "texts of the largest bucket",
    "seconds of a processor",
)
SIZES: Final = (10_000, 30_000, CHECKED)  # of made-up documents
_TEXTS, _FILES, _PAGES = (1000, 2000), (100, 300), 60
_ALONE, _INDEX = 50_000, (5_000, 20_000)
_SAMPLED: Final = 1500  # texts of each corpus whose likeness to each other is measured
_PIECES: Final = 500  # given to tasks of a cluster
_SLOTS: Final = 1 << 32  # documents that pairs can be made of


# --- measuring -------------------------------------------------------------------------------------------------


class Measured(NamedTuple):
    """All that is measured; `chances` are those of texts of corpora, `landmarks` how they share some."""

    rates: Rates
    pages: Rates  # of what comes as HTML
    chances: Shares
    landmarks: Landmarks
    near: list[Near]
    check: list[tuple[str, float, float]]


def measured() -> Measured:
    """Everything, one step after another; nothing runs beside."""
    cleaner = Cleaner()
    _chain(steps.write_texts, 80_000, 1, cleaner)  # what is made ready once
    nothing = _chain(steps.write_texts, 90_000, 1, cleaner)
    texts = [_chain(steps.write_texts, start, size, cleaner) for size, start in zip(_TEXTS, count(0, 10_000))]
    files = [_chain(steps.write_files, start, size, cleaner) for size, start in zip(_FILES, count(20_000, 10_000))]
    pages = _chain(steps.write_pages, 0, _PAGES, cleaner)
    near = [steps.near(size) for size in SIZES]
    alone = steps.alone(_ALONE, near[1].sketches)
    with tempfile.TemporaryDirectory() as name:
        remembering = [steps.remembering(Path(name) / str(size), size) for size in _INDEX]
    handed = steps.sending(_PIECES) or 0.0, steps.handing(_PIECES, PIECE)
    sampled = [text for corpus in ("news_hans", "wechat_hans_dirty") for text in sample(corpus, _SAMPLED)]
    sketches = sketch(sampled)
    chosen = unrelated(sketches)
    landmarks = Landmarks.of(sketches.chosen(chosen))
    runs = Runs(nothing, texts, files)
    rates = _rates(runs, near, alone, remembering, handed=handed, landmarks=landmarks.of_text)
    of_pages = replace(rates, **_of_chain(pages, nothing), held=rates.held)
    return Measured(
        rates, of_pages, meetings([shingles(sampled[row]) for row in chosen]), landmarks, near, _check(near)
    )


def _chain(write: Callable[[Path, int, int], Path], start: int, size: int, cleaner: Cleaner) -> Chain:
    with tempfile.TemporaryDirectory() as name:
        return steps.chain(Path(name), write(Path(name), start, size), cleaner)


class Runs(NamedTuple):
    """Runs over one text, which tells what any run takes, and over containers and files of two sizes."""

    nothing: Chain
    texts: Sequence[Chain]
    files: Sequence[Chain]


def _of_chain(chain: Chain, nothing: Chain) -> dict[str, float]:
    """What a run over a container says, without what a run over nothing takes."""
    number = chain.documents
    return {
        "given": chain.given / number,
        "out": chain.texts / number,
        "reports": chain.reports / number,
        "kept": chain.kept / number,
        "reading": chain.seconds["cut"] / chain.given,
        "cleaning": chain.seconds["clean"] / number,
        "revising": (chain.seconds["revise"] + chain.seconds["differences"]) / number,
        "coming": max(chain.driver[0] - nothing.driver[0], 0.0) / number,
        "going": max(chain.driver[1] - nothing.driver[1], 0.0) / number,
    }


def _rates(  # noqa: PLR0913  each is a measurement of its own
    runs: Runs,
    near: Sequence[Near],
    alone: Alone,
    remembering: Sequence[Remembering],
    *,
    handed: tuple[float, float],
    landmarks: float,
) -> Rates:
    last, pairs = near[-1], sum(nominated(near[-1].sketches))
    in_bands = last.seconds["in_bands"] - last.documents * BANDS.count * alone.band
    return Rates(
        **_of_chain(runs.texts[-1], runs.nothing),
        file_given=runs.files[-1].given / runs.files[-1].documents,
        file_reports=runs.files[-1].reports / runs.files[-1].documents,
        file_kept=runs.files[-1].kept / runs.files[-1].documents,
        sketching=last.sketching / last.documents,
        sending=handed[0],
        handing=handed[1],
        band=alone.band,
        estimating=max(in_bands, 0.0) / pairs,
        landmark=alone.landmark,
        passing=alone.passing,
        confirming=last.seconds["confirmed"] / last.compared,
        joining=last.driver / last.documents,
        held=_slope(runs.texts),
        file_held=_slope(runs.files),
        pair_held=steps.pair_size(SIZES[0]),
        pair_listed=runs.texts[-1].listed,
        found_peak=alone.found_peak,
        landmarks=landmarks,
        band_peak=alone.band_peak,
        landmark_peak=alone.landmark_peak,
        indexed=remembering[-1].size / remembering[-1].texts,
        asking=remembering[-1].asking,
        adding=remembering[-1].adding,
    )


def _slope(chains: Sequence[Chain]) -> float:
    """The bytes that a process holds for one document more."""
    few, many = chains
    return (many.held - few.held) / (many.documents - few.documents)


# --- how near it comes -----------------------------------------------------------------------------------------


def _check(near: Sequence[Near]) -> list[tuple[str, float, float]]:
    """What is drawn for the largest size of made-up documents, and what came of it."""
    last = near[-1]
    number = last.documents
    copies, promoted = _copied(number)
    texts = list(documents(_SAMPLED, sentences() or steps.own_sentences(), seed=2))
    chances = meetings([shingles(texts[row]) for row in unrelated(sketch(texts))])
    chance = by_chance(chances, number)
    told = by_copies(copies, same=0.0, edited=0.04)
    hot = by_copies(promoted, same=0.0, edited=0.024)  # so that two of them are .8 alike
    before = near[:-1]
    work = [sum(each.seconds.values()) + each.driver for each in near]
    power = growth([each.documents for each in before], work[:-1])
    pairs = [
        (chance.pairs + told.nominated + hot.nominated, sum(nominated(last.sketches))),
        (told.candidates + hot.candidates, float(last.compared)),
        (max(chance.largest, hot.largest), float(largest_bucket(last.sketches))),
        (work[-2] * (number / before[-1].documents) ** power, work[-1]),
    ]
    return [(name, *both) for name, both in zip(CHECKS, pairs, strict=True)]


def _copied(number: int) -> tuple[Groups, Groups]:
    """The groups of copies that `bench.scale` makes, and the one of texts that carry a promotion."""
    draw = random.Random(1)
    recent, sizes = list[int](), Counter[int]()
    for own in range(number):
        if recent and draw.random() < COPIES:
            sizes[draw.choice(recent)] += 1
        elif len(recent) < 1000:
            recent.append(own)
        else:
            recent[draw.randrange(1000)] = own
    numbers = Counter(1 + each for each in sizes.values())
    promoted = round(HOT * number)
    return (
        Groups(np.array(sorted(numbers)), np.array([numbers[size] for size in sorted(numbers)], np.float64)),
        Groups(np.array([promoted]), np.ones(1)),
    )


# --- the tables ------------------------------------------------------------------------------------------------

Number = Callable[[float], str]


def tables(found: Measured) -> list[Table]:
    """The tables of the page, in order."""
    return [_answers(found), _breaks(found), _crowds(found), _rates_told(found), _checks(found)]


def _answers(found: Measured) -> Table:
    terabyte, pages = 1e12 / found.rates.given, 100e12 / found.pages.given
    columns = [(terabyte, found.rates), (pages, found.pages), (1e9, found.rates)]
    cells = [list(_answer(number, rates, found.chances)) for number, rates in columns]
    rows = [[name, *(column[place][1] for column in cells)] for place, (name, _) in enumerate(cells[0])]
    head = ("", "1 TB of texts", "100 TB of HTML pages", "10⁹ texts")
    return Table("What it costs", head, rows)


def _answer(number: float, rates: Rates, chances: Shares) -> Iterator[tuple[str, str]]:
    runs, each = split(number)
    one = costs(rates, crowd(each, CRAWL, chances))
    yield "documents", _count(number)
    yield f"runs of {_count(RUN)} at most", _count(runs)
    yield "CPU-hours: reading", _hours(runs * one.reading)
    yield "CPU-hours: cleaning, sketches and reports included", _hours(runs * one.cleaning)
    yield "CPU-hours: of that, sketches", _hours(number * rates.sketching)
    yield "CPU-hours: bands", _hours(runs * one.bands)
    yield "CPU-hours: landmarks", _hours(runs * one.landmarks)
    yield "CPU-hours: comparing texts", _hours(runs * one.confirming)
    yield "CPU-hours: writing what is known then", _hours(runs * one.settling)
    yield "CPU-hours: the processes that begin runs", _hours(runs * one.process)
    yield "CPU-hours: the index: asking and adding", _hours(number * (rates.asking + rates.adding))
    cleaning = runs * (one.reading + one.work + one.process)
    yield "**CPU-hours, all**", _hours(cleaning + number * (rates.asking + rates.adding))
    yield f"hours on {CORES} cores, but for the index", _hours(max(cleaning / CORES, one.serial))
    yield "cores that one run keeps busy, on Ray", _count(max(1.0, one.work / one.serial))
    yield "with a pool of one host", _count(max(1.0, one.work / one.pooled))
    yield "hours that one run takes on so many, on Ray", f"{one.serial / HOUR:.1f}"
    yield "memory of the process that begins one", _bytes(one.memory)
    yield "memory of its largest worker", _bytes(one.worker)
    yield "through the object store", _bytes(runs * one.moved)
    yield "texts, unpacked", _bytes(number * rates.out)
    yield "reports, rows of containers, unpacked", _bytes(number * rates.reports)
    yield "`OUT/.cleaner`", _bytes(number * rates.kept)
    yield "signatures and landmarks, of all", _bytes(runs * one.sketches)
    yield "keys of bands, which nobody keeps", _bytes(number * BANDS.count * 8)
    yield "index on a disk", _bytes(number * rates.indexed)
    yield "index on Redis, memory", _bytes(number * REDIS)


def _breaks(found: Measured) -> Table:
    rates, chances = found.rates, found.chances
    worker = float(MEMORY) * 2**20

    def one(number: float) -> Costs:
        return costs(rates, crowd(number, CRAWL, chances))

    rows: list[tuple[str, float]] = [
        ("OUT in a store: sketches in the memory of each worker", least(lambda n: 2 * one(n).sketches > worker)),
        ("files, no containers: what is known of them, 64 GiB", HOST / rates.file_held),
        ("a worker's memory for a band", least(lambda n: band_memory(rates, crowd(n, CRAWL, chances)) > worker)),
        ("a worker's memory for a range of landmarks", worker / (rates.landmarks * rates.landmark_peak)),
        ("the process that begins a run: 64 GiB", least(lambda n: one(n).memory > HOST)),
        ("the process that begins a run: a day of its own work", least(lambda n: one(n).process > DAY)),
        ("reading one container after another: a day", least(lambda n: one(n).reading > DAY)),
        ("landmarks take longer than bands", least(lambda n: one(n).landmarks > one(n).bands)),
        ("landmarks take longer than cleaning", least(lambda n: one(n).landmarks > one(n).cleaning)),
        ("an index on a disk is full", MOST_MAPPED / rates.indexed),
        ("numbers of documents", float(_SLOTS)),
    ]
    told = [[name, _count(number)] for name, number in sorted(rows, key=lambda row: row[1])]
    return Table("From where on what gives way", ("in one run", "documents"), told)


def _crowds(found: Measured) -> Table:
    columns: list[list[str]] = []
    for number in (1e6, 1e7, 1e8, 1e9):
        one = crowd(number, CRAWL, found.chances)
        took = costs(found.rates, one)
        every = one.chance.every + (one.copies.every + one.hollow.every) * BANDS.count
        columns.append(
            [
                _count(number),
                _count(one.chance.companions, digits=1),
                _count(one.chance.pairs),
                _count(one.copies.nominated + one.hollow.nominated),
                _share(one.hot_share),
                _count(every),
                _count(one.largest),
                _count(one.candidates),
                _count(found.landmarks.pairs(number)),
                _hours(took.bands),
                _hours(took.landmarks),
                _bytes(took.worker),
                _bytes(took.memory),
            ]
        )
    names = (
        "documents",
        "others in a bucket by chance",
        "pairs nominated by chance",
        "pairs nominated of copies",
        "of all, in buckets of more than 33",
        "without that bound",
        "largest bucket",
        "texts compared",
        "landmarks shared by chance, pairs",
        "CPU-hours: bands",
        "CPU-hours: landmarks",
        "largest worker",
        "process that begins",
    )
    first, *rows = zip(names, *columns, strict=True)
    return Table("How crowded buckets become, in one run", first, rows)


def _rates_told(found: Measured) -> Table:
    own, pages = found.rates, found.pages
    near = found.near
    sizes = [each.documents for each in near]

    def grows(kind: str) -> str:
        return f"{growth(sizes, [each.seconds[kind] for each in near]):.2f}"

    rows = [
        ["bytes of a document as it comes", f"{own.given:,.0f}", f"{pages.given:,.0f}"],
        ["reading, MB a second", f"{1e-6 / own.reading:,.0f}", f"{1e-6 / pages.reading:,.0f}"],
        ["cleaning, ms a document", f"{own.cleaning * 1e3:.2f}", f"{pages.cleaning * 1e3:.1f}"],
        ["of that, its sketch, µs", _micro(own.sketching)],
        ["writing what is known then, µs", _micro(own.revising), _micro(pages.revising)],
        ["the process that begins a run, while documents come, µs", _micro(own.coming), _micro(pages.coming)],
        ["when all are there, µs", _micro(own.going), _micro(pages.going)],
        ["sending a piece to a cluster, µs", _micro(own.sending) if own.sending else "NOT MEASURED: no Ray here"],
        ["handing a piece to a pool, µs", _micro(own.handing)],
        ["a band, ns a document", f"{own.band * 1e9:.0f}", "", grows("in_bands")],
        ["comparing two signatures, ns", f"{own.estimating * 1e9:.0f}"],
        ["landmarks, ns for each", f"{own.landmark * 1e9:.0f}", "", grows("sharing")],
        ["a landmark that others' work goes through, ns", f"{own.passing * 1e9:.1f}", "", "2, as the code has it"],
        ["comparing two texts, µs", _micro(own.confirming), "", grows("confirmed")],
        ["near-duplicates, the process that began, µs", _micro(own.joining), "", _power(near)],
        ["bytes that process holds", f"{own.held:,.0f}"],
        ["the same for a file that is no container", f"{own.file_held:,.0f}"],
        ["and takes to find near-duplicates", f"{own.found_peak:,.0f}"],
        ["for each pair of those", f"{own.pair_held:,.0f}"],
        ["in `duplicates.jsonl`, for each pair", f"{own.pair_listed:,.0f}"],
        ["bytes of a worker for a band", f"{own.band_peak:,.0f}"],
        ["for a range of landmarks, for each of all", f"{own.landmark_peak:.1f}"],
        ["landmarks of a document", f"{own.landmarks:.0f}"],
        ["bytes of its text that goes out", f"{own.out:,.0f}", f"{pages.out:,.0f}"],
        ["of its report, as a row", f"{own.reports:,.0f}", f"{pages.reports:,.0f}"],
        ["of the reports on a file, with its page", f"{own.file_reports:,.0f}"],
        ["in `OUT/.cleaner`", f"{own.kept:,.0f}", f"{pages.kept:,.0f}"],
        ["in an index on a disk", f"{own.indexed:,.0f}"],
        ["asking the index, µs", _micro(own.asking)],
        ["adding to it, µs", _micro(own.adding)],
    ]
    return Table("Rates", ("for a document", "texts", "HTML pages", "grows by"), rows)


def _power(near: Sequence[Near]) -> str:
    return f"{growth([each.documents for each in near], [each.driver for each in near]):.2f}"


def _checks(found: Measured) -> Table:
    rows = [
        [what, _count(drawn, digits=1), _count(real, digits=1), f"{drawn / real:.2f}"]
        for what, drawn, real in found.check
    ]
    head = (f"{_count(CHECKED)} made-up documents", "drawn", "a real run", "drawn by real")
    return Table("How near it comes", head, rows)


def _count(number: float, *, digits: int = 0) -> str:
    """A number as people read it: whole below ten thousand, else two digits and a power.

    >>> _count(33), _count(9999), _count(250_000_000), _count(float("inf"))
    ('33', '9,999', '250 million', 'never')
    """
    if number == float("inf"):
        return "never"
    if number < 1e4:
        return f"{number:,.{digits if number < 100 else 0}f}"
    for name, unit in (("× 10¹²", 1e12), ("billion", 1e9), ("million", 1e6), ("thousand", 1e3)):
        if number >= unit:
            shown = float(f"{number / unit:.2g}")
            return f"{shown:,.0f} {name}" if shown >= 10 else f"{shown:.1f} {name}"
    return str(number)


def _bytes(size: float) -> str:
    """Bytes in the unit that leaves few digits.

    >>> _bytes(2_600), _bytes(1.26e12), _bytes(3.1e15)
    ('0.0026 MB', '1.3 TB', '3,100 TB')
    """
    name, unit = next(((name, unit) for name, unit in (("TB", 1e12), ("GB", 1e9)) if size >= unit), ("MB", 1e6))
    return f"{float(f'{size / unit:.2g}'):,g} {name}"


def _hours(seconds: float) -> str:
    """Hours with two digits.

    >>> _hours(90), _hours(123_456), _hours(36e6)
    ('0.025', '34', '10,000')
    """
    return f"{float(f'{seconds / HOUR:.2g}'):,g}"


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:,.1f}"


def _share(share: float) -> str:
    return f"{share:.0%}"


# --- the page --------------------------------------------------------------------------------------------------


def text_of(found: Measured) -> str:
    """What stands between the marks of the page."""
    where = "of `CLEANER_DATA`" if FOLDER.is_dir() else "made up by `bench.inventing`"
    head = f"Measured on {cpu()}, {cpu_count()} cores, of which one worked; texts and pages {where}.\n\n"
    return head + "".join(table.markdown() for table in tables(found))


def with_tables(page: str, text: str) -> str:
    r"""The page with other tables between its marks; raises ValueError if they aren't there, once each.

    >>> with_tables(f"a\n{START}\nold\n{END}\nb\n", "new\n") == f"a\n{START}\n\nnew\n\n{END}\nb\n"
    True
    """
    before, start, rest = page.partition(START)
    _, end, behind = rest.partition(END)
    if not start or not end or START in behind or END in behind:
        raise ValueError(f"the page must have {START} and {END}, once each and in this order")
    return f"{before}{START}\n\n{text.rstrip()}\n\n{END}{behind}"


def main(arguments: Sequence[str]) -> None:
    text = text_of(measured())
    print(text)
    if "--write" in arguments:
        PAGE.write_text(with_tables(PAGE.read_text("utf-8"), text), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
