"""What a file's name says of it, and how a page begins that no name tells of. Next: `opening`, which reads it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePath
from typing import Final, Literal, NamedTuple

Kind = Literal["whole", "jsonl", "csv", "parquet", "warc", "arc", "zip", "tar"]

PAGE_SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml", ".shtml"})
CODECS: Final = (".gz", ".bz2", ".xz", ".zst", ".lz4")
_KINDS: Final[dict[str, Kind]] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    ".arc": "arc",
    ".zip": "zip",
    ".tar": "tar",
}
_SHORT: Final = {".tgz": ".gz", ".tbz2": ".bz2", ".txz": ".xz"}  # a tar and its codec in one suffix

_BLANK: Final = b" \t\r\n\xef\xbb\xbf"
_BEGINNING: Final = 1 << 14  # of a content, in which a page has come to its body, or to its first elements
_DOCTYPE: Final = r"<!doctype\s+html\b"
_COMMENTS: Final = r"(?:<!--(?:(?!-->).)*-->\s*)*"
_ROOT: Final = rf"<(?:html|head|body)(?:\s[^<>]*)?>\s*{_COMMENTS}<[a-z]"
_PAGE: Final = re.compile(
    rf"\s*{_COMMENTS}(?:<\?xml[^>]*>\s*)?{_COMMENTS}(?:{_DOCTYPE}|{_ROOT})", re.IGNORECASE | re.DOTALL
)


class Form(NamedTuple):
    """The kind of a container, its suffix, and that of the codec it is packed with; "" for none.

    A "whole" file is a container of one record: itself.
    """

    kind: Kind
    suffix: str
    codec: str

    @property
    def is_whole(self) -> bool:
        """Whether the file is one record."""
        return self.kind == "whole"


@lru_cache(maxsize=1 << 10)  # it is asked for each record of a container
def form_of(name: str) -> Form:
    """The form of a file of that name.

    >>> form_of("news/a.jsonl.gz"), form_of("a.txt")
    (Form(kind='jsonl', suffix='.jsonl', codec='.gz'), Form(kind='whole', suffix='.txt', codec=''))
    """
    suffix = PurePath(name).suffix.lower()
    if suffix in _SHORT:
        return Form("tar", suffix, _SHORT[suffix])
    codec = suffix if suffix in CODECS else ""
    inner = PurePath(unpacked_name(name)).suffix.lower() if codec else suffix
    return Form(_KINDS.get(inner, "whole"), inner, codec)


def unpacked_name(name: str) -> str:
    """The name without the suffix of a codec.

    >>> unpacked_name("a.html.GZ"), unpacked_name("a.html")
    ('a.html', 'a.html')
    """
    suffix = PurePath(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in CODECS else name


def stem_of(name: str) -> str:
    """The name of an input's outputs: its own without `.txt`, so that a.txt and a.html stay apart.

    >>> stem_of("news/a.txt"), stem_of("news/a.html")
    ('news/a', 'news/a.html')
    """
    return name.removesuffix(".txt")


def text_name(name: str) -> str:
    """What the clean text of a file of that name is called, unpacked.

    >>> text_name("a.txt.gz"), text_name("a.html")
    ('a.txt', 'a.html.txt')
    """
    return f"{stem_of(unpacked_name(name))}.txt"


def is_page_name(name: str) -> bool:
    """Whether a file of that name is an HTML page, packed or not."""
    return PurePath(unpacked_name(name)).suffix.lower() in PAGE_SUFFIXES


def refusal(name: str, content: bytes) -> str:
    """Why a file of that name is no one text, though it is text: it holds JSON, whose keys are none; "" if it may be.

    >>> refusal("a.json", b'[{"text": "x"}]').split(";")[0], refusal("a.txt", b"[1] x")
    ('is JSON, an object or array that says not which of its strings is the text', '')
    """
    if PurePath(unpacked_name(name)).suffix.lower() != ".json" or content.lstrip(_BLANK)[:1] not in (b"{", b"["):
        return ""
    return (
        "is JSON, an object or array that says not which of its strings is the text; "
        "write one object a line, and call it .jsonl"
    )


def begins_as_page(content: str | bytes) -> bool:
    """Whether a content begins as whole HTML pages do, after blanks, comments and an XML declaration.

    An article that merely begins by naming the element `<html>` doesn't. Bytes may be in any encoding.

    >>> begins_as_page("<!DOCTYPE html><p>"), begins_as_page(b"<html><head>"), begins_as_page("<html> is an element")
    (True, True, False)
    """
    start = content[:_BEGINNING]
    text = start if isinstance(start, str) else start.replace(b"\0", b"").decode("latin-1").lstrip("ï»¿ÿþ")
    return _PAGE.match(text.lstrip("\N{BYTE ORDER MARK}")) is not None
