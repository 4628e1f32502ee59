"""How long a reviewer waits who looks at records of a container: the first time, for any other one, and for a verdict.

Beside it `FinishedRun.find`, which goes through the container for each record. `python -m bench.review 100000`
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from cleaner.dedup import Policy
from cleaner.engine import Pool
from cleaner.finished import FinishedRun, Told
from cleaner.pipeline import Cleaner
from cleaner.reviewing import Review
from cleaner.reviewing.judging import page_of_record
from cleaner.reviewing.pages import sheet_page
from cleaner.run import AcrossFiles, clean_files
from tests.samples import story

TIMES = 9


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def made(folder: Path, records: int) -> Path:
    """A finished run over a container of so many pages, of some 300 characters each."""
    rows = (
        {"id": f"r{number}", "text": f"{story(number, sentences=12)}\n分享让更多人看到\n"} for number in range(records)
    )
    with (folder / "a.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    across = AcrossFiles(duplicates=Policy("off"))
    clean_files([folder / "a.jsonl"], folder / "out", Cleaner(), across=across, engine=Pool())
    return folder / "out"


def looked_at(review: Review, address: str) -> Told:
    """What a reviewer gets: the page on a record."""
    told = review.told(address)
    assert told
    sheet_page(review.sheet(told), address=address, top="../../")
    return told


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with TemporaryDirectory() as name:
        out = made(Path(name), records)
        review, run = Review(out), FinishedRun.at(out)
        places = [records * place // TIMES for place in range(TIMES)]
        addresses = [page_of_record(0, place) for place in places]
        first = seconds(partial(looked_at, review, addresses[0]))
        page = median(seconds(partial(looked_at, review, address)) for address in addresses)
        found = median(seconds(partial(run.find, f"a.jsonl/r{place}")) for place in places)
        told = looked_at(review, addresses[-1])
        mark = review.sheet(told).marks[0]
        said = [partial(review.judge, told, mark, is_right=bool(time_ % 2)) for time_ in range(TIMES)]
        saved = median(map(seconds, said))
    print(f"{records:,} records: the first page in {first:.1f} s, any other in {page * 1000:.1f} ms")
    print(f"find: {found * 1000:.0f} ms, {found / page:.0f} times as long; a verdict is saved in {saved * 1000:.1f} ms")


if __name__ == "__main__":
    main()
