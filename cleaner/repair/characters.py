"""Characters that nobody sees or means: invisible ones, stray controls, compatibility forms.

One code-point table says of every character whether it needs a look, so clean text costs one look-up each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.document import Document, Edit
from cleaner.units import View, runs

_ORDINARY, _REMOVE, _REPLACE, _JOINER, _BIDI, _SURROGATE, _LOST, _PRIVATE, _SELECTOR, _TAG, _FILLER = range(11)

# U+0080–U+009F are left to flags: they are mostly letters of a mis-decoded run.
_CONTROLS: Final = [*range(0x00, 0x09), *range(0x0E, 0x20), 0x7F]
# Among them the invisible operators of MathML, and deprecated controls of shaping and digits.
_INVISIBLE: Final = [
    0x00AD, 0x180E, 0x200B, *range(0x2060, 0x2065), *range(0x206A, 0x2070), *range(0xFFF9, 0xFFFD), 0xFEFF,
]  # fmt: skip
_JOINERS: Final = [0x034F, 0x200C, 0x200D]
_BIDI_CONTROLS: Final = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_FILLERS: Final = [0x115F, 0x1160, 0x3164, 0xFFA0]
_SELECTORS: Final = [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
_SELECTOR_LETTERS: Final = frozenset(map(chr, _SELECTORS))
_TAGS: Final = range(0xE0000, 0xE0080)
# Kangxi and CJK radicals, compatibility ideographs, vertical and small punctuation. Other vertical forms are
# drawn with more often than written: (︿﹏︿), ╯︵┻━┻.
_COMPATIBILITY_BLOCKS: Final = (
    (0x2E80, 0x2FD6), (0xF900, 0xFB00), (0xFE10, 0xFE17), (0xFE41, 0xFE45), (0xFE50, 0xFE6C), (0x2F800, 0x2FA20),
)  # fmt: skip
# Radicals that PDF extraction writes for whole characters, where Unicode has no compatibility mapping
# (its EquivalentUnifiedIdeograph property has); variants only a philologist writes are left out.
_RADICALS: Final = dict(
    zip(
        "⺌⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "小母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
_KEYCAPS: Final = "0123456789#*"  # the only bases in ASCII
_VARIED: Final = "\ufe0f"  # as a base: a character that has its variation selector
_FULL_WIDTH: Final = 0xFEE0  # from an ASCII character to its full-width form

_WHY: Final = {
    _REMOVE: ("characters/invisible", "character that shows nothing"),
    _JOINER: ("characters/joiner", "zero-width joiner between characters that don't join"),
    _BIDI: (
        "characters/bidi-control",
        "control that can reorder how text is shown, in a line without right-to-left letters",
    ),
}

_OVERRIDES: Final = "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
_ENDS: Final = {
    **dict.fromkeys("\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}", "\N{POP DIRECTIONAL FORMATTING}"),
    **dict.fromkeys(_OVERRIDES, "\N{POP DIRECTIONAL FORMATTING}"),
    **dict.fromkeys(
        "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
    ),
}  # what opens a stretch of another direction, with what closes it
_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_LINE_ENDS: Final = np.array([0x0A, 0x0D, 0x85, 0x2029], dtype=np.uint32)  # where a direction ends at the latest
_CONTROL: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff\uffa1-\uffdc]")
_SHOWN: Final = 40  # characters of a hidden message that a reason quotes
_BLACK_FLAG: Final = "\N{WAVING BLACK FLAG}"  # what tags may follow: together they draw the flag of a region


def find(view: View) -> Iterator[Edit]:
    """Edits for stray characters, one for each run of a kind.

    Removed: controls, zero-width and soft-hyphen characters, joiners between characters that don't join, bidi
    controls in lines without right-to-left letters, tag characters outside flags, variation selectors that vary
    nothing, Hangul fillers outside Hangul. Replaced: compatibility ideographs and radicals by the character they
    stand for, vertical and small punctuation by full width, two surrogates that make a pair by their character,
    others (bytes that could not be decoded) by U+FFFD. Flagged: U+FFFD and private-use characters, whose meaning
    is lost; beside right-to-left letters, overrides and directions that are never closed. Left alone: joiners in
    emoji and in scripts that join, one variation selector behind its base, other bidi controls beside
    right-to-left letters, full- and half-width forms.
    """
    classes = _classes().take(view.codes)
    if not np.count_nonzero(classes):  # the cheapest look
        return
    if (classes == _BIDI).any():
        yield from _directions(view, classes)
    places = np.flatnonzero(classes)
    if not places.size:
        return
    for first, last in runs(places.tolist()):
        base = view.text[first - 1 : first]
        for start, end in _same(classes, first, last + 1):
            edits = list(_edits(view.text, start, end, int(classes[start]), base))
            yield from edits
            base = _next_base(view.text, start, end, base, edits)


def _next_base(text: str, start: int, end: int, base: str, edits: list[Edit]) -> str:
    """What the character at `end` stands behind: what goes is transparent, and a selector marks its base."""
    if edits and not edits[0].new:
        return base if edits[0].start == start else _VARIED
    return _VARIED if text[start] in _SELECTOR_LETTERS else text[end - 1]


def _directions(view: View, classes: NDArray[np.uint8]) -> Iterator[Edit]:
    """Flags over dangerous controls beside right-to-left letters; all controls there count as ordinary afterwards."""
    ends = np.flatnonzero(np.isin(view.codes, _LINE_ENDS))
    bounds = [-1, *ends.tolist(), len(view.text)]
    for line in np.unique(np.searchsorted(ends, np.flatnonzero(classes == _BIDI))).tolist():
        start, end = bounds[line] + 1, bounds[line + 1]
        if _RIGHT_TO_LEFT.search(view.text, start, end):
            stretch = classes[start:end]
            stretch[stretch == _BIDI] = _ORDINARY
            yield from _dangerous(view.text, start, end)


def _dangerous(text: str, start: int, end: int) -> Iterator[Edit]:
    """Flags over overrides, and over what opens a direction that its line doesn't close."""
    opened: list[tuple[int, str]] = []
    for match in _CONTROL.finditer(text, start, end):
        control = match[0]
        if control in _OVERRIDES:
            yield _security_flag(
                match.start(), control, "bidi-override", "makes text show in another order than it has"
            )
        if control in _ENDS:
            opened.append((match.start(), _ENDS[control]))
        elif opened and opened[-1][1] == control:
            opened.pop()
    for place, _ in opened:
        if text[place] not in _OVERRIDES:
            yield _security_flag(place, text[place], "bidi-unclosed", "turns the direction of text and is never closed")


def _security_flag(place: int, control: str, name: str, what: str) -> Edit:
    why = f"control {unicodedata.name(control)} {what}, which can hide what a text says"
    return Edit(place, control, control, f"characters/{name}", why)


def plain(text: str) -> str:
    """`text` as `find` leaves it: what an entity stands for, or two halves of a pair make, must itself be settled.

    >>> plain("﹔")
    '；'
    """
    return Document.of(text).revised(find(View(text))).text


def _same(classes: NDArray[np.uint8], start: int, end: int) -> Iterable[tuple[int, int]]:
    """(start, end) of each stretch of one class."""
    return pairwise([start, *(start + 1 + np.flatnonzero(np.diff(classes[start:end]))).tolist(), end])


def _edits(text: str, start: int, end: int, kind: int, base: str) -> Iterator[Edit]:
    """The edit for one run of a kind, if it needs one; `base` is what it stands behind."""
    old = text[start:end]
    if kind == _REPLACE:
        new = "".join(_compatible(letter) for letter in old)
        yield Edit(start, old, new, "characters/compatibility", f"compatibility form of {new}")
    elif kind == _SURROGATE:
        yield _undecodable(start, old)
    elif kind == _LOST:
        yield Edit(start, old, old, "characters/lost", f"{len(old)} characters were lost before the text came here")
    elif kind == _PRIVATE:
        yield Edit(start, old, old, "characters/private-use", "private-use character, whose meaning is lost")
    elif kind == _SELECTOR:
        yield from _idle_selectors(start, old, base)
    elif kind == _TAG:
        if base != _BLACK_FLAG:
            yield _hidden(start, old, "".join(chr(ord(tag) - _TAGS.start) for tag in old))
    elif kind == _FILLER:
        yield from _stray_filler(text, start, end)
    elif kind != _JOINER or not _joins(base, text[end : end + 1]):
        yield Edit(start, old, "", *_WHY[kind])


def _idle_selectors(start: int, old: str, base: str) -> Iterator[Edit]:
    """The edit that removes selectors but for a first one behind a base: VS1–16 any, VS17–256 an ideograph.

    Three and more are no slip but a message, and all go.
    """
    has_base = base not in ("", _VARIED) and not base.isspace() and (old[0] < "\U000e0100" or _is_ideograph(base))
    has_base = has_base and len(old) < 3 and (base > "\x7f" or base in _KEYCAPS)
    idle = old[has_base:]
    if len(idle) == 1:
        yield Edit(start + has_base, idle, "", "characters/invisible", "variation selector that varies nothing")
    elif idle:
        numbers = bytes(ord(one) - (0xFE00 if one < "\U000e0100" else 0xE0100 - 16) for one in idle)
        yield _hidden(start + has_base, idle, numbers.decode("utf-8", "replace"))


def _hidden(start: int, old: str, message: str) -> Edit:
    """The removal of characters that show nothing and can carry a message, with the message if it can be read."""
    shown = "".join(letter for letter in message if letter.isprintable() and letter != "\N{REPLACEMENT CHARACTER}")
    why = "characters that show nothing and can carry hidden text"
    return Edit(
        start, old, "", "characters/hidden-text", f"{why}: {shown[:_SHOWN]!r}" if len(shown) > len(old) // 2 else why
    )


def _stray_filler(text: str, start: int, end: int) -> Iterator[Edit]:
    """The edit that takes a Hangul filler out of text that is no Hangul; between words in ASCII a blank stays."""
    beside = text[max(start - 1, 0) : start] + text[end : end + 1]
    if not _HANGUL.search(beside):
        new = " " if len(beside) == 2 and beside.isascii() and beside.isalnum() else ""
        yield Edit(
            start, text[start:end], new, "characters/filler", "Hangul filler, which shows nothing, outside Hangul"
        )


def _undecodable(start: int, old: str) -> Edit:
    new = plain(old.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    escaped = [f"{ord(letter) - 0xDC00:02X}" for letter in old if 0xDC80 <= ord(letter) <= 0xDCFF]
    why = f"bytes that are no text: {' '.join(escaped[:8])}" if escaped else "half of a surrogate pair"
    return Edit(start, old, new, "characters/undecodable", why)


def _joins(base: str, follower: str) -> bool:
    """Whether a neighbour is of a script or an emoji that joiners shape."""
    return base == _VARIED or any(
        unicodedata.category(letter) in ("So", "Sk", "Mn", "Mc") or _is_joining(letter)
        for letter in base + follower
        if letter not in _SELECTOR_LETTERS
    )


def _is_joining(letter: str) -> bool:
    return "\u0590" <= letter <= "\u109f" or "\u1780" <= letter <= "\u18af"


def _is_ideograph(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\U00020000" <= letter <= "\U0003ffff"


def _compatible(letter: str) -> str:
    """The ordinary form of a compatibility character, full width if it is punctuation."""
    if 0xFE10 <= ord(letter) < 0xFE70:
        ordinary = unicodedata.normalize("NFKC", letter)
        return chr(ord(ordinary) + _FULL_WIDTH) if len(ordinary) == 1 and "!" <= ordinary <= "~" else ordinary
    normal = _RADICALS.get(letter) or unicodedata.normalize("NFKC", letter)
    return normal if len(normal) == 1 else letter


@cache
def _classes() -> NDArray[np.uint8]:
    table = np.zeros(0x110000, dtype=np.uint8)
    for block in _COMPATIBILITY_BLOCKS:
        for point in range(*block):
            new = _compatible(chr(point))
            if len(new) == 1 and new != chr(point) and not new.isspace():
                table[point] = _REPLACE
    table[[*_CONTROLS, *_INVISIBLE]] = _REMOVE
    table[_JOINERS] = _JOINER
    table[_BIDI_CONTROLS] = _BIDI
    table[_FILLERS] = _FILLER
    table[_SELECTORS] = _SELECTOR
    table[_TAGS] = _TAG
    table[0xD800:0xE000] = _SURROGATE
    table[0xE000:0xF900] = table[0xF0000:0x110000] = _PRIVATE
    table[0xFFFD] = _LOST
    return table
