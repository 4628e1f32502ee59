"""What goes out: where a run's files are, writing them so that none is ever half there, and reading them again."""

from cleaner.sinks.containers import Writer, line_with, row_line, write_empty, writing_rows, writing_texts
from cleaner.sinks.naming import safe_name
from cleaner.sinks.passing import SharedSketches, Span, Spool, Waiting, passing
from cleaner.sinks.state import State, taken
from cleaner.sinks.stores import Place, absolute, fetched, place_of
from cleaner.sinks.writing import Output, check_place, packing, read, remove, write, writing
from cleaner.sources.naming import stem_of

__all__ = [
    "Output",
    "Place",
    "SharedSketches",
    "Span",
    "Spool",
    "State",
    "Waiting",
    "Writer",
    "absolute",
    "check_place",
    "fetched",
    "line_with",
    "packing",
    "passing",
    "place_of",
    "read",
    "remove",
    "row_line",
    "safe_name",
    "stem_of",
    "taken",
    "write",
    "write_empty",
    "writing",
    "writing_rows",
    "writing_texts",
]
