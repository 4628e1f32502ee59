"""The rule reference: a page for each rule file, one for the lexicons, one for what is built in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import ndiff
from pathlib import Path
from typing import Final

from cleaner.pipeline import shipped_rule_files
from cleaner.rules import Rule, load, shipped_folder
from cleaner.rules.keys import Key
from cleaner.spam.lexicons import WEIGHTS, Lexicon, read
from docs.building.markdown import code, fenced, plain, table

_KINDS: Final = {str: "text", int: "number", bool: "true or false", list: "list", dict: "table"}
LEXICONS: Final = "lexicons"
BUILT_IN: Final = "built-in"
_SCOPES: Final = {
    ("line", "anywhere"): "takes its line, wherever it stands",
    ("line", "edge"): "takes its line only outside the article’s body, among other furniture",
}


def pages() -> dict[str, str]:
    """Markdown of the pages on rule files and lexicons, by name."""
    return {path.stem: _page(path) for path in shipped_rule_files()} | {LEXICONS: _lexicons()}


def _page(path: Path) -> str:
    rules = load([path]).rules
    about = str(tomllib.loads(path.read_text("utf-8")).get("about", ""))
    lines = [f"# {path.stem}", "", f"{_sentence(about)} {len(rules)} rules, in `rules/{path.name}`.", ""]
    for rule in rules:
        lines += _section(rule)
    return "\n".join(lines)


def _section(rule: Rule) -> Iterator[str]:
    yield from (f"(rule-{rule.kind}-{rule.id})=", f"## {rule.id}", "", _sentence(rule.about), "")
    yield from (f"- {line}" for line in _terms(rule))
    yield ""
    yield from fenced(rule.pattern)
    yield from _examples("Changes", [_difference(before, after) for before, after in rule.changes], "diff")
    yield from _examples("Flags", rule.flags, "text")
    yield from _examples("Keeps", rule.keeps, "text")


def _examples(title: str, texts: Sequence[str], info: str) -> Iterator[str]:
    """Texts in a block below a title, apart by blank lines; nothing without any."""
    if texts:
        yield from ("", f"{title}:", "")
        yield from (*fenced("\n\n".join(text.removesuffix("\n") for text in texts), info), "")


def _terms(rule: Rule) -> Iterator[str]:
    """What a rule asks for and does, besides its pattern."""
    if rule.scope == "line":
        yield f"{'only flags' if rule.flag else _SCOPES[rule.scope, rule.where]}, of at most {rule.longest} characters"
    else:
        yield (
            "only flags what matches"
            if rule.flag
            else f"replaces what matches by {code(rule.replace)}"
            if (rule.replace)
            else "takes what matches, and leaves the rest of its line"
        )
    if rule.heads:
        yield "items of a list below the line go with it"
    yield f"runs on lines that hold one of {', '.join(map(code, rule.needs))}"
    if rule.unless:
        yield f"spares lines that match {code(rule.unless)}"


def _difference(before: str, after: str) -> str:
    """The lines of both texts, those that go marked by `-` and those that come by `+`."""
    lines = ndiff(before.splitlines(), after.splitlines())
    return "\n".join(line for line in lines if not line.startswith("?"))


def _sentence(text: str) -> str:
    return plain(text[:1].upper() + text[1:]) + ("" if text.endswith((".", "!", "?")) else ".")


# --- lexicons ---------------------------------------------------------------------------------------------------


def keys_table(keys: Mapping[str, Key]) -> str:
    """A table of the keys of rules, rule files or lexicons."""
    rows = [
        (f"`{name}`", _kind(key), plain(key.about) + (" Required." if key.is_required else ""))
        for name, key in keys.items()
    ]
    return "\n".join(table(("key", "type", "what it says"), rows))


def _kind(key: Key) -> str:
    return " or ".join(f'`"{choice}"`' for choice in key.choices) or _KINDS[key.kind]


def _lexicons() -> str:
    """The page on lexicons; the words themselves are left to their files, for they are many and foul."""
    lexicons = read(sorted((shipped_folder() / "lexicons").glob("*.toml")))
    lines = [
        "# Lexicons of spam",
        "",
        "A lexicon names one kind of spam by its words. Each word speaks for or against spam by the weight of its "
        "role, in log-odds; the words of a line are weighed together. A line of a lexicon is reported under `spam/` "
        "and the lexicon’s name.",
        "",
        *table(("role", "weight"), [(f"`{role}`", f"{weight:+g}") for role, weight in WEIGHTS.items()]),
        "",
    ]
    for lexicon in lexicons:
        lines += _lexicon(lexicon)
    return "\n".join(lines)


def _lexicon(lexicon: Lexicon) -> Iterator[str]:
    roles = [f"{len(terms)} `{role}`" for role, terms in lexicon.terms.items() if terms]
    where = "anywhere" if lexicon.where == "anywhere" else "only at an edge of the article, among other furniture"
    yield from (f"(rule-spam-{lexicon.kind})=", f"## {lexicon.kind}", "", _sentence(lexicon.about), "")
    yield f"- words: {', '.join(roles)}, in `rules/lexicons/{lexicon.kind}.toml`"
    yield f"- its lines go {where}"
    yield from ("", "Keeps:", "", *fenced("\n".join(lexicon.keeps)), "")


# --- what is built in -------------------------------------------------------------------------------------------


def built_in(readme: str, names: Mapping[str, list[str]]) -> str:
    """The page on the kinds that are no rule files: the README's table, and the rules of each kind by name."""
    rows = list(kinds_of(readme).items())
    lines = [
        "# Built-in kinds",
        "",
        "These are found by code, for they need more than a pattern. How the repairs among them work is told in "
        "[How repairs work](../repairs.md).",
        "",
        *table(("kind", "what it finds"), [(", ".join(f"`{kind}`" for kind in kinds), about) for kinds, about in rows]),
        "",
        "The rules they report under:",
        "",
    ]
    listed = sorted({kind for kinds, _ in rows for kind in kinds} & names.keys())
    lines += [f"- {', '.join(f'`{kind}/{name}`' for name in names[kind])}" for kind in listed]
    return "\n".join([*lines, ""])


def kinds_of(readme: str) -> dict[tuple[str, ...], str]:
    """What the README's table says of each built-in kind, or of several."""
    rows = readme.partition("| kind | what it finds |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    found = {}
    for row in rows:
        kinds, _, about = row.strip("| ").partition(" | ")
        found[tuple(kind.strip("` ") for kind in kinds.split(","))] = about
    return found
