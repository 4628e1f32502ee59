"""What happened to a document or a run, as facts, JSON and pages. Next: `run`, which writes them."""

from cleaner.report.accounts import Account
from cleaner.report.document_pages import document_page, failure_page
from cleaner.report.facts import (
    FORMAT,
    PASSED,
    Facts,
    Failure,
    document_of,
    facts,
    has_text,
    loaded,
    passed_facts,
    source_of,
    texts_of,
    to_json,
    to_line,
)
from cleaner.report.run_pages import index_page
from cleaner.report.summary import Summary
from cleaner.report.suspicion import FAILED, doubts, suspicion
from cleaner.report.table import ROWS, Listed, Row, part_script, speed_script, suspicion_by_page

__all__ = [
    "FAILED",
    "FORMAT",
    "PASSED",
    "ROWS",
    "Account",
    "Facts",
    "Failure",
    "Listed",
    "Row",
    "Summary",
    "document_of",
    "document_page",
    "doubts",
    "facts",
    "failure_page",
    "has_text",
    "index_page",
    "loaded",
    "part_script",
    "passed_facts",
    "source_of",
    "speed_script",
    "suspicion",
    "suspicion_by_page",
    "texts_of",
    "to_json",
    "to_line",
]
