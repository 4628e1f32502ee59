"""What each step of a run takes, by who does it: workers, or the process that began the run. Next: `bench.crowding`.

Whole runs are made, small ones, by an engine that does all in this process and notes what each kind of work takes; what
is left is done by the process that began the run, however many workers there are. Memory is what Python and numpy have
asked for (`tracemalloc`), which is the same each time.
"""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, Final, NamedTuple

from bench.corpora import web_pages
from bench.crowding import BANDS, FLAG_FROM, drawn
from bench.inventing import pages, sample
from bench.scale import documents, sentences
from cleaner.dedup import Documents, Found, Means, Policy, found
from cleaner.dedup.candidates import _in_bands, _Range, _sharing, candidates
from cleaner.engine import Budget, Engine, Item, Job, Piece, Pool, Ray, Result, simple
from cleaner.errors import CleanerError
from cleaner.index.local import LocalIndex
from cleaner.minhash import Sketches, sketch
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files

_READING: Final = "cut"
Seconds = dict[str, float]


@dataclass(frozen=True, slots=True)
class Noting:
    """An engine of this process alone that notes the processor time of each kind of work, and of reading for it.

    `before` is called when work of a kind begins for the first time.
    """

    seconds: Seconds = field(default_factory=lambda: defaultdict(float))
    before: Callable[[str], None] = lambda kind: None
    budget: Budget = field(default_factory=lambda: Budget(0, 0))

    def opened(self) -> AbstractContextManager[Noting]:
        return nullcontext(self)

    def map(self, job: Job[Item, Piece, Result], items: Iterable[Item]) -> Iterator[Result]:
        kind = _kind(job.work)
        self.before(kind)
        for item in items:
            for piece in self._cut(job, item):
                start = process_time()
                result = job.work(piece)
                self.seconds[kind] += process_time() - start
                yield result

    def _cut(self, job: Job[Item, Piece, Result], item: Item) -> Iterator[Piece]:
        cut = iter(job.cut(item))
        while True:
            start = process_time()
            piece = next(cut, None)
            self.seconds[_READING] += process_time() - start
            if piece is None:
                return
            yield piece


def _kind(work: Callable[..., Any]) -> str:
    function = work.func if isinstance(work, partial) else work
    return str(function.__name__).strip("_")


# --- whole runs ------------------------------------------------------------------------------------------------


class Chain(NamedTuple):
    """A run over one container of JSON lines, or over files, of which nothing was there before: seconds, and bytes.

    `driver` is what the process that began it did besides reading, in its first half, while documents come, and in its
    second, when all are there. `held` are the bytes that it holds for all documents in between.
    """

    documents: int
    given: int  # bytes
    texts: int  # bytes
    reports: int
    kept: int
    seconds: Seconds
    driver: tuple[float, float]
    held: int
    listed: float  # bytes of the list of near-duplicates for a pair; 0 if there is none


def chain(folder: Path, given: Path, cleaner: Cleaner) -> Chain:
    """What a run over an input takes."""
    noting, out = Noting(), folder / "out"
    clean_files([given], out, cleaner, engine=noting, clock=process_time)
    laps = json.loads((out / "speed.json").read_text("utf-8"))["stages"]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    coming = laps["cleaning"] - noting.seconds["clean"] - noting.seconds[_READING]
    settled = laps["settling"] + laps["account"] - sum(noting.seconds.values()) + noting.seconds["clean"]
    return Chain(
        summary["accounts"]["in"],
        _size(given),
        _size(out / "text"),
        _size(out / "reports"),
        _size(out / ".cleaner"),
        noting.seconds,
        (coming, settled + noting.seconds[_READING]),
        _held(given, out, cleaner),
        _size(out / "duplicates.jsonl") / max(summary["duplicates"]["pairs"], 1),
    )


def _held(given: Path, out: Path, cleaner: Cleaner) -> int:
    """Bytes that a run which goes on holds when all documents have come, and no near-duplicates are looked for yet."""
    held = 0

    def note(kind: str) -> None:
        nonlocal held
        if kind == "in_bands":
            gc.collect()
            held = tracemalloc.get_traced_memory()[0]

    with _traced():
        clean_files([given], out, cleaner, engine=Noting(before=note))
    return held


@contextmanager
def _traced() -> Iterator[None]:
    gc.collect()
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder, as their names say, not their blocks."""
    if path.is_file():
        return path.stat().st_size
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())


def write_texts(folder: Path, start: int, count: int) -> Path:
    """A container of so many texts, half of them news, half dirty pages; no two calls with other starts share any."""
    news, dirty = (sample(name, _ENOUGH) for name in ("news_hans", "wechat_hans_dirty"))
    path = folder / "texts.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(start, start + count):
            texts = news if number % 2 else dirty
            text = f"{texts[number // 2 % len(texts)]}\n{number}"
            file.write(json.dumps({"id": f"https://www.example.com/{number:012}", "text": text}, ensure_ascii=False))
            file.write("\n")
    return path


def write_files(folder: Path, start: int, count: int) -> Path:
    """The same texts as files."""
    (folder / "files").mkdir()
    for line in write_texts(folder, start, count).read_text("utf-8").splitlines():
        record = json.loads(line)
        (folder / "files" / f"{record['id'][-12:]}.txt").write_text(record["text"], "utf-8", newline="")
    return folder / "files"


def write_pages(folder: Path, start: int, count: int) -> Path:
    """A container of so many HTML pages at most; `start` says nothing here, for there are few."""
    path = folder / "pages.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, page in enumerate(web_pages(count) or pages(count)):
            file.write(json.dumps({"id": number, "html": page}, ensure_ascii=False) + "\n")
    return path


_ENOUGH: Final = 2500  # texts of a corpus


# --- near-duplicates -------------------------------------------------------------------------------------------


class Near(NamedTuple):
    """Near-duplicates of so many made-up documents: seconds of each kind of work, and what was found."""

    documents: int
    sketching: float
    seconds: Seconds
    driver: float
    found: Found
    sketches: Sketches
    compared: int  # pairs of texts


def near(count: int) -> Near:
    """What finding near-duplicates among documents of `bench.scale` takes."""
    texts = list(documents(count, sentences() or own_sentences()))
    start = process_time()
    sketches = sketch(texts)
    sketching = process_time() - start
    noting = Noting()
    means = Means(noting, lambda: sketches, lambda document: document, texts.__getitem__)
    named = Documents([str(number) for number in range(count)], sketches)
    start = process_time()
    told = found(named, means, policy=Policy())
    driver = process_time() - start - sum(noting.seconds.values())
    pairs = candidates(sketches, BANDS, threshold=FLAG_FROM)
    return Near(count, sketching, noting.seconds, driver, told, sketches, pairs.first.size)


def pair_size(count: int) -> float:
    """Bytes that are held of a pair of near-duplicates, when all is found of so many documents."""
    texts = list(documents(count, sentences() or own_sentences()))
    named = Documents([str(number) for number in range(count)], sketch(texts))
    with _traced():
        told = found(named, Means.here(named.sketches, texts.__getitem__), policy=Policy())
        gc.collect()
        return tracemalloc.get_traced_memory()[0] / len(told.pairs)


def own_sentences() -> list[str]:
    return [f"{part}。" for text in sample("news_hans", 1000) for part in text.split("。") if len(part) > 8]


class Alone(NamedTuple):
    """What documents that are like no other take: seconds for a document and band, and for a landmark.

    `passing` are seconds for a landmark that work on a range of them goes through. The peaks are the bytes that a
    worker takes at most for each document when it does a band, and for each landmark of all when it does a narrow
    range; `found_peak` are those that all takes together for each document of `bench.scale`, besides its sketch.
    """

    band: float
    landmark: float
    passing: float
    band_peak: float
    landmark_peak: float
    found_peak: float


def alone(count: int, made_up: Sketches) -> Alone:
    """What they take, by two sizes."""
    few, many = (drawn([1] * size, same=1.0, edited=0.0) for size in (count, 2 * count))
    noting = Noting()
    candidates(many, BANDS, threshold=FLAG_FROM, workers=noting)
    narrow = partial(_sharing, _Range(0, 1 << 58), shared=lambda: many)
    start = process_time()
    narrow()
    passing = (process_time() - start) / many.landmarks.size
    bands = [_peak(partial(_in_bands, _Range(0, 1), shared=partial(_given, each), **_CUT)) for each in (few, many)]
    ranges = [_peak(partial(_sharing, _Range(0, 1 << 58), shared=partial(_given, each))) for each in (few, many)]
    half = made_up.chosen(range(len(made_up) // 2))
    founds = [_peak(partial(candidates, each, BANDS, threshold=FLAG_FROM)) for each in (half, made_up)]
    return Alone(
        noting.seconds["in_bands"] / (len(many) * BANDS.count),
        noting.seconds["sharing"] / many.landmarks.size,
        passing,
        (bands[1] - bands[0]) / (len(many) - len(few)),
        (ranges[1] - ranges[0]) / (many.landmarks.size - few.landmarks.size),
        (founds[1] - founds[0]) / (len(made_up) - len(half)),
    )


_CUT: Final[dict[str, Any]] = {"bands": BANDS, "threshold": FLAG_FROM}


def _given(sketches: Sketches) -> Sketches:
    return sketches


def _peak(work: Callable[[], object]) -> int:
    """The most that work takes at once."""
    with _traced():
        work()
        return tracemalloc.get_traced_memory()[1]


# --- the index, and a cluster ----------------------------------------------------------------------------------


class Remembering(NamedTuple):
    """An index of so many texts: bytes, and seconds for one text more and for asking of one."""

    texts: int
    size: int
    adding: float
    asking: float


def remembering(folder: Path, count: int) -> Remembering:
    """What an index in a folder takes: half of the texts first, then the others are asked for and added."""
    texts = list(documents(count, sentences() or own_sentences(), seed=count))
    half = count // 2
    sketches = sketch(texts)
    first, second = sketches.chosen(range(half)), sketches.chosen(range(half, count))
    with LocalIndex.open(folder / "index", write=True) as index:
        index.add([f"https://www.example.com/{row:012}" for row in range(half)], texts[:half], first, batch="one")
        start = process_time()
        index.nominate(second)
        asking = process_time() - start
        start = process_time()
        names = [f"https://www.example.com/{row:012}" for row in range(half, count)]
        index.add(names, texts[half:], second, batch="two")
        adding = process_time() - start
        size = float(index.stats()["bytes"])
    return Remembering(count, int(size), adding / (count - half), asking / (count - half))


def sending(pieces: int) -> float | None:
    """Seconds of the process that began a run for each piece that tasks of a Ray cluster do; None without Ray."""
    with suppress(CleanerError):
        return _sent(Ray(budget=Budget(0, 0)), [b""] * pieces)  # nothing, for what they read goes past this process
    return None


def handing(pieces: int, size: int) -> float:
    """The same for pieces of so many bytes that a pool of this host does."""
    return _sent(Pool(1, Budget(0, 0), worthwhile=0), [bytes(size)] * pieces)


def _sent(engine: Engine, pieces: list[bytes]) -> float:
    job: Job[bytes, bytes, int] = simple(len, size=len)
    with engine.opened() as workers:
        list(workers.map(job, pieces[:_WAITED]))  # until the workers are there
        start = process_time()
        list(workers.map(job, pieces))
        return (process_time() - start) / len(pieces)


_WAITED: Final = 8
