"""datatrove's four stages of MinHash deduplication, by its local executor, from JSON lines to JSON lines."""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.word_tokenizers import WordTokenizer
from loguru import logger

_CHINESE: Final = "zho_Hani"
_ALL: Final = -1  # lines of its files are buffered, which is its fastest


class Characters(WordTokenizer):  # type: ignore[misc]  # nothing is known of its types
    """A tokenizer of one's own, which datatrove lets one give: letters and digits."""

    def word_tokenize(self, text: str) -> list[str]:
        return list(filter(str.isalnum, text))

    def sent_tokenize(self, text: str) -> list[str]:
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))]


def files(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """A file → a file without the texts that are left out, and the groups; `words` are datatrove's own for Chinese."""
    logger.remove()
    tokenizer = _CHINESE if options.get("words") else Characters()
    config = MinhashConfig(n_grams=5, num_buckets=options["bands"], hashes_per_bucket=options["rows"])

    def run() -> list[list[int]]:
        with tempfile.TemporaryDirectory() as folder:
            _run(given, folder, config, tokenizer)
            return _groups(Path(folder) / "clusters")

    return run


def _run(given: str, folder: str, config: Any, tokenizer: Any) -> None:
    def reader() -> Any:
        return JsonlReader(os.path.dirname(given), glob_pattern=os.path.basename(given))

    signatures, buckets, clusters = (f"{folder}/{name}" for name in ("signatures", "buckets", "clusters"))
    stages = (
        ([reader(), MinhashDedupSignature(signatures, config=config, language=tokenizer)], 1),
        ([MinhashDedupBuckets(signatures, buckets, config=config, lines_to_buffer=_ALL)], config.num_buckets),
        ([MinhashDedupCluster(buckets, clusters, config=config, save_cluster_id=True, lines_to_buffer=_ALL)], 1),
        ([reader(), MinhashDedupFilter(clusters), JsonlWriter(f"{folder}/kept", compression=None)], 1),
    )
    for number, (stage, tasks) in enumerate(stages):
        LocalPipelineExecutor(stage, tasks=tasks, workers=1, logging_dir=f"{folder}/logs/{number}").run()


def _groups(folder: Path) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for path in folder.glob("*.clusters"):
        for document, cluster in struct.iter_unpack("<2I", path.read_bytes()):
            found.setdefault(cluster, []).append(document)
    return list(found.values())


TASKS = {"files": files}
