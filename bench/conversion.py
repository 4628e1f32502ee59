"""By how much script conversion is faster than opencc-python-reimplemented, whose output it must equal."""

from __future__ import annotations

from time import perf_counter
from typing import Literal

from opencc import OpenCC

from bench.corpora import texts
from cleaner.fold import converted

CASES: tuple[tuple[Literal["hans", "hant"], str, str], ...] = (
    ("hant", "s2t", "news_hans"),
    ("hant", "s2t", "wechat_hans_dirty"),
    ("hans", "t2s", "laws_hant"),
    ("hans", "t2s", "web_hant_dirty"),
)


def main() -> None:
    for script, configuration, corpus in CASES:
        sample = texts(corpus, every=20)
        if not sample:
            continue
        library = OpenCC(configuration)
        library.convert("暖机")
        converted("暖机", script)
        start = perf_counter()
        expected = [library.convert(text) for text in sample]
        library_seconds = perf_counter() - start
        start = perf_counter()
        got = [converted(text, script) for text in sample]
        seconds = perf_counter() - start
        same = "equal output" if got == expected else "OUTPUT DIFFERS"
        megabytes = sum(len(text.encode("utf-8")) for text in sample) / 1e6
        ratio = library_seconds / seconds
        print(f"{configuration} on {corpus}: {ratio:.0f} × the library, {megabytes / seconds:.0f} MB/s, {same}")


if __name__ == "__main__":
    main()
