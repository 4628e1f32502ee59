"""What rules did to a document, summed up once for all that is told of it. Next: `scores`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from cleaner.document import SURE, Edit
from cleaner.quality.kinds import letter_counts

_SENTENCE: Final = 8  # hanzi: shorter ones are calls and thanks
_ENDS: Final = "。！？!?"
_UP_TO_END: Final = re.compile(f"[^{_ENDS}\n]+[{_ENDS}]?")


class Size(NamedTuple):
    """How much text it was: characters, letters among them, and hanzi among these."""

    characters: int
    letters: int
    hanzi: int


class Effect(NamedTuple):
    """What a rule did: how many edits there are, what they removed, replaced, put in its place and flagged.

    `doubted` are the characters of what was changed without being sure, and `unsure_sentences` those in what was so
    removed.
    """

    edits: int
    removed: Size
    replaced: Size
    put_in: Size
    flagged: Size
    doubted: int
    unsure_sentences: int


_NONE: Final = Size(0, 0, 0)
Effects = Mapping[str, Effect]  # by rule, sorted


class _Sums:
    """The edits of a rule in the making."""

    __slots__ = ("doubted", "edits", "flagged", "put_in", "removed", "replaced", "unsure_sentences")

    def __init__(self) -> None:
        self.edits = self.doubted = self.unsure_sentences = 0
        self.removed: list[str] = []
        self.replaced: list[str] = []
        self.put_in: list[str] = []
        self.flagged: list[str] = []

    def parts(self) -> list[str]:
        """All that was removed, replaced, put in and flagged."""
        return ["".join(texts) for texts in (self.removed, self.replaced, self.put_in, self.flagged)]


def effects(edits: Iterable[Edit]) -> Effects:
    """What each rule did."""
    found: dict[str, _Sums] = {}
    for edit in edits:
        sums = found.get(edit.rule)
        if sums is None:
            sums = found[edit.rule] = _Sums()
        sums.edits += 1
        old, new = edit.old, edit.new  # asked once, for there may be very many edits
        if new == old:
            sums.flagged.append(old)
            continue
        if new:
            sums.replaced.append(old)
            sums.put_in.append(new)
        else:
            sums.removed.append(old)
        if edit.confidence < SURE:
            sums.doubted += len(old)
            sums.unsure_sentences += 0 if new else sentences(old)
    return _sized(found) if found else {}


def _sized(found: Mapping[str, _Sums]) -> Effects:
    rules = sorted(found)
    parts = [part for rule in rules for part in found[rule].parts()]
    sizes = [
        Size(len(part), *counts) if part else _NONE for part, counts in zip(parts, letter_counts(parts), strict=True)
    ]
    told = {}
    for at, rule in enumerate(rules):
        removed, replaced, put_in, flagged = sizes[4 * at : 4 * at + 4]
        sums = found[rule]
        told[rule] = Effect(sums.edits, removed, replaced, put_in, flagged, sums.doubted, sums.unsure_sentences)
    return told


def sentences(text: str) -> int:
    r"""How many Chinese sentences a text has that say something: an end mark, and a clause or more before it.

    >>> sentences("首页 新闻 联系我们\n谢谢！孩子们都到河边去放风筝了。")
    1
    """
    if len(text) <= _SENTENCE:
        return 0
    said = [each for each in _UP_TO_END.findall(text) if len(each) > _SENTENCE and each[-1] in _ENDS]
    return sum(hanzi >= _SENTENCE for _, hanzi in letter_counts(said))
