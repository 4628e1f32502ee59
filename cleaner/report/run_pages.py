"""The page of a run, which leads to those of its documents."""

from __future__ import annotations

from cleaner.quality import MEANINGS
from cleaner.report.facts import Facts
from cleaner.report.rendering import address_of, render


def index_page(summary: Facts) -> str:
    """The page of a run, from the facts of its summary."""
    files = {file["name"] for file in summary["files"]}
    return render("index.html", summary=summary, meanings=MEANINGS, address_of=address_of, files=files)
