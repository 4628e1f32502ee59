"""The pages that a review shows besides those of the run: where it begins, records, and each document to be judged.

Next: `guarding`.
"""

from __future__ import annotations

from math import ceil
from typing import Any, Final, NamedTuple

from cleaner.quality import Quality
from cleaner.report import facts
from cleaner.report.document_pages import Around, document_page
from cleaner.report.rendering import policy_of, render
from cleaner.reviewing.judging import Review, Sheet, Shown, page_of_record
from cleaner.reviewing.records import Kept, Records, edits_in

STYLES: Final = ("page.css", "review.css")
PER_PAGE: Final = 100  # records, which one looks through on one page
_TALKS: Final = ("connect-src 'self'",)  # a page to be judged tells its server what was said


class Page(NamedTuple):
    """A page, and the policy that stands in it, for its header."""

    html: str
    policy: str


class Listed(NamedTuple):
    """A record in a list: what is known of it, and where its page is."""

    address: str
    kept: Kept
    judged: int


def home_page(review: Review, *, is_done: bool = False) -> Page:
    """Where a review begins: how far it is, and what there is to look at; `is_done` if nothing is left to be judged."""
    shown = review.shown()
    given = review.verdicts()
    gone = review.gone(given)
    said = [given[key] for key in given.keys() - gone if given[key].rule.partition("/")[0] not in review.without]
    wrong = sum(not verdict.is_right for verdict in said)
    rules = shown.run.summary["rules"]
    left_out = {rule.partition("/")[0] for rule in rules} & review.without
    edits = edits_in(rules, without=review.without)
    return _rendered(
        "review_home.html",
        files=len(shown.files),
        containers=shown.run.summary.get("containers", []),
        edits=edits,
        left_out=edits_in(rules, without=frozenset()) - edits,
        kinds=sorted(left_out),
        gone=len(gone),
        right=len(said) - wrong,
        wrong=wrong,
        is_done=is_done,
        place=str(review.output.verdicts()),
    )


def records_page(shown: Shown, container: int, records: Records, *, said: dict[str, int], page: int) -> Page:
    """Some of the records of a container, from the page of that number, from 1: those to look at first before others.

    `said` is on how many edits of which document something was said.
    """
    pages = max(1, ceil(len(records) / PER_PAGE))
    page = min(max(page, 1), pages)
    numbers = records.ranked[(page - 1) * PER_PAGE : page * PER_PAGE]
    listed = [
        Listed(f"../../{page_of_record(container, each)}", records[each], said.get(records[each].name, 0))
        for each in numbers
    ]
    return _rendered(
        "review_records.html",
        name=shown.run.containers[container],
        records=listed,
        number=len(records),
        page=page,
        pages=pages,
    )


def sheet_page(sheet: Sheet, *, address: str, top: str) -> Page:
    """The report on a document, at that address, with what was said of its edits, and what one says it with.

    `top` is the way up from the page to where the review begins.
    """
    around = Around(
        "review_document.html",
        styles=("review.css",),
        scripts=("review.js",),
        allowed=_TALKS,
        top=top,
        values={"address": address, "review": {**state_of(sheet), **_by_layer(sheet)}, "lost": sheet.lost},
    )
    told = facts(sheet.document, quality=Quality(**sheet.told.facts["quality"]))
    return Page(document_page(sheet.document, told=told, around=around), around.policy())


def _by_layer(sheet: Sheet) -> dict[str, list[list[Any]]]:
    """The marks of all edits and their places in the order to judge them in, for each layer in their order."""
    marks, places = iter(sheet.marks), iter(sheet.places)
    return {
        "marks": [[next(marks) for _ in layer] for layer in sheet.document.layers],
        "places": [[next(places) for _ in layer] for layer in sheet.document.layers],
    }


def failed_page(name: str, reason: str, *, top: str) -> Page:
    """The report on what could not be cleaned."""
    return _rendered("failure.html", name=name, reason=reason, top=top)


def message_page(title: str, told: str, *, top: str) -> Page:
    """A sentence instead of a page that cannot be shown."""
    return _rendered("review_message.html", heading=title, told=told, top=top)


def door_page(address: str) -> str:
    """A page that leads to an address at once, for browsers that are started with a file."""
    return render("review_door.html", address=address)


def state_of(sheet: Sheet) -> dict[str, Any]:
    """What a page has to know: the verdict and the note on each edit that was judged, and how many there are."""
    said = {
        mark: {"verdict": "right" if verdict.is_right else "wrong", "note": verdict.note}
        for mark, verdict in sheet.said.items()
    }
    count = sheet.count
    return {"said": said, "judged": count.judged, "edits": count.edits, "total": sheet.total, "gone": sheet.gone}


def _rendered(template: str, **values: Any) -> Page:
    return Page(render(template, styles=STYLES, **values), policy_of(STYLES))
