"""Which files are inputs, under which names, and what hinders reading them."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from cleaner.errors import InputError
from cleaner.sources import Source, are_large, find_sources


def files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, "utf-8")
    return folder


def names(*inputs: Path, out: Path) -> list[str]:
    return [source.name for source in find_sources(inputs, leave_out=out)]


def test_files_of_a_folder_go_by_their_path_below_it_in_order(tmp_path: Path) -> None:
    pages = files(tmp_path / "pages", "b.txt", "a/c.html", "a/b/d.txt")
    assert names(pages, out=tmp_path / "out") == ["a/b/d.txt", "a/c.html", "b.txt"]


def test_inputs_come_in_the_order_given_and_a_file_goes_by_its_name(tmp_path: Path) -> None:
    files(tmp_path, "z/b.txt", "a/c.txt")
    assert names(tmp_path / "z" / "b.txt", tmp_path / "a", out=tmp_path / "out") == ["b.txt", "c.txt"]


def test_hidden_files_and_folders_are_left_out_unless_given(tmp_path: Path) -> None:
    pages = files(tmp_path / ".pages", ".a.txt", ".git/b.txt", "c.txt")
    assert names(pages, pages / ".a.txt", out=tmp_path / "out") == ["c.txt", ".a.txt"]


def test_an_earlier_output_inside_an_input_is_left_out(tmp_path: Path) -> None:
    pages = files(tmp_path, "a.txt", "out/text/a.txt", "out/reports/a.json")
    assert names(pages, out=tmp_path / "out") == ["a.txt"]


def test_a_path_that_is_not_there_is_a_source_that_says_so(tmp_path: Path) -> None:
    (source,) = find_sources([tmp_path / "gone.txt"], leave_out=tmp_path / "out")
    with pytest.raises(InputError, match=r"^No such file or folder; check the path$"):
        source.read()


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\r\n\x00")
    assert Source(tmp_path / "a.txt", "a.txt").read() == b"\xff\r\n\x00"


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=r"neither file nor folder .*copy what it holds into a file"):
        Source(tmp_path / "pipe", "pipe").read()


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    files(tmp_path, "a.txt")
    with (
        patch.object(Path, "open", side_effect=PermissionError(13, "Permission denied")),
        pytest.raises(InputError, match=r"^Permission denied; make the file readable or leave it out$"),
    ):
        Source(tmp_path / "a.txt", "a.txt").read()


@pytest.mark.parametrize(("name", "is_page"), [("a.html", True), ("a.HTM", True), ("a.txt", False), ("html", False)])
def test_a_page_is_told_by_its_suffix(name: str, is_page: bool) -> None:
    assert Source(Path(name), name).is_page is is_page


def test_inputs_are_large_by_what_their_files_hold(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.txt").write_bytes(b"a" * 60)
    (tmp_path / "b.txt").write_bytes(b"b" * 40)
    given: list[Path | str] = [tmp_path / "in", tmp_path / "b.txt", tmp_path / "gone.txt", "s3://bucket/c.txt", "-"]
    assert are_large(given, 100)
    assert not are_large(given, 101)
