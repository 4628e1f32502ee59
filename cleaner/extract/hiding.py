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
_HIDING: Final = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|opacity:0?\.?0*(?:;|$|!)|font-size:0(?!\.?[1-9])"
    r"|(?:text-indent|left|top|right|bottom|margin-left|margin-top|margin):-\d{3,}(?:\.\d+)?(?:px|em|rem|pt|%)"
    r"|clip:rect\(0|clip-path:inset\(100%|transform:scale\(0)"
)
_SIGNS: Final = (
    "none",
    "NONE",
    "None",
    "hidden",
    "HIDDEN",
    "-",
    "ize",
    "IZE",
    "opacity",
    "olor",
    "scale",
    "collapse",
    "clip",
)
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
        **dict.fromkeys(hidden_by_sheets(root, stream), "hidden by a style sheet"),
        **_those(stream.classes, _named(stream.classes, _JAMMER), "jammer"),
        **_those(hiddens, set(hiddens) - {None}, "hidden"),
        **_those(styles, {style for style in set(styles) if style and hidden_by_style(style)}, "hidden"),
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
def hidden_by_style(style: str) -> bool:
    """Whether an element with this `style` attribute isn't seen."""
    if not any(sign in style for sign in _SIGNS):
        return False
    style = style.lower().replace(" ", "")
    if _HIDING.search(style) or ("overflow:hidden" in style and _TINY.search(style)):
        return True
    colours = {name.partition("-")[0]: _WHITE.get(value, value) for name, value in _COLOUR.findall(style)}
    return "color" in colours and colours["color"] == colours.get("background")
