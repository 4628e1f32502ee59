"""The page of a run, which leads to those of its documents: what came in and went out, and what needs a human."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from cleaner.quality import MEANINGS
from cleaner.report import charts
from cleaner.report.accounts import by_kind
from cleaner.report.facts import Facts
from cleaner.report.rendering import address_of, render
from cleaner.report.suspicion import SUSPICIOUS_FROM
from cleaner.report.table import OUTCOMES, parts_of

_KINDS: Final = 7  # that the first screen has room for
_RULES: Final = 12  # that are drawn; the table has all
_LISTED: Final = 20  # failures, dropped documents and containers that stand in the page; the table has all documents
_THOUSAND: Final = 1000
_UNTOLD: Final[Mapping[str, str]] = {}


def index_page(summary: Facts, *, kinds: Mapping[str, str] = _UNTOLD) -> str:
    """The page of a run, from the facts of its summary; `kinds` says in a few words what each kind of rules finds."""
    removed = _removed(summary["kinds"], summary["characters"]["source"])
    return render(
        "index.html",
        styles=("page.css", "index.css"),
        scripts=("index.js",),
        loads=True,
        summary=summary,
        noun="records" if "containers" in summary else "files",
        meanings=MEANINGS,
        address_of=address_of,
        files={file["name"] for file in summary["files"]},
        removed=removed,
        abouts=kinds,
        balance=_balance(summary["characters"]),
        replaced=max(removed, key=lambda row: row["replaced"], default=None),
        first_kinds=_first(removed, _KINDS),
        removed_chart=_removed_chart("kinds", removed, most=_KINDS, title="Removed, by kind"),
        rules=(rules := _removed(summary["rules"], summary["characters"]["source"])),
        rules_chart=_removed_chart("rules", rules, most=_RULES, title="Removed, by rule"),
        figures=_figures(summary["quality"]),
        rows=[{**row, "address": _report(row["page"]) if row["page"] else ""} for row in summary["suspicious"]],
        total=summary["accounts"]["in"],
        parts=parts_of(summary["accounts"]["in"]),
        outcomes=OUTCOMES,
        suspicious_from=SUSPICIOUS_FROM,
        kinds=sorted(by_kind(summary["rules"])),
        listed=_LISTED,
    )


def _removed(sums: Mapping[str, Mapping[str, int]], source: int) -> list[dict[str, Any]]:
    """What kinds or rules removed, with its share of all characters, the most first."""
    rows = [{"name": name, **counts, "share": counts["removed"] / max(source, 1)} for name, counts in sums.items()]
    return sorted(rows, key=lambda row: -row["removed"])


def _first(removed: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    return [row for row in removed if row["removed"]][:most]


def _balance(characters: Mapping[str, int]) -> dict[str, int]:
    """What there was less what was removed and replaced, and what was put in place of that, is what there is now."""
    gone = characters["removed"] + characters["replaced"]
    return {**characters, "put": characters["text"] - characters["source"] + gone}


def _removed_chart(name: str, removed: list[dict[str, Any]], *, most: int, title: str) -> str:
    shown = _first(removed, most)
    points = [(f"{100 * row['share']:.1f} % {row['name']}", round(100 * row["share"], 3)) for row in shown]
    told = ", ".join(label for label, _ in points)
    return charts.bars(name, points, title=title, unit=" %", told=f"Percent of all characters: {told}")


def _figures(quality: Facts) -> list[dict[str, Any]]:
    """The figures that are numbers, each with its histogram as a chart and as bins."""
    return [
        {"name": name, **values, "bins": _bins(values["histogram"]), "chart": _histogram(name, values["histogram"])}
        for name, values in quality.items()
        if "histogram" in values
    ]


def _bins(histogram: Facts) -> list[tuple[str, int]]:
    return [(_edge(least), times) for least, times in zip(histogram["from"], histogram["documents"], strict=True)]


def _edge(value: float) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value // _THOUSAND}k" if value >= _THOUSAND else str(value)


def _histogram(name: str, histogram: Facts) -> str:
    bins = _bins(histogram)
    told = ", ".join(f"{times} from {edge} on" for edge, times in bins if times)
    return charts.columns(f"figure-{name}", bins, title=f"Documents by {name}", told=told)


def _report(page: str) -> str:
    return f"reports/{quote(page)}.html"
