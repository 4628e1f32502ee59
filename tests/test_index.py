"""The index in a folder: what it nominates, what it remembers, and that nothing that happens to it goes unsaid."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import sleep
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.dedup.candidates import NEIGHBOURS, candidates
from cleaner.errors import StoredIndexError
from cleaner.fold import converted
from cleaner.index import Nominated, Parameters, Remembered, data, local, open_index, runs, writing
from cleaner.index.data import Kind, Segment
from cleaner.index.local import LocalIndex
from cleaner.index.runs import Run
from cleaner.minhash import sketch
from tests.samples import story

SMALL_BLOCKS: Final = {Kind.FACTS: 7, Kind.SIGNATURES: 3}
ROOT: Final = Path(__file__).parents[1]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "seen"


@pytest.fixture
def index(place: Path) -> Iterator[LocalIndex]:
    with LocalIndex.open(place, write=True) as opened:
        yield opened


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values so small that a few texts fill several of each kind, and several transactions."""
    for module, name, value in (
        (runs, "_PIECE", 64),
        (data, "BLOCKS", SMALL_BLOCKS),
        (writing, "BLOCKS", SMALL_BLOCKS),
        (writing, "_TEXTS", 2000),
        (writing, "_AT_ONCE", 5000),
        (local, "_TEXTS_AT_ONCE", 5),
        (local, "_SEGMENT", 11),
    ):
        monkeypatch.setattr(module, name, value)


def stories(*seeds: int) -> list[str]:
    return [story(seed, sentences=12) for seed in seeds]


def remember(index: LocalIndex, texts: Sequence[str], *, batch: str = "", first: int = 0) -> int:
    """Add texts named by numbers from `first` on."""
    names = [str(first + row) for row in range(len(texts))]
    return index.add(names, texts, sketch(texts, ngram=index.parameters.ngram), batch=batch)


def met(index: LocalIndex, text: str, *, besides: str = "") -> list[tuple[str, str]]:
    """The batch and the name of each remembered text that is nominated for a text."""
    nominated = index.nominate(sketch([text], ngram=index.parameters.ngram), besides=besides)
    found = map(index.remembered, nominated.numbers.tolist())
    return [(batch, name) for name, batch, _ in found]


def all_of(index: LocalIndex) -> list[Remembered]:
    return [index.remembered(number) for number in range(int(index.stats()["texts"]))]


def pairs_of(nominated: Nominated) -> list[tuple[int, int]]:
    return list(zip(nominated.rows.tolist(), nominated.numbers.tolist(), strict=True))


class TestNominations:
    def test_what_resembles_a_remembered_text_is_nominated_with_it(self, index: LocalIndex) -> None:
        remember(index, stories(*range(20)))
        copy = stories(7)[0]
        edited = copy.replace("清早", "清晨").replace("一", "壹", 1)
        for like in (copy, edited, converted(copy, "hant"), f"【本报讯】{copy}"):
            assert met(index, like) == [("", "7")]

    def test_a_part_is_nominated_with_the_whole_and_the_other_way_round(self, index: LocalIndex) -> None:
        whole = story(1, sentences=120)
        part = whole[: len(whole) // 4]
        remember(index, [whole, *stories(2, 3)])
        assert met(index, part) == [("", "0")]
        remember(index, [story(4, sentences=120)[:900]], first=9)
        assert met(index, story(4, sentences=120)) == [("", "9")]

    def test_other_texts_are_not(self, index: LocalIndex) -> None:
        remember(index, stories(*range(20)))
        assert met(index, stories(99)[0]) == []

    def test_an_empty_text_is_like_nothing(self, index: LocalIndex) -> None:
        remember(index, ["", "。。。", *stories(1)])
        assert met(index, "") == []
        assert all_of(index)[:2] == [Remembered("0", "", ""), Remembered("1", "", "。。。")]

    def test_an_empty_index_nominates_nothing(self, index: LocalIndex) -> None:
        assert met(index, stories(1)[0]) == []
        assert pairs_of(index.nominate(sketch([]))) == []

    @pytest.mark.usefixtures("small_pieces")
    def test_in_small_pieces_the_same_is_nominated(self, index: LocalIndex) -> None:
        assert_agrees_with_candidates(index)

    def test_what_is_nominated_within_a_run_is_nominated_across_runs(self, index: LocalIndex) -> None:
        assert_agrees_with_candidates(index)

    def test_one_key_of_many_texts_gives_a_few_of_them(self, index: LocalIndex) -> None:
        remember(index, stories(1) * 300)
        assert len(met(index, stories(1)[0])) == NEIGHBOURS

    def test_texts_left_out_do_not_hide_others_with_the_same_key(self, index: LocalIndex) -> None:
        remember(index, stories(1) * 300, batch="monday")
        remember(index, stories(1) * 5, batch="tuesday", first=500)
        assert {batch for batch, _ in met(index, stories(1)[0], besides="monday")} == {"tuesday"}
        assert {batch for batch, _ in met(index, stories(1)[0])} == {"monday"}

    def test_many_small_adds_nominate_what_one_add_does(self, place: Path, tmp_path: Path) -> None:
        texts = [text for seed in range(45) for text in (stories(seed)[0], stories(seed)[0].replace("他", "她"))]
        asked = sketch([text.replace("第", "第一") for text in texts])
        with LocalIndex.open(tmp_path / "whole", write=True) as whole, LocalIndex.open(place, write=True) as index:
            remember(whole, texts)
            for row, text in enumerate(texts):
                remember(index, [text], first=row)
            assert pairs_of(index.nominate(asked)) == pairs_of(whole.nominate(asked))
            assert all_of(index) == all_of(whole)
            assert int(index.stats()["segments"]) < 20
            index.compact()
            assert pairs_of(index.nominate(asked)) == pairs_of(whole.nominate(asked))
            assert index.stats()["segments"] == 1


def assert_agrees_with_candidates(index: LocalIndex) -> None:
    """What `candidates` pairs across two halves of a set, the index pairs when it remembers the first."""
    texts = stories(*range(40))
    halves = [*texts, *(text[: 300 + 7 * row] for row, text in enumerate(texts))]
    remember(index, texts)
    pairs = candidates(sketch(halves), index.parameters.bands, threshold=index.parameters.threshold)
    across = {(row - 40, other) for other, row in zip(*map(np.ndarray.tolist, pairs), strict=True) if other < 40 <= row}
    nominated = pairs_of(index.nominate(sketch(halves[40:])))
    assert across <= set(nominated)
    assert len(across) >= 40
    assert nominated == sorted(set(nominated))


class TestBatches:
    def test_a_batch_that_comes_again_replaces_itself(self, index: LocalIndex) -> None:
        remember(index, stories(1, 2, 3), batch="monday")
        remember(index, stories(4), batch="tuesday")
        assert remember(index, stories(5, 2), batch="monday") == 1
        assert met(index, stories(1)[0]) == met(index, stories(3)[0]) == []
        assert met(index, stories(2)[0]) == [("monday", "1")]
        assert met(index, stories(5)[0]) == [("monday", "0")]
        assert met(index, stories(4)[0]) == [("tuesday", "0")]
        assert index.stats() | {"texts": 3, "replaced": 2, "batches": 2} == index.stats()

    def test_texts_without_a_batch_stay(self, index: LocalIndex) -> None:
        assert [remember(index, stories(1)), remember(index, stories(2)), remember(index, stories(1))] == [1, 1, 0]
        assert all_of(index) == [Remembered("0", "", text) for text in stories(1, 2)]

    def test_a_text_is_the_same_by_name_batch_and_letters(self, index: LocalIndex) -> None:
        (text,) = stories(1)
        assert remember(index, [text], batch="monday") == 1
        assert remember(index, [text], batch="monday") == 0
        assert remember(index, [text], batch="tuesday") == 1
        assert index.add(["0", "0", "other"], [text, text, text], sketch([text] * 3)) == 2

    def test_a_batch_that_comes_back_to_what_it_was_is_remembered_so(self, index: LocalIndex) -> None:
        for seed in (1, 2, 1, 2, 1):
            assert remember(index, stories(seed), batch="monday") == 1
        assert index.stats()["texts"] == 1
        assert met(index, stories(1)[0]) == [("monday", "0")]

    def test_a_batch_is_left_out_if_asked(self, index: LocalIndex) -> None:
        remember(index, stories(1), batch="monday")
        remember(index, stories(1), batch="tuesday")
        assert met(index, stories(1)[0], besides="monday") == [("tuesday", "0")]
        assert len(met(index, stories(1)[0], besides="nosuch")) == 2

    def test_a_batch_can_lose_all_its_texts(self, index: LocalIndex) -> None:
        remember(index, stories(1, 2), batch="monday")
        assert remember(index, [], batch="monday") == 0
        assert index.stats() | {"texts": 0, "replaced": 2, "batches": 0} == index.stats()
        index.compact()
        assert index.stats() | {"texts": 0, "replaced": 0, "segments": 0} == index.stats()
        assert remember(index, stories(3), batch="monday") == 1

    @pytest.mark.usefixtures("small_pieces")
    def test_compacting_drops_what_was_replaced(self, index: LocalIndex) -> None:
        remember(index, stories(*range(30)), batch="monday")
        remember(index, stories(*range(30, 60)), batch="tuesday")
        remember(index, stories(*range(20)), batch="monday")
        before = index.stats()
        index.compact()
        expected = [Remembered(str(seed), "monday", stories(seed)[0]) for seed in range(20)]
        expected += [Remembered(str(row), "tuesday", stories(30 + row)[0]) for row in range(30)]
        assert all_of(index) == expected
        assert index.stats() | {"texts": 50, "replaced": 0, "batches": 2} == index.stats()
        assert int(index.stats()["bytes"]) < int(before["bytes"])
        assert met(index, stories(25)[0]) == []
        assert met(index, stories(35)[0]) == [("tuesday", "5")]

    @pytest.mark.usefixtures("small_pieces")
    def test_merging_keeps_what_is_dead_dead(self, index: LocalIndex) -> None:
        for day in range(20):
            remember(index, stories(day, day + 1), batch=f"day {day % 3}")
        assert index.stats() | {"texts": 6, "replaced": 34} == index.stats()
        assert met(index, stories(10)[0]) == []
        assert sorted(met(index, stories(19)[0])) == [("day 0", "1"), ("day 1", "0")]


class TestKeeping:
    def test_what_was_added_is_there_later(self, place: Path) -> None:
        with open_index(str(place), write=True) as index:
            assert index.add(["旧书铺/一.txt"], stories(1), sketch(stories(1)), batch="第一批") == 1
        with open_index(str(place)) as index:
            number = index.nominate(sketch(stories(1))).numbers[0]
            assert index.remembered(int(number)) == ("旧书铺/一.txt", "第一批", stories(1)[0])

    @given(st.lists(st.text(st.characters(), max_size=20), max_size=5))
    def test_every_text_comes_back_as_it_was(self, texts: list[str]) -> None:
        packed = [data.record(7, text[::-1], text) for text in texts]
        found = [data.read_record(one) for one in data.records(memoryview(data.text_block(packed)))]
        assert found == [(7, text[::-1], text) for text in texts]

    def test_a_lone_surrogate_is_kept(self, index: LocalIndex) -> None:
        remember(index, ["\ud800" + stories(1)[0]], batch="\udfff")
        assert all_of(index) == [Remembered("0", "\udfff", "\ud800" + stories(1)[0])]

    def test_a_number_that_no_text_has_is_an_error(self, index: LocalIndex) -> None:
        remember(index, stories(1))
        with pytest.raises(IndexError, match="no text has the number 1"):
            index.remembered(1)

    @pytest.mark.usefixtures("small_pieces")
    def test_an_add_that_fails_leaves_nothing(self, index: LocalIndex) -> None:
        remember(index, stories(1, 2), batch="monday")

        def failing() -> Iterator[str]:
            yield from stories(*range(10, 40))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            index.add([str(row) for row in range(31)], failing(), sketch(stories(*range(31))), batch="monday")
        with pytest.raises(ValueError, match="shorter"):
            index.add(["0", "1"], stories(3), sketch(stories(3, 4)), batch="monday")
        with pytest.raises(ValueError, match="1 names and 2 sketches"):
            index.add(["0"], stories(3), sketch(stories(3, 4)), batch="monday")
        assert [text for _, _, text in all_of(index)] == stories(1, 2)
        assert remember(index, stories(3, 4), first=5) == 2
        assert [text for _, _, text in all_of(index)] == stories(1, 2, 3, 4)

    def test_a_compacting_that_fails_leaves_the_index_as_it_was(
        self, index: LocalIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        remember(index, stories(1, 2))
        before = all_of(index)

        def failing(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(local, "write_manifest", failing)
            with pytest.raises(StoredIndexError, match=r"No space left.*has room"):
                index.compact()
        assert all_of(index) == before
        index.compact()
        assert all_of(index) == before

    def test_other_parameters_are_refused(self, place: Path) -> None:
        LocalIndex.open(place, Parameters(4, 0.8), write=True).close()
        for write in (False, True):
            with pytest.raises(
                StoredIndexError, match=r"ngram 4, threshold 0\.8, not ngram 5, threshold 0\.7; ask for"
            ):
                LocalIndex.open(place, Parameters(), write=write)
            with LocalIndex.open(place, write=write) as index:
                assert index.parameters == Parameters(4, 0.8)

    @pytest.mark.parametrize(
        ("key", "value", "message"),
        [
            ("format", 2, "has format 2, and this version reads format 1; use the version that made it"),
            ("scheme", "affine64", "made with scheme affine64, and this version uses affine32"),
            ("permutations", 256, "made with permutations 256"),
            ("data", "../1.mdb", "damaged"),
            ("ngram", "five", "damaged"),
        ],
    )
    def test_an_index_made_otherwise_is_refused(self, place: Path, key: str, value: object, message: str) -> None:
        LocalIndex.open(place, write=True).close()
        manifest = json.loads((place / "index.json").read_text("utf-8"))
        (place / "index.json").write_text(json.dumps(manifest | {key: value}), "utf-8")
        with pytest.raises(StoredIndexError, match=message):
            LocalIndex.open(place)


class TestFolders:
    def test_reading_changes_nothing(self, place: Path) -> None:
        with LocalIndex.open(place, write=True) as index:
            remember(index, stories(1))
        before = {path.name: path.read_bytes() for path in place.iterdir() if not path.name.endswith("-lock")}
        with LocalIndex.open(place) as index:
            assert met(index, stories(1)[0])
            with pytest.raises(StoredIndexError, match="open for reading only"):
                remember(index, stories(2))
            with pytest.raises(StoredIndexError, match="open for reading only"):
                index.compact()
        assert before == {path.name: path.read_bytes() for path in place.iterdir() if not path.name.endswith("-lock")}

    def test_reading_makes_no_index(self, place: Path) -> None:
        with pytest.raises(StoredIndexError, match="no index is there; name the folder of one"):
            LocalIndex.open(place)
        assert not place.exists()

    @pytest.mark.parametrize("write", [False, True])
    def test_a_folder_of_other_files_is_left_alone(self, place: Path, write: bool) -> None:
        place.mkdir()
        (place / "notes.txt").write_text("青石桥", "utf-8")
        with pytest.raises(StoredIndexError, match="no index is there"):
            LocalIndex.open(place, write=write)
        with pytest.raises(StoredIndexError, match="no index is there"):
            LocalIndex.open(place / "notes.txt", write=write)
        assert [path.name for path in place.iterdir()] == ["notes.txt"]

    def test_one_that_was_stopped_while_making_an_index_hinders_nobody(self, place: Path) -> None:
        place.mkdir()
        for name in ("writer.lock", "1.mdb", "1.mdb-lock", "index.json.part"):
            (place / name).write_bytes(b"\0" * 100)
        with LocalIndex.open(place, write=True) as index:
            assert remember(index, stories(1)) == 1

    def test_one_whose_maker_was_stopped_before_it_was_one_hinders_nobody(self, place: Path) -> None:
        LocalIndex.open(place, write=True).close()
        (place / "index.json").rename(place / "index.json.part")
        with LocalIndex.open(place, write=True) as index:
            assert remember(index, stories(1)) == 1

    @pytest.mark.parametrize("write", [False, True])
    def test_an_index_whose_manifest_is_lost_is_not_made_anew(self, place: Path, write: bool) -> None:
        with LocalIndex.open(place, write=True) as index:
            remember(index, ["一"])
        (place / "index.json").rename(place / "index.json.part")
        with pytest.raises(StoredIndexError, match=r"index\.json is missing; restore a copy"):
            LocalIndex.open(place, write=write)
        (place / "index.json.part").rename(place / "index.json")
        with LocalIndex.open(place) as index:
            assert index.stats()["texts"] == 1

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StoredIndexError, match="file/seen: the index cannot be reached"):
            LocalIndex.open(tmp_path / "file" / "seen", write=True)

    def test_a_folder_that_cannot_be_written_to_is_read(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with LocalIndex.open(place, write=True) as index:
            remember(index, stories(1))
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        with LocalIndex.open(place) as index:
            assert met(index, stories(1)[0]) == [("", "0")]
            with pytest.raises(StoredIndexError, match="another process uses this index"):
                LocalIndex.open(place, write=True)

    @pytest.mark.parametrize("write", [False, True])
    @pytest.mark.parametrize("kept", [0, 100, 4096, 20_000, -4096, -1])
    def test_a_data_file_cut_short_is_refused(self, place: Path, kept: int, write: bool) -> None:
        with LocalIndex.open(place, write=True) as index:
            remember(index, stories(*range(30)))
        path = place / "1.mdb"
        os.truncate(path, kept if kept >= 0 else path.stat().st_size + kept)
        with pytest.raises(
            StoredIndexError, match=r"restore a copy of the folder, or delete it and add the texts again"
        ):
            LocalIndex.open(place, write=write)

    @pytest.mark.parametrize("write", [False, True])
    def test_a_data_file_that_is_none_is_refused(self, place: Path, write: bool) -> None:
        LocalIndex.open(place, write=True).close()
        (place / "1.mdb").write_bytes(b"\x5a" * 40_960)
        with pytest.raises(StoredIndexError, match="restore a copy"):
            LocalIndex.open(place, write=write)
        (place / "1.mdb").unlink()
        with pytest.raises(StoredIndexError, match=r"1\.mdb is missing"):
            LocalIndex.open(place, write=write)
        (place / "index.json").write_text("{", "utf-8")
        with pytest.raises(StoredIndexError, match=r"index.json cannot be read .*restore"):
            LocalIndex.open(place, write=write)

    def test_a_damaged_text_is_told(self, place: Path) -> None:
        with LocalIndex.open(place, write=True) as index:
            remember(index, stories(1))
        record = data.record(0, "0", stories(1)[0])
        whole = (place / "1.mdb").read_bytes()
        assert whole.count(record) == 1
        (place / "1.mdb").write_bytes(whole.replace(record, record[:20] + bytes(9) + record[29:]))
        with LocalIndex.open(place) as index, pytest.raises(StoredIndexError, match="a text is not what was written"):
            index.remembered(0)


# What another process does with the index in the folder it is told; it says when it is done with each part.
ADDING: Final = """
import sys
from itertools import count
from cleaner.index.local import LocalIndex
from cleaner.minhash import sketch
from tests.samples import story
from cleaner.index import writing
writing._AT_ONCE = 20_000
first = int(sys.argv[2])
with LocalIndex.open(sys.argv[1], write=True) as index:
    print("open", flush=True)
    for batch in count(first):
        texts = [story(100 * batch + row, sentences=6) for row in range(12)]
        names = [str(row) for row in range(12)]
        index.add(names, texts, sketch(texts), batch=f"batch {batch}")
        index.add(["newest"], texts[:1], sketch(texts[:1]), batch="newest")
        print(batch, flush=True)
        if batch % 7 == 6:
            index.compact()
"""
FORKING: Final = """
import os, sys, time
from cleaner.index.local import LocalIndex
index = LocalIndex.open(sys.argv[1], write=True)
if not os.fork():
    print("open", flush=True)
    time.sleep(600)
time.sleep(600)
"""


def started(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that runs a script, once it has the index open."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def heard(process: subprocess.Popen[str], lines: int) -> list[str]:
    """The next lines a process says."""
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(lines)]


def ended(process: subprocess.Popen[str]) -> list[str]:
    """What a process said until it was killed."""
    process.kill()
    said, _ = process.communicate()
    return said.split()


@pytest.mark.slow
class TestProcesses:
    def test_nothing_that_was_added_is_lost_when_the_process_is_killed(self, place: Path) -> None:
        draw = random.Random(7)
        done = 0
        for _ in range(6):
            process = started(ADDING, place, done)
            said = heard(process, draw.randint(1, 4))
            sleep(draw.random() / 20)  # any moment of the next addition
            done = int([*said, *ended(process)][-1]) + 1
            with LocalIndex.open(place) as index:
                done = self.checked(index, done)
        assert done >= 6

    @staticmethod
    def checked(index: LocalIndex, done: int) -> int:
        """How many batches are there: those that were said to be, and perhaps one more; all that is there is whole."""
        found = [index.remembered(number) for number in range(index._snapshot.end)]
        living = {
            number
            for segment in index._snapshot.segments
            for number in (segment.first + index._snapshot.living(segment)).tolist()
        }
        batches: dict[str, list[str]] = {}
        for number in sorted(living):
            batches.setdefault(found[number].batch, []).append(found[number].text)
        newest = batches.pop("newest", [])
        assert len(batches) in (done, done + 1)
        for batch in range(len(batches)):
            assert batches[f"batch {batch}"] == [story(100 * batch + row, sentences=6) for row in range(12)]
            assert (f"batch {batch}", "3") in met(index, story(100 * batch + 3, sentences=6))
        # A process that is killed between two additions leaves the newest as it was, however often that happens.
        assert newest in ([], *([story(100 * batch, sentences=6)] for batch in range(len(batches))))
        return len(batches)

    def test_a_second_writer_is_refused_and_a_reader_is_not(self, place: Path) -> None:
        process = started(ADDING, place, 0)
        try:
            with pytest.raises(StoredIndexError, match=r"another process uses this index.*run again when that is done"):
                LocalIndex.open(place, write=True)
            assert process.stdout is not None
            for batch in range(10):  # while the other adds and compacts
                assert process.stdout.readline() == f"{batch}\n"
                with LocalIndex.open(place) as index:
                    assert int(index.stats()["texts"]) >= 13
                    before = index.stats()["texts"]
                    assert (f"batch {batch}", "3") in met(index, story(100 * batch + 3, sentences=6))
                    assert index.stats()["texts"] == before
        finally:
            ended(process)
        LocalIndex.open(place, write=True).close()

    def test_what_is_read_stays_while_the_index_is_written_anew(self, place: Path) -> None:
        with LocalIndex.open(place, write=True) as index:
            remember(index, stories(1), batch="monday")
            remember(index, stories(2), batch="monday")
        with LocalIndex.open(place) as index:
            script = ADDING.replace("for batch in count(first):", "index.compact()\n    for batch in []:")
            process = started(script, place, 0)
            process.wait()
            ended(process)
            assert met(index, stories(2)[0]) == [("monday", "0")]
            assert index.stats()["replaced"] == 1
        with LocalIndex.open(place) as index:
            assert index.stats()["replaced"] == 0

    def test_a_child_that_is_left_does_not_keep_the_index_locked(self, place: Path) -> None:
        process = started(FORKING, place)
        try:
            process.kill()
            process.wait()
            LocalIndex.open(place, write=True).close()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            ended(process)

    def test_one_process_opens_an_index_once(self, index: LocalIndex, place: Path) -> None:
        with pytest.raises(StoredIndexError, match="another process uses this index"):
            LocalIndex.open(place, write=True)
        with pytest.raises(StoredIndexError, match="already open in this process; close it there first"):
            LocalIndex.open(place)
        assert remember(index, stories(1)) == 1


KEYS: Final = st.integers(0, 30).map(lambda number: number << 59 | number)
ENTRIES: Final = st.lists(st.tuples(KEYS, st.integers(0, 9)))


def run_of(entries: Sequence[tuple[int, int]]) -> Run:
    rows = sorted(entries, key=lambda entry: entry[1])
    return Run.of(np.array([key for key, _ in rows], np.uint64), np.array([row for _, row in rows], np.int64))


class TestRuns:
    @given(ENTRIES, st.sets(KEYS))
    def test_all_rows_of_a_key_are_found(self, entries: list[tuple[int, int]], keys: set[int]) -> None:
        ordered = np.array(sorted(keys), np.uint64)
        places, rows = run_of(entries).looked_up(ordered)
        expected = sorted(
            (place, row) for place, key in enumerate(ordered.tolist()) for own, row in entries if own == key
        )
        assert list(zip(places.tolist(), rows.tolist(), strict=True)) == expected

    @given(ENTRIES, st.integers(0, 6), st.integers(0, 6))
    def test_pieces_hold_all_keys_however_they_are_cut(
        self, entries: list[tuple[int, int]], bits: int, other: int
    ) -> None:
        run = run_of(entries)
        pieces = [Run.unpacked(piece.packed()) for piece in run.pieces(bits)]
        again = [
            Run.joined(pieces[number].within(piece, other) for number in runs.covering(piece, other, bits=bits))
            for piece in range(1 << other)
        ]
        for mine, cut in zip(again, run.pieces(other), strict=True):
            assert mine.keys.tolist() == cut.keys.tolist()
            assert mine.rows.tolist() == cut.rows.tolist()
        shared = {piece: run.keys[own].tolist() for piece, own in runs.shared_out(run.keys, bits)}
        assert shared == {number: piece.keys.tolist() for number, piece in enumerate(pieces) if piece.keys.size}

    @given(st.lists(st.sampled_from([1, 2, 10, 100, 1000]), max_size=300))
    def test_however_texts_come_there_are_few_segments(self, sizes: list[int]) -> None:
        segments: list[Segment] = []
        for size in sizes:
            segments.append(Segment(0, 0, size, ()))
            while together := writing.merging(segments):
                assert len(together) > 1
                whole = Segment(0, 0, sum(segment.texts for segment in together), ())
                segments = [*segments[: -len(together)], whole]
        assert len(segments) <= 60
        assert sum(segment.texts for segment in segments) == sum(sizes)
