"""The encodings of web pages: what a label means, and bytes ⇄ text without loss. Next: `decode`, which chooses.

A byte that is no text in its encoding stands in the text as a lone surrogate: U+DC80-U+DCFF as Python does it, and
U+DC00-U+DC7F too in UTF-16 and UTF-32, where bytes below 0x80 can be left over.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from itertools import cycle
from typing import Final

from cleaner import euc_tw

WIDE: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# Each family's codecs: the first is the rule, the next is used where it reads a text with fewer doubts.
FAMILIES: Final = {
    "utf-8": ("utf-8",),
    "gb18030": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "shift_jis": ("cp932",),
    "euc-kr": ("cp949",),
    "euc-tw": (euc_tw.NAME,),
    "cp1252": ("cp1252",),
}
_LABELS: Final = {  # what pages mean by the names that they write; Python's own names lead here too
    "gb18030": "gb2312 gbk gb18030 gb_2312-80 x-gbk csgb2312 hz",
    "big5": "big5 big5hkscs cp950 big5-tw cn-big5 x-x-big5 big5-eten",
    "shift_jis": "shift_jis cp932 x-sjis windows-31j shift_jis_2004 shift_jisx0213",
    "euc-jp": "euc_jp x-euc-jp euc_jis_2004 euc_jisx0213",
    "euc-kr": "euc_kr cp949 ks_c_5601-1987 windows-949 korean",
    "euc-tw": "euc-tw x-euc-tw euctw cns11643",
    "cp1252": "iso8859-1 cp1252 ascii",
    "cp1254": "iso8859-9",
    "cp874": "tis-620 iso8859-11",
}
_FAMILY: Final = {label: family for family, labels in _LABELS.items() for label in labels.split()}
_PRINTABLE: Final = bytes(range(0x20, 0x7F)) + rb"\u0041"
_UPPER: Final = bytes(range(0xA0, 0x100))
_ESCAPED: Final = re.compile("([\udc00-\udcff]+)")
# Beyond CP950 proper, and marks that Taiwan's pages hardly mean: there Hong Kong's reading is right.
_DOUBTFUL: Final = {
    "cp950": re.compile(r"[\udc80-\udcff∕﹨ぁ-ヾ々А-ё①-⑽]|^\s*‧|‧\s", re.MULTILINE),
    "big5hkscs": re.compile(r"[\udc80-\udcff∼､‾♁☉]|\w•\w"),
}
_UNREAD: Final = re.compile("[\udc80-\udcff]")
_HANDLER: Final = "cleaner.escape"


def family_of(label: str) -> str:
    """The family of FAMILIES that a label means, or Python's name of another one-byte encoding; "" for none known."""
    label = label.strip().lower()
    if label in _FAMILY:
        return _FAMILY[label]
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    family = _FAMILY.get(name, name)
    return family if family in FAMILIES or _is_of_one_byte(family) else ""


def read(data: bytes, encoding: str, *, skipped: int = 0) -> str:
    """The text of `data`, whose first `skipped` bytes are the rest of a character that was cut; all bytes survive."""
    if encoding == euc_tw.NAME:
        text = euc_tw.decode(data[skipped:])
    else:
        text = data[skipped:].decode(encoding, _HANDLER if encoding in WIDE else "surrogateescape")
    return "".join(chr(0xDC00 + byte) for byte in data[:skipped]) + text


def write(text: str, encoding: str) -> bytes:
    """The bytes of a text; the inverse of `read` where the encoding has but one code for each character.

    A character that the encoding doesn't hold raises UnicodeEncodeError.
    """
    if encoding == euc_tw.NAME:
        return euc_tw.encode(text)
    if encoding not in WIDE:
        return text.encode(encoding, "surrogateescape")
    return b"".join(
        bytes(ord(letter) - 0xDC00 for letter in part) if is_escaped else part.encode(encoding, "surrogatepass")
        for part, is_escaped in zip(_ESCAPED.split(text), cycle((False, True)), strict=False)
    )


def read_best(data: bytes, family: str, *, skipped: int = 0) -> tuple[str, str]:
    """(text, codec) by the codec of a family that leaves the fewest doubts; earlier ones are preferred."""
    readings = []
    for encoding in FAMILIES.get(family, (family,)):
        text = read(data, encoding, skipped=skipped)
        doubts = len(_DOUBTFUL.get(encoding, _UNREAD).findall(text))
        readings.append((doubts, text, encoding))
        if not doubts:
            break
    _, text, encoding = min(readings, key=lambda reading: reading[0])
    return text, encoding


@cache
def _is_of_one_byte(name: str) -> bool:
    """Whether a codec is an alphabet's that leaves ASCII as it is."""
    try:
        upper, lower = _UPPER.decode(name, "replace"), _PRINTABLE.decode(name)
        return len(upper) == len(_UPPER) and lower == _PRINTABLE.decode("ascii") and not upper.isascii()
    except (LookupError, ValueError):
        return False


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_HANDLER, _escape)
