"""That the published schemas say what reports hold: all of it, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from cleaner.document import About, Document
from cleaner.quality import MEANINGS
from cleaner.report import FORMAT, PASSED, facts, to_json
from cleaner.run import clean_files
from tests.samples import ARTICLE, LEAD, MIDDLE, cleaner_with, story
from tests.schemas import faults, schemas, validator
from tests.strategies import documents

PAGE = f"<html><head><title>题目</title></head><body><div class=nav>首页</div><p>{LEAD}{MIDDLE}</p></body></html>"
TWICE = story(1)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run writes of files and records that meet every fate."""
    root = tmp_path_factory.mktemp("run")
    files = {
        "cleaned.txt": f"{ARTICLE}{MIDDLE}&nbsp;水\N{ZERO WIDTH SPACE}\n".encode(),
        "unchanged.txt": LEAD.encode(),
        "empty.txt": b"\n",
        "failed.txt.gz": b"\x1f\x8b no gzip",
        "page.html": PAGE.encode(),
        "twice.txt": (TWICE + story(2)).encode(),
        "dropped.txt": TWICE.encode(),
    }
    rows = [{"id": "a", "text": TWICE}, {"id": 7, "text": f"{story(3)}\n{story(3)}\n"}, {"text": None}, {"text": " "}]
    files["rows.jsonl"] = "\n".join([*map(json.dumps, rows), "{broken"]).encode()
    (root / "in").mkdir()
    for name, data in files.items():
        (root / "in" / name).write_bytes(data)
    clean_files([root / "in"], root / "out", cleaner_with())
    return root / "out"


def reports(out: Path) -> list[Any]:
    return [json.loads(path.read_text("utf-8")) for path in sorted((out / "reports").glob("*.json"))]


def rows(out: Path) -> list[Any]:
    return [json.loads(line) for line in (out / "reports" / "rows.jsonl").read_text("utf-8").splitlines()]


def test_reports_of_every_outcome_are_as_the_schema_says(out: Path) -> None:
    found = reports(out)
    assert {report["outcome"] for report in found} == {"cleaned", "unchanged", "empty", "dropped", "failed"}
    assert [fault for report in found for fault in faults("report", report)] == []
    assert any("about" in report for report in found)
    edits = [edit for report in found for layer in report.get("layers", ()) for edit in layer]
    matched = [edit["matched"] for edit in edits if "matched" in edit]
    assert {"name": "twice.txt", "page": True} in matched
    assert any(each["name"] == "" for each in matched)
    assert any("confidence" in edit for edit in [*edits, *_edits(rows(out))])


def test_rows_of_every_outcome_are_as_the_schema_says(out: Path) -> None:
    found = rows(out)
    assert {row["outcome"] for row in found} >= {"dropped", "failed", "empty", PASSED}
    assert [fault for row in found for fault in faults("row", row)] == []
    assert all(faults("report", row) for row in found)  # for it has a place in a container


def _edits(found: list[Any]) -> list[Any]:
    return [edit for report in found for layer in report.get("layers", ()) for edit in layer]


@given(documents())
def test_any_report_is_as_the_schema_says(document: Document) -> None:
    assert faults("report", json.loads(to_json(facts(document)))) == []


def test_what_no_schema_knows_and_what_is_missing_is_refused(out: Path) -> None:
    for name, found in (("report", reports(out)), ("row", rows(out))):
        for value in found:
            for where in _objects(value):
                assert _refused(name, value, where, {"unknown": 1}) or where == ["rules"]
                for key in _at(value, where):
                    if [*where, key][-1] not in OPTIONAL and where != ["rules"]:
                        assert _refused(name, value, where, {}, without=key), (where, key)


OPTIONAL = ("about", "confidence", "matched", "column")


def _objects(value: Any, where: tuple[Any, ...] = ()) -> Iterator[list[Any]]:
    """The ways to all objects in a value; of those in a list, and of rules, to the first alone."""
    if isinstance(value, dict):
        yield [*where]
        keys = list(value)[:1] if where == ("rules",) else list(value)
        for key in keys:
            yield from _objects(value[key], (*where, key))
    elif isinstance(value, list) and value:
        yield from _objects(value[0], (*where, 0))


def _at(value: Any, where: list[Any]) -> Any:
    for key in where:
        value = value[key]
    return value


def _refused(name: str, value: Any, where: list[Any], more: dict[str, Any], *, without: str = "") -> bool:
    changed = json.loads(json.dumps(value))
    found = _at(changed, where)
    found.update(more)
    found.pop(without, None)
    return bool(faults(name, changed))


@pytest.mark.parametrize("name", schemas())
def test_a_schema_has_a_name_that_others_refer_to(name: str) -> None:
    assert schemas()[name]["$id"] == f"urn:webtext-cleaner:schema:{name}"
    validator(name)


@pytest.mark.parametrize("name", ["report", "row", "verdict"])
def test_every_field_is_explained(name: str) -> None:
    schema = schemas()[name]
    assert [way for way, field in _fields(schema, name) if "description" not in field] == []


def _fields(schema: Any, way: str) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        for key, field in schema.get("properties", {}).items():
            shared = schemas()["report"]["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
            yield f"{way}.{key}", {**shared, **field}
        for key, part in schema.items():
            yield from _fields(part, f"{way}.{key}")
    elif isinstance(schema, list):
        for part in schema:
            yield from _fields(part, way)


def test_the_schema_has_the_format_and_the_fields_of_this_version() -> None:
    known = schemas()["report"]["$defs"]
    assert known["format"]["const"] == FORMAT
    assert known["quality"]["required"] == list(MEANINGS)
    assert known["about"]["required"] == list(About._fields)
