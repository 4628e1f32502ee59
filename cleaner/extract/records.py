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
from cleaner.extract.said import pieces
from cleaner.extract.stream import RECORD
from cleaner.patterns import late

_SAID: Final = 0.8  # of the letters between marks that a page says that says the article
_TAG: Final = late(r"<[^<>]*>")
_MARKUP: Final = late(r"<(?:p|br|div)\b", re.IGNORECASE)


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
    said = {piece for text in texts for piece in pieces(text)}
    told = pieces(_TAG.sub(" ", body))
    return sum(len(piece) for piece in told if piece in said) >= _SAID * sum(map(len, told))
