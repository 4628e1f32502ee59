"""Drafted rules → the text of a rule file, with what was counted beside each. Next: `sources`, which opens files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cleaner.workbench.drafts import Draft, Table

_MOST_SEEN: Final = 200  # templates without a rule that the file lists, the most frequent
_REPEATED: Final = re.compile(r"(.)\1{5,}")  # a divider, which would hide what follows it
_SHOWN: Final = 60  # letters of a template in a comment


def rule_file(drafts: Sequence[Draft], sizes: Mapping[str, int], least: int) -> str:
    """The rule file: rules with counts and places, then what recurs but has no rule, as comments.

    Without any rule the text is comments alone, which no run loads.
    """
    lines = [
        "# Drafted by `cleaner mine` from lines and segments that documents of one host or folder share.",
        f"# A template stands in {least} documents at least. Read each rule before you keep it:",
        "# it holds for whatever is cleaned with this file.",
        *(
            f"# {group}: {size} documents"
            for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:_MOST_GROUPS]
        ),
        "",
    ]
    standing = [draft for draft in drafts if draft.table]
    if standing:
        lines += [f"about = {_string('what this site puts on its pages')}", ""]
    for draft in standing:
        lines += [*_comments(draft), *rule_lines(draft.table or {}), ""]
    lines += _seen([draft for draft in drafts if not draft.table])
    return "\n".join(lines).rstrip("\n") + "\n"


_MOST_GROUPS: Final = 50


def _comments(draft: Draft) -> Iterator[str]:
    template = draft.template
    yield f"# {template.share}: {', '.join(template.places)}"
    if draft.weakened and (draft.table or {}).get("flag"):
        yield f"# only flags, for as a rule that removes {shown(draft.weakened)}"
    if len(template.block) > 1:
        yield f"# line {template.block.index(str(template.key)) + 1} of a block of {len(template.block)}"


def _seen(drafts: Sequence[Draft]) -> Iterator[str]:
    if drafts:
        yield "# Shared too, but without a rule:"
    for draft in sorted(drafts, key=lambda draft: -draft.template.share.documents)[:_MOST_SEEN]:
        template = draft.template
        yield f"# {template.share}: {shown(template.sample)} ({', '.join(template.places)}): {shown(draft.dropped)}"


def shown(text: str, *, most: int = _SHOWN) -> str:
    """The beginning of a text on one line, without characters that a comment of TOML may not hold."""
    line = "".join(letter if letter.isprintable() else " " for letter in _REPEATED.sub(r"\1\1\1…", text))
    return line if len(line) <= most else line[: most - 1] + "…"


def rule_lines(table: Table) -> Iterator[str]:
    """The lines of a rule's table in a rule file."""
    yield "[[rule]]"
    for key in _ORDER:
        if key in table:
            yield f"{key} = {_value(key, table[key])}"


_ORDER: Final = (
    "id", "about", "scope", "where", "longest", "flag", "needs", "pattern", "changes", "flags", "keeps",
)  # fmt: skip


def _value(key: str, value: Any) -> str:
    if key == "pattern" and "'''" not in value and value.isprintable() and not value.endswith("'"):
        return f"'''{value}'''"
    return toml_value(value)


def toml_value(value: Any) -> str:
    r"""A string, number, truth value or list as TOML, on one line.

    >>> toml_value(["新闻\n", 0.9, True])
    '["新闻\\n", 0.9, true]'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    return _string(value)


def _string(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"


_ESCAPES: Final = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
