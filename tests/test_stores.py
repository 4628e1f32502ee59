"""Outputs in a store: the same as on a disk, whole or not there, and only one run writes at a time."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import fsspec
import pytest

from cleaner import parts as parts_
from cleaner import pipeline
from cleaner.dedup import Policy
from cleaner.duplicates import Memory
from cleaner.engine import Pool
from cleaner.errors import BusyError, OutputError
from cleaner.index import Parameters, open_index
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from cleaner.sinks import Output, State, claims, place_of, remove, stores, taken, write, writing
from cleaner.sinks.stores import Stored
from cleaner.weeding import Weeding, weed_files
from tests.killing import killed_child, outputs, parts
from tests.prose import edited, prose
from tests.samples import cleaner_with, rule, rule_file
from tests.stores import Shelf
from tests.test_resume import lines, pages, table
from tests.test_troubles import command, files

CLEANER = cleaner_with()


@pytest.fixture
def memory() -> Iterator[str]:
    """The address of a folder in memory."""
    address = f"memory://{uuid4().hex}"
    yield address
    for each in stores.find(stored(address)):
        remove(each)


@pytest.fixture
def _few_rules(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rule_file(tmp_path_factory.mktemp("shipped"), rule(), stem="app")
    monkeypatch.setattr(pipeline, "shipped_rule_files", lambda: [path])


def stored(address: str) -> Stored:
    place = place_of(address)
    assert isinstance(place, Stored)
    return place


def told(address: str) -> dict[str, bytes]:
    """As `outputs`, of a store."""
    place = stored(address)
    found = {each.path.removeprefix(f"{place.path}/"): each for each in stores.find(place)}
    return {
        name: stores.get(each)
        for name, each in found.items()
        if not name.startswith(".cleaner/") or name.endswith(".part")
    }


def mixed(folder: Path) -> Path:
    """Files and containers."""
    given = pages(folder, files=16)
    table(given / "a.parquet", rows=60)
    lines(given / "b.jsonl", rows=40)
    (given / "c.csv").write_text("id,text\n1,他回家了。\n", "utf-8")
    return given


# runs


def test_a_run_into_a_store_writes_the_same_bytes_and_goes_on(tmp_path: Path, memory: str) -> None:
    given = mixed(tmp_path / "in")
    clean_files([given], tmp_path / "out", CLEANER)
    clean_files([given], stored(memory), CLEANER)
    assert told(memory) == outputs(tmp_path / "out")
    with patch.object(parts_, "result_of", side_effect=AssertionError("cleaned again")):
        clean_files([given], stored(memory), CLEANER)
    assert told(memory) == outputs(tmp_path / "out")
    kept = stores.find(stored(memory) / ".cleaner")
    assert kept
    assert {each.path.rpartition("/.cleaner/")[2].partition("/")[0] for each in kept} == {"parts", "rules"}


@pytest.mark.slow
def test_workers_write_into_a_store(tmp_path: Path) -> None:
    given, cleaner = mixed(tmp_path / "in"), Cleaner()
    clean_files([given], tmp_path / "whole", cleaner)
    clean_files([given], stored(f"shelf://{tmp_path}/out"), cleaner, engine=Pool(1, worthwhile=0))
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


def test_what_stays_of_texts_goes_into_a_store(tmp_path: Path, memory: str) -> None:
    given = mixed(tmp_path / "in")
    for _ in range(2):
        weed_files([given], tmp_path / "out", Weeding())
        weed_files([given], stored(memory), Weeding())
        assert told(memory) == outputs(tmp_path / "out")
        (given / "0000.txt").unlink(missing_ok=True)


@pytest.mark.usefixtures("_few_rules")
def test_the_command_line_takes_addresses(tmp_path: Path, memory: str) -> None:
    given = files(tmp_path / "in", count=3)
    lines(given / "b.jsonl", rows=3)
    assert command("clean", given, "-o", f"{memory}/out") == (0, "")
    assert command("dedup", f"{memory}/out/text", "-o", f"{memory}/few") == (0, "")
    assert told(f"{memory}/few")["kept/00.txt"] == told(f"{memory}/out")["text/00.txt"]
    out = f"{memory}/out"
    assert command("undo", f"{out}/text/00.txt", f"{out}/reports/00.json")[0] == 0
    assert command("undo", f"{out}/text/b.jsonl", f"{out}/reports/b.jsonl", "--record", "2")[0] == 0
    code, said = command("undo", f"{out}/text/gone.txt", f"{out}/reports/00.json")
    assert (code, said.partition(";")[0]) == (1, f"{out}/text/gone.txt: No such file or directory")


# what goes wrong


@pytest.mark.usefixtures("_few_rules")
@pytest.mark.parametrize("room", [0, 1, 2, 3, 20, 43, 47])
def test_a_store_that_fails_is_told_of_and_the_run_goes_on_later(
    room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = files(tmp_path / "in", count=10)
    lines(given / "b.jsonl", rows=10)
    assert command("clean", given, "-o", tmp_path / "whole")[0] == 0
    whole, out = outputs(tmp_path / "whole"), f"shelf://{tmp_path}/out"
    monkeypatch.setattr(Shelf, "room", room)
    code, said = command("clean", given, "-o", out)
    assert code == 1
    assert "507 Insufficient Storage at shelf://there/; give an OUT that can be written to" in said
    assert outputs(tmp_path / "out").items() <= whole.items()
    kept = parts(tmp_path / "out")
    monkeypatch.setattr(Shelf, "room", None)
    assert command("clean", given, "-o", out)[0] == 0
    assert outputs(tmp_path / "out") == whole
    assert kept.items() <= parts(tmp_path / "out").items()


def test_errors_of_packages_can_travel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shelf, "room", 0)
    with pytest.raises(OSError, match="Insufficient") as raised:
        write(stored(f"shelf://{tmp_path}/a"), "山")
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_killed_goes_on_on_the_same_machine(tmp_path: Path) -> None:
    given, out = pages(tmp_path / "in"), stored(f"shelf://{tmp_path}/out")
    clean_files([given], tmp_path / "whole", CLEANER)
    assert killed_child(partial(_killed, given, out), 60)
    assert len(parts(tmp_path / "out")) == 24
    assert (tmp_path / "out" / ".cleaner" / "lock").exists()
    (tmp_path / "out" / "text" / ".half.part").write_text("天", "utf-8")
    clean_files([given], out, CLEANER)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


def _killed(given: Path, out: Stored) -> None:
    """A run that is killed when it has put a hundred files."""
    left = iter(range(100))

    def take() -> bool:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    with patch.object(Shelf, "take", staticmethod(take)):
        clean_files([given], out, CLEANER)


def test_a_file_appears_when_it_is_complete_and_not_at_all_if_that_fails(tmp_path: Path, memory: str) -> None:
    for place in (stored(f"shelf://{tmp_path}/a.txt"), stored(f"{memory}/a.txt"), stored(f"copying://{tmp_path}/b")):
        write(place, "山")
        with pytest.raises(ZeroDivisionError):
            _fail(place)
        assert stores.get(place) == "山".encode()
        with writing(place) as file:
            file.write(b"whole")
        assert stores.get(place) == b"whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b"]


def _fail(place: Stored) -> None:
    with writing(place) as file:
        file.write(b"half")
        assert stores.get(place) == "山".encode()
        raise ZeroDivisionError


# names and places


@pytest.mark.parametrize("protocol", ["memory", "shelf", "copying"])
@pytest.mark.parametrize("name", ["[x]*?.txt", "a::b", "山/a#b%20&c+d.txt", "http:/x", "~", "a b/..c", "{a,b}"])
def test_names_stand_for_themselves(protocol: str, name: str, tmp_path: Path, memory: str) -> None:
    folder = stored(memory if protocol == "memory" else f"{protocol}://{tmp_path}")
    for content in ("山", "水"):
        write(folder / name, content)
    assert [(each.path, each.address) for each in stores.find(folder)] == [
        (f"{folder.path}/{name}", f"{folder.address}/{name}")
    ]
    assert stores.get(folder / name) == "水".encode()
    assert stores.span(folder / name, 1, 3) == "水".encode()[1:]
    assert {folder / name: 1}[pickle.loads(pickle.dumps(folder / name))]
    remove(folder / name)
    remove(folder / name)
    assert stores.find(folder) == []


def test_one_name_that_no_store_takes_is_one_failure(tmp_path: Path, memory: str) -> None:
    given = tmp_path / "in" / "/".join(["山" * 80] * 5)
    given.mkdir(parents=True)
    for name in (given / "a.txt", given / "b.jsonl", tmp_path / "in" / os.fsdecode(b"\xff.txt")):
        name.write_text('{"text": "他回家了。"}\n', "utf-8")
    (tmp_path / "in" / "c.txt").write_text("他回家了。\n", "utf-8")
    summary = clean_files([tmp_path / "in"], stored(memory), CLEANER)
    assert summary.accounts() == {"in": 4, "written": 2, "dropped": 0, "failed": 2}
    assert {failure.facts()["reason"].partition(";")[0].rpartition(": ")[2] for failure in summary.failures} == {
        "File name too long",
    }


@pytest.mark.usefixtures("_few_rules")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("https://name:secret@example.com/a", "https://example.com/a can only be read; give a folder"),
        ("zip://a::memory://b.zip", "can only be read"),
        ("nosuch://name:secret@b/c", "nosuch://b/c: Protocol not known: nosuch; check the address"),
    ],
)
def test_an_address_that_cannot_be_written_to_is_told_of(given: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as raised:
        place_of(given)
    assert says in str(raised.value)
    (tmp_path / "a.txt").touch()
    assert command("clean", tmp_path / "a.txt", "-o", given)[0] == 2
    assert command("dedup", tmp_path / "a.txt", "-o", given)[0] == 2


def test_what_cannot_write_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with patch.object(Shelf, "makedirs", side_effect=NotImplementedError):
        code, said = command("dedup", tmp_path / "a.txt", "-o", f"shelf://{tmp_path}/out")
    assert (code, "NotImplementedError; give an OUT that can be written to" in said) == (1, True)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(OutputError, match=r"^s3://a needs the package fsspec; .*webtext-cleaner\[remote\]"):
        place_of("s3://a")


def test_addresses_of_this_machine_are_paths(tmp_path: Path) -> None:
    assert place_of(f"file://{tmp_path}/山 a") == place_of(f"local://{tmp_path}/山 a") == tmp_path / "山 a"
    assert place_of("a/b") == Path("a/b")


def test_the_output_is_no_input(tmp_path: Path, memory: str) -> None:
    system = fsspec.filesystem("memory")
    system.pipe(f"{memory}/a.txt", "他回家了。\n".encode())
    for _ in range(2):
        summary = clean_files([memory], stored(f"{memory}/out"), CLEANER)
        assert summary.accounts()["in"] == 1
        assert weed_files([memory], stored(f"{memory}/out"), Weeding()).facts()["accounts"]["in"] == 1
    (failure,) = clean_files([f"{memory}/out/text/a.txt"], stored(f"{memory}/out"), CLEANER).failures
    assert "lies in the folder that the run writes to" in failure.facts()["reason"]
    with pytest.raises(OutputError, match="would write over it"):
        clean_files([f"{memory}/out/summary.json"], stored(f"{memory}/out"), CLEANER)
    assert command("clean", memory, "-o", f"{memory}/")[0] == 2


def test_a_folder_in_a_store_is_one_batch_on_all_machines(tmp_path: Path, memory: str) -> None:
    with open_index(str(tmp_path / "index"), Parameters(5, 0.7), write=True) as index:
        batches = []
        for host in ("here", "there"):
            with patch("platform.node", return_value=host):
                batches += [Memory.of(index, stored(f"{memory}/out")).batch, Memory.of(index, tmp_path).batch]
    assert batches[0] == batches[2] != batches[1] != batches[3]
    assert batches[0].startswith("out:out:")


# who writes


@pytest.mark.usefixtures("_few_rules")
def test_a_second_run_into_one_store_is_refused(tmp_path: Path, memory: str) -> None:
    (tmp_path / "a.txt").write_text("他回家了。\n", "utf-8")
    for address in (memory, f"shelf://{tmp_path}/out", f"copying://{tmp_path}/other"):
        output = Output(stored(address))
        with taken(output, State.of(output)):
            code, said = command("clean", tmp_path / "a.txt", "-o", address)
            assert code == 1
            assert f"{address}: another run is writing to it (process {os.getpid()} of " in said
            assert f"if that run is dead, remove {address}/.cleaner/lock" in said
            assert told(address) == {}
        clean_files([tmp_path / "a.txt"], output.folder, CLEANER)
        assert stores.find(stored(address) / ".cleaner" / "lock") == []


def dead() -> int:
    """The number of a process that has gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("change", [{"machine": "another"}, {"machine": ""}, {"process": os.getpid()}, {"process": 1}])
def test_a_claim_of_who_may_live_is_not_touched(change: dict[str, Any], memory: str) -> None:
    output = Output(stored(memory))
    lock = stored(memory) / ".cleaner" / "lock"
    write(lock, json.dumps(claims._own() | {"process": dead()} | change))
    with pytest.raises(BusyError, match="if that run is dead, remove memory://"), taken(output, State.of(output)):
        pass
    remove(lock)
    write(lock, json.dumps(claims._own() | {"process": dead()}))
    with taken(output, State.of(output)):
        assert json.loads(stores.get(lock))["process"] == os.getpid()


@pytest.mark.parametrize("claim", ["", "{", "[]", '{"process": 3}'])
def test_a_claim_that_says_nothing_is_one(claim: str, memory: str) -> None:
    output = Output(stored(memory))
    write(stored(memory) / ".cleaner" / "lock", claim)
    with pytest.raises(BusyError, match="unknown"), taken(output, State.of(output)):
        pass


def test_who_comes_second_in_the_same_moment_is_refused(memory: str) -> None:
    output, lock = Output(stored(memory)), stored(memory) / ".cleaner" / "lock"
    other = json.dumps(claims._own() | {"machine": "another"}).encode()
    for name in ("create", "put"):  # with a store that has no such thing, the last one to write is the first

        def late(place: Stored, data: bytes, name: str = name) -> None:
            if name == "create":
                stores.put(place, other)
                stores.create(place, data)
            else:
                stores.put(place, data)
                stores.put(place, other)

        with (
            patch.object(claims, "create", late if name == "create" else _refuse),
            patch.object(claims, "put", late),
            pytest.raises(BusyError, match="another run is writing"),
            taken(output, State.of(output)),
        ):
            pass
        assert stores.get(lock) == other
        remove(lock)


def _refuse(place: Stored, data: bytes) -> None:
    raise OSError("not implemented")


def test_a_claim_that_another_run_took_stays(memory: str) -> None:
    output, lock = Output(stored(memory)), stored(memory) / ".cleaner" / "lock"
    with taken(output, State.of(output)):
        write(lock, b"{}")
    assert stores.get(lock) == b"{}"


def test_similar_texts_are_found_again_in_a_store(tmp_path: Path, memory: str) -> None:
    system = fsspec.filesystem("memory")
    for number in range(4):
        system.pipe(f"{memory}/in/{number}.txt", edited(prose(number // 2, 20), number % 2 / 100).encode())
    weeded = weed_files([f"{memory}/in"], stored(f"{memory}/out"), Weeding(Policy("drop")))
    assert weeded.facts()["accounts"] == {"in": 4, "written": 2, "dropped": 2, "failed": 0}


# requests


class Asking:
    """A filesystem that can read a file by several requests."""

    protocol = ("s3", "s3a")

    def invalidate_cache(self, path: str) -> None:
        assert path == "bucket"

    def _cat_file(self, path: str, max_concurrency: int | None = None) -> bytes:
        return f"{path} {max_concurrency}".encode()

    def cat_file(self, path: str, **options: int) -> bytes:
        return self._cat_file(path, **options)


def test_a_file_is_read_by_one_request() -> None:
    assert stores.get(Stored(Asking(), "bucket/a", "s3://bucket/a")) == b"bucket/a 1"


def test_a_name_that_is_taken_for_another_has_no_place() -> None:
    with pytest.raises(OutputError, match="asks for another file"):
        write(Stored(Asking(), "bucket", "s3://bucket") / "a?versionId=1", "山")
