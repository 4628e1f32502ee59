"""Which elements a reader of a page doesn't see, and why. Next: `blocks`, which sets apart what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from typing import Final

import numpy as np
from lxml import etree

from cleaner.extract.sheets import FADING, hidden_by_sheets
from cleaner.extract.stream import SPARE, Stream
from cleaner.patterns import late

_BY_TAG: Final = SPARE | dict.fromkeys("select button textarea option".split(), "control")
# What a style says that hides an element, by how; the first that fits counts.
_WAYS: Final = {
    why: late(rf"(?:^|;)(?:{pattern})")
    for why, pattern in {
        "hidden": r"display:none|visibility:(?:hidden|collapse)|opacity:0?\.?0*(?:;|$|!)",
        "hidden off screen": r"(?:text-indent|left|top|right|bottom):-\d{3,}(?:\.\d+)?(?:px|em|rem|pt|%)"
        r"|margin(?:-left|-top)?:-(?:\d{4,}(?:\.\d+)?(?:px|pt)|\d{3,}(?:\.\d+)?(?:em|rem|%))(?!.*;padding)"
        r"|clip:rect\(0|clip-path:inset\(100%",
        "hidden by its size": r"font-size:0(?!\.?[1-9])|transform:scale\(0",
    }.items()
}
# One of these is in every style that hides.
_SIGNS: Final = late("none|hidden|collapse|-|ize|opacity|olor|scale|clip", re.IGNORECASE)
_MOVING: Final = late("transition|animation")
_OPACITY: Final = late(r"(?:^|;)opacity:0?\.?0*(?:;|$|!)")
_INVISIBLE: Final = late(r"(?:^|;)visibility:(?:hidden|collapse)")
# What of its parent's style a child's own undoes: what hides the parent, and what shows the child.
_UNDONE: Final = {
    late(r"(?:^|;)font-size:0(?!\.?[1-9])"): late(
        r"(?:^|;)font-size:(?:0*\.?0*[1-9][\d.]*(?:px|pt|rem)|[a-z-]*(?:small|medium|large))"
    ),
    _INVISIBLE: late(r"(?:^|;)visibility:visible"),
}
_TINY: Final = late(r"(?:^|;)(?:max-)?(?:height|width):[01](?:px)?(?:;|$|!)")
_COLOUR: Final = late(r"(?:^|;)(color|background(?:-color)?):([^;!]+)")
_WHITE: Final = {"white": "#fff", "#ffffff": "#fff", "black": "#000", "#000000": "#000"}
_JAMMER: Final = frozenset(("jammer",))  # the class of what Discuz! hides between lines: see `repair.jammers`
_REMEMBERED: Final = 1 << 12  # styles; a site has some hundreds


def hidden_elements(root: etree._Element, stream: Stream) -> dict[int, str]:
    """Why each element that hides what is in it does, by its number in the page's stream, in document order.

    It is "" of an element in one of these that is seen all the same, for it has a size or is visible by itself.
    """
    styles = [element.get("style") for element in stream.elements]
    hiddens = [element.get("hidden") for element in stream.elements]
    found = {
        **hidden_by_sheets(root, stream),
        **_those(stream.classes, _named(stream.classes, _JAMMER), "jammer"),
        **_those(hiddens, set(hiddens) - {None}, "hidden"),
        **_styled(styles, stream.classes),
        **{number: _BY_TAG[tag] for number, tag in enumerate(stream.tags) if tag in _BY_TAG},
    }
    return dict(sorted((found | _seen_within(stream, styles, found)).items()))


def _styled(styles: Sequence[str | None], classes: Sequence[str | None]) -> dict[int, str]:
    """Why each element with a style that hides does."""
    whys = ((number, hidden_by_style(style)) for number, style in enumerate(styles) if style)
    found = {number: why for number, why in whys if why}
    fading = {number for number in found if FADING.search(classes[number] or "")}
    return {number: why for number, why in found.items() if number not in fading or _hides_still(styles[number] or "")}


def _hides_still(style: str) -> bool:
    """Whether a style hides by more than its opacity."""
    return bool(hidden_by_style(_OPACITY.sub(";", _plain(style))))


def _seen_within(stream: Stream, styles: Sequence[str | None], hiding: Mapping[int, str]) -> dict[int, str]:
    """The elements whose own style undoes all that hides those around them, with no reason."""
    hiders = np.array(sorted(hiding), np.int64)
    undoable = [_undoable(styles[number] or "", hiding[number]) for number in hiders.tolist()]
    if not any(undoable):
        return {}
    around = stream.innermost(hiders)
    outer = around[stream.starts[hiders] - 1].tolist()
    for rank, above in enumerate(outer):
        if above >= 0:
            undoable[rank] = undoable[rank] and undoable[above] and undoable[rank] | undoable[above]
    inner = around[stream.starts - 1].tolist()
    return {
        number: ""
        for number, style in enumerate(styles)
        if style and number not in hiding and inner[number] >= 0 and (ways := undoable[inner[number]])
        if all(shows.search(_plain(style)) for hides, shows in _UNDONE.items() if hides in ways)
    }


def waits_to_be_seen(style: str) -> bool:
    """Whether an element with this style is hidden as scripts hide what they show later, and by nothing else.

    Its children may be visible all the same, which tells that it is no place to hide words from readers.

    >>> waits_to_be_seen("visibility: hidden"), waits_to_be_seen("visibility: hidden; font-size: 0")
    (True, False)
    """
    return bool(_INVISIBLE.search(_plain(style))) and not hidden_by_style(_INVISIBLE.sub(";", _plain(style)))


def _undoable(style: str, why: str) -> frozenset[re.Pattern[str]]:
    """By which ways that a child may undo a style hides; none if it hides by another too."""
    ways = frozenset(hides for hides in _UNDONE if hides.search(_plain(style)))
    rest = _plain(style)
    for hides in ways:
        rest = hides.sub(";", rest)
    return frozenset() if hidden_by_style(rest) or why != hidden_by_style(style) else ways


def _plain(style: str) -> str:
    return style.lower().replace(" ", "")


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
    style = _plain(style)
    if _MOVING.search(style):
        style = _OPACITY.sub(";", style)
    if "overflow:hidden" in style and _TINY.search(style):
        return "hidden by its size"
    colours = {name.partition("-")[0]: _WHITE.get(value, value) for name, value in _COLOUR.findall(style)}
    if "color" in colours and colours["color"] == colours.get("background"):
        return "hidden by its colour"
    return next((why for why, way in _WAYS.items() if way.search(style)), "")
