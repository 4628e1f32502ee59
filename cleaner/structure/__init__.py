"""Which lines are article and which are lists, widgets, spam shells, tails. Next: `repeats`."""

from cleaner.structure.finding import Decision, decided, find, rows_of, settled
from cleaner.structure.page import Spared, body_of
from cleaner.structure.sparing import Staying, staying

__all__ = ["Decision", "Spared", "Staying", "body_of", "decided", "find", "rows_of", "settled", "staying"]
