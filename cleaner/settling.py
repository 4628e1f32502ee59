"""Says of documents what is known once all are: revised wherever there is room, and kept. Next: `running`, the run.

What becomes of a part then depends on the part and on what is said of its documents, and is kept under a digest of
both, as parts are: a run that was cut short while it settled goes on where it stopped.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from cleaner import dedup, digests, report
from cleaner.dedup import Fate, Match
from cleaner.engine import Job, simple
from cleaner.errors import OutputError
from cleaner.keeping import Part
from cleaner.parts import Way
from cleaner.quality import is_dropped
from cleaner.report import Account
from cleaner.results import OF_A_ROW, Block, Item, block_of, columns_of, write_result
from cleaner.sinks import State
from cleaner.sources import Passed, Unread

_TOGETHER: Final = 32  # documents revised as one piece of work: a tenth of a second's, at most
_DIGEST: Final = 16  # letters
_LEVEL: Final = 1  # of zlib, as of parts
_OF_A_ROW: Final = (*OF_A_ROW, "column")


class Change(NamedTuple):
    """What is to be said of the document of a record: for which other one it meets a fate, if so, and what is shared.

    `name` is the other's, `place` where its text lies, and `has_page` whether it has a report page. `shared` are the
    keys of those of the document's paragraphs that others have, each with the number of documents.
    """

    number: int
    shared: tuple[tuple[int, int], ...]
    fate: Fate | None = None
    name: str = ""
    place: Any = None
    has_page: bool = False


class Revision(NamedTuple):
    """The changes to documents of a part; a whole file is written again, a container when all of it is known.

    `rows` are those of the records of a container of lines, each in its place; None where nothing may go out.
    """

    part: str
    changes: tuple[Change, ...]
    is_whole: bool
    size: int
    rows: tuple[Any, ...] | None = None


class Revised(NamedTuple):
    """Where the documents of a part are kept as they are now, and of each its number and its accounts, old and new.

    `block` is what goes out of the part, if the rows were given; `key` is "" if nothing changes.
    """

    key: str
    accounts: tuple[tuple[int, Account, Account], ...]
    block: Block | None = None


class Now(NamedTuple):
    """A document of a container as it is now: what its report row says, the same as JSON, and its text, if it stays."""

    row: dict[str, Any]
    told: str
    text: str | None


Revisions = tuple[Revision, ...]


def job_of(way: Way, text: Callable[[Any], str]) -> Job[Revisions, Revisions, tuple[Revised, ...]]:
    """The job of revising documents; `text` gives the text that lies at a place, and can travel to other processes."""
    return simple(partial(revise, way=way, text=text), size=lambda batch: sum(revision.size for revision in batch))


def batches(revisions: Iterable[Revision]) -> Iterator[Revisions]:
    """Revisions that follow each other, so many documents at a time."""
    waiting: list[Revision] = []
    for revision in revisions:
        waiting.append(revision)
        if revision.rows is not None or sum(len(each.changes) for each in waiting) >= _TOGETHER:
            yield tuple(waiting)
            waiting = []
    if waiting:
        yield tuple(waiting)


def revise(batch: Revisions, *, way: Way, text: Callable[[Any], str]) -> tuple[Revised, ...]:
    """Revise documents and keep them, or find them kept; whole files are written. Raises `OutputError` if one can't."""
    return tuple(_revised(revision, way=way, text=text) for revision in batch)


def kept(state: State, key: str) -> dict[int, Now]:
    """The documents that were kept under a key, by their numbers in the part."""
    return {each["number"]: Now(each["row"], each["told"], each["text"]) for each in _kept(state, key)}


def rows_of(items: Iterable[Item]) -> tuple[Any, ...]:
    """What a revision needs of the records of a container of lines."""
    return tuple(None if isinstance(item, Unread) else item.row for item in items)


def _revised(revision: Revision, *, way: Way, text: Callable[[Any], str]) -> Revised:
    part = Part(way.state, revision.part)
    key, told = _changed(revision, part, way=way, text=text) if revision.changes else ("", [])
    if revision.is_whole:
        _write(told, way)
    numbers = [each["number"] for each in told]
    accounts = tuple(
        (number, _account_of(part, number), Account.again(each["account"]))
        for number, each in zip(numbers, told, strict=True)
    )
    block = block_of(_lines(part, revision.rows, told)) if revision.rows is not None else None
    return Revised(key, accounts, block)


def _changed(
    revision: Revision, part: Part, *, way: Way, text: Callable[[Any], str]
) -> tuple[str, list[dict[str, Any]]]:
    """The key of the documents as they are now, and themselves: kept before, or made and kept."""
    digest = digests.of_text(repr(revision.changes))[:_DIGEST]
    key = f"{revision.part}-as-{digest}"
    if way.state.is_whole(key):
        return key, _kept(way.state, key)
    told = [_told(change, part, text=text, is_whole=revision.is_whole) for change in revision.changes]
    packed = json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")
    way.state.put(key, zlib.compress(packed, _LEVEL))
    return key, told


def _kept(state: State, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(zlib.decompress(state.get(key)).decode("utf-8", "surrogatepass"))
    return found


def _lines(part: Part, rows: tuple[Any, ...], told: list[dict[str, Any]]) -> Iterator[tuple[Any, str, str | None]]:
    """Each record's row if something goes out of it, its report row, and its text."""
    now = {each["number"]: (each["told"], each["text"]) for each in told}
    for number, (entry, row) in enumerate(zip(part.entries, rows, strict=True)):
        said, text = now.get(number) or (part.told(number), part.text(number))
        yield (row if text is not None or isinstance(entry, Passed) else None), said, text


def _write(told: list[dict[str, Any]], way: Way) -> None:
    for each in told:
        name = each["account"]["name"]
        if refused := write_result(way.output, name, each["text"], each["told"], each["page"]):
            raise OutputError(refused)


def _told(change: Change, part: Part, *, text: Callable[[Any], str], is_whole: bool) -> dict[str, Any]:
    """What is kept of a document as it is now."""
    before = _account_of(part, change.number)
    match = Match(change.fate, change.name, text(change.place), change.has_page) if change.fate else None
    after = dedup.revised(part.document(change.number), match, dict(change.shared))
    facts = report.facts(after, quality=before.quality)  # which what is said here leaves as they were
    row = {**facts, **_of_row(part.told(change.number))} if not is_whole else {}
    return {
        "number": change.number,
        "account": Account.of(facts)._asdict(),
        "row": columns_of(row),
        "told": report.to_json(facts) if is_whole else report.to_line(row),
        "text": None if is_dropped(after) else after.text,
        "page": report.document_page(after, told=facts) if is_whole else "",
    }


def _of_row(told: str) -> dict[str, Any]:
    """What a report row says of the record's place in its container."""
    facts = json.loads(told)
    return {name: facts[name] for name in _OF_A_ROW if name in facts}


def _account_of(part: Part, number: int) -> Account:
    entry = part.entries[number]
    assert isinstance(entry, Account)
    return entry
