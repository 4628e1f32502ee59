"""What rules did in a run: which found nothing, and which may have taken more than furniture."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cleaner.document import Document, Edit
from cleaner.finished import FinishedRun
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from cleaner.verdicts import verdict_on, write_verdicts
from cleaner.workbench.coverage import FEWEST, Coverage, Uses, _Ahead, _removals, _why, coverage
from tests.samples import LEAD, cleaner_with, rule, rule_file, story

MEDAL = rule(
    needs=["打开勋章"],
    pattern="^打开勋章看看$",
    changes=[[f"{LEAD}\n打开勋章看看\n", f"{LEAD}\n"]],
    keeps=["他打开勋章的盒子。\n"],
)
OTHER = rule(id="open")
Run = Callable[..., tuple[FinishedRun, Cleaner]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Cleans texts as one container, by the given rules alone."""

    def made(texts: list[str], *entries: dict[str, Any]) -> tuple[FinishedRun, Cleaner]:
        cleaner = cleaner_with(rule_file(tmp_path, *entries))
        rows = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
        (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        clean_files([tmp_path / "a.jsonl"], tmp_path / "out", cleaner)
        return FinishedRun.at(tmp_path / "out"), cleaner

    return made


def eager(found: Coverage) -> dict[str, tuple[str, ...]]:
    return {each.rule: each.why for each in found.eager}


def test_rules_that_found_nothing_are_dead(run: Run) -> None:
    found = coverage(*run([f"{story(1)}\n打开勋章看看\n"], MEDAL, OTHER))
    assert found.dead == ["site/open"]
    uses = found.uses["site/read-on"]
    assert (uses.edits, uses.documents, uses.removals, uses.letters, uses.inside) == (1, 1, 1, 6, 0)
    assert (found.documents, found.is_of_run, found.eager) == (1, True, [])


def test_a_rule_that_takes_lines_inside_articles_is_told(run: Run) -> None:
    texts = [f"{story(number)}\n打开勋章看看\n{story(number + 50)}" for number in range(FEWEST)]
    found = coverage(*run(texts, MEDAL))
    why = f"{FEWEST} edits removed words, and {FEWEST} of these stood between sentences of the article"
    assert eager(found) == {"site/read-on": (why,)}


@pytest.mark.parametrize("around", ["{}\n打开勋章看看\n", "打开勋章看看\n{}"])
def test_a_rule_that_takes_the_same_lines_above_or_below_articles_is_not(run: Run, around: str) -> None:
    found = coverage(*run([around.format(story(number)) for number in range(FEWEST)], MEDAL))
    assert (found.eager, found.uses["site/read-on"].removals) == ([], FEWEST)


def test_what_reviewers_called_wrong_comes_first(run: Run) -> None:
    finished, cleaner = run([f"{story(1)}\n打开勋章看看\n", f"{story(2)}\n打开应用看全文\n"], MEDAL, OTHER)
    documents = [told.document() for told in finished.told()]
    judged = [
        verdict_on(document, number, is_right=edit.rule != "site/read-on")
        for document in documents
        for number, edit in enumerate(document.edits)
    ]
    write_verdicts(finished.output, judged)
    found = coverage(finished, cleaner)
    assert eager(found) == {"site/read-on": ("reviewers called 1 of its edits wrong",)}
    told = found.facts()
    assert told["eager"][0]["wrong"] == 1
    assert json.loads(json.dumps(told)) == told


def test_what_is_built_in_counts_too(run: Run) -> None:
    finished, cleaner = run([f"{story(number)}<b>灯</b>\n{story(number + 50)}" for number in range(FEWEST)], MEDAL)
    found = coverage(finished, cleaner)
    why = f"{2 * FEWEST} edits removed words, and {2 * FEWEST} of these stood between sentences of the article"
    assert eager(found) == {found.built_in[0]: (why,)}
    assert found.built_in[0].startswith("markup/")
    (document, *_) = [told.document() for told in finished.told()]
    write_verdicts(finished.output, [verdict_on(document, 0, is_right=False)])
    wrong = document.edits[0].rule
    judged = coverage(finished, cleaner)
    assert judged.dead == ["site/read-on"]
    assert eager(judged)[wrong] == ("reviewers called 1 of its edits wrong", why)


def test_other_rules_than_those_of_the_run_are_told_of(run: Run, cleaner: Cleaner) -> None:
    finished, _ = run([story(1)], MEDAL)
    assert coverage(finished, cleaner).is_of_run is False


@pytest.mark.parametrize(
    ("uses", "says"),
    [
        (Uses(edits=9, documents=9, removals=9, letters=90, inside=2), ""),
        (
            Uses(edits=9, documents=9, removals=9, letters=90, inside=3),
            "9 edits removed words, and 3 of these stood between",
        ),
        (Uses(edits=2, documents=2, removals=2, letters=20, inside=2), ""),
        (Uses(edits=9, documents=9, removals=10, letters=90, long=1), ""),
        (
            Uses(edits=9, documents=9, removals=10, letters=90, long=2),
            "10 edits removed words, and 2 of these more than 60",
        ),
        (Uses(edits=9, documents=9, removals=9, letters=450), ""),
        (Uses(edits=9, documents=9, removals=9, letters=460), "removed 51 letters a document, where 10 are usual"),
        (Uses(edits=50, documents=50, removals=50, letters=500), ""),
        (Uses(edits=51, documents=51, removals=51, letters=510), "bears on 51 of 100 documents"),
    ],
)
def test_thresholds_are_crossed_where_they_say(uses: Uses, says: str) -> None:
    why = list(_why(uses, 10.0, 100))
    assert [told[: len(says)] for told in why] == ([says] if says else [])


def test_where_a_removal_stood_is_followed_through_later_layers() -> None:
    document = Document.of("甲乙丙丁").revised([Edit(2, "丙", "", "a/b", "")])
    document = document.revised([Edit(0, "甲", "", "x/y", ""), Edit(2, "丁", "丁丁", "x/y", "")])
    ((edit, place),) = _removals(document, {"a/b": Uses()})
    assert (edit.old, document.text, place) == ("丙", "乙丁丁", 1)


def test_places_are_found_in_the_text_after_a_layer() -> None:
    text = "甲乙丙丁戊"
    layer = Document.of(text).revised([Edit(1, "乙", "", "a/b", ""), Edit(3, "丁", "丁丁", "a/b", "")]).layers[0]
    ahead = _Ahead(layer)
    assert [ahead.of(place) for place in range(6)] == [0, 1, 1, 2, 4, 5]
