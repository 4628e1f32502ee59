"""What it takes to ask an index for 100,000 new texts: `python -m bench.seen [REMEMBERED]`, 1,000,000 unless told.

Texts are made of sentences of real ones, of several articles each, with one letter in ten replaced; a fifth of the new
ones are remembered ones with one letter in fifty replaced once more. Beside each step stands how long it takes as a
multiple of sketching the new texts, which any index must do.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.corpora import texts
from cleaner.index.local import LocalIndex
from cleaner.minhash import Sketches, sketch

REMEMBERED: Final = 1_000_000
NEW: Final = 100_000
BATCH: Final = 100_000  # texts remembered at a time
BLOCK: Final = 1_000  # texts made at a time
SENTENCES: Final = 16  # of a text
REPLACED: Final = 0.1  # of the letters
EDITED: Final = 0.02  # of the letters, in a copy
COPIES: Final = 0.2  # of the new texts
SEED: Final = 20262
Points = NDArray[np.uint32]
T = TypeVar("T")


class Maker:
    """Makes texts by number, the same each time."""

    def __init__(self) -> None:
        sentences = [part for text in texts("news_hans") for part in re.findall("[^。！？\n]+[。！？]", text)]
        if not sentences:
            raise SystemExit(1)
        self.points = points_of("".join(sentences))
        self.ends = np.cumsum([len(sentence) for sentence in sentences])

    def block(self, number: int) -> list[str]:
        """`BLOCK` texts."""
        return self._made(number, 0.0)

    def copies(self, number: int) -> list[str]:
        """The texts of a block, each slightly different."""
        return self._made(number, EDITED)

    def _made(self, number: int, edited: float) -> list[str]:
        draw = np.random.default_rng([SEED, number])
        chosen = draw.integers(0, self.ends.size, BLOCK * SENTENCES)
        starts, ends = np.append(0, self.ends)[chosen], self.ends[chosen]
        sizes = ends - starts
        places = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        points = self.points[places]
        for share in (REPLACED, edited):
            changed = np.flatnonzero(draw.random(points.size) < share)
            points[changed] = self.points[draw.integers(0, self.points.size, changed.size)]
        whole = points.tobytes().decode("utf-32-le")
        bounds = np.append(0, np.cumsum(sizes.reshape(BLOCK, SENTENCES).sum(axis=1))).tolist()
        return [whole[start:end] for start, end in pairwise(bounds)]


def points_of(text: str) -> Points:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def remembered_texts(maker: Maker, start: int, count: int) -> list[str]:
    return [text for block in range(start // BLOCK, (start + count) // BLOCK) for text in maker.block(block)]


def new_texts(maker: Maker, remembered: int) -> list[str]:
    """Copies of texts from all over the index, then others."""
    blocks = remembered // BLOCK
    copied = int(NEW * COPIES) // BLOCK
    made = [text for number in range(copied) for text in maker.copies(number * blocks // copied)]
    return made + [text for number in range(NEW // BLOCK - copied) for text in maker.block(blocks + number)]


def fill(folder: Path, remembered: int) -> float:
    """Remember texts, and return the seconds that the index took."""
    maker = Maker()
    seconds = 0.0
    with LocalIndex.open(folder, write=True) as index:
        for start in range(0, remembered, BATCH):
            count = min(BATCH, remembered - start)
            own = remembered_texts(maker, start, count)
            sketches = sketch(own)
            begun = perf_counter()
            index.add([f"{start + row}.txt" for row in range(count)], own, sketches, batch=f"batch {start}")
            seconds += perf_counter() - begun
    return seconds


def ask(folder: Path, remembered: int) -> None:
    """Print what each step takes for new texts."""
    own = new_texts(Maker(), remembered)
    with sampled() as memory:
        begun = perf_counter()
        sketches: Sketches = sketch(own)
        sketching = perf_counter() - begun
        with LocalIndex.open(folder, write=True) as index:
            begun = perf_counter()
            nominated = index.nominate(sketches)
            nominating = perf_counter() - begun
            begun = perf_counter()
            letters = sum(len(index.remembered(number).text) for number in np.unique(nominated.numbers).tolist())
            fetching = perf_counter() - begun
            begun = perf_counter()
            for row in range(0, NEW, NEW // 100):
                index.nominate(sketches.chosen([row]))
            one = (perf_counter() - begun) / 100
            begun = perf_counter()
            added = index.add([f"new {row}" for row in range(NEW)], own, sketches, batch="new")
            adding = perf_counter() - begun
    met = np.unique(nominated.rows[nominated.rows < NEW * COPIES]).size
    print(f"{NEW:,} new texts of {sum(map(len, own)) // NEW} characters, {added:,} added")
    print(
        f"{nominated.rows.size:,} pairs, {met / (NEW * COPIES):.4f} of the copies in one; {letters:,} letters fetched"
    )
    for name, seconds in (
        ("sketching", sketching),
        ("nominating", nominating),
        ("fetching", fetching),
        ("adding", adding),
        ("all", sketching + nominating + fetching + adding),
    ):
        print(f"  {name:<11}{seconds:6.1f} s {seconds / sketching:6.2f} × sketching")
    print(f"  one text {1000 * one:.1f} ms; memory at most {memory[0]:,.0f} MB, and {memory[1]:,.0f} MB mapped")


@contextmanager
def sampled() -> Iterator[list[float]]:
    """The most memory of its own that this process has meanwhile, and of mapped files, in MB."""
    most, done = [0.0, 0.0], Event()

    def watch() -> None:
        while not done.wait(0.02):
            status = Path("/proc/self/status").read_text("utf-8")
            for place, name in enumerate(("RssAnon", "RssFile")):
                found = re.search(rf"{name}:\s+(\d+) kB", status)
                most[place] = max(most[place], int(found[1]) / 1000 if found else 0.0)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        done.set()
        watcher.join()


def in_child(function: Callable[..., T], *arguments: object) -> T:
    """What a function returns in a process of its own, so that memory is counted for it alone."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()


def main() -> None:
    remembered = int(sys.argv[1]) if len(sys.argv) > 1 else REMEMBERED
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "index"
        seconds = in_child(fill, folder, remembered)
        print(f"{remembered:,} remembered, added in {seconds:.0f} s; {size_of(folder)}")
        in_child(ask, folder, remembered)
        seconds = in_child(compact, folder)
        print(f"compacted in {seconds:.0f} s; {size_of(folder)}")


def compact(folder: Path) -> float:
    """Compact the index, and return the seconds that it took."""
    with LocalIndex.open(folder, write=True) as index:
        begun = perf_counter()
        index.compact()
        return perf_counter() - begun


def size_of(folder: Path) -> str:
    with LocalIndex.open(folder) as index:
        stats = index.stats()
    return f"{stats['segments']} segments, {float(stats['bytes']) / float(stats['texts']):,.0f} bytes for each text"


if __name__ == "__main__":
    main()
