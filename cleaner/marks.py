"""Characters that show nothing, or move what is shown: how people are shown them. Next: `logs`, `report.rendering`.

Names, reasons and texts of others stand in pages and on terminals, where such a character could hide or reorder what
is said, or command the terminal. Data, such as JSON reports, has them as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

# By code points and not by categories, for those grow with each version of Unicode, and pages must not.
_CONTROLS: Final = r"\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f"  # but tabs and ends of lines, which lay text out
_BIDI: Final = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# What Unicode calls default ignorable, reserved ones included, and besides: separators of lines that few programs
# break, the blank of Braille, marks around annotations.
_INVISIBLE: Final = (
    r"\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
_UNKNOWN: Final = r"\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"  # private, surrogates, what is no character
_HIGH: Final = (  # of all these what lies beyond the first plane: a class that reaches there is read slowly
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 15))
)
_LOW_UNSEEN: Final = re.compile(f"[{_CONTROLS}{_BIDI}{_INVISIBLE}{_UNKNOWN}]")
_LONE_RETURN: Final = re.compile(r"\r(?!\n)")
_BEYOND: Final = re.compile(r"[\U00010000-\U0010ffff]")
_UNSEEN: Final = f"{_LOW_UNSEEN.pattern}|{_LONE_RETURN.pattern}|[{_HIGH}]"
_LAYOUT: Final = re.compile(r"[\t\n\r]")

_SYMBOL: Final = (  # what is drawn as an emoji, or as a sign
    r"[\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299"
    r"\U0001f000-\U0001faff]"
)
_VARIED: Final = rf"(?:{_SYMBOL}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?)"
# Characters that do visible work where they stand, and one of each: they make two emoji one, choose between sign and
# emoji, choose the shape of an ideograph, name the region of a flag, join letters of scripts that join.
_AT_WORK: Final = re.compile(
    rf"{_VARIED}(?:\u200d{_VARIED})+"
    r"|\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"
    rf"|{_SYMBOL}[\ufe0e\ufe0f]|[0-9#*]\ufe0f\u20e3"
    r"|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f\U00030000-\U0003347f][\ufe00-\ufe02\U000e0100-\U000e01ef]"
    r"|(?<=[\u0620-\u0dff\u1000-\u109f\u1780-\u17d3])[\u200c\u200d](?=[\u0620-\u0dff\u1000-\u109f\u1780-\u17d3])"
)
_EITHER: Final = re.compile(rf"(?P<fine>{_AT_WORK.pattern})|(?P<unseen>{_UNSEEN})")

_SHORT: Final = dict(
    zip(
        [*range(0x21), 0x7F],
        "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS "
        "RS US SP DEL".split(),
        strict=True,
    )
) | {
    0x85: "NEL", 0x9B: "CSI", 0xAD: "SHY", 0x34F: "CGJ", 0x61C: "ALM", 0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ",
    0x200E: "LRM", 0x200F: "RLM", 0x2028: "LS", 0x2029: "PS", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF",
    0x202D: "LRO", 0x202E: "RLO", 0x2060: "WJ", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
    0xFEFF: "BOM",
}  # fmt: skip
_TAGS: Final = range(0xE0020, 0xE007F)
_BYTES: Final = range(0xDC80, 0xDD00)  # surrogates that stand for bytes which are no text
_BREAKS: Final = frozenset("\r\x0b\x0c\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}")


class Unseen(NamedTuple):
    """A character that must be shown as a mark, and how: `⟦RLO⟧` and `U+202E RIGHT-TO-LEFT OVERRIDE`."""

    mark: str
    title: str
    ends_line: bool


def parts(text: str) -> Iterator[str | Unseen]:
    """The text in stretches that may be shown as they are, and between them what may not.

    Shown as they are: tabs, the ends of lines as Unix and Windows write them, blanks of any width, and what does
    visible work where it stands, such as a joiner between two emoji or the variation selector of an ideograph.
    """
    done = 0
    for match in () if is_plain(text) else _EITHER.finditer(text):
        if match.lastgroup == "unseen":
            if match.start() > done:
                yield text[done : match.start()]
            yield unseen(match[0])
            done = match.end()
    if done < len(text):
        yield text[done:]


def is_plain(text: str) -> bool:
    """Whether a quick look shows that there are no such characters, as in nearly all texts."""
    if text.isascii() and text.isprintable():
        return True
    return not (_LOW_UNSEEN.search(text) or "\r" in text or _BEYOND.search(text))


@cache
def unseen(character: str) -> Unseen:
    """How a character is shown that must not be shown as it is."""
    point = ord(character)
    short = _SHORT.get(point) or (f"TAG {chr(point - 0xE0000)}" if point in _TAGS else f"U+{point:04X}")
    name = f"byte {point - 0xDC00:02X}, which is no text" if point in _BYTES else unicodedata.name(character, "")
    return Unseen(f"⟦{short}⟧", f"U+{point:04X} {name}".rstrip(), character in _BREAKS)


def marked(text: str) -> str:
    """`text` with a mark for each character that must not be shown as it is.

    >>> marked("cod.exe\N{RIGHT-TO-LEFT OVERRIDE}txt.山")
    'cod.exe⟦RLO⟧txt.山'
    """
    if is_plain(text):
        return text
    return "".join(part if isinstance(part, str) else part.mark for part in parts(text))


def line(text: str) -> str:
    r"""`marked(text)` on one line, for a terminal: ends of lines and tabs are marks, too.

    >>> line("a\x1b[2J\nb")
    'a⟦ESC⟧[2J⟦LF⟧b'
    """
    return _LAYOUT.sub(lambda match: unseen(match[0]).mark, marked(text))
