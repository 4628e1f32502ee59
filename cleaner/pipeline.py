"""The story of one text: layer after layer of edits. Next: `run`, the story of many files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cache, partial
from itertools import starmap, takewhile
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from cleaner import fold, quality, rules, spam, structure
from cleaner.cached import cached
from cleaner.document import Document, Edit
from cleaner.errors import RuleError
from cleaner.extract import sites
from cleaner.kinds import KINDS
from cleaner.punctuation import widen
from cleaner.repair import (
    bbcode,
    characters,
    entities,
    escapes,
    filters,
    forum,
    frontmatter,
    holes,
    jammers,
    layout,
    links,
    losses,
    markdown,
    markup,
    mojibake,
    notes,
    promos,
    shear,
    spacing,
    spurious,
)
from cleaner.repeats import captions, copies, titles
from cleaner.rules import Rule, RuleSet
from cleaner.templates import Counts, Known, find_lines, find_segments
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


class Step(NamedTuple):
    """A layer at work: the text that it sees, and the document after it."""

    layer: str
    view: View
    document: Document


class Choices(NamedTuple):
    """What a cleaner is made with, as values that can travel to other processes; see `Cleaner`."""

    script: Script = "keep"
    punctuation: Punctuation = "keep"
    rule_files: tuple[str, ...] = ()
    site_files: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class Cleaner:
    r"""Cleans any number of texts with one set of rules and choices.

    `script` converts the result to simplified ("hans") or traditional ("hant") characters, `punctuation`
    to full-width marks between Chinese characters; both keep what they find by default. `rule_files` are
    used beside those that come with the package, and `site_files`, which say where pages of some hosts hold their main
    content, before them. `drop` holds conditions on the figures of `quality`, such as
    "spam > .8": a document of which one holds is dropped by a last edit over all of it. `templates` are counts of the
    documents that are cleaned, taken of each one's `repaired` text: lines that enough of them share go, or are
    flagged. Raises `RuleError` if a rule cannot be used or fails its own examples, `ConditionError` if a condition
    cannot be understood.

    >>> Cleaner().clean("今天的会议讨论了明年的工作，与会者都发了言。\n分享让更多人看到\n").text
    '今天的会议讨论了明年的工作，与会者都发了言。\n'
    """

    def __init__(  # noqa: PLR0913  each is a choice of its own
        self,
        *,
        script: Script = "keep",
        punctuation: Punctuation = "keep",
        rule_files: Sequence[Path | str] = (),
        site_files: Sequence[Path | str] = (),
        drop: Sequence[str] = (),
        templates: Counts | None = None,
    ) -> None:
        for name, value, choices in (("script", script, _SCRIPTS), ("punctuation", punctuation, _PUNCTUATIONS)):
            if value not in choices:
                raise ValueError(f"{name} is one of {', '.join(choices)}, not {value!r}")
        for name, files in (("rule_files", rule_files), ("site_files", site_files)):
            if isinstance(files, str | Path):
                raise TypeError(f"{name} is a list of files; write [{str(files)!r}]")
        paths = [*shipped_rule_files(), *map(Path, rule_files)]
        self.rules = rules.load(paths, [spam.load().demand])
        self.kinds = {**{path.stem: rules.read(path).about for path in paths}, **KINDS}
        self.sites = {**sites.shipped(), **sites.load(map(Path, site_files))}
        self.templates = templates
        self.layers = (*_plan(self.rules), *_conversions(script, punctuation))
        self.files = (*map(Path, rule_files), *map(Path, site_files))
        places = [tuple(str(Path(file).absolute()) for file in files) for files in (rule_files, site_files)]
        self.choices = Choices(script, punctuation, places[0], places[1], tuple(drop))
        self.dropping = tuple(quality.parse(words) for words in drop)
        self.settings: dict[str, str] = {"script": script, "punctuation": punctuation}
        if self.dropping:
            self.settings["drop"] = "; ".join(condition.words for condition in self.dropping)
        if templates:
            self.settings["templates"] = str(templates.least)
        if rule_files:
            _prove_once(self.rules)

    def clean(
        self, text: str, *, name: str = "", encoding: str = "", lossless: bool = True, groups: Sequence[str] = ()
    ) -> Document:
        """The document with all layers applied; `name`, `encoding` and `lossless` are passed through to it.

        `groups` are those whose documents it is compared with, as `cleaner.templates.groups_of` names them.
        """
        if not isinstance(text, str):
            raise TypeError(
                f"clean takes str, not {type(text).__name__}; decode bytes first: cleaner.decode.decode(data).text"
            )
        return self.finished(Document.of(text, name=name, encoding=encoding, lossless=lossless), groups=groups)

    def finished(self, document: Document, *, groups: Sequence[str] = ()) -> Document:
        """The same from a document on: `cleaner.extract.extract` makes one of a page.

        >>> from cleaner.extract import extract
        >>> page = extract("<p>今天的会议讨论了明年的工作，与会者都发了言。</p><p>分享让更多人看到</p>")
        >>> Cleaner().finished(page).text
        '今天的会议讨论了明年的工作，与会者都发了言。'
        """
        document = _cleaned(document, self._layers_for(groups), self.rules)
        return document.revised(quality.find(document, self.dropping)) if self.dropping else document

    def steps(self, document: Document, *, groups: Sequence[str] = ()) -> Iterator[Step]:
        """The same layer by layer, for who wants to see what each makes of the text; dropping is no layer."""
        return starmap(Step, _steps(document, self._layers_for(groups), self.rules))

    def repaired(self, text: str, *, name: str = "") -> Document:
        """The document after all repairs, before any line goes: its text is what templates are counted on."""
        before = takewhile(lambda layer: layer.name != _TEMPLATES, self.layers)
        return _cleaned(Document.of(text, name=name), before, self.rules)

    def knowing(self, templates: Counts) -> Cleaner:
        """A cleaner of the same rules and choices that knows counts of templates."""
        other = copy(self)
        other.templates = templates
        other.settings = {**self.settings, "templates": str(templates.least)}
        return other

    def with_rules(self, more: Iterable[Rule]) -> Cleaner:
        """A cleaner of the same choices that has these rules, too, for trying rules out."""
        other = copy(self)
        other.rules = RuleSet([*self.rules.rules, *more], [spam.load().demand])
        other.layers = (*_plan(other.rules), *_conversions(self.choices.script, self.choices.punctuation))
        return other

    def _layers_for(self, groups: Sequence[str]) -> tuple[Layer, ...]:
        if not (self.templates and groups):
            return self.layers
        finders = _template_finders(self.rules, self.templates.known(groups))
        return tuple(
            Layer(layer.name, tuple(finders.values())) if layer.name == _TEMPLATES else layer for layer in self.layers
        )


def _cleaned(document: Document, layers: Iterable[Layer], rule_set: RuleSet) -> Document:
    """The document with all layers applied."""
    for step in _steps(document, layers, rule_set):
        document = step[-1]
    return document


def _steps(document: Document, layers: Iterable[Layer], rule_set: RuleSet) -> Iterator[tuple[str, View, Document]]:
    """The fields of each `Step`; a view is made once for each text that a layer sees."""
    view = View(document.text, rule_set.gate)
    for layer in layers:
        if view.text != document.text:
            view = View(document.text, rule_set.gate)
        proposals: list[Edit] = []
        for find in layer.finders:
            proposals += find(view)
        if proposals:
            document = document.revised(proposals)
        yield layer.name, view, document


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
    rules.prove(rule_set, cleaning(rule_set))


def _prove_once(rule_set: RuleSet) -> None:
    """`prove`, unless an earlier process did, with all that bears on it as it is now."""
    told = [(rule, rule.engine.pattern, rule.exception and rule.exception.pattern) for rule in rule_set.rules]
    cached("proof", [*map(repr, told), repr(spam.load().lexicons), repr(_order())], partial(prove, rule_set))


def cleaning(rule_set: RuleSet) -> Callable[[str], Document]:
    """What cleans a text with the given rules, for trying rules out."""
    layers = _plan(rule_set)
    return lambda text: _cleaned(Document.of(text), layers, rule_set)


def shipped_rule_files() -> list[Path]:
    """The rule files that come with the package, in the order of their names."""
    return rule_files_in(rules.shipped_folder())


def rule_files_in(folder: Path) -> list[Path]:
    """The rule files that stand in a folder, in the order of their names."""
    return [path for path in sorted(folder.glob("*.toml")) if path.name != _PLAN]


_PLAN: Final = "plan.toml"
SPANS: Final = "spans"  # the layers that rules run in which take spans,
LINES: Final = "lines"  # and lines
_TEMPLATES: Final = "templates"  # the layer that counts of other documents bear on


def _plan(rule_set: RuleSet) -> tuple[Layer, ...]:
    finders = _finders(rule_set)
    layers = []
    for layer, names in _order():
        if unknown := [name for name in names if name not in finders]:
            path = rules.shipped_folder() / _PLAN
            raise RuleError(f"{path}: {layer}: unknown finder {unknown[0]!r}; known: {', '.join(finders)}")
        layers.append(Layer(layer, tuple(finders[name] for name in names)))
    return tuple(layers)


@cache
def _order() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(layer, names of its finders) in the order of the plan."""
    path = rules.shipped_folder() / _PLAN
    return tuple((entry["name"], tuple(entry["finders"])) for entry in tomllib.loads(path.read_text("utf-8"))["layer"])


def _finders(rule_set: RuleSet) -> dict[str, Finder]:
    lexicons = spam.load()

    def find_structure(view: View) -> Iterator[Edit]:
        return structure.find(view, marks(view, rule_set))

    return {
        "mojibake": mojibake.find,
        "characters": characters.find,
        "escapes": escapes.find,
        "entities": entities.find,
        "markup": markup.find,
        "fragments": markup.find_fragments,
        "front-matter": frontmatter.find,
        "bbcode": bbcode.find,
        "markdown": markdown.find,
        "dividers": markdown.find_dividers,
        "forum": forum.find,
        "link-lists": links.find_lists,
        "link-addresses": links.find_addresses,
        "link-parameters": links.find_parameters,
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
        "spam": lexicons.find,
        "captions": captions.find,
        "repeats": copies.find,
        **_template_finders(rule_set),
        "structure": find_structure,
        "titles": titles.find,
        "sheared": losses.find_sheared,
        "doubtful-holes": holes.doubts,
        "flag-rules": rule_set.flags,
        "doubtful-spam": lexicons.doubts,
    }


def marks(view: View, rule_set: RuleSet) -> dict[int, Rule]:
    """What marks each marked line of a text, by its index: a rule, or a lexicon of spam."""
    return {**rule_set.marks(view), **spam.load().marks(view)}


def _template_finders(rule_set: RuleSet, known: Known | None = None) -> dict[str, Finder]:
    """The finders of templates; without counts they find nothing."""
    if known is None:
        return dict.fromkeys(("template-lines", "template-segments"), lambda view: ())
    return {
        "template-lines": lambda view: find_lines(view, known, rule_set.marks(view)),
        "template-segments": lambda view: find_segments(view, known),
    }


def _conversions(script: Script, punctuation: Punctuation) -> Iterator[Layer]:
    if script != "keep":
        yield Layer("script", (lambda view: fold.convert(view.text, script),))
    if punctuation == "fullwidth":
        yield Layer("punctuation", (lambda view: widen(view.text),))
