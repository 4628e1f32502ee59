"""Spam by its words: lines of it, what it hangs onto titles, what it puts into sentences. Next: `structure`.

`rules/lexicons` holds the words, `lexicons` reads them, `evidence` weighs a line, `titles` and `injected` look within
lines, `finding` makes marks, edits and flags of it all.
"""

from cleaner.spam.finding import Lexicons, load, prove, shipped

__all__ = ["Lexicons", "load", "prove", "shipped"]
