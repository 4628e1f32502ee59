"""The texts that measurements run on: real ones from a folder outside the repository, and the repository's own.

`CLEANER_DATA` names the folder; by default it is `../shared/data` beside the working copy. Each corpus is a
`.jsonl.gz` file whose records hold an `id` and a `text`; two more are HTML pages, one of them a WARC file.
"""

from __future__ import annotations

import gzip
import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from cleaner.decode import decode
from cleaner.extract.whole import whole_text

ROOT = Path(__file__).parents[1]
FOLDER = Path(os.environ.get("CLEANER_DATA", ROOT.parent / "shared" / "data"))


def texts(name: str, *, every: int = 1) -> list[str]:
    """Every `every`-th text of a corpus; empty, with a line on what to do, if the corpus isn't there."""
    path = FOLDER / f"{name}.jsonl.gz"
    if not path.exists():
        print(f"{name}: {path} is not there; set CLEANER_DATA to a folder that has it")
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for number, line in enumerate(lines) if number % every == 0]


def records(name: str) -> Iterator[tuple[str, str]]:
    """(`name/id`, text) of every text of a corpus; nothing if it isn't there."""
    path = FOLDER / f"{name}.jsonl.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                yield f"{name}/{record['id']}", record["text"]


def page_texts() -> Iterator[tuple[str, str]]:
    """(name, extracted text) of every HTML page, from the folder `html_zh` and from `sample.warc.gz`."""
    for path in sorted((FOLDER / "html_zh").glob("*.html.gz")):
        yield f"html_zh/{path.name.removesuffix('.html.gz')}", _extracted(gzip.decompress(path.read_bytes()))
    archive = FOLDER / "sample.warc.gz"
    if archive.exists():
        for record in ArchiveIterator(archive.open("rb"), record_types=WarcRecordType.response):
            yield f"sample.warc/{record.headers.get('WARC-Target-URI')}", _extracted(record.reader.read())


def web_pages(count: int) -> list[str]:
    """So many HTML pages at most of the folder `html_zh`, decoded; none if it isn't there."""
    paths = sorted((FOLDER / "html_zh").glob("*.html.gz"))[:count]
    return [decode(gzip.decompress(path.read_bytes())).text for path in paths]


def _extracted(page: bytes) -> str:
    return whole_text(decode(page).text)


def own_texts() -> list[str]:
    """Clean prose of the repository itself: the cleaned seeds, and the innocent articles of the tests."""
    seeds = [path.read_text("utf-8") for path in sorted((ROOT / "reports" / "text").glob("*.txt"))]
    cases = [
        case["text"]
        for kind in ("news", "essays", "academic", "dialogue", "law")
        for case in tomllib.loads((ROOT / "tests" / "cases" / f"innocent-{kind}.toml").read_text("utf-8"))["case"]
    ]
    return [*seeds, *cases]
