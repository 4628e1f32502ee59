"""What a document is worth: its figures, and dropping by them. Next: `report`, which tells them."""

from cleaner.quality.dropping import Condition, find, parse
from cleaner.quality.scores import MEANINGS, Quality, distribution, figures, is_dropped

__all__ = ["MEANINGS", "Condition", "Quality", "distribution", "figures", "find", "is_dropped", "parse"]
