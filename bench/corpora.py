"""The texts that measurements run on: real ones from a folder outside the repository.

`CLEANER_DATA` names the folder; by default it is `../shared/data` beside the working copy. Each corpus is a
`.jsonl.gz` file whose records hold a `text`.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

FOLDER = Path(os.environ.get("CLEANER_DATA", Path(__file__).parents[2] / "shared" / "data"))


def texts(name: str, *, every: int = 1) -> list[str]:
    """Every `every`-th text of a corpus; empty, with a line on what to do, if the corpus isn't there."""
    path = FOLDER / f"{name}.jsonl.gz"
    if not path.exists():
        print(f"{name}: {path} is not there; set CLEANER_DATA to a folder that has it")
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for number, line in enumerate(lines) if number % every == 0]
