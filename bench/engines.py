"""How much faster a run is with a pool of processes than with one: wall time of whole runs, reports and all.

The same texts go through both engines, as files and as one container, each into a folder of its own that must come out
the same. Starting workers counts. The load of the machine is told beside, for others take their share of it.
"""

from __future__ import annotations

import json
import os
import tempfile
from itertools import cycle
from pathlib import Path
from time import perf_counter

from bench.corpora import texts
from cleaner.engine import Engine, Pool, Serial
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from tests.killing import outputs
from tests.prose import prose

MEGABYTES = 20
ROUNDS = 2  # the fastest counts


def corpus() -> list[str]:
    """So many megabytes of scraped texts, or of invented ones where there are none."""
    found = [*texts("wechat_hans_dirty"), *texts("news_hans")] or [prose(seed, 200) for seed in range(2_000)]
    enough: list[str] = []
    size = 0
    for number, text in enumerate(cycle(found)):
        if size >= MEGABYTES * 1_000_000:
            break
        enough.append(f"{text}\n{number}")  # so that none is the same as another
        size += len(text.encode("utf-8"))
    return enough


def write_inputs(folder: Path) -> dict[str, Path]:
    """The texts as files of a folder, and as one container."""
    files, lines = folder / "files", folder / "rows.jsonl"
    files.mkdir()
    with lines.open("w", encoding="utf-8") as container:
        for number, text in enumerate(corpus()):
            (files / f"{number:06}.txt").write_text(text, "utf-8")
            container.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")
    return {"files": files, "one container": lines}


def seconds(given: Path, out: Path, engine: Engine, cleaner: Cleaner) -> float:
    start = perf_counter()
    clean_files([given], out, cleaner, engine=engine)
    return perf_counter() - start


def main() -> None:
    cleaner, workers = Cleaner(), os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, given in write_inputs(folder).items():
            best: dict[str, float] = {}
            for turn in range(ROUNDS):  # in turn: noise hits both
                for engine in (Serial(), Pool(workers)):
                    called = type(engine).__name__
                    taken = seconds(given, folder / f"{kind} {called} {turn}", engine, cleaner)
                    best[called] = min(taken, best.get(called, taken))
            one, many = (outputs(folder / f"{kind} {called} 0") for called in best)
            same = "the same bytes" if one == many else "OTHER BYTES"
            print(
                f"{kind}: serial {best['Serial']:.1f} s, pool of {workers} {best['Pool']:.1f} s: "
                f"{best['Serial'] / best['Pool']:.2f} ×, {same}; load {os.getloadavg()[0]:.1f}"
            )


if __name__ == "__main__":
    main()
