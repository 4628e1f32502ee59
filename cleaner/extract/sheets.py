"""Which elements a page's own style sheets hide. Next: `hiding`, which knows the other ways too.

A sheet may hold a thousand rules, of which a dozen hide. They are found by their declarations, and only what a page
has elements for is looked at. A rule for some screens or for print counts as none, and so does one whose class or id
another rule shows: a menu that opens, a tab, or text that fades in. Losing text is worse than keeping a menu.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final, NamedTuple

import numpy as np
from lxml import etree

from cleaner.extract.stream import Places, Stream
from cleaner.patterns import late

_COMMENT: Final = late(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CONDITIONAL: Final = late(
    r"@(?!(?:media\s+(?:all|screen)|layer[^{};@]*)\s*\{)[^{};@]*+\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}?"
)
# Declarations that hide, by their value: `lastindex` is the place of their properties.
_DECLARED: Final = late(
    r":(?:(?<=[y\s]:)\s*(?:(none)|(hidden))\b|(?<=[ye\s]:)\s*(0)\s*(?:[;}!]|px)|\s*(-(?:999|\d{4})))"
)
_PROPERTIES: Final = (
    (),
    ("display",),
    ("visibility",),
    ("font-size", "opacity"),
    ("text-indent", "left", "top", "right", "bottom"),
)
_WHYS: Final = {"font-size": "hidden by its size"} | dict.fromkeys(_PROPERTIES[-1], "hidden off screen")
_WHY: Final = "hidden by a style sheet"
# Names of what fades in when a reader scrolls to it, and declarations of how it does.
FADING: Final = late(r"(?:^|[\s_.-])(?:wow|aos|sal|animat\w*|fade\w*|reveal\w*|scroll\w*|lazy\w*)(?:$|[\s_.-])", re.I)
_MOVES: Final = late(r"transition|animation|transform\s*:")
_LONGEST_PROPERTY: Final = 15  # characters
_REACH: Final = 2000  # characters of a rule that are read before and after a declaration
_MOST_RULES: Final = 2000  # of a page, that hide
_SIMPLE: Final = late(r"[.#][\w-]+")
_NAMES: Final = late("[.#]")
_STATE: Final = late(r"[:\[*+~@&%\\]")  # in selectors of what isn't always so, or stands elsewhere
_MOST_MENTIONS: Final = 200  # of a name that are looked at
_MOST_SELECTORS: Final = 20  # of a page, that are more than a name; the others hide nothing


class _Rule(NamedTuple):
    """What a rule is for, and the property by which it hides."""

    selectors: tuple[str, ...]
    property: str


def hidden_by_sheets(root: etree._Element, stream: Stream) -> dict[int, str]:
    """Why the page's style sheets hide elements, by their number in the stream."""
    css = "\n".join(sheet.text or "" for sheet in root.iter("style"))
    css = _CONDITIONAL.sub("", _COMMENT.sub("", css))
    rules = dict.fromkeys((selector, rule.property) for rule in _hiding_rules(css) for selector in rule.selectors)
    named = _named(stream, {name for selector, _ in rules for name in _SIMPLE.findall(selector)})
    hidden: dict[int, str] = {}
    for selector, name in rules:
        if selector in named and not _is_shown(css, selector, name):
            hidden |= dict.fromkeys(named[selector], _WHYS.get(name, _WHY))
    others = [(selector, name) for selector, name in rules if _is_found(selector, named)]
    for selector, name in others[:_MOST_SELECTORS]:
        hidden |= dict.fromkeys(_selected(stream, named, selector).tolist(), _WHYS.get(name, _WHY))
    return hidden


def _named(stream: Stream, wanted: Set[str]) -> dict[str, list[int]]:
    """The numbers of the elements with each of some classes (`.name`) and ids (`#name`), of those that a page has."""
    named: dict[str, list[int]] = {}
    classes, ids = ({name[1:] for name in wanted if name[0] == sign} for sign in ".#")
    held = {names: found for names in set(stream.classes) if names and (found := _among(names, classes))}
    for number, said in enumerate(stream.classes if held else ()):
        for name in held.get(said or "", ()):
            named.setdefault(f".{name}", []).append(number)
    for number, said in enumerate(stream.ids if not ids.isdisjoint(stream.ids) else ()):
        if said in ids:
            named.setdefault(f"#{said}", []).append(number)
    return named


def _among(names: str, wanted: Set[str]) -> list[str]:
    """The names of a class attribute that are wanted."""
    found = names.split()
    return [] if wanted.isdisjoint(found) else [name for name in found if name in wanted]


def _is_found(selector: str, named: Mapping[str, Sequence[int]]) -> bool:
    """Whether a selector is more than a name, always means the same elements, and a page may have some."""
    names = _SIMPLE.findall(selector)
    return bool(names) and names != [selector] and all(map(named.__contains__, names)) and not _STATE.search(selector)


def _hiding_rules(css: str) -> Iterator[_Rule]:
    count = 0
    for declaration in _DECLARED.finditer(css):
        place = declaration.start()
        before = css[max(place - _LONGEST_PROPERTY, 0) : place].rstrip()
        name = next((name for name in _PROPERTIES[declaration.lastindex or 0] if before.endswith(name)), "")
        brace = css.rfind("{", max(place - _REACH, 0), place)
        if name and brace >= 0 and count < _MOST_RULES:
            count += 1
            start = 1 + max(css.rfind(mark, max(brace - _REACH, 0), brace) for mark in "{};")
            selectors = tuple(selector.strip() for selector in css[start:brace].split(","))
            if name != "opacity":
                yield _Rule(selectors, name)
            elif not _MOVES.search(css[brace : place + _REACH].partition("}")[0]):
                yield _Rule(tuple(selector for selector in selectors if not FADING.search(selector)), name)


def _is_shown(css: str, name: str, by: str) -> bool:
    """Whether some rule that names a class or id gives the property by which it is hidden another value."""
    place = -1
    for _ in range(_MOST_MENTIONS):
        place = css.find(name, place + 1)
        if place < 0:
            break
        start = css.find("{", place, place + _REACH)
        body = css[start : start + _REACH].partition("}")[0] if start >= 0 else ""
        if by in body and not _hides(body, by) and not css[place + len(name)].isalnum():
            return True
    return False


def _hides(body: str, by: str) -> bool:
    found = (body[: declaration.start()].rstrip() for declaration in _DECLARED.finditer(f"{body};"))
    return any(before.endswith(by) for before in found)


def _selected(stream: Stream, named: Mapping[str, Sequence[int]], selector: str) -> Places:
    """The numbers of the elements that a selector of names, tags, blanks and `>` finds."""
    found: Places | None = None
    is_child = False
    for step in selector.replace(">", " > ").split():
        if step == ">":
            is_child = True
            continue
        numbers = _fitting(stream, named, step)
        if found is not None and is_child:
            numbers = numbers[np.isin(np.array(stream.parents)[numbers], found)]
        elif found is not None:
            numbers = numbers[stream.depth(found)[stream.starts[numbers] - 1] > 0]
        found, is_child = numbers, False
    return np.empty(0, np.int64) if found is None else found


def _fitting(stream: Stream, named: Mapping[str, Sequence[int]], step: str) -> Places:
    """The numbers of the elements that one step of a selector, as `li.a.b` or `#c`, may mean."""
    tag, names = _NAMES.split(step, maxsplit=1)[0], _SIMPLE.findall(step)
    if not names:
        return stream.tagged((tag,))
    numbers = set(named[names[0]]).intersection(*(named[name] for name in names[1:]))
    return np.array(sorted(at for at in numbers if tag in ("", stream.tags[at])), np.int64)
