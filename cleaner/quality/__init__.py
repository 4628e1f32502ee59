"""What a document is worth: its figures, and dropping by them. Next: `report`, which tells them."""

from cleaner.quality.dropping import Condition, find, parse
from cleaner.quality.effects import Effect, Effects, effects
from cleaner.quality.kinds import hanzi
from cleaner.quality.scores import (
    DROPPED,
    MEANINGS,
    Measured,
    Quality,
    Tally,
    distribution,
    figures,
    hanzi_of,
    is_dropped,
    measured,
    worth,
)

__all__ = [
    "DROPPED",
    "MEANINGS",
    "Condition",
    "Effect",
    "Effects",
    "Measured",
    "Quality",
    "Tally",
    "distribution",
    "effects",
    "figures",
    "find",
    "hanzi",
    "hanzi_of",
    "is_dropped",
    "measured",
    "parse",
    "worth",
]
