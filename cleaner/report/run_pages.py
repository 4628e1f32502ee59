"""The page of a run, which leads to those of its documents."""

from __future__ import annotations

from urllib.parse import quote

from cleaner.quality import MEANINGS
from cleaner.report.facts import Facts
from cleaner.report.rendering import render
from cleaner.sinks import safe_name, stem_of


def index_page(summary: Facts) -> str:
    """The page of a run, from the facts of its summary."""
    files = {file["name"] for file in summary["files"]}
    return render("index.html", summary=summary, meanings=MEANINGS, address_of=_address_of, files=files)


def _address_of(name: str) -> str:
    """The link from the index to the report on a file."""
    return f"reports/{quote(stem_of(safe_name(name)))}.html"
