"""Edits that tell what became of a near-duplicate, and why. With this the room ends; next: `index`, earlier runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import floor
from typing import Final, NamedTuple

from cleaner.dedup.confirming import Pair
from cleaner.dedup.differences import Sentence, own_sentences, telling
from cleaner.dedup.groups import Fate
from cleaner.dedup.paragraphs import paragraphs
from cleaner.document import Document, Edit, Matched
from cleaner.quality import DROPPED

KIND: Final = "duplicates"
_SHOWN: Final = 3  # sentences of the other text that a reason quotes
_QUOTE_LENGTH: Final = 60  # characters of each


class Match(NamedTuple):
    """What a document is like: the fate it meets for that, the other one's name, and its text.

    `has_page` says whether the other one has a report page of its own.
    """

    fate: Fate
    name: str
    text: str
    has_page: bool = False

    @property
    def matched(self) -> Matched:
        """The other one as edits tell of it."""
        return Matched(self.name, has_page=self.has_page)


def revised(document: Document, match: Match | None, shared: Mapping[int, int]) -> Document:
    """The document with what is to be said of it: flagged, and at last dropped, for the text it is like.

    Flags stand over paragraphs that `shared` counts in several documents, over the first line of a near-duplicate
    that stays, and over the sentences of a dropped one that the other doesn't have. What drops it is one edit over all
    of it.
    """
    document = document.revised(_paragraph_flags(document.text, shared))
    if not match:
        return document
    if not match.fate.is_dropped:
        return document.revised(_alike(document.text, match))  # a layer of its own: a paragraph's flag may stand there
    own, others = differing_sentences(match, document.text)
    document = document.revised(_own_flags(own, match))
    why = _reason(match, own, others, is_same=telling(document.text) == telling(match.text))
    rule = f"{DROPPED}/{_rule(match.fate)}"
    return document.revised([Edit(0, document.text, "", rule, why, matched=match.matched)])


def differing_sentences(match: Match, text: str) -> tuple[list[Sentence], list[Sentence]]:
    """The sentences that only a dropped text has, and those that only the other has, unless that is the whole of it.

    What a whole text says beyond a part of it is nothing that is lost, and may be a book.
    """
    if text == match.text:
        return [], []
    is_part = match.fate.pair.is_part(match.fate.document)
    return own_sentences(text, match.text), [] if is_part else own_sentences(match.text, text)


def _paragraph_flags(text: str, shared: Mapping[int, int]) -> Iterator[Edit]:
    for paragraph in paragraphs(text) if shared else ():
        if others := shared.get(paragraph.key, 1) - 1:
            why = f"{_counted(others, 'other document')} of this run {'has' if others == 1 else 'have'} this paragraph"
            yield Edit(paragraph.start, paragraph.text, paragraph.text, f"{KIND}/paragraph", why)


def _alike(text: str, match: Match) -> Iterator[Edit]:
    """A flag over the first line that says anything."""
    start = len(text) - len(text.lstrip())
    line = text[start:].split("\n", 1)[0].rstrip()
    why = f"the text is {_likeness(match.fate.pair, match.fate.document)} {match.name}; both stay"
    yield Edit(start, line, line, f"{KIND}/alike", why, matched=match.matched)


def _own_flags(own: Iterable[Sentence], match: Match) -> Iterator[Edit]:
    why = f"{match.name}, for which this text is dropped, does not say this"
    return (Edit(start, said, said, f"{KIND}/own-sentence", why, matched=match.matched) for start, said in own)


def _rule(fate: Fate) -> str:
    if fate.pair.similarity == 1:
        return "duplicate"
    return "part" if fate.pair.is_part(fate.document) else "near-duplicate"


def _reason(match: Match, own: Sequence[Sentence], others: Sequence[Sentence], *, is_same: bool) -> str:
    """Why a document is dropped, in words."""
    if is_same:
        return f"says the same as {match.name}, which stays"
    pair, dropped = match.fate.pair, match.fate.document
    told = [f"{_likeness(pair, dropped)} {match.name}, which stays"]
    if own:
        told.append(f"{_counted(len(own), 'sentence')} only here, flagged")
    if others:
        quotes = "".join(f"“{_quoted(sentence.text)}”" for sentence in others[:_SHOWN])
        told.append(f"{_counted(len(others), 'sentence')} only there: {quotes}{'…' * (len(others) > _SHOWN)}")
    if not own and not others and not pair.is_part(dropped):
        told.append("the same sentences in another order or number")
    return "; ".join(told)


def _likeness(pair: Pair, document: int) -> str:
    if pair.is_part(document):
        return f"by {_percent(pair.share_of(document))} a part (similarity {_percent(pair.similarity)}) of"
    doubt = "" if pair.is_sure else ", which may mean little in so short or so repetitive a text,"
    share = f" ({_percent(pair.share_of(document))} of it stands there)" if pair.similarity < 1 else ""
    return f"similar by {_percent(pair.similarity)}{share}{doubt} to"


def _percent(share: float) -> str:
    """Rounded down, so that only all is 100%.

    >>> _percent(0.99999), _percent(1.0)
    ('99.9%', '100.0%')
    """
    return f"{floor(share * 1000) / 10:.1f}%"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _quoted(text: str) -> str:
    return text if len(text) <= _QUOTE_LENGTH else text[:_QUOTE_LENGTH] + "…"
