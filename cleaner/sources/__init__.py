"""What comes in: finds inputs and reads their records. With `sinks` the only room that opens users' files."""

from cleaner.sources.files import Source, are_large, find_sources, real
from cleaner.sources.lines import read_lines
from cleaner.sources.naming import Form, begins_as_page, form_of, is_page_name, stem_of
from cleaner.sources.opening import absence, read_limited
from cleaner.sources.reading import heading, records, rows
from cleaner.sources.records import Columns, Passed, Record, Unread

__all__ = [
    "Columns",
    "Form",
    "Passed",
    "Record",
    "Source",
    "Unread",
    "absence",
    "are_large",
    "begins_as_page",
    "find_sources",
    "form_of",
    "heading",
    "is_page_name",
    "read_limited",
    "read_lines",
    "real",
    "records",
    "rows",
    "stem_of",
]
