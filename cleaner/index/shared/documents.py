"""What the server keeps of each text, as bytes. Next: `buckets`, which finds them.

A text has two records under its number: `sketch`, which each look-up reads that meets it, and `text`, which is
read when a nomination is confirmed. Both are plain bytes: what a shared server holds is never executed as code,
as it would be if it were unpickled.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from cleaner.index.records import Remembered
from cleaner.minhash import PERMUTATIONS, Counts, Sketches

_DIGEST: Final = 16  # bytes; no two of 10^15 texts will have the same
_HEAD: Final = struct.Struct(f"<{_DIGEST}sqI")  # the text's digest, its shingles, its landmarks
_SIGNATURE: Final = 4 * PERMUTATIONS  # bytes
_LANDMARK: Final = 8  # bytes


class Stored(NamedTuple):
    """What the server keeps of n texts besides themselves; `numbers`, sorted, are int64 of shape (n,).

    A slot is what an addition takes up: see `additions`. A digest stands for a text with its name and batch.
    """

    numbers: Counts
    sketches: Sketches
    slots: Sequence[bytes]
    digests: Sequence[bytes]


def digest(document: Remembered) -> bytes:
    """What stands for a text with its name and batch, `_DIGEST` bytes."""
    parts = [encoded(part) for part in document]
    return blake2b(b"".join(b"%d " % len(part) + part for part in parts), digest_size=_DIGEST).digest()


def packed_text(document: Remembered) -> bytes:
    """The record `text`."""
    return zlib.compress(encoded(json.dumps(document, ensure_ascii=False)))


def unpacked_text(record: bytes) -> Remembered:
    """What `packed_text` packed."""
    return Remembered(*json.loads(_decoded(zlib.decompress(record))))


def packed_sketches(sketches: Sketches, slot: bytes, digests: Sequence[bytes]) -> list[bytes]:
    """The record `sketch` of each text of one slot."""
    signatures = sketches.signatures.astype("<u4").tobytes()
    landmarks = sketches.landmarks.astype("<u8").tobytes()
    ends = sketches.ends.tolist()
    return [
        b"".join(
            (
                _HEAD.pack(key, shingles, end - start),
                signatures[_SIGNATURE * row : _SIGNATURE * (row + 1)],
                landmarks[_LANDMARK * start : _LANDMARK * end],
                slot,
            )
        )
        for row, (key, shingles, start, end) in enumerate(
            zip(digests, sketches.shingles.tolist(), [0, *ends], ends, strict=False)
        )
    ]


def unpacked_sketches(numbers: Counts, records: Sequence[bytes | None]) -> Stored:
    """What the records of these texts hold; a text without a record is left out."""
    parts = [_parts(record) for record in records if record is not None]
    return Stored(
        numbers[[record is not None for record in records]],
        Sketches(
            np.frombuffer(b"".join(part.signature for part in parts), "<u4")
            .astype(np.uint32)
            .reshape(-1, PERMUTATIONS),
            np.array([part.shingles for part in parts], np.int64),
            np.frombuffer(b"".join(part.landmarks for part in parts), "<u8").astype(np.uint64),
            np.cumsum([len(part.landmarks) // _LANDMARK for part in parts], dtype=np.int64),
        ),
        [part.slot for part in parts],
        [part.digest for part in parts],
    )


class _Parts(NamedTuple):
    digest: bytes
    shingles: int
    signature: bytes
    landmarks: bytes
    slot: bytes


def _parts(record: bytes) -> _Parts:
    key, shingles, count = _HEAD.unpack_from(record)
    middle = _HEAD.size + _SIGNATURE
    end = middle + _LANDMARK * count
    return _Parts(key, shingles, record[_HEAD.size : middle], record[middle:end], record[end:])


def encoded(text: str) -> bytes:
    """UTF-8, also of what names of files may have and UTF-8 has not."""
    return text.encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
