"""Paragraphs said twice within one document. Next: `titles` and `captions`, which have shapes of their own.

A page that carries its article twice says whole paragraphs again, in the same order: the second time perhaps in
another script, with slips, or cut short. Refrains, statutes, forms and dialogue say short things again, and
price lists and parallel clauses long ones with other numbers, so what counts as said twice must hold enough prose
and tell the same facts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from cleaner.document import Edit, Matched
from cleaner.repeats.likeness import Grade, Likeness, is_inside_word, is_particles, is_slip, reads_on
from cleaner.repeats.search import LONG, Page
from cleaner.shapes import Shape, shape_of
from cleaner.units import Verdict, View, without_lines

_PARAGRAPH_LENGTH: Final = 40  # hanzi of a sentence that nobody says twice by habit of speech
_SINGLE_LENGTH: Final = 120  # hanzi of a paragraph that is flagged when it repeats alone, away from its first copy
_RUN_LENGTH: Final = 80  # hanzi of prose in a run that repeats the beginning, or what stands right above it
_FAR_RUN_LENGTH: Final = 400  # hanzi of prose in a run that repeats something from the middle
_LIKE_LENGTH: Final = 60  # hanzi of a paragraph that is flagged when it repeats alone with slips
_BEGINNING: Final = 4  # paragraphs: title, byline and lead, where a second copy of a body takes up
_STUB_LENGTH: Final = 8  # letters of a last paragraph that breaks off within a copied run
_CUT_LENGTH: Final = 40  # letters of a paragraph that breaks off, alone
_PROSE_ROWS: Final = 2  # paragraphs of prose in a run with slips
_SKIPS: Final = 2  # rows in a run, or in what it repeats, that only one of both has
_GAP: Final = 120  # letters by which a run may skip in what it repeats: a caption, a pull quote
_COMPARED: Final = 400  # letters skipped in both that are compared
_SKIPPED_LIKENESS: Final = 0.6  # of what is skipped in both: strangers share a third of their letters at most
_CHANGED: Final = 1 / 3  # of a run's prose with other facts: more, and the runs are parallel, no copies
_REST_LENGTH: Final = 4  # letters that a paragraph goes on by where its copy breaks off
_CARELESS: Final = 3  # slips for each other fact in a run whose facts differ by carelessness too
_THROUGHOUT: Final = 2  # times that one character stands for the same other one: an exchanged name, no slip
_SHOWN: Final = 3  # differences that a reason tells
_CLOSERS: Final = "\"'”’」』)]】"
_TEASER_ROWS: Final = 6  # of a beginning that breaks off
_ROUNDS: Final = 8  # in all but built texts the second finds nothing more
_HAN: Final = re.compile("[㐀-鿿]")
_NUMBERS: Final = re.compile(r"[\d〇零一二三四五六七八九十百千万亿a-z]+")
_NUMBER: Final = r"[一二三四五六七八九十百千零〇\d]+"
_ENUMERATED: Final = re.compile(rf"^[(\[]?({_NUMBER}[)\]、.]|第{_NUMBER}[条项款章节])")
_CHUNK_LENGTH: Final = 8  # characters between two commas that two different sentences seldom share
_CHUNKS_LENGTH: Final = 16  # characters of such chunks on a page without which no paragraph is looked for
_TEASER_SHARE: Final = 0.15  # of a line that says itself that it breaks off, perhaps in the middle of such a chunk
_SUSPECT_SHARE: Final = 0.3  # of a line in such chunks; slips and other marks leave a copy with more


def find(view: View) -> Iterator[Edit]:
    """Edits that remove the second copies of paragraphs, each naming the paragraph that says the same, and how nearly.

    What goes is a run of paragraphs that says earlier ones again in their order, from the beginning or from right
    above it, or one that is very long; slips are allowed in it. A last paragraph that breaks off goes with its run.
    A beginning that breaks off goes itself, for it teases what is said whole below. Alone goes a paragraph that
    says the one right above it again but for marks and particles, and one that breaks off in mid-clause.

    Flagged: a long paragraph said again elsewhere, or with slips; in a copied run what tells other facts. Left
    alone: short lines, runs without enough prose, numbered items of statutes and forms, parallel paragraphs. What
    is left is judged again without what went, so that cleaning it once more finds nothing.
    """
    said_twice = chunks_said_twice(view.folded)
    if not said_twice or not any(_is_suspect(line.key, said_twice) for line in view.lines):
        return
    page = Page.of((index, line.key) for index, line in view.filled_lines())
    gone: dict[int, Verdict] = {}
    doubts: dict[int, Verdict] = {}
    for _ in range(_ROUNDS):
        judgement = _Judgement(view, page)
        judgement.decide()
        gone |= {page.rows[place].line: verdict for place, verdict in judgement.gone.items()}
        doubts |= {page.rows[place].line: verdict for place, verdict in judgement.doubts.items()}
        if not judgement.gone:
            break
        page = page.without(judgement.gone)
    yield from without_lines(view, gone)
    for line, verdict in doubts.items():
        if line not in gone:
            start, text = view.line_span(line)
            yield Edit(start, text, text, *verdict)


def chunks_said_twice(folded: str) -> frozenset[str]:
    """The words between commas or ends of sentences that a folded text says twice, if enough for a copy.

    >>> sorted(chunks_said_twice("门口总停着几辆自行车,车筐里放着刚买的书。" * 2))
    ['车筐里放着刚买的书', '门口总停着几辆自行车']
    """
    parts = folded.replace(" ", "").replace("。", ",").replace("\n", ",").split(",")
    chunks = [part for part in parts if len(part) >= _CHUNK_LENGTH]
    if len(set(chunks)) == len(chunks):
        return frozenset()
    said_twice = frozenset(chunk for chunk, count in Counter(chunks).items() if count > 1 and not chunk.isascii())
    return said_twice if sum(map(len, said_twice)) >= _CHUNKS_LENGTH else frozenset()


def _is_suspect(key: str, said_twice: frozenset[str]) -> bool:
    """Whether enough of a long line is said twice."""
    if len(key) < _CUT_LENGTH:
        return False
    parts = key.replace(" ", "").replace("。", ",").split(",")
    shared = sum(len(part) for part in parts if part in said_twice)
    return shared >= (_TEASER_SHARE if _is_marked(key) else _SUSPECT_SHARE) * len(key)


class _Pair(NamedTuple):
    """A row, by its place, and the stretch that says the same."""

    place: int
    like: Likeness


@dataclass
class _Judgement:
    """What goes and what is doubtful, by place, among the rows of one page."""

    view: View
    page: Page
    gone: dict[int, Verdict] = field(default_factory=dict)
    doubts: dict[int, Verdict] = field(default_factory=dict)
    _passed: dict[int, int] = field(default_factory=dict)  # from a row that went to one above it that did not

    def decide(self) -> None:
        """Beginnings that break off first: what they tease must not go as their copy."""
        self._take_teasers()
        if not self.gone:
            self._take_copies()
        self._take_stubs()
        self._flag_lone()

    # copies below what they repeat

    def _take_copies(self) -> None:
        place = 1
        while place < len(self.page.rows):
            runs = [self._run(place, like) for like in self._sources(place)]
            run = max(runs, key=len, default=[])
            if run and self._is_copied(run):
                self._take_run(run)
            place = run[-1].place + 1 if run else place + 1

    def _sources(self, place: int) -> list[Likeness]:
        """The stretches above that say a row and stay, equal rows first."""
        row = self.page.rows[place]
        equal = [self.page.whole(other) for other in self.page.equals[row.letters] if other < place]
        like = [found for found in self.page.likes.get(place, ()) if found.end <= row.start]
        sources = [*equal, *(found for found in like if found.grade < Grade.OTHER and found not in equal)]
        return [found for found in sources if self._stays(found)]

    def _stays(self, found: Likeness) -> bool:
        return self.gone.keys().isdisjoint(self.page.places_of(found))

    def _run(self, place: int, first: Likeness, *, most: int | None = None) -> list[_Pair]:
        """The rows from `place` on that say again, in order, what stands from `first` on; a few may be skipped.

        What they say again ends above them, or they end above it.
        """
        rows = self.page.rows
        stop, end = rows[place].start, len(rows)
        if first.start > stop:
            stop, end = len(self.page.letters), self.page.place_of(first.start)
        run = [_Pair(place, first)]
        for at in range(place + 1, end if most is None else min(end, place + most)):
            skipped = rows[at].start - rows[run[-1].place].end
            like = self._continued(at, run[-1].like.end, (skipped, stop))
            if like is not None and not self._may_skip(run[-1], _Pair(at, like)):
                break
            if like is not None:
                run.append(_Pair(at, like))
            elif at - run[-1].place > _SKIPS:
                break
        while run and not self._is_closed(run[-1]):
            run.pop()
        return run if run and self._is_open(run[0]) else []

    def _may_skip(self, last: _Pair, following: _Pair) -> bool:
        """Whether what both texts skip between two rows of a run is the same with more slips, or a line one lacks.

        Other numbers between equal paragraphs make an entry of a list: the same product, another version.
        """
        rows = self.page.rows
        here = self.page.letters[rows[last.place].end : rows[following.place].start]
        there = self.page.letters[last.like.end : following.like.start]
        if not here or not there:
            return max(len(here), len(there)) <= (_GAP if there else LONG) and not _NUMBERS.search(here)
        if _NUMBERS.findall(here) != _NUMBERS.findall(there) or max(len(here), len(there)) > _COMPARED:
            return False
        return SequenceMatcher(None, here, there, autojunk=False).ratio() >= _SKIPPED_LIKENESS

    def _is_open(self, pair: _Pair) -> bool:
        """Whether what a run repeats begins where a clause does: else its own beginning stands in the line above."""
        whole = self.page.rows[self.page.place_of(pair.like.start)]
        letters = pair.like.start - whole.start
        return letters <= _REST_LENGTH or not is_inside_word(whole.key, letters)

    def _is_closed(self, pair: _Pair) -> bool:
        """Whether a run may end with a row: it says a paragraph to its end, or breaks off for all to see.

        A line that merely breaks off may go on in the next one, and not as what it repeats does.
        """
        row = self.page.rows[pair.place]
        is_last = pair.place + 1 == len(self.page.rows)
        return pair.like.grade < Grade.OTHER and (is_last or _is_marked(row.key) or not self._breaks_off(pair))

    def _continued(self, at: int, reach: int, bounds: tuple[int, int]) -> Likeness | None:
        """The next stretch from letter `reach` on that says the row at `at`.

        `bounds` are the letters skipped between this row and the last one that was said again, and where to stop.
        """
        rows = self.page.rows
        gap, stop = bounds[0] + _GAP, bounds[1]
        first = self.page.place_of(reach - 1) + 1
        for place in range(first, min(first + _SKIPS + 1, len(rows))):
            if rows[place].end > stop or rows[place].start > reach + gap:
                break
            if rows[place].letters == rows[at].letters and place not in self.gone:
                return self.page.whole(place)
        for like in self.page.likes.get(at, ()):
            if reach <= like.start <= reach + gap and like.end <= stop and self._stays(like):
                return like
        return self._rest(at, reach, stop)

    def _rest(self, at: int, reach: int, stop: int) -> Likeness | None:
        """The stretch right from letter `reach` on, for a short row that ends a broken line, or breaks off itself."""
        row = self.page.rows[at]
        like = Likeness(reach, reach + len(row.letters), (), 1.0)
        is_rest = reach not in self.page.starts
        is_stub = at + 1 == len(self.page.rows) and len(row.letters) >= _STUB_LENGTH
        is_said = like.end <= stop and self.page.letters.startswith(row.letters, reach)
        return like if (is_rest or is_stub) and is_said and self._stays(like) else None

    def _is_copied(self, run: list[_Pair]) -> bool:
        """Whether a run is a copy of what stands above it, no turn of speech and no parallel to it.

        Rows that went before it count for neither.
        """
        changed = _changed(run)
        places = range(run[0].place, run[-1].place + 1)
        lengths = {place: _prose_length(self.page.rows[place].key) for place in places if place not in self.gone}
        same = [pair.place for pair in run if pair.place not in changed]
        prose = sum(lengths[place] for place in same)
        if sum(lengths.values()) - prose > _CHANGED * prose and not _is_careless(run):
            return False
        first, last = self.page.place_of(run[0].like.start), self.page.places_of(run[-1].like)[-1]
        is_right_below = self._staying_above(run[0].place) <= last
        if len(run) == 1:
            return is_right_below and run[0].like.grade is Grade.SAME and prose >= _RUN_LENGTH
        has_slips = any(pair.like.grade is Grade.SMALL for pair in run)
        if has_slips and sum(lengths[place] > 0 for place in same) < _PROSE_ROWS:
            return False
        return prose >= (_RUN_LENGTH if first < _BEGINNING or is_right_below else _FAR_RUN_LENGTH)

    def _staying_above(self, place: int) -> int:
        """The nearest row above that stays, -1 if none does; those that went are passed over at once the next time."""
        above = place - 1
        while above in self.gone:
            above = self._passed.get(above, above - 1)
        if above < place - 1:
            self._passed[place - 1] = above
        return above

    def _take_run(self, run: list[_Pair]) -> None:
        changed = _changed(run)
        for pair in run:
            if pair.place in changed:
                why = f"in a run that repeats others, but tells something else than {self._told(pair.like)}"
                self._doubt(pair.place, Verdict("repeats/changed-paragraph", why), like=pair.like)
            else:
                self._take(pair)

    def _take(self, pair: _Pair, *, verb: str = "repeats") -> None:
        told = self._told(pair.like)
        if verb == "repeats" and self._breaks_off(pair):
            verb = "breaks off while repeating"
        self.gone[pair.place] = Verdict("repeats/paragraph", f"{verb} {told}", matched=self._matched(pair.like))

    # what breaks off

    def _take_teasers(self) -> None:
        """Beginnings that break off, each above the paragraph that says it whole."""
        if not any(_is_marked(row.key) for row in self.page.rows):
            return
        place = 0
        while place < len(self.page.rows):
            below = [like for like in self.page.likes.get(place, ()) if like.start >= self.page.rows[place].end]
            runs = [self._run(place, like, most=_TEASER_ROWS) for like in below if like.grade < Grade.OTHER]
            run = next((run for run in runs if self._is_teaser(run)), [])
            for pair in run:
                self._take(pair, verb="teases, and breaks off, what is said whole in")
            place += max(len(run), 1)

    def _is_teaser(self, run: list[_Pair]) -> bool:
        """Whether a run breaks off with an ellipsis or a link to the whole, and is too long for a heading or motto."""
        if not run or not self._breaks_off(run[-1]) or _changed(run):
            return False
        last = run[-1]
        begins = run[0].like.start in self.page.starts
        is_cut = _is_marked(self.page.rows[last.place].key) and (begins or self._is_cut_in_clause(last))
        is_sure = len(run) > 1 or not last.like.differences
        return is_cut and is_sure and sum(len(self.page.rows[pair.place].letters) for pair in run) >= _CUT_LENGTH

    def _take_stubs(self) -> None:
        """Paragraphs that break off in mid-clause, alone, below the paragraph that says them whole."""
        for place, row in enumerate(self.page.rows):
            if place not in self.gone and len(row.letters) >= _CUT_LENGTH:
                pair = next(
                    (pair for like in self.page.likes.get(place, ()) if self._is_stub(pair := _Pair(place, like))), None
                )
                if pair is not None:
                    self._take(pair)

    def _is_stub(self, pair: _Pair) -> bool:
        row, like = self.page.rows[pair.place], pair.like
        is_below = like.end <= row.start and like.start in self.page.starts and self._stays(like)
        is_sure = not like.differences and self._is_closed(pair) and self._breaks_off(pair)
        return is_below and is_sure and self._is_cut_in_clause(pair)

    def _breaks_off(self, pair: _Pair) -> bool:
        """Whether what a row repeats goes on within the same paragraph."""
        last = self.page.rows[self.page.places_of(pair.like)[-1]]
        return last.end - pair.like.end >= _REST_LENGTH

    def _is_cut_in_clause(self, pair: _Pair) -> bool:
        """Whether what a row repeats goes on without a mark where the row breaks off."""
        whole = self.page.rows[self.page.places_of(pair.like)[-1]]
        return is_inside_word(whole.key, pair.like.end - whole.start)

    # what is only doubtful

    def _flag_lone(self) -> None:
        """Long paragraphs that stand elsewhere too, alone: a clause of a form, a quotation, a summary, or a slip."""
        for place, row in enumerate(self.page.rows):
            if place in self.gone or place in self.doubts or len(row.letters) < LONG:
                continue
            prose = _prose_length(row.key)
            first = self.page.equals[row.letters][0]
            if first < place and first not in self.gone:
                if prose >= _SINGLE_LENGTH:
                    why = "a paragraph that stands above already, repeated alone"
                    self._doubt(place, Verdict("repeats/lone-paragraph", why), like=self.page.whole(first))
            elif prose >= _LIKE_LENGTH:
                self._flag_like(place)

    def _flag_like(self, place: int) -> None:
        row = self.page.rows[place]
        for like in self.page.likes.get(place, ()):
            pair = _Pair(place, like)
            is_copy = like.end <= row.start or self._breaks_off(pair)
            if is_copy and like.start in self.page.starts and self._stays(like) and not _changed([pair]):
                part = "the beginning of " if self._breaks_off(pair) else ""
                verdict = Verdict("repeats/like-paragraph", f"repeats {part}{self._told(like)}, alone")
                self._doubt(place, verdict, like=like)
                return

    def _doubt(self, place: int, verdict: Verdict, *, like: Likeness) -> None:
        self.doubts[place] = verdict._replace(matched=self._matched(like))

    # reasons

    def _matched(self, like: Likeness) -> Matched:
        """The lines that say a row."""
        places = self.page.places_of(like)
        return self.view.lines_matched(*(self.page.rows[place].line for place in (places[0], places[-1])))

    def _told(self, like: Likeness) -> str:
        """The paragraphs that say a row, and how nearly."""
        places = self.page.places_of(like)
        first, last = (self.page.rows[place] for place in (places[0], places[-1]))
        numbers = f"paragraph {first.number + 1}"
        if last.number > first.number:
            numbers = f"paragraphs {first.number + 1} to {last.number + 1}"
        quote = self.view.quote(first.line)
        if not like.differences:
            return f"{numbers}, “{quote}”, letter for letter"
        shown = "; ".join(f"“{found.here}” for “{found.there}”" for found in like.differences[:_SHOWN])
        more = "; …" if len(like.differences) > _SHOWN else ""
        return f"{numbers}, “{quote}”, {like.similarity:.1%} alike: {shown}{more}"


def _changed(run: Sequence[_Pair]) -> set[int]:
    """The places in a run whose paragraphs tell other facts, or have a name exchanged throughout the run."""
    counts = Counter(found for pair in run for found in pair.like.differences if found.here and found.there)
    return {
        pair.place
        for pair in run
        if pair.like.grade is Grade.OTHER or any(counts[found] >= _THROUGHOUT for found in pair.like.differences)
    }


def _is_careless(run: Sequence[_Pair]) -> bool:
    """Whether most differences in a run are slips: parallel texts differ in facts, careless copies in anything."""
    telling = [found for pair in run for found in pair.like.differences if not is_particles(found)]
    slips = sum(map(is_slip, telling))
    return slips >= _CARELESS * (len(telling) - slips)


def _is_marked(key: str) -> bool:
    """Whether a folded line says itself that it breaks off."""
    return key.rstrip(_CLOSERS).endswith(("…", "..")) or reads_on(key)


def _prose_length(key: str) -> int:
    """Hanzi of a paragraph of sentences; 0 for short ones, headings, and the numbered items of statutes and forms."""
    key = key.replace(" ", "")
    if len(key) < _PARAGRAPH_LENGTH or _ENUMERATED.match(key) or shape_of(key) is not Shape.PROSE:
        return 0
    length = len(_HAN.findall(key))
    return length if length >= _PARAGRAPH_LENGTH else 0
