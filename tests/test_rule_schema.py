"""The schema of rule files says what their loader says; what stands beside the rules is made from them."""

from __future__ import annotations

import json
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from cleaner import rules
from cleaner.errors import OutputError, RuleError
from cleaner.pipeline import shipped_rule_files
from cleaner.rules.keys import KEYS, check
from cleaner.spam import lexicons
from cleaner.workbench import documenting
from tests.conftest import ROOT
from tests.samples import LEAD, rule, rule_file

RULES = ROOT / "rules"
SCHEMA = Draft7Validator(rules.schema())
LEXICON = Draft7Validator(lexicons.schema())


def test_what_stands_beside_the_rules_is_current() -> None:
    for name, content in documenting.documents(RULES).items():
        assert (RULES / name).read_text("utf-8") == content, f"{name} is old: make rules-docs"


def test_schemas_are_schemas() -> None:
    Draft7Validator.check_schema(rules.schema())
    Draft7Validator.check_schema(lexicons.schema())


@pytest.mark.parametrize("path", shipped_rule_files(), ids=lambda path: path.stem)
def test_a_shipped_rule_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("#:schema ./rule.schema.json\n")
    SCHEMA.validate(tomllib.loads(text))


@pytest.mark.parametrize("path", sorted((RULES / "lexicons").glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_lexicon_names_its_schema_and_keeps_to_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("#:schema ./lexicon.schema.json\n")
    LEXICON.validate(tomllib.loads(text))


def test_every_key_is_described_and_no_other_is_taken() -> None:
    told = rules.schema()["properties"]["rule"]["items"]
    assert told["properties"].keys() == KEYS.keys()
    assert all(each["description"] for each in told["properties"].values())
    assert told["additionalProperties"] is False


# loader and schema

TEXTS = st.sampled_from(["", " ", "a", "a b", "a/b", "打开", "line", "span", "edge", "anywhere"])
VALUES = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-1, 2),
    st.lists(TEXTS, max_size=2),
    st.lists(st.lists(TEXTS, max_size=3), max_size=2),
    st.none().map(lambda _: {}),
)


def refuses(entry: dict[str, Any]) -> bool:
    try:
        check(entry)
    except RuleError:
        return True
    return bool(entry["pattern"] == "")  # which the engine refuses, for it matches nothing at all


@settings(max_examples=400)
@given(
    st.dictionaries(st.sampled_from([*KEYS, "patern"]), VALUES, max_size=4),
    st.sets(st.sampled_from([*KEYS]), max_size=2),
)
def test_loader_and_schema_refuse_the_same(changed: dict[str, Any], dropped: set[str]) -> None:
    entry = {key: value for key, value in {**rule(), **changed}.items() if key not in dropped}
    assert refuses(entry) is not bool(SCHEMA.is_valid({"rule": [entry]})), entry


@pytest.mark.parametrize(
    "changed",
    [
        {"patern": "x"}, {"needs": "打开应用"}, {"id": 7}, {"id": "a b"}, {"id": "a/b"}, {"about": " "}, {"longest": 0},
        {"longest": True}, {"flag": 1}, {"scope": "page"}, {"where": "top"}, {"scope": "span"}, {"replace": "x"},
        {"flags": ["x"]}, {"flag": True}, {"needs": []}, {"keeps": [""]}, {"changes": [["a"]]}, {"changes": []},
        {"pattern": None}, {"keeps": None}, {"about": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_rule_is_refused_by_both(tmp_path: Path, changed: dict[str, Any]) -> None:
    entry = rule()
    entry |= changed
    entry = {key: value for key, value in entry.items() if value is not None}
    assert not SCHEMA.is_valid({"rule": [entry]})
    with pytest.raises(RuleError):
        rules.load([rule_file(tmp_path, entry)])


@pytest.mark.parametrize(
    "content",
    ["about = 3", "terms = 3", "rule = 3", "rules = []", "[terms]\nlead = 3", ""],
)
def test_a_wrong_file_is_refused_by_both(tmp_path: Path, content: str) -> None:
    path = rule_file(tmp_path, rule())
    whole = f"{content}\n\n{path.read_text('utf-8')}" if content and "rule" not in content else content
    path.write_text(whole, "utf-8")
    assert not SCHEMA.is_valid(tomllib.loads(whole))
    with pytest.raises(RuleError):
        rules.load([path])


LEXICON_ENTRY = {"about": "x", "keeps": ["a"], "sure": "快排", "finds": ["快排"]}


@pytest.mark.parametrize(
    "changed",
    [
        {"sures": "x"}, {"sure": ["x"]}, {"where": "top"}, {"keeps": []}, {"keeps": [" "]}, {"keeps": None},
        {"about": None}, {"about": ""}, {"finds": None}, {"finds": []}, {"finds": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_lexicon_is_refused_by_both(tmp_path: Path, changed: dict[str, Any]) -> None:
    entry = {key: value for key, value in {**LEXICON_ENTRY, **changed}.items() if value is not None}
    assert LEXICON.is_valid(LEXICON_ENTRY)
    assert not LEXICON.is_valid(entry)
    path = tmp_path / "x.toml"
    path.write_text("".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in entry.items()))
    with pytest.raises(RuleError):
        lexicons.read([path])


# pages


def test_a_page_shows_each_rule_with_an_example_and_nothing_of_it_is_markup(tmp_path: Path) -> None:
    hostile = rule(
        id="a|b", about="a <b>bold</b> | claim", changes=[[f"{LEAD}\n打开应用看全文\n```\n", f"{LEAD}\n```\n"]]
    )
    flagging = rule(id="doubt", flag=True, flags=[f"{LEAD}\n打开应用看全文"], changes=None)
    rule_file(tmp_path, hostile, flagging)
    page = documenting.documents(tmp_path)["README.md"]
    assert r"A \<b\>bold\</b\> \| claim: the line goes anywhere." in page
    assert f"````diff\n  {LEAD}\n- 打开应用看全文\n  ```\n````\n" in page
    assert f"```diff\n  {LEAD}\n! 打开应用看全文\n```\n" in page
    assert page.count("### ") == 2


def test_a_page_that_somebody_wrote_is_not_replaced(tmp_path: Path) -> None:
    rule_file(tmp_path, rule())
    assert documenting.document(tmp_path) == ["README.md", "rule.schema.json"]
    assert documenting.document(tmp_path) == ["README.md", "rule.schema.json"]
    (tmp_path / "README.md").write_text("mine\n")
    with pytest.raises(OutputError, match="was written by somebody"):
        documenting.document(tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine\n"


def test_the_schema_is_not_changed_by_those_who_ask_for_it() -> None:
    before = deepcopy(rules.schema())
    rules.schema()["properties"].clear()
    assert rules.schema() == before
