"""Which lines are article and which are lists, widgets, spam shells, tails. Next: `repeats`.

Rules mark lines by their wording; this module decides by position, neighbours and shape. Without a single
mark nothing is ever removed, and a mark that needs an edge counts for nothing inside the article.

The article's body is the stretch of lines with the largest sum of weights, where prose counts for the body
and marks count against it (maximum subsequence segmentation: Pasternack and Roth, WWW 2009).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.rules import Rule
from cleaner.units import Verdict, View, runs, without_lines


class Shape(Enum):
    """What a line looks like, whatever its words."""

    PROSE = "prose"  # sentences: an end mark after enough text, or long and punctuated
    DATE = "date"  # nothing but a date, with or without a time
    ITEM = "item"  # a bullet or a link, then a headline
    SHORT = "short"  # anything else that is short and ends without an end mark
    OTHER = "other"


class Row(NamedTuple):
    """A line that holds text, as the decisions below see it."""

    line: int  # its index in the view
    key: str
    shape: Shape
    rule: Rule | None


_PROSE_LENGTH: Final = 20  # letters before an end mark; headlines and captions rarely have both
_LONG_LENGTH: Final = 50  # with clause marks inside, prose even when the end mark is missing
_HEADLINE_LENGTH: Final = 45
_END: Final = re.compile(r"[。!?…;][\"'”’」』)\]】》]*$|[.:—][”’」』\"]?$")
_CLAUSE: Final = re.compile(r"[,、;。!?:]")
_DATE: Final = re.compile(
    r"^[\[(【]?(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.月]\d{1,2}日?)([ t]*\d{1,2}:\d{2}(:\d{2})?)?[\])】]?$"
)
_BULLET: Final = re.compile(r"^([•·・●○■□▪◆◇★☆►▶>*+|-]|\d{1,2}[.、)]|\[\d+\])\s*\S")
_LINK: Final = re.compile(r"^(!?\[[^\]]*\]\([^)]*\)\s*)+$|^https?://\S+$")
_BOOK: Final = re.compile(r"^\W*《[^》]+》")
_CREDIT: Final = re.compile(
    r"^[(\[【]?(本文|图片)?(作者|记者|来源|(责任)?编辑|责编|审核|校对|摄影|撰文|供稿|翻译|译者|通讯员|[文图])"
    r"(?=[/:|、 】)\]]|$)"
)


def shape_of(key: str) -> Shape:
    """The shape of a line from its folded, stripped text.

    >>> shape_of("• 张老师谈读书"), shape_of("2026-01-17 18:39:01")
    (<Shape.ITEM: 'item'>, <Shape.DATE: 'date'>)
    """
    if _DATE.match(key):
        return Shape.DATE
    if _LINK.match(key):
        return Shape.ITEM
    if _BULLET.match(key):
        return Shape.PROSE if len(key) > 2 * _HEADLINE_LENGTH else Shape.ITEM
    if len(key) >= _PROSE_LENGTH and _END.search(key):
        return Shape.PROSE
    if len(key) >= _LONG_LENGTH and len(_CLAUSE.findall(key)) >= 2:
        return Shape.PROSE
    return Shape.SHORT if len(key) <= _HEADLINE_LENGTH and not _END.search(key) else Shape.OTHER


def find(view: View, marks: dict[int, Rule]) -> Iterator[Edit]:
    """Edits that remove marked lines and what hangs on them; `marks` are line indexes with their rule."""
    if marks:
        page = _Page(view, [Row(i, line.key, shape_of(line.key), marks.get(i)) for i, line in view.filled_lines()])
        page.decide()
        yield from without_lines(view, {page.rows[place].line: verdict for place, verdict in page.gone.items()})


# --- deciding --------------------------------------------------------------------------------------------------

_MARK_WEIGHT: Final = {"anywhere": -80, "edge": -40}
_PROSE_WEIGHT_LIMIT: Final = 200  # one very long paragraph must not outweigh a page
_FILLER_WEIGHT: Final = -10


def body_of(rows: Sequence[Row]) -> tuple[int, int] | None:
    """(first, last) row of the article's body; None on a page without prose."""
    best, best_span = 0, None
    total, first = 0, 0
    for place, row in enumerate(rows):
        if total <= 0:
            total, first = 0, place
        total += _weight(row)
        if total > best:
            best, best_span = total, (first, place)
    return best_span


def _weight(row: Row) -> int:
    if row.rule:
        return _MARK_WEIGHT[row.rule.where]
    return min(len(row.key), _PROSE_WEIGHT_LIMIT) if row.shape is Shape.PROSE else _FILLER_WEIGHT


@dataclass
class _Page:
    """The rows of one page, and for each that goes the verdict, filled in step by step."""

    view: View
    rows: list[Row]
    gone: dict[int, Verdict] = field(default_factory=dict)  # by place in rows

    @cached_property
    def body(self) -> tuple[int, int] | None:
        return body_of(self.rows)

    def decide(self) -> None:
        """Each step leans on those before it and only ever adds to what goes."""
        self._take_sure_marks()
        self._take_marks_around_body()
        self._take_beside_gone()
        self._take_lists()
        self._take_beside_gone()
        self._take_groups_in_body()
        self._take_shells()
        self._take_leftovers()

    def _take(self, place: int, rule: str, why: str) -> None:
        self.gone.setdefault(place, Verdict(rule, why))

    def _after_body(self, place: int) -> bool:
        return self.body is not None and place > self.body[1]

    def _marked(self, places: Iterable[int]) -> list[int]:
        """Of the places those with a mark; headers of the article's own lists don't count."""
        return [
            place
            for place in places
            if (rule := self.rows[place].rule) and not (rule.heads and self._heads_own_list(place))
        ]

    def _take_marked(self, places: Iterable[int], where: str) -> None:
        for place in places:
            rule = self.rows[place].rule
            assert rule is not None
            self._take(place, rule.name, f"{rule.about}{where}")

    def _take_sure_marks(self) -> None:
        marked = self._marked(range(len(self.rows)))
        self._take_marked((place for place in marked if self._where(place) == "anywhere"), "")

    def _where(self, place: int) -> str | None:
        rule = self.rows[place].rule
        return rule.where if rule else None

    def _take_marks_around_body(self) -> None:
        """Marked lines above and below the article: several of them, or those at the very end."""
        if self.body is None:
            return
        head = self._marked(range(self.body[0]))
        if len(head) > 1:
            self._take_marked(head, ", above the article")
        below = range(self.body[1] + 1, len(self.rows))
        tail = self._marked(below)
        if len(tail) < _FURNITURE_LINES:
            end = self._marked(range(self._end_of_page(), len(self.rows)))
            tail = end if end and self._closes(end[0] - 1) else []
        self._take_marked(tail, ", below the article")

    def _end_of_page(self) -> int:
        """The first of the marked rows that reach the end of the page without a gap."""
        place = len(self.rows)
        while place and self._marked([place - 1]):
            place -= 1
        return place

    def _take_groups_in_body(self) -> None:
        """Marked lines in a row between paragraphs, on a page that is full of furniture elsewhere."""
        if self.body is None or len(self.gone) < _FURNITURE_LINES:
            return
        marked = self._marked(range(self.body[0], self.body[1] + 1))
        for first, last in runs(marked):
            if last > first:
                self._take_marked(range(first, last + 1), ", among others like it")

    def _closes(self, place: int) -> bool:
        """Whether the article can end with the row: then a marked line after it isn't just a list's last item."""
        if place < 0:
            return False
        row, below = self.rows[place], self.rows[place + 1]
        return row.shape in (Shape.PROSE, Shape.OTHER) or below.line > row.line + 1 or bool(_CREDIT.match(row.key))

    def _take_beside_gone(self) -> None:
        """Marks that touch a line that goes: furniture stands together."""
        for order, neighbour in ((1, -1), (-1, 1)):
            for place in self._marked(range(len(self.rows)))[::order]:
                if place + neighbour in self.gone:
                    self._take_marked([place], ", beside other page furniture")

    # lists under a header

    def _take_lists(self) -> None:
        """Headers of lists with the items below them, outside the body; inside it only under a sure header."""
        for place, row in enumerate(self.rows):
            if not (row.rule and row.rule.heads) or self._heads_own_list(place):
                continue
            items = self._items(place)
            if place in self.gone or (items and not self._in_body(place)):
                self._take(place, row.rule.name, f"{row.rule.about}, at the head of a list")
                for item in items:
                    rule = self.rows[item].rule or row.rule
                    self._take(item, rule.name, f"in the list under “{self._quote(place)}”")

    def _in_body(self, place: int) -> bool:
        return self.body is None or self.body[0] <= place <= self.body[1]

    def _items(self, header: int) -> list[int]:
        """The rows after a header that look like items of its list."""
        allowed = _ITEM_SHAPES if self._after_body(header) else _SURE_ITEM_SHAPES
        items = []
        for place in range(header + 1, len(self.rows)):
            row = self.rows[place]
            is_item = row.shape in allowed and len(row.key) <= 2 * _HEADLINE_LENGTH and not row.key.endswith("。")
            if (row.rule and row.rule.heads) or not (row.rule or is_item) or _CREDIT.match(row.key):
                break
            items.append(place)
        return items

    def _heads_own_list(self, header: int) -> bool:
        """Whether the list is the article's own: most of its items are books."""
        items = [self.rows[place] for place in self._items(header) if self.rows[place].rule is None]
        books = sum(bool(_BOOK.match(item.key)) for item in items)
        return bool(items) and 2 * books >= len(items)

    # what stands between furniture

    def _take_shells(self) -> None:
        """Prose after the article, enclosed by furniture with spam in it, that shares no words with the article."""
        for first, last in self._kept_runs_after_body():
            if why := self._shell_reason(first, last):
                for place in range(first, last + 1):
                    self._take(place, "structure/spam-shell", why)

    def _shell_reason(self, first: int, last: int) -> str | None:
        """Why a run of rows that stay is the filling of a spam shell; None if it may be an article's."""
        looks_like_prose = any(row.shape is Shape.PROSE for row in self.rows[first : last + 1])
        spam = self._spam_near(first, last)
        shared = self._shared(self.rows[first : last + 1])
        is_enclosed = last - first < _SHELL_LENGTH and last + 1 < len(self.rows)
        if not looks_like_prose or not is_enclosed or spam is None or shared > _SHARED_LIMIT:
            return None
        return (
            "reads like prose, but stands after the article in a shell of spam: between "
            f"“{self._quote(first - 1)}” and “{self._quote(last + 1)}”, near “{self._quote(spam)}”; "
            f"only {shared:.0%} of its letter pairs are in the article too"
        )

    def _kept_runs_after_body(self) -> list[tuple[int, int]]:
        """(first, last) of each run of rows below the body that stays and follows one that goes."""
        if self.body is None:
            return []
        kept = [place for place in range(self.body[1] + 1, len(self.rows)) if place not in self.gone]
        return [(first, last) for first, last in runs(kept) if first - 1 in self.gone]

    def _spam_near(self, first: int, last: int) -> int | None:
        """The nearest row of spam after the body, above or below."""
        for reach in range(1, _SHELL_REACH + 1):
            for place in (first - reach, last + reach):
                rule = self.rows[place].rule if place < len(self.rows) and self._after_body(place) else None
                if rule and rule.kind == "spam":
                    return place
        return None

    def _shared(self, rows: Sequence[Row]) -> float:
        """Share of the rows' distinct letter pairs that the body holds too, 0 to 1."""
        pairs = _letter_pairs(rows)
        return len(pairs & self._body_pairs) / len(pairs) if pairs else 0.0

    @cached_property
    def _body_pairs(self) -> set[str]:
        return _letter_pairs(self.rows[self.body[0] : self.body[1] + 1]) if self.body else set()

    def _take_leftovers(self) -> None:
        """Short lines left between furniture after the article, or after its last line."""
        if sum(self._after_body(place) for place in self.gone) < _FURNITURE_LINES:
            return
        for first, last in self._kept_runs_after_body():
            if last - first < _LEFTOVER_LENGTH and all(map(_is_leftover, self.rows[first : last + 1])):
                below = f"“{self._quote(last + 1)}”" if last + 1 < len(self.rows) else "the end of the page"
                for place in range(first, last + 1):
                    self._take(
                        place, "structure/leftover", f"short line between “{self._quote(first - 1)}” and {below}"
                    )

    def _quote(self, place: int) -> str:
        text = self.view.line_text(self.rows[place].line)
        return text if len(text) <= 20 else text[:19] + "…"


def _is_leftover(row: Row) -> bool:
    """Whether a row is short and no sentence, and names nobody."""
    is_short = len(row.key) <= _HEADLINE_LENGTH and not row.key.endswith(("。", ";", ":"))
    return is_short and row.shape is not Shape.PROSE and ":" not in row.key and not _CREDIT.match(row.key)


_SURE_ITEM_SHAPES: Final = frozenset({Shape.ITEM, Shape.DATE})  # in the body only what no prose could be
_ITEM_SHAPES: Final = _SURE_ITEM_SHAPES | {Shape.SHORT, Shape.OTHER}
_SHELL_LENGTH: Final = 4  # rows of prose a shell may enclose; more could be an article of its own
_SHELL_REACH: Final = 4  # rows from the prose in which spam makes a shell of the furniture
_SHARED_LIMIT: Final = 0.35  # paragraphs of one article share more of their letter pairs than this, strangers less
_FURNITURE_LINES: Final = 3
_LEFTOVER_LENGTH: Final = 3
_NO_LETTER: Final = re.compile(r"\W+")


def _letter_pairs(rows: Iterable[Row]) -> set[str]:
    return {left + right for row in rows for left, right in pairwise(_NO_LETTER.sub("", row.key))}
