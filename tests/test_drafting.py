"""A rule drafted from a line: what it says, that it proves itself, and what is refused or left for its writer."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cleaner import rules
from cleaner.document import Document
from cleaner.errors import InputError, RuleError
from cleaner.pipeline import Cleaner
from cleaner.verdicts import Verdict
from cleaner.workbench import drafting
from cleaner.workbench.drafting import Drafted, add, draft, known, new_file
from cleaner.workbench.pointing import Spot
from tests.samples import CLOSE, LEAD, MIDDLE, cleaner_with

MEDAL = "勳章：元老 灌水 2024-05-07"
KEEP = "掌柜把三枚勋章放在桌上，谁也不说话。"
PAGE = f"{LEAD}\n{KEEP}\n{CLOSE}\n{MEDAL}\n勳章：元老 灌水 2023-11-30\n"


def drafted(text: str, number: int, cleaner: Cleaner, *verdicts: Verdict, rule_id: str = "forum-medal") -> Drafted:
    return draft(Spot(Document.of(text, name="a.txt"), number), rule_id, "site", cleaner, verdicts)


def wrong(old: str, context: str, *, rule: str = "forum/medal", is_right: bool = False) -> Verdict:
    return Verdict("b.txt", rule, (0, len(old)), old, "", context, is_right)


def test_a_draft_is_the_line_with_what_varies_generalised(cleaner: Cleaner) -> None:
    table = drafted(PAGE, 4, cleaner).table
    assert table["pattern"] == r"^勋章:元老\s+灌水\s+\d+([.,:/-]\d+)*[万亿kw]?$"
    assert (table["scope"], table["where"], table["needs"]) == ("line", "edge", ["勋章"])
    assert table["changes"] == [[f"{CLOSE}\n{MEDAL}\n", f"{CLOSE}\n"]]
    assert table["keeps"] == [f"{KEEP}\n"]


def test_a_draft_proves_itself_and_takes_its_line(cleaner: Cleaner, tmp_path: Path) -> None:
    found = drafted(PAGE, 4, cleaner)
    assert found.is_proven
    path = tmp_path / "site.toml"
    add(found, "a.txt:4", path)
    own = Cleaner(rule_files=[path])  # which proves all rules
    assert own.clean(PAGE).text == f"{LEAD}\n{KEEP}\n{CLOSE}\n"
    assert {edit.rule for edit in own.clean(PAGE).edits} == {"site/forum-medal"}


def test_a_line_between_sentences_has_both_in_its_example_if_it_goes_there(cleaner: Cleaner) -> None:
    line = "城南旧书交流会报名从速欲购从早"
    table = drafted(f"{LEAD}\n{line}\n\n{MIDDLE}\n{CLOSE}\n", 2, cleaner).table
    assert table["where"] == "anywhere"
    assert table["changes"] == [[f"{LEAD}\n{line}\n{MIDDLE}\n", f"{LEAD}\n{MIDDLE}\n"]]


def test_a_line_that_would_stay_where_it_stands_says_so(cleaner: Cleaner) -> None:
    found = drafted(f"{LEAD}\n{MEDAL}\n{CLOSE}\n", 2, cleaner)
    assert found.is_proven
    assert found.table["where"] == "edge"
    assert any("stays where it stands: it stands alone above a sentence" in told for told in found.left)


def test_a_sentence_is_told_to_be_one(cleaner: Cleaner) -> None:
    assert any("it is a sentence" in told for told in drafted(PAGE, 2, cleaner).left)
    assert not any("it is a sentence" in told for told in drafted(PAGE, 4, cleaner).left)


def test_without_a_line_that_has_its_words_the_keep_is_made_up_and_that_is_said(cleaner: Cleaner) -> None:
    found = drafted(f"{LEAD}\n{CLOSE}\n{MEDAL}\n", 3, cleaner)
    (keep,) = found.table["keeps"]
    assert "勋章" in keep
    assert any(told.startswith("no other line here holds “勋章”") for told in found.left)
    assert not any(told.startswith("no other line") for told in drafted(PAGE, 4, cleaner).left)


def test_a_word_of_hanzi_is_looked_for_rather_than_a_longer_one_of_letters(cleaner: Cleaner) -> None:
    found = drafted(f"{LEAD}\n{CLOSE}\nReaders 旧书铺 2024-05-07\n", 3, cleaner)
    assert found.table["needs"] == ["旧书铺"]


def test_what_reviewers_called_wrong_and_has_its_words_is_kept(cleaner: Cleaner) -> None:
    context = f"{LEAD}\n那枚勋章后来进了县里的博物馆\n{MIDDLE}\n"
    judged = [
        wrong("那枚勋章后来进了县里的博物馆\n", context),
        wrong("别的一行\n", f"{LEAD}\n别的一行\n{MIDDLE}\n"),
        wrong("勋章", "勋章是对的\n", is_right=True),
    ]
    found = drafted(PAGE, 4, cleaner, *judged)
    assert found.table["keeps"] == [f"{KEEP}\n", context]
    assert found.is_proven


def test_what_a_rule_still_takes_can_be_no_keep_and_is_left_to_do(cleaner: Cleaner) -> None:
    text = f"{LEAD}\n分享让更多人看到\n{MIDDLE}\n"
    judged = wrong("分享让更多人看到\n", text, rule="share/share-prompt")
    found = drafted(f"{LEAD}\n{KEEP}\n{CLOSE}\n分享勋章 3\n", 4, cleaner, judged)
    assert found.table["needs"] == ["分享勋章"]
    assert not any("share/share-prompt" in told for told in found.left)
    judged = wrong("分享勋章让更多人看到\n", f"{LEAD}\n分享勋章\N{ZERO WIDTH SPACE}\n{MIDDLE}\n", rule="share/x")
    judged = judged._replace(old="分享勋章\N{ZERO WIDTH SPACE}\n")
    found = drafted(f"{LEAD}\n{KEEP}\n{CLOSE}\n分享勋章 3\n", 4, cleaner, judged)
    assert any(told.startswith("share/x still takes “分享勋章") for told in found.left)


@pytest.mark.parametrize(
    ("text", "number", "rule_id", "error", "says"),
    [
        (PAGE, 4, "share-bar", RuleError, "the id is taken by share/share-bar"),
        (PAGE, 4, "share/share-bar", RuleError, "the id is taken by share/share-bar"),
        (PAGE, 4, "adult", RuleError, "the id is taken by spam/adult"),
        (PAGE, 4, "a b", RuleError, "write a name without blanks"),
        (f"{PAGE}\n", 6, "x", InputError, "is blank"),
        (f"{PAGE}分享让更多人看到\n", 6, "x", InputError, "share/share-prompt takes the line already"),
        (f"{PAGE}<br>\n", 6, "x", InputError, "nothing is left of the line before"),
        (f"{PAGE}2024-05-07\n", 6, "x", InputError, "holds no word that a rule could look for"),
        (f"{MEDAL}\n", 1, "x", InputError, "no sentence of an article stands near"),
    ],
)
def test_what_no_rule_can_be_made_of_is_refused(  # noqa: PLR0913, PLR0917
    text: str, number: int, rule_id: str, error: type[Exception], says: str, cleaner: Cleaner
) -> None:
    with pytest.raises(error, match=says):
        drafted(text, number, cleaner, rule_id=rule_id)


def test_a_draft_that_does_not_prove_itself_says_why(cleaner: Cleaner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "_failure", lambda rule, cleaner: "it breaks keeps of share/x")
    found = drafted(PAGE, 4, cleaner)
    assert not found.is_proven
    assert found.left[-1] == "it doesn't prove itself: it breaks keeps of share/x"


def test_a_rule_that_breaks_anothers_example_fails(cleaner: Cleaner) -> None:
    table = {
        "id": "x", "about": "x", "scope": "span", "needs": ["分享让"], "pattern": "把经验分享让",
        "changes": [["老褚把经验分享让大家听。\n", "老褚大家听。\n"]], "keeps": ["他们一起分享。\n"],
    }  # fmt: skip
    (rule,) = rules.of_tables("site", [table])
    assert drafting._failure(rule, cleaner).startswith("it breaks keeps of share/share-prompt: “她说，把经验分享让")


# files


def test_a_rule_is_added_behind_what_a_file_holds(tmp_path: Path, cleaner: Cleaner) -> None:
    path = tmp_path / "forum.toml"
    add(drafted(PAGE, 4, cleaner), "a.txt:4", path)
    before = "# mine, with a comment\n" + path.read_text("utf-8").rstrip("\n") + "  # and no line end"
    path.write_text(before, "utf-8")
    own = cleaner_with(*known(path))
    add(drafted(f"{LEAD}\n{CLOSE}\n鲜花 3 朵\n", 3, own, rule_id="flowers"), "b.txt:3", path)
    assert path.read_text("utf-8").startswith(before)
    assert [rule.id for rule in rules.read(path).rules] == ["forum-medal", "flowers"]
    with pytest.raises(RuleError, match="the id is taken by forum/flowers"):
        drafted(PAGE, 4, cleaner_with(*known(path)), rule_id="flowers")


def test_line_ends_of_a_file_stay_as_they_are(tmp_path: Path, cleaner: Cleaner) -> None:
    path = tmp_path / "forum.toml"
    path.write_bytes(b"about = 'x'\r\n")
    assert known(path) == []
    add(drafted(PAGE, 4, cleaner), "a.txt:4", path)
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n") > 5
    assert known(path) == [path]


def test_a_file_that_would_not_load_is_left_alone(tmp_path: Path, cleaner: Cleaner) -> None:
    path = tmp_path / "forum.toml"
    path.write_text("rule = []\n", "utf-8")
    with pytest.raises(RuleError):
        add(drafted(PAGE, 4, cleaner), "a.txt:4", path)
    assert path.read_text("utf-8") == "rule = []\n"


def test_a_new_file_names_the_schema_that_stands_near(tmp_path: Path, cleaner: Cleaner) -> None:
    found = drafted(PAGE, 4, cleaner)
    path = tmp_path / "rules" / "own" / "site.toml"
    assert not new_file(found, "a.txt:4", path).startswith("#:schema")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rule.schema.json").write_text("{}")
    assert new_file(found, "a.txt:4", path).startswith("#:schema ../rule.schema.json\n")
    assert new_file(found, "a.txt:4", path.parents[1] / "x.toml").startswith("#:schema ./rule.schema.json\n")


def test_hostile_names_and_lines_stay_within_their_comments(cleaner: Cleaner) -> None:
    text = f"{LEAD}\n{CLOSE}\n勋章'''\"\\ 元老\n"
    content = new_file(drafted(text, 3, cleaner), "a\n[[rule]]\nid='x'\N{RIGHT-TO-LEFT OVERRIDE}:3")
    (table,) = tomllib.loads(content)["rule"]
    assert table["id"] == "forum-medal"
    assert table["changes"][0][0] == f"{CLOSE}\n勋章'''\"\\ 元老\n"
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in content
