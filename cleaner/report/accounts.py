"""What the account of a run needs to know of a document. Next: `suspicion`, who should be looked at first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from cleaner.quality import Quality
from cleaner.report.facts import Facts, in_all

NO_HANZI: Final[Mapping[str, int]] = {"source": 0, "text": 0, "removed": 0}  # which is all that older reports know


class Account(NamedTuple):
    """What the account of a run needs to know of a document.

    `dropped` is the rule that dropped it, and why. `is_lossy` says that its bytes cannot be had back from its text; of
    a page that means nothing, whose source is what was made of it. `hanzi` are those of source and text, and removed.
    """

    name: str
    outcome: str
    characters: dict[str, int]
    quality: Quality
    rules: dict[str, dict[str, int]]
    dropped: tuple[str, str] = ("", "")
    is_lossy: bool = False
    hanzi: Mapping[str, int] = NO_HANZI

    @classmethod
    def of(cls, told: Facts) -> Account:
        """The account of a document, from the facts about it."""
        quality, outcome = Quality(**told["quality"]), told["outcome"]
        last = told["layers"][-1][-1] if outcome == "dropped" else {"rule": "", "why": ""}
        dropped = last["rule"], last["why"]
        is_lossy = not told["lossless"] and "about" not in told
        return cls(
            told["name"],
            outcome,
            told["characters"],
            quality,
            told["rules"],
            dropped,
            is_lossy,
            told.get("hanzi", NO_HANZI),
        )

    @classmethod
    def again(cls, told: Mapping[str, Any]) -> Account:
        """What `_asdict` told, as JSON gives it back."""
        return cls(**{**told, "quality": Quality(*told["quality"]), "dropped": tuple(told["dropped"])})

    @property
    def hanzi_in_all(self) -> int:
        """Hanzi of the source, or those left and removed if they are more: repairs win some back."""
        return in_all(self.hanzi)

    @property
    def fate(self) -> str:
        """What the sums count it as: "written" or "dropped"."""
        return "dropped" if self.outcome == "dropped" else "written"

    def kinds(self) -> tuple[str, ...]:
        """The kinds of rules that found something, sorted."""
        return tuple(sorted({_kind(rule) for rule in self.rules}))

    def count_of(self, what: str, *, kind: str) -> int:
        """The sum of what `rules` counts under a name, for the rules of a kind."""
        return sum(counts.get(what, 0) for rule, counts in self.rules.items() if _kind(rule) == kind)

    def count_besides(self, what: str, *, kinds: Collection[str]) -> int:
        """The same for all rules but those of some kinds."""
        return sum(counts.get(what, 0) for rule, counts in self.rules.items() if _kind(rule) not in kinds)


def _kind(rule: str) -> str:
    return rule.partition("/")[0]


def by_kind(rules: Facts) -> dict[str, dict[str, int]]:
    """What rules did, by their kinds, sorted; of how many documents they did it in, nothing is said."""
    kinds: dict[str, dict[str, int]] = {}
    for rule in sorted(rules):
        sums = kinds.setdefault(_kind(rule), {})
        for what, number in rules[rule].items():
            if what != "files":
                sums[what] = sums.get(what, 0) + number
    return {kind: kinds[kind] for kind in sorted(kinds)}
