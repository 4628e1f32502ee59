"""Names of what goes out: safe and apart, whatever the names of inputs and members are."""

from __future__ import annotations

import json
import os
import re
import tarfile
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cleaner.dedup import Policy
from cleaner.marks import marked
from cleaner.report import Summary
from cleaner.run import AcrossFiles, clean_files
from cleaner.sinks import Output, safe_name, write
from cleaner.sinks.naming import folded
from cleaner.sources.naming import form_of
from tests.boxes import tarred, zipped
from tests.prose import prose
from tests.samples import ARTICLE, cleaner_with
from tests.strategies import SURROGATES

CLEANER: Final = cleaner_with()
ALONE: Final = AcrossFiles(duplicates=Policy("off"))
DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d) *(?:\.|$)", re.IGNORECASE)
PIECES: Final = (
    "a", "山", ".", "..", "/", "\\", "-", " ", "~", "%", "%2e", "%2E%2e", "%252e", "%2f", "%5c", "%00", "%0a",
    "con", "NUL", "com1", "C:", ":", "?", "*", "\0", "\n", "\x1b[2J", "\x7f", "\x9b", "\u202e", "\u200b", "\ufeff",
    ".txt", ".html", ".jsonl", ".gz", ".zip", ".tar.zst", ".parquet", "山" * 90, "x" * 250, "\U000e0041",
    "~58b63f1ed5b6c1c4b2d9e0b3b4a5c3b1",
)  # fmt: skip
names: Final = st.lists(st.sampled_from(PIECES) | st.characters() | SURROGATES, max_size=10).map("".join)
SAFE: Final = [
    "a.txt", "山/水.html", "2024-01-01T10:00:00.jsonl", "http%3A%2F%2Fa.b%2Fc%3Fd=1.html", "What is AI?.txt",
    "a b.txt", "第一章 总则.txt", "100%.txt", "a~b.txt", "x.tar.gz", "שלום.txt", "a..b.txt", "console.log.txt",
    "002_cc229362e59457d6.txt", "家\N{MAN}\N{ZERO WIDTH JOINER}\N{GIRL}.txt", "x" * 236 + ".txt", "_",
]  # fmt: skip
UNSAFE: Final = [
    "", ".", "..", "/", "../a.txt", "/a.txt", "a//b.txt", "a/./b.txt", "a/../b.txt", "..\\a.txt", "C:\\a.txt",
    "C:a.txt",
    "%2e%2e", "%2E%2E/a.txt", "%252e%252e%252fa.txt", "..%2f..%2fa.txt", "a%00.txt", "a%0d%0ab.txt", "a\0.txt",
    "a\n.txt", "a\x1b[2J.txt", "gpj\u202etxt.exe", "a\u200b.txt", "\ufeffa.txt", "-rf.txt", "a/-x/b.txt", ".a.txt",
    "con", "NUL.txt", "com1.tar.gz", "aux .txt", "lpt\xb9.txt", "a.", "a ", "a. /b.txt", "\udcff.txt", "\ud83d.txt",
    "山" * 100 + ".txt", "x" * 241, "a~58b63f1ed5b6c1c4b2d9e0b3b4a5c3b1.txt", "a/" * 1100 + "b.txt",
]  # fmt: skip


def assert_safe(name: str) -> None:
    """That a path is one that any file system has, below any folder, and that shows what it is."""
    assert not PurePosixPath(name).is_absolute()
    assert not PureWindowsPath(name).drive
    assert "\\" not in name
    assert len(name.encode()) <= 2048
    for part in name.split("/"):
        assert part.rstrip(". ") == part != ""
        assert not part.startswith(("-", "."))
        assert not DEVICES.match(part)
        assert len(part.encode()) <= 240
        assert marked(part) == part
        assert not re.search(r"[\r\n\t]", part)
        decoded = unquote(unquote(unquote(part)))
        assert ".." not in re.split(r"[/\\]", decoded)
        assert not re.search(r"[\x00-\x1f\x7f]", decoded)


@pytest.mark.parametrize("name", SAFE)
def test_an_ordinary_name_stays(name: str) -> None:
    assert safe_name(name) == name
    assert_safe(name)


@pytest.mark.parametrize("name", UNSAFE, ids=repr)
def test_a_name_that_could_do_harm_is_another(name: str) -> None:
    assert safe_name(name) != name
    assert_safe(safe_name(name))


@given(names)
@example("..\\" * 3 + "a.jsonl")
@example(".jsonl.gz")
@example("a.jsonl.")
def test_any_name_is_safe_and_of_the_kind_it_was(name: str) -> None:
    safe = safe_name(name)
    assert_safe(safe)
    assert (form_of(safe).kind, form_of(safe).codec) == (form_of(name).kind, form_of(name).codec)


@given(names, names)
@example("/a.txt", "a.txt")
@example("a//b", "a/b")
@example("a\\b", "a/b")
@example("A\x1b", "a\x1b")
@example("x" * 300, "x" * 301)
def test_different_names_stay_different(one: str, other: str) -> None:
    assume(one != other)
    assert safe_name(one) != safe_name(other)


@given(names)
def test_a_name_that_passes_for_a_changed_one_is_changed(name: str) -> None:
    safe = safe_name(name)
    assert safe == name or safe_name(safe) != safe


@given(names)
@example("山" * 100 + ".tar.zst")
@example("x" * 255 + ".arc.zst")
def test_all_that_is_written_for_a_name_can_be_and_lies_in_its_folder(name: str) -> None:
    output = Output(_ROOT)
    for place in (Path(str(place)) for place in (*output.places(name), output.kept(name))):
        assert _ROOT in Path(os.path.normpath(place)).parents
        assert max(len(part.encode()) for part in place.parts) <= 255


_ROOT: Final = Path("/out")


@pytest.mark.parametrize("name", UNSAFE, ids=repr)
@pytest.mark.parametrize("suffix", ["", ".jsonl", ".zip"])
def test_files_of_all_names_can_be_made(tmp_path: Path, name: str, suffix: str) -> None:
    for place in Output(tmp_path / "out").places(name + suffix):
        write(place, "山")
        assert (tmp_path / "out").resolve() in Path(str(place)).resolve().parents
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("one", "other"), [("É.TXT", "e\N{COMBINING ACUTE ACCENT}.txt"), ("STRASSE", "straße"), ("山/A", "山/a")]
)
def test_what_some_file_systems_take_for_one_name_is_folded_to_one(one: str, other: str) -> None:
    assert folded(one) == folded(other) == folded(folded(one))


# through a run


def run(tmp_path: Path, *inputs: Path) -> Summary:
    return clean_files(inputs, tmp_path / "out", CLEANER, across=ALONE)


def written(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_of_a_hostile_name_is_cleaned_under_a_safe_one_and_told_under_its_own(tmp_path: Path) -> None:
    name = "gpj\N{RIGHT-TO-LEFT OVERRIDE}\x1b[2J.txt"
    (tmp_path / name).write_text(ARTICLE, "utf-8")
    summary = run(tmp_path, tmp_path / name)
    assert [file["name"] for file in summary.files] == [name]
    safe = safe_name(name)
    assert written(tmp_path / "out" / "text") == [safe]
    assert written(tmp_path / "out" / "reports") == [f"{safe[:-4]}.html", f"{safe[:-4]}.json"]
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert f'href="reports/{quote(safe[:-4])}.html"' in page
    assert json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["files"][0]["written_as"] == safe


def test_names_that_differ_in_capitals_are_two_files_here(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "A.txt"):
        (tmp_path / "in" / name).write_text(ARTICLE, "utf-8")
    if len(os.listdir(tmp_path / "in")) < 2:
        pytest.skip("this file system does not tell capitals from small letters")
    assert not run(tmp_path, tmp_path / "in").failures
    assert written(tmp_path / "out" / "text") == ["A.txt", "a.txt"]


def test_where_capitals_are_small_letters_the_second_of_two_files_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "A.txt"):
        (tmp_path / "in" / name).write_text(ARTICLE, "utf-8")
    (tmp_path / "out" / "text").mkdir(parents=True)
    if not (tmp_path / "out" / "TEXT").exists():
        (tmp_path / "out" / "TEXT").symlink_to("text")  # what such a file system would say
    (failure,) = run(tmp_path, tmp_path / "in").failures
    assert failure.reason.startswith("its output is already written for ")


MEMBERS: Final = {
    "con.txt": "con", "a\x1b[2J.txt": "escape", "gpj\N{RIGHT-TO-LEFT OVERRIDE}.txt": "override", "-rf.txt": "option",
    "山" * 90 + ".txt": "long", "b\\c.txt": "backslash", "a.txt": "plain", "A.txt": "capital", "d./e.txt": "dot",
}  # fmt: skip


@pytest.mark.parametrize(("pack", "suffix"), [(zipped, "zip"), (tarred, "tar")])
def test_an_archive_goes_out_with_names_that_can_be_unpacked_anywhere(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes], suffix: str
) -> None:
    texts = {name: prose(seed) for seed, name in enumerate(MEMBERS)}
    (tmp_path / f"a.{suffix}").write_bytes(pack({name: text.encode() for name, text in texts.items()}))
    assert not run(tmp_path, tmp_path / f"a.{suffix}").failures
    members = _members((tmp_path / "out" / "text" / f"a.{suffix}").read_bytes(), suffix)
    for name, _, _ in members:
        assert_safe(name)
    assert len({folded(name) for name, _, _ in members}) == len(MEMBERS)
    assert [(was or name, text) for name, was, text in members] == list(texts.items())
    assert [name for name, was, _ in members if not was] == ["a.txt"]


def _members(data: bytes, suffix: str) -> list[tuple[str, str, str]]:
    """The name, the comment and the text of each member."""
    if suffix == "zip":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            found = archive.infolist()
            return [(info.orig_filename, info.comment.decode(), archive.read(info).decode()) for info in found]
    with tarfile.open(fileobj=BytesIO(data)) as tar:
        return [(info.name, info.pax_headers.get("comment", ""), _read(tar, info)) for info in tar]


def _read(tar: tarfile.TarFile, info: tarfile.TarInfo) -> str:
    file = tar.extractfile(info)
    assert file is not None
    return file.read().decode()
