"""What adapters share: recipes that travel, what became of a value, and what is said where a package is absent."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner import pipeline, report
from cleaner.adapters.cleaning import Cleaned, Recipe
from cleaner.errors import AbsentError, CleanerError, ConditionError, InputError, RuleError
from tests.samples import ARTICLE, CLOSE, LEAD, MIDDLE, TITLE, TRADITIONAL_ARTICLE, rule, rule_file

DIRTY = f"{LEAD}&nbsp;<b>灯</b>\n"
CLEAN = f"{LEAD} 灯\n"
PAGE = (
    f"<html><head><title>{TITLE}</title></head><body><nav><a href=/>首页</a></nav>"
    f"<article><h1>{TITLE}</h1><p>{LEAD}</p><p>{MIDDLE}</p></article></body></html>"
)
PLAIN = Recipe.of({})
PICKY = Recipe.of({"drop": ["characters == 1"]})  # other tests of adapters ask for the same, so it is made once


@pytest.fixture
def _no_shipped_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the rules that a test gives, for all have their examples tried."""
    monkeypatch.setattr(pipeline, "shipped_rule_files", list)


@pytest.mark.parametrize(
    ("content", "recipe", "outcome", "text", "cause"),
    [
        (DIRTY, PLAIN, "cleaned", CLEAN, ""),
        (DIRTY.encode("gb18030"), PLAIN, "cleaned", CLEAN, ""),
        (ARTICLE, PLAIN, "unchanged", ARTICLE, ""),
        ("", PLAIN, "empty", "", "empty"),
        ("短", PICKY, "dropped", None, "drop/characters"),
        (b"\x00\x01" * 40, PLAIN, "failed", None, "failed"),
        ([LEAD], PLAIN, "failed", None, "failed"),
    ],
    ids=["dirty", "bytes", "clean", "nothing", "short", "no text", "a list"],
)
def test_every_value_has_an_outcome(
    content: object, recipe: Recipe, outcome: str, text: str | None, cause: str
) -> None:
    cleaned = recipe.clean(content, name="甲")
    assert (cleaned.outcome, cleaned.text, cleaned.cause, bool(cleaned.reason)) == (outcome, text, cause, bool(cause))
    assert f'"outcome": "{outcome}"' in cleaned.report
    assert "\n" not in cleaned.report


@pytest.mark.parametrize("content", [DIRTY, "短", ""])
def test_the_report_leads_back_to_what_came(content: str) -> None:
    cleaned = PICKY.clean(content)
    assert report.document_of((cleaned.text or "").encode(), cleaned.report).source == content


def test_a_page_is_read_and_called_by_its_address() -> None:
    (cleaned,) = PLAIN.clean_each([PAGE], ["https://example.org/1.html"], is_page=True)
    assert isinstance(cleaned, Cleaned)
    assert cleaned.text
    assert LEAD in cleaned.text
    assert "首页" not in cleaned.text
    assert cleaned.result.name == "https://example.org/1.html"


def test_the_address_of_a_page_tells_its_site(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('hosts = ["b.example"]\ncontent = ["#b"]', "utf-8")
    recipe = Recipe.of({"site_files": [site]})
    page = f"<div><p>{LEAD}</p><p>{MIDDLE}</p></div><div id=b><p>{CLOSE}</p></div>"
    addresses = ["https://b.example/1", "https://a.example/1", "http://[b.example/1", None]
    ours, *others = recipe.clean_each([page] * 4, addresses, is_page=True)
    assert ours is not None
    assert ours.text == CLOSE
    assert [LEAD in str(other and other.text) for other in others] == [True] * 3
    site.write_text('hosts = ["b.example"]\ncontent = ["#a"]', "utf-8")
    assert Recipe.of({"site_files": [site]}) != recipe


def test_of_nothing_becomes_nothing_and_what_is_no_address_is_none() -> None:
    first, second = PLAIN.clean_each([None, DIRTY], ["a", 1.5], is_page=False)
    assert first is None
    assert second is not None
    assert second.result.name == ""


def test_an_address_is_wanted_for_each_text() -> None:
    with pytest.raises(InputError, match="1 texts and 2 addresses"):
        list(PLAIN.clean_each([DIRTY], ["a", "b"], is_page=False))


@pytest.mark.usefixtures("_no_shipped_rules")
def test_a_recipe_travels_and_its_equals_clean_alike(tmp_path: Path) -> None:
    file = rule_file(tmp_path, rule())
    recipe = Recipe.of({"rule_files": [file], "script": "hans"})
    assert pickle.loads(pickle.dumps(recipe)) == recipe == Recipe.of({"rule_files": [str(file)], "script": "hans"})
    assert recipe.clean(f"{ARTICLE}打开应用看全文\n").text == ARTICLE
    assert TRADITIONAL_ARTICLE[:4] not in str(recipe.clean(TRADITIONAL_ARTICLE).text)


@pytest.mark.usefixtures("_no_shipped_rules")
def test_a_rule_file_that_changes_makes_another_recipe(tmp_path: Path) -> None:
    before = Recipe.of({"rule_files": [rule_file(tmp_path, rule())]})
    again = rule(pattern="^打开应用看(全文|图)$")
    after = Recipe.of({"rule_files": [rule_file(tmp_path, again)]})
    assert before != after
    assert before.rule_files == after.rule_files
    assert after.clean(f"{ARTICLE}打开应用看全文\n打开应用看全文\n").text == ARTICLE


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"drop": "spam > .8"}, TypeError, r"drop is a list; write \['spam > .8'\]"),
        ({"rule_files": Path("a.toml")}, TypeError, r"rule_files is a list; write \['a.toml'\]"),
        ({"drop": ["spm > .8"]}, ConditionError, "perhaps spam"),
        ({"rule_files": ["absent.toml"]}, RuleError, "absent.toml"),
        ({"script": "latin"}, ValueError, "script is one of keep, hans, hant"),
        ({"scirpt": "hans"}, TypeError, "scirpt"),
    ],
)
def test_wrong_options_are_told_at_once(options: dict[str, object], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        Recipe.of(options)  # type: ignore[arg-type]


@pytest.mark.parametrize("package", ["scrapy", "datatrove", "polars", "pandas"])
def test_an_absent_package_is_a_sentence_naming_the_extra(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"cleaner.adapters.{package}", raising=False)
    with pytest.raises(AbsentError, match=rf"needs the package {package}; .*'webtext-cleaner\[{package}\]'") as caught:
        importlib.import_module(f"cleaner.adapters.{package}")
    assert isinstance(caught.value, CleanerError)
    assert isinstance(caught.value, ImportError)


def test_a_package_that_the_tool_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "itemadapter", None)
    monkeypatch.delitem(sys.modules, "cleaner.adapters.scrapy", raising=False)
    with pytest.raises(AbsentError, match=r"needs the package itemadapter; .*'webtext-cleaner\[scrapy\]'"):
        importlib.import_module("cleaner.adapters.scrapy")


def test_no_other_tool_is_imported_unless_its_adapter_is() -> None:
    tools = ["scrapy", "itemadapter", "datasets", "datatrove", "polars", "pandas"]
    code = f"import cleaner, cleaner.cli, cleaner.adapters.datasets, sys; print([*{{*{tools}}} & {{*sys.modules}}])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
