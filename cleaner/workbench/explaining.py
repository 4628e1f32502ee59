"""What happened to one line, and why; or why nothing did. Next: `trying`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final, NamedTuple

from cleaner import pipeline, spam, structure
from cleaner.document import Document, Edit, Layer
from cleaner.finished import FinishedRun
from cleaner.pipeline import Cleaner, Step
from cleaner.structure import Staying
from cleaner.units import View
from cleaner.versions import Versions
from cleaner.workbench.pointing import Spot

_EXTRACT: Final = "extract"  # the kind of edits that take the article out of a page, before any layer


class Change(NamedTuple):
    """An edit that touches the line, the layer it is of, "" where that isn't known, and what stood there after it."""

    layer: str
    edit: Edit
    became: str


class Miss(NamedTuple):
    """A rule that has a word of the line and doesn't match it, and why not."""

    rule: str
    why: str


class Explained(NamedTuple):
    """What happened to a line: how it was, how it is, and every edit that touched it.

    `staying` says why a line stays that is not gone, None where that isn't known, and then `note` says why; `misses`
    are rules that nearly marked it, and `spam` is how surely it is spam by its words, 0 to 1.
    """

    spot: Spot
    was: str
    now: str
    changes: tuple[Change, ...]
    staying: Staying | None = None
    misses: tuple[Miss, ...] = ()
    spam: float = 0.0
    note: str = ""

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left of the line."""
        return bool(self.was.strip()) and not self.now.strip()


def explain(spot: Spot, cleaner: Cleaner) -> Explained:
    """What a cleaner does to a line, or what a run did to it, and why a line stays by the rules at hand."""
    if spot.run is None:
        return _cleaned(spot, cleaner)
    document = spot.document
    changes, (start, end) = _followed(_layers(document), spot.span)
    start_, end_ = spot.span
    told = Explained(spot, document.source[start_:end_], document.text[start:end], changes)
    if told.is_gone:
        return told
    if note := _differing(spot.run, cleaner):
        return told._replace(note=note)
    again = _cleaned(as_read(spot), cleaner)
    if again.now != told.now:
        return told._replace(note="it comes out otherwise by the rules at hand; clean it again to hear why")
    return told._replace(staying=again.staying, misses=again.misses, spam=again.spam)


def _differing(run: FinishedRun, cleaner: Cleaner) -> str:
    """What sets a cleaner apart from the run's, for which what it says of a line may not hold; "" if nothing does."""
    settings, versions, own = run.summary["settings"], run.summary["versions"], Versions.of_cleaner(cleaner)
    if settings.get(_TEMPLATES):
        return "the run also went by what its documents share, which is not counted here"
    if others := [name for name in _CHOICES if settings.get(name) != cleaner.settings[name]]:
        options = " and ".join(f"--{name} {settings.get(name)}" for name in others)
        return f"the options at hand differ from those of the run, which had {options}: give the same"
    if versions.get("package") != own.package:
        return f"the run was made by version {versions.get('package')}, and this is {own.package}: clean it again"
    if versions.get("rules") != own.rules:
        return "the run had other rules than these: give its rule and site files, by --rules and --site"
    return ""


_TEMPLATES: Final = "templates"  # settings of a run that bear on what becomes of a line
_CHOICES: Final = ("script", "punctuation")


def as_read(spot: Spot) -> Spot:
    """The same line of the document before it was cleaned, with edits alone that take the article out of a page."""
    if spot.run is None:
        return spot
    document = spot.document
    first = tuple(takewhile(lambda layer: {edit.kind for edit in layer} == {_EXTRACT}, document.layers))
    read = Document.of(document.source)
    for layer in first:
        read = read.revised(layer)
    return spot._replace(document=replace(document, text=read.text, layers=first), run=None)


class _Worked(NamedTuple):
    """A layer with its edits, and the text that it saw."""

    layer: str
    text: str
    edits: Layer


def _layers(document: Document) -> Iterator[_Worked]:
    """The layers of a document that is cleaned; their names are not known any more."""
    text = Document.of(document.source)
    for layer in document.layers:
        yield _Worked("", text.text, layer)
        text = text.revised(layer)


def _cleaned(spot: Spot, cleaner: Cleaner) -> Explained:
    """What a cleaner does to a line of a document as it was read."""
    worked = [worked._replace(layer=_EXTRACT) for worked in _layers(spot.document)]
    before, text, why = spot.document, spot.document.text, Explained(spot, "", "", ())
    for step in cleaner.steps(spot.document, groups=spot.groups):
        edits = step.document.layers[len(before.layers) :]
        worked.append(_Worked(step.layer, step.view.text, edits[0] if edits else ()))
        if step.layer == pipeline.LINES:
            _, span = _followed(worked[:-1], spot.span)
            why = _why_stays(step.view, span, cleaner, why)
        before, text = step.document, step.document.text
    changes, (start, end) = _followed(worked, spot.span)
    start_, end_ = spot.span
    return why._replace(was=spot.document.source[start_:end_], now=text[start:end], changes=changes)


class Seen(NamedTuple):
    """A line where lines are decided on: its index in the text that this layer sees, and what the layer did."""

    step: Step
    line: int


def seen(spot: Spot, cleaner: Cleaner) -> Seen | None:
    """The line as it is where lines are decided on; None if nothing is left of it by then."""
    spot = as_read(spot)
    worked, known = list(_layers(spot.document)), len(spot.document.layers)
    for step in cleaner.steps(spot.document, groups=spot.groups):
        if step.layer == pipeline.LINES:
            line = _line_at(step.view, _followed(worked, spot.span)[1])
            return None if line is None else Seen(step, line)
        worked += [_Worked(step.layer, step.view.text, edits) for edits in step.document.layers[known:]]
        known = len(step.document.layers)
    return None


# --- following a line ------------------------------------------------------------------------------------------


def _followed(layers: Iterable[_Worked], span: tuple[int, int]) -> tuple[tuple[Change, ...], tuple[int, int]]:
    """The edits that touch a span of the source, and where that is in the end."""
    changes: list[Change] = []
    for layer, text, edits in layers:
        touching = [edit for edit in edits if _touches(edit, span)]
        for number, edit in enumerate(touching, 1):
            done = [*touching[:number]]
            start, end = _moved(done, span)
            changes.append(Change(layer, edit, Document.of(text).revised(done).text[start:end]))
        span = _moved(edits, span)
    return tuple(changes), span


def _touches(edit: Edit, span: tuple[int, int]) -> bool:
    start, end = span
    return (edit.start < end and start < edit.end) or (not edit.old and start <= edit.start <= end > start)


def _moved(edits: Sequence[Edit], span: tuple[int, int]) -> tuple[int, int]:
    """Where a span is after edits of one layer; it widens to all of an edit that reaches out of it."""
    start, end = span
    changes = [edit for edit in edits if not edit.is_flag and edit.start <= end]
    inside = [edit for edit in changes if _touches(edit, span)]
    shift = sum(len(edit.new) - len(edit.old) for edit in changes if edit.end <= start and not _touches(edit, span))
    grown = sum(len(edit.new) - len(edit.old) for edit in inside)
    first, last = (min(start, inside[0].start), max(end, inside[-1].end)) if inside else span
    return first + shift, last + shift + grown


# --- why it stays ----------------------------------------------------------------------------------------------


def _why_stays(view: View, span: tuple[int, int], cleaner: Cleaner, told: Explained) -> Explained:
    """What speaks for and against the line where lines are decided on."""
    line = _line_at(view, span)
    if line is None:
        return told
    key = view.lines[line].key
    found = structure.decided(view, pipeline.marks(view, cleaner.rules))
    staying = structure.staying(found, line)
    return told._replace(staying=staying, misses=tuple(_misses(key, cleaner)), spam=spam.load().score(key))


def _line_at(view: View, span: tuple[int, int]) -> int | None:
    """The first line with text that a span reaches into; None if nothing is left of what it held."""
    if not view.text[slice(*span)].strip():
        return None
    at = max(bisect_right(view.lines, span[0], key=lambda line: line.start) - 1, 0)
    within = (index for index in range(at, len(view.lines)) if view.lines[index].start < span[1])
    return next((index for index in within if view.lines[index].key), None)


def _misses(key: str, cleaner: Cleaner) -> list[Miss]:
    """The line rules that have a word of a line and don't match it: those that miss by their length or ends first."""
    rules = [rule for rule in cleaner.rules.rules if rule.scope == "line"]
    near = [rule for rule in rules if any(need in key for need in rule.needs)]
    misses = [Miss(rule.name, why) for rule in near if (why := rule.refusal(key))]
    return sorted(misses, key=lambda miss: (miss.why == _PLAIN, miss.rule))


_PLAIN: Final = "its pattern doesn't match"
