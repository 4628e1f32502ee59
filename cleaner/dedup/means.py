"""What finding near-duplicates takes: who does the work, and how they come by sketches and texts. Next: `bands`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cleaner.engine import Serial, Workers
from cleaner.minhash import Sketches


@dataclass(frozen=True, slots=True)
class Means:
    """The workers of a run, and where they find what they need.

    `sketches` and `text` travel to the workers: the one gives the sketches of all documents there, the other reads the
    text at a place. `place` stays here and says where the text of a document, given by its number, lies.
    """

    workers: Workers
    sketches: Callable[[], Sketches]
    place: Callable[[int], Any]
    text: Callable[[Any], str]

    @classmethod
    def here(cls, sketches: Sketches, read: Callable[[int], str]) -> Means:
        """All is done by this process; `read` gives a text by the number of its document."""
        return cls(Serial(), lambda: sketches, lambda document: document, read)

    def read(self, document: int) -> str:
        """The text of a document, here."""
        return self.text(self.place(document))
