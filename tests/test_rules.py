"""Rule files: what they may say, what each rule then finds, and that no rule set loads that isn't true."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from cleaner import pipeline, rules
from cleaner.document import Document, Edit
from cleaner.errors import RuleError
from cleaner.rules import Rule, RuleSet
from cleaner.units import View
from tests.samples import LEAD, rule, rule_file

# what cannot be loaded


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"patern": "x"}, "unknown key 'patern'; did you mean 'pattern'?"),
        ({"zzz": 1}, "unknown key 'zzz'; known: id, about,"),
        ({"about": None}, "about is missing; every rule states id, about, needs, pattern, keeps and changes"),
        ({"needs": None}, "needs is missing; every rule states"),
        ({"pattern": None}, "pattern is missing; every rule states"),
        ({"keeps": None}, "keeps is missing; every rule states"),
        ({"needs": "打开应用"}, "needs must be a list, not '打开应用'"),
        ({"id": 7}, "id must be a str, not 7"),
        ({"id": "read on"}, "the id is 'read on'; write a name without blanks and slashes"),
        ({"id": "site/read-on"}, "the id is 'site/read-on'; write a name without blanks and slashes"),
        ({"id": ""}, "the id is ''; write a name without blanks and slashes"),
        ({"about": " "}, "about is empty; say in a few words what the rule finds"),
        ({"about": ["x"]}, "about must be a str, not ['x']"),
        ({"pattern": 1}, "pattern must be a str, not 1"),
        ({"replace": 0}, "replace must be a str, not 0"),
        ({"replace": "。"}, "replace belongs to span rules that don't flag; drop it or make the scope a span"),
        ({"longest": "9"}, "longest must be a int, not '9'"),
        ({"longest": True}, "longest must be a int, not True"),
        ({"longest": -1}, "longest is -1; write how many characters a line may have, 1 at least"),
        ({"longest": 0}, "longest is 0; write how many characters a line may have, 1 at least"),
        ({"flag": 1}, "flag must be a bool, not 1"),
        ({"heads": "yes"}, "heads must be a bool, not 'yes'"),
        ({"scope": "page"}, "scope is one of span, line, not 'page'"),
        ({"where": "top"}, "where is one of anywhere, edge, not 'top'"),
        ({"scope": "span", "where": "edge"}, " belong to line rules; drop them"),
        ({"scope": "span", "longest": 9}, " belong to line rules; drop them"),
        ({"scope": "span", "heads": True}, " belong to line rules; drop them"),
        ({"scope": "span", "unless": "请"}, " belong to line rules; drop them"),
        ({"unless": 1}, "unless must be a str, not 1"),
        ({"unless": "請"}, "the pattern is matched on the fold of the text: write '请' for '請'"),
        ({"unless": "请("}, "the pattern does not compile: missing )"),
        ({"changes": None}, "no example in changes; show at least one text"),
        ({"changes": []}, "no example in changes; show at least one text"),
        ({"flag": True}, "no example in flags; show at least one text"),
        ({"flags": ["打开应用"]}, "flags shows texts, but the rule doesn't flag; add flag = true or show changes"),
        ({"flags": "打开应用"}, "flags must be a list, not '打开应用'"),
        ({"changes": "打开应用"}, "changes must be a list, not '打开应用'"),
        ({"keeps": []}, "no example in keeps; show at least one text"),
        ({"needs": []}, "needs is empty; name a literal"),
        ({"needs": [1]}, "needs holds something other than text; write a list of strings"),
        ({"needs": ["打开应用", ["应用"]]}, "needs holds something other than text; write a list of strings"),
        ({"changes": [["打开应用", 1]]}, "changes holds ['打开应用', 1]; write pairs"),
        ({"keeps": [""]}, "keeps holds something other than text; write a list of strings"),
        ({"changes": [["打开应用看全文"]]}, "changes holds ['打开应用看全文']; write pairs"),
        ({"changes": ["打开应用看全文"]}, "changes holds '打开应用看全文'; write pairs"),
        ({"needs": ["打開應用"]}, "needs are matched on the fold of the text: write '打开应用' for '打開應用'"),
        ({"needs": ["ＡＰＰ"]}, "needs are matched on the fold of the text: write 'app' for 'ＡＰＰ'"),
        ({"pattern": "^打開应用"}, "the pattern is matched on the fold of the text: write '开' for '開'"),
        ({"pattern": "^打开应用A"}, "the pattern is matched on the fold of the text: write 'a' for 'A'"),
        ({"needs": ["下载"]}, f"no literal of needs occurs in the example '{LEAD}\\n打开应用看全文\\n'"),
        ({"pattern": "(?<!请)打开应用"}, "the pattern does not compile: "),
        ({"pattern": "打开应用(?=看)"}, "which has no look-around and no back-references: state the context"),
        ({"pattern": r"(打开)应用\1"}, "which has no look-around and no back-references: state the context"),
        ({"pattern": "(?<=请)打开应用"}, "which has no look-around and no back-references: state the context"),
        ({"pattern": "打开应用(?!了)"}, "which has no look-around and no back-references: state the context"),
        ({"pattern": "(?>打开)应用"}, "the pattern does not compile: "),
        ({"pattern": "打开应用++"}, "the pattern does not compile: bad repetition operator: ++"),
        ({"pattern": "{lead}打开应用"}, "the pattern uses {lead}, which [terms] doesn't hold; add it there"),
        ({"pattern": "打开应用("}, "the pattern does not compile: missing )"),
        ({"pattern": "打开应用[一-龥a-z]{0,1000}(?:[一-龥]{0,100}){9}"}, "instructions, more than"),
        ({"pattern": "(打开应用)?"}, "the pattern matches nothing at all; let it require at least one character"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_used_is_told_with_file_rule_what_and_what_to_do(
    tmp_path: Path, changed: dict[str, Any], says: str
) -> None:
    path = rule_file(tmp_path, rule(id="good"), rule(**changed))
    name = changed.get("id", "read-on") or "rule 2"
    with pytest.raises(RuleError, match=f"^{re.escape(f'{path}: {name}: ')}.*{re.escape(says)}"):
        rules.load([path])


def test_a_rule_without_an_id_is_told_by_its_number(tmp_path: Path) -> None:
    path = rule_file(tmp_path, rule(), rule(id=None))
    with pytest.raises(RuleError, match=re.escape(f"{path}: rule 2: id is missing")):
        rules.load([path])


@pytest.mark.parametrize("stems", [("site", "other"), ("site", "site")], ids=["two files", "one file"])
def test_an_id_is_taken_once(tmp_path: Path, stems: tuple[str, str]) -> None:
    paths = [rule_file(tmp_path, rule(), stem=stem) for stem in stems]
    with pytest.raises(RuleError, match=re.escape(f"{paths[1]}: read-on: the id is taken by {paths[0]}; give")):
        rules.load(paths)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[[rule]\n", "a rule file is UTF-8 TOML with [[rule]] tables"),
        ("about = '分享'".encode("gb18030"), "a rule file is UTF-8 TOML with [[rule]] tables"),
        (b"[[rules]]\n", "unknown key 'rules'; a rule file holds `about`, "),
        ("about = '没有规则'".encode(), "holds no rule; begin each with [[rule]]"),
        ("[[rule]]\nid = '甲'".encode("utf-16"), "a rule file is UTF-8 TOML with [[rule]] tables"),
        (b"rule = " + b"[" * 5000, "a rule file is UTF-8 TOML with [[rule]] tables"),
        (b"[[rule]]\nid = 'a'\nid = 'b'\n", "a rule file is UTF-8 TOML with [[rule]] tables"),
        (b"rule = 'x'", "rule is no array of tables; begin each rule with [[rule]]"),
        (b"terms = ['x']", "terms is no table of texts; write name = 'pattern' below [terms]"),
        (None, "No such file"),
    ],
    ids=[
        "broken TOML",
        "not UTF-8",
        "other tables",
        "no rules",
        "UTF-16",
        "nested too deep",
        "a key twice",
        "no tables",
        "terms in a list",
        "no file",
    ],
)
def test_a_file_that_cannot_be_used_is_told_by_its_path(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "site.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RuleError, match=f"^{re.escape(str(path))}: .*{re.escape(says)}"):
        rules.load([path])


def test_a_folder_is_no_rule_file(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=f"^{re.escape(str(tmp_path))}: Is a directory; a rule file is UTF-8 TOML"):
        rules.load([tmp_path])


def test_a_byte_order_mark_before_the_rules_does_no_harm(tmp_path: Path) -> None:
    path = rule_file(tmp_path, rule())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [loaded.id for loaded in rules.load([path]).rules] == ["read-on"]


def test_a_pattern_of_many_groups_within_groups_loads(tmp_path: Path) -> None:
    (loaded,) = rules.load([rule_file(tmp_path, rule(pattern=f"{'(' * 500}打开应用{')' * 500}"))]).rules
    assert loaded.holds("打开应用")


def test_a_rule_table_with_single_brackets_is_told(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(rule_file(tmp_path, rule()).read_text("utf-8").replace("[[rule]]", "[rule]"), "utf-8")
    with pytest.raises(RuleError, match=re.escape(str(path))):
        rules.load([path])


# what can be loaded


def test_a_rule_is_as_its_file_states_it(tmp_path: Path) -> None:
    (loaded,) = rules.load([rule_file(tmp_path, rule(where="edge", heads=True))]).rules
    assert (loaded.kind, loaded.id, loaded.name) == ("site", "read-on", "site/read-on")
    assert (loaded.scope, loaded.where, loaded.heads, loaded.flag, loaded.replace) == ("line", "edge", True, False, "")
    assert loaded.needs == ("打开应用",)
    assert loaded.changes == ((f"{LEAD}\n打开应用看全文\n", f"{LEAD}\n"),)


@pytest.mark.parametrize(
    ("changed", "where", "longest"),
    [
        ({"where": None}, "edge", 40),
        ({"where": "edge"}, "edge", 40),
        ({"where": "anywhere"}, "anywhere", 80),
        ({"where": "anywhere", "longest": 9}, "anywhere", 9),
    ],
    ids=["unsaid", "edge", "anywhere", "with a length of its own"],
)
def test_a_rule_needs_an_edge_unless_it_says_anywhere(
    tmp_path: Path, changed: dict[str, Any], where: str, longest: int
) -> None:
    (loaded,) = rules.load([rule_file(tmp_path, rule(**changed))]).rules
    assert (loaded.where, loaded.longest) == (where, longest)


def test_a_file_may_say_what_it_is_about(tmp_path: Path) -> None:
    path = with_terms(rule_file(tmp_path, rule()), "about = '一条规则'")
    assert [loaded.id for loaded in rules.load([path]).rules] == ["read-on"]


@pytest.mark.parametrize("syntax", [r"\S", r"\W?", r"\pL", r"\p{Han}", "(?P<Word>看)", "[[:^alpha:]]", r"\x{770B}"])
def test_capitals_of_pattern_syntax_are_no_letters(tmp_path: Path, syntax: str) -> None:
    (loaded,) = rules.load([rule_file(tmp_path, rule(pattern=f"打开应用{syntax}"))]).rules
    assert loaded.engine.search("打开应用看全文")


def with_terms(path: Path, terms: str) -> Path:
    path.write_text(f"{terms}\n{path.read_text('utf-8')}", "utf-8")
    return path


def test_terms_stand_for_parts_of_patterns_and_of_each_other(tmp_path: Path) -> None:
    terms = "[terms]\nopen = '打开|{full}'\nfull = '看{2}全文'"
    path = with_terms(rule_file(tmp_path, rule(needs=["打开"], pattern="^{open}应用$")), terms)
    engine = rules.load([path]).rules[0].engine
    assert [bool(engine.search(text)) for text in ("打开应用", "看看全文应用", "打开", "应用")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ("", "the pattern uses {open}, which [terms] doesn't hold; add it there"),
        ("[terms]\nopen = '{open}'", "the pattern uses {open}, which [terms] doesn't hold"),
        ("[terms]\nopen = '打開'", "the pattern is matched on the fold of the text: write '开' for '開'"),
    ],
    ids=["unknown", "within itself", "unfolded"],
)
def test_a_term_that_cannot_be_used_is_told(tmp_path: Path, terms: str, says: str) -> None:
    path = with_terms(rule_file(tmp_path, rule(pattern="^{open}应用$")), terms)
    with pytest.raises(RuleError, match=re.escape(f"{path}: read-on: {says}")):
        rules.load([path])


# what rules find


def loaded(folder: Path, *entries: dict[str, Any]) -> RuleSet:
    return rules.load([rule_file(folder, *entries)])


def spans(rule_set: RuleSet, text: str) -> list[tuple[int, str, str]]:
    return [(edit.start, edit.old, edit.new) for edit in rule_set.spans(View(text, rule_set.gate))]


def test_a_span_rule_finds_every_match_on_the_fold_and_keeps_the_letters_of_the_text(tmp_path: Path) -> None:
    rule_set = loaded(tmp_path, rule(scope="span", pattern="打开应用[a-z]*"))
    assert spans(rule_set, "請打開應用ＡＢ，\n再打开应用c。") == [(1, "打開應用ＡＢ", ""), (10, "打开应用c", "")]


def test_a_span_rule_may_replace(tmp_path: Path) -> None:
    rule_set = loaded(tmp_path, rule(scope="span", pattern="打开应用", replace="打开"))
    assert spans(rule_set, "打开应用") == [(0, "打开应用", "打开")]


def test_a_pattern_runs_only_on_lines_with_a_literal_it_needs(tmp_path: Path) -> None:
    rule_set = loaded(tmp_path, rule(scope="span", pattern="看."))
    assert spans(rule_set, "看山\n打开应用看水\n看人") == [(9 - 2, "看水", "")]


def test_a_match_stays_within_its_line(tmp_path: Path) -> None:
    rule_set = loaded(tmp_path, rule(scope="span", pattern=r"^打开应用[\s\S]*$"))
    assert spans(rule_set, "甲\n打开应用看\n乙") == [(2, "打开应用看", "")]


def test_a_span_rule_that_needs_the_end_of_the_line_finds_it_before_a_return(tmp_path: Path) -> None:
    rule_set = loaded(tmp_path, rule(scope="span", pattern="打开应用$"))
    assert spans(rule_set, "甲打开应用\r\n乙") == [(1, "打开应用", "")]


def test_line_rules_mark_lines_without_their_outer_blanks(tmp_path: Path) -> None:
    rule_set = loaded(tmp_path, rule())
    view = View("\N{IDEOGRAPHIC SPACE}打開應用看全文 \r\n他打开应用看全文。\n", rule_set.gate)
    assert {line: marked.id for line, marked in rule_set.marks(view).items()} == {0: "read-on"}


@pytest.mark.parametrize(("length", "is_marked"), [(12, True), (13, False)])
def test_a_line_longer_than_the_rule_says_is_not_marked(tmp_path: Path, length: int, is_marked: bool) -> None:
    rule_set = loaded(tmp_path, rule(longest=12, pattern="打开应用"))
    view = View(f"  打开应用{'看' * (length - 4)}  \n", rule_set.gate)
    assert bool(rule_set.marks(view)) is is_marked


def test_lines_that_unless_matches_are_spared(tmp_path: Path) -> None:
    rule_set = loaded(
        tmp_path, rule(id="plain", pattern="打开应用$", unless="^请"), rule(id="z", pattern="^请打开应用")
    )
    view = View("快打开应用\n請打開應用\n他请打开应用\n", rule_set.gate)
    assert {line: marked.id for line, marked in rule_set.marks(view).items()} == {0: "plain", 1: "z", 2: "plain"}


def test_unless_may_use_terms_and_spares_lines_from_flags_too(tmp_path: Path) -> None:
    entry = rule(pattern="打开应用", unless="^{ask}", flag=True, flags=["打开应用"], changes=None)
    rule_set = rules.load([with_terms(rule_file(tmp_path, entry), "[terms]\nask = '请|劝'")])
    view = View("打开应用\n请打开应用\n劝打开应用\n", rule_set.gate)
    assert [edit.start for edit in rule_set.flags(view)] == [0]


def test_of_two_rules_on_a_line_the_surer_one_marks_it_then_the_name_decides(tmp_path: Path) -> None:
    rule_set = loaded(tmp_path, rule(id="a", where="edge"), rule(id="c"), rule(id="b"))
    marks = rule_set.marks(View("打开应用看全文", rule_set.gate))
    assert [marked.id for marked in marks.values()] == ["b"]


@pytest.mark.parametrize(("scope", "old"), [("span", "打開應用"), ("line", "請打開應用。")])
def test_a_flag_rule_points_at_its_match_or_its_line_and_changes_nothing(tmp_path: Path, scope: str, old: str) -> None:
    entry = rule(scope=scope, pattern="打开应用", flag=True, flags=["打开应用"], changes=None)
    rule_set = loaded(tmp_path, entry)
    view = View("甲\n  請打開應用。 \n", rule_set.gate)
    (edit,) = rule_set.flags(view)
    assert edit == Edit(view.text.index(old), old, old, "site/read-on", "a prompt to open the app")
    assert not list(rule_set.spans(view))
    assert not rule_set.marks(view)


def test_no_rules_find_nothing() -> None:
    empty = RuleSet([])
    view = View("打开应用看全文", empty.gate)
    assert (list(empty.spans(view)), empty.marks(view), list(empty.flags(view))) == ([], {}, [])


# what must prove itself


def prove(folder: Path, *entries: dict[str, Any]) -> None:
    pipeline.prove(loaded(folder, *entries))


def test_a_true_rule_proves(tmp_path: Path) -> None:
    flagging = rule(id="doubt", flag=True, flags=["他请大家打开应用。"], changes=None, pattern="请大家打开应用")
    prove(tmp_path, rule(), flagging)


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (
            [rule(changes=[[f"{LEAD}\n打开应用看全文\n", LEAD]])],
            f"site/read-on: changes[0] came out as {LEAD + chr(10)!r}, not {LEAD!r}, "
            "by site/read-on; mend the rule or the example",
        ),
        (
            [rule(changes=[["请打开应用看全文。\n", "请打开应用看全文。\n"]])],
            "site/read-on: changes[0] has no line with one of the needs that the pattern matches; show "
            "what the rule finds",
        ),
        (
            [rule(scope="span", needs=["甲乙"], pattern="甲乙", changes=[["甲甲乙乙。", "甲乙。"]])],
            "site/read-on: changes[0], cleaned again, was changed by site/read-on: '甲乙。' → '。'; narrow that rule",
        ),
        (
            [
                rule(id="gentle"),
                rule(id="greedy", scope="span", pattern="记下了", needs=["记下了"], changes=[["记下了。", "。"]]),
            ],
            "site/gentle: keeps[0] was changed by site/greedy: "
            "'他打开应用，记下了今天的账。\\n' → '他打开应用，今天的账。\\n'; narrow that rule",
        ),
        (
            [rule(keeps=["a\N{ZERO WIDTH SPACE}b"])],
            "site/read-on: keeps[0] was changed by characters/invisible: ",
        ),
        (
            [rule(flag=True, flags=["他打开应用。"], changes=None)],
            "site/read-on: flags[0] was not flagged by the rule: '他打开应用。'",
        ),
    ],
    ids=[
        "a change that comes out otherwise", "a change without the rule", "an unsettled change",
        "a rule that eats another's keeps", "a keep that repairs change", "a flag not set",
    ],
)  # fmt: skip
def test_a_rule_that_is_not_true_does_not_prove(tmp_path: Path, entries: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(RuleError, match=f"^{re.escape(says)}"):
        prove(tmp_path, *entries)


def test_a_change_may_hold_its_line_indented(tmp_path: Path) -> None:
    prove(tmp_path, rule(changes=[[f"{LEAD}\n\N{IDEOGRAPHIC SPACE}打开应用看全文 \n", f"{LEAD}\n"]]))


def test_the_second_example_is_proved_too(tmp_path: Path) -> None:
    good = [f"{LEAD}\n打开应用看全文\n", f"{LEAD}\n"]
    with pytest.raises(RuleError, match=re.escape("site/read-on: changes[1] came out as")):
        prove(tmp_path, rule(changes=[good, ["打开应用看全文\n", "打开"]]))
    with pytest.raises(RuleError, match=re.escape("site/read-on: keeps[1] was changed by site/read-on")):
        prove(tmp_path, rule(keeps=["他打开应用。", f"{LEAD}\n打开应用看全文"]))


def test_proving_cleans_as_it_is_told_to(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="came out as"):
        rules.prove(loaded(tmp_path, rule()), Document.of)


def test_all_shipped_rules_load_and_prove() -> None:
    rule_set = rules.load(pipeline.shipped_rule_files())
    assert rule_set.rules
    pipeline.prove(rule_set)


def test_a_definition_is_all_of_a_rule_but_its_examples(tmp_path: Path) -> None:
    (own,) = loaded(tmp_path, rule()).rules
    assert own.definition.keys() == {each.name for each in fields(Rule) if each.init} - {"changes", "keeps", "flags"}


def test_a_rule_is_the_same_again_from_its_definition() -> None:
    matching = ("demand", "hints", "scope", "where", "longest", "heads", "flag", "replace", "name", "about")
    compiled = ("engine", "outline", "exception")
    for own in rules.load(pipeline.shipped_rule_files()).rules:
        again = rules.of_definition(json.loads(json.dumps(own.definition)))
        for name in matching:
            assert getattr(again, name) == getattr(own, name), (own.name, name)
        for name in compiled:
            assert getattr(getattr(again, name), "pattern", "") == getattr(getattr(own, name), "pattern", "")
        assert set(again.needs) == set(own.needs)
        assert again.definition == own.definition
