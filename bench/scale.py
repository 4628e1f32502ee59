"""Whether finding near-duplicates stays linear, and within bounds, up to a million documents.

Documents are varied from `news_hans`: most are sentences of several articles, a fifth are copies of an earlier document
with a few characters changed, and one in a thousand carries a promotion that is longer than its own text. They are
written to files of JSON lines first; what is timed is the whole of `cleaner dedup` on them: reading, sketching,
candidates, confirmation, groups, and writing what stays. One line of 50 MB comes last.

    python -m bench.scale [documents]     # 1,000,000 by default; takes some ten minutes and 4 GB of disk
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import log
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Final

import numpy as np

from bench.corpora import texts
from bench.inventing import invented
from cleaner.engine import Budget, Pool
from cleaner.weeding import Weeding, weed_files

COPIES: Final = 0.2
HOT: Final = 0.001
LARGE: Final = 50_000_000  # bytes
_WATCHED: Final = 0.5  # seconds between two looks at memory
_SENTENCE: Final = re.compile(r"[^。！？\n]+[。！？]?")


def sentences() -> list[str]:
    """The sentences of the news, invented ones if there are none."""
    articles = texts("news_hans") or invented("news_hans")
    return [found for text in articles for found in _SENTENCE.findall(text) if len(found) > 8]


def documents(count: int, pool: list[str], *, seed: int = 1) -> Iterator[str]:
    """Varied documents of some 600 characters each; the same for the same seed."""
    random_ = random.Random(seed)
    promotion = "".join(random_.choices(pool, k=20))
    recent: list[str] = []
    for _ in range(count):
        kind = random_.random()
        if recent and kind < COPIES:
            yield edited(random_.choice(recent), random_)
            continue
        text = "".join(random_.choices(pool, k=random_.randint(8, 22)))
        if kind > 1 - HOT:
            text = promotion + text[:100]
        if len(recent) < 1000:
            recent.append(text)
        else:
            recent[random_.randrange(1000)] = text
        yield text


def edited(text: str, random_: random.Random) -> str:
    """The text with up to 4 % of its characters exchanged for others of it."""
    letters = list(text)
    for _ in range(random_.randint(0, len(letters) // 25)):
        letters[random_.randrange(len(letters))] = random_.choice(text)
    return "".join(letters)


def write_lines(path: Path, count: int, pool: list[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(documents(count, pool)):
            file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")


def write_large(path: Path, pool: list[str]) -> None:
    """A thousand documents, and among them one of `LARGE` bytes and a copy of it with slips."""
    write_lines(path, 1000, pool)
    random_ = random.Random(7)
    large = "".join(random_.choices(pool, k=LARGE // 3 // 40))
    slips = large.replace(pool[0], pool[1])
    with path.open("a", encoding="utf-8") as file:
        for name, text in (("large", large), ("slips", slips)):
            file.write(json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n")
    print(f"one line of {len(large.encode()) / 1e6:.0f} MB and a copy of it among 1,000:")


def seconds(folder: Path, path: Path) -> float:
    start = perf_counter()
    with watched():
        weeded = weed_files([path], folder / "out", Weeding(engine=Pool(budget=Budget(0, 0))))
    took = perf_counter() - start
    count, facts = weeded.outcome.found.documents, weeded.facts()["duplicates"]
    print(
        f"  {count:>9,} documents: {took:7.1f} s, {took / count * 1e6:5.0f} µs each; {facts['pairs']:,} pairs, "
        f"{facts['groups']:,} groups, {facts['dropped']:,} dropped; alarms: {facts['alarms']}"
    )
    return took


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    pool = sentences()
    times = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("CLEANER_SCRATCH")) as name:
        path = Path(name) / "large.jsonl"
        write_large(path, pool)
        seconds(Path(name), path)
        print_memory()
        for count in (most // 100, most // 10, most):
            path = Path(name) / f"{count}.jsonl"
            write_lines(path, count, pool)
            times[count] = seconds(Path(name), path)
            path.unlink()
        slope = np.polyfit([log(count) for count in times], [log(took) for took in times.values()], 1)[0]
        print(f"time grows with the number of documents to the power of {slope:.2f}")
        print_memory()


def print_memory() -> None:
    print(f"main process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB at most")


@contextmanager
def watched() -> Iterator[None]:
    """Tells, when the block ends, how much memory of its own the largest of the processes below this one had."""
    ended, most = Event(), [0]

    def watch() -> None:
        while not ended.wait(_WATCHED):
            most[0] = max([most[0], *map(own_memory, descendants(os.getpid()))])

    watching = Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()
        print(f"  largest worker: {most[0] / 1e6:.2f} GB of its own at most")


def descendants(process: int) -> list[int]:
    """The processes that a process has started, and they in turn."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, path.read_text("ascii").split()):
                found += [child, *descendants(child)]
    return found


def own_memory(process: int) -> int:
    """Kilobytes that a process has and no file holds."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main()
