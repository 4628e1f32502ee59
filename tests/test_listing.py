"""The table of all documents: rows wait on disk, are put right, and come in parts that a browser can run."""

from __future__ import annotations

import json
import shutil
import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from cleaner.errors import OutputError
from cleaner.listing import Listing
from cleaner.marks import marked
from cleaner.report import ROWS, Failure, Listed, Row, part_script
from cleaner.run import AcrossFiles, clean_files
from cleaner.sinks import Output, absolute, place_of, read, safe_name, stem_of, write
from tests.hostile import FRAGMENTS, hostile_rows
from tests.prose import edited, prose
from tests.samples import ARTICLE, cleaner_with

CLEANER: Final = cleaner_with()
NODE: Final = shutil.which("node")


def row(number: int, **said: Any) -> Row:
    return Row(f"文{number}.txt", f"文{number}", "cleaned", **{"source": number, "kinds": ("a",), **said})


def parts(out: Path) -> list[list[Any]]:
    """What the parts of a table hand over: number, kinds and rows of each."""
    found = []
    for path in sorted((out / "table").glob("part-*.js")):
        script = path.read_text("utf-8")
        assert (script[:12], script[-3:]) == ("cleanerPart(", ");\n")
        found.append(json.loads(f"[{script[12:-3]}]"))
    return found


def names(out: Path) -> list[str]:
    return [row[0] for _, _, rows in parts(out) for row in rows]


def outcomes(out: Path) -> dict[str, int]:
    return {row[0]: row[2] for _, _, rows in parts(out) for row in rows}


# rows


def test_rows_come_in_parts_in_their_order(tmp_path: Path) -> None:
    with Listing(tmp_path) as listing:
        for number in range(ROWS + 3):
            listing.add(row(number))
        listed = listing.write(Output(tmp_path))
    assert [(number, len(rows)) for number, _, rows in parts(tmp_path)] == [(1, ROWS), (2, 3)]
    assert names(tmp_path) == [f"文{number}.txt" for number in range(ROWS + 3)]
    assert len(listed.first) == 100


def test_a_revised_row_takes_the_place_of_the_first(tmp_path: Path) -> None:
    with Listing(tmp_path) as listing:
        for number in range(5):
            listing.add(row(number, suspicion=90) if number != 2 else None)
        listing.revise(1, row(1)._replace(outcome="dropped", is_lossy=True))
        listing.revise(4, row(4, suspicion=10, flagged=7))
        listed = listing.write(Output(tmp_path))
    assert outcomes(tmp_path) == {"文0.txt": 0, "文1.txt": 3, "文3.txt": 0, "文4.txt": 0}
    assert [each.name for each in listed.first] == ["文0.txt", "文3.txt", "文4.txt", "文1.txt"]
    assert listed.counts() == {"failed": 0, "empty": 0, "flagged": 1, "lossy": 1, "suspicious": 2}


def test_no_more_rows_are_held_however_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.listing.ROWS", 500)

    def peak(rows: int) -> int:
        tracemalloc.start()
        with Listing(tmp_path) as listing:
            for number in range(rows):
                listing.add(row(number))
            listing.write(Output(tmp_path))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(32 * 500) < 3 * peak(2 * 500)  # rows wait for the collector of garbage, now more, now fewer


def test_what_needs_a_human_is_counted() -> None:
    rows = [
        Row.failed(Failure("x", "is missing"), has_page=False),
        row(1)._replace(outcome="empty"),
        row(0)._replace(outcome="empty"),  # which came empty
        row(2, flagged=1),
        row(3, flagged=1)._replace(outcome="dropped"),
    ]
    assert Listed.of(rows).counts() == {"failed": 1, "empty": 1, "flagged": 1, "lossy": 0, "suspicious": 1}
    assert Listed.of([]) == Listed()


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_part_holds_what_others_wrote_as_text(fragment: str) -> None:
    script = part_script(1, hostile_rows(fragment))
    assert "<" not in script
    assert marked(script) == script
    _, kinds, rows = json.loads(f"[{script[12:-3]}]")
    assert [each[0] for each in rows] == [marked(name) for name in (fragment, f"{fragment}.jsonl:1", fragment)]
    assert rows[2][15] == marked(f"因{fragment}")
    assert kinds == [marked(fragment.partition("/")[0])]
    assert [each[1] for each in rows] == [stem_of(safe_name(fragment)), "", stem_of(safe_name(fragment))]


@pytest.mark.skipif(NODE is None, reason="no node is installed, which reads a part as a browser does")
def test_a_part_is_a_script(tmp_path: Path) -> None:
    script = tmp_path / "a.js"
    told = part_script(1, hostile_rows("".join(FRAGMENTS)))
    script.write_text(f"cleanerPart=(...given)=>console.log(JSON.stringify(given));{told}", "utf-8")
    done = subprocess.run([str(NODE), str(script)], capture_output=True, check=True)
    assert json.loads(done.stdout) == json.loads(f"[{told[12:-3]}]")


# runs


def inputs(folder: Path) -> Path:
    """Files and records, of which some fail, and some are dropped or flagged when all are known."""
    folder.mkdir()
    texts = [prose(1), prose(2), prose(1), edited(prose(2), 0.02), prose(3), ARTICLE]
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text, "utf-8")
    (folder / "bad.txt").write_bytes(b"\x00")
    rows = [json.dumps({"id": f"r{number}", "text": text}) for number, text in enumerate([*texts, prose(4)])]
    (folder / "c.jsonl").write_text("\n".join([*rows[:2], '{"text": null}', "no json", *rows[2:]]), "utf-8")
    (folder / "d.csv").write_text("id,text\nx,\ny,一句话。\n", "utf-8")
    return folder


def test_the_table_of_a_run_says_of_each_document_what_its_report_says(tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = clean_files([inputs(tmp_path / "in")], out, CLEANER).facts()
    told = {path.stem: json.loads(path.read_text("utf-8")) for path in (out / "reports").glob("*.json")}
    rows = [
        json.loads(line) for path in (out / "reports").glob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    facts = [*told.values(), *(each for each in rows if each["outcome"] != "passed")]
    names_of = ("cleaned", "unchanged", "empty", "dropped", "failed")
    expected = {each["name"]: each["outcome"] for each in facts}
    assert {name: names_of[outcome] for name, outcome in outcomes(out).items()} == expected
    assert len(names(out)) == summary["accounts"]["in"] == len(expected)
    characters = {each["name"]: each["characters"] for each in facts if "characters" in each}
    keys = ("source", "text", "removed", "replaced", "put_in", "flagged")
    for _, _, rows_ in parts(out):
        for each in rows_:
            assert each[0] not in characters or dict(zip(keys, each[6:12], strict=True)) == characters[each[0]]
            assert not each[1] or (out / "reports" / f"{each[1]}.html").exists()
    assert summary["duplicates"]["dropped"] > 3


def test_parts_of_an_earlier_run_are_gone_and_what_others_put_there_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    table = out / "table"
    (table / "part-00009.js").parent.mkdir(parents=True)
    for name in ("part-00009.js", "part-9.js", "own.js", "speed.js"):
        (table / name).write_text("x", "utf-8")
    (out / "speed.json").write_text("x", "utf-8")
    clean_files([inputs(tmp_path / "in")], out, CLEANER)
    assert sorted(path.name for path in table.iterdir()) == ["own.js", "part-00001.js", "part-9.js"]
    assert not (out / "speed.json").exists()


def test_a_table_in_a_store_is_that_of_a_folder(tmp_path: Path) -> None:
    folder, address = inputs(tmp_path / "in"), f"memory://{uuid4().hex}/out"
    clean_files([folder], tmp_path / "out", CLEANER)
    place = absolute(place_of(address))
    write(Output(place).part(7), "of an earlier run")
    clean_files([folder], place, CLEANER)
    (part,) = Output(place).parts()
    assert (part.name, read(part)) == ("part-00001.js", (tmp_path / "out" / "table" / "part-00001.js").read_bytes())


@pytest.mark.parametrize("name", ["table/part-00001.js", "speed.json"])
def test_the_account_is_not_written_over_an_input(tmp_path: Path, name: str) -> None:
    path = tmp_path / "out" / name
    path.parent.mkdir(parents=True)
    path.write_text(ARTICLE, "utf-8")
    with pytest.raises(OutputError, match="is an input"):
        clean_files([path], tmp_path / "out", CLEANER)
    assert path.read_text("utf-8") == ARTICLE


# speed


def ticking(*, step: float) -> Callable[[], float]:
    now = [0.0]

    def clock() -> float:
        now[0] += step
        return now[0]

    return clock


def test_figures_of_speed_are_written_if_there_is_a_clock_and_nothing_else_tells_it(tmp_path: Path) -> None:
    folder = inputs(tmp_path / "in")
    written = []
    for name, step in (("one", 2.0), ("two", 5.0)):
        clean_files([folder], tmp_path / name, CLEANER, across=AcrossFiles(), clock=ticking(step=step))
        paths = [path for path in (tmp_path / name).rglob("*") if path.is_file()]
        written.append({path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in paths})
    one, two = written
    assert {name for name in one if one[name] != two[name]} == {"speed.json", "table/speed.js"}
    told = json.loads(one["speed.json"])
    assert told["stages"] == {"cleaning": 2.0, "settling": 2.0, "account": 2.0}
    assert (told["seconds"], told["documents"], told["documents_per_second"]) == (6.0, 17, 2.8)
    assert (told["engine"], told["workers"], told["taken_over"]) == ("serial", 1, 0)
    assert json.loads(one["table/speed.js"].decode()[len("cleanerSpeed(") : -3]) == told
