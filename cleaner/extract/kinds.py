"""What kind of page a page is: an article, a thread of posts, or a list. Next: `choosing`.

Threads are told before main content is chosen, for there it has other edges: by their addresses, by what their
software calls its boxes, and by posts that stand in boxes alike. Lists are told after: of what was chosen, most is
linked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from cleaner.extract.features import View
from cleaner.extract.names import HINTS, KNOWN, NAMES

_ADDRESS: Final = re.compile(HINTS["threads"]["address"], re.IGNORECASE)
_TITLE: Final = re.compile(HINTS["threads"]["title"], re.IGNORECASE)
_SOFTWARE: Final = re.compile(HINTS["threads"]["software"], re.IGNORECASE)
_LINKED: Final = 0.6  # of the letters of a list are links
_FEWEST: Final = 5  # blocks of a list
CUES: Final = ("address", "title", "software", "posts", "names of posts", "names of users", "talk", "prose")


def cues(view: View, address: str) -> list[float]:
    """What speaks for a thread, in the order of `CUES`, each from 0 to about 1."""
    texts = max(len(view.blocks.texts), 1)
    thread, user = (1 << NAMES.index(name) for name in ("thread", "user"))
    return [
        float(bool(_ADDRESS.search(address))),
        float(bool(_TITLE.search(view.told.title))),
        float(bool(_SOFTWARE.search(view.told.generator))),
        min(int(np.sum(view.called[1] == KNOWN.index("post") + 1)), 4) / 4,
        _share_named(view, thread),
        _share_named(view, user),
        min(float(np.sum(view.words["comment"])) / texts * 4, 1.0),
        min(view.total / 3000, 1.0),
    ]


def _share_named(view: View, bit: int) -> float:
    """The share of boxes that are called so themselves."""
    return min(float(np.mean(view.called[0] & bit > 0)) * 4, 1.0)


def is_list(letters: Sequence[int], linked: Sequence[float]) -> bool:
    """Whether blocks of so many letters, of which so many are linked, are a list of links."""
    return len(letters) >= _FEWEST and sum(linked) > _LINKED * sum(letters)
