"""What goes out: where a run's files are, writing them so that none is ever half there, and reading them again."""

from cleaner.sinks.containers import Writer, line_with, row_line, write_empty, writing_rows, writing_texts
from cleaner.sinks.naming import safe_name
from cleaner.sinks.passing import Heap, SharedSketches, Span, Spool, Waiting, passing
from cleaner.sinks.state import State, alone_at, taken
from cleaner.sinks.stores import Place, absolute, fetched, place_of, stamp_of
from cleaner.sinks.writing import Output, check_place, names_of, packing, read, remove, write, write_packed, writing
from cleaner.sources.naming import stem_of

__all__ = [
    "Heap",
    "Output",
    "Place",
    "SharedSketches",
    "Span",
    "Spool",
    "State",
    "Waiting",
    "Writer",
    "absolute",
    "alone_at",
    "check_place",
    "fetched",
    "line_with",
    "names_of",
    "packing",
    "passing",
    "place_of",
    "read",
    "remove",
    "row_line",
    "safe_name",
    "stamp_of",
    "stem_of",
    "taken",
    "write",
    "write_empty",
    "write_packed",
    "writing",
    "writing_rows",
    "writing_texts",
]
