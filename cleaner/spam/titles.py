"""Spam hung onto a title: `山村放映队的故事_久久精品在线_…`. Next: `spam.injected`."""

from __future__ import annotations

from itertools import takewhile
from typing import Final, NamedTuple

from cleaner.patterns import late
from cleaner.spam.evidence import SPAM, SUSPECT, Reading, Scale, is_core, uncovered

_SEPARATOR: Final = late(
    r" *[_|丨]+ *| +[-—–]+ +|(?<=[㐀-鿿0-9a-z》」”)])[-—–]{1,2}(?=[㐀-鿿])|(?<=[㐀-鿿])[-—–]{1,2}(?=[a-z])"
)
_HANZI: Final = late("[㐀-鿿]")
_TITLE_HANZI: Final = 5  # hanzi of a title that no lexicon knows; a spammer's own name rarely has as many
_LONGEST: Final = 200  # letters of a line that can be a title with its tail
_SITE_LENGTH: Final = 12  # letters of a last part that names the spammer's site
_NO_TITLE: Final = late(r"^\||\|$|[{}<>=;\\`。]|\]\(|https?:")
_PAIR: Final = 2  # letters of a brand that stands in the title and in the tail


class Part(NamedTuple):
    """A part of a line between separators, and what it says."""

    start: int
    end: int
    reading: Reading


class Hung(NamedTuple):
    """The stretch of a line that hangs on its title, the kind of spam it is, and whether it is sure."""

    start: int
    end: int
    kind: str
    is_sure: bool


def hung(key: str, scale: Scale) -> Hung | None:
    """What spammers hung onto the title in the line, before or behind it; None for a line without title or spam.

    A title has hanzi enough that no lexicon knows, and shares no name with what hangs on it. Left alone: tables,
    code, addresses, sentences, parts that aren't spam (`标题_新华网`).
    """
    if len(key) > _LONGEST or _NO_TITLE.search(key):
        return None
    parts = _parts(key, scale)
    if len(parts) < 2:
        return None
    if _is_title(key, parts[0]):
        first = next((place for place, part in enumerate(parts) if _is_spam(part)), 0)
        while first > 1 and _is_lure(parts[first - 1]):
            first -= 1
        named = any(is_core(token) for part in parts[:first] for token in part.reading.tokens)
        return _found(key, parts[:first], parts[first:], behind=True) if first and not named else None
    before = list(takewhile(_is_spam, parts))
    if before and len(before) == len(parts) - 1 and _is_title(key, parts[-1]):
        return _found(key, parts[-1:], before, behind=False)
    return None


def _parts(key: str, scale: Scale) -> list[Part]:
    bounds = [0, *(place for match in _SEPARATOR.finditer(key) for place in match.span()), len(key)]
    spans = zip(bounds[::2], bounds[1::2], strict=True)
    return [Part(start, end, scale.reading(key[start:end])) for start, end in spans if end > start]


def _is_title(key: str, part: Part) -> bool:
    tokens = part.reading.tokens
    unknown = _HANZI.findall(uncovered(key[part.start : part.end], tokens))
    return len(unknown) >= _TITLE_HANZI and part.reading.total < SUSPECT and not any(map(is_core, tokens))


def _is_spam(part: Part) -> bool:
    return part.reading.total >= SUSPECT


def _found(key: str, title: list[Part], spam: list[Part], *, behind: bool) -> Hung | None:
    """The stretch of the parts that are spam, with a site's name behind them, up to the title."""
    strangers = [place for place, part in enumerate(spam) if not (_is_spam(part) or _is_lure(part))]
    if strangers and (strangers != [len(spam) - 1] or spam[-1].end - spam[-1].start > _SITE_LENGTH):
        return None
    names = "".join(key[part.start : part.end] for part in spam)
    if any(_is_shared(key[part.start : part.end], names) for part in title):
        return None
    total = sum(part.reading.total for part in spam if _is_spam(part))
    kind = max(spam, key=lambda part: part.reading.total).reading.kind
    reports = any("reports" in part.reading.against for part in [*title, *spam])
    start, end = (title[-1].end, len(key)) if behind else (0, title[0].start)
    return Hung(start, end, kind, total >= SPAM and not reports)


def _is_lure(part: Part) -> bool:
    """Whether a part holds lures beside a name that no lexicon has."""
    lures = sum(token.role == "lures" for token in part.reading.tokens)
    return lures > 0 and part.reading.unknown < _TITLE_HANZI


def _is_shared(title: str, spam: str) -> bool:
    """Whether the title begins with a name that the spam says too: then it is the spammer's own."""
    name = title.strip()[: 2 * _PAIR]
    return len(name) >= _PAIR and name[:_PAIR] in spam and bool(_HANZI.match(name))
