"""What holds of all modules: the order they import in, who opens files, and that public names are explained."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cleaner

PACKAGE = Path(cleaner.__file__).parent

# Each module imports only from those above it.
ORDER = [
    "loaded",
    "errors",
    "patterns",
    "digests",
    "cached",
    "amounts",
    "limits",
    "marks",
    "engine.jobs",
    "engine.alone",
    "engine.processes",
    "engine.pool",
    "engine.cluster",
    "engine",
    "logs",
    "metrics",
    "document",
    "fold",
    "alignment",
    "fates",
    "shelf",
    "largest",
    "gate",
    "language.model",
    "language",
    "commonness",
    "euc_tw",
    "charsets",
    "decode",
    "preconditions",
    "sieve",
    "units",
    "language.build",
    "repair",
    "repair.characters",
    "repair.words",
    "repair.markup",
    "repair.escapes",
    "repair.entities",
    "repair.code",
    "repair.frontmatter",
    "repair.bbcode",
    "repair.markdown",
    "repair.links",
    "repair.forum",
    "repair.jammers",
    "repair.filters",
    "repair.pinyin",
    "repair.notes",
    "repair.gbk",
    "repair.spurious",
    "repair.tearing",
    "repair.rereading",
    "repair.shear",
    "repair.mojibake.encodings",
    "repair.mojibake.filling",
    "repair.mojibake.utf8",
    "repair.mojibake.parity",
    "repair.mojibake.evidence",
    "repair.mojibake.redecoding",
    "repair.mojibake.latin",
    "repair.mojibake.finding",
    "repair.mojibake",
    "repair.losses",
    "repair.names",
    "repair.holes",
    "repair.spacing",
    "repair.layout",
    "repair.promos",
    "rules.keys",
    "rules.matching",
    "rules.loading",
    "rules.proving",
    "rules",
    "extract.parsing",
    "extract.metadata",
    "extract.stream",
    "extract.sheets",
    "extract.hiding",
    "extract.blocks",
    "extract.names",
    "extract.said",
    "extract.records",
    "extract.features",
    "extract.boxes",
    "extract.kinds",
    "extract.growing",
    "extract.choosing",
    "extract.rows",
    "extract.rendering",
    "extract.sites",
    "extract.whole",
    "extract",
    "shapes",
    "tagger.letters",
    "tagger.features",
    "tagger.model",
    "tagger",
    "spam.lexicons",
    "spam.evidence",
    "spam.titles",
    "spam.injected",
    "spam.finding",
    "spam",
    "structure.page",
    "structure.finding",
    "structure.sparing",
    "structure",
    "repeats",
    "repeats.likeness",
    "repeats.search",
    "repeats.copies",
    "repeats.captions",
    "repeats.titles",
    "templates.keys",
    "templates.pieces",
    "templates.counts",
    "templates.lines",
    "templates.segments",
    "templates",
    "punctuation",
    "quality.kinds",
    "quality.runs",
    "quality.effects",
    "quality.scores",
    "quality.dropping",
    "quality",
    "minhash",
    "dedup.means",
    "dedup.bands",
    "dedup.candidates",
    "dedup.differences",
    "dedup.confirming",
    "dedup.groups",
    "dedup.judging",
    "dedup.finding",
    "dedup.paragraphs",
    "dedup.verdicts",
    "dedup",
    "index.records",
    "index.runs",
    "index.pages",
    "index.folder",
    "index.data",
    "index.nominating",
    "index.writing",
    "index.local",
    "index.shared.server",
    "index.shared.documents",
    "index.shared.buckets",
    "index.shared.additions",
    "index.shared",
    "index",
    "kinds",
    "pipeline",
    "",
    "versions",
    "workbench",
    "workbench.mining",
    "workbench.patterns",
    "workbench.drafts",
    "workbench.rulefile",
    "sources.naming",
    "sources.opening",
    "sources.records",
    "sources.files",
    "sources.lines",
    "sources.tables",
    "sources.crawls",
    "sources.archives",
    "sources.reading",
    "sources",
    "sinks.naming",
    "sinks.stores",
    "sinks.claims",
    "sinks.writing",
    "sinks.containers",
    "sinks.state",
    "sinks.passing",
    "sinks",
    "duplicates",
    "report.facts",
    "report.rendering",
    "report.composition",
    "report.marking",
    "report.figures",
    "report.document_pages",
    "report.accounts",
    "report.suspicion",
    "report.table",
    "report.charts",
    "report.run_pages",
    "report.summary",
    "report",
    "results",
    "finished",
    "verdicts",
    "comparing.pairing",
    "comparing.documents",
    "comparing.runs",
    "comparing.page",
    "comparing",
    "evaluating.gold",
    "evaluating.bare",
    "evaluating.scoring",
    "evaluating.runs",
    "evaluating.page",
    "evaluating",
    "reuse",
    "cleaning",
    "pieces",
    "keeping",
    "parts",
    "counting",
    "rehearsal",
    "settling",
    "listing",
    "running",
    "run",
    "workbench.pointing",
    "workbench.explaining",
    "workbench.trying",
    "workbench.drafting",
    "workbench.coverage",
    "workbench.documenting",
    "stream",
    "corpus",
    "weeding",
    "adapters.cleaning",
    "adapters.scrapy",
    "adapters.datasets",
    "adapters.datatrove",
    "adapters.polars",
    "adapters.pandas",
    "adapters",
    "reviewing.records",
    "reviewing.doubting",
    "reviewing.judging",
    "reviewing.pages",
    "reviewing.guarding",
    "reviewing.serving",
    "reviewing",
    "config",
    "cli.printing",
    "cli.configuring",
    "cli.options",
    "cli.engines",
    "cli.running",
    "cli.comparing",
    "cli.evaluating",
    "cli.deduplicating",
    "cli.cleaning",
    "cli.mining",
    "cli.undoing",
    "cli.reviewing",
    "cli.ruling",
    "cli.explaining",
    "cli.workbench",
    "cli",
    "__main__",
]

# What a module may open besides: dictionaries of libraries, rule files, files of the package.
OPENS = {
    "limits": {"read_text"},
    "fold": {"read_text"},
    "extract.names": {"read_text"},
    "extract.choosing": {"read_text"},
    "extract.sites": {"read_text"},
    "language.build": {"read_text"},
    "repair.pinyin": {"read_text"},
    "rules.loading": {"read_text"},
    "spam.lexicons": {"read_text"},
    "tagger.features": {"read_text"},
    "tagger.model": {"read_text"},
    "pipeline": {"read_text"},
    "versions": {"read_bytes"},
    "digests": {"read_bytes"},
    "cached": {"NamedTemporaryFile", "mkdir", "open", "unlink"},
    "config": {"read_text"},
    "index.pages": {"open"},
    "index.folder": {"open", "read_text", "unlink"},
    "index.local": {"open", "mkdir"},
    "index": {"open"},
}
OPENERS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "touch", "unlink", "mkdir",
    "NamedTemporaryFile", "TemporaryFile", "mkstemp", "fromfile", "tofile", "loadtxt", "memmap",
}  # fmt: skip


def modules() -> dict[str, ast.Module]:
    """The syntax tree of each module, by its name below the package; "" is the package itself."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(path.read_text("utf-8"))
    return found


MODULES = modules()
EACH_MODULE = pytest.mark.parametrize("name", MODULES, ids=lambda name: name or "cleaner")


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules of the package that a module imports, wherever in it."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if below(name) in MODULES else str(node.module) for name in whole]
        yield from (below(name) for name in names if name.split(".")[0] == "cleaner")


def below(name: str) -> str:
    return name.removeprefix("cleaner").removeprefix(".")


def test_the_order_names_every_module_once() -> None:
    assert sorted(ORDER) == sorted(MODULES)


@EACH_MODULE
def test_a_module_imports_only_from_those_above_it(name: str) -> None:
    above = ORDER[: ORDER.index(name)]
    assert [found for found in imported(MODULES[name]) if found not in above] == []


@EACH_MODULE
def test_imports_are_absolute(name: str) -> None:
    assert [node.lineno for node in ast.walk(MODULES[name]) if isinstance(node, ast.ImportFrom) and node.level] == []


def opens(tree: ast.Module) -> set[str]:
    """What a module calls that opens or changes files."""
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {func.id for func in called if isinstance(func, ast.Name)}
    return OPENERS & (names | {func.attr for func in called if isinstance(func, ast.Attribute)})


def test_opening_files_is_noticed() -> None:
    assert opens(ast.parse("open('a'); path.read_bytes(); os.unlink('a')")) == {"open", "read_bytes", "unlink"}


@pytest.mark.parametrize(
    "name",
    [name for name in MODULES if name.split(".")[0] not in ("sources", "sinks")],
    ids=lambda name: name or "cleaner",
)
def test_no_module_but_sources_and_sinks_opens_files_of_users(name: str) -> None:
    assert opens(MODULES[name]) <= OPENS.get(name, set())


def public(tree: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            if any(isinstance(each, ast.Name) and each.id == "overload" for each in node.decorator_list):
                continue  # what it overloads tells
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


@EACH_MODULE
def test_every_module_and_public_name_has_a_docstring(name: str) -> None:
    tree = MODULES[name]
    assert ast.get_docstring(tree) or name == ""
    assert [node.name for node in public(tree) if not ast.get_docstring(node)] == []


@EACH_MODULE
def test_characters_that_cannot_be_seen_are_written_by_name(name: str) -> None:
    path = PACKAGE.joinpath(*name.split("."))
    text = next(file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()).read_text("utf-8")
    assert {letter for letter in text if not letter.isprintable()} <= {"\n"}
