"""What is read off a pattern holds of every text the pattern matches, and says something where it can."""

from __future__ import annotations

import pytest
import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner import rules
from cleaner.fold import fold
from cleaner.pipeline import shipped_rule_files
from cleaner.preconditions import Precondition, loosened, precondition, stronger

# what must hold of any pattern

LETTERS = st.sampled_from("甲乙ab1 。-")
ATOMS = st.one_of(
    LETTERS,
    st.sampled_from(
        [r"\d", r"\s", r"\p{Han}", r"\.", ".", "[甲乙]", "[^甲]", "[a-c-]", r"[\s甲]", "[]a]", r"\x61", r"\b"]
    ),
    st.sampled_from(["^", "$"]),
)


def patterns() -> st.SearchStrategy[str]:
    """Patterns of a few letters, with bounds, groups, choices and counts anywhere."""
    return st.recursive(
        ATOMS,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=4).map("".join),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
            st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,3}", "{1,2}", "{2,}", "*?"])).map(
                lambda pair: f"({pair[0]}){pair[1]}"
            ),
        ),
        max_leaves=12,
    )


def meets(text: str, asked: Precondition) -> bool:
    """Whether a text meets a precondition."""
    return (
        len(text) >= asked.shortest
        and (asked.firsts is None or text[:1] in asked.firsts)
        and (asked.lasts is None or text[-1:] in asked.lasts)
        and (not asked.literals or any(literal in text for literal in asked.literals))
        and all(any(literal in text for literal in literals) for literals in asked.others)
        and (asked.letters is None or asked.letters.issuperset(text))
    )


@settings(max_examples=1500)
@given(patterns(), st.text(LETTERS, max_size=8))
@example("(^)甲", "甲")
@example("(^|-)甲", "乙-甲")
@example("(?:^甲|乙)$", "甲乙")
@example("(?:^|甲){2}乙", "甲乙")
@example("甲?$|乙", "乙a")
@example("(a|){2,}甲", "甲")
@example("^(甲|乙$)", "甲a")
def test_every_match_meets_what_its_pattern_asks(pattern: str, text: str) -> None:
    if re2.search(pattern, text):
        assert meets(text, precondition(pattern))
        assert re2.search(loosened(pattern), text)


def test_all_examples_of_the_shipped_rules_meet_what_their_patterns_ask() -> None:
    shipped = rules.load(shipped_rule_files()).rules
    texts = {text for rule in shipped for text in (*rule.keeps, *rule.flags, *(old for old, _ in rule.changes))}
    lines = {line.strip() for text in texts for line in fold(text).split("\n")}
    asked = {rule.name: precondition(rule.engine.pattern) for rule in shipped}
    matched = [(rule, line) for rule in shipped for line in lines if rule.engine.search(line)]
    assert len(matched) > len(shipped)
    assert not [(rule.name, line) for rule, line in matched if not meets(line, asked[rule.name])]
    assert not [(rule.name, line) for rule, line in matched if not re2.search(loosened(rule.engine.pattern), line)]


# what it tells


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        ("^(打开|进入)应用$", (4, "打进", "用", {"应用"})),
        ("^[(]?打印[)]?$", (2, "(打", ")印", {"打印"})),
        (r"^\s*关注.{0,8}$", (2, " \t\n\f\r关", None, {"关注"})),
        ("返回|后退一步", (2, None, None, {"返回", "后退一步"})),
        ("^(热|新){2}", (2, "热新", None, {"热", "新"})),
        (r"^\p{Han}{2}网$", (3, None, "网", {"网"})),
        ("(?:^甲|^乙)丙", (2, "甲乙", None, {"丙"})),
        ("^甲|乙$", (1, None, None, {"甲", "乙"})),
        (r"^[^。]{0,9}\d\x61$", (2, None, "a", {"a"})),
        ("^甲*$", (0, None, None, set())),
    ],
)  # fmt: skip
def test_a_pattern_tells_what_it_asks(pattern: str, asked: tuple[int, str | None, str | None, set[str]]) -> None:
    shortest, firsts, lasts, literals = asked
    found = precondition(pattern)
    assert found.shortest == shortest
    assert found.firsts == (None if firsts is None else frozenset(firsts))
    assert found.lasts == (None if lasts is None else frozenset(lasts))
    assert found.literals == literals


@pytest.mark.parametrize(
    "pattern", ["(?i)^a", "^(?i:a)", r"^\Qa.b\E", r"^\C", r"^a\101", "^" + "(" * 80 + "a" + ")" * 80]
)
def test_what_is_not_understood_asks_nothing(pattern: str) -> None:
    assert precondition(pattern) == Precondition()


def test_a_set_that_holds_too_much_tells_nothing() -> None:
    assert precondition("^[一-龥]$").firsts is None
    assert precondition(r"^[\d甲]$").firsts == frozenset("0123456789甲")


def test_a_pattern_without_counts_stays_as_it_is() -> None:
    assert loosened(r"^[甲{2}]+\x{4e00}\p{Han}\{3}$") == r"^[甲{2}]+\x{4e00}\p{Han}\{3}$"


@pytest.mark.parametrize(
    ("literals", "other", "chosen"),
    [
        (["加"], ["加微信", "好友"], ["加微信", "好友"]),
        (["加微信"], ["好友"], ["加微信"]),
        (["广告"], ["http"], ["广告"]),  # every page has addresses
        (["©"], ["20", "19"], ["©"]),
        (["加"], [], ["加"]),
    ],
)
def test_the_rarer_literals_are_chosen(literals: list[str], other: list[str], chosen: list[str]) -> None:
    assert stronger(frozenset(literals), frozenset(other)) == frozenset(chosen)
