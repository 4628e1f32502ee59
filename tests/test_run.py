"""Whole runs: what is written, that accounts balance, and that no input, however bad, stops the others."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from cleaner import pipeline
from cleaner.dedup import Policy
from cleaner.errors import OutputError
from cleaner.report import Failure, Summary, source_of, to_json
from cleaner.run import AcrossFiles, Progress, clean_files
from cleaner.sieve import Sieve
from cleaner.sinks import safe_name
from cleaner.units import View
from tests.samples import ARTICLE, LEAD, TITLE, cleaner_with

CLEANER = cleaner_with()
GOOD = f"{LEAD}&nbsp;<b>灯</b>还亮着。\n".encode()
CLEANED = f"{LEAD} 灯还亮着。\n"
ALONE = AcrossFiles(duplicates=Policy("off"))  # the files of these tests are much alike
Prepare = Callable[[Path], object]


def folder_of(root: Path, files: dict[str, bytes]) -> Path:
    """A folder with the given files."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def run(tmp_path: Path, *inputs: Path, across: AcrossFiles = ALONE) -> Summary:
    """The account of a run over the inputs, `tmp_path / "in"` by default, which must balance."""
    summary = clean_files(inputs or [tmp_path / "in"], tmp_path / "out", CLEANER, across=across)
    facts = summary.facts()
    accounts = facts["accounts"]
    assert accounts["in"] == accounts["written"] + accounts["dropped"] + accounts["failed"]
    assert accounts["written"] + accounts["dropped"] == len(facts["files"])
    assert accounts["dropped"] == len(facts["dropped"])
    assert accounts["failed"] == len(facts["failures"])
    assert json.loads((tmp_path / "out" / "summary.json").read_text("utf-8")) == facts
    return summary


def outcomes(summary: Summary) -> dict[str, str]:
    facts = summary.facts()
    return {entry["name"]: entry["outcome"] for entry in [*facts["files"], *facts["failures"]]}


def assert_good_is_written(tmp_path: Path) -> None:
    assert (tmp_path / "out" / "text" / "good.txt").read_text("utf-8") == CLEANED


# what is written


def test_a_run_writes_texts_reports_summary_and_index(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD, "山/a.html": f"<p>{LEAD}</p>".encode()})
    run(tmp_path)
    out = tmp_path / "out"
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    written = {name for name in files if not name.startswith(".cleaner/")}
    assert written == {
        "text/good.txt", "reports/good.json", "reports/good.html",
        "text/山/a.html.txt", "reports/山/a.html.json", "reports/山/a.html.html",
        "summary.json", "index.html", "table/part-00001.js",
    }  # fmt: skip
    assert_good_is_written(tmp_path)


def test_every_source_is_rebuilt_from_what_was_written(tmp_path: Path) -> None:
    files = {"good.txt": GOOD, "gbk.txt": ARTICLE.encode("gbk"), "broken.txt": GOOD + b"\xff\xe4", "empty.txt": b""}
    folder_of(tmp_path / "in", files)
    run(tmp_path)
    for name, data in files.items():
        text = (tmp_path / "out" / "text" / name).read_bytes()
        report = (tmp_path / "out" / "reports" / name).with_suffix(".json").read_text("utf-8")
        assert source_of(text, report) == data


def test_a_page_is_extracted_and_its_source_is_the_extracted_text(tmp_path: Path) -> None:
    page = f"<title>{TITLE}</title><nav>首页</nav><p>{LEAD}</p>"
    folder_of(tmp_path / "in", {"a.html": page.encode("gbk")})
    run(tmp_path)
    text = (tmp_path / "out" / "text" / "a.html.txt").read_bytes()
    report = (tmp_path / "out" / "reports" / "a.html.json").read_text("utf-8")
    assert text.decode() == LEAD
    assert json.loads(report)["lossless"] is False
    assert source_of(text, report) == LEAD.encode()


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    files = {"good.txt": GOOD, "bad.txt": b"\x00", "b/good.txt": GOOD, "c.html": b"<p>a"}
    results = []
    for place in ("one", "two/deeper"):
        folder_of(tmp_path / place / "in", files)
        run(tmp_path / place)
        out = tmp_path / place / "out"
        results.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert results[0] == results[1]


def test_what_was_measured_of_an_earlier_run_goes_and_what_people_said_stays(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD})
    folder_of(tmp_path / "out", {"eval.html": b"old", "verdicts.jsonl": b""})
    run(tmp_path)
    assert not (tmp_path / "out" / "eval.html").exists()
    assert (tmp_path / "out" / "verdicts.jsonl").exists()


def test_a_second_run_into_the_same_folder_changes_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD})
    assert run(tmp_path).facts() == run(tmp_path).facts()
    assert_good_is_written(tmp_path)


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"a.txt": b"\x00", "b.txt": GOOD})
    told: list[Progress] = []
    clean_files([tmp_path / "in"], tmp_path / "out", CLEANER, tell=told.append)
    assert [(progress.done, progress.total, bool(progress.failure)) for progress in told] == [
        (1, 2, True),
        (2, 2, False),
    ]


# bad inputs


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG image"),
        (b"%PDF-1.4\n\x00", "a PDF file"),
        ("山水".encode("utf-16-le") + b"a\x00", "byte-order mark if it is UTF-16"),
    ],
)
def test_a_file_that_is_no_text_is_a_failure_with_a_report(tmp_path: Path, data: bytes, says: str) -> None:
    folder_of(tmp_path / "in", {"bad.txt": data, "good.txt": GOOD})
    (failure,) = run(tmp_path).failures
    assert (failure.name, says in failure.reason) == ("bad.txt", True)
    report = (tmp_path / "out" / "reports" / "bad.json").read_text("utf-8")
    assert report == to_json(Failure("bad.txt", failure.reason).facts())
    assert (tmp_path / "out" / "reports" / "bad.html").exists()
    assert not (tmp_path / "out" / "text" / "bad.txt").exists()
    assert_good_is_written(tmp_path)


def test_an_empty_file_is_written_empty_and_said_to_be(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"empty.txt": b"", "blank.txt": b" \n", "good.txt": GOOD})
    assert outcomes(run(tmp_path)) == {"empty.txt": "empty", "blank.txt": "empty", "good.txt": "cleaned"}
    assert (tmp_path / "out" / "text" / "empty.txt").read_bytes() == b""


def test_broken_utf_8_is_cleaned_and_what_was_broken_is_told(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD, "broken.txt": GOOD + b"\xff"})
    assert outcomes(run(tmp_path)) == {"broken.txt": "cleaned", "good.txt": "cleaned"}
    assert "bytes that are no text: FF" in (tmp_path / "out" / "reports" / "broken.json").read_text("utf-8")
    assert_good_is_written(tmp_path)


def test_a_missing_path_is_a_failure(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD})
    summary = run(tmp_path, tmp_path / "gone.txt", tmp_path / "in")
    assert outcomes(summary) == {"gone.txt": "failed", "good.txt": "cleaned"}
    assert "No such file" in summary.failures[0].reason
    assert_good_is_written(tmp_path)


def test_an_unreadable_file_is_a_failure(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD, "locked.txt": GOOD})
    opened = Path.open

    def refuse_locked(path: Path, *words: Any, **named: Any) -> Any:
        if path == tmp_path / "in" / "locked.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *words, **named)

    with patch.object(Path, "open", refuse_locked):
        summary = run(tmp_path)
    assert outcomes(summary) == {"good.txt": "cleaned", "locked.txt": "failed"}
    assert "Permission denied" in summary.failures[0].reason
    assert_good_is_written(tmp_path)


@pytest.mark.parametrize(
    ("prepare", "name", "says"),
    [
        (lambda folder: os.mkfifo(folder / "pipe"), "pipe", "neither file nor folder"),
        (
            lambda folder: os.symlink("nowhere", folder / "link"),
            "link",
            "is a link to nowhere, where nothing is; mend it or leave it out",
        ),
    ],
    ids=["a pipe", "a link to nowhere"],
)
def test_what_is_no_file_is_a_failure(tmp_path: Path, prepare: Prepare, name: str, says: str) -> None:
    prepare(folder_of(tmp_path / "in", {"good.txt": GOOD}))
    summary = run(tmp_path)
    assert outcomes(summary) == {"good.txt": "cleaned", name: "failed"}
    assert says in summary.failures[0].reason
    assert_good_is_written(tmp_path)


def test_a_link_to_a_folder_is_told_and_not_followed(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", {"good.txt": GOOD, "below/a.txt": GOOD, "below/again.txt": GOOD})
    os.symlink(folder, folder / "below" / "again", target_is_directory=True)
    os.symlink(tmp_path / "out", folder / "latest", target_is_directory=True)
    (tmp_path / "out").mkdir()
    summary = run(tmp_path)
    names = {"below/again.txt": "cleaned", "below/a.txt": "cleaned", "good.txt": "cleaned", "below/again": "failed"}
    assert outcomes(summary) == names
    assert summary.failures[0].reason == f"is a link to the folder {folder}, and not followed; give the folder itself"
    assert (
        json.loads((tmp_path / "out" / "reports" / "below" / "again.json").read_text("utf-8"))["outcome"] == "cleaned"
    )


@pytest.mark.parametrize("name", ["below", "."])
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path / "in", {"good.txt": GOOD, "below/a.txt": GOOD})
    listed = os.scandir

    def refuse(path: Any) -> Any:
        if not isinstance(path, int) and Path(path) == folder / name:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    with patch.object(os, "scandir", refuse):
        summary = run(tmp_path)
    (failure,) = summary.failures
    assert failure.name == (name if name == "below" else "in")
    assert failure.reason == "is a folder that cannot be read; make it readable or leave it out"


def test_an_account_is_not_written_over_an_input(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", {"index.html": f"<p>{ARTICLE}</p>".encode(), "good.txt": GOOD})
    with pytest.raises(OutputError, match="is an input, and the run would write over it"):
        clean_files([folder], folder, CLEANER)
    assert ARTICLE in (folder / "index.html").read_text("utf-8")


def test_a_file_that_goes_while_the_run_is_on_is_a_failure(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", {"a.txt": GOOD, "b.jsonl": b'{"text": "x"}', "good.txt": GOOD})

    def take_away(progress: Progress) -> None:
        for name in ("a.txt", "b.jsonl"):
            (folder / name).unlink(missing_ok=True)

    across = AcrossFiles(templates=3)
    summary = clean_files([folder], tmp_path / "out", CLEANER, across=across, tell=take_away)
    assert [failure.name for failure in summary.failures] == ["a.txt", "b.jsonl"]
    assert all(failure.reason == "No such file or folder; check the path" for failure in summary.failures)
    assert_good_is_written(tmp_path)


@pytest.mark.parametrize(
    "across", [ALONE, AcrossFiles(templates=3, duplicates=Policy("off"))], ids=["alone", "templates"]
)
def test_an_error_in_cleaning_that_nobody_thought_of_costs_one_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, across: AcrossFiles
) -> None:
    def unheard_of(text: str, gate: Sieve | None = None) -> View:
        if "雷" in text:
            raise ZeroDivisionError("by zero")
        return View(text, gate)

    monkeypatch.setattr(pipeline, "View", unheard_of)
    rows = [{"text": text} for text in (ARTICLE, "雷雨", LEAD)]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    folder = folder_of(tmp_path / "in", {"a.txt": "雷雨".encode(), "good.txt": ARTICLE.encode(), "rows.jsonl": lines})
    summary = clean_files([folder], tmp_path / "out", CLEANER, across=across)
    assert summary.facts()["accounts"] == {"in": 5, "written": 3, "dropped": 0, "failed": 2}
    assert [failure.name for failure in summary.failures] == ["a.txt", "rows.jsonl:2"]
    assert "an error of cleaner's own (ZeroDivisionError in test_run.py" in summary.failures[0].reason


def test_of_two_inputs_for_one_output_the_first_has_it(tmp_path: Path) -> None:
    folder_of(tmp_path, {"a/good.txt": GOOD, "b/good.txt": b"\x00", "b/good": ARTICLE.encode()})
    summary = run(tmp_path, tmp_path / "a", tmp_path / "b")
    assert [failure.name for failure in summary.failures] == ["good", "good.txt"]
    for failure in summary.failures:
        assert failure.reason.startswith(
            f"its output is already written for {tmp_path / 'a' / 'good.txt'}; clean the two"
        )
    assert_good_is_written(tmp_path)
    assert json.loads((tmp_path / "out" / "reports" / "good.json").read_text("utf-8"))["outcome"] == "cleaned"


def test_out_inside_the_input_is_not_cleaned_again(tmp_path: Path) -> None:
    folder_of(tmp_path, {"good.txt": GOOD})
    for _ in range(2):
        assert outcomes(run(tmp_path, tmp_path)) == {"good.txt": "cleaned"}


def test_a_page_nested_deeply_stops_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"deep.html": b"<div>" * 50_000 + LEAD.encode(), "good.txt": GOOD})
    assert outcomes(run(tmp_path))["good.txt"] == "cleaned"


@pytest.mark.slow
def test_ten_megabytes_on_one_line_are_cleaned(tmp_path: Path) -> None:
    line = LEAD * (10_000_000 // len(LEAD.encode()))
    folder_of(tmp_path / "in", {"good.txt": GOOD, "long.txt": f"{line}&nbsp;".encode()})
    assert outcomes(run(tmp_path)) == {"good.txt": "cleaned", "long.txt": "cleaned"}
    assert (tmp_path / "out" / "text" / "long.txt").stat().st_size == len(line.encode()) + 1
    assert_good_is_written(tmp_path)


@pytest.mark.parametrize("again", ["in/good.txt", "in"])
def test_an_input_given_twice_stops_nothing(tmp_path: Path, again: str) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD})
    (failure,) = run(tmp_path, tmp_path / "in", tmp_path / again).failures
    assert failure == Failure("good.txt", "is given twice; leave it out once")
    assert_good_is_written(tmp_path)
    assert json.loads((tmp_path / "out" / "reports" / "good.json").read_text("utf-8"))["outcome"] == "cleaned"


def test_a_link_to_itself_is_a_failure(tmp_path: Path) -> None:
    os.symlink("loop", folder_of(tmp_path / "in", {"good.txt": GOOD}) / "loop")
    assert outcomes(run(tmp_path)) == {"good.txt": "cleaned", "loop": "failed"}


def test_a_name_that_is_no_text_stops_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {os.fsdecode(b"\xff"): GOOD, "good.txt": GOOD})
    assert not run(tmp_path).failures
    assert f"reports/{safe_name(os.fsdecode(bytes([255])))}.html" in (tmp_path / "out" / "index.html").read_text(
        "utf-8"
    )
    assert_good_is_written(tmp_path)


def test_a_page_with_broken_utf_8_stops_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"broken.html": f"<p>{ARTICLE}</p>".encode() + b"\xff", "good.txt": GOOD})
    run(tmp_path)
    assert_good_is_written(tmp_path)


@pytest.mark.parametrize(
    "names",
    [["x", "x.txt/y"], ["x.txt", "x.html/y"]],
    ids=["a file and a folder of one name", "a report and a folder of one name"],
)
def test_an_input_whose_output_has_no_place_stops_nothing(tmp_path: Path, names: list[str]) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD, **dict.fromkeys(names, GOOD)})
    (failure,) = run(tmp_path).failures
    assert failure.name in names
    assert failure.reason.startswith("no place for ")
    assert_good_is_written(tmp_path)


@pytest.mark.parametrize("out", ["in", "."])
def test_an_input_inside_out_is_cleaned_or_told(tmp_path: Path, out: str) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD})
    (failure,) = clean_files([tmp_path / "in"], tmp_path / out, CLEANER).failures
    assert failure == Failure("good.txt", "lies in the folder that the run writes to; give another OUT")


# dropping


def dropped_run(tmp_path: Path, *words: str) -> Summary:
    return clean_files([tmp_path / "in"], tmp_path / "out", cleaner_with(drop=words))


def test_a_dropped_document_has_a_report_and_no_text_and_accounts_balance(tmp_path: Path) -> None:
    data = "短文。<br>\n".encode("gb18030")
    folder_of(tmp_path / "in", {"good.txt": ARTICLE.encode(), "short.txt": data, "bad.txt": b"\x00"})
    facts = dropped_run(tmp_path, "characters < 20").facts()
    assert facts["accounts"] == {"in": 3, "written": 1, "dropped": 1, "failed": 1}
    assert facts["settings"]["drop"] == "characters < 20"
    (drop,) = facts["dropped"]
    assert (drop["name"], drop["rule"]) == ("short.txt", "drop/characters")
    assert "“characters < 20”" in drop["why"]
    assert not (tmp_path / "out" / "text" / "short.txt").exists()
    report = (tmp_path / "out" / "reports" / "short.json").read_text("utf-8")
    assert json.loads(report)["outcome"] == "dropped"
    assert json.loads(report)["quality"]["characters"] < 20
    assert source_of(b"", report) == data
    assert drop["why"] in html.unescape((tmp_path / "out" / "index.html").read_text("utf-8"))


def test_a_text_that_an_earlier_run_wrote_goes_when_it_is_dropped(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"good.txt": GOOD})
    run(tmp_path)
    dropped_run(tmp_path, "characters > 0")
    assert not (tmp_path / "out" / "text" / "good.txt").exists()
    run(tmp_path)
    assert_good_is_written(tmp_path)


def test_dropped_documents_are_no_near_duplicates(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"a.txt": ARTICLE.encode(), "b.txt": (ARTICLE + "又记。").encode()})
    summary = dropped_run(tmp_path, "script == hans")
    assert summary.facts()["duplicates"]["pairs"] == 0
    assert outcomes(summary) == {"a.txt": "dropped", "b.txt": "dropped"}


def test_the_account_holds_the_distribution_of_every_figure(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", {"a.txt": ARTICLE.encode(), "good.txt": GOOD})
    facts = run(tmp_path).facts()
    assert facts["quality"]["script"] == {"hans": 2}
    assert facts["quality"]["characters"]["quartiles"] == sorted(facts["quality"]["characters"]["quartiles"])
    assert [file["quality"]["script"] for file in facts["files"]] == ["hans", "hans"]


def test_of_two_missing_inputs_of_one_name_neither_is_said_to_be_written(tmp_path: Path) -> None:
    summary = run(tmp_path, tmp_path / "one" / "a.txt", tmp_path / "two" / "a.txt")
    assert [failure.reason for failure in summary.failures] == ["No such file or folder; check the path"] * 2


def test_links_are_followed_to_where_an_input_lies(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", {"good.txt": GOOD})
    run(tmp_path)
    (folder / "own.txt").symlink_to(tmp_path / "out" / "text" / "good.txt")
    (tmp_path / "other").symlink_to(folder)
    failures = run(tmp_path, folder, folder / "own.txt", tmp_path / "other" / "good.txt").failures
    assert {failure.name: failure.reason for failure in failures} == {
        "good.txt": "is given twice; leave it out once",
        "own.txt": "lies in the folder that the run writes to; give another OUT",
    }
