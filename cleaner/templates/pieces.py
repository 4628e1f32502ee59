"""Cuts long lines into the pieces that promotion is made of. Next: `counts`, which counts chains of them.

Pages that lost their line breaks carry the site's promotion at the head or tail of one huge line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from cleaner.patterns import late
from cleaner.templates.keys import LINK, NUMBER, NUMBER_MARK

End = Literal["head", "tail"]
ENDS: Final[tuple[End, End]] = ("head", "tail")

_LONG: Final = 40  # letters; shorter lines recur whole or not at all
_MOST: Final = 40  # pieces looked at from each end
_LONGEST: Final = 1_500  # letters of a chain, lest a whole page is one
_FEWEST_LETTERS: Final = 4
DIVIDER: Final = r"[-=_*~#•·]{6,}|—{6,}"
_TAG: Final = r"</?(?:p|div|br|li|ul|ol|h[1-6]|section|hr)\b[^>]{0,200}>"
_FIRM: Final = late(rf"https?://|www\.|{DIVIDER}|{_TAG}")
_CUT: Final = late(
    rf"(?P<divider>{DIVIDER}|{_TAG})|(?P<link>{LINK}[)\]】」]*)"
    r"|(?P<sentence>[。!?]+[”’」』)\]】\"]*(?! *(?:https?://|www\.)))"  # a question is the title of the link behind it
)
_ENDS: Final = ("。", "!", "?")
_CLOSERS: Final = '”’」』)]】"'
_DIVIDERS: Final = late(DIVIDER)
_DIVIDER_MARK: Final = "\x03"
_LINK: Final = late(LINK)
_NUMBER: Final = late(NUMBER)
_BLANKS: Final = late("  +")
_NO_WORDS: Final = late(rf"{DIVIDER}|<[^>]*>|[\W\d_]+")
_HAN: Final = late("[㐀-鿿]")
_CODE: Final = late(r"[<>={}\"'\\]")  # marks that no promotion in Latin letters holds


class Piece(NamedTuple):
    """A piece of a line: its place in it, and whether it ends in a link or is a divider or block tag."""

    start: int
    end: int
    is_firm: bool


class Chain(NamedTuple):
    """Pieces that reach from one end of a line to `cut`; `key` is equal for chains that are one template."""

    end: End
    cut: int
    key: tuple[str, ...]
    is_firm: bool


def chains(text: str) -> list[Chain]:
    """The chains of a folded line that may be promotion, shortest first at each end.

    A firm chain ends towards the article at a link or a divider; one that doesn't is a single sentence. None reaches
    over the whole line, and short lines have none.
    """
    if len(text) < _LONG:
        return []
    if not _FIRM.search(text):
        return list(_sentences(text))
    parts = list(_pieces(text))
    return [*_chains(text, parts, "head"), *_chains(text, parts[::-1], "tail")]


def _sentences(text: str) -> Iterator[Chain]:
    """The first and the last sentence of a line of several."""
    ends = [place for mark in _ENDS if (place := text.find(mark)) >= 0]
    first = _after_closers(text, min(ends)) if ends else len(text)
    if first == len(text):
        return
    inner = text.rstrip("".join(_ENDS) + _CLOSERS)
    last = _after_closers(text, max(inner.rfind(mark) for mark in _ENDS))
    for end, cut, old in (("head", first, text[:first]), ("tail", last, text[last:])):
        if last < len(text) and len(_NO_WORDS.sub("", old)) >= _FEWEST_LETTERS:
            yield Chain("head" if end == "head" else "tail", cut, (end, _key(old)), is_firm=False)


def _after_closers(text: str, place: int) -> int:
    place += 1
    while place < len(text) and (text[place] in _ENDS or text[place] in _CLOSERS):
        place += 1
    return place


def _pieces(text: str) -> Iterator[Piece]:
    """The pieces of a folded line in order: dividers and block tags, and what ends in a link or as a sentence."""
    done = 0
    for match in _CUT.finditer(text):
        if match["divider"]:
            if match.start() > done:
                yield Piece(done, match.start(), is_firm=False)
            yield Piece(match.start(), match.end(), is_firm=True)
        else:
            yield Piece(done, match.end(), is_firm=match["link"] is not None)
        done = match.end()
    if done < len(text):
        yield Piece(done, len(text), is_firm=False)


def _chains(text: str, parts: list[Piece], end: End) -> Iterator[Chain]:
    key: tuple[str, ...] = (end,)
    words = length = 0
    for place, part in enumerate(parts[: min(_MOST, len(parts) - 1)]):
        old = text[part.start : part.end]
        key = (*key, _key(old))
        words += len(_NO_WORDS.sub("", _LINK.sub("", old))) if _has_words(old) else 0
        length += len(old)
        if length > _LONGEST:
            return
        if words >= _FEWEST_LETTERS and (part.is_firm or place == 0):
            yield Chain(end, part.end if end == "head" else part.start, key, part.is_firm)


def _has_words(old: str) -> bool:
    return _HAN.search(old) is not None or not _CODE.search(_LINK.sub("", old))


def _key(old: str) -> str:
    """Numbers and dividers are generalised, links are not: one that changes from page to page is the article's own."""
    kept = _LINK.findall(old)
    if not kept:
        return _generalised(old)
    return "".join(_woven(map(_generalised, _LINK.split(old)), kept))


def _woven(texts: Iterable[str], links: list[str]) -> Iterator[str]:
    for text, link in zip(texts, [*links, ""], strict=True):
        yield text
        yield link


def _generalised(text: str) -> str:
    text = _NUMBER.sub(NUMBER_MARK, text)
    return _BLANKS.sub(" ", _DIVIDERS.sub(_DIVIDER_MARK, text)).strip()
