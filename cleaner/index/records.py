"""What an index is made for, what it gives, and what it does. Next: `local` and `shared`, the two that do it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

from cleaner.dedup.bands import Bands
from cleaner.minhash import NGRAM, Counts, Sketches


@dataclass(frozen=True, slots=True)
class Parameters:
    """What an index is made for; sketches of other parameters mean nothing in it."""

    ngram: int = NGRAM
    threshold: float = 0.7  # the least similarity that is nominated

    @property
    def bands(self) -> Bands:
        """The bands that texts are nominated by."""
        return Bands.for_threshold(self.threshold)


class Remembered(NamedTuple):
    """A text that the index has: its name, the batch it came in, and the text."""

    name: str
    batch: str
    text: str


class Nominated(NamedTuple):
    """Pairs that may be alike: rows of the sketches asked for, and numbers of remembered texts; int64, shape (n,).

    Sorted by row, then by number; distinct.
    """

    rows: Counts
    numbers: Counts


class Index(Protocol):
    """What both kinds of index do. They are context managers, closed at the end of a `with`."""

    @property
    def parameters(self) -> Parameters:
        """What the index was made for; sketches must be made with its `ngram`."""

    def nominate(self, sketches: Sketches, *, besides: str = "") -> Nominated:
        """Pairs of a new text and a remembered one that may be near-duplicates, or a text and a part of it.

        Those of the batch `besides` are left out, unless it is "": a run that is repeated does not meet itself.
        """

    def remembered(self, number: int) -> Remembered:
        """What is remembered under a number of `nominate`; numbers hold until the next `add` or `compact`."""

    def still_has(self, numbers: Counts) -> bool:
        """Whether all those of `nominate` are remembered now; another run may have replaced some meanwhile."""

    def add(self, names: Sequence[str], texts: Iterable[str], sketches: Sketches, *, batch: str = "") -> int:
        """Remember texts, all or none, and return how many; a batch that has a name replaces what it added before.

        A text that is remembered under the same name and batch with the same letters is not added again.
        """

    def compact(self) -> None:
        """Give back the room of what was replaced, and make lookups as fast as they can be."""

    def stats(self) -> dict[str, int | float | str]:
        """How many texts, batches and bytes there are, and the parameters."""

    def close(self) -> None:
        """Let go of the index; others may write to it then."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...
