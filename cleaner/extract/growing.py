"""What stands beside the chosen box and is no furniture → main content too. Next: `choosing`, which asks.

The models were fitted to articles and threads, and take the box with most of what they know. In a small page that is
built of tables, lists and short lines the rest is as much content as the prose is: a summary, the second row of a
petition, the steps of a recipe. Losing it is worse than keeping a line of furniture, so the box grows over what
nothing speaks against, and keeps of what is in it all that nothing speaks against.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from cleaner.document import SURE
from cleaner.extract.features import Numbers, Places, View
from cleaner.extract.names import NAMES
from cleaner.extract.said import Flags, pieces

# Names of boxes over which it doesn't grow, and those that say nothing if a name of content stands beside them.
_STRONG, _WEAK = (
    sum(1 << NAMES.index(name) for name in names)
    for names in (("comment", "share", "advert", "nav", "foot", "popup", "user"), ("meta", "side"))
)
_HEADER: Final = 1 << NAMES.index("nav")
_CONTENT: Final = 1 << NAMES.index("content") | 1 << NAMES.index("thread")
_WORDS: Final = ("credit", "rights", "share", "related", "comment", "login", "count", "site", "prompt")
_WORDS_OF_SENTENCES: Final = ("credit", "rights", "site")  # which speak against a sentence too
_SHORT: Final = 40  # letters of a line that is told by its words
_LINKED: Final = 0.3  # of the letters of a block, from which on it is no plain one
# Elements of articles: a line in an item is no label of a button, as one in a `div` may be, and with some one may end.
_FURNITURE, _TITLE, _ITEM, _LINE, _CODE = 1, 2, 4, 8, 16
_TAGS: Final = {
    **dict.fromkeys("nav footer aside form".split(), _FURNITURE), "h1": _TITLE,
    **dict.fromkeys("dt th h2 h3 h4 h5 h6".split(), _ITEM),
    "p": _LINE, "pre": _ITEM | _LINE | _CODE,
    **dict.fromkeys("li dd td figcaption caption blockquote".split(), _ITEM | _LINE),
}  # fmt: skip
_SEEN_BY_SOME: Final = ("hidden", "hidden by a style sheet", "hidden by its size")
_FEWEST_HIDDEN: Final = 20  # letters of hidden prose that is kept
PROSE: Final = 20.0  # letters of prose, from which on a block goes only if that is nearly sure
_KIN: Final = 1 / 3  # of the lines that stand as one does, that stay, from which on it stays too


def tag_bits(view: View) -> Places:
    """What the tag of each box is for, as bits."""
    tags = view.blocks.stream.tags
    return np.array([_TAGS.get(tags[number], 0) for number in view.blocks.boxes], np.int64)


def grown(view: View, is_plain: Flags, tags: Places, start: int, end: int) -> tuple[int, int]:
    """The stretch from `start` to `end` of the chosen box, and the plain blocks that stand next to it.

    It ends at the title, at the first block that is not plain, and before headings and labels that nothing follows.
    What is hidden doesn't end it.
    """
    fits = is_plain.copy()
    fits[start:end] = True
    if view.head >= 0:
        fits[view.head] = start <= view.head < end
    stops = np.flatnonzero(~(fits | view.closed))
    at = int(np.searchsorted(stops, start))
    first = int(stops[at - 1]) + 1 if at else 0
    last = int(stops[at]) if at < len(stops) else len(fits)
    ends = np.flatnonzero(_may_end(view, tags)[first:last]) + first
    return min(int(ends.min(initial=start)), start), max(int(ends.max(initial=end - 1)) + 1, end)


def unveiled(view: View, is_plain: Flags, start: int, end: int) -> list[int]:
    """The places within the chosen box where prose is hidden that some reader may see: what opens, what fades in.

    Those who hide words from readers alone hide links, or say the same again; an article that folds its end hides text.
    """
    blocks, said = view.blocks, view.said
    is_prose = is_plain & view.closed & (said.stops > 0) & (said.letters >= _FEWEST_HIDDEN)
    found = [place for place in range(start, end) if is_prose[place] and blocks.hidden[place] in _SEEN_BY_SOME]
    texts = zip(blocks.texts, blocks.hidden, strict=True) if found else ()
    shown = {piece for text, why in texts if not why for piece in pieces(text)}
    return [place for place in found if not shown.issuperset(pieces(blocks.texts[place]))]


def leading(view: View, chances: Numbers, start: int, kept: Sequence[int]) -> frozenset[int]:
    """The places of prose between the title and the chosen box that the models aren't sure is furniture.

    There stand the summary of an encyclopedia above its table of facts, and the question above its answers; below the
    box, as above the title, what they are so unsure of is mostly of other articles. What the title says, or stays
    elsewhere, is left out.
    """
    if view.head < 0:
        return frozenset()
    is_prose = (view.prose >= PROSE) & (view.said.stops > 0) & (view.share <= _LINKED) & ~view.is_dated
    is_open = is_prose & ~_named_apart(view, start) & (chances > 1 - SURE)
    found = np.flatnonzero(is_open[:start])
    texts, said = view.blocks.texts, set(pieces(view.told.title))
    stays = {texts[place] for place in kept}
    between = found[found > view.head].tolist()
    return frozenset(
        place for place in between if texts[place] not in stays and not said.issuperset(pieces(texts[place]))
    )


def _named_apart(view: View, start: int) -> Flags:
    """Which blocks stand in furniture by its tag or name that ends before `start`; a question may stand in a header."""
    hints = view.called[0]
    is_named = (hints & _STRONG & ~_HEADER > 0) & (hints & _CONTENT == 0)
    is_furniture = is_named | (tag_bits(view) & _FURNITURE > 0)
    return view.within(*np.flatnonzero(is_furniture & (view.blocks.ends <= start)).tolist())


def plain(view: View, tags: Places, start: int, end: int) -> Flags:
    """Which blocks have no links, no words of furniture, and no box of furniture that isn't around the stretch too."""
    blocks, said, words = view.blocks, view.said, view.words
    hints = view.called[0]
    is_named = (hints & _STRONG > 0) | ((hints & _WEAK > 0) & (hints & _CONTENT == 0))
    is_named &= tags & _CODE == 0  # where `code`, `copy` and `tool` are no names of furniture
    is_apart = (blocks.firsts > start) | (blocks.ends < end)
    furniture = np.flatnonzero((is_named | (tags & _FURNITURE > 0)) & is_apart & (blocks.firsts < blocks.ends)).tolist()
    any_word, sure_word = (
        np.logical_or.reduce([words[kind] for kind in kinds]) for kinds in (_WORDS, _WORDS_OF_SENTENCES)
    )
    is_worded = (sure_word | (any_word & ~said.is_sentence)) & (said.letters <= _SHORT)
    is_plain: Flags = ~is_worded & (view.share <= _LINKED) & ~view.is_dated & (tags[blocks.inside] & _TITLE == 0)
    return is_plain & ~view.within(*furniture)


def _may_end(view: View, tags: Places) -> Flags:
    """Which blocks a page's main content may begin or end with."""
    return ~view.closed & ((tags[view.blocks.inside] & _LINE > 0) | (view.said.commas + view.said.stops > 0))


def alike(view: View, kept: Flags, tags: Places) -> Flags:
    """Which blocks are items of an article or a table, or stand as others do of which enough are kept."""
    own = view.blocks.inside
    _, kin = np.unique(view.sorts[own] * len(view.sorts) + view.sorts[view.blocks.above[own]], return_inverse=True)
    stay: Flags = (np.bincount(kin, kept) >= _KIN * np.bincount(kin, ~view.closed))[kin]
    return stay | (tags[own] & _ITEM > 0)
