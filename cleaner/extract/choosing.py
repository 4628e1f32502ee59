"""Which blocks are the main content: one box is chosen, and furniture within it left out. Next: `rendering`.

Three models in turn, all linear and small, their weights in `weights.json`, fitted by `bench.extraction` to pages whose
main content people marked: how likely each block is main content by itself, which box holds it, and which blocks in
that box are furniture all the same. A fourth tells threads from articles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from cleaner.extract.boxes import Candidates, candidates, stacked, weigh
from cleaner.extract.features import Numbers, View, describe
from cleaner.extract.growing import PROSE, alike, grown, leading, plain, tag_bits, unveiled
from cleaner.extract.kinds import cues
from cleaner.extract.names import KNOWN
from cleaner.extract.said import Flags

WEIGHTS: Final = Path(__file__).with_name("weights.json")
THREAD: Final = "thread, "  # before the name of a feature that counts in threads alone; by itself, for being one
_ARTICLE, _POST, _FURNITURE = (KNOWN.index(name) + 1 for name in ("article", "post", "furniture"))
_MANY: Final = 3  # boxes alike, that are posts if one of them by itself would be an article
_LEAST_OF_PROSE: Final = 0.05  # chance from which it stays; of the marked pages it costs no precision
_MOST_ODDS: Final = 12.0
_LIKELIEST: Final = 40  # boxes that are weighed against each other
_SHARPNESS: Final = 1.5  # of the chances of boxes, by cross-validation


@dataclass(frozen=True, slots=True)
class Linear:
    """A weight for each of some features, and one for none; in threads others: the second row and bias."""

    names: tuple[str, ...]
    weights: Numbers
    biases: Numbers

    def odds(self, features: Numbers, *, is_thread: bool = False) -> Numbers:
        """The weighed sum for each row; `features` as `stacked` by the model's names."""
        odds: Numbers = self.weights[int(is_thread)] @ features + self.biases[int(is_thread)]
        return odds

    def chances(self, features: Numbers, *, is_thread: bool = False) -> Numbers:
        """The chance of each row, from its log-odds."""
        odds = self.odds(features, is_thread=is_thread).clip(-_MOST_ODDS, _MOST_ODDS)
        chances: Numbers = 1 / (1 + np.exp(-odds))
        return chances

    @classmethod
    def of(cls, weights: Mapping[str, float], bias: float) -> Linear:
        """A model from its weights by name; those that begin with `thread, ` are added to others in threads."""
        names = tuple(name for name in weights if not name.startswith(THREAD))
        everywhere = np.array([weights[name] for name in names])
        in_threads = np.array([weights.get(f"{THREAD}{name}", 0.0) for name in names])
        return cls(
            names, np.array([everywhere, everywhere + in_threads]), np.array([bias, bias + weights.get(THREAD, 0.0)])
        )


@dataclass(frozen=True, slots=True)
class Models:
    """What tells threads, likely blocks, the box, and furniture in it; a block is kept from the chance `least` on."""

    thread: Linear
    block: Linear
    box: Linear
    keep: Linear
    least: float


@cache
def models() -> Models:
    """The models that come with the package."""
    content = json.loads(WEIGHTS.read_text("utf-8"))
    thread, block, box, keep = (Linear.of(**content[name]) for name in ("thread", "block", "box", "keep"))
    return Models(thread, block, box, keep, content["least"])


@dataclass(frozen=True, slots=True)
class Choice:
    """The blocks of the chosen box, from `start` up to `end`, and which of all blocks are kept; whether a thread.

    `chances` are those of all blocks of being main content, as far as they were asked for: a site file asks for none.
    `leading` are those above the box that stay because it isn't sure that they are furniture.
    """

    start: int
    end: int
    kept: tuple[int, ...]
    is_thread: bool
    chances: Numbers | None = None
    leading: frozenset[int] = frozenset()


def choose(view: View, address: str, found: Models | None = None, *, is_thread: bool | None = None) -> Choice:
    """What of a page is its main content, with the package's models or those given."""
    found = found or models()
    if is_thread is None:
        is_thread = tells_thread(found.thread, cues(view, address))
    table = describe(view)
    looks, stretches = stacked(table, found.block.names), candidates(view)
    chances = found.block.chances(looks, is_thread=is_thread)
    weighed = weigh(view, table, chances, stretches)
    best = safest(view, stretches, found.box.odds(stacked(weighed, found.box.names), is_thread=is_thread))
    start, end = int(stretches.starts[best]), int(stretches.ends[best])
    chances[start:end] = found.keep.chances(looks[:, start:end], is_thread=is_thread)
    least = np.where(view.prose >= PROSE, _LEAST_OF_PROSE, found.least)[start:end]
    kept = kept_of(view, chances[start:end] >= least, start)
    start, end, kept = _grown(view, start, end, kept)
    led = leading(view, chances, start, kept)
    kept = tuple(sorted({*kept, *led}))
    return Choice(start, end, of_thread(view, kept) if is_thread else kept, is_thread, chances, led)


def _grown(view: View, start: int, end: int, kept: Sequence[int]) -> tuple[int, int, tuple[int, ...]]:
    """The stretch of the box, and what is kept, with all that nothing speaks against."""
    stays = np.zeros(len(view.closed), bool)
    stays[list(kept)] = True
    tags = tag_bits(view)
    is_plain = plain(view, tags, start, end)
    first, last = grown(view, is_plain, tags, start, end)
    beside = is_plain & ~view.closed
    beside[start:end] &= alike(view, stays, tags)[start:end]
    beside[:first] = beside[last:] = False
    beside[unveiled(view, is_plain, start, end)] = True
    return first, last, tuple(np.flatnonzero(stays | beside).tolist())


def safest(view: View, found: Candidates, odds: Numbers) -> int:
    """The candidate whose expected F1 is highest, were any other the right one with the chance that its odds give.

    So where a small box and one around it are near equal, one between them that errs less is taken (minimum Bayes
    risk decoding: Kumar and Byrne, HLT-NAACL 2004).
    """
    top = np.argsort(-odds, kind="stable")[:_LIKELIEST]
    chances = np.exp((odds[top] - odds[top[0]]) * _SHARPNESS)
    letters = np.concatenate([[0.0], np.cumsum(np.where(view.closed, 0, view.said.letters))])
    starts, ends = found.starts[top], found.ends[top]
    first, last = np.maximum(starts[:, None], starts), np.minimum(ends[:, None], ends)
    shared = np.where(last > first, letters[last] - letters[first], 0.0)
    sizes = letters[ends] - letters[starts]
    return int(top[int(np.argmax(2 * shared / (sizes[:, None] + sizes + 1e-9) @ chances))])


def tells_thread(model: Linear, found: Sequence[float]) -> bool:
    """Whether cues, in the order of `CUES`, are those of a thread."""
    return bool(model.odds(np.array(found)) > 0)


def kept_of(view: View, stays: Flags, start: int) -> tuple[int, ...]:
    """The places of the blocks from `start` on that stay; all that are seen if it would be none."""
    seen = ~view.closed[start : start + len(stays)]
    kept = seen & stays
    return tuple((np.flatnonzero(kept if kept.any() else seen) + start).tolist())


def of_thread(view: View, kept: Sequence[int]) -> tuple[int, ...]:
    """What is kept of a thread: also its title and, if their boxes have names that are known, all posts.

    Posts stand apart from each other, so the box that holds them all may not be the one that was chosen. What stands
    around them goes, if it has a known name too, as do lines that say no more than when a post was written.
    """
    known = view.called[1]
    is_one_of_many = np.bincount(view.sorts)[view.sorts] >= _MANY
    posts = np.flatnonzero((known == _POST) | ((known == _ARTICLE) & is_one_of_many)).tolist()
    furniture = np.flatnonzero(known == _FURNITURE).tolist()
    in_posts = view.within(*posts)
    stays = np.zeros(len(view.closed), bool)
    stays[list(kept)] = True
    if len(posts) > 1:
        stays |= in_posts & ~view.closed
    if posts:
        stays &= in_posts | ~view.within(*furniture)
    stays &= in_posts | ~view.is_dated
    if view.head >= 0:
        stays[view.head] = True
    return tuple(np.flatnonzero(stays).tolist()) or tuple(kept)
