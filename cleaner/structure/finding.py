"""Which lines are article and which are lists, widgets, spam shells, tails. Next: `repeats`.

Rules mark lines by their wording; this room decides by position, neighbours and shape. Without a single
mark nothing is ever removed, and a mark that needs an edge counts for nothing inside the article.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from operator import add
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.rules import Rule
from cleaner.shapes import Row, is_sentence, names_somebody, shape_of, speaking
from cleaner.structure.page import Page, letters_of
from cleaner.tagger.model import Tags, tag
from cleaner.units import Verdict, View, without_lines

EVIDENCE: Final = 2  # marked rows that show that a page has furniture at all: one mark may be a mistake
_TITLE_PAIRS: Final = 2  # pairs of hanzi that a title shares with its text at least, where nothing else can be it
_SURE_TITLE_PAIRS: Final = 6  # as many as furniture hardly ever shares
_MANY_PAIRS: Final = 200  # beyond which going through the text once is faster than looking for each
_HANZI: Final = re.compile("[㐀-鿿]+")
_ROW: Final = partial(tuple.__new__, Row)  # what Row._make does, without a call of Python for each


def find(view: View, marks: dict[int, Rule]) -> Iterator[Edit]:
    """Edits that remove marked lines, what hangs on them, and what reads as noise beside them.

    `marks` are line indexes with their rule; a page without one is left alone. What stays is looked at again as the
    page it then is, so that cleaning it once more takes nothing.
    """
    if not marks:
        return
    found = decided(view, marks)
    yield from without_lines(view, found.verdicts)
    for line in found.doubts.keys() - found.verdicts.keys():
        start, text = view.line_span(line)
        yield Edit(start, text, text, "structure/leftover", found.doubts[line])


class Look(NamedTuple):
    """A page as it was looked at once: what was left of it, after how many lines had gone.

    `tags` is what its rows read as, None if the tagger was not asked.
    """

    page: Page
    tags: Tags | None
    gone_before: int


class Decision(NamedTuple):
    """What becomes of a page's lines, by their index: verdicts on those that go, and why some that stay are doubtful.

    `looks` are those at the page, one at least: it is looked at again as what is left of it, until nothing more goes.
    """

    verdicts: dict[int, Verdict]
    doubts: dict[int, str]
    looks: tuple[Look, ...]


def decided(view: View, marks: Mapping[int, Rule]) -> Decision:
    """What becomes of the lines of a page, of which one at least is marked; `marks` as for `find`."""
    rows = rows_of(view, marks)
    verdicts: dict[int, Verdict] = {}
    doubts: dict[int, str] = {}
    looks: list[Look] = []
    while True:
        page, tags = Page(view, rows), None
        page.decide()
        gone, doubtful = page.gone, page.doubts
        if gone or may_ask(rows):
            tags = tag(rows, gone)
            noise, sentences = _noise(rows, tags, gone)
            gone |= noise
            doubtful |= sentences
        looks.append(Look(page, tags, len(verdicts)))
        doubts |= {rows[place].line: why for place, why in doubtful.items()}
        verdicts |= {rows[place].line: verdict for place, verdict in gone.items()}
        rows = _left(rows, gone) if gone else rows
        if not gone or not any(row.rule for row in rows):
            return Decision(verdicts, doubts, tuple(looks))


def may_ask(rows: Sequence[Row]) -> bool:
    """Whether a page of which nothing goes by rules and place has furniture and an article, for the tagger to tell."""
    return sum([row.rule is not None for row in rows]) >= EVIDENCE and any(True for _ in speaking(rows))


def settled(view: View, rows: Sequence[Row]) -> tuple[dict[int, Verdict], dict[int, str]]:
    """What rules and place alone settle: verdicts on rows that go, and why some that stay are doubtful, by place."""
    page = Page(view, rows)
    page.decide()
    return page.gone, page.doubts


def _noise(rows: Sequence[Row], tags: Tags, gone: Collection[int]) -> tuple[dict[int, Verdict], dict[int, str]]:
    """Verdicts on the rows that read as noise, by their tags, and why some of these that stay are doubtful, by place.

    A sentence that no rule marks stays, whatever stands around it, and so do credits, and what may be the title.
    """
    noise = [place for place in tags.noise if place not in gone and not names_somebody(rows[place].key)]
    title = _title(rows, gone, noise)
    verdicts, doubts = {}, {}
    for place, (kind, why) in zip(noise, tags.reasons(noise), strict=True):
        if rows[place].rule is None and is_sentence(rows[place].key):
            doubts[place] = f"a sentence, but {why}"
        elif place == title and rows[place].rule is None:
            doubts[place] = f"perhaps the title, for it says words of the text, though it {why}"
        else:
            verdicts[place] = Verdict(_rule_name(rows[place], kind), why, tags.confidence(place))
    return verdicts, doubts


def _title(rows: Sequence[Row], gone: Collection[int], noise: Sequence[int]) -> int | None:
    """The noise above the text that shares most hanzi with it: it may be the title.

    Where another row that may be it stays, it must share as many as furniture hardly ever does.
    """
    going = {*gone, *noise}
    first = next((place for place in speaking(rows) if place not in going), 0)
    if not any(place < first and rows[place].rule is None for place in noise):
        return None
    said = "\n".join(letters_of(rows[place]) for place in range(first, len(rows)) if place not in going)
    pairs = {place: _hanzi_pairs(rows[place]) for place in range(first) if rows[place].rule is None}
    heard = _said_pairs(set().union(*pairs.values()), said)
    shared = {place: len(heard & each) for place, each in pairs.items()}
    titles = [place for place, count in shared.items() if count >= _TITLE_PAIRS]
    best = max(titles, key=lambda place: shared[place], default=None)
    if best is None or not (going.issuperset(titles) or shared[best] >= _SURE_TITLE_PAIRS):
        return None
    return best


def _hanzi_pairs(row: Row) -> set[str]:
    """The pairs of hanzi that stand beside each other in a row, but for what is no letter."""
    runs = _HANZI.findall(letters_of(row))
    return {left + right for run in runs for left, right in pairwise(run)}


def _said_pairs(pairs: set[str], text: str) -> set[str]:
    """Those of some pairs of characters that a text has."""
    if len(pairs) > _MANY_PAIRS:
        return pairs.intersection(map(add, text, text[1:]))
    return {pair for pair in pairs if pair in text}


def _rule_name(row: Row, kind: str) -> str:
    return row.rule.name if row.rule else f"structure/{kind}"


def _left(rows: Sequence[Row], gone: Collection[int]) -> list[Row]:
    """The rows that stay, with the gaps above those that go."""
    left: list[Row] = []
    has_gap = False
    for place, row in enumerate(rows):
        has_gap |= row.has_gap
        if place not in gone:
            has_gap &= bool(left)
            left.append(row if row.has_gap == has_gap else row._replace(has_gap=has_gap))
            has_gap = False
    return left


def rows_of(view: View, marks: Mapping[int, Rule]) -> list[Row]:
    """The lines with text as rows; `marks` are line indexes with their rule."""
    lines = list(view.filled_lines())
    numbers = [index for index, _ in lines]
    gaps = [False, *(below - above > 1 for above, below in pairwise(numbers))]
    keys = [line.key for _, line in lines]
    return list(map(_ROW, zip(numbers, keys, map(shape_of, keys), map(marks.get, numbers), gaps, strict=False)))
