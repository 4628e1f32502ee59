"""Which shared lines of a page are furniture and which are its author's. Next: `segments`, for lines that were fused.

Recurring is not enough: statutes say 附则, authors say good-bye in the same words each time. What goes must also stand
outside the article, in a run of shared lines.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from enum import Enum
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.templates.counts import Known, Share
from cleaner.templates.keys import LINK_MARK, NUMBER_MARK, Row, is_sentence, letters, rows, without_links
from cleaner.units import Verdict, View, without_lines

RULE: Final = "templates/line"

SITE_WIDE: Final = 0.3  # share of a group's documents from which on a line belongs to the site rather than to an author
EVERY_PAGE: Final = 0.5  # share for lines that vary in what they link to: references do too
_TOGETHER: Final = 0.5  # share of a line's documents in which it must have the same neighbour to be of one block
_ALWAYS: Final = 0.95  # share of both lines' documents in which they stand together, to be one thing
_BLOCK: Final = 2  # lines that are no sentences which make a run furniture, if they belong to the site
_RARE_BLOCK: Final = 3  # the same for lines in few of its documents
_SPOKEN_BLOCK: Final = 3  # lines in a run with sentences in it, before these are furniture too
_TOP: Final = 3  # lines of a page above a run of rare lines: a title, a byline, a picture
_FEWEST_LETTERS: Final = 4  # fewer are a word, which an author may put on a line of its own
_SPEECH_LENGTH: Final = 8  # letters of a sentence that shows where the article is
_BODY_LENGTH: Final = 60  # letters of a line that is article even without an end mark
_LABEL_LENGTH: Final = 12  # letters of a line that may be the heading of what stands below it


_SHORT: Final = "too short to stand alone"


# What furniture is about, on any site: following, sharing, contact, rights, offers. Alone none of it proves anything;
# in a block that few documents share it tells a channel's promotion from a form that an author fills in every time.
_PLEA: Final = re.compile(
    r"https?://|www\.|@|©|关注|订阅|追踪|扫码|扫描|扫一扫|长按|点击|二维码|公众号|小程序|视频号|频道|微信|微博|抖音|脸书|粉丝|"
    r"分享|转发|点赞|点个赞|在看|收藏|打赏|赞助|赞赏|加群|进群|群聊|交流群|社群|星球|会员|课程|报名|优惠|限时|免费|"
    r"投稿|招聘|合作|热线|电话|邮箱|客服|官网|网站|版权|侵权|转载|授权|免责|声明|往期|推荐|广告|license|"
    r"follow|subscribe|share|newsletter|copyright|contact|patreon|paypal|telegram|facebook|twitter|instagram|youtube"
)
_NEAR: Final = 3  # lines of a run on either side of one, among which something must be asked of readers


class Outcome(Enum):
    """What becomes of a shared line."""

    GOES = "goes"
    DOUBTFUL = "doubtful"
    STAYS = "stays"


class Finding(NamedTuple):
    """A shared line of a page: its row, who shares it, what becomes of it and why.

    `run` is equal for lines that stand together, and `is_beside` says whether enough of them are no sentences to be a
    block.
    """

    row: Row
    share: Share
    outcome: Outcome
    why: str
    run: tuple[int, ...]
    is_beside: bool


def find(view: View, known: Known, marked: Container[int] = ()) -> Iterator[Edit]:
    """Edits that remove the lines a site put on the page, with the count of documents that share each.

    `marked` are the lines that rules mark as furniture: they show nobody where the article is.

    Flagged: shared sentences outside the article, and lines of most documents that may be a title or heading all the
    same. Left alone: whatever stands between two sentences of the article, single lines that few documents share,
    headings, numbered items, credits, lines that lead up to what follows by a colon.
    """
    gone: dict[int, Verdict] = {}
    for finding in findings(rows(view), known, marked):
        if finding.outcome is Outcome.GOES:
            gone[finding.row.line] = Verdict(RULE, finding.why)
        elif finding.outcome is Outcome.DOUBTFUL:
            start, text = view.line_span(finding.row.line)
            yield Edit(start, text, text, RULE, finding.why)
    yield from without_lines(view, gone)


def findings(page: list[Row], known: Known, marked: Container[int] = ()) -> list[Finding]:
    """A finding for each shared line of a page, in order."""
    shares = [_share_of(row, known) for row in page]
    if not any(shares):
        return []
    judged = _Page(page, shares, known, marked)
    return [
        Finding(row, share, *judged.outcome(place), judged.runs.get(place, ()), judged.is_beside(place))
        for place, (row, share) in enumerate(zip(page, shares, strict=True))
        if share
    ]


def _share_of(row: Row, known: Known) -> Share | None:
    """Who shares a row; a link or date that changes from page to page counts only where nearly every page has one."""
    share = known.share(row.key)
    if share and row.varies and not known.share(row.exact):
        return share if share.part >= EVERY_PAGE else None
    return share


class _Page:
    """The rows of one page with what is known of them."""

    def __init__(self, page: list[Row], shares: list[Share | None], known: Known, marked: Container[int]) -> None:
        self.page, self.shares = page, shares
        spoken = [place for place, row in enumerate(page) if row.line not in marked and self._is_article(place)]
        self.body = (spoken[0], spoken[-1]) if spoken else None
        self.runs = dict(self._runs())
        self._known = known

    def _is_article(self, place: int) -> bool:
        row = self.page[place]
        speaks = len(row.text) >= _SPEECH_LENGTH and is_sentence(row.text)
        is_long = row.key is not None and len(without_links(row.key)) >= _BODY_LENGTH
        return self.shares[place] is None and (speaks or is_long)

    def _runs(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Each place of a shared row with the run it stands in: shared rows, and none with words between them."""
        run: list[int] = []
        for place in range(len(self.page) + 1):
            if place < len(self.page) and self.shares[place]:
                run.append(place)
            elif place == len(self.page) or self.page[place].key != "":
                while run and self.page[run[-1]].text.endswith(":"):  # leads up to what the author says next
                    run.pop()
                yield from ((member, tuple(run)) for member in run)
                run = []

    def outcome(self, place: int) -> tuple[Outcome, str]:
        """What becomes of a shared row, and a sentence on why."""
        share = self.shares[place]
        if self.body is None:
            return Outcome.STAYS, "on a page without an article nothing says what is furniture"
        if self.body[0] < place < self.body[1]:
            return Outcome.STAYS, "stands between lines of the article"
        where = "above the article" if self._is_above(place) else "below the article"
        if place not in self.runs:
            return Outcome.STAYS, "leads up to what follows it"
        if doubt := self._doubt(place):
            is_telling = is_sentence(self.page[place].text) or (self._is_site_wide(place) and doubt is not _SHORT)
            return (Outcome.DOUBTFUL if is_telling else Outcome.STAYS), f"{share}, {where}; {doubt}"
        beside = ", beside other lines of the site" if len(self.runs[place]) > 1 else ""
        return Outcome.GOES, f"{share}, {where}{beside}"

    def is_beside(self, place: int) -> bool:
        """Whether its run holds other shared rows that are no sentences, enough to make a block."""
        others = [member for member in self.runs.get(place, ()) if member != place]
        return sum(not is_sentence(self.page[member].text) for member in others) >= _BLOCK

    def _is_above(self, place: int) -> bool:
        return place < self._first

    def _doubt(self, place: int) -> str:
        """What speaks against taking a shared row outside the body; empty if nothing does."""
        row, run = self.page[place], self.runs[place]
        block = [member for member in run if self._is_of_block(member)]
        labels = [
            member for member in block if not (is_sentence(self.page[member].text) or self._touches_article(member))
        ]
        is_block = place in block and len(labels) >= self._fewest_labels(place)
        is_block = is_block and (self._is_site_wide(place) or self._is_near_plea(place))
        if is_sentence(row.text):
            is_spoken = is_block and len(block) >= _SPOKEN_BLOCK
            return "" if is_spoken else "a sentence, which its author may have repeated"
        if place == 0 and not self._is_site_wide(place):
            return "it may be the title"
        if is_block:
            return "it may be the heading of what follows" if self._may_head(place) else ""
        return self._single_doubt(place)

    def _fewest_labels(self, place: int) -> int:
        """How many lines that are no sentences a run must hold; far down above the article none will do."""
        if self._is_site_wide(place):
            return _BLOCK
        first = sum(row.key != "" for row in self.page[: self.runs[place][0]])
        return len(self.page) if self._is_above(place) and first > _TOP else _RARE_BLOCK

    def _is_near_plea(self, place: int) -> bool:
        """Whether a row of its run nearby asks something of readers, as furniture does and an author's forms don't.

        A row between the article and the first plea must never be without the rows that lead there: else it may be the
        article's last, or first.
        """
        run = self.runs[place]
        at = run.index(place)
        pleas = [near for near, member in enumerate(run) if _PLEA.search(self.page[member].text)]
        if not any(abs(near - at) <= _NEAR for near in pleas):
            return False
        between = range(pleas[-1], at) if self._is_above(place) else range(at, pleas[0])
        return not between or (
            not is_sentence(self.page[place].text)
            and all(self._are_inseparable(run[near], run[near + 1]) for near in between)
        )

    def _are_inseparable(self, upper: int, lower: int) -> bool:
        pair, shares = self._pair(upper, lower), (self.shares[upper], self.shares[lower])
        return pair is not None and all(share and pair.documents >= _ALWAYS * share.documents for share in shares)

    def _pair(self, upper: int, lower: int) -> Share | None:
        return self._known.share((self.page[upper].key, self.page[lower].key))

    def _touches_article(self, place: int) -> bool:
        """Whether the article begins right below a row, whose heading it may be."""
        return self._is_above(place) and all(row.key == "" for row in self.page[place + 1 : self._first])

    def _is_site_wide(self, place: int) -> bool:
        share = self.shares[place]
        return share is not None and share.part >= SITE_WIDE

    def _single_doubt(self, place: int) -> str:
        row = self.page[place]
        if letters(row.key or "") < _FEWEST_LETTERS and LINK_MARK not in (row.key or ""):
            return _SHORT
        if not self._is_site_wide(place):
            return "it stands alone, in few of the documents"
        if self._is_above(place) and not _has_form(row):
            return "it may be a title or a heading"
        if not self._is_above(place) and self.runs[place][-1] != self._last:
            return "it may be the heading of what follows"
        return ""

    def _may_head(self, place: int) -> bool:
        """Whether a row at the end of its run may be the heading, or the title, of the author's lines below."""
        row, run = self.page[place], self.runs[place]
        is_label = len(row.text) <= _LABEL_LENGTH and not _has_form(row)
        if place == run[-1] and self._touches_article(place):
            return True
        return is_label and place == run[-1] and place != self._last

    @property
    def _first(self) -> int:
        """The first row of the article."""
        return self.body[0] if self.body else len(self.page)

    @property
    def _last(self) -> int:
        """The last row with words."""
        return max(place for place, row in enumerate(self.page) if row.key != "")

    def _is_of_block(self, place: int) -> bool:
        """Whether a row has one of its neighbours in most of the documents that have it."""
        run, share = self.runs[place], self.shares[place]
        at = run.index(place)
        pairs = [(run[at - 1], place)] if at else []
        pairs += [(place, run[at + 1])] if at + 1 < len(run) else []
        shares = (self._pair(upper, lower) for upper, lower in pairs)
        return any(pair and share and pair.documents >= _TOGETHER * share.documents for pair in shares)


def _has_form(row: Row) -> bool:
    """Whether a row looks like no words of an author: it varies by a number or links somewhere, or is a trail."""
    key = row.key or ""
    return NUMBER_MARK in key or LINK_MARK in key or any(mark in key for mark in _TRAIL)


_TRAIL: Final = (">", "»", "|", "›", "[", "【", "©")
