"""What lies on disk only while a run goes on: texts that wait, and sketches that travel."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from cleaner.minhash import sketch
from cleaner.sinks import SharedSketches, Spool, passing, place_of, write
from cleaner.sinks.stores import find
from tests.prose import prose


def test_a_passing_folder_goes_and_takes_what_others_left(tmp_path: Path) -> None:
    left = tmp_path / "passing" / "killed"
    left.mkdir(parents=True)
    with passing(tmp_path) as first:
        assert not left.exists()
        write(first / "a", "山")
    assert list(tmp_path.iterdir()) == []
    with passing(tmp_path) as second, passing() as elsewhere:
        assert second != first
        assert tmp_path not in Path(str(elsewhere)).parents
    assert not Path(str(elsewhere)).exists()


def test_a_passing_folder_of_a_store_goes_too_and_holds_the_same() -> None:
    store = place_of("memory://passing")
    write(store / "passing" / "killed", "山")
    texts = ["山", "水"]
    with passing(store) as folder:
        ends = Spool(folder).put("some", texts)
        assert [Spool(folder).text(("some", int(end) - 3, int(end))) for end in ends] == texts
        there = SharedSketches(sketch(texts), folder).__reduce__()
        assert np.array_equal(there[0](*there[1])().signatures, sketch(texts).signatures)
        assert {file.name for file in find(store)} >= {"some", "signatures.npy"}  # type: ignore[arg-type]
    assert find(store) == []  # type: ignore[arg-type]


def test_texts_are_read_again_where_they_lie(tmp_path: Path) -> None:
    texts = ["山", "", "水\r\n\ud800", "河边的旧书铺"]
    ends = Spool(tmp_path).put("some", texts)
    spans = [("some", start, end) for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]
    assert [pickle.loads(pickle.dumps(Spool(tmp_path))).text(span) for span in spans] == texts


@pytest.mark.parametrize("texts", [[prose(1), "", prose(2)], []])
def test_sketches_that_travel_are_the_same_and_written_once(texts: list[str], tmp_path: Path) -> None:
    shared = SharedSketches(sketch(texts), tmp_path)
    assert list(tmp_path.iterdir()) == []
    there = pickle.loads(pickle.dumps(shared))()
    written = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    for name in ("signatures", "shingles", "landmarks", "ends"):
        assert np.array_equal(getattr(there, name), getattr(shared(), name))
        assert getattr(there, name).dtype == getattr(shared(), name).dtype
    assert pickle.loads(pickle.dumps(shared))() is there
    assert {path: path.stat().st_ino for path in tmp_path.iterdir()} == written
