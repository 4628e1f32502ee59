"""What a forum puts around its posts: floors and dates, the poster's card, buttons, quotation headers, signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.patterns import late
from cleaner.units import Verdict, View, without_lines


class Kind(Enum):
    """What a line of a forum is, by its wording alone."""

    HEADER = "header"  # a floor or a forum's button, and when the post was written
    STAMP = "stamp"  # when the post was written, and nothing that only a forum says
    FLOOR = "floor"
    CARD = "card"
    NUMBER = "number"
    BUTTON = "button"
    QUOTE = "quote"
    CLIENT = "client"  # 来自 iPhone 客户端
    TEXT = "text"


_DAY: Final = r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}-\d{1,2})"
_CLOCK: Final = r"\d{1,2}:\d{2}(?::\d{2})?"
_AGO: Final = rf"(?:\d{{1,3}}\s*(?:秒钟?|分钟|小时|天|周|个月|月|年)前|半小时前|(?:昨天|前天|今天)\s*{_CLOCK})"
_TIME: Final = rf"(?:{_DAY}\s*{_CLOCK}|{_AGO})"
_FLOOR: Final = r"(?:第?\s*\d{1,5}\s*(?:楼|层|#)|#\s*\d{1,5}|楼主|沙发|板凳|地板|藤椅|报纸|地下室)"
_NUMBERED: Final = r"(?:第?\s*\d{1,5}\s*(?:楼|层|#)|#\s*\d{1,5})"
_NUMBERED_FLOOR: Final = late(_NUMBERED)
_PLACE: Final = r"(?:ip\s*(?:属地|归属地)?[:\s]*[\u3400-\u9fff]{2,8})"
_SAID: Final = r"(?:发表于|发布于|回复于|发表时间:?|回复时间:?|发帖时间:?|时间:)"
_GAP: Final = r"[\s|·・,]*"
_BEGINNING: Final = late(
    rf"(?:{_PLACE}{_GAP})?(?:来自[^。,;\s]{{0,10}}?(?:客户端|手机版|网页版){_GAP})?"
    rf"(?:(?P<floor>{_FLOOR}){_GAP})?(?P<said>{_SAID})?\s*{_TIME}"
)
_TOOL: Final = late(
    r"只看(?:该作者|楼主|此人|ta|大图)|倒序(?:浏览|看帖)|正序浏览|阅读模式|显示全部(?:楼层|帖子)|查看全部|(?:收起)?回复(?:\(\d+\))?|收起|"
    rf"举报|引用|收藏|评论|编辑|(?:查看|阅读|回复|人气):?\d{{0,8}}|\d{{1,8}}|{_FLOOR}"
)
_FROM: Final = late(rf"来自[^。;]{{0,12}}|{_PLACE}|属地:?|ip|-")
_TOKENS: Final = late(r"[\s|·・,]+")
_LONE_FLOOR: Final = late(_FLOOR)
_CARD_LABEL: Final = (
    r"(?:主题|帖子|积分|精华|威望|金钱|金币|银币|铜币|贡献|经验值?|在线时间|注册时间|最后登录|上次登录|阅读权限|uid|声望|"
    r"粉丝|好友|听众|收听|魅力|发帖数?|帖数|回帖数?|用户组|头衔|贴子|财富)"
)
_CARD: Final = late(
    rf"(?:{_CARD_LABEL}[:\s]*+[-+\d.,]*+\s*+(?:小时|分|点|个|篇|万|k|级|枚|块|两|元|度)?+{_GAP}+)++"
    rf"|(?:注册时间|最后登录|上次登录|在线时间)[:\s]*{_DAY}(?:\s*{_CLOCK})?"
    r"|(?:新手上路|(?:注册|初级|中级|高级|金牌|限制|等待验证)会员|论坛(?:元老|游民|新人)|版主|超级版主|实习版主|管理员|"
    r"禁止(?:发言|访问)|(?:初级|中级|高级|铁杆|核心|忠实|正式)(?:粉丝|会员)|lv\.?\s*\d{1,3}|当前(?:离线|在线)|该用户(?:已被删除|从未签到))"
    r"|[^。,;!?]{0,16},\s*积分\s*\d+,\s*距离下一级还需\s*\d+\s*积分"
)
_BUTTON_WORD: Final = (
    r"(?:回复|举报|引用|评分|收藏|分享|淘帖|支持|反对|顶|踩|点评|使用道具|道具|返回(?:顶部|列表|版面)|只看该作者|"
    r"发消息|加好友|收听ta|串个门|打招呼|发送?私信|发短消息|看资料|编辑|收起(?:回复)?|倒序浏览|电梯直达|送?鲜花|鸡蛋|赞|"
    r"快速回复|评论|我也说一句|顶一下|发表?新帖|上一主题|下一主题)"
)
_BUTTON: Final = late(rf"(?:{_BUTTON_WORD}\s*+\(?+\d{{0,6}}+\)?+{_GAP}+)++")
_POSTED: Final = late(r"(?:顶|赞|支持|反对|踩|收藏|评论|鲜花|顶一下)+")  # buttons that are whole posts too
_RANK: Final = late(r"(?:初级|中级|高级|铁杆|核心|忠实|正式)(?:粉丝|会员)")
_LEVEL_LENGTH: Final = 2
_NUMBER: Final = late(r"\d{1,9}(?:,\d{3})*")
_NAME: Final = r"[^\s。,;!?“”]{1,24}"
_QUOTE: Final = late(
    rf"\[?引用\]?[:\s@]*{_NUMBERED}[:\s@]*{_NAME}\s*的?(?:回复|发言|帖子|评论)[\s:]*"
    rf"|(?:\[?引用\]?|回复|对)[:\s@]*{_NUMBERED}[:\s@]*(?P<who>{_NAME})?"
    rf"|(?:引用[:\s]*)?原(?:帖|文)由\s*{_NAME}\s*(?:于\s*{_TIME}\s*)?(?:发表|发布)(?:于\s*{_TIME})?[\s:]*"
    rf"|(?:引用[:\s]*)?{_NAME}\s+(?:发表|发布|回复)于\s*{_DAY}\s*{_CLOCK}[\s:]*"
    rf"|(?:引用[:\s]*)?{_FLOOR}?\s*{_NAME}\s*(?:于|在)\s*{_TIME}\s*(?:发表|说道?|写道)(?:的?(?:回复|帖子))?[\s:]*"
    rf"|(?:\[i=s\]\s*)?本(?:帖|主题|楼)最后由\s*{_NAME}(?:\s{_NAME})?\s*于\s*{_TIME}\s*编辑\s*(?:\[/i\])?"
    rf"|本主题由\s*{_NAME}\s*于\s*{_TIME}\s*(?:审核通过|加入精华|设置高亮|移动|置顶|关闭|分类)"
)
_DEVICE: Final = (
    r"(?:iphone|ipad|android|安卓|windows\s?phone|华为|荣耀|小米|红米|oppo|vivo|魅族|三星|一加|诺基亚|手机|平板|客户端|app|"
    r"塞班|symbian|黑莓|blackberry|掌上论坛|触屏版|wap)"
)
_SENT: Final = late(
    rf"[-—\s]*[\[【(]?\s*(?:(?:本(?:帖|文|贴)子?)?\s*(?:发自|来自|发表自)[:\s]*(?:我的)?[^。,;!?]{{0,16}}{_DEVICE}[^。,;!?]{{0,14}}|"
    r"sent from (?:my|a)\s[^。,;!?]{2,30}|(?:get|下载).{0,6}outlook for (?:ios|android))\s*[\]】)]?[\s.]*"
)
_PATTERNS: Final = (
    (Kind.QUOTE, _QUOTE), (Kind.FLOOR, _LONE_FLOOR), (Kind.CLIENT, _SENT),
    (Kind.CARD, _CARD), (Kind.BUTTON, _BUTTON), (Kind.NUMBER, _NUMBER),
)  # fmt: skip
_LONGEST: Final = 120
_LONGEST_PLACE: Final = 10
_HOUR: Final = late(r":(?<=\d:)\d\d")  # one of these two is in the time of each post
_AGO_END: Final = late("前(?<=[秒钟时天周月年]前)")
_SIGNS: Final = late(r"发表于|发布于|回复于|楼|#\d|最后由|原帖由|发表时间|只看该作者|写道")


def kind_of(key: str) -> Kind:
    """What a folded line is by its wording; TEXT for whatever a person wrote.

    >>> kind_of("3楼 2012-3-4 12:30"), kind_of("积分 120"), kind_of("三楼住着一位老先生")
    (<Kind.HEADER: 'header'>, <Kind.CARD: 'card'>, <Kind.TEXT: 'text'>)
    """
    if len(key) > _LONGEST:
        return Kind.TEXT
    if dated := _dated(key):
        return dated
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(key)), Kind.TEXT)


def _dated(key: str) -> Kind | None:
    """Whether a line says when a post was written: with its floor or a forum's tools, or with nothing of the kind."""
    match = _BEGINNING.match(key)
    if match is None or not (match["floor"] or match["said"]):
        return None
    has_tool, is_place = bool(match["floor"]), False
    for word in filter(None, _TOKENS.split(key[match.end() :])):
        if _TOOL.fullmatch(word):
            has_tool = True
        elif not (_FROM.fullmatch(word) or (is_place and len(word) <= _LONGEST_PLACE)):
            return None
        is_place = bool(_FROM.fullmatch(word))
    return Kind.HEADER if has_tool else Kind.STAMP


class _Row(NamedTuple):
    line: int
    kind: Kind
    key: str


_REASONS: Final = {
    Kind.HEADER: "floor, date and tools of a forum post",
    Kind.STAMP: "the date of a forum post",
    Kind.FLOOR: "the floor of a forum post",
    Kind.CARD: "the card of a forum’s member",
    Kind.NUMBER: "a number on the card of a forum’s member",
    Kind.BUTTON: "buttons of a forum post",
    Kind.QUOTE: "who said what a forum post quotes, or when it was changed",
    Kind.CLIENT: "the device a post was sent from",
}
_FEWEST_POSTS: Final = 2
_FEWEST_LABELS: Final = 3


def find(view: View) -> Iterator[Edit]:
    """Edits that remove what a forum writes around its posts, line by line, on pages that are surely of a forum.

    A page is one if two lines or more give a post's floor or tools with its date, or one does and the card of a member
    stands on it too. Then go: those lines, quotation headers, and what touches them of floors, cards, buttons and
    devices. Left alone: what people wrote, their names, a lone button or number away from a card (`顶`, `沙发` and `1`
    are posts too), and every page with one such line only.
    """
    if not _may_be_thread(view):
        return
    rows = [_Row(index, kind_of(line.key), line.key) for index, line in view.filled_lines()]
    headers = sum(row.kind is Kind.HEADER for row in rows)
    labels = sum(row.kind is Kind.CARD for row in rows)
    if headers >= _FEWEST_POSTS or (headers and labels >= _FEWEST_LABELS):
        thread = _Thread(rows)
        thread.decide()
        verdicts = {
            rows[place].line: Verdict(f"forum/{rows[place].kind.value}", _REASONS[rows[place].kind])
            for place in sorted(thread.gone)
        }
        yield from without_lines(view, verdicts)


def _may_be_thread(view: View) -> bool:
    """Whether some line is a post's header, without which no page counts as a forum's."""
    folded = view.folded
    is_dated = (":" in folded and _HOUR.search(folded)) or ("前" in folded and _AGO_END.search(folded))
    if not is_dated or not _SIGNS.search(folded):
        return False
    return any(len(line.key) <= _LONGEST and _dated(line.key) is Kind.HEADER for _, line in view.filled_lines())


@dataclass
class _Thread:
    """The rows of a forum's page, and the places of those that go."""

    rows: Sequence[_Row]
    gone: set[int] = field(default_factory=set)

    def decide(self) -> None:
        self.gone |= {place for place, row in enumerate(self.rows) if row.kind is Kind.HEADER}
        names = {row.key for row in self.rows}
        for place, row in enumerate(self.rows):  # `回复3楼 说得好` is a post, `回复3楼 张三` names one who posts here
            quote = _QUOTE.fullmatch(row.key) if row.kind is Kind.QUOTE else None
            if quote and (quote["who"] is None or quote["who"].rstrip(":") in names):
                self.gone.add(place)
        self.gone |= {place for place, row in enumerate(self.rows) if row.kind is Kind.STAMP and self._is_dated(place)}
        for place in range(len(self.rows) - 1, -1, -1):  # cards and floors stand above a post's header
            if place + 1 in self.gone and self._belongs_above(place):
                self.gone.add(place)
        for place in range(len(self.rows)):
            if place - 1 in self.gone and self._belongs_below(place):
                self.gone.add(place)
        self._take_ranks()
        self._take_buttons()

    def _kind(self, place: int) -> Kind | None:
        return self.rows[place].kind if 0 <= place < len(self.rows) else None

    def _is_dated(self, place: int) -> bool:
        """Whether a bare date stands beside a floor, a card or a button, as a post's does."""
        beside = (Kind.FLOOR, Kind.CARD, Kind.BUTTON)
        return self._kind(place - 1) in beside or self._kind(place + 1) in beside

    def _belongs_above(self, place: int) -> bool:
        kind = self.rows[place].kind
        if kind is Kind.NUMBER:
            return self._kind(place + 1) is Kind.CARD or self._kind(place - 1) is Kind.CARD
        return kind in (Kind.FLOOR, Kind.CARD, Kind.STAMP) or (
            kind is Kind.BUTTON and self._kind(place + 1) is not Kind.QUOTE
        )

    def _belongs_below(self, place: int) -> bool:
        row = self.rows[place]
        if row.kind is Kind.FLOOR:
            return bool(_NUMBERED_FLOOR.fullmatch(row.key))
        if row.kind is Kind.NUMBER:
            return self._kind(place - 1) is Kind.CARD and self._kind(place + 1) in (Kind.CARD, Kind.FLOOR, Kind.HEADER)
        return row.kind in (Kind.CARD, Kind.STAMP)

    def _take_ranks(self) -> None:
        """Ranks that a forum gives its members, with the level below: nobody posts them."""
        for place, row in enumerate(self.rows):
            if _RANK.fullmatch(row.key):
                is_level = self._kind(place + 1) is Kind.NUMBER and len(self.rows[place + 1].key) <= _LEVEL_LENGTH
                self.gone |= {place, place + 1} if is_level else {place}

    def _take_buttons(self) -> None:
        """Buttons in a row of two and more, or between a post and the next one's author; devices right above them."""
        for place, row in enumerate(self.rows):
            beside = {self._kind(place - 1), self._kind(place + 1)}
            near_card = {place - 1, place + 1, place + 2} & self.gone
            if (
                row.kind is Kind.BUTTON
                and (Kind.BUTTON in beside or " " in row.key or near_card)
                and self._is_apart(place)
            ):
                self.gone.add(place)
        for place, row in enumerate(self.rows):
            is_last = place + 1 == len(self.rows)
            if row.kind is Kind.CLIENT and (is_last or {place - 1, place + 1, place + 2} & self.gone):
                self.gone.add(place)

    def _is_apart(self, place: int) -> bool:
        """Whether a button can't be all that a post says: `顶` right below a header is a post."""
        is_first = self._kind(place - 1) in (Kind.HEADER, Kind.STAMP, Kind.QUOTE)
        return not (is_first and _POSTED.fullmatch(self.rows[place].key))
