"""The published JSON Schemas, for tests of what is written: each by its name, as `report`."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = resources.files("cleaner.report") / "schemas"


@cache
def schemas() -> dict[str, Any]:
    """All schemas that the package brings, by name."""
    files = (file for file in FOLDER.iterdir() if file.name.endswith(".schema.json"))
    return {file.name.removesuffix(".schema.json"): json.loads(file.read_text("utf-8")) for file in files}


@cache
def validator(name: str) -> Draft202012Validator:
    """What checks values by a schema and those it refers to."""
    found = [Resource.from_contents(schema) for schema in schemas().values()]
    registry: Any = found @ Registry()
    Draft202012Validator.check_schema(schemas()[name])
    return Draft202012Validator(schemas()[name], registry=registry)


def faults(name: str, value: Any) -> list[str]:
    """What a schema finds wrong with a value."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(value)]
