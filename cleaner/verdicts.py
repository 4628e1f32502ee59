"""What people said of edits, right or wrong, in a plain file of the run. Next: `reuse`.

`verdicts.jsonl` stands beside `summary.json` and has a line for each edit that someone judged. It says by itself what
was judged, so that it can be kept when reports are gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from cleaner.document import Document, Edit
from cleaner.errors import ReportError
from cleaner.report import loaded, to_line
from cleaner.sinks import Output, Place, read, write

Key = tuple[str, str, tuple[int, int], str, str]
_NEIGHBOURS: Final = 1  # lines with text, above and below those an edit touches, that go into a verdict
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")


class Verdict(NamedTuple):
    """What someone said of one edit of one document.

    `name` is the document's, `source` the edit's span in its source, and `rule`, `old` and `new` are the edit's own.
    `context` is the lines of the source that it touches, with the next ones that hold anything, above and below.
    """

    name: str
    rule: str
    source: tuple[int, int]
    old: str
    new: str
    context: str
    is_right: bool
    note: str = ""

    @property
    def key(self) -> Key:
        """What the edit is told by when its document is cleaned again."""
        return self.name, self.rule, self.source, self.old, self.new


def verdict_on(document: Document, number: int, *, is_right: bool, note: str = "") -> Verdict:
    """The verdict on an edit of a document, by its number among all, layer by layer, from 0.

    Raises IndexError if there is none.
    """
    start, end, edit = list(document.origins())[number]
    context = _context(document.source, start, end)
    return Verdict(document.name, edit.rule, (start, end), edit.old, edit.new, context, is_right, note)


def key_of(document: Document, start: int, end: int, edit: Edit) -> Key:
    """What a verdict on an edit of a document, and its span in the source, would be told by."""
    return document.name, edit.rule, (start, end), edit.old, edit.new


def _context(source: str, start: int, end: int) -> str:
    first = source.rfind("\n", 0, start) + 1
    last = source.find("\n", max(start, end - 1))
    above = [line for line in _LINE.findall(source[:first]) if line.strip()][-_NEIGHBOURS:]
    behind = len(source) if last < 0 else last + 1
    below = [line for line in _LINE.findall(source[behind:]) if line.strip()][:_NEIGHBOURS]
    return "".join([*above, source[first:behind], *below])


def verdicts_at(output: Output) -> dict[Key, Verdict]:
    """All verdicts of a run, none if nobody judged yet; raises `ReportError` for a line that is none."""
    place = output.verdicts()
    try:
        lines = read(place).decode("utf-8").split("\n")
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ReportError(f"{place}: no UTF-8 ({error}); restore it") from error
    found = [_verdict(line, place, number) for number, line in enumerate(lines, 1) if line.strip()]
    return {verdict.key: verdict for verdict in found}


def write_verdicts(output: Output, verdicts: Iterable[Verdict]) -> None:
    """Replace the verdicts of a run, in an order that doesn't depend on when they were given; raises OSError."""
    ordered = sorted(verdicts, key=lambda verdict: verdict.key)
    write(output.verdicts(), "".join(to_line(_facts(verdict)) for verdict in ordered))


def _facts(verdict: Verdict) -> dict[str, object]:
    told = verdict._asdict()
    told["source"] = list(verdict.source)
    told["verdict"] = "right" if told.pop("is_right") else "wrong"
    return told


def _verdict(line: str, place: Place, number: int) -> Verdict:
    try:
        told = loaded(line)
        start, end = told["source"]
        is_right = {"right": True, "wrong": False}[told["verdict"]]
        texts = {name: _text(told[name]) for name in ("name", "rule", "old", "new", "context")}
        return Verdict(**texts, source=(int(start), int(end)), is_right=is_right, note=_text(told.get("note", "")))
    except (ValueError, LookupError, TypeError) as error:
        raise ReportError(
            f"{place}: line {number} is no verdict ({error!r}); mend it, or remove it and judge that edit again"
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
