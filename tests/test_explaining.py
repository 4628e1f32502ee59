"""A line that somebody points at: what happened to it, by a cleaner or in a run, and why nothing did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cleaner import rules
from cleaner.document import Document
from cleaner.errors import InputError, ReportError
from cleaner.pipeline import Cleaner
from cleaner.run import AcrossFiles, clean_files
from cleaner.sources import Columns
from cleaner.workbench.explaining import Explained, _followed, _layers, explain
from cleaner.workbench.pointing import Spot, spot_of
from tests.samples import CLOSE, LEAD, MIDDLE, rule, rule_file, story
from tests.strategies import documents

COLUMNS = Columns()
DIRTY = f"{LEAD}&nbsp;<b>灯</b>\n{MIDDLE}\n\n山坡上的展览\n{CLOSE}\n分享让更多人看到\n- 评论\n"
RECORD = f"{story(1)}\n分享让更多人看到\n"
PAGE = (
    f"<html><body><article><h1>旧书铺</h1><p>{LEAD}</p><p>{MIDDLE}</p><p>分享让更多人看到</p></article></body></html>"
)


def told(place: str, cleaner: Cleaner, **more: Any) -> Explained:
    return explain(spot_of(place, cleaner, columns=COLUMNS, **more), cleaner)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, cleaner: Cleaner) -> Path:
    """A folder of inputs, and beside it a run on them."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "in" / "deep").mkdir(parents=True)
    (folder / "in" / "deep" / "a.txt").write_text(DIRTY, "utf-8")
    (folder / "in" / "b.html").write_text(PAGE, "utf-8")
    rows = [{"id": "x", "text": RECORD}, {"id": "y", "text": 7}, {"id": "z", "text": story(2)}]
    (folder / "in" / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    clean_files([folder / "in"], folder / "out", cleaner)
    return folder


# what happened


def test_every_edit_is_told_with_its_layer_and_what_was_left(folder: Path, cleaner: Cleaner) -> None:
    found = told(f"{folder / 'in/deep/a.txt'}:1", cleaner)
    assert found.was == f"{LEAD}&nbsp;<b>灯</b>"
    assert found.now == f"{LEAD} 灯"
    assert not found.is_gone
    assert [(change.layer, change.edit.old) for change in found.changes] == [
        ("entities", "&nbsp;"),
        ("markup", "<b>"),
        ("markup", "</b>"),
    ]
    assert [change.became for change in found.changes] == [f"{LEAD} <b>灯</b>", f"{LEAD} 灯</b>", f"{LEAD} 灯"]


def test_a_line_that_goes_is_gone_by_its_rule(folder: Path, cleaner: Cleaner) -> None:
    found = told(f"{folder / 'in/deep/a.txt'}:6", cleaner)
    assert found.is_gone
    assert found.was == "分享让更多人看到"
    assert [(change.layer, change.edit.rule, change.became) for change in found.changes] == [
        ("lines", "share/share-prompt", "")
    ]


def test_lines_around_it_are_left_out(folder: Path, cleaner: Cleaner) -> None:
    found = told(f"{folder / 'in/deep/a.txt'}:2", cleaner)
    assert (found.now, found.changes) == (MIDDLE, ())


# why nothing did


def stays(text: str, number: int, cleaner: Cleaner) -> Explained:
    return explain(Spot(Document.of(text, name="a"), number), cleaner)


def test_a_marked_line_inside_the_article_says_why_it_is_spared(cleaner: Cleaner) -> None:
    found = stays(f"{LEAD}\n{MIDDLE}\n打印\n山坡的桥\n{CLOSE}\n", 3, cleaner)
    assert found.staying
    assert found.staying.rule
    assert str(found.staying.spared).startswith("it stands inside the article, below “掌柜姓褚")


@pytest.mark.parametrize(
    ("text", "number", "says"),
    [
        (f"打印\n{LEAD}\n{MIDDLE}\n", 1, "it stands alone above a sentence, as a heading does"),
        (f"打印\n\n旧书铺\n{LEAD}\n{MIDDLE}\n", 1, "it is the only marked line above the article"),
        (f"{LEAD}\n{MIDDLE}\n他买的东西有下面这几样：\n打印\n", 4, "a line of the article that ends in a colon"),
        (f"{LEAD}\n{MIDDLE}\n打印\n老街坊们\n", 3, "fewer than 3 marked lines stand below the article"),
        ("打印\n小站\n", 1, "nothing shows where the article ends"),
    ],
)
def test_what_a_mark_counts_for_is_told(text: str, number: int, says: str, cleaner: Cleaner) -> None:
    found = stays(text, number, cleaner)
    assert found.now.strip() == "打印"
    assert found.staying
    assert found.staying.rule
    assert found.staying.rule.name == "controls/print-button"
    assert str(found.staying.spared).startswith(says)


def test_the_tagger_says_what_speaks_for_and_against(cleaner: Cleaner) -> None:
    found = stays(f"{LEAD}\n打印\n{MIDDLE}\n打印\n{CLOSE}\n", 1, cleaner)
    assert found.staying
    assert found.staying.rule is None
    assert found.staying.tagger.startswith("reads as a ")
    assert "are needed before so many letters are risked" in found.staying.tagger
    weights = [weight for _, weight in found.staying.for_noise]
    assert weights == sorted(weights, reverse=True)
    assert all(weight > 0 for weight in weights)
    against = [weight for _, weight in found.staying.against]
    assert against == sorted(against)
    assert all(weight < 0 for weight in against)


def test_a_reading_is_that_by_which_the_line_came_nearest_to_going(tmp_path: Path) -> None:
    """Once the lines around it have gone, the same line reads as an article's."""
    wall = [
        rule(
            id=word,
            needs=[word],
            pattern=f"^{word}",
            changes=[[f"{word}甲\n{LEAD}\n", f"{LEAD}\n"]],
            keeps=[f"他说{word}。\n"],
        )
        for word in ("梧桐苑", "苑友")
    ]
    cleaner = Cleaner(rule_files=[rule_file(tmp_path, *wall)])
    found = stays(f"梧桐苑 » 读书角 » 帖子\n旧书铺\n苑友：老樟树　三叶级\n{LEAD}\n{MIDDLE}\n{CLOSE}\n", 2, cleaner)
    (flagged,) = found.changes
    assert found.staying
    reading = flagged.edit.why[flagged.edit.why.index("reads as") :]
    assert found.staying.tagger.startswith(reading)
    assert found.staying.tagger.endswith("but it may be the title, for it says words of the text")
    assert found.staying.tagged_after == 0


def test_a_page_of_which_the_tagger_took_lines_was_asked(cleaner: Cleaner) -> None:
    text = f"{LEAD}\n{MIDDLE}\n打印\n{CLOSE}\n{MIDDLE}\n登录\n注册\n分享让更多人看到\n"
    found = stays(text, 3, cleaner)
    assert found.staying
    assert found.staying.tagger.startswith("reads as")
    assert (found.staying.spared_after, found.staying.tagged_after) == (3, 0)


def test_a_page_without_marks_does_not_ask_the_tagger(cleaner: Cleaner) -> None:
    found = stays(f"{LEAD}\n{MIDDLE}\n", 1, cleaner)
    assert found.staying
    assert found.staying.tagger.endswith("show that a page has furniture, and here is none")


def test_a_line_that_the_tagger_takes_last_of_all_does_not_stay(cleaner: Cleaner) -> None:
    found = stays(f"{LEAD}\n{MIDDLE}\n登录\n注册\n{CLOSE}\n", 4, cleaner)
    assert found.is_gone
    assert found.staying is None


def test_rules_that_nearly_match_say_what_was_lacking(cleaner: Cleaner) -> None:
    found = stays(f"{LEAD}\n他把照片分享让更多人看到吧\n", 2, cleaner)
    misses = {miss.rule: miss.why for miss in found.misses}
    assert misses["share/share-prompt"].startswith("begins with “他”")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("打开应用看全文", ""),
        ("请打开应用看全文", "what it has in `unless` spares the line"),
        ("打开看全文", "holds none of its needs"),
        ("打开应用文", "has 5 characters, and the shortest that its pattern matches has 6"),
        ("打开应用看看看看看看看文", "has 12 characters, and the longest it takes has 11"),
        ("他打开应用看全文", "begins with “他”, and its pattern with none such"),
        ("打开应用看全文。", "ends in “。”, and its pattern in none such"),
        ("打开应用听全文", "its pattern doesn't match"),
    ],
)
def test_a_refusal_says_what_was_lacking(line: str, says: str, tmp_path: Path) -> None:
    entry = rule(pattern="^请?打开应用看.*文$", unless="^请", longest=11)
    (own,) = rules.load([rule_file(tmp_path, entry)]).rules
    assert own.refusal(line) == says


def test_a_refusal_is_given_exactly_where_a_rule_does_not_match(cleaner: Cleaner) -> None:
    lines = [LEAD, "打印", "分享让更多人看到", "分享到微信", "他说起打印这件事", "勋章", "关注我们", "分享" * 50]
    for own in (own for own in cleaner.rules.rules if own.scope == "line"):
        for line in lines:
            matched = len(line) <= own.longest and own.holds(line)
            assert (own.refusal(line) == "") is matched, (own.name, line)


# pages, containers, runs


def test_of_a_page_lines_of_what_it_says_are_counted(folder: Path, cleaner: Cleaner) -> None:
    source = spot_of(f"{folder / 'in/b.html'}:1", cleaner, columns=COLUMNS).document.source.split("\n")
    number = source.index("分享让更多人看到") + 1
    found = told(f"{folder / 'in/b.html'}:{number}", cleaner)
    assert found.spot.document.about is not None
    assert (found.was, found.is_gone) == ("分享让更多人看到", True)


@pytest.mark.parametrize("record", ["x", ":1"])
def test_a_record_is_told_by_its_id_or_its_number(folder: Path, cleaner: Cleaner, record: str) -> None:
    number = RECORD.split("\n").index("分享让更多人看到") + 1
    for more in ({}, {"run": folder / "out"}):
        found = told(f"{folder / 'in/c.jsonl'}:{number}", cleaner, record=record, **more)
        assert (found.spot.document.name, found.is_gone) == ("c.jsonl/x", True)


def test_a_run_tells_of_an_input_by_its_report(folder: Path, cleaner: Cleaner) -> None:
    found = told(f"{folder / 'in/deep/a.txt'}:6", cleaner, run=folder / "out")
    assert found.is_gone
    assert [(change.layer, change.edit.rule) for change in found.changes] == [("", "share/share-prompt")]


def test_a_line_of_a_text_of_a_run_is_traced_to_its_source(folder: Path, cleaner: Cleaner) -> None:
    text = (folder / "out/text/deep/a.txt").read_text("utf-8").split("\n")
    found = told(f"{folder / 'out/text/deep/a.txt'}:{text.index(CLOSE) + 1}", cleaner)
    assert (found.spot.number, found.was, found.now) == (5, CLOSE, CLOSE)
    assert found.staying
    assert not found.note


def test_why_a_line_stays_is_not_told_by_other_rules_than_the_runs(
    folder: Path, cleaner: Cleaner, tmp_path: Path
) -> None:
    files = [rule_file(tmp_path, rule())]
    clean_files([folder / "in/deep/a.txt"], tmp_path / "shared", Cleaner(), across=AcrossFiles(3))
    for run, at_hand, says in (
        ("out", Cleaner(script="hant"), "which had --script keep: give the same"),
        ("out", Cleaner(rule_files=files), "the run had other rules than these"),
        (tmp_path / "shared", cleaner, "by what its documents share"),
    ):
        found = told(f"{folder / 'in/deep/a.txt'}:5", at_hand, run=folder / run)
        assert found.staying is None
        assert says in found.note


def test_why_a_line_stays_is_told_by_the_very_rules_of_the_run(folder: Path, tmp_path: Path) -> None:
    cleaner = Cleaner(rule_files=[rule_file(tmp_path, rule())])
    clean_files([folder / "in/deep/a.txt"], tmp_path / "own", cleaner)
    found = told(f"{folder / 'in/deep/a.txt'}:5", cleaner, run=tmp_path / "own")
    assert (found.note, found.staying is None) == ("", False)


@pytest.mark.parametrize(
    ("place", "more", "says"),
    [
        ("in/deep/a.txt:8", {}, "has 7 lines, and no line 8"),
        ("in/deep/a.txt:0", {}, "names no line; write FILE:LINE"),
        ("in/deep/a.txt", {}, "names no line; write FILE:LINE"),
        ("in/none.txt:1", {}, "No such file"),
        ("in:1", {}, "is a folder; give one of its files"),
        ("in/c.jsonl:1", {}, "say which record by --record"),
        ("in/deep/a.txt:1", {"record": "x"}, "is no container; leave --record out"),
        ("in/c.jsonl:1", {"record": "q"}, "has no record 'q'"),
        ("in/c.jsonl:1", {"record": "y"}, "no text in field 'text' but int"),
        ("in/b.html:99", {}, "lines of what the page says, and no line 99"),
        ("out/text/deep/a.txt:99", {}, "and no line 99"),
    ],
)
def test_what_names_no_line_is_refused(
    folder: Path, cleaner: Cleaner, place: str, more: dict[str, str], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        told(f"{folder / place}", cleaner, **more)


@pytest.mark.parametrize(("place", "record"), [("in/none.txt:1", ""), ("in/c.jsonl:1", "q")])
def test_what_a_run_does_not_tell_of_is_refused(folder: Path, cleaner: Cleaner, place: str, record: str) -> None:
    with pytest.raises(ReportError, match=r"tells of no such input|has no record 'q'"):
        told(f"{folder / place}", cleaner, record=record, run=folder / "out")


# following


@given(documents(), st.data())
def test_a_span_that_is_followed_loses_no_letter_that_stays(document: Document, data: st.DataObject) -> None:
    assume(document.source)
    start = data.draw(st.integers(0, len(document.source) - 1))
    end = data.draw(st.integers(start + 1, len(document.source)))
    changes, (first, last) = _followed(_layers(document), (start, end))
    assert 0 <= first <= last <= len(document.text)
    stayed = [at for at, origin in enumerate(origins(document)) if origin is not None and start <= origin < end]
    assert all(first <= at < last for at in stayed)
    if not any(not change.edit.is_flag for change in changes):
        assert document.text[first:last] == document.source[start:end]


def origins(document: Document) -> list[int | None]:
    """For each letter of the clean text where it stood in the source, None for one that an edit brought."""
    known: list[int | None] = list(range(len(document.source)))
    for layer in document.layers:
        for edit in reversed([edit for edit in layer if not edit.is_flag]):
            known[edit.start : edit.end] = [None] * len(edit.new)
    return known
