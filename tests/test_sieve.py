"""A sieve lets through just the rules whose demands a line meets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import sieve
from cleaner.preconditions import Precondition
from cleaner.sieve import Demand, Sieve, numbers
from cleaner.units import View

LETTERS = "甲乙丙a "
SETS = st.none() | st.frozensets(st.sampled_from("甲乙a"), min_size=1)
DEMANDS = st.builds(
    Demand,
    st.frozensets(st.text(LETTERS, min_size=1, max_size=3), min_size=1, max_size=3),
    st.integers(1, 9),
    st.builds(Precondition, st.integers(0, 3), SETS, SETS),
)
LINES = st.lists(st.text(LETTERS, max_size=12), max_size=6)


def is_met(line: str, demand: Demand) -> bool:
    """Whether a line meets a demand, one thing after the other."""
    key, asked = line.strip(" "), demand.condition
    return (
        any(literal in line for literal in demand.literals)
        and asked.shortest <= len(key) <= demand.longest
        and (asked.firsts is None or key[:1] in asked.firsts)
        and (asked.lasts is None or key[-1:] in asked.lasts)
    )


@given(st.lists(DEMANDS, max_size=9), LINES)
def test_a_line_calls_the_rules_whose_demands_it_meets(demands: list[Demand], lines: list[str]) -> None:
    gate = Sieve(demands)
    called = [list(numbers(call)) for call in gate.calls(lines)]
    assert called == [list(numbers(call)) for call in gate.calls(lines)]
    assert called == [[place for place, demand in enumerate(demands) if is_met(line, demand)] for line in lines]


@given(st.lists(DEMANDS, max_size=5), LINES, LINES)
def test_what_is_remembered_of_lines_is_what_a_new_sieve_says(
    demands: list[Demand], before: list[str], after: list[str]
) -> None:
    used = Sieve(demands)
    View("\n".join(before), used).calls  # noqa: B018  asked for what it leaves behind
    text = "\n".join([*before[::2], *after])
    assert View(text, used).calls == View(text, Sieve(demands)).calls


def test_what_is_remembered_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "_REMEMBERED", 1000)
    gate = Sieve([Demand(frozenset(("甲",)))])
    for number in range(100):
        assert gate.calls([f"甲{number}", "乙"]) == [1, 0]
        assert len(gate._known) <= 12


def test_what_another_thread_forgets_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "_REMEMBERED", -1)
    gate = Sieve([Demand(frozenset(("分享",)))])

    class Interrupted(list[str]):
        def __iter__(self) -> Iterator[str]:
            gate.calls(["另一个线程的一行"])
            return super().__iter__()

    assert gate.calls(Interrupted(["分享", "甲"])) == [1, 0]


def test_lone_surrogates_move_nothing() -> None:
    gate = Sieve([Demand(frozenset(("分享",)), 4), Demand(frozenset(("甲",)))])
    assert gate.calls(["\udc80分享", "甲", "\udc80分享\udc80分享"]) == [0b01, 0b10, 0]


def test_more_rules_than_a_machine_word_has_bits() -> None:
    demands = [Demand(frozenset((f"甲{number}。",))) for number in range(300)]
    assert [list(numbers(call)) for call in Sieve(demands).calls(["甲299。甲7。", "甲"])] == [[7, 299], []]
