"""Rule files → what stands beside them: a page for people, and schemas for editors. Next: `stream`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path
from typing import Final

from cleaner import marks, rules
from cleaner.errors import OutputError
from cleaner.pipeline import rule_files_in
from cleaner.rules import Rule, RuleFile
from cleaner.sinks import read, write
from cleaner.spam import lexicons
from cleaner.units import View

SCHEMA: Final = "rule.schema.json"
_README: Final = "README.md"
_LEXICONS: Final = "lexicons"
_MADE: Final = "<!-- Made by `cleaner rules document`: change the rules, not this page. -->"
_HOW: Final = f"""
A rule file is TOML, and its name is the kind that its rules report under. To add a rule:

1. See what a pattern finds, and what of that would go: `cleaner rules try 'PATTERN' pages`.
2. Draft the rule from a line it is for: `cleaner rules new ID --from page.txt:17 -o FILE`, and put real lines into
   `changes` (what goes) and `keeps` (what looks alike and must stay).
3. `cleaner rules test FILE` runs the examples of all rules: each must come out as shown, and no rule may touch another
   rule's `keeps`. `cleaner explain page.txt:17` says what happens to a line, and why nothing does.

`{SCHEMA}` says what a rule may hold. Editors that know TOML (Taplo, Even Better TOML) complete keys and
mark mistakes in files that begin with `#:schema ./{SCHEMA}`.
"""


def documents(folder: Path) -> dict[str, str]:
    """What is to stand beside the rule files of a folder, by file name; raises `RuleError` if one cannot be used."""
    files = {path: rules.read(path) for path in rule_files_in(folder)}
    found = {_README: _page(files, folder), SCHEMA: _json(rules.schema())}
    if (folder / _LEXICONS).is_dir():
        found[f"{_LEXICONS}/lexicon.schema.json"] = _json(lexicons.schema())
    return found


def document(folder: Path) -> list[str]:
    """Write that; the names of what was written. Raises `OutputError` rather than replace a page that others wrote."""
    found = documents(folder)
    path = folder / _README
    if path.is_file() and _MADE not in read(path).decode("utf-8", "replace"):
        raise OutputError(f"{path} was written by somebody; move it, for a page on the rules would replace it")
    for name, content in found.items():
        write(folder / name, content)
    return list(found)


def _json(schema: rules.Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _page(files: dict[Path, RuleFile], folder: Path) -> str:
    count = sum(len(file.rules) for file in files.values())
    lines = ["# Rules", "", _MADE, "", f"{count} rules in {len(files)} files, each with one of its examples.", _HOW]
    lines += ["| kind | rules | what they find |", "|---|---|---|"]
    for path, file in files.items():
        lines.append(f"| [{path.stem}](#{path.stem}) | {len(file.rules)} | {_cell(file.about)} |")
    for path, file in files.items():
        lines += ["", f"## {path.stem}", "", _words(f"{file.about}" or "Says nothing of itself."), ""]
        for rule in file.rules:
            lines += [f"### {_words(rule.name)}", "", _words(_sentence(rule)), "", *_example(rule), ""]
    if (folder / _LEXICONS).is_dir():
        lines += ["", *_of_lexicons(folder / _LEXICONS)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _sentence(rule: Rule) -> str:
    """What a rule finds, and what it does with that."""
    if rule.flag:
        does = "only flags"
    elif rule.scope == "span":
        does = f"the span becomes “{rule.replace}”" if rule.replace else "the span goes"
    else:
        does = "the line goes anywhere" if rule.where == "anywhere" else "the line goes at an edge of the article"
        does += ", with the items of the list below it" if rule.heads else ""
    return f"{rule.about[:1].upper()}{rule.about[1:]}: {does}."


def _example(rule: Rule) -> Iterator[str]:
    """The first example as a difference, in a fence that nothing in it closes."""
    lines = _changed(*rule.changes[0]) if rule.changes else _flagged(rule, rule.flags[0])
    shown = [marks.marked(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}diff"
    yield from shown
    yield fence


def _changed(before: str, after: str) -> list[str]:
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if not line.startswith("?")]


def _flagged(rule: Rule, text: str) -> list[str]:
    view = View(text)
    keys = view.bare_lines if rule.scope == "span" else [line.key for line in view.lines]
    return [f"{'!' if rule.holds(key) else ' '} {view.line_text(at)}" for at, key in enumerate(keys)]


def _of_lexicons(folder: Path) -> Iterator[str]:
    yield "## Lexicons of spam"
    yield ""
    yield "Words by which a line is weighed as spam; their lines are reported under `spam`."
    yield ""
    for lexicon in lexicons.read(sorted(folder.glob("*.toml"))):
        yield f"- `{lexicon.kind}`: {_words(lexicon.about)}"


_SPECIAL: Final = re.compile(r"([\\`*_<>\[\]#|])")


def _words(text: str) -> str:
    """A text as words of Markdown, none of it markup."""
    return _SPECIAL.sub(r"\\\1", marks.line(text))


def _cell(text: str) -> str:
    return _words(text) or "–"
