"""What commands print where nobody reads on, or nothing can be written."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import typer

from cleaner import cli, pipeline
from cleaner.cli import app
from cleaner.cli.configuring import walked
from cleaner.finished import FinishedRun
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from cleaner.verdicts import verdict_on, write_verdicts
from tests.conftest import ROOT
from tests.samples import CLOSE, LEAD, rule, rule_file

_SERVES = {("review",)}  # goes on until it is stopped
COMMANDS = {
    ("clean",): "a.txt -o new",
    ("mine",): "a.txt -o new.toml",
    ("undo",): "out/text/a.txt out/reports/a.json",
    ("explain",): "a.txt:1",
    ("diff",): "out out",
    ("eval",): "out",
    ("dedup",): "a.txt -o weeded",
    ("config",): "",
    ("rules", "list"): "",
    ("rules", "show"): "read-on",
    ("rules", "test"): "",
    ("rules", "document"): "shipped",
    ("rules", "try"): "打开应用 a.txt",
    ("rules", "new"): "mine --from a.txt:2",
    ("rules", "coverage"): "out --json",
    ("index", "add"): "seen a.txt",
    ("index", "query"): "seen a.txt",
    ("index", "stats"): "seen",
    ("index", "compact"): "seen",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file, a run on it with a verdict, an index that knows it, and the one rule that the package ships."""
    folder = tmp_path_factory.mktemp("here")
    (folder / "shipped").mkdir()
    rule_file(folder / "shipped", rule(), stem="app")
    (folder / "a.txt").write_text(f"{LEAD}\n{CLOSE}\n打开应用看全文\n", "utf-8")
    clean_files([folder / "a.txt"], folder / "out", Cleaner())
    run = FinishedRun.at(folder / "out")
    document = run.find("a.txt").document()
    write_verdicts(run.output, [verdict_on(document, 0, is_right=True)] if document.edits else [])
    return folder


def ended(words: list[str], stdout: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of a command that finds it cannot write to stdout, which is an open file by its number."""
    with suppress(OSError), open(stdout, "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdout", file)
        with pytest.raises(SystemExit) as ending:
            app(words)
        assert sys.stdout is None
    return int(str(ending.value.code or 0))


def nobody_reads() -> int:
    """The end of a pipe that is written to, after the other was closed."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def test_every_command_is_tried() -> None:
    root = typer.main.get_command(app)
    assert {words for words, _ in walked(root)} == COMMANDS.keys() | _SERVES


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_that_nobody_reads_on_is_no_failure(
    words: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: [folder / "shipped" / "app.toml"])
    code = ended([*words, *shlex.split(COMMANDS[words])], nobody_reads(), monkeypatch)
    assert (code, capsys.readouterr().err) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("words", [("explain",), ("rules", "coverage")], ids=" ".join)
def test_a_full_disk_behind_stdout_is_not_taken_for_one_of_inputs(
    words: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    code = ended([*words, *shlex.split(COMMANDS[words])], os.open("/dev/full", os.O_WRONLY), monkeypatch)
    assert (code, capsys.readouterr().err) == (1, "stdout: No space left on device; make room or write elsewhere\n")


def test_no_command_prints_past_what_notices() -> None:
    modules = [path for path in Path(cli.__file__).parent.glob("*.py") if path.stem != "printing"]
    assert len(modules) > len(_SERVES)
    printed = re.compile(r"(?<![\w.])print\(|typer\.(?:secho|echo)\((?!.*err=True)")
    assert [path.name for path in modules if re.search(printed, path.read_text("utf-8"))] == []


@pytest.mark.slow
@pytest.mark.parametrize("words", ["explain a.txt:1", "config", "--version"])
def test_a_command_before_head_ends_as_if_all_was_read(words: str, folder: Path) -> None:
    line = f"{shlex.quote(sys.executable)} -m cleaner {words} | true; exit ${{PIPESTATUS[0]}}"
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
