"""Characters that nobody sees or means: invisible ones, stray controls, compatibility forms.

One code-point table says of every character whether it needs a look, so clean text costs one look-up each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.document import Document, Edit
from cleaner.units import View, runs

_ORDINARY, _REMOVE, _REPLACE, _JOINER, _BIDI, _SURROGATE, _LOST, _PRIVATE = range(8)

# U+0080–U+009F are left to flags: they are mostly letters of a mis-decoded run.
_CONTROLS: Final = [*range(0x00, 0x09), *range(0x0E, 0x20), 0x7F]
_INVISIBLE: Final = [0x00AD, 0x180E, 0x200B, 0x2060, *range(0xFFF9, 0xFFFD), 0xFEFF]
_JOINERS: Final = [0x200C, 0x200D]
_BIDI_CONTROLS: Final = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
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
_FULL_WIDTH: Final = 0xFEE0  # from an ASCII character to its full-width form

_WHY: Final = {
    _REMOVE: ("characters/invisible", "character that shows nothing"),
    _JOINER: ("characters/joiner", "zero-width joiner between characters that don't join"),
    _BIDI: (
        "characters/bidi-control",
        "control that can reorder how text is shown, in text without right-to-left letters",
    ),
}


def find(view: View) -> Iterator[Edit]:
    """Edits for stray characters, one for each run of a kind.

    Removed: controls, zero-width and soft-hyphen characters, joiners between characters that don't join,
    bidi controls in text without right-to-left letters. Replaced: compatibility ideographs and radicals by
    the character they stand for, vertical and small punctuation by full width, two surrogates that make a pair
    by their character, others (bytes that could not be decoded) by U+FFFD. Flagged: U+FFFD and private-use
    characters, whose meaning is lost. Left alone: joiners in emoji and in scripts that join, variation
    selectors, full- and half-width forms.
    """
    classes = _classes().take(view.codes)
    if (classes == _BIDI).any() and _has_right_to_left(view.text):
        classes[classes == _BIDI] = _ORDINARY
    places = np.flatnonzero(classes)
    if not places.size:
        return
    for first, last in runs(places.tolist()):
        for start, end in _same(classes, first, last + 1):
            yield from _edits(view.text, start, end, int(classes[start]))


def plain(text: str) -> str:
    """`text` as `find` leaves it: what an entity stands for, or two halves of a pair make, must itself be settled.

    >>> plain("﹔")
    '；'
    """
    return Document.of(text).revised(find(View(text))).text


def _same(classes: NDArray[np.uint8], start: int, end: int) -> Iterable[tuple[int, int]]:
    """(start, end) of each stretch of one class."""
    return pairwise([start, *(start + 1 + np.flatnonzero(np.diff(classes[start:end]))).tolist(), end])


def _edits(text: str, start: int, end: int, kind: int) -> Iterator[Edit]:
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
    elif kind != _JOINER or not _joins(text, start, end):
        yield Edit(start, old, "", *_WHY[kind])


def _undecodable(start: int, old: str) -> Edit:
    new = plain(old.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    escaped = [f"{ord(letter) - 0xDC00:02X}" for letter in old if 0xDC80 <= ord(letter) <= 0xDCFF]
    why = f"bytes that are no text: {' '.join(escaped[:8])}" if escaped else "half of a surrogate pair"
    return Edit(start, old, new, "characters/undecodable", why)


def _joins(text: str, start: int, end: int) -> bool:
    """Whether a neighbour is of a script or an emoji that joiners shape."""
    return any(
        unicodedata.category(letter) in ("So", "Sk", "Mn", "Mc") or _is_joining(letter)
        for letter in text[max(start - 1, 0) : end + 1]
    )


def _is_joining(letter: str) -> bool:
    return "\u0590" <= letter <= "\u109f" or "\u1780" <= letter <= "\u18af"


def _has_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


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
    table[0xD800:0xE000] = _SURROGATE
    table[0xE000:0xF900] = table[0xF0000:0x110000] = _PRIVATE
    table[0xFFFD] = _LOST
    return table
