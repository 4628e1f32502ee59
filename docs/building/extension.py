"""The directives and generated pages of the documentation, for Sphinx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

import cleaner
from cleaner.pipeline import Cleaner
from cleaner.rules import keys
from cleaner.spam import lexicons
from docs.building import examples, names, rulebook, schemas, shearing

ROOT: Final = Path(__file__).parents[2]
SCHEMAS: Final = Path(cleaner.__file__).parent / "report" / "schemas"
_RULES: Final = "rules"  # the folder of pages with the generated ones
# What stands in pages for what is put there.
_SCHEMAS_HERE: Final = "<!-- schemas -->"
_KEYS_HERE: Final = {
    "<!-- keys of files -->": keys.FILE_KEYS,
    "<!-- keys of rules -->": keys.KEYS,
    "<!-- keys of lexicons -->": lexicons.KEYS,
}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Tells Sphinx what there is."""
    app.add_directive("example", ExampleDirective)
    app.add_directive("sheared", ShearedDirective)
    app.connect("builder-inited", _write_rule_pages)
    app.connect("source-read", _put_in)
    app.connect("autodoc-process-docstring", _without_tables)
    app.connect("html-page-context", _reached_by_keys)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_rule_pages(app: Sphinx) -> None:
    """Write the pages of rule files, lexicons and built-in kinds, and drop those of what is no more."""
    readme = (ROOT / "README.md").read_text("utf-8")
    made = {**rulebook.pages(), rulebook.BUILT_IN: rulebook.built_in(readme, names.by_kind())}
    folder = Path(app.srcdir) / _RULES
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.md"):
        if path.stem not in made:
            path.unlink()
    for name, text in made.items():
        _write_changed(folder / f"{name}.md", text)


def _write_changed(path: Path, text: str) -> None:
    """Write a file, unless it holds that already: then Sphinx need not read it again."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _put_in(app: Sphinx, docname: str, content: list[str]) -> None:
    """Put tables into a page where it asks for them."""
    for here, told in _KEYS_HERE.items():
        content[0] = content[0].replace(here, rulebook.keys_table(told))
    if _SCHEMAS_HERE in content[0]:
        fields = schemas.page(sorted(SCHEMAS.glob("*.schema.json")))
        content[0] = content[0].replace(_SCHEMAS_HERE, fields or "No schema lies in `cleaner/report/schemas` yet.")


def _reached_by_keys(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """Let those who use no mouse scroll what is wider than the page."""
    if "body" in context:
        context["body"] = context["body"].replace("<pre>", '<pre tabindex="0">')


def _without_tables(  # noqa: PLR0913, PLR0917  as Sphinx calls it
    app: Sphinx, what: str, name: str, held: object, options: object, lines: list[str]
) -> None:
    """Make what reStructuredText reads of the tables of Markdown in a docstring."""
    lines[:] = _listed(lines)


def _listed(lines: list[str]) -> Iterator[str]:
    rows = [number for number, line in enumerate(lines) if line.startswith("|")]
    for number, line in enumerate(lines):
        if number not in rows:
            yield line
            continue
        if number - 1 not in rows:
            yield from ("", ".. list-table::", "   :header-rows: 1", "")
        cells = line.strip("|").split(" | ")
        if set(line) - set("|- :"):
            yield from (f"   {'* -' if at == 0 else '  -'} {cell.strip(' |')}" for at, cell in enumerate(cells))


@cache
def _cleaner() -> Cleaner:
    return Cleaner()


class ExampleDirective(SphinxDirective):
    """A text and what cleaning makes of it; see `examples`."""

    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], str]]] = {"rules": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """The text with its edits; an error if they aren't what the page says."""
        rules = [f":rules: {self.options['rules']}"] if "rules" in self.options else []
        try:
            document = examples.checked(examples.parsed("\n".join([*rules, *self.content])), _cleaner())
        except examples.ExampleError as error:
            raise self.error(f"example: {error}") from error
        return [nodes.raw("", examples.shown(document), format="html")]


class ShearedDirective(SphinxDirective):
    """Byte tables of a text, its argument, with `:readings:` put behind some of its byte pairs; see `shearing`."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], str]]] = {
        "readings": directives.unchanged_required,
        "table": lambda name: directives.choice(name, ("bytes", "decoding", "leads", "ways")),
    }

    def run(self) -> list[nodes.Node]:
        """The table that is asked for."""
        text = self.arguments[0]
        readings = dict(pair.split() for pair in self.options["readings"].split(","))
        damaged = shearing.shown(shearing.noted(text, readings))
        match self.options["table"]:
            case "bytes":
                lines = shearing.bytes_table(text)
            case "decoding":
                lines = shearing.decoding_table(text, readings)
            case "leads":
                lines = shearing.leads_table(damaged)
            case _:
                lines = shearing.ways_table(damaged)
        return self.parse_text_to_nodes("\n".join(lines))
