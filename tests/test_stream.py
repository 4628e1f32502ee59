"""Stdin to stdout: records go out as they come, and nobody need read to the end."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, cast

import pytest

from cleaner.sources import Columns
from cleaner.stream import Format, Remark, clean_stream
from tests.boxes import json_lines
from tests.samples import ARTICLE, LEAD, cleaner_with

CLEANER = cleaner_with(drop=["characters < 3"])
DIRTY = f"{LEAD}&nbsp;<b>灯</b>\n"
CLEAN = f"{LEAD} 灯\n"


def cleaned(data: bytes, form: Format, columns: Columns | None = None) -> tuple[bytes, list[Remark]]:
    out = io.BytesIO()
    remarks = list(clean_stream(io.BytesIO(data), out, CLEANER, form, columns=columns or Columns()))
    return out.getvalue(), remarks


@pytest.mark.parametrize(
    ("form", "data", "text"),
    [("text", DIRTY.encode("gb18030"), CLEAN), ("html", f"<nav>首页</nav><p>{LEAD}".encode(), LEAD)],
)
def test_a_text_or_a_page_is_one_record(form: Format, data: bytes, text: str) -> None:
    assert cleaned(data, form) == (text.encode(), [])


def test_json_lines_are_records_and_what_is_wrong_is_remarked() -> None:
    data = json_lines([{"content": DIRTY, "n": 1}, {"n": 2}, {"content": "短"}]) + b"no json\n\n"
    out, remarks = cleaned(data + json_lines([{"content": ARTICLE, "n": 5}]), "jsonl")
    assert [json.loads(line) for line in out.splitlines()] == [{"content": CLEAN, "n": 1}, {"content": ARTICLE, "n": 5}]
    assert [(remark.name, remark.is_dropped) for remark in remarks] == [
        ("stdin:2", False), ("stdin:3", True), ("stdin:4", False),
    ]  # fmt: skip


def test_the_column_is_the_one_that_is_named() -> None:
    out, _ = cleaned(json_lines([{"text": DIRTY, "raw": DIRTY}]), "jsonl", Columns("raw"))
    assert json.loads(out) == {"text": DIRTY, "raw": CLEAN}


PATIENCE = 120  # seconds after which what hangs is ended, and fails


@contextmanager
def command(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command as users run it, with buffers of its own, which is ended if it hangs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cleaner", "clean", "-", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    ending = Timer(PATIENCE, process.kill)
    ending.start()
    try:
        with process:
            yield process
    finally:
        ending.cancel()


@pytest.mark.slow
def test_each_line_goes_out_before_the_next_is_read() -> None:
    with command("--format", "jsonl") as process:
        stdin, stdout = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        for number in range(3):
            stdin.write(json_lines([{"id": number, "text": DIRTY}]))
            stdin.flush()
            assert json.loads(stdout.readline()) == {"id": number, "text": CLEAN}
        stdin.close()
        assert stdout.read() == b""
    assert process.returncode == 0


@pytest.mark.slow
def test_that_nobody_reads_on_is_no_failure() -> None:
    with command("--format", "jsonl") as process:
        stdin, stdout, stderr = (cast(IO[bytes], file) for file in (process.stdin, process.stdout, process.stderr))
        stdin.write(json_lines([{"id": 1, "text": DIRTY}]))
        stdin.flush()
        stdout.readline()
        stdout.close()
        try:
            stdin.write(json_lines([{"id": number, "text": DIRTY} for number in range(2000)]))
            stdin.close()
        except BrokenPipeError:
            pass
        assert stderr.read() == b""
        process.wait()
    assert process.returncode == 0


def shell(line: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell makes of a line with the command at its `{}`."""
    command = shlex.join([sys.executable, "-m", "cleaner", "clean", *words])
    return subprocess.run(["bash", "-c", line.format(command)], capture_output=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("line", ["{} <&-", "echo x | {} >&-"])
def test_a_closed_stream_is_told(line: str) -> None:
    done = shell(line, "-")
    told = b"- reads stdin and writes stdout, and one of them is closed; name files instead, and -o OUT\n"
    assert (done.returncode, done.stderr) == (2, told)


@pytest.mark.slow
def test_that_nobody_reads_what_is_said_of_a_run_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, "utf-8")
    done = shell("{} | true; exit ${{PIPESTATUS[0]}}", str(tmp_path / "a.txt"), "-o", str(tmp_path / "out"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out" / "text" / "a.txt").read_text("utf-8") == CLEAN


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("words", [["-"], ["a.txt", "-o", "out"]])
def test_a_full_disk_behind_stdout_is_told(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, "utf-8")
    places = [word if word.startswith("-") else str(tmp_path / word) for word in words]
    done = shell("echo x | {} >/dev/full", *places)
    assert done.returncode == 1
    assert done.stderr == b"stdout: No space left on device; make room or write elsewhere\n"
