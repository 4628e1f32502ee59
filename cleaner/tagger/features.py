"""What a line looks like and where it stands, as features that can be weighed. Next: `model`, which weighs them.

A feature is one answer to one question, such as "letters: 3+" or "follow words in a short line: 1". All lines of a
page are described at once: an answer is a byte, and the answers to a question, line by line, are a column of bytes.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from itertools import accumulate, pairwise, product
from operator import eq, mul, or_, sub
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.gate import Gate
from cleaner.shapes import Row, Shape
from cleaner.tagger.letters import (
    BAR,
    BLANK,
    CLASSES,
    DIGIT,
    HANZI,
    LETTER,
    NO_PAIRS,
    PAUSE,
    SIGN,
    STOP,
    Indexes,
    Letters,
)

Answers = NDArray[np.uint8]


class Question(NamedTuple):
    """A group of features of which every line has exactly one: its name and the answers."""

    name: str
    answers: tuple[str, ...]


# --- what is counted -------------------------------------------------------------------------------------------

_COUNTED: Final = [PAUSE, STOP, BAR, SIGN, BLANK]
_SHARED: Final = [DIGIT, LETTER, HANZI]

# Lower bounds of buckets.
_LENGTHS: Final = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 70, 120)
_ROUGH_LENGTHS: Final = (1, 5, 10, 20, 45)
_SHARES: Final = (0.01, 0.15, 0.4, 0.75, 0.95)
_PARTS: Final = (0.01, 0.1, 0.5, 0.9, 1)
_WORDS: Final = (0.01, 0.15, 0.3, 0.5, 0.75)
_DISTANCES: Final = (1, 2, 3, 6, 11)
_RANKS: Final = (1, 2, 3, 6)
_FAR: Final = (2, 5)
_PROSE_ON_PAGE: Final = (1, 200, 1000)
_SHORT: Final = 20  # letters below which a line counts as short
_REACH: Final = 3  # lines above and below that count as near
_INTRODUCTION: Final = 8  # characters of a line that introduces what follows by a colon
MOST: Final = 255  # letters beyond which lengths are not told apart, and what a byte holds
_NO_HINT: Final = ("dialogue", "citing", "picture")  # classes of cues that speak for an article

_MARKS: Final = (
    "none", "advert", "app", "buttons", "controls", "copyright", "counters", "credits", "disclaimer", "docshare",
    "forum", "markdown", "navigation", "pager", "prompts", "related", "residue", "share", "spam", "templates",
    "of another kind",
)  # fmt: skip
_SHAPES: Final = tuple(shape.value for shape in Shape)
_SHAPE_PLACES: Final = {shape: place for place, shape in enumerate(Shape)}
_PROSE: Final = _SHAPE_PLACES[Shape.PROSE]
_MARK_PLACES: Final = {mark: place for place, mark in enumerate(_MARKS)}
_LINKS: Final = ("none", "inside", "nothing else", "text inside", "text and nothing else")
_OPENINGS: Final = ("plain", "heading", "quote", "table", "bold", "code", "speech")


def _buckets(bounds: Sequence[float]) -> tuple[str, ...]:
    return (f"<{bounds[0]:g}", *(f"{bound:g}+" for bound in bounds))


def _looked_up(bounds: Sequence[float], *, parts: int = 1) -> bytes:
    """The bucket of each number of such parts, from 0 to `MOST`: a table for `bytes.translate`."""
    return bytes(bisect_right(bounds, number / parts) for number in range(MOST + 1))


_LENGTH_OF, _ROUGH_OF, _DISTANCE_OF, _RANK_OF, _FAR_OF = map(
    _looked_up, (_LENGTHS, _ROUGH_LENGTHS, _DISTANCES, _RANKS, _FAR)
)
_SHARE_OF, _PART_OF = (_looked_up(bounds, parts=100) for bounds in (_SHARES, _PARTS))
_WORDS_OF: Final = bytes([*(bucket + 1 for bucket in _looked_up(_WORDS, parts=100)[:NO_PAIRS]), 0])
_ONE_MORE: Final = bytes([*range(1, MOST + 1), 0])
_IS_SHORT: Final = bytes(letters < _SHORT for letters in range(MOST + 1))


@cache
def cues() -> dict[str, tuple[str, ...]]:
    """The words that hint at what a line is for, by class, from `cues.toml`."""
    content = tomllib.loads(Path(__file__).with_name("cues.toml").read_text("utf-8"))
    return {name: tuple(dict.fromkeys(words.split())) for name, words in content.items()}


@cache
def _gate() -> tuple[Gate, list[int]]:
    """The gate of all cues, and the class of each of its literals."""
    classes: dict[str, int] = {}
    for place, words in enumerate(cues().values()):
        for word in words:
            classes.setdefault(word, place)
    return Gate(classes), list(classes.values())


# --- questions -------------------------------------------------------------------------------------------------


def _pairs(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{one}, {two}" for one, two in product(left, right))


_ROUGHLY: Final = "letters, roughly"  # no question by itself
# Questions answered by the answers to two others.
_BOTH: Final = {
    "words of the prose, letters": ("words of the prose", _ROUGHLY),
    "words of the prose, prose above": ("words of the prose", "prose above"),
    "letters, end": (_ROUGHLY, "ends in"), "letters, prose above": (_ROUGHLY, "prose above"),
    "hints, prose above": ("hints", "prose above"), "hints, letters": ("hints", _ROUGHLY),
    "shape, prose above": ("shape", "prose above"), "shape, hints near": ("shape", "hints near"),
    "letters, marks near": (_ROUGHLY, "marks near"),
}  # fmt: skip


def _questions() -> tuple[Question, ...]:
    """All questions, in the order in which `describe` answers them."""
    yes, few = ("no", "yes"), ("0", "1", "2", "3+")
    parts, words = _buckets(_PARTS), ("no word", *_buckets(_WORDS))
    near = tuple(map(str, range(2 * _REACH + 1)))
    beside, distances = ("nothing", *_SHAPES), ("none", *_buckets(_DISTANCES))
    nearest = _pairs(_MARKS, _buckets(_FAR))
    alike = ("neither", "above", "below", "both")
    plain = {
        "any": ("line",),
        "letters": _buckets(_LENGTHS), "begins with": CLASSES, "ends in": CLASSES,
        "pauses": few, "stops": few, "bars": few, "signs": few, "blanks": few,
        "share of digits": _buckets(_SHARES), "share of letters": _buckets(_SHARES),
        "share of hanzi": _buckets(_SHARES),
        "shape": _SHAPES, "mark": _MARKS, "mark is sure": yes, "gap above": yes, "link": _LINKS, "opening": _OPENINGS,
        "gap below": yes, "settled": yes, "from the top": _buckets(_RANKS), "from the end": _buckets(_RANKS),
        "lines since prose": distances, "lines to prose": distances,
        "prose above": parts, "prose on the page": _buckets(_PROSE_ON_PAGE),
        "shape above": beside, "shape below": beside,
        "hints near": near, "marks near": near, "short lines near": near,
        "nearest mark above": nearest, "nearest mark below": nearest,
        "introduced": yes, "said": ("once", "again below", "above too", "above and below"),
        "as long as its neighbours": alike, "ends like its neighbours": alike, "hints": few,
        "words of the prose": words, "words of the first line": words,
    }  # fmt: skip
    known = {**plain, _ROUGHLY: _buckets(_ROUGH_LENGTHS)}
    both = {name: _pairs(known[one], known[other]) for name, (one, other) in _BOTH.items()}
    hints = {f"{name} words in a {size} line": ("0", "1", "2+") for size in ("short", "long") for name in cues()}
    return tuple(Question(name, answers) for name, answers in (plain | both | hints).items())


QUESTIONS: Final = _questions()
NAMES: Final = tuple(f"{question.name}: {answer}" for question in QUESTIONS for answer in question.answers)
_FIRST: Final = np.cumsum([0, *(len(question.answers) for question in QUESTIONS)])[:-1]
_ASKED: Final = [question.name for question in QUESTIONS]
_PLAIN: Final = [*_ASKED[: _ASKED.index(next(iter(_BOTH)))], _ROUGHLY]  # what `describe` answers first, in its order
_ONES, _OTHERS = ([_PLAIN.index(pair[side]) for pair in _BOTH.values()] for side in (0, 1))
_TIMES: Final = np.array(
    [[len(QUESTIONS[at].answers) if at < len(_PLAIN) - 1 else len(_ROUGH_LENGTHS) + 1] for at in _OTHERS], np.uint8
)


class Looks(NamedTuple):
    """How lines look: the answer to each question, shape (questions, lines), and letters, `MOST` at most."""

    answers: Answers
    letters: Answers

    @property
    def features(self) -> Indexes:
        """The answers as indexes into `NAMES`, shape (lines, questions): a kilobyte for each line."""
        return self.features_of(slice(None))

    def features_of(self, places: Sequence[int] | slice) -> Indexes:
        """The same of some lines, shape (places, questions)."""
        features: Indexes = self.answers[:, places].T + _FIRST
        return features


def describe(rows: Sequence[Row], settled: Collection[int]) -> Looks:
    """How lines look; `settled` are the places of rows that rules and place take already."""
    keys, alone = _alone(rows)
    shapes, marks = alone[0], alone[1]
    text = Letters.of(keys)
    counts, (first, last) = text.counts(), text.outer()
    letters = _bytes(np.minimum(counts[HANZI] + counts[DIGIT] + counts[LETTER], MOST))
    is_settled = bytearray(len(rows))
    for place in settled:
        is_settled[place] = True
    is_short = letters.translate(_IS_SHORT)
    is_taken = bytes(map(or_, map(bool, marks), is_settled))
    others = map(or_, is_taken, is_short)
    is_prose = bytes([shape == _PROSE and not is_other for shape, is_other in zip(shapes, others, strict=True)])
    prose = list(map(mul, letters, is_prose))
    hints, hinted = _hints(text, is_short)
    columns: list[bytes | bytearray] = [
        bytes(len(rows)), letters.translate(_LENGTH_OF), first, last,
        _bytes(np.minimum(counts[_COUNTED], 3)), _shares(counts), *alone, is_settled,
        _ranks(len(rows)), _ranks(len(rows))[::-1], *_both_ways(_distances, is_prose),
        _parts(prose), bytes([bisect_right(_PROSE_ON_PAGE, sum(prose))]) * len(rows), *_both_ways(_beside, shapes),
        _near(bytes(map(bool, hinted))), _near(is_taken), _near(is_short), *_both_ways(_nearest, marks),
        _introduced(rows), _said(keys), _alike([abs(one - other) <= 2 for one, other in pairwise(letters)]),
        _alike(map(eq, last, last[1:])), hinted, _bytes(text.shared(is_prose)).translate(_WORDS_OF),
        letters.translate(_ROUGH_OF),
    ]  # fmt: skip
    plain = _table(b"".join(columns), len(rows))
    both = plain[_ONES] * _TIMES + plain[_OTHERS]
    return Looks(np.concatenate([plain[:-1], both, _table(hints, len(rows))]), np.frombuffer(letters, np.uint8))


# --- answers ---------------------------------------------------------------------------------------------------

_ADDRESS: Final = re.compile(r"\]\([^()\s]*\)?|https?://[!-~]+")
_WHOLE_LINK: Final = re.compile(r"\W*(?:\d+\W*)?!?\[[^\]]*\]\([^()\s]*\)\W*")


def visible(key: str) -> str:
    """A line without the addresses of its links, unless it is nothing else."""
    return (_ADDRESS.sub("", key) or key) if "](" in key or "http" in key else key


def _bytes(numbers: Indexes) -> bytes:
    """Numbers below 256 as bytes, rows one after the other."""
    return numbers.astype(np.uint8).tobytes()


def _table(columns: bytes | bytearray, lines: int) -> Answers:
    """Columns of answers, one after the other, as rows of a table; shape (questions, lines)."""
    return np.frombuffer(columns, np.uint8).reshape(-1, lines)


def _both_ways(answered: Callable[[bytes], bytes], column: bytes | bytearray) -> tuple[bytes, bytes]:
    """Answers that lean on the lines above, and the same of the lines below."""
    return answered(bytes(column)), answered(bytes(column[::-1]))[::-1]


def _alone(rows: Sequence[Row]) -> tuple[list[str], list[bytearray]]:
    """What is visible of each line, and its shape, mark, whether that is sure, gap above, link, opening, gap below."""
    columns = [bytearray(len(rows)) for _ in range(7)]
    shapes, marks, is_sure, above, links, openings, below = columns
    for place, (_, key, shape, rule, has_gap) in enumerate(rows):
        shapes[place] = _SHAPE_PLACES[shape]
        if rule is not None:
            marks[place] = _MARK_PLACES.get(rule.kind, len(_MARKS) - 1)
            is_sure[place] = rule.where == "anywhere"
        if has_gap:
            above[place] = 1
        if key[0] in _OPENING_PLACES:
            openings[place] = _opening(key)
    below[:] = above[1:] + b"\1"
    keys = [row.key for row in rows]
    for place in _linked(keys):
        links[place] = _link(keys[place])
        keys[place] = visible(keys[place])
    return keys, columns


def _linked(keys: Sequence[str]) -> set[int]:
    """The places of the lines that may have a link."""
    whole = "\n".join(keys)
    marks = [mark for mark in ("](", "http", "www.") if mark in whole]
    return {place for mark in marks for place, key in enumerate(keys) if mark in key}


def _link(key: str) -> int:
    """What of a line is a link, as a place in `_LINKS`."""
    if "](" in key:
        return 4 if _WHOLE_LINK.fullmatch(key) else 3
    return 2 if key.startswith(("http", "www.")) and " " not in key else 1


_OPENING_PLACES: Final = {
    "#": 1, ">": 2, "|": 3, "*": 4, "`": 5, "{": 5, "}": 5, "<": 5, "/": 5, "“": 6, "「": 6,
}  # fmt: skip


def _opening(key: str) -> int:
    """How a line opens whose first character may say so."""
    opening = _OPENING_PLACES[key[0]]
    if key[0] == "*":
        return opening * (key.startswith("**") and key.endswith("**"))
    return opening * (key[0] != "/" or key.startswith("//"))


def _shares(counts: Indexes) -> bytes:
    """Buckets of the shares of digits, letters and hanzi among what isn't blank."""
    shown = np.maximum(counts.sum(0) - counts[BLANK], 1)
    return _bytes(counts[_SHARED] * 100 // shown).translate(_SHARE_OF)


def _parts(prose: Sequence[int]) -> bytes:
    """Bucket of the share of the page's prose that stands above each line, by its letters of prose."""
    total = max(sum(prose), 1)
    above = accumulate(prose, initial=0)
    return bytes([_PART_OF[letters * 100 // total] for letters, _ in zip(above, prose, strict=False)])


def _hints(text: Letters, is_short: bytes) -> tuple[bytearray, bytearray]:
    """How many cues of each class a short line says, up to 2, then a long line; and how many classes, up to 3."""
    gate, classes = _gate()
    ends: list[int] = text.ends.tolist()
    lines, hinting = len(ends), _hinting()
    counts, hinted = bytearray(2 * len(hinting) * lines), bytearray(lines)
    line = 0
    for cue, start, _ in gate.hits(text.text):
        while start > ends[line]:
            line += 1
        kind = classes[cue]
        place = (kind if is_short[line] else kind + len(hinting)) * lines + line
        if counts[place] < 2:
            counts[place] += 1
            if counts[place] == 1 and hinted[line] < 3:
                hinted[line] += hinting[kind]
    return counts, hinted


@cache
def _hinting() -> list[bool]:
    """Whether each class of cues speaks for furniture."""
    return [name not in _NO_HINT for name in cues()]


def _ranks(lines: int) -> bytes:
    """Bucket of each line's place from the top."""
    return _RANK_OF[:lines].ljust(lines, _RANK_OF[-1:])


def _distances(flags: bytes) -> bytes:
    """Bucket of the lines since the last one with a flag; 0 if there was none."""
    distances, last = bytearray(len(flags)), -1
    for place, flag in enumerate(flags):
        if flag:
            last = place
        if last >= 0:
            distances[place] = _DISTANCE_OF[min(place - last, MOST)] + 1
    return bytes(distances)


def _beside(shapes: bytes) -> bytes:
    """The shape of the line above each one, 0 if there is none."""
    return b"\0" + shapes[:-1].translate(_ONE_MORE)


def _near(flags: bytes) -> bytes:
    """How many of the lines around each one, itself left out, have a flag."""
    sums = list(accumulate(bytes(_REACH + 1) + flags + bytes(_REACH)))
    return bytes(map(sub, map(sub, sums[2 * _REACH + 1 :], sums), flags))


def _nearest(marks: bytes) -> bytes:
    """The mark of the nearest marked line above, itself left out, and how far it is."""
    nearest, last = bytearray(len(marks)), -1
    for place, mark in enumerate(marks):
        if last >= 0:
            nearest[place] = marks[last] * (len(_FAR) + 1) + _FAR_OF[min(place - last, MOST)]
        if mark:
            last = place
    return bytes(nearest)


def _alike(pairs: Iterable[bool]) -> bytes:
    """For each line 1 if it is like the one above, 2 if like the one below, 3 if like both."""
    known = [False, *pairs, False]
    return bytes([above + 2 * below for above, below in pairwise(known)])


def _introduced(rows: Sequence[Row]) -> bytearray:
    """Which rows stand right below a line of the article that ends in a colon, or in a list of short rows below it."""
    introduced = bytearray(len(rows))
    is_introduced = False
    for place, (_, key, shape, rule, has_gap) in enumerate(rows):
        if has_gap and introduced[place - 1]:
            is_introduced = False
        introduced[place] = is_introduced
        if key[-1] == ":" and rule is None and len(key) >= _INTRODUCTION:
            is_introduced = True
        elif is_introduced and shape is not Shape.SHORT and shape is not Shape.ITEM:
            is_introduced = False
    return introduced


def _said(keys: Sequence[str]) -> bytearray:
    """For each line 0 if it is said once, 1 if again below, 2 if above too, 3 if above and below."""
    said = bytearray(len(keys))
    if len(set(keys)) < len(keys):
        last: dict[str, int] = {}
        for place, key in enumerate(keys):
            if key in last:
                said[last[key]] += 1
                said[place] = 2
            last[key] = place
    return said
