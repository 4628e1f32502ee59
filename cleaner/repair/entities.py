"""HTML entities left in text: `&nbsp;`, `&amp;ldquo;`, `&#20013;`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cleaner.document import Edit
from cleaner.repair import markup
from cleaner.repair.characters import plain
from cleaner.units import View

_ENTITY: Final = re.compile(
    r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*(?P<body>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});|"
    r"(?<![&\w])(?P<bare>#x[0-9a-fA-F]{4});"
)
_UNTAGGED: Final = re.compile(r"[\s\d=]|$")
_TAG_NAME: Final = re.compile(r"/?[a-zA-Z!]")


def find(view: View) -> Iterator[Edit]:
    """Edits that decode entities, however often their `&` was escaped.

    Left alone: names HTML doesn't know, entities without a semicolon (`?a=1&copy=2`), `&lt;` and `&gt;`
    where decoding would make a tag or half of one, and all of them on a page about markup or code, where they
    are quoted.
    """
    if ";" not in view.text or not ("&" in view.text or "#x" in view.text):
        return
    matches = list(_ENTITY.finditer(view.text))
    if not matches or markup.is_about_markup(view):
        return
    edits = [edit for match in matches if (edit := _decoding(match))]
    quoted = _quoted(view, edits)
    yield from (edit for edit in edits if edit not in quoted)


def _decoding(match: re.Match[str]) -> Edit | None:
    entity = f"&{match['body'] or match['bare']};"
    new = html.unescape(entity)
    if new == entity:
        return None
    new = " " if new == "\N{NO-BREAK SPACE}" else plain(new)
    why = f"HTML entity left in the text, which stands for {new!r}"
    return Edit(match.start(), match[0], new, "entities/entity", why)


def _quoted(view: View, edits: Sequence[Edit]) -> set[Edit]:
    """Of the edits those whose `<` or `>` would begin or end a tag, by what stands behind them in the end."""
    angles = [edit for edit in edits if edit.new in ("<", ">")]
    changes = {edit.start: edit for edit in (*edits, *markup.find(view))} if angles else {}
    quoted = set()
    closing = None
    for edit in reversed(angles):
        behind = _behind(view.text, edit.end, changes)
        if not _UNTAGGED.match(behind):
            quoted.add(changes.pop(edit.start))
        if edit.new == "<" and closing and _TAG_NAME.match(behind):
            quoted.add(closing)
        closing = edit if edit.new == ">" else None
    return quoted


def _behind(text: str, place: int, changes: Mapping[int, Edit]) -> str:
    """The two characters that come to stand at `place`, fewer at the end of the text."""
    new = ""
    while place in changes and len(new) < 2:
        new += changes[place].new
        place = changes[place].end
    return (new + text[place : place + 2])[:2]
