"""The story of one text: layer after layer of edits. Next: `run`, the story of many files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from cleaner import fold, repeats, rules, structure
from cleaner.document import Document, Edit
from cleaner.errors import RuleError
from cleaner.punctuation import widen
from cleaner.repair import (
    characters,
    entities,
    escapes,
    filters,
    holes,
    jammers,
    layout,
    losses,
    markup,
    mojibake,
    notes,
    promos,
    shear,
    spacing,
    spurious,
)
from cleaner.rules import RuleSet
from cleaner.units import View

Finder = Callable[[View], Iterable[Edit]]
Script = Literal["keep", "hans", "hant"]
Punctuation = Literal["keep", "fullwidth"]
_SCRIPTS: Final = get_args(Script)
_PUNCTUATIONS: Final = get_args(Punctuation)


class Layer(NamedTuple):
    """Finders that see the same text; the layer before has been applied to it."""

    name: str
    finders: tuple[Finder, ...]


class Cleaner:
    r"""Cleans any number of texts with one set of rules and choices.

    `script` converts the result to simplified ("hans") or traditional ("hant") characters, `punctuation`
    to full-width marks between Chinese characters; both keep what they find by default. `rule_files` are
    used beside those that come with the package. Raises `RuleError` if a rule cannot be used or fails its
    own examples.

    >>> Cleaner().clean("今天的会议讨论了明年的工作，与会者都发了言。\n分享让更多人看到\n").text
    '今天的会议讨论了明年的工作，与会者都发了言。\n'
    """

    def __init__(
        self, *, script: Script = "keep", punctuation: Punctuation = "keep", rule_files: Sequence[Path] = ()
    ) -> None:
        for name, value, choices in (("script", script, _SCRIPTS), ("punctuation", punctuation, _PUNCTUATIONS)):
            if value not in choices:
                raise ValueError(f"{name} is one of {', '.join(choices)}, not {value!r}")
        self.rules = rules.load([*shipped_rule_files(), *rule_files])
        self.layers = (*_plan(self.rules), *_conversions(script, punctuation))
        self.settings = {"script": script, "punctuation": punctuation}
        if rule_files:
            prove(self.rules)

    def clean(self, text: str, *, name: str = "", encoding: str = "", lossless: bool = True) -> Document:
        """The document with all layers applied; `name`, `encoding` and `lossless` are passed through to it."""
        if not isinstance(text, str):
            raise TypeError(
                f"clean takes str, not {type(text).__name__}; decode bytes first: cleaner.decode.decode(data).text"
            )
        document = Document.of(text, name=name, encoding=encoding, lossless=lossless)
        return _cleaned(document, self.layers, self.rules)


def _cleaned(document: Document, layers: Iterable[Layer], rule_set: RuleSet) -> Document:
    """The document with all layers applied; a view is made once for each text that a layer sees."""
    view = View(document.text, rule_set.gate)
    for layer in layers:
        revised = document.revised(edit for finder in layer.finders for edit in finder(view))
        if revised.text != document.text:
            view = View(revised.text, rule_set.gate)
        document = revised
    return document


def clean(text: str) -> Document:
    """The document that cleaning `text` with the rules of the package gives.

    >>> clean("天气很好，孩子们都到河边去放风筝了。&nbsp;").text
    '天气很好，孩子们都到河边去放风筝了。 '
    """
    return _default_cleaner().clean(text)


@cache
def _default_cleaner() -> Cleaner:
    return Cleaner()


def prove(rule_set: RuleSet) -> None:
    """Run all examples of all rules; raises `RuleError` for the first that fails."""
    layers = _plan(rule_set)
    rules.prove(rule_set, lambda text: _cleaned(Document.of(text), layers, rule_set))


def shipped_rule_files() -> list[Path]:
    """The rule files that come with the package, in the order of their names."""
    return [path for path in sorted(_rules_folder().glob("*.toml")) if path.name != _PLAN]


_PLAN: Final = "plan.toml"


def _rules_folder() -> Path:
    """Inside the package when installed from a wheel, beside it in a working copy."""
    package = Path(__file__).parent
    return next(folder for folder in (package / "shipped_rules", package.parent / "rules") if folder.is_dir())


def _plan(rule_set: RuleSet) -> tuple[Layer, ...]:
    path = _rules_folder() / _PLAN
    finders = _finders(rule_set)
    layers = []
    for entry in tomllib.loads(path.read_text("utf-8"))["layer"]:
        unknown = [name for name in entry["finders"] if name not in finders]
        if unknown:
            raise RuleError(f"{path}: {entry['name']}: unknown finder {unknown[0]!r}; known: {', '.join(finders)}")
        layers.append(Layer(entry["name"], tuple(finders[name] for name in entry["finders"])))
    return tuple(layers)


def _finders(rule_set: RuleSet) -> dict[str, Finder]:
    def find_structure(view: View) -> Iterator[Edit]:
        return structure.find(view, rule_set.marks(view))

    return {
        "mojibake": mojibake.find,
        "characters": characters.find,
        "escapes": escapes.find,
        "entities": entities.find,
        "markup": markup.find,
        "fragments": markup.find_fragments,
        "jammers": jammers.find,
        "filters": filters.find,
        "notes": notes.find,
        "spurious": spurious.find,
        "shear": shear.find,
        "holes": holes.find,
        "spacing": spacing.find,
        "page-marks": layout.page_marks,
        "columns": layout.columns,
        "split-words": spacing.split_words,
        "promos": promos.find,
        "span-rules": rule_set.spans,
        "captions": repeats.captions,
        "repeats": repeats.paragraphs,
        "structure": find_structure,
        "sheared": losses.find_sheared,
        "doubtful-holes": holes.doubts,
        "flag-rules": rule_set.flags,
    }


def _conversions(script: Script, punctuation: Punctuation) -> Iterator[Layer]:
    if script != "keep":
        yield Layer("script", (lambda view: fold.convert(view.text, script),))
    if punctuation == "fullwidth":
        yield Layer("punctuation", (lambda view: widen(view.text),))
