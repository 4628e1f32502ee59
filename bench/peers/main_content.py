"""Main content of pages by each of the peers that find it: one script, of which each environment runs its own part."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from importlib import import_module
from typing import Any, Final

TAG: Final = re.compile(r"<[^>]+>")
Reader = Callable[[str], str]


def resiliparse() -> Reader:
    read = import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda page: read(page, main_content=True)


def trafilatura() -> Reader:
    read = import_module("trafilatura").extract
    return lambda page: read(page) or ""


def readability() -> Reader:
    document = import_module("readability").Document
    return lambda page: plain(document(page).summary(html_partial=True))


def gne() -> Reader:
    reader = import_module("gne").GeneralNewsExtractor()
    return lambda page: reader.extract(page)["content"]


def magic_html() -> Reader:
    reader = import_module("magic_html").GeneralExtractor()
    return lambda page: plain(reader.extract(page, base_url="")["html"])


def plain(markup: str) -> str:
    """The text of markup that a peer gives."""
    return unescape(TAG.sub("", markup))


READERS: Final = {each.__name__: each for each in (resiliparse, trafilatura, readability, gne, magic_html)}


def extraction(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Pages at hand → the text of their main content, "" where the peer fails, as `reader` finds it."""
    with open(given, encoding="utf-8") as lines:
        pages = [json.loads(line)["page"] for line in lines]
    read = READERS[options["reader"]]()
    answered(read, pages[0])
    return lambda: [answered(read, page) for page in pages]


def answered(read: Reader, page: str) -> str:
    try:
        return read(page)
    except Exception:  # whatever a peer raises is its answer to the page
        return ""


TASKS = {"extraction": extraction}
