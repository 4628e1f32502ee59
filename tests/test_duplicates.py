"""Near-duplicates in runs over files: what is written, what the reports tell, and that nothing is lost."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest

from cleaner import duplicates
from cleaner.dedup import Policy
from cleaner.duplicates import Memory
from cleaner.fold import converted
from cleaner.index import Parameters, open_index
from cleaner.keeping import Part
from cleaner.minhash import Sketches, sketch
from cleaner.report import Summary, source_of
from cleaner.run import AcrossFiles, clean_files
from cleaner.sinks import Output, State
from tests.prose import edited, prose
from tests.samples import NOTHING, cleaner_with

TEXT = prose(1)
NEAR = edited(TEXT, 0.01)
ALIKE = edited(NEAR, 0.015, seed=2)
CLEANER = cleaner_with()


def run(tmp_path: Path, files: dict[str, str], *, inputs: int = 0, **policy: Any) -> Summary:
    """The account of a run over files of these texts, whose accounts must balance and whose sources come back."""
    for name, text in files.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text, "utf-8")
    summary = clean_files([tmp_path / "in"], tmp_path / "out", CLEANER, across=AcrossFiles(duplicates=Policy(**policy)))
    accounts = summary.facts()["accounts"]
    assert accounts["in"] == accounts["written"] + accounts["dropped"] + accounts["failed"] == (inputs or len(files))
    for name in files:
        path = tmp_path / "out" / "text" / name
        data = path.read_bytes() if path.exists() else b""
        assert source_of(data, json.dumps(report(tmp_path, name))) == (tmp_path / "in" / name).read_bytes()
    return summary


def report(tmp_path: Path, name: str) -> Any:
    return json.loads((tmp_path / "out" / "reports" / name).with_suffix(".json").read_text("utf-8"))


def written(tmp_path: Path) -> list[str]:
    folder = tmp_path / "out" / "text"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.txt"))


def rows(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "out" / "duplicates.jsonl").read_text("utf-8").splitlines()]


def test_a_near_duplicate_has_a_report_and_no_text(tmp_path: Path) -> None:
    summary = run(tmp_path, {"a.txt": TEXT, "b.txt": NEAR, "c.txt": prose(2)})
    assert written(tmp_path) == ["a.txt", "c.txt"]
    dropped = report(tmp_path, "b.txt")
    assert dropped["outcome"] == "dropped"
    assert dropped["quality"]["characters"] == len(NEAR)
    assert dropped["rules"]["drop/near-duplicate"] == {
        **NOTHING, "edits": 1, "removed": len(NEAR), "removed_hanzi": dropped["hanzi"]["source"],
    }  # fmt: skip
    assert dropped["rules"]["duplicates/own-sentence"]["edits"] > 0
    (drop,) = summary.facts()["dropped"]
    assert (drop["name"], drop["rule"]) == ("b.txt", "drop/near-duplicate")
    assert "a.txt, which stays" in drop["why"]


def matched(tmp_path: Path, name: str) -> list[Any]:
    edits = [edit for layer in report(tmp_path, name)["layers"] for edit in layer]
    return [edit["matched"] for edit in edits if edit["rule"].startswith(("drop/", "duplicates/"))]


def test_a_report_names_the_text_it_is_like_and_its_page_leads_there(tmp_path: Path) -> None:
    run(tmp_path, {"a/山.txt": TEXT, "b.txt": NEAR, "c.txt": ALIKE})
    for name in ("b.txt", "c.txt"):
        assert {json.dumps(each, ensure_ascii=False) for each in matched(tmp_path, name)} == {
            '{"name": "a/山.txt", "page": true}'
        }
        page = (tmp_path / "out" / "reports" / name).with_suffix(".html")
        addresses = set(re.findall(r'href="([^"#]*%[^"]*)"', page.read_text("utf-8")))
        assert [(page.parent / unquote(address)).resolve() for address in addresses] == [
            tmp_path / "out" / "reports" / "a" / "山.html"
        ]


def test_a_record_or_what_an_index_remembers_has_no_page(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text(json.dumps({"id": "x", "text": TEXT + prose(3, 5)}), "utf-8")
    run(tmp_path, {"b.txt": NEAR}, inputs=2)
    assert {each["name"]: each["page"] for each in matched(tmp_path, "b.txt")} == {"a.jsonl/x": False}
    with open_index(str(tmp_path / "seen"), Parameters(), write=True) as index:
        for folder in ("one", "two"):
            across = AcrossFiles(memory=Memory.of(index, tmp_path / folder, folder))
            clean_files([tmp_path / "in" / "b.txt"], tmp_path / folder, CLEANER, across=across)
    told = json.loads((tmp_path / "two" / "reports" / "b.json").read_text("utf-8"))
    assert told["layers"][-1][-1]["matched"] == {"name": "b.txt of batch one", "page": False}


def test_the_account_counts_every_edit_of_the_reports(tmp_path: Path) -> None:
    names = ("a.txt", "b.txt", "c.txt", "d.txt")
    texts = (TEXT, NEAR, ALIKE, f"{prose(5)}{prose(1, 10)}")
    dirty = (text.replace("\n", "&nbsp;<b></b>\n") for text in texts)  # edits that are counted before
    summary = run(tmp_path, dict(zip(names, dirty, strict=True)))
    reports = [report(tmp_path, name) for name in names]
    rules = {rule for each in reports for rule in each["rules"]}
    facts = summary.facts()
    assert set(facts["rules"]) == rules
    for rule in rules:
        of_rule = [each["rules"][rule] for each in reports if rule in each["rules"]]
        counted = {key: sum(each[key] for each in of_rule) for key in of_rule[0]}
        assert facts["rules"][rule] == {**counted, "files": len(of_rule)}
    for entry, each in zip(facts["files"], reports, strict=True):
        assert entry == {key: each[key] for key in ("name", "outcome", "characters", "hanzi", "quality")}


def test_a_near_duplicate_that_stays_is_flagged(tmp_path: Path) -> None:
    run(tmp_path, {"a.txt": TEXT, "b.txt": ALIKE})
    assert written(tmp_path) == ["a.txt", "b.txt"]
    assert report(tmp_path, "b.txt")["rules"]["duplicates/alike"]["edits"] == 1
    assert "duplicates/alike" not in report(tmp_path, "a.txt")["rules"]


def test_paragraphs_of_several_files_are_flagged_and_stay(tmp_path: Path) -> None:
    shared = prose(50, 5)
    files = {f"{name}.txt": f"{prose(seed)}{shared}" for seed, name in enumerate("abc", 60)}
    summary = run(tmp_path, files)
    for name in files:
        (flag,) = (edit for layer in report(tmp_path, name)["layers"] for edit in layer)
        assert (flag["rule"], flag["old"], flag["new"]) == ("duplicates/paragraph", shared.strip(), shared.strip())
        assert flag["why"].startswith("2 other documents")
    assert summary.facts()["kinds"]["duplicates"]["removed"] == 0
    assert written(tmp_path) == sorted(files)


def test_paragraphs_of_dropped_files_are_not_counted(tmp_path: Path) -> None:
    run(tmp_path, {"a.txt": TEXT, "b.txt": TEXT})
    assert "duplicates/paragraph" not in report(tmp_path, "a.txt")["rules"]


def test_every_pair_is_listed_with_what_differs(tmp_path: Path) -> None:
    run(tmp_path, {"a.txt": TEXT, "b.txt": NEAR, "c.txt": converted(TEXT, "hant")})
    found = {(row["a"], row["b"]): row for row in rows(tmp_path)}
    assert set(found) == {("a.txt", "b.txt"), ("a.txt", "c.txt"), ("b.txt", "c.txt")}
    near = found["a.txt", "b.txt"]
    assert (near["kept"], near["dropped"]) == ("a.txt", ["b.txt"])
    assert all(sentence in TEXT and sentence not in NEAR for sentence in near["only_kept"])
    assert all(sentence in NEAR and sentence not in TEXT for sentence in near["only_dropped"])
    assert len(near["only_kept"]) == len(near["only_dropped"]) > 0
    assert found["a.txt", "c.txt"]["similarity"] == 1
    assert found["b.txt", "c.txt"]["kept"] == "a.txt"


def test_repaired_and_boilerplate_less_text_is_what_is_compared(tmp_path: Path) -> None:
    readings = {"河": "hé", "桥": "qiáo", "灯": "dēng", "钟": "zhōng", "茶": "chá", "雨": "yǔ", "山": "shān"}
    annotated = "".join(f"{letter}({readings[letter]})" if letter in readings else letter for letter in TEXT)
    dirty = converted(annotated, "hant").replace("\n", "&nbsp;<b></b>\n")
    summary = run(tmp_path, {"a.txt": TEXT, "b.txt": dirty})
    assert written(tmp_path) == ["a.txt"]
    assert summary.facts()["dropped"][0]["rule"] == "drop/duplicate"


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    files = {"a.txt": TEXT, "b.txt": NEAR, "c.txt": ALIKE, "d/a.txt": TEXT}
    run(tmp_path, files)
    first = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    run(tmp_path, files)
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == first


@pytest.mark.parametrize(("survivor", "stays"), [("first", "a.txt"), ("longest", "b.txt"), ("best", "c.txt")])
def test_the_survivor_is_a_choice(tmp_path: Path, survivor: str, stays: str) -> None:
    loose = TEXT.replace("。\n", "\n")
    run(tmp_path, {"a.txt": loose, "b.txt": f"{loose}谁也没有再问\n", "c.txt": TEXT}, survivor=survivor)
    assert written(tmp_path) == [stays]


def test_a_page_of_which_nothing_is_left_is_no_duplicate(tmp_path: Path) -> None:
    run(tmp_path, {"a.txt": "", "b.txt": "", "c.txt": "\n \n"})
    assert written(tmp_path) == ["a.txt", "b.txt", "c.txt"]
    assert rows(tmp_path) == []


def test_a_giant_group_is_told_in_the_account_and_on_the_page(tmp_path: Path) -> None:
    summary = run(tmp_path, {f"{number:03}.txt": edited(TEXT, 0.004, seed=number) for number in range(110)})
    (alarm,) = summary.facts()["duplicates"]["alarms"]
    assert (alarm["documents"], alarm["dropped"]) == (110, 109)
    assert "A very large group" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_sketches_of_very_many_parts_are_joined_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_PARTS", 3)
    sketches = [sketch([f"第{number}份材料讲的是另一件事，与别的都不同。"]) for number in range(11)]
    noted = duplicates.Noted(Policy())
    for number, one in enumerate(sketches):
        noted.take([str(number)], one, [])
    found, expected = noted.documents, Sketches.joined(sketches)
    assert found.names == [str(number) for number in range(11)]
    for field in fields(Sketches):
        assert np.array_equal(getattr(found.sketches, field.name), getattr(expected, field.name))


def test_keys_of_paragraphs_that_are_held_on_hold_nothing_else(tmp_path: Path) -> None:
    run(tmp_path, {"a.txt": TEXT, "b.txt": prose(2)})
    state = State.of(Output(tmp_path / "out"))
    for key in state.keys():  # noqa: SIM118  it is no dictionary
        if "-as-" not in key:
            _, said = Part(state, key).notes()
            assert sum(keys.nbytes for keys in said) > 0
            assert all(keys.base is not None and keys.base.flags.owndata for keys in said)  # else all that was read
