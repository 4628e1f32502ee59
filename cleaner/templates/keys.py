r"""When two lines are one template: a key without what varies from page to page. Next: `counts`, which counts keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from cleaner.patterns import late
from cleaner.units import View

NUMBER: Final = r"[0-9]+(?:[.,:/-][0-9]+)*[万亿kw]?"  # counters, dates and times: 12, 1.2万, 2026-01-02, 18:39:01
LINK: Final = r"(?:https?://|www\.)[a-z0-9.-]+(?:[/?#:][a-z0-9./?&=_%~:#@!+,;-]*[a-z0-9/_=#&-])?/?"
NUMBER_MARK: Final = "\x01"  # stands for a number; repairs remove control characters, so no line holds one
LINK_MARK: Final = "\x02"  # before and after the host of a link

_LINK: Final = late(LINK)
_NUMBER: Final = late(NUMBER)
_BLANKS: Final = late("  +")
_DATE: Final = late(r"(?<![0-9])(?:19|20)[0-9]{2}(?:[-/.年][0-9]{1,2}){1,2}")
_HOST: Final = late(r"(?:https?://)?(?:www\.)?([a-z0-9.-]+)")
_LINK_IN_KEY: Final = late(f"{LINK_MARK}[^{LINK_MARK}]*{LINK_MARK}")
_NO_LETTERS: Final = late(r"[\W\d_]+")
_WORD: Final = late(r"[^\W\d_][\W\d_]*[^\W\d_]")  # two letters, the least that says something
_HAN: Final = late("[㐀-鿿]")
_LONGEST: Final = 600  # letters; longer lines are paragraphs, of which `segments` looks at both ends
_OUTER: Final = " *_"  # emphasis around a whole line, which a page may have or not
_END: Final = late(r"[。!?…;][\"'”’」』)\]】》*_]*$|[.][”’」』\"]?$")
_CLAUSE: Final = late(r"[,、;。!?]")
_LONG: Final = 50  # letters of a line that is prose even without an end mark, if it has clauses

_NUMERAL: Final = r"[一二三四五六七八九十百千零〇○两0-9]+"
# What authors themselves write again and again: headings, numbered items, table rows, turns of speech, credits.
_OWN: Final = late(
    rf"^第 ?{_NUMERAL} ?(-{_NUMERAL} ?)?[编章节条款项目篇回课讲集卷期部幕场步]"
    rf"|^[(\[【]?{_NUMERAL}[)\]】、]|^[0-9]{{1,3}}[.](?![0-9])|^[a-z][.)、]|^[①-⓿❶-➓]|^0x[0-9a-f]"
    r"|^#+( |$)|^\|.*\|$"
    r"|^[^\w]*(总则|附则|罚则|摘要|关键[词字]|目录|前言|引言|导言|背景|概述|简介|正文|结论|结语|小结|总结|影响|建议|讨论|方法|结果|致谢|后记|注释?|附[录注件]|"
    r"(主要)?参考(文献|资料|书目|链接)|abstract|keywords?|introduction|conclusions?|references|notes)[^\w]*$"
    r"|^[问答]\W|^[qa]:|^(authors?|by|editors?|title|date|from|source|tags?|category|categories):"
    r"|^[^\w]*(本文|图片|文章)?(作者|文|图|记者|来源|出处|(责任)?编辑|责编|审核|校对|摄影|撰文|供稿|翻译|译者|编译|通讯员|标题|题目|名称|时间|日期|地点)[/:|]"
)
_PLAIN: Final = late(r"^[a-z0-9 .,!?'’&@+…-]+$")  # a line without hanzi that is words, not code
_FRONT: Final = "---"  # the line above and below the front matter of a text
_FRONT_REACH: Final = 40  # lines within which front matter ends
_FIELD: Final = late(r"^[a-z][a-z0-9_-]*:( |$)|^- ")
_MARKUP: Final = ("<", "|")  # a line of HTML or of a table


class Row(NamedTuple):
    """A filled line as templates see it.

    `key` is equal for lines of one template, "" for a line without words, None for one that is its author's
    whatever it says. `is_text` is false for code and front matter.
    """

    line: int  # its index in the view
    text: str  # its fold
    key: str | None
    is_text: bool = True

    @property
    def varies(self) -> bool:
        """Whether lines of one template may say different things of their articles: by a link or a date."""
        return bool(self.key) and (LINK_MARK in str(self.key) or _DATE.search(self.text) is not None)

    @property
    def exact(self) -> tuple[str, str]:
        """What is equal only for lines that say the very same."""
        return "exact", self.text.strip(_OUTER)


def rows(view: View) -> list[Row]:
    """The filled lines of a text; lines of code blocks and front matter are no templates."""
    found: list[Row] = []
    filled = list(view.filled_lines())
    front = _front_length([line.key for _, line in filled[:_FRONT_REACH]])
    is_code = False
    for place, (index, line) in enumerate(filled):
        is_fence = line.key.startswith(("```", "~~~"))
        is_code ^= is_fence
        is_text = not (is_code or is_fence or place < front or line.key.startswith(_MARKUP))
        found.append(Row(index, line.key, template_of(line.key) if is_text else None, is_text))
    return found


def _front_length(keys: list[str]) -> int:
    """How many lines front matter takes up: fields between two borders, of which the upper may be gone already."""
    for place, key in enumerate(keys):
        if key == _FRONT and place:
            return place + 1
        if key != _FRONT and not _FIELD.match(key):
            return 0
    return 0


def template_of(text: str) -> str | None:
    r"""The key of a folded line: numbers, dates and the paths of links generalised, emphasis around it left out.

    A link without words around it is its own key, so that only the very same one recurs. None for headings, numbered
    items, table rows, credits, turns of speech and code; "" for lines without words.

    >>> template_of("阅读(12)") == template_of("阅读(1,990)"), template_of("第一章 总则"), template_of("-----")
    (True, None, '')
    """
    if len(text) > _LONGEST:
        return None
    text = text.strip(_OUTER)
    if _OWN.match(text):
        return None
    key = generalised(text)
    if not _WORD.search(without_links(key)):
        return text if LINK_MARK in key else ""
    if not _HAN.search(key) and not _PLAIN.match(without_links(key).replace(NUMBER_MARK, "0")):
        return None
    return key


def generalised(text: str) -> str:
    """A folded text with a mark for each number, the host for each link, and one blank for several."""
    if "http" in text or "www." in text:
        pieces = [_plain_generalised(piece) for piece in _LINK.split(text)]
        hosts = [f"{LINK_MARK}{host_of(link)}{LINK_MARK}" for link in _LINK.findall(text)]
        return "".join(piece + host for piece, host in zip(pieces, [*hosts, ""], strict=True))
    return _plain_generalised(text)


def _plain_generalised(text: str) -> str:
    return _BLANKS.sub(" ", _NUMBER.sub(NUMBER_MARK, text))


def host_of(link: str) -> str:
    """The host of a folded link, without www."""
    match = _HOST.match(link)
    return match[1] if match else ""


def without_links(key: str) -> str:
    """A key without the hosts of its links."""
    return _LINK_IN_KEY.sub("", key) if LINK_MARK in key else key


def letters(key: str) -> int:
    """How many letters a key holds outside its links: what of it says something."""
    return len(_NO_LETTERS.sub("", without_links(key)))


def is_sentence(text: str) -> bool:
    """Whether a folded line says a sentence: it ends as one, or is long and has clauses."""
    return _END.search(text) is not None or (len(text) >= _LONG and len(_CLAUSE.findall(text)) >= 2)


def neighbours(page: list[Row]) -> Iterator[tuple[str, str]]:
    """(upper key, lower key) of rows that stand together, rows without words between them left out."""
    above: str | None = None
    for row in page:
        if row.key == "":
            continue
        if above and row.key:
            yield above, row.key
        above = row.key
