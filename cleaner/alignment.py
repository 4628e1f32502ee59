"""Which characters of one text stand in another, where both are versions of one page. Next: `fates`.

What stands once in each of the two holds them together, the longest chain of it first, as patience does it for lines;
what lies between is compared letter by letter. So a text of a megabyte takes about as long as ten of a tenth.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from cleaner.fold import Codes, text_of

SHORTEST: Final = 8  # letters of what holds two texts together: chance brings no eight into both
_GRAMS: Final = (24, SHORTEST)
_SMALL: Final = 1 << 20  # pairs of letters that are compared without looking for such first
_LARGE: Final = 1 << 28  # pairs that are compared at once, which takes 32 MB
_PIECE: Final = 1 << 14  # letters that are compared at once of texts that are as large, and repeat themselves
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, and without a pattern
_NEARLY: Final = 0.8  # share of the second text from which on it stands in the first, in however small pieces
_SPREAD: Final = 10  # times as long as it may be that in which it stands so: a reading in brackets behind each letter
_SURE: Final = 4  # letters in a row that chance hardly brings together

Places = NDArray[np.int64]


class Run(NamedTuple):
    """So many characters that are the same in two texts, and where they begin in each."""

    first: int
    second: int
    length: int


class Gap(NamedTuple):
    """What lies between two runs: a span of the first text and one of the second."""

    first: tuple[int, int]
    second: tuple[int, int]


def anchors(first: Codes, second: Codes) -> list[Run]:
    """Long runs that two texts share, in the order in which they stand in both.

    Each has eight characters at least, among them some that stand once in both texts, or in a gap between longer runs.
    """
    return _anchors(first, second, _GRAMS)


def scattered(first: Codes, second: Codes) -> list[Run]:
    """Long runs that two texts share, in whatever order: stretches of eight characters or more that stand once in each.

    Of those that lie over each other the longest one counts.

    >>> from cleaner.fold import codes
    >>> scattered(codes("今天天气很好不冷不热。孩子们都去了河边。"), codes("孩子们都去了河边。今天天气很好不冷不热。"))
    [Run(first=0, second=9, length=11), Run(first=11, second=0, length=9)]
    """
    runs = [run for gram in _GRAMS for run in _once_in_both(first, second, gram)]
    taken = np.zeros(first.size, np.bool_), np.zeros(second.size, np.bool_)
    found = []
    for run in sorted(runs, key=lambda run: -run.length):
        here = taken[0][run.first : run.first + run.length], taken[1][run.second : run.second + run.length]
        if not here[0].any() and not here[1].any():
            here[0][:] = here[1][:] = True
            found.append(run)
    return found


def aligned(first: Codes, second: Codes) -> list[Run]:
    """All runs that two texts share, in the order in which they stand in both; few are longer, if any.

    >>> from cleaner.fold import codes
    >>> aligned(codes("今天天气很好"), codes("今天气好"))
    [Run(first=0, second=0, length=2), Run(first=3, second=2, length=1), Run(first=5, second=3, length=1)]
    """
    if first.size * second.size <= _SMALL:
        return _by_letters(first, second)
    found = []
    held = anchors(first, second)
    for at, gap in enumerate(gaps(held, first.size, second.size)):
        (start, end), (begin, stop) = gap
        found += [_moved(run, start, begin) for run in _by_letters(first[start:end], second[begin:stop])]
        found += held[at : at + 1]
    return found


def credible(runs: list[Run], first: int, second: int) -> list[Run]:
    """The runs between texts of these lengths that chance can hardly have made.

    Single letters of the second text are found in any long one. They count where nearly all of it is found, in a
    text that is not out of all proportion; else runs of some letters do, and shorter ones with which both texts begin
    or end.
    """
    total = sum(run.length for run in runs)
    if total >= _NEARLY * second and first <= _SPREAD * second:
        return runs
    return [run for run in runs if run.length >= _SURE or (run.length > 1 and _is_at_end(run, first, second))]


def _is_at_end(run: Run, first: int, second: int) -> bool:
    """Whether texts of these lengths both begin or both end with a run."""
    ends = run.first + run.length == first and run.second + run.length == second
    return ends or run.first == run.second == 0


def gaps(runs: Sequence[Run], first: int, second: int) -> Iterator[Gap]:
    """What lies before, between and behind runs of texts of these lengths: one more than there are runs."""
    done = begun = 0
    for run in runs:
        yield Gap((done, run.first), (begun, run.second))
        done, begun = run.first + run.length, run.second + run.length
    yield Gap((done, first), (begun, second))


def changes(old: str, new: str) -> Iterator[Gap]:
    """The smallest stretches of a text that are exchanged to make it another one, each with what comes there.

    >>> list(changes("嚴重?fù)p壞", "嚴重損壞"))
    [Gap(first=(2, 7), second=(2, 3))]
    """
    if not old or not new or len(old) == len(new) == 1 or len(old) * len(new) > _SMALL:
        if old != new:
            yield Gap((0, len(old)), (0, len(new)))
        return
    found = _equal(old, new)
    yield from (gap for gap in gaps(found, len(old), len(new)) if gap != _empty(gap))


def _empty(gap: Gap) -> Gap:
    return Gap((gap.first[0],) * 2, (gap.second[0],) * 2)


def _anchors(first: Codes, second: Codes, grams: tuple[int, ...]) -> list[Run]:
    if not grams or min(first.size, second.size) < SHORTEST:
        return []
    held = _without_overlaps(_chain(_once_in_both(first, second, grams[0])))
    found = []
    for at, ((start, end), (begin, stop)) in enumerate(gaps(held, first.size, second.size)):
        between = _anchors(first[start:end], second[begin:stop], grams[1:])
        found += [_moved(run, start, begin) for run in between]
        found += held[at : at + 1]
    return _joined(_widened(found, first, second))


def _once_in_both(first: Codes, second: Codes, gram: int) -> list[Run]:
    """Runs of characters in stretches of that length that each text has once, by their place in the first."""
    if min(first.size, second.size) < gram:
        return []
    (theirs, places), (ours, others) = _once(first, gram), _once(second, gram)
    _, at, to = np.intersect1d(theirs, ours, assume_unique=True, return_indices=True)
    order = np.argsort(places[at])
    starts, begins = places[at][order], others[to][order]
    for step in range(gram):  # digests may be the same of what isn't
        same = first[starts + step] == second[begins + step]
        starts, begins = starts[same], begins[same]
    if not starts.size:
        return []
    breaks = np.flatnonzero((np.diff(starts) != 1) | (np.diff(begins) != 1)) + 1
    heads = np.concatenate(([0], breaks))
    lengths = np.diff(np.concatenate((heads, [starts.size]))) + gram - 1
    return list(map(Run, starts[heads].tolist(), begins[heads].tolist(), lengths.tolist()))


def _once(text: Codes, gram: int) -> tuple[NDArray[np.uint64], Places]:
    """Digests of the stretches that stand once in a text, sorted, and where they stand."""
    digests = np.zeros(text.size - gram + 1, np.uint64)
    for step in range(gram):
        digests = digests * _FACTOR + text[step : step + digests.size]
    found, places, counts = np.unique(digests, return_index=True, return_counts=True)
    return found[counts == 1], places[counts == 1]


def _chain(runs: list[Run]) -> list[Run]:
    """The runs with most characters that follow each other in both texts, given by their places in the first."""
    ends: list[int] = []  # the second place of the last run of the best chains, and beside it how long that is
    totals: list[int] = []
    lasts: list[int] = []
    before: list[int] = []
    for number, run in enumerate(runs):
        at = bisect_left(ends, run.second)
        total = run.length + (totals[at - 1] if at else 0)
        before.append(lasts[at - 1] if at else -1)
        behind = at
        while behind < len(ends) and totals[behind] <= total:
            behind += 1
        ends[at:behind], totals[at:behind], lasts[at:behind] = [run.second], [total], [number]
    found = []
    at = lasts[-1] if lasts else -1
    while at >= 0:
        found.append(runs[at])
        at = before[at]
    return found[::-1]


def _without_overlaps(runs: Iterable[Run]) -> list[Run]:
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else Run(0, 0, 0)
        cut = max(0, last.first + last.length - run.first, last.second + last.length - run.second)
        if cut < run.length:
            found.append(Run(run.first + cut, run.second + cut, run.length - cut))
    return found


def _widened(runs: list[Run], first: Codes, second: Codes) -> Iterator[Run]:
    """The same with what is equal before and behind each, as far as the next one."""
    done = begun = 0
    for run, ((_, end), (_, stop)) in zip(runs, list(gaps(runs, first.size, second.size))[1:], strict=True):
        before = _same(first[done : run.first][::-1], second[begun : run.second][::-1])
        done, begun = run.first + run.length, run.second + run.length
        behind = _same(first[done:end], second[begun:stop])
        done, begun = done + behind, begun + behind
        yield Run(run.first - before, run.second - before, run.length + before + behind)


def _same(first: Codes, second: Codes) -> int:
    """With how many equal characters two texts begin."""
    size, step = min(first.size, second.size), _GRAMS[0]
    for start in range(0, size, step):
        other = np.flatnonzero(first[start : min(start + step, size)] != second[start : min(start + step, size)])
        if other.size:
            return start + int(other[0])
    return size


def _joined(runs: Iterable[Run]) -> list[Run]:
    """The same with one run for those that touch in both texts."""
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else Run(-1, -1, 0)
        if (last.first + last.length, last.second + last.length) == (run.first, run.second):
            found[-1] = Run(last.first, last.second, last.length + run.length)
        else:
            found.append(run)
    return found


def _moved(run: Run, first: int, second: int) -> Run:
    return Run(run.first + first, run.second + second, run.length)


def _by_letters(first: Codes, second: Codes) -> list[Run]:
    """The longest common subsequence; of texts too large for that, those of pieces that are as far into each."""
    if first.size * second.size <= _LARGE:
        return _equal(text_of(first), text_of(second))
    count = max(first.size, second.size) // _PIECE + 1
    cuts, others = (np.linspace(0, size, count + 1).astype(int).tolist() for size in (first.size, second.size))
    found = []
    for at in range(count):
        part = _equal(text_of(first[cuts[at] : cuts[at + 1]]), text_of(second[others[at] : others[at + 1]]))
        found += [_moved(run, cuts[at], others[at]) for run in part]
    return _joined(found)


def _equal(first: str, second: str) -> list[Run]:
    steps = Indel.opcodes(first, second) if first and second else ()
    return [
        Run(step.src_start, step.dest_start, step.src_end - step.src_start) for step in steps if step.tag == "equal"
    ]
