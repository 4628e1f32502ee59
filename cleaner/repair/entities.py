"""HTML entities left in text: `&nbsp;`, `&amp;ldquo;`, `&#20013;`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair import markup
from cleaner.repair.characters import plain
from cleaner.units import View

_AMPERSAND: Final = r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*"
_WHOLE: Final = rf"{_AMPERSAND}(?P<body>#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[a-zA-Z][a-zA-Z0-9]{{1,31}});"
_ENTITY: Final = late(_WHOLE)  # begins with a literal, and so is found fast
_ENTITY_OR_BARE: Final = late(rf"{_WHOLE}|#(?<![&A-Za-z0-9_]#)(?P<bare>x[0-9a-fA-F]{{4}});")
_NAMES: Final = "nbsp|ensp|emsp|[lr]dquo|[lr]squo|quot|hellip|[mn]dash|middot|bull"
# Without a semicolon only what no query says: names of marks, and numbers of Chinese characters.
_OPEN: Final = late(
    rf"{_AMPERSAND}(?:(?P<body>{_NAMES})(?![A-Za-z0-9_;=%-])|"
    r"(?P<number>#\d{4,6}(?![\d;])|#[xX][0-9a-fA-F]{4,5}(?![0-9a-fA-F;])))"
)
_EATEN_NAME: Final = late(rf"(?<![A-Za-z0-9_&#-])(?:amp;)*(?P<body>{_NAMES});")
_EATEN_NUMBER: Final = late(r"(?P<number>#(?<![A-Za-z0-9_&#-]#)\d{5});")
# What every text with a number or a name holds that lost its `&`.
_NUMBERED: Final = late(r"#(?<![&A-Za-z0-9_]#)(?:x[0-9a-fA-F]{4}|\d{5});")
_NAMED: Final = late(r";(?:(?<=sp;)|(?<=quo;)|(?<=quot;)|(?<=dash;)|(?<=hellip;)|(?<=middot;)|(?<=bull;))")
_FEWEST_EATEN: Final = 3  # a word before a semicolon may be a word
_NEIGHBOUR: Final = late("[;#\u3000-\u303f\u3400-\u9fff\uff00-\uff60]")
_CHINESE: Final = late("[\u2010-\u2027\u3000-\u303f\u3400-\u9fff\uff00-\uff60]")
_UNTAGGED: Final = late(r"[\s\d=]|$")
_TAG_NAME: Final = late(r"/?[a-zA-Z!]")


def find(view: View) -> Iterator[Edit]:
    """Edits that decode entities, however often their `&` was escaped.

    Those without a semicolon are decoded if they stand for Chinese or a mark, those without `&` if the page has
    several. Left alone: names HTML doesn't know, queries (`?a=1&copy=2`), `&lt;` and `&gt;` where decoding would
    make a tag or half of one, and all of them on a page about markup or code, where they are quoted.
    """
    if _may_hold_entities(view.text):
        yield from view.once(_decodings)


def _may_hold_entities(text: str) -> bool:
    return "&" in text or (";" in text and ("#" in text or bool(_NAMED.search(text))))


def _decodings(view: View) -> Sequence[Edit]:
    matches = list(_matches(view.text))
    if not matches or view.once(markup.is_about_markup):
        return ()
    edits = sorted((edit for match in matches if (edit := _decoding(match))), key=lambda edit: edit.start)
    quoted = _quoted(view, edits)
    return [edit for edit in edits if edit not in quoted]


def _matches(text: str) -> Iterator[re.Match[str]]:
    """What may be entities; numbers without `&` only beside each other or beside Chinese: `#20013;` may be an issue."""
    has_end = ";" in text
    is_numbered = has_end and _NUMBERED.search(text)
    if has_end:
        yield from (_ENTITY_OR_BARE if is_numbered else _ENTITY).finditer(text)
    if "&" in text:
        yield from _OPEN.finditer(text)
    if has_end and _NAMED.search(text):
        yield from _several(list(_EATEN_NAME.finditer(text)))
    if is_numbered:
        numbers = _EATEN_NUMBER.finditer(text)
        yield from _several([match for match in numbers if _NEIGHBOUR.search(_beside(text, match))])


def _several(eaten: list[re.Match[str]]) -> list[re.Match[str]]:
    """Entities of one sort that lost their `&`, none if there are few."""
    return eaten if len(eaten) >= _FEWEST_EATEN else []


def _beside(text: str, match: re.Match[str]) -> str:
    return text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]


def _decoding(match: re.Match[str]) -> Edit | None:
    groups = match.groupdict()
    number = groups.get("number")
    bare = groups.get("bare")
    new = _meaning(groups.get("body") or (f"#{bare}" if bare else f"{number}"))
    if new is None or (number and not _CHINESE.match(new)):
        return None
    why = f"HTML entity left in the text, which stands for {new!r}"
    return Edit(match.start(), match[0], new, "entities/entity", why)


@lru_cache(maxsize=4096)
def _meaning(name: str) -> str | None:
    """What an entity stands for, as clean text; None if nothing, or a backslash, which would begin an escape."""
    entity = f"&{name};"
    new = html.unescape(entity)
    if new in (entity, "\\"):
        return None
    return " " if new == "\N{NO-BREAK SPACE}" else plain(new)


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
