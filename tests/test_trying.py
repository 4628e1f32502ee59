"""A rule that is tried: what it matches, what it takes in place and why not, and whose examples it breaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cleaner import rules
from cleaner.errors import RuleError
from cleaner.pipeline import Cleaner
from cleaner.workbench.trying import Match, Tried, broken_by, try_rule
from tests.samples import CLOSE, LEAD, MIDDLE

MEDAL = "勳章：元老 灌水"


def tried(text: str, pattern: str, folder: Path, cleaner: Cleaner, **told: Any) -> Tried:
    path = folder / "a.txt"
    path.write_text(text, "utf-8")
    most = told.pop("most", 20)
    return try_rule(rules.to_try(pattern, **told), [path], cleaner, most=most)


def test_what_goes_is_told_with_its_place_and_the_lines_around_it(tmp_path: Path, cleaner: Cleaner) -> None:
    found = tried(f"{LEAD}\n\n{CLOSE}\n\n{MEDAL}\n", "^勋章:.*$", tmp_path, cleaner)
    assert found.shown == [Match("a.txt", 5, CLOSE, MEDAL, "", 0, len(MEDAL), "goes")]
    assert (found.documents, found.hit, found.matches, found.characters) == (1, 1, 1, len(MEDAL))
    assert (found.taken, found.taken_characters) == (1, len(f"\n{MEDAL}\n"))  # with the blank line above it
    assert (found.stays.total(), found.by_others.total(), found.too_long, found.failed) == (0, 0, 0, 0)


def test_structure_spares_a_marked_line_inside_the_article(tmp_path: Path, cleaner: Cleaner) -> None:
    text = f"{LEAD}\n山坡上的勋章:一枚旧的\n{MIDDLE}\n{CLOSE}\n"
    found = tried(f"{LEAD}\n山坡的小树苗\n{text}", "^山坡上的勋章", tmp_path, cleaner)
    assert (found.matches, found.taken, found.by_others.total()) == (1, 0, 0)
    (why,) = found.stays
    assert why in ("it stands inside the article", "it stands alone above a sentence, as a heading does")
    assert found.shown[0].fate.startswith(f"stays: {why}")


def test_a_rule_that_holds_anywhere_takes_the_same_line(tmp_path: Path, cleaner: Cleaner) -> None:
    text = f"{LEAD}\n山坡上的勋章:一枚旧的\n{MIDDLE}\n"
    assert tried(text, "^山坡上的勋章", tmp_path, cleaner, where="anywhere").taken == 1


def test_what_others_take_already_is_told_and_shown_last(tmp_path: Path, cleaner: Cleaner) -> None:
    text = f"{LEAD}\n{CLOSE}\n分享让更多人看到\n分享勋章\n"
    found = tried(text, "^分享", tmp_path, cleaner)
    assert found.by_others == {"share/share-prompt": 1}
    assert [(match.line, match.fate) for match in found.shown] == [
        ("分享勋章", "goes"),
        ("分享让更多人看到", "goes by share/share-prompt already"),
    ]


def test_lines_that_are_too_long_are_counted_by_themselves(tmp_path: Path, cleaner: Cleaner) -> None:
    found = tried(f"{LEAD}\n{CLOSE}\n{MEDAL}{'甲' * 40}\n{MEDAL}\n", "^勋章:", tmp_path, cleaner)
    assert (found.matches, found.too_long) == (1, 1)


def test_equal_lines_are_shown_once_and_no_more_than_asked_for(tmp_path: Path, cleaner: Cleaner) -> None:
    lines = "".join(f"{MEDAL}{number % 7}\n" for number in range(21))
    found = tried(f"{LEAD}\n{CLOSE}\n{lines}", "^勋章:", tmp_path, cleaner, most=3)
    assert found.matches == 21
    assert [match.line for match in found.shown] == [f"{MEDAL}{number}" for number in range(3)]
    assert found.again == {f"{MEDAL}{number}": 2 for number in range(3)}


def test_every_match_of_a_span_counts(tmp_path: Path, cleaner: Cleaner) -> None:
    text = f"他[勳章]坐下，又[勳章]站起来，看了看窗外的雨。\n{LEAD}\n"
    found = tried(text, r"\[勋章\]", tmp_path, cleaner, scope="span", replace="勋")
    assert (found.matches, found.characters, found.taken) == (2, 8, 2)
    (match,) = found.shown
    assert (match.line[match.start : match.end], match.fate) == ("[勳章]", "becomes “勋”")


def test_records_of_containers_are_read_and_what_cannot_be_read_is_told(tmp_path: Path, cleaner: Cleaner) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"id": "x", "text": f"{LEAD}\n{CLOSE}\n{MEDAL}\n"}, {"id": "y", "text": 7}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = try_rule(rules.to_try("^勋章:"), [path, tmp_path / "none.txt"], cleaner)
    assert [(match.name, match.number) for match in found.shown] == [("a.jsonl/x", 3)]
    assert (found.documents, found.failed) == (1, 2)
    assert {failure.name for failure in found.failures} == {"a.jsonl/y", "none.txt"}


@pytest.mark.parametrize(
    ("pattern", "told", "says"),
    [
        ("勳章", {}, "write '勋' for '勳'"),
        ("APP", {}, "write 'ap' for 'AP'"),
        (r"^試用地址：\S+\p{Han}", {}, r"write '试:' for '試：', as in \^试用地址:\\S\+\\p\{Han\}$"),
        ("勋章(?=:)", {}, "no look-around"),
        (r"\S+", {}, "name such literals by --needs"),
        ("勋章", {"needs": ["勳章"]}, "write '勋章' for '勳章'"),
        ("勋章", {"scope": "span", "where": "edge"}, "belong to line rules"),
        ("勋章", {"replace": "x"}, "replace belongs to span rules"),
        ("勋章", {"longest": 0}, "1 at least"),
        (".*", {"needs": ["勋章"]}, "matches nothing at all"),
    ],
)
def test_what_can_be_no_rule_is_refused(pattern: str, told: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleError, match=says):
        rules.to_try(pattern, **told)


def test_literals_are_told_from_the_pattern() -> None:
    assert set(rules.to_try("^(打印|列印)本页$").needs) == {"本页"}
    assert rules.to_try("^勋章", ["勋"]).needs == ("勋",)


def test_broken_examples_are_those_that_come_out_otherwise(cleaner: Cleaner) -> None:
    broken = broken_by(rules.to_try("分享让更多人看到,才是", scope="span"), cleaner)
    assert [(each.rule, each.key) for each in broken] == [("share/share-prompt", "keeps")]
    assert "分享让更多人看到" not in broken[0].became
    assert broken_by(rules.to_try("^一句谁也没有写过的话$"), cleaner) == []


def test_a_flag_that_is_hidden_is_broken_too(cleaner: Cleaner) -> None:
    flagging = next(rule for rule in cleaner.rules.rules if rule.flag and rule.scope == "line")
    literal = next(need for need in flagging.needs if need in flagging.flags[0])
    hiding = rules.to_try(f".*{literal}.*", [literal], scope="span")
    assert (flagging.name, "flags") in {(each.rule, each.key) for each in broken_by(hiding, cleaner)}
