"""What a file's name says of it: how it is packed, and which container it is. Next: `opening`, which reads it."""

from __future__ import annotations

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
