"""Two runs side by side: which documents changed and by which rule, in lines and on a page, however they come."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleaner.comparing import Comparison, compared, lines, page
from cleaner.comparing.documents import Did, differences, shown
from cleaner.comparing.pairing import pairs
from cleaner.comparing.runs import LISTED, Changed, Moved
from cleaner.document import Document, Edit
from cleaner.finished import FinishedRun, Told
from cleaner.fold import encodable
from cleaner.marks import marked
from cleaner.run import clean_files
from cleaner.sinks import Output, place_of
from tests.boxes import json_lines
from tests.hostile import FRAGMENTS, hostile_texts
from tests.samples import LEAD, cleaner_with, rule, rule_file, story
from tests.strategies import documents, edits
from tests.test_cli import run
from tests.test_pages import skeleton

PROMPT = "打开应用看全文\n"
FOLLOW = "铺子里的消息也写在我们的公众号里，每逢初一十五更新一回。\n"
DIRTY = [f"{story(seed, sentences=4)}{PROMPT}{FOLLOW}" for seed in range(6)]
RECORDS = [{"id": "x", "text": DIRTY[4]}, {"id": "y", "text": story(9, sentences=4)}, {"id": "z", "text": DIRTY[5]}]


def follow(**changed: Any) -> dict[str, Any]:
    return rule(
        id="follow",
        about="a plea to follow",
        needs=["公众号"],
        pattern="^铺子里的消息也写在.*$",
        changes=[[f"{LEAD}\n{FOLLOW}", f"{LEAD}\n"]],
        keeps=["他没有公众号。\n"],
        **changed,
    )


def cleaned(folder: Path, files: dict[str, bytes], rules: list[dict[str, Any]], **choices: Any) -> FinishedRun:
    (folder / "in").mkdir(parents=True)
    for name, content in files.items():
        (folder / "in" / name).write_bytes(content)
    clean_files([folder / "in"], folder / "out", cleaner_with(rule_file(folder, *rules, stem="app"), **choices))
    return FinishedRun.at(folder / "out")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[FinishedRun, FinishedRun]:
    """A run with the one rule, and one with another instead, over inputs that aren't all the same."""
    folder = tmp_path_factory.mktemp("runs")
    a, c, other, alone = (text.encode() for text in DIRTY[:4])
    both = {"a.txt": a, "b.txt": b"\xe5\xa5\xbd\n", "same.txt": LEAD.encode()}
    before, after = {**both, "c.txt": c, "old.txt": alone}, {**both, "c.txt": other, "new.txt": alone}
    return (
        cleaned(folder / "a", {**before, "r.jsonl": json_lines(RECORDS)}, [rule()]),
        cleaned(
            folder / "b", {**after, "r.jsonl": json_lines(RECORDS[::-1])}, [follow()], drop=["characters < 3"]
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def comparison(runs: tuple[FinishedRun, FinishedRun]) -> Comparison:
    return compared(*runs)


# documents


def differ(source: str, a: list[Edit], b: list[Edit]) -> list[tuple[str, str, Did, Did]]:
    found = differences(*(Document.of(source).revised(each) for each in (a, b)))
    return [(each.now, source[each.start : each.end], each.a, each.b) for each in found]


def test_a_difference_names_what_either_run_did() -> None:
    gone, other = Edit(1, "乙", "", "a/gone", "因甲"), Edit(1, "乙", "子", "b/other", "因乙")
    removed, replaced = Did("removed", "", "a/gone", "因甲"), Did("replaced", "子", "b/other", "因乙")
    assert differ("甲乙丙", [], [gone]) == [("removed", "乙", Did("kept"), removed)]
    assert differ("甲乙丙", [gone], []) == [("kept", "乙", removed, Did("kept"))]
    assert differ("甲乙丙", [gone], [other]) == [("kept", "乙", removed, replaced)]
    assert differ("甲乙丙", [other], []) == [("otherwise", "乙", replaced, Did("kept"))]
    assert differ("甲乙丙", [], [Edit(1, "", "，", "c/put", "")]) == [
        ("otherwise", "", Did("kept"), Did("put in", "，", "c/put", ""))
    ]


def test_what_another_rule_does_the_same_is_no_difference() -> None:
    assert differ("甲乙丙", [Edit(1, "乙", "", "a/one", "")], [Edit(1, "乙", "", "b/two", "")]) == []
    put = [Edit(1, "", "，", "c/put", "")]
    assert differ("甲乙", put, put) == []
    whole, halves = [Edit(0, "甲乙", "", "a/one", "")], [Edit(0, "甲", "", "a/one", ""), Edit(1, "乙", "", "b/two", "")]
    assert differ("甲乙丙", whole, halves) == []


def test_a_line_is_shown_between_those_beside_it_and_a_long_one_is_cut() -> None:
    source = f"甲\n乙\n{'丙' * 1000}\n丁\n戊\n"
    (found,) = differences(
        Document.of(source), Document.of(source).revised([Edit(4, f"{'丙' * 1000}\n", "", "a/b", "")])
    )
    told = shown(source, found)
    assert (told.line, told.before, told.after) == (3, "乙\n", "丁")
    assert (len(told.source.head) + told.source.skipped + len(told.source.tail)) == 1001


@given(documents().flatmap(lambda a: st.tuples(st.just(a), st.lists(edits(a.source), max_size=5))))
@example((Document.of("甲"), []))
def test_other_texts_differ_somewhere_and_the_same_from_either_side(drawn: tuple[Document, list[Edit]]) -> None:
    a, b = drawn[0], Document.of(drawn[0].source).revised(drawn[1])
    there, back = differences(a, b), differences(b, a)
    assert bool(there) or a.text == b.text
    assert [(each.start, each.end, each.a, each.b) for each in there] == [
        (each.start, each.end, each.b, each.a) for each in back
    ]
    assert all(each.size for each in there)


# pairs


def told(name: str) -> Told:
    return Told(name, "", "{}", name.encode())


@given(st.integers(0, 99), st.integers(0, 12), st.integers(0, 12))
def test_documents_are_met_by_name_whatever_their_order(seed: int, first: int, second: int) -> None:
    names = [f"{number}.txt" for number in range(16)]
    a, b = names[:first], names[16 - second :]
    random.Random(seed).shuffle(b)
    found = [(pair.a and pair.a.name, pair.b and pair.b.name) for pair in pairs(map(told, a), map(told, b))]
    expected = {(name if name in a else None, name if name in b else None) for name in {*a, *b}}
    assert len(found) == len(expected)
    assert set(found) == expected


def test_what_one_run_alone_has_comes_in_its_order() -> None:
    assert [pair.name for pair in pairs(map(told, "bca"), map(told, "x"))] == ["b", "c", "a", "x"]


def test_what_was_put_aside_is_what_it_was() -> None:
    waited = Told("\ud800\u2028", "r.jsonl", '{"a": "\ud800"}', b"\xe5\xa5\xbd")
    found = next(iter(pairs([waited, told("x")], [told("x"), waited])))
    assert found.name == "x"
    (other,) = [pair for pair in pairs([waited, told("x")], [told("x"), waited]) if pair.name != "x"]
    assert other.a is not None
    assert (other.a.name, other.a.container, other.a.report, other.a.text) == (
        waited.name, waited.container, waited.report, waited.text
    )  # fmt: skip


# runs


def test_every_document_is_counted_once(comparison: Comparison) -> None:
    assert comparison.counts == {
        "same": 2, "changed": 3, "outcome": 1, "source": 1, "a alone": 1, "b alone": 1
    }  # fmt: skip
    assert comparison.alone == {"a": ["old.txt"], "b": ["new.txt"]}
    assert [each.name for each in comparison.shown] == ["a.txt", "r.jsonl/x", "r.jsonl/z"]


def test_characters_are_charged_to_the_rules_that_changed(comparison: Comparison) -> None:
    lost, kept = 3 * len(FOLLOW), 3 * len(PROMPT)
    assert comparison.characters == {"removed": lost, "kept": kept, "otherwise": 0}
    assert {rule: (each["more"], each["less"], each["documents"]) for rule, each in comparison.rules.items()} == {
        "app/follow": (lost, 0, 3), "app/read-on": (0, kept, 3)
    }  # fmt: skip
    assert comparison.totals() == [
        ("app/follow", 0, lost + 2 * len(FOLLOW), lost, 0),
        ("app/read-on", kept + 2 * len(PROMPT), 0, 0, kept),
        ("drop/characters", 0, 2, 0, 0),
    ]


def test_what_no_rule_did_is_told_apart(comparison: Comparison) -> None:
    assert [each[:1] + each[2:5] for each in comparison.moved] == [("b.txt", "unchanged", "dropped", "drop/characters")]
    assert [each.name for each in comparison.sources] == ["c.txt"]
    assert "option drop" in [name for name, _, _ in comparison.versions]
    assert "drop/characters" not in comparison.rules


def test_only_the_most_changed_are_shown_in_full(runs: tuple[FinishedRun, FinishedRun]) -> None:
    few = compared(*runs, in_full=1)
    assert [each.name for each in few.shown] == ["a.txt"]
    assert [each.name for each in few.named] == ["r.jsonl/x", "r.jsonl/z"]
    assert few.counts["changed"] == 3


def test_a_rule_by_another_name_changes_no_text(tmp_path: Path) -> None:
    a, b = (cleaned(tmp_path / name, {"a.txt": DIRTY[0].encode()}, [rule(id=name)]) for name in ("one", "two"))
    comparison = compared(a, b)
    assert comparison.is_same
    assert [row[0] for row in comparison.totals()] == ["app/one", "app/two"]


def test_a_text_that_only_one_run_changed_is_told_in_full(tmp_path: Path) -> None:
    files = {"x.txt": f"{story(1, sentences=4)}{PROMPT}".encode()}
    runs = [cleaned(tmp_path / name, files, entries) for name, entries in (("a", [follow()]), ("b", [rule()]))]
    assert [next(run.told()).outcome for run in runs] == ["unchanged", "cleaned"]
    for a, b in (runs, runs[::-1]):
        found = compared(a, b)
        assert (found.counts, [each.name for each in found.shown]) == ({"changed": 1}, ["x.txt"])


def test_a_run_is_the_same_as_itself(runs: tuple[FinishedRun, FinishedRun]) -> None:
    comparison = compared(runs[0], runs[0])
    assert comparison.is_same
    assert not comparison.versions
    assert not comparison.totals()


# the command


def test_diff_prints_and_ends_well_also_when_runs_differ(runs: tuple[FinishedRun, FinishedRun], tmp_path: Path) -> None:
    a, b = (each.output.folder for each in runs)
    code, stdout, stderr = run("diff", a, b, "-o", tmp_path / "d.html")
    assert (code, stderr) == (0, "")
    told = (
        "2 say the same, 3 changed",
        "a.txt: 29 now removed, 8 now kept (app/follow +29 -0; app/read-on +0 -8)",
        "b.txt: unchanged → dropped (drop/characters)",
        "c.txt: another source",
        "old.txt: only in A",
    )
    assert [line for line in told if line not in stdout] == []
    assert run("diff", a, b, "--check")[0] == 1
    assert run("diff", a, a, "--check")[0] == 0


def test_what_the_runs_went_by_is_told_in_words_and_short(comparison: Comparison) -> None:
    versions = {name: (a, b) for name, a, b in comparison.versions}
    digests = versions["rule and site files (digest)"]
    assert [len(digest) for digest in digests] == [12, 12]
    assert versions["rules that found something in one run alone"] == ("app/read-on", "app/follow, drop/characters")
    assert versions["option drop"] == ("", "characters < 3")
    assert len(versions) == 3
    told = list(lines(comparison))
    assert "  option drop: none → characters < 3" in told
    assert any(line.startswith("In A, in B: characters") and "need not add up" in line for line in told)


def test_runs_with_nothing_in_common_are_told_so(tmp_path: Path) -> None:
    a, b = (cleaned(tmp_path / name, {f"{name}.txt": DIRTY[0].encode()}, [rule()]) for name in ("one", "two"))
    assert list(lines(compared(a, b))) == [
        "These runs have nothing in common: none of the 1 documents of A and the 1 of B is called as one of the other. "
        "Compare runs over the same inputs.",
        "  one.txt: only in A",
        "  two.txt: only in B",
    ]
    folders = [each.output.folder for each in (a, b)]
    assert [run("diff", *folders, *check)[0] for check in ((), ("--check",))] == [0, 1]
    assert "By rule" not in page(compared(a, b), tmp_path / "d.html")
    c = cleaned(tmp_path / "three", {"one.txt": DIRTY[1].encode()}, [rule()])
    assert "No document has the same source in both" in "\n".join(lines(compared(a, c)))


def test_diff_refuses_what_is_no_run(runs: tuple[FinishedRun, FinishedRun], tmp_path: Path) -> None:
    code, _, stderr = run("diff", runs[0].output.folder, tmp_path)
    assert code == 1
    assert "no summary.json is there" in stderr


def test_the_page_leads_to_the_reports_of_both_runs(runs: tuple[FinishedRun, FinishedRun], tmp_path: Path) -> None:
    place = tmp_path / "deep er" / "d.html"
    place.parent.mkdir()
    tree = LexborHTMLParser(page(compared(*runs), place))
    links = [str(link.attributes["href"]) for link in tree.css("a")]
    assert len(links) == 2 + 2 * 3  # of the runs, and of those with pages: a.txt, b.txt, c.txt
    assert all((place.parent / unquote(link)).is_file() for link in links)
    assert not any(re.match(r"[a-z]+:|/", link) for link in links)
    text = tree.text()
    assert "removed by app/follow (a plea to follow)" in re.sub(r"\s+", " ", text)
    assert str(tmp_path) not in str(tree.html)
    assert [node.text() for node in tree.css("del")[1:2]] == [FOLLOW]


# text of others


def hostile_comparison(text: str, folder: Path = Path("/a")) -> Comparison:
    """A comparison into every part of which that text has come."""
    summary: dict[str, Any] = {"settings": {text: text}, "versions": {"rules": text}, "rules": {text: {"removed": 1}}}
    other = {**summary, "settings": {text: f"{text}b"}, "rules": {}}
    output = Output(folder / f"x{encodable(text).replace(chr(0), '')}")
    comparison = Comparison(FinishedRun(output, summary), FinishedRun(output, other))
    source = f"甲{text}乙{text}丙丁"
    first = Document.of(source).revised([Edit(0, f"甲{text}", f"新{text}", f"r{text}", f"因{text}")])
    second = Document.of(source).revised([Edit(1 + len(text), f"乙{text}", "", f"r{text}", f"因{text}")])
    first = first.revised([Edit(len(first.text), "", text, text, text)] if text else [])
    found = [shown(source, each) for each in differences(first, second)]
    assert {each.now for each in found} == {"removed", "otherwise"}
    changed = Changed(text, "", {"removed": 1, "kept": 2, "otherwise": 3}, {text: (1, 2)}, tuple(found), 1)
    comparison.counts.update({"changed": LISTED + 1, "outcome": 2, "source": 2, "a alone": 2, "b alone": 2})
    comparison._kept.add(2, text, changed)
    for name in (text, f"{text}2"):
        comparison._changed.add(1, name, changed)
    comparison.moved.append(Moved(text, "", "cleaned", "dropped", text, text))
    comparison.sources.append(Moved(text, "", text, text))
    comparison.alone = {"a": [text], "b": [text]}
    return comparison


PLACE = Path("/b/d.html")


@settings(max_examples=25)  # each makes two pages
@given(hostile_texts)
@example("\n".join(FRAGMENTS))
def test_the_page_has_the_elements_of_a_harmless_one(text: str) -> None:
    if text:
        made, harmless = (page(hostile_comparison(each), PLACE) for each in (text, "x" * len(text)))
        assert skeleton(made) == skeleton(harmless)
        assert "<script" not in re.sub("(?s)<title>.*?</title>", "", made.lower())
        made.encode()


def test_the_page_shows_text_of_others_as_text() -> None:
    for text in (each for each in FRAGMENTS if "\0" not in each):
        tree = LexborHTMLParser(page(hostile_comparison(text), PLACE))
        bare = re.sub(r"[\r\n]", "", marked(text))
        for where in ("h3 bdi", ".plain bdi", ".side bdi", "del", "td bdi"):
            assert any(bare in re.sub(r"[\r\n]", "", node.text()) for node in tree.css(where)), where


def test_names_of_stores_lead_nowhere() -> None:
    comparison = hostile_comparison("x")
    stored = replace(comparison, a=FinishedRun(Output(place_of("memory://a")), comparison.a.summary))
    assert 'href=""' not in page(stored, PLACE)
