"""How fast a container is cleaned, beside the same texts as plain files.

`python -m bench.containers [TEXTS]`: writes so many invented texts into each kind of container, once, and cleans each
in a run of its own; prints MB of text a second, and the ratio to a folder of plain files. Reading alone is told beside
it: what the container costs, without the cleaning. Memory is the peak of the process beyond that of an idle one.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any, Final, NamedTuple

import pyarrow
import pyarrow.parquet

from cleaner.dedup import Policy
from cleaner.pipeline import Cleaner
from cleaner.run import AcrossFiles, clean_files
from cleaner.sinks import packing
from cleaner.sources import find_sources, records
from tests.prose import prose

_TEXTS: Final = 1_000
_CODECS: Final = ("", ".gz", ".bz2", ".xz", ".zst", ".lz4")


class Speed(NamedTuple):
    """Seconds to read a container and to clean it, and the peak of memory beyond an idle process, in MB."""

    reading: float
    cleaning: float
    memory: float


def made(folder: Path, texts: Sequence[str]) -> dict[str, Path]:
    """The same texts in every kind of container."""
    rows = [{"id": number, "url": f"http://a.example/{number}", "text": text} for number, text in enumerate(texts)]
    places = {}
    for name, write in _KINDS.items():
        places[name] = folder / name
        write(places[name], rows)
    for codec in _CODECS:
        places[f"a.jsonl{codec}"] = folder / f"a.jsonl{codec}"
        with packing(places[f"a.jsonl{codec}"]) as file:
            file.writelines(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    return places


def _plain(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.mkdir()
    for row in rows:
        (path / f"{row['id']:06}.txt").write_text(row["text"], "utf-8")


def _sheet(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    lines = [f'{row["id"]},{row["url"]},"{row["text"]}"\n' for row in rows]
    path.write_text("".join(["id,url,text\n", *lines]), "utf-8")


def _table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), path, row_group_size=10_000)


def _crawl(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("wb") as file:
        for row in rows:
            data = row["text"].encode()
            head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: {row['url']}\r\nContent-Type: text/plain\r\n"
            file.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n\r\n")


def _zip(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in rows:
            archive.writestr(f"{row['id']}.txt", row["text"])


def _tar(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with tarfile.open(path, "w") as archive:
        for row in rows:
            member = tarfile.TarInfo(f"{row['id']}.txt")
            member.size = len(row["text"].encode())
            archive.addfile(member, io.BytesIO(row["text"].encode()))


_KINDS: Final[dict[str, Callable[[Path, Sequence[dict[str, Any]]], None]]] = {
    "plain .txt": _plain,
    "a.csv": _sheet,
    "a.parquet": _table,
    "a.warc": _crawl,
    "a.zip": _zip,
    "a.tar": _tar,
}


def measured(path: Path) -> Speed:
    """The speed of one container, in the process that calls."""
    cleaner = Cleaner()
    cleaner.clean("热身的文章，说的是灯和书。" * 50)
    started = perf_counter()
    for source in find_sources([path], leave_out=Path(os.devnull)):
        for _ in records(source):
            pass
    reading = perf_counter() - started
    idle = getrusage(RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as out:
        started = perf_counter()
        clean_files([path], Path(out), cleaner, across=AcrossFiles(duplicates=Policy("off")))
        cleaning = perf_counter() - started
    return Speed(reading, cleaning, (getrusage(RUSAGE_SELF).ru_maxrss - idle) / 1024)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _TEXTS
    texts = [f"{prose(number)}打开应用看全文&nbsp;\n" for number in range(count)]
    size = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts)} texts, {size:.1f} MB of text; each container in a process of its own")
    print(f"{'':>14} {'reads MB/s':>10} {'cleans MB/s':>11} {'to plain':>8} {'MB of memory':>12}")
    with tempfile.TemporaryDirectory() as folder:
        plain = 0.0
        for name, path in made(Path(folder), texts).items():
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                speed = pool.submit(measured, path).result()
            plain = plain or speed.cleaning
            read, clean = size / speed.reading, size / speed.cleaning
            print(f"{name:>14} {read:>10.1f} {clean:>11.2f} {plain / speed.cleaning:>8.2f} {speed.memory:>12.0f}")


if __name__ == "__main__":
    main()
