"""What one run takes by the number of its documents: rates multiplied out. Next: `beyond`, which measures them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log
from typing import Final, NamedTuple

import numpy as np

from bench.crowding import BANDS, Crowd
from cleaner.minhash import PERMUTATIONS

RUN: Final = 5_000_000  # documents of one run, as the page advises
PIECE: Final = 256 << 10  # bytes of a piece at most,
_RECORDS: Final = 256  # and documents
_RANGE: Final = 1 << 20  # landmarks that one piece of work looks at, of all that it goes through
_SKETCH: Final = 4 * PERMUTATIONS + 16  # bytes of a sketch besides landmarks
_PAIR: Final = 8  # bytes of a pair of rows, as bands give it
_SORTED: Final = 2  # times that pairs are held while they are put in order
_PASSES: Final = 2  # times that a container of lines goes to the workers: to be cleaned, and to be written


@dataclass(frozen=True, slots=True)
class Rates:
    """Seconds of a processor, and bytes, for one document unless something else is said."""

    given: float  # bytes as it comes
    out: float  # bytes of its text
    reports: float
    kept: float  # bytes in OUT/.cleaner
    file_given: float  # the same of files, which have pages, too
    file_reports: float
    file_kept: float
    reading: float  # seconds for a byte
    cleaning: float  # with its report and sketch, and keeping it
    sketching: float
    revising: float
    coming: float  # of the process that began the run, while documents come
    going: float  # the same when all are there, for what is written; reading again is in it
    sending: float  # the same for a piece that goes to a cluster; 0 if that isn't measured
    handing: float  # the same for a piece that goes to a pool
    band: float  # for a document and band, without its pairs
    estimating: float  # for a pair of signatures
    landmark: float  # for a landmark, without going through others
    passing: float  # for a landmark that work on others goes through
    confirming: float  # for a pair of texts
    joining: float  # of the process that began the run, for near-duplicates
    held: float  # bytes that the process that began the run holds
    file_held: float
    pair_held: float  # the same of a pair of near-duplicates
    pair_listed: float  # bytes of the list of those
    found_peak: float  # bytes that it takes while near-duplicates are found
    landmarks: float  # of a document
    band_peak: float  # bytes of a worker for a document of all, when it does a band
    landmark_peak: float  # bytes of a worker for a landmark of all, when it does a range
    indexed: float  # bytes of an index
    asking: float
    adding: float


class Costs(NamedTuple):
    """What one run takes: seconds of processors, and bytes."""

    reading: float
    cleaning: float
    bands: float
    landmarks: float
    confirming: float
    settling: float
    coming: float  # of the process that began the run, while documents come
    going: float  # of that, when all are there
    pooled: float  # of that, reading too, if a pool of its host does the work
    memory: float  # of that
    worker: float  # of the largest
    moved: float  # through the object store of a cluster
    sketches: float

    @property
    def work(self) -> float:
        """What can be shared out."""
        return self.cleaning + self.bands + self.landmarks + self.confirming + self.settling

    @property
    def process(self) -> float:
        """What the process that began the run does."""
        return self.coming + self.going

    @property
    def serial(self) -> float:
        """What nobody shares: containers are read one after another while that process does its own, and then more."""
        return max(self.reading, self.coming) + self.going


def costs(rates: Rates, crowd: Crowd) -> Costs:
    """What one run of so many documents takes."""
    number, every = crowd.documents, crowd.documents * rates.landmarks
    pieces = max(number * rates.given / PIECE, number / _RECORDS)
    return Costs(
        reading=number * rates.given * rates.reading,
        cleaning=number * rates.cleaning,
        bands=number * BANDS.count * rates.band + crowd.estimated * rates.estimating,
        landmarks=every * rates.landmark + every * (every / _RANGE) * rates.passing,
        confirming=crowd.candidates * rates.confirming,
        settling=number * rates.revising,
        coming=number * rates.coming + pieces * rates.sending,
        going=number * (rates.going + rates.joining) + (_PASSES - 1) * pieces * rates.sending,
        pooled=number * (rates.given * rates.reading + rates.coming + rates.going + rates.joining)
        + _PASSES * pieces * rates.handing,
        memory=number * (rates.held + rates.found_peak)
        + crowd.candidates * (_SORTED * rates.pair_held + rates.pair_listed),
        worker=max(band_memory(rates, crowd), every * rates.landmark_peak),
        moved=number * (_PASSES * rates.given + rates.out + rates.reports),
        sketches=number * (_SKETCH + 8 * rates.landmarks),
    )


def band_memory(rates: Rates, crowd: Crowd) -> float:
    """Bytes that a worker takes for a band: for documents, and for the pairs that are nominated at once."""
    return crowd.documents * rates.band_peak + _PAIR * crowd.estimated / BANDS.count


def split(number: float) -> tuple[int, float]:
    """The runs that so many documents are done in, and the documents of each."""
    runs = max(1, ceil(number / RUN))
    return runs, number / runs


def least(breaks: Callable[[float], bool], most: float = 1e10) -> float:
    """The number of documents from which something breaks, to one in a hundred; infinite if nothing does before `most`.

    >>> round(least(lambda number: number >= 1000), -1)
    1000.0
    """
    low, high = 1.0, most
    if not breaks(high):
        return float("inf")
    while high / low > 1.01:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if breaks(middle) else (middle, high)
    return high


def growth(numbers: Sequence[float], taken: Sequence[float]) -> float:
    """The power of a number that what is taken grows with.

    >>> round(growth([10, 100, 1000], [3, 300, 30_000]), 6)
    2.0
    """
    return float(np.polyfit([log(each) for each in numbers], [log(max(each, 1e-9)) for each in taken], 1)[0])
