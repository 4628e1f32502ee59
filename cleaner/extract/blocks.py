"""A page's tree → its blocks of text, and the boxes they stand in. Next: `features`, which describes them.

A block is what a reader sees as one line or paragraph: the text between two edges of block elements. A box is an
element with an edge. Both stand in document order, in columns, for a page may have tens of thousands.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from lxml import etree

# Elements whose edges end a line.
EDGED: Final = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section summary "
    "table tbody td tfoot th thead tr ul".split()
)
_LINE_ENDS: Final = ("br", "hr")  # of the edged elements, those that hold nothing
# Of these a reader sees nothing, or nothing that was written for the page.
_UNSEEN: Final = frozenset(
    "script style noscript template iframe svg canvas object head title datalist audio video map noframes".split()
)
_CONTROLS: Final = frozenset("select button textarea option".split())
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_LONG_BLANKS: Final = ("  ", "\n", "\t", "\r", "\f")
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
_NEVER_UNVEILED: Final = ("control", "jammer")
_SENTENCE: Final = re.compile("[，。！？；,!?;]")
_JAMMER: Final = "jammer"  # the class of what Discuz! hides between lines: see `repair.jammers`


@dataclass(slots=True)
class Blocks:
    """A page in columns.

    `boxes` are its elements with an edge, the root first; `above` is the place of the box each stands in. `texts` are
    the blocks; of each, `inside` is the place of its box, `linked` how many characters are in links, and `hidden` why
    a reader doesn't see it, or "", and `veils` tells which element hides it, by its number among those that hide.
    """

    boxes: list[etree._Element] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    veils: list[int] = field(default_factory=list)


def blocks_of(root: etree._Element) -> Blocks:
    """The blocks of a page; none is empty, and runs of blanks are one outside `pre`."""
    reader = _Reader(sheet_hidden(root))
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            reader.end(element)
        elif element.tag in _UNSEEN:
            walk.skip_subtree()
            reader.skipped += 1
        else:
            reader.start(element)
    reader.flush()
    return reader.blocks


class _Hider(NamedTuple):
    """An open element that hides what is in it, why, its number, and the line that it interrupts."""

    element: etree._Element
    why: str
    number: int
    pieces: list[str]
    linked: int


@dataclass(slots=True)
class _Reader:
    """What is known while a page is read: the open boxes, the line so far, and what hides it."""

    sheet: frozenset[str]
    blocks: Blocks = field(default_factory=Blocks)
    opened: list[int] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    links: int = 0
    skipped: int = 0
    verbatim: int = 0
    hiders: list[_Hider] = field(default_factory=list)
    veils: int = 0

    def start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in EDGED:
            self.flush()
            if tag not in _LINE_ENDS:
                boxes = self.blocks.boxes
                self.blocks.above.append(self.opened[-1] if self.opened else 0)
                self.opened.append(len(boxes))
                boxes.append(element)
                if tag == "pre":
                    self.verbatim += 1
        elif tag == "a":
            self.links += 1
        why = self._hides(element, tag)
        if why:
            self.hiders.append(_Hider(element, why, self.veils, self.pieces, self.linked))
            self.veils += 1
            self.pieces, self.linked = [], 0
        if element.text:
            self._say(element.text)

    def end(self, element: etree._Element) -> None:
        tag = element.tag
        if self.skipped and tag in _UNSEEN:
            self.skipped -= 1
        else:
            if self.hiders and self.hiders[-1].element is element:
                self.flush()
                hider = self.hiders.pop()
                self.pieces, self.linked = hider.pieces, hider.linked
            if tag in EDGED:
                self.flush()
                if tag not in _LINE_ENDS:
                    self.opened.pop()
                    if tag == "pre":
                        self.verbatim -= 1
            elif tag == "a":
                self.links -= 1
        if element.tail:
            self._say(element.tail)

    def _say(self, text: str) -> None:
        self.pieces.append(text)
        if self.links:
            self.linked += len(text.strip())

    def flush(self) -> None:
        """End the line, and make a block of it if it says something."""
        if not self.pieces:
            return
        text = "".join(self.pieces).strip()
        if text:
            if not self.verbatim and any(blank in text for blank in _LONG_BLANKS):
                text = _BLANKS.sub(" ", text)
            blocks = self.blocks
            blocks.texts.append(text)
            blocks.inside.append(self.opened[-1] if self.opened else 0)
            blocks.linked.append(self.linked)
            blocks.hidden.append(self.hiders[-1].why if self.hiders else "")
            blocks.veils.append(self.hiders[0].number if self.hiders else -1)
        self.pieces, self.linked = [], 0

    def _hides(self, element: etree._Element, tag: str) -> str:
        if tag in _CONTROLS:
            return "control"
        style = element.get("style")
        if style and (why := hidden_by_style(style)):
            return why
        if element.get("hidden") is not None:
            return "hidden"
        names = element.get("class")
        if names and _JAMMER in names.split():
            return "jammer"
        return "hidden by a style sheet" if self.sheet and self._is_in_sheet(element, names or "") else ""

    def _is_in_sheet(self, element: etree._Element, names: str) -> bool:
        return f"#{element.get('id')}" in self.sheet or any(f".{name}" in self.sheet for name in names.split())


def unveiled(blocks: Blocks) -> Blocks:
    """The same blocks, with none hidden by an element that holds more prose than all the page shows.

    Some sites hide an article until a script has run, and losing it is worse than showing what was to stay hidden.
    """
    prose: Counter[int] = Counter()
    for text, linked, veil, why in zip(blocks.texts, blocks.linked, blocks.veils, blocks.hidden, strict=True):
        if why not in _NEVER_UNVEILED and _SENTENCE.search(text):
            prose[veil] += max(len(text) - linked, 0)
    shown = prose.pop(-1, 0)
    thickest, held = next(iter(prose.most_common(1)), (-1, 0))
    if held > shown:
        for place, number in enumerate(blocks.veils):
            if number == thickest and blocks.hidden[place] not in _NEVER_UNVEILED:
                blocks.hidden[place] = ""
    return blocks


def hidden_by_style(style: str) -> str:
    """Why an element with this `style` attribute isn't seen, or ""."""
    if not any(sign in style for sign in _SIGNS):
        return ""
    style = style.lower().replace(" ", "")
    if _HIDING.search(style):
        return "hidden"
    if "overflow:hidden" in style and _TINY.search(style):
        return "hidden"
    colours = {name.partition("-")[0]: _WHITE.get(value, value) for name, value in _COLOUR.findall(style)}
    if "color" in colours and colours["color"] == colours.get("background"):
        return "hidden"
    return ""


_SIMPLE: Final = re.compile(r"[.#][\w-]+")
_SHEET_HIDES: Final = (
    "display:none", "visibility:hidden", "font-size:0;", "font-size:0}", "opacity:0;", "opacity:0}", "text-indent:-999",
    "left:-999", "top:-999",
)  # fmt: skip
_SHEET_REACH: Final = 2000  # characters before a declaration in which its selectors stand


def sheet_hidden(root: etree._Element) -> frozenset[str]:
    """The classes (`.name`) and ids (`#name`) that the page's own style sheets hide, by rules for them alone."""
    found: set[str] = set()
    for sheet in root.iter("style"):
        css = (sheet.text or "").replace(" ", "")
        for declaration in _SHEET_HIDES:
            place = css.find(declaration)
            while place >= 0:
                rule = css[max(place - _SHEET_REACH, 0) : place].rpartition("}")[2]
                selectors = rule.rpartition("{")[0].rpartition("{")[2].split(",")
                found.update(part.strip() for part in selectors if _SIMPLE.fullmatch(part.strip()))
                place = css.find(declaration, place + 1)
    return frozenset(found)
