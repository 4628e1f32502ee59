"""What a line looks like and where it stands, as features that can be weighed. Next: `model`, which weighs them.

A feature is one answer to one question, such as "letters: 3+" or "follow words in a short line: 1". All lines of a
page are described at once, by counting classes of characters.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.gate import Gate
from cleaner.shapes import Row, Shape

Indexes = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Question(NamedTuple):
    """A group of features of which every line has exactly one: its name and the answers."""

    name: str
    answers: tuple[str, ...]


# --- what is counted -------------------------------------------------------------------------------------------

CLASSES: Final = ("blank", "hanzi", "digit", "letter", "stop", "pause", "colon", "bar", "bracket", "sign")
_BLANK, _HANZI, _DIGIT, _LETTER, _STOP, _PAUSE, _COLON, _BAR, _BRACKET, _SIGN = range(len(CLASSES))
_OF_CLASS: Final = {
    _STOP: "。!?;…．", _PAUSE: ",、", _COLON: ":", _BAR: "|>»›/_·•~",
    _BRACKET: "()[]【】《》〈〉「」『』“”‘’\"'<{}",
}  # fmt: skip
_COUNTED: Final = (_PAUSE, _STOP, _BAR, _SIGN, _BLANK)
_SHARED: Final = (_DIGIT, _LETTER, _HANZI)
_TEXT: Final = (_HANZI, _DIGIT, _LETTER)

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
MOST: Final = 255  # letters beyond which lengths are not told apart
_HASHES: Final = 1 << 15  # places for pairs of hanzi; a page has one or two thousand
_NO_HINT: Final = ("dialogue", "citing", "picture")  # classes of cues that speak for an article

_MARKS: Final = (
    "none", "advert", "app", "buttons", "controls", "copyright", "counters", "credits", "disclaimer", "docshare",
    "forum", "markdown", "navigation", "pager", "prompts", "related", "residue", "share", "spam", "templates",
    "of another kind",
)  # fmt: skip
_SHAPES: Final = tuple(shape.value for shape in Shape)
_SHAPE_PLACES: Final = {shape: place for place, shape in enumerate(Shape)}
_MARK_PLACES: Final = {mark: place for place, mark in enumerate(_MARKS)}
_LINKS: Final = ("none", "inside", "nothing else", "text inside", "text and nothing else")
_OPENINGS: Final = ("plain", "heading", "quote", "table", "bold", "code", "speech")


def _buckets(bounds: Sequence[float]) -> tuple[str, ...]:
    return (f"<{bounds[0]:g}", *(f"{bound:g}+" for bound in bounds))


def _looked_up(bounds: Sequence[float], values: Sequence[float]) -> Indexes:
    """The bucket of each value, as a table."""
    return np.searchsorted(bounds, values, side="right")


_LENGTH_OF: Final = _looked_up(_LENGTHS, range(MOST + 1))
_ROUGH_OF: Final = _looked_up(_ROUGH_LENGTHS, range(MOST + 1))
_PERCENT: Final = [value / 100 for value in range(101)]
_SHARE_OF, _PART_OF, _WORDS_OF = (_looked_up(bounds, _PERCENT) for bounds in (_SHARES, _PARTS, _WORDS))
_DISTANCE_OF, _RANK_OF, _FAR_OF = (
    _looked_up(bounds, range(bounds[-1] + 1)) for bounds in (_DISTANCES, _RANKS, _FAR)
)  # fmt: skip


@cache
def cues() -> dict[str, tuple[str, ...]]:
    """The words that hint at what a line is for, by class, from `cues.toml`."""
    content = tomllib.loads(Path(__file__).with_name("cues.toml").read_text("utf-8"))
    return {name: tuple(dict.fromkeys(words.split())) for name, words in content.items()}


@cache
def _gate() -> tuple[Gate, Indexes]:
    """The gate of all cues, and the class of each of its literals."""
    classes: dict[str, int] = {}
    for place, words in enumerate(cues().values()):
        for word in words:
            classes.setdefault(word, place)
    return Gate(classes), np.array(list(classes.values()))


@cache
def _class_table() -> NDArray[np.uint8]:
    """The class of every code point of the fold, shape (0x110000,)."""
    table = np.full(0x110000, _SIGN, np.uint8)
    for low, high in ((0x3400, 0xA000), (0x20000, 0x32000)):
        table[low:high] = _HANZI
    kinds = {"Zs": _BLANK, "Cc": _BLANK, "Zl": _BLANK, "Zp": _BLANK, "Nd": _DIGIT}
    for point in range(0x3400):
        category = unicodedata.category(chr(point))
        table[point] = _LETTER if category.startswith("L") else kinds.get(category, _SIGN)
    for kind, letters in _OF_CLASS.items():
        table[[ord(letter) for letter in letters]] = kind
    return table


# --- questions -------------------------------------------------------------------------------------------------


def _pairs(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{one}, {two}" for one, two in product(left, right))


def _questions() -> tuple[Question, ...]:
    """All questions, in the order in which `describe` answers them."""
    yes, few = ("no", "yes"), ("0", "1", "2", "3+")
    rough, parts, words = _buckets(_ROUGH_LENGTHS), _buckets(_PARTS), ("no word", *_buckets(_WORDS))
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
        "words of the prose, letters": _pairs(words, rough), "words of the prose, prose above": _pairs(words, parts),
        "letters, end": _pairs(rough, CLASSES), "letters, prose above": _pairs(rough, parts),
        "hints, prose above": _pairs(few, parts), "hints, letters": _pairs(few, rough),
        "shape, prose above": _pairs(_SHAPES, parts), "shape, hints near": _pairs(_SHAPES, near),
        "letters, marks near": _pairs(rough, near),
    }  # fmt: skip
    hints = {f"{name} words in a {size} line": ("0", "1", "2+") for size in ("short", "long") for name in cues()}
    return tuple(Question(name, answers) for name, answers in (plain | hints).items())


QUESTIONS: Final = _questions()
NAMES: Final = tuple(f"{question.name}: {answer}" for question in QUESTIONS for answer in question.answers)
_FIRST: Final = np.cumsum([0, *(len(question.answers) for question in QUESTIONS)])[:-1]


class Looks(NamedTuple):
    """How lines look: the answer to each question, shape (questions, lines), and letters, `MOST` at most."""

    answers: NDArray[np.uint8]
    letters: Indexes

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
    keys = [visible(row.key) for row in rows]
    text = _Letters.of(keys)
    counts, first, last = text.counted()
    letters = np.minimum(counts[:, _TEXT].sum(1), MOST)
    looks = np.array([_look(row) for row in rows])
    shapes, marks = looks[:, 0], looks[:, 1]
    is_settled = np.zeros(len(rows), np.bool_)
    is_settled[list(settled)] = True
    is_prose = (shapes == _SHAPES.index(Shape.PROSE.value)) & (marks == 0) & (letters >= _SHORT) & ~is_settled
    hints, hinted = _hints(keys)
    is_short = letters < _SHORT
    rough, part = _ROUGH_OF[letters], _parts(letters * is_prose)
    near = _near(np.stack([hinted > 0, (marks > 0) | is_settled, is_short]))
    of_prose, of_first = _shared_words(text, is_prose)
    parts, roughs, nears = len(_PARTS) + 1, len(_ROUGH_LENGTHS) + 1, 2 * _REACH + 1
    place = np.arange(len(rows))
    columns = [
        np.zeros_like(place), _LENGTH_OF[letters], first, last,
        *np.minimum(counts[:, _COUNTED], 3).T, *_shares(counts),
        *looks.T,
        np.append(looks[1:, 3], 1), is_settled, _ranks(place), _ranks(place[::-1]),
        _distances(is_prose), _distances(is_prose[::-1])[::-1],
        part, np.full_like(place, np.searchsorted(_PROSE_ON_PAGE, (letters * is_prose).sum(), side="right")),
        np.append(0, shapes[:-1] + 1), np.append(shapes[1:] + 1, 0),
        *near, _nearest(marks), _nearest(marks[::-1])[::-1],
        _introduced(rows), _said(keys), _alike(np.abs(np.diff(letters)) <= 2), _alike(np.diff(last) == 0), hinted,
        of_prose, of_first, of_prose * roughs + rough, of_prose * parts + part,
        rough * len(CLASSES) + last, rough * parts + part, hinted * parts + part, hinted * roughs + rough,
        shapes * parts + part, shapes * nears + near[0], rough * nears + near[1],
    ]  # fmt: skip
    answers = np.empty((len(QUESTIONS), len(rows)), np.uint8)
    for number, column in enumerate(columns):
        answers[number] = column
    np.multiply(hints, is_short, out=answers[len(columns) : -len(hints)])
    np.multiply(hints, ~is_short, out=answers[-len(hints) :])
    return Looks(answers, letters)


# --- answers ---------------------------------------------------------------------------------------------------

_ADDRESS: Final = re.compile(r"\]\([^()\s]*\)?|https?://[!-~]+")
_WHOLE_LINK: Final = re.compile(r"\W*(?:\d+\W*)?!?\[[^\]]*\]\([^()\s]*\)\W*")


def visible(key: str) -> str:
    """A line without the addresses of its links, unless it is nothing else."""
    return (_ADDRESS.sub("", key) or key) if "](" in key or "http" in key else key


def _look(row: Row) -> tuple[int, int, bool, bool, int, int]:
    """Answers of one line alone: shape, mark, whether that is sure, gap above, link, opening."""
    _, key, shape, rule, has_gap = row
    opening = _OPENING_PLACES.get(key[0], 0)
    link = _link(key) if "](" in key or "http" in key or "www." in key else 0
    if rule is None:
        return _SHAPE_PLACES[shape], 0, False, has_gap, link, opening and _opening(key, opening)
    mark = _MARK_PLACES.get(rule.kind, len(_MARKS) - 1)
    return _SHAPE_PLACES[shape], mark, rule.where == "anywhere", has_gap, link, opening and _opening(key, opening)


def _link(key: str) -> int:
    if "](" in key:
        return 4 if _WHOLE_LINK.fullmatch(key) else 3
    return 2 if key.startswith(("http", "www.")) and " " not in key else 1


_OPENING_PLACES: Final = {
    "#": 1, ">": 2, "|": 3, "*": 4, "`": 5, "{": 5, "}": 5, "<": 5, "/": 5, "“": 6, "「": 6,
}  # fmt: skip


def _opening(key: str, opening: int) -> int:
    """How a line opens whose first character may say so."""
    if key[0] == "*":
        return opening * (key.startswith("**") and key.endswith("**"))
    return opening * (key[0] != "/" or key.startswith("//"))


class _Letters(NamedTuple):
    """The characters of all lines in a row: code points, classes, and the line that each belongs to."""

    points: Indexes
    classes: NDArray[np.uint8]
    owners: Indexes
    sizes: Indexes

    @classmethod
    def of(cls, keys: Sequence[str]) -> _Letters:
        points = np.frombuffer("".join(keys).encode("utf-32-le", "surrogatepass"), np.uint32)
        sizes = np.array([len(key) for key in keys])
        return cls(points.astype(np.int64), _class_table()[points], np.repeat(np.arange(len(keys)), sizes), sizes)

    def counted(self) -> tuple[Indexes, Indexes, Indexes]:
        """Characters of each class in each line, shape (lines, classes); classes of each line's first and last one."""
        ends = np.cumsum(self.sizes)
        size = self.sizes.size * len(CLASSES)
        counts = np.bincount(self.owners * len(CLASSES) + self.classes, minlength=size)
        first, last = (self.classes[places].astype(np.int64) for places in (ends - self.sizes, ends - 1))
        return counts.reshape(-1, len(CLASSES)), first, last


def _shares(counts: Indexes) -> Indexes:
    """Buckets of the shares of digits, letters and hanzi among what isn't blank, shape (3, lines)."""
    shown = np.maximum(counts.sum(1) - counts[:, _BLANK], 1)
    buckets: Indexes = _SHARE_OF[(counts[:, _SHARED] * 100 // shown[:, None]).T]
    return buckets


def _parts(prose: Indexes) -> Indexes:
    """Bucket of the share of the page's prose that stands above each line, by its letters of prose."""
    above = np.cumsum(prose) - prose
    buckets: Indexes = _PART_OF[above * 100 // max(int(prose.sum()), 1)]
    return buckets


def _hints(keys: Sequence[str]) -> tuple[NDArray[np.uint8], Indexes]:
    """How many cues of each class a line says, up to 2, shape (classes, lines), and how many classes, up to 3."""
    gate, classes = _gate()
    counts = np.zeros((len(cues()), len(keys)), np.uint8)
    hits = gate.hits("\n".join(keys))
    if hits:
        found = np.array(hits)
        starts = np.cumsum([0, *(len(key) + 1 for key in keys)])
        owners = np.searchsorted(starts, found[:, 1], side="right") - 1
        places, times = np.unique(classes[found[:, 0]] * len(keys) + owners, return_counts=True)
        counts.reshape(-1)[places] = np.minimum(times, 2)
    return counts, np.minimum((counts[_hinting()] > 0).sum(0), 3)


@cache
def _hinting() -> Indexes:
    return np.array([place for place, name in enumerate(cues()) if name not in _NO_HINT])


def _near(flags: Flags) -> Indexes:
    """How many of the lines around each one, itself left out, have each flag; shape as given."""
    sums = np.zeros((flags.shape[0], flags.shape[1] + 1), np.int64)
    np.cumsum(flags, 1, out=sums[:, 1:])
    place = np.arange(flags.shape[1])
    low, high = np.maximum(place - _REACH, 0), np.minimum(place + _REACH + 1, flags.shape[1])
    near: Indexes = sums[:, high] - sums[:, low] - flags
    return near


def _ranks(place: Indexes) -> Indexes:
    ranks: Indexes = _RANK_OF[np.minimum(place, _RANKS[-1])]
    return ranks


def _distances(flags: Flags) -> Indexes:
    """Bucket of the lines since the last one with a flag; 0 if there was none."""
    place = np.arange(flags.size)
    last = np.maximum.accumulate(np.where(flags, place, -1))
    return np.where(last < 0, 0, _DISTANCE_OF[np.minimum(place - last, _DISTANCES[-1])] + 1)


def _nearest(marks: Indexes) -> Indexes:
    """The mark of the nearest marked line above, itself left out, and how far it is."""
    place = np.arange(marks.size)
    last = np.append(-1, np.maximum.accumulate(np.where(marks > 0, place, -1))[:-1])
    far = _FAR_OF[np.minimum(place - last, _FAR[-1])]
    return np.where(last < 0, 0, marks[last] * (len(_FAR) + 1) + far)


def _alike(pairs: Flags) -> Indexes:
    """For each line 1 if it is like the one above, 2 if like the one below, 3 if like both."""
    likeness: Indexes = np.append(0, pairs * 1) + np.append(pairs * 2, 0)
    return likeness


def _introduced(rows: Sequence[Row]) -> Flags:
    """Which rows stand right below a line of the article that ends in a colon, or in a list of short rows below it."""
    found: list[bool] = []
    is_introduced = False
    for row in rows:
        is_introduced &= not row.has_gap or not found[-1]
        found.append(is_introduced)
        if row.rule is None and row.key.endswith(":") and len(row.key) >= _INTRODUCTION:
            is_introduced = True
        elif row.shape not in (Shape.SHORT, Shape.ITEM):
            is_introduced = False
    return np.array(found)


def _said(keys: Sequence[str]) -> Indexes:
    """For each line 0 if it is said once, 1 if again below, 2 if above too, 3 if above and below."""
    counts = Counter(keys)
    if len(counts) == len(keys):
        return np.zeros(len(keys), np.int64)
    seen: Counter[str] = Counter()
    found = []
    for key in keys:
        seen[key] += 1
        found.append((seen[key] < counts[key]) + (seen[key] > 1) * 2)
    return np.array(found)


def _shared_words(text: _Letters, is_prose: Flags) -> tuple[Indexes, Indexes]:
    """Buckets of the share of each line's pairs of hanzi that the prose of other lines has, and the first line.

    0 for a line without such pairs. Pairs are told apart by a hash, which mistakes few for another.
    """
    points, classes, owners, sizes = text
    count, hanzi = sizes.size, classes == _HANZI
    where = np.flatnonzero(hanzi[:-1] & hanzi[1:] & (owners[:-1] == owners[1:]))
    pairs, owners = (points[where] * 40503 + points[where + 1]) % _HASHES, owners[where]
    total = np.bincount(owners, minlength=count)
    spoken, speakers = pairs[is_prose[owners]], owners[is_prose[owners]]
    first, last = np.full((2, _HASHES), -1, np.int32)
    first[spoken[::-1]], last[spoken] = speakers[::-1], speakers  # of equal places the last one written stays
    elsewhere = (first[pairs] != owners) & (first[pairs] >= 0) | (last[pairs] != owners) & (last[pairs] >= 0)
    in_first = np.zeros(_HASHES, np.bool_)
    in_first[pairs[owners == 0]] = True

    def buckets(flags: Flags) -> Indexes:
        part = np.bincount(owners, flags, count) * 100 // np.maximum(total, 1)
        return np.where(total > 0, _WORDS_OF[part.astype(np.int64)] + 1, 0)

    return buckets(elsewhere), buckets(in_first[pairs])
