"""Rules by Python's own `re`: on each line the patterns whose literals it has, or first all joined into one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import process_time
from typing import Any, Final, NamedTuple

HAN: Final = (
    r"\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufa6d\ufa70-\ufad9\U00016fe2-\U00016fe3\U00016ff0-\U00016ff1\U00020000-\U0002fa1d\U00030000-\U000323af"
)
CLASS: Final = re.compile(r"\\p\{Han\}|\\.|[\[\]]", re.DOTALL)


Literal = tuple[str, Sequence[int]]  # and the rules that have it


class Rule(NamedTuple):
    """What a rule is to `re`; a span rule has no longest line."""

    search: Callable[[str], Any]
    longest: float
    spares: Callable[[str], Any] | None


def written(pattern: str) -> str:
    """A pattern with ranges for hanzi, whose class `re` has not, and brackets in a class as it wants them."""
    parts: list[str] = []
    start, is_class = 0, False
    for sign in CLASS.finditer(pattern):
        parts.append(pattern[start : sign.start()])
        start = sign.end()
        if sign[0] == r"\p{Han}":
            parts.append(HAN if is_class else f"[{HAN}]")
        elif sign[0] == "[" and is_class:
            parts.append(r"\[")
        else:
            is_class = sign[0] == "[" or (is_class and sign[0] != "]")
            parts.append(sign[0])
    return "".join([*parts, pattern[start:]])


def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(written(pattern), re.ASCII)  # as re2 reads \d, \s and \w


def rule_of(told: dict[str, Any]) -> Rule:
    longest = told["longest"] if told["scope"] == "line" else float("inf")
    unless = compiled(told["unless"]).search if told["unless"] else None
    return Rule(compiled(told["pattern"]).search, longest, unless)


def rules(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Folded lines → which rules match which, as (text, line, rule); `joined` asks for one pattern of all first."""
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["lines"] for line in lines]
    start = process_time()
    with open(options["rules"], encoding="utf-8") as file:
        definitions = json.load(file)
    known = [rule_of(told) for told in definitions]
    asking: dict[str, list[int]] = {}  # the rules by their literals
    for number, told in enumerate(definitions):
        for literal in told["needs"]:
            asking.setdefault(literal, []).append(number)
    literals: list[Literal] = list(asking.items())
    joined = compiled("|".join(f"(?:{told['pattern']})" for told in definitions)) if options.get("joined") else None
    loading = process_time() - start

    def run() -> dict[str, Any]:
        found = [
            (text, line, number)
            for text, lines in enumerate(texts)
            for there in (those_in("\n".join(lines), literals),)
            for line, folded in enumerate(lines)
            if joined is None or joined.search(folded)
            for number in matching(known, there, folded)
        ]
        return {"found": found, "loading": loading, "refused": []}

    return run


def those_in(text: str, literals: Iterable[Literal]) -> list[Literal]:
    return [literal for literal in literals if literal[0] in text]


def matching(known: Sequence[Rule], literals: Sequence[Literal], line: str) -> Iterator[int]:
    """The numbers of the rules that match a line, which has few of these literals."""
    for number in sorted({number for _, numbers in those_in(line, literals) for number in numbers}):
        rule = known[number]
        if len(line) <= rule.longest and rule.search(line) and not (rule.spares and rule.spares(line)):
            yield number


TASKS = {"rules": rules}
