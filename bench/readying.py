"""A cleaner that has loaded all it ever loads: what a process needs once isn't counted against its first texts."""

from __future__ import annotations

from functools import cache
from typing import Final

from bench.garbling import LOSSLESS, LOSSY
from cleaner.fold import converted
from cleaner.pipeline import Cleaner, Script

NOTE: Final = (
    "What a process loads once (tables of encodings, for texts that are garbled; some 0.4 s) is loaded before: it "
    "cleans a sentence that was garbled in each of the ways of `bench.garbling`."
)
_SENTENCE: Final = "市图书馆今天重新开放，许多读者一早就在门口等候，馆长说新馆的藏书比过去多了一倍。\n"


@cache
def ready(script: Script = "keep") -> Cleaner:
    """A cleaner that converts to a script, after a sentence in each kind of garbling."""
    cleaner = Cleaner(script=script)
    for kind, garble in {**LOSSLESS, **LOSSY}.items():
        cleaner.clean(garble(converted(_SENTENCE, "hant") if "big5" in kind else _SENTENCE) * 3)
    return cleaner
