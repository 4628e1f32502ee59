"""data-juicer's operators for one text, called on batches in the order of its recipes, without its data sets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from data_juicer.ops.mapper.chinese_convert_mapper import ChineseConvertMapper
from data_juicer.ops.mapper.clean_html_mapper import CleanHtmlMapper
from data_juicer.ops.mapper.clean_links_mapper import CleanLinksMapper
from data_juicer.ops.mapper.fix_unicode_mapper import FixUnicodeMapper
from data_juicer.ops.mapper.remove_repeat_sentences_mapper import RemoveRepeatSentencesMapper

BATCH: Final = 1000  # texts, as its data sets give them by default


def chain(given: str, options: dict[str, Any]) -> Callable[[], Any]:
    """What becomes of the texts; `mode` is OpenCC's, and without one nothing is converted."""
    with open(given, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    mode = options.get("mode")
    operators: list[Any] = [
        CleanHtmlMapper(),
        CleanLinksMapper(),
        FixUnicodeMapper(),
        *([ChineseConvertMapper(mode)] if mode else []),
        RemoveRepeatSentencesMapper(),
    ]
    for operator in operators:  # once, so that what they load doesn't count
        operator.process_batched({operator.text_key: ["暖机。<p>暖机</p> http://example.com/"]})
    return lambda: [
        text for start in range(0, len(texts), BATCH) for text in _cleaned(operators, texts[start : start + BATCH])
    ]


def _cleaned(operators: list[Any], texts: list[str]) -> list[str]:
    samples: dict[str, list[str]] = {"text": list(texts)}
    for operator in operators:
        samples = operator.process_batched(samples)
    return samples["text"]


TASKS = {"chain": chain}
