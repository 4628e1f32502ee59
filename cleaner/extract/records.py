"""An article that a page's data tells and the page itself does not → elements of the page. Next: `blocks`.

Pages that a script fills in have their article in JSON-LD alone, and some that ask for a login show its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from lxml import etree

from cleaner.extract.parsing import tree_of
from cleaner.extract.stream import RECORD

_PIECES: Final = re.compile(r"[，。！？；,.!?;\s]+")
_SHORTEST: Final = 6  # letters of a piece between two marks that tells whether a page says it
_SAID: Final = 0.8  # of the letters of such pieces that a page says that says the article
_MARKUP: Final = re.compile(r"<(?:p|br|div)\b", re.IGNORECASE)


def add_record(root: etree._Element, body: str, texts: Sequence[str]) -> bool:
    """Append what the data of a page says, if its `texts` don't say most of it; whether they didn't."""
    if not body or _is_said(body, texts):
        return False
    lines = body if _MARKUP.search(body) else "".join(f"<p>{escape(line)}</p>" for line in body.split("\n"))
    inner = tree_of(lines)
    if inner is None:
        return False
    place = root.find("body")
    record = etree.SubElement(root if place is None else place, RECORD)
    record.extend(inner.iterchildren())
    return True


def _is_said(body: str, texts: Sequence[str]) -> bool:
    said = "".join("".join(texts).split())
    pieces = [piece for piece in _PIECES.split(body) if len(piece) >= _SHORTEST]
    found = sum(len(piece) for piece in pieces if piece in said)
    return found >= _SAID * sum(map(len, pieces))
