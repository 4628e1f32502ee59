"""What a document is worth: its figures, and dropping by them. Next: `report`, which tells them."""

from cleaner.quality.dropping import Condition, find, parse
from cleaner.quality.kinds import hanzi
from cleaner.quality.scores import DROPPED, MEANINGS, Quality, Tally, distribution, figures, is_dropped, worth

__all__ = [
    "DROPPED",
    "MEANINGS",
    "Condition",
    "Quality",
    "Tally",
    "distribution",
    "figures",
    "find",
    "hanzi",
    "is_dropped",
    "parse",
    "worth",
]
