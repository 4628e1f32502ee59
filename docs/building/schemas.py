"""JSON Schemas as pages: each field of a report with its type and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from docs.building.markdown import code, plain, table

Schema = dict[str, Any]

_DEEPEST: Final = 8  # steps into a schema that are told; one that contains itself would never end


def page(paths: Iterable[Path]) -> str:
    """Markdown of a section for each schema, "" without any."""
    return "\n".join(line for path in paths for line in _section(json.loads(path.read_text("utf-8")), path.name))


def _section(schema: Schema, name: str) -> Iterator[str]:
    yield from (f"## {plain(str(schema.get('title', name)))}", "")
    if about := schema.get("description"):
        yield from (str(about), "")
    yield from (f"Schema: `cleaner/report/schemas/{name}`.", "")
    rows = list(_fields(schema, schema, prefix="", depth=0))
    if rows:
        yield from (*table(("field", "type", "meaning"), rows), "")


def _fields(schema: Schema, root: Schema, *, prefix: str, depth: int) -> Iterator[tuple[str, str, str]]:
    """(field, type, meaning) of each property of a schema, in order, those of objects and lists below it."""
    if depth > _DEEPEST:
        return
    for part in _parts(schema, root):
        required = part.get("required", ())
        for name, found in part.get("properties", {}).items():
            yield from _field(f"{prefix}{name}", found, root, depth=depth, optional=name not in required)
        values = part.get("additionalProperties")
        if isinstance(values, dict) and values:
            yield from _field(f"{prefix}…", values, root, depth=depth, optional=False)
        if isinstance(part.get("items"), dict):
            yield from _fields(part["items"], root, prefix=f"{prefix.removesuffix('.')}[].", depth=depth + 1)


def _field(name: str, schema: Schema, root: Schema, *, depth: int, optional: bool) -> Iterator[tuple[str, str, str]]:
    about = _about(schema, root)
    yield code(name), _type(schema, root), f"{about}{' Not always there.' if optional else ''}".strip()
    yield from _fields(schema, root, prefix=f"{name}.", depth=depth + 1)


def _parts(schema: Schema, root: Schema) -> Iterator[Schema]:
    """The schema itself, what it refers to, and the alternatives and parts it is made of."""
    yield schema
    if "$ref" in schema:
        yield from _parts(_referred(schema["$ref"], root), root)
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            yield from _parts(part, root)


def _referred(reference: str, root: Schema) -> Schema:
    """What a reference within a schema means; an empty schema for one that leads elsewhere."""
    found: Any = root
    if not reference.startswith("#/"):
        return {}
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _about(schema: Schema, root: Schema) -> str:
    told = next((part["description"] for part in _parts(schema, root) if "description" in part), "")
    return str(told).replace("\n", " ").replace("|", "\\|")


def _type(schema: Schema, root: Schema) -> str:
    """The types of a value in words: `string`, `integer or null`, one of these."""
    chosen = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if chosen:
        return ", ".join(code(json.dumps(value, ensure_ascii=False)) for value in chosen)
    if "$ref" in schema:
        return _type(_referred(schema["$ref"], root), root)
    parts = [part for key in ("anyOf", "oneOf", "allOf") for part in schema.get(key, ())]
    if parts:
        return " or ".join(dict.fromkeys(filter(None, (_type(part, root) for part in parts))))
    types = schema.get("type", "")
    if types == "array" and isinstance(schema.get("items"), dict):
        return f"list of {_type(schema['items'], root)}".removesuffix(" of ")
    return " or ".join(types) if isinstance(types, list) else str(types)
