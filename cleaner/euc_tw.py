"""EUC-TW, for which Python has no codec: the planes of CNS 11643 that Big5 holds too. Next: `charsets`.

CNS 11643 took over the 13 051 hanzi of Big5 in Big5's order and moved those whose strokes had been counted wrong. So
the table is Python's own Big5 plus the few that moved, and the marks, which stand in another order. It equals what
GNU libc's iconv says of planes 1 and 2 (a test compares them where iconv is there). Rarer hanzi, of planes 3 and up,
which Big5 never held, are not read: their bytes stay, as surrogates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

NAME: Final = "euc-tw"
_PART: Final = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xb0][\xa1-\xfe]{2}|[\xa1-\xfe]{2}|.", re.DOTALL)
_SINGLE_SHIFT: Final = 0x8E  # begins the four bytes of a character beyond plane 1
_FIRST, _CELLS = 0xA1, 94  # of a row
_TRAILS: Final = (*range(0x40, 0x7F), *range(0xA1, 0xFF))  # second bytes of Big5

# What stands elsewhere than in Big5: place among the hanzi of the plane → hanzi.
_MOVED: Final = {
    1: {1836: "耄", 3713: "銬", 4626: "薦", 4732: "彞", 4900: "嚨", 4955: "繳"},
    2: {
        43: "刉", 138: "攷", 2146: "笻", 2792: "筇", 2893: "莚", 4930: "錥", 5077: "徻", 5365: "螤", 5723: "磿",
        6312: "鎀", 6530: "舋", 6644: "鎥", 6787: "瀪", 6904: "鐼", 7589: "鬮", 7645: "爩",
    },
}  # fmt: skip
_GONE: Final = {1: "彝", 2: "\ufa0c\ufa0d"}  # of Big5: another form; 兀 and 嗀, which it holds twice
_LEVELS: Final = {1: (b"\xa4\x40", b"\xc6\x7e"), 2: (b"\xc9\x40", b"\xf9\xd5")}  # of Big5: everyday, rarer
_HANZI: Final = {1: 0xC4, 2: 0xA1}  # row of the first
_MARKS: Final = {  # the first two bytes → what stands there one after the other
    b"\xa1\xa1": "\N{IDEOGRAPHIC SPACE}，、。．・；：？！︰…‥﹐﹑﹒·﹔﹕﹖﹗︱—︲–",
    b"\xa1\xbe": (
        "（）︵︶｛｝︷︸〔〕︹︺【】︻︼《》︽︾〈〉︿﹀「」﹁﹂『』﹃﹄﹙﹚﹛﹜﹝﹞‘’“”〝〞′‵＃＆＊※§〃○●△▲◎☆★◇◆□■▽▼㊣℅‾"
    ),
    b"\xa2\xa5": "＿",
    b"\xa2\xa7": (
        "﹉﹊﹍﹎﹋﹌﹟﹠﹡＋－×÷±√＜＞＝≦≧≠∞≒≡﹢﹣﹤﹦﹥∼∩∪⊥∠∟⊿㏒㏑∫∮∵∴♀♂♁☉↑↓→←↖↗↙↘‖｜／＼∕﹨＄￥〒￠￡％＠℃℉﹩﹪﹫"
        "㏕㎜㎝㎞㏎㎡㎎㎏㏄°兙兛兞兝兡兣嗧瓩糎▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯═╞╪╡◢◣◥◤╱╲╳"
    ),
    b"\xa4\xa1": "０１２３４５６７８９ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ〡〢〣〤〥〦〧〨〩",
    b"\xa4\xbf": "卄",
    b"\xa4\xc1": (
        "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψω"
        "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦㄧㄨㄩ˙ˉˊˇˋ"
    ),
    b"\xa6\xa1": "①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ",
}


def decode(data: bytes) -> str:
    """The text; a byte that is none stands there as a lone surrogate U+DC80-U+DCFF.

    >>> decode(bytes.fromhex("c4a9 c4d4 c5d5"))
    '人山水'
    """
    known = _known()
    return "".join(known.get(part) or part.decode("ascii", "surrogateescape") for part in _PART.findall(data))


def encode(text: str) -> bytes:
    """The bytes of `text`; what planes 1 and 2 don't hold raises UnicodeEncodeError."""
    codes = _codes()
    return b"".join(codes.get(letter) or letter.encode("ascii", "surrogateescape") for letter in text)


@cache
def _known() -> Mapping[bytes, str]:
    """Each character by its bytes, those of plane 1 by the four bytes as well that they may be written in."""
    short = dict(_plane(1))
    return short | {bytes((_SINGLE_SHIFT, 0xA1)) + code: letter for code, letter in short.items()} | dict(_plane(2))


@cache
def _codes() -> Mapping[str, bytes]:
    return {letter: code for plane in (2, 1) for code, letter in _plane(plane)}


def _plane(plane: int) -> Iterator[tuple[bytes, str]]:
    if plane == 1:
        for first, letters in _MARKS.items():
            yield from zip(_from(*first), letters, strict=False)
        yield from zip(_from(_HANZI[1], _FIRST), _hanzi(1), strict=False)
    else:
        shift = bytes((_SINGLE_SHIFT, 0xA0 + plane))
        yield from ((shift + code, letter) for code, letter in zip(_from(_HANZI[2], _FIRST), _hanzi(2), strict=False))


def _from(row: int, cell: int) -> Iterator[bytes]:
    """Codes of two bytes, from one to the end of its plane."""
    start = (row - _FIRST) * _CELLS + cell - _FIRST
    return (bytes((_FIRST + place // _CELLS, _FIRST + place % _CELLS)) for place in range(start, _CELLS * _CELLS))


def _hanzi(plane: int) -> list[str]:
    first, last = _LEVELS[plane]
    pairs = (bytes((lead, trail)) for lead in range(first[0], last[0] + 1) for trail in _TRAILS)
    letters = [pair.decode("big5", "ignore") for pair in pairs if first <= pair <= last]
    elsewhere = {"", *_MOVED[plane].values(), *_GONE[plane]}
    kept = [letter for letter in letters if letter not in elsewhere]
    for place, letter in _MOVED[plane].items():
        kept.insert(place, letter)
    return kept
