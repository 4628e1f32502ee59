"""Clean texts without near-duplicates: what is read, what stays, and what is told of the rest."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.dedup import Policy
from cleaner.engine import Budget, Pool, Serial
from cleaner.errors import BusyError
from cleaner.sinks import Output, State, taken
from cleaner.sources import Columns, Record, Source, records
from cleaner.weeding import Weeding, weed_files
from tests.boxes import crawled, sheet, table, table_rows, zipped
from tests.prose import edited, prose

TEXT = prose(1)
NEAR = edited(TEXT, 0.01)
OTHER = prose(2)


def lines(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def weed(tmp_path: Path, *inputs: str, **how: Any) -> dict[str, Any]:
    """The account of a run over inputs in `tmp_path`, which must balance."""
    weeded = weed_files([tmp_path / name for name in inputs], tmp_path / "out", Weeding(**how))
    facts = weeded.facts()
    assert json.loads((tmp_path / "out" / "summary.json").read_text("utf-8")) == facts
    accounts = facts["accounts"]
    assert accounts["in"] == accounts["written"] + accounts["dropped"] + accounts["failed"]
    return facts


def rows(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "out" / "duplicates.jsonl").read_text("utf-8").splitlines()]


def kept(tmp_path: Path, name: str) -> str:
    return (tmp_path / "out" / "kept" / name).read_text("utf-8")


def test_lines_that_stay_are_written_as_they_came(tmp_path: Path) -> None:
    first = f'{{"text": {json.dumps(TEXT)},   "id": "a", "more": [1, 2]}}\n'
    last = json.dumps({"id": 7, "text": OTHER}, ensure_ascii=False)
    (tmp_path / "in.jsonl").write_text(f"{first}{lines({'id': 'b', 'text': NEAR})}\n{last}", "utf-8")
    assert weed(tmp_path, "in.jsonl")["accounts"] == {"in": 3, "written": 2, "dropped": 1, "failed": 0}
    assert kept(tmp_path, "in.jsonl") == f"{first}{last}\n"
    (row,) = rows(tmp_path)
    assert (row["a"], row["b"], row["kept"], row["dropped"]) == ("a", "b", "a", ["b"])


def test_folders_of_texts_keep_their_bytes_and_names(tmp_path: Path) -> None:
    (tmp_path / "in" / "山").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_bytes(TEXT.encode("gb18030"))
    (tmp_path / "in" / "山" / "b.md").write_text(NEAR, "utf-8")
    (tmp_path / "in" / "山" / "c.txt").write_text(OTHER, "utf-8")
    assert weed(tmp_path, "in")["duplicates"]["dropped"] == 1
    assert (tmp_path / "out" / "kept" / "a.txt").read_bytes() == TEXT.encode("gb18030")
    assert not (tmp_path / "out" / "kept" / "山" / "b.md").exists()
    assert kept(tmp_path, "山/c.txt") == OTHER


def test_packed_lines_are_read_and_written_packed(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl.gz").write_bytes(
        gzip.compress(lines({"id": 1, "text": TEXT}, {"id": 2, "text": NEAR}, {"id": 3, "text": OTHER}).encode())
    )
    weed(tmp_path, "in.jsonl.gz")
    packed = tmp_path / "out" / "kept" / "in.jsonl.gz"
    ids = [json.loads(line)["id"] for line in gzip.decompress(packed.read_bytes()).splitlines()]
    assert ids == [1, 3]
    first = packed.read_bytes()
    weed(tmp_path, "in.jsonl.gz")
    assert packed.read_bytes() == first
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".cleaner",
        "duplicates.jsonl",
        "kept",
        "summary.json",
    ]


def test_texts_of_several_files_are_compared(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines({"id": 1, "text": TEXT}), "utf-8")
    (tmp_path / "b.jsonl").write_text(lines({"id": 2, "text": NEAR}), "utf-8")
    weed(tmp_path, "a.jsonl", "b.jsonl")
    assert not (tmp_path / "out" / "kept" / "b.jsonl").exists()


def test_fields_have_the_names_that_are_given(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines({"url": "u", "content": TEXT}, {"url": "v", "content": TEXT}), "utf-8")
    weed(tmp_path, "in.jsonl", columns=Columns("content", "url"))
    assert [(row["a"], row["b"]) for row in rows(tmp_path)] == [("u", "v")]


def test_lines_without_an_id_or_with_one_that_is_taken_go_by_their_place(tmp_path: Path) -> None:
    records = ({"text": TEXT}, {"id": "x", "text": NEAR}, {"id": "x", "text": TEXT})
    (tmp_path / "in.jsonl").write_text(lines(*records), "utf-8")
    weed(tmp_path, "in.jsonl")
    assert {(row["a"], row["b"]) for row in rows(tmp_path)} == {
        ("in.jsonl:1", "x"), ("in.jsonl:1", "x (in.jsonl:3)"), ("x", "x (in.jsonl:3)"),
    }  # fmt: skip


def test_names_that_are_taken_are_numbered(tmp_path: Path) -> None:
    ids = ("x", "x (in.jsonl:3)", "x", "x", None, {"a": 1}, 1, "1")
    (tmp_path / "in.jsonl").write_text(lines(*({"id": id_, "text": TEXT} for id_ in ids)), "utf-8")
    assert weed(tmp_path, "in.jsonl")["accounts"]["dropped"] == 7
    names = {row["a"] for row in rows(tmp_path)} | {row["b"] for row in rows(tmp_path)}
    assert names == {
        "x", "x (in.jsonl:3)", "x (in.jsonl:3, 2)", "x (in.jsonl:4)", "in.jsonl:5", '{"a": 1}', "1", "1 (in.jsonl:8)",
    }  # fmt: skip


def test_inputs_inside_out_are_told_and_left_as_they_are(tmp_path: Path) -> None:
    inside = tmp_path / "out" / "kept" / "in.jsonl"
    inside.parent.mkdir(parents=True)
    inside.write_text(lines({"id": 1, "text": TEXT}, {"id": 2, "text": TEXT}), "utf-8")
    before = inside.read_bytes()
    for given in ("out/kept/in.jsonl", "out/kept", "out"):
        (failure,) = weed(tmp_path, given)["failures"]
        assert "lies in the folder that the run writes to" in failure["reason"]
        assert inside.read_bytes() == before
        (tmp_path / "out" / "summary.json").unlink()
        (tmp_path / "out" / "duplicates.jsonl").unlink()


def test_what_an_earlier_run_kept_goes_when_nothing_of_it_stays(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in "ab":
        (tmp_path / "in" / f"{name}.txt").write_text(TEXT, "utf-8")
    weed(tmp_path, "in", policy=Policy("flag"))
    assert kept(tmp_path, "b.txt") == TEXT
    weed(tmp_path, "in")
    assert [path.name for path in (tmp_path / "out" / "kept").iterdir()] == ["a.txt"]


def test_a_name_that_is_a_folder_of_another_input_is_told(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a").write_text(TEXT, "utf-8")
    (tmp_path / "q" / "a").mkdir(parents=True)
    (tmp_path / "q" / "a" / "b").write_text(OTHER, "utf-8")
    facts = weed(tmp_path, "p", "q")
    assert facts["accounts"] == {"in": 2, "written": 1, "dropped": 0, "failed": 1}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{no json", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('["a"]', "no JSON object but list"),
        ('{"said": "a"}', "no text in a field 'text'; name the field that has it by --text-column"),
        ('{"said": "a"}', "(fields here: said)"),
        ('{"text": null}', "no text (null)"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path, line: str, says: str) -> None:
    good = lines({"id": 1, "text": TEXT})
    (tmp_path / "in.jsonl").write_text(f"{good}{line}\n{lines({'id': 2, 'text': TEXT})}", "utf-8")
    facts = weed(tmp_path, "in.jsonl")
    assert facts["accounts"] == {"in": 3, "written": 1, "dropped": 1, "failed": 1}
    (failure,) = facts["failures"]
    assert failure["name"] == "in.jsonl:2"
    assert says in failure["reason"]
    assert kept(tmp_path, "in.jsonl") == good


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("in.jsonl.gz", b"no gzip", "broken gzip data"),
        ("in.txt", b"\x00\x01" * 50, "no text"),
        ("gone.jsonl", None, "No such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_stops_nothing(
    tmp_path: Path, name: str, data: bytes | None, says: str
) -> None:
    (tmp_path / "good.jsonl").write_text(lines({"id": 1, "text": TEXT}), "utf-8")
    if data is not None:
        (tmp_path / name).write_bytes(data)
    facts = weed(tmp_path, name, "good.jsonl")
    assert facts["accounts"] == {"in": 2, "written": 1, "dropped": 0, "failed": 1}
    assert says in facts["failures"][0]["reason"]


def test_what_was_read_of_a_broken_file_is_kept(tmp_path: Path) -> None:
    packed = gzip.compress("".join(lines({"id": seed, "text": prose(seed)}) for seed in range(300)).encode())
    (tmp_path / "in.jsonl.gz").write_bytes(packed[:-2000])
    facts = weed(tmp_path, "in.jsonl.gz")
    (failure,) = facts["failures"]
    assert failure["name"] == "in.jsonl.gz"
    assert "broken gzip data" in failure["reason"]
    assert "records before this one: " in failure["reason"]
    kept_lines = gzip.decompress((tmp_path / "out" / "kept" / "in.jsonl.gz").read_bytes()).splitlines()
    assert 200 < len(kept_lines) == facts["accounts"]["written"] < 300


def test_two_inputs_of_one_name_do_not_write_over_each_other(tmp_path: Path) -> None:
    for folder, text in (("a", TEXT), ("b", OTHER)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "in.jsonl").write_text(lines({"id": 1, "text": text}), "utf-8")
    facts = weed(tmp_path, "a", "b")
    assert kept(tmp_path, "in.jsonl") == lines({"id": 1, "text": TEXT})
    assert "rename one" in facts["failures"][0]["reason"]


def test_processes_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.corpus._SENT", 20_000)
    texts = [edited(prose(seed // 3), 0.004 * (seed % 3), seed=seed) for seed in range(60)]
    (tmp_path / "in.jsonl").write_text(lines(*({"id": i, "text": text} for i, text in enumerate(texts))), "utf-8")
    results = []
    for engine in (Serial(), Pool(2, Budget(0, 0), worthwhile=0)):
        weed(tmp_path, "in.jsonl", engine=engine, policy=Policy(survivor="best"))
        out = tmp_path / "out"
        results.append({path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert results[0] == results[1]
    assert len(rows(tmp_path)) == 60


def test_containers_of_every_kind_keep_their_records_as_they_came(tmp_path: Path) -> None:
    rows_ = [{"id": "a", "text": TEXT, "n": 1}, {"id": "b", "text": NEAR, "n": 2}, {"id": "c", "text": OTHER, "n": 3}]
    members = {f"{row['id']}.txt": str(row["text"]).encode("gb18030") for row in rows_}
    crawl = [crawled(str(row["id"]), str(row["text"]).encode(), of="conversion") for row in rows_]
    boxes = {"a.csv": sheet(rows_), "b.parquet": table(rows_), "c.zip": zipped(members), "d.warc": b"".join(crawl)}
    for name, data in boxes.items():
        (tmp_path / "one").mkdir(exist_ok=True)
        (tmp_path / "one" / name).write_bytes(data)
        accounts = weed_files([tmp_path / "one" / name], tmp_path / "out", Weeding()).facts()["accounts"]
        assert accounts == {"in": 3, "written": 2, "dropped": 1, "failed": 0}
    out = tmp_path / "out" / "kept"
    assert (out / "a.csv").read_bytes() == sheet([rows_[0], rows_[2]])
    assert table_rows(out / "b.parquet") == [rows_[0], rows_[2]]
    with zipfile.ZipFile(out / "c.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: members[name] for name in ("a.txt", "c.txt")
        }
    assert [item.id for item in records(Source(out / "d.warc", "d.warc")) if isinstance(item, Record)] == ["a", "c"]


def test_more_files_than_a_process_may_open_are_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(150):
        (tmp_path / "in" / f"{number:03}.jsonl").write_text(lines({"id": number, "text": prose(number % 75)}), "utf-8")
    assert weed(tmp_path, "in")["duplicates"]["pairs"] == 75


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(TEXT, "utf-8")
    output = Output(tmp_path / "out")
    with taken(output, State.of(output)), pytest.raises(BusyError, match="another run is writing to it"):
        weed(tmp_path, "in.txt")
    assert weed(tmp_path, "in.txt")["accounts"]["written"] == 1


# the command


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command_sums_up_and_ends_with_1_if_something_failed(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines({"id": 1, "text": TEXT}, {"id": 2, "text": NEAR}), "utf-8")
    out = tmp_path / "out"
    code, stdout, stderr = run("dedup", tmp_path / "in.jsonl", "-o", out)
    assert (code, stderr) == (0, "")
    assert "2 texts in = 1 written + 1 dropped + 0 failed" in stdout
    assert f"listed in {out / 'duplicates.jsonl'}" in stdout
    code, stdout, stderr = run("dedup", tmp_path / "in.jsonl", tmp_path / "gone.jsonl", "-o", out)
    assert (code, stderr) == (1, "gone.jsonl: No such file or folder; check the path\n")


def test_the_command_says_what_hinders_it(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines({"id": 1, "text": TEXT}), "utf-8")
    (tmp_path / "file").write_text("")
    code, _, stderr = run("dedup", tmp_path / "in.jsonl", "-o", tmp_path / "file")
    assert code == 1
    assert "give an OUT that can be written to" in stderr
    assert run("dedup", tmp_path / "in.jsonl", "-o", tmp_path / "out", "--duplicates", "off")[0] == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_of_lines_is_told(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("")
    (tmp_path / "in.jsonl").chmod(0)
    assert "make the file readable" in weed(tmp_path, "in.jsonl")["failures"][0]["reason"]
