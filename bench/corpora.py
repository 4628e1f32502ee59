"""The texts that measurements run on: real ones from a folder outside the repository, and the repository's own.

`CLEANER_DATA` names the folder; by default it is `../shared/data` beside the working copy. Each corpus is a
`.jsonl.gz` file whose records hold a `text`.
"""

from __future__ import annotations

import gzip
import json
import os
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = Path(os.environ.get("CLEANER_DATA", ROOT.parent / "shared" / "data"))


def texts(name: str, *, every: int = 1) -> list[str]:
    """Every `every`-th text of a corpus; empty, with a line on what to do, if the corpus isn't there."""
    path = FOLDER / f"{name}.jsonl.gz"
    if not path.exists():
        print(f"{name}: {path} is not there; set CLEANER_DATA to a folder that has it")
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for number, line in enumerate(lines) if number % every == 0]


def own_texts() -> list[str]:
    """Clean prose of the repository itself: the cleaned seeds, and the innocent articles of the tests."""
    seeds = [path.read_text("utf-8") for path in sorted((ROOT / "reports" / "text").glob("*.txt"))]
    cases = [
        case["text"]
        for kind in ("news", "essays", "academic", "dialogue", "law")
        for case in tomllib.loads((ROOT / "tests" / "cases" / f"innocent-{kind}.toml").read_text("utf-8"))["case"]
    ]
    return [*seeds, *cases]
