r"""Rests of Markdown that nothing was written between: empty bold, empty headings, escaped marks (`\_`)."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Final, NamedTuple

from cleaner import language
from cleaner.document import Edit
from cleaner.fold import fold
from cleaner.patterns import late
from cleaner.repair import code
from cleaner.repair.words import Mention, alone
from cleaner.units import Line, Verdict, View, without_lines

_HANZI: Final = "\u3400-\u9fff"
_CHINESE: Final = rf"\u3000-\u303f{_HANZI}\uff00-\uff60“”‘’…—"
_ABOUT: Final = Mention(
    alone("markdown", "commonmark", "latex", "mathjax", "katex", "bbcode", "regex", r"reg\s?exp")
    + "|正则|转义|反斜杠|星号"
)


def find(view: View) -> Iterator[Edit]:
    r"""Edits that remove marks of Markdown around nothing, and backslashes before marks in prose.

    Removed: bold closed and opened again in the same place (`**导****读**`), empty bold before or behind a line's
    text or alone on it, headings, quotes and list items without a text, backslashes of escaped marks beside
    Chinese text (`\*\*注意\*\*`) and of hard breaks behind it. Left alone: code, formulas, tables, paths, bold with a
    text, `***` and other lines between scenes, masked numbers and names (`138****1234`), the dash or star that stands
    between paragraphs, and everything on a page about Markdown, formulas or patterns.
    """
    text = view.text
    if not _may_hold_rests(text):
        return
    stretches = view.once(code.of)
    proposals = [*_emphasis(view, stretches), *_escapes(text), *_hard_breaks(text)]
    edits = [edit for edit in proposals if not code.touches(stretches, edit.start, edit.end)]
    hollow = _hollow_lines(view, stretches)
    if (edits or hollow) and not _ABOUT.is_in(view.folded):
        yield from edits
        yield from without_lines(view, hollow)


def _may_hold_rests(text: str) -> bool:
    return "\\" in text or ("*" in text and "****" in text) or _may_hold_hollow_lines(text)


# --- emphasis --------------------------------------------------------------------------------------------------

_STARS: Final = late(r"\*+")
_BOLD_MARK: Final = late(r"\*(?<=[^\s*]\*)\*(?:\*{4})?(?!\*)|\*(?<!\*\*)\*(?:\*{4})?(?=[^\s*])")
_MASK: Final = late(r"\d{2}\*+\d|\d\*+\d{2}|[0-9A-Za-z]\*+@|[a-z]\*+[a-z0-9]")  # 138****1234, li****@, ad****n
_ENDED: Final = late(r"[。！？；：!?;:”’」』）)】》]$")
_OTHER_THAN_STARS: Final = late(r"\**+[^*]", re.DOTALL)
_BLOCK: Final = late(r"\s*(?:[-+>]\s|#{1,6}\s|https?://)")
_SENTENCE_END: Final = late(r"[。！？!?]$")
_HANZI_END: Final = late(f"[{_HANZI}]$")
_HANZI_BEGIN: Final = late(f"[{_HANZI}]")
_MARK_BEGIN: Final = late(r"[，。、；：！？,.;:!?)）@]")
_FEWEST_BOLD: Final = 4  # marks of bold beside a text, on a page that surely writes Markdown
_FEWEST_JOINS: Final = 2  # one alone may hide a name: 王****说
_WORD_REACH: Final = 3


class _Join(NamedTuple):
    """A run of stars in bold that closes it and opens it again, or stands where nothing was bold."""

    start: int
    end: int
    new: str
    is_sure: bool


def _emphasis(view: View, stretches: list[code.Stretch]) -> list[Edit]:
    """Runs of stars around nothing, on a page that has bold texts and more than one such run."""
    text = view.text
    if "*" not in text or "****" not in text:
        return []
    joins: list[_Join] = []
    for start, end in _starred_lines(text):
        line = text[start:end]
        if not line.lstrip().startswith("|"):
            found = _joins(line.rstrip(), start)
            joins += [join for join in found if not code.touches(stretches, join.start, join.end)]
    if len(joins) < _FEWEST_JOINS and not any(join.is_sure for join in joins):
        return []
    why = "bold closed and opened again around nothing"
    return [Edit(start, text[start:end], new, "markdown/empty-bold", why) for start, end, new, _ in joins]


def _starred_lines(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of the lines that hold four stars in a row."""
    place = text.find("****")
    while place >= 0:
        end = text.find("\n", place)
        end = end if end >= 0 else len(text)
        yield text.rfind("\n", 0, place) + 1, end
        place = text.find("****", end)


def _joins(line: str, offset: int) -> list[_Join]:
    """The runs of a line that hold empty bold; none if what is left would not pair up, or a run is odd.

    >>> _joins("**导****读**", 0)
    [_Join(start=3, end=7, new='', is_sure=True)]
    >>> _joins("密码是****，别告诉人", 0)
    []
    """
    joins = []
    is_open = False
    for run in _STARS.finditer(line):
        pairs, odd = divmod(len(run[0]), 2)
        if odd:
            if len(run[0]) == 1:
                continue
            return []
        if pairs > 1:
            if not _is_empty_bold(line, run, is_open, pairs):
                return []
            is_sure = _is_sure(line, run, is_open=is_open)
            joins.append(_Join(offset + run.start(), offset + run.end(), "**" * (pairs % 2), is_sure))
        is_open ^= bool(pairs % 2)
    return [] if is_open else joins


def _is_empty_bold(line: str, run: re.Match[str], is_open: bool, pairs: int) -> bool:
    """Whether more than two stars stand where Markdown writes bold around nothing, and nobody masks a word.

    The line ends in no blank. What is around a run is looked at in place: a line may have as many runs as letters.
    """
    before, has_after = _last_letter(line, run.start()), run.end() < len(line)
    if before < 0 and not has_after:
        return False  # alone on its line: see _hollow_lines
    if _MASK.search(line, max(run.start() - 2, 0), run.end() + 2):
        return False
    if is_open:
        return before >= 0 and _OTHER_THAN_STARS.match(line, 0, before + 1) is not None
    if before < 0:
        return pairs % 2 == 1 or bool(_BLOCK.match(line, run.end()))
    return not has_after and bool(_ENDED.match(line[before]))


def _last_letter(line: str, end: int) -> int:
    """The place of the last character before `end` that is no blank; -1 if there is none."""
    place = end - 1
    while place >= 0 and line[place].isspace():
        place -= 1
    return place


def _is_sure(line: str, run: re.Match[str], *, is_open: bool) -> bool:
    """Whether a run of stars can't hide a word: it splits one, or stands beside a mark no hidden word follows."""
    before, after = line[max(run.start() - 1, 0) : run.start()], line[run.end() : run.end() + 1]
    if not is_open or not after:
        return bool(_SENTENCE_END.search(before))
    if _HANZI_END.search(before) and _HANZI_BEGIN.match(after):
        return _splits_word(line, *run.span())
    return not _MARK_BEGIN.match(after) and before not in ("：", ":")


def _splits_word(line: str, start: int, end: int) -> bool:
    """Whether the letters on both sides make a known word."""
    words = language.load().words
    left, right = fold(line[max(start - _WORD_REACH, 0) : start]), fold(line[end : end + _WORD_REACH])
    return any(
        left[-some:] + right[:more] in words for some in range(1, len(left) + 1) for more in range(1, len(right) + 1)
    )


# --- lines without a text --------------------------------------------------------------------------------------

_HOLLOW: Final = late(r"[ \t]*(?:[-*+>#•]|#{2,6}|(?:\*\*){2,4}|>(?:[ \t]*>)+)[ \t\u00a0]*\r?$", re.MULTILINE)
_BARE_MARKS: Final = "-*+>#•"  # which the fold leaves as they are
_MARKS_ONLY: Final = r"[ \t]*+[-*+>#•][*# \t>\u00a0]*+\r?$"  # every hollow line, and some others
_BARE_LINE: Final = late(_MARKS_ONLY, re.MULTILINE)
_BARE_LINE_BELOW: Final = late(rf"\n{_MARKS_ONLY}", re.MULTILINE)  # begins with a literal: found fast
_STAR_LINE: Final = late(r"(?:\*\*){2,4}")
_HASHES: Final = late(r"#{1,6}")
_QUOTE: Final = late(r">(?:[ \t\u00a0]+>)*")
_ITEM: Final = late(r"[-*+•]")
_HEADING: Final = late(r"^#{1,6}[ \t\u00a0]+\S", re.MULTILINE)
_IMAGE: Final = late(r"!\[[^\]\n]*\]\(")

_HOLLOW_REASONS: Final = {
    "empty-bold": "bold around nothing, alone on its line",
    "empty-heading": "the mark of a heading without a text",
    "empty-quote": "the mark of a quotation without a text",
    "empty-item": "the mark of a list item without a text",
}


class _Page(NamedTuple):
    """What a page has of Markdown, so that bare marks are rests of it."""

    has_bold: bool
    has_headings: bool
    has_images: bool


def _hollow_lines(view: View, stretches: list[code.Stretch]) -> dict[int, Verdict]:
    """The lines that hold a mark of Markdown and nothing it could mark, by index."""
    if not _may_hold_hollow_lines(view.text):
        return {}
    page = _Page(_writes_bold(view.text), bool(_HEADING.search(view.text)), bool(_IMAGE.search(view.text)))
    if not any(page):
        return {}
    filled = [index for index, _ in view.filled_lines()]
    hollow = [index for index, line in view.filled_lines() if _is_hollow(view, index, line.key)]
    full = sorted(set(filled).difference(hollow))
    verdicts = {}
    for index in hollow:
        at = bisect(full, index)
        above, below = (view.line_text(full[place]) if 0 <= place < len(full) else "" for place in (at - 1, at))
        line = view.lines[index]
        name = _hollow_name(view, index, page, (above, below))
        if name and not code.touches(stretches, line.start, line.start + len(view.line_text(index))):
            verdicts[index] = Verdict(f"markdown/{name}", _HOLLOW_REASONS[name])
    return verdicts


def _is_hollow(view: View, index: int, key: str) -> bool:
    return key[0] in _BARE_MARKS and key[-1] in _BARE_MARKS and bool(_HOLLOW.fullmatch(view.line_text(index)))


def _may_hold_hollow_lines(text: str) -> bool:
    return bool(_BARE_LINE.match(text) or _BARE_LINE_BELOW.search(text))


def _writes_bold(text: str) -> bool:
    return len(list(islice(_BOLD_MARK.finditer(text), _FEWEST_BOLD))) == _FEWEST_BOLD


def _hollow_name(view: View, index: int, page: _Page, beside: tuple[str, str]) -> str:
    """What is hollow about a line between the next two that say something, "" if nothing is."""
    text = view.line_text(index)
    above, below = beside
    if _STAR_LINE.fullmatch(text):
        return "empty-bold" if page.has_bold else ""
    if _HASHES.fullmatch(text):
        is_sure = len(text) > 1 or view.text.startswith(f"{text} ", view.lines[index].start)
        return "empty-heading" if is_sure and page.has_headings else ""
    if _QUOTE.fullmatch(text):
        is_between = _has_text(above, ">") and _has_text(below, ">")
        return "empty-quote" if not is_between and _is_apart(view, index) else ""
    if _ITEM.fullmatch(text):
        return "empty-item" if _has_text(above, text) or _has_text(below, text) else ""
    return ""


def _is_apart(view: View, index: int) -> bool:
    """Whether a line touches a blank one or another mark of quotation: between two words, `>` is an arrow."""
    beside = [view.lines[place].key for place in (index - 1, index + 1) if 0 <= place < len(view.lines)]
    return len(beside) < 2 or any(not key or key.startswith(">") for key in beside)


def _has_text(line: str, mark: str) -> bool:
    """Whether a line is marked and says something."""
    return line.startswith(mark) and line[1:2] in (" ", "\u00a0") and bool(line.strip(f"{mark} \u00a0"))


# --- escaped marks ---------------------------------------------------------------------------------------------

_ESCAPED: Final = late(
    rf"\\(?<=[{_CHINESE}]\\)[*_~](?![\\*_~]*$)"  # behind Chinese text
    rf"|\\(?<!\\\\)(?:\*|_)(?:\\(?:\*|_))*(?=[{_CHINESE}])"  # before it
    rf"|\\(?<=[0-9A-Za-z]\\)_(?=[0-9A-Za-z])"
    rf"|\\(?<=[0-9{_HANZI}]\\)~(?=[0-9{_HANZI}])"
    rf"|(?<=[{_HANZI}。，！？；：”])(?:\\\*){{2,3}}(?=[\s{_CHINESE}]|$)",
    re.MULTILINE,
)
_ESCAPED_BRACKETS: Final = late(
    rf"\\\[(?P<inside>\d{{1,3}}|[^\[\]\\\n$=^{{}}]{{0,60}}[{_HANZI}][^\[\]\\\n$=^{{}}]{{0,60}})\\\]"
)
_ESCAPED_START: Final = late(
    rf"^[ ]{{0,3}}(?:(?P<number>\d{{1,3}})\\\.|\\(?P<mark>[-+#>]))(?=[ \u00a0]*[{_CHINESE}0-9A-Za-z])", re.MULTILINE
)
_TOKEN_BEFORE: Final = late(r"[!-~]*$")
_TOKEN_AFTER: Final = late(r"[!-~]*")
_COMMAND: Final = late(
    r"\\(?<!\\\\)(?:[a-zA-Z]{2,}|[{}^%&])"
)  # `\frac`, `\section`: marks are escaped for another reason
_FOREIGN: Final = late(r"\\[a-zA-Z0-9]|\\\\|[a-zA-Z]:\\|\.\.|://|\$")
_TOKEN_REACH: Final = 200
_HARD_BREAK: Final = late(r"(?<=[。，！？；：、…”’」』）》])\\[ \t]*\r?$", re.MULTILINE)
_FEWEST_BREAKS: Final = 2  # one alone may be what the sentence is about


def _escapes(text: str) -> Iterator[Edit]:
    """Edits that take the backslash from escaped marks; not in paths, patterns or commands of formulas."""
    if "\\" not in text:
        return
    if _COMMAND.search(text):
        return
    why = "a mark that Markdown escaped"
    for match in _ESCAPED.finditer(text):
        if not _is_foreign(text, *match.span()):
            yield Edit(match.start(), match[0], match[0].replace("\\", ""), "markdown/escaped-mark", why)
    for match in _ESCAPED_BRACKETS.finditer(text):
        if not _is_foreign(text, *match.span()):
            yield Edit(match.start(), match[0], f"[{match['inside']}]", "markdown/escaped-mark", why)
    for match in _ESCAPED_START.finditer(text):
        yield Edit(match.start(), match[0], match[0].replace("\\", ""), "markdown/escaped-mark", why)


def _is_foreign(text: str, start: int, end: int) -> bool:
    """Whether the stretch of ASCII around a place is a path, an address, a pattern or a command."""
    before = _TOKEN_BEFORE.search(text, max(0, start - _TOKEN_REACH), start)
    after = _TOKEN_AFTER.match(text, end, end + _TOKEN_REACH)
    return any(part is not None and bool(_FOREIGN.search(part[0])) for part in (before, after))


def _hard_breaks(text: str) -> Iterator[Edit]:
    """Edits that remove the backslash with which Markdown breaks a line, behind a Chinese mark."""
    matches = list(_HARD_BREAK.finditer(text)) if "\\" in text else []
    if len(matches) >= _FEWEST_BREAKS:
        why = "the backslash with which Markdown breaks a line"
        yield from (Edit(match.start(), "\\", "", "markdown/hard-break", why) for match in matches)


# --- dividers --------------------------------------------------------------------------------------------------

_DIVIDER: Final = late(r"(?:[-*_=][ \t]*){3,}|[—－─━═]{3,}")
_FENCE_LENGTH: Final = 3  # `---` at the head may open a header of fields
_HEADING_LENGTH: Final = 40
_SENTENCE: Final = late(r"[。！？!?…][”’」』）)\"]*$")


def find_dividers(view: View) -> Iterator[Edit]:
    """Edits that remove lines of dashes or stars at the head and the foot of a page, where they part nothing.

    Left alone: dividers between lines, `---` at the head, a line drawn right under a heading, and code.
    """
    rows = list(view.filled_lines())
    if not rows or not (_is_divider(rows[0]) or _is_divider(rows[-1])):
        return
    head = list(takewhile(_is_divider, rows))
    if len(head) == len(rows):
        return
    foot = list(takewhile(_is_divider, reversed(rows)))[::-1]
    last_index, last = rows[-len(foot) - 1]
    if foot and foot[0][0] == last_index + 1 and len(last.key) <= _HEADING_LENGTH and not _SENTENCE.search(last.key):
        foot = foot[1:]
    gone = [index for index, line in head if len(line.key) != _FENCE_LENGTH] + [index for index, _ in foot]
    if gone:
        stretches = view.once(code.of)
        outside = [i for i in gone if not code.touches(stretches, view.lines[i].start, view.lines[i].end)]
        yield from without_lines(view, dict.fromkeys(outside, _DIVIDER_VERDICT))


def _is_divider(row: tuple[int, Line]) -> bool:
    return bool(_DIVIDER.fullmatch(row[1].key))


_DIVIDER_VERDICT: Final = Verdict("markdown/divider", "a divider at an end of the page")
