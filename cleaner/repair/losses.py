"""Damage that cannot be mended with certainty and is only pointed at: sheared runs that lost something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair.pinyin import READING
from cleaner.units import View, runs

_TONED: Final = late("[āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ]")
_SHEAR: Final = late(rf"[㐀-鿿]\?(?P<reading>{READING}) ?\)(?P<tail>[^\x00-\x7f]{{0,24}}(?=[a-z?])[a-z]?)?")

_SIGN: Final = late(rf"\?(?<=[㐀-鿿]\?){READING} ?\)")  # what each begins with, found fast


def find_sheared(view: View) -> Iterator[Edit]:
    """Flags over runs that a byte-level replacement sheared: `勇?lián)铰废…`, one flag for each unbroken run."""
    if "?" not in view.text or not _SIGN.search(view.folded):
        return
    spans = [match.span() for match in _SHEAR.finditer(view.folded) if _TONED.search(match["reading"])]
    places = sorted({place for start, end in spans for place in range(start, end)})
    for first, last in runs(places):
        old = view.text[first : last + 1]
        yield Edit(
            first,
            old,
            old,
            "losses/sheared",
            "run of false characters: a reading was inserted between the bytes of a character",
        )
