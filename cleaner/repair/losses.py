"""Damage that cannot be mended with certainty and is only pointed at: sheared runs, characters lost as “?”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit
from cleaner.repair.notes import READING
from cleaner.units import View, runs

_TONED: Final = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ]")
_SHEAR: Final = re.compile(rf"[㐀-鿿]\?(?P<reading>{READING}) ?\)(?P<tail>[^\x00-\x7f]{{0,24}}(?=[a-z?])[a-z]?)?")
_HOLE: Final = re.compile(r"\?(?<=[㐀-鿿]\?)(?=[㐀-鿿])")
_CLAUSE_REACH: Final = 40  # letters before the mark in which a question shows
_CLAUSE_END: Final = re.compile(r"[\n。!?;…,:]")
_QUESTION: Final = re.compile(
    r"吗|呢|吧|么|嘛|啊|呀|谁|哪|何|几|多少|多久|多大|多远|多高|多长|怎|咋|啥|是否|能否|可否|会否|有否|与否|岂|难道|莫非|究竟|到底|还是|孰|焉|安能|乎|哉|"
    r"(?P<a>[㐀-鿿])[不没](?P=a)|有没有|对吗|问|疑|好不|行不"
)


def find_sheared(view: View) -> Iterator[Edit]:
    """Flags over runs that a byte-level replacement sheared: `勇?lián)铰废…`, one flag for each unbroken run."""
    if "?" not in view.text or ")" not in view.folded:
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


def find_holes(view: View) -> Iterator[Edit]:
    """Flags over a “?” between two Chinese characters where nothing asks: a lost mark or character.

    Left alone: questions, by their question words.
    """
    if "?" not in view.text:
        return
    for match in _HOLE.finditer(view.text):
        place = match.start()
        clause = _CLAUSE_END.split(view.folded[max(0, place - _CLAUSE_REACH) : place])[-1]
        if not _QUESTION.search(clause):
            yield Edit(place, "?", "?", "losses/hole", "“?” where nothing asks: a mark or a character was lost here")
