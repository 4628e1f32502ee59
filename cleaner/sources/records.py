"""What containers hold: records, one after the other. Next: `lines`, the first of a module for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

TEXT_NAMES: Final = ("text", "content", "body", "article", "raw_content", "main_text", "正文", "内容", "內容")
PAGE_NAMES: Final = ("html", "raw_html", "page_html", "html_content")
ID_NAMES: Final = ("id", "_id", "doc_id", "docid", "uid", "uuid", "url", "uri", "link", "name", "编号", "編號")
URL_NAMES: Final = ("url", "uri", "link", "address", "网址", "網址", "链接")
NULL: Final = "no text (null)"
_OPTIONS: Final = {"text": "--text-column", "id": "--id-column", "address": "--url-column", "page": "--html-column"}


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns with the text, the id and the page's address are called, where one knows; else they are guessed.

    `html` is the one with the text, if that is a page.
    """

    text: str = ""
    id: str = ""
    url: str = ""
    html: str = ""

    def text_among(self, names: list[str]) -> str | None:
        """The column with the text: the one that was named, or the first guess that is there; None if there is none.

        >>> Columns().text_among(["url", "Content", "html"]), Columns(text="html").text_among(["Content", "html"])
        ('Content', 'html')
        """
        return _chosen(self.html or self.text, (*TEXT_NAMES, *PAGE_NAMES), names)

    def id_among(self, names: list[str]) -> str | None:
        """The column with the id, likewise."""
        return _chosen(self.id, ID_NAMES, names)

    def url_among(self, names: list[str]) -> str | None:
        """The column with the address of the page that a text is from, likewise."""
        return _chosen(self.url, URL_NAMES, names)

    def are_pages(self, name: str) -> bool:
        """Whether the column with the text, of that name, holds HTML pages."""
        return name == self.html if self.html else name.lower() in PAGE_NAMES

    def lacking(self, kind: str, names: list[str]) -> str:
        """What is said of a container, of fields or columns, that lacks one that was named; "" if it has all."""
        named = {"page": self.html, "text": self.text, "id": self.id, "address": self.url}
        what = next((what for what, name in named.items() if name and name not in names), None)
        return missing(kind, named[what], names, what=what) if what else ""

    def settings(self) -> dict[str, str]:
        """The names that were given, for the account of a run."""
        named = {"text_column": self.text, "id_column": self.id, "url_column": self.url, "html_column": self.html}
        return {key: name for key, name in named.items() if name}


class Record(NamedTuple):
    """One text as its container holds it.

    `number` is its place in the container, from 1, `id` what the container calls it, or "". `content` is a text, or
    bytes yet to be decoded, for which `declared` is the encoding that came with them, or a whole Content-Type.
    `row` is what else came with it, for the sink of the same kind of container to pass on, and `column` where in that
    the text stood. `url` is the address of the page that the text is from, if the container tells.
    """

    name: str
    number: int
    id: str
    content: str | bytes
    is_page: bool = False
    declared: str = ""
    row: Any = None
    url: str = ""
    column: str = ""

    @property
    def size(self) -> int:
        """Bytes of the content; of a text, those of its UTF-8."""
        content = self.content
        return len(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


class Unread(NamedTuple):
    """A record that cannot be read, or all that follow in a broken container, and why."""

    name: str
    number: int
    reason: str
    id: str = ""


class Passed(NamedTuple):
    """A record that is none of ours: an image, an error of a server, what a crawler notes of itself; and why.

    Or the row of a table whose text is null: then `row` is as `Record` has it, and goes out as it came.
    """

    number: int
    reason: str = ""
    name: str = ""
    id: str = ""
    row: Any = None
    column: str = ""


def missing(kind: str, named: str, names: list[str], *, what: str = "text") -> str:
    """What is said of a container without a text column, or without another that was named."""
    found = ", ".join(names[:_SHOWN]) or "none"
    wanted = repr(named) if named else f"called {TEXT_NAMES[0]!r} or the like"
    return f"no {what} in a {kind} {wanted}; name the {kind} that has it by {_OPTIONS[what]} ({kind}s here: {found})"


def no_text(kind: str, name: str, value: Any) -> str:
    """What is said of a record whose text is none."""
    return f"no text in {kind} {name!r} but {type(value).__name__}; name another {kind} by --text-column"


_SHOWN: Final = 20


def _chosen(named: str, guesses: tuple[str, ...], names: list[str]) -> str | None:
    if named:
        return named if named in names else None
    lowered = {name.strip().lower(): name for name in reversed(names)}
    return next((lowered[guess] for guess in guesses if guess in lowered), None)
