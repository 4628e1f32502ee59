"""Line ends and page marks that a print layout left behind. Blanks within lines are `spacing`'s."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice, pairwise
from typing import Final, NamedTuple
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair.spacing import is_within_word
from cleaner.units import Verdict, View, without_lines

_STOPS: Final = "。！？；：!?;:…"
_NO_START: Final = late(r"[,，。、;:!?)）」』”’》〉】%]")
_ITEM: Final = late(
    r"(?:(?:中华民国|民国|公元)?[一二三四五六七八九十百○〇\d]{2,5}年|[(（]?[一二三四五六七八九十百\d]{1,4}[)）、.．]"
    r"|第[一二三四五六七八九十百\d -]{1,8}[编章节条款项]"
    r"|[•·●○■□▪◆◇★☆►▶>*+#|※△▲○①-⑳㈠-㈩-]|——|[【\[])"
)
_OPEN_END: Final = late(r"[㐀-鿿\w，、,（(「『《“‘○％%～~·」』”’）)》—－-]")
_START: Final = late(r"[㐀-鿿\w“‘「『《〈（(,，。、;:!?)）」』”’》〉】%；：！？…—－-]")  # of a line that goes on
_ARTICLE: Final = late(r"\n *第 ?[一二三四五六七八九十百○〇零\d-]{1,8} ?[条点]")
_ARTICLES: Final = 3
_DECREED: Final = late(r"字第 ?\d[\d ]* ?号")  # the number of a decree
_PROSE_SHARE: Final = 0.5  # of the letters are hanzi
_COLUMNS: Final = late("  |[\u2500-\u257f│|\t]")

_GAIN: Final = 5.0  # on single line ends some borders reach it by chance, several on one page don't
# The letters beside every line end behind a line without a stop of which `_goes_on` says yes; behind many blanks any.
_MANY: Final = r"(?<=[^\S\n]{3}\n)"
_JOINT: Final = late(
    rf"\n(?:(?:(?<=[㐀-鿿]\n)|(?<=[㐀-鿿][^\S\n]\n)|(?<=[㐀-鿿][^\S\n]{{2}}\n)|{_MANY})[^\S\n]*+[㐀-鿿]"
    rf"|(?:(?<=[^\s{_STOPS}]\n)|(?<=\S[^\S\n]\n)|(?<=\S[^\S\n]{{2}}\n)|{_MANY})[^\S\n]*+{_NO_START.pattern})"
)


def _goes_on(before: str, after: str) -> bool:
    """Whether a line end can only be within a sentence: a mark that begins no line follows, or half a word."""
    return bool(_NO_START.match(after)) or is_within_word(before, after, gain=_GAIN)


def _joint(before: str, after: str) -> str | None:
    """What comes between two lines that become one; None if that can't be known, as between figures."""
    last, first = before[-1], after[0]
    if last.isascii() and first.isascii() and last.isalnum() and first.isalnum():
        return " " if last.isalpha() and first.isalpha() else None
    return ""


# --- columns ----------------------------------------------------------------------------------------------------

_NARROWEST: Final = 24  # columns: two per hanzi; lines of verse are narrower
_WIDEST: Final = 80  # letters of the lines of a broken page on average: longer ones are paragraphs
_OPEN_SHARE: Final = 0.25  # of its long lines have no stop
_RAGGED: Final = 4  # columns by which full lines differ: a mark that may not begin a line, a figure kept whole
_BREAKS: Final = 3  # lines that break off in the midst of a sentence
_PROOFS: Final = 3  # breaks that can only be within a sentence
_PROOF_SHARE: Final = 0.2  # of the breaks; a third of the borders between hanzi are within words
_FULL_SHARE: Final = 0.5  # of the lines without a stop that are full
_WIDER_SHARE: Final = 0.2  # of the page's lines may be wider than its columns
_JUDGED: Final = 300  # breaks that are looked at


def columns(view: View) -> Iterator[Edit]:
    """Edits that take out the line ends within paragraphs, on a page that was broken at one width.

    It was, if lines without a stop are mostly of one width, and several break off within a word or before a mark
    that begins no line. Left alone: line ends behind a stop, before items, headings and indents, beside figures,
    in tables, and everything on pages of narrower lines, as verse has, and in statutes, whose official layout is
    part of the text.
    """
    if not _may_go_on_below(view.text) or _is_statute(view.folded) or not _may_be_broken(view.text):
        return
    page = _Columns(view)
    if page.is_broken:
        for row, below in page.breaks:
            joint = _joint(row.text, below.text)
            if joint is not None:
                why = f"line end within a sentence, on a page broken at {page.width} columns"
                old = view.text[row.end : below.start]
                yield Edit(row.end, old, joint, "layout/hard-wrap", why, 0.95)


def _is_statute(folded: str) -> bool:
    """Whether several lines begin with the number of an article, or the text names a decree by its number."""
    return len(list(islice(_ARTICLE.finditer(f"\n{folded}"), _ARTICLES))) == _ARTICLES or bool(_DECREED.search(folded))


def _may_go_on_below(text: str) -> bool:
    """Whether beside several line ends stand the letters without which nothing goes on."""
    return len(list(islice(_JOINT.finditer(text), _PROOFS))) == _PROOFS


def _may_be_broken(text: str) -> bool:
    """Whether lines without a stop are of about one length, several go on below, and few are twice as long."""
    breaks = text.count("\n") - text.count("\n\n")
    if breaks < _BREAKS or len(text) > _WIDEST * (breaks + 1):
        return False
    lines = text.split("\n")
    lengths = sorted(map(len, lines))
    shortest = max(_NARROWEST, lengths[int((1 - _WIDER_SHARE) * len(lines))]) // 2
    if lengths[-_BREAKS] < shortest:
        return False
    is_open = [index for index, line in enumerate(lines) if len(line) >= shortest and line[-1] not in _STOPS]
    if len(is_open) < max(_BREAKS, _OPEN_SHARE * (len(lengths) - bisect_left(lengths, shortest))):
        return False
    pairs = [(lines[index].rstrip(), lines[index + 1].strip()) for index in is_open if index + 1 < len(lines)]
    count, longest = _commonest(Counter(len(line) for line, _ in pairs), 2 * _RAGGED)
    if count < _BREAKS:
        return False
    alike = (pair for pair in pairs if pair[1] and longest - 2 * _RAGGED <= len(pair[0]) <= longest)
    proofs = (pair for pair in islice(alike, _JUDGED) if _goes_on(*pair))
    return len(list(islice(proofs, _PROOFS))) == _PROOFS


def _commonest(numbers: Counter[int], reach: int) -> tuple[int, int]:
    """(count, number) of the number that most others equal or are below by `reach` at most; the largest of several."""
    best = (0, 0)
    below: deque[int] = deque()
    count = 0
    for number in sorted(numbers):
        below.append(number)
        count += numbers[number]
        while below[0] < number - reach:
            count -= numbers[below.popleft()]
        best = max(best, (count, number))
    return best


class _Row(NamedTuple):
    """A line without its outer blanks: its place, text and folded text, width and indent in columns, share of hanzi."""

    start: int
    end: int
    text: str
    key: str
    width: int
    indent: int
    hanzi: float


@dataclass(frozen=True)
class _Columns:
    """The rows of a page and where they break off."""

    view: View

    @cached_property
    def rows(self) -> list[_Row | None]:
        """All lines; None for blank ones."""
        points = self.view.codes
        hanzi = (points >= 0x3400) & (points <= 0x9FFF)
        wide = hanzi | _wide_marks().take(np.minimum(points, 0xFFFF))
        hanzi_before, width_before = _sums(hanzi), _sums(wide) + np.arange(points.size + 1)
        rows: list[_Row | None] = []
        for index, line in enumerate(self.view.lines):
            if not line.key:
                rows.append(None)
                continue
            start, text = self.view.line_span(index)
            end = start + len(text)
            share = (hanzi_before[end] - hanzi_before[start]) / len(text)
            first, left, right = (int(width_before[place]) for place in (line.start, start, end))
            rows.append(_Row(start, end, text, line.key, right - first, left - first, float(share)))
        return rows

    @cached_property
    def _open(self) -> list[tuple[_Row, _Row]]:
        """(row, row below) of rows that end without a stop and may go on below."""
        return [(row, below) for row, below in pairwise(self.rows) if row and below and _may_go_on(row, below)]

    @cached_property
    def width(self) -> int:
        """The width that most open rows have; 0 if there is none."""
        return _commonest(Counter(row.width for row, _ in self._open if row.width >= _NARROWEST), _RAGGED)[1]

    @cached_property
    def breaks(self) -> list[tuple[_Row, _Row]]:
        """The open rows that are full, with the rows below that are not wider."""
        return [
            (row, below)
            for row, below in self._open
            if self.width - _RAGGED <= row.width <= self.width and below.width <= self.width
        ]

    @cached_property
    def is_broken(self) -> bool:
        """Whether the page was broken at that width."""
        breaks = self.breaks
        wider = sum(row is not None and row.width > self.width for row in self.rows)
        if len(breaks) < max(_BREAKS, _FULL_SHARE * len(self._open)) or wider > _WIDER_SHARE * len(self.rows):
            return False
        judged = breaks[:_JUDGED]
        proofs = sum(_goes_on(row.text, below.text) for row, below in judged)
        return proofs >= max(_PROOFS, _PROOF_SHARE * len(judged))


def _sums(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many are true before each place; shape (n + 1,)."""
    return np.concatenate(([0], np.cumsum(mask)))


@cache
def _wide_marks() -> NDArray[np.bool_]:
    """Which code points below 0x10000 besides hanzi take two columns; marks that only Chinese fonts make wide do."""
    letters = map(chr, range(0x10000))
    wide = [east_asian_width(letter) in "WF" or letter in "“”‘’…—○△①②③④⑤⑥⑦⑧⑨⑩～－" for letter in letters]
    return np.array(wide)


def _may_go_on(row: _Row, below: _Row) -> bool:
    """Whether a row can be the beginning of a sentence that the row below goes on with."""
    if row.hanzi <= _PROSE_SHARE or not _OPEN_END.match(row.text[-1]):
        return False
    is_prose = below.hanzi > _PROSE_SHARE or _NO_START.match(below.text) or (below.hanzi and "/" not in below.text)
    is_deeper = below.indent > row.indent and not _ITEM.match(row.key)
    begins = _ITEM.match(below.key) or not _START.match(below.text) or row.text[:2] == below.text[:2]
    is_table = _COLUMNS.search(row.text) or _COLUMNS.search(below.text)
    return bool(is_prose) and not (is_deeper or begins or is_table)


# --- page marks -------------------------------------------------------------------------------------------------

_MARK: Final = late(
    r"(?P<left>[-—–~·•]{1,3}) ?(?P<dashed>\d{1,4}) ?[-—–~·•]{1,3}$|"
    r"第 ?(?P<page>\d{1,4}) ?页(?:[ ,/|]*共 ?(?P<of>\d{1,4}) ?页)?$|"
    r"(?P<part>\d{1,4}) ?/ ?(?P<total>\d{1,4})$"
)
_MARK_LENGTH: Final = 20
_HINT: Final = late(
    r"\n[^\S\n]*+(?=[-—–－~·•第\d])"  # which few lines begin with
    r"(?:[-—–－~·•]{1,3} ?\d{1,4} ?[-—–－~·•]|第 ?\d{1,4} ?[页頁]|\d{1,4} ?/ ?\d)"
)
_MARKS: Final = 3  # of one style that count up; two do if they say of how many
_CUT_END: Final = late("[㐀-鿿，、,]")
_CUT_SHARE: Final = 0.5  # of the marks stand within a sentence: numbers of sections never do
_INNER: Final = late("[，。,].{4}")  # prose: headlines have no marks inside
_PAGE: Final = 150  # letters of a page at least, where no word proves that a mark cuts a sentence
_CUT_LENGTH: Final = 10  # letters of a line at least that breaks off or goes on; headings are shorter


class _Mark(NamedTuple):
    """A page mark: its line and number."""

    line: int
    number: int


def page_marks(view: View) -> Iterator[Edit]:
    """Edits that remove page marks which stand alone on their lines and count up through the text.

    `- 12 -`, `第 3 页 共 10 页`, `3/10`, if most of them stand within sentences that go on below, as a word cut in two
    or the length of the pages shows; the halves become one line. Left alone: numbers of pictures with their captions,
    a single mark, numbers that don't count up, and numbers of sections, which cut no sentence.
    """
    if len(_HINT.findall(view.text)) < 2:
        return
    filled = [index for index, _ in view.filled_lines()]
    gone: dict[int, Verdict] = {}
    for marks in _sequences(view):
        cuts = [cut for mark in marks if (cut := _cut(view, filled, mark.line))]
        proofs = sum(_goes_on(cut.before, cut.after) for cut in cuts)
        is_proved = proofs >= max(1, _PROOF_SHARE * len(cuts))
        is_cut = is_proved or (_is_paged(view, marks) and all(_INNER.search(cut.before) for cut in cuts))
        if is_cut and len(cuts) >= max(2, _CUT_SHARE * len(marks)):
            verdict = Verdict(
                "layout/page-mark", f"page mark, one of {len(marks)} that count up from {marks[0].number}"
            )
            halves = {cut.mark for cut in cuts}
            gone |= {mark.line: verdict for mark in marks if mark.line not in halves}
            for cut in cuts:
                joint = _joint(cut.before, cut.after)
                new = "\n" if joint is None else joint
                old = view.text[cut.start : cut.end]
                yield Edit(cut.start, old, new, verdict.rule, verdict.why, 0.95)
    yield from without_lines(view, gone)


def _is_paged(view: View, marks: list[_Mark]) -> bool:
    """Whether as much stands between the marks as on printed pages; between numbered pictures stands a caption."""
    return view.lines[marks[-1].line].start - view.lines[marks[0].line].start >= _PAGE * (len(marks) - 1)


def _sequences(view: View) -> Iterator[list[_Mark]]:
    """Runs of marks of one style that count up one by one, long enough to be no chance."""
    styles: defaultdict[tuple[str, str, str], list[_Mark]] = defaultdict(list)
    for index, line in view.filled_lines():
        if len(line.key) <= _MARK_LENGTH and (match := _MARK.match(line.key)):
            number = int(match["dashed"] or match["page"] or match["part"])
            style = (
                str(match["left"] or ""),
                str(match["of"] or match["total"] or ""),
                "|".join(sorted(key for key, value in match.groupdict().items() if value)),
            )
            styles[style].append(_Mark(index, number))
    for style, marks in styles.items():
        yield from (run for run in _rising(marks) if len(run) >= (2 if style[1] else _MARKS))


def _rising(marks: list[_Mark]) -> Iterator[list[_Mark]]:
    """The runs in which each number is one more than the one before."""
    run = marks[:1]
    for before, mark in pairwise(marks):
        if mark.number != before.number + 1:
            yield run
            run = []
        run.append(mark)
    yield run


class _Cut(NamedTuple):
    """A sentence that a mark stands in: the mark's line, the text on both sides, what lies between."""

    mark: int
    before: str
    after: str
    start: int
    end: int


def _cut(view: View, filled: list[int], mark: int) -> _Cut | None:
    """The sentence that the mark cuts, if long lines without a stop between them stand on both sides."""
    place = bisect_left(filled, mark)
    if not 0 < place < len(filled) - 1:
        return None
    (first, before), (second, after) = view.line_span(filled[place - 1]), view.line_span(filled[place + 1])
    if min(len(before), len(after)) < _CUT_LENGTH or not _CUT_END.match(before[-1]):
        return None
    if _ITEM.match(after) or view.lines[filled[place + 1]].start + 2 <= second:
        return None
    return _Cut(mark, before, after, first + len(before), second)
