"""How fast the whole chain is, bytes in → text and JSON report as strings, and which layer takes what share.

No file is written. The floor beside it is the least any such tool must do: decode, fold and one pass for
all literals of the rules, over the same bytes in the same run.
"""

from __future__ import annotations

from collections import defaultdict
from time import perf_counter

from bench.corpora import texts
from cleaner.decode import decode
from cleaner.document import Document
from cleaner.fold import fold
from cleaner.pipeline import Cleaner
from cleaner.report import facts, to_json
from cleaner.units import View

ROUNDS = 3  # the fastest counts: machines are noisy


def chain_seconds(cleaner: Cleaner, pages: list[bytes]) -> float:
    start = perf_counter()
    for page in pages:
        decoded = decode(page)
        document = cleaner.clean(decoded.text, encoding=decoded.encoding, lossless=decoded.lossless)
        to_json(facts(document))
    return perf_counter() - start


def floor_seconds(cleaner: Cleaner, pages: list[bytes]) -> float:
    start = perf_counter()
    for page in pages:
        cleaner.rules.gate.hits(fold(page.decode("utf-8")))
    return perf_counter() - start


def layer_seconds(cleaner: Cleaner, pages: list[bytes]) -> dict[str, float]:
    """Seconds by step; what all layers share (fold, lines, literals) counts where it is first asked for."""
    seconds: defaultdict[str, float] = defaultdict(float)
    clock = perf_counter()

    def lap(name: str) -> None:
        nonlocal clock
        now = perf_counter()
        seconds[name] += now - clock
        clock = now

    for page in pages:
        clock = perf_counter()
        text = decode(page).text
        lap("decode")
        document = Document.of(text)
        view = View(text, cleaner.rules.gate)
        for layer in cleaner.layers:
            revised = document.revised(edit for finder in layer.finders for edit in finder(view))
            if revised.text != document.text:
                view = view.revised(revised.text)
            document = revised
            lap(layer.name)
        to_json(facts(document))
        lap("report")
    return seconds


def main() -> None:
    cleaner = Cleaner()
    for corpus in ("news_hans", "wechat_hans_dirty"):
        pages = [text.encode("utf-8") for text in texts(corpus)]
        if not pages:
            continue
        megabytes = sum(map(len, pages)) / 1e6
        chain = min(chain_seconds(cleaner, pages) for _ in range(ROUNDS))
        floor = min(floor_seconds(cleaner, pages) for _ in range(ROUNDS))
        print(f"{corpus}: {len(pages)} texts, {megabytes:.1f} MB of UTF-8, {len(cleaner.rules.rules)} rules")
        print(
            f"  chain {megabytes / chain:.1f} MB/s, floor {megabytes / floor:.1f} MB/s: {chain / floor:.1f} × the floor"
        )
        seconds = layer_seconds(cleaner, pages)
        for name, spent in sorted(seconds.items(), key=lambda item: -item[1]):
            print(f"  {name:<12} {spent / sum(seconds.values()):6.1%}")


if __name__ == "__main__":
    main()
