"""What is kept between processes: it is made anew whenever it might be wrong, and nothing but time depends on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from cleaner import cached as cached_
from cleaner import digests, loaded, rules
from cleaner.cached import cached
from cleaner.errors import RuleError
from cleaner.pipeline import Cleaner, shipped_rule_files
from cleaner.quality import runs
from cleaner.rules import loading
from tests.samples import rule, rule_file

posix = pytest.mark.skipif(os.name != "posix", reason="who may write a file is told otherwise here")
VALUE = {"山": ["水", 1, None, True], "\udcff": ""}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where entries lie; the package counts as unchanged, however lately someone wrote to it."""
    monkeypatch.setenv(cached_.FOLDER, str(tmp_path / "kept"))
    monkeypatch.setattr(cached_, "_maker", lambda: "this code")
    monkeypatch.setattr(digests, "are_of_this_process", lambda: True)
    return tmp_path / "kept"


class Making:
    """Makes a value, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Any:
        self.times += 1
        return VALUE


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*")) if folder.is_dir() else []


def test_what_was_made_is_not_made_again(folder: Path) -> None:
    make = Making()
    assert [cached("name", ["a", "b"], make) for _ in range(3)] == [VALUE] * 3
    assert make.times == 1
    assert len(entries(folder)) == 1


def test_it_comes_out_the_same_whether_kept_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    make: Callable[[], Any] = lambda: {"pair": (1, 2), 3: "three"}  # noqa: E731
    kept = [cached("name", (), make) for _ in range(2)]
    monkeypatch.setenv(cached_.FOLDER, "")
    assert [cached("name", (), make), *kept] == [{"pair": [1, 2], "3": "three"}] * 3


@pytest.mark.parametrize("another", [("other", ["a", "b"]), ("name", ["ab"]), ("name", ["a"]), ("name", ["b", "a"])])
def test_of_other_inputs_it_is_made_anew(another: tuple[str, list[str]]) -> None:
    make = Making()
    cached("name", ["a", "b"], make)
    cached(*another, make)
    assert make.times == 2


def test_by_other_code_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    make = Making()
    cached("name", (), make)
    monkeypatch.setattr(cached_, "_maker", lambda: "other code")
    cached("name", (), make)
    assert make.times == 2


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace("水".encode(), "火".encode()))


def no_text(path: Path) -> None:
    path.write_bytes(b"\xff" + path.read_bytes())


def of_another_key(path: Path) -> None:
    cached("name", ["another"], lambda: "another")
    (other,) = (each for each in path.parent.iterdir() if each != path)
    os.replace(other, path)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = [shortened, emptied, changed, no_text, of_another_key, a_folder]


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_whole_is_made_anew(folder: Path, damage: Callable[[Path], None]) -> None:
    make = Making()
    cached("name", (), make)
    damage(entries(folder)[0])
    assert cached("name", (), make) == VALUE
    assert make.times == 2


def writable_by_all(path: Path) -> None:
    path.chmod(0o666)


def a_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@posix
@pytest.mark.parametrize("damage", [writable_by_all, a_link, a_pipe])
def test_what_another_may_have_written_is_made_anew(folder: Path, damage: Callable[[Path], None]) -> None:
    make = Making()
    cached("name", (), make)
    damage(entries(folder)[0])
    assert cached("name", (), make) == VALUE
    assert make.times == 2


@posix
def test_what_another_user_wrote_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    make = Making()
    cached("name", (), make)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert cached("name", (), make) == VALUE
    assert make.times == 2


@posix
def test_entries_are_for_their_user_alone(folder: Path) -> None:
    cached("name", (), Making())
    assert [path.stat().st_mode & 0o077 for path in (folder, *entries(folder))] == [0, 0]


def test_where_nothing_can_be_written_it_is_made_each_time(folder: Path) -> None:
    folder.write_text("a file", "utf-8")
    make = Making()
    assert [cached("name", (), make) for _ in range(2)] == [VALUE] * 2
    assert make.times == 2


def test_a_full_disk_leaves_nothing_behind(folder: Path) -> None:
    with patch("os.replace", side_effect=OSError):
        assert cached("name", (), Making()) == VALUE
    assert entries(folder) == []


def test_nothing_is_kept_if_that_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cached_.FOLDER, "")
    assert cached("name", (), Making()) == VALUE
    assert entries(folder) == []


def test_what_cannot_be_made_is_not_kept(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        cached("name", (), lambda: 1 / 0)
    assert entries(folder) == []


def test_old_entries_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached_, "_MOST", 3)
    make = Making()
    for number in range(5):
        cached("name", [str(number)], make)
        for age, path in enumerate(sorted(entries(folder), key=lambda path: -path.stat().st_mtime)):
            os.utime(path, (1e9 - age, 1e9 - age))
    assert len(entries(folder)) == 3
    cached("name", ["4"], make)
    assert make.times == 5


def test_files_of_others_stay_where_entries_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached_, "_MOST", 0)
    folder.mkdir(exist_ok=True)
    others = [folder / "articles-1.json", folder / "letters.jsonl", folder / "known-runs.json"]
    for path in others:
        path.write_text("{}", "utf-8")
    cached("known-runs", (), Making())
    assert entries(folder) == sorted(others)


# --- what stands for the code -----------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    """A copy of some of the package, that counts as the package."""
    copy = tmp_path / "cleaner"
    shutil.copytree(Path(digests.__file__).parent / "rules", copy, ignore=shutil.ignore_patterns("__pycache__"))
    with patch.object(digests, "_PACKAGE", copy), patch.object(digests, "__file__", str(copy / "matching.py")):
        yield copy


def rewritten(package: Path) -> None:
    path = package / "matching.py"
    path.write_text(path.read_text("utf-8").replace("_FASTER: Final = 2", "_FASTER: Final = 3"), "utf-8")


def extended(package: Path) -> None:
    (package / "table.json").write_text("{}", "utf-8")


def renamed(package: Path) -> None:
    (package / "keys.py").rename(package / "keyz.py")  # whose place among the others is the same


def joined(package: Path) -> None:
    """One file holds what stood in it, the name of the next, and what stood in that."""
    first, second = sorted(package.glob("*.py"))[:2]
    first.write_bytes(first.read_bytes() + second.name.encode() + second.read_bytes())
    second.unlink()


@pytest.mark.parametrize("change", [rewritten, extended, renamed, joined])
def test_another_package_has_another_digest(package: Path, change: Callable[[Path], None]) -> None:
    digest = digests.of_package.__wrapped__
    before = digest()
    assert digest() == before
    change(package)
    assert digest() != before


@pytest.fixture
def unpatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code is told by what it is, as outside these tests."""
    monkeypatch.undo()


@pytest.mark.usefixtures("unpatched")
def test_a_package_that_changed_after_it_was_loaded_is_not_that_of_this_process(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = max(path.stat().st_mtime for path in package.iterdir())
    monkeypatch.setattr(digests, "_LIBRARIES", ())
    for later, same in ((3600, True), (1, False), (-3600, False)):
        monkeypatch.setattr(loaded, "AT", newest + later)
        assert digests.are_of_this_process() == same


@pytest.mark.usefixtures("unpatched", "package")
def test_a_library_that_changed_after_the_package_was_loaded_is_not_that_of_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setattr(loaded, "AT", site.stat().st_mtime + 3600)
    monkeypatch.setattr(digests, "_LIBRARIES", ("library",))
    monkeypatch.setattr(digests, "_installed", lambda library: digests._Installed("1", site))
    assert digests.are_of_this_process()
    os.utime(site, (loaded.AT, loaded.AT))
    assert not digests.are_of_this_process()


@pytest.mark.usefixtures("unpatched", "package")
def test_a_package_in_an_archive_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "AT", 1e12)
    monkeypatch.setattr(digests, "_LIBRARIES", ())
    assert digests.are_of_this_process()
    monkeypatch.setattr(digests, "__file__", "/archive.zip/cleaner/digests.py")
    assert not digests.are_of_this_process()


def test_code_that_changed_meanwhile_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "are_of_this_process", lambda: False)
    assert cached("name", (), Making()) == VALUE
    assert entries(folder) == []


# --- what is kept -----------------------------------------------------------------------------------------------


def told(one: rules.Rule) -> list[Any]:
    outline = one.outline and one.outline.pattern
    return [one, one.definition, one.demand, one.hints, outline]


def test_rules_that_were_kept_are_those_of_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    read = loading.of_text.__wrapped__
    texts = [(path, path.read_text("utf-8")) for path in shipped_rule_files()[:6]]
    made = [read(*each) for each in texts]
    with patch.object(loading, "_told", side_effect=AssertionError("made again")):
        kept = [read(*each) for each in texts]
    monkeypatch.setenv(cached_.FOLDER, "")
    plain = [read(*each) for each in texts]
    for files in (made, kept):
        assert [file.about for file in files] == [file.about for file in plain]
        assert [[told(one) for one in file.rules] for file in files] == [
            [told(one) for one in file.rules] for file in plain
        ]


def test_a_rule_file_that_cannot_be_used_is_refused_each_time(tmp_path: Path, folder: Path) -> None:
    path = rule_file(tmp_path, rule(pattern="(unclosed"))
    for _ in range(2):
        with pytest.raises(RuleError, match="does not compile"):
            loading.of_text.__wrapped__(path, path.read_text("utf-8"))
    assert entries(folder) == []


def test_known_runs_that_were_kept_are_those_of_the_model() -> None:
    known = runs._known.__wrapped__
    made = known()
    with patch.object(runs, "_packed", side_effect=AssertionError("made again")):
        assert (known() == made).all()
    assert made.sum() > 600_000


def test_own_rules_are_proven_once_and_again_if_they_say_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.pipeline.shipped_rule_files", list)
    proven: list[object] = []
    others = [rule(), rule(), rule(keeps=["他打开应用看全文。\n"]), rule(pattern="^打开应用(看全文)$")]
    with patch("cleaner.pipeline.prove", proven.append):
        for number, other in enumerate(others):
            Cleaner(rule_files=[rule_file(tmp_path, other)])
            assert len(proven) == max(1, number)
        with patch("cleaner.pipeline._order", lambda: ()):
            Cleaner(rule_files=[rule_file(tmp_path, rule())])
    assert len(proven) == len(others)


def test_a_rule_that_fails_its_examples_is_refused_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.pipeline.shipped_rule_files", list)
    path = rule_file(tmp_path, rule(changes=[["分享到微信\n", "分享到微信\n"]]))
    for _ in range(2):
        with pytest.raises(RuleError):
            Cleaner(rule_files=[path])
