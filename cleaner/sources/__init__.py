"""What comes in: finds inputs and reads their records. With `sinks` the only room that opens users' files."""

from cleaner.sources.files import Source, find_sources
from cleaner.sources.naming import Form, form_of, is_page_name, stem_of
from cleaner.sources.reading import read, records, rows
from cleaner.sources.records import Columns, Passed, Record, Unread

__all__ = [
    "Columns",
    "Form",
    "Passed",
    "Record",
    "Source",
    "Unread",
    "find_sources",
    "form_of",
    "is_page_name",
    "read",
    "records",
    "rows",
    "stem_of",
]
