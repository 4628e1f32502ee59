"""Which documents someone should look at first, and why, by the figures that each one has. Next: `table`.

Each doubt is worth points: as many as the percentage it speaks of, or what it weighs beside those. A document's
suspicion is their sum; documents stand in the order of it, the highest first, and those with as much in the order of
the run. Nothing is decided by it: it is an order to read in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from cleaner.extract import KIND
from cleaner.report.accounts import Account

FAILED: Final = 1000  # points of what could not be cleaned at all: it stands above whatever was
_EMPTY: Final = 400  # of a source of which nothing is left: an article may be lost whole
_LITTLE: Final = 100  # of one of which next to nothing is left
_UNSURE: Final = 25  # of each sentence that was removed without being sure: of three, one may be the article's
_LOSSY: Final = 80  # of bytes that are no text, or cannot be had back: a wrong encoding spoils all that follows
_LANGUAGE: Final = 30  # of a text in another language: rules and figures are made for Chinese
_MIXED: Final = 20  # of simplified and traditional characters in one text: two texts may have become one
_LOW_HAN: Final = 20  # of a Chinese text with few hanzi: a list of links, code, or text that is still mojibake
_LEFT_OUT: Final = 50  # of a page nearly all of which was left out: its article may be, too

SUSPICIOUS_FROM: Final = 75  # points: one strong doubt, or several weak ones
_NOISE_FROM: Final = 0.5  # share of the hanzi: furniture rarely makes up more than half of a page
_FEW: Final = 50  # hanzi below which the letters tell what share was removed: addresses and code count as well there
_FLAGGED_FROM: Final = 0.05  # share of the text: a flag here and there is everyday, one on each twentieth sign is not
_SPAM_FROM: Final = 0.02  # share of the letters: a page of a hacked site has more, one that speaks of such things less
_REPETITION_FROM: Final = 0.2  # twice what Rae et al. 2021 take for poor: statutes and lists reach that
_SPUN_FROM: Final = 0.1  # of 100 clean pages 99 are below .02, of statutes .06
_HAN_BELOW: Final = 0.5  # share of hanzi among the letters
_LITTLE_BELOW: Final = 50  # characters left: less than a paragraph
_LITTLE_OF: Final = 600  # hanzi, which is more than furniture alone
_LEFT_OUT_FROM: Final = 0.97  # share of a page's text: menus and lists make up nine tenths of many
_UNDECODABLE: Final = "characters/undecodable"  # takes bytes that are no text
_OWN: Final = "duplicates/own-sentence"  # flags what a dropped document alone says
_OWN_FROM: Final = 40  # characters: a sentence
_MOST: Final = 100  # points of one doubt by its share


class Doubt(NamedTuple):
    """A reason to look at a document, and how many points it is worth."""

    points: int
    reason: str


def doubts(account: Account) -> tuple[Doubt, ...]:
    """Why someone should look at a document, the strongest doubt first; nothing for one that is as most are.

    Of one that was dropped only what it alone says, for else it is told of elsewhere.
    """
    found = _of_dropped(account) if account.fate == "dropped" else _of_written(account)
    return tuple(sorted(found, key=lambda doubt: -doubt.points))


def suspicion(found: Iterable[Doubt]) -> int:
    """The points of all doubts together."""
    return sum(doubt.points for doubt in found)


def _of_dropped(account: Account) -> Iterator[Doubt]:
    own = account.rules.get(_OWN, {}).get("flagged", 0)
    if own >= _OWN_FROM:
        yield Doubt(min(own, _MOST), f"dropped, and {own:,} characters stand only here")


def _of_written(account: Account) -> Iterator[Doubt]:
    characters, quality = account.characters, account.quality
    if account.outcome == "empty" and characters["source"]:
        yield Doubt(_EMPTY, "nothing is left")
        return
    if characters["text"] < _LITTLE_BELOW and (hanzi := account.hanzi_in_all) >= _LITTLE_OF:
        yield Doubt(_LITTLE, f"{characters['text']} characters left of {hanzi:,} hanzi")
    yield from _of_bytes(account)
    yield from _of_removed(account)
    yield from _of_flags(account)
    yield from _of_share("spam", quality.spam, least=_SPAM_FROM)
    yield from _of_share("said again", quality.repetition, least=_REPETITION_FROM)
    yield from _of_share("likely spun", quality.spun, least=_SPUN_FROM)
    yield from _of_page(account)
    yield from _of_language(account)


def _of_bytes(account: Account) -> Iterator[Doubt]:
    if account.is_lossy:
        yield Doubt(_LOSSY, "not lossless")
    if lost := undecodable(account):
        yield Doubt(_LOSSY, f"{lost:,} bytes that are no text")


def undecodable(account: Account) -> int:
    """How many bytes of a document's source are no text of its encoding."""
    return account.rules.get(_UNDECODABLE, {}).get("replaced", 0)


def _of_removed(account: Account) -> Iterator[Doubt]:
    """What rules removed, by hanzi: addresses and markup make up most of many pages, and none of them is missed."""
    left_out = account.count_of("removed_hanzi", kind=KIND)  # of a page, and every page has menus
    removed = account.hanzi["removed"] - left_out
    whole = account.hanzi["text"] + removed
    if whole >= _FEW:
        yield from _of_share("of the hanzi removed", removed / whole, least=_NOISE_FROM)
    else:
        yield from _of_share("removed", account.quality.noise, least=_NOISE_FROM)
    if unsure := sum(counts.get("unsure_sentences", 0) for counts in account.rules.values()):
        said = "1 sentence" if unsure == 1 else f"{unsure:,} sentences"
        yield Doubt(min(_UNSURE * unsure, _MOST), f"{said} removed unsurely")


def _of_share(what: str, share: float, *, least: float) -> Iterator[Doubt]:
    if share >= least:
        yield Doubt(_percent(share), f"{_percent(share)} % {what}")


def _of_flags(account: Account) -> Iterator[Doubt]:
    """What is flagged in the text; that others say the same is told with the duplicates."""
    flagged = account.count_besides("flagged", kinds=("duplicates", KIND))
    share = flagged / max(account.characters["text"], 1)
    if share >= _FLAGGED_FROM:
        yield Doubt(_percent(share), f"{flagged:,} flagged")


def _of_page(account: Account) -> Iterator[Doubt]:
    left_out = account.count_of("removed", kind=KIND) / max(account.characters["source"], 1)
    if left_out >= _LEFT_OUT_FROM:
        yield Doubt(_LEFT_OUT, f"{_percent(left_out)} % of the page left out")


def _of_language(account: Account) -> Iterator[Doubt]:
    quality = account.quality
    if quality.language not in ("zh", "none"):
        yield Doubt(_LANGUAGE, f"language {quality.language}")
    if quality.script == "mixed":
        yield Doubt(_MIXED, "simplified and traditional mixed")
    if quality.language == "zh" and quality.han < _HAN_BELOW:
        yield Doubt(_LOW_HAN, f"{_percent(quality.han)} % hanzi")


def _percent(share: float) -> int:
    """As points, and as people read it; what is not all is no 100."""
    return min(round(100 * share), _MOST if share >= 1 else _MOST - 1)
