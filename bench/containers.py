"""How fast a container is cleaned, beside the libraries that read it and the same texts as plain files.

`python -m bench.containers [TEXTS]`: writes so many invented texts into each kind of container, once, and cleans each
in a run of its own; prints MB of text a second of processor time: of a loop of a few lines over the library that reads
such a container, which is the floor; of our reading, which bounds memory and names what is broken; and of the whole
run, reports and all, with its ratio to that over a folder of plain files. Memory is the peak of the process beyond what
reading took.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import process_time
from typing import Any, Final, NamedTuple

from cleaner.dedup import Policy
from cleaner.errors import InputError
from cleaner.pipeline import Cleaner
from cleaner.run import AcrossFiles, clean_files
from cleaner.sinks import packing
from cleaner.sources import find_sources, records
from cleaner.sources.opening import needed
from tests.boxes import arc, crawled
from tests.prose import prose

TEXTS: Final = 1_000
_CODECS: Final = {"": "io", ".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": "zstandard", ".lz4": "lz4.frame"}
_ROUNDS: Final = 3  # of reading: the fastest counts
_PAGE: Final = "<html><body><div><a href='/'>首页</a> <a href='/a'>新闻</a></div><article>{}</article></body></html>"

Row = dict[str, Any]


class Kind(NamedTuple):
    """How a container of rows is written, and how a library alone reads the texts of one."""

    write: Callable[[Path, Sequence[Row]], None]
    read: Callable[[Path], Iterable[str]]


class Speed(NamedTuple):
    """Seconds that a library alone, our reading and cleaning take, and by how much cleaning raises the peak, MB.

    A library that isn't installed takes None.
    """

    floor: float | None
    reading: float
    cleaning: float
    memory: float


# --- containers, and the least that reads them -------------------------------------------------------------------


def _files(path: Path, rows: Sequence[Row], *, suffix: str, form: str = "{}") -> None:
    path.mkdir()
    for row in rows:
        (path / f"{row['id']:06}{suffix}").write_text(form.format(row["text"]), "utf-8")


def _read_files(path: Path) -> Iterable[str]:
    return (file.read_bytes().decode() for file in sorted(path.iterdir()))


def _sheet(path: Path, rows: Sequence[Row], *, delimiter: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _read_sheet(path: Path, *, delimiter: str) -> Iterable[str]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row["text"] for row in csv.DictReader(file, delimiter=delimiter))


def _table(path: Path, rows: Sequence[Row]) -> None:
    table = needed("pyarrow", "parquet").Table.from_pylist(list(rows))
    needed("pyarrow.parquet", "parquet").write_table(table, path, row_group_size=10_000)


def _read_table(path: Path) -> Iterable[str]:
    for batch in needed("pyarrow.parquet", "parquet").ParquetFile(path).iter_batches():
        yield from batch.column("text").to_pylist()


def _lines(path: Path, rows: Sequence[Row]) -> None:
    with packing(path) as file:
        file.writelines(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _read_lines(path: Path, *, codec: str) -> Iterable[str]:
    with needed(_CODECS[codec], "containers").open(path, "rb") as file:
        yield from (json.loads(line)["text"] for line in io.BufferedReader(file))


def _texts(path: Path, rows: Sequence[Row]) -> None:
    path.write_bytes(b"".join(crawled(row["url"], row["text"].encode(), of="conversion") for row in rows))


def _crawl(path: Path, rows: Sequence[Row]) -> None:
    with packing(path) as file:
        file.writelines(crawled(row["url"], _PAGE.format(row["text"]).encode()) for row in rows)


def _read_crawl(path: Path) -> Iterable[str]:
    warc = needed("fastwarc.warc", "warc")
    with path.open("rb") as file:
        yield from (record.reader.read().decode() for record in warc.ArchiveIterator(file, parse_http=True))


def _old_crawl(path: Path, rows: Sequence[Row]) -> None:
    path.write_bytes(arc({row["url"]: _PAGE.format(row["text"]).encode() for row in rows}))


def _read_old_crawl(path: Path) -> Iterable[str]:
    warc = needed("warcio.archiveiterator", "peers")
    with path.open("rb") as file:
        yield from (record.content_stream().read().decode() for record in warc.ArchiveIterator(file, arc2warc=True))


def _zip(path: Path, rows: Sequence[Row]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in rows:
            archive.writestr(f"{row['id']}.txt", row["text"])


def _read_zip(path: Path) -> Iterable[str]:
    with zipfile.ZipFile(path) as archive:
        yield from (archive.read(name).decode() for name in archive.namelist())


def _tar(path: Path, rows: Sequence[Row]) -> None:
    with tarfile.open(path, "w") as archive:
        for row in rows:
            member = tarfile.TarInfo(f"{row['id']}.txt")
            member.size = len(row["text"].encode())
            archive.addfile(member, io.BytesIO(row["text"].encode()))


def _read_tar(path: Path) -> Iterable[str]:
    with tarfile.open(path) as archive:
        files = (archive.extractfile(member) for member in archive)
        yield from (file.read().decode() for file in files if file)


KINDS: Final[dict[str, Kind]] = {
    "plain .txt": Kind(partial(_files, suffix=".txt"), _read_files),
    "plain .md": Kind(partial(_files, suffix=".md"), _read_files),
    "plain .html": Kind(partial(_files, suffix=".html", form=_PAGE), _read_files),
    **{f"a.jsonl{codec}": Kind(_lines, partial(_read_lines, codec=codec)) for codec in _CODECS},
    "a.csv": Kind(partial(_sheet, delimiter=","), partial(_read_sheet, delimiter=",")),
    "a.tsv": Kind(partial(_sheet, delimiter="\t"), partial(_read_sheet, delimiter="\t")),
    "a.parquet": Kind(_table, _read_table),
    "a.wet": Kind(_texts, _read_crawl),
    "a.warc.gz": Kind(_crawl, _read_crawl),
    "a.arc": Kind(_old_crawl, _read_old_crawl),
    "a.zip": Kind(_zip, _read_zip),
    "a.tar": Kind(_tar, _read_tar),
}


# --- figures -----------------------------------------------------------------------------------------------------


def measured(path: Path) -> Speed:
    """The speed of one container, in the process that calls."""
    cleaner = Cleaner()
    cleaner.clean("热身的文章，说的是灯和书。" * 50)
    floor = _floor(path)
    reading = min(_seconds(_read, path) for _ in range(_ROUNDS))
    idle = _peak()
    with tempfile.TemporaryDirectory() as out:
        across = AcrossFiles(duplicates=Policy("off"))
        cleaning = _seconds(lambda: clean_files([path], Path(out), cleaner, across=across))
    return Speed(floor, reading, cleaning, _peak() - idle)


def _floor(path: Path) -> float | None:
    read = KINDS[path.name].read
    try:
        return min(_seconds(lambda: sum(map(len, read(path)))) for _ in range(_ROUNDS))
    except InputError as error:
        print(f"{path.name}: the floor is not measured: it {error}", flush=True)
        return None


def _read(path: Path) -> None:
    for source in find_sources([path], leave_out=Path(os.devnull)):
        for _ in records(source):
            pass


def _seconds(work: Callable[..., object], *words: Any) -> float:
    started = process_time()
    work(*words)
    return process_time() - started


def _peak() -> float:
    """The peak of this process's memory, MB; `getrusage` would tell that of the one it came from, if it is greater."""
    status = Path("/proc/self/status")
    if not status.exists():
        return getrusage(RUSAGE_SELF).ru_maxrss / 1024
    return int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1]) / 1024  # type: ignore[index]


def compare(count: int = TEXTS) -> None:
    """Print the figures of all containers."""
    texts = [f"{prose(number)}打开应用看全文&nbsp;\n" for number in range(count)]
    rows = [{"id": number, "url": f"http://a.example/{number}", "text": text} for number, text in enumerate(texts)]
    size = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts)} texts, {size:.1f} MB of text; MB of text a second of processor time, a process for each")
    print(f"{'':>14} {'library':>8} {'we read':>8} {'of it':>6} {'we clean':>8} {'to plain':>8} {'MB of memory':>12}")
    plain = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, kind in KINDS.items():
            try:
                kind.write(Path(folder) / name, rows)
            except InputError as error:
                print(f"{name:>14} is not measured: it {error}")
                continue
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                speed = pool.submit(measured, Path(folder) / name).result()
            plain = plain or speed.cleaning
            _show(name, speed, size, plain)


def _show(name: str, speed: Speed, size: float, plain: float) -> None:
    floor = ("-", "-") if speed.floor is None else (f"{size / speed.floor:.1f}", f"{speed.floor / speed.reading:.2f}")
    print(
        f"{name:>14} {floor[0]:>8} {size / speed.reading:>8.1f} {floor[1]:>6} {size / speed.cleaning:>8.2f} "
        f"{plain / speed.cleaning:>8.2f} {speed.memory:>12.0f}",
        flush=True,
    )


def main() -> None:
    compare(int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS)


if __name__ == "__main__":
    main()
