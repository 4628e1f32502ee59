"""Links that a page's text still holds: lists of other articles, addresses that only count visits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.repair import code
from cleaner.repair.words import Mention, alone
from cleaner.units import Verdict, View, runs, without_lines

_ADDRESS: Final = r"[^()\s]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,500}){0,5}"
_HANZI: Final = "\u3400-\u9fff"
_ABOUT: Final = Mention(alone("markdown", "commonmark"))

# --- lists of other articles -----------------------------------------------------------------------------------

_ACCOUNT: Final = late(
    rf"\[[^\[\]\n]{{0,200}}(?:\[[^\[\]\n]{{0,100}}\][^\[\]\n]{{0,100}}){{0,5}}\]\(https?://mp\.weixin\.qq\.com/s\?__biz=(?P<account>[\w=%+-]+){_ADDRESS}\)"
)
_LINK_LINE: Final = late(r"[-*+>•·\s\d.、]*(?:\*\*)?\s*(?:\[.*\]\(.*\))\s*(?:\*\*)?")
_HEADER: Final = late(
    r"[-=—#>*+•·|☆★◆▼↓✦\s\d.、【\[]*(?:(?:往期|近期|精彩|热文|热门|好文|相关|更多|延伸|推荐|历史|精选|前情|文章)\s*){1,3}"
    r"(?:推\s*荐|回\s*顾|阅\s*读|文\s*章|内\s*容|精\s*彩|好\s*文|资\s*讯|工\s*具|视\s*频)?(?:推荐|阅读|回顾|合集)?(?:[·•|*\s]+[^。,，!?！？]{2,14})?[-=—#*+•·|:：☆★◆▼↓✦\s】\]]*"
)
_WANTED: Final = late(
    r"参考|引用|来源|出处|原文|文献|链接|附录|资料|详情|目录|正文"
)  # a lead-up to links the article needs
_LEAST_SPEECH: Final = 40  # letters of a line that ends a sentence: the article goes on
_LONGEST_LINE: Final = 2000
_FEWEST_LINES: Final = 2
_FEWEST: Final = 3  # links to one account, without a header above
_DIGEST_SHARE: Final = 0.4  # where more of the lines are links, they are what the page is about


def find_lists(view: View) -> Iterator[Edit]:
    """Edits that remove lists of links to other articles of a WeChat account, with their header.

    A list is two lines and more that hold nothing but such links: under a header that says so (往期推荐), or below the
    article's last sentence, three at least and all to one account. Left alone: lists an article leads up to
    (参考文章：), lists between sentences that no header announces, pages made of links, single links, other addresses.
    """
    if "_" not in view.text or view.text.count("mp.weixin.qq.com/s?__biz=") < _FEWEST_LINES:
        return
    rows = [(index, view.line_text(index)) for index, _ in view.filled_lines()]
    linked = [place for place, (_, text) in enumerate(rows) if _is_link_line(text)]
    if not linked or len(linked) > _DIGEST_SHARE * len(rows):
        return
    last = max((place for place, (_, text) in enumerate(rows) if _speaks(text)), default=-1)
    verdicts: dict[int, Verdict] = {}
    for first, end in runs(linked):
        why = _reason(rows, first, end, is_below=first > last)
        if why:
            begin = first - 1 if first and _is_header(rows[first - 1][1]) else first
            verdicts |= {rows[place][0]: Verdict("links/list", why) for place in range(begin, end + 1)}
    yield from without_lines(view, verdicts)


def _is_link_line(text: str) -> bool:
    return len(text) <= _LONGEST_LINE and bool(_LINK_LINE.fullmatch(text)) and bool(_ACCOUNT.search(text))


def _speaks(text: str) -> bool:
    return len(text) >= _LEAST_SPEECH and text.rstrip("*_ ”’」』)）").endswith(("。", "！", "？")) and "](" not in text


def _is_header(text: str) -> bool:
    return bool(_HEADER.fullmatch(text.replace("\u00a0", " ")))


def _reason(rows: Sequence[tuple[int, str]], first: int, end: int, *, is_below: bool) -> str:
    """Why a run of rows is a list of other articles; "" if it may be the article's own."""
    above = rows[first - 1][1] if first else ""
    if end > first and _is_header(above):
        return f"a list of other articles, under “{above[:24]}”"
    accounts = {match["account"] for _, text in rows[first : end + 1] for match in _ACCOUNT.finditer(text)}
    if is_below and end - first + 1 >= _FEWEST and len(accounts) == 1 and not _WANTED.search(above):
        return "a list of other articles of one account, below the article"
    return ""


# --- addresses -------------------------------------------------------------------------------------------------

_LINK: Final = late(
    rf"\[(?<![!A-Za-z0-9_\])]\[)(?P<text>[^\[\]\n]{{0,300}}(?:\[[^\[\]\n]{{0,100}}\][^\[\]\n]{{0,200}}){{0,5}})\]\((?P<address>{_ADDRESS})(?:\s+\"[^\"\n]*\")?\s*\)"
)
_CAPTIONED: Final = late(
    rf"(?P<lead>[-*+>\s]*)!\[(?P<text>[^\[\]\n]+)\]\((?P<address>https?://{_ADDRESS})(?:\s+\"[^\"\n]*\")?\s*\)\s*"
)
_AUTOLINK: Final = late(r"<(?P<address>https?://[^<>\s]+)>")
_SIGNED: Final = late(r"https?://mp\.weixin\.qq\.com/(?:s\?__biz=|mp/)")
_WITHIN_SITE: Final = late(r"(?:/(?!/)|\./|\.\./|#)[^\s]*")
_SAYS: Final = late(rf"[{_HANZI}]|[A-Za-z]{{2}}")
_NAME: Final = late(f"[{_HANZI}]+")


def find_addresses(view: View) -> Iterator[Edit]:
    """Edits that take the address from links where it means nothing outside the page, and keep the words.

    Such are signed links to WeChat articles and accounts, places within the page or the site (`/wiki/…`, `#top`), an
    address shown as its own words, and that of a picture with a caption, alone on its line. Left alone: links to
    pages anyone can open, places whose address names what the words don't (`../獸醫師法.md#第六條`), links without
    words, code, and everything on a page about Markdown.
    """
    text = view.text
    if not _may_hold_links(text):
        return
    edits = [*_unlinked(text), *_captions(view)]
    if not edits or _ABOUT.is_in(view.folded):
        return
    stretches = view.once(code.of)
    yield from (edit for edit in edits if not code.touches(stretches, edit.start, edit.end))


def _may_hold_links(text: str) -> bool:
    return ("]" in text and "](" in text) or ("<" in text and "<http" in text)


def _unlinked(text: str) -> Iterator[Edit]:
    for match in _LINK.finditer(text):
        words, address = match["text"].strip(), match["address"]
        if words and words == address:
            yield Edit(match.start(), match[0], words, "links/address", "a link whose words are its address")
        elif _SAYS.search(words) and (_SIGNED.match(address) or _is_within_site(address, words)):
            yield Edit(
                match.start(), match[0], words, "links/address", f"a link’s address, no use elsewhere: {address[:60]}"
            )
    for match in _AUTOLINK.finditer(text) if "<" in text else ():
        yield Edit(match.start(), match[0], match["address"], "links/address", "brackets around an address")


def _is_within_site(address: str, words: str) -> bool:
    """Whether an address is a place within the page or site and names nothing that the words don't say."""
    return bool(_WITHIN_SITE.fullmatch(address)) and all(name in words for name in _NAME.findall(unquote(address)))


def _captions(view: View) -> Iterator[Edit]:
    if "!" not in view.text or "![" not in view.text:
        return
    for index, line in view.filled_lines():
        if "![" in line.key and (match := _CAPTIONED.fullmatch(view.line_text(index))):
            start, old = view.line_span(index)
            if _NAME.search(match["text"]):
                yield Edit(
                    start,
                    old,
                    match["lead"] + match["text"].strip(),
                    "links/caption",
                    "the address of a picture with a caption",
                )


# --- parameters that count visits ------------------------------------------------------------------------------

_URL: Final = late(r"https?://[^\s<>\"'“”‘’()（）\[\]【】《》，。；、！？\u3400-\u9fff]+")
_COUNTING: Final = late(
    r"utm_\w+|spm|scm|spm_id_from|from_spmid|vd_source|share_(?:source|medium|plat|session_id|tag|times|from|token)|"
    r"unique_k|fbclid|gclid|dclid|yclid|msclkid|igshid|mc_[ce]id|_hsenc|_hsmi|mkt_tok|wxfrom|wx_lazy|wx_co|wx_header|"
    r"mpshare|srcid|sharer_\w+|isappinstalled|clicktime|enterid|ascene|devicetype|nettype|pass_ticket|exportkey|"
    r"ref_src|ref_url|__tn__|__cft__(?:\[\d\])?|__xts__(?:\[\d\])?|weibo_id|hmsr|hmpl|hmcu|hmkw|hmci|bd_vid|tt_from|"
    r"share_app_id|share_iid|share_link_id"
)
_COUNTING_VALUE: Final = late(
    r"from=(?:timeline|(?:group|single)message|appmsg|message|feed|weibo|qq|share|search_history)|feature=(?:share|youtu\.be)"
)
_WECHAT: Final = late(r"https?://mp\.weixin\.qq\.com/")
_COUNTING_WECHAT: Final = late(r"chksm|scene|subscene|sessionid|lang|token|key|uin|version|from|tempkey|ptlang|source")
_WECHAT_PLACE: Final = late(r"#(?:rd|wechat_redirect|wechat_webview_type=1)$")
_ABOUT_COUNTING: Final = Mention(
    alone("utm", "spm", "gclid", "fbclid", "url ?参数") + "|(跟踪|追踪|推广|查询)参数|埋点|抓包|请求参数"
)


def find_parameters(view: View) -> Iterator[Edit]:
    """Edits that remove from addresses what only counts or signs a visit: `utm_source=…`, `spm=…`, `chksm=…`, `#rd`.

    What names the page stays. Left alone: parameters nobody knows, code, and every address on a page about such
    parameters.
    """
    text = view.text
    if "?" not in text or "://" not in text:
        return
    edits = [edit for match in _URL.finditer(text) if (edit := _shortened(match)) is not None]
    if not edits or _ABOUT_COUNTING.is_in(_URL.sub(" ", view.folded)):
        return
    stretches = view.once(code.of)
    yield from (edit for edit in edits if not code.touches(stretches, edit.start, edit.end))


def _shortened(match: re.Match[str]) -> Edit | None:
    address = match[0].rstrip(".,;:!?*_")
    before, mark, rest = address.partition("?")
    if not mark:
        return None
    query, hash_mark, place = rest.partition("#")
    is_wechat = bool(_WECHAT.match(address))
    kept = [part for part in query.split("&") if not _counts(part, is_wechat=is_wechat)]
    ending = hash_mark + place
    if is_wechat:
        ending = _WECHAT_PLACE.sub("", ending)
    if len(kept) == len(query.split("&")) and ending == hash_mark + place:
        return None
    new = ("?" if kept else "") + "&".join(kept) + ending
    why = "parameters of an address that only count or sign a visit"
    return Edit(match.start() + len(before), address[len(before) :], new, "links/parameters", why)


def _counts(parameter: str, *, is_wechat: bool) -> bool:
    name = parameter.partition("=")[0]
    if _COUNTING.fullmatch(name) or _COUNTING_VALUE.fullmatch(parameter):
        return True
    return is_wechat and bool(_COUNTING_WECHAT.fullmatch(name))
