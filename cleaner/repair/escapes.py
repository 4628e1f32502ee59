r"""Escapes of other languages left in text: `\u5927`, `%u5927`, `%E5%A4%A7`, and the `\n` and `\"` of JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair.characters import plain
from cleaner.repair.markup import is_about_markup
from cleaner.repair.words import Mention, alone
from cleaner.units import View

_HEX: Final = "[0-9a-fA-F]"
# Behind a blank, Chinese text, a line end or a tag: no path, no query. It follows its first character in the
# patterns, which so begin with a literal and are found fast.
_ALONE: Final = r"(?<![\x21-\x3d\x3f-\x7e]%)"
_ENDS: Final = r"(?![\x21-\x3b\x3d-\x7e])"
_UNICODE: Final = late(rf"\\(?<![\\:/.\-\[^]\\)\\?u{_HEX}{{4}}(?:\\{{1,2}}u{_HEX}{{4}})*(?!-\\)")
_ANY_UNICODE: Final = late(rf"(?<!\\u{_HEX}{{4}}-)(?:\\{{1,2}}u{_HEX}{{4}})++(?!-\\)")
_PERCENT_UNICODE: Final = late(rf"%{_ALONE}u{_HEX}{{4}}(?:%u{_HEX}{{4}})*{_ENDS}")
_PERCENT: Final = late(rf"%{_ALONE}{_HEX}{{2}}(?:%{_HEX}{{2}}){{2,}}{_ENDS}")
_PERCENT_SIGN: Final = late("%[uEe]")  # what every text with the two above holds
_CONTROL: Final = late(r"\\(?<!\\\\)\\{0,3}(?:(?:r\\{1,4})?n|[rt])(?![A-Za-z])|\\(?<!\\\\)\\{0,3}(?:[\"/]|xa0)")
_CHINESE: Final = late("[\u3000-\u303f\u3400-\u9fff\uff00-\uff60“”‘’…—·]")

_ABOUT_CODES: Final = Mention(
    alone("unicode", "utf-?8", "json", "ascii", "python", "java", "url", "uri", "regex", "latex", "base64")
    + r"|(?:^|[^a-z])(?:printf?\(|echo |diff --|sed -|awk |perl -)"
    + "|编码|码点|码位|解码|正则|字符串|字符集|反斜杠|换行|制表|转义|命令行"
)
_LINK: Final = late(r"://|www\.|\]\(|[a-zA-Z]:\\")
_LINK_END: Final = late(r"[\s\u3000-\u303f\uff00-\uff60“”]")
_LINK_REACH: Final = 300
_PATH: Final = late(r"(?<![a-zA-Z])[a-zA-Z]:\\[^\s\\\"“”，。、；：]+(?:\\[^\s\\\"“”，。、；：]+)*$")
_FEWEST_CONTROLS: Final = 3
_UNREADABLE: Final = frozenset("\\%\N{REPLACEMENT CHARACTER}")  # would make escapes anew, or say nothing


def find(view: View) -> Iterator[Edit]:
    r"""Edits that decode escapes standing in Chinese text, one for each unbroken run.

    `\uXXXX` and `%uXXXX` (surrogate pairs too) and percent-encoded UTF-8 are decoded where they spell Chinese;
    `\n`, `\r\n`, `\t`, `\"` and `\/` beside Chinese, on pages that have three and more. Left alone: escapes in
    links, paths, queries and character classes, escapes for backslashes, and everything on a page about code.
    """
    text = view.text
    has_backslash = "\\" in text
    if not (has_backslash or ("%" in text and _PERCENT_SIGN.search(text))):
        return
    edits = [*_decodings(text), *(_controls(text) if has_backslash else ())]
    if edits and not (view.once(is_about_markup) or _ABOUT_CODES.is_in(view.folded)):
        yield from edits


def _decodings(text: str) -> Iterator[Edit]:
    escaped = list(_runs(text, _UNICODE, _from_unicode, "unicode", _CHINESE))
    if escaped:  # then the page was escaped as a whole, marks, tags and faces too
        escaped = list(_runs(text, _ANY_UNICODE, _from_unicode, "unicode", None))
    yield from escaped
    yield from _runs(text, _PERCENT_UNICODE, _from_unicode, "unicode", _CHINESE)
    yield from _runs(text, _PERCENT, _from_percent, "percent", _CHINESE)


def _runs(
    text: str, pattern: re.Pattern[str], decode: Callable[[str], str], name: str, wanted: re.Pattern[str] | None
) -> Iterator[Edit]:
    for match in pattern.finditer(text):
        new = decode(match[0])
        is_wanted = wanted is None or wanted.search(new)
        if is_wanted and not _UNREADABLE & set(new) and not _is_linked(text, match.start()):
            why = f"escape left in the text, which stands for {new[:24]!r}"
            yield Edit(match.start(), match[0], new, f"escapes/{name}", why)


def _from_unicode(escape: str) -> str:
    r"""What a run of `\uXXXX` or `%uXXXX` stands for; pairs of surrogates become one character.

    >>> _from_unicode(r"\u5927\u5b66")
    '大学'
    """
    units = re.findall(rf"u({_HEX}{{4}})", escape)
    data = b"".join(int(unit, 16).to_bytes(2, "big") for unit in units)
    return plain(data.decode("utf-16-be", "replace"))


def _from_percent(escape: str) -> str:
    """What percent-encoded UTF-8 stands for, "" if it is none."""
    try:
        return plain(unquote_to_bytes(escape).decode("utf-8"))
    except UnicodeDecodeError:
        return ""


def _is_linked(text: str, place: int) -> bool:
    """Whether an address or a path runs up to `place`."""
    if not place or _LINK_END.match(text, place - 1):
        return False
    return bool(_LINK.search(_LINK_END.split(text[max(0, place - _LINK_REACH) : place])[-1]))


def _is_in_path(text: str, place: int) -> bool:
    r"""Whether a path of Windows runs up to `place`: `\r` in `E:\日志\r2024` begins a name."""
    return bool(_PATH.search(text, max(0, place - _LINK_REACH), place))


_MEANINGS: Final = {"n": "\n", "r": "\n", "t": " ", '"': '"', "/": "/", "0": " "}  # by the last character


def _controls(text: str) -> Iterator[Edit]:
    """Decodings of what JSON escapes beside Chinese text, if there are several of them."""
    beside = (match for match in _CONTROL.finditer(text) if _is_beside_chinese(text, *match.span()))
    found = [match for match in beside if not _is_in_path(text, match.start())]
    if len(found) < _FEWEST_CONTROLS:
        return
    for match in found:
        why = "escape left in the text by a program that wrote it as a string"
        yield Edit(match.start(), match[0], _MEANINGS[match[0][-1]], "escapes/control", why)


def _is_beside_chinese(text: str, start: int, end: int) -> bool:
    return bool(_CHINESE.match(text, end) or (start and _CHINESE.match(text, start - 1)))
