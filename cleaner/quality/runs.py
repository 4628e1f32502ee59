"""What the runs of a text's characters say: how many are Chinese ever written, and how many are said again.

Word replacement, by a spinner's list of synonyms or by a bad translation, puts words side by side that nobody puts
there: the runs of three hanzi across them are unknown to the language model. Of the measures tried, among them the
mean log-probability and the share of unlikely sentences, the share of known runs tells such text best from clean
text, for it asks neither how rare the words are nor what they are about: `python -m bench.quality` shows it beside
the others. Next: `effects`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.cached import cached
from cleaner.fold import Codes, fold_codes
from cleaner.language import load
from cleaner.quality.kinds import DIGIT, KANJI, OTHER, Kinds, of_all

Windows = NDArray[np.uint64]

REPEAT_LENGTH: Final = 10  # characters: a clause; a Chinese word has two, so this is a 5-gram of words
_LOOKED_AT: Final = 256  # runs of a long text at least: neighbours say much the same, and each costs a cache miss
_BITS: Final = 22  # of a hash: a table of 4 MB, in which 16 % of the unknown runs pass for known
_FOUR: Final = np.dtype("<u8")  # four characters of 16 bits
_MULTIPLIER: Final = 0x9E3779B97F4A7C15  # odd, so that no character is lost; 2^64 / golden ratio
_MIX: Final = np.uint64(_MULTIPLIER)
_MIX_THREE: Final = np.uint64(_MULTIPLIER << 16 & (1 << 64) - 1)  # pushes the fourth character out
_SHIFT: Final = np.uint64(64 - _BITS)


class Known(NamedTuple):
    """Runs of three hanzi that were looked at, and those of them that the model knows."""

    runs: int
    known: int


def windows(points: Codes) -> Windows:
    """Each character of a text and the three behind it as one number, so that runs are made by arithmetic.

    Shape (len(points) - 3,), nothing for a shorter text. A character is 16 bits of its fold, so that scripts and
    widths are one; marks and blanks, but not digits, are 0.
    """
    if points.size < 4:
        return np.empty(0, np.uint64)
    numbers = _numbers().take(points)
    return np.ndarray((points.size - 3,), _FOUR, numbers, 0, (2,)).copy()


def known(of: Windows, kinds: Kinds) -> Known:
    """How many runs of three hanzi the model knows, of `windows` and the kinds of the same characters.

    Some unknown runs pass for known, the same share in every text. Runs across marks and line ends are none. Of a
    text above 512 characters every second run is looked at, above 768 every third, and so on.
    """
    step = max(1, of.size // _LOOKED_AT)
    is_hanzi = kinds <= KANJI
    are_hanzi = is_hanzi[:-3:step] & is_hanzi[1:-2:step]
    are_hanzi &= is_hanzi[2:-1:step]
    is_known = _known().take(_hashes(of[::step]))
    is_known &= are_hanzi
    return Known(int(np.count_nonzero(are_hanzi)), int(np.count_nonzero(is_known)))


def said_again(of: Windows) -> float:
    """Share of a text's runs of `REPEAT_LENGTH` characters that stand further above in it too, 0 to 1.

    That is seq-rep-10 of Welleck et al. 2020 (1 - distinct / all n-grams) with characters for words, and close to
    Gopher's share of characters in duplicate 10-grams (Rae et al. 2021, as datatrove counts it: later copies alone).
    A line said twice counts as all its runs do, unless it is shorter than a run. Runs of nothing but marks and
    blanks, such as rulers, don't count. Two runs are one if their 32-bit hashes are.
    """
    if of.size <= REPEAT_LENGTH - 4:
        return 0.0
    runs = of[:-6] * _MIX
    runs += of[4:-2]
    runs *= _MIX
    runs += of[6:]
    ordered = runs.view(np.uint32)[1::2].copy()  # the upper halves, where all ten characters meet
    ordered.sort()
    empty = int(np.searchsorted(ordered, 0, "right")) if ordered[0] == 0 else 0
    again = int(np.count_nonzero(ordered[1:] == ordered[:-1])) - max(empty - 1, 0)
    return again / (ordered.size - empty) if again else 0.0


def _hashes(of: Windows) -> NDArray[np.int64]:
    """The place of the first three characters of each window in the table of known runs."""
    hashes = of * _MIX_THREE
    hashes >>= _SHIFT
    return hashes.view(np.int64)


@cache
def _numbers() -> NDArray[np.uint16]:
    """What stands for each code point in a window, shape (0x110000,)."""
    places = np.flatnonzero((of_all() <= OTHER) | (of_all() == DIGIT))
    table = np.zeros(0x110000, np.uint16)
    table[places] = fold_codes(places.astype(np.uint32))
    return table


@cache
def _known() -> NDArray[np.bool_]:
    """Whether the model keeps a run with this hash; shape (2 ** _BITS,)."""
    packed = np.frombuffer(b64decode(cached("known-runs", (), _packed)), np.uint8)
    return np.unpackbits(packed).view(np.bool_)


def _packed() -> str:
    """The same, eight to a byte, as JSON can hold it."""
    model = load()
    characters = model.characters.astype(np.uint64)
    row, third = np.divmod(model.triples, characters.size)
    first, second = np.divmod(model.pairs[row], characters.size)
    keys = characters[first] | characters[second] << np.uint64(16) | characters[third] << np.uint64(32)
    table = np.zeros(1 << _BITS, np.bool_)
    table[_hashes(keys)] = True
    return b64encode(np.packbits(table).tobytes()).decode()
