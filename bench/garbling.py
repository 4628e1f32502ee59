"""Garbled text with a known answer: clean text encoded in one way and decoded in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

_C1 = dict.fromkeys(range(128, 160))
_UNSEEN = {0xAD: None, 0xA0: " "}


def as_latin(data: bytes) -> str:
    """Each byte a character, those of Windows-1252 where it has one."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)


def utf8_first(data: bytes) -> str:
    """What is valid UTF-8 as such, any other byte as Latin-1."""
    shown = data.decode("utf-8", "surrogateescape")
    return "".join(chr(ord(letter) - 0xDC00) if "\udc80" <= letter <= "\udcff" else letter for letter in shown)


def _unseen_lost(text: str) -> str:
    return text.translate(_UNSEEN)


def _marked(text: str) -> str:
    return text.replace("\N{REPLACEMENT CHARACTER}", "?")


# What becomes of a line; the encoding it must fit in is the first word of the name.
LOSSLESS: Final[Mapping[str, Callable[[str], str]]] = {
    "utf-8 as latin-1": lambda line: line.encode().decode("latin-1"),
    "utf-8 as cp1252, C1 kept": lambda line: as_latin(line.encode()),
    "utf-8 as latin-1 twice": lambda line: line.encode().decode("latin-1").encode().decode("latin-1"),
    "utf-8 as cp1252 twice": lambda line: as_latin(as_latin(line.encode()).encode()),
    "gbk as latin-1": lambda line: line.encode("gbk").decode("latin-1"),
    "gbk as cp1252": lambda line: as_latin(line.encode("gbk")),
    "gbk as utf-8 first, else latin-1": lambda line: utf8_first(line.encode("gbk")),
    "gbk as utf-8 with surrogates": lambda line: line.encode("gbk").decode("utf-8", "surrogateescape"),
    "big5 as latin-1": lambda line: line.encode("big5").decode("latin-1"),
    "big5 as cp1252": lambda line: as_latin(line.encode("big5")),
    "big5 as gb18030": lambda line: line.encode("big5").decode("gb18030", "replace"),
}
LOSSY: Final[Mapping[str, Callable[[str], str]]] = {
    "gbk as big5": lambda line: line.encode("gbk").decode("big5hkscs", "replace"),
    "gbk as utf-8 first, A0 and AD lost": lambda line: _unseen_lost(utf8_first(line.encode("gbk"))),
    "utf-8 as gb18030": lambda line: line.encode().decode("gb18030", "replace"),
    "utf-8 as gbk, ? for losses": lambda line: _marked(line.encode().decode("gbk", "replace")),
    "utf-8 as gbk, losses gone": lambda line: line.encode().decode("gbk", "ignore"),
    "utf-8 as cp1252, five bytes lost": lambda line: line.encode().decode("cp1252", "ignore"),
    "utf-8 as latin-1, A0 and AD lost": lambda line: _unseen_lost(line.encode().decode("latin-1")),
    "utf-8 as cp1252, A0 and AD lost too": lambda line: _unseen_lost(line.encode().decode("cp1252", "ignore")),
    "utf-8 as latin-1, C1 lost": lambda line: line.encode().decode("latin-1").translate(_C1),
    "utf-8 as gb18030 twice": lambda line: line.encode().decode("gb18030", "replace").encode().decode(
        "gb18030", "replace"
    ),
    "utf-8 as big5": lambda line: line.encode().decode("cp950", "replace"),
    "big5 as gbk": lambda line: line.encode("big5").decode("gbk", "replace"),
}  # fmt: skip


def fitting(line: str, kind: str) -> str:
    """The line without the characters that the encoding of a kind doesn't have."""
    encoding = kind.split(maxsplit=1)[0]
    return line.encode(encoding, "ignore").decode(encoding)
