"""Containers of invented records, made in every form that is read."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cleaner.sources.opening import needed

PACK: Final[dict[str, Callable[[bytes], bytes]]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": lambda data: bz2.compress(data, 1),  # the fastest, and small blocks, so that some are whole
    ".xz": lambda data: lzma.compress(data, preset=0),
    ".zst": lambda data: needed("zstandard", "zstd").compress(data),
    ".lz4": lambda data: needed("lz4.frame", "lz4").compress(data),
}
UNPACK: Final[dict[str, Callable[[bytes], bytes]]] = {
    "": bytes,
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
    ".zst": lambda data: needed("zstandard", "zstd").ZstdDecompressor().stream_reader(data).read(),
    ".lz4": lambda data: needed("lz4.frame", "lz4").open(io.BytesIO(data)).read(),
}


def json_lines(rows: Sequence[object]) -> bytes:
    """A line for each row."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def sheet(rows: Sequence[Mapping[str, Any]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV of rows that have the same columns."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def table(rows: Sequence[Mapping[str, Any]], **options: Any) -> bytes:
    """A parquet file."""
    file = io.BytesIO()
    content = needed("pyarrow", "parquet").Table.from_pylist(list(rows))
    needed("pyarrow.parquet", "parquet").write_table(content, file, **options)
    return file.getvalue()


def table_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a parquet file."""
    return needed("pyarrow.parquet", "parquet").read_table(path).to_pylist()  # type: ignore[no-any-return]


def crawled(  # noqa: PLR0913  a record has as many sides
    address: str,
    content: bytes,
    *,
    of: str = "response",
    media: str = "text/html",
    length: int | str | None = None,
    status: str = "200 OK",
    fields: Mapping[str, str] = {},
) -> bytes:
    """A WARC record; of what a server sent, with the head it sent. `fields` are more of the record's own."""
    sent = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n\r\n".encode()
    body = content if of in ("conversion", "continuation") else sent + content
    head = {
        "WARC-Type": of,
        "WARC-Record-ID": f"<urn:x:{address}:{of}>",
        "WARC-Date": "2024-05-06T07:08:09Z",
        "WARC-Target-URI": address,
        "Content-Type": "text/plain" if of == "conversion" else "application/http; msgtype=response",
        **fields,
        "Content-Length": len(body) if length is None else length,
    }
    return "\r\n".join(["WARC/1.0", *(f"{key}: {value}" for key, value in head.items()), "", ""]).encode() + (
        body + b"\r\n\r\n"
    )


def arc(pages: Mapping[str, bytes]) -> bytes:
    """An ARC of pages by their addresses."""
    about = b"1 0 none\nURL IP-address Archive-date Content-type Archive-length\n"
    data = f"filedesc://a.arc 0.0.0.0 20200101000000 text/plain {len(about)}\n".encode() + about + b"\n"
    for address, page in pages.items():
        body = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
        data += f"{address} 1.2.3.4 20200102030405 text/html {len(body)}\n".encode() + body + b"\n"
    return data


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip of files by their names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10)), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def tarred(members: Mapping[str, bytes], links: Mapping[str, str] = {}) -> bytes:
    """A tar of files by their names, and of links."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), 1_700_000_000
            archive.addfile(member, io.BytesIO(data))
        for name, target in links.items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return file.getvalue()
