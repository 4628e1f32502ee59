"""Which documents a reviewer is led to first: those whose figures speak for a look. Next: `records`."""

from __future__ import annotations

from cleaner.report import Facts


def suspicion_of(facts: Facts) -> float:
    """How much speaks for a look at a document, from its report or from its entry in the summary: 0 is nothing."""
    quality, characters = facts.get("quality"), facts.get("characters")
    if not quality or not characters:
        return 0.0
    flagged = characters["flagged"] / max(characters["text"], 1)
    is_lost = facts["outcome"] == "empty" and characters["source"] > 0
    return float(is_lost + quality["noise"] + quality["spam"] + quality["repetition"] + quality["spun"] + flagged)
