"""What a run logs: records that programs rely on, lines for people, and the figures of long runs."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cleaner import logs, metrics, pipeline
from cleaner.metrics import Figures, Meter
from cleaner.run import AcrossFiles, Progress, clean_files, mine_files
from cleaner.weeding import Weeding, weed_files
from tests.boxes import PACK, json_lines, table
from tests.killing import SPEED
from tests.samples import ARTICLE, LEAD, cleaner_with, rule, rule_file
from tests.test_cli import run

CLEANER = cleaner_with()
ROWS = [{"id": str(number), "text": f"{LEAD}{number}"} for number in range(40)]


@pytest.fixture(autouse=True)
def _shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package ships one rule, and no file with options is above."""
    path = rule_file(tmp_path_factory.mktemp("shipped"), rule(), stem="app")
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: [path])


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A file that can be cleaned, and one that is no text."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(ARTICLE, "utf-8")
    (folder / "b.txt").write_bytes(b"\x00")
    return folder


class Clock:
    """Seconds that go by only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def lines(text: str) -> list[dict[str, Any]]:
    """The records of structured lines, which must be all there is."""
    assert text.isascii()
    return [json.loads(line) for line in text.splitlines()]


def ours(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, str, Any]]:
    """(logger, level, event, fields) of each record of the package."""
    found = [record for record in caplog.records if record.name.startswith("cleaner")]
    return [(record.name, record.levelname, vars(record)["event"], vars(record)["fields"]) for record in found]


# records


def test_a_run_logs_by_the_name_of_its_module(pages: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "cleaner")
    clean_files([pages], tmp_path / "out", CLEANER)
    started, failed, finished = ours(caplog)
    assert started == ("cleaner.run", "INFO", "started", {"inputs": 2})
    assert failed[:3] == ("cleaner.run", "WARNING", "failed")
    assert failed[3]["name"] == "b.txt"
    assert failed[3]["reason"].startswith("no text")
    accounts = {"in": 2, "written": 1, "dropped": 0, "failed": 1}
    assert finished == ("cleaner.run", "INFO", "finished", {**accounts, "known": 0})


def test_mining_and_weeding_log_what_fails(pages: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mine_files([pages], tmp_path / "site.toml", CLEANER)
    weed_files([pages], tmp_path / "out", Weeding())
    assert [(*record[:3], record[3]["name"]) for record in ours(caplog)] == [
        ("cleaner.run", "WARNING", "failed", "b.txt"),
        ("cleaner.weeding", "WARNING", "failed", "b.txt"),
    ]


def test_who_asks_for_no_records_sees_none(pages: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cleaner.weeding import Weeding, weed_files;"
        "weed_files([Path(sys.argv[1])], Path(sys.argv[2]), Weeding())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, pages, tmp_path / "out"], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


# as lines


def test_log_json_makes_every_line_of_stderr_an_object(pages: Path, tmp_path: Path) -> None:
    code, stdout, stderr = run("clean", pages, "-o", tmp_path / "out", "--log-json")
    assert (code, "2 files in = 1 written" in stdout) == (1, True)
    found = lines(stderr)
    assert [(each["level"], each["event"]) for each in found] == [
        ("info", "started"),
        ("warning", "failed"),
        ("info", "finished"),
    ]
    assert all(each.keys() == {"time", "level", "logger", "event", "message", "fields"} for each in found)
    assert found[1]["message"] == f"b.txt: {found[1]['fields']['reason']}"
    assert all(datetime.fromisoformat(each["time"]).utcoffset() == timedelta(0) for each in found)


def test_misuse_and_what_cannot_be_done_are_records_too(pages: Path, tmp_path: Path) -> None:
    code, _, stderr = run("clean", pages, "--log-json")
    assert (code, [each["event"] for each in lines(stderr)]) == (2, ["misuse"])
    (tmp_path / "out").touch()
    code, _, stderr = run("clean", pages, "-o", tmp_path / "out", "--log-json")
    assert (code, [(each["level"], each["event"]) for each in lines(stderr)]) == (1, [("error", "stopped")])


def test_a_crash_is_a_record_with_its_traceback(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*inputs: object, **choices: object) -> None:
        raise RuntimeError("out of cheese")

    monkeypatch.setattr("cleaner.run.clean_files", crash)
    code, _, stderr = run("clean", pages, "-o", tmp_path / "out", "--log-json")
    (record,) = lines(stderr)
    assert (code, record["level"], record["event"]) == (1, "critical", "crashed")
    assert "RuntimeError: out of cheese" in record["traceback"]
    with pytest.raises(RuntimeError, match="out of cheese"):
        run("clean", pages, "-o", tmp_path / "out")


def test_what_the_filter_drops_and_cannot_read_are_records(tmp_path: Path) -> None:
    words = ("clean", "-", "--format", "jsonl", "--log-json", "--drop", "characters < 3")
    code, stdout, stderr = run(*words, stdin=json_lines([{"text": "a"}, {"text": LEAD}]) + b"no json\n")
    assert (code, json.loads(stdout)) == (1, {"text": LEAD})
    assert [(each["event"], each["fields"]["name"]) for each in lines(stderr)] == [
        ("dropped", "stdin:1"),
        ("failed", "stdin:3"),
    ]


def test_warnings_of_other_packages_are_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.written(as_json=True):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        logging.getLogger("other").warning("a %s", "thing")
    first, second = lines(capsys.readouterr().err)
    assert (first["logger"], "DeprecationWarning: old" in first["message"]) == ("py.warnings", True)
    assert (second["logger"], second["event"], second["message"]) == ("other", "message", "a thing")


def test_people_see_warnings_on_one_line_without_what_moves_a_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\x1b[2Jb\nc\N{RIGHT-TO-LEFT OVERRIDE}d\udcff山"
    with logs.written():
        logs.failed(logging.getLogger("cleaner.run"), name, "no text")
        logging.getLogger("cleaner.run").info("started", extra=logs.event("started"))
    assert capsys.readouterr().err == "a⟦ESC⟧[2Jb⟦LF⟧c⟦RLO⟧d⟦U+DCFF⟧山: no text\n"


def test_structured_lines_hold_any_name(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\x1b\n\N{LINE SEPARATOR}\udcff山"
    with logs.written(as_json=True):
        logs.failed(logging.getLogger("cleaner.run"), name, "no text")
    (record,) = lines(capsys.readouterr().err)
    assert record["fields"]["name"] == name


def test_a_log_file_has_the_records_and_grows(pages: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    for _ in range(2):
        _, _, stderr = run("clean", pages, "-o", tmp_path / "out", "--log-file", log)
        assert stderr.startswith("b.txt: no text")
    assert [each["event"] for each in lines(log.read_text("utf-8"))] == ["started", "failed", "finished"] * 2


def test_a_log_file_that_cannot_be_opened_is_told_before_the_run(pages: Path, tmp_path: Path) -> None:
    code, stdout, stderr = run("clean", pages, "-o", tmp_path / "out", "--log-file", tmp_path)
    assert (code, stdout) == (1, "")
    assert stderr == f"{tmp_path}: Is a directory; give a --log-file that can be written to\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_log_file_is_told_once_and_stops_nothing(pages: Path, tmp_path: Path) -> None:
    code, stdout, stderr = run("clean", pages, "-o", tmp_path / "out", "--log-file", "/dev/full")
    assert (code, "2 files in = 1 written" in stdout) == (1, True)
    assert stderr.count("/dev/full") == 1
    assert "the run goes on without it" in stderr


def test_that_nobody_reads_the_log_stops_nothing(pages: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "cleaner", "dedup", str(pages), "-o", str(tmp_path / "out"), "--log-json"]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=writing, text=True, check=False)
    os.close(writing)
    assert done.stdout.startswith("2 texts in = 1 written")


def test_a_command_leaves_no_handler_behind(pages: Path, tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers), logging.getLogger("cleaner").level
    run("clean", pages, "-o", tmp_path / "out", "--log-json", "--log-file", tmp_path / "log")
    assert (list(logging.getLogger().handlers), logging.getLogger("cleaner").level) == before


# with a progress bar


def on_a_terminal(*words: object) -> str:
    """What a command writes to a stderr that is a terminal."""
    ours_, theirs = pty.openpty()
    command = [sys.executable, "-m", "cleaner", *map(str, words)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.close(theirs)
        said = b"".join(_read(ours_))
        process.wait()
    os.close(ours_)
    return said.decode("utf-8")


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            data = os.read(terminal, 1 << 16)
        except OSError:  # its other end is closed
            return
        if not data:
            return
        yield data


def test_a_terminal_has_a_bar_and_failures_above_it(pages: Path, tmp_path: Path) -> None:
    said = on_a_terminal("dedup", pages, "-o", tmp_path / "out")
    assert "reading" in said
    assert re.search(r"\rb\.txt: no text.*\r\n", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said))


def test_a_terminal_has_no_bar_where_programs_read_it(pages: Path, tmp_path: Path) -> None:
    said = on_a_terminal("dedup", pages, "-o", tmp_path / "out", "--log-json")
    assert [each["event"] for each in lines(said)] == ["started", "failed", "finished"]


# metrics


def told(caplog: pytest.LogCaptureFixture) -> list[Any]:
    """The fields of each line of metrics."""
    return [fields for logger, _, event, fields in ours(caplog) if (logger, event) == ("cleaner.metrics", "metrics")]


def test_figures_are_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "cleaner")
    clock = Clock()
    meter = Meter(clock=clock)
    for second in range(1, 200):
        clock.now = 1000.0 + second
        meter.tell(Figures(second * 10, second * 2_000_000, second * 100, second * 25, second // 50, second / 400))
    assert told(caplog) == [
        {
            "documents": 600 * minute,
            "documents_per_second": 10.0,
            "elapsed_seconds": 60.0 * minute,
            "megabytes_per_second": 2.0,
            "removed_share": 0.25,
            "failures": 60 * minute // 50,
            "done_share": round(0.15 * minute, 2),
            "eta_seconds": 400.0 - 60 * minute,
        }
        for minute in (1, 2, 3)
    ]
    assert (
        caplog.messages[2] == "1,800 documents (10.0/s, 2.00 MB/s), 25.0% removed, 3 failed, 45% done, some 4 min left"
    )


def test_rates_are_those_since_the_last_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "cleaner")
    clock = Clock()
    meter = Meter(clock=clock)
    for now, documents in ((1060, 600), (1120, 600), (1240, 1800)):
        clock.now = float(now)
        meter.tell(Figures(documents))
    assert [fields["documents_per_second"] for fields in told(caplog)] == [10.0, 0.0, 10.0]
    assert caplog.messages[1] == "600 documents (0.0/s)"


def test_nothing_is_divided_by_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "cleaner")
    meter = Meter(every=0.5, clock=Clock())
    meter.tell(Figures())
    meter._clock.now += 0.5  # type: ignore[attr-defined]
    meter.tell(Figures(0, 0, 0, 0, 0, 0.0))
    assert told(caplog) == [
        {
            "documents": 0,
            "documents_per_second": 0.0,
            "elapsed_seconds": 0.5,
            "megabytes_per_second": 0.0,
            "removed_share": 0.0,
            "failures": 0,
        }
    ]


def test_figures_are_told_while_nothing_comes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "cleaner")
    with Meter(every=0.01).beating() as meter:
        meter.tell(Figures(7))
        while len(told(caplog)) < 3:
            time.sleep(0.01)
    assert {fields["documents"] for fields in told(caplog)} == {7}


class Ticking(Clock):
    """A clock that goes on by half a minute whenever it is looked at."""

    def __call__(self) -> float:
        self.now += 30
        return self.now


@pytest.mark.parametrize("as_json", [True, False])
def test_long_runs_tell_their_figures_where_there_is_no_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    monkeypatch.setattr(metrics, "Meter", partial(Meter, clock=Ticking()))
    (tmp_path / "a.jsonl").write_bytes(json_lines(ROWS))
    words = ("clean", tmp_path / "a.jsonl", "-o", tmp_path / "out", "--duplicates", "off")
    code, _, stderr = run(*words, *(["--log-json"] if as_json else []))
    assert code == 0
    if as_json:
        found = [each["fields"] for each in lines(stderr) if each["event"] == "metrics"]
        assert [fields["documents"] for fields in found] == [*range(2, 41, 2)]
        assert found[-1]["done_share"] == 1.0
        assert found[-1]["eta_seconds"] == 0.0
    else:
        assert re.fullmatch(r"([\d,]+ documents \(0\.\d/s, .* removed, 0 failed, \d+% done, .* left\n){20}", stderr)


@pytest.mark.parametrize("words", [("dedup",), ("index", "query")])
def test_other_long_runs_tell_what_they_count(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jsonl").write_bytes(json_lines(ROWS))
    run("index", "add", tmp_path / "seen", tmp_path / "a.jsonl")
    monkeypatch.setattr(metrics, "Meter", partial(Meter, every=30, clock=Ticking()))
    given = (
        (tmp_path / "a.jsonl", "-o", tmp_path / "out")
        if words == ("dedup",)
        else (tmp_path / "seen", tmp_path / "a.jsonl")
    )
    assert re.match(r"40 documents \(1\.\d/s\)\n", run(*words, *given)[2])


@pytest.mark.parametrize("codec", PACK)
def test_how_far_a_run_is_into_a_container_is_told(codec: str, tmp_path: Path) -> None:
    noise = [{**row, "n": os.urandom(50_000).hex()} for row in ROWS]
    (tmp_path / f"a.jsonl{codec}").write_bytes(PACK[codec](json_lines(noise)))
    shares = [progress.figures.share for progress in progress_of(tmp_path, tmp_path / f"a.jsonl{codec}")]
    assert len(shares) == len(ROWS)
    assert shares == sorted(shares, key=float)  # type: ignore[arg-type]
    assert shares[-1] == 1.0
    assert 0.2 < float(shares[19] or 0) < 0.8


def progress_of(tmp_path: Path, *inputs: Path, across: AcrossFiles | None = None) -> list[Progress]:
    progress: list[Progress] = []
    clean_files(inputs, tmp_path / "out", CLEANER, across=across, tell=progress.append)
    return progress


def test_of_a_table_it_is_told_too_and_sizes_of_files_count(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(table(ROWS, row_group_size=4))
    (tmp_path / "b.txt").write_bytes(ARTICLE.encode())
    (tmp_path / "c.txt").write_bytes(b"\x00")
    progress = progress_of(tmp_path, *(tmp_path / name for name in ("a.parquet", "b.txt", "c.txt", "gone.txt")))
    last = progress[-1].figures
    assert (last.documents, last.failures, last.share) == (43, 2, 1.0)
    texts = sum(len(row["text"]) for row in ROWS) + len(ARTICLE)
    assert (last.characters, last.removed) == (texts, 0)
    assert last.size == sum(len(row["text"].encode()) for row in ROWS) + len(ARTICLE.encode()) + 1
    sizes = [(tmp_path / name).stat().st_size for name in ("a.parquet", "b.txt")]
    assert progress[39].figures.share == pytest.approx(sizes[0] / (sum(sizes) + 2))


def test_both_passes_of_templates_are_work(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.txt").write_bytes(ARTICLE.encode())
    inputs = [tmp_path / f"{name}.txt" for name in "abcd"]
    progress = progress_of(tmp_path, *inputs, across=AcrossFiles(templates=3))
    assert [each.figures.share for each in progress] == [number / 8 for number in range(1, 9)]


def test_nothing_of_the_log_is_in_what_a_run_writes(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("clean", pages, "-o", tmp_path / "quiet")
    monkeypatch.setattr(metrics, "Meter", partial(Meter, clock=Ticking()))
    run("clean", pages, "-o", tmp_path / "loud", "--log-json", "--log-file", tmp_path / "log")
    quiet, loud = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "quiet", tmp_path / "loud")
    )
    assert {path.name for path in quiet if quiet[path] != loud[path]} <= set(SPEED)
    assert quiet.keys() == loud.keys()
