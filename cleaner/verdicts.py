"""What people said of edits, right or wrong, in a plain file of the run. Next: `comparing`.

`verdicts.jsonl` stands beside `summary.json` and has a line for each edit that someone judged. It says by itself what
was judged, so that it can be kept when reports are gone. `report/schemas/verdict.schema.json` describes a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from cleaner.document import Document, Edit
from cleaner.errors import ReportError
from cleaner.report import loaded, to_line
from cleaner.sinks import Output, Place, alone_at, read, write

Key = tuple[str, str, tuple[int, int], str, str]
_NEIGHBOURS: Final = 1  # lines with text, above and below those an edit touches, that go into a verdict
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_MARK: Final = 16  # bytes of a digest: no two edits have the same
_FIELDS: Final = frozenset({"name", "rule", "source", "old", "new", "context", "verdict", "note"})
_SAYS: Final = {"right": True, "wrong": False}
LONGEST_NOTE: Final = 2_000  # characters: a remark, and no essay


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
    return next(verdicts_on(document, [number], is_right=is_right, note=note))


def verdicts_on(document: Document, numbers: Iterable[int], *, is_right: bool, note: str = "") -> Iterator[Verdict]:
    """The same verdict on each of many edits."""
    origins = list(document.origins())
    for number in numbers:
        start, end, edit = origins[number]
        context = _context(document.source, start, end)
        yield Verdict(document.name, edit.rule, (start, end), edit.old, edit.new, context, is_right, note)


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


@contextmanager
def changing(output: Output) -> Iterator[dict[Key, Verdict]]:
    """All verdicts of a run, which are written when the block ends without an error, if it changed them.

    Nobody else changes them meanwhile, on this machine and on others that see the same folder; in a store whoever
    writes last wins. Raises as `verdicts_at`, and OSError if they cannot be written; then all is as it was.
    """
    with alone_at(output.verdicts()):
        verdicts = verdicts_at(output)
        before = dict(verdicts)
        yield verdicts
        if verdicts != before:
            write_verdicts(output, verdicts.values())


def mark_of(key: Key) -> str:
    """A short name for what a verdict is told by, in letters and digits: the same for the same edit alone."""
    told = json.dumps(key, ensure_ascii=True).encode("ascii")
    return blake2b(told, digest_size=_MARK).hexdigest()


def _facts(verdict: Verdict) -> dict[str, object]:
    told = verdict._asdict()
    told["source"] = list(verdict.source)
    told["verdict"] = "right" if told.pop("is_right") else "wrong"
    return told


def _verdict(line: str, place: Place, number: int) -> Verdict:
    try:
        told = loaded(line)
        _check_fields(told)
        texts = {name: _text(told[name]) for name in ("name", "rule", "old", "new", "context")}
        is_right = _SAYS[_text(told["verdict"])]
        return Verdict(**texts, source=_span(told["source"]), is_right=is_right, note=_text(told.get("note", "")))
    except (AttributeError, ValueError, LookupError, TypeError) as error:
        raise ReportError(
            f"{place}: line {number} is no verdict ({error!r}); mend it, or remove it and judge that edit again"
        ) from error


def _check_fields(told: dict[str, object]) -> None:
    """Raises ValueError for what a verdict doesn't have: it would be lost when the next one is saved."""
    if unknown := sorted(told.keys() - _FIELDS):
        raise ValueError(f"unknown: {unknown}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _span(value: Any) -> tuple[int, int]:
    start, end = value
    if type(start) is not int or type(end) is not int or not 0 <= start <= end:
        raise ValueError(value)
    return start, end
