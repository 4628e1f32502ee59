"""Bytes → text: which encoding, on what evidence, lossless or not. Next: `extract` for pages, `units` for text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from bs4.dammit import EncodingDetector

from cleaner.errors import InputError
from cleaner.fold import Codes, codes

_MARKS: Final = (  # longest first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARATION_REACH: Final = 2048  # bytes in which HTML asks for its <meta charset>
_BINARY_REACH: Final = 8192
_BINARY_SHARE: Final = 0.02  # of control characters, which no text holds in such numbers
_CONTROLS: Final = bytes(byte for byte in range(0x20) if byte not in b"\t\n\x0b\x0c\r\x1b")
_ASCII: Final = bytes(range(0x80))
_INTACT_SHARE: Final = 0.8  # of non-ASCII bytes that form valid UTF-8: broken UTF-8 rather than another encoding
_EVERYDAY: Final = 0.5  # share of two-byte characters that GB 2312 and Big5 keep for everyday use
_EVERYDAY_REACH: Final = 8192  # characters beyond ASCII that the share is taken of


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the encoding it was read with and on what evidence.

    `lossless` says whether `encode(text, encoding)` is the very input. A byte-order mark stays in the text
    as U+FEFF, and bytes that are no text in the encoding stand there as lone surrogates U+DC80–U+DCFF.
    """

    text: str
    encoding: str
    evidence: str
    lossless: bool = True


def decode(data: bytes) -> Decoded:
    """The text of `data`. Raises `InputError` for bytes that are no text.

    In turn: a byte-order mark, valid UTF-8, what a `<meta>` or XML declaration names, mostly valid UTF-8, GB18030
    or Big5 if valid and mostly everyday characters, Windows-1252, UTF-8 whatever its errors.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _lenient(data, encoding, "byte-order mark")
    _refuse_binary(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "valid UTF-8")
    except UnicodeDecodeError:
        return _legacy(data)


def encode(text: str, encoding: str) -> bytes:
    """The bytes a decoded text came from; the inverse of `decode` where that is lossless."""
    return text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "surrogatepass")


def _legacy(data: bytes) -> Decoded:
    if declared := _declared(data):
        return declared
    if _intact_share(data) >= _INTACT_SHARE:
        return _lenient(data, "utf-8", "mostly valid UTF-8")
    guesses = [
        guess for name in ("gb18030", "big5hkscs") if (guess := _strict(data, name, "valid and everyday characters"))
    ]
    best = max(guesses, key=lambda guess: _everyday_share(guess.text), default=None)
    if best and _everyday_share(best.text) >= _EVERYDAY:
        return best
    return _strict(data, "cp1252", "single bytes") or _lenient(data, "utf-8", "nothing else fits")


def _declared(data: bytes) -> Decoded | None:
    """The text in the encoding that it declares; None if it is invalid so, or doesn't hold the declaration any more."""
    encoding = EncodingDetector.find_declared_encoding(data[:_DECLARATION_REACH], is_html=True)
    if not encoding:
        return None
    decoded = _strict(data, _superset(encoding), f"declared as {encoding}")
    return decoded if decoded and encoding in decoded.text[:_DECLARATION_REACH].lower() else None


def _superset(encoding: str) -> str:
    """The encoding that pages really use where they declare a smaller one."""
    return {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252"}.get(encoding, encoding)


def _strict(data: bytes, encoding: str, evidence: str) -> Decoded | None:
    try:
        text = data.decode(encoding)
        return Decoded(text, encoding, evidence, lossless=text.encode(encoding) == data)
    except (UnicodeError, LookupError):
        return None


def _lenient(data: bytes, encoding: str, evidence: str) -> Decoded:
    """Decodes whatever comes: UTF-8 keeps each bad byte as a surrogate, wide encodings lose theirs to U+FFFD."""
    text = data.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    return Decoded(text, encoding, evidence, lossless=encode(text, encoding) == data)


def _intact_share(data: bytes) -> float:
    """Share of the bytes beyond ASCII that are valid UTF-8, 0 to 1; there must be one."""
    high = len(data.translate(None, _ASCII))
    broken = len(data) - len(data.decode("utf-8", "ignore").encode("utf-8"))
    return 1 - broken / high


def _everyday_share(text: str) -> float:
    """Share of the characters beyond ASCII that are common hanzi or Chinese punctuation, 0 to 1."""
    points = codes(text)
    points = points[points >= 0x80][:_EVERYDAY_REACH]
    if not points.size:
        return 0.0
    hanzi = (points >= 0x4E00) & (points <= 0x9FA5)
    marks = (
        (points >= 0x3000) & (points <= 0x3020)
        | (points >= 0xFF01) & (points <= 0xFF5E)
        | (points >= 0x2010) & (points <= 0x2030)
    )
    return float(np.mean(hanzi & np.isin(points, everyday_points()) | marks))


@cache
def everyday_points() -> Codes:
    """Hanzi of the first levels of GB 2312 and Big5, which hold what is written every day."""
    levels = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))
    pairs = [
        (bytes([lead, trail]), name)
        for name, low, high in levels
        for lead in range(low, high + 1)
        for trail in range(0x40, 0xFF)
    ]
    return codes("".join(pair.decode(name, "ignore") for pair, name in pairs))


def _refuse_binary(data: bytes) -> None:
    head = data[:_BINARY_REACH]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if b"\x00" in head or controls > _BINARY_SHARE * len(head):
        raise InputError(
            f"no text: {controls} of the first {len(head)} bytes are control characters ({_signature(head)}); "
            "give text, or say which encoding it is in by a byte-order mark if it is UTF-16"
        )


def _signature(head: bytes) -> str:
    known = {
        b"\x89PNG": "a PNG image",
        b"\xff\xd8\xff": "a JPEG image",
        b"GIF8": "a GIF image",
        b"%PDF": "a PDF file",
        b"PK\x03\x04": "a ZIP file",
    }
    known |= {b"\x1f\x8b": "gzip data", b"\x7fELF": "a program", b"\xd0\xcf\x11\xe0": "an Office document"}
    return next((name for magic, name in known.items() if head.startswith(magic)), f"begins with {head[:4].hex(' ')}")
