"""A text and every change made to it: `Edit`, `Document`. Next: `fold`, what the finders read.

Cleaning is a list of edits. Finders propose them, `Document.revised` is the only place that applies them,
and so every change is explained and can be taken back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal, NamedTuple

from cleaner.errors import StaleEditError

SURE: Final = 0.9  # confidence from which on a change need not be looked at


class Matched(NamedTuple):
    """What an edit's text is like: a stretch of the very text its finder saw, or another document.

    `name` is that of the other document, "" for this very one; only of this one the stretch is told, from `start` to
    `end`, in the coordinates of `Edit.start`. `has_page` says whether the other one is a file of the same run, which
    has a report of its own; a record of a container has none, nor has what an index remembers.
    """

    name: str = ""
    start: int = 0
    end: int = 0
    has_page: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """One change, in the coordinates of the text its finder saw.

    `new == ""` deletes, `new == old` flags a suspicion without touching the text, anything else replaces.
    `confidence` is the finder's own, 0 to 1; what isn't sure enough is proposed as a flag in the first place, or, where
    what stands is surely false, as a change that is doubtful: it counts as flagged too.
    `rule` is `kind/name`: the kind groups edits in reports, the name is the rule or repair that proposed it.
    `matched` is what a repeat or a duplicate is like.
    """

    start: int
    old: str
    new: str
    rule: str
    why: str
    confidence: float = 1.0
    matched: Matched | None = None

    @property
    def end(self) -> int:
        """Where the edit's old text ends."""
        return self.start + len(self.old)

    @property
    def is_flag(self) -> bool:
        """Whether the edit only points at its text."""
        return self.new == self.old

    @property
    def is_doubtful(self) -> bool:
        """Whether the edit makes a change that someone should look at: its confidence is below `SURE`."""
        return not self.is_flag and self.confidence < SURE

    @property
    def kind(self) -> str:
        """The part of `rule` before the slash: what reports count by."""
        return self.rule.partition("/")[0]


class Origin(NamedTuple):
    """An edit with the span of the source it goes back to."""

    start: int
    end: int
    edit: Edit


Layer = tuple[Edit, ...]


PageKind = Literal["article", "thread", "list", "empty"]


class About(NamedTuple):
    """What an HTML page says of itself, as it says it, "" where it doesn't.

    `date` is ISO 8601, with a time if the page gives one; `source` is where the text is from, else whose site it is.
    `kind` is what the page is: "empty" has no text that could be main content.
    """

    title: str = ""
    date: str = ""
    author: str = ""
    source: str = ""
    kind: PageKind = "empty"


@dataclass(frozen=True)
class Document:
    """One text on its way through the layers of cleaning.

    `source` is the text as decoded, of an HTML page what its elements say, and never changes; `text` is the text as it
    stands now; `layers` holds the edits that lead from one to the other. `encoding` names what the bytes were decoded
    with ("" when the text came in as a string) and `lossless` says whether encoding `source` again gives
    the same bytes. `about` is what an HTML page says of itself, None for any other text.

    >>> document = Document("a", "天气很好。打印", "天气很好。打印")
    >>> document = document.revised([Edit(5, "打印", "", "controls/print", "print button")])
    >>> document.text, document.rebuilt()
    ('天气很好。', '天气很好。打印')
    """

    name: str
    source: str
    text: str
    layers: tuple[Layer, ...] = ()
    encoding: str = ""
    lossless: bool = True
    about: About | None = None

    @classmethod
    def of(cls, text: str, *, name: str = "", encoding: str = "", lossless: bool = True) -> Document:
        """A document nothing has happened to yet."""
        return cls(name, text, text, (), encoding, lossless)

    @property
    def edits(self) -> Layer:
        """All edits, layer by layer."""
        return tuple(edit for layer in self.layers for edit in layer)

    def revised(self, proposals: Iterable[Edit]) -> Document:
        """The document after one more layer: overlaps settled, edits applied and remembered.

        Returns the document itself when nothing is proposed. Raises `StaleEditError` when a proposal does not
        match the text.
        """
        layer = settled(proposals)
        if not layer:
            return self
        text = _applied(self.name, self.text, layer)
        return replace(self, text=text, layers=(*self.layers, layer))

    def rebuilt(self) -> str:
        """The source, from `text` by taking back all layers; raises `StaleEditError` if they don't fit."""
        return undone(self.text, self.layers)

    def origins(self) -> Iterator[Origin]:
        """Every edit with its span in `source`, layer by layer.

        Where an earlier layer had replaced or removed text under the span's ends, the span widens to
        cover all of it.
        """
        for depth, layer in enumerate(self.layers):
            for span, edit in zip(self.source_spans(depth), layer, strict=True):
                yield Origin(*span, edit)

    def source_spans(self, depth: int) -> list[tuple[int, int]]:
        """The spans in `source` of the edits of the layer at `depth`, widened as for `origins`."""
        spans = [(edit.start, edit.start + len(edit.old)) for edit in self.layers[depth]]
        return [self.source_span(*span, depth=depth) for span in spans] if depth else spans

    def source_span(self, start: int, end: int, *, depth: int) -> tuple[int, int]:
        """The span in `source` of a span in the text that the layer at `depth` saw, widened as for `origins`."""
        for steps in reversed(self._steps[:depth]):
            start, end = steps.before(start), steps.after(end)
            end = max(start, end)
        return start, end

    def source_place(self, place: int) -> int:
        """Where in `source` a place in `text` comes from."""
        for steps in reversed(self._steps):
            place = steps.before(place)
        return place

    @cached_property
    def _steps(self) -> tuple[_Steps, ...]:
        return tuple(_Steps(layer) for layer in self.layers)


class _Steps:
    """Finds the place in the text before a layer for a place in the text after it, by bisection."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    @cached_property
    def _starts(self) -> list[int]:
        """Where each edit's new text starts after the layer."""
        starts = []
        shift = 0
        for edit in self._layer:
            starts.append(edit.start + shift)
            shift += len(edit.new) - len(edit.old)
        return starts

    def before(self, place: int) -> int:
        return self._back(place, bisect_right(self._starts, place) - 1, inside=0)

    def after(self, place: int) -> int:
        return self._back(place, bisect_right(self._starts, place - 1) - 1, inside=1)

    def _back(self, place: int, at: int, *, inside: int) -> int:
        if at < 0:
            return place
        edit, start = self._layer[at], self._starts[at]
        if edit.is_flag:
            return edit.start + place - start
        if place < start + len(edit.new):
            return edit.end if inside else edit.start
        return edit.end + place - start - len(edit.new)


def settled(proposals: Iterable[Edit]) -> Layer:
    """The proposals that stand, in text order and without overlaps.

    A change wins over a flag; among equals the earliest wins, then the longest, then the rule's name. A
    flag inside text that is changed is dropped, for what it pointed at is gone.

    >>> [e.rule for e in settled([Edit(1, "乙", "", "b/b", ""), Edit(0, "甲乙", "", "a/a", "")])]
    ['a/a']
    """
    ordered = sorted(proposals, key=lambda e: (e.start, -len(e.old), e.rule, e.new))
    if not ordered:
        return ()
    changes = _without_overlaps(edit for edit in ordered if edit.new != edit.old)
    flags = [edit for edit in ordered if edit.new == edit.old]
    if not flags:
        return tuple(changes)
    starts = [change.start for change in changes]

    def is_free(flag: Edit) -> bool:
        at = bisect_right(starts, flag.end - 1)
        return at == 0 or changes[at - 1].end <= flag.start

    free = _without_overlaps(filter(is_free, flags))
    return tuple(sorted([*changes, *free], key=lambda e: (e.start, e.end)))


def undone(text: str, layers: Iterable[Layer]) -> str:
    """The text before `layers` were applied; raises `StaleEditError` where one doesn't fit."""
    for layer in reversed(tuple(layers)):
        back = []
        shift = 0
        for edit in layer:
            back.append(Edit(edit.start + shift, edit.new, edit.old, edit.rule, edit.why))
            shift += len(edit.new) - len(edit.old)
        text = _applied("undo", text, back)
    return text


def _without_overlaps(ordered: Iterable[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    last, end = None, -1
    for edit in ordered:
        start = edit.start
        if last is None or (start >= end and (start > last.start or edit != last)):  # of insertions one may come twice
            kept.append(edit)
            last, end = edit, start + len(edit.old)
    return kept


def _applied(name: str, text: str, layer: Iterable[Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for edit in layer:
        start, old = edit.start, edit.old
        if start < 0 or not text.startswith(old, start):
            found = text[max(edit.start, 0) : max(edit.end, 0)]
            raise StaleEditError(
                f"{name or 'text'}: {edit.rule} expects {edit.old[:40]!r} at {edit.start} and found {found[:40]!r}; "
                "edits belong to the very text their finder saw: find again on the present text"
            )
        pieces += text[done:start], edit.new
        done = start + len(old)
    pieces.append(text[done:])
    return "".join(pieces)
