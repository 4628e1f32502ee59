"""A channel's plugs run together with its text: `訂閱某某頻道：https://…歡迎贊助：https://…昨天，…`.

Scraped video descriptions lose their line ends, so a line of prose begins or ends in calls to subscribe, join or pay,
each with an address. Lines that hold nothing else are left to the line rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from itertools import zip_longest
from typing import Final, NamedTuple

from cleaner import sieve
from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.preconditions import precondition
from cleaner.sieve import Demand
from cleaner.units import Verdict, View, without_lines


class _Kind(Enum):
    """What a piece of a line says."""

    CALL = "call"  # an appeal that ends in its address
    LABEL = "label"  # the name of a place and its address: `推特：https://…`
    PLEA = "plea"  # a sentence that asks to subscribe, like or pay, without an address
    NAME = "name"  # a bare address, or a few letters and one
    DIVIDER = "divider"
    TAGS = "tags"
    CITING = "citing"  # other words that end in an address
    TEXT = "text"


class _Piece(NamedTuple):
    """A piece of a line between two of its joints: ends of addresses and sentences, and dividers."""

    start: int  # within the line
    end: int
    kind: _Kind


_PLUGS: Final = (_Kind.CALL, _Kind.LABEL)
_DIVIDER: Final = r"(?:[-－—_=＝*＊]\s*){5,}"
_ADDRESS: Final = (
    r"https?://(?:(?!https?://|[-_=*]{5})[!-~])+(?<![#.,;:!?])"
    r"|[A-Za-z0-9._%+-]{1,40}@[A-Za-z0-9-]{1,40}(?:\.(?:com|net|org|edu|gov|info|io|me|tv|co|tw|hk|cn))+"
)
_SERIES: Final = "视频|影片|节目|系列"
_LIST: Final = (  # 火热视频推荐：多少度才算热？https://…水为什么会开https://…
    r"(?:(?<=[-－—_=*。！？!?\s])|^)(?:火[热熱]|[热熱][门門]|精彩|相[关關]|往期|推[荐薦]|更多|延伸)[^\s,，。:：]{0,4}"
    rf"(?:{_SERIES}|視頻|節目)[^\s,，。:：]{{0,4}}[:：]"
    rf"(?:(?:(?!https?://)[^\n]){{2,70}}(?:{_ADDRESS})){{2,}}"
)
_JOINT: Final = late(
    rf"(?P<list>{_LIST})|(?P<address>{_ADDRESS})|(?P<divider>{_DIVIDER})"
    r"|(?P<stop>[。！？!?…～~]+[”’」』）)\"]*)"
)
_LONGEST: Final = {_Kind.CALL: 90, _Kind.LABEL: 40, _Kind.PLEA: 170, _Kind.NAME: 12}  # letters before the address

_ASKS: Final = (
    r"订阅|关注|追踪|赞助|激赏|打赏|课金|抖内|捐助|捐款|支持(?:我|本|一下|频道|创作|城)|谢谢支持|感谢支持|请我喝|成为[^,。]*会员"
    r"|加入[^,。]*(?:会员|频道|群|社群|链接|连结)|会员(?:链接|连结|计划)|下载[^,。]*(?:app|客户端)|按赞|follow|subscribe|support"
)
_OFFERS: Final = r"(?:商务|商业)合作|这里是\s*@|在这里[^,。]*找到"
_PLACES: Final = (
    r"facebook|\bfb\b|脸书|twitter|推特|instagram|\big\b|telegram|电报群?|youtube|油管|patreon|paypal|discord|medium|mewe"
    r"|parler|podcast|spotify|likecoin|whatsapp|\bline\b|微博|b站|粉专|粉丝专页|专页|官网|官方网站|page|群组|群|文字稿|图文版"
    r"|播放清单|播放列表|全集|系列影片|系列|专题|会员|频道|客服|邮箱|邮件|e-?mail|合作|邀约"
)
_SPEAKS: Final = (
    r"写道|说|表示|发文|指出|宣布|公布|报道|报导|回应|贴文|参考|资料|来源|出处|漏洞|补丁|厂商|官方更新|如何|\d:\d\d"
)
_ADDRESSED: Final = (  # what makes an appeal of the words that ask: 订阅人数, 捐款可汇至县慈善会 ask nobody
    r"欢迎|请|记得|别忘|快来|点击|谢谢|感谢|喜欢|想|立即|马上|👉|👇|我|本频道|频道|专页|粉专|[账帐]号|新闻信|电子报|会员|群|小号|app|@"
    r"|facebook|\bfb\b|脸书|twitter|推特|instagram|telegram|电报|youtube|油管|patreon|paypal|follow|subscribe"
)
_CALL: Final = late(
    rf"^(?=[^。]*(?:{_ADDRESSED}))[^,。]*(?:{_ASKS})"
    rf"|^[^,。]*(?:{_OFFERS})"
)
_BARE_CALL: Final = late(rf"^[^,。]*(?:{_ASKS})")  # a call behind a divider or beside another plug
_CITED: Final = late(  # 会员名单: https://…
    r"(?:名单|名录|人数|数据|结果|全文|文件|项目|报告|[一二三四五六七八九十\d][个家项篇份])[\s:()]*$"
)
_LAST_CALL: Final = late(rf"(?:欢迎|请|敬请)[^,。]*(?:{_ASKS})[^,。]*$")  # enough behind a divider
_LABEL: Final = late(
    rf"^\W*[^,。;:!?在于道称发是去到用了被把给向从对]{{0,14}}(?:{_PLACES})"
    r"(?:号|帐号|粉专|联系|联络|频道|会员|计划|主页|id|\([^)]*\)|[\s:>|(👉👇➤/-])*$"
)
_PLEA: Final = late(
    r"(?:欢迎|请|敬请|记得|别忘|不要忘|谢谢|感谢|期待|喜欢的话|想要|成为)[^。]*(?:订阅|关注|追踪|按赞|点赞|铃铛|赞助|会员|留言|分享给|连结|链接|转载|转录)"
    r"|(?:订阅|关注)[^。]*(?:铃铛|谢谢|频道)|会员[^。]*(?:开张|开通|招募)|请勿(?:转载|转录|搬运)|(?:可以|欢迎)在下方留言"
    r"|(?:如果|若|只能|无法)[^。]*(?:支付宝|paypal|付款|信用卡)|^\W*(?:微信|客服|line|whatsapp|电话)[^。,]{0,6}:\s*[\w-]+$"
)
_REPORTED: Final = late(_SPEAKS)
_TAGS: Final = late(r"^(?:\s*#[^\s#。,]{1,30})+\s*$")
_DRAWN: Final = late(r"[A-Za-z-]{3}\d{1,4}$|[a-z\d][A-Z]{2,}[a-z]*$|[a-z\d][A-Z][a-z]{3,}$")  # …/join2020年, …/aBBC報道
_CLOSED: Final = late(rf"\s*(?:$|{_DIVIDER})")


def find(view: View) -> Iterator[Edit]:
    """Edits that take the plugs at the beginning and at the end of a line, with the dividers beside them.

    They begin and end at a joint: the line's ends, an address's end, a divider, the end of a sentence. A plug whose
    address runs into the words behind it stays and is flagged, for the address may have taken letters of theirs.
    A line of nothing but plugs goes if it holds two addresses at least. Left alone: what a sentence cites, sources
    (`圖片來源：https://…`), lines with Markdown links, and all that stands between sentences.
    """
    if "http" not in view.text and "@" not in view.text:
        return
    whole: dict[int, Verdict] = {}
    for index in _promoting(view):
        start, text = view.line_span(index)
        pieces = _pieces(text, view.folded[start : start + len(text)])
        if all(piece.kind in _IN_RUN for piece in pieces[: _tail_end(pieces)]):
            if _is_sure(pieces) and _addresses(pieces) > 1 and _tail_end(pieces) == len(pieces):
                whole[index] = Verdict("promos/channel-plugs", "a line of nothing but plugs with their addresses")
        else:
            yield from _edits(start, text, pieces)
    yield from without_lines(view, whole)


def _promoting(view: View) -> list[int]:
    """The lines that may hold a plug: with an address, and a word that calls for something or names a place."""
    has_mail = "@" in view.text
    keys = {
        index: line.key
        for index, line in view.filled_lines()
        if ("http" in line.key or (has_mail and "@" in line.key)) and "](" not in line.key and "<" not in line.key
    }
    calls = sieve.of(_promotion()).calls(list(keys.values())) if keys else ()
    return [index for index, call in zip(keys, calls, strict=True) if call]


@cache
def _promotion() -> Demand:
    """The words without one of which no piece of a line is a call or a label."""
    literals = (precondition(pattern).literals for pattern in (_ASKS, _OFFERS, _PLACES, _PLEA.pattern))
    return Demand(frozenset(_SERIES.split("|")).union(*literals))


def _edits(start: int, text: str, pieces: Sequence[_Piece]) -> Iterator[Edit]:
    """Edits and flags of one line, which stands at `start`."""
    head, tail, end = _head(text, pieces), _tail(pieces), _tail_end(pieces)
    for run, where in ((pieces[:head], "beginning"), (pieces[max(head, tail) : end], "end")):
        if run:
            stop = len(text) - len(text[run[-1].end :].lstrip(" "))
            old = text[run[0].start : stop]
            why = f"a channel's plug with its address, at the {where} of a line"
            yield Edit(start + run[0].start, old, "", "promos/channel-plug", why)
    if head < min(tail, len(pieces)) and pieces[head].kind in _PLUGS and _runs_on(text, pieces[head]):
        old = text[pieces[head].start : pieces[head].end]
        why = "a channel's plug whose address may have taken letters of the words behind it"
        yield Edit(start + pieces[head].start, old, old, "promos/unclear-plug", why)


# --- pieces of a line ------------------------------------------------------------------------------------------


def _pieces(text: str, folded: str) -> list[_Piece]:
    """The pieces of a line; together they cover it."""
    pieces: list[_Piece] = []
    start = 0
    for joint in _JOINT.finditer(text):
        begin, end = joint.span()
        if joint["divider"]:
            if text[start:begin].strip():
                pieces.append(_Piece(start, begin, _unaddressed(folded[start:begin])))
                start = begin
            pieces.append(_Piece(start, end, _Kind.DIVIDER))
        elif joint["list"]:
            pieces.append(_Piece(start, end, _Kind.CITING if text[start:begin].strip() else _Kind.CALL))
        elif joint["address"]:
            is_apart = bool(pieces) and pieces[-1].kind is _Kind.DIVIDER
            pieces.append(_Piece(start, end, _addressed(folded[start:begin], is_apart)))
        else:
            pieces.append(_Piece(start, end, _unaddressed(folded[start:end])))
        start = end
    if start < len(text):
        pieces.append(_Piece(start, len(text), _unaddressed(folded[start:])))
    return _joined(pieces)


def _addressed(words: str, is_apart: bool) -> _Kind:
    """The kind of a piece from its folded words before the address, and whether a divider stands before it."""
    words = words.strip()
    if _REPORTED.search(words) or _CITED.search(words):
        return _Kind.CITING
    asks = _CALL.search(words) or (is_apart and (_LAST_CALL.search(words) or _BARE_CALL.search(words)))
    if len(words) <= _LONGEST[_Kind.CALL] and asks:
        return _Kind.CALL
    if len(words) <= _LONGEST[_Kind.LABEL] and _BARE_CALL.search(words):
        return _Kind.LABEL
    if len(words) <= _LONGEST[_Kind.LABEL] and _LABEL.search(words):
        return _Kind.LABEL
    return _Kind.NAME if len(words) <= _LONGEST[_Kind.NAME] and "," not in words else _Kind.CITING


def _unaddressed(words: str) -> _Kind:
    if _TAGS.match(words):
        return _Kind.TAGS
    is_plea = len(words) <= _LONGEST[_Kind.PLEA] and _PLEA.search(words) and not _REPORTED.search(words)
    return _Kind.PLEA if is_plea else _Kind.TEXT


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """A plea and the bare address behind it make one call; a few letters between address and divider belong to it."""
    joined: list[_Piece] = []
    for piece, below in zip_longest(pieces, pieces[1:]):
        before = joined[-1].kind if joined else None
        if before is _Kind.PLEA and piece.kind is _Kind.NAME:
            joined[-1] = _Piece(joined[-1].start, piece.end, _Kind.CALL)
        elif (
            before in _PLUGS
            and below
            and below.kind is _Kind.DIVIDER
            and piece.end - piece.start <= _LONGEST[_Kind.NAME]
        ):
            joined.append(_Piece(piece.start, piece.end, _Kind.NAME))
        else:
            joined.append(piece)
    return joined


# --- runs of plugs ---------------------------------------------------------------------------------------------

_IN_RUN: Final = (_Kind.CALL, _Kind.LABEL, _Kind.PLEA, _Kind.NAME, _Kind.DIVIDER)


def _is_sure(pieces: Sequence[_Piece]) -> bool:
    """Whether a run of plugs is no reference of the article: it asks for something, or names several places."""
    kinds = [piece.kind for piece in pieces]
    return _Kind.CALL in kinds or kinds.count(_Kind.LABEL) > 1


def _addresses(pieces: Sequence[_Piece]) -> int:
    return sum(piece.kind in (*_PLUGS, _Kind.NAME) for piece in pieces)


def _head(text: str, pieces: Sequence[_Piece]) -> int:
    """How many pieces at the beginning are plugs; the last of them ends in an address, or a divider follows it."""
    end = 0
    for place, piece in enumerate(pieces):
        if piece.kind not in _IN_RUN:
            break
        if piece.kind in _PLUGS:
            end = place + 1
    while end and (pieces[end - 1].kind not in _PLUGS or _runs_on(text, pieces[end - 1])):
        end -= 1
    if not _is_sure(pieces[:end]):
        return 0
    named = end + (end < len(pieces) and pieces[end].kind is _Kind.NAME)
    return named + 1 if named < len(pieces) and pieces[named].kind is _Kind.DIVIDER else end


def _runs_on(text: str, piece: _Piece) -> bool:
    """Whether the address at a piece's end may have taken the first letters or digits of the words behind it."""
    return not _CLOSED.match(text, piece.end) and _DRAWN.search(text[piece.start : piece.end]) is not None


def _tail(pieces: Sequence[_Piece]) -> int:
    """The place from which on the pieces are plugs; the first has an address, or one or a divider stands before it."""
    end = _tail_end(pieces)
    first = end
    for place in range(end - 1, -1, -1):
        if pieces[place].kind not in _IN_RUN:
            break
        is_apart = place > 0 and pieces[place - 1].kind in (_Kind.DIVIDER, _Kind.CITING)
        if pieces[place].kind in _PLUGS or (is_apart and pieces[place].kind is _Kind.PLEA):
            first = place
    if not _is_sure(pieces[first:end]):
        return end
    return first - (first > 0 and pieces[first - 1].kind is _Kind.DIVIDER)


def _tail_end(pieces: Sequence[_Piece]) -> int:
    """Behind the last piece that isn't tags, which say what the article is about."""
    return len(pieces) - (bool(pieces) and pieces[-1].kind is _Kind.TAGS)
