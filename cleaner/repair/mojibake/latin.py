"""Latin, Cyrillic and other letters whose UTF-8 was read in a one-byte encoding: what ftfy does well.

Next: `mojibake`, which asks it where no Chinese comes out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any, Final

from cleaner.repair.mojibake.encodings import LOST
from cleaner.repair.mojibake.redecoding import Reading

KIND: Final = "utf8-as-one-byte"
_LONGEST: Final = 2_000  # characters of a run of words
_EVIDENCE: Final = 1.0  # less than any Chinese reading that is taken


def readings(run: str, start: int) -> Iterator[Reading]:
    """What ftfy makes of a run: `cafÃ©` is café, `itâ€™s` is it’s. Quotes, ligatures and width stay.

    Left alone: what comes out no better, in hanzi, or in letters of several scripts, as chance makes them; runs that
    lost something, which ftfy would guess at.
    """
    if not 1 < len(run) <= _LONGEST or LOST in run:
        return
    new = _ftfy().fix_encoding(run, _settings())
    if new != run and not is_bad(new) and _scripts(new) <= 1:
        yield Reading(start, start + len(run), new, KIND, _EVIDENCE)


def is_bad(text: str) -> bool:
    """Whether Latin letters stand together as they do in garbled text only."""
    return bool(_ftfy().badness.is_bad(text[:_LONGEST]))


def _scripts(text: str) -> int:
    """How many scripts the letters beyond ASCII are of; hanzi count for two."""
    names = {unicodedata.name(letter, "?").split()[0] for letter in text if letter > "\x7f" and letter.isalpha()}
    return len(names) + ("CJK" in names)


@cache
def _ftfy() -> ModuleType:
    import ftfy.badness  # noqa: PLC0415 - a tenth of a second that few texts need

    return ftfy


@cache
def _settings() -> Any:
    return _ftfy().TextFixerConfig(
        unescape_html=False, remove_terminal_escapes=False, fix_latin_ligatures=False, fix_character_width=False,
        uncurl_quotes=False, fix_line_breaks=False, fix_surrogates=False, remove_control_chars=False,
        normalization=None, explain=False,
    )  # fmt: skip
