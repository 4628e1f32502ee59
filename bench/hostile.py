"""How the time of the whole chain grows with the length of hostile text, and how it compares with that of an article.

Bytes in → text, JSON report and HTML report as strings, of every shape of `tests.fuzz.shapes` at every size. Processor
time and memory are those of a process of its own, memory without the rules. The exponents are the slopes of log time
over log size from one size to the next, and from the second to the last.

    python -m bench.hostile 10k 100k 1M 10M [WORD OF A SHAPE …]
"""

from __future__ import annotations

import gc
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from math import log
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import process_time
from typing import Final, NamedTuple

from cleaner import report
from cleaner.decode import decode
from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.extract import extract
from cleaner.pipeline import Cleaner
from cleaner.units import View
from tests.fuzz.shapes import PAGES, SHAPES, of_size

FLOOR: Final = "article"
WARMING: Final = ("article", "page", "sheared", "latin mojibake", "gbk mojibake")  # load what is loaded when needed
LONGEST: Final = 1200  # seconds of processor time that a shape may take
UNITS: Final = {"k": 1000, "M": 1_000_000}


class Measure(NamedTuple):
    """Processor time in seconds, the step that took most of it and its share, and MB of memory."""

    seconds: float
    step: str
    share: float
    megabytes: float


def chain(cleaner: Cleaner, data: bytes, *, is_page: bool, lap: Callable[[str], None]) -> None:
    """All that becomes of the bytes of a file but writing it."""
    decoded = decode(data)
    lap("decode")
    if is_page:
        document = extract(decoded.text, encoding=decoded.encoding, known=cleaner.sites)
    else:
        document = Document.of(decoded.text, encoding=decoded.encoding, lossless=decoded.lossless)
    lap("extract")
    view = View(document.text, cleaner.rules.gate)
    for layer in cleaner.layers:
        revised = document.revised(edit for finder in layer.finders for edit in finder(view))
        if revised.text != document.text:
            view = View(revised.text, cleaner.rules.gate)
        document = revised
        lap(layer.name)
    report.to_json(report.facts(document))
    lap("json")
    report.document_page(document)
    lap("html")


def measured(cleaner: Cleaner, name: str, size: int) -> Measure:
    data = of_size(name, size)
    seconds: defaultdict[str, float] = defaultdict(float)
    before = _most_memory()
    start = clock = process_time()

    def lap(step: str) -> None:
        nonlocal clock
        now = process_time()
        seconds[step] += now - clock
        clock = now

    chain(cleaner, data, is_page=name in PAGES, lap=lap)
    total = process_time() - start
    step = max(seconds, key=lambda each: seconds[each])
    return Measure(total, step, seconds[step] / total, _most_memory() - before)


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _send(cleaner: Cleaner, name: str, size: int, pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    with suppress(InputError):  # a page of more than a million tags is refused
        pipe.send(measured(cleaner, name, size))


def in_a_process(cleaner: Cleaner, name: str, size: int) -> Measure | None:
    """What a process of its own measures; None if it was refused, took too long or died."""
    forking = get_context("fork")
    ours, theirs = forking.Pipe(duplex=False)
    child = forking.Process(target=_send, args=(cleaner, name, size, theirs))
    child.start()
    theirs.close()
    found: Measure | None = None
    with suppress(EOFError):
        found = ours.recv()
    child.join()
    return found


def exponents(found: Sequence[Measure | None], sizes: Sequence[int]) -> Iterator[float | None]:
    """The slope from one size to the next, then from the second to the last, None where a size is missing."""
    pairs = [*pairwise(range(len(sizes))), *([(1, len(sizes) - 1)] if len(sizes) > 3 else [])]
    for first, last in pairs:
        one, other = found[first], found[last]
        both = one and other and log(other.seconds / one.seconds) / log(sizes[last] / sizes[first])
        yield both or None


def bytes_of(size: str) -> int:
    return int(size[:-1]) * UNITS[size[-1]] if size[-1] in UNITS else int(size)


def chosen(words: Sequence[str]) -> list[str]:
    names = [name for name in SHAPES if not words or any(word in name for word in words)]
    return [FLOOR, *(name for name in names if name != FLOOR)]


def row(name: str, found: Sequence[Measure | None], slopes: Sequence[float | None], floor: float) -> str:
    times = "".join(f"{each.seconds:>11.3f}s" if each else f"{'—':>12}" for each in found)
    shown = " ".join(f"{slope:5.2f}" if slope else "    —" for slope in slopes)
    last = found[-1]
    rest = f"{last.seconds / floor:8.1f} {last.megabytes:7.0f}  {last.step} {last.share:.0%}" if last else ""
    return f"{name:<28}{times}  {shown} {rest}"


def main() -> None:
    sizes = [bytes_of(word) for word in sys.argv[1:] if word[0].isdigit()] or [10_000, 100_000, 1_000_000]
    names = chosen([word for word in sys.argv[1:] if not word[0].isdigit()])
    cleaner = Cleaner()
    for name in WARMING:
        measured(cleaner, name, 20_000)
    gc.collect()
    gc.freeze()  # else each process would copy all rules when it first looks for garbage
    print(f"{'shape':<28}" + "".join(f"{size:>12,}" for size in sizes) + "  exponents, × article, MB, slowest step")
    floor = 0.0
    for name in names:
        found = [in_a_process(cleaner, name, size) for size in sizes]
        if name == FLOOR:
            floor = found[-1].seconds if found[-1] else float("nan")
        print(row(name, found, list(exponents(found, sizes)), floor), flush=True)


if __name__ == "__main__":
    main()
