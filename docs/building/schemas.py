"""JSON Schemas as pages: each field of a report with its type and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from docs.building.markdown import code, plain, table

Schema = Mapping[str, Any]
_DEEPEST: Final = 8  # steps into a schema that are told; one that contains itself would never end
_CHOICES: Final = ("oneOf", "anyOf")


class _Part(NamedTuple):
    """A schema or a part of one, and what finds what it refers to."""

    schema: Schema
    resolver: Any  # whose type `referencing` keeps to itself

    def inner(self, schema: Schema) -> _Part:
        """A part of this part."""
        return _Part(schema, self.resolver)

    def referred(self) -> _Part:
        """What it refers to."""
        found = self.resolver.lookup(self.schema["$ref"])
        return _Part(found.contents, found.resolver)

    def all(self) -> Iterator[_Part]:
        """The part itself, what it refers to, and the alternatives and parts it is made of."""
        yield self
        if "$ref" in self.schema:
            yield from self.referred().all()
        for key in (*_CHOICES, "allOf"):
            for part in self.schema.get(key, ()):
                yield from self.inner(part).all()


def page(paths: Iterable[Path]) -> str:
    """Markdown of a section for each schema, "" without any; they may refer to each other by their ids."""
    files = {path.name: json.loads(path.read_text("utf-8")) for path in paths}
    resources = [
        (schema.get("$id", name), Resource.from_contents(schema, default_specification=DRAFT202012))
        for name, schema in files.items()
    ]
    registry: Registry[Any] = Registry().with_resources(resources)
    parts = {name: _Part(schema, registry.resolver(schema.get("$id", name))) for name, schema in files.items()}
    return "\n".join(line for name, part in parts.items() for line in _section(part, name))


def _section(whole: _Part, name: str) -> Iterator[str]:
    """A heading, the fields that all of its kind have, and those of each alternative that has a title."""
    yield from (f"## {plain(str(whole.schema.get('title', name)))}", "")
    yield from _paragraph(whole.schema)
    yield from (f"Schema: `cleaner/report/schemas/{name}`.", "")
    titled = [whole.inner(part) for key in _CHOICES for part in whole.schema.get(key, ()) if _title(whole.inner(part))]
    common = {key: held for key, held in whole.schema.items() if not (titled and key in _CHOICES)}
    yield from _table(whole.inner(common))
    for part in titled:
        if part.schema.get("$ref", "#").startswith("#"):
            yield from (f"### {plain(_title(part))}", "", *_paragraph(part.referred().schema), *_table(part))
        else:
            yield from (f"The fields of *{plain(_title(part))}*, above, may stand there as well.", "")


def _title(part: _Part) -> str:
    return next((str(each.schema["title"]) for each in part.all() if "title" in each.schema), "")


def _paragraph(schema: Schema) -> Sequence[str]:
    return (str(schema["description"]), "") if "description" in schema else ()


def _table(part: _Part) -> Sequence[str]:
    rows = list(_fields(part, prefix="", depth=0))
    return (*table(("field", "type", "meaning"), rows), "") if rows else ()


def _fields(whole: _Part, *, prefix: str, depth: int) -> Iterator[tuple[str, str, str]]:
    """(field, type, meaning) of each property of a schema, in order, those of objects and lists below it."""
    if depth > _DEEPEST:
        return
    for part in whole.all():
        required = part.schema.get("required", ())
        for name, found in part.schema.get("properties", {}).items():
            yield from _field(f"{prefix}{name}", part.inner(found), depth=depth, optional=name not in required)
        values = part.schema.get("additionalProperties")
        if isinstance(values, dict) and values:
            yield from _field(f"{prefix}…", part.inner(values), depth=depth, optional=False)
        if isinstance(part.schema.get("items"), dict):
            items = part.inner(part.schema["items"])
            yield from _fields(items, prefix=f"{prefix.removesuffix('.')}[].", depth=depth + 1)


def _field(name: str, part: _Part, *, depth: int, optional: bool) -> Iterator[tuple[str, str, str]]:
    about = f"{_about(part)}{' Not always there.' if optional else ''}"
    yield code(name), _type(part), about.strip()
    yield from _fields(part, prefix=f"{name}.", depth=depth + 1)


def _about(whole: _Part) -> str:
    told = next((part.schema["description"] for part in whole.all() if "description" in part.schema), "")
    return str(told).replace("\n", " ").replace("|", "\\|")


def _type(part: _Part) -> str:
    """The types of a value in words: `string`, `integer or null`, one of these."""
    schema = part.schema
    chosen = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if chosen:
        return ", ".join(code(json.dumps(value, ensure_ascii=False)) for value in chosen)
    if "$ref" in schema:
        return _type(part.referred())
    parts = [part.inner(each) for key in (*_CHOICES, "allOf") for each in schema.get(key, ())]
    if parts:
        return " or ".join(dict.fromkeys(filter(None, map(_type, parts))))
    types = schema.get("type", "")
    if types == "array" and isinstance(schema.get("items"), dict):
        return f"list of {_type(part.inner(schema['items']))}".removesuffix(" of ")
    return " or ".join(types) if isinstance(types, list) else str(types)
