"""What becomes of inputs, in one run: encodings told, main content found, containers read and cleaned.

`python -m bench.inputs`: some three to five minutes. The encodings are measured on a sample of texts, and their table
is told by groups; `bench.encodings`, `bench.extraction`, `bench.kept` and `bench.containers` tell more, each alone.
Encodings and containers have other libraries beside them; `bench.main_content` has main content beside its peers.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Final

from bench import containers, encodings, extraction, kept, marked

TEXTS: Final = 30  # of each script, written in each of its encodings


def show_encodings() -> None:
    """Which encodings are told right, on a sample of texts."""
    found = list(encodings.cases(TEXTS))
    print(f"{len(found)} cases of at most {TEXTS * 3 // 2} texts a script, a sample: `bench.encodings` measures more")
    encodings.table(found, encodings.readers(), is_whole=False)


def show_extraction() -> None:
    """How well main content is found, and what is left of it when the text is clean."""
    if found := marked.pages():
        extraction.compare(found)
        kept.show_kept(found)


PARTS: Final[dict[str, Callable[[], None]]] = {
    "Encodings: share of texts read right, and MB/s": show_encodings,
    "Pages: F1 of main content, and pages/s": show_extraction,
    "Containers: MB/s": containers.compare,
}


def main() -> None:
    for title, show in PARTS.items():
        print(f"\n== {title} ==\n", flush=True)
        started = perf_counter()
        show()
        print(f"({perf_counter() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
