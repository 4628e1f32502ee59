"""Documents that a user doesn't want, by their figures: `spam > .8`, `language != zh and characters < 200`.

A condition is read once, when a run is set up, and a document it holds of is dropped by one edit over all of it.
Next: `pipeline`, which makes that the last layer.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple, get_args

from cleaner.document import Document, Edit
from cleaner.errors import ConditionError
from cleaner.quality.scores import DROPPED, LanguageName, Quality, ScriptName, figures

Value = float | str

_COMPARISONS: Final[Mapping[str, Callable[[Value, Value], bool]]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {"script": get_args(ScriptName), "language": get_args(LanguageName)}
_COUNTS: Final = frozenset({"characters"})  # figures that are no shares

_TOKEN: Final = re.compile(r"\s*(?P<token>[<>=!]+|[^\s<>=!]+)")
_NUMBER: Final = re.compile(r"(\d+\.?\d*|\.\d+)")


class Comparison(NamedTuple):
    """One figure against a value."""

    figure: str
    sign: str
    value: Value

    def holds(self, quality: Quality) -> bool:
        """Whether it is true of a document with these figures."""
        return _COMPARISONS[self.sign](getattr(quality, self.figure), self.value)


class Condition(NamedTuple):
    """Comparisons that must all hold, and the words they were given in."""

    words: str
    comparisons: tuple[Comparison, ...]


def parse(words: str) -> Condition:
    """The condition that `words` state: NAME SIGN VALUE, several joined with `and`.

    Names are the figures of `Quality`; signs are < <= > >= == !=, of which figures that are words take the last two.
    Raises `ConditionError`, which says at which character what is wrong and what could stand there.

    >>> parse("spam > .8 and script == hans").comparisons[1]
    Comparison(figure='script', sign='==', value='hans')
    """
    tokens = [(match.start("token"), match["token"]) for match in _TOKEN.finditer(words)]
    comparisons = []
    for at in range(0, max(len(tokens), 1), 4):
        comparisons.append(_comparison(words, tokens[at : at + 3]))
        if len(tokens) > at + 3 and tokens[at + 3][1] != "and":
            raise _error(words, tokens[at + 3], "expected “and” between two comparisons, or for “or” a drop of its own")
        if len(tokens) == at + 4:
            raise _error(words, None, "expected a comparison behind “and”")
    return Condition(words.strip(), tuple(comparisons))


def find(document: Document, conditions: Sequence[Condition]) -> Iterator[Edit]:
    """One edit that drops all of the document's text, if one of the conditions holds of it; nothing else.

    The rule is named after the first figure of the first condition that holds; the reason gives the value of each.
    Of a text with nothing left the edit is empty, and says why it is dropped all the same.
    """
    quality = figures(document)
    for condition in conditions:
        if all(comparison.holds(quality) for comparison in condition.comparisons):
            named = dict.fromkeys(comparison.figure for comparison in condition.comparisons)
            values = " and ".join(f"{figure} is {getattr(quality, figure)}" for figure in named)
            rule = f"{DROPPED}/{condition.comparisons[0].figure}"
            yield Edit(0, document.text, "", rule, f"{values}: dropped, as asked by “{condition.words}”")
            return


def _comparison(words: str, tokens: Sequence[tuple[int, str]]) -> Comparison:
    """One comparison, from its three tokens."""
    name, sign, value = [*tokens, None, None, None][:3]
    if name is None or name[1] not in Quality._fields:
        raise _error(words, name, f"expected a figure{_nearest(name)}: {', '.join(Quality._fields)}")
    figure = name[1]
    signs = [known for known in _COMPARISONS if figure not in _NAMES or known in ("==", "!=")]
    if sign is None or sign[1] not in signs:
        raise _error(words, sign, f"expected one of {' '.join(signs)} behind {figure}")
    if value is None or not _is_value(figure, value[1]):
        raise _error(words, value, f"expected {_values_of(figure)} as the value of {figure}")
    return Comparison(figure, sign[1], value[1] if figure in _NAMES else float(value[1]))


def _is_value(figure: str, value: str) -> bool:
    if figure in _NAMES:
        return value in _NAMES[figure]
    return bool(_NUMBER.fullmatch(value)) and (figure in _COUNTS or float(value) <= 1)


def _values_of(figure: str) -> str:
    if figure in _NAMES:
        return "one of " + ", ".join(_NAMES[figure])
    return "a number" if figure in _COUNTS else "a number from 0 to 1"


def _nearest(name: tuple[int, str] | None) -> str:
    near = get_close_matches(name[1], Quality._fields, 1) if name else []
    return f", perhaps {near[0]}; figures are" if near else ""


def _error(words: str, token: tuple[int, str] | None, expected: str) -> ConditionError:
    found = f"{token[1]!r} at character {token[0] + 1}" if token else "the end"
    return ConditionError(f"drop {words!r}: {expected}; found {found}")
