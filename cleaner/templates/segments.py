"""Promotion fused to one end of a long line. Next: `mining`, which writes rules from what is shared.

The pieces at a line's head, or at its tail, that many documents have there one after the other are a template; what is
left of the line is the article's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from cleaner.document import Edit
from cleaner.templates.counts import Known, Share
from cleaner.templates.keys import rows
from cleaner.templates.pieces import ENDS, Chain, chains
from cleaner.units import View

RULE: Final = "templates/segment"


class Fused(NamedTuple):
    """A shared chain: where it is in the text, its pieces, and who shares it."""

    start: int
    end: int
    chain: Chain
    share: Share


def find(view: View, known: Known) -> Iterator[Edit]:
    """Edits that cut the longest shared chain that ends in a link or a divider from each end of a long line.

    Flagged: a single shared sentence there. Left alone: lines that would be left without words, for those recur whole,
    and chains whose link changes from page to page, which is the article's own.
    """
    for fused in shared_chains(view, known):
        old = view.text[fused.start : fused.end]
        where = f"{fused.share} at the {fused.chain.end} of a line"
        if fused.chain.is_firm:
            yield Edit(fused.start, old, "", RULE, where)
        else:
            yield Edit(fused.start, old, old, RULE, f"{where}; a sentence, which its author may have repeated")


def shared_chains(view: View, known: Known) -> Iterator[Fused]:
    """The shared chain of each end of each line: the longest firm one, else a single sentence."""
    for row in rows(view):
        found = [(chain, share) for chain in chains(row.text) if (share := known.share(chain.key))]
        if not (found and row.is_text) or known.share(row.key):
            continue
        start = view.folded.index(row.text, view.lines[row.line].start)
        both = [max((pair for pair in found if pair[0].end == end), key=_weight, default=None) for end in ENDS]
        if both[0] and both[1] and both[0][0].cut >= both[1][0].cut:
            continue  # the whole line is shared, but not as a whole: nobody knows whose it is
        for chain, share in filter(None, both):
            bounds = (0, chain.cut) if chain.end == "head" else (chain.cut, len(row.text))
            yield Fused(start + bounds[0], start + bounds[1], chain, share)


def _weight(pair: tuple[Chain, Share]) -> tuple[bool, int]:
    return pair[0].is_firm, len(pair[0].key)
