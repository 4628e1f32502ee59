"""Which boxes may hold the main content, and what speaks for each. Next: `choosing`, which takes one.

The blocks of a box stand together in the page, so a box is a stretch of blocks; boxes with the same blocks are one
candidate. What a box holds is judged by how likely main content its blocks are, as precision, recall and F1 that can
be expected of it, and by its edges: main content ends where the likelihood falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.extract.features import GROUPS, Numbers, Places, Table, View
from cleaner.extract.names import KNOWN, NAMES


@dataclass(frozen=True, slots=True)
class Candidates:
    """Stretches of blocks that boxes hold: first block, block after the last, and what all of its boxes are called."""

    starts: Places
    ends: Places
    hints: Places


def candidates(view: View) -> Candidates:
    """All boxes with blocks, in document order; one at least."""
    found: dict[tuple[int, int], int] = {}
    stretches = zip(view.blocks.firsts.tolist(), view.blocks.ends.tolist(), strict=True)
    for stretch, hints in zip(stretches, view.called[0].tolist(), strict=True):
        found[stretch] = found.get(stretch, 0) | hints
    held = [(start, end, hints) for (start, end), hints in found.items() if start < end]
    return Candidates(*np.array(held).T)


def weigh(view: View, table: Table, chances: Numbers, found: Candidates) -> Table:
    """The features of all candidates by name; `chances` are the blocks' of being main content, `table` their looks."""
    letters = np.where(view.closed, 0.0, view.said.letters)
    chances = np.where(view.closed, 0.0, chances)
    return {
        **_expected(letters, chances, found),
        **_held(view, table, letters, found),
        **_edges(table, chances, found),
        **_called(table, found),
    }


def _over(found: Candidates, values: NDArray[Any]) -> Numbers:
    """For each candidate the sum of what its blocks have."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    over: Numbers = sums[found.ends] - sums[found.starts]
    return over


def _expected(letters: Numbers, chances: Numbers, found: Candidates) -> Table:
    table: Table = {}
    for size, weights in (("letters", letters), ("roots", np.sqrt(letters))):
        all_weight = _over(found, weights)
        for name, likely in (("", chances), ("lenient ", np.sqrt(chances))):
            right, total = _over(found, likely * weights), float((likely * weights).sum()) + 1e-9
            expected = 2 * right / (all_weight + total)
            table |= {
                f"{name}f1 of {size}": expected,
                f"{name}f1 of {size}, to the best": expected - expected.max(),
                f"{name}recall of {size}": right / total,
                f"{name}precision of {size}": right / (all_weight + 1e-9),
            }
    return table


def _held(view: View, table: Table, letters: Numbers, found: Candidates) -> Table:
    own = _over(found, letters) + 1
    prose = _over(found, view.prose)
    told = table["told by description"] * letters
    held: Table = {
        "prose share": prose / view.total,
        "density": prose / own,
        "letters share": own / (letters.sum() + 1),
        "log letters": np.log1p(own),
        "one block": found.ends - found.starts == 1,
        "log blocks": np.log1p(found.ends - found.starts),
        "links": _over(found, view.share * letters) / own,
        "teasers": _over(found, table["kin: teasers"] * letters) / own,
        "told": _over(found, told) / (told.sum() + 1e-9),
        "has head": _over(found, table["is head"]),
        "from before head": _over(found, table["before head"] * letters) / own,
    }
    for name in KNOWN:
        known = table[f"known {name}"] * letters
        held |= {f"in known {name}": _over(found, known) / own}
        held |= {f"covers known {name}": _over(found, known) / (known.sum() + 1e-9)}
    return held


def _edges(table: Table, chances: Numbers, found: Candidates) -> Table:
    first, last = found.starts, found.ends - 1
    before, after = np.concatenate([[0.0], chances])[first], np.concatenate([chances, [0.0]])[found.ends]
    return {
        "first is sentence": table["ends as a sentence"][first],
        "last is sentence": table["ends as a sentence"][last],
        "first chance": chances[first],
        "last chance": chances[last],
        "chance before": before,
        "chance after": after,
        "after head": (first > 0) & table["is head"][np.maximum(first - 1, 0)].astype(bool),
    }


def _called(table: Table, found: Candidates) -> Table:
    called: Table = {f"name: {name}": found.hints >> place & 1 for place, name in enumerate(NAMES)}
    called |= {f"around: {name}": table[f"far name: {name}"][found.starts] for name in NAMES}
    return called | {f"in {name}": table[f"in {name}"][found.starts] for name in GROUPS}


def stacked(table: Table, names: Sequence[str]) -> Numbers:
    """A table as one array, shape (features, rows), in the order of `names`."""
    return np.array([table[name] for name in names], np.float64)
