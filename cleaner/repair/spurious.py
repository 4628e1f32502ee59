"""Readings behind ASCII letters, where bytes on a script's list met by chance: `讓W(xué)iFi`. Next: `shear`.

The second byte of 讓 and the W are the bytes of 學, so a byte-level replacement put the reading of 學 between
them and the next letter. Nothing was lost there; where the second byte belongs to another hanzi, see `shear`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair.gbk import LOWEST_LEAD, character, pair_of, widened
from cleaner.repair.notes import inserted
from cleaner.repair.pinyin import READING, TONED, is_exact
from cleaner.units import View

_TRACES: Final = {opening: late(rf"[{opening}](?<=[@-~].)\s{{0,2}}[a-zɡɑü:]{{0,5}}[{TONED}]") for opening in "(（"}
_NOTE: Final = late(rf"(?<=[@-~])(?P<note>\( {{0,2}}(?P<reading>{READING}) {{0,2}}\))(?P=note)*")
_OWN_NOTE: Final = late(rf"\( {{0,2}}{READING} {{0,2}}\)")
_NEAR: Final = 60  # characters before a letter in which a torn run shows that ends with it
_TORN: Final = late(rf"\?(?: ?{READING} ?\)|(?=[!,;?]))[^a-z\n]*$")


def find(view: View) -> Iterator[Edit]:
    """Edits that delete the reading of a character whose bytes a hanzi and the ASCII letter behind it make up.

    On a page where no script inserted readings they are only flagged. Left alone: letters that are
    themselves the end of a torn run, and everything else in brackets behind letters, such as f(x).
    """
    if not _has_traces(view.text):
        return
    listed = inserted(view)
    for match in _NOTE.finditer(view.folded):
        made = _made(view, match.start() - 1)
        if not made or not is_exact(match["reading"], made) or _is_torn(view, match.start() - 1):
            continue
        old = view.text[match.start() : match.end()]
        why = f"reading of {made} in brackets, whose bytes stand across the two characters before them"
        yield Edit(match.start(), old, "" if listed else old, "notes/spurious", why)


def _has_traces(text: str) -> bool:
    for opening, trace in _TRACES.items():  # noqa: SIM110 - a generator takes longer than the search
        if opening in text and trace.search(text):
            return True
    return False


def _made(view: View, place: int) -> str | None:
    """The character that the ASCII letter at `place` makes with the second byte before it; none if it is full-width."""
    if not view.text[place].isascii():
        return None
    start = place
    if view.folded[place - 1 : place] == ")":  # the character before may have a reading of its own
        own = [match.start() for match in _OWN_NOTE.finditer(view.folded, max(0, place - 12), place)]
        start = own[-1] if own else place
    if not start:
        return None
    pair = pair_of(view.text[start - 1]) or widened(view.text, start - 1)[0]
    return character(pair[1], ord(view.text[place])) if pair and pair[1] >= LOWEST_LEAD else None


def _is_torn(view: View, place: int) -> bool:
    """Whether the letter at `place` puts a run back in step that was decoded one byte off."""
    return bool(_TORN.search(_OWN_NOTE.sub("", view.folded[max(0, place - _NEAR) : place])))
