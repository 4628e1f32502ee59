"""Characters of which only some bytes are known: filled in where the language model is sure. Next: `utf8`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import Codes, Script, codes, fold_codes, only_in
from cleaner.language import START, is_hanzi, load
from cleaner.repair.mojibake.encodings import LOST

_MARKS: Final = tuple(map(ord, "\N{IDEOGRAPHIC SPACE}、。《》「」『』【】！（），：；？“”‘’…—"))
_LINE_END: Final = re.compile(r"\s*(?:[\r\n<]|$)")
_MOST: Final = 96  # candidates kept for one character
_SURE: Final = 0.93  # chance of the likeliest candidate that takes it
_GARBAGE: Final = -8.5  # mean log-probability of hanzi below which they are no text
_OTHER_SCRIPT: Final = -5.0  # a simplified character in traditional text, or the other way
_STOP_AT_END: Final = 1.0  # for a full stop where a line ends, as most paragraphs do
_NOT_AT_END: Final = tuple(map(ord, "\N{IDEOGRAPHIC SPACE}、《「『【（“‘"))

Floats = NDArray[np.float64]


class Filled(NamedTuple):
    """Text with U+FFFD for what could not be told; how many characters were broken, and how many stayed lost."""

    text: str
    broken: int
    lost: int


@dataclass(frozen=True, slots=True)
class Hole:
    """A broken character: the code points it may be, and what of the text behind it was not its own."""

    points: Codes
    suffix: str = ""


def fill(tokens: Sequence[str | Hole]) -> Filled:
    """The text of stretches that are certain and of holes between them, each filled if one character fits best.

    How likely a character is says the language model, from those before and behind it, in the script of the rest.
    Where more is broken than certain, or what is certain is no Chinese, nothing is filled: there is nothing to
    go by.
    """
    count = sum(isinstance(token, Hole) for token in tokens)
    certain = "".join(token for token in tokens if isinstance(token, str))
    is_text = is_hanzi(certain).any() and load().mean(certain) > _GARBAGE
    if count > len(certain) or (count > 1 and not is_text):
        return Filled("".join(LOST if isinstance(token, Hole) else token for token in tokens), count, count)
    script = _script(certain)
    pieces: list[str] = []
    holes = left = 0
    groups = [list(group) for _, group in groupby(tokens, key=lambda token: isinstance(token, str))]
    for place, group in enumerate(groups):
        broken = [token for token in group if isinstance(token, Hole)]
        if not broken:
            pieces += map(str, group)
            continue
        before = pieces[-1][-1:] if pieces else ""
        after = str(groups[place + 1][0]) if place + 1 < len(groups) else ""
        filled = _filled(broken, before, after, script)
        holes += len(filled)
        left += sum(piece.startswith(LOST) for piece in filled)
        pieces += filled
    return Filled("".join(pieces), holes, left)


def _script(text: str) -> Script | None:
    """The script most of the text is written in; None if nothing tells."""
    letters = set(text)
    hans, hant = len(letters & only_in("hans")), len(letters & only_in("hant"))
    return None if hans == hant else "hans" if hans > hant else "hant"


def _filled(holes: list[Hole], before: str, after: str, script: Script | None) -> list[str]:
    """The characters that stand in a row of holes, U+FFFD where none is likely enough; with their suffixes."""
    choices = [_likeliest(hole.points, script, after if hole is holes[-1] else "") for hole in holes]
    if not all(points.size for points, _ in choices):
        return [LOST + hole.suffix for hole in holes]
    forward: list[Floats] = []
    contexts = _context(before)
    for points, prior in choices:
        step = _transitions(contexts, points) + prior
        total = step + (forward[-1][:, None] if forward else 0)
        forward.append(np.logaddexp.reduce(total, axis=0))
        contexts = points
    backward = _ending(contexts, after)
    found: list[str] = []
    for place in range(len(holes) - 1, -1, -1):
        points, prior = choices[place]
        found.append(_surest(points, forward[place] + backward))
        if place:
            step = _transitions(choices[place - 1][0], points) + prior
            backward = np.logaddexp.reduce(step + backward, axis=1)
    return [letter + hole.suffix for letter, hole in zip(reversed(found), holes, strict=True)]


def _surest(points: Codes, scores: Floats) -> str:
    chances = np.exp(scores - np.logaddexp.reduce(scores))
    best = int(chances.argmax())
    return chr(points[best]) if chances[best] >= _SURE else LOST


def _likeliest(points: Codes, script: Script | None, after: str) -> tuple[Codes, Floats]:
    """Of the code points those that text holds, the frequent first, with what speaks against each."""
    model = load()
    index = model.index_of(fold_codes(points))
    marks = np.isin(points, _MARKS)
    hanzi = (index >= 0) & (points >= 0x3400)
    weight = np.where(hanzi, model.frequency[index], np.where(marks, 1.0, 0.0))
    order = np.argsort(-weight)[:_MOST]
    points = points[order[weight[order] > 0]]
    prior = np.zeros(points.size)
    if script:
        prior[np.isin(points, codes("".join(only_in("hant" if script == "hans" else "hans"))))] = _OTHER_SCRIPT
    if _LINE_END.match(after):
        prior[np.isin(points, _NOT_AT_END)] += _OTHER_SCRIPT
        prior[points == ord("。")] += _STOP_AT_END
    return points, prior


def _context(letter: str) -> Codes:
    return codes(letter or "\n")


def _transitions(first: Codes, second: Codes) -> Floats:
    """Log-probability of each of `second` after each of `first`; shape (len(first), len(second))."""
    model = load()
    heads, tails = model.index_of(fold_codes(first)), model.index_of(fold_codes(second))
    heads = np.where(_hanzi(first), heads, START)
    pairs = model.pair_scores(np.repeat(heads, tails.size), np.tile(tails, heads.size)).reshape(heads.size, tails.size)
    marks: Floats = np.where(_hanzi(second)[None, :], pairs, model.mark_scores(second)[None, :])
    return marks


def _ending(points: Codes, after: str) -> Floats:
    """What the text behind says of each candidate for the last hole."""
    if not is_hanzi(after[:1]).any():
        return np.zeros(points.size)
    return _transitions(points, codes(after[:1]))[:, 0]


def _hanzi(points: Codes) -> NDArray[np.bool_]:
    return (points >= 0x3400) & (points <= 0x9FFF)
