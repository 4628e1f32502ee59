"""Which elements a reader of a page doesn't see, and why. Next: `blocks`, which sets apart what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import lru_cache
from typing import Final

from lxml import etree

from cleaner.extract.sheets import hidden_by_sheets
from cleaner.extract.stream import Stream

_CONTROLS: Final = frozenset("select button textarea option".split())
# What a style says that hides an element, by how; the first that fits counts.
_WAYS: Final = {
    why: re.compile(rf"(?:^|;)(?:{pattern})")
    for why, pattern in {
        "hidden": r"display:none|visibility:(?:hidden|collapse)|opacity:0?\.?0*(?:;|$|!)",
        "hidden off screen": r"(?:text-indent|left|top|right|bottom|margin-left|margin-top|margin):-\d{3,}(?:\.\d+)?"
        r"(?:px|em|rem|pt|%)|clip:rect\(0|clip-path:inset\(100%",
        "hidden by its size": r"font-size:0(?!\.?[1-9])|transform:scale\(0",
    }.items()
}
# One of these is in every style that hides.
_SIGNS: Final = re.compile("none|hidden|collapse|-|ize|opacity|olor|scale|clip", re.IGNORECASE)
_TINY: Final = re.compile(r"(?:^|;)(?:max-)?(?:height|width):[01](?:px)?(?:;|$|!)")
_COLOUR: Final = re.compile(r"(?:^|;)(color|background(?:-color)?):([^;!]+)")
_WHITE: Final = {"white": "#fff", "#ffffff": "#fff", "black": "#000", "#000000": "#000"}
_JAMMER: Final = frozenset(("jammer",))  # the class of what Discuz! hides between lines: see `repair.jammers`
_REMEMBERED: Final = 1 << 12  # styles; a site has some hundreds


def hidden_elements(root: etree._Element, stream: Stream) -> dict[int, str]:
    """Why each element that hides what is in it does, by its number in the page's stream, in document order."""
    styles = [element.get("style") for element in stream.elements]
    hiddens = [element.get("hidden") for element in stream.elements]
    found = {
        **hidden_by_sheets(root, stream),
        **_those(stream.classes, _named(stream.classes, _JAMMER), "jammer"),
        **_those(hiddens, set(hiddens) - {None}, "hidden"),
        **{number: why for number, style in enumerate(styles) if style and (why := hidden_by_style(style))},
        **_those(stream.tags, _CONTROLS.intersection(stream.tags), "control"),
    }
    return dict(sorted(found.items()))


def _those(said: Sequence[str | None], hiding: Set[str | None], why: str) -> dict[int, str]:
    """`why` for each element that says anything that hides."""
    return {number: why for number, what in enumerate(said) if what in hiding} if hiding else {}


def _named(classes: Sequence[str | None], hiding: frozenset[str]) -> set[str]:
    """The class attributes with a name that hides."""
    return {names for names in set(classes) if names and not hiding.isdisjoint(names.split())} if hiding else set()


@lru_cache(maxsize=_REMEMBERED)
def hidden_by_style(style: str) -> str:
    """Why an element with this `style` attribute isn't seen, or "".

    >>> hidden_by_style("position: absolute; left: -9999px"), hidden_by_style("color: #333")
    ('hidden off screen', '')
    """
    if not _SIGNS.search(style):
        return ""
    style = style.lower().replace(" ", "")
    if "overflow:hidden" in style and _TINY.search(style):
        return "hidden by its size"
    colours = {name.partition("-")[0]: _WHITE.get(value, value) for name, value in _COLOUR.findall(style)}
    if "color" in colours and colours["color"] == colours.get("background"):
        return "hidden by its colour"
    return next((why for why, way in _WAYS.items() if way.search(style)), "")
