"""Characters that an encoder lacked and wrote as “?”: middle dots, dashes, blanks, quotation marks.

A page that loses one kind of character loses it everywhere, so the page is evidence. `find` mends what stands in a
context of its own; `doubts` points at the rest.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cleaner.document import Edit
from cleaner.fold import fold
from cleaner.language import load
from cleaner.patterns import late
from cleaner.repair.names import is_enclosed, is_part_of_work, is_sure, name_at
from cleaner.units import View

_GATE: Final = late(r"\?(?:(?<=[㐀-鿿”》）]\?)|(?=[㐀-鿿“《（])|(?<=\n\?)|(?<=\d\?)(?=\d{1,4}[㐀-鿿%％]))")

# What a question shows before its mark.
_CLAUSE_REACH: Final = 40  # letters before the mark in which a question shows
_CLAUSE_END: Final = late(r"[\n。!?;…,:]")
_QUESTION: Final = late(
    r"吗|呢|吧|么|嘛|啊|呀|谁|哪|何|几|多少|多久|多大|多远|多高|多长|多强|怎|咋|啥|是否|能否|可否|会否|有否|与否|岂|难道|莫非|究竟|到底|还是|孰|焉|"
    r"安能|乎|哉|(?P<a>[㐀-鿿])[不没](?P=a)|有没有|对吗|问|疑|好不|行不|没有?$|不$"
)
_TECHNICAL: Final = late(
    r"https?:|www\.|\b(?:select|where|insert|values|update)\b|正则|通配符|占位符|问号|[`\\{}|]|\[\^|[=(] *\?|\? *="
)
_NEAR: Final = 60  # letters on the same line within which code or an address shows

_LONE: Final = late(r"\?(?<!\?\?)(?!\?)")
_BESIDE: Final = late(r"[㐀-鿿，。、；：（）《》！]")

_BETWEEN: Final = late(r"\?(?<=[㐀-鿿]\?)(?=[㐀-鿿]|(?<![年月日]\?)\d[\d.]*[㐀-鿿%％])")
_DASH: Final = late(r"\?\?(?<!\?\?\?)(?!\?)(?<=[㐀-鿿”》]\?\?)(?=[㐀-鿿“《])")
_INTACT_DASH: Final = late("[㐀-鿿][—―─]")
_EMPHASIS: Final = late(r"[?!]{3}|!\?|\?!|!!|\?\?(?=\s*(?:[”\"’」』)]|$))", re.MULTILINE)
_ADDRESSED: Final = late(r"[你您妳咱]|[了的]$")
_CLAUSE_LENGTH: Final = 2  # letters of a clause before a dash; two and “的” or “了” are a cry: 真的??
_DOUBLE: Final = late(r"\?\?(?<=[㐀-鿿”》]\?\?)(?!\?)")
_EXPLAINS: Final = late(
    r"毕竟|即|也就是|就是|这是|这就是|这正是|那就是|因为|尤其|特别是|包括|例如|比如|譬如|无论|不论|哪怕|尽管|换句话|换言之|其中|甚至|以及|所谓"
)
_STATEMENT: Final = late(r"[^\n!?]{2,60}[。,;]")
_SHEARED: Final = late(r"[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ] ?\)")
_CONTEXT: Final = 12  # letters after the mark that must be Chinese
_PLAUSIBLE: Final = -10.0  # their mean log-probability; bytes read out of step score about -14, prose -7

_SPACED_WORD: Final = late(r"(?m)^[ \u3000【\[]*([㐀-鿿](?:\?(?: \?){1,7} ?[㐀-鿿]){1,3})(?=[ \u3000:：】\]]|$)")
_GAP: Final = late(r"[? ]+")
_HEADING: Final = late(r"(?m)^[ \u3000]*第[一二三四五六七八九十百零〇\d]{1,6}[编編章节節条條款](\?{1,4})(?=[㐀-鿿])")
_INDENT: Final = late(r"(?m)^(?:\?\?\?\?|\?\?|\? \? ?\? \? ?|\? \? ?)(?=[㐀-鿿“《（\d])")
_REPEATED: Final = 3  # lines that begin alike
_SHARE: Final = 0.5  # of the page's paragraphs that begin so
_PARAGRAPH: Final = 20  # letters of a line that is a paragraph, no item of a list

_INTACT_QUOTE: Final = late("[“”「」『』]")
_QUOTED: Final = 40  # letters between quotation marks on one line
_OPENS: Final = late(r"[，。、；：（《,;:(\n]")  # ends no question, but leads up to a quotation
_GOES_ON: Final = late(r"[，。、；：）》,;:)]|的(?!确|士|时候)|等|和|与|及|之")  # goes on where a question would end
_QUOTED_END: Final = late(r"[。！，]")
_PAIRS: Final = 2  # pairs that no question marks could be, before the page's quotation marks count as lost
_EVEN: Final = 0.8  # share of the lines with marks on which they come out in pairs

_RANGE: Final = late(r"\?(?:(?<=\d\?)(?=\d{1,4}[㐀-鿿%％])|(?<=[年月日]\?)(?=\d))")
_ITEM: Final = late(r"(?m)^\? ?(?=[㐀-鿿])")

_WHY_LOST: Final = "“?” where nothing asks: a mark or a character was lost here"
_WHY_DASH: Final = "“??” where nothing asks: a dash, perhaps, was lost here"
_WHY_RANGE: Final = "“?” beside numbers: a dash or a tilde was lost here"
_WHY_ITEM: Final = "“?” at the beginning of several lines: a bullet, a blank or a dash was lost"


def find(view: View) -> Iterator[Edit]:
    """Edits that put back what a “?” stands for, where its context leaves no doubt.

    A middle dot within a name of foreign syllables, or between a work and its part; a dash for two marks in the
    midst of a statement; blanks within a spread heading (摘? ? ? 要), behind 第一条 and before most paragraphs;
    quotation marks in pairs where no question could stand. Left alone: questions, with a question word or without,
    emphasis (真的??), addresses and code, bytes out of step, and what could be two things, which `doubts` flags.

    >>> [(edit.old, edit.new) for edit in find(View("弱点??毕竟老了，卡尔?马克思写道"))]
    [('?', '·'), ('??', '——')]
    """
    if "?" in view.text and _GATE.search(view.text):
        page = _Page(view)
        yield from _blanks(page)
        yield from _indents(page)
        for place in page.dots:
            why = "“?” within a foreign name or a title: a middle dot was lost here"
            yield Edit(place, "?", "·", "holes/middle-dot", why, 0.97)
        for opening, closing in page.quotations:
            why = "“?” in pairs where no question can stand, here and elsewhere on the page: quotation marks were lost"
            yield Edit(opening, "?", "“", "holes/quotation-mark", why, 0.9)
            yield Edit(closing, "?", "”", "holes/quotation-mark", why, 0.9)
        for place in page.dashes:
            why = "“??” in the midst of a statement: a dash was lost here"
            yield Edit(place, "??", "——", "holes/dash", why, 0.9)


def doubts(view: View) -> Iterator[Edit]:
    """Flags over each “?” where nothing asks and `find` could not say what was lost.

    Those between two hanzi or a hanzi and a figure, in a range of numbers, and at the beginning of several lines.
    Left alone: questions, by their question words, addresses and code, longer rows of marks.
    """
    if "?" not in view.text or not _GATE.search(view.text):
        return
    page = _Page(view)
    items = [match.start() for match in _ITEM.finditer(view.text)]
    yield from (_flag(view, place, 1, "item", _WHY_ITEM) for place in items if len(items) >= _REPEATED)
    yield from (_flag(view, place, 1, "lost", _WHY_LOST) for place in page.unasked)
    yield from (_flag(view, place, 2, "lost", _WHY_DASH) for place in page.doubtful_dashes)
    for match in _RANGE.finditer(view.text):
        if not page.is_technical(match.start()):
            yield _flag(view, match.start(), 1, "range", _WHY_RANGE)


def _flag(view: View, start: int, length: int, name: str, why: str) -> Edit:
    old = view.text[start : start + length]
    return Edit(start, old, old, f"holes/{name}", why, 0.5)


@dataclass(frozen=True)
class _Page:
    """The “?” of one page and what they can be; each part is computed when first asked for."""

    view: View

    @cached_property
    def _technical(self) -> list[int]:
        return [match.start() for match in _TECHNICAL.finditer(self.view.folded)]

    def is_technical(self, place: int) -> bool:
        """Whether an address, code or a pattern stands near the mark on its line."""
        after = bisect_left(self._technical, place)
        near = (other for other in self._technical[max(after - 1, 0) : after + 1] if abs(other - place) < _NEAR)
        return any("\n" not in self.view.folded[min(place, other) : max(place, other)] for other in near)

    def clause(self, place: int) -> str:
        """The folded text before the mark, back to the last mark or line end."""
        return _CLAUSE_END.split(self.view.folded[max(0, place - _CLAUSE_REACH) : place])[-1]

    def asks(self, place: int) -> bool:
        """Whether a question word stands in the clause before the mark."""
        return bool(_QUESTION.search(self.clause(place)))

    def is_chinese(self, place: int) -> bool:
        """Whether what follows the mark is Chinese, no bytes that are read out of step."""
        after = self.view.folded[place : place + _CONTEXT].partition("\n")[0]
        return not _SHEARED.search(after) and load().mean(after) > _PLAUSIBLE

    @cached_property
    def lone(self) -> list[int]:
        """Single marks with Chinese beside them."""
        text = self.view.text
        places = (match.start() for match in _LONE.finditer(text))
        beside = (place for place in places if _BESIDE.search(text[max(place - 1, 0) : place + 2]))
        return [place for place in beside if not self.is_technical(place)]

    @cached_property
    def dots(self) -> list[int]:
        """Marks within names and titles."""
        folded = self.view.folded
        return [place for place in self.lone if is_part_of_work(folded, place) or self._is_in_name(place)]

    def _is_in_name(self, place: int) -> bool:
        name = name_at(self.view.folded, place)
        is_name = bool(name) and is_sure(name) and not is_enclosed(self.view.folded, place, name)
        return is_name and not self._asks_for(place, name)

    def _asks_for(self, place: int, name: str) -> bool:
        """Whether the clause before the name asks or speaks to someone: the name's own 何, as in 何塞, asks nothing."""
        clause = self.clause(place - name.index("?"))
        return bool(_QUESTION.search(clause) or _ADDRESSED.search(clause[:-1]))

    @cached_property
    def quotations(self) -> list[tuple[int, int]]:
        """Pairs of marks that enclose a quotation, on a page that has lost its quotation marks."""
        if _INTACT_QUOTE.search(self.view.text):
            return []
        lines = [self._pairs(places) for places in _by_line(self.view.text, self._unnamed)]
        pairs = [pair for pairs in lines for pair in pairs]
        is_even = sum(map(bool, lines)) >= _EVEN * len(lines)
        return pairs if is_even and sum(self._closes(closing) for _, closing in pairs) >= _PAIRS else []

    @property
    def _unnamed(self) -> list[int]:
        taken = set(self.dots)
        return [place for place in self.lone if place not in taken]

    def _pairs(self, places: list[int]) -> list[tuple[int, int]]:
        """The marks of a line two by two; none if they don't come out even or could all be questions."""
        pairs = list(zip(places[::2], places[1::2], strict=False))
        is_even = len(places) % 2 == 0 and all(self._encloses(*pair) for pair in pairs)
        return pairs if is_even and any(self._opens(first) or self._closes(last) for first, last in pairs) else []

    def _encloses(self, opening: int, closing: int) -> bool:
        encloses = 1 < closing - opening <= _QUOTED and not self._goes_on(opening)
        return encloses and not self.asks(opening) and not self.asks(closing)

    def _opens(self, place: int) -> bool:
        return place == 0 or bool(_OPENS.match(self.view.text, place - 1))

    def _closes(self, place: int) -> bool:
        return self._goes_on(place) or bool(_QUOTED_END.match(self.view.text, place - 1))

    def _goes_on(self, place: int) -> bool:
        return bool(_GOES_ON.match(self.view.text, place + 1))

    @cached_property
    def dashes(self) -> list[int]:
        """Double marks that explain, or of which there are several, on a page that uses them for nothing else."""
        found = self.doubtful_dashes
        doubled = len(_DOUBLE.findall(self.view.text))
        if not found or len(found) < doubled or self._is_emphatic or self.quotations:
            return []
        several = len({self.clause(place) for place in found if self._is_in_sentence(place)}) > 1
        return [
            place
            for place in found
            if _EXPLAINS.match(self.view.folded, place + 2) or (several and self._is_in_sentence(place))
        ]

    def _is_in_sentence(self, place: int) -> bool:
        """Whether the line goes on to a full stop or a comma: headlines ask without one."""
        return bool(_STATEMENT.match(self.view.folded, place + 2))

    @cached_property
    def _is_emphatic(self) -> bool:
        """Whether the page piles up marks elsewhere, or has a dash that was not lost."""
        return bool(_EMPHASIS.search(self.view.folded) or _INTACT_DASH.search(self.view.text))

    @cached_property
    def doubtful_dashes(self) -> list[int]:
        """Double marks within a line, behind a clause that neither asks nor speaks to anyone."""
        places = (match.start() for match in _DASH.finditer(self.view.text))
        stated = (place for place in places if self._states(self.clause(place)) and not self.is_technical(place))
        return [place for place in stated if self.is_chinese(place)]

    def _states(self, clause: str) -> bool:
        return len(clause) >= _CLAUSE_LENGTH and not _QUESTION.search(clause) and not _ADDRESSED.search(clause)

    @cached_property
    def unasked(self) -> list[int]:
        """Single marks between two hanzi, or a hanzi and a figure, where nothing asks."""
        text = self.view.text
        places = (match.start() for match in _BETWEEN.finditer(text))
        return [place for place in places if not self.asks(place) and not self.is_technical(place)]


def _by_line(text: str, places: list[int]) -> Iterator[list[int]]:
    """Ascending places, those of one line together."""
    group: list[int] = []
    for place in places:
        if group and text.find("\n", group[-1], place) >= 0:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _blanks(page: _Page) -> Iterator[Edit]:
    """Edits that put blanks into spread words (摘? ? ? 要), and behind the numbers of several articles."""
    text = page.view.text
    for match in _SPACED_WORD.finditer(text):
        if fold(_GAP.sub("", match[1])) in load().words:
            for gap in _GAP.finditer(text, *match.span(1)):
                why = "“?” within a word that is spread as headings are: blanks were lost here"
                yield Edit(gap.start(), gap[0], gap[0].replace("?", " "), "holes/blank", why, 0.97)
    headings = [match for match in _HEADING.finditer(text) if not page.asks(match.start(1))]
    for match in headings if len(headings) >= _REPEATED else ():
        why = "“?” behind the number of an article, as on other lines: a blank was lost here"
        yield Edit(match.start(1), match[1], " " * len(match[1]), "holes/blank", why, 0.95)


def _indents(page: _Page) -> Iterator[Edit]:
    """Edits that make the marks before most of the page's paragraphs the indent of two characters that they were."""
    text = page.view.text
    found = list(_INDENT.finditer(text))
    if len(found) < _REPEATED:
        return
    ends = [text.find("\n", match.end()) for match in found]
    long = sum(end < 0 or end - match.end() >= _PARAGRAPH for match, end in zip(found, ends, strict=True))
    paragraphs = sum(len(line) >= _PARAGRAPH for line in text.split("\n"))
    if long >= max(_REPEATED, _SHARE * paragraphs) and long >= _SHARE * len(found):
        for match in found:
            why = "“?” before most paragraphs of the page: the blanks of the indent were lost"
            yield Edit(match.start(), match[0], "\N{IDEOGRAPHIC SPACE}" * 2, "holes/indent", why, 0.95)
