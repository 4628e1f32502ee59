"""text-dedup's command for MinHash, from JSON lines to a data set of Hugging Face.

It takes n-grams of words only: its texts are given with a blank between letters.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"  # which is read when what follows is imported

import datasets
from text_dedup import minhash

PERMUTATIONS = 128


def files(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """A file → a folder without the texts that are left out, and the groups; `hash` is its own, SHA-1, or xxh3."""
    datasets.disable_progress_bars()
    spaced = Path(given).with_suffix(".spaced.jsonl")
    _write_spaced(Path(given), spaced)
    how = ("xxh3", "32") if options.get("hash") == "xxh3" else ("sha1", "64")

    def run() -> list[list[int]]:
        with tempfile.TemporaryDirectory() as folder:
            taken = {
                "path": "json",
                "data_files": spaced,
                "split": "train",
                "cache_dir": f"{folder}/cache",
                "output": f"{folder}/kept",
                "column": "text",
                "ngram": 5,
                "min_length": 1,
                "num_perm": PERMUTATIONS,
                "b": options["bands"],
                "r": options["rows"],
                "hash_func": how[0],
                "hash_bits": how[1],
                "num_proc": 1,
            }
            minhash.main(
                [part for name, value in taken.items() for part in (f"--{name}", str(value))], standalone_mode=False
            )
        return _groups(minhash.uf)

    return run


def _write_spaced(given: Path, spaced: Path) -> None:
    with given.open(encoding="utf-8") as lines, spaced.open("w", encoding="utf-8") as file:
        for record in map(json.loads, lines):
            record["text"] = " ".join(filter(str.isalnum, record["text"]))
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _groups(unions: Any) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for number in unions.parent:
        found.setdefault(unions.find(number), []).append(number)
    return [group for group in found.values() if len(group) > 1]


TASKS = {"files": files}
