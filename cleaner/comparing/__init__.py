"""Two runs over the same inputs, side by side: what changed, where, and by which rule. Next: `evaluating`."""

from cleaner.comparing.page import address, lines, page
from cleaner.comparing.runs import Comparison, compared

__all__ = ["Comparison", "address", "compared", "lines", "page"]
