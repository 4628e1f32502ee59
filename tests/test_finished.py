"""What a run wrote, read again: every input and record, its report and its text, and what is no run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner.document import Document, Edit
from cleaner.errors import ReportError
from cleaner.finished import FinishedRun
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from cleaner.sinks import Output
from cleaner.verdicts import Verdict, key_of, verdict_on, verdicts_at, write_verdicts
from tests.boxes import json_lines
from tests.samples import ARTICLE

DIRTY = f"{ARTICLE}&nbsp;<b>灯</b>\n\u2028\n分享让更多人看到\n"
RECORDS = [
    {"id": "x", "text": DIRTY},
    {"id": "x2", "text": None},
    {"id": "y", "text": 7},
    {"id": "z", "text": "好。\n"},
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, cleaner: Cleaner) -> FinishedRun:
    folder = tmp_path_factory.mktemp("run")
    (folder / "pages").mkdir()
    (folder / "pages" / "a.txt").write_text(DIRTY, "utf-8")
    (folder / "pages" / "b.txt").write_text(DIRTY.replace("灯", "燈"), "utf-8")  # a copy, which is dropped
    (folder / "pages" / "c.txt").write_bytes(b"\x7fELF" + bytes(range(256)))
    (folder / "pages" / "d.jsonl").write_bytes(json_lines(RECORDS))
    clean_files([folder / "pages", folder / "absent.txt"], folder / "out", cleaner)
    return FinishedRun.at(folder / "out")


def test_everything_that_came_in_is_told_once(run: FinishedRun) -> None:
    outcomes = {told.name: told.outcome for told in run.told()}
    assert outcomes == {
        "a.txt": "cleaned", "b.txt": "dropped", "c.txt": "failed", "absent.txt": "failed",
        "d.jsonl/x": "dropped", "d.jsonl/x2": "passed", "d.jsonl/y": "failed", "d.jsonl/z": "unchanged",
    }  # fmt: skip
    assert len(list(run.told())) == len(outcomes)
    assert {told.container for told in run.told() if "/" in told.name} == {"d.jsonl"}


def test_documents_are_rebuilt_with_their_sources(run: FinishedRun) -> None:
    sources = {told.name: told.document().source for told in run.told() if told.has_document}
    assert sources == {
        "a.txt": DIRTY, "b.txt": DIRTY.replace("灯", "燈"), "d.jsonl/x": DIRTY, "d.jsonl/z": "好。\n"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["a.txt", "absent.txt", "d.jsonl/y"])
def test_one_is_found_by_its_name(run: FinishedRun, name: str) -> None:
    assert run.find(name).name == name


def test_what_was_no_input_is_not_found(run: FinishedRun) -> None:
    with pytest.raises(ReportError, match=r"tells of no 'e\.txt'"):
        run.find("e.txt")


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        (None, "no summary.json is there"),
        ("{", "is no account of a run"),
        (json.dumps({"format": 0, "files": []}), "was written in format 0"),
        (json.dumps({"kept": 1}), "is no account of a run"),
    ],
)
def test_a_folder_that_is_no_finished_run_is_refused(tmp_path: Path, summary: str | None, told: str) -> None:
    if summary is not None:
        (tmp_path / "summary.json").write_text(summary, "utf-8")
    with pytest.raises(ReportError, match=told):
        FinishedRun.at(tmp_path)


# verdicts


def test_verdicts_are_written_and_read_again(run: FinishedRun, tmp_path: Path) -> None:
    document = run.find("a.txt").document()
    verdicts = [
        verdict_on(document, number, is_right=number != 1, note="不\u2028好\ud800")
        for number in range(len(document.edits))
    ]
    output = Output(tmp_path)
    assert verdicts_at(output) == {}
    write_verdicts(output, reversed(verdicts))
    assert verdicts_at(output) == {verdict.key: verdict for verdict in verdicts}
    keys = [key_of(document, *origin) for origin in document.origins()]
    assert [verdict.key for verdict in verdicts] == keys


def test_a_verdict_shows_the_lines_around_its_edit() -> None:
    document = Document.of("甲\n\n乙\u2028乙\n分享\n \n丙\n丁", name="a")
    document = document.revised([Edit(7, "分享\n", "", "share/share-bar", "")])
    assert verdict_on(document, 0, is_right=True).context == "乙\u2028乙\n分享\n丙\n"


@pytest.mark.parametrize("line", ["{}", "[]", "x", '{"verdict": "maybe"}'])
def test_a_line_that_is_no_verdict_is_refused(tmp_path: Path, line: str) -> None:
    good = Verdict("a", "b/c", (0, 1), "甲", "", "甲乙\n", is_right=True)
    write_verdicts(Output(tmp_path), [good])
    path = tmp_path / "verdicts.jsonl"
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(ReportError, match="line 2 is no verdict"):
        verdicts_at(Output(tmp_path))
