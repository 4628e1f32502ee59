"""Near-duplicate documents: nominated by their sketches, confirmed by their shingles, grouped, and decided on.

`finding` tells the story. Next: `index`, which remembers the documents of earlier runs.
"""

from cleaner.dedup.finding import Documents, Found, Known, find, found
from cleaner.dedup.groups import Action, Fate, Policy, Survivor
from cleaner.dedup.means import Means
from cleaner.dedup.verdicts import Match, differing_sentences, revised

__all__ = [
    "Action",
    "Documents",
    "Fate",
    "Found",
    "Known",
    "Match",
    "Means",
    "Policy",
    "Survivor",
    "differing_sentences",
    "find",
    "found",
    "revised",
]
