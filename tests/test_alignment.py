"""Which characters of one text stand in another: what was deleted is found, whatever is drawn."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.alignment import Run, _by_letters, _without_overlaps, aligned, anchors, changes, credible
from cleaner.fold import codes
from tests.samples import story

WORDS = st.text("甲乙丙丁", max_size=30)


@st.composite
def deleted(draw: st.DrawFn) -> tuple[str, str]:
    """A text, long or short, and the same with some stretches deleted."""
    text = draw(WORDS | st.builds(story, st.integers(0, 5), sentences=st.just(8)))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return text, "".join(text[a:b] for a, b in zip([0, *cuts][::2], [*cuts, len(text)][::2], strict=False))


def check(runs: list[Run], first: str, second: str) -> None:
    """Runs are not empty, equal in both texts, in the order of both, and don't overlap."""
    done = begun = 0
    for run in runs:
        assert run.length > 0
        assert run.first >= done
        assert run.second >= begun
        done, begun = run.first + run.length, run.second + run.length
        assert first[run.first : done] == second[run.second : begun]
    assert done <= len(first)
    assert begun <= len(second)


def size(runs: list[Run]) -> int:
    return sum(run.length for run in runs)


@given(deleted())
def test_all_that_was_not_deleted_is_found(drawn: tuple[str, str]) -> None:
    text, rest = drawn
    runs = aligned(codes(text), codes(rest))
    check(runs, text, rest)
    assert size(runs) == len(rest)


@given(WORDS, WORDS)
@example("甲" * 30, "甲乙" * 15)
def test_as_much_is_found_from_either_side(first: str, second: str) -> None:
    there, back = aligned(codes(first), codes(second)), aligned(codes(second), codes(first))
    check(there, first, second)
    assert size(there) == size(back)


@given(deleted(), deleted())
def test_anchors_are_long_and_never_cross(one: tuple[str, str], other: tuple[str, str]) -> None:
    first, second = one[0] + other[1], one[1] + other[0]
    runs = anchors(codes(first), codes(second))
    check(runs, first, second)
    assert runs == anchors(codes(first), codes(second))


def test_runs_that_overlap_are_cut_and_those_within_others_are_none() -> None:
    assert _without_overlaps([Run(0, 0, 10), Run(2, 8, 5), Run(8, 12, 6)]) == [Run(0, 0, 10), Run(10, 14, 4)]


def test_a_run_takes_in_what_is_equal_beside_it() -> None:
    text = f"{'哈' * 40}今天天气很好，我们出去走走{'呵' * 40}"
    assert anchors(codes(f"甲{text}丙"), codes(f"乙{text}丁")) == [Run(1, 1, len(text))]


def test_what_stands_once_in_both_holds_long_texts_together() -> None:
    parts = [story(seed) for seed in range(40)]
    first, second = "".join(parts), "".join(part for at, part in enumerate(parts) if at % 3)
    runs = aligned(codes(first), codes(second))
    check(runs, first, second)
    assert len(first) * len(second) > 1 << 26
    assert size(runs) == len(second)


def test_a_long_text_that_repeats_itself_is_compared_in_pieces() -> None:
    first, second = "哈呵" * 15_000, "哈呵" * 14_000
    runs = _by_letters(codes(first), codes(second))
    check(runs, first, second)
    assert size(runs) > 0.9 * len(second)


def test_chance_makes_no_run() -> None:
    noise, missing = story(1), story(2, sentences=2)
    runs = aligned(codes(noise), codes(missing))
    assert size(runs) > 10
    assert credible(runs, len(noise), len(missing)) == [run for run in runs if run.length >= 4]
    assert size(credible(aligned(codes("産(chan)业(ye)"), codes("産业")), 11, 2)) == 2
    assert size(credible(aligned(codes(noise), codes(noise[3] + noise[90])), len(noise), 2)) == 0


@given(WORDS, WORDS)
def test_changes_make_one_text_of_the_other(old: str, new: str) -> None:
    made, done = [], 0
    for (start, end), (begin, stop) in changes(old, new):
        assert done <= start <= end
        assert (start, begin) != (end, stop)
        made += [old[done:start], new[begin:stop]]
        done = end
    assert "".join([*made, old[done:]]) == new
