"""One page as rules mark it: where its article is, which lines go, and why others are spared. Next: `sparing`.

The article's body is the stretch of lines with the largest sum of weights, where prose counts for the body
and marks count against it (maximum subsequence segmentation: Pasternack and Roth, WWW 2009).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from cleaner.rules import Rule
from cleaner.shapes import HEADLINE_LENGTH, Row, Shape, names_somebody, speaking, speaks
from cleaner.units import Verdict, View, runs

_LED_ROWS: Final = 12  # rows of a list that a line with a colon may lead up to
_LEAD_LENGTH: Final = 8  # letters of a line that introduces the next by a colon
_WORK: Final = re.compile(r"^\W*(\d+\W*)?(《[^》]+》|[㐀-鿿·]{2,8}[:,][㐀-鿿]{1,12}$|[㐀-鿿a-z ]{1,7}$)|\[[mjdc]\]")
_END_OF_LIST: Final = re.compile(r"^[\[【(]?(注释|注|附录|附件|参考文献|参考资料|后记|编后|答|问)[\]】):]?|^—")
_OPEN_ENDS: Final = ("。", ",", ":", ";", "、")


_MARK_WEIGHT: Final = {"anywhere": -80, "edge": -40}
_PROSE_WEIGHT_LIMIT: Final = 200  # one very long paragraph must not outweigh a page
_FILLER_WEIGHT: Final = -10


def body_of(rows: Sequence[Row]) -> tuple[int, int] | None:
    """(first, last) row of the article's body; None on a page without prose."""
    best, best_span = 0, None
    total, first = 0, 0
    for place, (_, key, shape, rule, _) in enumerate(rows):
        if total <= 0:
            total, first = 0, place
        if rule:
            total += _MARK_WEIGHT[rule.where]
        elif shape is not Shape.PROSE:
            total += _FILLER_WEIGHT
        else:
            total += min(len(key), _PROSE_WEIGHT_LIMIT)
            if total > best:  # only prose adds to it
                best, best_span = total, (first, place)
    return best_span


class Spared(NamedTuple):
    """Why a marked row stays all the same, and more closely where."""

    why: str
    where: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, self))


@dataclass
class Page:
    """The rows of one page, and for each that goes the verdict, filled in step by step."""

    view: View
    rows: Sequence[Row]
    gone: dict[int, Verdict] = field(default_factory=dict)  # by place in rows
    doubts: dict[int, str] = field(default_factory=dict)  # what stays but is flagged, with the reason

    @cached_property
    def body(self) -> tuple[int, int] | None:
        """The body, and the sentences below it up to the first list header or spam: an article may be interrupted."""
        body = body_of(self.rows)
        if body is None:
            return None
        first, last = body
        below = (place for place, rule in self._ruled if place > last and (rule.heads or rule.kind == "spam"))
        spoken = bisect_left(self._speaking, next(below, len(self.rows)))
        return first, max(last, self._speaking[spoken - 1]) if spoken else last

    def decide(self) -> None:
        """Each step leans on those before it and only ever adds to what goes."""
        self._take_sure_marks()
        self._take_marks_around_body()
        self._take_beside_gone()
        self._take_lists()
        self._take_beside_gone()
        self._take_shells()
        self._flag_leftovers()

    def _take(self, place: int, rule: str, why: str) -> None:
        self.gone.setdefault(place, Verdict(rule, why))

    def _after_body(self, place: int) -> bool:
        return self.body is not None and place > self.body[1]

    @cached_property
    def _marks(self) -> list[int]:
        """The places with a mark; what the article introduces or lists itself doesn't count."""
        return [place for place, _ in self._ruled if not self._exemption(place)]

    @cached_property
    def _ruled(self) -> list[tuple[int, Rule]]:
        """(place, rule) of each row that a rule marks."""
        return [(place, row.rule) for place, row in enumerate(self.rows) if row.rule]

    def _exemption(self, place: int) -> str:
        """Why the mark of a row counts for nothing, wherever it stands; "" if it counts."""
        rule = self.rows[place].rule
        if rule and rule.heads and self._heads_own_list(place):
            return "it heads a list of the article's own: works, or names"
        if self._is_introduced(place):
            return "a line of the article that ends in a colon leads up to it"
        return "it stands alone above a sentence, as a heading does" if self._is_heading(place) else ""

    def _is_heading(self, place: int) -> bool:
        """Whether a row whose mark needs an edge stands alone above a sentence: then it is that sentence's heading."""
        row = self.rows[place]
        alone = place == 0 or self.rows[place - 1].rule is None
        is_above = place + 1 < len(self.rows) and speaks(self.rows[place + 1])
        return row.rule is not None and row.rule.where == "edge" and alone and is_above

    def _is_introduced(self, place: int) -> bool:
        """Whether a line of the article leads up to the row, right above it or above a list of short rows."""
        for above in range(place - 1, max(place - 1 - _LED_ROWS, -1), -1):
            row = self.rows[above]
            if row.rule is None and row.key.endswith(":") and len(row.key) >= _LEAD_LENGTH:
                return True
            if row.shape is not Shape.SHORT or self._gap(above + 1):
                return False
        return False

    @cached_property
    def _spoken(self) -> tuple[int, int]:
        """(first, last) of the rows that say a sentence; past each other where none does."""
        places = self._speaking
        return (places[0], places[-1]) if places else (len(self.rows), -1)

    @cached_property
    def _speaking(self) -> list[int]:
        return list(speaking(self.rows))

    def _take_marked(self, places: Iterable[int], where: str) -> None:
        for place in places:
            rule = self.rows[place].rule
            assert rule is not None
            self._take(place, rule.name, f"{rule.about}{where}")

    def _take_sure_marks(self) -> None:
        """Marks that hold anywhere, except sentences between sentences, which may be the article's."""
        for place in self._marks:
            rule = self.rows[place].rule
            if rule and rule.where == "anywhere" and not self._is_between(place):
                self._take_marked([place], "")

    def _is_between(self, place: int) -> bool:
        """Whether a row is a sentence between sentences."""
        first, last = self._spoken
        return first < place < last and self.rows[place].key.endswith("。")

    def _take_marks_around_body(self) -> None:
        """Marked lines above and below the article: several of them, or those at the very end."""
        if self.body is None:
            return
        head, tail = self._above, self._below
        if len(head) > 1:
            self._take_marked(head, ", above the article")
        if len(tail) < _FURNITURE_LINES:
            tail = self._marks_at_end()
            tail = tail if tail and self._closes(tail[0] - 1) else []
        self._take_marked(tail, ", below the article")

    @cached_property
    def _above(self) -> list[int]:
        """The marked rows above body and sentences."""
        top = min(self.body[0], self._spoken[0]) if self.body else 0
        return [place for place in self._marks if place < top]

    @cached_property
    def _below(self) -> list[int]:
        """The marked rows below body and sentences."""
        bottom = max(self.body[1], self._spoken[1]) if self.body else len(self.rows)
        return [place for place in self._marks if place > bottom]

    def _marks_at_end(self) -> list[int]:
        """The marked rows that reach the end of the page without a gap."""
        groups = list(runs(self._marks))
        if not groups or groups[-1][1] != len(self.rows) - 1:
            return []
        return list(range(groups[-1][0], len(self.rows)))

    def _closes(self, place: int) -> bool:
        """Whether the article can end with the row: then a marked line after it isn't just a list's last item."""
        if place < 0:
            return False
        row, below = self.rows[place], self.rows[place + 1]
        return row.shape in (Shape.PROSE, Shape.OTHER) or below.has_gap or names_somebody(row.key)

    def _take_beside_gone(self) -> None:
        """Marks that touch a line that goes, in the body one that is sure to: furniture stands together."""
        for order, neighbour in ((1, -1), (-1, 1)):
            for place in self._marks[::order]:
                beside = self.rows[place + neighbour].rule if place + neighbour in self.gone else None
                is_sure = beside is not None and beside.where == "anywhere"
                if place + neighbour in self.gone and (is_sure or not self._in_body(place)):
                    self._take_marked([place], ", beside other page furniture")

    # lists under a header

    def _take_lists(self) -> None:
        """Headers of lists with the items below them, outside the body; inside it only under a sure header."""
        for place, rule in self._ruled:
            if not rule.heads or self._heads_own_list(place):
                continue
            items = self._items(place)
            if place in self.gone or (items and not self._in_body(place)):
                self._take(place, rule.name, f"{rule.about}, at the head of a list")
                for item in items:
                    self._take(item, rule.name, f"in the list under “{self._quote(place)}”")

    def _in_body(self, place: int) -> bool:
        return self.body is None or self.body[0] <= place <= self.body[1]

    def _items(self, header: int) -> list[int]:
        """The rows after a header that look like items of its list: alike, and without a gap the others don't have.

        Rows with a bullet, a link or a date are taken as they come. Plain headlines are taken only below the
        last sentence, two at least, and only if furniture follows them.
        """
        first = header + 1
        if first >= len(self.rows):
            return []
        is_plain = self.rows[first].shape not in _ITEM_SHAPES
        if is_plain and not (self._after_body(header) and header > self._spoken[1]):
            return []
        items: list[int] = []
        for place in range(first, len(self.rows)):
            if not self._is_item(place, is_plain) or (len(items) > 1 and self._gap(place) and not self._gap(items[1])):
                break
            items.append(place)
        end = first + len(items)
        is_closed = end < len(self.rows) and self.rows[end].rule is not None
        return items if not is_plain or (len(items) > 1 and is_closed) else []

    def _is_item(self, place: int, is_plain: bool) -> bool:
        row = self.rows[place]
        if row.rule or names_somebody(row.key) or _END_OF_LIST.match(row.key) or len(row.key) > 2 * HEADLINE_LENGTH:
            return False
        if not is_plain:
            return row.shape in _ITEM_SHAPES
        return (
            row.shape in (Shape.SHORT, Shape.OTHER)
            and len(row.key) >= _LEAD_LENGTH
            and not row.key.endswith(_OPEN_ENDS)
        )

    def _gap(self, place: int) -> bool:
        return self.rows[place].has_gap

    def _heads_own_list(self, header: int) -> bool:
        """Whether the list is the article's own: most items are books, works with their author, or short names."""
        items = self._items(header)
        own = sum(bool(_WORK.search(self.rows[item].key)) for item in items)
        return bool(items) and 2 * own > len(items)

    # what is spared

    def why_spared(self, place: int) -> Spared:
        """Why a marked row stays, once all is decided: what the mark counted for, and where the row stands."""
        rule = self.rows[place].rule
        assert rule is not None
        if told := self._exemption(place):
            return Spared(told)
        if rule.where == "anywhere":
            return Spared("it is a sentence between sentences, which may be the article's")
        if self.body is None:
            return Spared("nothing shows where the article ends", "for no line reads as prose")
        if place in self._above:
            return Spared("it is the only marked line above the article", "and one alone may be a mistake")
        if place in self._below:
            where = "they follow a sentence, a gap or a credit" if place in self._marks_at_end() else "the page ends"
            return Spared(
                f"fewer than {_FURNITURE_LINES} marked lines stand below the article", f"and not where {where}"
            )
        return Spared("it stands inside the article", self._between(place))

    def _between(self, place: int) -> str:
        """The sentences around a row, or the rows at the ends of the body where there are none."""
        assert self.body is not None
        at = bisect_left(self._speaking, place)  # of a marked row, which doesn't speak
        above = self._speaking[at - 1] if at else self.body[0]
        below = self._speaking[at] if at < len(self._speaking) else self.body[1]
        shown = [f"{word} “{self._quote(at)}”" for word, at in (("below", above), ("above", below)) if at != place]
        return " and ".join(shown)

    # what stands between furniture

    def _take_shells(self) -> None:
        """Prose after the article, enclosed by furniture with spam in it, that shares no words with the article."""
        for first, last in self._kept_runs_after_body():
            if why := self._shell_reason(first, last):
                for place in range(first, last + 1):
                    self._take(place, "structure/spam-shell", why)

    def _shell_reason(self, first: int, last: int) -> str | None:
        """Why a run of rows that stay is the filling of a spam shell; None if it may be an article's."""
        is_enclosed = last - first < _SHELL_LENGTH and last + 1 < len(self.rows)
        spam = self._spam_above(first) if is_enclosed else None
        if spam is None:
            return None
        filling = self.rows[first : last + 1]
        looks_like_prose = any(row.shape is Shape.PROSE for row in filling)
        looks_like_prose &= sum(len(row.key) for row in filling) >= _SHELL_LETTERS
        if not looks_like_prose or (shared := self._shared(filling)) > _SHARED_LIMIT:
            return None
        return (
            "reads like prose, but stands after the article in a shell of spam: between "
            f"“{self._quote(first - 1)}” and “{self._quote(last + 1)}”, under “{self._quote(spam)}”; "
            f"only {shared:.0%} of its letter pairs are in the article too"
        )

    def _kept_runs_after_body(self) -> list[tuple[int, int]]:
        """(first, last) of each run of rows below the body that stays and follows one that goes."""
        if self.body is None:
            return []
        kept = [place for place in range(self.body[1] + 1, len(self.rows)) if place not in self.gone]
        return [(first, last) for first, last in runs(kept) if first - 1 in self.gone]

    def _spam_above(self, first: int) -> int | None:
        """The nearest row of spam above, below the body."""
        for place in range(first - 1, max(first - 1 - _SHELL_REACH, -1), -1):
            rule = self.rows[place].rule if self._after_body(place) else None
            if rule and rule.kind == "spam":
                return place
        return None

    def _shared(self, rows: Sequence[Row]) -> float:
        """Share of the rows' distinct letter pairs that the body holds too, 0 to 1."""
        pairs = letter_pairs(rows)
        return len(pairs & self._body_pairs) / len(pairs) if pairs else 0.0

    @cached_property
    def _body_pairs(self) -> set[str]:
        return letter_pairs(self.rows[self.body[0] : self.body[1] + 1]) if self.body else set()

    def _flag_leftovers(self) -> None:
        """Short lines left between furniture below the article: someone should look, for some are the author's."""
        for first, last in self._kept_runs_after_body():
            if last - first < _LEFTOVER_LENGTH and all(map(_is_leftover, self.rows[first : last + 1])):
                below = f"“{self._quote(last + 1)}”" if last + 1 < len(self.rows) else "the end of the page"
                for place in range(first, last + 1):
                    self.doubts[place] = f"short line between “{self._quote(first - 1)}” and {below}"

    def _quote(self, place: int) -> str:
        return self.view.quote(self.rows[place].line)


def _is_leftover(row: Row) -> bool:
    """Whether a row is short and no sentence, and names nobody."""
    is_short = len(row.key) <= HEADLINE_LENGTH and not row.key.endswith(("。", ";", ":"))
    return is_short and row.shape is not Shape.PROSE and ":" not in row.key and not names_somebody(row.key)


_ITEM_SHAPES: Final = frozenset({Shape.ITEM, Shape.DATE})
_SHELL_LENGTH: Final = 4  # rows of prose a shell may enclose; more could be an article of its own
_SHELL_REACH: Final = 4  # rows above the prose in which spam makes a shell of the furniture
_SHELL_LETTERS: Final = 60  # fewer letters say too little about what they share with the article
_SHARED_LIMIT: Final = 0.35  # paragraphs of one article share more of their letter pairs than this, strangers less
_FURNITURE_LINES: Final = 3
_LEFTOVER_LENGTH: Final = 3
_NO_LETTER: Final = re.compile(r"\W+")


def letter_pairs(rows: Iterable[Row]) -> set[str]:
    """The pairs of letters that stand beside each other in some rows."""
    return {left + right for row in rows for left, right in pairwise(letters_of(row))}


def letters_of(row: Row) -> str:
    """The letters and digits of a row."""
    return _NO_LETTER.sub("", row.key)
