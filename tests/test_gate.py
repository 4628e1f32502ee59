"""A gate finds every literal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaner.gate import Gate


@given(st.sets(st.text("甲乙", min_size=1, max_size=3)), st.text("甲乙丙", max_size=12))
def test_a_gate_finds_every_occurrence_of_every_literal(literals: set[str], text: str) -> None:
    gate = Gate(sorted(literals))
    expected = [
        (index, start, start + len(literal))
        for index, literal in enumerate(gate.literals)
        for start in range(len(text))
        if text.startswith(literal, start)
    ]
    assert sorted(gate.hits(text)) == expected


def test_a_gate_passes_over_lone_surrogates() -> None:
    assert Gate(["分享"]).hits("\udc80分享") == [(0, 1, 3)]
