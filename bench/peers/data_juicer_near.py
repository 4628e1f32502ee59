"""data-juicer's `document_minhash_deduplicator`, called directly on a data set of Hugging Face, as its recipes do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import datasets
from data_juicer.ops.deduplicator import document_minhash_deduplicator as deduplicator
from loguru import logger

PERMUTATIONS: Final = 128
SIMILAR: Final = 0.7


def groups(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """Texts at hand → groups, by which the operator leaves texts out; `bands` of `rows` values each."""
    logger.remove()
    datasets.disable_progress_bars()
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]

    def run() -> list[list[int]]:
        operator = _operator(options)
        hashed = [operator.compute_hash({"text": text}) for text in texts]
        operator.process(datasets.Dataset.from_list(hashed))
        return _groups(_Unions.last)

    return run


def _operator(options: dict[str, Any]) -> Any:
    return deduplicator.DocumentMinhashDeduplicator(
        tokenization="character",
        window_size=5,
        ignore_pattern=r"[^\p{L}\p{N}]",
        num_permutations=PERMUTATIONS,
        jaccard_threshold=SIMILAR,
        num_bands=options["bands"],
        num_rows_per_band=options["rows"],
    )


class _Unions(deduplicator.UnionFind):  # type: ignore[misc]  # nothing is known of its types
    """The operator's own, which can be asked for what the operator doesn't tell."""

    last: Any = None

    def __init__(self) -> None:
        super().__init__()
        _Unions.last = self


deduplicator.UnionFind = _Unions


def _groups(unions: Any) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for number in unions.parent:
        found.setdefault(unions.find(number), []).append(number)
    return [group for group in found.values() if len(group) > 1]


TASKS = {"groups": groups}
