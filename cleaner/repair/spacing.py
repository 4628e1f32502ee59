"""Blanks between hanzi that nobody wrote: spread lines, tokenised text, column ends in the line. Next: `layout`.

What is a word is asked of the language model's dictionary.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from cleaner.document import Edit
from cleaner.fold import fold
from cleaner.language import load
from cleaner.patterns import late
from cleaner.units import Verdict, View

_LONGEST_WORD: Final = 5
_REACH: Final = 4  # letters on both sides that tell
_UNKNOWN: Final = -16.0  # log-probability of a character that is no word; the rarest words have about -17


def segments(folded: str) -> tuple[float, list[str]]:
    """(log-probability, words) of the likeliest sequence of words that makes up a folded text.

    >>> segments("规范性引用文件")[1]
    ['规范性', '引用', '文件']
    """
    words = load().words
    best, begins = [0.0], [0]
    for end in range(1, len(folded) + 1):
        first = max(0, end - _LONGEST_WORD)
        scores = [
            best[start] + words.get(folded[start:end], _UNKNOWN if end - start == 1 else -math.inf)
            for start in range(first, end)
        ]
        best.append(max(scores))
        begins.append(first + scores.index(best[-1]))
    found, end = [], len(folded)
    while end:
        found.append(folded[begins[end] : end])
        end = begins[end]
    return best[-1], found[::-1]


def is_within_word(before: str, after: str, *, gain: float) -> bool:
    """Whether a word runs from `before` on into `after`, likelier by `gain` (natural log) than a border there.

    >>> is_within_word("参与国", "际分工的", gain=7), is_within_word("北京", "大学", gain=7)
    (True, False)
    """
    if not (_HANZI.match(before[-1:]) and _HANZI.match(after)):
        return False
    left, right = fold(before[-_REACH:]), fold(after[:_REACH])
    words = load().words
    spans = ((left[-i:] + right[:j]) in words for i in range(1, len(left) + 1) for j in range(1, len(right) + 1))
    return any(spans) and segments(left + right)[0] - segments(left)[0] - segments(right)[0] >= gain


_SPREAD: Final = {blank: late(f"{blank}[㐀-鿿]{blank}[㐀-鿿]") for blank in " \N{IDEOGRAPHIC SPACE}\N{NO-BREAK SPACE}"}
_GAP: Final = late(r" (?<=[㐀-鿿]{3} )(?=[㐀-鿿]{3}[^\n]{0,60}[，。；,;])")
_MARKS: Final = "，。、；：！？,;:!?”’」』）》“‘「『（《"
_BLANKS: Final = late(f"(?<=[㐀-鿿{_MARKS}]) +(?=[㐀-鿿{_MARKS}])")
_BETWEEN: Final = late("(?<=[㐀-鿿]) +(?=[㐀-鿿])")
_HANZI: Final = late("[㐀-鿿]")
_CLAUSE_END: Final = late(f"[{_MARKS}]|  +")
_NUMBERED: Final = late(r"^ *第(?: ?[一二三四五六七八九十百零\d])+ ?[编章节条款] *")

_DENSE: Final = 0.3  # blanks per character of spread lines, at least
_MOSTLY: Final = 0.8  # of the neighbouring hanzi of a spread line that have a blank between them
_LONG: Final = 12  # hanzi of a spread line that speaks for itself; shorter ones may be calligraphy, names, verse
_SHORT: Final = 5  # hanzi of a spread heading: 目 录, 前 言 and 静 水 流 深 are set wide on purpose
_VERSE: Final = 8  # hanzi of a clause of verse, at most
# Stretches of 12 hanzi of news and statutes, 1st percentile: -6.9 and -7.2 of the bigram model, .42 and .33 within
# words. Random common characters, 99th percentile: -7.9 and .33.
_PROSE: Final = -6.9
_COVERED: Final = 0.5
_UNMARKED: Final = 16  # hanzi of a prose line without a mark; 日 月 水 火 山 石 田 土 is a list
_JUDGED: Final = 200  # letters of a line that are judged
_JOINING: Final = frozenset("和与及")

_TOKEN_LENGTH: Final = 2.2  # hanzi between blanks, at most; Chinese words in running text have 1.5 to 1.9
_FEWEST_TOKENS: Final = 30  # of a page that is judged
_LONGER_SHARE: Final = 0.25  # of the tokens have several letters; primers set each letter apart
_FUNCTION: Final = frozenset("的了是在和有不也就都我他她你这与及等为将对从到把被而个")
_FUNCTION_SHARE: Final = 0.06  # of the tokens; lists of words have none
_GAIN: Final = 7.0  # on ten million letters of real text no blank above it is meant, from five on some are


def find(view: View) -> Iterator[Edit]:
    """Edits that take out blanks between hanzi on spread lines and in tokenised text.

    Lines whose hanzi stand apart one by one, if they read as prose or as a heading made of words; text cut into
    words on most of the page. Wider blanks within such lines become one, those beside figures and Latin words stay.
    Left alone: short things set wide on purpose (目 录, 静 水 流 深), names, verse, lists of characters or words.

    >>> [edit.start for edit in find(View("规 范 性 引 用 文 件"))]
    [1, 3, 5, 7, 9, 11]
    """
    if not _may_be_spread(view.text):
        return
    lines = dict.fromkeys(_spread(view), _SPREAD_LINE)
    if _is_tokenised(view):
        lines = dict.fromkeys(_cut_lines(view), _TOKENISED) | lines
    for index in sorted(lines):
        yield from _joined(view, index, lines[index])


def _may_be_spread(text: str) -> bool:
    for blank, spread in _SPREAD.items():  # noqa: SIM110 - a generator takes longer than the search
        if blank in text and spread.search(text):
            return True
    return False


_SPREAD_LINE: Final = Verdict("layout/spread-line", "blank on a line whose characters stand apart one by one")
_TOKENISED: Final = Verdict("layout/tokenised", "blank between words, as between all words of the page")


def _joined(view: View, index: int, verdict: Verdict) -> Iterator[Edit]:
    """Edits for the blanks between hanzi and marks of a line; that behind the number of an article stays."""
    start, end, _ = view.lines[index]
    number = _NUMBERED.match(view.folded[start:end])
    for match in _BLANKS.finditer(view.folded, start, end):
        is_wide = match.end() - match.start() > 1 and _BETWEEN.match(view.folded, match.start())
        new = " " if is_wide or (number and match.end() == start + number.end()) else ""
        old = view.text[match.start() : match.end()]
        if old != new:
            yield Edit(match.start(), old, new, verdict.rule, verdict.why, 0.95)


# --- lines whose hanzi stand apart one by one -------------------------------------------------------------------


def _spread(view: View) -> set[int]:
    """The lines whose hanzi stand apart, where that is damage."""
    keys = {index: line.key for index, line in view.filled_lines() if _stands_apart(line.key)}
    long = {index for index, key in keys.items() if _count(key) >= _LONG and _is_prose(key) and not _is_verse(key)}
    order = list(keys)
    alike = {
        index
        for one, other in pairwise(order)
        if _count(keys[one]) == _count(keys[other]) and other - one <= 2
        for index in (one, other)
    }
    short = [index for index in order if index not in alike and _SHORT <= _count(keys[index]) < _LONG]
    headings = {index for index in short if _is_even(view.line_text(index)) and _is_heading(keys[index])}
    return long | headings | {index for index in short if len(long) > 1 and _ends(keys[index])}


def _stands_apart(key: str) -> bool:
    """Whether most neighbouring hanzi of a line have one blank between them."""
    if key.count(" ") < _DENSE * len(key):
        return False
    apart = len(_ONE_BLANK.findall(key))
    return apart >= _SHORT - 2 and apart >= _MOSTLY * (apart + len(_TOUCHING.findall(key)))


_ONE_BLANK: Final = late("(?<=[㐀-鿿]) (?=[㐀-鿿])")
_TOUCHING: Final = late("(?<=[㐀-鿿])(?=[㐀-鿿])")


def _count(key: str) -> int:
    return len(_HANZI.findall(key))


def _hanzi(key: str) -> str:
    return "".join(_HANZI.findall(key[: 3 * _JUDGED]))


def _is_verse(key: str) -> bool:
    """Whether the line's clauses are short and all of one length."""
    lengths = {_count(clause) for clause in _CLAUSE_END.split(key)} - {0}
    return len(lengths) == 1 and lengths.pop() <= _VERSE


def _is_prose(key: str) -> bool:
    """Whether the line reads as prose: a mark or a function word, likely characters, most of them within words."""
    hanzi = _hanzi(key)
    if not _STOP.search(key) and (len(hanzi) < _UNMARKED or _FUNCTION.isdisjoint(hanzi)):
        return False
    within = sum(len(word) for word in segments(hanzi)[1] if len(word) > 1)
    return load().mean(hanzi) > _PROSE and within >= _COVERED * len(hanzi)


def _ends(key: str) -> bool:
    """Whether the line is the end of a paragraph whose other lines are spread."""
    return key.endswith("。") and load().mean(_hanzi(key)) > _PROSE


def _is_even(text: str) -> bool:
    """Whether all blanks of a line are alike, or it is numbered: between an office and a name there is a wider one."""
    return len(set(_RUN.findall(text))) == 1 or text.startswith("第")


_RUN: Final = late(r"\s+")
_OFFICES: Final = "员長长师師官人家"  # 书 记 员 stands before a name


def _is_heading(key: str) -> bool:
    """Whether the line is all words, numbered, or with one of three letters, or two joined by 和.

    Two-letter words alone may be names, four-letter ones are mottoes.
    """
    if _TOUCHING.search(key):
        return False
    body = _NUMBERED.sub("", key)
    words = segments(_hanzi(body))[1]
    tells = body != key or any(
        (len(word) == 3 and word[-1] not in _OFFICES) or word in _JOINING for word in words[1:-1] + words[:1]
    )
    return tells and all(len(word) > 1 or word in _JOINING for word in words)


# --- text cut into words ----------------------------------------------------------------------------------------


def _is_tokenised(view: View) -> bool:
    """Whether blanks stand between the words of most of the page: short runs of hanzi, function words among them."""
    folded = view.folded
    blanks = folded.count(" ")
    if blanks * 6 < len(folded):
        return False
    tokens = _TOKEN.findall(folded)
    apart, touching = len(_ONE_BLANK.findall(folded)), len(_TOUCHING.findall(folded))
    function = sum(token in _FUNCTION for token in tokens)
    known = sum(token in load().words for token in tokens)
    return (
        len(tokens) >= _FEWEST_TOKENS
        and sum(map(len, tokens)) <= _TOKEN_LENGTH * len(tokens)
        and apart * 2 > touching
        and sum(len(token) > 1 for token in tokens) >= _LONGER_SHARE * len(tokens)
        and function >= _FUNCTION_SHARE * len(tokens)
        and known >= _MOSTLY * len(tokens)
    )


_TOKEN: Final = late("[㐀-鿿]+")


def _cut_lines(view: View) -> Iterator[int]:
    """The lines of a tokenised page that are cut: sentences, or with a function word between blanks."""
    for index, line in view.filled_lines():
        tokens = _TOKEN.findall(line.key)
        is_cut = len(tokens) > 2 and sum(map(len, tokens)) <= _TOKEN_LENGTH * len(tokens)
        is_cut = is_cut and any(len(token) > 1 for token in tokens)
        if is_cut and (_STOP.search(line.key) or any(token in _FUNCTION for token in tokens)):
            yield index


_STOP: Final = late(" ?[，。；,;]")


# --- a blank within a word --------------------------------------------------------------------------------------


def split_words(view: View) -> Iterator[Edit]:
    """Edits that take out single blanks within a word in the midst of a sentence, where a column ended.

    Left alone: blanks where a border between words is not much less likely, headlines, hashtags.

    >>> [edit.start for edit in split_words(View("他们在国 际分工中的地位，今年有了变化。"))]
    [4]
    """
    if " " not in view.text:
        return
    for match in _GAP.finditer(view.text):
        start, end = match.span()
        is_tag = _TAG.search(view.text, max(start - _TAG_REACH, 0), start)
        before, after = view.text[max(start - _REACH, 0) : start], view.text[end : end + _REACH]
        if not is_tag and is_within_word(before, after, gain=_GAIN):
            yield Edit(start, " ", "", "layout/split-word", "blank within a word, where a column ended", 0.9)


_TAG_REACH: Final = 12
_TAG: Final = late(r"[#@][㐀-鿿]+$")
