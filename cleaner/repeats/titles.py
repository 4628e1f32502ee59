"""A page's title said again at its head: by the site, in Markdown, in front matter. Next: `pipeline`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repeats.likeness import letters_of
from cleaner.shapes import Shape, shape_of
from cleaner.units import Line, Verdict, View, without_lines

_HEAD: Final = 16  # lines of text in which titles stand; front matter takes up to a dozen
_NAVIGATION: Final = 80  # lines of text between a browser's title and the article's
_TITLE_LENGTH: Final = 160  # characters of a browser's title
_LENGTH: Final = 5  # letters of a title; shorter ones are section headings as well
_HANZI: Final = 4  # of a title's letters: file names and user names are no titles
_PROSE_LENGTH: Final = 60  # characters of a line with which the head ends
_VERSE: Final = 3  # lines between the last title and the prose: more, and the title may be a first verse
_META_LENGTH: Final = 80  # characters of a byline, a date, a breadcrumb
_WORDS: Final = late("[㐀-鿿]{2,6}")
_TWENTY_HANZI: Final = late("(?:[^㐀-鿿]*[㐀-鿿]){20}")  # addresses have the marks of prose as well
_HAN: Final = late("[㐀-鿿]")
_HEADING: Final = late(r"^#{1,6} *(.+?)[ #]*$")
_LINK: Final = late(r"^\[(.+)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)$")
_FIELD: Final = late(r"^(?:title|标题|题目|正在阅读|您?正在浏览) *[:=] *(.+)$")
_MARKED: Final = late(r"^(?:\*\*|__|[《【\[「])([^*《》【】\[\]「」]+)(?:\*\*|__|[》】\]」])$")
_ITEM: Final = late(r"^(?:[-*+•·●] |\d{1,2}[.、)])")
_UNDERLINE: Final = late(r"^(?:-{3,}|={3,})$")
_SITE_LENGTH: Final = 14  # characters of a site's, a section's name or a key word; identifiers hold underscores too
_SEPARATOR: Final = late(r" *[_|丨·—–-]+ *")
# What stands behind a title as a site's name. Only an underscore needs no such word: nobody writes it in a subtitle.
_SITE: Final = late(
    r"(?:网|网站|频道|新闻|首页|主页|论坛|博客|专栏|在线|日报|晚报|早报|时报|周刊|周报|电视台|广播|客户端|资讯|社区|门户|官网|手机版"
    r"|公众号|头条|知乎|豆瓣|简书|微博|百度[㐀-鿿]{0,2}|腾讯[㐀-鿿]{0,2}|新浪[㐀-鿿]{0,2}|搜狐|网易|csdn[a-z博客]*|\.(?:com|cn|net|org|tw|hk))$"
)
_META: Final = late(
    r"\d{1,4}[-/.年]\d{1,2}|\d{1,2}:\d{2}|[>›»] ?[㐀-鿿]|^[a-z_]+ *:|来源[:/]|^[-=*_]{3,}$"
    r"|^(?:作者|记者|编辑|责任编辑|发布|时间|日期|浏览|阅读|点击|分类|标签|字号|文|图|摄影|撰文)[/|丨 ]"
)


class _Title(NamedTuple):
    """A line of the head that says a title, by its place among the lines of text."""

    place: int
    letters: str
    form: int  # how clean it is


_CLEAN_HEADING, _BARE, _IN_MARKS, _IN_FIELD, _WITH_SITE = range(5)
_FORM_OPENINGS: Final = frozenset("#t标题正您[*_《【「")
_FORMS: Final = ((_HEADING, _CLEAN_HEADING), (_FIELD, _IN_FIELD), (_LINK, _IN_MARKS), (_MARKED, _IN_MARKS))


def find(view: View) -> Iterator[Edit]:
    """Edits that leave one of the titles at the head of a page: a heading, else a bare line, else the first.

    What goes says the same letters: on a line of its own, as a link, in book marks, as a field of front matter, or
    with the site's name behind it. Left alone: titles further down, where chapters and refrains are called like the
    whole; heads that end in verse, whose first line may be the title; a title that other words than a date or a byline
    separate from the one above it; and a subtitle, which may be what stands behind a dash.
    """
    head, verdicts = _head(view), _page_title(view)
    for kept, again in _again(head) if _says_words_twice(head) else ():
        index = head[again.place][0]
        why = f"the title again: “{view.quote(head[kept.place][0])}” says it, letter for letter"
        said_by = head[kept.place][0]
        verdicts[index] = Verdict("repeats/title", why, matched=view.lines_matched(said_by, said_by))
        below = head[again.place + 1 : again.place + 2]
        if below and _UNDERLINE.match(below[0][1].key) and again.form == _CLEAN_HEADING:
            verdicts[below[0][0]] = Verdict("repeats/title", "the underline of a title that goes")
    if verdicts:
        yield from without_lines(view, verdicts)


def _page_title(view: View) -> dict[int, Verdict]:
    """Why the first line goes: it is the browser's title, and the article's stands below the navigation."""
    lines = islice(view.filled_lines(), _NAVIGATION)
    first, line = next(lines, (0, None))
    if line is None or not _SEPARATOR.search(line.key) or len(line.key) > _TITLE_LENGTH:
        return {}
    titles = {title.letters for title in _titles([line.key], 0) if title.form == _WITH_SITE}
    for index, line in lines if titles else ():
        if letters_of(line.key) in titles:
            why = f"the page's title with the site's name: “{view.quote(index)}” says it, letter for letter"
            return {first: Verdict("repeats/title", why, matched=view.lines_matched(index, index))}
        if _is_prose(line.key):
            break
    return {}


def _head(view: View) -> list[tuple[int, Line]]:
    """(index, line) of the lines above the first prose; none if no prose is near."""
    head: list[tuple[int, Line]] = []
    for index, line in view.filled_lines():
        key = line.key
        if _is_prose(key):
            return head
        if len(head) == _HEAD:
            break
        head.append((index, line))
    return []


def _says_words_twice(head: list[tuple[int, Line]]) -> bool:
    """Whether the first words of a line stand in another one too: a test that few pages pass."""
    whole = "\n".join(line.key for _, line in head)
    words = (_WORDS.search(line.key) for _, line in head)
    return any(match and whole.count(match[0]) > 1 for match in words)


def _is_prose(key: str) -> bool:
    if len(key) < _PROSE_LENGTH or shape_of(key) is not Shape.PROSE or not _TWENTY_HANZI.match(key):
        return False
    return not (_HEADING.match(key) or _LINK.match(key) or _FIELD.match(key))


def _again(head: list[tuple[int, Line]]) -> Iterator[tuple[_Title, _Title]]:
    """(the title that stays, one that goes), for each that goes."""
    keys = [line.key for _, line in head]
    said: dict[str, list[_Title]] = {}
    for place in range(len(keys)):
        for title in _titles(keys, place):
            said.setdefault(title.letters, []).append(title)
    for group in [titles for titles in said.values() if len(titles) > 1]:
        plain = [title for title in group if title.form < _IN_FIELD]
        titles = [title for title in group if title.form >= _IN_FIELD or _is_next(keys, plain[0], title)]
        if len(titles) > 1 and any(title.form != _WITH_SITE for title in titles):
            kept = min(titles, key=lambda title: title.form)
            yield from ((kept, title) for title in titles if title.place != kept.place)


def _titles(keys: list[str], place: int) -> Iterator[_Title]:
    """The titles that a line may say: as it is, and without the site's name."""
    key = keys[place]
    text, form = key, _BARE
    for pattern, found_form in _FORMS if key[0] in _FORM_OPENINGS else ():
        if match := pattern.match(text):
            text, form = match[1], found_form if form == _BARE else form
    if place + 1 < len(keys) and _UNDERLINE.match(keys[place + 1]):
        form = _CLEAN_HEADING
    if _ITEM.match(key) or (form == _BARE and (shape_of(key) is Shape.DATE or _META.match(key))):
        return
    if _is_title(letters := letters_of(text)):
        yield _Title(place, letters, form)
    if form in (_BARE, _IN_FIELD):
        yield from (_Title(place, letters, _WITH_SITE) for letters in _before_site(text) if _is_title(letters))


def _before_site(text: str) -> Iterator[str]:
    """The letters in front of what may be a site's name, or several: short words behind a separator each."""
    for separator in _SEPARATOR.finditer(text):
        behind = text[separator.start() :]
        names = [name for name in _SEPARATOR.split(behind) if name]
        is_site = bool(_SITE.search(behind)) or "_" in behind
        if names and is_site and max(map(len, names)) <= _SITE_LENGTH:
            yield letters_of(text[: separator.start()])


def _is_title(letters: str) -> bool:
    return len(letters) >= _LENGTH and len(_HAN.findall(letters)) >= _HANZI


def _is_next(keys: list[str], first: _Title, title: _Title) -> bool:
    """Whether a title is the first, or only dates, bylines and the like stand between, and not much more below."""
    between = [key for key in keys[first.place + 1 : title.place] if not _is_meta(key)]
    below = [key for key in keys[title.place + 1 :] if not _is_meta(key)]
    return title == first or (len(below) <= _VERSE and all(title.letters in letters_of(key) for key in between))


def _is_meta(key: str) -> bool:
    return len(key) <= _META_LENGTH and (shape_of(key) is Shape.DATE or bool(_META.search(key)))
