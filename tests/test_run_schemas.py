"""The published schemas of what a run says of all: it is as they say, and nothing else is."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from cleaner.dedup import Policy
from cleaner.duplicates import Memory
from cleaner.index import Parameters, open_index
from cleaner.report import FORMAT
from cleaner.run import AcrossFiles, clean_files
from tests.prose import edited, prose
from tests.samples import ARTICLE, cleaner_with
from tests.schemas import schemas

SCHEMAS: Final = {name: schemas()[name] for name in ("summary", "duplicates", "speed")}
OWN: Final = {"settings", "kinds", "rules", "outcomes", "passed_for", "stages", "script", "language"}  # keys by content
OPTIONAL: Final = {"containers", "written_as", "remembered", "batch", "is_sure", "only_dropped", "only_kept"}
CLEANER: Final = cleaner_with()


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of runs that together write all there is to write."""
    root = tmp_path_factory.mktemp("schemas")
    inputs = root / "in"
    (inputs / "a").mkdir(parents=True)
    texts = {f"a/{seed}.txt": prose(seed) for seed in range(4)}
    texts |= {"a/copy.txt": prose(1), "near.txt": edited(prose(2), 0.03), "dirty.txt": f"{ARTICLE}分享：微信\n"}
    for name, text in texts.items():
        (inputs / name).write_text(text, "utf-8")
    (inputs / "b\x01.txt").write_bytes(ARTICLE.encode() + b"\xff\xfe\xfd")
    (inputs / "failed.txt").write_bytes(b"\x00")
    rows = [json.dumps({"id": seed, "text": prose(seed + 10)}) for seed in range(3)]
    (inputs / "c.jsonl").write_text("\n".join([*rows, "no json", '{"text": null}']), "utf-8")
    outs = {name: root / name for name in ("plain", "remembering", "alone", "empty")}
    ticks = count()
    clean_files([inputs], outs["plain"], CLEANER, across=AcrossFiles(templates=3), clock=lambda: float(next(ticks)))
    for batch in ("monday", "tuesday"):
        with open_index(str(root / "seen"), Parameters(), write=True) as index:
            across = AcrossFiles(memory=Memory(index, batch))
            clean_files([inputs / "a"], outs["remembering"], CLEANER, across=across)
    dropping = cleaner_with(drop=["characters < 100000"])
    clean_files([inputs / "a"], outs["alone"], dropping, across=AcrossFiles(duplicates=Policy("off")))
    clean_files([], outs["empty"], CLEANER)
    return outs


def summary_of(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "summary.json").read_text("utf-8")))


def rows_of(out: Path) -> list[dict[str, Any]]:
    path = out / "duplicates.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def check(name: str, instance: Any) -> None:
    Draft202012Validator(SCHEMAS[name]).validate(instance)


def test_what_runs_write_is_as_the_schemas_say(outs: dict[str, Path]) -> None:
    for out in outs.values():
        check("summary", summary_of(out))
        for row in rows_of(out):
            check("duplicates", row)
    check("speed", json.loads((outs["plain"] / "speed.json").read_text("utf-8")))
    assert [name for name, out in outs.items() if (out / "speed.json").exists()] == ["plain"]


def test_the_runs_write_every_field_there_is(outs: dict[str, Path]) -> None:
    summaries = [summary_of(out) for out in outs.values()]
    rows = [row for out in outs.values() for row in rows_of(out)]
    for name, instances in (("summary", summaries), ("duplicates", rows)):
        fields = {field for instance in instances for _, each in objects(instance) for field in each}
        lacking = set(SCHEMAS[name]["properties"]) - fields
        assert lacking <= {"is_sure"}  # of texts that are too short or too alike for these


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """All objects in a value, and where they stand, but for those whose keys are no fields."""
    if isinstance(value, dict):
        if not path or path[-1] not in OWN:
            yield path, value
        for key, each in value.items():
            yield from objects(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from objects(each, (*path, number))


def changed(value: Any, path: tuple[str | int, ...], key: str, *, adds: bool) -> Any:
    """The value with one more field in the object that stands there, or without one."""
    other = copy.deepcopy(value)
    place = other
    for step in path:
        place = place[step]
    if adds:
        place[key] = 1
    else:
        del place[key]
    return other


def kinds_of_places(instance: Any) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """One object of each kind of place, for there are many rows of the same fields."""
    seen = set()
    for path, each in objects(instance):
        kind = tuple("" if isinstance(step, int) else step for step in path)
        if kind not in seen and each:
            seen.add(kind)
            yield path, each


def test_fields_that_are_unknown_or_missing_are_refused(outs: dict[str, Path]) -> None:
    speed = json.loads((outs["plain"] / "speed.json").read_text("utf-8"))
    row = next(row for row in rows_of(outs["remembering"]) if row["dropped"])
    tried = 0
    for name, instance in (("summary", summary_of(outs["plain"])), ("duplicates", row), ("speed", speed)):
        for path, each in kinds_of_places(instance):
            with pytest.raises(ValidationError):
                check(name, changed(instance, path, "unknown", adds=True))
            for key in each.keys() - OPTIONAL:
                with pytest.raises(ValidationError):
                    check(name, changed(instance, path, key, adds=False))
                tried += 1
    assert tried > 80


def test_rows_of_an_earlier_format_are_refused(outs: dict[str, Path]) -> None:
    with pytest.raises(ValidationError):
        check("summary", {**summary_of(outs["plain"]), "format": FORMAT - 1})


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_described_and_no_object_is_open(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    for path, each in objects(SCHEMAS[name]):
        if (path and path[-1] == "properties") or path[-1:] == ("$defs",):
            assert all("description" in field or path[-1] == "$defs" for field in each.values()), path
        elif each.get("type") == "object" and "maxProperties" not in each:
            assert "additionalProperties" in each, path
            assert each["additionalProperties"] is False or isinstance(each["additionalProperties"], dict)
