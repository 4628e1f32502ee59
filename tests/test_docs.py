"""The documentation: that it builds, that its examples come out as shown, and that what it names exists."""

from __future__ import annotations

import doctest
import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.shearing import shear
from cleaner.kinds import KINDS
from cleaner.pipeline import Cleaner
from cleaner.rules import keys
from cleaner.spam import lexicons
from docs.building import examples, markdown, names, picture, schemas, shearing, transcripts
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if not {"_build", "rules"} & set(path.parts[:-1]))
SECONDS = 300
LOADING = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*?(?:src|href)=\"(?P<address>[^\"]+)\"")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built as `make docs` does."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "-b", "html"]
    done = subprocess.run(
        [*command, str(DOCS), str(out)], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.slow
def test_the_pages_build_and_load_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    loaded = {match["address"] for page in pages for match in LOADING.finditer(page.read_text("utf-8"))}
    assert loaded
    assert [address for address in loaded if re.match(r"[a-z]+:|//", address)] == []


@pytest.mark.slow
def test_every_rule_has_its_place_in_the_reference(site: Path, cleaner: Cleaner) -> None:
    for rule in cleaner.rules.rules:
        page = (site / "rules" / f"{rule.kind}.html").read_text("utf-8")
        assert f'id="rule-{rule.kind}-{rule.id}"' in page, rule.name


def test_every_kind_that_code_finds_is_told_where_people_look() -> None:
    assert names.built_in() == KINDS.keys()
    found = names.by_kind().keys()
    assert found >= {"front-matter", "duplicates", "shear"}
    assert KINDS.keys() - found == {"drop", "extract"}  # whose names are put together of constants


@pytest.mark.parametrize("path", [ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_a_page_names_only_what_exists(path: Path) -> None:
    assert list(names.unknown(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("Call `cleaner claen pages`.", "cleaner claen"),
        ("Call `cleaner rules lst`.", "cleaner rules lst"),
        ("```sh\ncleaner clean pages --rule site.toml   # twice\n```", "cleaner clean --rule"),
        ("```console\n$ cat a.txt | cleaner clean - --fromat jsonl > b\n```", "cleaner clean --fromat"),
        ("The option `--scirpt` converts.", "--scirpt"),
        ("It is reported as `share/share-baar`.", "share/share-baar"),
        ("It is reported as `holes/dsah`.", "holes/dsah"),
        ("The code: `cleaner/structures.py`.", "cleaner/structures.py"),
        ("The code: `cleaner/structures/`.", "cleaner/structures/"),
        ("`python -m bench.tags` measures it.", "bench.tags"),
    ],
)
def test_what_doesnt_exist_is_noticed(page: str, name: str) -> None:
    assert [each.name for each in names.unknown(page)] == [name]


def test_links_of_pages_lead_to_files() -> None:
    """Sphinx checks those of the built pages; the same pages are read in the repository, with their sources."""
    for path in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_examples_of_what_writes_pages_hold() -> None:
    assert doctest.testmod(markdown).failed == 0


# examples


@pytest.mark.parametrize("path", [page for page in PAGES if list(transcripts.steps(page.read_text("utf-8")))], ids=str)
def test_sessions_print_what_pages_show(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").symlink_to(DOCS)
    monkeypatch.chdir(tmp_path)
    found = transcripts.failing(path.read_text("utf-8"), tmp_path)
    assert found is None, f"{path.name}:{found.step.line}: {found.step.command} prints\n{found.printed}"


def test_a_session_that_prints_something_else_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = "```console\n$ printf 'a\\nb\\nc\\n'\na\n…\nc\n$ echo d\nd\n$ echo e\n…\nf\n```\n"
    found = transcripts.failing(page, tmp_path)
    assert found is not None
    assert (found.step.line, found.step.command, found.printed) == (8, "echo e", "e\n")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_python_on_pages_gives_what_they_show(path: Path) -> None:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner()
    blocks = [block for block in markdown.blocks(path.read_text("utf-8")) if block.info == "pycon"]
    code = parser.get_doctest("\n".join(block.text for block in blocks), {}, path.name, str(path), 0)
    assert runner.run(code).failed == 0


@pytest.mark.parametrize(
    ("example", "told"),
    [
        (":rules: layout/split-word\n他们在国 际分工中的地位。\n→\n他们在国內分工中的地位。", "comes out as"),
        ("他们在国 际分工中的地位。\n→\n他们在国际分工中的地位。", "the rules are layout/split-word, not none"),
        ("他们在国 际分工中的地位。\n→ stays", "comes out as"),
        ("没有箭头。", "an example is"),
    ],
)
def test_an_example_that_comes_out_otherwise_is_an_error(example: str, told: str, cleaner: Cleaner) -> None:
    with pytest.raises(examples.ExampleError, match=told):
        examples.checked(examples.parsed(example), cleaner)


def test_an_example_shows_hostile_text_as_text(cleaner: Cleaner) -> None:
    shown = examples.shown(cleaner.clean("<script>alert(1)</script>他说 a<b 的\N{RIGHT-TO-LEFT OVERRIDE}时候。\n"))
    assert "<script" not in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown
    assert "⟦RLO⟧" in shown


# byte tables


def test_text_is_sheared_as_the_benchmarks_do_it() -> None:
    readings = {"聯": "lián", "謹": "jǐn", "數": "shù"}
    for text in ("數字敘事、品牌打造與國際", "勇擔探路先行使命，在科技創新"):
        assert shearing.shown(shearing.noted(text, readings)) == shear(text, readings, fold_width=False).text


def test_the_way_back_gives_what_stood_there() -> None:
    damaged = shearing.shown(shearing.noted("數字敘事、品牌打造與國際", {"數": "shù", "謹": "jǐn"}))
    assert "`敘事、品牌打造與`" in "\n".join(shearing.ways_table(damaged))
    assert [row.split(" | ")[1] for row in shearing.leads_table(damaged)[2:]] == ["謹"]


# references


@pytest.mark.slow
def test_all_keys_of_rules_and_lexicons_are_told(site: Path) -> None:
    page = (site / "rules.html").read_text("utf-8")
    for name, key in (*keys.KEYS.items(), *keys.FILE_KEYS.items(), *lexicons.KEYS.items()):
        assert f'<span class="pre">{name}</span>' in page, name
        assert html.escape(key.about.split("{")[0].split("`")[0].split("[")[0][:30], quote=False) in page, name


def test_fields_of_schemas_are_told(tmp_path: Path) -> None:
    schema = {
        "title": "The report on a thing",
        "description": "What happened to a thing.",
        "type": "object",
        "required": ["name", "edits"],
        "properties": {
            "name": {"type": "string", "description": "What it is called."},
            "edits": {"type": "array", "items": {"$ref": "#/$defs/edit"}, "description": "In order | as made."},
            "outcome": {"enum": ["kept", "dropped"]},
            "rules": {"type": "object", "additionalProperties": {"type": ["integer", "null"]}},
        },
        "$defs": {
            "edit": {
                "description": "One change.",
                "type": "object",
                "properties": {"old": {"type": "string"}, "inner": {"$ref": "#/$defs/edit"}},
            }
        },
    }
    path = tmp_path / "thing.schema.json"
    path.write_text(json.dumps(schema), "utf-8")
    page = schemas.page([path])
    assert page.startswith("## The report on a thing\n\nWhat happened to a thing.\n")
    assert "| `name` | string | What it is called. |" in page
    assert "| `edits` | list of object | In order \\| as made. |" in page
    assert '| `outcome` | `"kept"`, `"dropped"` | Not always there. |' in page
    assert "| `rules.…` | integer or null |  |" in page
    assert "| `edits[].old` | string | Not always there. |" in page
    assert schemas.page([]) == ""


def test_alternatives_of_a_schema_have_tables_of_their_own(tmp_path: Path) -> None:
    name = {"type": "string", "description": "What it is called."}
    kept = {"title": "One that stays", "type": "object", "required": ["name"], "properties": {"name": name}}
    thing = {"$id": "urn:thing", "title": "Thing", "oneOf": [{"$ref": "#/$defs/kept"}], "$defs": {"kept": kept}}
    row = {
        "$id": "urn:row",
        "title": "Row",
        "properties": {"name": {"$ref": "urn:thing#/$defs/kept/properties/name"}},
        "oneOf": [{"$ref": "urn:thing#/$defs/kept"}],
    }
    for path, schema in ((tmp_path / "a.schema.json", thing), (tmp_path / "b.schema.json", row)):
        path.write_text(json.dumps(schema), "utf-8")
    first, _, second = schemas.page(sorted(tmp_path.iterdir())).partition("## Row\n")
    assert "### One that stays\n" in first
    assert "| `name` | string | What it is called. |" in first
    assert "| `name` | string | What it is called. Not always there. |" in second
    assert "The fields of *One that stays*, above, may stand there as well." in second


# the picture of a report


def test_the_picture_is_that_of_the_report(cleaner: Cleaner) -> None:
    assert (DOCS / "report.svg").read_text("utf-8") == picture.drawn(cleaner), "run `python -m docs.building.picture`"
