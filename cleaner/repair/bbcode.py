"""Tags in square brackets, as forums write them, left in the text: `[b]`, `[quote]`, `[url=…]`, `{:5_123:}`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair import code
from cleaner.repair.words import Mention, alone
from cleaner.units import View

_STYLE: Final = "b|i|u|s|size|color|font|align|left|center|right|backcolor|indent|hide|free|p|sup|sub|fly|glow|shadow"
_BLOCK: Final = "quote|blockquote|list|table|tr|td|th|postbg|index|page"
_HELD: Final = "img|attach|attachimg|media|flash|audio|video|music"  # hold an address or a number, no text
_TAG: Final = late(
    rf"\[(?P<close>/?)(?P<name>{_STYLE}|{_BLOCK}|{_HELD}|url|email|\*)(?:=(?P<value>[^\]\n]{{0,300}}))?\]",
    re.IGNORECASE,
)
_CELL: Final = frozenset(("td", "th"))
_ADDRESS: Final = late(r"\s*(?:https?:)?//[^\s\[\]]+\s*|\s*\d{1,10}\s*|\s*[\w./-]+\.\w{2,5}\s*")
_SMILEY: Final = late(r"\{:\d{1,2}_\d{1,4}:\}|(?<![A-Za-z0-9_)\]])(?:\[/?(?:(?:s|em|emot|smile|face):|em)\d{1,4}\])+")
_BRACKET: Final = late(r"\[(?:/|em|(?:s|smile|face):)")  # what pages with tags or faces hold: this or `{:`
_ABOUT: Final = Mention(alone("bbcode", "ubb", "markdown", "discuz ?代码") + "|方括号")


def find(view: View) -> Iterator[Edit]:
    """Edits that remove tags of a forum's markup and its numbered faces, on pages that pair such tags.

    A page counts if it closes a tag it has opened. Pictures and players go with their address; of a link to a page
    the words stay, or the address where it is all there is. Left alone: an opening tag that nothing closes unless
    it has a value (`[i]`, `[b]` may be an index), items outside lists, `[code]` and what is in it, and everything on a
    page about such markup.

    >>> [(edit.old, edit.new) for edit in find(View("[b]收茶[/b]的时候到了。"))]
    [('[b]', ''), ('[/b]', '')]
    """
    text = view.text
    if not _may_hold_tags(text):
        return
    stretches = view.once(code.of)
    edits = [*_tags(text, stretches), *_smileys(text, stretches)]
    if edits and not _ABOUT.is_in(view.folded):
        yield from edits


def _may_hold_tags(text: str) -> bool:
    return ("[" in text and bool(_BRACKET.search(text))) or ("{" in text and "{:" in text)


def _tags(text: str, stretches: list[code.Stretch]) -> Iterator[Edit]:
    tags = [tag for tag in _TAG.finditer(text) if not code.touches(stretches, *tag.span())]
    pairs = _pairs(tags)
    if not pairs:
        return
    held = _held(text, pairs)
    yield from held
    starts = [edit.start for edit in held]
    paired = {place for pair in pairs for place in (pair[0].start(), pair[1].start())}
    has_list = any(opened["name"].lower() == "list" for opened, _ in pairs)
    for tag in tags:
        before = bisect_right(starts, tag.start()) - 1
        is_inside = before >= 0 and tag.start() < held[before].end
        is_rest = tag["value"] is not None or tag["close"] or (tag["name"] == "*" and has_list)
        if not is_inside and (tag.start() in paired or is_rest) and tag["name"] + tag["close"] != "*/":
            name = tag["name"].lower()
            new = " " if name in _CELL and tag["close"] else ""
            yield Edit(tag.start(), tag[0], new, "bbcode/tag", f"a forum’s tag {name} in the text")


def _pairs(tags: list[re.Match[str]]) -> list[tuple[re.Match[str], re.Match[str]]]:
    """Each closing tag with the nearest open one of its name."""
    opened: dict[str, list[re.Match[str]]] = {}
    pairs = []
    for tag in tags:
        name = tag["name"].lower()
        if not tag["close"]:
            opened.setdefault(name, []).append(tag)
        elif opened.get(name):
            pairs.append((opened[name].pop(), tag))
    return pairs


def _held(text: str, pairs: list[tuple[re.Match[str], re.Match[str]]]) -> list[Edit]:
    """Pictures, players and attachments with what they hold, if that is an address or a number."""
    names = frozenset(_HELD.split("|"))
    edits = []
    for opened, closed in pairs:
        name = opened["name"].lower()
        if name in names and _ADDRESS.fullmatch(text, opened.end(), closed.start()):
            old = text[opened.start() : closed.end()]
            edits.append(Edit(opened.start(), old, "", "bbcode/picture", f"a forum’s {name}, with its address"))
    return sorted(edits, key=lambda edit: edit.start)


def _smileys(text: str, stretches: list[code.Stretch]) -> Iterator[Edit]:
    for match in _SMILEY.finditer(text):
        if not code.touches(stretches, *match.span()):
            yield Edit(match.start(), match[0], "", "bbcode/face", "the number of a face that a forum draws")
