"""A run held against right texts, and against what reviewers said of its edits. Next: `reuse`."""

from cleaner.evaluating.gold import Gold
from cleaner.evaluating.page import lines, page
from cleaner.evaluating.runs import Evaluation, evaluated

__all__ = ["Evaluation", "Gold", "evaluated", "lines", "page"]
