"""What a site puts on every page, learned from its pages: lines and segments that many documents share.

In turn: `keys` says when two lines are one template, `counts` how many documents share it, `lines` and `segments`
decide on a page which of the shared ones are furniture.
"""

from cleaner.templates.counts import LEAST, Counts, Held, Known, Share, groups_of
from cleaner.templates.lines import find as find_lines
from cleaner.templates.segments import find as find_segments

__all__ = ["LEAST", "Counts", "Held", "Known", "Share", "find_lines", "find_segments", "groups_of"]
