"""Runs with an index: what earlier runs had is dropped, and a run that is repeated does not meet itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cleaner import pipeline
from cleaner.cli import app
from tests.prose import edited, prose
from tests.samples import rule, rule_file


@pytest.fixture(autouse=True)
def _shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rule_file(tmp_path_factory.mktemp("shipped"), rule(), stem="app")
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: [path])


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def day(tmp_path: Path, name: str, *seeds: int, share: float = 0.0) -> Path:
    """A folder of pages, one for each seed."""
    folder = tmp_path / name
    folder.mkdir(exist_ok=True)
    for seed in seeds:
        (folder / f"{seed}.txt").write_text(edited(prose(seed), share), "utf-8")
    return folder


def clean(tmp_path: Path, folder: Path, *options: object) -> dict[str, Any]:
    out = tmp_path / "out" / folder.name
    code, _, stderr = run("clean", folder, "-o", out, "--index", tmp_path / "seen", *options)
    assert code == 0
    assert all(line.startswith("LOOK: ") for line in stderr.splitlines())
    return json.loads((out / "summary.json").read_text("utf-8"))  # type: ignore[no-any-return]


def dropped(facts: dict[str, Any]) -> list[str]:
    return [drop["name"] for drop in facts["dropped"]]


def test_what_an_earlier_run_had_is_dropped(tmp_path: Path) -> None:
    assert dropped(clean(tmp_path, day(tmp_path, "monday", 1, 2, 3))) == []
    facts = clean(tmp_path, day(tmp_path, "tuesday", 3, 4, share=0.008))
    assert dropped(facts) == ["3.txt"]
    assert "to 3.txt of batch monday, which stays" in facts["dropped"][0]["why"]
    (row,) = map(json.loads, (tmp_path / "out" / "tuesday" / "duplicates.jsonl").read_text("utf-8").splitlines())
    assert row["remembered"] is True
    assert row["only_kept"]
    assert not (tmp_path / "out" / "tuesday" / "text" / "3.txt").exists()
    assert dropped(clean(tmp_path, day(tmp_path, "wednesday", 1, 4, 5))) == ["1.txt", "4.txt"]


def test_a_run_that_is_repeated_gives_the_same(tmp_path: Path) -> None:
    monday, tuesday = day(tmp_path, "monday", 1, 2), day(tmp_path, "tuesday", 2, 3)
    first = [clean(tmp_path, monday), clean(tmp_path, tuesday)]
    assert [clean(tmp_path, monday), clean(tmp_path, tuesday)] == first
    (monday / "1.txt").write_text(prose(9), "utf-8")
    clean(tmp_path, monday)
    assert dropped(clean(tmp_path, day(tmp_path, "wednesday", 1, 9))) == ["9.txt"]


def test_a_batch_that_is_known_under_another_name_is_told(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    folder = day(tmp_path, "monday", 1, 2, 3)
    assert run("clean", folder, "-o", tmp_path / "o", "--index", seen)[2] == ""
    assert "under another name?" in run("clean", folder, "-o", tmp_path / "o", "--index", seen, "--batch", "m")[2]


def test_another_batch_in_the_place_of_one_is_told(tmp_path: Path) -> None:
    out, seen = tmp_path / "out", tmp_path / "seen"
    run("dedup", day(tmp_path, "monday", 1, 2, 3), "-o", out, "--index", seen)
    _, stdout, stderr = run("dedup", day(tmp_path, "tuesday", 4, 5), "-o", out, "--index", seen)
    assert "2 texts remembered; 3 replaced, of an earlier run of this batch" in stdout
    assert "LOOK: was that the same batch?" in stderr
    facts = json.loads((out / "summary.json").read_text("utf-8"))
    assert facts["index"] == {"batch": "", "remembered": 2, "forgotten": 3}
    assert "3 written" in run("dedup", day(tmp_path, "wednesday", 4, 6, 7, 8), "-o", tmp_path / "o", "--index", seen)[1]


def test_a_batch_has_the_name_it_is_given(tmp_path: Path) -> None:
    monday, tuesday = day(tmp_path, "monday", 1), day(tmp_path, "tuesday", 1)
    clean(tmp_path, monday, "--batch", "crawl-1")
    assert dropped(clean(tmp_path, tuesday, "--batch", "crawl-1")) == []
    facts = clean(tmp_path, day(tmp_path, "wednesday", 1), "--batch", "crawl-2")
    assert "says the same as 1.txt of batch crawl-1" in facts["dropped"][0]["why"]


def test_a_flagged_document_is_remembered(tmp_path: Path) -> None:
    clean(tmp_path, day(tmp_path, "monday", 1))
    facts = clean(tmp_path, day(tmp_path, "tuesday", 1, share=0.02))
    assert facts["duplicates"]["flagged"] == 1
    assert dropped(clean(tmp_path, day(tmp_path, "wednesday", 1, share=0.02))) == ["1.txt"]


def test_dedup_with_processes_uses_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.corpus._SENT", 3_000)
    clean(tmp_path, day(tmp_path, "monday", *range(10)))
    monkeypatch.setattr("cleaner.engine.pool._first", lambda *_: ([], False))  # however little there is to do
    out = tmp_path / "o"
    stdout = run(
        "dedup", day(tmp_path, "tuesday", *range(5, 15)), "-o", out, "--index", tmp_path / "seen", "--workers", 2
    )[1]
    assert stdout.startswith("10 texts in = 5 written + 5 dropped + 0 failed")


def test_an_index_below_an_input_folder_is_no_input(tmp_path: Path) -> None:
    folder = day(tmp_path, "monday", 1)
    for _ in range(2):
        code, stdout, _ = run("clean", folder, "-o", folder / "out", "--index", folder / "seen")
        assert code == 0
        assert "1 files in = 1 written" in stdout
    assert "1 texts in = 1 written" in run("dedup", folder, "-o", folder / "out", "--index", folder / "seen")[1]


def test_an_index_for_other_shingles_is_refused(tmp_path: Path) -> None:
    monday = day(tmp_path, "monday", 1)
    clean(tmp_path, monday)
    code, _, stderr = run("clean", monday, "-o", tmp_path / "o", "--index", tmp_path / "seen", "--ngram", 4)
    assert code == 1
    assert "made for ngram 5, not ngram 4" in stderr
    assert not (tmp_path / "o").exists()


def test_an_index_is_filled_and_asked_by_commands(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    known = tmp_path / "known.jsonl"
    known.write_text("".join(json.dumps({"id": seed, "text": prose(seed)}) + "\n" for seed in (1, 2)), "utf-8")
    assert run("index", "add", seen, known) == (0, "2 texts added, 0 were there, 0 failed\n", "")
    assert run("index", "add", seen, known)[1] == "0 texts added, 2 were there, 0 failed\n"
    code, stdout, _ = run("index", "query", seen, day(tmp_path, "monday", 2, 3, share=0.01))
    assert code == 0
    (row,) = map(json.loads, stdout.splitlines())
    assert (row["a"], row["b"], row["remembered"], row["batch"]) == ("2", "2.txt", True, "")
    assert not {"kept", "dropped", "group"} & row.keys()
    assert json.loads(run("index", "stats", seen)[1])["texts"] == 2
    assert run("index", "compact", seen)[0] == 0
    assert "2 dropped" in run("dedup", known, "-o", tmp_path / "o", "--index", seen)[1].splitlines()[0]


@pytest.mark.parametrize("command", ["query", "stats", "compact"])
def test_no_command_but_add_makes_an_index(tmp_path: Path, command: str) -> None:
    inputs = [day(tmp_path, "monday", 1)] if command == "query" else []
    code, _, stderr = run("index", command, tmp_path / "nope", *inputs)
    assert code == 1
    assert "no index is there" in stderr
    assert not (tmp_path / "nope").exists()


def test_what_cannot_be_read_is_told_and_the_rest_added(tmp_path: Path) -> None:
    lines = tmp_path / "in.jsonl"
    lines.write_text(json.dumps({"id": 1, "text": prose(1)}) + "\nno json\n", "utf-8")
    code, stdout, stderr = run("index", "add", tmp_path / "seen", lines)
    assert (code, stdout) == (1, "1 texts added, 0 were there, 1 failed\n")
    assert stderr.startswith("in.jsonl:2: no JSON")
