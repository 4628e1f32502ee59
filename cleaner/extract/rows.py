"""What stands before each block of a page as text: a line end, or a gap between the cells of a row. Next: `rendering`.

A value of a table means what its column says, so a row of short cells is a line, and a cell that says nothing leaves
its gap. A cell of several lines cannot stand in one; then each cell of its kind starts its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from cleaner.extract.blocks import Blocks

LINE_END: Final = "\n"
_CELL_GAP: Final = "  "
_CELLS: Final = frozenset(("td", "th"))
_WIDEST: Final = 50  # columns that a cell spans, or that stand empty before one; more is a mistake of the page


class _Cell(NamedTuple):
    """A cell that says one line: its row and table, by the places of their boxes, and its column."""

    row: int
    table: int
    column: int


def gaps_of(blocks: Blocks) -> list[str]:
    """The gap before each block, "" before the first; cells of a row that hold a line each are two blanks apart."""
    cells = dict(_cells(blocks))
    tabular = _tabular(cells)
    gaps = [LINE_END] * len(blocks.texts)
    for place, cell in cells.items():
        before = cells.get(place - 1)
        if before and before.row == cell.row:
            gaps[place] = _CELL_GAP * min(cell.column - before.column, _WIDEST)
        elif cell.table in tabular and blocks.firsts[cell.row] == place:
            gaps[place] = LINE_END + _CELL_GAP * min(cell.column, _WIDEST)
    return ["", *gaps[1:]]


def _tabular(cells: dict[int, _Cell]) -> set[int]:
    """The tables with a row of two such cells at least: the others only lay the page out."""
    held: defaultdict[tuple[int, int], int] = defaultdict(int)
    for cell in cells.values():
        held[cell.table, cell.row] += 1
    return {table for (table, _), count in held.items() if count > 1}


def _cells(blocks: Blocks) -> Iterator[tuple[int, _Cell]]:
    """The place of each block that is all that its innermost cell says, with that cell."""
    stream, above = blocks.stream, blocks.above
    numbers = [box for box, number in enumerate(blocks.boxes) if stream.tags[number] in _CELLS]
    columns: defaultdict[int, int] = defaultdict(int)
    for box in numbers:
        row = int(above[box])
        if blocks.tag(row) != "tr":
            continue
        column = columns[row]
        columns[row] += _span(stream.elements[blocks.boxes[box]].get("colspan"))
        if blocks.ends[box] - blocks.firsts[box] == 1:
            table = int(above[row])
            table = table if blocks.tag(table) == "table" else int(above[table])
            yield int(blocks.firsts[box]), _Cell(row, table, column)


def _span(told: str | None) -> int:
    """How many columns a cell spans."""
    return min(max(int(told), 1), _WIDEST) if told and told.isascii() and told.isdigit() and len(told) < 4 else 1
