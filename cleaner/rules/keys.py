"""What a rule file may say: each key with what it means, and the JSON Schema of that. Next: `rules.matching`.

Whoever checks a rule file goes by these keys, the loader as well as editors that know the schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from cleaner.errors import RuleError


class Key(NamedTuple):
    """A key of a table: the type of its values, what it means, and, if only some texts may stand there, these."""

    kind: type
    about: str
    choices: tuple[str, ...] = ()
    is_required: bool = False


LONGEST: Final = {"edge": 40, "anywhere": 80}
KEYS: Final[Mapping[str, Key]] = {
    "id": Key(str, "Names what is found, such as share-bar; without blanks and slashes. No two rules share one.",
              is_required=True),
    "about": Key(str, "What the rule finds, in a few words: reports give it as the reason of each edit.",
                 is_required=True),
    "scope": Key(str, "What goes where the pattern matches: the span that matches, or the line around it (default).",
                 ("span", "line")),
    "where": Key(str, "Where a line goes: only at an edge of the article, among other furniture (default), or "
                 "anywhere, if nobody would write it.", ("anywhere", "edge")),
    "longest": Key(int, "Characters of the longest line the rule may take: by default "
                   f"{LONGEST['edge']} at an edge, {LONGEST['anywhere']} anywhere."),
    "heads": Key(bool, "Whether the line heads a list whose items go with it."),
    "flag": Key(bool, "Whether the rule only reports and removes nothing; then it shows `flags` instead of `changes`."),
    "needs": Key(list, "Literals of which each line holds one that the pattern can match; it runs only on such lines. "
                 "Folded: simplified characters, half width, small letters.", is_required=True),
    "pattern": Key(str, "What is looked for in the fold of a line, in the syntax of RE2, without look-around and "
                   "back-references; {name} stands for an entry of [terms].", is_required=True),
    "unless": Key(str, "Spares the lines that this pattern matches."),
    "replace": Key(str, "What a span becomes; by default it is removed."),
    "changes": Key(list, "Pairs of a text and of what must become of it: [[\"…\", \"…\"]]."),
    "keeps": Key(list, "Texts that look alike, and must stay as they are, whatever rules there are.", is_required=True),
    "flags": Key(list, "Texts that a rule which only reports must flag."),
}  # fmt: skip
FILE_KEYS: Final[Mapping[str, Key]] = {
    "about": Key(str, "What the rules of this file find."),
    "terms": Key(dict, "Patterns by name, for the rules of this file: {name} in a pattern stands for one."),
    "rule": Key(list, "The rules, each a [[rule]] table.", is_required=True),
}
_OF_LINES: Final = ("where", "heads", "longest", "unless")


# --- checking --------------------------------------------------------------------------------------------------


def check(entry: Mapping[str, Any]) -> None:
    """Raises `RuleError` for a rule's table that isn't as the keys say; what its patterns say is not looked at."""
    _check_keys(entry)
    _check_values(entry)
    _check_examples(entry)


def _check_keys(entry: Mapping[str, Any]) -> None:
    for key, value in entry.items():
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1)
            raise RuleError(
                f"unknown key {key!r}; " + (f"did you mean {near[0]!r}?" if near else f"known: {', '.join(KEYS)}")
            )
        kind, choices = KEYS[key].kind, KEYS[key].choices
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise RuleError(f"{key} must be a {kind.__name__}, not {value!r}")
        if choices and value not in choices:
            raise RuleError(f"{key} is one of {', '.join(choices)}, not {value!r}")
    for key in sorted(key for key, told in KEYS.items() if told.is_required and key not in entry):
        raise RuleError(f"{key} is missing; every rule states id, about, needs, pattern, keeps and changes (or flags)")
    if entry.get("scope") == "span" and entry.keys() & set(_OF_LINES):
        raise RuleError("where, heads, longest and unless belong to line rules; drop them or make the scope a line")


_NO_ID: Final = r"[\s/]"


def _check_values(entry: Mapping[str, Any]) -> None:
    if not entry["id"] or re.search(_NO_ID, entry["id"]):
        raise RuleError(f"the id is {entry['id']!r}; write a name without blanks and slashes, such as share-bar")
    if not entry["about"].strip():
        raise RuleError("about is empty; say in a few words what the rule finds, for reports quote it")
    if entry.get("longest", 1) < 1:
        raise RuleError(f"longest is {entry['longest']}; write how many characters a line may have, 1 at least")
    if "replace" in entry and (entry.get("scope") != "span" or entry.get("flag")):
        raise RuleError("replace belongs to span rules that don't flag; drop it or make the scope a span")
    if entry.get("flags") and not entry.get("flag"):
        raise RuleError("flags shows texts, but the rule doesn't flag; add flag = true or show changes")


def _check_examples(entry: Mapping[str, Any]) -> None:
    shown = "flags" if entry.get("flag") else "changes"
    if not entry.get(shown):
        raise RuleError(f"no example in {shown}; show at least one text the rule is for")
    if not entry["keeps"]:
        raise RuleError("no example in keeps; show at least one text that looks alike and must stay")
    if not entry["needs"]:
        raise RuleError("needs is empty; name a literal that every matching line holds")
    for key in ("needs", "keeps", "flags"):
        if not all(isinstance(text, str) and text for text in entry.get(key, ())):
            raise RuleError(f"{key} holds something other than text; write a list of strings")
    for change in entry.get("changes", ()):
        if not (isinstance(change, list) and len(change) == 2 and all(isinstance(text, str) for text in change)):
            raise RuleError(f"changes holds {change!r}; write pairs [text, what must become of it]")


# --- the schema ------------------------------------------------------------------------------------------------

Schema = dict[str, Any]
DRAFT: Final = "http://json-schema.org/draft-07/schema#"  # the newest that editors of TOML know
_TYPES: Final = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object"}
_TEXTS: Final[Schema] = {"items": {"type": "string", "minLength": 1}}
_SOME: Final[Schema] = {"minItems": 1}
_MORE: Final[Mapping[str, Schema]] = {
    "id": {"minLength": 1, "not": {"pattern": _NO_ID}},
    "about": {"pattern": r"\S"},
    "longest": {"minimum": 1},
    "pattern": {"minLength": 1},
    "needs": {**_TEXTS, **_SOME},
    "keeps": {**_TEXTS, **_SOME},
    "flags": _TEXTS,
    "changes": {"items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}},
}


def schema() -> Schema:
    """The JSON Schema of rule files: it refuses what `check` refuses, and of the rest what the loader does of files."""
    of_file = {key: {**described(told)} for key, told in FILE_KEYS.items()}
    of_file["terms"]["additionalProperties"] = {"type": "string"}
    of_file["rule"].update(_SOME, items=_rule_schema())
    return {"$schema": DRAFT, "title": "A rule file of cleaner", **table(of_file, ["rule"])}


def _rule_schema() -> Schema:
    properties = {key: {**described(told), **_MORE.get(key, {})} for key, told in KEYS.items()}
    return {
        **table(properties, [key for key, told in KEYS.items() if told.is_required]),
        "allOf": [
            _when({"flag": {"const": True}}, {"flags": _SOME}, {"changes": _SOME, "flags": {"maxItems": 0}}),
            {**_when({"scope": {"const": "span"}}), "then": _none_of(_OF_LINES)},
            {"if": {"required": ["replace"]}, "then": {
                "required": ["scope"], "properties": {"scope": {"const": "span"}, "flag": {"const": False}}
            }},
        ],
    }  # fmt: skip


def described(key: Key) -> Schema:
    """What a schema says of a key."""
    told: Schema = {"type": _TYPES[key.kind], "description": key.about}
    return {**told, "enum": list(key.choices)} if key.choices else told


def table(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    """The schema of a table with these keys and no others."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _when(given: Schema, then: Schema | None = None, otherwise: Schema | None = None) -> Schema:
    """What holds if a table says what is given; the first key of what holds then must be there."""
    said: Schema = {"if": {"properties": given, "required": list(given)}}
    for name, held in (("then", then), ("else", otherwise)):
        if held:
            said[name] = {"properties": held, "required": list(held)[:1]}
    return said


def _none_of(keys: tuple[str, ...]) -> Schema:
    return {"not": {"anyOf": [{"required": [key]} for key in keys]}}
