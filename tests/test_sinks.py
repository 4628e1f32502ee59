"""Where outputs lie, and that none is ever half there."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from cleaner.errors import OutputError
from cleaner.sinks import Output, read, remove, write


def test_each_output_has_its_place(tmp_path: Path) -> None:
    output = Output(tmp_path)
    assert output.text("山/a.txt") == tmp_path / "text" / "山" / "a.txt"
    assert output.text("a.html") == tmp_path / "text" / "a.html.txt"
    assert output.report("山/a.txt", "json") == tmp_path / "reports" / "山" / "a.json"
    assert output.report("a.html", "html") == tmp_path / "reports" / "a.html.html"
    assert (output.summary(), output.index()) == (tmp_path / "summary.json", tmp_path / "index.html")


@pytest.mark.parametrize(
    ("content", "data"), [("山\r\n水\n", "山\r\n水\n".encode()), (b"\xff\x00", b"\xff\x00"), ("", b"")]
)
def test_what_is_written_is_there_to_the_byte(tmp_path: Path, content: str | bytes, data: bytes) -> None:
    write(tmp_path / "new" / "folder" / "a.txt", content)
    assert (tmp_path / "new" / "folder" / "a.txt").read_bytes() == data
    assert read(tmp_path / "new" / "folder" / "a.txt") == data


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "山" * 100)
    write(tmp_path / "a.txt", "水")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text("utf-8") == "水"


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "山")
    with (
        patch.object(os, "replace", side_effect=OSError(28, "No space left on device")),
        pytest.raises(OSError, match="space"),
    ):
        write(tmp_path / "a.txt", "水")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text("utf-8") == "山"


@pytest.mark.parametrize("name", ["山" * 100, "file/below", "folder"])
def test_a_name_that_cannot_be_written_is_told_from_a_disk_that_refuses(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=r"^no place for .*; rename the input, or clean it into another folder$"):
        write(tmp_path / name, "山")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_written_file_has_the_mode_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write(tmp_path / "a.txt", "山")
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_removing_what_is_not_there_or_cannot_be_is_no_failure(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "山")
    for place in (tmp_path / "a.txt", tmp_path / "a.txt", tmp_path, tmp_path / ("山" * 100)):
        remove(place)
    assert not (tmp_path / "a.txt").exists()
    assert tmp_path.is_dir()
