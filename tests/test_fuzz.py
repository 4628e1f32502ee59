"""Whatever comes in, nothing is lost, nothing comes from nowhere, and cleaning comes to rest.

A few examples, always the same, of what `make fuzz` tries by the thousand.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.document import Document, Edit
from cleaner.extract import extract
from tests.fuzz.dirt import dirty_pages, dirty_texts
from tests.fuzz.invariants import REPLACEMENTS, check_cleaned, check_edit, check_settled, cleaner, passes
from tests.fuzz.targets import TARGETS, decoding
from tests.strategies import TIMES

ROOT: Final = Path(__file__).parents[1]
SEEDS: Final = ROOT / "tests" / "fuzz" / "seeds"
ENCODINGS: Final = "utf-8 gb18030 big5hkscs utf-16 utf-32-le cp1252 euc_kr shift_jis".split()
RUNS: Final = {"decode": 1000, "extract": 200, "clean": 40}  # of atheris, with inputs of so many bytes at most:
LONGEST: Final = {"decode": 400, "extract": 800, "clean": 300}


# --- by what pages are made of -----------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=25 * TIMES, suppress_health_check=list(HealthCheck))
@given(dirty_texts())
def test_any_dirty_text_is_cleaned_rebuilt_and_told_of(text: str) -> None:
    check_settled(check_cleaned(cleaner().clean(text)))


@pytest.mark.slow
@settings(max_examples=12 * TIMES, suppress_health_check=list(HealthCheck))
@given(dirty_pages())
def test_any_dirty_page_is_cleaned_rebuilt_and_told_of(page: str) -> None:
    check_settled(check_cleaned(cleaner().finished(extract(page))))


@settings(max_examples=60 * TIMES, suppress_health_check=list(HealthCheck))
@given(dirty_texts(most=4), st.sampled_from(ENCODINGS), st.binary(max_size=4), st.integers(0, 200))
def test_any_encoded_text_gives_its_bytes_back(text: str, encoding: str, noise: bytes, place: int) -> None:
    data = text.encode(encoding, "ignore")
    decoding(data)
    decoding(data[:place] + noise + data[place:])


@settings(max_examples=150 * TIMES)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    decoding(data)


# --- by what reaches new code ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SEEDS.rglob("*.*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_seeds_of_the_fuzzer_hold(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_what_coverage_leads_to_holds(target: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed; it has wheels for Linux and some Pythons only")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    options = [f"-runs={RUNS[target]}", f"-max_len={LONGEST[target]}", "-seed=1", f"-artifact_prefix={tmp_path}/"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", target, str(corpus), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        check=False,
    )
    told = run.stderr.decode("utf-8", "replace")
    assert run.returncode == 0, told[-4000:]
    assert f"Done {RUNS[target]} runs" in told
    assert len(list(corpus.iterdir())) > 10, "nothing led to new code"


# --- the checks check --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        Edit(0, "打印", "山", "controls/print", "a button"),
        Edit(0, "<b>", "b", "markup/tag", "a tag"),
        Edit(0, "&nbsp;", "\N{NO-BREAK SPACE}", "entities/entity", "an entity"),
        Edit(0, "\\u5927", "小", "escapes/unicode", "an escape"),
        Edit(0, "??", "—", "holes/dash", "a dash"),
        Edit(0, "[山](http://a.cn)", "水", "links/address", "a link"),
        Edit(0, "·¢", "\x00", "mojibake/gbk-as-latin", "GBK"),
        Edit(0, "?yè)", "ğ", "shear/run", "a run"),
        Edit(0, "⼭", "水", "characters/compatibility", "a radical"),
        Edit(0, "山", "", "controls/print", ""),
    ],
    ids=lambda edit: edit.rule,
)
def test_an_edit_from_nowhere_is_noticed(edit: Edit) -> None:
    with pytest.raises(AssertionError):
        check_edit(edit)


def test_only_rules_that_exist_are_said_to_replace() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "cleaner").rglob("*.py"))
    assert [
        rule for rule in REPLACEMENTS if f'"{rule}' not in sources and f'"{rule.partition("/")[0]}/{{' not in sources
    ] == []


def test_a_text_that_was_lost_is_noticed() -> None:
    with pytest.raises(AssertionError):
        check_cleaned(Document("", "山水", "山"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("山&lt;br&gt;水", id="quoted tags"),
        pytest.param("他说好。\n分享到：微信 微博\n", id="furniture"),
    ],
)
def test_what_is_clean_takes_no_second_pass(text: str) -> None:
    assert list(passes(cleaner().clean(text).text)) == []
