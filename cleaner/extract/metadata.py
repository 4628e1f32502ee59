"""What a page says of itself: title, description, date, author, source. Next: `blocks`.

In turn: JSON-LD, `meta` elements, and for date, author and source the line below the title where a page tells them.
The order is that of trust: a site's own record of an article is exacter than what its `title` element adds to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from lxml import etree

from cleaner.document import About
from cleaner.patterns import late

_DESCRIPTIONS: Final = ("description", "og:description", "twitter:description")
_TITLES: Final = ("og:title", "twitter:title", "articletitle", "headline", "dc.title")
_DATES: Final = (
    "article:published_time", "og:published_time", "pubdate", "publishdate", "datepublished", "publish_time",
    "weibo: article:create_at", "og:release_date", "og:time", "apub:time", "dc.date", "dc.date.issued", "date",
)  # fmt: skip
_AUTHORS: Final = ("author", "article:author", "og:article:author", "dc.creator", "byl", "mediaid")
_SOURCES: Final = ("contentsource", "source", "og:site_name", "article:source", "application-name", "copyright")
_REACH: Final = 12  # blocks around the title in which a byline may stand
_LONGEST_LINE: Final = 120  # characters of a byline
_LONGEST_NAME: Final = 30
_MOST_RECORDS: Final = 200  # of a page's JSON-LD
_LONGEST_RECORD: Final = 500_000  # characters

_DATE: Final = late(
    r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)日?(?:[T\s]{0,3}(\d{1,2})[:：时](\d{2}))?"
)
_BYLINE: Final = late(
    r"(?:^|[\s|｜,，/（(【\[])(?:作者|文|撰文|记者|記者|编译|發佈者|楼主)\s?[:：/|｜]\s?([^\s|｜,，;；:：/()（）【】\[\]]+)"
)
_SOURCE: Final = late(r"(?:来源|來源|来源于|稿源|出处|出處|转自)\s?[:：|｜]\s?([^\s|｜,，;；:：()（）【】\[\]]+)")
_SITE: Final = late(r"\s*(?:[_|｜]|\s[-–—]\s|--+|-(?=[^-]{2,12}$)).*$")


class Head(NamedTuple):
    """What the elements that no reader sees say of a page; "" or nothing for what they don't.

    `title` is what the `title` element says, with what the site adds to it; `metas` hold name, in small letters, and
    content of `meta` elements, the first of a name; `records` are the objects of its JSON-LD.
    """

    title: str = ""
    metas: Mapping[str, str] = MappingProxyType({})
    canonical: str = ""
    records: Sequence[dict[str, Any]] = ()

    @property
    def about(self) -> str:
        """The longest description."""
        return max((self.metas.get(name, "") for name in _DESCRIPTIONS), key=len)

    @property
    def generator(self) -> str:
        """What software says it made the page."""
        return self.metas.get("generator", "")

    @property
    def body(self) -> str:
        """The text of the article as its JSON-LD gives it, with or without markup."""
        return next((text for record in self.records if isinstance(text := record.get("articleBody"), str)), "")

    @property
    def address(self) -> str:
        """The address that the page gives itself: canonical or `og:url`."""
        return self.canonical or self.metas.get("og:url", "")


def head_of(root: etree._Element) -> Head:
    """What the elements that no reader sees say, wherever they stand."""
    titles: list[str] = []
    metas: dict[str, str] = {}
    links: list[str] = []
    scripts: list[str] = []
    for element in root.iter("title", "meta", "link", "script"):
        match element.tag:
            case "title":
                titles.append(" ".join("".join(element.itertext()).split()))
            case "meta":
                _take_meta(metas, element)
            case "link":
                links += _canonical(element)
            case "script" if (element.get("type") or "").lower() == "application/ld+json":
                scripts.append(element.text or "")
    return Head(next(iter(titles), ""), metas, next(iter(links), ""), list(_records(scripts)))


def _take_meta(metas: dict[str, str], meta: etree._Element) -> None:
    name = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
    content = (meta.get("content") or "").strip()
    if name and content:
        metas.setdefault(name.lower(), content)


def _canonical(link: etree._Element) -> list[str]:
    address = link.get("href") or ""
    return [address] if (link.get("rel") or "").lower() == "canonical" and "://" in address else []


def facts_of(head: Head, texts: Sequence[str], place: int) -> About:
    """What a page says of itself but its kind, with `texts` as blocks, its title in that at `place`, if not -1."""
    near = [text for text in texts[max(place - 2, 0) : max(place, 0) + _REACH] if len(text) <= _LONGEST_LINE]
    metas, records = head.metas, head.records
    return About(
        title=_first(
            _said(records, "headline"),
            texts[place] if place >= 0 else "",
            _of(metas, _TITLES),
            _without_site(head.title),
        ),
        date=_first(*map(_iso, (_said(records, "datePublished"), _of(metas, _DATES), *near))),
        author=_name(_first(_said(records, "author"), *_found(_BYLINE, near), _of(metas, _AUTHORS))),
        source=_name(_first(*_found(_SOURCE, near), _said(records, "publisher"), _of(metas, _SOURCES))),
    )


def _records(scripts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The objects of a page's JSON-LD, breadth first; what is no JSON is passed over."""
    waiting: list[Any] = []
    for script in scripts:
        if len(script) < _LONGEST_RECORD:
            try:
                waiting.append(json.loads(script, strict=False))
            except (ValueError, RecursionError):
                continue
    for place in range(_MOST_RECORDS):
        if place >= len(waiting):
            return
        found = waiting[place]
        if isinstance(found, dict):
            yield found
            waiting += [found.get("@graph"), found.get("mainEntity")]
        elif isinstance(found, list):
            waiting += found[:_MOST_RECORDS]


def _said(records: Sequence[dict[str, Any]], key: str) -> str:
    for record in records:
        value = record.get(key)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    return ""


def _of(metas: Mapping[str, str], names: Sequence[str]) -> str:
    return next((metas[name] for name in names if name in metas), "")


def _first(*found: str) -> str:
    return next((text for text in found if text), "")


def _found(pattern: re.Pattern[str], lines: Sequence[str]) -> list[str]:
    return [match[1] for match in map(pattern.search, lines) if match]


def _name(text: str) -> str:
    """A name, unless it is too long for one or an address."""
    return "" if len(text) > _LONGEST_NAME or "://" in text else text


def _iso(text: str) -> str:
    r"""The first date in a text, with its time, or "".

    >>> _iso("2024年5月3日 08:15 来源：青石晚报"), _iso("昨天")
    ('2024-05-03T08:15', '')
    """
    match = _DATE.search(text)
    if not match:
        return ""
    year, month, day, hour, minute = (int(part) if part else None for part in match.groups())
    if not (month and day and month <= 12 and day <= 31):
        return ""
    time = f"T{hour:02}:{minute:02}" if hour is not None and minute is not None and hour < 24 and minute < 60 else ""
    return f"{year:04}-{month:02}-{day:02}{time}"


def _without_site(title: str) -> str:
    """A title without what the site adds to it.

    >>> _without_site("桥头的旧书铺_青石网"), _without_site("桥头的旧书铺 - 青石网")
    ('桥头的旧书铺', '桥头的旧书铺')
    """
    return _SITE.sub("", title, count=1) or title
