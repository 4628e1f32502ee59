"""The page of a run, which leads to those of its documents: what came in and went out, and what needs a human."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from cleaner.quality import MEANINGS
from cleaner.report import charts
from cleaner.report.accounts import by_kind
from cleaner.report.facts import Facts, in_all
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
    of = _Of(max(summary["characters"]["source"], 1), in_all(summary["hanzi"]))
    removed, rules = _removed(summary["kinds"], of), _removed(summary["rules"], of)
    return render(
        "index.html",
        styles=("page.css", "index.css"),
        scripts=("index.js",),
        loads=True,
        summary=summary,
        noun="records" if "containers" in summary else "files",
        meanings=MEANINGS,
        in_all=in_all,
        address_of=address_of,
        files={file["name"] for file in summary["files"]},
        removed=removed,
        abouts=kinds,
        hanzi=of.hanzi,
        unsure=sum(row["unsure_sentences"] for row in removed),
        replaced=max(removed, key=lambda row: row["replaced"], default=None),
        first_kinds=_first(removed, _KINDS),
        removed_chart=_removed_chart("kind", removed, of, most=_KINDS),
        rules=rules,
        rules_chart=_removed_chart("rule", rules, of, most=_RULES),
        figures=_figures(summary["quality"]),
        rows=[{**row, "address": _report(row["page"]) if row["page"] else ""} for row in summary["suspicious"]],
        total=summary["accounts"]["in"],
        parts=parts_of(summary["accounts"]["in"]),
        outcomes=OUTCOMES,
        suspicious_from=SUSPICIOUS_FROM,
        kinds=sorted(by_kind(summary["rules"])),
        listed=_LISTED,
    )


class _Of(NamedTuple):
    """What shares are of: all characters, at least 1, and all hanzi, which are drawn unless there are none."""

    characters: int
    hanzi: int

    @property
    def drawn(self) -> str:
        return "hanzi_share" if self.hanzi else "share"


def _removed(sums: Mapping[str, Mapping[str, int]], of: _Of) -> list[dict[str, Any]]:
    """What kinds or rules removed, with its shares of all hanzi and of all characters, the most first."""
    rows = [
        {
            "name": name,
            **counts,
            "kind": name.partition("/")[0],
            "share": counts["removed"] / of.characters,
            "hanzi_share": counts["removed_hanzi"] / max(of.hanzi, 1),
        }
        for name, counts in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row["removed_hanzi"], -row["removed"]))


def _first(removed: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    return [row for row in removed if row["removed"]][:most]


def _removed_chart(by: str, removed: list[dict[str, Any]], of: _Of, *, most: int) -> str:
    shares = [(row["name"], 100 * row[of.drawn]) for row in _first(removed, most)]
    points = [(f"{share:.1f} % {label}", round(share, 3)) for label, share in shares]
    what, told = "hanzi" if of.hanzi else "characters", ", ".join(label for label, _ in points)
    title, told = f"Removed {what}, by {by}", f"Percent of all {what}: {told}"
    return charts.bars(f"{by}s", points, title=title, unit=" %", told=told)


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
