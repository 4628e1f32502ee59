"""Signatures, candidates and groups beside datasketch, rensa, data-juicer, datatrove and text-dedup.

On documents made by `bench.scale`: most are sentences of several articles, a fifth are copies of an earlier document
with a few characters changed. All take runs of five letters or digits, 128 permutations, and 32 bands of 4 values,
which is what the package takes for a similarity of 0.7.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from pathlib import Path
from typing import Final

import numpy as np
from datasketch import MinHash

from bench.contests import Contender, Measured, Outcome, Unmeasured, best, contest
from bench.results import Table, ratio, unmeasured
from bench.scale import sentences, write_lines
from cleaner.dedup.bands import Bands
from cleaner.dedup.candidates import CONTAINED
from cleaner.minhash import (
    NGRAM,
    PERMUTATIONS,
    SCHEME,
    Hashes,
    Signatures,
    containment,
    jaccard,
    shingle_hashes,
    shingles,
    sketch,
)

SIGNATURES: Final = "Signatures: MinHash of texts"
CANDIDATES: Final = "Candidates: pairs with a common band"
GROUPS: Final = "Groups: near-duplicates from end to end"
SIGNED: Final = 3000  # documents; their shingles, as strings, are held by several processes
SMALLEST: Final = 10_000  # documents; ten times as many follow until there are so many as are asked for
MOST: Final = 1_000_000
NOMINATED: Final = 100_000  # the same for candidates, since rensa's signatures must be made before
BOUND: Final = 240.0  # seconds of a processor that a contender may be expected to take
ROOM: Final = 6e9  # bytes that it may be expected to take beyond what it has at hand
ROUNDS: Final = 3
QUICK: Final = 5.0  # seconds within which a contender does all rounds at the smallest size, for noise weighs most there
_PATIENCE: Final = 20 * BOUND  # seconds by the clock, for the machine may be busy, and its own preparation counts too
CHECKED: Final = 50
_SIMILAR: Final = 0.7
_COMPARED: Final = 10_000  # pairs of one group that are compared truly
_SEED: Final = 1
_COLUMNS: Final = ("", "µs a document", "times cleaner's time", "memory, MB", "time grows by")
_OF_SIGNATURES: Final = {"signatures: datasketch, shingles at hand": 12.0, "signatures: rensa, from texts": 3.0}
_OF_GROUPS: Final = {"groups: data-juicer": 50.0, "groups: datatrove, ": 50.0}
_BANDS: Final = Bands.for_threshold(_SIMILAR)
_CUT: Final = {"bands": _BANDS.count, "rows": _BANDS.rows}

_OWN: Final = "cleaner"
_SIGNING: Final = (
    Contender(f"{_OWN}, from texts, with landmarks", "cleaner_near", "signatures of texts"),
    Contender("numpy: multiply, add, minimum alone", "cleaner_near", "floor"),
    Contender("datasketch, from texts", "datasketch_near", "signatures of texts", "datasketch"),
    Contender("datasketch, shingles at hand", "datasketch_near", "signatures", "datasketch"),
    Contender(
        "datasketch, from texts, by xxhash", "datasketch_near", "signatures of texts", "datasketch", {"hash": "xxhash"}
    ),
    Contender("rensa, from texts", "rensa_near", "signatures of texts", "rensa"),
    Contender("rensa, shingles at hand", "rensa_near", "signatures", "rensa"),
    Contender("rensa's CMinHash, shingles at hand", "rensa_near", "signatures", "rensa", {"kind": "C"}),
    Contender("rensa, hashes of 64 bits at hand", "rensa_near", "signatures of hashes", "rensa"),
)
_NOMINATING: Final = (
    Contender(_OWN, "cleaner_near", "candidates", options=_CUT),
    Contender("datasketch, the same signatures", "datasketch_near", "candidates", "datasketch", _CUT),
    Contender("rensa, its own signatures", "rensa_near", "candidates", "rensa", _CUT),
)
_FROM_TEXTS: Final = (
    Contender(f"{_OWN}, from texts", "cleaner_near", "groups", options=_CUT),
    Contender("datasketch", "datasketch_near", "groups", "datasketch", _CUT),
    Contender("rensa", "rensa_near", "groups", "rensa", _CUT),
    Contender("data-juicer", "data_juicer_near", "groups", "data-juicer", _CUT),
)
_FROM_FILES: Final = (
    Contender(f"{_OWN}, from file to file", "cleaner_near", "files", options=_CUT),
    Contender("datatrove, characters", "datatrove_near", "files", "datatrove", _CUT),
    Contender("datatrove, words", "datatrove_near", "files", "datatrove", {**_CUT, "words": True}),
    Contender("text-dedup", "text_dedup_near", "files", "text-dedup", _CUT),
    Contender("text-dedup, xxh3", "text_dedup_near", "files", "text-dedup", {**_CUT, "hash": "xxh3"}),
)


@dataclass(frozen=True, slots=True)
class Series:
    """What became of a contender at each size that it was tried at."""

    contender: Contender
    outcomes: dict[int, Outcome]

    def measured(self) -> dict[int, Measured]:
        return {size: outcome for size, outcome in self.outcomes.items() if isinstance(outcome, Measured)}

    def too_large(self, size: int) -> str:
        """Why it isn't tried at this size, if it would take too much time or memory, or has failed before."""
        if not self.outcomes:
            return ""
        before, outcome = next(reversed(self.outcomes.items()))
        if isinstance(outcome, Unmeasured):
            return outcome.why
        times, taken = size / before, 1000 * (outcome.peak - outcome.before)
        if times * outcome.seconds > BOUND:
            return f"{before:,} took {outcome.seconds:.0f} s"
        return f"{before:,} took {taken / 1e9:.1f} GB" if times * taken > ROOM else ""

    def growth(self) -> str:
        """The power of the number of documents by which time grows; empty if only one size was measured."""
        sizes = self.measured()
        if len(sizes) < 2:
            return ""
        slope = np.polyfit([log(size) for size in sizes], [log(each.seconds) for each in sizes.values()], 1)[0]
        return f"n^{slope:.2f}"


def signatures(documents: int | None) -> Table:
    """What signatures cost; all are linear, so one size does."""
    with tempfile.TemporaryDirectory() as folder:
        given = written(Path(folder), min(SIGNED, documents or SIGNED))
        texts = _texts(given)
        outcomes = contest(_SIGNING, given, rounds=ROUNDS)
    same = "datasketch's own, bit for bit," if is_datasketch(texts[:CHECKED]) else "NOT DATASKETCH'S"
    characters, own = sum(map(len, texts)), outcomes[_SIGNING[0].name]
    rows = [
        [name, f"{1e9 * found.seconds / characters:.0f}", _times(found, own), _memory(found)]
        if isinstance(found, Measured)
        else unmeasured(name, found)
        for name, found in outcomes.items()
    ]
    ratios = {f"signatures: {each.name}": ratio(outcomes[each.name], own) for each in _SIGNING[1:]}
    notes = (
        f"{len(texts)} documents of {characters / len(texts):.0f} characters; {PERMUTATIONS} permutations of runs of "
        f"{NGRAM} letters or digits. What peers do from texts: NFKC, lower case, a filter for letters, slices.",
        f"cleaner's are {same} of other hashes; rensa's are others: its RMinHash permutes no "
        "hash 128 times, and can't be stored in or compared with datasketch's.",
        "numpy alone: what 128 permutations cost without anything else, the floor of signatures like datasketch's.",
    )
    return Table(
        SIGNATURES,
        ("", "ns a character", "times cleaner's time", "memory, MB"),
        rows,
        notes,
        ratios,
        targets=_OF_SIGNATURES,
    )


def is_datasketch(texts: Sequence[str]) -> bool:
    """Whether each signature is what datasketch computes of the upper halves of our hashes."""
    return all(map(_is_datasketch, texts, sketch(texts).signatures))


def _is_datasketch(text: str, signature: Signatures) -> bool:
    plain = MinHash(num_perm=PERMUTATIONS, scheme=SCHEME, hashfunc=int)
    plain.update_batch(shingle_hashes(text) >> np.uint64(32))
    return bool((plain.hashvalues == signature).all())


def candidates(documents: int | None) -> Table:
    """What the pairs cost that signatures nominate."""
    with tempfile.TemporaryDirectory() as folder:
        series = grown(_NOMINATING, Path(folder), sizes(documents or NOMINATED), with_signatures=True)
    pairs = [{size: [f"{found.output:,}"] for size, found in each.measured().items()} for each in series]
    rows = [row for each, last in zip(series, pairs, strict=True) for row in _rows(each, series[0], last)]
    notes = (
        f"Signatures at hand, {_BANDS.count} bands of {_BANDS.rows} values; datasketch has cleaner's own signatures, "
        "rensa those that it makes itself.",
        f"cleaner leaves out pairs whose signatures say that a similarity of {_SIMILAR} isn't possible; the others "
        "name all with a common band.",
        _bound(),
    )
    return Table(CANDIDATES, (*_COLUMNS, "pairs"), rows, notes, _ratios("candidates", series))


def groups(documents: int | None) -> Table:
    """What groups cost from texts at hand, and from a file to a file without what is left out."""
    with tempfile.TemporaryDirectory() as name:
        folder, wanted = Path(name), sizes(documents)
        from_texts = grown(_FROM_TEXTS, folder, wanted)
        from_files = grown(_FROM_FILES, folder, wanted)
        agreement = Agreement.with_own(from_texts[0], _texts(written(folder, wanted[0])))
    rows = [
        row
        for series in (from_texts, from_files)
        for each in series
        for row in _rows(each, series[0], _shares(each, agreement))
    ]
    notes = (
        f"Runs of {NGRAM} letters or digits, {PERMUTATIONS} permutations, {_BANDS.count} bands of {_BANDS.rows} "
        f"values, one thread. datatrove in words: its own for Chinese; text-dedup, which takes words alone: its texts "
        "were given with blanks between letters.",
        "cleaner compares what it nominates by all shingles of the texts, finds parts of texts too, and from file to "
        "file lists every pair and the sentences that differ; datasketch and rensa compare signatures; data-juicer, "
        "datatrove and text-dedup take every common band for likeness.",
        f"Pairs: of one group, among {wanted[0]:,} documents; those that are alike have a similarity of {_SIMILAR} "
        "or one is a part of the other, by comparison of texts.",
        "text-dedup works in a process that it forks, whose memory isn't counted.",
        "Signatures are more than half of cleaner's time from texts, and most of that is what numpy needs for so many "
        "permutations alone (see the table of signatures): fifty times data-juicer's speed would leave less than that.",
        _bound(),
    )
    ratios = _ratios("groups", from_texts) | _ratios("groups", from_files)
    return Table(GROUPS, (*_COLUMNS, "of cleaner's pairs", "its pairs alike"), rows, notes, ratios, targets=_OF_GROUPS)


def sizes(documents: int | None) -> list[int]:
    """The smallest size, and ten times as many until there are so many; one size if so few are asked for."""
    most = documents or MOST
    found = [min(SMALLEST, most)]
    while found[-1] * 10 <= most:
        found.append(found[-1] * 10)
    return found


def written(folder: Path, size: int, *, with_signatures: bool = False) -> Path:
    """The file with so many documents, and their signatures beside it if they are wanted."""
    path = folder / str(size) / "documents.jsonl"
    if not path.exists():
        path.parent.mkdir()
        write_lines(path, size, sentences())
    if with_signatures:
        np.save(path.with_suffix(".npy"), sketch(_texts(path)).signatures)
    return path


def grown(
    contenders: Sequence[Contender], folder: Path, wanted: Sequence[int], *, with_signatures: bool = False
) -> list[Series]:
    """Every contender at every size, unless it would take too much there."""
    series = [Series(each, {}) for each in contenders]
    for size in wanted:
        given = written(folder, size, with_signatures=with_signatures)
        too_large = {each.contender.name: why for each in series if (why := each.too_large(size))}
        going = [each.contender for each in series if each.contender.name not in too_large]
        found = _in_turns(going, given) if size == wanted[0] else _one_by_one(going, given)
        for each in series:
            name = each.contender.name
            each.outcomes[size] = Unmeasured(too_large[name]) if name in too_large else found[name]
    return series


def _in_turns(contenders: Sequence[Contender], given: Path) -> dict[str, Outcome]:
    """Those that are quick again, for the best of several rounds."""
    first = contest(contenders, given, rounds=1)
    quick = [each for each in contenders if isinstance(it := first[each.name], Measured) and it.seconds <= QUICK]
    again = contest(quick, given, rounds=ROUNDS - 1)
    return {name: _better(outcome, again.get(name)) for name, outcome in first.items()}


def _better(outcome: Outcome, again: Outcome | None) -> Outcome:
    return best(outcome, again) if isinstance(outcome, Measured) and isinstance(again, Measured) else outcome


def _one_by_one(contenders: Iterable[Contender], given: Path) -> dict[str, Outcome]:
    """Each alone, so that no other holds memory meanwhile."""
    return {each.name: contest([each], given, rounds=1, patience=_PATIENCE)[each.name] for each in contenders}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What groups are compared with: the pairs that cleaner has in one group, and the texts' shingles."""

    own: frozenset[tuple[int, int]]
    sets: Sequence[Hashes]

    @classmethod
    def with_own(cls, series: Series, texts: Iterable[str]) -> Agreement:
        outcome = next(iter(series.outcomes.values()))
        pairs = _pairs(outcome.output) if isinstance(outcome, Measured) else frozenset()
        return cls(pairs, [shingles(text) for text in texts])

    def of(self, groups: Iterable[Sequence[int]]) -> list[str]:
        """The share of cleaner's pairs that are in one of these groups, and of theirs the share that are alike."""
        pairs = _pairs(groups)
        some = random.Random(_SEED).sample(sorted(pairs), min(_COMPARED, len(pairs)))
        alike = sum(self._is_alike(*pair) for pair in some)
        return [f"{len(pairs & self.own) / max(len(self.own), 1):.1%}", f"{alike / max(len(some), 1):.1%}"]

    def _is_alike(self, one: int, other: int) -> bool:
        part, whole = sorted((self.sets[one], self.sets[other]), key=len)
        return jaccard(part, whole) >= _SIMILAR or containment(part, whole) >= CONTAINED


def _pairs(groups: Iterable[Sequence[int]]) -> frozenset[tuple[int, int]]:
    return frozenset(pair for group in groups for pair in combinations(sorted(group), 2))


def _shares(series: Series, agreement: Agreement) -> dict[int, list[str]]:
    """The last cells of a row by its size; the groups of the smallest size alone are compared."""
    size, outcome = next(iter(series.outcomes.items()))
    return {size: agreement.of(outcome.output)} if isinstance(outcome, Measured) else {}


def _rows(series: Series, own: Series, last: Mapping[int, list[str]]) -> Iterator[list[str]]:
    """A row for each size, the growth in the last one; `last` are the last cells by size."""
    measured = series.measured()
    for size, outcome in series.outcomes.items():
        name = f"{series.contender.name}, {size:,}"
        if not isinstance(outcome, Measured):
            yield unmeasured(name, outcome)
            continue
        growth = series.growth() if size == max(measured) else ""
        each, times = f"{1e6 * outcome.seconds / size:.0f}", _times(outcome, own.outcomes[size])
        yield [name, each, times, _memory(outcome), growth, *last.get(size, [])]


def _ratios(table: str, series: Sequence[Series]) -> dict[str, float | None]:
    """Of each peer, at the smallest size."""
    size = next(iter(series[0].outcomes))
    own = series[0].outcomes[size]
    return {f"{table}: {each.contender.name}": ratio(each.outcomes[size], own) for each in series[1:]}


def _times(found: Outcome, own: Outcome) -> str:
    times = ratio(found, own)
    return f"{times:.1f}" if times else ""


def _memory(found: Measured) -> str:
    """What it took beyond what it had at hand."""
    return f"{max(found.peak - found.before, 0) / 1e3:.0f}"


def _bound() -> str:
    return f"Who must be expected to take more than {BOUND:.0f} s or {ROOM / 1e9:.0f} GB is left out."


def _texts(given: Path) -> list[str]:
    with given.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]
