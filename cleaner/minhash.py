"""Sketches of texts, small arrays that tell how much two texts share. Next: `dedup`, which compares them.

A text is taken as the set of its *shingles*, the runs of a few characters among the letters and digits of its fold. A
sketch holds its MinHash *signature*, which estimates the Jaccard similarity of two such sets, and *landmarks*, a
sample of longer runs, which a part of a text shares with the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, codes, fold_codes, telling

if TYPE_CHECKING:  # it takes half a second, of every process
    from datasketch import MinHash

Hashes = NDArray[np.uint64]
Signatures = NDArray[np.uint32]
Counts = NDArray[np.int64]

NGRAM: Final = 5  # characters of a shingle; one length for all texts, so that any two can be compared
LONGEST_NGRAM: Final = 64
PERMUTATIONS: Final = 128
SCHEME: Final = "affine32"  # datasketch's name for how its signatures are computed
_SEED: Final = 1  # datasketch's own
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no character is lost; 2^64 / golden ratio
_LENGTHS_APART: Final = np.uint64(0xD6E8FEB86659FD93)  # odd; a text shorter than a shingle equals no shingle
_SLICE: Final = 1 << 16  # characters taken at a time: bounds memory, and spares short texts calls of their own
_CHUNK: Final = 1 << 15  # hashes permuted at a time: 128 kB, which stay in a processor's nearer caches
_AT_ONCE: Final = (
    4  # permutations of a chunk in one call, which would else cost as much as its work; of a short one more
)
_LAST_LETTER: Final = 0x40000  # above this no code point is a letter or a digit
LANDMARK_LENGTH: Final = 16  # characters; so long a run is seldom said twice by chance
LANDMARK_RATE: Final = 32  # one shingle in so many starts a landmark: of 150 letters in a row, 98 in 100 have one
_LANDMARK_BOUND: Final = np.uint32((1 << 32) // LANDMARK_RATE)


@dataclass(frozen=True, slots=True)
class Sketches:
    """What is kept of n texts in order to find near-duplicates among them.

    `signatures` is uint32 of shape (n, `PERMUTATIONS`), all ones for an empty text; `shingles` int64 of shape (n,),
    how many shingles each text has, repeated ones too; `landmarks` uint64, the distinct ones of each text
    one text after another, and `ends` int64 of shape (n,) where those of each text end.
    """

    signatures: Signatures
    shingles: Counts
    landmarks: Hashes
    ends: Counts

    def __len__(self) -> int:
        return len(self.shingles)

    @property
    def landmark_owners(self) -> NDArray[np.uint32]:
        """The row of the text that each landmark is from; shape as `landmarks`."""
        return np.repeat(np.arange(len(self), dtype=np.uint32), np.diff(self.ends, prepend=0))

    @classmethod
    def joined(cls, parts: Sequence[Sketches]) -> Sketches:
        """The sketches of all parts, in order."""
        if len(parts) == 1:
            return parts[0]
        sizes = np.cumsum([0, *(part.landmarks.size for part in parts)])
        return cls(
            np.concatenate([np.empty((0, PERMUTATIONS), np.uint32), *(part.signatures for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.shingles for part in parts)]),
            np.concatenate([np.empty(0, np.uint64), *(part.landmarks for part in parts)]),
            np.concatenate(
                [np.empty(0, np.int64), *(part.ends + size for part, size in zip(parts, sizes[:-1], strict=True))]
            ),
        )

    def cut(self, start: int, end: int) -> Sketches:
        """The sketches of the texts from row `start` on, up to row `end`."""
        ends = self.ends[start:end]
        first = int(self.ends[start - 1]) if start else 0
        landmarks = self.landmarks[first : int(ends[-1])] if ends.size else self.landmarks[:0]
        return Sketches(self.signatures[start:end], self.shingles[start:end], landmarks, ends - first)

    def chosen(self, rows: Sequence[int] | NDArray[np.int64]) -> Sketches:
        """The sketches of some of the texts, in the order of `rows`."""
        starts = np.append(0, self.ends)
        pieces = [self.landmarks[starts[row] : starts[row + 1]] for row in rows]
        return Sketches(
            self.signatures[rows],
            self.shingles[rows],
            np.concatenate([np.empty(0, np.uint64), *pieces]),
            np.cumsum([piece.size for piece in pieces], dtype=np.int64),
        )


def sketch(texts: Iterable[str], *, ngram: int = NGRAM) -> Sketches:
    """The sketches of texts, in order.

    The signature is what datasketch computes in its `affine32` scheme, with its own permutations, of the upper halves
    of `shingle_hashes`. A landmark is the hash of `LANDMARK_LENGTH` letters whose first and last shingle have hashes
    with a sum in one of `LANDMARK_RATE` parts of its range: chosen by what stands there, so that a part of a text has
    the landmarks of the whole (Broder, "On the resemblance and containment of documents", 1997, section 4). Raises
    ValueError for an `ngram` that is no length of a shingle.

    >>> one, other = sketch(["河边的旧书铺开了四十年", "河邊的舊書鋪開了四十年。"]).signatures
    >>> bool((one == other).all())
    True
    """
    check_ngram(ngram)
    return Sketches.joined([_sketched(*batch, ngram) for batch in _batches(texts)])


def check_ngram(ngram: int) -> int:
    """`ngram`, if shingles can have that length; raises ValueError otherwise."""
    if not 1 <= ngram <= LONGEST_NGRAM:
        raise ValueError(f"ngram is the length of a shingle, 1 to {LONGEST_NGRAM} characters, not {ngram}")
    return ngram


def letters(text: str) -> Codes:
    """The letters and digits of the text's fold, as code points; shape (n,)."""
    if len(text) <= _SLICE:
        points = letter_points(text)
        return points.compress(points != 0)
    return np.concatenate([letters(text[start : start + _SLICE]) for start in range(0, len(text), _SLICE)])


def letter_points(text: str) -> Codes:
    """The fold of each character that is a letter or a digit there, 0 for all others; shape (len(text),)."""
    return _letter_table().take(codes(text))


def shingle_hashes(text: str, *, ngram: int = NGRAM) -> Hashes:
    """The 64-bit hashes of all shingles of a text, in their order; shape (n,).

    A text with fewer letters than a shingle is one shingle of its own: it equals only what has the same letters.
    One without letters has none. The hash is a polynomial in the code points, modulo 2^64.
    """
    own = letters(text)
    if own.size >= ngram:
        return _polynomial(own, ngram)[: own.size - ngram + 1]
    return _hashed(own, np.array([own.size]), ngram)[0]


def shingles(text: str, *, ngram: int = NGRAM) -> Hashes:
    """Sorted distinct `shingle_hashes` of a text: the set that similarity is measured on; shape (n,)."""
    return distinct(shingle_hashes(text, ngram=ngram))


def distinct(hashes: Hashes) -> Hashes:
    """The distinct ones of some hashes, sorted; those given are sorted in place, for `np.unique` would copy them."""
    hashes.sort()
    is_first = np.ones(hashes.size, np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=is_first[1:])
    return hashes[is_first]


def minhash(signature: Signatures) -> MinHash:
    """Datasketch's own object for one signature, shape (`PERMUTATIONS`,), to use with its indexes and storages."""
    from datasketch import MinHash  # noqa: PLC0415  as said above

    return MinHash(hashvalues=signature, permutations=_permutations(), scheme=SCHEME)


def shared_count(left: Hashes, right: Hashes) -> int:
    """How many hashes two sets have in common; both sorted and distinct."""
    if left.size > right.size:
        left, right = right, left
    if not left.size:
        return 0
    return int(np.count_nonzero(right.take(right.searchsorted(left), mode="clip") == left))


def jaccard(left: Hashes, right: Hashes) -> float:
    """Shared over all shingles of two texts, 0 to 1; 0 if both are empty."""
    shared = shared_count(left, right)
    union = left.size + right.size - shared
    return shared / union if union else 0.0


def containment(part: Hashes, whole: Hashes) -> float:
    """The share of the shingles of `part` that `whole` has too, 0 to 1; 0 if `part` is empty."""
    return shared_count(part, whole) / part.size if part.size else 0.0


def _batches(texts: Iterable[str]) -> Iterator[tuple[Codes, Counts]]:
    """The letters of some texts after one another, and how many each has; a long text comes alone."""
    waiting: list[str] = []
    size = 0
    for text in texts:
        room = len(text) + 1  # an empty text has a signature too
        if waiting and size + room > _SLICE:
            yield _joined(waiting)
            waiting, size = [], 0
        waiting.append(text)
        size += room
    if waiting:
        yield _joined(waiting)


def _joined(texts: Sequence[str]) -> tuple[Codes, Counts]:
    if len(texts) == 1:
        own = letters(texts[0])
        return own, np.array([own.size])
    points = letter_points("".join(texts))
    places = np.flatnonzero(points != 0)  # of truth values, which are found faster
    before = np.searchsorted(places, np.cumsum([len(text) for text in texts]))
    return points.take(places), np.diff(before, prepend=0)


def _sketched(points: Codes, counts: Counts, ngram: int) -> Sketches:
    """The sketches of texts whose letters stand one after another, `counts[i]` of text i."""
    if points.size > 2 * _SLICE:
        return _of_pieces(points, ngram)
    hashes, sizes = _hashed(points, counts, ngram)
    mixed = _premixed((hashes >> np.uint64(32)).astype(np.uint32))
    landmarks, owners = _landmarks(points, counts, sizes, _landmark_starts(mixed, ngram))
    ends = np.cumsum(np.bincount(owners, minlength=counts.size))
    return Sketches(_permuted(mixed, sizes), sizes, landmarks, ends)


def _of_pieces(points: Codes, ngram: int) -> Sketches:
    """The sketch of one long text, from pieces of it; whatever begins in one ends there too."""
    starts = range(0, points.size - ngram + 1, _SLICE)
    pieces = (points[start : start + _SLICE + max(ngram, LANDMARK_LENGTH) - 1] for start in starts)
    parts = Sketches.joined([_sketched(piece, np.array([piece.size]), ngram) for piece in pieces])
    landmarks = np.unique(parts.landmarks)
    return Sketches(
        parts.signatures.min(axis=0, keepdims=True),
        np.array([points.size - ngram + 1]),
        landmarks,
        np.array([landmarks.size]),
    )


def _hashed(points: Codes, counts: Counts, ngram: int) -> tuple[Hashes, Counts]:
    """The hashes of the shingles of texts whose letters stand one after another, and how many each text has."""
    if counts.size == 1 and points.size >= ngram:
        return _polynomial(points, ngram)[: points.size - ngram + 1], counts - ngram + 1
    sizes = np.where(counts < ngram, np.minimum(counts, 1), counts - ngram + 1)
    hashes = _polynomial(points, ngram)[_shingle_starts(counts, ngram)]
    places, begins = np.cumsum(sizes) - sizes, np.cumsum(counts) - counts
    for length in np.unique(counts[(counts > 0) & (counts < ngram)]).tolist():
        rows = np.flatnonzero(counts == length)
        hashes[places[rows]] = _of_runs(points, begins[rows], length) * _LENGTHS_APART
    return hashes, sizes


def _polynomial(points: Codes, length: int) -> Hashes:
    """The hash of the `length` code points from each place on; shape as given, zeros standing beyond the end."""
    padded = np.zeros(points.size + length - 1, np.uint64)
    padded[: points.size] = points
    hashes = padded[: points.size] * _MULTIPLIER
    for offset in range(1, length):
        hashes += padded[offset : offset + points.size]
        hashes *= _MULTIPLIER
    return hashes


def _of_runs(points: Codes, places: NDArray[np.int64], length: int) -> Hashes:
    """The same hash for some places alone, all of them at least `length` before the end; shape (len(places),)."""
    powers = np.multiply.accumulate(np.full(length, _MULTIPLIER))[::-1]
    hashes: Hashes = points[places[:, None] + np.arange(length)].astype(np.uint64) @ powers
    return hashes


def _shingle_starts(counts: Counts, ngram: int) -> NDArray[np.bool_]:
    """Whether a shingle begins at each letter: not at the last ones of a text, but at the first in any case."""
    starts = np.ones(counts.sum(), np.bool_)
    behind = np.arange(1, ngram)
    places = np.cumsum(counts)[:, None] - behind
    starts[places[behind < counts[:, None]]] = False
    return starts


def _landmark_starts(mixed: Codes, ngram: int) -> NDArray[np.int64]:
    """The shingles that begin a landmark, some of them too near the end of their text to do so.

    Both ends of it decide: by the first shingle alone, all that follows a common phrase would be chosen, or nothing.
    """
    last = mixed[max(LANDMARK_LENGTH - ngram, 0) :]
    return np.flatnonzero(mixed[: last.size] + last < _LANDMARK_BOUND)


def _landmarks(
    points: Codes, counts: Counts, sizes: Counts, starts: NDArray[np.int64]
) -> tuple[Hashes, NDArray[np.int64]]:
    """The hashes of the letters that begin with some shingles, and the row of the text each is from."""
    shingle_ends, ends = np.cumsum(sizes), np.cumsum(counts)
    owners = np.searchsorted(shingle_ends, starts, side="right")
    places = starts + ((ends - counts) - (shingle_ends - sizes))[owners]
    fits = places + LANDMARK_LENGTH <= ends[owners]
    return _distinct(_of_runs(points, places[fits], LANDMARK_LENGTH), owners[fits])


def _distinct(hashes: Hashes, owners: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.int64]]:
    """The distinct hashes of each owner, sorted, with their owners; those must be sorted."""
    order = np.argsort(hashes)
    order = order[np.argsort(owners[order].astype(np.uint16), kind="stable")]  # a slice has no more texts than that
    hashes = hashes[order]
    is_first = np.append(True, (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1]))[: hashes.size]
    return hashes[is_first], owners[is_first]


def _premixed(hashes: Codes) -> Codes:
    """The finalizer of MurmurHash3, which `affine32` mixes hashes with before it permutes them."""
    for shift, multiplier in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes = (hashes ^ (hashes >> np.uint32(shift))) * np.uint32(multiplier)
    return hashes ^ (hashes >> np.uint32(16))


def _permuted(mixed: Codes, sizes: Counts) -> Signatures:
    """The least of each text's hashes under each permutation, shape (len(sizes), `PERMUTATIONS`)."""
    signatures = np.full((sizes.size, PERMUTATIONS), np.iinfo(np.uint32).max, np.uint32)
    filled = np.flatnonzero(sizes)
    ends = np.cumsum(sizes[filled])
    least = np.full((PERMUTATIONS, filled.size), np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, mixed.size, _CHUNK):
        chunk = mixed[start : start + _CHUNK]
        first, last = np.searchsorted(ends, [start, start + chunk.size - 1], side="right")
        own = slice(first, last + 1)
        begins = np.maximum(ends[own] - sizes[filled[own]] - start, 0)
        np.minimum(least[:, own], _least_of_chunk(chunk, begins), out=least[:, own])
    signatures[filled] = least.T
    return signatures


def _least_of_chunk(chunk: Codes, begins: NDArray[np.int64]) -> Signatures:
    """The least permuted hash from each of `begins` to the next, shape (`PERMUTATIONS`, len(begins))."""
    least = np.empty((PERMUTATIONS, begins.size), np.uint32)
    at_once = min(max(_AT_ONCE, _CHUNK // chunk.size), PERMUTATIONS)
    permuted = np.empty((at_once, chunk.size), np.uint32)
    for first in range(0, PERMUTATIONS, at_once):
        some = slice(first, first + at_once)
        multipliers, summands = _permutations()[:, some, None]
        rows = permuted[: len(multipliers)]
        np.multiply(chunk, multipliers, out=rows)
        np.add(rows, summands, out=rows)
        np.minimum.reduceat(rows, begins, axis=1, out=least[some])
    return least


@cache
def _permutations() -> Signatures:
    """Datasketch's multipliers, which are odd, and summands, drawn as it draws them; shape (2, `PERMUTATIONS`)."""
    drawn = np.random.RandomState(_SEED)
    odd = drawn.randint(0, 1 << 31, PERMUTATIONS, np.uint32) * np.uint32(2) + np.uint32(1)
    return np.array([odd, drawn.randint(0, 1 << 32, PERMUTATIONS, np.uint32)])


@cache
def _letter_table() -> Codes:
    """The fold of each code point if that is a letter or a digit, else 0."""
    table = np.zeros(0x110000, np.uint32)
    folded = fold_codes(np.arange(_LAST_LETTER, dtype=np.uint32))
    table[:_LAST_LETTER] = np.where(telling(str.isalnum, 0, _LAST_LETTER).take(folded), folded, 0)
    return table
