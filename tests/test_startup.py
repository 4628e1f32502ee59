"""What a command loads: nothing that it need not wait for. How long that takes, `bench.startup` measures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.samples import LEAD

ROOT = Path(__file__).parents[1]
FOR_CLEANING = {"ahocorasick_rs", "cleaner.pipeline", "cleaner.run", "lxml", "numpy", "opencc", "re2"}
FOR_HTML = {"bs4", "jinja2", "leather", "soupsieve"}
FOR_SOME = {
    "cleaner.engine.processes", "cleaner.index.local", "cleaner.workbench", "datasketch", "ftfy", "pebble", "pypinyin",
    "pyarrow", "ray", "scipy",
}  # fmt: skip
_TOLD = "import sys; from cleaner.cli import app; app({arguments}, standalone_mode=False); print(*sorted(sys.modules))"


def loaded(code: str) -> set[str]:
    """The modules that a process has loaded after some code that prints them last."""
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(told.stdout.splitlines()[-1].split())


def test_help_loads_nothing_that_cleans() -> None:
    names = loaded(_TOLD.format(arguments=["--help"]))
    assert "cleaner.cli.cleaning" in names
    assert names.isdisjoint(FOR_CLEANING | FOR_HTML | FOR_SOME)


def test_the_package_by_itself_loads_nothing_that_cleans() -> None:
    names = loaded("import sys, cleaner; assert cleaner.__version__; print(*sorted(sys.modules))")
    assert names.isdisjoint({"typer", *FOR_CLEANING, *FOR_HTML, *FOR_SOME})


def test_a_plain_file_is_cleaned_by_what_it_takes(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(f"{LEAD}\n分享让更多人看到\n", "utf-8")
    names = loaded(_TOLD.format(arguments=["clean", str(path), "-o", str(tmp_path / "out"), "--no-config"]))
    assert (tmp_path / "out" / "text" / "one.txt").read_text("utf-8") == f"{LEAD}\n"
    assert names >= FOR_CLEANING
    assert names.isdisjoint(FOR_SOME | {"bs4", "soupsieve"})


def test_rooms_are_there_when_they_are_asked_for() -> None:
    code = "import sys, cleaner; cleaner.decode.decode(b'a'); cleaner.Edit; print(*sorted(sys.modules))"
    names = loaded(code)
    assert {"cleaner.decode", "cleaner.document"} <= names
    assert "cleaner.pipeline" not in names


def test_public_names_are_listed_before_they_are_loaded() -> None:
    assert loaded("import cleaner; print(*dir(cleaner))") >= {"Cleaner", "CleanerError", "Document", "Edit", "clean"}
