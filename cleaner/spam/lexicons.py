"""Lexicons of spam, and loading them. Next: `spam.evidence`, which weighs lines.

A lexicon names one kind of spam by its words, and shows lines that it finds, and such that no lexicon may take: `prove`
tells of one that doesn't keep to that.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from cleaner.errors import RuleError
from cleaner.fold import fold
from cleaner.rules import Rule
from cleaner.rules.keys import DRAFT, Key, Schema, described, table

Role = Literal["sure", "names", "lures", "fillers", "reports", "against"]
# What a word says for spam, in logits: `sure` nobody writes but a spammer or one who quotes him, `names` are goods and
# brands that articles name too, `lures` go with them, `fillers` only don't speak against it. `reports` are words of
# those who write about spam, `against` words of other articles.
WEIGHTS: Final[Mapping[Role, float]] = {
    "sure": 4.0, "names": 2.0, "lures": 1.2, "fillers": 0.1, "reports": -4.0, "against": -4.0,
}  # fmt: skip
CORES: Final[tuple[Role, ...]] = ("sure", "names")
_SHORTEST: Final = 2  # letters of a word, but of fillers, which may be one


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One kind of spam as its file states it.

    A line of it goes "anywhere", or only at an "edge" of the article among other furniture. `finds` are lines it is
    for, `keeps` lines with its words that no lexicon may take.
    """

    kind: str
    about: str
    where: Literal["anywhere", "edge"]
    terms: Mapping[Role, tuple[str, ...]]
    finds: tuple[str, ...]
    keeps: tuple[str, ...]

    def cores(self) -> Iterator[tuple[Role, str]]:
        """(role, word) of each word for what spam sells: those without which nothing is spam."""
        return ((role, term) for role in CORES for term in self.terms.get(role, ()))

    @property
    def rule(self) -> Rule:
        """The mark of its lines, as `structure` reads marks."""
        return Rule("spam", self.kind, f"a line of {self.about}", "", (), self.keeps, where=self.where)


def read(paths: Iterable[Path]) -> list[Lexicon]:
    """The lexicons of the given files, a file's stem being its kind; raises `RuleError` for what cannot be used.

    No word may stand twice: what it weighs is said in one place.
    """
    lexicons = []
    places: dict[str, Path] = {}
    for path in paths:
        lexicon = _lexicon(path)
        for term in (term for terms in lexicon.terms.values() for term in terms):
            if term in places:
                raise RuleError(f"{path}: {term!r} stands in {places[term]} already; drop one of the two")
            places[term] = path
        lexicons.append(lexicon)
    return lexicons


def _lexicon(path: Path) -> Lexicon:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise RuleError(f"{path}: {reason}; a lexicon is UTF-8 TOML") from error
    try:
        _check(content)
        terms = {role: tuple(_terms(role, content[role])) for role in WEIGHTS if role in content}
    except RuleError as error:
        raise RuleError(f"{path}: {error}") from None
    where, finds, keeps = content.get("where", "anywhere"), tuple(content.get("finds", ())), tuple(content["keeps"])
    return Lexicon(path.stem, content["about"], where, terms, finds, keeps)


KEYS: Final[Mapping[str, Key]] = {
    "about": Key(str, "What kind of spam the words are of: reports give it as the reason.", is_required=True),
    "where": Key(str, "Where a line goes: anywhere (default), or only at an edge, among other furniture.",
                 ("anywhere", "edge")),
    "finds": Key(list, "Lines that the words are for; needed beside `sure` or `names`."),
    "keeps": Key(list, "Lines with such words that no lexicon may take.", is_required=True),
    "sure": Key(str, "Words that only a spammer writes, or who quotes him; apart by blanks, as in all lists."),
    "names": Key(str, "Goods and brands that articles name too."),
    "lures": Key(str, "What goes with them in spam."),
    "fillers": Key(str, "Words that say nothing either way; they only don't speak against spam."),
    "reports": Key(str, "Words of those who write about spam."),
    "against": Key(str, "Words of other articles."),
}  # fmt: skip


def schema() -> Schema:
    """The JSON Schema of lexicon files: it refuses what the loader does, but for words it cannot look into."""
    lines = {"items": {"type": "string", "pattern": r"\S"}}
    properties = {key: {**described(told), **(lines if told.kind is list else {})} for key, told in KEYS.items()}
    properties["about"]["minLength"] = properties["keeps"]["minItems"] = 1
    required = [key for key, told in KEYS.items() if told.is_required]
    shown = {"required": ["finds"], "properties": {"finds": {"minItems": 1}}}
    needed = {"if": {"anyOf": [{"required": [role]} for role in CORES]}, "then": shown}
    return {"$schema": DRAFT, "title": "A lexicon of spam of cleaner", **table(properties, required), "allOf": [needed]}


def _check(content: Mapping[str, Any]) -> None:
    for key in content.keys() - KEYS.keys():
        raise RuleError(f"unknown key {key!r}; a lexicon holds {', '.join(sorted(KEYS))}")
    for key in ("about", *WEIGHTS):
        if not isinstance(content.get(key, ""), str):
            raise RuleError(f"{key} is no text; write it in quotes, the words of a list apart by blanks")
    for key in ("finds", "keeps"):
        lines = content.get(key, [])
        if not (isinstance(lines, list) and all(isinstance(line, str) and line.strip() for line in lines)):
            raise RuleError(f"{key} is no list of lines; write {key} = ['a line', 'another']")
    if content.get("where", "anywhere") not in KEYS["where"].choices:
        raise RuleError(f"where is one of anywhere, edge, not {content['where']!r}")
    if not content.get("about") or not content.get("keeps"):
        raise RuleError("about or keeps is missing; say what it finds, and show lines with its words that must stay")
    if (content.keys() & {"sure", "names"}) and not content.get("finds"):
        raise RuleError("finds is missing; show lines that the words are for")


def _terms(role: Role, text: str) -> Iterator[str]:
    for term, folded in zip(text.split(), fold(text).split(), strict=True):
        if folded != term:
            raise RuleError(f"words are matched on the fold of the text: write {folded!r} for {term!r}")
        if len(term) < _SHORTEST and role != "fillers":
            raise RuleError(f"{term!r} is too short to say anything; write the word it stands in")
        yield term
